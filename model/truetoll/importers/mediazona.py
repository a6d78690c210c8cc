"""Mediazona's and Meduza's weekly table of Russian dead, as The Economist publishes it -> a case.

A row is a week of death (``Year``, ``Week`` as ISO has them). Read are

===================================================  ================================================================
BmzNow                                               names of those who died in that week, as known when the file was
                                                     made
Bmz2022, Bmz2023, ...                                the same as known at the end of that year, which is our reading
                                                     of the columns; later weeks have stray entries, not read
EDAssembled, EDAssembledLow, EDAssembledHigh         their "most trusted total": killed by excess deaths, and missing
                                                     by probate cases and courts, with a 95 % interval
===================================================  ================================================================

and not the parts of which the total is assembled.

What rests on what
- Names are a floor: who is on the list is dead, and others are not on it. The list of a bin is the sum of its weeks,
  and all bins are one list (one origin). What was known at the end of a year is an earlier word of it, corrected by
  the next: it counts for nothing today, and `fit --as-of` and `replay` use what was known on their day.
- The estimate of a bin is the sum of its weeks, from the sum of the lower ends to that of the upper ends, as if all
  weeks erred the same way: they come of one method, and the file does not say how far their errors go together.
- A month is made of the weeks whose Thursday lies in it, so that no week is cut.
- The file does not say when it was made: names and estimates are taken as reported at the end of its last week, or on
  the day after the last year end that it has, whichever is later.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby, pairwise
from pathlib import Path

from truetoll.claims.languages import Language
from truetoll.claims.schema import CaseFile
from truetoll.errors import CaseError, Problem
from truetoll.importers.bins import BinWidth
from truetoll.importers.casefiles import case_file, judgements
from truetoll.importers.drafts import Entry, Imported
from truetoll.importers.priors import scaled
from truetoll.importers.sheet import CellReader, Columns, Ledger, Line, read_sheet
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

_words = partial(judgements, "mediazona")

NO_FIGURE, IN_ORDER = message("aside_row.no_week"), message("mended_row.estimates_in_order")
NAMES, ESTIMATE, LOSSES = "mediazona_names", "meduza_estimate", "russia.killed"
_YEARS = range(2022, 2040)
_VINTAGES = tuple(f"bmz{year}" for year in _YEARS)
_ESTIMATES = ("edassembled_low", "edassembled", "edassembled_high")
COLUMNS = Columns(
    ("year", "week", "bmz_now"),
    (*_VINTAGES, *_ESTIMATES),
    numbers=("year", "week", "bmz_now", *_VINTAGES),
    unread=("ed", "edlow", "edhigh", "edprediction*", "edsuperlates*", "ecsuperlates*"),
)


@dataclass(frozen=True, slots=True)
class Week:
    """A row that was understood.

    Parameters
    ----------
    line : Line
    end : date
        Its Sunday.
    names : int
        As known now.
    known : mapping of int to int
        Year -> names as known at its end; only of years that were not over before the week was.
    estimate : tuple of float or None
        Low, middle, high.
    """

    line: Line
    end: date
    names: int
    known: Mapping[int, int]
    estimate: tuple[float, ...] | None


def read_mediazona(
    path: str | Path, bins: BinWidth = "month", skip_bad: bool = False, spoken: Language = "en"
) -> Imported:
    """Read the table and make a case of it.

    Parameters
    ----------
    path : str or Path
    bins : {"week", "month"}
        Shorter ones than a week cannot be made of weeks.
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed; a week that is missing never is.
    spoken : {"en", "es"}
        Language of titles, names and notes.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its line; if weeks are missing, or nothing is left to make a case of.
    """
    path = Path(path)
    if bins == "day":
        raise CaseError([Problem(path.name, message("wrong_import.by_week"))])
    found, ledger = read_sheet(path, COLUMNS, _week)
    weeks = sorted(found, key=lambda week: week.end)
    ledger.close(skip_bad)
    none = Problem(path.name, message("wrong_import.no_week"))
    problems = [*ledger.told(), *_gaps(weeks)] if weeks else [*ledger.told(), none]
    if not weeks or len(problems) > len(ledger.told()):
        raise CaseError(problems)
    joined = [tuple(part) for _, part in groupby(weeks, key=lambda week: _bin(week, bins))]
    w = Speaker(spoken)
    claims = tuple(_entries(joined, _made(weeks), w))
    counts = {"rows": ledger.rows, "rows_used": len(weeks), "claims": len(claims)}
    counts |= {"names": sum(week.names for week in weeks)}
    case = _case(joined, {entry.source for entry in claims}, w)
    return Imported.of("mediazona", case, claims, counts, ledger, tuple(_remarks(weeks)))


def _week(line: Line, cell: CellReader, ledger: Ledger) -> Week | None:
    """Read one row; None if it was set aside or refused."""
    problems = list[Problem]()
    year, number = cell.whole(line, "year", problems), cell.whole(line, "week", problems)
    names = cell.whole(line, "bmz_now", problems)
    vintages = {each: cell.whole(line, f"bmz{each}", problems) for each in _YEARS}
    estimate = [_decimal(line, name, problems) for name in _ESTIMATES]
    end = None
    if not problems:
        try:
            end = date.fromisocalendar(year or 0, number or 0, 7)
        except ValueError:
            problems.append(Problem(line.where, message("wrong_import.iso_week"), f"{year}, {number}"))
    given = [value for value in estimate if value is not None]
    if given != sorted(given) and len(given) == len(_ESTIMATES):
        given = [given[2], given[1], given[0]]
    if 0 < len(given) < len(_ESTIMATES) or given != sorted(given) or any(value < 0 for value in given[1:]):
        problems.append(Problem(line.where, message("wrong_import.estimate_within")))
    if problems or end is None:
        ledger.refuse(line.cells, *problems)
        return None
    ledger.mended[IN_ORDER] += given != estimate and bool(given)
    if not names and not given:
        ledger.set_aside(NO_FIGURE, line.cells)
        return None
    known = {each: n for each, n in vintages.items() if n is not None and date(each, 12, 31) >= end}
    return Week(line, end, names or 0, known, tuple(given) or None)


def _decimal(line: Line, name: str, problems: list[Problem]) -> float | None:
    text = line.cells[name]
    if not text or text.casefold() in ("na", "nan"):
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        problems.append(Problem(line.where, message("wrong_import.decimal", column=name), repr(text[:80])))
    return value


def _gaps(weeks: Sequence[Week]) -> Iterator[Problem]:
    """Tell of weeks that stand twice, or not at all: the sum of a bin would not be that of its weeks."""
    for before, after in pairwise(weeks):
        apart = (after.end - before.end).days // 7
        if apart == 0:
            yield Problem(after.line.where, message("wrong_import.same_week", place=before.line.where))
        elif apart > 1:
            yield Problem(after.line.where, message("wrong_import.weeks_missing", n=apart - 1))


def _bin(week: Week, width: BinWidth) -> tuple[int, int]:
    thursday = week.end - timedelta(days=3)
    return (thursday.year, thursday.month) if width == "month" else week.end.isocalendar()[:2]


def _made(weeks: Sequence[Week]) -> date:
    """When the file was made, as far as it can be told."""
    years = [year for week in weeks for year, n in week.known.items() if n]
    return max(weeks[-1].end, date(max(years, default=2000) + 1, 1, 1))


def _entries(joined: Sequence[Sequence[Week]], made: date, w: Speaker) -> Iterator[Entry]:
    for weeks in joined:
        since, end = weeks[0].end - timedelta(days=7), weeks[-1].end
        first, last = (str(week.line.number) for week in (weeks[0], weeks[-1]))
        note = w.say("import_note.lines", first=first, last=last)
        before = ""
        for year in sorted({year for week in weeks for year in week.known}):
            # A bin that goes over the end of the year was not over then.
            known = [week.known[year] for week in weeks if year in week.known]
            if len(known) == len(weeks) and any(known):
                name, figure = f"names-{end}-known-{year}", f"{sum(known):,} names"
                said = date(year, 12, 31)
                yield Entry(name, NAMES, said, LOSSES, figure, since, end, "names", revises=before, note=note)
                before = name
        if names := sum(week.names for week in weeks):
            figure = f"{names:,} names"
            yield Entry(f"names-{end}", NAMES, made, LOSSES, figure, since, end, "names", revises=before, note=note)
        found = [week.estimate for week in weeks if week.estimate]
        if len(found) == len(weeks):
            low, middle, high = (round(sum(part)) for part in zip(*found, strict=True))
            figure = f"{middle:,} (95% CI {max(low, 0):,}-{high:,})" if low < middle < high else f"{middle:,}"
            yield Entry(f"estimate-{end}", ESTIMATE, made, LOSSES, figure, since, end, "estimate", note=note)


def _remarks(weeks: Sequence[Week]) -> Iterator[Message]:
    yield message("import_remark.made", day=_made(weeks))
    if any(week.known for week in weeks):
        yield message("import_remark.vintages")
    if any(week.estimate for week in weeks):
        yield message("import_remark.added")
    if bare := sum(week.estimate is None for week in weeks):
        yield message("import_remark.bare_weeks", n=bare)


def _case(joined: Sequence[Sequence[Week]], spoken: set[str], w: Speaker) -> CaseFile:
    cut = (joined[0][0].end - timedelta(days=7), *(weeks[-1].end for weeks in joined))
    words = _words()
    force = words["force"] | {"total": scaled(words["force"]["total"], (cut[-1] - cut[0]).days)}
    sources = {
        key: {name: each[name] for name in ("name", "access", "reason")} | {"relations": {"russia": each["relation"]}}
        for key, each in ((NAMES, words["names"]), (ESTIMATE, words["estimate"]))
        if key in spoken
    }
    head = {
        "title": w.say("import_case.mediazona"),
        "description": w.say("import_case.mediazona_about"),
        "bins": cut,
    }
    return case_file(head, {"russia": force}, sources, w)
