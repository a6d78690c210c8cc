"""What a claim truly counts: the posterior of the losses in its window, undistorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.answers.ledger import Ledger

Array = NDArray[np.float64]


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


def looked_at(ledger: Ledger, claim: Mapping[str, Any]) -> Mixture | None:
    """Draws of the true quantity behind a claim.

    Parameters
    ----------
    ledger : Ledger
        Of the posterior or the prior of a fit.
    claim : mapping
        As `truetoll.claims.describe` gives it.

    Returns
    -------
    Mixture or None
        None if the run does not hold it, as `Ledger.lost`.
    """
    probabilities, rows = [], []
    for probability, terms in readings(claim["losses"]):
        parts = [_term(ledger, claim, term) for term in terms]
        if any(part is None for part in parts):
            return None
        total = np.sum([part for part in parts if part is not None], axis=0)
        rows.append(total / _strength(ledger, claim, terms[0]) if claim["share"] else total)
        probabilities.append(probability)
    return Mixture(np.array(probabilities), np.array(rows))


def _term(ledger: Ledger, claim: Mapping[str, Any], term: str) -> Array | None:
    if term.endswith(".strength"):
        return _strength(ledger, claim, term)
    lost, weights = ledger.lost(term), ledger.weights(claim["since"], claim["as_of"])
    if lost is not None:
        return np.asarray((lost * weights).sum(axis=-1))
    return ledger.amount(term) if weights.min() == 1.0 else None


def _strength(ledger: Ledger, claim: Mapping[str, Any], term: str) -> Array:
    """Persons sent by the day of a claim: those of the bin it lies in."""
    return ledger.strength(term.partition(".")[0])[:, ledger.bin_of(claim["as_of"])]
