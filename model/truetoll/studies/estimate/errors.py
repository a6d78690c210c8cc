r"""A model of the errors of historical figures: effects of what is known of a claim, on each of its numbers.

For claim i of case c with log figure x and log truth t

.. math:: x_i - t = m_i + g_c + g_{c,r} + v_a + s_{a,t} + e_i + u_o,

normal with sds that are numbers of the claim as its mean m is: in common to a case and to a relation in it, of a voice,
of a slant and of noise; :math:`u_o` is there for unsound reports o only. Each number is a constant plus effects, normal
around nothing, whose own sd may be learned. The case's part is integrated out (`truetoll.model.kernels.errors`), so
some dozens of standard normals are all that is sampled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from truetoll.sampling.samplers import Settings, drawn, native_model
from truetoll.studies.estimate import history
from truetoll.studies.estimate.past import Past, Told

Array = NDArray[np.float64]

NUMBERS = {
    "mean": 0.0,
    "voice": math.log(0.4),
    "noise": math.log(0.35),
    "unsound": -2.5,
    "width": math.log(1.5),
    "all": math.log(0.2),
    "kin": math.log(0.2),
    "gap": 0.0,
}
"""Numbers of a claim, as rows of `truetoll.model.kernels.errors`, and what they are before any effect."""
_SPREAD = 0.1
"""Sd of the points that chains start from."""
_ROW = {name: row for row, name in enumerate(NUMBERS)}


@dataclass(frozen=True)
class Effect:
    """What one number of a claim owes to something that is known of it.

    Parameters
    ----------
    name : str
    of : str
        One of `NUMBERS`.
    level : callable
        `Told` -> the level it is at, or None for no effect.
    sd : float
        Prior sd of the effect of a level; of its median if it is learned.
    learned : float
        Log sd of that sd; 0 if it is not learned.
    times : callable, optional
        `Told` -> what the effect is multiplied by; 1 if not given.
    """

    name: str
    of: str
    level: Callable[[Told], str | None]
    sd: float
    learned: float = 0.0
    times: Callable[[Told], float] | None = None


@dataclass(frozen=True)
class ErrorModel:
    """Errors of a benchmark's figures under given effects.

    Parameters
    ----------
    past : Past
    effects : tuple of Effect
    slant_sd, rho : float
        Of the reliability table: sd of a slant, share of the noise that claims of one report have in common.
    scaled : bool
        Whether each case has a scale of its own by which all its errors are larger or smaller.
    without : tuple of str
        Numbers that are nothing: ``all``, ``kin``.
    left_out : str or None
        War whose claims are not used.
    """

    past: Past
    effects: tuple[Effect, ...]
    slant_sd: float
    rho: float
    scaled: bool = False
    without: tuple[str, ...] = ()
    left_out: str | None = None

    @cached_property
    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Levels of every effect, in the order of the claims."""
        told = self.past.told
        return tuple(tuple(sorted({x for x in map(effect.level, told) if x})) for effect in self.effects)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the free standard normals."""
        found: list[str] = []
        for effect, levels in zip(self.effects, self.levels, strict=True):
            found += [f"{effect.name}[{level}]" for level in levels]
            found += [f"{effect.name}:sd"] if effect.learned else []
        return (*found, "scale") if self.scaled else tuple(found)

    @cached_property
    def _designs(self) -> list[Array]:
        """For every effect what its levels add to each claim, shape (claim, level)."""
        return [
            np.array([[_share(effect, each, level) for level in levels] for each in self.past.told])
            for effect, levels in zip(self.effects, self.levels, strict=True)
        ]

    @cached_property
    def _places(self) -> list[tuple[slice, int | None]]:
        """Where the levels of every effect, and the sd it learns, stand in a point."""
        at, found = 0, []
        for effect, levels in zip(self.effects, self.levels, strict=True):
            found.append((slice(at, at + len(levels)), at + len(levels) if effect.learned else None))
            at += len(levels) + bool(effect.learned)
        return found

    def effect(self, z: Array, name: str) -> Mapping[str, Array]:
        """Read one effect off points.

        Parameters
        ----------
        z : ndarray
            Shape (..., name).
        name : str
            Of an effect.

        Returns
        -------
        dict of str to ndarray
            By level, shape (...,).
        """
        i = next(i for i, effect in enumerate(self.effects) if effect.name == name)
        (place, learned), effect = self._places[i], self.effects[i]
        sd = _sd(effect, z, learned)
        return {level: sd * z[..., place.start + j] for j, level in enumerate(self.levels[i])}

    def number_of(self, z: Array, of: str, told: Told) -> tuple[Array, Array]:
        """Read one number of one claim, of the benchmark or made up, off points.

        Parameters
        ----------
        z : ndarray
            Shape (..., name).
        of : str
            One of `NUMBERS`.
        told : Told

        Returns
        -------
        ndarray, ndarray
            The number, and the variance of its effects at levels that no claim of the benchmark has. Shapes (...,).
        """
        base = told.log_gap if of == "gap" else NUMBERS[of]
        found, doubt = np.full(z.shape[:-1], base), np.zeros(z.shape[:-1])
        for effect, levels, (place, learned) in zip(self.effects, self.levels, self._places, strict=True):
            level = effect.level(told) if effect.of == of else None
            if level in levels:
                found += _sd(effect, z, learned) * z[..., place.start + levels.index(level)]
            elif level is not None:
                doubt += _sd(effect, z, learned) ** 2
        return found, doubt

    def numbers(self, z: Array) -> Array:
        """Read the numbers of every claim off a point.

        Parameters
        ----------
        z : ndarray
            Shape (name,).

        Returns
        -------
        ndarray
            Shape (number, claim), in the order of `NUMBERS`.
        """
        found = self._base.copy()
        for effect, design, (place, learned) in zip(self.effects, self._designs, self._places, strict=True):
            found[_ROW[effect.of]] += _sd(effect, z, learned) * (design @ z[place])
        return found

    def scale_sd(self, z: Array) -> float:
        """Log sd of the scale of a case's errors at a point: 0 if they have none."""
        return history.SCALE_MEDIAN * math.exp(history.SCALE_LOG_SD * z[-1]) if self.scaled else 0.0

    @cached_property
    def _base(self) -> Array:
        """Numbers of every claim before any effect, shape (number, claim)."""
        found = np.repeat(np.array(list(NUMBERS.values()))[:, None], len(self.past.told), axis=1)
        found[_ROW["gap"]] = self.past.log_gap
        for name in self.without:
            found[_ROW[name]] = -np.inf
        return found

    @cached_property
    def _packed(self) -> Array:
        """All numbers of the model, as `truetoll.studies.estimate.history` lays them out."""
        past, told, effects = self.past, self.past.told, self.effects
        at = [
            [levels.index(level) if (level := effect.level(each)) in levels else -1 for each in told]
            for effect, levels in zip(effects, self.levels, strict=True)
        ]
        learned = [place for _, place in self._places]
        left_out = -1 if self.left_out is None else past.wars.index(self.left_out)
        return history.packed(
            {
                "used": past.war_of_case != left_out,
                "scaled": np.array(self.scaled),
                "start": past.start,
                "error": past.error,
                "own": past.own,
                "sign": past.sign,
                "code": past.code,
                "fixed": np.array([self.slant_sd**2, self.rho]),
                "base": self._base,
                "row": np.array([_ROW[effect.of] for effect in effects]),
                "place": np.array([place.start for place, _ in self._places]),
                "learned_place": np.array([-1 if place is None else place for place in learned]),
                "sd": np.array([effect.sd for effect in effects]),
                "learned": np.array([effect.learned for effect in effects]),
                "level": np.array(at),
                "share": np.array([[e.times(each) if e.times else 1.0 for each in told] for e in effects]),
            }
        )

    def logp(self, z: Array) -> tuple[float, Array]:
        """Log posterior density, up to a constant, and its gradient.

        Parameters
        ----------
        z : ndarray
            Shape (name,).

        Returns
        -------
        float, ndarray
        """
        return history.log_posterior()(z, self._packed)

    def by_case(self, draws: Array) -> Array:
        """Log density of the claims of each case, also of those of a war that is left out.

        Parameters
        ----------
        draws : ndarray
            Shape (draw, name).

        Returns
        -------
        ndarray
            Shape (draw, case).
        """
        out = np.empty((len(draws), len(self.past.start) - 1))
        shape = np.array([*draws.shape, out.shape[1]], dtype=float)
        history.by_case().call(len(draws), np.ascontiguousarray(draws), out, shape, self._packed)
        return out

    def by_war(self, draws: Array) -> Array:
        """Log density of the claims of each war.

        Parameters
        ----------
        draws : ndarray
            Shape (draw, name).

        Returns
        -------
        ndarray
            Shape (draw, war).
        """
        found = np.zeros((len(self.past.wars), len(draws)))
        np.add.at(found, self.past.war_of_case, self.by_case(draws).T)
        return found.T

    def sample(self, settings: Settings) -> tuple[Array, int]:
        """Draw from the posterior with nutpie's NUTS.

        Parameters
        ----------
        settings : Settings

        Returns
        -------
        ndarray, int
            Shape (chain, draw, name), and how many transitions diverged.
        """
        model = native_model(history.log_posterior().function, self._packed, len(self.names), _SPREAD)
        x, stats = drawn(model, replace(settings, adaptation="diag"))
        return x, int(stats["diverging"].sum())


def _share(effect: Effect, each: Told, level: str) -> float:
    if effect.level(each) != level:
        return 0.0
    return effect.times(each) if effect.times else 1.0


def _sd(effect: Effect, z: Array, learned: int | None) -> Array:
    """Sd of an effect at points, shape (...,)."""
    return np.asarray(effect.sd * (1.0 if learned is None else np.exp(effect.learned * z[..., learned])))
