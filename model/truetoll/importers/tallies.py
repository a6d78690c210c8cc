"""Daily running tallies of somebody's file -> claims: a day counts once, the other days of a period are set aside."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from truetoll.errors import Problem
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.drafts import Entry
from truetoll.importers.sheet import Ledger, Line
from truetoll.text.messages import Message, message
from truetoll.text.saying import Speaker

OTHER_DAYS, SAME_DAY = message("aside_row.other_days"), message("aside_row.same_day")


@dataclass(frozen=True, slots=True)
class Day:
    """What a source had counted by one day.

    Parameters
    ----------
    line : Line
    day : date
    source : str
        Key in the case.
    figures : mapping of str to str
        Losses -> the figure in words: since the beginning.
    notes : tuple of Message
    """

    line: Line
    day: date
    source: str
    figures: Mapping[str, str]
    notes: tuple[Message, ...] = ()


def check_counted(day: date | None, before: date, column: str, line: Line, problems: list[Problem]) -> None:
    """Hold that a row has a day, and one after that before the first that counts.

    Parameters
    ----------
    day : date or None
        As read; None with a problem if it could not be.
    before : date
    column : str
        Of the day.
    line : Line
    problems : list of Problem
        Takes what is wrong.
    """
    if day is None and not problems:
        problems.append(Problem(line.where, message("wrong_claim.empty", column=column)))
    if day is not None and day <= before:
        first = before + timedelta(days=1)
        problems.append(Problem(line.where, message("wrong_import.before", column=column, day=first), str(day)))


def kept_days(days: Iterable[Day], before: date, every: BinWidth, ledger: Ledger) -> list[Day]:
    """Keep the last day of each source in each period; what repeats a day is set aside, or refused if it differs.

    Parameters
    ----------
    days : iterable of Day
    before : date
        The day before the first that counts.
    every : {"day", "week", "month"}
        Periods, as bins of that width would be.
    ledger : Ledger
        Takes the others.

    Returns
    -------
    list of Day
        By day and source.
    """
    known: dict[tuple[date, str], Day] = {}
    for said in days:
        first = known.setdefault((said.day, said.source), said)
        if first is not said and first.figures == said.figures:
            ledger.set_aside(SAME_DAY, said.line.cells)
        elif first is not said:
            what = message("wrong_import.same_day", day=said.day, place=first.line.where)
            ledger.refuse(said.line.cells, Problem(said.line.where, what))
    ordered = [known[key] for key in sorted(known)]
    if every == "day" or not ordered:
        return ordered
    cut = edges(before, ordered[-1].day, every)
    last = {(said.source, bisect_left(cut, said.day)): said for said in ordered}
    kept = [said for said in ordered if last[said.source, bisect_left(cut, said.day)] is said]
    ledger.aside[OTHER_DAYS] += len(ordered) - len(kept)
    return kept


def tally_entries(days: Sequence[Day], before: date, w: Speaker) -> tuple[Entry, ...]:
    """Make claims of the days of tallies.

    Parameters
    ----------
    days : sequence of Day
    before : date
        The day before the first that counts.
    w : Speaker
        Of the notes.

    Returns
    -------
    tuple of Entry
        A plain number is a link of its source's tally; any other figure only shares its origin.
    """
    return tuple(
        Entry(
            f"{said.source.replace('_', '-')}-{losses.partition('.')[2].replace('_', '-')}-{said.day}",
            said.source,
            said.day,
            losses,
            figure,
            before,
            said.day,
            origin="" if _plain(figure) else tally_of(said.source),
            bulletin=tally_of(said.source) if _plain(figure) else "",
            note=w.tell(_note(said)),
        )
        for said in days
        for losses, figure in said.figures.items()
    )


def _note(said: Day) -> Message:
    n = said.line.number
    return message("import_note.row_with", n=n, notes=said.notes) if said.notes else message("import_note.row", n=n)


def tally_of(source: str) -> str:
    """Name the tally of a source.

    Parameters
    ----------
    source : str

    Returns
    -------
    str
    """
    return f"{source}_tally"


def _plain(figure: str) -> bool:
    return figure.replace(",", "").isdecimal()
