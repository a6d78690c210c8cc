r"""Other assumptions without another fit: the base posterior's draws, reweighted.

Each draw of the base is carried to a point of the target, and weighs what the target's density is there over what the
base's was. The weights' tail is smoothed (Pareto smoothed importance sampling); its shape, Pareto k, says whether the
base's draws reach the target at all.

There are two ways to carry a draw over, both exact, and the one whose weights have the lighter tail is taken.

- **z held.** Every standard normal keeps its value under its name, and so does the error that figures of an origin
  share. Ratio: the likelihoods', times the priors' of such errors. Good when claims change.
- **bias held.** What each voice makes of the losses, :math:`d = \mu + M z`, keeps its value, and the normals behind it
  are drawn anew given d. Ratio: the likelihoods' times :math:`N(d; \mu', M'M'^T) / N(d; \mu, MM^T)`. Good when
  assumptions on bias change: the likelihood, which is narrow, stays as it is, and the prior, which is wide, moves.

What only the target has is drawn from its prior given the rest, so it cancels; what only the base has is dropped.

References
----------
Vehtari, Simpson, Gelman, Yao, Gabry 2024, Pareto smoothed importance sampling, Journal of Machine Learning Research
25(72), 1-58, doi:10.48550/arXiv.1507.02646.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from truetoll.model.reports import drawn_errors, log_kinds, sizes
from truetoll.model.tables import Tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.weights import (
    ESS,
    EVEN,
    KHAT,
    effective,
    efficiency,
    mcse_mean,
    mcse_median,
    quantile,
    smoothed,
    weigh,
)

__all__ = [
    "ESS",
    "KHAT",
    "Reweighted",
    "candidates",
    "carried",
    "mcse_mean",
    "mcse_median",
    "quantile",
    "resample",
    "reweight",
    "smoothed",
    "usable",
]

Array = NDArray[np.float64]
Names = Sequence[str]

_SINGULAR = 1e-6
"""Least over largest singular value of M below which d has no density: what it loses are digits, not draws."""


@dataclass(frozen=True)
class Reweighted:
    """Draws of one posterior, weighted to stand for another.

    Parameters
    ----------
    draws : Draws
        Free variables of the target, one point for each draw of the base; no ``stats``.
    log_weights : ndarray
        Smoothed, adding up to one (their exponentials), dims (chain, draw).
    khat : float
        Pareto k of the weights' tail: -inf if all weigh alike, inf if it cannot be told.
    ess : float
        Effective draws: 1 over the sum of squared weights, times the relative efficiency of the chains: of the slowest
        free variable of the base, since any answer may rest on it, or of the weights if that is less. As many as there
        are draws if all weigh alike: then they are the base's, whose convergence is known.
    held : {"z", "bias"}
        What kept its value.
    """

    draws: Draws
    log_weights: Array
    khat: float
    ess: float
    held: Literal["z", "bias"]

    @property
    def r_eff(self) -> float:
        """Relative efficiency of the chains that is in `ess`."""
        return self.ess / effective(self.log_weights)


def reweight(engine: Engine, base: Tables, draws: Draws, target: Tables, *, seed: int) -> Reweighted:
    """Carry the draws of one posterior to another and weigh them.

    Parameters
    ----------
    engine : Engine
        Left with the target set: ``engine.outputs`` reads the draws that are returned.
    base : Tables
        What the draws were made under.
    draws : Draws
        Of the base's posterior.
    target : Tables
        Of any case; free variables are matched by variable and name, not by place.
    seed : int
        Of what only the target has, and of what d leaves open.

    Returns
    -------
    Reweighted
        By the coordinates that are `usable`; of two, by those with the smaller Pareto k, then more effective draws.
    """
    found = candidates(engine, base, draws, target, seed=seed)
    return min(found.values(), key=lambda f: (not usable(f), f.khat, -f.ess))


def candidates(engine: Engine, base: Tables, draws: Draws, target: Tables, *, seed: int) -> dict[str, Reweighted]:
    """Carry draws to another posterior in every way there is.

    Parameters
    ----------
    engine : Engine
    base : Tables
    draws : Draws
    target : Tables
    seed : int
        All as `reweight`.

    Returns
    -------
    dict of str to Reweighted
        ``z``, and ``bias`` unless the distortions that both cases have are under the same prior in both (it would be
        ``z`` again), or in one of them have no density: the least singular value of M is under 1e-6 of the largest.
    """
    lasting = frozenset(base.index.origins) & frozenset(target.index.origins)
    engine.set(base)
    before, pace = _log_likelihood(engine, draws, lasting), efficiency(engine.flatten(draws))
    engine.set(target)
    held = carried(engine, base, draws, target, _stream(seed, 0))
    found = {"z": _weighted(engine, held, lasting, -before, pace, "z")}
    common = _common(base, target)
    if common is not None:
        moved, prior = _hold_bias(*common, draws, held, _scales(base, draws), _scales(target, held), _stream(seed, 1))
        found["bias"] = _weighted(engine, moved, lasting, prior - before, pace, "bias")
    return found


def _stream(seed: int, key: int) -> np.random.Generator:
    """Random numbers of their own: a base drawn with the same seed must not come back as what is fresh."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, key)))


# Carrying draws over


def carried(engine: Engine, base: Tables, draws: Draws, target: Tables, rng: np.random.Generator) -> Draws:
    """Keep every standard normal, and the error that figures of an origin share, under its name.

    Parameters
    ----------
    engine : Engine
    base : Tables
        What the draws were made under.
    draws : Draws
    target : Tables
    rng : numpy.random.Generator
        Of what only the target has: it is drawn from its prior.

    Returns
    -------
    Draws
        Without ``stats``.
    """
    z: dict[str, Array] = {}
    for name, dims in engine.dims.items():
        old, new = ([tables.coords[dim] for dim in dims] for tables in (base, target))
        fresh = rng.normal(size=(*draws.z[name].shape[:2], *map(len, new)))
        if name == "origin_error":  # the last: it rests on the noise
            fresh = drawn_errors(target.data, z["z_noise"], rng)
        z[name] = _carry(draws.z[name], old, new, fresh)
    return Draws(z, {})


def _carry(values: Array, old: Sequence[Names], new: Sequence[Names], fresh: Array) -> Array:
    """Move values, shape (chain, draw, ...), from old names along their dims to new; what is new is fresh."""
    found = fresh.copy()
    kept = [
        [(was.index(name), i) for i, name in enumerate(now) if name in was] for was, now in zip(old, new, strict=True)
    ]
    there, here = (np.ix_(*(np.array([pair[k] for pair in along], dtype=int) for along in kept)) for k in (0, 1))
    found[(..., *here)] = values[(..., *there)]
    return found


def _scales(tables: Tables, draws: Draws) -> Array:
    """By how much the case is larger than usual in each draw, (chain, draw)."""
    return sizes(tables.data, draws.z["z_noise"])[..., -1]


def _hold_bias(
    base: _Distortion,
    target: _Distortion,
    draws: Draws,
    z_held: Draws,
    before: Array,
    after: Array,
    rng: np.random.Generator,
) -> tuple[Draws, Array]:
    """Keep distortions, draw the normals behind them given these; also the log ratio of the priors, (chain, draw)."""
    d = base.mean + before[..., None] * (draws.z["z_bias"] @ base.factor.T)
    z_bias = target.behind(d, after, rng.normal(size=z_held.z["z_bias"].shape))
    return Draws(z_held.z | {"z_bias": z_bias}, {}), target.log_density(d, after) - base.log_density(d, before)


@dataclass(frozen=True)
class _Distortion:
    """Prior of some rows of the distortion, ``d = mean + scale * factor @ z``, scale being that of the draw.

    Parameters
    ----------
    mean : ndarray
        Dims (row,).
    factor : ndarray
        M, dims (row, bias_factor).
    """

    mean: Array
    factor: Array

    @property
    def singular(self) -> bool:
        """Whether d has no density: two rows that always move together, or one that cannot move."""
        n, m = self.factor.shape
        if n > m:
            return True
        sizes = np.linalg.svd(self.factor, compute_uv=False)
        return bool(sizes[-1] <= _SINGULAR * sizes[0])

    def like(self, other: _Distortion) -> bool:
        """Whether this is the same prior, whatever the normals behind it."""
        same = np.allclose(self.mean, other.mean, rtol=0, atol=EVEN)
        return bool(same and np.allclose(self.factor @ self.factor.T, other.factor @ other.factor.T, rtol=EVEN, atol=0))

    def log_density(self, d: Array, scale: Array) -> Array:
        """Log density up to a constant of its number of rows; d has dims (..., row), scale and the result (...,)."""
        _, r = np.linalg.qr(self.factor.T)
        volume = np.log(np.abs(np.diag(r))).sum() + len(self.mean) * np.log(scale)
        return np.asarray(-0.5 * np.sum(self._white(d, scale, r) ** 2, axis=-1) - volume)

    def behind(self, d: Array, scale: Array, fresh: Array) -> Array:
        """Draw z given d, (..., bias_factor), out of standard normals of that shape.

        The shortest solution of M z = d - mean lies in the row space of M. A standard normal z has independent parts
        there and in the null space, so given d the latter is the projection of a standard normal. It carries the rows
        that only the target has, and the bias of a voice apart from its slants.
        """
        q, r = np.linalg.qr(self.factor.T)
        return np.asarray(fresh + (self._white(d, scale, r) - fresh @ q) @ q.T)

    def _white(self, d: Array, scale: Array, r: Array) -> Array:
        """Make d - mean standard normal, one number a row: M M^T = r^T r."""
        apart = ((d - self.mean) / scale[..., None]).reshape(-1, len(r)).T
        return np.asarray(solve_triangular(r, apart, trans="T").T.reshape(d.shape))


def _common(base: Tables, target: Tables) -> tuple[_Distortion, _Distortion] | None:
    """Priors of the distortions that both cases have; None if there is nothing to be gained or they have no density."""
    old, new = _rows(base), _rows(target)
    names = [name for name in new if name in old]
    if not names:
        return None
    before, after = _distortion(base, [old[n] for n in names]), _distortion(target, [new[n] for n in names])
    # Under one and the same prior both ways of holding give the same weights, and z held has less that is drawn anew.
    return None if before.singular or after.singular or before.like(after) else (before, after)


def _rows(tables: Tables) -> dict[tuple[str, str], int]:
    """Place of every distortion by its name, in their order; the first row, the truth, is none."""
    losses = [("loss", name) for name in tables.coords["voice_outcome"]]
    strength = [("strength", name) for name in tables.index.strength_sources]
    return {name: i for i, name in enumerate([*losses, *strength], 1)}


def _distortion(tables: Tables, rows: list[int]) -> _Distortion:
    return _Distortion(tables.data["distortion_mean"][rows], tables.data["distortion_map"][rows])


# Weighing them


def _log_likelihood(engine: Engine, draws: Draws, lasting: Collection[str]) -> Array:
    """Log posterior less the priors of the normals and of errors that do not last, dims (chain, draw); or -inf.

    Errors of origins that both cases have keep their value, and have another prior if that of the noise is another.
    """
    found = engine.values(engine.flatten(draws))
    normals = sum(np.sum(z**2, axis=tuple(range(2, z.ndim))) for name, z in draws.z.items() if name != "origin_error")
    data, passing = engine.tables.data, [origin not in lasting for origin in engine.tables.index.origins]
    sigma = sizes(data, draws.z["z_noise"])
    errors = np.logaddexp.reduce(log_kinds(data, draws.z["origin_error"], sigma), axis=-1)[..., passing].sum(axis=-1)
    log = found + 0.5 * normals - errors
    return np.where(np.isfinite(log), log, -np.inf)


def _weighted(
    engine: Engine, draws: Draws, lasting: Collection[str], prior: Array, pace: float, held: Literal["z", "bias"]
) -> Reweighted:
    """Weigh draws by the likelihood that is set and by what else their log ratio is made of."""
    ratio = _log_likelihood(engine, draws, lasting) + prior
    return Reweighted(draws, *weigh(ratio, pace), held)


# Using them


def usable(found: Reweighted, khat: float = KHAT, ess: float = ESS) -> bool:
    """Whether weighted draws can stand for a fit.

    Parameters
    ----------
    found : Reweighted
    khat : float
        Largest Pareto k.
    ess : float
        Least number of effective draws.

    Returns
    -------
    bool

    References
    ----------
    Vehtari, Simpson, Gelman, Yao, Gabry 2024, doi:10.48550/arXiv.1507.02646.
    """
    return found.khat <= khat and found.ess >= ess


def resample(found: Reweighted, seed: int) -> Draws:
    """Turn weighted draws into as many of equal weight, by systematic resampling.

    Parameters
    ----------
    found : Reweighted
    seed : int

    Returns
    -------
    Draws
        Each point comes up as often as its weight asks for, rounded down or up. Copies stand next to each other and
        points keep their order, so that an effective sample size of chains counts copies as what they are.

    References
    ----------
    Kitagawa 1996, Journal of Computational and Graphical Statistics 5(1), 1-25, doi:10.1080/10618600.1996.10474692.
    """
    shape = found.log_weights.shape
    n = found.log_weights.size
    if found.khat == -math.inf:  # rounding must not move a draw
        return found.draws
    reached = np.cumsum(np.exp(found.log_weights).ravel())
    asked = (np.arange(n) + _stream(seed, 2).uniform()) / n
    chosen = np.minimum(np.searchsorted(reached / reached[-1], asked, side="right"), n - 1)
    z = {name: a.reshape(n, *a.shape[2:])[chosen].reshape(*shape, *a.shape[2:]) for name, a in found.draws.z.items()}
    return Draws(z, {})
