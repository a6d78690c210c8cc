"""How each claim looks at the losses: its cells, its readings, and the numbers of its form."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.claims.schema import Claim, Form, Term
from truetoll.claims.window import window_weights
from truetoll.inference.forms import FAMILIES
from truetoll.inference.index import TRUTH_FORMS, Index, speaks_of_strength

Data = dict[str, NDArray[Any]]

FAMILY_OF = {
    Form.INTERVAL: "interval",
    Form.AT_LEAST: "hedged",
    Form.UP_TO: "hedged",
    Form.AT_MOST: "bound",
    Form.NO_FEWER_THAN: "bound",
    Form.FLOOR: "bound",
    Form.CEILING: "bound",
}
"""Which observed variable serves a form."""

_UPWARD = (Form.UP_TO, Form.AT_MOST, Form.CEILING)
"""Forms whose figure stands above what is believed."""


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
    return tuple(c for c in index.case.claims if FAMILY_OF[c.figure.form] == family)


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
    return data


def _entries(index: Index) -> Data:
    found = [
        (row, *entry)
        for row, (claim, reading) in enumerate(index.rows)
        for term in reading.terms
        for entry in _cells(index, claim, term)
    ]
    table = np.array(found, dtype=float).reshape(len(found), 4)
    return {
        "entry_row": table[:, 0].astype(np.int64),
        "entry_cell": table[:, 1].astype(np.int64),
        "entry_distortion": table[:, 2].astype(np.int64),
        "entry_weight": table[:, 3],
    }


def _cells(index: Index, claim: Claim, term: Term) -> Iterator[tuple[int, int, float]]:
    """(cell, distortion, weight) of every cell that one term of a claim looks at."""
    if term.quantity == "strength":
        yield _strength_cell(index, term.force, claim.as_of), _strength_distortion(index, claim), 1.0
        return
    for outcome in index.case.forces[term.force].outcomes_of(term.quantity):
        series = index.series.index(f"{term.force}.{outcome}")
        distortion = _loss_distortion(index, claim, term.force, outcome)
        for t, weight in enumerate(window_weights(index.case.bins, claim.since, claim.as_of)):
            if weight > 0:
                yield series * len(index.bins) + t, distortion, weight


def _strength_cell(index: Index, force: str, as_of: date) -> int:
    t = sum(edge < as_of for edge in index.case.bins[1:])
    t = min(t, len(index.bins) - 1)
    return (len(index.series) + index.bounded.index(force)) * len(index.bins) + t


def _loss_distortion(index: Index, claim: Claim, force: str, outcome: str) -> int:
    """Position in (none, loss pairs, strength sources); 0 looks at the truth itself."""
    if claim.figure.form in TRUTH_FORMS:
        return 0
    return 1 + index.loss_pairs.index((claim.source, force, outcome))


def _strength_distortion(index: Index, claim: Claim) -> int:
    if claim.figure.form in TRUTH_FORMS:
        return 0
    return 1 + len(index.loss_pairs) + index.strength_sources.index(claim.source)


def _rows(index: Index) -> Data:
    """Say what each reading is divided by: strength for a share, nothing (a multiplier of 0) else."""
    table = np.array([_denominator(index, c, r.terms[0]) for c, r in index.rows], dtype=float).reshape(-1, 3)
    return {
        "row_share": table[:, 0],
        "row_strength_cell": table[:, 1].astype(np.int64),
        "row_strength_distortion": table[:, 2].astype(np.int64),
    }


def _denominator(index: Index, claim: Claim, term: Term) -> tuple[float, int, int]:
    if not claim.figure.share or not speaks_of_strength(claim):
        return 0.0, 0, 0
    return 1.0, _strength_cell(index, term.force, claim.as_of), _strength_distortion(index, claim)


def _family_tables(index: Index, family: str, columns: tuple[str, ...]) -> Data:
    claims = claims_of(index, family)
    first = {claim.id: row for row, (claim, _) in reversed(list(enumerate(index.rows)))}
    components = [_components(index, claim, first[claim.id]) for claim in claims]
    width = max((len(c) for c in components), default=2)
    padded = [c + [(c[0][0], -math.inf, 0.0)] * (width - len(c)) for c in components]
    table = np.array(padded, dtype=float).reshape(len(claims), width, 3)
    common: dict[str, Callable[[Claim], float]] = {
        "noise": lambda c: _noise(index, c),
        "rho": lambda c: index.case.reliability.origin.rho if _in_origin(index, c) else 0.0,
        "origin": lambda c: index.origins.index(c.origin) if _in_origin(index, c) else 0,
        "weight": lambda c: c.weight,
        "observed": lambda _: 0.0,
    } | {column: _column(index, column) for column in columns}
    data = {f"{family}_{name}": np.array([f(c) for c in claims], dtype=float) for name, f in common.items()}
    for name in ("noise", "origin"):
        data[f"{family}_{name}"] = data[f"{family}_{name}"].astype(np.int64)
    data[f"{family}_row"] = table[:, :, 0].astype(np.int64)
    data[f"{family}_log_probability"] = table[:, :, 1]
    data[f"{family}_extra"] = table[:, :, 2]
    return data


def _components(index: Index, claim: Claim, first: int) -> list[tuple[int, float, float]]:
    """(row, log probability, extra sd) of each reading, sound and unsound."""
    soundness = index.case.reliability.soundness
    sound = soundness.credibility[str(claim.credibility)]
    if claim.figure.form in TRUTH_FORMS:
        sound = 1.0
    return [
        (first + j, _log(reading.probability) + _log(p), extra)
        for j, reading in enumerate(claim.readings)
        for p, extra in ((sound, 0.0), (1.0 - sound, soundness.unsound_sd))
    ]


def _log(p: float) -> float:
    return math.log(p) if p > 0 else -math.inf


def _noise(index: Index, claim: Claim) -> int:
    """Position in (sources, softness of a bound on the truth)."""
    if claim.figure.form in TRUTH_FORMS:
        return len(index.sources)
    return index.sources.index(claim.source)


def _in_origin(index: Index, claim: Claim) -> bool:
    return claim.figure.form not in TRUTH_FORMS and claim.origin in index.origins


def _column(index: Index, column: str) -> Callable[[Claim], float]:
    hedge = index.case.reliability.hedge
    columns: dict[str, Callable[[Claim], float]] = {
        "low": lambda c: math.log(c.figure.low),
        "width": lambda c: math.log(c.figure.high) - math.log(c.figure.low),
        "limit": lambda c: math.log(c.figure.value),
        "sign": lambda c: 1.0 if c.figure.form in _UPWARD else -1.0,
        "h": lambda c: c.h if c.h is not None else getattr(hedge, c.figure.hedge or "at_least"),
    }
    return columns[column]
