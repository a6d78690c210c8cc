"""The case that a run is of."""

from __future__ import annotations

from functools import lru_cache

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
    return _recalled(str(tree.attrs["understood"]))


@lru_cache(maxsize=2)
def _recalled(text: str) -> Case:
    """Every table and figure of a run asks for its case, which takes 0.3 s to read if it has 4,558 claims."""
    return recall(text)
