"""Statements of sources -> claims: which are ranges, which are links of a tally, which go back to one origin."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from statistics import median

from truetoll.claims.chains import falls, often
from truetoll.claims.wording import range_text, read_lexicon
from truetoll.importers.drafts import Entry
from truetoll.text.saying import Speaker

TALLY_DAYS = 10
"""Days on which a source must have given a series before it counts as a running tally: a judgement."""

_Key = tuple[int, str, str, bool]
"""Day, source, series, and whether it is cumulative."""

Links = Mapping[int, "Statement"]
"""The link of a tally, by day."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One row, understood.

    Parameters
    ----------
    line : int
        Of the file.
    day : int
        1 is the first.
    source : str
        Key in the case.
    losses : str
        Force and quantity, ``russia.killed``.
    count : int
        The figure, above 0: persons or pieces.
    bound : str
        ``at least``, ``up to``, or empty.
    cumulative : bool
        Since the beginning, or on that day alone.
    high : int or None
        Upper end, if it is a range.
    """

    line: int
    day: int
    source: str
    losses: str
    count: int
    bound: str = ""
    cumulative: bool = True
    high: int | None = None

    @property
    def figure(self) -> str:
        """The figure in words."""
        if self.high is not None:
            return range_text(self.count, self.high, read_lexicon("en"))
        return f"{self.bound} {self.count:,}".strip()

    @property
    def is_point(self) -> bool:
        """Whether it is one plain number."""
        return not self.bound and self.high is None


def joined(statements: Iterable[Statement]) -> tuple[list[Statement], int]:
    """Put together the ends of ranges: the only minimum and the only maximum of a source, series and day.

    Parameters
    ----------
    statements : iterable of Statement

    Returns
    -------
    list of Statement
        A range stands where its lower end stood.
    int
        How many upper ends went into a range.
    """
    found = list(statements)
    upper: dict[int, Statement] = {}
    for day in _by_day(found).values():
        low, high = ([said for said in day if said.bound == bound] for bound in ("at least", "up to"))
        if len(low) == len(high) == 1 and low[0].count < high[0].count:
            upper[low[0].line] = high[0]
    gone = {said.line for said in upper.values()}
    kept = (said for said in found if said.line not in gone)
    ranges = [replace(said, bound="", high=upper[said.line].count) if said.line in upper else said for said in kept]
    return ranges, len(gone)


def entries(statements: Iterable[Statement], many: frozenset[str], before: date, w: Speaker) -> tuple[Entry, ...]:
    """Turn statements into claims.

    Parameters
    ----------
    statements : iterable of Statement
    many : frozenset of str
        Sources that are groups of voices, and keep no tally.
    before : date
        The day before day 1.
    w : Speaker
        Of the notes.

    Returns
    -------
    tuple of Entry
        By day, source and series.
    """
    days = _by_day(statements)
    linked = _tallies(days, many)
    firsts: dict[object, str] = {}
    found = []
    for (number, source, losses, cumulative), day in sorted(days.items()):
        links = linked.get((source, losses), {}) if cumulative else {}
        link = links.get(number)
        # The link comes first, so that what repeats it is the other figure.
        for rank, said in enumerate(sorted(day, key=lambda said: said.line if said is not link else 0), start=1):
            entry = _entry(said, rank, before, w)
            first = firsts.setdefault((source, losses, said.figure, 0 if cumulative else number), entry.id)
            origin = _tally(source) if links else first
            bulletin = _tally(source) if said is link else ""
            found.append(replace(entry, bulletin=bulletin, origin="" if bulletin or origin == entry.id else origin))
    return tuple(found)


def _entry(said: Statement, rank: int, before: date, w: Speaker) -> Entry:
    """Write a statement as a claim that depends on no other."""
    day = before + timedelta(days=said.day)
    since = before if said.cumulative else day - timedelta(days=1)
    which = f"{'' if said.cumulative else '-day'}{f'-{rank:02}' if rank > 1 else ''}"
    name = f"{said.source}-{said.losses}-d{said.day:03}{which}"
    note = w.say("import_note.line", n=str(said.line))
    return Entry(name, said.source, day, said.losses, said.figure, since, day, note=note)


def _tally(source: str) -> str:
    return f"{source}_tallies"


def _tallies(days: Mapping[_Key, Sequence[Statement]], many: frozenset[str]) -> dict[tuple[str, str], Links]:
    """Find the running tallies: their link of each day, by source and series."""
    series: dict[tuple[str, str], dict[int, list[Statement]]] = defaultdict(dict)
    for (number, source, losses, cumulative), day in days.items():
        points = [said for said in day if said.is_point]
        if points and cumulative and source not in many:
            series[source, losses][number] = points
    linked = ((key, _links(points)) for key, points in series.items() if len(points) >= TALLY_DAYS)
    return {key: links for key, links in linked if _goes_on(links)}


def _goes_on(links: Links) -> bool:
    return not often(*falls(pairwise(links[number].count for number in sorted(links))))


def _links(points: Mapping[int, Sequence[Statement]]) -> Links:
    """Pick one figure a day: the one nearest to the middle figure of the two days before and after."""
    ordered = sorted(points)
    chosen = {}
    for place, number in enumerate(ordered):
        around = ordered[max(0, place - 2) : place] + ordered[place + 1 : place + 3]
        level = median(math.log(said.count) for other in around for said in points[other])
        chosen[number] = _nearest(points[number], level)
    return chosen


def _nearest(said: Sequence[Statement], level: float) -> Statement:
    """Pick the figure nearest to a level (log); the first in the file, if two are."""
    return min(said, key=lambda each: (abs(math.log(each.count) - level), each.line))


def _by_day(statements: Iterable[Statement]) -> dict[_Key, list[Statement]]:
    days: dict[_Key, list[Statement]] = defaultdict(list)
    for said in statements:
        days[said.day, said.source, said.losses, said.cumulative].append(said)
    return days
