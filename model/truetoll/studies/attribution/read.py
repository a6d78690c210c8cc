"""Single changes: which parts of a scenario make its shift, and how far each assumption reaches alone."""

from __future__ import annotations

import math

import numpy as np
import xarray as xr

from truetoll.answers.numbers import by_quantity
from truetoll.studies.attribution.records import Alternative, Attribution, Part, Side
from truetoll.text.messages import read


def attributions(tree: xr.DataTree) -> tuple[Attribution, ...]:
    """Say which changes of a scenario make its shift.

    Parameters
    ----------
    tree : xarray.DataTree
        A comparison.

    Returns
    -------
    tuple of Attribution
        Empty if none was asked for; without those for which an answer did not converge.
    """
    if "attribution" not in tree.children:
        return ()
    group = tree["attribution"].dataset
    found = [_attribution(group.sel(whole=whole)) for whole in group["whole"].to_numpy()]
    return tuple(each for each in found if each.parts)


def _attribution(group: xr.Dataset) -> Attribution:
    rows = [group.isel(part=i) for i in range(group.sizes["part"])]
    used = [row for row in rows if not bool(np.isnan(row["shift_log"]).all())]
    parts = tuple(_part(row) for row in used)
    total = {str(name): math.fsum(part.log[str(name)] for part in parts) for name in group["quantity"].to_numpy()}
    return Attribution(str(group["whole"].item()), parts, total)


def _part(row: xr.Dataset) -> Part:
    return Part(str(row["part_key"].item()), read(str(row["part_label"].item())), by_quantity(row, "shift_log"))


def alternatives(tree: xr.DataTree) -> tuple[Alternative, ...]:
    """Say how far the answer moves when one assumption at a time is set to either end.

    Parameters
    ----------
    tree : xarray.DataTree
        A comparison.

    Returns
    -------
    tuple of Alternative
        In the order they were made; empty if not asked for.
    """
    if "alternatives" not in tree.children:
        return ()
    group = tree["alternatives"].dataset
    return tuple(_alternative(group.isel(alternative=i)) for i in range(group.sizes["alternative"]))


def _alternative(row: xr.Dataset) -> Alternative:
    key, title, reason = (str(row[name].item()) for name in ("key", "title", "reason"))
    return Alternative(key, read(title), reason, *(_side(row.sel(side=side)) for side in ("low", "high")))


def _side(row: xr.Dataset) -> Side:
    return Side(read(str(row["text"].item())), str(row["method"].item()), by_quantity(row, "shift_log"))


def reach(alternative: Alternative, quantity: str) -> float:
    """Measure how far a quantity moves between the ends of an alternative, the base case included.

    Parameters
    ----------
    alternative : Alternative
    quantity : str

    Returns
    -------
    float
        Log ratio of the highest to the lowest median; 0 for one without numbers.
    """
    ends = [x for side in (alternative.low, alternative.high) if math.isfinite(x := side.log[quantity])]
    return max([0.0, *ends]) - min([0.0, *ends])


def by_reach(found: tuple[Alternative, ...], quantity: str) -> list[Alternative]:
    """Order alternatives by how far they move a quantity, the furthest first.

    Parameters
    ----------
    found : tuple of Alternative
    quantity : str

    Returns
    -------
    list of Alternative
        Without those that do not move it.
    """
    moving = [each for each in found if reach(each, quantity) > 0]
    return sorted(moving, key=lambda each: -reach(each, quantity))
