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

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path

from truetoll.claims.languages import Language
from truetoll.claims.schema import CaseFile
from truetoll.errors import CaseError, Problem, unknown
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.casefiles import case_file, judgements
from truetoll.importers.drafts import Imported
from truetoll.importers.sheet import CellReader, Columns, Ledger, Line, read_sheet
from truetoll.importers.tallies import Day, check_counted, kept_days, tally_entries
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

_words = partial(judgements, "tfp")

BEFORE = date(2023, 10, 6)
"""The day before the first that the tally counts."""
MISSING, BATCH = "missing", "import_note.committee"
NO_REPORT, NOBODY = message("aside_row.no_report"), message("aside_row.nobody")
NO_FIGURE = message("aside_row.no_cumulative")

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


def read_tfp(
    path: str | Path,
    bins: BinWidth = "month",
    skip_bad: bool = False,
    every: BinWidth = "week",
    spoken: Language = "en",
) -> Imported:
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
    path = Path(path)
    found, ledger = read_sheet(path, COLUMNS, _day)
    days = kept_days(found, BEFORE, every, ledger)
    ledger.close(skip_bad)
    if not days:
        raise CaseError([*ledger.told(), Problem(path.name, message("wrong_import.no_report"))])
    w = Speaker(spoken)
    claims = tally_entries(days, BEFORE, w)
    counts = {"rows": ledger.rows, "rows_used": len(days), "claims": len(claims)}
    return Imported.of("tfp-gaza", _case(days, bins, w), claims, counts, ledger, tuple(_remarks(days)))


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
        problems.append(
            unknown(
                line.where, message("wrong_import.unknown", column="report_source"), source[:200], (*known, MISSING)
            )
        )
    if problems or day is None:
        ledger.refuse(line.cells, *problems)
        return None
    if source == MISSING or not figures:
        ledger.set_aside((NOBODY if figures else NO_REPORT) if source == MISSING else NO_FIGURE, line.cells)
        return None
    return Day(line, day, known[source]["key"], figures, tuple(_notes(numbers)))


def _notes(numbers: dict[str, int | None]) -> Iterator[Message]:
    if (hours := numbers["report_period"] or 24) > 24:
        yield message("import_note.hours", n=hours)
    if batch := numbers["killed_committee"]:
        yield message(BATCH, n=batch)
    if bodies := numbers["killed_recovered"]:
        yield message("import_note.bodies", n=bodies)


def _remarks(days: Iterable[Day]) -> Iterator[Message]:
    yield message("import_remark.parts_of_tally")
    if any(note.code == BATCH for day in days for note in day.notes):
        yield message("import_remark.batches")
    yield message("import_remark.one_ministry")


def _case(days: list[Day], bins: BinWidth, w: Speaker) -> CaseFile:
    spoken = {said.source for said in days}
    head = {
        "title": w.say("import_case.tfp"),
        "description": w.say("import_case.tfp_about"),
        "bins": edges(BEFORE, days[-1].day, bins),
    }
    sources = {
        each["key"]: {key: each[key] for key in ("name", "access", "reason")}
        | {"relations": {"gaza": each["relation"]}}
        for each in _words()["sources"].values()
        if each["key"] in spoken
    }
    return case_file(head, {"gaza": _words()["force"]}, sources, w)
