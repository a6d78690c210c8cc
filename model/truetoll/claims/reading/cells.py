"""Cells of somebody's table: numbers and dates as spreadsheets, statistics packages and programs write them.

A whole number may stand as ``2``, ``2.0``, ``2,00``, ``1,234``, ``1.234``, ``1 234``, ``1'234`` or ``1e+05``. A date
may have the year first, be a day and a month in either order, name its month, or count milliseconds since 1970. Where
one cell can be read in two ways, all cells of the file decide (`Habits`); if they do not, nothing is guessed
(`UndecidedError`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Literal

from truetoll.errors import WrongValueError
from truetoll.text.messages import Message, Value, message

DayOrder = Literal["dmy", "mdy"]

LARGEST = 10**10
"""No count is larger; one that is has been mistyped."""

_NONE = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "<na>", "-", "--", ".", "?", "unknown"))
_CODED = re.compile(r"-9{2,4}(\.0*)?")
"""-99, -999 and -9999 stand for a number that is missing."""
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*")
_SPACED = re.compile(r"\d{1,3}(?:([ '\u2019\u00a0\u202f\u2009])\d{3})(?:\1\d{3})*(?=$|[.,])")
_WHOLE = re.compile(r"\d+(?:[.,]0*)?")
_MIXED = re.compile(r"\d{1,3}(?:(?P<group>[.,])\d{3})+(?!(?P=group))[.,]0*")
_POWER = re.compile(r"\d{1,9}(\.\d{1,9})?[eE]\+?\d{1,2}")
_BROKEN = re.compile(r"\d+([.,])\d+")

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?\s?[Mm]\.?)?"
_TIME = rf"(?:[T\s,]+{_CLOCK}\s*(?:Z|UTC|GMT|[+-]\d{{2}}:?(?:\d{{2}})?)?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _TIME)
_DAY_MONTH = re.compile(r"(\d{1,2})[-/. ]+([^\W\d_]{3,12})\.?[-/., ]+(\d{4}|\d{2})" + _TIME)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,12})\.?[-/. ]+(\d{1,2})[-/., ]+(\d{4})" + _TIME)
_MILLISECONDS = re.compile(r"(\d{12,13})(?:\.0*)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d*)?")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}" + _TIME)
_CENTURY = 89
"""A year of two digits beside a named month is of this century below it: the events begin in 1989."""
_MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "january february march april may june july august september october november december",
        "ene feb mar abr may jun jul ago sep oct nov dic",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    )
    for number, name in enumerate(names.split(), start=1)
} | {"sept": 9}


class UnreadableError(WrongValueError):
    """A cell that is not what its column holds; said is what it must be."""


class UndecidedError(WrongValueError):
    """A cell that can be read in two ways, and a file that does not decide; said is what to do."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a file writes what can be read in two ways.

    Parameters
    ----------
    decimal : frozenset of str
        Marks that some cell can only have as the decimal mark.
    grouping : frozenset of str
        Marks that some cell can only have between thousands.
    day_first, month_first : str
        A date that can only be read so, or empty.
    order : {"dmy", "mdy"} or None
        What was said of the order of day and month: it decides.
    """

    decimal: frozenset[str] = frozenset()
    grouping: frozenset[str] = frozenset()
    day_first: str = ""
    month_first: str = ""
    order: DayOrder | None = None


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no number: empty, ``NA``, ``NULL``, ``-999`` and the like.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    return text.strip().casefold() in _NONE or _CODED.fullmatch(text.strip()) is not None


@lru_cache(maxsize=20_000)
def is_plain(text: str) -> bool:
    """Whether a number or date can be read in one way only, whatever its file.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool
    """
    return text.isdecimal() or not (_one_group(text) or _two_ways(text))


def whole(text: str, habits: Habits) -> int | None:
    """Read a whole number of at least 0.

    Parameters
    ----------
    text : str
    habits : Habits

    Returns
    -------
    int or None
        None if the cell says that there is none.

    Raises
    ------
    UnreadableError
        If it is no such number.
    UndecidedError
        If it can be two, and the habits do not say which.
    """
    text = _tidy(text)
    if text.isascii() and text.isdecimal() and len(text) <= len(str(LARGEST)):
        return _checked(int(text))
    if is_missing(text):
        return None
    if text.startswith("-"):
        raise UnreadableError(message("wrong_cell.negative"))
    if mark := _one_group(text):
        return _of_one_group(text, mark, habits)
    digits = _digits(text)
    if digits is None:
        raise UnreadableError(message("wrong_cell.no_number"))
    return _checked(digits)


def _tidy(text: str) -> str:
    """Take off what spreadsheets put in front of text, and a plus sign."""
    return text.strip().removeprefix("'").removeprefix("+")


def _checked(value: int) -> int:
    if value >= LARGEST:
        raise UnreadableError(message("wrong_cell.too_large", most=LARGEST))
    return value


def _one_group(text: str) -> str:
    """Find the mark of a number such as 1.234 or 1,000, which can be a fraction or thousands; else empty."""
    found = _GROUPED.fullmatch(_tidy(text))
    tidy = _tidy(text)
    return found["mark"] if found and tidy.count(found["mark"]) == 1 and not tidy.startswith("0") else ""


def _of_one_group(text: str, mark: str, habits: Habits) -> int:
    before, _, after = text.partition(mark)
    between_thousands = _between_thousands(mark, habits)
    if between_thousands is None:
        either: Value = before if after == "000" else message("wrong_cell.fraction")
        raise UndecidedError(message("wrong_cell.open_number", number=text, one=either, other=before + after))
    if between_thousands:
        return _checked(int(before + after))
    if after == "000":
        return _checked(int(before))
    raise UnreadableError(message("wrong_cell.no_number"))


def _between_thousands(mark: str, habits: Habits) -> bool | None:
    """Whether a mark stands between thousands rather than before decimals; None if the file does not say."""
    if mark in habits.decimal or mark in habits.grouping:
        return None if mark in habits.decimal & habits.grouping else mark in habits.grouping
    other = "." if mark == "," else ","
    if other in habits.decimal ^ habits.grouping:
        return other in habits.decimal
    # A comma before exactly three zeros of decimals is not met with; a point is.
    return True if mark == "," else None


def _digits(text: str) -> int | None:
    """Read a number that can be read in one way only."""
    if spaced := _SPACED.match(text):
        text = re.sub(r"[^\d]", "", spaced.group()) + text[spaced.end() :]
    if _WHOLE.fullmatch(text):
        return int(re.split("[.,]", text)[0][:20])
    if found := _MIXED.fullmatch(text):
        other = "." if found["group"] == "," else ","
        return int(text.partition(other)[0].replace(found["group"], ""))
    if found := _GROUPED.fullmatch(text):
        return int(text.replace(found["mark"], ""))
    if _POWER.fullmatch(text) and (value := float(text)).is_integer() and value < LARGEST:
        return int(value)
    return None


def day(text: str, habits: Habits) -> date | None:
    """Read the day of a date; the time of day is passed over.

    Parameters
    ----------
    text : str
    habits : Habits

    Returns
    -------
    date or None
        None if the cell says that there is none.

    Raises
    ------
    UnreadableError
        If it is no date.
    UndecidedError
        If day and month can be either, and the habits do not say which.
    """
    found = _day(text)
    if found is not None:
        return found
    if is_missing(text):
        return None
    if parts := _YEAR_LAST.fullmatch(text.strip()):
        return _in_order(text, parts, habits)
    raise UnreadableError(_what_is_wrong(text.strip()))


@lru_cache(maxsize=20_000)
def _day(text: str) -> date | None:
    """Read a date whose order is plain; None for all others."""
    text = text.strip()
    try:
        return _numbered(text) or _in_words(text)
    except (ValueError, OverflowError, OSError):
        return None


def _numbered(text: str) -> date | None:
    if parts := _YEAR_FIRST.fullmatch(text):
        return date(int(parts[1]), int(parts[3]), int(parts[4]))
    if parts := _COMPACT.fullmatch(text):
        return date(int(parts[1]), int(parts[2]), int(parts[3]))
    if parts := _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(parts[1]) / 1000, UTC).date()
    if parts := _YEAR_LAST.fullmatch(text):
        first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
        return date(year, second, first) if parts[2] == "." or first == second else None
    return None


def _in_words(text: str) -> date | None:
    if parts := _DAY_MONTH.fullmatch(text):
        return _named(parts[3], parts[2], parts[1])
    parts = _MONTH_DAY.fullmatch(text)
    return _named(parts[3], parts[1], parts[2]) if parts else None


def _named(year: str, month: str, number: str) -> date | None:
    known = _MONTHS.get(month.casefold())
    full = int(year) if len(year) == 4 else int(year) + (2000 if int(year) < _CENTURY else 1900)
    return date(full, known, int(number)) if known else None


def _in_order(text: str, parts: re.Match[str], habits: Habits) -> date:
    order = habits.order or _decided(text, habits)
    first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
    number, month = (first, second) if order == "dmy" or parts[2] == "." else (second, first)
    try:
        return date(year, month, number)
    except ValueError:
        so = message("wrong_cell.no_date_so", order=habits.order) if habits.order else message("wrong_cell.no_date")
        raise UnreadableError(so) from None


def _decided(text: str, habits: Habits) -> DayOrder:
    if habits.day_first and habits.month_first:
        both = {"day_first": habits.day_first, "month_first": habits.month_first}
        raise UndecidedError(message("wrong_cell.two_orders", **both))
    if not habits.day_first and not habits.month_first:
        raise UndecidedError(message("wrong_cell.open_date", date=text))
    return "dmy" if habits.day_first else "mdy"


def _what_is_wrong(text: str) -> Message:
    if _SERIAL.fullmatch(text):
        return message("wrong_cell.serial")
    if _SHORT_YEAR.fullmatch(text):
        return message("wrong_cell.short_year")
    return message("wrong_cell.date")


def _two_ways(text: str) -> str:
    """Which order of day and month a date can only have: ``dmy``, ``mdy``, ``either``; empty if that is no question."""
    parts = _YEAR_LAST.fullmatch(text.strip())
    if parts is None or parts[2] == ".":
        return ""
    first, second = int(parts[1]), int(parts[3])
    if first > 12 or second > 12:
        return "dmy" if first > 12 >= second else "mdy" if second > 12 >= first else ""
    return "either" if first != second else ""


def habits_of(numbers: Iterable[str], dates: Iterable[str], before: Habits) -> Habits:
    """Learn from further cells how a file writes.

    Parameters
    ----------
    numbers, dates : iterable of str
        Cells of columns of whole numbers, and of dates.
    before : Habits
        What is known already.

    Returns
    -------
    Habits
    """
    decimal, grouping = set(before.decimal), set(before.grouping)
    for text in map(_tidy, numbers):
        if text.isascii() and text.isdecimal():
            continue
        if found := _MIXED.fullmatch(text):
            grouping.add(found["group"])
            decimal.add("." if found["group"] == "," else ",")
        elif (found := _GROUPED.fullmatch(text)) and text.count(found["mark"]) > 1:
            grouping.add(found["mark"])
        elif (found := _BROKEN.fullmatch(text)) and not _one_group(text):
            decimal.add(found[1])
    day_first, month_first = before.day_first, before.month_first
    for text in dates:
        order = _two_ways(text)
        day_first = day_first or (text if order == "dmy" else "")
        month_first = month_first or (text if order == "mdy" else "")
    return Habits(frozenset(decimal), frozenset(grouping), day_first, month_first, before.order)
