"""What a claim truly counts: the posterior of the losses in its window, undistorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims import window

Array = NDArray[np.float64]

BOUNDS = ("at most", "no fewer than", "floor", "ceiling")
"""Forms that state a limit only: there is no figure to draw."""
TRUTH_FORMS = ("floor", "ceiling")
"""Forms that look at the truth itself: no source's bias touches them."""


@dataclass(frozen=True)
class Mixture:
    """Draws of what a claim counts, one row per reading.

    Parameters
    ----------
    probabilities : ndarray
        Prior probability of each reading, shape (reading,).
    draws : ndarray
        Persons, units, or fractions of strength; shape (reading, sample).
    """

    probabilities: Array
    draws: Array

    def quantiles(self, levels: Sequence[float]) -> Array:
        """Quantiles of the mixture.

        Parameters
        ----------
        levels : sequence of float

        Returns
        -------
        ndarray
            Shape (level,).
        """
        if len(self.draws) == 1:
            return np.asarray(np.quantile(self.draws[0], levels))
        weights = np.broadcast_to(self.probabilities[:, None], self.draws.shape)
        found = np.quantile(self.draws.ravel(), levels, weights=weights.ravel(), method="inverted_cdf")
        return np.asarray(found)


def readings(losses: str) -> list[tuple[float, list[str]]]:
    """Take the reading of a described claim apart.

    Parameters
    ----------
    losses : str
        ``a.killed + b.killed:0.7 | a.casualties:0.3``, as `truetoll.claims.describe` writes it.

    Returns
    -------
    list of (float, list of str)
        Probability and terms of each reading.
    """
    found = []
    for part in losses.split(" | "):
        terms, _, probability = part.partition(":")
        found.append((float(probability or 1.0), terms.split(" + ")))
    return found


def forces_of(losses: str) -> list[str]:
    """Name the forces a described claim speaks of, in the order of its terms.

    Parameters
    ----------
    losses : str

    Returns
    -------
    list of str
    """
    return list(dict.fromkeys(term.partition(".")[0] for _, terms in readings(losses) for term in terms))


def about_losses(claim: Mapping[str, Any]) -> bool:
    """Whether a described claim counts losses, not strength.

    Parameters
    ----------
    claim : mapping

    Returns
    -------
    bool
    """
    return any(not term.endswith(".strength") for _, terms in readings(claim["losses"]) for term in terms)


def looked_at(group: xr.Dataset, case: Mapping[str, Any], claim: Mapping[str, Any]) -> Mixture | None:
    """Draws of the true quantity behind a claim.

    Parameters
    ----------
    group : xarray.Dataset
        ``posterior`` or ``prior`` of a fit.
    case, claim : mapping
        As `truetoll.claims.describe` gives them.

    Returns
    -------
    Mixture or None
        None if the run does not hold it: a count over part of several bins, or a named sum whose parts the
        description does not tell.
    """
    probabilities, rows = [], []
    for probability, terms in readings(claim["losses"]):
        parts = [_term(group, case, claim, term) for term in terms]
        if any(part is None for part in parts):
            return None
        total = np.sum([part for part in parts if part is not None], axis=0)
        rows.append(total / _strength(group, case, terms[0], claim["as_of"]) if claim["share"] else total)
        probabilities.append(probability)
    return Mixture(np.array(probabilities), np.array(rows))


def _term(group: xr.Dataset, case: Mapping[str, Any], claim: Mapping[str, Any], term: str) -> Array | None:
    force, _, quantity = term.partition(".")
    if quantity == "strength":
        return _strength(group, case, term, claim["as_of"])
    outcomes = _outcomes(group, case, term)
    if outcomes:
        weights = window_weights(case["bins"], claim["since"], claim["as_of"])
        loss = group["loss"].sel(force=force, outcome=outcomes).sum("outcome").to_numpy()
        return np.asarray((loss * np.array(weights)).sum(axis=-1).ravel())
    whole = claim["since"] == case["bins"][0] and claim["as_of"] == case["as_of"]
    return group["amount"].sel(quantity=term).to_numpy().ravel() if whole else None


def _outcomes(group: xr.Dataset, case: Mapping[str, Any], term: str) -> list[str]:
    """Outcomes a quantity adds up; those that are not declared hold zeros. Empty for counts."""
    known, name = [str(q) for q in group["outcome"].to_numpy()], term.partition(".")[2]
    if name == "casualties":
        return known
    stated = next((q.get("outcomes") for q in case["quantities"] if q["name"] == term), None)
    return [q for q in stated or [name] if q in known]


def _strength(group: xr.Dataset, case: Mapping[str, Any], term: str, as_of: str) -> Array:
    """Persons sent by a day: those of the bin it lies in."""
    force, edges = term.partition(".")[0], case["bins"][1:]
    t = min(sum(edge < as_of for edge in edges), len(edges) - 1)
    return np.asarray(group["strength"].sel(bounded=force).isel(bin=t).to_numpy().ravel())


def window_weights(edges: Sequence[str], since: str, as_of: str) -> list[float]:
    """Share of each bin's days that lies in the window (since, as_of].

    Parameters
    ----------
    edges : sequence of str
        ISO dates; a bin is (edge, next edge].
    since, as_of : str
        ISO dates.

    Returns
    -------
    list of float
        Shape (bin,), between 0 and 1.
    """
    start, end = date.fromisoformat(since), date.fromisoformat(as_of)
    return window.window_weights([date.fromisoformat(edge) for edge in edges], start, end)
