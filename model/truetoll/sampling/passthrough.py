r"""What an answer would move by if every voice exaggerated more than assumed.

A bias that all sources share cannot be learned from their claims, so its effect is computed instead. The slope of a
posterior mean in a number of the likelihood is its covariance with the slope of the log likelihood, :math:`dE[\log Q] /
d\mu = \mathrm{Cov}(\log Q, d \log L / d\mu)`. Raising every bias by d is also moving the standard normals behind the
biases by d v, for any v with ``B v = 1`` (B the map from normals to biases, which carries the scale of the draw); then
:math:`v \cdot z`, the slope of a shifted standard normal, serves as well, for the shortest v with less Monte Carlo
error.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from truetoll.model.reports import sizes
from truetoll.model.tables import Tables
from truetoll.sampling.convergence import mcse
from truetoll.sampling.engine import Draws, Engine

Array = NDArray[np.float64]

_STEEPEST = 20.0
"""Longest v that is trusted: beyond it (a tau under 0.05 with nothing shared) the covariance is mostly noise."""
_STEP = 0.01
"""Of a finite difference in the bias of all voices (log)."""


def pass_through(
    engine: Engine, tables: Tables, draws: Draws, log_amount: Array, strength: Collection[int] = ()
) -> tuple[Array, Array]:
    """Per cent by which amounts fall if every voice exaggerates 1 % more than assumed.

    Parameters
    ----------
    engine : Engine
        Other numbers may be set on it, and are afterwards.
    tables : Tables
    draws : Draws
    log_amount : ndarray
        Shape (chain, draw, quantity).
    strength : collection of int
        Places of quantities that are a strength: there it is the strength that every source exaggerates.

    Returns
    -------
    pass_through, mcse : ndarray
        Shape (quantity,); the second is its Monte Carlo standard error. Missing where no voice speaks.
    """
    rows, n = {True: _strength_rows(tables), False: _loss_rows(tables)}, log_amount.shape[-1]
    about = [i in strength for i in range(n)]
    slopes = {kind: _slope(engine, tables, draws, rows[kind]) for kind in set(about) if len(rows[kind])}
    found, error = np.full(n, np.nan), np.full(n, np.nan)
    for i, kind in enumerate(about):
        if kind in slopes:
            product = -(log_amount[..., i] - log_amount[..., i].mean()) * (slopes[kind] - slopes[kind].mean())
            found[i], error[i] = product.mean(), mcse(product, "mean")
    return found, error


def strengths(tables: Tables) -> tuple[int, ...]:
    """Places of the strengths among the quantities of a case.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    tuple of int
    """
    return tuple(i for i, q in enumerate(tables.index.case.quantities) if q.term.is_strength)


def _loss_rows(tables: Tables) -> NDArray[np.int64]:
    """Rows of the distortion that are biases on losses."""
    n = len(tables.data["distortion_mean"])
    after = 1 + len(tables.index.loss_pairs)
    return np.array([*range(1, after), *range(after + len(tables.index.strength_sources), n)], dtype=np.int64)


def _strength_rows(tables: Tables) -> NDArray[np.int64]:
    """Rows of the distortion that are biases on strength."""
    after = 1 + len(tables.index.loss_pairs)
    return np.arange(after, after + len(tables.index.strength_sources))


def shared_direction(bias_map: Array) -> Array | None:
    """Find the shortest v with ``bias_map @ v = 1``.

    Parameters
    ----------
    bias_map : ndarray
        Shape (row, bias_factor).

    Returns
    -------
    ndarray or None
        Shape (bias_factor,); None if there is none, or only a very long one.
    """
    ones = np.ones(len(bias_map))
    v = np.linalg.lstsq(bias_map, ones)[0]
    exact = np.allclose(bias_map @ v, ones, atol=1e-8)
    return v if exact and np.linalg.norm(v) <= _STEEPEST else None


def shift_bias(tables: Tables, step: float) -> Tables:
    """Raise the mean of every voice's bias.

    Parameters
    ----------
    tables : Tables
    step : float
        Log factor.

    Returns
    -------
    Tables
    """
    pairs = len(tables.coords["voice_outcome"])
    mean = tables.data["distortion_mean"].copy()
    mean[1 : 1 + pairs] += step
    data = tables.data | {"bias_mean": tables.data["bias_mean"] + step, "distortion_mean": mean}
    return replace(tables, data=data)


def _slope(engine: Engine, tables: Tables, draws: Draws, rows: NDArray[np.int64]) -> Array:
    """Slope of the log likelihood of each draw in a bias that some rows of the distortion share."""
    # Of losses, a voice's bias without its slants will do: what they add to it is another direction.
    losses = rows[0] == 1 and bool(tables.index.loss_pairs)
    scale = sizes(tables.data, draws.z["z_noise"])[..., -1]
    v = shared_direction(tables.data["bias_map"] if losses else tables.data["distortion_map"][rows])
    return _by_steps(engine, tables, draws, rows) if v is None else np.asarray(draws.z["z_bias"] @ v / scale)


def _by_steps(engine: Engine, tables: Tables, draws: Draws, rows: NDArray[np.int64]) -> Array:
    """Find the slope by a small step either way."""
    engine.set(tables)
    flat, ends = engine.flatten(draws), []
    for step in (_STEP, -_STEP):
        mean = tables.data["distortion_mean"].copy()
        mean[rows] += step
        engine.set(replace(tables, data=tables.data | {"distortion_mean": mean}))
        ends.append(engine.values(flat))
    return np.asarray((ends[0] - ends[1]) / (2.0 * _STEP))
