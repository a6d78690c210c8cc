"""The samplers: two NUTS, nutpie's around our native function and PyMC's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from truetoll.sampling.lazily import lazily

if TYPE_CHECKING:
    from truetoll.model.tables import Tables
    from truetoll.sampling.engine import Engine

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all) while sampling."""


_ACCEPT = 0.9
"""Acceptance that step sizes aim at. A floor under the losses is steep: at 0.8 one transition in 4,000 diverged where a
claim pressed on one, at 0.9 one in 38,400. On data/kursk-article 0.9 gave 920 to 1,240 effective draws of 4,000 for the
least of all that is reported, 0.95 560 to 880 in more steps, 0.8 divergences."""
_ACCEPT_CLOSE = 0.95
"""The same where losses follow a curve with a learned scale, or running tallies fix what is seen of them: of 8,000
transitions of a real tally of killed and of wounded 6 diverged at 0.9, none at 0.95; 0.98 takes twice the steps."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to sample.

    Parameters
    ----------
    draws, tune, chains : int
        Kept draws per chain, discarded adaptation steps per chain, chains.
    seed : int
    cores : int
        Chains at a time.
    sampler : {"nutpie", "pymc"}
        Which NUTS: ``nutpie`` calls our native function.
    adaptation : {"low_rank", "diag"}
        Mass matrix that nutpie adapts. Level and common bias form a ridge, which low rank follows; its own work grows
        with the square of the free scalars, and from some hundreds on costs more than it saves.
    accept : float
        Acceptance that step sizes aim at; where losses follow a curve, or claims are running tallies, 0.95 at least.
    """

    draws: int = 1000
    tune: int = 500
    chains: int = 4
    seed: int = 1
    cores: int = 2
    sampler: str = "nutpie"
    adaptation: str = "low_rank"
    accept: float = _ACCEPT


@dataclass(frozen=True)
class Draws:
    """Draws of the free variables, with what the sampler said of them.

    Parameters
    ----------
    z : dict of str to ndarray
        Free variables, shapes (chain, draw, ...).
    stats : dict of str to ndarray
        ``diverging`` (bool), ``n_steps``, ``lp``: shapes (chain, draw).
    """

    z: dict[str, Array]
    stats: dict[str, NDArray[Any]]


_SPREAD = 0.5
"""Sd of the points that chains start from, in the coordinates they move in."""
_SPREAD_CURVES = 2.0
"""The same where coordinates are centred on a mode: chains that all begin close to it would agree in having missed
another, so they begin further apart than draws of one mode lie."""


def accepted(settings: Settings, tables: Tables) -> float:
    """Tell the acceptance that step sizes aim at in a case.

    Parameters
    ----------
    settings : Settings
    tables : Tables

    Returns
    -------
    float
    """
    close = tables.index.smooth or len(tables.data["chain_phi"]) > 0
    return max(settings.accept, _ACCEPT_CLOSE) if close else settings.accept


def _sample_nutpie(engine: Engine, settings: Settings, progress: Progress | None) -> Draws:
    """Sample with nutpie's NUTS around our native function: chains run on all cores, without Python."""
    spread = _SPREAD_CURVES if engine.tables.index.smooth else _SPREAD
    model = native_model(engine.moving, engine.packed, engine.dimension, spread)
    adaptation = engine.coordinates.adaptation or settings.adaptation
    settings = replace(settings, accept=accepted(settings, engine.tables), adaptation=adaptation)
    x, stats = drawn(model, settings, progress)
    return Draws(engine.unflatten(engine.points(x)), stats)


def drawn(model: Any, settings: Settings, progress: Progress | None = None) -> tuple[Array, dict[str, NDArray[Any]]]:
    """Draw with nutpie's NUTS.

    Parameters
    ----------
    model : object
        As `native_model` makes it.
    settings : Settings
    progress : callable, optional
        Called with (steps done, steps in all).

    Returns
    -------
    ndarray, dict of str to ndarray
        Points, shape (chain, draw, n); ``diverging``, ``n_steps`` and ``lp``, shapes (chain, draw).
    """
    import nutpie  # noqa: PLC0415 - the names of samplers are wanted where nothing is sampled

    report = progress or (lambda *_: None)
    sampler = nutpie.sample(
        model,
        draws=settings.draws,
        tune=settings.tune,
        chains=settings.chains,
        cores=settings.cores,
        seed=settings.seed,
        target_accept=settings.accept,
        adaptation=settings.adaptation,
        progress_bar=False,
        progress_callback=lambda chains: report(*_steps(chains)),
        return_raw_trace=True,
        blocking=False,
    )
    try:
        trace = sampler.wait()
    except BaseException:  # a blocking nutpie would turn Ctrl-C into a shorter run
        sampler.cancel()
        raise
    points, told = trace.get_arrow_trace()
    return _columns(points, told, settings.draws)


def _columns(points: list[Any], stats: list[Any], draws: int) -> tuple[Array, dict[str, NDArray[Any]]]:
    """Read kept draws off nutpie's Arrow batches, one each chain; its way to a DataTree takes a third of a refit."""
    import pyarrow  # noqa: PLC0415

    def last(batches: list[Any], name: str) -> NDArray[Any]:
        columns = [pyarrow.array(batch.column(name))[-draws:] for batch in batches]
        flat = [c.flatten() if hasattr(c, "flatten") else c for c in columns]
        return np.array([c.to_numpy(zero_copy_only=False).reshape(draws, -1) for c in flat])

    kept = {"diverging": "diverging", "n_steps": "n_steps", "lp": "logp"}
    return last(points, "z"), {ours: last(stats, theirs)[..., 0] for ours, theirs in kept.items()}


def native_model(function: Any, packed: Array, n: int, spread: float) -> Any:
    """Hand nutpie the address of a compiled function, as its own wrapper of a PyMC model would.

    Parameters
    ----------
    function : object
        Log density with its gradient; has an ``address``.
    packed : ndarray
        Its numbers.
    n : int
        Free scalars.
    spread : float
        Sd of the points that chains start from.

    Returns
    -------
    object
        For `drawn`.
    """
    with lazily("arviz"):  # a second or two, for a DataTree that we do not ask for
        from nutpie.compile_pymc import CompiledPyMCModel  # noqa: PLC0415 - names of samplers are wanted where nothing is sampled

    return CompiledPyMCModel(
        dims={"z": ("point",)},
        compiled_logp_func=function,
        compiled_expand_func=_copy_point(),
        initial_point_func=lambda seed: np.random.default_rng(seed).normal(size=n, scale=spread),
        shared_data={},
        shared_var_keys={},
        user_data=packed,
        n_expanded=n,
        shape_info=(["z"], [slice(0, n)], [(n,)]),
        logp_func=None,
        expand_func=None,
        _n_dim=n,
        _shapes={"z": (n,)},
        _coords={"point": np.arange(n)},
    )


@cache
def _copy_point() -> Any:
    """Native function by which nutpie reads a draw off a point: it is the point."""
    from numba import types  # noqa: PLC0415 - the names of samplers are wanted where nothing is compiled

    from truetoll.sampling.native import compile_c  # noqa: PLC0415 - as above

    source = "def density(n, m, point, out, numbers):\n    for i in range(n):\n        out[i] = point[i]\n    return 0"
    doubles = types.CPointer(types.double)
    signature = types.int64(types.uint64, types.uint64, doubles, doubles, types.voidptr)
    return compile_c(source, {}, f"truetoll_{source}", signature)


def _steps(chains: list[Any]) -> tuple[int, int]:
    """(done, in all) over all chains."""
    return sum(chain.finished_draws for chain in chains), sum(chain.total_draws for chain in chains)


def _sample_pymc(engine: Engine, settings: Settings, progress: Progress | None) -> Draws:
    """Sample with PyMC's own NUTS, which answers Ctrl-C with the draws it has: fewer steps than asked are refused."""
    total, done = settings.chains * (settings.draws + settings.tune), count(1)
    report = progress or (lambda *_: None)
    try:
        tree = _pymc_trace(engine, settings, lambda **_: report(next(done), total))
    except ValueError as error:
        if "Not enough samples" in str(error):  # stopped while tuning
            raise KeyboardInterrupt from error
        raise
    if next(done) <= total:
        raise KeyboardInterrupt
    stats = tree["sample_stats"].dataset
    kept = {"diverging": stats["diverging"], "n_steps": stats["n_steps"], "lp": stats["lp"]}
    z = {name: tree["posterior"][name].to_numpy() for name in engine.free}
    return Draws(z, {k: v.to_numpy() for k, v in kept.items()})


def _pymc_trace(engine: Engine, settings: Settings, callback: Callable[..., None]) -> Any:
    import pymc as pm  # noqa: PLC0415 - takes seconds

    with engine.model:
        return pm.sample(
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=settings.cores,
            random_seed=settings.seed,
            nuts_sampler="pymc",
            target_accept=accepted(settings, engine.tables),
            var_names=list(engine.free),
            progressbar=False,
            quiet=True,
            compute_convergence_checks=False,
            callback=callback,
        )


SAMPLERS: dict[str, Callable[[Engine, Settings, Progress | None], Draws]] = {
    "nutpie": _sample_nutpie,
    "pymc": _sample_pymc,
}
"""NUTS by name."""
