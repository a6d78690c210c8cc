"""Cells whose edges are close to each other: values and slopes against expectations over a grid of forty points."""

import math

import numpy as np
import pytest
from scipy.special import erfcx

from truetoll.model.kernels import masses

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(40)
MIDDLES = [-20.0, -3.0, -0.5, 0.0, 0.3, 1.0, math.sqrt(3.0), 4.0, 9.99, 12.1, 20.0]
REACHES = [1e-6, 1e-3, 0.0249, 0.0251, 0.1, 0.2499, 0.2501, 0.9]
"""On both sides of where a function changes its way of computing."""


def cell(middle, reach, s):
    """Half a width in sds, and the mean for which a cell from 0 lies there."""
    half = reach / (1.0 + abs(middle))
    return half, np.zeros(1), np.array([2.0 * half * s]), half * s - middle * s


def expected(log_density, by_m, by_s, middle, half, s):
    """Log mass of a density of z = (x - m) / s over a cell, and its slopes: means of those of the log density."""
    z = middle + half * POINTS
    logs = log_density(z)
    part = WEIGHTS * np.exp(logs - logs.max())
    total = part.sum()
    part /= total
    return math.log(half * total) + logs.max(), part @ by_m(z) / s, part @ by_s(z) / s


def log_normal(z):
    return -0.5 * z**2 - 0.5 * math.log(2.0 * math.pi)


@pytest.mark.parametrize("reach", REACHES)
@pytest.mark.parametrize("middle", MIDDLES)
def test_interval(middle, reach):
    s = 0.2
    half, low, width, m = cell(middle, reach, s)
    found = masses.log_interval(0.0, m, s, (low, width), 0)
    assert found == pytest.approx(expected(log_normal, lambda z: z, lambda z: z**2 - 1.0, middle, half, s), rel=1e-13)


def of_gap(z, s, h):
    """By how much the log of the scaled error function grows with z."""
    gap = (s / h - z) / math.sqrt(2.0)
    return math.sqrt(2.0 / math.pi) / erfcx(gap) - math.sqrt(2.0) * gap


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize(("s", "h"), [(0.2, 0.15), (0.5, 0.3), (1.5, 0.15), (0.1, 1.0)])
@pytest.mark.parametrize("reach", REACHES)
def test_hedged(reach, s, h, sign):
    for middle in MIDDLES:
        half, low, width, m = cell(sign * middle, reach, s)
        found = masses.log_hedged(0.0, m, s, (low, width, np.array([h]), np.array([sign])), 0)
        wanted = expected(
            lambda z: np.log(0.5 * s / h * erfcx((s / h - z) / math.sqrt(2.0))) - 0.5 * z**2,
            lambda z: -sign * (of_gap(z, s, h) - z),
            lambda z: (z - of_gap(z, s, h)) * z - of_gap(z, s, h) * s / h,
            middle,
            half,
            s,
        )
        assert found == pytest.approx(wanted, rel=1e-11, abs=1e-11)
