"""Which change moved the answer: the parts of a scenario, and every assumption alone at its plausible ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims.scenario import alternatives, apply_change, apply_parts, parts_of
from truetoll.claims.schema import Case
from truetoll.sampling.session import Progress, Session, check_same
from truetoll.studies.attribution.shapley import EXACT_UP_TO, coalitions, orders, shapley, shapley_sampled
from truetoll.text.messages import Message, message

Array = NDArray[np.float64]
SIDES = ("low", "high")


def attribute(session: Session, case: Case, names: Sequence[str], progress: Progress | None = None) -> xr.Dataset:
    """Divide the shift of scenarios among the changes they are made of.

    Parameters
    ----------
    session : Session
        Of the case.
    case : Case
    names : sequence of str
        Scenarios.
    progress : callable, optional

    Returns
    -------
    xarray.Dataset
        ``shift_log`` (whole, part, quantity): change of the log median, adding up over parts to that of the whole;
        missing beyond the last part, and where one of the answers it needs did not converge: attribute ``failed``
        names them. ``part_key``, ``part_label`` (whole, part): the labels, as
        ``title`` and ``text`` of alternatives, are messages, written as JSON.

    Notes
    -----
    Shapley values over refits of subsets of the changes: all of them up to six changes, along sampled orders beyond.
    """
    check_same(session.base.case, case)
    failed: list[Message] = []
    rows = {name: _divided(session, case, name, progress, failed) for name in names}
    width = max((len(parts) for parts, _ in rows.values()), default=0)
    quantity = list(session.base.tables.index.quantities)
    shift = np.full((len(rows), width, len(quantity)), np.nan)
    keys = np.full((2, len(rows), width), "", dtype=object)
    for i, (parts, values) in enumerate(rows.values()):
        for j, (key, label) in enumerate(parts):
            shift[i, j], keys[0, i, j], keys[1, i, j] = values[key], key, label.written()
    dims = ("whole", "part")
    variables: dict[str, Any] = {
        "shift_log": ((*dims, "quantity"), shift),
        "part_key": (dims, keys[0].astype(str)),
        "part_label": (dims, keys[1].astype(str)),
    }
    coords = {"whole": list(rows), "part": np.arange(width), "quantity": quantity}
    return xr.Dataset(variables, coords=coords, attrs={"failed": json.dumps([each.kept() for each in failed])})


def _divided(
    session: Session, case: Case, name: str, progress: Progress | None, failed: list[Message]
) -> tuple[list[tuple[str, Message]], dict[str, Array]]:
    """Divide the shift of one scenario; without numbers, and named, if a subset of its changes is no result."""
    parts = parts_of(case, name)
    players = [part.key for part in parts]
    needed = coalitions(players, seed=session.settings.seed)
    told, values = [(part.key, part.label) for part in parts], {}
    doing = message("refit.change_by_change", name=name)
    for i, chosen in enumerate(needed):
        if progress:
            progress(i, len(needed), doing)
        refit = session.posterior(apply_parts(case, name, chosen))
        if not refit.converged:
            failed.append(doing)
            return told, {key: np.full(len(refit.tables.coords["quantity"]), np.nan) for key in players}
        values[chosen] = refit.log_median
    exact = len(players) <= EXACT_UP_TO
    found = shapley(values, players) if exact else shapley_sampled(values, orders(players, seed=session.settings.seed))
    return told, found


def alternatives_at_their_ends(session: Session, case: Case, progress: Progress | None = None) -> xr.Dataset:
    """Move every assumption of the base case, alone, to a plausible low and high.

    Parameters
    ----------
    session : Session
        Of the case.
    case : Case
    progress : callable, optional

    Returns
    -------
    xarray.Dataset
        ``shift_log`` (alternative, side, quantity): change of the log median against base; ``key``, ``title``,
        ``reason`` (alternative); ``text``, ``method`` (alternative, side). The base's draws are reweighted where they
        reach, and refitted where they do not: ``method`` says which. An end that did not converge has no number, and
        is named in attribute ``failed``.
    """
    check_same(session.base.case, case)
    failed: list[Message] = []
    listed = alternatives(case)
    shift, method, texts = [], [], []
    for i, each in enumerate(listed):
        if progress:
            progress(i, len(listed), each.title)
        ends = [session.posterior(apply_change(case, side, each.key), preview=True) for side in (each.low, each.high)]
        nothing = np.full(len(session.base.tables.coords["quantity"]), np.nan)
        shift.append([end.log_median - session.base.log_median if end.converged else nothing for end in ends])
        codes = ("assumption.low", "assumption.high")
        failed += [message(c, title=each.title) for c, end in zip(codes, ends, strict=True) if not end.converged]
        method.append([end.method for end in ends])
        texts.append([each.low_text.written(), each.high_text.written()])
    dims, quantity = ("alternative", "side"), list(session.base.tables.index.quantities)
    variables: dict[str, Any] = {
        "shift_log": ((*dims, "quantity"), np.array(shift).reshape(len(listed), 2, len(quantity))),
        "method": (dims, np.array(method, dtype=str).reshape(len(listed), 2)),
        "text": (dims, np.array(texts, dtype=str).reshape(len(listed), 2)),
        "title": ("alternative", [each.title.written() for each in listed]),
        **{name: ("alternative", [str(getattr(each, name)) for each in listed]) for name in ("key", "reason")},
    }
    told = json.dumps([each.kept() for each in failed])
    return xr.Dataset(variables, coords={"side": list(SIDES), "quantity": quantity}, attrs={"failed": told})
