"""Modes of a posterior: looked for on purpose where claims conflict, each with its weight.

A posterior has several modes because a claim may be of the unsound kind, or of another reading: one explanation takes
this claim for sound, another that one. Chains that sit in one of them agree with each other and know nothing of the
rest. But they show which explanations they leave out: readings of sound claims that are far less probable under the
draws than before. From each such component a search starts where the losses agree with it, and ends on a mode; second
derivatives there (Laplace) say what the mode weighs. A draw is in the mode that explains the conflicting claims as it
does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy.special import logsumexp

from truetoll.model.design import ordinary
from truetoll.model.families import FAMILIES
from truetoll.model.tables import Tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.moving import Moves

Array = NDArray[np.float64]
Component = tuple[str, int, int]
"""Family, place of the claim in it, place of the component."""

_LOSSES = ("z_losses", "z_profile", "z_split")
"""Free variables that losses are made of: those that are moved until they agree with a claim."""
_MIXED = tuple(family for family in FAMILIES if family.name != "chain")
"""Families whose claims have components; figures of running tallies have none."""
_READ = 1_000_000
"""Claims times draws that are read for this, at most."""
_LEFT_OUT = 0.5
"""A component is left out if it is less probable than before by this factor, in the chain that holds least of it."""
_PLAUSIBLE = 0.05
"""Components that were less probable than this before are not looked for."""
_PULL = 10.0
"""Weight of a claim while losses are moved to it: enough to win over where they were."""
_STARTS = 12
"""Searches at most; what is left out most comes first."""
_EVALUATIONS = 300
"""Of the density, at most, for each climb."""
_LEAST = 0.2
"""Smallest precision along any direction: a prior has one, and a mode is hardly wider than the prior."""
LIGHT = 0.01
"""Probability of modes that chains may leave out: the ends of a 90 % interval hardly move by it."""
_FEWEST = 400, 0.1
"""Effective draws of whether a draw is in a mode: that many, or this share of the draws if they are fewer. With 400, a
probability of a half has a standard error of 0.025."""
_SAME = 0.3
"""Modes are one explanation if no component's probability differs by more."""


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
    explains : ndarray
        Probability of each component in conflict, shape (component,).
    """

    point: Array
    value: float
    precision: Array
    explains: Array

    @property
    def log_weight(self) -> float:
        """Log of the probability around it, by Laplace, up to a constant that all modes share."""
        return self.value - 0.5 * float(np.linalg.slogdet(self.precision)[1])


@dataclass(frozen=True)
class Modes:
    """The explanations of a case whose claims conflict.

    Parameters
    ----------
    components : tuple of (str, int, int)
        In conflict: sound readings that some chain leaves out.
    found : tuple of Mode
        One for each explanation; none if no claim is in conflict.
    """

    components: tuple[Component, ...] = ()
    found: tuple[Mode, ...] = ()

    @property
    def weights(self) -> Array:
        """Probability around each mode, by Laplace, adding up to one."""
        if not self.found:
            return np.zeros(0)
        log = np.array([mode.log_weight for mode in self.found])
        return np.asarray(np.exp(log - logsumexp(log)))

    def of(self, engine: Engine, tables: Tables, draws: Draws) -> NDArray[np.int64]:
        """Say which mode each draw is in: the one that explains the conflict most nearly as the draw does.

        Parameters
        ----------
        engine : Engine
            With the numbers of the case set.
        tables : Tables
        draws : Draws

        Returns
        -------
        ndarray of int
            Shape (chain, some of the draws).
        """
        explained = _probable(engine, tables, _some(tables, draws), self.components)
        apart = [np.sum((explained - mode.explains) ** 2, axis=-1) for mode in self.found]
        return np.argmin(apart, axis=0)

    def left_out(self, at: NDArray[np.int64]) -> float:
        """Say how much of the posterior lies in modes without draws.

        Parameters
        ----------
        at : ndarray of int
            The mode of each draw.

        Returns
        -------
        float
            By Laplace.
        """
        return float(1.0 - self.weights[np.unique(at)].sum())

    def mixed(self, at: NDArray[np.int64]) -> bool:
        """Whether chains go to and fro between all modes that are not light.

        Parameters
        ----------
        at : ndarray of int
            The mode of each draw, shape (chain, draw).

        Returns
        -------
        bool
        """
        shares = np.bincount(at.ravel(), minlength=len(self.found)) / at.size
        heavy = np.flatnonzero(np.maximum(self.weights, shares) >= LIGHT)
        if len(heavy) < 2:
            return self.left_out(at) < LIGHT
        if self.left_out(at) >= LIGHT:
            return False
        inside = (at[..., None] == heavy[shares[heavy] > 0]).astype(float)
        inside = inside[..., np.ptp(inside, axis=(0, 1)) > 0]
        fewest = min(_FEWEST[0], _FEWEST[1] * at.size)
        ess = array_stats.ess(inside, chain_axis=0, draw_axis=1, method="mean")
        return bool(np.min(ess, initial=np.inf) >= fewest)


def find(engine: Engine, tables: Tables, draws: Draws) -> Modes:
    """Look for the modes that draws are in, and for those that they leave out.

    Parameters
    ----------
    engine : Engine
        With the numbers of the case set.
    tables : Tables
    draws : Draws

    Returns
    -------
    Modes
        Heaviest first; none where no claim is in conflict with the rest.
    """
    left = _left_out(engine, tables, _some(tables, draws))
    if not left:
        return Modes()
    moves, middle = Moves(engine.address, engine.varied({})), np.median(engine.flatten(draws), axis=(0, 1))
    tops = [_climbed(engine, tables, moves, _best(engine, draws), left)]
    _keep(tops, _climbed(engine, tables, moves, np.zeros_like(middle), left))
    for i, component in enumerate(left[:_STARTS]):
        if not any(top.explains[i] > _LEFT_OUT * _before(tables, component) for top in tops):
            start = _agreeing(engine, tables, middle, component)
            _keep(tops, _climbed(engine, tables, moves, start, left))
    found = [_weighed(moves, top) for top in tops]
    return Modes(left, tuple(sorted(found, key=lambda mode: -mode.log_weight)))


def highest(engine: Engine, tables: Tables, draws: Draws, components: tuple[Component, ...] = ()) -> Mode:
    """Climb from the best of all draws.

    Parameters
    ----------
    engine : Engine
        With the numbers of the case set.
    tables : Tables
    draws : Draws
    components : tuple, optional
        In conflict.

    Returns
    -------
    Mode
    """
    moves = Moves(engine.address, engine.varied({}))
    return _weighed(moves, _climbed(engine, tables, moves, _best(engine, draws), components))


def _best(engine: Engine, draws: Draws) -> Array:
    """Where the density of all draws is highest."""
    lp = draws.stats["lp"]
    return np.asarray(engine.flatten(draws)[np.unravel_index(lp.argmax(), lp.shape)])


def _some(tables: Tables, draws: Draws) -> Draws:
    """As many draws as are read, evenly spread."""
    size = np.prod(next(iter(draws.z.values())).shape[:2]) * max(1, len(tables.index.case.claims))
    each = int(np.ceil(size / _READ))
    return Draws({name: z[:, ::each] for name, z in draws.z.items()}, {})


def _left_out(engine: Engine, tables: Tables, draws: Draws) -> tuple[Component, ...]:
    """Sound readings that draws hold for far less probable than they were, those that lose most first."""
    outputs, found = engine.outputs(draws), []
    for family in _MIXED:
        before = _probability(tables.data[f"{family.name}_log_probability"])
        after = _probability(outputs[f"{family.name}_log_mass"]).mean(axis=1).min(axis=0)
        used = tables.data[f"{family.name}_weight"] > 0
        chosen = ordinary(tables.data, family) & (before > _PLAUSIBLE) & (after < _LEFT_OUT * before) & used[:, None]
        found += [(float((before - after)[i, j]), family.name, int(i), int(j)) for i, j in np.argwhere(chosen)]
    return tuple((family, i, j) for _, family, i, j in sorted(found, key=lambda each: -each[0]))


def _probable(engine: Engine, tables: Tables, draws: Draws, components: tuple[Component, ...]) -> Array:
    """How probable each component is in each draw, shape (chain, draw, component)."""
    outputs = engine.outputs(draws)
    known = {name: _probability(outputs[f"{name}_log_mass"]) for name in {family for family, _, _ in components}}
    shape = next(iter(draws.z.values())).shape[:2]
    return np.array([known[family][..., i, j] for family, i, j in components]).reshape(-1, *shape).transpose(1, 2, 0)


def _probability(log: Array) -> Array:
    """Of each component, from logs along the last axis that need not add up to one."""
    return np.exp(log - np.logaddexp.reduce(log, axis=-1, keepdims=True)) if log.size else np.zeros(log.shape)


def _before(tables: Tables, component: Component) -> float:
    family, claim, chosen = component
    return float(_probability(tables.data[f"{family}_log_probability"])[claim, chosen])


def _agreeing(engine: Engine, tables: Tables, middle: Array, component: Component) -> Array:
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


class _Top(NamedTuple):
    """Where a climb ended: a mode whose weight is not known yet, since second derivatives cost most."""

    point: Array
    value: float
    explains: Array


def _climbed(engine: Engine, tables: Tables, moves: Moves, start: Array, components: tuple[Component, ...]) -> _Top:
    """Climb to a mode."""
    point = moves.climb(start, _EVALUATIONS)
    here = Draws(engine.unflatten(point[None, None]), {})
    return _Top(point, engine.logp(point)[0], _probable(engine, tables, here, components)[0, 0])


def _weighed(moves: Moves, top: _Top) -> Mode:
    """Say what a mode weighs."""
    sizes, along = np.linalg.eigh(moves.curvature(top.point))
    return Mode(top.point, top.value, (along * np.maximum(sizes, _LEAST)) @ along.T, top.explains)


def _keep(tops: list[_Top], top: _Top) -> None:
    """Keep where a climb ended if that explains the conflict in a new way, or is higher up."""
    if not np.isfinite(top.value):
        return
    same = [i for i, other in enumerate(tops) if np.all(np.abs(top.explains - other.explains) < _SAME)]
    if not same:
        tops.append(top)
    elif top.value > tops[same[0]].value:
        tops[same[0]] = top
