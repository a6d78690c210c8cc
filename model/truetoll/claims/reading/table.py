"""A table as CSV, such as claims.csv -> rows of text, each with the line it starts on."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from truetoll.claims.schema import Figure
from truetoll.errors import Problem, unknown


@dataclass(frozen=True)
class Layout:
    """What a table looks like.

    Parameters
    ----------
    name : str
        Of its file, for problems.
    columns : tuple of str
        All it may have, in any order.
    required : tuple of str
        Those it must have.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]


MOST_ROWS = 200_000
"""Rows of a table; Radford's claims have 4,609."""
MOST_COLUMNS = 1_000

CLAIMS = Layout(
    "claims.csv",
    (
        *("id", "source", "reported", "losses", "figure", "since", "as_of"),
        *("origin", "bulletin", "credibility", "quote", "url", "note"),
    ),
    ("id", "source", "losses", "figure"),
)
COLUMNS = CLAIMS.columns


@dataclass(frozen=True)
class Row:
    """A line of claims.csv, not yet understood.

    Parameters
    ----------
    line : int
        Physical line on which it starts.
    cells : mapping of str to str
        Every column, stripped; empty where the file has none.
    h : float or None
        Mean distance of a hedge, if a scenario sets it.
    figure : Figure or None
        What the cell ``figure`` says, if that is known already.
    """

    line: int
    cells: Mapping[str, str]
    h: float | None = None
    figure: Figure | None = None

    @property
    def id(self) -> str:
        """The claim's id, as written."""
        return self.cells["id"]


def read_rows(text: str, report: Callable[[Problem], None], layout: Layout = CLAIMS) -> tuple[Row, ...]:
    """Split a table into rows.

    Columns may be separated by commas, semicolons (as spreadsheets do where the comma is decimal) or tabs;
    the header decides. Blank lines are skipped.

    Parameters
    ----------
    text : str
    report : callable of Problem
    layout : Layout

    Returns
    -------
    tuple of Row
        Those with the right number of cells; none if the header is wrong.
    """
    lines = _lines(text, report, layout.name)
    line, header = next(lines, (1, []))
    if not _header_is_sound(line, header, report, layout):
        return ()
    blank, rows = dict.fromkeys(layout.columns, ""), list[Row]()
    for read, (number, found) in enumerate(lines):
        if read >= MOST_ROWS:
            report(Problem(f"{layout.name}:{number}", f"holds more than {MOST_ROWS:,} rows, and no more are read"))
            break
        if (cells := _fitted(number, found, header, report, layout.name)) is not None:
            rows.append(Row(number, blank | {n: c for n, c in zip(header, cells, strict=True) if n}))
    return tuple(rows)


def _lines(text: str, report: Callable[[Problem], None], name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it starts on, stripped cells) of every line that is not blank, until the syntax breaks."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    return rows_of(reader, lambda line, what: report(Problem(f"{name}:{line}", what)))


def rows_of(reader: Iterator[list[str]], broken: Callable[[int, str], None]) -> Iterator[tuple[int, list[str]]]:
    """Go through the rows of a table that are not blank, until the syntax breaks.

    Parameters
    ----------
    reader : csv.reader
        Strict.
    broken : callable
        Called with the line of a row that cannot be taken apart, and what is wrong with it; nothing follows.

    Yields
    ------
    int, list of str
        Line the row starts on, stripped cells.
    """
    start = 1
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            broken(start, _csv_trouble(str(error)))
            return
        if any(cells):
            yield start, cells
        start = reader.line_num + 1  # type: ignore[attr-defined]


def _delimiter(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count) if any(mark in header for mark in ",;\t") else ","


def _csv_trouble(message: str) -> str:
    if "field limit" in message:
        return f"a cell is longer than {csv.field_size_limit():,} characters; is a quotation mark never closed?"
    if "unexpected end" in message:
        return "a quotation mark opens here and is never closed"
    return "a quotation mark is closed inside a cell; write a quotation mark inside a quoted cell twice"


def _header_is_sound(line: int, header: list[str], report: Callable[[Problem], None], layout: Layout) -> bool:
    """Check the columns; unnamed ones after the last, as spreadsheets add them, must be empty throughout."""
    names = header[: max((i + 1 for i, name in enumerate(header) if name), default=0)]
    where = f"{layout.name}:{line}"
    if len(header) > MOST_COLUMNS:
        report(Problem(where, f"the header has {len(header):,} columns; allowed: {MOST_COLUMNS:,}"))
        return False
    twice = [name for name, n in Counter(names).items() if n > 1 and name]
    strange = [name for name in dict.fromkeys(names) if name not in layout.columns]
    # A misspelt required column is reported once: as unknown, with the name that was meant.
    wrong = [unknown(where, "there is no such column", name, layout.columns) for name in strange]
    meant = {problem.nearest for problem in wrong}
    missing = [name for name in layout.required if name not in names and name not in meant]
    problems = [
        *wrong,
        *(Problem(where, f"column {name!r} is missing", allowed=layout.columns) for name in missing),
        *(Problem(where, f"column {name!r} stands in the header more than once") for name in twice),
    ]
    for problem in problems:
        report(problem)
    return not problems


def _fitted(
    line: int, cells: list[str], header: Sequence[str], report: Callable[[Problem], None], name: str
) -> list[str] | None:
    """Cells, if there are as many as in the header and none stands under an unnamed column."""
    if len(cells) == len(header):
        stray = next((cell for column, cell in zip(header, cells, strict=True) if cell and not column), None)
        if stray is None:
            return cells
        report(Problem(f"{name}:{line}", "a cell stands under a column without a name", repr(stray)))
        return None
    what = f"the row has {len(cells)} cells where the header has {len(header)}"
    hint = "; a cell with a comma in it needs quotation marks" if len(cells) > len(header) else ""
    report(Problem(f"{name}:{line}", what + hint))
    return None
