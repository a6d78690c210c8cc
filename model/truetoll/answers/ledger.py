"""What was lost, by quantity and bin, draw by draw: taken out of a run once, then plain arrays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims import window

Array = NDArray[np.float64]
Described = Mapping[str, Any]


class Ledger:
    """Draws of every quantity of a run.

    Parameters
    ----------
    group : xarray.Dataset
        ``posterior`` or ``prior`` of a fit.
    case : mapping
        As `truetoll.claims.describe` gives it.
    """

    def __init__(self, group: xr.Dataset, case: Described) -> None:
        self._group = group
        self._outcomes = {q["name"]: q.get("outcomes") for q in case["quantities"]}
        self._edges = [date.fromisoformat(edge) for edge in case["bins"]]
        self._taken: dict[str, Array | None] = {}
        self._weights: dict[tuple[str, str], Array] = {}

    def lost(self, quantity: str) -> Array | None:
        """Draws of what was lost in each bin; sums are taken draw by draw.

        Parameters
        ----------
        quantity : str
            ``dprk.casualties``.

        Returns
        -------
        ndarray or None
            Persons or units, shape (sample, bin); None if the run does not hold it: counts of older runs, and named
            sums whose parts the description does not tell.
        """
        if quantity not in self._taken:
            self._taken[quantity] = self._added_up(quantity)
        return self._taken[quantity]

    def _added_up(self, quantity: str) -> Array | None:
        force, _, name = quantity.partition(".")
        if outcomes := self._parts(quantity):
            return _by_sample(self._group["loss"].sel(force=force, outcome=outcomes).sum("outcome"))
        if counted := self._counted(quantity):
            return _by_sample(self._group["count"].sel(counted=counted).sum("counted"))
        if len(self._edges) == 2 and name != "strength" and quantity in self._group["quantity"]:
            return self.amount(quantity)[:, None]
        return None

    def _parts(self, quantity: str) -> list[str]:
        """Outcomes a quantity adds up; those that are not declared hold zeros. Empty for counts."""
        known, name = [str(q) for q in self._group["outcome"].to_numpy()], quantity.partition(".")[2]
        if name == "casualties":
            return known
        return [q for q in self._outcomes.get(quantity) or [name] if q in known]

    def _counted(self, quantity: str) -> list[str]:
        """List the counts a quantity adds up: itself, or the parts of a sum. Empty for persons and for older runs."""
        if "count" not in self._group:
            return []
        force, _, name = quantity.partition(".")
        parts = [f"{force}.{part}" for part in self._outcomes.get(quantity) or [name]]
        held = {str(each) for each in self._group["counted"].to_numpy()}
        return parts if set(parts) <= held else []

    def amount(self, quantity: str) -> Array:
        """Draws of a quantity at the last edge of the bins.

        Parameters
        ----------
        quantity : str

        Returns
        -------
        ndarray
            Shape (sample,).
        """
        return np.asarray(self._group["amount"].sel(quantity=quantity).to_numpy().ravel())

    def strength(self, force: str) -> Array:
        """Draws of the persons sent by each bin, lost or not.

        Parameters
        ----------
        force : str
            A bounded one.

        Returns
        -------
        ndarray
            Shape (sample, bin).
        """
        name = f"{force}.strength"
        if name not in self._taken:
            self._taken[name] = _by_sample(self._group["strength"].sel(bounded=force))
        found = self._taken[name]
        assert found is not None
        return found

    def bin_of(self, day: str) -> int:
        """Place of the bin a day lies in.

        Parameters
        ----------
        day : str
            ISO date.

        Returns
        -------
        int
        """
        return window.bin_of(self._edges, date.fromisoformat(day))

    def weights(self, since: str, as_of: str) -> Array:
        """Share of each bin's days that lies in the window (since, as_of].

        Parameters
        ----------
        since, as_of : str
            ISO dates.

        Returns
        -------
        ndarray
            Shape (bin,), between 0 and 1.
        """
        if (since, as_of) not in self._weights:
            found = window.window_weights(self._edges, date.fromisoformat(since), date.fromisoformat(as_of))
            self._weights[since, as_of] = np.array(found)
        return self._weights[since, as_of]


def _by_sample(values: xr.DataArray) -> Array:
    """Chains one after the other: shape (sample, bin)."""
    table = values.transpose("chain", "draw", "bin").to_numpy()
    return np.ascontiguousarray(table.reshape(-1, table.shape[-1]))
