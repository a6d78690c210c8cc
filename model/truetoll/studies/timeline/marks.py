"""Where each claim stands on a timeline: of which quantity, on which day or over which days, and by what mark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import xarray as xr

from truetoll.answers.ledger import Ledger
from truetoll.claims.schema import Case, Claim, Term
from truetoll.claims.totals import by_parts

POINT, RANGE, AT_LEAST, UP_TO = "point", "range", "at least", "up to"
_SHAPE = {-1: UP_TO, 1: AT_LEAST}
_WIDE = 1.25
"""Upper over lower edge of a cell from which it is drawn as a range; a cell of one person never is."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One claim on the timeline of one quantity.

    Parameters
    ----------
    claim, source : str
    shape : str
        ``point``, ``range``, ``at least`` or ``up to``.
    start, end : int
        Days, as ordinals; it counts what was lost in (start, end].
    low, value, high : float
        In persons or units.
    window : bool
        Whether it starts later than the case: then it says nothing of what was lost up to its day.
    aside : bool
        Whether it has no weight.
    hard : bool
        Whether it limits the truth itself.
    tally : str
        Id of the first figure of its running tally; empty if it stands alone.
    """

    claim: str
    source: str
    shape: str
    start: int
    end: int
    low: float
    value: float
    high: float
    window: bool
    aside: bool
    hard: bool
    tally: str


@dataclass(frozen=True, slots=True)
class Marked:
    """Every claim of a case that has a place on a timeline.

    Parameters
    ----------
    by_quantity : dict of Term to list of Mark
    left_out : int
        Claims that count several quantities together, for which the case has no total.
    shares : set of Term
        Quantities with shares of strength among their marks.
    """

    by_quantity: dict[Term, list[Mark]]
    left_out: int
    shares: set[Term]


def marked(tree: xr.DataTree, case: Case, ledger: Ledger) -> Marked:
    """Give every claim its place: a claim that may be read in several ways, where it is most probably meant.

    Parameters
    ----------
    tree : xarray.DataTree
    case : Case
    ledger : Ledger
        Of the posterior, for the strength that shares are of.

    Returns
    -------
    Marked
    """
    tallies, strength = _tallies(tree), _MedianStrength(ledger)
    found, left_out, shares = dict[Term, list[Mark]](), 0, set[Term]()
    quantities = by_parts(case)
    for claim in case.claims:
        term = quantities.get(frozenset(max(claim.readings, key=lambda reading: reading.probability).terms))
        if term is None or claim.is_ratio:
            left_out += 1
            continue
        unit = strength.on(term, claim.as_of) if claim.figure.share else 1.0
        if claim.figure.share:
            shares.add(term)
        mark = _mark(claim, term, unit, case.bins[0], tallies.get(claim.id, ""))
        found.setdefault(term, []).append(mark)
    return Marked(found, left_out, shares)


def _tallies(tree: xr.DataTree) -> dict[str, str]:
    constant = tree["constant_data"].dataset
    if "claim_tally" not in constant:  # a run of an older version
        return {}
    names = constant["claim_tally"]
    return dict(zip(map(str, names["claim"].to_numpy()), map(str, names.to_numpy()), strict=True))


class _MedianStrength:
    """Median strength of a force on a day, each bin worked out once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[str, Any] = {}

    def on(self, term: Term, as_of: date) -> float:
        force = term.force
        if force not in self._known:
            self._known[force] = np.median(self._ledger.strength(force), axis=0)
        return float(self._known[force][self._ledger.bin_of(as_of)])


def _mark(claim: Claim, term: Term, unit: float, start: date, tally: str) -> Mark:
    figure, low, high = claim.figure, claim.figure.low, claim.figure.high
    wide = high > _WIDE * low and (figure.share or high - low > 1.0)
    return Mark(
        claim=claim.id,
        source=claim.source,
        shape=_SHAPE.get(figure.form.side, RANGE if wide else POINT),
        start=claim.since.toordinal(),
        end=claim.as_of.toordinal(),
        low=low * unit,
        value=figure.value * unit,
        high=high * unit,
        window=claim.since > start and not term.is_strength,
        aside=claim.weight <= 0,
        hard=figure.form.of_truth and figure.form.side != 0,
        tally=tally,
    )


def thinned(marks: Sequence[Mark], most: int) -> list[Mark]:
    """Keep so many marks that a panel can be read: those set aside go first, then every so-manieth in order of days.

    Parameters
    ----------
    marks : sequence of Mark
    most : int

    Returns
    -------
    list of Mark
    """
    used = sorted((m for m in marks if not m.aside), key=lambda m: m.end)
    if len(used) >= most:
        return [used[i] for i in np.linspace(0, len(used) - 1, most).astype(int)]
    rest = sorted((m for m in marks if m.aside), key=lambda m: m.end)
    room = min(most - len(used), len(rest))
    return used + [rest[i] for i in np.linspace(0, len(rest) - 1, room).astype(int)]


def lines_of(marks: Iterable[Mark]) -> dict[str, list[Mark]]:
    """Gather the figures of running tallies, each in the order of its days.

    Parameters
    ----------
    marks : iterable of Mark

    Returns
    -------
    dict of str to list of Mark
        By tally.
    """
    found: dict[str, list[Mark]] = {}
    for mark in sorted((m for m in marks if m.tally), key=lambda m: m.end):
        found.setdefault(mark.tally, []).append(mark)
    return found
