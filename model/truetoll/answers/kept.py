"""The case that a run is of."""

from __future__ import annotations

import xarray as xr

from truetoll.claims.kept import recall
from truetoll.claims.schema import Case


def case_of(tree: xr.DataTree) -> Case:
    """Read the case that a run is of, as it was understood when it was fitted.

    Parameters
    ----------
    tree : xarray.DataTree
        Of any kind, as it was made or as it was saved.

    Returns
    -------
    Case
    """
    return recall(str(tree.attrs["understood"]))
