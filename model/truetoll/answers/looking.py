"""What a claim truly counts: the posterior of the losses in its window, undistorted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from truetoll.answers.ledger import Ledger
from truetoll.claims.schema import Claim, Term, Window, divisor

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Mixture:
    """Draws of what a claim counts, one row per reading.

    Parameters
    ----------
    probabilities : ndarray
        Prior probability of each reading, shape (reading,).
    draws : ndarray
        Persons, units, fractions, or how many times as many; shape (reading, sample).
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


def looked_at(ledger: Ledger, claim: Claim) -> Mixture:
    """Draws of the true quantity behind a claim.

    Parameters
    ----------
    ledger : Ledger
        Of the posterior or the prior of a fit.
    claim : Claim

    Returns
    -------
    Mixture
    """
    rows = []
    for reading in claim.readings:
        total = _sum(ledger, claim.window, reading.terms)
        by = divisor(claim, reading)
        rows.append(total / _sum(ledger, reading.over_window or claim.window, by) if by else total)
    return Mixture(np.array([reading.probability for reading in claim.readings]), np.array(rows))


def _sum(ledger: Ledger, window: Window, terms: Sequence[Term]) -> Array:
    return np.asarray(np.sum([_term(ledger, window, term) for term in terms], axis=0))


def _term(ledger: Ledger, window: Window, term: Term) -> Array:
    if term.is_strength:
        return _strength(ledger, window, term)
    return np.asarray(ledger.lost(term) @ ledger.weights(window.since, window.as_of))


def _strength(ledger: Ledger, window: Window, term: Term) -> Array:
    """Persons sent by the last day of a window: those of the bin it lies in."""
    return ledger.strength(term.force)[:, ledger.bin_of(window.as_of)]
