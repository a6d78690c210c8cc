r"""The forms of a claim: what a figure said in a given way tells about what its source believes.

With :math:`\log Y \sim N(m, s)` the figure a source would have given without a hedge, each form is the mass that its
cell has under the stated figure. Masses, never densities: else mixtures and LOO would compare units.

Every formula is written with the scaled complementary error function
:math:`\mathrm{erfcx}(x) = e^{x^2} \mathrm{erfc}(x)`, which stays finite far in the upper tail, after reflecting the
problem to that tail. Arguments are clipped at 10 sd on the other side, where the mass is 1 to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytensor.tensor as pt
from pytensor.gradient import disconnected_grad

from truetoll.model.kernels.masses import BEND, FAR, NODES, STEEP, WEIGHTS

Tensor = Any
"""A PyTensor variable, or anything that becomes one."""

_SQRT2 = float(np.sqrt(2.0))
_LOG2 = float(np.log(2.0))
_LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))
_LOG_WEIGHTS = np.log(WEIGHTS)


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
    near = pt.minimum(y, FAR)
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
    near = pt.maximum(pt.where(flip, -above, below), -FAR)
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
    near = pt.minimum(c, FAR)
    beyond = 0.5 * pt.maximum(c - FAR, 0.0) * (c + FAR)
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
    below = pt.maximum(middle - half, -pt.sqrt(pt.minimum(above, 0.0) ** 2 + STEEP))
    start, end = pt.arcsinh(below / BEND), pt.arcsinh(above / BEND)
    step = (0.5 * (end - start))[..., None]
    z = BEND * pt.sinh(start[..., None] + step * (1.0 + NODES))
    logs = log_hedged_density(z, s[..., None], h[..., None]) + 0.5 * pt.log(z**2 + BEND**2) + _LOG_WEIGHTS
    peak = disconnected_grad(pt.max(logs, axis=-1, keepdims=True))  # cancels: its slope would be work for nothing
    return pt.log(step[..., 0] * s) + peak[..., 0] + pt.log(pt.sum(pt.exp(logs - peak), axis=-1))


def _interval(k: Tensor, m: Tensor, s: Tensor, low: Tensor, width: Tensor) -> Tensor:
    return log_normal_mass(low + k * width, low + (k + 1.0) * width, m, s)


def _hedged(k: Tensor, m: Tensor, s: Tensor, low: Tensor, width: Tensor, h: Tensor, sign: Tensor) -> Tensor:
    return log_hedged_mass(low + k * width, low + (k + 1.0) * width, m, s, h, sign)


def _bound(k: Tensor, m: Tensor, s: Tensor, limit: Tensor, sign: Tensor) -> Tensor:
    side = 1.0 - 2.0 * k
    return log_normal_side(side * sign * (limit - m) / s)


def log_new(z: Tensor, degrees: Tensor) -> Tensor:
    """Log density of what is new in a running tally: Student-t of variance one, normal for infinite degrees.

    Parameters
    ----------
    z : tensor
        Standard deviations.
    degrees : tensor
        Of freedom, > 2.

    Returns
    -------
    tensor
    """
    endless = pt.isinf(degrees)
    nu = pt.where(endless, 3.0, degrees)
    constant = pt.gammaln(0.5 * (nu + 1.0)) - pt.gammaln(0.5 * nu) - 0.5 * pt.log(np.pi * (nu - 2.0))
    tailed = constant - 0.5 * (nu + 1.0) * pt.log1p(z**2 / (nu - 2.0))
    return pt.where(endless, -0.5 * z**2 - _LOG_ROOT_2PI, tailed)


def _chain(k: Tensor, m: Tensor, s: Tensor, point: Tensor, width: Tensor, degrees: Tensor) -> Tensor:
    return log_new((point + k - m) / s, degrees) - pt.log(s) + pt.log(width)


LOG_MASS: dict[str, Callable[..., Tensor]] = {
    "interval": _interval,
    "hedged": _hedged,
    "bound": _bound,
    "chain": _chain,
}
"""``(k, m, s, *data) -> log mass`` of the k-th cell by family; tensors that broadcast over (claim, component)."""
