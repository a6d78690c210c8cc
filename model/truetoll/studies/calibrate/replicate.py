r"""One rehearsal: a made-up truth, claims about it, a fit of these claims, and the rank of the truth among its draws.

If model, density and sampler agree, the rank of a truth drawn from the prior among L independent draws of the posterior
of its own claims is uniform on 0, ..., L, for whatever is read off the draws [1]_. What is read off here: every
reported quantity; the bias of every voice, the noise of every source; and the log likelihood of the claims, which alone
would notice a fit that ignores them [2]_.

References
----------
.. [1] Talts, Betancourt, Simpson, Vehtari, Gelman 2018, arXiv:1804.06788.
.. [2] Modrak and others 2023, doi:10.1214/23-BA1404.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

from truetoll.model.tables import Tables
from truetoll.sampling.convergence import TAIL
from truetoll.sampling.engine import Engine, Settings
from truetoll.sampling.results import log_likelihood, quantities
from truetoll.sampling.simulate import simulate
from truetoll.studies.calibrate.read import LIKELIHOOD

Array = NDArray[np.float64]

SHORT = Settings(draws=250, tune=150, chains=2)
"""How a rehearsal is sampled: as a fit is, but shorter."""
LONGER = (1, 2, 6, 16)
"""Multiples of the settings that are tried until there are enough effective draws."""
RANKED = 99
"""Draws among which the truth is ranked: 50, 80 and 90 % intervals hold whole numbers of the 100 possible ranks."""


@dataclass(frozen=True)
class Rehearsed:
    """Where a truth came to stand.

    Parameters
    ----------
    rank : ndarray
        Draws below the truth, 0 to `RANKED`, shape (checked,): of what `checked` names.
    error : ndarray
        Log posterior median minus log truth of the reported quantities, shape (quantity,).
    ess : float
        Smallest bulk or tail effective sample size of a reported quantity.
    divergences : int
    times : int
        Multiple of the settings that was needed.
    """

    rank: NDArray[np.int64]
    error: Array
    ess: float
    divergences: int
    times: int

    @property
    def converged(self) -> bool:
        """Whether the rank is one among nearly independent draws."""
        return enough(self.ess, self.divergences)


def checked(tables: Tables) -> tuple[str, ...]:
    """Name what is ranked: the reported quantities first.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    tuple of str
    """
    voices = (f"bias[{name}]" for name in tables.coords["voice"])
    sources = (f"sigma[{name}]" for name in tables.coords["noise"])
    return (*tables.coords["quantity"], *voices, *sources, LIKELIHOOD)


def _read(tables: Tables, outputs: Mapping[str, Array]) -> Array:
    """Read off every draw what is ranked, shape (chain, draw, checked)."""
    likelihood = log_likelihood(tables, outputs).sum(axis=-1, keepdims=True)
    amounts = np.log(quantities(tables, outputs))
    return np.concatenate([amounts, outputs["bias"], outputs["sigma"], likelihood], axis=-1)


def rehearse(
    engine: Engine, tables: Tables, settings: Settings, seed: int, drawn_from: Tables | None = None
) -> Rehearsed:
    """Draw a truth and its claims, fit the claims, and rank the truth.

    Parameters
    ----------
    engine : Engine
        Other numbers are set on it.
    tables : Tables
        The case, as it is assumed.
    settings : Settings
        Of the shortest fit; its seed is not used.
    seed : int
        Of all that is drawn: what comes before or after does not matter.
    drawn_from : Tables, optional
        The case as it really is, where that differs.

    Returns
    -------
    Rehearsed
    """
    drawn, sampled, ties = (int(n) for n in np.random.SeedSequence(seed).generate_state(3))
    made = simulate(engine, tables, drawn, drawn_from)
    values, ess, divergences, times = _fitted(engine, made.tables, replace(settings, seed=sampled))
    engine.set(made.tables)
    truth = _read(made.tables, engine.outputs(made.truth))[0, 0]
    flat, n = values.reshape(-1, len(truth)), len(tables.coords["quantity"])
    rank = ranks(flat[spread(len(flat))], truth, np.random.default_rng(ties))
    return Rehearsed(rank, np.median(flat[:, :n], axis=0) - truth[:n], ess, divergences, times)


def _fitted(engine: Engine, tables: Tables, settings: Settings) -> tuple[Array, float, int, int]:
    """Sample, longer if need be: (values as `_read` gives them, effective draws, divergences, multiple)."""
    n = len(tables.coords["quantity"])
    for times in LONGER:
        engine.set(tables)
        draws = engine.sample(replace(settings, draws=settings.draws * times, tune=settings.tune * times))
        values = _read(tables, engine.outputs(draws))
        ess, divergences = effective(values[..., :n]), int(draws.stats["diverging"].sum())
        if enough(ess, divergences):
            break
    return values, ess, divergences, times


def enough(ess: float, divergences: int) -> bool:
    """Whether there are as many effective draws as ranks, and no divergence.

    Parameters
    ----------
    ess : float
    divergences : int

    Returns
    -------
    bool
    """
    return ess > RANKED and divergences == 0


def effective(values: Array) -> float:
    """Smallest bulk or tail effective sample size.

    Parameters
    ----------
    values : ndarray
        Shape (chain, draw, quantity).

    Returns
    -------
    float
        Infinite if nothing varies.
    """
    moving = values[..., np.ptp(values, axis=(0, 1)) > 0]
    if not moving.size:
        return np.inf
    bulk = array_stats.ess(moving, chain_axis=0, draw_axis=1, method="bulk")
    tail = array_stats.ess(moving, chain_axis=0, draw_axis=1, method="tail", prob=TAIL)
    return float(min(np.min(bulk), np.min(tail)))


def spread(n: int) -> NDArray[np.int64]:
    """Choose `RANKED` of n draws, as far from each other as they can be.

    Parameters
    ----------
    n : int
        At least `RANKED`.

    Returns
    -------
    ndarray
        Positions, rising.
    """
    return ((np.arange(RANKED) + 0.5) * n / RANKED).astype(np.int64)


def ranks(draws: Array, truth: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Rank a truth among draws; one that equals some of them takes a place among these at random.

    Parameters
    ----------
    draws : ndarray
        Shape (draw, checked).
    truth : ndarray
        Shape (checked,).
    rng : numpy.random.Generator

    Returns
    -------
    ndarray
        Draws below the truth, shape (checked,).
    """
    below, equal = (draws < truth).sum(axis=0), (draws == truth).sum(axis=0)
    return np.asarray(below + rng.integers(0, equal + 1))
