"""A table as CSV, such as claims.csv -> rows of text, each with the line it starts on."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from truetoll.claims.schema import Figure
from truetoll.errors import Problem, shorten, unknown
from truetoll.text.messages import Message, listed, message


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
    lenient : bool
        Whether it may come from a spreadsheet: names of columns in any case, further columns that are not used.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    lenient: bool = False


MOST_ROWS = 200_000
"""Rows of a table; Radford's claims have 4,609."""
MOST_COLUMNS = 1_000
_SLIP = 0.8
"""Likeness from which on a strange column is a known one misspelt: a letter left out or two changed places."""
_STATED = re.compile(r'"?sep=(\\t|.)"?[;,\t ]*\r?\n', re.IGNORECASE)
"""The line by which spreadsheets say what separates columns."""

CLAIMS = Layout(
    "claims.csv",
    (
        *("id", "source", "reported", "losses", "figure", "since", "as_of"),
        *("origin", "bulletin", "revises", "credibility", "quote", "url", "note"),
    ),
    ("id", "source", "losses", "figure"),
    lenient=True,
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
    undecided : bool
        Whether a date of it can be read in two ways, which has been told.
    """

    line: int
    cells: Mapping[str, str]
    h: float | None = None
    figure: Figure | None = None
    undecided: bool = False

    @property
    def id(self) -> str:
        """The claim's id, as written."""
        return self.cells["id"]


def read_rows(
    text: str,
    report: Callable[[Problem], None],
    layout: Layout = CLAIMS,
    notice: Callable[[Message], None] | None = None,
) -> tuple[Row, ...]:
    """Split a table into rows.

    Columns may be separated by commas, semicolons (as spreadsheets do where the comma is decimal) or tabs;
    the header decides, or a line ``sep=;`` before it. Blank lines are skipped.

    Parameters
    ----------
    text : str
    report : callable of Problem
    layout : Layout
    notice : callable of Message, optional
        Told of columns that are not used.

    Returns
    -------
    tuple of Row
        Those with the right number of cells; none if the header is wrong.
    """
    return rows_from(_lines(text, report, layout.name), report, layout, notice)


def rows_from(
    lines: Iterator[tuple[int, list[str]]],
    report: Callable[[Problem], None],
    layout: Layout = CLAIMS,
    notice: Callable[[Message], None] | None = None,
) -> tuple[Row, ...]:
    """Make rows of lines that are split into cells.

    Parameters
    ----------
    lines : iterator of (int, list of str)
        Line, and its cells; the first is the header.
    report, layout, notice
        As of `read_rows`.

    Returns
    -------
    tuple of Row
    """
    line, header = next(lines, (1, []))
    if layout.lenient:
        header = [_column(name, layout) for name in header]
    if not _header_is_sound(line, header, report, layout, notice):
        return ()
    known = frozenset(layout.columns)
    blank, rows = dict.fromkeys(layout.columns, ""), list[Row]()
    for read, (number, found) in enumerate(lines):
        if read >= MOST_ROWS:
            report(Problem(f"{layout.name}:{number}", message("wrong_file.rows", most=MOST_ROWS)))
            break
        if (cells := _fitted(number, found, header, report, layout.name)) is not None:
            rows.append(Row(number, blank | {n: c for n, c in zip(header, cells, strict=True) if n in known}))
    return tuple(rows)


def _column(name: str, layout: Layout) -> str:
    """Spell the name of a column as the layout does: "As of" and " Source" are as_of and source."""
    plain = "_".join(name.casefold().replace("-", " ").replace("_", " ").split())
    return plain if plain in layout.columns else name


def _lines(text: str, report: Callable[[Problem], None], name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line it starts on, stripped cells) of every line that is not blank, until the syntax breaks."""
    stated = _STATED.match(text)
    body = text[stated.end() :] if stated else text
    delimiter = stated[1].replace("\\t", "\t") if stated else _delimiter(text)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    above = 1 if stated else 0
    found = rows_of(reader, lambda line, what: report(Problem(f"{name}:{line + above}", what)))
    return ((line + above, cells) for line, cells in found)


def rows_of(reader: Iterator[list[str]], broken: Callable[[int, Message], None]) -> Iterator[tuple[int, list[str]]]:
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


def _csv_trouble(told: str) -> Message:
    if "field limit" in told:
        return message("wrong_file.long_cell", most=csv.field_size_limit())
    return message("wrong_file.open_quote" if "unexpected end" in told else "wrong_file.quote_inside")


def _header_is_sound(
    line: int,
    header: list[str],
    report: Callable[[Problem], None],
    layout: Layout,
    notice: Callable[[Message], None] | None,
) -> bool:
    """Check the columns; unnamed ones after the last, as spreadsheets add them, must be empty throughout."""
    names = header[: max((i + 1 for i, name in enumerate(header) if name), default=0)]
    where = f"{layout.name}:{line}"
    if len(header) > MOST_COLUMNS:
        report(Problem(where, message("wrong_file.columns", n=len(header), most=MOST_COLUMNS)))
        return False
    twice = [name for name, n in Counter(names).items() if n > 1 and name]
    strange = [name for name in dict.fromkeys(names) if name not in layout.columns]
    # A misspelt required column is reported once: as unknown, with the name that was meant.
    wrong = [unknown(where, message("wrong_file.no_such_column"), name, layout.columns) for name in strange]
    if layout.lenient:
        # Whoever writes "orgin" means origin, and would lose it; other columns are the analyst's own.
        wrong = [
            problem for problem in wrong if _is_slip(problem.name, problem.nearest) and problem.nearest not in names
        ]
        if own := [name for name in strange if name not in {problem.name for problem in wrong}]:
            (notice or _unheard)(_not_used(layout.name, own))
    meant = {problem.nearest for problem in wrong}
    missing = [name for name in layout.required if name not in names and name not in meant]
    problems = [
        *wrong,
        *(Problem(where, message("wrong_file.column_missing", name=name), None, layout.columns) for name in missing),
        *(Problem(where, message("wrong_file.column_twice", name=name)) for name in twice),
    ]
    for problem in problems:
        report(problem)
    return not problems


def _is_slip(name: str | None, meant: str | None) -> bool:
    """Whether a name of a column is another one misspelt, and no name of its own ("my note")."""
    return bool(name and meant) and difflib.SequenceMatcher(None, str(name).casefold(), str(meant)).ratio() >= _SLIP


def _unheard(said: Message) -> None:
    del said


def _not_used(name: str, columns: Sequence[str]) -> Message:
    names = listed([shorten(column, 40) for column in columns], 10, quoted=True)
    return message("notice.columns", names=names, n=len(columns)).at(name)


def _fitted(
    line: int, cells: list[str], header: Sequence[str], report: Callable[[Problem], None], name: str
) -> list[str] | None:
    """Cells, if there are as many as in the header and none stands under an unnamed column."""
    if len(cells) == len(header):
        stray = next((cell for column, cell in zip(header, cells, strict=True) if cell and not column), None)
        if stray is None:
            return cells
        report(Problem(f"{name}:{line}", message("wrong_file.stray"), repr(stray)))
        return None
    what = "wrong_file.long_row" if len(cells) > len(header) else "wrong_file.short_row"
    report(Problem(f"{name}:{line}", message(what, cells=len(cells), columns=len(header))))
    return None
