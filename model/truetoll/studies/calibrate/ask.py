"""Calibration by simulation: how often the intervals of a case hold a truth that is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import xarray as xr

from truetoll.claims.reading import as_case
from truetoll.claims.schema import Case
from truetoll.model.tables import Tables, build_tables
from truetoll.runner import pool
from truetoll.runner.errors import FailedItems, SweepError
from truetoll.runner.work import plain
from truetoll.sampling.engine import Engine
from truetoll.sampling.results import attributes
from truetoll.sampling.samplers import Settings
from truetoll.sampling.simulate import AS_ASSUMED, BIASES
from truetoll.studies.calibrate.rehearsals import Rehearsal, Stage
from truetoll.studies.calibrate.replicate import RANKED, SHORT, Rehearsed, checked

Progress = Callable[[int, int], None]
"""Called with (simulations done, simulations in all)."""
SIMULATIONS = 100
"""Enough to see intervals that should be a third wider, four times in five; a thousand show a tenth."""
KIND = "calibration"
_AXES = ("bias", "simulation")


def calibrate(
    case: Case | str | Path,
    simulations: int = SIMULATIONS,
    settings: Settings | None = None,
    *,
    misspecified: bool = False,
    workers: int | None = None,
    dask: str | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> xr.DataTree:
    """Draw truths and claims from the prior of a case, fit the claims, and rank each truth among its posterior draws.

    Parameters
    ----------
    case : Case, str or Path
        Or one under a scenario. Its own figures do not matter, only how each would be said and by whom.
    simulations : int
        How many truths are drawn; at least 1.
    settings : Settings, optional
        How each fit is sampled. Default: 2 chains of 150 steps to adapt and 250 draws, up to 16 times as long where
        there are fewer than 100 effective draws.
    misspecified : bool
        Also draw claims from sources that are not as the case assumes, and fit them as it assumes: as many
        simulations again for each of five such biases, so it takes six times as long. Not by default: it asks another
        question, how much depends on the assumptions, and its answer follows the pass-through of a fit.
    workers : int, optional
        Processes on this machine, one core each.
    dask : str, optional
        Address of a running scheduler; see `truetoll.sweep`.
    engine : Engine, optional
        Compiled already, for whatever case. Used in this process only.
    progress : callable, optional
        Called with (items done, items in all) after each.
    **options : object
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    xarray.DataTree
        Group ``simulations``: ``rank`` (bias, simulation, checked) of the truth among 99 nearly independent draws, 0
        to 99; ``error`` (bias, simulation, quantity), log posterior median minus log truth; ``ess``, ``divergences``,
        ``times`` (bias, simulation), and ``converged``. Ranks and errors of simulations that did not converge are
        missing. ``checked`` has the reported quantities first. Attributes as `truetoll.fit`, and ``ranked``,
        ``seconds``.

    Raises
    ------
    ValueError
        For fewer than 1 simulation, or settings with fewer draws than are ranked.
    SweepError
        If workers cannot be used as asked.
    FailedItems
        When all others are done, for simulations that ended in an error: the ranks of the others alone would not be
        a calibration.

    Notes
    -----
    Leaving out simulations that did not converge does not disturb the ranks of the others: whether one converges
    depends on its claims, and given the claims its truth is as likely as any draw of the posterior. But it says nothing
    of such claims, so their number belongs to the result.

    Each simulation is seeded by its number and the seed of the settings: who computes it does not matter.

    References
    ----------
    Talts, Betancourt, Simpson, Vehtari, Gelman 2018, arXiv:1804.06788.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tree = tt.calibrate(case, 2, seed=1)
    >>> dict(tree["simulations"]["rank"].sizes)
    {'bias': 1, 'simulation': 2, 'checked': 19}
    """
    case = as_case(case)
    pool.check(workers, dask)
    sampling = replace(settings or SHORT, **options)
    _check(simulations, sampling)
    began, stage = perf_counter(), Stage(plain(case), sampling)
    biases = list(BIASES) if misspecified else [AS_ASSUMED]
    items = {f"{bias}/{i}": Rehearsal(i, bias) for bias in biases for i in range(simulations)}
    outcomes = pool.outcomes(lambda: (stage, engine), items, pool.whole, workers=workers, dask=dask)
    done = _counted(outcomes, len(items), progress or (lambda *_: None))
    table = _table(build_tables(case), biases, [done[name] for name in items])
    tree = xr.DataTree.from_dict({"simulations": table})
    tree.attrs = attributes(case, sampling) | {"kind": KIND, "ranked": RANKED, "seconds": perf_counter() - began}
    return tree


def _counted(outcomes: Iterator[pool.Outcome], total: int, report: Progress) -> dict[str, Rehearsed]:
    """Collect everything, and stop at the end if anything failed."""
    done: dict[str, Any] = {}
    report(0, total)
    for name, found in outcomes:
        done[name] = found
        report(len(done), total)
    if failed := {name: found for name, found in done.items() if isinstance(found, Exception)}:
        raise _failure(failed)
    return done


def _check(simulations: int, settings: Settings) -> None:
    if simulations < 1:
        raise ValueError(f"at least 1 simulation is needed; read {simulations}")
    if settings.chains * settings.draws < RANKED:
        raise ValueError(f"at least {RANKED} draws are needed; read {settings.chains} chains of {settings.draws}")


def _failure(failed: Mapping[str, Exception]) -> Exception:
    """Tell what kept all of it from being done as it is, not once for each simulation."""
    first = next(iter(failed.values()))
    if isinstance(first, SweepError):
        return first
    return FailedItems(failed, what="simulations")


def _table(tables: Tables, biases: Sequence[str], done: Sequence[Rehearsed]) -> xr.Dataset:
    """Lay all simulations side by side; those that did not converge without ranks."""
    narrow = {name: np.array([getattr(r, name) for r in done]) for name in ("ess", "divergences", "times")}
    narrow["converged"] = np.array([int(r.converged) for r in done])
    found = xr.Dataset(
        {name: (_AXES, values.reshape(len(biases), -1)) for name, values in narrow.items()},
        coords={"bias": list(biases), "checked": list(checked(tables)), "quantity": list(tables.coords["quantity"])},
    )
    for name, dim in (("rank", "checked"), ("error", "quantity")):
        values = np.array([getattr(r, name) for r in done], dtype=float)
        found[name] = ((*_AXES, dim), values.reshape(*found["converged"].shape, -1))
        found[name] = found[name].where(found["converged"] == 1)
    return found
