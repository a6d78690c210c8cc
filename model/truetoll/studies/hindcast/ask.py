"""Past wars answered by the model: reliability estimated from history, and each target scored without its own war."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from truetoll.benchmark import CLASSES, RELATIONS, Benchmark, Target
from truetoll.claims.reliability import overlay
from truetoll.errors import CaseError, Problem
from truetoll.runner import pool
from truetoll.runner.store import Kept, Memory, Store
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.studies.estimate.effects import Estimates, estimates
from truetoll.studies.estimate.folds import Folds, weighed
from truetoll.studies.hindcast.remembered import Progress, Work
from truetoll.studies.hindcast.targets import FULL, LOOSE, QUICK, Answer, Archive, Archivist, Drawn, Question, Trial
from truetoll.text.messages import Message, message

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
    store: str | Path | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Estimates:
    """Estimate the reliability of sources from all of a benchmark.

    Parameters
    ----------
    benchmark : Benchmark
        Past losses, as `read_benchmark` gives them; it is not changed.
    settings : Settings
        How to sample. Default: 4 chains of 500 steps to adapt and 1,000 draws.
    store : path, optional
        A folder that keeps the draws: the same estimate from the same folder takes them from there.
    progress : callable, optional
        Called with (items done, items in all, what they are) after each.
    **options : object
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    Estimates
        Biases and noise by relation and class, on the log scale; its ``table()`` is what a case takes as assumptions.

    Raises
    ------
    CaseError
        If no loss has a claim that is evidence.

    Examples
    --------
    >>> import truetoll as tt
    >>> benchmark = tt.read_benchmark("data/hindcast")
    >>> few = benchmark.only(benchmark.targets[:6])
    >>> found = tt.estimate(few, draws=50, tune=50, chains=2, seed=1)  # too few of both for a result
    >>> tt.summarise(found, few).converged
    False
    """
    _check(benchmark)
    settings = replace(settings, **options)
    archive = Archive(benchmark, settings)
    archivist = archive.follower(settings.cores)
    drawn = _all_wars(archivist, Work(archive, benchmark, _store(store), progress or (lambda *_: None)))
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
    store: str | Path | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Hindcast:
    """Answer every target of a benchmark from what was said at the time.

    Parameters
    ----------
    benchmark : Benchmark
        Past losses, as `read_benchmark` gives them; it is not changed.
    leave_one_war_out : bool
        Estimate a reliability table from all other wars for each war, and answer its targets with that; else with the
        table of the package.
    baselines : bool
        Also answer with a model without relations.
    settings : Settings
        How each target is sampled, longer where the convergence gate is not met.
    estimating : Settings
        How each estimate is sampled.
    workers : int, optional
        Processes on this machine, one core each.
    dask : str, optional
        Address of a running scheduler; see `truetoll.sweep`.
    engine : Engine, optional
        Of whatever case, compiled already; for this process.
    store : path, optional
        A folder that keeps every estimate and answer as it is done. A hindcast into the same folder computes only what
        is missing, whatever else has changed.
    progress : callable, optional
        Called with (items done, items in all, what they are) after each.
    **options : object
        Single fields of `Settings` for both, such as ``seed=2``.

    Returns
    -------
    Hindcast
        The answers of every model to every target, for `summarise` and `plot`.

    Raises
    ------
    CaseError
        If no loss has a claim that is evidence.
    SweepError
        If workers cannot be used as asked.
    FailedItems
        For estimates and targets that ended in an error.

    Examples
    --------
    >>> import truetoll as tt
    >>> benchmark = tt.read_benchmark("data/hindcast")
    >>> result = tt.hindcast(benchmark.only(benchmark.targets[:2]), baselines=False, seed=1)
    >>> list(result.answers), len(result.answers["model"])
    (['model'], 2)
    """
    _check(benchmark)
    pool.check(workers, dask)
    began, report, kept = perf_counter(), progress or (lambda *_: None), _store(store)
    where = {"workers": workers, "dask": dask}
    settings, estimating = replace(settings, **options), replace(estimating, **options)
    learning = Work(Archive(benchmark, estimating), benchmark, kept, report, where)
    taught = _taught(learning) if leave_one_war_out else {}
    questions = _questions(benchmark, taught, baselines)
    trial = Trial(benchmark.digest, settings)
    answers = Work(trial, benchmark, kept, report, where, engine).done(
        questions, lambda name: _shown(name, questions[name].target)
    )
    models = dict.fromkeys(name.split("/", 1)[0] for name in questions)
    return Hindcast(
        benchmark,
        benchmark.scored,
        {m: tuple(_founded(answers[f"{m}/{i}"], m, t, taught) for i, t in enumerate(benchmark.scored)) for m in models},
        leave_one_war_out,
        taught,
        perf_counter() - began,
    )


def _store(folder: str | Path | None) -> Kept:
    return Memory() if folder is None else Store(Path(folder))


def _all_wars(archivist: Archivist, work: Work) -> Drawn:
    """Draw from what all wars teach, in this process, or take what is kept of it."""
    work.report(0, 1, message("work.all_wars"))
    drawn: Drawn = work.kept_or("", lambda: archivist.read("", pool.whole))
    work.report(1, 1, message("work.all_wars"))
    return drawn


def _taught(work: Work) -> dict[str, Estimates]:
    """Estimate without each war: by weights of draws of all, by a fit where these do not do."""
    archivist = work.shared.follower(work.shared.settings.cores)
    drawn = _all_wars(archivist, work)
    left = weighed(archivist.model, drawn.z, cores=work.shared.settings.cores)
    again = work.done({war: war for war in left.again}, lambda war: message("work.without", name=war.replace("_", " ")))
    left = left.fitted({war: found.z for war, found in again.items()})
    return {war: _without(archivist, left, war, again.get(war, drawn).checks) for war in left.wars}


def _without(archivist: Archivist, left: Folds, war: str, checks: tuple[float, float, int]) -> Estimates:
    z, log_weight = left.of(war)
    weight = np.exp(log_weight - log_weight.max())
    model = replace(archivist.model, left_out=war)
    return estimates(model, archivist.table, z, weight / weight.sum(), checks)


def _check(benchmark: Benchmark) -> None:
    """Refuse a benchmark that there is nothing to learn from."""
    if not benchmark.scored:
        raise CaseError([Problem(str(benchmark.path), message("wrong_benchmark.no_evidence"))])


def _founded(answer: Answer, model: str, target: Target, taught: Mapping[str, Estimates]) -> Answer:
    """Take an answer under a table that is no result for none either."""
    asked = taught.get(target.war) if model != "zero_centred" else None
    return replace(answer, converged=answer.converged and (asked is None or asked.converged))


def _questions(benchmark: Benchmark, taught: Mapping[str, Estimates], baselines: bool) -> dict[str, Question]:
    """Pose every target to every model: ``model/3`` is the fourth target under the tool's own."""
    tables = {war: found.table() for war, found in taught.items()}
    found = {
        f"model/{i}": Question(t, overlay(tables.get(t.war, {}), {"frame": {"kind": t.frame}}))
        for i, t in enumerate(benchmark.scored)
    }
    if baselines:
        found |= {f"zero_centred/{i}": Question(t, zero_centred()) for i, t in enumerate(benchmark.scored)}
    # What may take long goes first: no process is to wait for another at the end.
    return dict(sorted(found.items(), key=lambda each: -len(each[1].target.claims)))


def _shown(name: str, target: Target) -> str | Message:
    return target.name if name.startswith("model/") else message("work.zero_centred", name=target.name)


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
