"""Time as curves see it: where their knots lie, how far they move between them, and pieces short enough to add up.

Nothing here knows of bins but that pieces end where bins do. So the prior of what is lost in any days is one and the
same however a case is binned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from truetoll.claims.reliability import Profile

Array = NDArray[np.float64]

_LEAST, _MOST = 3, 60
"""Even steps between the knots of a case, at least and at most: years further on knots lie further apart."""
_SHARES_APART = 2.0
"""How many times further apart the knots of shares lie: they move a third as far."""


def grid(bins: Sequence[date], profile: Profile) -> tuple[date, ...]:
    """Cut bins into pieces within which a curve hardly bends: half the distance of its knots at most.

    Parameters
    ----------
    bins : sequence of date
        Edges.
    profile : Profile

    Returns
    -------
    tuple of date
        Edges of the pieces, those of the bins among them.
    """
    knots = spacing((bins[-1] - bins[0]).days, profile)
    found = [bins[0]]
    for end in bins[1:]:
        while found[-1] < end:
            at = (found[-1] - bins[0]).days
            step = float(np.diff(knots)[min(int(np.searchsorted(knots, at, "right")), len(knots) - 1) - 1])
            left = (end - found[-1]).days
            pieces = math.ceil(left / max(1.0, step / 2.0))
            found.append(found[-1] + timedelta(days=math.ceil(left / pieces)))
    return tuple(found)


def spacing(length: float, profile: Profile, times: float = 1.0, *, opening: bool = True) -> Array:
    """Days from the first edge to every knot, the first and the last edge among them.

    Even steps of about `knot_days`; where a case opens, knots at `opening_days` and then at double distances.

    Parameters
    ----------
    length : float
        Days of the whole case.
    profile : Profile
    times : float
        How many times further apart.
    opening : bool
        Whether there are closer ones at first.

    Returns
    -------
    ndarray
    """
    pieces = min(max(_LEAST, round(length / (times * profile.knot_days))), _MOST)
    step = length / pieces
    halves = max(0, round(math.log2(step / profile.opening_days))) if opening else 0
    first = step / 2.0 ** np.arange(halves, -1, -1)
    return np.concatenate([[0.0], first, step * np.arange(2, pieces + 1)])


def rest(length: float, profile: Profile) -> Array:
    """Knots of shares, which move slowly and have no opening.

    Parameters
    ----------
    length : float
    profile : Profile

    Returns
    -------
    ndarray
    """
    return spacing(length, profile, _SHARES_APART, opening=False)


def moved(day: Array, profile: Profile) -> Array:
    """Variance of a walk from the first edge to a day, in units of its variance in `knot_days` of later times.

    In the first `knot_days` it moves `opening` times as far in each `opening_days` as later in `knot_days`.

    Parameters
    ----------
    day : ndarray
        Before the first edge it is negative: a difference of two is what counts.
    profile : Profile

    Returns
    -------
    ndarray
    """
    fast = np.minimum(day, profile.knot_days) * profile.opening**2 / profile.opening_days
    return np.asarray(fast + np.maximum(day - profile.knot_days, 0.0) / profile.knot_days)


def lengths(edges: Sequence[date]) -> Array:
    """Days of every piece.

    Parameters
    ----------
    edges : sequence of date

    Returns
    -------
    ndarray
    """
    return np.array([(b - a).days for a, b in pairwise(edges)], dtype=float)
