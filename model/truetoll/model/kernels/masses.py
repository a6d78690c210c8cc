r"""The forms once more, as numbers with their slopes: log mass of a cell, and its slope in the mean and the sd.

`truetoll.model.forms` states them, as tensors; these are what the sampler calls, and a test holds the two together.
Every function returns (log mass, slope in m, slope in s).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels.loops import loop

Array = NDArray[np.float64]
Slopes = tuple[float, float, float]

_SQRT2 = math.sqrt(2.0)
_ROOT_2_OVER_PI = math.sqrt(2.0 / math.pi)
_LOG2 = math.log(2.0)
_LOG_ROOT_2PI = 0.5 * math.log(2.0 * math.pi)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
_FEW_NODES, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(8)
_NARROW = 1.0
"""By how much the log density may change over half a cell if eight points are to be as exact as sixteen."""
FAR = 10.0
"""Sds beyond which the lower-tail mass (8e-24) vanishes beside one."""
BEND = 2.0
"""Sds from the mean within which points are even; beyond, their distance grows with z."""
CLOSE, _CLOSER = 0.25, 0.025
"""Half a cell, in sds, times one more than the sds to its middle: below that, eight and four terms of a Taylor series
are exact to rounding, and so are five and three points of a quadrature."""
_FACTORIALS = np.array([1.0, *(1.0 / (2 * j * (2 * j + 1)) for j in range(1, 8))])
"""What the next odd factorial is divided by: (2j + 1)! / (2j - 1)!."""
_THREE, _THREE_WEIGHTS = np.polynomial.legendre.leggauss(3)
_FIVE, _FIVE_WEIGHTS = np.polynomial.legendre.leggauss(5)
STEEP = 60.0
"""Squared sds over which the steep tail of a density falls by e^30."""
_ASYMPTOTIC = 10.0
"""From here on eight terms of the asymptotic series are exact to 1e-14."""


@loop
def erfcx(x: float) -> float:
    r"""Scaled complementary error function, :math:`e^{x^2} \mathrm{erfc}(x)`.

    Abramowitz, Stegun 1964, 7.1.23, for large x.
    """
    if x < _ASYMPTOTIC:
        return math.exp(x * x) * math.erfc(x)
    term, total, square = 1.0, 1.0, 1.0 / (2.0 * x * x)
    for n in range(1, 9):
        term *= -(2.0 * n - 1.0) * square
        total += term
    return total / (x * math.sqrt(math.pi))


@loop
def log_bound(k: float, m: float, s: float, numbers: Any, i: int) -> Slopes:
    """One-sided mass."""
    limit, sign = numbers
    side = (1.0 - 2.0 * k) * sign[i]
    y = side * (limit[i] - m) / s
    near = min(y, FAR)
    scaled = erfcx(-near / _SQRT2)
    slope = _ROOT_2_OVER_PI / scaled if y < FAR else 0.0
    return -0.5 * near * near + math.log(scaled) - _LOG2, -side * slope / s, -y * slope / s


@loop
def log_interval(k: float, m: float, s: float, numbers: Any, i: int) -> Slopes:
    """Mass between two edges, from the side where it is small."""
    low, width = numbers
    half, middle = 0.5 * width[i] / s, (low[i] + (k + 0.5) * width[i] - m) / s
    if half * (1.0 + abs(middle)) < CLOSE:
        return log_close(middle, half, s)
    below, above = middle - half, middle + half
    flip = middle < 0.0
    near = max(-above if flip else below, -FAR)
    far = -below if flip else above
    decay = math.exp(-0.5 * (far - near) * (far + near))
    rest = erfcx(near / _SQRT2) - decay * erfcx(far / _SQRT2)
    of_near, of_far = -_ROOT_2_OVER_PI / rest, _ROOT_2_OVER_PI * decay / rest
    of_below, of_above = (-of_far, -of_near) if flip else (of_near, of_far)
    mass = -0.5 * near * near + math.log(rest) - _LOG2
    return mass, -(of_below + of_above) / s, -(of_below * below + of_above * above) / s


@loop
def log_close(middle: float, half: float, s: float) -> Slopes:
    r"""Mass between two edges that are close to each other: the density about the middle, as its Taylor series.

    .. math:: \int_{-h}^{h} \varphi(z + u) du = 2 h \varphi(z) \sum_k h^{2k} He_{2k}(z) / (2k + 1)!

    The difference of two error functions loses the digits that both have in common, and takes longer. What is left out
    is less than 1e-16 of the sum.
    """
    reach, square = half * (1.0 + abs(middle)), half * half
    terms = 4 if reach < _CLOSER else 8
    last, now, weight = 1.0, middle, 1.0
    total, of_middle, of_half = 1.0, 0.0, 0.0
    for j in range(1, terms):
        n = 2.0 * j
        weight *= square * _FACTORIALS[j]
        of_middle += weight * n * now
        last = middle * now - (n - 1.0) * last  # He of degree n, and then of n + 1
        of_half += weight * n * last
        total += weight * last
        now = middle * last - n * now
    by_middle, by_half = of_middle / total - middle, 1.0 + of_half / total
    mass = math.log(2.0 * half * total) - 0.5 * middle * middle - _LOG_ROOT_2PI
    return mass, -by_middle / s, -(middle * by_middle + by_half) / s


@loop
def log_hedged(k: float, m: float, s: float, numbers: Any, i: int) -> Slopes:
    """Mass of a cell when a hedge stands between what is believed and what is said."""
    low, width, hedge, sign = numbers
    h = hedge[i]
    middle = sign[i] * (low[i] + (k + 0.5) * width[i] - m) / s
    half = 0.5 * width[i] / s
    if half * (1.0 + abs(middle)) < CLOSE:
        return log_hedged_close(middle, half, s, h, sign[i])
    above = middle + half
    steep = -math.sqrt(min(above, 0.0) ** 2 + STEEP)
    cut = middle - half < steep
    below = steep if cut else middle - half
    start, end = math.asinh(below / BEND), math.asinh(above / BEND)
    step = 0.5 * (end - start)
    nodes, weights = (_FEW_NODES, _FEW_WEIGHTS) if half * (1.0 + max(-below, above)) < _NARROW else (NODES, WEIGHTS)
    z, bent = np.empty(len(nodes)), np.empty(len(nodes))
    highest = -np.inf
    for j in range(len(nodes)):
        z[j] = BEND * math.sinh(start + step * (1.0 + nodes[j]))
        c = z[j] - s / h
        bent[j] = -0.5 * z[j] * z[j] + (0.5 * (c - FAR) * (c + FAR) if c > FAR else 0.0)
        highest = max(highest, bent[j])
    total, g_start, g_step, g_s = 0.0, 0.0, 0.0, 0.0
    for j in range(len(nodes)):
        c = z[j] - s / h
        scaled = erfcx(-min(c, FAR) / _SQRT2)
        of_c = c if c > FAR else c + _ROOT_2_OVER_PI / scaled
        stretch = z[j] * z[j] + BEND * BEND
        root = math.sqrt(stretch)
        part = weights[j] * root * scaled * math.exp(bent[j] - highest)
        slope = part * (of_c - z[j] + z[j] / stretch) * root
        total += part
        g_start += slope
        g_step += slope * (1.0 + nodes[j])
        g_s -= part * of_c / h
    mass = math.log(step * s / h * total) + highest - _LOG2
    g_step = g_step / total + 1.0 / step
    g_below = (g_start / total - 0.5 * g_step) / math.sqrt(below * below + BEND * BEND)
    g_above = 0.5 * g_step / math.sqrt(above * above + BEND * BEND)
    if cut:
        g_above += g_below * min(above, 0.0) / below
        g_middle, g_half = g_above, g_above
    else:
        g_middle, g_half = g_above + g_below, g_above - g_below
    return mass, -sign[i] * g_middle / s, (1.0 - g_middle * middle - g_half * half) / s + g_s / total


@loop
def log_hedged_close(middle: float, half: float, s: float, h: float, sign: float) -> Slopes:
    """Mass of a hedged cell with edges close to each other: few points, evenly spread, are as exact as many."""
    nodes, weights = (_THREE, _THREE_WEIGHTS) if half * (1.0 + abs(middle)) < _CLOSER else (_FIVE, _FIVE_WEIGHTS)
    total, g_middle, g_half, g_s = 0.0, 0.0, 0.0, 0.0
    usual = middle - s / h
    peak = -0.5 * middle * middle + (0.5 * (usual - FAR) * (usual + FAR) if usual > FAR else 0.0)
    for j in range(len(nodes)):
        z = middle + half * nodes[j]
        c = z - s / h
        bent = -0.5 * z * z + (0.5 * (c - FAR) * (c + FAR) if c > FAR else 0.0)
        scaled = erfcx(-min(c, FAR) / _SQRT2)
        of_c = c if c > FAR else c + _ROOT_2_OVER_PI / scaled
        part = weights[j] * scaled * math.exp(bent - peak)
        total += part
        g_middle += part * (of_c - z)
        g_half += part * (of_c - z) * nodes[j]
        g_s -= part * of_c / h
    by_middle, by_half = g_middle / total, 1.0 + half * g_half / total
    mass = math.log(half * s / h * total) + peak - _LOG2
    return mass, -sign * by_middle / s, (1.0 - by_middle * middle - by_half) / s + g_s / total


@loop
def log_new(z: float, degrees: float) -> tuple[float, float]:
    """Log density of what is new in a tally, but for `log_new_peak`, and its slope."""
    if math.isinf(degrees):
        return -0.5 * z * z - _LOG_ROOT_2PI, -z
    shape = 0.5 * (degrees + 1.0)
    return -shape * math.log1p(z * z / (degrees - 2.0)), -2.0 * shape * z / (degrees - 2.0 + z * z)


@loop
def log_new_peak(degrees: float) -> float:
    """Give what `log_new` leaves out for finite degrees: the log density at 0."""
    if math.isinf(degrees):
        return 0.0
    peak = math.lgamma(0.5 * (degrees + 1.0)) - math.lgamma(0.5 * degrees)
    return peak - 0.5 * math.log(math.pi * (degrees - 2.0))
