"""Plain numbers out of datasets, missing ones as None."""

from __future__ import annotations

import math

import xarray as xr


def number(row: xr.Dataset, name: str) -> float | None:
    """Read a number that may be missing.

    Parameters
    ----------
    row : xarray.Dataset
        With scalars.
    name : str

    Returns
    -------
    float or None
    """
    found = float(row[name]) if name in row else math.nan
    return found if math.isfinite(found) else None


def by_quantity(row: xr.Dataset, variable: str) -> dict[str, float]:
    """Take a variable over quantities apart.

    Parameters
    ----------
    row : xarray.Dataset
    variable : str
        Its only dim is quantity.

    Returns
    -------
    dict of str to float
    """
    return {str(name): float(x) for name, x in zip(row["quantity"].to_numpy(), row[variable].to_numpy(), strict=True)}
