"""How each claim looks at the losses: its cells, its readings, and the numbers of its form."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.claims.ratios import Sum, divided_by
from truetoll.claims.schema import Claim, Term, Window
from truetoll.claims.window import bin_of, share_of_bin
from truetoll.model.families import FAMILIES, KINDS, LINKS, OF_EVERY_CLAIM, FormFamily
from truetoll.model.index import Index, may_share
from truetoll.model.listed import listed_error
from truetoll.model.published import stated_error

Data = dict[str, NDArray[Any]]

_DIRECT = 4
"""Bins up to which a window is added up bin by bin; longer ones are a difference of two cumulative losses."""
_NEVER = -1000.0
"""Log probability of what cannot be: finite, so that its slopes are."""


def claims_of(index: Index, family: str) -> tuple[Claim, ...]:
    """Claims that one observed variable serves, in the order of claims.csv.

    Parameters
    ----------
    index : Index
    family : str

    Returns
    -------
    tuple of Claim
    """
    return tuple(index.looked(claim) for claim in index.by_family.get(family, ()))


def look_tables(index: Index) -> Data:
    """Numbers of the claims.

    Parameters
    ----------
    index : Index

    Returns
    -------
    dict of str to ndarray
        ``entry_*``: the sparse list of cells behind the readings; ``row_*``: one per reading; then for each
        family its claim data, shapes (claim,) and (claim, component).
    """
    data = _entries(index) | _rows(index)
    for family in FAMILIES:
        data |= _family_tables(index, family.name, family.data)
    return data | _links(index) | _origin_tables(index)


def _entries(index: Index) -> Data:
    """List the cells of every reading, then those of what readings are over, a row each."""
    sums: list[tuple[Claim, tuple[Sum, ...]]] = [(c, ((reading.terms, c.window),)) for c, reading in index.rows]
    sums += [(claim, by) for _, claim, by in _overs(index)]
    found = [
        (row, *entry)
        for row, (claim, parts) in enumerate(sums)
        for terms, window in parts
        for term in terms
        for entry in _cells(index, claim, term, window)
    ]
    table = np.array(found, dtype=float).reshape(len(found), 4)
    return {
        "entry_row": table[:, 0].astype(np.int64),
        "entry_cell": table[:, 1].astype(np.int64),
        "entry_distortion": table[:, 2].astype(np.int64),
        "entry_weight": table[:, 3],
    }


def _overs(index: Index) -> Iterator[tuple[int, Claim, tuple[Sum, ...]]]:
    """(row, claim, sums) of what every reading of a share or a ratio is over."""
    for row, (claim, reading) in enumerate(index.rows):
        if by := divided_by(index.case.forces, claim, reading):
            yield row, claim, by


def _cells(index: Index, claim: Claim, term: Term, window: Window) -> Iterator[tuple[int, int, float]]:
    """(cell, distortion, weight) of every cell that one term of a claim looks at."""
    if term.is_strength:
        yield _strength_cell(index, term.force, window.as_of), _strength_distortion(index, claim), 1.0
        return
    size, n_bins = len(index.series) * len(index.bins), len(index.bins)
    parts = list(_window(index.case.bins, window.since, window.as_of))
    for outcome in index.case.forces[term.force].outcomes_of(term.quantity):
        row = index.series_at[f"{term.force}.{outcome}"] * n_bins
        distortion = _loss_distortion(index, claim, term.force, outcome, window.as_of)
        for cumulative, t, weight in parts:
            yield row + t + (size if cumulative else 0), distortion, weight


def _window(edges: tuple[date, ...], since: date, as_of: date) -> Iterator[tuple[bool, int, float]]:
    """(whether cumulative, bin, weight) of what adds up to the losses of a window (since, as_of].

    Within a bin exposure is even over its days. So many entries as bins, or four at most: never claims by bins.
    """
    first, last = bin_of(edges, since), bin_of(edges, as_of)
    if last - first < _DIRECT:
        for t in range(first, last + 1):
            weight = share_of_bin(edges[t], edges[t + 1], since, as_of)
            if weight > 0:
                yield False, t, weight
        return
    for sign, day in ((1.0, as_of), (-1.0, since)):
        yield from _cumulative(edges, day, sign)


def _cumulative(edges: tuple[date, ...], day: date, sign: float) -> Iterator[tuple[bool, int, float]]:
    """Losses from the first edge to a day, interpolated between the two edges around it."""
    t = bin_of(edges, day)
    part = share_of_bin(edges[t], edges[t + 1], edges[t], day)
    if part > 0:
        yield True, t, sign * part
    if part < 1 and t > 0:
        yield True, t - 1, sign * (1.0 - part)


def _strength_cell(index: Index, force: str, as_of: date) -> int:
    row = 2 * len(index.series) + index.bounded.index(force)
    return row * len(index.bins) + bin_of(index.case.bins, as_of)


def _loss_distortion(index: Index, claim: Claim, force: str, outcome: str, day: date) -> int:
    """Position in (none, loss pairs, strength sources, drifted pairs); 0 looks at the truth itself."""
    if claim.figure.form.of_truth:
        return 0
    pair = (claim.source, force, outcome)
    drifted = index.drifted.get((pair, (day.year, day.month)))
    if drifted is not None:
        return 1 + len(index.loss_pairs) + len(index.strength_sources) + drifted
    return 1 + index.pair_at[pair]


def _strength_distortion(index: Index, claim: Claim) -> int:
    if claim.figure.form.of_truth:
        return 0
    return 1 + len(index.loss_pairs) + index.strength_sources.index(claim.source)


def _rows(index: Index) -> Data:
    """Say which readings are over something."""
    over = np.array([row for row, _, _ in _overs(index)], dtype=np.int64)
    share = np.zeros(len(index.rows))
    share[over] = 1.0
    return {"row_share": share, "row_over": over}


def _links(index: Index) -> Data:
    """Say which figure of a tally each one follows (itself: none), how far its error remembers that one's, its noise.

    The lasting error of a tally is of the size of its source's; what moves from day to day has a size of its own.
    """
    claims = claims_of(index, "chain")
    place = {claim.id: i for i, claim in enumerate(claims)}
    links = [index.chained[claim.id] for claim in claims]
    days = index.case.reliability.bulletin.decay_days
    before = [place[link.previous] if link.previous else i for i, link in enumerate(links)]
    return {
        "chain_scatter": np.array([index.noise_at[f"tallies[{c.source}]"] for c in claims], dtype=np.int64),
        "chain_previous": np.array(before, dtype=np.int64),
        "chain_phi": np.array([math.exp(-link.days / days) if link.previous else 0.0 for link in links], dtype=float),
    }


def ordinary(data: Data, family: FormFamily) -> NDArray[np.bool_]:
    """Tell which components of a family's claims are of the ordinary kind.

    Parameters
    ----------
    data : dict of str to ndarray
        Of `Tables`.
    family : FormFamily

    Returns
    -------
    ndarray
        Shape (claim, component); whether their report is sound is another matter. All figures of tallies are: their
        jumps are in the tails of what is new each day.
    """
    return np.asarray(data[f"{family.name}_sound"] == 1.0)


def only(data: Data, rows: Mapping[str, NDArray[np.int64]]) -> Data:
    """Keep some claims of each family.

    Parameters
    ----------
    data : dict of str to ndarray
        Of `Tables`.
    rows : mapping of str to ndarray of int
        Which claims, by family; of tallies all or none.

    Returns
    -------
    dict of str to ndarray
    """
    columns = {f.name: (*OF_EVERY_CLAIM, *KINDS, *f.data, *(LINKS if f.name == "chain" else ())) for f in FAMILIES}
    return data | {f"{f}_{c}": data[f"{f}_{c}"][rows[f]] for f, names in columns.items() for c in names}


def _family_tables(index: Index, family: str, columns: tuple[str, ...]) -> Data:
    claims = claims_of(index, family)
    components = [_components(index, claim, index.first_row[claim.id]) for claim in claims]
    width = max((len(c) for c in components), default=2)
    padded = [c + [(c[0][0], -math.inf, 0.0, 0.0, 0.0)] * (width - len(c)) for c in components]
    table = np.array(padded, dtype=float).reshape(len(claims), width, 5)
    common: dict[str, Callable[[Claim], float]] = {
        "noise": lambda c: _noise(index, c),
        "rho": lambda c: _not_its_own(index, c),
        "origin": lambda c: index.origin_at[c.origin] if in_origin(index, c) else len(index.origins),
        "weight": lambda c: c.weight,
        "observed": lambda _: 0.0,
    } | {column: _column(index, column) for column in columns}
    data = {f"{family}_{name}": np.array([f(c) for c in claims], dtype=float) for name, f in common.items()}
    for name in ("noise", "origin"):
        data[f"{family}_{name}"] = data[f"{family}_{name}"].astype(np.int64)
    data[f"{family}_row"] = table[:, :, 0].astype(np.int64)
    data[f"{family}_log_probability"] = table[:, :, 1]
    data |= {f"{family}_{name}": table[:, :, 2 + i] for i, name in enumerate(("extra", "shift", "sound"))}
    return data


def _components(index: Index, claim: Claim, first: int) -> list[tuple[int, float, float, float, float]]:
    """(row, log probability, extra sd, shift, whether it is sound) of each part of each reading."""
    if claim.id in index.chained:
        return [(first, 0.0, math.hypot(_width(claim) / math.sqrt(12.0), _usual_error(claim)), 0.0, 1.0)]
    return [
        (first + j, _log(reading.probability) + log_p, sd, shift, sound)
        for j, reading in enumerate(claim.readings)
        for log_p, sd, shift, sound in _kinds(index, claim)
    ]


def _usual_error(claim: Claim) -> float:
    """Sd (log) of the error that an estimate states, as if it were of one size on both sides."""
    stated = claim.figure.stated
    if stated is None:
        return 0.0
    return math.log(claim.figure.high / claim.figure.low) / (2.0 * NormalDist().inv_cdf(0.5 + 0.5 * stated.mass))


def _own_error(claim: Claim) -> Iterator[tuple[float, float, float]]:
    """(log probability, sd, shift) of each part of the error that an estimate states itself."""
    figure, stated = claim.figure, claim.figure.stated
    if stated is None:
        yield 0.0, 0.0, 0.0
        return
    below, above = math.log(figure.value / figure.low), math.log(figure.high / figure.value)
    error = stated_error(below, above, stated.mass)
    yield from zip(np.log(error.probability).tolist(), error.sd.tolist(), error.shift.tolist(), strict=True)


def _kinds(index: Index, claim: Claim) -> list[tuple[float, float, float, float]]:
    """(log probability, extra sd, shift, whether it is sound): in a report, given that the report is what it is."""
    if claim.figure.form.of_truth:
        error = listed_error(index.case, claim)
        if error is None:
            return [(0.0, 0.0, 0.0, 1.0)]
        parts = zip(np.log(error.probability).tolist(), error.sd.tolist(), error.shift.tolist(), strict=True)
        return [(log_p, sd, shift, 1.0) for log_p, sd, shift in parts]
    sound, sd = index.soundness(claim), index.case.reliability.soundness.unsound_sd
    own = min(1.0, sound / index.reports[claim.origin]) if in_report(index, claim) else sound
    unsound = _log(1.0 - own), math.hypot(sd, _usual_error(claim)), 0.0, 0.0
    return [*((_log(own) + log_p, each, shift, 1.0) for log_p, each, shift in _own_error(claim)), unsound]


def _not_its_own(index: Index, claim: Claim) -> float:
    """Part of the usual error that a claim does not have alone: all, of a list whose error the case states."""
    if listed_error(index.case, claim) is not None:
        return 1.0
    return index.case.reliability.origin.rho if in_origin(index, claim) else 0.0


def _origin_tables(index: Index) -> Data:
    """Of every origin: whose noise is the size of its shared error, and how much more that is if it is unsound.

    That noise is its first speaker's; others relay what they heard.
    """
    first = {o: index.noise_of(claim) for o, claim in index.first_told.items()}
    return {
        "origin_noise": np.array(list(first.values()), dtype=np.int64),
        "origin_rho": np.full(len(index.origins), index.case.reliability.origin.rho),
        "origin_lift": np.full(len(index.origins), index.case.reliability.soundness.unsound_sd),
        "origin_log_probability": np.array([_log_soundness(index.reports.get(o, 1.0)) for o in index.origins]).reshape(
            -1, 2
        ),
    }


def _log_soundness(p: float) -> tuple[float, float]:
    """Log probabilities of a report that is sound and one that is not; neither is ever quite impossible."""
    return max(_log(p), _NEVER), max(_log(1.0 - p), _NEVER)


def _width(claim: Claim) -> float:
    low, high = claim.figure.cell
    return math.log(high) - math.log(low)


def _log(p: float) -> float:
    return math.log(p) if p > 0 else -math.inf


def _noise(index: Index, claim: Claim) -> int:
    """Position in (sources, their tallies, softness of a bound on the truth)."""
    if claim.figure.form.of_truth:
        return len(index.noises)
    return index.noise_of(claim)


def in_origin(index: Index, claim: Claim) -> bool:
    """Tell whether a claim shares an error with others of its origin; bounds on the truth and ratios do not.

    Parameters
    ----------
    index : Index
    claim : Claim

    Returns
    -------
    bool
    """
    return may_share(claim) and claim.origin in index.origin_at


def in_report(index: Index, claim: Claim) -> bool:
    """Tell whether a claim is sound or not together with others of its origin.

    Parameters
    ----------
    index : Index
    claim : Claim

    Returns
    -------
    bool
    """
    return in_origin(index, claim) and claim.origin in index.reports and claim.id not in index.chained


def _column(index: Index, column: str) -> Callable[[Claim], float]:
    hedge, degrees = index.case.reliability.hedge, index.case.reliability.bulletin.degrees
    columns: dict[str, Callable[[Claim], float]] = {
        "low": lambda c: math.log(c.figure.cell[0]),
        "width": _width,
        "point": lambda c: 0.5 * sum(map(math.log, c.figure.cell)),
        "degrees": lambda c: degrees if index.chained[c.id].previous else math.inf,
        "limit": lambda c: math.log(c.figure.value),
        "sign": lambda c: float(-c.figure.form.side),
        "h": lambda c: c.h if c.h is not None else getattr(hedge, c.figure.hedge or "at_least"),
    }
    return columns[column]
