"""UCDP's Georeferenced Event Dataset (GED), as CSV -> a case of one conflict or country.

One row is one event with its dead. Read are the columns

=====================  ==============================================================================================
id                     of the event; must be unique
type_of_violence       1 state-based, 2 non-state, 3 one-sided (side_b is then ``Civilians``)
conflict_name          and, if the file has it, ``conflict_new_id``: what ``conflict`` selects
side_a, side_b         the parties
country                where it happened: what ``country`` selects
date_start, date_end   first and last day on which it can have happened; the time of day is not read
deaths_a, deaths_b     dead of the parties, best estimate
deaths_civilians       dead civilians, best estimate
deaths_unknown         dead of whom it is not known which of these they were
best, low, high        all dead of the event: best estimate (the sum of the four), lowest and highest reliable one
=====================  ==============================================================================================

and all others passed over. Names and meaning of the columns are as described for release 20.1 and are the same in the
49-column layout since; the codebook of release 25.1 itself was not at hand: *not verified*. That the four kinds of
dead add up to ``best`` is checked in every row.

What a case is made of stands in `truetoll.importers.ucdp_case`.

References
----------
Sundberg and Melander 2013, Introducing the UCDP Georeferenced Event Dataset, Journal of Peace Research 50(4),
doi:10.1177/0022343313484347.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth
from truetoll.importers.drafts import Imported
from truetoll.importers.sheet import Ledger, Line, read_lines
from truetoll.importers.ucdp_case import CIVILIANS, UNKNOWN, Event, Span, case_of

DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
NUMBERS = (*DEATHS, "best", "low", "high")
REQUIRED = (
    *("id", "type_of_violence", "conflict_name", "side_a", "side_b", "country", "date_start", "date_end"),
    *NUMBERS,
)
OPTIONAL = ("conflict_new_id",)
NO_DEATH = "no death in the best and the highest estimate"
ELSEWHERE, ANOTHER, OUTSIDE = "in another country", "of another conflict", "outside the dates"

_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})([ T]00:00(:00(\.0+)?)?)?")
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events are meant.

    Parameters
    ----------
    country : str or None
        As in the column; capitals make no difference.
    conflict : str or None
        Name or id of a conflict.
    since, as_of : date or None
        Events that lie wholly in (since, as_of].
    """

    country: str | None = None
    conflict: str | None = None
    since: date | None = None
    as_of: date | None = None


_ALL = Selection()


def read_ucdp_ged(
    path: str | Path, selection: Selection = _ALL, bins: BinWidth = "month", skip_bad: bool = False
) -> Imported:
    """Read the file and make a case of the events that are meant.

    Parameters
    ----------
    path : str or Path
        The CSV file, of any size.
    selection : Selection
        All events if not given.
    bins : {"day", "week", "month"}
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed. Rows that are not meant are not checked.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its line; if no event is meant, or events of too many parties.
    """
    reader = _Reader(Path(path), selection)
    events = tuple(reader.events())
    reader.ledger.close(skip_bad)
    if not events:
        raise CaseError([*reader.ledger.problems, *reader.nothing()], reader.ledger.problems.more)
    span = Span(bins, selection.since, selection.as_of)
    about = selection.conflict or selection.country or reader.path.stem
    return case_of(events, span, reader.ledger, reader.path.name, about)


@dataclass
class _Reader:
    """One reading of a file."""

    path: Path
    selection: Selection
    ledger: Ledger = field(default_factory=Ledger)
    countries: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    ids: dict[str, int] = field(default_factory=dict)

    def events(self) -> Iterator[Event]:
        for line in read_lines(self.path, REQUIRED, OPTIONAL, self.ledger):
            if reason := self._not_meant(line):
                self.ledger.aside[reason] += 1
            elif event := self._event(line):
                yield event

    def _not_meant(self, line: Line) -> str:
        cells, meant = line.cells, self.selection
        self.countries.add(cells["country"])
        if meant.country is not None and cells["country"].casefold() != meant.country.casefold():
            return ELSEWHERE
        self.conflicts.add(cells["conflict_name"])
        names = (cells["conflict_name"].casefold(), cells["conflict_new_id"])
        return ANOTHER if meant.conflict is not None and meant.conflict.casefold() not in names else ""

    def nothing(self) -> Iterator[Problem]:
        """Say why no event is left."""
        where, meant = self.path.name, self.selection
        countries = {name.casefold() for name in self.countries}
        if meant.country is not None and meant.country.casefold() not in countries:
            yield unknown(where, "has no event in this country", meant.country, sorted(self.countries))
        elif meant.conflict is not None and self.ledger.aside[ANOTHER] and not self._counted():
            yield unknown(where, "has no event of this conflict", meant.conflict, sorted(self.conflicts))
        else:
            yield Problem(where, "holds no event to make a case of")

    def _counted(self) -> int:
        """Rows that were set aside for what they hold."""
        return sum(n for reason, n in self.ledger.aside.items() if reason not in (ELSEWHERE, ANOTHER))

    def _event(self, line: Line) -> Event | None:
        """Read one row; None if it was set aside, with every problem of it."""
        problems = list[Problem]()
        numbers = {name: _number(line, name, problems) for name in NUMBERS}
        start, end = (_day(line, name, problems) for name in ("date_start", "date_end"))
        problems += self._identity(line)
        if not problems:
            problems += _contradictions(line, numbers, start, end)
        if problems or start is None or end is None:
            self.ledger.refuse(*problems)
            return None
        if reason := self._empty_or_outside(numbers, start, end):
            self.ledger.aside[reason] += 1
            return None
        return Event(start, end, _dead(line, numbers), numbers["best"], numbers["low"], numbers["high"])

    def _identity(self, line: Line) -> Iterator[Problem]:
        cells = line.cells
        for name in ("id", "side_a", "side_b"):
            if not cells[name]:
                yield Problem(line.where, f"{name} is empty")
        first = self.ids.setdefault(cells["id"], line.number)
        if cells["id"] and first != line.number:
            yield Problem(line.where, f"id is already that of line {first}", repr(cells["id"]))
        if cells["type_of_violence"] not in ("1", "2", "3"):
            what = "type_of_violence is not known"
            yield Problem(line.where, what, repr(cells["type_of_violence"]), ("1", "2", "3"))

    def _empty_or_outside(self, numbers: dict[str, int], start: date, end: date) -> str:
        since, as_of = self.selection.since, self.selection.as_of
        if (since and start <= since) or (as_of and end > as_of):
            return OUTSIDE
        return "" if numbers["high"] else NO_DEATH


def _number(line: Line, name: str, problems: list[Problem]) -> int:
    text = line.cells[name]
    if _NUMBER.fullmatch(text):
        return int(text)
    problems.append(Problem(line.where, f"{name} must be a whole number of at least 0", repr(text)))
    return 0


def _day(line: Line, name: str, problems: list[Problem]) -> date | None:
    text = line.cells[name]
    if match := _DAY.fullmatch(text):
        try:
            return date.fromisoformat(match.group(1))
        except ValueError:
            pass
    problems.append(Problem(line.where, f"{name} must be a date, written year-month-day", repr(text)))
    return None


def _contradictions(line: Line, numbers: dict[str, int], start: date | None, end: date | None) -> Iterator[Problem]:
    parts = sum(numbers[name] for name in DEATHS)
    if parts != numbers["best"]:
        yield Problem(line.where, f"best is {numbers['best']}, but the dead of its parts add up to {parts}")
    if not numbers["low"] <= numbers["best"] <= numbers["high"]:
        shown = f"{numbers['low']}, {numbers['best']}, {numbers['high']}"
        yield Problem(line.where, "low, best and high must not decrease in this order", shown)
    if start and end and start > end:
        yield Problem(line.where, f"date_end lies before date_start ({start})", end.isoformat())


def _dead(line: Line, numbers: dict[str, int]) -> dict[str, int]:
    """Count the dead by party; the targets of one-sided violence are the civilians."""
    side_b = CIVILIANS if line.cells["side_b"].casefold() == CIVILIANS.casefold() else line.cells["side_b"]
    found = dict.fromkeys((line.cells["side_a"], side_b, CIVILIANS, UNKNOWN), 0)
    for party, name in zip((line.cells["side_a"], side_b, CIVILIANS, UNKNOWN), DEATHS, strict=True):
        found[party] += numbers[name]
    return found
