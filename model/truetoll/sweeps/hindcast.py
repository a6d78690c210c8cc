"""Past wars answered by the model: reliability estimated from history, and each target scored without its own war."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from truetoll.claims.benchmark import CLASSES, RELATIONS, Benchmark, Target
from truetoll.errors import CaseError, Problem
from truetoll.inference.engine import Engine
from truetoll.inference.estimates import Estimates, estimates
from truetoll.inference.folds import Folds, thinned, weighed
from truetoll.inference.samplers import Settings
from truetoll.sweeps import pool
from truetoll.sweeps.errors import FailedItems
from truetoll.sweeps.past import FULL, LOOSE, QUICK, Answer, Archive, Archivist, Question, Trial

Progress = Callable[[int, int, str], None]
"""Called with (done, in all, what is computed now)."""

NO_RELATIONS: dict[str, Any] = {"mu": 0.0, "tau": 0.8}
"""Every voice of a model without relations: biases around zero. Its spread is the mean of the half-normal of sd 1 that
Radford and others put on it (2023, doi:10.1073/pnas.2307372120)."""


@dataclass(frozen=True)
class Hindcast:
    """What a model says of every target of a benchmark.

    Parameters
    ----------
    benchmark : Benchmark
    targets : tuple of Target
        Those that were answered.
    answers : dict of str to tuple of Answer
        By model, in the order of the targets: ``model`` (the tool's), ``zero_centred`` (no relations).
    held_out : bool
        Whether each was answered with a table that has not seen its war.
    estimates : dict of str to Estimates
        By the war that was left out. Empty if nothing was estimated.
    seconds : float
    """

    benchmark: Benchmark
    targets: tuple[Target, ...]
    answers: Mapping[str, tuple[Answer, ...]]
    held_out: bool
    estimates: Mapping[str, Estimates]
    seconds: float


def estimate(
    benchmark: Benchmark,
    settings: Settings = FULL,
    *,
    progress: Progress | None = None,
    **options: Any,
) -> Estimates:
    """Estimate the reliability of sources from all of a benchmark.

    Parameters
    ----------
    benchmark : Benchmark
    settings : Settings
    progress : callable, optional
        Called with (done, in all, what).
    **options
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    Estimates

    Raises
    ------
    CaseError
        If no loss has a claim that is evidence.
    """
    _check(benchmark)
    report = progress or (lambda *_: None)
    report(0, 1, "all wars")
    settings = replace(settings, **options)
    archivist = Archive(benchmark, settings).follower(settings.cores)
    drawn = archivist.read("", pool.whole)
    report(1, 1, "all wars")
    flat = drawn.z.reshape(-1, drawn.z.shape[-1])
    even = np.full(len(flat), 1.0 / len(flat))
    return estimates(archivist.model, archivist.table, flat, even, drawn.checks)


def hindcast(
    benchmark: Benchmark,
    *,
    leave_one_war_out: bool = False,
    baselines: bool = True,
    settings: Settings = QUICK,
    estimating: Settings = LOOSE,
    workers: int | None = None,
    dask: str | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Hindcast:
    """Answer every target of a benchmark from what was said at the time.

    Parameters
    ----------
    benchmark : Benchmark
    leave_one_war_out : bool
        Estimate a reliability table from all other wars for each war, and answer its targets with that; else with the
        table of the package.
    baselines : bool
        Also answer with a model without relations.
    settings : Settings
        Of each target, longer where the convergence gate is not met.
    estimating : Settings
        Of each estimate.
    workers : int, optional
        Processes on this machine, one core each.
    dask : str, optional
        Address of a running scheduler; see `truetoll.sweep`.
    engine : Engine, optional
        Of whatever case, compiled already; for this process.
    progress : callable, optional
    **options
        Single fields of `Settings` for both, such as ``seed=2``.

    Returns
    -------
    Hindcast

    Raises
    ------
    CaseError
        If no loss has a claim that is evidence.
    SweepError
        If workers cannot be used as asked.
    FailedItems
        For estimates and targets that ended in an error.
    """
    _check(benchmark)
    pool.check(workers, dask)
    began, report = perf_counter(), progress or (lambda *_: None)
    where = {"workers": workers, "dask": dask}
    settings, estimating = replace(settings, **options), replace(estimating, **options)
    taught = _taught(Archive(benchmark, estimating), where, report) if leave_one_war_out else {}
    questions = _questions(benchmark, taught, baselines)
    answers = _done(Trial(benchmark.digest, settings), engine, questions, where, report, "{}")
    models = dict.fromkeys(name.split("/", 1)[0] for name in questions)
    return Hindcast(
        benchmark,
        benchmark.scored,
        {m: tuple(_founded(answers[f"{m}/{i}"], m, t, taught) for i, t in enumerate(benchmark.scored)) for m in models},
        leave_one_war_out,
        taught,
        perf_counter() - began,
    )


def _taught(archive: Archive, where: Mapping[str, Any], report: Progress) -> dict[str, Estimates]:
    """Estimate without each war: by weights of draws of all, by a fit where these do not do."""
    report(0, 1, "all wars")
    archivist = archive.follower(archive.settings.cores)
    drawn = archivist.read("", pool.whole)
    report(1, 1, "all wars")
    left = weighed(archivist.model, drawn.z)
    again = _done(archive, None, {war: war for war in left.again}, where, report, "without {}")
    left = replace(left, refitted={war: thinned(found.z) for war, found in again.items()})
    return {war: _without(archivist, left, war, again.get(war, drawn).checks) for war in left.wars}


def _without(archivist: Archivist, left: Folds, war: str, checks: tuple[float, float, int]) -> Estimates:
    z, log_weight = left.of(war)
    weight = np.exp(log_weight - log_weight.max())
    model = replace(archivist.model, left_out=war)
    return estimates(model, archivist.table, z, weight / weight.sum(), checks)


def _check(benchmark: Benchmark) -> None:
    """Refuse a benchmark that there is nothing to learn from."""
    if not benchmark.scored:
        raise CaseError([Problem(str(benchmark.path), "no loss has a claim that is evidence")])


def _founded(answer: Answer, model: str, target: Target, taught: Mapping[str, Estimates]) -> Answer:
    """Take an answer under a table that is no result for none either."""
    asked = taught.get(target.war) if model != "zero_centred" else None
    return replace(answer, converged=answer.converged and (asked is None or asked.converged))


def _questions(benchmark: Benchmark, taught: Mapping[str, Estimates], baselines: bool) -> dict[str, Question]:
    """Pose every target to every model: ``model/3`` is the fourth target under the tool's own."""
    tables = {war: found.table() for war, found in taught.items()}
    found = {f"model/{i}": Question(t, tables.get(t.war, {})) for i, t in enumerate(benchmark.scored)}
    if baselines:
        found |= {f"zero_centred/{i}": Question(t, zero_centred()) for i, t in enumerate(benchmark.scored)}
    return found


def zero_centred() -> dict[str, Any]:
    """Make the table of a model without relations: biases around zero, none of them shared.

    Returns
    -------
    dict
    """
    return {
        "bias": {v: {r: NO_RELATIONS | {"mu_sd": 0.0} for r in RELATIONS} for v in CLASSES},
        "shared": {v: {"kappa0": 0.0, "kappa": 0.0} for v in CLASSES},
    }


def _done(
    shared: Any,
    engine: Engine | None,
    items: Mapping[str, Any],
    where: Mapping[str, Any],
    report: Progress,
    words: str,
) -> dict[str, Any]:
    """Do all items, here or elsewhere; an error in one is told when the others are done."""
    found: dict[str, Any] = {}
    failed: dict[str, Exception] = {}
    for n, (name, each) in enumerate(pool.outcomes(lambda: (shared, engine), items, pool.whole, **where), 1):
        (failed if isinstance(each, Exception) else found)[name] = each
        report(n, len(items), words.format(name.replace("_", " ")))
    if failed:
        raise FailedItems(failed, what="items")
    return found
