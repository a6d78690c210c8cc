"""A refit -> the small dataset that is kept of it; many of them -> one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.sampling.convergence import mcse
from truetoll.sampling.session import Refit
from truetoll.studies.sweep.grid import said

Array = NDArray[np.float64]
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CHECKS = ("converged", "rhat_max", "ess_min", "divergences")
_ONE = ("chain", "draw")


def summary(refit: Refit) -> xr.Dataset:
    """Say what is kept of a refit.

    Parameters
    ----------
    refit : Refit

    Returns
    -------
    xarray.Dataset
        As one item of what `truetoll.sweep` returns; without numbers if it did not converge.
    """
    amount = refit.posterior["amount"].transpose(*_ONE, "quantity").to_numpy()
    names = [str(name) for name in refit.posterior["quantity"].to_numpy()]
    columns = {
        "quantiles": (("quantity", "quantile"), np.quantile(amount, QUANTILES, axis=(0, 1)).T),
        "mean": ("quantity", amount.mean(axis=(0, 1))),
        "sd": ("quantity", amount.reshape(-1, len(names)).std(axis=0, ddof=1)),
        "mcse_median": ("quantity", np.array([mcse(amount[..., i], "median") for i in range(len(names))])),
    }
    found = xr.Dataset(columns, coords={"quantity": names, "quantile": list(QUANTILES)})
    found = xr.merge([found, _above(refit, dict(zip(names, np.moveaxis(amount, -1, 0), strict=True)))])
    if not refit.checks["converged"]:
        found = found.map(lambda values: values * np.nan)
    return found.assign({name: refit.checks[name] for name in CHECKS}).assign_attrs(digest=refit.case.digest)


def with_draws(refit: Refit) -> xr.Dataset:
    """Say what is kept of a refit, and keep the draws of the amounts.

    Parameters
    ----------
    refit : Refit

    Returns
    -------
    xarray.Dataset
    """
    draws = refit.posterior["amount"].transpose(*_ONE, "quantity")
    return summary(refit).assign(amount=draws if refit.checks["converged"] else draws * np.nan)


def whole(item: xr.Dataset, *, draws: bool) -> bool:
    """Whether an item that was kept has all it should: every variable, and numbers if it converged.

    Parameters
    ----------
    item : xarray.Dataset
    draws : bool
        Whether draws were to be kept.

    Returns
    -------
    bool
    """
    numbers = ("quantiles", "mean", "sd", "mcse_median", *(("amount",) if draws else ()))
    if not {*numbers, *CHECKS} <= set(item.data_vars) or not {"quantity", "quantile"} <= set(item.coords):
        return False
    if "digest" not in item.attrs:
        return False
    shown = (*numbers, "above") if "above" in item else numbers
    return not int(item["converged"]) or all(bool(np.isfinite(item[name].to_numpy()).all()) for name in shown)


def _above(refit: Refit, draws: Mapping[str, Array]) -> xr.Dataset:
    """Probability above each threshold that the case asks for."""
    asked = [(q.name, value) for q in refit.case.quantities for value in q.thresholds]
    if not asked:
        return xr.Dataset()
    above = [float((draws[name] > value).mean()) for name, value in asked]
    labels = [f"{name} > {value:.10g}" for name, value in asked]
    return xr.Dataset({"above": ("threshold", above)}, coords={"threshold": labels})


def joined(items: Mapping[str, xr.Dataset], grid: Mapping[str, Sequence[Any]]) -> xr.Dataset:
    """Lay items side by side.

    Parameters
    ----------
    items : mapping of str to xarray.Dataset
        By name, in the order wanted.
    grid : mapping of str to sequence
        Values of the items, by key.

    Returns
    -------
    xarray.Dataset
        With the dim ``assumption``; what an item does not have is missing there.
    """
    axes = {dim: _union(items.values(), dim) for dim in ("quantity", "threshold")}
    parts = [_filled(item, {dim: names for dim, names in axes.items() if names}) for item in items.values()]
    found = xr.concat(parts, xr.Variable("assumption", list(items)), coords="minimal", compat="override", join="outer")
    digests = [item.attrs["digest"] for item in items.values()]
    along = {"digest": digests} | {key: _column(values) for key, values in grid.items()}
    return found.assign_coords({name: ("assumption", values) for name, values in along.items()})


def _union(items: Any, dim: str) -> list[str]:
    """Names along a dim, in the order they first come."""
    return list(dict.fromkeys(str(name) for item in items if dim in item.coords for name in item[dim].to_numpy()))


def _filled(item: xr.Dataset, axes: Mapping[str, list[str]]) -> xr.Dataset:
    """Give an item all names that any of them has."""
    if "threshold" in axes and "above" not in item:
        item = item.assign_coords(threshold=axes["threshold"])
        item = item.assign(above=("threshold", np.full(len(axes["threshold"]), np.nan)))
    return item.drop_attrs(deep=False).reindex(axes)


def _column(values: Sequence[Any]) -> list[Any]:
    """Numbers as numbers, all else in words."""
    return list(values) if all(isinstance(v, int | float) for v in values) else [said(v) for v in values]
