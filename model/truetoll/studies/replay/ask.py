"""How the answer would have moved: a case refitted as it was known on one day after the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims.known import known_on
from truetoll.claims.reading import as_case
from truetoll.claims.schema import Case
from truetoll.runner import pool
from truetoll.runner.errors import FailedItems, SweepError
from truetoll.runner.work import base_of
from truetoll.sampling.engine import Engine
from truetoll.sampling.results import PRIOR_DRAWS, attributes, quantities
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import QUICK, Session
from truetoll.studies.replay.dates import CHECKS, ReplayBase, Replayed, Stop, amounts_until, replayed
from truetoll.studies.replay.days import Day, cases_known, replay_days

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with (posteriors sampled, posteriors in all)."""
KIND = "replay"
_AMOUNT = ("date", "chain", "draw", "quantity")


def replay(
    case: Case | str | Path,
    days: Iterable[Day] | None = None,
    settings: Settings | None = None,
    *,
    workers: int | None = None,
    dask: str | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> xr.DataTree:
    """Refit a case as it was known on each of some days, from one compiled model.

    Parameters
    ----------
    case : Case, str or Path
        With or without a scenario; it is not changed.
    days : iterable of (date or str), optional
        Those on which something new was reported if not given, as `truetoll.studies.replay.dates.replay_days`
        chooses them.
    settings : Settings, optional
        How every refit is sampled. Default: 4 chains of 150 steps to adapt and 500 draws, more where the convergence
        gate is not met.
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
        ``posterior`` and ``prior`` with ``amount`` (date, chain, draw, quantity): losses up to each day, as they would
        have been answered on it, and before any claim. ``hindsight`` with the same losses as seen on the last day.
        ``dates``: ``converged`` and its numbers, ``claims``, ``origins`` in use, ``digest``, ``pass_through`` (date,
        quantity). ``claims``: ``weight`` (date, claim), missing before it was known, and ``known_on``. A day that did
        not converge has no posterior (NaN); if the last did not, there is no hindsight either. Attributes as
        `truetoll.fit`, ``compilations`` and ``seconds``.

    Raises
    ------
    CaseError
        For days that cannot be answered, all problems at once.
    SweepError
        If workers cannot be used as asked.
    FailedItems
        When all others are done, for days that ended in an error.

    Notes
    -----
    Days between which nothing was reported share one posterior, so the answer moves between them by the days alone
    and not by Monte Carlo error. Each posterior is seeded by its content: who samples it does not matter.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tree = tt.replay(case, ["2025-01-31", "2025-02-28"], seed=1)
    >>> tree["posterior"]["amount"].dims
    ('date', 'chain', 'draw', 'quantity')
    """
    case = as_case(case)
    pool.check(workers, dask)
    known = cases_known(case, replay_days(case, days))
    sampling, began = replace(settings or QUICK, **options), perf_counter()
    stops, report = _stops(known), progress or (lambda *_: None)
    report(0, len(stops))
    session = Session(stops[-1].case, sampling, engine=engine)
    report(1, len(stops))
    session.base = session.thinned(session.base)
    items = {stop.days[-1].isoformat(): stop for stop in stops[:-1]}
    base = ReplayBase(base_of(session))
    done: dict[str, Any] = {}
    for name, found in pool.outcomes(lambda: (base, session.engine), items, pool.whole, workers=workers, dask=dask):
        done[name] = found
        report(len(done) + 1, len(stops))
    parts = [*_computed(items, done), replayed(session, session.base, stops[-1].days)]
    tree = xr.DataTree.from_dict(_groups(session, case, known, parts))
    tree.attrs = attributes(case, sampling) | {"kind": KIND, "compilations": session.compilations}
    tree.attrs["seconds"] = perf_counter() - began
    return tree


def _stops(known: Mapping[date, Case]) -> list[Stop]:
    """Join days in a row on which the same claims were known and used."""
    found: list[Stop] = []
    for day, case in known.items():
        before = found[-1] if found else None
        same = before is not None and _used(before.case) == _used(case)
        days = (*before.days, day) if before and same else (day,)
        found = [*(found[:-1] if same else found), Stop(case, days)]
    return found


def _used(case: Case) -> list[tuple[str, float]]:
    return [(claim.id, claim.weight) for claim in case.claims]


def _computed(items: Mapping[str, Stop], done: Mapping[str, Any]) -> list[Replayed]:
    """Put what was computed in the order of the days, and stop if any of it failed."""
    failed = {name: found for name, found in done.items() if isinstance(found, Exception)}
    if failed:
        first = next(iter(failed.values()))
        raise first if isinstance(first, SweepError) else FailedItems(failed, what="dates")
    return [done[name] for name in items]


def _groups(
    session: Session, case: Case, known: Mapping[date, Case], parts: Sequence[Replayed]
) -> dict[str, xr.Dataset]:
    days, names = list(known), list(session.base.tables.coords["quantity"])
    coords = {"date": [day.isoformat() for day in days], "quantity": names}
    amount = np.concatenate([part.amount for part in parts])
    about = _dates(known, parts, coords)
    amount[about["converged"].to_numpy() == 0] = math.nan
    for name in ("pass_through", "pass_through_mcse"):
        about[name] = about[name].where(about["converged"] == 1)
    hindsight = amounts_until(session, session.base, days)
    arrays = {
        "posterior": amount,
        "hindsight": hindsight if session.sound else hindsight * math.nan,
        "prior": _prior(session, days),
    }
    groups = {name: xr.Dataset({"amount": (_AMOUNT, a)}, coords=coords) for name, a in arrays.items()}
    return groups | {"dates": about, "claims": _claims(case, known)}


def _prior(session: Session, days: Sequence[date]) -> Array:
    engine, tables = session.engine, session.base.tables
    engine.set(tables)
    outputs = engine.outputs(engine.prior(PRIOR_DRAWS, session.settings.seed))
    return np.array([quantities(tables, outputs, day) for day in days])


def _dates(known: Mapping[date, Case], parts: Sequence[Replayed], coords: Mapping[str, Any]) -> xr.Dataset:
    """Say of every day whether it is a result, and what it rests on."""
    checks = [check for part in parts for check in part.checks]
    used = [[claim for claim in case.claims if claim.weight > 0] for case in known.values()]
    columns: dict[str, Any] = {name: [check[name] for check in checks] for name in CHECKS}
    columns["claims"] = [len(claims) for claims in used]
    columns["origins"] = [len({claim.origin for claim in claims}) for claims in used]
    columns["digest"] = [case.digest for case in known.values()]
    variables: dict[str, Any] = {name: ("date", values) for name, values in columns.items()}
    for name in ("pass_through", "pass_through_mcse"):
        variables[name] = (("date", "quantity"), np.concatenate([getattr(part, name) for part in parts]))
    return xr.Dataset(variables, coords=coords)


def _claims(case: Case, known: Mapping[date, Case]) -> xr.Dataset:
    """Say when each claim was known, and with what weight it was used on each day."""
    weights = [{claim.id: claim.weight for claim in each.claims} for each in known.values()]
    table = [[by_id.get(claim.id, math.nan) for claim in case.claims] for by_id in weights]
    days = [known_on(claim).isoformat() for claim in case.claims]
    coords = {"date": [day.isoformat() for day in known], "claim": [claim.id for claim in case.claims]}
    return xr.Dataset({"weight": (("date", "claim"), np.array(table)), "known_on": ("claim", days)}, coords=coords)
