"""Which frame suits a case: what its running tallies fix, and which free variables that leaves open."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.tables import Data, Tables
from truetoll.sampling.frames import Frame

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_HALF, _WHOLE = 1.0, 10.0
"""Claims in use for each knot of a curve from which on it moves half way, or wholly, in steps of its own size. With two
to three a knot (data/kursk-dossier) half way gave three times the effective draws per gradient of either end."""
_WIDE = 0.1
"""Sd of a stated quantity, in log or logit units, below which its prior fixes it about as well as a tally would."""
_BINS = 2
"""Bins for each knot of a curve in which it follows what is seen."""
_NEGLIGIBLE = 1e-3
"""Part of the largest singular value of the curves below which what is seen cannot be followed."""


def framing(tables: Tables) -> Frame:
    """Choose for a case: curves follow running tallies, and every one of these has its level.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    Frame
    """
    levels = _levels(tables.data)
    if not tables.index.smooth:
        return Frame(**levels)
    centred = _fixed(tables)
    seen = _followed(tables.data, centred > 0.0)
    bins = _evenly(tables.data)
    steps = _steps(tables.data, {g for g, pairs in enumerate(seen) if pairs}, bins)
    return Frame(centred, *_pairs(seen), bins, steps, **levels)


def _fixed(tables: Tables) -> Array:
    """How far claims fix the curve of each loss group: not, half way, wholly."""
    index, knots = tables.index, len(tables.coords["knot"])
    figures = dict.fromkeys(index.groups, 0)
    for claim in (claim for claim in index.claims if claim.weight > 0 and not claim.is_ratio):
        term = claim.readings[0].terms[0]
        figures[str(term) if str(term) in figures else term.force] += 1
    each = np.array(list(figures.values())) / knots
    return np.asarray(np.where(each >= _WHOLE, 1.0, np.where(each >= _HALF, 0.5, 0.0)))


def _followed(data: Data, curved: NDArray[np.bool_]) -> list[tuple[tuple[int, int], ...]]:
    """Find whom each curve follows: (series, distortion) pairs by which most figures of tallies see it alone."""
    votes: list[Counter[tuple[tuple[int, int], ...]]] = [Counter() for _ in curved]
    series, group = _series(data), data["series_group"]
    sums: dict[int, set[tuple[int, int]]] = {}
    for row, of, pair in zip(data["entry_row"].tolist(), series, data["entry_distortion"].tolist(), strict=True):
        sums.setdefault(row, set()).add((of, pair))
    for row, weight in zip(data["chain_row"][:, 0].tolist(), data["chain_weight"], strict=True):
        pairs = tuple(sorted(sums[row]))
        groups = {int(group[of]) if of >= 0 else -1 for of, _ in pairs}
        if weight > 0.0 and len(groups) == 1 and -1 not in groups:
            votes[groups.pop()][pairs] += 1
    return [max(v, key=lambda pairs: (v[pairs], pairs)) if v and c else () for v, c in zip(votes, curved, strict=True)]


def _series(data: Data) -> list[int]:
    """Series that every entry looks at; -1 for strength."""
    size, n_bins = data["series_group"].size * data["exposure"].shape[1], data["exposure"].shape[1]
    cell = data["entry_cell"]
    return [int(c) for c in np.where(cell < 2 * size, cell % size // n_bins, -1)]


def _pairs(seen: list[tuple[tuple[int, int], ...]]) -> tuple[Whole, Whole]:
    flat = np.array([pair for pairs in seen for pair in pairs], dtype=np.int64).reshape(-1, 2)
    return flat[:, 0].copy(), flat[:, 1].copy()


def _evenly(data: Data) -> Whole:
    """Choose bins in which to follow: what is seen is as smooth as the drift of shares, two a knot tell it all."""
    n_bins, n_knots = data["profile_basis"].shape
    return np.unique(np.linspace(0, n_bins - 1, min(n_bins, _BINS * n_knots)).round().astype(np.int64))


def _steps(data: Data, groups: set[int], bins: Whole) -> Array:
    """From the log of what is seen, by bin, to the steps of a curve that follows it, but for its level."""
    basis, exposure, sd = data["profile_basis"][bins], data["exposure"][:, bins], data["profile_sd"][:, bins]
    found = np.zeros((len(exposure), basis.shape[1], len(basis)))
    for g in groups:
        there = exposure[g] > 0.0
        columns = np.column_stack([np.ones(there.sum()), (sd[g][:, None] * basis)[there]])
        found[g][:, there] = np.linalg.pinv(columns, rcond=_NEGLIGIBLE)[1:]
    return found


def _levels(data: Data) -> dict[str, Any]:
    """Find the level of each report's longest tally, and what it stands in for: a total, or the report's error."""
    tips = _tips(data)
    if not tips:
        return {}
    n = len(data["origin_noise"])
    held, total, row = (np.full(n, -1, dtype=np.int64) for _ in range(3))
    said = np.zeros(n)
    for origin, i in tips.items():
        row[origin], said[origin] = data["chain_row"][i, 0], data["chain_point"][i] + data["chain_observed"][i]
    first, last = (np.searchsorted(data["entry_row"], row, side=side) for side in ("left", "right"))
    series, taken = _series(data), set()
    for origin in sorted(tips):
        found = _total(data, row[origin], series[first[origin] : last[origin]])
        if found is not None and found not in taken:
            taken.add(found)
            total[origin] = found
        else:
            held[origin] = row[origin]
    levels = {"held": held, "total": total, "first": first, "last": last, "row": row, "said": said}
    return levels | {"second": _seconds(data, levels, series)}


def _seconds(data: Data, levels: dict[str, Any], series: list[int]) -> Whole:
    """Find breaks between an outcome whose tally's level stands in for the total, and one with a tally of its own."""
    first, total = levels["first"], levels["total"]
    spans = {o: series[first[o] : levels["last"][o]] for o in np.flatnonzero(levels["row"] >= 0).tolist()}
    alone = {o: of[0] for o, of in spans.items() if len(set(of)) == 1 and of[0] >= 0}
    found: dict[int, tuple[int, ...]] = {}
    for a, b in permutations(alone, 2):
        parted = _parted(data, alone[a], alone[b])
        if parted and total[a] >= 0 and levels["held"][b] >= 0 and not data["row_share"][levels["row"][b]]:
            parameter, side = parted
            pairs = (int(data["entry_distortion"][first[o]]) for o in (a, b))
            found.setdefault(parameter, (parameter, int(total[a]), a, b, *pairs, side))
    return np.array(list(found.values()), dtype=np.int64).reshape(-1, 7)


def _parted(data: Data, a: int, b: int) -> tuple[int, int] | None:
    """Find the parameter of the one break between two series of a force, and on which side of it the first is."""
    if data["series_group"][a] != data["series_group"][b]:
        return None
    sides, n = np.sign(data["split"][a] - data["split"][b]), data["split"].shape[1] // 2
    parts = np.flatnonzero(sides[:n] * sides[n:] < 0.0)
    if len(parts) != 1 or np.count_nonzero(sides) != 2:
        return None
    parameter = data["member"].shape[1] + len(data["exposure"]) + int(parts[0])
    return (parameter, -int(sides[parts[0]])) if _open(data, parameter) else None


def _tips(data: Data) -> dict[int, int]:
    """Find the last figure of the longest tally of each report, by origin."""
    before = data["chain_previous"]
    root = before
    while (further := root[root]).tolist() != root.tolist():
        root = further
    length, follows = np.bincount(root, minlength=len(before))[root], before != np.arange(len(before))
    last = np.setdiff1d(np.flatnonzero(follows & (data["chain_weight"] > 0.0)), before[follows])
    in_order = last[np.argsort(length[last], kind="stable")]
    shared = np.append(data["origin_rho"], 0.0) > 0.0  # after all reports, claims alone in theirs
    at = data["chain_origin"][in_order].tolist()
    return {o: int(i) for o, i in zip(at, in_order, strict=True) if shared[o]}


def _total(data: Data, row: int, series: list[int]) -> int | None:
    """Find the stated total that a level can stand in for: of the one force, without a bound, that its reading sees.

    None where that force is stated relative to another, or another to it: then the total is of both.
    """
    n_bounded, n_contingents = data["member"].shape
    groups = {int(data["series_group"][of]) if of >= 0 else -1 for of in series}
    if len(groups) > 1 or min(groups) < n_bounded or data["row_share"][row]:
        return None
    group = groups.pop()
    own, links = group - n_bounded, data["total_map"]
    if data["total_of"][own] or np.count_nonzero(links[own]) > 1 or np.count_nonzero(links[:, own]) > 1:
        return None
    parameter = n_contingents + group
    return parameter if _open(data, parameter) else None


def _open(data: Data, parameter: int) -> bool:
    """Tell whether the prior of a stated quantity leaves it open."""
    return bool(data["stated_prior"][parameter, 1:].min() > _WIDE)
