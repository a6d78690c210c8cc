"""The samplers: two NUTS around one compiled function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pymc as pm
from numpy.typing import NDArray

if TYPE_CHECKING:
    from truetoll.inference.engine import Engine

Array = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all) while sampling."""


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
        Which NUTS. Both call the same compiled function: ``nutpie`` adapts a low-rank mass matrix.
    """

    draws: int = 1000
    tune: int = 500
    chains: int = 4
    seed: int = 1
    cores: int = 2
    sampler: str = "nutpie"


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


def _sample_nutpie(engine: Engine, settings: Settings, progress: Progress | None) -> Draws:
    """Sample with nutpie's NUTS around our compiled function: its own numba wrappers would recompile per process."""
    import nutpie  # noqa: PLC0415

    report = progress or (lambda *_: None)
    sampler = nutpie.sample(
        _nutpie_model(engine),
        draws=settings.draws,
        tune=settings.tune,
        chains=settings.chains,
        cores=settings.cores,
        seed=settings.seed,
        adaptation="low_rank",
        progress_bar=False,
        progress_callback=lambda chains: report(*_steps(chains)),
        blocking=False,
    )
    try:
        tree = sampler.wait()
    except BaseException:  # a blocking nutpie would turn Ctrl-C into a shorter run
        sampler.cancel()
        raise
    stats = tree["sample_stats"].dataset
    kept = {"diverging": stats["diverging"], "n_steps": stats["n_steps"], "lp": stats["logp"]}
    return Draws(engine.unflatten(tree["posterior"]["z"].to_numpy()), {k: v.to_numpy() for k, v in kept.items()})


def _nutpie_model(engine: Engine) -> Any:
    from nutpie.compiled_pyfunc import from_pyfunc  # noqa: PLC0415

    n = engine.dimension
    return from_pyfunc(
        n,
        lambda: engine.logp,
        lambda *_: lambda flat: {"z": np.array(flat)},
        [np.dtype("float64")],
        [(n,)],
        ["z"],
        make_initial_point_fn=lambda seed: np.random.default_rng(seed).normal(size=n, scale=0.5),
    )


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
    with engine.model:
        return pm.sample(
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=settings.cores,
            random_seed=settings.seed,
            nuts_sampler="pymc",
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
