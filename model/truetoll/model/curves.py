r"""Curves that losses, and the shares of outcomes, follow over the bins.

The log of the losses per day strays from its exposure as a path whose moves look alike at every length: two
neighbouring days, weeks or years differ equally far. Its covariance is logarithmic,

.. math:: -\log|s - t| / (2 \log 2),

up to a constant that shares do not know, and a bin holds the average of the path. So shares of time have one prior
however finely a case cuts it, and however long it lasts: the two halves of any stretch differ by :math:`\sqrt{2}` times
the stated sd (Duchon, Robert and Vargas 2012, doi:10.1111/j.1467-9965.2010.00458.x, for such paths). Over many bins the
path is seen through splines, which cannot tell what lies between their knots, unless bins are as long as these.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.index import Index

Array = NDArray[np.float64]

_DENSE = 2 / 3
"""Splines by bin from which on the bins themselves are taken: with knots that far apart splines are well told apart."""


def curve_tables(index: Index) -> dict[str, NDArray[Any]]:
    """Numbers of the curves that losses and shares follow.

    Parameters
    ----------
    index : Index

    Returns
    -------
    dict of str to ndarray
        Bases have dims (bin, knot): of losses, of standard normals; of shares, of the cumulative sums of standard
        normal steps.
    """
    profile, n_groups, n_bins = index.case.reliability.profile, len(index.groups), len(index.bins)
    edges = np.array([edge.toordinal() for edge in index.case.bins], dtype=float)
    splines, steps = _splines(index, edges) if index.smooth else (np.eye(n_bins), np.zeros((n_bins, 0)))
    if splines.shape[1] > _DENSE * n_bins:
        # A knot a bin, as with months: splines would save nothing, and hardly be told from each other.
        splines = np.eye(n_bins)
    divided = np.array([[float(a == b) for b in index.divided] for a in index.series])
    return {
        "profile_scale": profile.log_sd * np.eye(n_groups, len(index.strayed)),
        "profile_basis": _straying(splines, edges),
        "split_walk": profile.split_walk * divided.reshape(len(index.series), -1),
        "split_basis": steps if index.divided else np.zeros((n_bins, 0)),
    }


def _straying(splines: Array, edges: Array) -> Array:
    """Basis of the path, shape (bin, column - 1), in the space of these columns: a constant is of no effect."""
    columns = splines[:, 1:] - splines[:, 1:].mean(axis=0)
    space, corner = np.linalg.qr(columns)
    space = space * np.where(np.diag(corner) < 0.0, -1.0, 1.0)  # whoever factors it
    return np.asarray(space @ np.linalg.cholesky(space.T @ _covariance(edges) @ space))


def _covariance(edges: Array) -> Array:
    """Covariance of the averages of the path over bins, shape (bin, bin), up to a constant."""
    apart, length = np.abs(edges[:, None] - edges), np.diff(edges)
    twice = apart**2 * (0.5 * np.log(np.where(apart > 0.0, apart, 1.0)) - 0.75)  # its second derivative is the log
    whole = twice[:-1, 1:] - twice[:-1, :-1] - twice[1:, 1:] + twice[1:, :-1]
    return np.asarray(-whole / np.outer(length, length) / (2.0 * math.log(2.0)))


def _splines(index: Index, edges: Array) -> tuple[Array, Array]:
    """Cubic B-splines at the middle of each bin: for losses, and for a random walk of shares.

    Shape (bin, knot). The walk starts at zero, its step has variance one in `knot_days`, and its spread does not depend
    on how many even knots there are.
    """
    profile, length = index.case.reliability.profile, edges[-1] - edges[0]
    pieces = max(3, min(round(length / profile.knot_days), len(index.bins) - 3))
    step = length / pieces
    first = _opening(step, max(profile.opening_days, 2.0 * length / len(index.bins)))
    knots = edges[0] + np.concatenate([first[0] * np.arange(-3, 0), [0.0], first, step * np.arange(2, pieces + 4)])
    from scipy.interpolate import BSpline  # noqa: PLC0415 - not for the few bins of most cases that are only validated

    splines = BSpline.design_matrix(0.5 * (edges[:-1] + edges[1:]), knots, 3).toarray()
    return splines, splines[:, 1:] * math.sqrt(step / profile.knot_days)


def _opening(step: float, least: float) -> Array:
    """Knots up to the first even one, each twice as far as the one before, from about `least` on.

    A total that has just begun to grow fixes the rate of its days more closely the fewer they are: what a total over t
    days tells of is spaced as t is.
    """
    halves = max(0, round(math.log2(step / least)))
    return np.asarray(step / 2.0 ** np.arange(halves, -1, -1), dtype=np.float64)
