r"""Independent draws of a case whose readings all move with one total: no chain, and no mode that one could miss.

Everything but the total is drawn from its prior. Given that, each claim says by itself where the total lies: where its
reading would be its figure. So the total is drawn from what single claims say, or all together,

.. math:: q(\log T \mid u) = \epsilon\, p(\log T) + (1 - \epsilon) \sum_k p_k\, t_3(\log T; m_k(u), s_k(u)),

over the components k of all claims (their readings, sound or not) and their mean weighed by precision, and weighs
:math:`p(\log T)\, L(T, u) / q(\log T \mid u)`. The likelihood of claims is bounded and so is :math:`p / q`, by
:math:`1 / \epsilon`, so the weights have all their moments. Few claims leave many draws; of claims that conflict, or
of ten, next to none are left, which effective draws and Pareto k say.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import norm
from scipy.stats import t as student

from truetoll.model.families import FAMILIES
from truetoll.model.tables import Tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.results import log_likelihood
from truetoll.sampling.weights import effective, smoothed

Array = NDArray[np.float64]

FIRST, TIMES, RUNS = 4_000, 4, 2
"""Draws at first, how many times more next, and how often: 64,000 would take longer than chains do."""
_STREAMS = 4
"""Of random numbers, a quarter of the draws from each: so were the draws that published scores rest on."""
_FROM_PRIOR = 0.05
"""Share of totals that are drawn from their prior, whatever was said."""
_DEGREES = 3
"""Freedom of what totals are drawn from: its tails are longer than those of any reading."""
_TOLERANCE = 1e-8
_PLACED = ("interval", "hedged")
"""Families whose claims say where a total lies; the others say only where it does not."""


@dataclass(frozen=True)
class Direct:
    """Independent draws that stand for a posterior by their weights.

    Parameters
    ----------
    outputs : dict of str to ndarray
        What is read off them, shapes (1, draw, ...).
    log_weights : ndarray
        Smoothed, adding up to one (their exponentials), shape (1, draw).
    khat : float
        Pareto k of the weights.
    """

    outputs: dict[str, Array]
    log_weights: Array
    khat: float

    @property
    def ess(self) -> float:
        """As many independent draws of the posterior say as much of a mean."""
        return effective(self.log_weights)


def directly(engine: Engine, tables: Tables, seed: int) -> Iterator[Direct]:
    """Draw from the posterior of a case whose readings all move with one total, more each time it is asked again.

    Parameters
    ----------
    engine : Engine
        Left with the case set.
    tables : Tables
    seed : int

    Yields
    ------
    Direct
        Nothing at all if no single total moves every reading, or claims bound it only: then chains have to do it.
    """
    engine.set(tables)
    place = _place(engine, tables, seed)
    if place is None:
        return
    for run in range(RUNS):
        seeds = np.random.SeedSequence(seed, spawn_key=(2, run)).spawn(_STREAMS)
        yield _drawn(engine, tables, place, FIRST * TIMES**run, [np.random.default_rng(each) for each in seeds])


def _drawn(engine: Engine, tables: Tables, place: int, n: int, streams: list[np.random.Generator]) -> Direct:
    apart = [engine.prior(n // len(streams), int(rng.integers(2**32))).z for rng in streams]
    prior = Draws({name: np.concatenate([z[name] for z in apart], axis=1) for name in apart[0]}, {})
    stated = tables.data["stated_prior"][place]
    log_p, means, sds = _placing(tables, engine.outputs(prior))
    before = _log_total(prior.z["z_losses"][0, :, place], stated)
    at = before[:, None] + means
    given = zip(streams, *(np.split(each, len(streams)) for each in (before, at, sds)), strict=True)
    after = np.concatenate([_proposed(rng, log_p, *each) for rng, *each in given])
    outputs = engine.outputs(_moved(prior, place, _z(after, stated)))
    near = logsumexp(log_p + student.logpdf((after[:, None] - at) / sds, _DEGREES) - np.log(sds), axis=1)
    log_prior = _log_prior(after, stated)
    proposed = np.logaddexp(np.log(_FROM_PRIOR) + log_prior, np.log1p(-_FROM_PRIOR) + near)
    log_ratio = log_likelihood(tables, outputs).sum(axis=-1) + (log_prior - proposed)
    return Direct(outputs, *smoothed(log_ratio))


def _place(engine: Engine, tables: Tables, seed: int) -> int | None:
    """Find the one total that every claim's reading moves with, one for one on the log scale."""
    told = {family.name for family in FAMILIES if (tables.data[f"{family.name}_weight"] > 0).any()}
    if not told or told - set(_PLACED):
        return None
    draws = engine.prior(2, seed)
    before = _placing(tables, engine.outputs(draws))[1]
    for place, stated in enumerate(tables.data["stated_prior"]):
        total = _log_total(draws.z["z_losses"][0, :, place], stated)
        moved = _moved(draws, place, _z(total + 1.0, stated))
        after = _placing(tables, engine.outputs(moved))[1]
        if np.abs(before - after - 1.0).max() < _TOLERANCE:
            return place
    return None


def _placing(tables: Tables, outputs: dict[str, Array]) -> tuple[Array, Array, Array]:
    """Say of every component of every claim how far the total should move for its reading to be the figure.

    Returns
    -------
    log probability, move, sd : ndarray
        Shapes (component,), (draw, component) and (draw, component); the last is all of them together.
    """
    probabilities, moves, sds = [], [], []
    for family in FAMILIES:
        if family.name not in _PLACED:
            continue
        log_p = tables.data[f"{family.name}_log_probability"]
        used = (tables.data[f"{family.name}_weight"] > 0)[:, None] & np.isfinite(log_p)
        figure, spread = _figures(tables, family.name)
        mean, sd = (outputs[f"{family.name}_{part}"][0] for part in ("mean", "sd"))
        probabilities.append(log_p[used])
        moves.append((figure[:, None] - mean)[:, used])
        sds.append(np.hypot(sd, spread[:, None])[:, used])
    log_p, move, sd = np.concatenate(probabilities), np.concatenate(moves, axis=1), np.concatenate(sds, axis=1)
    precision = np.exp(log_p) / sd**2
    whole = precision.sum(axis=1, keepdims=True)
    together = (precision * move).sum(axis=1, keepdims=True) / whole
    log_p = np.append(log_p - logsumexp(log_p), 0.0) - math.log(2.0)
    return log_p, np.concatenate([move, together], axis=1), np.concatenate([sd, 1.0 / np.sqrt(whole)], axis=1)


def _figures(tables: Tables, family: str) -> tuple[Array, Array]:
    """Log figures as they were said, less what hedges are usually ahead of them, and how far off either may be."""
    low, width = (tables.data[f"{family}_{column}"] for column in ("low", "width"))
    middle = low + 0.5 * width
    if family != "hedged":
        return middle, 0.5 * width
    gap = tables.data["hedged_h"]
    return middle - tables.data["hedged_sign"] * gap, np.hypot(gap, 0.5 * width)


def _proposed(rng: np.random.Generator, log_p: Array, before: Array, at: Array, sds: Array) -> Array:
    """Draw each total around one component, or leave it where its prior has it."""
    kept = rng.random(len(at)) < _FROM_PRIOR
    which = rng.choice(len(log_p), size=len(at), p=np.exp(log_p))
    rows = np.arange(len(at))
    return np.where(kept, before, at[rows, which] + sds[rows, which] * rng.standard_t(_DEGREES, size=len(at)))


def _moved(draws: Draws, place: int, z: Array) -> Draws:
    losses = draws.z["z_losses"].copy()
    losses[0, :, place] = z
    return Draws(draws.z | {"z_losses": losses}, {})


# A stated prior: its log median, and the sds below and above it


def _log_total(z: Array, stated: Array) -> Array:
    return np.asarray(stated[0] + z * np.where(z < 0.0, stated[1], stated[2]))


def _z(log_total: Array, stated: Array) -> Array:
    apart = log_total - stated[0]
    return np.asarray(apart / np.where(apart < 0.0, stated[1], stated[2]))


def _log_prior(log_total: Array, stated: Array) -> Array:
    apart = log_total - stated[0]
    sd = np.where(apart < 0.0, stated[1], stated[2])
    return np.asarray(norm.logpdf(apart / sd) - np.log(sd))
