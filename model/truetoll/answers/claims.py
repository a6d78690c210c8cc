"""Each claim held against the posterior: what it counts, what its source would say, how far out it stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.answers.looking import BOUNDS, looked_at
from truetoll.answers.records import ClaimAnswer, Interval

Array = NDArray[np.float64]
Described = Mapping[str, Any]

_SEED = 1
"""Of the places inside cells: the same run always gives the same numbers."""
_COPIED = (
    "id",
    "source",
    "text",
    "losses",
    "form",
    "since",
    "as_of",
    "origin",
    "share",
    "low",
    "high",
    "value",
    "weight",
)


def levels(mass: float) -> tuple[float, float, float]:
    """Levels of the lower end, the median and the upper end of an equal-tailed interval.

    Parameters
    ----------
    mass : float

    Returns
    -------
    tuple of float
    """
    return (1.0 - mass) / 2.0, 0.5, (1.0 + mass) / 2.0


def claim_answers(tree: xr.DataTree, case: Described, mass: float, converged: bool) -> tuple[ClaimAnswer, ...]:
    """Hold every claim against the posterior.

    Parameters
    ----------
    tree : xarray.DataTree
    case : mapping
        As `truetoll.claims.describe` gives it.
    mass : float
        Of the intervals.
    converged : bool
        If not, only what was said is told.

    Returns
    -------
    tuple of ClaimAnswer
    """
    return tuple(_claim(tree, case, claim, mass, converged) for claim in case["claims"])


def _claim(tree: xr.DataTree, case: Described, claim: Described, mass: float, converged: bool) -> ClaimAnswer:
    copied = {name: claim[name] for name in _COPIED}
    if not converged:
        return ClaimAnswer(**copied, set_aside=claim["set_aside"], sound=None, tail=None, true=None, said=None)
    true, cells = looked_at(tree["posterior"].dataset, case, claim), redrawn(tree, claim["id"])
    said = None if claim["form"] in BOUNDS else said_draws(cells, claim)
    return ClaimAnswer(
        **copied,
        set_aside=claim["set_aside"],
        sound=float(tree["posterior"]["sound"].sel(claim=claim["id"]).mean()),
        tail=tail(cells, bound=claim["form"] in BOUNDS),
        true=None if true is None else _interval(true.quantiles(levels(mass))),
        said=None if said is None else _interval(np.quantile(said, levels(mass))),
    )


def _interval(quantiles: Array) -> Interval:
    low, median, high = (float(x) for x in quantiles)
    return Interval(median, low, high)


def redrawn(tree: xr.DataTree, claim: str) -> Array:
    """Cells that could have been said instead, given an error of the ordinary kind; 0 is the one that was said.

    Parameters
    ----------
    tree : xarray.DataTree
    claim : str

    Returns
    -------
    ndarray
        Shape (sample,).
    """
    return np.asarray(tree["posterior_predictive"]["cell_if_sound"].sel(claim=claim).to_numpy().ravel())


def said_draws(cells: Array, claim: Described) -> Array:
    """Draw the figures behind redrawn cells, spread evenly (log) inside each, so that a vague word does not jump.

    Parameters
    ----------
    cells : ndarray
        Shape (sample,).
    claim : mapping
        With the edges ``low`` and ``high`` of the cell that was said.

    Returns
    -------
    ndarray
        Units of the claim, shape (sample,).
    """
    inside = np.random.default_rng(_SEED).uniform(size=cells.shape)
    return np.asarray(claim["low"] * (claim["high"] / claim["low"]) ** (cells + inside))


def tail(cells: Array, *, bound: bool) -> float:
    """Mid-p of what was said among redrawn cells.

    Parameters
    ----------
    cells : ndarray
        Shape (sample,); 0 is the cell that was said.
    bound : bool
        A bound can only be broken on one side: its cells are 0 (the stated side) and 1.

    Returns
    -------
    float
        Two-sided; for a bound ``P(k=0) / 2``, at most 0.5.
    """
    same = float((cells == 0).mean())
    if bound:
        return 0.5 * same
    below = float((cells < 0).mean()) + 0.5 * same
    return 2.0 * min(below, 1.0 - below)
