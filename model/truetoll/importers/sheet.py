"""Somebody's table, line by line: what cannot be used is told with its line, and every row is accounted for."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TextIO

from truetoll.claims.reading.files import NotRegularError, open_regular
from truetoll.claims.reading.table import MOST_COLUMNS, rows_of
from truetoll.errors import CaseError, Problem, Problems

LONGEST_LINE = 2_000_000
"""Characters; of a cell, 131,072."""
UNREADABLE = "unreadable"
"""Reason under which rows with a problem are counted."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""A NUL, and what stands for bytes that were not understood."""
_REMEDY = "save it as UTF-8 (in Excel: 'CSV UTF-8')"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table.

    Parameters
    ----------
    where : str
        File and line on which it starts.
    number : int
        That line.
    cells : mapping of str to str
        The columns that were asked for, stripped.
    """

    where: str
    number: int
    cells: Mapping[str, str]


@dataclass
class Ledger:
    """What became of every row.

    Parameters
    ----------
    rows : int
        Rows read, without the header and blank lines.
    aside : Counter of str
        Rows that became no claim of their own, by reason.
    problems : Problems
        What is wrong with the rows counted under `UNREADABLE`.
    """

    rows: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    problems: Problems = field(default_factory=Problems)

    def refuse(self, *problems: Problem) -> None:
        """Count a row as unreadable.

        Parameters
        ----------
        *problems : Problem
            Everything that is wrong with it.
        """
        self.aside[UNREADABLE] += 1
        self.problems += problems

    def close(self, skip_bad: bool) -> None:
        """End the reading.

        Parameters
        ----------
        skip_bad : bool
            Whether unreadable rows are let pass.

        Raises
        ------
        CaseError
            With every problem, if they are not.
        """
        if self.problems and not skip_bad:
            raise CaseError(self.problems)


def read_lines(path: Path, required: Sequence[str], optional: Sequence[str], ledger: Ledger) -> Iterator[Line]:
    """Read a table as CSV, of any size; other columns than those asked for are passed over.

    The header decides whether cells are separated by commas, semicolons or tabs.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte-order mark.
    required, optional : sequence of str
        Columns; an optional one that is missing is empty in every row.
    ledger : Ledger
        Counts the rows, and takes the problems of those that cannot be used.

    Yields
    ------
    Line

    Raises
    ------
    CaseError
        If the file cannot be read to its end: with the problem, and those found before it.
    """
    try:
        with io.TextIOWrapper(open_regular(path), "utf-8-sig", "surrogateescape", newline="") as file:
            first = file.readline(LONGEST_LINE)
            _check_start(path, first)
            file.seek(0)
            pieces = _pieces(path, file)
            rows = _rows(path, csv.reader(pieces, delimiter=max(",;\t", key=first.count), strict=True))
            header = _header(next(rows, (1, [])), path, required, optional)
            yield from _lines(path, rows, header, (*required, *optional), ledger)
    except NotRegularError as error:
        _stop(path.name, str(error))
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        _stop(path.name, "the file does not exist" if missing else f"cannot be read: {error.strerror}")
    except CaseError as error:
        raise CaseError([*ledger.problems, *error.problems], ledger.problems.more) from None


def _pieces(path: Path, file: TextIO) -> Iterator[str]:
    """Read line by line, so that a file of any size takes no more memory than its longest line."""
    for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), ""), 1):
        if len(line) > LONGEST_LINE:
            _stop(f"{path.name}:{number}", f"the line is longer than {LONGEST_LINE:,} characters")
        yield line


def _stop(where: str, what: str) -> NoReturn:
    raise CaseError([Problem(where, what)])


def _check_start(path: Path, first: str) -> None:
    start = first[:2].encode("utf-8", "surrogateescape")
    if start.startswith(_UTF16) or "\0" in first:
        _stop(path.name, f"is not UTF-8 text; {_REMEDY}")
    if not first:
        _stop(path.name, "the file is empty")


def _rows(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    told = "nothing after this line can be read"
    return rows_of(reader, lambda line, what: _stop(f"{path.name}:{line}", f"{what}; {told}"))


def _header(
    found: tuple[int, list[str]], path: Path, required: Sequence[str], optional: Sequence[str]
) -> dict[str, int]:
    """Find the columns: name -> position; extra ones may stand anywhere."""
    line, names = found
    where = f"{path.name}:{line}"
    if len(names) > MOST_COLUMNS:
        _stop(where, f"the header has {len(names):,} columns; allowed: {MOST_COLUMNS:,}")
    strange = [name for name in names if name not in (*required, *optional)]
    problems = [_missing(where, name, strange) for name in required if name not in names]
    asked = [name for name in names if name in (*required, *optional)]
    twice = [name for name, n in Counter(asked).items() if n > 1]
    problems += [Problem(where, f"column {name!r} stands in the header more than once") for name in twice]
    if problems:
        raise CaseError(problems)
    return {"": len(names)} | {name: names.index(name) for name in asked}


def _missing(where: str, name: str, strange: Sequence[str]) -> Problem:
    meant = difflib.get_close_matches(name, strange, n=1)
    return Problem(where, f"column {name!r} is missing{f'; there is a column {meant[0]!r}' if meant else ''}")


def _lines(
    path: Path, rows: Iterator[tuple[int, list[str]]], header: Mapping[str, int], columns: Sequence[str], ledger: Ledger
) -> Iterator[Line]:
    for number, cells in rows:
        ledger.rows += 1
        where = f"{path.name}:{number}"
        if len(cells) != header[""]:
            what = f"the row has {len(cells)} cells where the header has {header['']}"
            ledger.refuse(Problem(where, what))
            continue
        asked = {name: cells[header[name]] if name in header else "" for name in columns}
        if foreign := [name for name, cell in asked.items() if _NO_TEXT.search(cell)]:
            ledger.refuse(*(Problem(where, f"{name} is not UTF-8 text; {_REMEDY}") for name in foreign))
            continue
        yield Line(where, number, asked)
