r"""How well a forecast foretold a truth that is itself an interval. NumPy and SciPy only; all on the log scale.

A truth is stated as low, best, high; it is taken as a two-piece normal of the log with median at best and 5 and 95 %
quantiles at the ends, and every score is its mean over that distribution.

References
----------
Gneiting and Raftery 2007, doi:10.1198/016214506000001437, for the continuous ranked probability score
:math:`\mathrm{CRPS}(F, y) = E|X - y| - \tfrac12 E|X - X'|` and the log score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gaussian_kde

from truetoll.benchmark import Truth, truth_points

Array = NDArray[np.float64]

MASSES = (0.5, 0.8, 0.9)
"""Of the equal-tailed intervals whose coverage is asked for."""


@dataclass(frozen=True, slots=True)
class Score:
    """How one forecast did on one target.

    Parameters
    ----------
    median, low, high : float
        Of the forecast, persons; the ends of its 90 % interval.
    error : float
        Absolute log error of the median.
    crps : float
    log_score : float or None
        Log density at the truth (log persons); None for a forecast without a density.
    covered : tuple of float or None
        Probability that the truth lies in the interval of each of `MASSES`; None for a forecast without intervals.
    width : float or None
        Of the 90 % interval, log.
    pit : float
        Mean of the forecast's distribution function at the truth.
    """

    median: float
    low: float
    high: float
    error: float
    crps: float
    log_score: float | None
    covered: tuple[float, ...] | None
    width: float | None
    pit: float


def score(draws: Array, truth: Truth, *, point: bool = False) -> Score:
    """Score a forecast.

    Parameters
    ----------
    draws : ndarray
        Of the log amount, shape (draw,); equally likely.
    truth : Truth
    point : bool
        Whether it is a number without intervals: no coverage, no log score, and its CRPS is its absolute error.

    Returns
    -------
    Score
    """
    y, x = truth_points(truth), np.sort(draws)
    at = np.quantile(x, [0.5, *(p for mass in MASSES for p in ((1 - mass) / 2, (1 + mass) / 2))])
    median, ends = float(at[0]), at[1:].reshape(-1, 2)
    low, high = ends[MASSES.index(0.9)]
    return Score(
        median=math.exp(median),
        low=math.exp(low),
        high=math.exp(high),
        error=float(np.abs(median - y).mean()),
        crps=float(_crps(x, y).mean()),
        log_score=None if point else float(np.log(np.maximum(gaussian_kde(x)(y).mean(), 1e-300))),
        covered=None if point else tuple(float(((y >= a) & (y <= b)).mean()) for a, b in ends),
        width=None if point else float(high - low),
        pit=float(np.searchsorted(x, y).mean() / len(x)),
    )


def _crps(x: Array, y: Array) -> Array:
    """CRPS of sorted draws at each of some truths."""
    n = len(x)
    apart = np.sum((2 * np.arange(1, n + 1) - n - 1) * x) / n**2
    return np.abs(x[None, :] - y[:, None]).mean(axis=1) - apart


def clustered_mean(values: Sequence[float], clusters: Sequence[str]) -> tuple[float, float]:
    """Mean, and its standard error if what belongs to one cluster goes together.

    Parameters
    ----------
    values : sequence of float
    clusters : sequence of str
        The historical case of each.

    Returns
    -------
    mean, se : float
        The error is missing (NaN) below two clusters.

    References
    ----------
    Liang and Zeger 1986, doi:10.1093/biomet/73.1.13, with the correction G / (G - 1) for G clusters.
    """
    x, names = np.asarray(values, dtype=float), np.asarray(clusters)
    mean, groups = float(x.mean()), np.unique(names)
    if len(groups) < 2:
        return mean, math.nan
    sums = np.array([(x[names == g] - mean).sum() for g in groups])
    return mean, float(np.sqrt(len(groups) / (len(groups) - 1) * np.sum(sums**2)) / len(x))
