"""The daily tallies of the Gaza ministry, as Tech for Palestine publishes them -> a case.

The file is ``casualties_daily.json`` of https://data.techforpalestine.org (or the same table as CSV). A row is a day:

=====================  ==============================================================================================
report_date            the day
report_source          ``mohtel``: Ministry of Health; ``gmotel``: Government Media Office; ``missing``: no report
report_period          hours that the report covers; more than 24: it catches up; 0: nothing new
killed_cum             killed since 7 October 2023, as that report says
injured_cum            wounded since then
killed_committee       added in a batch that day: deaths of earlier days that the ministry's committee has accepted
killed_recovered       bodies recovered that day
=====================  ==============================================================================================

What rests on what
- Only what a report says is a figure. Columns that begin with ``ext_`` are filled by Tech for Palestine, by
  interpolation where there was no report: they are no reports, and a day that has nothing else is set aside. So is a
  day whose report_source is ``missing`` though it has a figure: the file does not say whose.
- Each source keeps a running tally; its figures are links of it, and a tally's errors of neighbouring days are nearly
  the same. One figure a week says what seven do: `every` keeps the last of each period.
- killed_cum counts the dead by the day on which they were counted. A batch of the committee or of bodies recovered
  raises it on its day; the model takes such jumps for errors of the tally or for losses of those days, so that the
  total stands but single bins can be too high. Such days have a note.
- Children, women, medics, press, rescuers and aid seekers are parts of the tally, and the columns of hunger are
  counts of their own; none is read.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from truetoll.claims.schema import CaseFile
from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.drafts import Entry, Imported
from truetoll.importers.sheet import CellReader, Columns, Ledger, Line, read_lines
from truetoll.importers.tallies import Day, check_counted, kept_days, tally_entries

BEFORE = date(2023, 10, 6)
"""The day before the first that the tally counts."""
MISSING = "missing"
NO_REPORT = "no report that day: only Tech for Palestine's own filling (ext_ columns)"
NOBODY = "a figure of which the file does not say who reported it (report_source missing)"
NO_FIGURE = "a report without killed_cum and injured_cum"

_LOSSES = {"killed_cum": "gaza.killed", "injured_cum": "gaza.wounded"}
_NOTED = ("report_period", "killed_committee", "killed_recovered")
COLUMNS = Columns(
    ("report_date", "report_source"),
    (*_LOSSES, *_NOTED),
    numbers=(*_LOSSES, *_NOTED),
    dates=("report_date",),
    unread=(
        *("ext_*", "killed", "injured", "killed_*", "injured_*", "med_killed*", "press_killed*", "civdef_killed*"),
        *("massacres*", "*famine*", "aid_seeker_*"),
    ),
)


def read_tfp(path: str | Path, bins: BinWidth = "month", skip_bad: bool = False, every: BinWidth = "week") -> Imported:
    """Read the file and make a case of it.

    Parameters
    ----------
    path : str or Path
        JSON or CSV.
    bins : {"day", "week", "month"}
    skip_bad : bool
        Whether rows that cannot be read are let pass, counted and listed.
    every : {"day", "week", "month"}
        Of each tally the last figure of each such period is used.

    Returns
    -------
    Imported

    Raises
    ------
    CaseError
        With every problem, each with its row; if nothing is left to make a case of.
    """
    path = Path(path)
    ledger = Ledger(path.name)
    cell = CellReader(path, COLUMNS, ledger)
    found = [said for line in read_lines(path, COLUMNS, ledger) if (said := _day(line, cell, ledger))]
    days = kept_days(found, BEFORE, every, ledger)
    ledger.close(skip_bad)
    if not days:
        raise CaseError([*ledger.told(), Problem(path.name, "holds no report with a figure")])
    claims = tally_entries(days, BEFORE)
    counts = {"rows": ledger.rows, "rows_used": len(days), "claims": len(claims)}
    return Imported.of("tfp-gaza", _case(days, bins), claims, counts, ledger, tuple(_remarks(claims)))


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("truetoll.importers") / "tfp.toml").read_text(encoding="utf-8"))


def _day(line: Line, cell: CellReader, ledger: Ledger) -> Day | None:
    """Read one row; None if it was set aside or refused."""
    problems = list[Problem]()
    day = cell.day(line, "report_date", problems)
    check_counted(day, BEFORE, "report_date", line, problems)
    numbers = {name: cell.whole(line, name, problems) for name in (*_LOSSES, *_NOTED)}
    figures = {_LOSSES[name]: f"{numbers[name]:,}" for name in _LOSSES if numbers[name]}
    source = line.cells["report_source"]
    known = _words()["sources"]
    if source != MISSING and source not in known:
        problems.append(unknown(line.where, "report_source is not known", source[:200], (*known, MISSING)))
    if problems or day is None:
        ledger.refuse(line.cells, *problems)
        return None
    if source == MISSING or not figures:
        ledger.set_aside((NOBODY if figures else NO_REPORT) if source == MISSING else NO_FIGURE, line.cells)
        return None
    return Day(line, day, known[source]["key"], figures, "; ".join(_notes(numbers)))


def _notes(numbers: dict[str, int | None]) -> Iterator[str]:
    if (hours := numbers["report_period"] or 24) > 24:
        yield f"over {hours} hours"
    if batch := numbers["killed_committee"]:
        yield f"{batch:,} of earlier days accepted by the committee"
    if bodies := numbers["killed_recovered"]:
        yield f"{bodies:,} bodies recovered"


def _remarks(claims: Iterable[Entry]) -> Iterator[str]:
    yield "parts of the tally (children, women, medics, press, rescuers, aid seekers) and deaths of hunger are not read"
    if any("committee" in claim.note for claim in claims):
        yield "batches of deaths of earlier days raise the tally on the day they were accepted: see the notes of claims"
    yield (
        "the tallies are of one side and mostly one ministry: without another voice the answer is its count and the "
        "bias assumed of it"
    )


def _case(days: list[Day], bins: BinWidth) -> CaseFile:
    spoken = {said.source for said in days}
    head = {
        "title": "Killed and wounded in the Gaza Strip since 7 October 2023, as tallied there",
        "description": "Imported from the daily table of Tech for Palestine, https://data.techforpalestine.org "
        "(public domain). Priors, relations and access are the importer's judgements: correct them.",
        "bins": edges(BEFORE, days[-1].day, bins),
    }
    sources = {
        each["key"]: {key: each[key] for key in ("name", "access", "reason")}
        | {"relations": {"gaza": each["relation"]}}
        for each in _words()["sources"].values()
        if each["key"] in spoken
    }
    return CaseFile.model_validate({"case": head, "forces": {"gaza": _words()["force"]}, "sources": sources})
