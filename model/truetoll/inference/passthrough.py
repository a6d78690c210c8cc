r"""What an answer would move by if every voice exaggerated more than assumed.

A bias that all sources share cannot be learned from their claims, so its effect is computed instead. The slope of a
posterior mean in a number of the likelihood is its covariance with the slope of the log likelihood, :math:`dE[\log Q] /
d\mu = \mathrm{Cov}(\log Q, d \log L / d\mu)`. Raising every bias by d is also moving the standard normals behind the
biases by d v, for any v with ``B v = 1`` (B the map from normals to biases); then :math:`v \cdot z`, the slope of
a shifted standard normal, serves as well, for the shortest v with less Monte Carlo error.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from truetoll.inference.convergence import mcse
from truetoll.inference.engine import Draws, Engine
from truetoll.inference.tables import Tables

Array = NDArray[np.float64]

_STEEPEST = 20.0
"""Longest v that is trusted: beyond it (a tau under 0.05 with nothing shared) the covariance is mostly noise."""
_STEP = 0.01
"""Of a finite difference in the bias of all voices (log)."""


def pass_through(engine: Engine, tables: Tables, draws: Draws, log_amount: Array) -> tuple[Array, Array]:
    """Per cent by which amounts fall if every voice exaggerates 1 % more than assumed.

    Parameters
    ----------
    engine : Engine
        Other numbers may be set on it, and are afterwards.
    tables : Tables
    draws : Draws
    log_amount : ndarray
        Shape (chain, draw, quantity).

    Returns
    -------
    pass_through, mcse : ndarray
        Shape (quantity,); the second is its Monte Carlo standard error. Missing where no voice speaks.
    """
    bias_map = tables.data["bias_map"]
    if not len(bias_map):
        return np.full(log_amount.shape[-1], np.nan), np.full(log_amount.shape[-1], np.nan)
    v = shared_direction(bias_map)
    slope = _slope(engine, tables, draws) if v is None else draws.z["z_bias"] @ v
    product = -(log_amount - log_amount.mean(axis=(0, 1))) * (slope - slope.mean())[..., None]
    error = np.array([mcse(product[..., i], "mean") for i in range(product.shape[-1])])
    return product.mean(axis=(0, 1)), error


def shared_direction(bias_map: Array) -> Array | None:
    """Find the shortest v with ``bias_map @ v = 1``.

    Parameters
    ----------
    bias_map : ndarray
        Shape (voice, bias_factor).

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


def _slope(engine: Engine, tables: Tables, draws: Draws) -> Array:
    """Slope of the log likelihood of each draw in a bias that all voices share, by a small step either way."""
    engine.set(tables)
    flat, ends = engine.flatten(draws), []
    for step in (_STEP, -_STEP):
        engine.set(shift_bias(tables, step))
        ends.append(np.array([[engine.logp(point)[0] for point in chain] for chain in flat]))
    return np.asarray((ends[0] - ends[1]) / (2.0 * _STEP))
