"""Curves that losses, and the shares of outcomes, follow over many bins."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from truetoll.inference.index import Index

Array = NDArray[np.float64]


def curve_tables(index: Index) -> dict[str, NDArray[Any]]:
    """Numbers of the curves that losses and shares follow; bins that stray on their own have none.

    Parameters
    ----------
    index : Index

    Returns
    -------
    dict of str to ndarray
        Bases have dims (bin, knot), and are products with the cumulative sums of standard normal steps.
    """
    profile, n_groups, n_bins = index.case.reliability.profile, len(index.groups), len(index.bins)
    profile_basis, split_basis = _bases(index) if index.smooth else (np.eye(n_bins),) * 2
    divided = np.array([[float(a == b) for b in index.divided] for a in index.series])
    return {
        "profile_walk": np.array([float(index.smooth)]),
        "profile_scale": (profile.walk_log_sd if index.smooth else 0.0) * np.eye(n_groups, n_groups * index.smooth),
        "profile_basis": profile_basis,
        "split_walk": profile.split_walk * divided.reshape(len(index.series), -1),
        "split_basis": split_basis if index.divided else np.zeros((n_bins, 0)),
    }


def _bases(index: Index) -> tuple[Array, Array]:
    """Cubic B-splines at the middle of each bin, for a random walk whose step has variance one in `knot_days`.

    Shape (bin, knot), of losses and of shares: the walk starts at zero, and its spread does not depend on how many
    even knots there are. Before the first of those, steps of the losses are `opening` times as large.
    """
    edges = np.array([edge.toordinal() for edge in index.case.bins], dtype=float)
    profile, length = index.case.reliability.profile, edges[-1] - edges[0]
    pieces = max(3, min(round(length / profile.knot_days), len(index.bins) - 3))
    step = length / pieces
    first = _opening(step, max(profile.opening_days, 2.0 * length / len(index.bins)))
    knots = edges[0] + np.concatenate([first[0] * np.arange(-3, 0), [0.0], first, step * np.arange(2, pieces + 4)])
    middle = 0.5 * (edges[:-1] + edges[1:])
    splines = BSpline.design_matrix(middle, knots, 3).toarray()[:, 1:]
    even = np.asarray(splines * math.sqrt(step / profile.knot_days))
    return (_widened(even, len(first) + 1, profile.opening) if len(first) > 1 else even), even


def _opening(step: float, least: float) -> Array:
    """Knots up to the first even one, each twice as far as the one before, from about `least` on.

    A total that has just begun to grow fixes the rate of its days more closely the fewer they are: what a total over t
    days tells of is spaced as t is.
    """
    halves = max(0, round(math.log2(step / least)))
    return np.asarray(step / 2.0 ** np.arange(halves, -1, -1), dtype=np.float64)


def _widened(basis: Array, n: int, factor: float) -> Array:
    """Make the first n steps of the walk larger: what comes after them stands on them all."""
    found = basis.copy()
    found[:, :n] *= factor
    found[:, n - 1] += (factor - 1.0) * basis[:, n:].sum(axis=1)
    return found
