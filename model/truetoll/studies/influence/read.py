"""What single sources, claims and priors do to the answer of the base case, and who contradicts the others."""

from __future__ import annotations

import math
from collections.abc import Iterator

import xarray as xr

from truetoll.answers.numbers import by_quantity, number
from truetoll.answers.words import conflict_verdict, sensitivity_verdict
from truetoll.studies.influence.records import Conflict, Influence, LeftOut, Sensitivity

_KINDS = {"source": "source_", "claim": ""}
"""What may be in conflict -> how its variables begin."""


def influence(tree: xr.DataTree) -> Influence | None:
    """Say what moves the answer, and who contradicts the others.

    Parameters
    ----------
    tree : xarray.DataTree
        A comparison.

    Returns
    -------
    Influence or None
        None if not asked for.
    """
    if "influence" not in tree.children:
        return None
    group = tree["influence"].dataset
    return Influence(tuple(_left_out(group)), tuple(_conflicts(group)), tuple(_sensitivity(group)))


def _left_out(group: xr.Dataset) -> Iterator[LeftOut]:
    for i in range(group.sizes.get("without", 0)):
        row = group.isel(without=i)
        kind, name = (str(row[part].item()) for part in ("kind", "left_out"))
        yield LeftOut(name, kind, by_quantity(row, "shift_log"), by_quantity(row, "shift_sd"))


def left_out(tree: xr.DataTree) -> dict[tuple[str, str], dict[str, tuple[float, float]]]:
    """Say what the answer is without each source and claim, as far as that was sampled.

    Parameters
    ----------
    tree : xarray.DataTree
        Any run; only a comparison that was asked for it knows.

    Returns
    -------
    dict
        (``source`` or ``claim``, its name) -> quantity -> change of the log of the median, and its Monte Carlo error.
        Refits that did not converge are missing.
    """
    if "influence" not in tree.children:
        return {}
    group = tree["influence"].dataset
    found = {}
    for i in range(group.sizes.get("without", 0)):
        row = group.isel(without=i)
        kind, shift, error = str(row["kind"].item()), by_quantity(row, "shift_log"), by_quantity(row, "mcse_log")
        if all(map(math.isfinite, (*shift.values(), *error.values()))):
            found[kind, str(row["left_out"].item())] = {quantity: (x, error[quantity]) for quantity, x in shift.items()}
    return found


def _conflicts(group: xr.Dataset) -> Iterator[Conflict]:
    for kind, prefix in _KINDS.items():
        for name in group[kind].to_numpy() if f"{prefix}tail" in group else ():
            row = group.sel({kind: name})
            tail, holm = number(row, f"{prefix}tail"), number(row, f"{prefix}tail_holm")
            yield Conflict(str(name), kind, tail, holm, conflict_verdict(holm))


def _sensitivity(group: xr.Dataset) -> Iterator[Sensitivity]:
    for name in group["quantity"].to_numpy() if "contraction" in group else ():
        row = group.sel(quantity=name)
        roles = row["role"].to_numpy() if "psense" in row else ()
        psense = {str(role): number(row.sel(role=role), "psense") for role in roles}
        yield Sensitivity(str(name), number(row, "contraction"), psense, sensitivity_verdict(psense))
