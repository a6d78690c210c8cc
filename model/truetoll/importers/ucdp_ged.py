"""UCDP's Georeferenced Event Dataset (GED) -> a case of one conflict or country.

One row is one event with its dead. Read are the columns

=====================  ==============================================================================================
id                     of the event; the same row again is passed over
type_of_violence       1 state-based, 2 non-state, 3 one-sided (side_b is then ``Civilians``); not needed otherwise
conflict_name          and, if the file has it, ``conflict_new_id``: what ``conflict`` selects
side_a, side_b         the parties
country                where it happened, or ``country_id``: what ``country`` selects
date_start, date_end   first and last day on which it can have happened; the time of day is not read
deaths_a, deaths_b     dead of the parties, best estimate
deaths_civilians       dead civilians, best estimate
deaths_unknown         dead of whom it is not known which of these they were
best, low, high        all dead of the event: best estimate (the sum of the four), lowest and highest reliable one
=====================  ==============================================================================================

and all others passed over. Names and meaning of the columns are as described for release 20.1 and are the same in the
49-column layout since; the codebook of release 25.1 itself was not at hand: *not verified*. `OTHERS` lists names that
the columns have in older releases, in tables made of them and in shape files. A file without names that has the 49
columns, as releases of candidate events were published, is read in their order if its first row fits. JSON of
UCDP's API is read, too.

What does not stop a file
- low, best and high that are not in order: the least of the three is taken for low, the largest for high; best stays.
- No low or no high: best stands for it. No best: the sum of its parts. A part that is missing: what best has beyond the
  others is of unknown side.
- No first or no last day: the other stands for it. A party without a name is called so. No id: the row counts.
- Nobody dead in best and high: the row is set aside, as it adds nobody to its bin; others of its bin are not affected.

Each of these is counted (`Ledger.mended`, `Ledger.aside`). That the four kinds of dead add up to ``best`` is checked in
every row, and a row where all are given and do not is refused: nobody but its maker can say which is right. Every row
is an event or set aside, and the dead of ``best`` in the file are those of events and of rows set aside.

What a case is made of stands in `truetoll.importers.ucdp_case`.

References
----------
Sundberg and Melander 2013, Introducing the UCDP Georeferenced Event Dataset, Journal of Peace Research 50(4),
doi:10.1177/0022343313484347.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from sys import intern

from truetoll.claims.languages import Language
from truetoll.claims.reading.cells import DayOrder, Habits, UndecidedError, UnreadableError, day, is_missing, whole
from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth
from truetoll.importers.conflicts import Conflict, ConflictsError
from truetoll.importers.drafts import Imported
from truetoll.importers.sheet import TOTALS, CellReader, Columns, Ledger, Line, read_lines
from truetoll.importers.ucdp_case import CIVILIANS, MOST_PARTIES, REST, UNKNOWN, UNNAMED, Event, Span, case_of
from truetoll.text.messages import Message, message

DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")
NUMBERS = (*DEATHS, "best", "low", "high")
DATES = ("date_start", "date_end")
REQUIRED = ("id", "type_of_violence", "conflict_name", "side_a", "side_b", "country", *DATES, *NUMBERS)
OPTIONAL = ("conflict_new_id", "country_id")
OTHERS = {
    "id": ("event_id", "ged_id", "id_event"),
    "type_of_violence": ("type_of_vi", "type_of_violence_id", "violence_type"),
    "conflict_name": ("conflict", "conflict_1", "dyad_name"),
    "conflict_new_id": ("conflict_id", "new_conflict_id", "conflict_n", "conflict_dset_id", "conflict_d"),
    "side_a": ("side_a_name", "sidea"),
    "side_b": ("side_b_name", "sideb"),
    "country": ("country_name",),
    "date_start": ("start_date", "startdate", "event_date_start"),
    "date_end": ("end_date", "enddate", "event_date_end"),
    "deaths_a": ("deaths_side_a", "side_a_deaths"),
    "deaths_b": ("deaths_side_b", "side_b_deaths"),
    "deaths_civilians": ("deaths_civilian", "deaths_civ", "deaths_ci", "civilian_deaths"),
    "deaths_unknown": ("deaths_unk", "deaths_un", "unknown_deaths"),
    "best": ("best_est", "best_estimate", "deaths_best", "fatalities_best"),
    "low": ("low_est", "low_estimate", "deaths_low", "fatalities_low"),
    "high": ("high_est", "high_estimate", "deaths_high", "fatalities_high"),
}
"""Other names of the columns: of releases to 17.x, derived tables, shape files (ten letters)."""
ORDER = (
    *("id", "relid", "year", "active_year", "code_status", "type_of_violence", "conflict_dset_id", "conflict_new_id"),
    *("conflict_name", "dyad_dset_id", "dyad_new_id", "dyad_name", "side_a_dset_id", "side_a_new_id", "side_a"),
    *("side_b_dset_id", "side_b_new_id", "side_b", "number_of_sources", "source_article", "source_office"),
    *("source_date", "source_headline", "source_original", "where_prec", "where_coordinates", "where_description"),
    *("adm_1", "adm_2", "latitude", "longitude", "geom_wkt", "priogrid_gid", "country", "country_id", "region"),
    *("event_clarity", "date_prec", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low", "gwnoa", "gwnob"),
)
"""The 49 columns."""

NO_DEATH, REPEATED = message("aside_row.no_death"), message("aside_row.again")
ELSEWHERE, ANOTHER = message("aside_row.elsewhere"), message("aside_row.other_conflict")
OUTSIDE = message("aside_row.outside")
IN_ORDER, ONE_DAY = message("mended_row.in_order"), message("mended_row.one_day")
BEST_FOR_ENDS, SUM_FOR_BEST = message("mended_row.best_for_ends"), message("mended_row.sum_for_best")
REST_UNKNOWN, NAMELESS = message("mended_row.rest_unknown"), message("mended_row.nameless")
WITHOUT_ID = message("mended_row.without_id")

_ENDING = re.compile(r"(?<=\d)\.0*$")
_ID = re.compile(r"\d+(\.0*)?")


def _fits(cells: Mapping[str, str]) -> bool:
    """Whether the first row of a file without names has the columns of GED."""
    try:
        found = {name: whole(cells[name], Habits()) for name in NUMBERS}
        days = [day(cells[name], Habits(order="dmy")) for name in DATES]
    except (UnreadableError, UndecidedError):
        return False
    kind = _ENDING.sub("", cells["type_of_violence"])
    return all(days) and kind in ("1", "2", "3") and sum(found[name] or 0 for name in DEATHS) == found["best"]


COLUMNS = Columns(REQUIRED, OPTIONAL, OTHERS, ORDER, _fits, NUMBERS, DATES)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events are meant.

    Parameters
    ----------
    country : str or None
        As in the column, or its id; capitals make no difference.
    conflict : str, tuple of str or None
        Name or id of a conflict, or of several.
    since, as_of : date or None
        Events that lie wholly in (since, as_of].
    """

    country: str | None = None
    conflict: str | tuple[str, ...] | None = None
    since: date | None = None
    as_of: date | None = None

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Names or ids of the conflicts that are meant; all if there are none."""
        return (self.conflict,) if isinstance(self.conflict, str) else self.conflict or ()


_ALL = Selection()


class TooManyPartiesError(ConflictsError):
    """Events of more parties than a case can have, and the conflicts of which one has to be chosen."""


def read_ucdp_ged(
    path: str | Path,
    selection: Selection = _ALL,
    bins: BinWidth = "month",
    skip_bad: bool = False,
    dates: DayOrder | None = None,
    join_rest: bool = False,
    spoken: Language = "en",
) -> Imported:
    """Read the file and make a case of the events that are meant.

    Parameters
    ----------
    path : str or Path
        CSV or JSON, of any size; it is read once, or twice if numbers or dates can be read in two ways.
    selection : Selection
        All events if not given.
    bins : {"day", "week", "month"}
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed. Rows that are not meant are not checked.
    dates : {"dmy", "mdy"}, optional
        Order of day and month where both are numbers and the year comes last; the file says if not given.
    join_rest : bool
        Whether the parties with the fewest dead become one force, if there are too many.
    spoken : {"en", "es"}
        Language of titles, names and notes.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its line; if no event is meant.
    TooManyPartiesError
        If events of too many parties are meant.
    """
    path = Path(path)
    ledger = Ledger(path.name, "best")
    reader = _Reader(path, selection, CellReader(path, COLUMNS, ledger, Habits(order=dates)), ledger, join_rest)
    events = reader.kept()
    reader.ledger.close(skip_bad)
    if reader.crowded:
        raise reader.too_many()
    if not events:
        raise CaseError([*reader.ledger.told(), *reader.nothing()])
    span = Span(bins, selection.since, selection.as_of)
    about = ", ".join(selection.conflicts) or selection.country or path.stem
    return case_of(events, span, reader.ledger, about, reader.names, spoken)


def read_selected(
    path: str | Path,
    bins: BinWidth,
    skip_bad: bool,
    country: str | None = None,
    conflict: Sequence[str] = (),
    since: date | None = None,
    as_of: date | None = None,
    dates: DayOrder | None = None,
    join_rest: bool = False,
    spoken: Language = "en",
) -> Imported:
    """Read the file, with what is meant said as on the command line: see `read_ucdp_ged` and `Selection`."""
    selection = Selection(country, tuple(conflict), since, as_of)
    return read_ucdp_ged(path, selection, bins, skip_bad, dates, join_rest, spoken)


@dataclass
class _Reader:
    """One reading of a file."""

    path: Path
    selection: Selection
    cell: CellReader
    ledger: Ledger
    join_rest: bool
    countries: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    dead: Counter[tuple[str, str]] = field(default_factory=Counter)
    parties: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    with_dead: set[str] = field(default_factory=set)
    met: int = 0

    @property
    def names(self) -> Mapping[str, str]:
        """Party -> force it belongs to: its own name, or that of the rest."""
        found = {party: n for party, n in self.parties.items() if n} or self.parties
        ordered = sorted(found, key=lambda party: (party != CIVILIANS, -found[party], party))
        if len(ordered) <= MOST_PARTIES:
            return {party: party for party in ordered}
        return {party: party if place < MOST_PARTIES - 1 else REST for place, party in enumerate(ordered)}

    @property
    def crowded(self) -> bool:
        """Whether there are more parties than a case can have."""
        return not self.join_rest and len(self.with_dead) > MOST_PARTIES

    def kept(self) -> list[Event]:
        """Read the events; none are kept once it is clear that they are no case."""
        found: list[Event] = []
        for event in self.events():
            if self.crowded:
                found.clear()
            else:
                found.append(event)
        return found

    def events(self) -> Iterator[Event]:
        for line in read_lines(self.path, COLUMNS, self.ledger):
            if reason := self._not_meant(line):
                self._aside(reason, line)
            elif event := self._event(line):
                yield event

    def _aside(self, reason: Message, line: Line) -> None:
        self.ledger.set_aside(reason, line.cells, self.cell.settled(line.cells["best"]))

    def _not_meant(self, line: Line) -> Message | None:
        cells, meant = line.cells, self.selection
        if _is_sum(cells):
            return TOTALS
        country = cells["country"]
        self.countries.setdefault(country)
        if meant.country is not None:
            asked = meant.country.casefold()
            if asked not in (country.casefold(), _ENDING.sub("", cells["country_id"])):
                return ELSEWHERE
        if not meant.conflicts:
            return None
        names = (cells["conflict_name"].casefold(), _ENDING.sub("", cells["conflict_new_id"]))
        if any(asked.casefold() in names for asked in meant.conflicts):
            return None
        self.others.setdefault(cells["conflict_name"])
        return ANOTHER

    def nothing(self) -> Iterator[Problem]:
        """Say why no event is left."""
        where, meant = self.path.name, self.selection
        if meant.country is not None and not self.met and not self.ledger.aside[ANOTHER]:
            yield unknown(where, message("wrong_import.no_country"), meant.country, sorted(self.countries))
        elif meant.conflicts and not self.met:
            asked = ", ".join(meant.conflicts)
            yield unknown(where, message("wrong_import.no_conflict"), asked, sorted(self.others))
        else:
            n = self.ledger.aside[OUTSIDE]
            none = message("wrong_import.no_event")
            yield Problem(where, message("wrong_import.no_event_outside", n=n) if n else none)

    def too_many(self) -> TooManyPartiesError:
        """Say which conflicts there are to choose from, and how."""
        held = [Conflict(number, name, n, self.dead[number, name]) for (number, name), n in self.rows.items()]
        held.sort(key=lambda each: (-each.dead, each.name))
        first = held[0]
        choices = list[Message]()
        countries = len({country.casefold() for country in self.countries})
        if self.selection.country is None and countries > 1:
            choices.append(message("wrong_import.choose_country", n=countries))
        if len(held) > 1:
            asked = first.id or f"'{first.name}'"
            country = f" --country '{self.selection.country}'" if self.selection.country else ""
            command = f"truetoll import ucdp-ged {self.path.name}{country} --conflict {asked} --out CASE"
            choices.append(message("wrong_import.choose_conflict", n=len(held), command=command))
        else:
            choices.append(message("wrong_import.choose_days"))
        numbers = {"n": len(self.with_dead), "most": MOST_PARTIES, "kept": MOST_PARTIES - 1}
        what = message("wrong_import.crowded", choices=tuple(choices), **numbers)
        return TooManyPartiesError(Problem(self.path.name, what), tuple(held))

    def _event(self, line: Line) -> Event | None:
        """Read one row; None if it was set aside, with every problem of it."""
        self.met += 1
        problems = list[Problem]()
        given = {name: self.cell.whole(line, name, problems) for name in NUMBERS}
        start, end = (self.cell.day(line, name, problems) for name in DATES)
        mended = Counter[Message]()
        if not problems and start is None and end is None:
            problems.append(Problem(line.where, message("wrong_import.no_dates_of_event")))
        numbers = None if problems else _completed(line, given, problems, mended)
        is_again = self._is_again(line, problems, mended)
        start, end = start or end, end or start
        if start and end and start > end:
            what = message("wrong_import.end_before_start", start=start)
            problems.append(Problem(line.where, what, end.isoformat()))
        if problems or numbers is None or start is None or end is None:
            self.ledger.refuse(line.cells, *problems, habits=self.cell.habits)
            return None
        if reason := REPEATED if is_again else self._empty_or_outside(numbers, start, end):
            self._aside(reason, line)
            return None
        mended[ONE_DAY] = sum(is_missing(line.cells[name]) for name in DATES)
        return self._counted(line, numbers, (start, end), mended)

    def _counted(
        self, line: Line, numbers: Mapping[str, int], days: tuple[date, date], mended: Counter[Message]
    ) -> Event:
        sides = _sides(line.cells, mended)
        self.ledger.mended.update({reason: 1 for reason, n in mended.items() if n})
        event = Event(
            *days, sides, tuple(numbers[name] for name in DEATHS), *(numbers[n] for n in ("best", "low", "high"))
        )
        for party, n in event.dead.items():
            if party != UNKNOWN:
                self.parties[party] += n
                if n:
                    self.with_dead.add(party)
        conflict = _ENDING.sub("", line.cells["conflict_new_id"]), line.cells["conflict_name"]
        self.rows[conflict] += 1
        self.dead[conflict] += event.best
        return event

    def _is_again(self, line: Line, problems: list[Problem], mended: Counter[Message]) -> bool:
        """Whether this very row was met before; another row of its id is a problem."""
        number = _ENDING.sub("", line.cells["id"]) if _ID.fullmatch(line.cells["id"]) else line.cells["id"]
        if is_missing(number):
            mended[WITHOUT_ID] += 1
            return False
        # Line and content in one number: a file can have hundreds of thousands of events.
        content = hash(tuple(line.cells.values())) & 0xFFFF_FFFF
        first = self.ids.get(number)
        if first is None:
            if not problems:  # a row that is refused does not stand in the way of another with its id
                self.ids[number] = line.number << 32 | content
            return False
        if first & 0xFFFF_FFFF == content:
            return True
        what = message("wrong_import.id_again", line=str(first >> 32))
        problems.append(Problem(line.where, what, repr(number)))
        return False

    def _empty_or_outside(self, numbers: Mapping[str, int], start: date, end: date) -> Message | None:
        since, as_of = self.selection.since, self.selection.as_of
        if (since and start <= since) or (as_of and end > as_of):
            return OUTSIDE
        return None if numbers["high"] else NO_DEATH


def _is_sum(cells: Mapping[str, str]) -> bool:
    """Whether a row is about no event: nothing but numbers, as a sum at the end of a sheet."""
    named = ("id", "conflict_name", "conflict_new_id", "side_a", "side_b", "country", "type_of_violence", *DATES)
    return not any(cells[name] for name in named) and any(cells[name] for name in NUMBERS)


def _completed(
    line: Line, given: Mapping[str, int | None], problems: list[Problem], mended: Counter[Message]
) -> dict[str, int] | None:
    """Fill in what is missing, and put the ends in order; None with a problem."""
    numbers = {name: n for name, n in given.items() if n is not None}
    missing = [name for name in DEATHS if name not in numbers]
    parts = sum(numbers.get(name, 0) for name in DEATHS)
    if "best" not in numbers:
        if len(missing) == len(DEATHS):
            problems.append(Problem(line.where, message("wrong_import.no_dead")))
            return None
        mended[SUM_FOR_BEST] += 1
    best = numbers.setdefault("best", parts)
    if parts != best and not (missing and parts < best):
        what = message("wrong_import.parts_differ", best=best, parts=parts)
        problems.append(Problem(line.where, what))
        return None
    numbers |= dict.fromkeys(missing, 0)
    if best > parts:
        numbers["deaths_unknown"] += best - parts
        mended[REST_UNKNOWN] += 1
    mended[BEST_FOR_ENDS] += "low" not in numbers or "high" not in numbers
    low, high = numbers.setdefault("low", best), numbers.setdefault("high", best)
    if not low <= best <= high:
        numbers |= {"low": min(low, best, high), "high": max(low, best, high)}
        mended[IN_ORDER] += 1
    return numbers


def _sides(cells: Mapping[str, str], mended: Counter[Message]) -> tuple[str, str]:
    """Name the parties; the targets of one-sided violence are the civilians."""
    side_a, side_b = ("" if is_missing(cells[name]) else cells[name] for name in ("side_a", "side_b"))
    is_one_sided = _ENDING.sub("", cells["type_of_violence"]) == "3" and not side_b
    if is_one_sided or side_b.casefold() == CIVILIANS.casefold():
        side_b = CIVILIANS
    mended[NAMELESS] += not side_a or not side_b
    return intern(side_a or UNNAMED), intern(side_b or UNNAMED)
