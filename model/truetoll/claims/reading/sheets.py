"""A spreadsheet as it is saved, claims.xlsx -> lines of cells as text, as claims.csv has them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from truetoll.claims.reading.files import LARGEST_FILE, NotRegularError, open_regular
from truetoll.claims.reading.table import Layout, Row, rows_from
from truetoll.errors import Problem
from truetoll.text import system
from truetoll.text.messages import Message, message

SHEET = "claims"
"""Name of the sheet that is read where a workbook has several with content."""
_LARGEST_INSIDE = 4 * LARGEST_FILE
"""Bytes of a workbook unpacked: it is a zip file, which can hold far more than its size."""

Lines = Iterator[tuple[int, list[str]]]


def read_workbook(
    path: Path, report: Callable[[Problem], None], layout: Layout, notice: Callable[[Message], None]
) -> tuple[Row, ...]:
    """Read a workbook as a table.

    Parameters
    ----------
    path : Path
    report : callable of Problem
    layout : Layout
    notice : callable of Message
        Told which sheet was read where there are several, and which columns are not used.

    Returns
    -------
    tuple of Row
        Empty if the workbook or its header cannot be used.
    """
    lines = _sheet(path, report, notice)
    if not lines:
        return ()
    # Empty cells at the end of a row are not kept in a workbook.
    wide = len(lines[0][1])
    whole = ((line, cells + [""] * (wide - len(cells))) for line, cells in lines)
    return rows_from(whole, report, layout, notice)


def _sheet(
    path: Path, report: Callable[[Problem], None], notice: Callable[[Message], None]
) -> list[tuple[int, list[str]]] | None:
    """Read rows that are not blank: their number, and cells as text. None if a problem was reported."""
    try:
        with open_regular(path) as file:
            problem = _not_a_workbook(path, file)
            if problem:
                report(problem)
                return None
            return _of_workbook(path, file, report, notice)
    except NotRegularError as error:
        report(Problem(path.name, error.said))
    except OSError as error:
        report(Problem(path.name, message("wrong_file.unreadable", why=system.told(error))))
    except Exception as error:  # of a damaged file openpyxl raises whatever it meets
        report(Problem(path.name, message("wrong_file.damaged_workbook", why=type(error).__name__)))
    return None


def _not_a_workbook(path: Path, file: Any) -> Problem | None:
    size = file.seek(0, 2)
    file.seek(0)
    if size > LARGEST_FILE:
        return Problem(path.name, message("wrong_file.too_large", size=size, most=LARGEST_FILE))
    if not zipfile.is_zipfile(file):
        return Problem(path.name, message("wrong_file.no_workbook"))
    file.seek(0)
    inside = sum(part.file_size for part in zipfile.ZipFile(file).infolist())
    file.seek(0)
    return Problem(path.name, message("wrong_file.large_workbook")) if inside > _LARGEST_INSIDE else None


def _of_workbook(
    path: Path, file: Any, report: Callable[[Problem], None], notice: Callable[[Message], None]
) -> list[tuple[int, list[str]]] | None:
    from openpyxl import load_workbook  # noqa: PLC0415

    book = load_workbook(file, read_only=True, data_only=True)
    filled = {sheet.title: rows for sheet in book.worksheets if (rows := list(_rows(sheet)))}
    if not filled:
        report(Problem(path.name, message("wrong_file.no_sheet")))
        return None
    named = next((title for title in filled if title.strip().casefold() == SHEET), None)
    title = named or next(iter(filled))
    if len(filled) > 1:
        others = tuple(each for each in filled if each != title)
        notice(message("notice.sheet", read=title, others=others).at(path.name))
    return filled[title]


def _rows(sheet: Any) -> Lines:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(cell).strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _text(cell: Any) -> str:
    """Write the value of a cell as a person would have typed it."""
    value, shown = cell.value, str(getattr(cell, "number_format", "") or "")
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{_plain(round(100 * value, 6))}%" if "%" in shown else _plain(value)


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
