"""The Economist's tables of losses in Ukraine -> a case.

The files are those of https://github.com/TheEconomist/the-economist-war-deaths-ukraine (data CC-BY): the statements of
officials and institutes (a row each), or the monthly figures that the UK Ministry of Defence published as a chart.
Columns tell which of the two it is:

==================================  =================================================================================
date                                of the statement; of the chart the first day after its ``month`` and ``year``
source, source_url                  who said it, and where
country, type                       ``russia`` or ``ukraine``; ``deaths`` or ``casualties``
estimate_low, estimate_high         a range; alone: "at least", "up to"
estimate                            the figure, alone or in its range
cumulative casualties               of the chart: all until the end of the month
casualties in month                 of the chart: what the cumulative figures must differ by
==================================  =================================================================================

What rests on what
- A statement covers all since 24 February 2022, up to its day. Statements of one voice on one day are one report.
- The source of a figure is who made it. The monthly chart of the UK Ministry of Defence is Ukraine's own tally,
  relayed: month by month it grows as the General Staff's tally of personnel does, within one in a hundred. Its first
  figure is that of March 2022 alone, so the chart counts from 1 March. Its figures stand under the General Staff, as
  links of one tally; in the table of statements they are known by being whole on the first of a month, to the last man.
- What a source gives as an interval (`economist.toml`: level) is the error that it states itself; other ranges are
  ranges. Figures of lists of names are floors.
- Names of sources are matched without what follows in brackets ("(via NYT)"). Who is not known has to be told:
  the relation of a source to the armies is a judgement, and is never guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_args

from truetoll.claims.languages import Language
from truetoll.claims.reading.cells import DayOrder, Habits, UnreadableError
from truetoll.claims.reading.cells import day as read_day
from truetoll.claims.schema import CaseFile, Relation
from truetoll.claims.wording import range_text, read_lexicon
from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.casefiles import case_file, judgements
from truetoll.importers.drafts import Entry, Imported
from truetoll.importers.parties import keys
from truetoll.importers.priors import scaled
from truetoll.importers.sheet import CellReader, Columns, Ledger, Line, read_lines
from truetoll.importers.tallies import check_counted
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

_words = partial(judgements, "economist")

BEFORE = date(2022, 2, 23)
"""The day before the first that statements count."""
CHART_BEFORE = date(2022, 2, 28)
"""The same of the monthly chart."""
RELAYED = "general_staff"
NO_FIGURE, REPEATED = message("aside_row.no_figure"), message("aside_row.again")

_NUMBERS = ("estimate_low", "estimate_high", "estimate", "cumulative_casualties", "casualties_in_month")
_TYPES = {"deaths": "killed", "casualties": "casualties"}
_MIRRORED = {"own_side": "adversary", "ally": "ally_of_adversary"}
_MIRRORED |= {other: name for name, other in _MIRRORED.items()}
_IN_BRACKETS = re.compile(r"\s*[(;].*$")
_ROUND = 1_000

COLUMNS = Columns(
    ("date", "source"),
    (*_NUMBERS, "type", "country", "source_url", "month", "year"),
    {"date": ("date_at_beginning_of_next_month",)},
    numbers=_NUMBERS,
    dates=("date",),
    unread=("ignore_for_chart*", "casualties_average_daily_losses", "days_in_month", "note"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """A row that was understood.

    Parameters
    ----------
    line : Line
    day : date
    voice : str
        Key in the case.
    losses, figure : str
    chart : bool
        Whether it is a figure of the monthly chart.
    """

    line: Line
    day: date
    voice: str
    losses: str
    figure: str
    chart: bool


def read_economist(
    path: str | Path,
    bins: BinWidth = "month",
    skip_bad: bool = False,
    source: Sequence[str] = (),
    dates: DayOrder | None = None,
    spoken: Language = "en",
) -> Imported:
    """Read one of the two tables and make a case of it.

    Parameters
    ----------
    path : str or Path
    bins : {"day", "week", "month"}
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed.
    source : sequence of str
        ``NAME=RELATION`` of sources that are not known: what each is to the Russian army.
    dates : {"dmy", "mdy"}, optional
        Order of day and month; the file says if not given.
    spoken : {"en", "es"}
        Language of titles, names and notes.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its line; if nothing is left to make a case of.
    """
    path = Path(path)
    ledger, w = Ledger(path.name), Speaker(spoken)
    reader = _Reader(CellReader(path, COLUMNS, ledger, Habits(order=dates)), ledger, _voices(path.name, source))
    found = [said for line in read_lines(path, COLUMNS, ledger) if (said := reader.said(line))]
    ledger.close(skip_bad)
    if not found:
        raise CaseError([*ledger.told(), Problem(path.name, message("wrong_import.no_statement"))])
    claims = tuple(_entries(found, w))
    voices = {said.voice for said in found}
    counts = {"rows": ledger.rows, "claims": len(claims), "sources": len(voices)}
    case = _case(found, reader.voices, bins, w)
    return Imported.of("economist-ukraine", case, claims, counts, ledger, tuple(_remarks(found)))


def _voices(name: str, told: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Voices by key: those that are known, and those that were told."""
    known: dict[str, dict[str, Any]] = dict(_words()["voices"])
    problems = list[Problem]()
    for each in told:
        who, _, relation = (part.strip() for part in each.rpartition("="))
        if not who or relation not in get_args(Relation):
            said = message("wrong_import.source_option", read=each)
            problems.append(unknown(name, said, relation, get_args(Relation)))
            continue
        key = next(key for key in keys([*known, who]).values() if key not in known)
        known[key] = {
            "name": who,
            "names": [_base(who)],
            "russia": relation,
            "reason": "told",
        }
    if problems:
        raise CaseError(problems)
    return known


def _base(name: str) -> str:
    return _IN_BRACKETS.sub("", " ".join(name.split())).casefold()


@dataclass
class _Reader:
    cell: CellReader
    ledger: Ledger
    voices: Mapping[str, Mapping[str, Any]]

    def __post_init__(self) -> None:
        self.by_name = {name: key for key, each in self.voices.items() for name in each["names"]}
        self.seen = set[tuple[str, ...]]()
        self.chart: int | None = None

    def said(self, line: Line) -> Said | None:
        """Read one row; None if it was set aside or refused."""
        problems = list[Problem]()
        read = self._first_after if line.cells["month"] else self._date
        day = read(line, problems)
        check_counted(day, BEFORE, "date", line, problems)
        numbers = {name: self.cell.whole(line, name, problems) for name in _NUMBERS}
        voice = self._voice(line, problems)
        if numbers["cumulative_casualties"] is not None:
            losses, figure = "russia.casualties", self._charted(line, numbers, problems)
        else:
            losses, figure = self._losses(line, problems), self._figure(line, numbers, voice, problems)
        if problems or day is None:
            self.ledger.refuse(line.cells, *problems)
            return None
        row = tuple(line.cells.values())
        if not figure or row in self.seen:
            self.ledger.set_aside(REPEATED if figure else NO_FIGURE, line.cells)
            return None
        self.seen.add(row)
        chart = numbers["cumulative_casualties"] is not None or self._is_charted(voice, losses, day, numbers)
        if chart:
            return Said(line, day - timedelta(days=1), RELAYED, losses, figure, chart)
        return Said(line, day, voice, losses, figure, chart)

    def _date(self, line: Line, problems: list[Problem]) -> date | None:
        return self.cell.day(line, "date", problems)

    def _first_after(self, line: Line, problems: list[Problem]) -> date | None:
        """Read the month of the chart, whose dates can be read in two ways: the first day after it."""
        text = f"1 {line.cells['month']} {line.cells['year']}"
        try:
            first = read_day(text, Habits())
        except UnreadableError:
            problems.append(Problem(line.where, message("wrong_import.no_month"), repr(text[2:200])))
            return None
        return first and (first + timedelta(days=31)).replace(day=1)

    def _voice(self, line: Line, problems: list[Problem]) -> str:
        name = line.cells["source"]
        if (found := self.by_name.get(_base(name))) is None:
            option = f"{name[:100]}=RELATION"
            what = message("wrong_import.source_unknown", option=option, relations=get_args(Relation))
            problems.append(Problem(line.where, what))
        return found or ""

    def _losses(self, line: Line, problems: list[Problem]) -> str:
        countries = {each["country"]: force for force, each in _words()["forces"].items()}
        read = {name: line.cells[name].casefold() for name in ("country", "type")}
        for name, known in (("country", countries), ("type", _TYPES)):
            if read[name] not in known:
                what = message("wrong_import.unknown", column=name)
                problems.append(unknown(line.where, what, line.cells[name][:200], known))
        return f"{countries.get(read['country'])}.{_TYPES.get(read['type'])}"

    def _charted(self, line: Line, numbers: Mapping[str, int | None], problems: list[Problem]) -> str:
        """Read a row of the chart, whose months have to add up."""
        total, month = numbers["cumulative_casualties"] or 0, numbers["casualties_in_month"]
        if month is not None and total - (self.chart or 0) != month:
            what = message("wrong_import.chart_grows", grown=total - (self.chart or 0), said=month)
            problems.append(Problem(line.where, what))
        self.chart = total
        return f"{total:,}" if total else ""

    def _is_charted(self, voice: str, losses: str, day: date, numbers: Mapping[str, int | None]) -> bool:
        """Whether a statement is a figure of the chart: casualties on the first of a month, to the last man."""
        n = numbers["estimate"] or 0
        alone = numbers["estimate_low"] is None and numbers["estimate_high"] is None
        return voice == "uk_officials" and losses == "russia.casualties" and day.day == 1 and alone and n % _ROUND != 0

    def _figure(self, line: Line, numbers: Mapping[str, int | None], voice: str, problems: list[Problem]) -> str:
        """Write the figure in words."""
        low, high, middle = numbers["estimate_low"], numbers["estimate_high"], numbers["estimate"]
        of = self.voices.get(voice, {})
        listed, level = of.get("names_counted", False), of.get("level")
        if low is not None and high is not None:
            if not low <= (low if middle is None else middle) <= high:
                problems.append(Problem(line.where, message("wrong_import.estimate_order")))
            if low == high:
                return f"{low:,}"
            if middle is None:
                within = f"between {low:,} and {high:,} ({level} % interval)" if level else ""
                return within or range_text(low, high, read_lexicon("en"))
            return f"{middle:,} ({f'{level}% CI ' if level else ''}{low:,}-{high:,})"
        if middle is not None and (low is not None or high is not None):
            problems.append(Problem(line.where, message("wrong_import.one_end")))
        plain = middle if middle is not None else low if listed else None
        if plain is not None:
            return f"{plain:,} names" if listed else f"{plain:,}"
        return f"at least {low:,}" if low is not None else f"up to {high:,}" if high is not None else ""


def _entries(found: Sequence[Said], w: Speaker) -> Iterator[Entry]:
    reports = Counter((said.voice, said.day) for said in found)
    ids = Counter[str]()
    for said in found:
        where = said.line.cells["source_url"]
        linked = where.startswith(("https://", "http://"))
        number, text = str(said.line.number), said.line.cells["source"]
        text += "" if linked or not where else f"; {where}"
        name = f"{said.voice.replace('_', '-')}-{said.losses}-{said.day}"
        ids[name] += 1
        entry = Entry(
            name if ids[name] == 1 else f"{name}-{ids[name]}",
            said.voice,
            said.day + timedelta(days=said.chart),
            said.losses,
            said.figure,
            CHART_BEFORE if said.chart else BEFORE,
            said.day,
            url=where if linked else "",
            note=w.say("import_note.line_relayed" if said.chart else "import_note.line_of", n=number, text=text),
        )
        if said.chart:
            yield replace(entry, bulletin=f"{RELAYED}_tally")
        elif reports[said.voice, said.day] > 1:
            yield replace(entry, origin=f"{said.voice}-{said.day}")
        else:
            yield entry


def _remarks(found: Sequence[Said]) -> Iterator[Message]:
    if n := sum(said.chart for said in found):
        yield message("import_remark.chart", n=n)
    if any(not said.chart for said in found):
        yield message("import_remark.statements")


def _case(found: Sequence[Said], voices: Mapping[str, Mapping[str, Any]], bins: BinWidth, w: Speaker) -> CaseFile:
    last = max(said.day for said in found)
    spoken = {(said.voice, said.losses.partition(".")[0]) for said in found}
    forces = {
        name: {key: each[key] for key in ("name", "victims")}
        | {"outcomes": ("killed", "wounded"), "total": scaled(each["total"], (last - BEFORE).days)}
        for name, each in _words()["forces"].items()
        if any(force == name for _, force in spoken)
    }
    sources = {
        key: {name: each[name] for name in ("name", "access", "reason") if name in each}
        | {"relations": {force: _relation(each, force) for force in forces if (key, force) in spoken}}
        for key, each in voices.items()
        if any(voice == key for voice, _ in spoken)
    }
    head = {
        "title": w.say("import_case.economist"),
        "description": w.say("import_case.economist_about"),
        "bins": edges(BEFORE, last, bins),
    }
    return case_file(head, forces, sources, w)


def _relation(voice: Mapping[str, Any], force: str) -> str:
    """Tell what a voice is to a force: to the other army the opposite, where there is one."""
    to_russia: str = voice["russia"]
    return to_russia if force == "russia" else _MIRRORED.get(to_russia, to_russia)
