"""Ukraine's daily figures of Russian losses, as the well-known JSON dataset has them -> a case.

The files are ``russia_losses_personnel.json`` and ``russia_losses_equipment.json`` of
https://github.com/PetroIvaniuk/2022-Ukraine-Russia-War-Dataset (MIT licence), as JSON or CSV; columns tell which of
the two it is. A row is a day, a figure is the General Staff's running tally since 24 February 2022:

=============  ======================================================================================================
date           the day of the report
day            of the war: 1 is 24 February 2022; it must agree with date
personnel      persons, and in ``personnel*`` the word before it: ``about`` or ``more``
POW            prisoners, to 27 April 2022: not read
others         things by kind: `ukraine.toml` says which count each is
=============  ======================================================================================================

What rests on what
- The tally says "about" before every figure, also before 1,456,610: it is a formula and no rounding. Such figures are
  links of the tally as they stand. "More than 12,000" on a few days of March 2022 is a hedge, and stays one.
- Vehicles and fuel tanks were told apart until 30 April 2022 and together since: before, they are added up. Mobile
  missile launchers, which have stood in no row since, and the direction of the greatest losses are not read.
- One figure a week says what seven do: `every` keeps the last of each period.
- Things are a force of their own: how far sources are believed on soldiers says nothing of tanks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from truetoll.claims.languages import Language
from truetoll.claims.schema import CaseFile
from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.casefiles import case_file, judgements
from truetoll.importers.drafts import Imported
from truetoll.importers.priors import scaled
from truetoll.importers.sheet import CellReader, Columns, Ledger, Line, read_sheet
from truetoll.importers.tallies import Day, check_counted, kept_days, tally_entries
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

_words = partial(judgements, "ukraine")

BEFORE = date(2022, 2, 23)
"""The day before the first that the tally counts."""
SOURCE = "general_staff"
NO_FIGURE = message("aside_row.no_figure_asked")

_MANY = 4
"""Kinds of things from which on the length of a fit is told."""
_HEDGE, _PERSONS = "personnel_hedge", "personnel"
_HEDGES = {"": "", "about": "", "more": "more than "}


def _columns() -> Columns:
    series = _words()["series"]
    apart = [part for each in series.values() for part in each.get("together", ())]
    named = {_column(name): name for name in (*series, *apart)}
    numbers = ("day", _PERSONS, *named)
    return Columns(
        ("date",),
        (*numbers, _HEDGE),
        {_HEDGE: ("personnel*",)},
        numbers=numbers,
        dates=("date",),
        unread=("pow", "mobile_srbm_system", "greatest_losses_direction"),
    )


def _column(name: str) -> str:
    """Write the name of a series as columns are looked up."""
    return name.replace(" ", "_").replace("-", "_")


def read_ukraine(
    path: str | Path,
    bins: BinWidth = "month",
    skip_bad: bool = False,
    every: BinWidth = "week",
    only: Sequence[str] = (),
    spoken: Language = "en",
) -> Imported:
    """Read one of the two files and make a case of it.

    Parameters
    ----------
    path : str or Path
        JSON or CSV.
    bins : {"day", "week", "month"}
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed.
    every : {"day", "week", "month"}
        Of each tally the last figure of each such period is used.
    only : sequence of str
        Counts that the case is about, if not all: ``tanks``, ``drones``.
    spoken : {"en", "es"}
        Language of titles, names and notes.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its row; if nothing is left to make a case of.
    """
    path, columns = Path(path), _columns()
    known = [each["count"] for each in _words()["series"].values()]
    none = message("wrong_import.no_such_count")
    if wrong := [unknown(path.name, none, name, known) for name in only if name not in known]:
        raise CaseError(wrong)
    found, ledger = read_sheet(path, columns, partial(_day, only=only))
    days = kept_days(found, BEFORE, every, ledger)
    ledger.close(skip_bad)
    if not days:
        what = message("wrong_import.nothing_asked", column=_PERSONS, names=tuple(_words()["series"]))
        raise CaseError([*ledger.told(), Problem(path.name, what)])
    w = Speaker(spoken)
    claims = tally_entries(days, BEFORE, w)
    losses = tuple(dict.fromkeys(each for said in days for each in said.figures))
    counts = {"rows": ledger.rows, "rows_used": len(days), "claims": len(claims), "series": len(losses)}
    remarks = tuple(_remarks(losses))
    return Imported.of("ukraine-losses", _case(losses, days[-1].day, bins, w), claims, counts, ledger, remarks)


def _day(line: Line, cell: CellReader, ledger: Ledger, only: Sequence[str]) -> Day | None:
    """Read one row; None if it was set aside or refused."""
    problems = list[Problem]()
    day, number = cell.day(line, "date", problems), cell.whole(line, "day", problems)
    check_counted(day, BEFORE, "date", line, problems)
    if day is not None and day > BEFORE and number is not None and number != (day - BEFORE).days:
        said = message("wrong_import.days_differ", day=day, number=(day - BEFORE).days)
        problems.append(Problem(line.where, said, str(number)))
    hedge = line.cells[_HEDGE].casefold()
    if hedge not in _HEDGES:
        what, allowed = message("wrong_import.unknown", column="personnel*"), [each for each in _HEDGES if each]
        problems.append(unknown(line.where, what, hedge[:200], allowed))
    persons = cell.whole(line, _PERSONS, problems)
    figures = {f"russia.{_words()['persons']['quantity']}": f"{_HEDGES.get(hedge, '')}{persons:,}"} if persons else {}
    things, notes = _things(line, cell, problems)
    figures |= {f"russia_materiel.{name}": f"{n:,}" for name, n in things.items()}
    if only:
        figures = {losses: figure for losses, figure in figures.items() if losses.partition(".")[2] in only}
    if problems or day is None:
        ledger.refuse(line.cells, *problems)
        return None
    if not figures:
        ledger.set_aside(NO_FIGURE, line.cells)
        return None
    return Day(line, day, SOURCE, figures, tuple(notes))


def _things(line: Line, cell: CellReader, problems: list[Problem]) -> tuple[dict[str, int], list[Message]]:
    """Read the counts of things: above zero, with what was added up."""
    found, notes = dict[str, int](), list[Message]()
    for name, each in _words()["series"].items():
        n = cell.whole(line, _column(name), problems)
        parts = [cell.whole(line, _column(part), problems) for part in each.get("together", ())]
        if n is None and parts and None not in parts:
            n = sum(part or 0 for part in parts)
            added = " + ".join(f"{part:,}" for part in parts)
            notes.append(message("import_note.added", name=each["count"], sum=added))
        if n:
            found[each["count"]] = n
    return found, notes


def _remarks(losses: Sequence[str]) -> Iterator[Message]:
    if any(each.startswith("russia.") for each in losses):
        yield message("import_remark.personnel")
        yield message("import_remark.about")
    if len(losses) > _MANY:
        yield message("import_remark.many_kinds")
    yield message("import_remark.adversary_alone")


def _case(losses: Sequence[str], last: date, bins: BinWidth, w: Speaker) -> CaseFile:
    words = _words()
    days = (last - BEFORE).days
    forces = dict[str, Any]()
    if any(each.startswith("russia.") for each in losses):
        force = words["persons"]["force"]
        forces["russia"] = force | {"total": scaled(force["total"], days)}
    counts = {
        each["count"]: scaled(words["scales"][each["scale"]], days)
        for each in words["series"].values()
        if f"russia_materiel.{each['count']}" in losses
    }
    if counts:
        forces["russia_materiel"] = words["materiel"]["force"] | {"counts": counts}
    source = words["source"]
    head = {
        "title": w.say("import_case.ukraine"),
        "description": w.say("import_case.ukraine_about"),
        "bins": edges(BEFORE, last, bins),
    }
    told = {key: source[key] for key in ("name", "access", "reason")} | {
        "relations": dict.fromkeys(forces, source["relation"])
    }
    return case_file(head, forces, {SOURCE: told}, w)
