"""Refits that were stored beside a run -> what each says, if it is a result."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.answers.convergence import check_amounts, gate_of
from truetoll.answers.kept import case_of
from truetoll.answers.quantities import quantity_answer
from truetoll.answers.records import QuantityAnswer

Array = NDArray[np.float64]
_TEXT = ("digest", "version_truetoll")
"""Attributes by which refits are those of a run."""
_DIMS = {"amount": ("refit", "chain", "draw", "quantity")} | dict.fromkeys(
    ("source", "power", "converged", "rhat_max", "ess_min", "divergences"), ("refit",)
)


@dataclass(frozen=True, slots=True)
class Stored:
    """One refit.

    Parameters
    ----------
    source : str
        Whose weight was changed.
    power : float
        What was left of it.
    quantities : tuple of QuantityAnswer
        Empty if it did not converge.
    amount : ndarray
        Draws, shape (quantity, sample).
    """

    source: str
    power: float
    quantities: tuple[QuantityAnswer, ...]
    amount: Array


def are_of(found: xr.Dataset, tree: xr.DataTree) -> bool:
    """Whether refits are those of a run, whole, and made by this version.

    Parameters
    ----------
    found : xarray.Dataset
    tree : xarray.DataTree
        The fit.

    Returns
    -------
    bool
    """
    if any(found.attrs.get(name) != tree.attrs.get(name) for name in _TEXT):
        return False
    if any(name not in found or found[name].dims != dims for name, dims in _DIMS.items()):
        return False
    numbers = all(found[name].dtype.kind in "bifu" for name in _DIMS if name != "source")
    same = "quantity" in found.coords and list(found["quantity"].to_numpy()) == list(
        tree["posterior"]["quantity"].to_numpy()
    )
    return numbers and same and "refit" in found.coords


def stored(found: xr.Dataset, tree: xr.DataTree) -> tuple[Stored, ...]:
    """Say what refits say.

    Parameters
    ----------
    found : xarray.Dataset
        As `truetoll.studies.beliefs.ask.refits` makes it.
    tree : xarray.DataTree
        The fit.

    Returns
    -------
    tuple of Stored
        Those that did not converge, by their draws, have no numbers.
    """
    case, mass, gate = case_of(tree), float(tree.attrs["interval_mass"]), gate_of(tree.attrs)
    as_of, rows = case.as_of.isoformat(), []
    before = {q.name: tree["prior"]["amount"].sel(quantity=q.name).to_numpy() for q in case.quantities}
    for name in found["refit"].to_numpy():
        row = found.sel(refit=name)
        amount = row["amount"]
        quantities: tuple[QuantityAnswer, ...] = ()
        if check_amounts(amount, row.drop_vars("amount"), gate).converged:
            quantities = tuple(
                quantity_answer(
                    q, amount.sel(quantity=q.name).to_numpy(), before[q.name], (None, None), as_of=as_of, mass=mass
                )
                for q in case.quantities
            )
        samples = amount.transpose("quantity", "chain", "draw").to_numpy().reshape(amount.sizes["quantity"], -1)
        rows.append(Stored(str(row["source"].item()), float(row["power"].item()), quantities, samples))
    return tuple(rows)
