"""A truth as a distribution: a two-piece normal of the log, median at best, 5 and 95 % quantiles at the ends."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from truetoll.benchmark.schema import Truth
from truetoll.claims.schema import Z95

_POINTS = ndtri((np.arange(41) + 0.5) / 41)
"""A truth's distribution as 41 equally likely points, in standard deviations."""


def truth_points(truth: Truth) -> NDArray[np.float64]:
    """Draw a truth's distribution as points of equal weight.

    Parameters
    ----------
    truth : Truth

    Returns
    -------
    ndarray
        Log persons, shape (41,).
    """
    best = math.log(truth.best)
    below, above = (best - math.log(truth.low)) / Z95, (math.log(truth.high) - best) / Z95
    return np.asarray(best + _POINTS * np.where(_POINTS < 0, below, above))
