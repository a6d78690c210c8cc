r"""The error that a published estimate states itself: "75,200 (95% CI 63,600-86,800)" as a likelihood.

Let y be the log of what the source would say without error of its own, and v, l, h the number, the lower and the upper
end of its interval of mass p. Read as what the study believes of the truth, with nothing known beside it, the interval
says :math:`P(y < \log l) = (1-p)/2`, :math:`P(y < \log v) = 1/2`, :math:`P(y < \log h) = (1+p)/2`, and the likelihood
is to give exactly that back. If v lies in the middle (log), a normal does. Most do not: an interval that is symmetric
in persons reaches further down than up in logs. Then the error is a mixture of normals, so that noise of the source,
unsound reports and errors of origins add to it as to any other: the convolution of each with a normal is a normal.

The mixture is a standard normal taken apart into narrow ones, :math:`N(0, 1) = N(0, 1 - t^2) * N(0, t^2)` with the
first at Gauss-Hermite nodes, and bent by :math:`z \mapsto A (z + r (\sqrt{e^2 + z^2} - e))`, whose slope goes from
:math:`A(1-r)` to :math:`A(1+r)`; a shift, A and r are what makes the three quantiles exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_LOPSIDED = 5.0
"""Times as far (log) as an interval may reach on one side as on the other; `claims.wording` refuses more."""
_EVEN = 1e-3
"""Sides that differ by less are taken to be of one length."""
_NODES = ((5, 0.6), (11, 0.2))
"""Normals in a mixture, and the share t^2 of the variance that each keeps; the second bends further."""
_STEEPEST = 0.85
_SHARPEST = 0.05
_EXACT = 1e-9


@dataclass(frozen=True, slots=True)
class Mixture:
    """An error as a mixture of normals.

    Parameters
    ----------
    probability : ndarray
        Of each part, shape (part,).
    shift : ndarray
        Its mean (log), from what the source would say to the number it gives; shape (part,).
    sd : ndarray
        Log; shape (part,).
    """

    probability: Array
    shift: Array
    sd: Array


@lru_cache(maxsize=256)
def stated_error(below: float, above: float, mass: float) -> Mixture:
    """Find the error that an interval around a number states.

    Parameters
    ----------
    below, above : float
        Log distance from the number to the lower and to the upper end, > 0.
    mass : float
        Of the interval: 0.95.

    Returns
    -------
    Mixture
        Of y about log v turned round: mean and sd of the number given y.

    Raises
    ------
    ValueError
        If one side is more than `MOST_LOPSIDED` times the other.

    Examples
    --------
    >>> round(float(stated_error(0.2, 0.2, 0.95).sd[0]), 4)
    0.102
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * mass)
    if abs(below - above) < _EVEN * (below + above):
        return Mixture(np.ones(1), np.zeros(1), np.array([0.5 * (below + above) / z]))
    for nodes, kept in _NODES:
        found = _bent(below, above, z, nodes, kept)
        if found is not None:
            return found
    raise ValueError(f"an interval that reaches {below:.3g} down and {above:.3g} up (log) is too lopsided")


def _bent(below: float, above: float, z: float, nodes: int, kept: float) -> Mixture | None:
    """Solve for shift, size and bend; None if this many normals cannot be bent so far."""
    from scipy.optimize import root  # noqa: PLC0415  (few cases have such a figure)
    from scipy.special import ndtr, ndtri  # noqa: PLC0415

    place, weight = np.polynomial.hermite_e.hermegauss(nodes)
    place, weight = place * math.sqrt(1.0 - kept), weight / weight.sum()
    size, round_ = 0.5 * (below + above) / z, 1.0
    bend = _bend(below, above, size, z, round_)
    while abs(bend) > _STEEPEST and round_ > _SHARPEST:
        round_ *= 0.8
        bend = _bend(below, above, size, z, round_)
    if abs(bend) >= 1.0:
        return None

    def parts(free: Array) -> tuple[Array, Array]:
        shift, grown, r = free[0] * size, size * math.exp(free[1]), math.tanh(free[2])
        reach = np.sqrt(round_**2 + place**2)
        return shift + grown * (place + r * (reach - round_)), math.sqrt(kept) * grown * (1.0 + r * place / reach)

    def missed(free: Array) -> Array:
        mean, sd = parts(free)
        below_each = ndtr((np.array([-below, 0.0, above])[:, None] - mean) / sd) @ weight
        return np.asarray(ndtri(below_each) - np.array([-z, 0.0, z]))

    solved = root(missed, np.array([0.0, 0.0, math.atanh(bend)]), tol=1e-12)
    if not np.all(np.isfinite(solved.x)) or np.abs(missed(solved.x)).max() > _EXACT:
        return None
    mean, sd = parts(solved.x)
    # A truth that may lie lower than the number is a number that may lie higher than the truth.
    return Mixture(weight, -mean, sd)


def _bend(below: float, above: float, size: float, z: float, round_: float) -> float:
    return 0.5 * (above - below) / size / (math.sqrt(round_**2 + z**2) - round_)
