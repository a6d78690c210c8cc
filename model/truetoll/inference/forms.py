r"""The forms of a claim: what a figure said in a given way tells about what its source believes.

With :math:`\log Y \sim N(m, s)` the figure a source would have given without a hedge, each form is the mass that its
cell has under the stated figure. Masses, never densities: else mixtures and LOO would compare units.

Every formula is written with the scaled complementary error function
:math:`\mathrm{erfcx}(x) = e^{x^2} \mathrm{erfc}(x)`, which stays finite far in the upper tail, after reflecting the
problem to that tail. Arguments are clipped at 10 sd on the other side, where the mass is 1 to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.gradient import disconnected_grad

Tensor = Any
"""A PyTensor variable, or anything that becomes one."""
Array = NDArray[np.float64]

_SQRT2 = float(np.sqrt(2.0))
_LOG2 = float(np.log(2.0))
_FAR = 10.0
"""Sds beyond which the lower-tail mass (8e-24) vanishes beside one."""
_NODES, _weights = np.polynomial.legendre.leggauss(16)
_LOG_WEIGHTS = np.log(_weights)
_BEND = 2.0
"""Sds from the mean within which points are even; beyond, their distance grows with z."""
_STEEP = 60.0
"""Squared sds over which the steep tail of a density falls by e^30."""


def log_normal_side(y: Tensor) -> Tensor:
    r"""Log of the standard normal distribution function, :math:`\log \Phi(y)`.

    Parameters
    ----------
    y : tensor
        Standard deviations.

    Returns
    -------
    tensor
        Finite, with a finite gradient, from -1e7 to 1e7 sd.
    """
    near = pt.minimum(y, _FAR)
    return -0.5 * near**2 + pt.log(pt.erfcx(-near / _SQRT2)) - _LOG2


def log_normal_mass(low: Tensor, high: Tensor, m: Tensor, s: Tensor) -> Tensor:
    r"""Log mass of a cell under a normal, :math:`\log[\Phi((h-m)/s) - \Phi((l-m)/s)]`.

    Parameters
    ----------
    low, high : tensor
        Edges of the cell (log), ``low < high``.
    m, s : tensor
        Mean and sd of log Y.

    Returns
    -------
    tensor
    """
    below, above = (low - m) / s, (high - m) / s
    flip = pt.lt(below + above, 0.0)
    near = pt.maximum(pt.where(flip, -above, below), -_FAR)
    far = pt.where(flip, -below, above)
    decay = 0.5 * (far - near) * (far + near)
    rest = pt.erfcx(near / _SQRT2) - pt.exp(-decay) * pt.erfcx(far / _SQRT2)
    return -0.5 * near**2 + pt.log(rest) - _LOG2


def log_hedged_density(z: Tensor, s: Tensor, h: Tensor) -> Tensor:
    r"""Log density of a normal plus an exponential of mean h (exponentially modified Gaussian).

    With :math:`k = s/h` it is :math:`-\log 2h - z^2/2 + \log \mathrm{erfcx}((k-z)/\sqrt 2)`.

    Parameters
    ----------
    z : tensor
        Where, in standard deviations of the normal part from its mean.
    s : tensor
        Standard deviation of the normal part.
    h : tensor
        Mean of the exponential part, > 0.

    Returns
    -------
    tensor
        Per unit of the sum, not of z.
    """
    c = z - s / h
    near = pt.minimum(c, _FAR)
    beyond = 0.5 * pt.maximum(c - _FAR, 0.0) * (c + _FAR)
    return -pt.log(h) - 0.5 * z**2 + beyond + pt.log(pt.erfcx(-near / _SQRT2)) - _LOG2


def log_hedged_mass(low: Tensor, high: Tensor, m: Tensor, s: Tensor, h: Tensor, sign: Tensor) -> Tensor:
    r"""Log mass of a cell when the figure said is :math:`\log Y + \mathrm{sign} \cdot E`, E exponential of mean h.

    Sixteen Gauss-Legendre points over the cell: the distribution function would cancel in the tails. A cell may be
    many s wide ("at least hundreds"), so the points are even in :math:`\mathrm{asinh}(z/2)`, close together where the
    density turns, and leave out the part of the cell on the steep side that holds less than 1e-13 of it. Off by 1e-4
    at most for cells up to 60 s wide, by 1e-8 up to 10 s.

    Parameters
    ----------
    low, high : tensor
        Edges of the cell (log).
    m, s, h : tensor
        Mean and sd of log Y, mean of E.
    sign : tensor
        +1 for "up to" (said above what is believed), -1 for "at least".

    Returns
    -------
    tensor
    """
    middle, half = sign * (0.5 * (low + high) - m) / s, 0.5 * (high - low) / s
    above = middle + half
    below = pt.maximum(middle - half, -pt.sqrt(pt.minimum(above, 0.0) ** 2 + _STEEP))
    start, end = pt.arcsinh(below / _BEND), pt.arcsinh(above / _BEND)
    step = (0.5 * (end - start))[..., None]
    z = _BEND * pt.sinh(start[..., None] + step * (1.0 + _NODES))
    logs = log_hedged_density(z, s[..., None], h[..., None]) + 0.5 * pt.log(z**2 + _BEND**2) + _LOG_WEIGHTS
    peak = disconnected_grad(pt.max(logs, axis=-1, keepdims=True))  # cancels: its slope would be work for nothing
    return pt.log(step[..., 0] * s) + peak[..., 0] + pt.log(pt.sum(pt.exp(logs - peak), axis=-1))


@dataclass(frozen=True, slots=True)
class FormFamily:
    """A likelihood that one observed variable serves.

    Parameters
    ----------
    name : str
        ``interval``, ``hedged`` or ``bound``; also the name of the observed variable and of its claim dimension.
    data : tuple of str
        Columns of claim data it needs, in the order of the two functions' arguments, each of shape (claim,).
    log_mass : callable
        ``(k, m, s, *data) -> log mass`` of the k-th cell, tensors that broadcast over (claim, component).
    draw : callable
        ``(rng, m, s, *data) -> k``, arrays of shape (..., claim).
    """

    name: str
    data: tuple[str, ...]
    log_mass: Callable[..., Tensor]
    draw: Callable[..., Array]


def _interval(k: Tensor, m: Tensor, s: Tensor, low: Tensor, width: Tensor) -> Tensor:
    return log_normal_mass(low + k * width, low + (k + 1.0) * width, m, s)


def _draw_interval(rng: np.random.Generator, m: Array, s: Array, low: Array, width: Array) -> Array:
    return np.floor((rng.normal(m, s) - low) / width)


def _hedged(k: Tensor, m: Tensor, s: Tensor, low: Tensor, width: Tensor, h: Tensor, sign: Tensor) -> Tensor:
    return log_hedged_mass(low + k * width, low + (k + 1.0) * width, m, s, h, sign)


def _draw_hedged(
    rng: np.random.Generator, m: Array, s: Array, low: Array, width: Array, h: Array, sign: Array
) -> Array:
    said = rng.normal(m, s) + sign * h * rng.standard_exponential(np.shape(m))
    return np.floor((said - low) / width)


def _bound(k: Tensor, m: Tensor, s: Tensor, limit: Tensor, sign: Tensor) -> Tensor:
    side = 1.0 - 2.0 * k
    return log_normal_side(side * sign * (limit - m) / s)


def _draw_bound(rng: np.random.Generator, m: Array, s: Array, limit: Array, sign: Array) -> Array:
    return np.where(sign * (limit - rng.normal(m, s)) > 0, 0.0, 1.0)


FAMILIES: tuple[FormFamily, ...] = (
    FormFamily("interval", ("low", "width"), _interval, _draw_interval),
    FormFamily("hedged", ("low", "width", "h", "sign"), _hedged, _draw_hedged),
    FormFamily("bound", ("limit", "sign"), _bound, _draw_bound),
)
"""Every likelihood, one observed variable each.

What is observed is the number k of a cell on the lattice that continues the claim's own: 0 is the figure that was
said. The cells tile the axis, so a drawn k is a figure that could have been said instead (``hedged`` and ``interval``:
``low + k * width`` is its lower edge, log; ``bound``: 0 is the stated side of the limit, 1 the other).
"""
