"""Full refits of a case under many assumptions, streamed to a folder and resumed from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

import truetoll
from truetoll.claims.reading import as_case
from truetoll.claims.schema import Case
from truetoll.runner import pool
from truetoll.runner.errors import FailedItems
from truetoll.runner.store import KIND, Kept, Memory, Store
from truetoll.runner.work import Base, base_of, key_of, plain, seed_of
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import QUICK, Session
from truetoll.studies.sweep.asked import Asked, Assumptions, asked
from truetoll.studies.sweep.items import joined, summary, whole, with_draws

Progress = Callable[[int, int], None]
"""Called with (assumptions done, assumptions in all)."""
LAYOUT = 2
"""Version of what is kept of an item."""


def sweep(
    case: Case | str | Path,
    assumptions: Assumptions,
    *,
    store: str | Path | None = None,
    workers: int | None = None,
    dask: str | None = None,
    settings: Settings | None = None,
    keep_draws: bool = False,
    progress: Progress | None = None,
    **options: Any,
) -> xr.Dataset:
    """Compute a case under many assumptions, each with a full refit, in one process, several, or those of a cluster.

    Parameters
    ----------
    case : Case, str or Path
        The base, without a scenario. Its posterior gives the coordinates in which all others are sampled.
    assumptions : iterable or mapping
        A grid, as ``{"assumptions.origin.rho": [0, 0.3, 0.6], "sources.nis.grade": ["A", "B"]}``: every combination,
        named ``assumptions.origin.rho=0.3,sources.nis.grade=A``; keys are dotted as in TOML, a name with a dot in
        quotes. Or scenarios by name, change tables (what may stand under the name of a scenario) and cases: a list
        of these, or a mapping of names to them. All are checked before anything is sampled.
    store : path, optional
        A folder that keeps every item as it is done. A sweep into the same folder computes only what is missing, and,
        with a warning, what is damaged.
    workers : int, optional
        Processes on this machine, one core each.
    dask : str, optional
        Address of a running scheduler, as ``tcp://host:8786``. Its workers need the same truetoll. Plain tcp has no
        locks: whoever reaches the scheduler can run code on it, so use it in a network you trust, or ``tls://``.
    settings : Settings, optional
        How every refit is sampled. Default: 4 chains of 150 steps to adapt and 500 draws, more where the convergence
        gate is not met.
    keep_draws : bool
        Whether to keep the draws of ``amount`` too.
    progress : callable, optional
        Called with (items done, items in all) after each.
    **options : object
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    xarray.Dataset
        Along ``assumption``, in the order asked: ``quantiles`` (quantity, quantile), ``mean``, ``sd``,
        ``mcse_median`` (quantity,) and ``above`` (threshold,) of the amounts, ``converged``, ``rhat_max``,
        ``ess_min``, ``divergences``; with `keep_draws` also ``amount`` (chain, draw, quantity). What did not converge
        has no numbers (NaN). Coordinates along it: ``digest``, and the values of a grid by key.

    Raises
    ------
    CaseError
        With every problem of all assumptions.
    SweepError
        If workers or store cannot be used as asked.
    FailedItems
        When all others are done, for those that ended in an error.

    Notes
    -----
    Each item is seeded by its digest and the seed of the settings: who computes it, and after what, does not matter.
    A worker that dies is replaced, and what it had in hand is done again by another. If the base case is no result, its
    draws are no coordinates: each item is then sampled by itself, for longer.

    Worker processes are spawned: they import the script that started them. So a script that uses `workers` needs
    ``if __name__ == "__main__":`` around what it does. `workers` and `dask` need ``pip install 'truetoll[dask]'``.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> table = tt.sweep(case, {"assumptions.origin.rho": [0.0, 0.6]}, seed=1)
    >>> table["assumption"].values.tolist()
    ['assumptions.origin.rho=0.0', 'assumptions.origin.rho=0.6']
    """
    case = as_case(case)
    pool.check(workers, dask)
    sampling = replace(settings or QUICK, **options)
    wanted = asked(case, assumptions)
    keys = {name: key_of(each, sampling, layout=LAYOUT, draws=keep_draws) for name, each in wanted.cases.items()}
    kept = Memory() if store is None else Store(Path(store))
    kept.describe(_manifest(case, wanted, keys, sampling, keep_draws))
    items, missing = _known(kept, wanted, keys, keep_draws)
    report = _reporter(progress, keys, missing)
    read = with_draws if keep_draws else summary
    failed: dict[str, Exception] = {}
    base = partial(_base, case, sampling, kept)
    for key, found in pool.outcomes(base, missing, read, workers=workers, dask=dask):
        if isinstance(found, Exception):
            failed[key] = found
        else:
            kept.put(key, found)
            items[key] = found
        report(key)
    return _together(wanted, keys, items, failed, _about(case, sampling))


def _known(
    kept: Kept, wanted: Asked, keys: Mapping[str, str], draws: bool
) -> tuple[dict[str, xr.Dataset], dict[str, Case]]:
    """Find what is done, and the cases of what is not, by key: two names may stand for one computation."""
    cases = {key: plain(wanted.cases[name]) for name, key in keys.items()}
    found = {key: kept.get(key, partial(whole, draws=draws)) for key in cases}
    done = {key: item for key, item in found.items() if item is not None}
    return done, {key: case for key, case in cases.items() if key not in done}


def _reporter(progress: Progress | None, keys: Mapping[str, str], missing: Iterable[str]) -> Callable[[str], None]:
    """Make what counts assumptions as their keys are done, and tell what is done before any is."""
    tell, names = progress or (lambda *_: None), Counter(keys.values())
    done = len(keys) - sum(names[key] for key in missing)
    tell(done, len(keys))

    def report(key: str) -> None:
        nonlocal done
        done += names[key]
        tell(done, len(keys))

    return report


def _base(case: Case, settings: Settings, kept: Kept) -> tuple[Base, Engine | None]:
    """Sample the base case, or take it from the store, so that a resumed sweep is the same computation."""
    held = kept.get(key_of(case, settings, base=True), _whole_base)
    if held is not None:
        sound = bool(held.attrs["converged"])
        return Base(plain(case), settings, held["points"].to_numpy(), held["prior"].to_numpy(), sound), None
    session = Session(case, settings)
    base = base_of(session)
    arrays = {"points": (("chain", "draw", "free"), base.points), "prior": (("prior_draw", "quantity"), base.prior)}
    kept.put(base.key, xr.Dataset(arrays, attrs={"converged": int(base.converged)}))
    return base, session.engine


def _whole_base(held: xr.Dataset) -> bool:
    """Whether all is there that refits follow."""
    arrays = [held[name].to_numpy() for name in ("points", "prior") if name in held]
    return len(arrays) == 2 and "converged" in held.attrs and all(bool(np.isfinite(a).all()) for a in arrays)


def _together(
    wanted: Asked,
    keys: Mapping[str, str],
    items: Mapping[str, xr.Dataset],
    failed: Mapping[str, Exception],
    about: dict[str, Any],
) -> xr.Dataset:
    """Lay all items side by side, or what there is of them if some ended in an error."""
    done = {name: items[key] for name, key in keys.items() if key in items}
    rows = [i for i, key in enumerate(keys.values()) if key in items]
    grid = {key: [values[i] for i in rows] for key, values in wanted.grid.items()}
    found = joined(done, grid).assign_attrs(about) if done else None
    if found is None or failed:
        raise FailedItems({name: failed[key] for name, key in keys.items() if key in failed}, found)
    return found


def _about(case: Case, settings: Settings) -> dict[str, Any]:
    """Say where a sweep comes from."""
    sampling = {f"sampling_{name}": value for name, value in asdict(settings).items()}
    return {
        "kind": KIND,
        "case": case.name,
        "digest": case.digest,
        "version_truetoll": truetoll.__version__,
        **sampling,
    }


def _manifest(
    case: Case, wanted: Asked, keys: Mapping[str, str], settings: Settings, keep_draws: bool
) -> dict[str, Any]:
    """Say what a sweep was, and in which file each of its items is."""
    items = [
        {"name": name, "file": f"{key}.nc", "digest": each.digest, "seed": seed_of(each, settings.seed)}
        for (name, each), key in zip(wanted.cases.items(), keys.values(), strict=True)
    ]
    about = {"layout": LAYOUT, **_about(case, settings), "keep_draws": keep_draws}
    return {**about, "base": f"{key_of(case, settings, base=True)}.nc", "grid": wanted.grid, "items": items}
