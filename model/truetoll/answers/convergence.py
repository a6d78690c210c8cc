"""Whether a saved run is a result: by its draws, not by what is written beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from truetoll.answers.records import Diagnostics
from truetoll.claims.reliability import Convergence, read_reliability
from truetoll.sampling.convergence import verified

CHECKS = ("converged", "rhat_max", "ess_min", "divergences")


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether something is a result, and by what numbers.

    Parameters
    ----------
    converged : bool
    diagnostics : Diagnostics
    """

    converged: bool
    diagnostics: Diagnostics


def gate_of(attrs: Mapping[Any, Any]) -> Convergence:
    """Read the limits that a run had to meet.

    Parameters
    ----------
    attrs : mapping
        Of its tree; the limits of the package where it states none.

    Returns
    -------
    Convergence
    """
    if "gate_rhat" in attrs and "gate_ess" in attrs:
        return Convergence(rhat=float(attrs["gate_rhat"]), ess=float(attrs["gate_ess"]))
    return read_reliability({}).convergence


def check_fit(tree: xr.DataTree) -> Checked:
    """Check a fit.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.fit` returns it, as it was saved, or the group ``fit`` of a comparison.

    Returns
    -------
    Checked
    """
    attrs = tree.attrs
    stats = tree.children.get("sample_stats")
    diverging = int(stats["diverging"].sum()) if stats is not None and "diverging" in stats else 0
    stated, thinned = {name: attrs[name] for name in CHECKS}, bool(attrs.get("thinned", 0))
    posterior = tree["posterior"].dataset
    return _checked(verified(posterior, stated, gate_of(attrs), diverging=diverging, thinned=thinned))


def check_amounts(amount: xr.DataArray, row: xr.Dataset, gate: Convergence) -> Checked:
    """Check one of many posteriors side by side, by the amounts that are kept of it.

    Parameters
    ----------
    amount : xarray.DataArray
        Dims (chain, draw, quantity); some of the draws that were made.
    row : xarray.Dataset
        What is stated of it: ``converged``, ``rhat_max``, ``ess_min``, ``divergences``; ``method`` if it may be base
        draws reweighted: draws that were drawn again have no chains to compare, so they must be finite only.
    gate : Convergence

    Returns
    -------
    Checked
    """
    stated = {name: row[name].item() for name in CHECKS}
    if not stated["converged"]:
        return _checked(stated)
    posterior = xr.Dataset({"amount": amount.transpose("chain", "draw", "quantity")})
    if "method" in row and str(row["method"].item()) == "psis":
        finite = bool(np.isfinite(posterior["amount"].to_numpy()).all())
        return _checked(stated | {"converged": finite and not stated["divergences"]})
    return _checked(verified(posterior, stated, gate, thinned=True))


def _checked(found: Mapping[str, Any]) -> Checked:
    numbers = Diagnostics(float(found["rhat_max"]), float(found["ess_min"]), int(found["divergences"]))
    return Checked(bool(found["converged"]), numbers)
