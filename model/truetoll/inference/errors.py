r"""A model of the errors of historical figures: effects of what is known of a claim, on each of its numbers.

For claim i of case c with log figure x and log truth t

.. math:: x_i - t = m_i + g_c + g_{c,r} + v_a + s_{a,t} + e_i + u_o,

normal with sds that are numbers of the claim as its mean m is: in common to a case and to a relation in it, of a voice,
of a slant and of noise; :math:`u_o` is there for unsound reports o only. Each number is a constant plus effects, normal
around nothing, whose own sd may be learned. The case's part is integrated out (`truetoll.inference.written.errors`), so
some dozens of standard normals are all that is sampled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from truetoll.inference.past import Past, Told
from truetoll.inference.samplers import Settings
from truetoll.inference.written import errors as written

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
"""Numbers of a claim, as rows of `truetoll.inference.written.errors`, and what they are before any effect."""
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
        found, doubt = np.full(z.shape[:-1], NUMBERS[of]), np.zeros(z.shape[:-1])
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
        found = np.repeat(np.array(list(NUMBERS.values()))[:, None], len(self.past.told), axis=1)
        found[_ROW["gap"]] = self.past.log_gap
        for name in self.without:
            found[_ROW[name]] = -np.inf
        for effect, design, (place, learned) in zip(self.effects, self._designs, self._places, strict=True):
            found[_ROW[effect.of]] += _sd(effect, z, learned) * (design @ z[place])
        return found

    def scale_sd(self, z: Array) -> float:
        """Log sd of the scale of a case's errors at a point: 0 if they have none."""
        return 0.3 * math.exp(0.7 * z[-1]) if self.scaled else 0.0

    def densities(self, z: Array) -> tuple[Array, Array, Array]:
        """Log density of every case, its slopes in the numbers of every claim and in the log of the scale's sd.

        Parameters
        ----------
        z : ndarray
            Shape (name,).

        Returns
        -------
        ndarray, ndarray, ndarray
            Shapes (case,), (number, claim), (case,).
        """
        past, slope = self.past, np.zeros((len(NUMBERS), len(self.past.told)))
        fixed = np.array([self.slant_sd**2, self.rho])
        found, of_scale = written.densities(
            past.start, past.error, past.own, past.sign, past.code, self.numbers(z), fixed, self.scale_sd(z), slope
        )
        return found, slope, of_scale

    def logp(self, z: Array) -> tuple[float, Array]:
        """Log posterior density and its gradient.

        Parameters
        ----------
        z : ndarray
            Shape (name,).

        Returns
        -------
        float, ndarray
        """
        found, slope, of_scale = self.densities(z)
        if self.left_out is not None:
            used = self.past.war_of_case != self.past.wars.index(self.left_out)
            found, of_scale = found * used, of_scale * used
            slope = slope * np.repeat(used, np.diff(self.past.start))
        gradient = -z
        for effect, design, (place, learned) in zip(self.effects, self._designs, self._places, strict=True):
            sd, by_level = _sd(effect, z, learned), design.T @ slope[_ROW[effect.of]]
            gradient[place] += sd * by_level
            if learned is not None:
                gradient[learned] += effect.learned * sd * (by_level @ z[place])
        if self.scaled:
            gradient[-1] += 0.7 * of_scale.sum()
        return float(found.sum() - 0.5 * z @ z), gradient

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
        found = np.zeros((len(draws), len(self.past.wars)))
        for i, z in enumerate(draws):
            np.add.at(found[i], self.past.war_of_case, self.densities(z)[0])
        return found

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
        import nutpie  # noqa: PLC0415
        from nutpie.compiled_pyfunc import from_pyfunc  # noqa: PLC0415

        n = len(self.names)
        model = from_pyfunc(
            n,
            lambda: lambda z: self.logp(np.array(z)),
            lambda *_: lambda z: {"z": np.array(z)},
            [np.dtype(np.float64)],
            [(n,)],
            ["z"],
            make_initial_point_fn=lambda seed: np.random.default_rng(seed).normal(size=n, scale=0.1),
        )
        tree = nutpie.sample(
            model,
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=settings.cores,
            seed=settings.seed,
            target_accept=settings.accept,
            progress_bar=False,
        )
        return np.asarray(tree["posterior"]["z"].to_numpy()), int(tree["sample_stats"]["diverging"].sum())


def _share(effect: Effect, each: Told, level: str) -> float:
    if effect.level(each) != level:
        return 0.0
    return effect.times(each) if effect.times else 1.0


def _sd(effect: Effect, z: Array, learned: int | None) -> Array:
    """Sd of an effect at points, shape (...,)."""
    return np.asarray(effect.sd * (1.0 if learned is None else np.exp(effect.learned * z[..., learned])))
