"""Weights of draws that stand for another posterior, and what weighted draws say. Arrays only.

References
----------
Vehtari, Simpson, Gelman, Yao, Gabry 2024, Pareto smoothed importance sampling, Journal of Machine Learning Research
25(72), 1-58, doi:10.48550/arXiv.1507.02646.
"""

from __future__ import annotations

import math

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy.special import logsumexp

from truetoll.sampling.convergence import mcse

Array = NDArray[np.float64]

KHAT = 0.7
"""Pareto k up to which weighted draws are trusted (Vehtari and others 2024, for 2,200 draws and more)."""
ESS = 400.0
"""Effective draws that an answer needs (Vehtari and others 2021, doi:10.1214/20-BA1221, for the draws of MCMC)."""
EVEN = 1e-9
"""Log ratios that differ by less differ by rounding."""


def smoothed(ratio: Array) -> tuple[Array, float]:
    """Smooth the largest of the weights of draws by Pareto's distribution.

    How many of the largest weights are the tail depends on how many independent ones there are. That is asked of the
    ratios themselves, since their tail is what is fitted. ESS by ranks is the same for ratios and their logs, so it
    holds however heavy the tail.

    Parameters
    ----------
    ratio : ndarray
        Log of the density that is wanted over that of the draws, shape (chain, draw); of a claim that is left out
        it is less its log likelihood.

    Returns
    -------
    ndarray, float
        Log weights, adding up to one, in the shape of `ratio`; Pareto k (Vehtari and others 2024,
        doi:10.48550/arXiv.1507.02646).
    """
    finite = np.isfinite(ratio)
    if not finite.any():
        return np.full(ratio.shape, -math.log(ratio.size)), math.inf
    if finite.all() and np.ptp(ratio) < EVEN:
        return np.full(ratio.shape, -math.log(ratio.size)), -math.inf
    try:
        # It takes the log of the ratios' inverse, as of leave-one-out, where that is the likelihood.
        log_weights, khat = array_stats.psislw(-ratio.ravel(), r_eff=efficiency(ratio[..., None]))
    except ValueError:  # too few draws for a tail, or a tail all alike
        return ratio - logsumexp(ratio), math.inf
    return np.reshape(log_weights, ratio.shape), float(khat) if np.isfinite(khat) else math.inf


def effective(log_weights: Array) -> float:
    """How many draws of equal weight say as much of a mean: 1 over the sum of squared weights, which add up to one."""
    return float(np.exp(-logsumexp(2.0 * log_weights)))


def efficiency(values: Array) -> float:
    """Effective draws for each draw, at most one, of the slowest of variables of dims (chain, draw, variable)."""
    lowest = np.min(values, where=np.isfinite(values), initial=0.0)
    filled = np.where(np.isfinite(values), values, lowest - 1.0)
    found = array_stats.ess(filled, chain_axis=0, draw_axis=1, method="bulk", relative=True)
    return float(np.min(found, initial=1.0))


def weigh(ratio: Array, pace: float) -> tuple[Array, float, float]:
    """Weigh draws, and say how many of them that leaves.

    Parameters
    ----------
    ratio : ndarray
        As `smoothed` takes it, up to a constant.
    pace : float
        Effective draws for each draw before they are weighed; that of the ratios counts if it is less.

    Returns
    -------
    ndarray, float, float
        Log weights and Pareto k of `smoothed`, and effective draws: as many as there are if all weigh alike.
    """
    log_weights, khat = smoothed(ratio)
    each = effective(log_weights)
    return log_weights, khat, each if khat == -math.inf else each * min(pace, efficiency(ratio[..., None]))


def quantile(values: Array, log_weights: Array, p: float) -> Array:
    """Quantile of weighted draws.

    Parameters
    ----------
    values : ndarray
        Dims (chain, draw, ...).
    log_weights : ndarray
        Dims (chain, draw).
    p : float

    Returns
    -------
    ndarray
        Dims (...,). Under equal weights and for p = 0.5 the median.
    """
    columns, weights = _columns(values, log_weights)
    found = np.array([_quantile(x, weights, np.array(p)) for x in columns.T])
    return found.reshape(values.shape[2:])


def mcse_mean(values: Array, log_weights: Array, r_eff: float) -> Array:
    r"""Monte Carlo standard error of a weighted mean.

    Parameters
    ----------
    values : ndarray
        Dims (chain, draw, ...).
    log_weights : ndarray
        Dims (chain, draw).
    r_eff : float
        Relative efficiency of the chains, as `Reweighted.r_eff`.

    Returns
    -------
    ndarray
        :math:`\sqrt{\sum w^2 (x - \bar x)^2 / r_\mathrm{eff}}`, dims (...,).

    References
    ----------
    Vehtari, Simpson, Gelman, Yao, Gabry 2024, doi:10.48550/arXiv.1507.02646.
    """
    columns, weights = _columns(values, log_weights)
    error = np.sqrt(weights**2 @ (columns - weights @ columns) ** 2 / r_eff)
    return np.asarray(error.reshape(values.shape[2:]))


def mcse_median(values: Array, log_weights: Array, r_eff: float) -> Array:
    """Monte Carlo standard error of a weighted median: that of the share below it, seen on the scale of the values.

    Parameters
    ----------
    values : ndarray
        Dims (chain, draw, ...).
    log_weights : ndarray
        Dims (chain, draw).
    r_eff : float
        Relative efficiency of the chains, as `Reweighted.r_eff`.

    Returns
    -------
    ndarray
        Dims (...,).

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021, doi:10.1214/20-BA1221.
    """
    columns, weights = _columns(values, log_weights)
    found = []
    for x in columns.T:
        below = (x <= _quantile(x, weights, np.array(0.5))).astype(float)
        error = float(mcse_mean(below[None], np.log(weights)[None], r_eff))
        low, high = _quantile(x, weights, np.array([0.5 - error, 0.5 + error]))
        found.append((high - low) / 2.0)
    return np.array(found).reshape(values.shape[2:])


def _columns(values: Array, log_weights: Array) -> tuple[Array, Array]:
    """Values as (sample, column), weights as (sample,)."""
    return values.reshape(log_weights.size, -1), np.exp(log_weights).ravel()


def _quantile(x: Array, weights: Array, p: Array) -> Array:
    order = np.argsort(x)
    reached = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.asarray(np.interp(p, reached, x[order]))


def moved_median(values: Array, log_weights: Array) -> tuple[float, float]:
    r"""By how much weights move a median, and the Monte Carlo standard error of that.

    Both medians are of the same draws, so what is common to their errors drops out: each draw moves the difference by
    :math:`S w (1[x \le m_w] - 1/2) / f_w - (1[x \le m] - 1/2) / f`, with f the density at the median, taken from the
    quantiles 0.4 and 0.6, and the error is that of the mean of these.

    Parameters
    ----------
    values : ndarray
        Dims (chain, draw).
    log_weights : ndarray
        Dims (chain, draw).

    Returns
    -------
    shift, mcse : float
        In units of the values.

    References
    ----------
    Serfling 1980, Approximation Theorems of Mathematical Statistics, 2.5 (influence of a draw on a quantile).
    """
    x, weights = values.ravel(), np.exp(log_weights).ravel()
    even = np.full(x.size, 1.0 / x.size)
    after, before = (_at_median(x, each) for each in (weights, even))
    moved = np.reshape(x.size * weights * after[1] - before[1], values.shape)
    return after[0] - before[0], mcse(moved, "mean") if np.ptp(moved) > 0 else 0.0


def _at_median(x: Array, weights: Array) -> tuple[float, Array]:
    """Weighted median, and what each draw does to it, shape (sample,)."""
    low, median, high = _quantile(x, weights, np.array([0.4, 0.5, 0.6]))
    return float(median), ((x <= median) - 0.5) * (high - low) / 0.2
