"""What was lost, by quantity and bin, draw by draw: taken out of a run once, then plain arrays."""

from __future__ import annotations

from datetime import date

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims import window
from truetoll.claims.schema import OUTCOMES, STRENGTH, Case, Term

Array = NDArray[np.float64]


class Ledger:
    """Draws of every quantity of a run.

    Parameters
    ----------
    group : xarray.Dataset
        ``posterior`` or ``prior`` of a fit.
    case : Case
        That it is of.
    """

    def __init__(self, group: xr.Dataset, case: Case) -> None:
        self.case = case
        self._group, self._edges = group, case.bins
        self._quantities = {q.term: q for q in case.quantities}
        self._taken: dict[Term, Array] = {}
        self._weights: dict[tuple[date, date], Array] = {}

    def lost(self, term: Term) -> Array:
        """Draws of what was lost in each bin; sums are taken draw by draw.

        Parameters
        ----------
        term : Term
            A quantity of the case that is no strength.

        Returns
        -------
        ndarray
            Persons or units, shape (sample, bin).
        """
        if term not in self._taken:
            self._taken[term] = self._added_up(term)
        return self._taken[term]

    def _added_up(self, term: Term) -> Array:
        asked = self._quantities[term]
        if asked.parts != (term,):
            return np.sum([self.lost(part) for part in asked.parts], axis=0)
        parts = asked.outcomes
        if set(parts) <= set(OUTCOMES):
            return _by_sample(self._group["loss"].sel(force=term.force, outcome=list(parts)).sum("outcome"))
        counted = [str(Term(term.force, part)) for part in parts]
        return _by_sample(self._group["count"].sel(counted=counted).sum("counted"))

    def strength(self, force: str) -> Array:
        """Draws of the persons sent by each bin, lost or not.

        Parameters
        ----------
        force : str
            A bounded one, or a total over such.

        Returns
        -------
        ndarray
            Shape (sample, bin).
        """
        term = Term(force, STRENGTH)
        if term not in self._taken:
            sent = [part.force for part in self._quantities[term].parts]
            self._taken[term] = np.sum([_by_sample(self._group["strength"].sel(bounded=name)) for name in sent], axis=0)
        return self._taken[term]

    def by_bin(self, term: Term) -> Array:
        """Draws of what was lost in each bin, or of the persons sent by then.

        Parameters
        ----------
        term : Term

        Returns
        -------
        ndarray
            Shape (sample, bin).
        """
        return self.strength(term.force) if term.is_strength else self.lost(term)

    def bin_of(self, day: date) -> int:
        """Place of the bin a day lies in.

        Parameters
        ----------
        day : date

        Returns
        -------
        int
        """
        return window.bin_of(self._edges, day)

    def weights(self, since: date, as_of: date) -> Array:
        """Share of each bin's days that lies in the window (since, as_of].

        Parameters
        ----------
        since, as_of : date

        Returns
        -------
        ndarray
            Shape (bin,), between 0 and 1.
        """
        if (since, as_of) not in self._weights:
            self._weights[since, as_of] = np.array(window.window_weights(self._edges, since, as_of))
        return self._weights[since, as_of]


def _by_sample(values: xr.DataArray) -> Array:
    """Chains one after the other: shape (sample, bin)."""
    table = values.transpose("chain", "draw", "bin").to_numpy()
    return np.ascontiguousarray(table.reshape(-1, table.shape[-1]))
