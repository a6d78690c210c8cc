"""Dates as spreadsheets write them -> year-month-day, where the whole table says how they are meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from truetoll.claims.reading.cells import Habits, UndecidedError, UnreadableError, day, habits_of
from truetoll.claims.reading.table import Row
from truetoll.errors import Problem
from truetoll.text.messages import Message, message

Order = Literal["dmy", "mdy", "ymd"]
COLUMNS = ("reported", "since", "as_of")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_PART = re.compile(r"\d{4}(-\d{2})?")
_SHORT = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2})")
_CENTURY = 70
"""A year of two digits is of this century below it."""


def with_days(
    rows: Sequence[Row], order: Order | None, place: Callable[[Row, str], str], report: Callable[[Problem], None]
) -> tuple[Row, ...]:
    """Write the dates of a table year-month-day.

    Parameters
    ----------
    rows : sequence of Row
    order : {"dmy", "mdy", "ymd"} or None
        What the case says; if nothing, dates that can be read in one way only decide for all.
    place : callable of (Row, str)
    report : callable of Problem
        Receives dates that can be read in two ways.

    Returns
    -------
    tuple of Row
        What is no date stays as it is: whoever reads the cell says what is wrong with it.
    """
    texts = [text for row in rows for name in COLUMNS if (text := row.cells[name]) and not _ISO.fullmatch(text)]
    if not texts:
        return tuple(rows)
    habits = habits_of((), texts, Habits(order=None if order == "ymd" else order))
    contrary = order is None and bool(habits.day_first and habits.month_first)
    told: list[Problem] = []

    def once(problem: Problem) -> None:
        """Dates in both orders are one problem, of the file."""
        if not (contrary and told):
            told.append(problem)
            report(problem)

    return tuple(_of_row(row, order, habits, place, once) for row in rows)


def _of_row(
    row: Row, order: Order | None, habits: Habits, place: Callable[[Row, str], str], report: Callable[[Problem], None]
) -> Row:
    changed: dict[str, str] = {}
    for name in COLUMNS:
        text = row.cells[name]
        if not text or _ISO.fullmatch(text) or _PART.fullmatch(text):
            continue
        try:
            found = _short(text, order) or day(text, habits)
        except UndecidedError:
            report(Problem(place(row, name), _undecided(name, habits), repr(text)))
            changed[name] = ""
        except (UnreadableError, ValueError):
            continue
        else:
            changed[name] = found.isoformat() if found else text
    if not changed:
        return row
    # An undecided date is told once: the row goes on without it, and is refused anyhow.
    return replace(row, cells={**row.cells, **changed}, undecided=any(not text for text in changed.values()))


def _undecided(name: str, habits: Habits) -> Message:
    if habits.day_first and habits.month_first:
        return message("wrong_claim.two_orders", day_first=habits.day_first, month_first=habits.month_first)
    return message("wrong_claim.undecided", column=name)


def _short(text: str, order: Order | None) -> date | None:
    """Read a year of two digits, where the case says what stands where."""
    found = _SHORT.fullmatch(text.strip())
    if found is None or order is None:
        return None
    numbers = [int(found[n]) for n in (1, 3, 4)]
    number, month, year = (numbers[order.index(letter)] for letter in "dmy")
    return date(year + (2000 if year < _CENTURY else 1900), month, number)
