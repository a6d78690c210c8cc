"""Curves that losses, and the shares of outcomes, follow over time, whatever the bins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from truetoll.inference.index import Index
from truetoll.inference.knots import lengths, moved, rest, spacing

Array = NDArray[np.float64]


def curve_tables(index: Index) -> dict[str, NDArray[Any]]:
    """Numbers of the curves that losses and shares follow; where nothing depends on time there are none.

    Parameters
    ----------
    index : Index

    Returns
    -------
    dict of str to ndarray
        Bases have dims (piece, knot), and are products with the cumulative sums of standard normal steps.
    """
    profile, n_groups = index.case.reliability.profile, len(index.groups)
    profile_basis, split_basis = _bases(index) if index.curved else (np.zeros((1, 0)),) * 2
    divided = np.array([[float(a == b) for b in index.divided] for a in index.series])
    return {
        "profile_scale": profile.walk_log_sd * np.eye(n_groups, n_groups * index.curved),
        "profile_basis": profile_basis,
        "split_walk": profile.split_walk * divided.reshape(len(index.series), -1),
        "split_basis": split_basis if index.divided else np.zeros((len(index.bin_at), 0)),
    }


def _bases(index: Index) -> tuple[Array, Array]:
    """Shape (piece, knot), of losses and of shares."""
    walk, end = _walk_of_losses(index), np.cumsum(lengths(index.grid))
    middle = end - 0.5 * lengths(index.grid)
    return walk.basis(middle), _basis_of_shares(index, middle)


def coefficients(index: Index) -> tuple[Array, Array, Array]:
    """Tell what the curve of losses is made of.

    Parameters
    ----------
    index : Index

    Returns
    -------
    day, step, share : ndarray
        Day that each coefficient belongs to, shape (knot + 1,), since the first edge and within the case; sd of the
        step to each but the first, in units of the walk; basis of shares on these days, shape (knot + 1, split_knot).
    """
    walk, whole = _walk_of_losses(index), float(lengths(index.grid).sum())
    day = np.clip(walk.centre, 0.0, whole)
    return day, walk.step, _basis_of_shares(index, day)


def _walk_of_losses(index: Index) -> _Walk:
    profile, whole = index.case.reliability.profile, float(lengths(index.grid).sum())
    return _Walk(spacing(whole, profile), lambda day: moved(day, profile))


def _basis_of_shares(index: Index, at: Array) -> Array:
    """Shares stray from those that are stated for the whole time, so their curve is zero on average."""
    profile, days = index.case.reliability.profile, lengths(index.grid)
    whole = float(days.sum())
    walk = _Walk(rest(whole, profile), lambda day: day / profile.knot_days)
    return np.asarray(walk.basis(at) - days @ walk.basis(np.cumsum(days) - 0.5 * days) / whole)


class _Walk:
    """Cubic B-splines whose coefficients follow a walk.

    A coefficient belongs to the mean of the three knots under it, and a step to the next has the variance that the walk
    has between these days. So the spread of a curve does not depend on how many knots there are.
    """

    def __init__(self, knots: Array, variance: Callable[[Array], Array]) -> None:
        first, last = np.diff(knots[:2]), np.diff(knots[-2:])
        self._knots = np.concatenate([first * np.arange(-3, 0), knots, knots[-1] + last * np.arange(1, 4)])
        self.centre = np.convolve(self._knots[1:-1], np.full(3, 1.0 / 3.0), "valid")
        # Even steps are exactly alike, so that a basis stays sparse.
        self.step = np.round(np.sqrt(np.diff(variance(self.centre))), 9)

    def basis(self, at: Array) -> Array:
        """Products with cumulative sums of standard normals: shape (at, step)."""
        splines = BSpline.design_matrix(at, self._knots, 3).toarray()[:, 1:]
        later = np.cumsum(splines[:, ::-1], axis=1)[:, ::-1]  # what stands on a step: all coefficients from it on
        following = np.append(self.step[1:], self.step[-1])
        return np.asarray(later * (self.step - following) + splines * following + 0.0)
