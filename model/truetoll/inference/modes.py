"""Modes of a posterior: looked for on purpose where claims conflict, each with its weight.

A posterior has several modes because a claim may be of the unsound kind, or of another reading: one explanation takes
this claim for sound, another that one. Chains that sit in one of them agree with each other and know nothing of the
rest. But they show which explanations they leave out: components of claims that are far less probable under the draws
than before. From each such component a search starts where the losses agree with it, and ends on a mode; second
derivatives there (Laplace) say what the mode weighs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy.special import logsumexp

from truetoll.inference.engine import Draws, Engine
from truetoll.inference.families import FAMILIES
from truetoll.inference.moving import Moves
from truetoll.inference.tables import Tables

Array = NDArray[np.float64]

_LOSSES = ("z_losses", "z_profile", "z_split")
"""Free variables that losses are made of: those that are moved until they agree with a claim."""
_MIXED = ("interval", "hedged", "bound")
"""Families whose claims have components; figures of running tallies have none."""
_READ = 200
"""Draws off which it is read what they leave out."""
_LEFT_OUT = 0.5
"""A component is left out if it is less probable than before by this factor."""
_PLAUSIBLE = 0.05
"""Components that were less probable than this before are not looked for."""
_PULL = 10.0
"""Weight of a claim while losses are moved to it: enough to win over where they were."""
_STARTS = 24
"""Searches at most; what is left out most comes first."""
_EVALUATIONS = 300
"""Of the density, at most, for each search."""
_LEAST = 0.2
"""Smallest precision along any direction: a prior has one, and a mode is hardly wider than the prior."""
LIGHT = 0.01
"""Probability of a mode that chains may leave out: the ends of a 90 % interval hardly move by it."""
_FEWEST = 400, 0.1
"""Effective draws of whether a draw is in a mode: that many, or this share of the draws if they are fewer. With 400, a
probability of a half has a standard error of 0.025."""
_SAME = 1.0
"""Squared distance, in sds of a mode, within which two searches have found the same."""


@dataclass(frozen=True)
class Mode:
    """A local maximum of a log density in standard normals.

    Parameters
    ----------
    point : ndarray
        Shape (n,).
    value : float
        Log density there.
    precision : ndarray
        Minus the second derivatives, shape (n, n), made positive definite.
    """

    point: Array
    value: float
    precision: Array

    @property
    def log_weight(self) -> float:
        """Log of the probability around it, by Laplace, up to a constant that all modes share."""
        return self.value - 0.5 * float(np.linalg.slogdet(self.precision)[1])

    def away(self, points: Array) -> Array:
        """Squared distance of points, in sds.

        Parameters
        ----------
        points : ndarray
            Shape (..., n).

        Returns
        -------
        ndarray
        """
        apart = points - self.point
        return np.asarray(np.sum((apart @ self.precision) * apart, axis=-1))


def find(engine: Engine, tables: Tables, draws: Draws) -> tuple[Mode, ...]:
    """Look for the modes that draws are in, and for those that they leave out.

    Parameters
    ----------
    engine : Engine
        With the numbers of the case set.
    tables : Tables
    draws : Draws

    Returns
    -------
    tuple of Mode
        Heaviest first; empty where no claim is in conflict with the rest.
    """
    left = _left_out(engine, tables, draws)
    if not left:
        return ()
    flat = engine.flatten(draws)
    moves, middle = Moves(engine.address, engine.varied({})), np.median(flat, axis=(0, 1))
    found: list[Mode] = []
    best = np.unravel_index(np.argmax(draws.stats["lp"]), draws.stats["lp"].shape)
    for point in (flat[best], np.zeros_like(middle)):
        _add(found, _climbed(engine, moves, point))
    explained = [_responsibility(engine, tables, mode.point) for mode in found]
    for family, claim, component in left[:_STARTS]:
        if any(mode[family][0, claim, component] > _LEFT_OUT for mode in explained):
            continue
        if _add(found, _climbed(engine, moves, _agreeing(engine, tables, middle, (family, claim, component)))):
            explained.append(_responsibility(engine, tables, found[-1].point))
    return tuple(sorted(found, key=lambda mode: -mode.log_weight))


def weights(modes: tuple[Mode, ...]) -> Array:
    """Probability around each mode, by Laplace.

    Parameters
    ----------
    modes : tuple of Mode

    Returns
    -------
    ndarray
        Adding up to one.
    """
    log = np.array([mode.log_weight for mode in modes])
    return np.asarray(np.exp(log - logsumexp(log)))


def nearest(modes: tuple[Mode, ...], flat: Array) -> NDArray[np.int64]:
    """Say which mode each draw is at: the one whose normal has the highest density there.

    Parameters
    ----------
    modes : tuple of Mode
    flat : ndarray
        Shape (chain, draw, n).

    Returns
    -------
    ndarray of int
        Shape (chain, draw).
    """
    return np.argmax([mode.value - 0.5 * mode.away(flat) for mode in modes], axis=0)


def highest(engine: Engine, draws: Draws) -> Mode:
    """Climb from the best of all draws.

    Parameters
    ----------
    engine : Engine
        With the numbers of the case set.
    draws : Draws

    Returns
    -------
    Mode
    """
    lp = draws.stats["lp"]
    best = engine.flatten(draws)[np.unravel_index(lp.argmax(), lp.shape)]
    return _climbed(engine, Moves(engine.address, engine.varied({})), best)


def mixed(modes: tuple[Mode, ...], flat: Array) -> bool:
    """Whether chains go to and fro between all modes that are not light.

    Parameters
    ----------
    modes : tuple of Mode
    flat : ndarray
        Draws, shape (chain, draw, n).

    Returns
    -------
    bool
    """
    heavy = np.flatnonzero(weights(modes) >= LIGHT)
    if len(heavy) < 2:
        return left_out(modes, flat) < LIGHT
    at = nearest(modes, flat)
    inside = (at[..., None] == heavy).astype(float)
    if not np.ptp(inside, axis=(0, 1)).all():
        return False
    fewest = min(_FEWEST[0], _FEWEST[1] * at.size)
    return bool(array_stats.ess(inside, chain_axis=0, draw_axis=1, method="mean").min() >= fewest)


def left_out(modes: tuple[Mode, ...], flat: Array) -> float:
    """Say how much of a posterior lies in modes that no draw is at.

    Parameters
    ----------
    modes : tuple of Mode
    flat : ndarray
        Draws, shape (chain, draw, n).

    Returns
    -------
    float
        By Laplace.
    """
    if not modes:
        return 0.0
    return float(1.0 - weights(modes)[np.unique(nearest(modes, flat))].sum())


def _left_out(engine: Engine, tables: Tables, draws: Draws) -> list[tuple[str, int, int]]:
    """Components (family, claim, component) that draws hold for far less probable than they were before any claim."""
    each = max(1, next(iter(draws.z.values())).shape[1] // (_READ // 4))
    some = Draws({name: z[:, ::each] for name, z in draws.z.items()}, {})
    outputs = engine.outputs(some)
    found: list[tuple[float, str, int, int]] = []
    for family in _MIXED:
        before = _probability(tables.data[f"{family}_log_probability"])
        after = _probability(outputs[f"{family}_log_mass"]).mean(axis=1).min(axis=0)  # of the chain that holds least
        used = tables.data[f"{family}_weight"] > 0
        chosen = (before > _PLAUSIBLE) & (after < _LEFT_OUT * before) & used[:, None]
        found += [(float((before - after)[i, j]), family, int(i), int(j)) for i, j in np.argwhere(chosen)]
    return [(family, i, j) for _, family, i, j in sorted(found, key=lambda each: -each[0])]


def _probability(log: Array) -> Array:
    """Of each component, from logs along the last axis that need not add up to one."""
    return np.exp(log - logsumexp(log, axis=-1, keepdims=True)) if log.size else np.zeros(log.shape)


def _responsibility(engine: Engine, tables: Tables, point: Array) -> dict[str, Array]:
    """How probable each component is at a point, over what it was before; shapes (1, claim, component)."""
    outputs = engine.outputs(Draws(engine.unflatten(point[None, None]), {}))
    found = {}
    for family in _MIXED:
        before = _probability(tables.data[f"{family}_log_probability"])
        found[family] = _probability(outputs[f"{family}_log_mass"])[0] / np.maximum(before, _PLAUSIBLE)
    return found


def _agreeing(engine: Engine, tables: Tables, middle: Array, component: tuple[str, int, int]) -> Array:
    """Move the losses, and nothing else, from the middle of the draws to where they agree with one claim."""
    family, claim, chosen = component
    data = {f"{other.name}_weight": np.zeros_like(tables.data[f"{other.name}_weight"]) for other in FAMILIES}
    data[f"{family}_weight"][claim] = _PULL
    only = np.array(tables.data[f"{family}_log_probability"])
    only[claim] = np.where(np.arange(only.shape[1]) == chosen, 0.0, -np.inf)
    alone = engine.varied(data | {f"{family}_log_probability": only})
    places = engine.unflatten(np.arange(float(engine.dimension)))
    free = np.zeros(engine.dimension)
    free[np.concatenate([places[name].ravel() for name in _LOSSES]).astype(np.int64)] = 1.0
    return Moves(engine.address, alone).climb(middle, _EVALUATIONS, free, free * middle)


def _climbed(engine: Engine, moves: Moves, start: Array) -> Mode:
    """Climb to a mode."""
    point = moves.climb(start, _EVALUATIONS)
    sizes, along = np.linalg.eigh(moves.curvature(point))
    return Mode(point, engine.logp(point)[0], (along * np.maximum(sizes, _LEAST)) @ along.T)


def _add(found: list[Mode], mode: Mode) -> bool:
    """Keep a mode if it is new."""
    new = np.isfinite(mode.value) and not any(other.away(mode.point) < _SAME for other in found)
    if new:
        found.append(mode)
    return bool(new)
