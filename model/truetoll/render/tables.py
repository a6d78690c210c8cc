"""Tables before they have a form: cells of text, who wrote it, and what is a number.

A question makes them; `on_screen` lays them out for a terminal, `truetoll.report` for a page, Markdown, LaTeX and CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import batched, groupby

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import Columns, Roomy

ACROSS = 5
"""Columns beside the first that a terminal shows on one line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Parameters
    ----------
    text : str
        Untrusted: whoever writes it out escapes it.
    sub : str
        A second line, such as the interval of a median.
    number : bool
        Set flush right.
    foreign : bool
        Text of the case, which may be in any language and script.
    place : {"column", "below", "off_screen"}
        Where a terminal has its column, as the first row says: as on a page; on a line of its own below the first cell,
        after its heading; or nowhere, so that it stands on a page and in files alone.
    """

    text: str
    sub: str = ""
    number: bool = False
    foreign: bool = False
    place: str = "column"


Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Parameters
    ----------
    key : str
        Its name in files: ``quantities``.
    title : str
    head : tuple of str
        One for each column.
    rows : tuple of tuple of Cell
        The first cell of a row is its heading.
    note : str
        How it is to be read.
    grouped : bool
        Whether the second line of the first cells is a heading for the rows that share it.
    """

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    grouped: bool = False


def words(text: str, sub: str = "") -> Cell:
    """Make a cell of the program's own words.

    Parameters
    ----------
    text, sub : str

    Returns
    -------
    Cell
    """
    return Cell(text, sub)


def told(text: str, sub: str = "") -> Cell:
    """Make a cell of text from the case.

    Parameters
    ----------
    text, sub : str

    Returns
    -------
    Cell
    """
    return Cell(text, sub, foreign=True)


def number(text: str, sub: str = "") -> Cell:
    """Make a cell of a number.

    Parameters
    ----------
    text, sub : str

    Returns
    -------
    Cell
    """
    return Cell(text, sub, number=True)


def below(cell: Cell) -> Cell:
    """Let a terminal show a cell below the first one of its row."""
    return replace(cell, place="below")


def off_screen(cell: Cell) -> Cell:
    """Let a terminal, which is narrow, do without a cell."""
    return replace(cell, place="off_screen")


def in_line(cell: Cell) -> str:
    """Write a cell on one line, what stands on its second in brackets."""
    return f"{cell.text} ({cell.sub})" if cell.sub else cell.text


def on_screen(table: Table | None, most: int | None = None) -> RenderableType | None:
    """Lay a table out for a terminal.

    Parameters
    ----------
    table : Table or None
    most : int, optional
        Rows that are shown.

    Returns
    -------
    rich renderable or None
        None if there is no table, or no row.
    """
    if table is None or not table.rows:
        return None
    pieces = _pieces(replace(table, rows=table.rows[:most]))
    return Group(*(Roomy(_laid_out(each, beside=True), _laid_out(each, beside=False)) for each in pieces))


def _pieces(table: Table) -> Iterator[Table]:
    """Break a table of more columns than a line holds into several, each with the first."""
    first = [0, *(i for i, cell in enumerate(table.rows[0]) if cell.place == "below")]
    parts = [*batched((i for i, cell in enumerate(table.rows[0]) if i and cell.place == "column"), ACROSS)]
    for n, part in enumerate(parts or [()]):
        kept = sorted({*(first if n == 0 else first[:1]), *part})
        title, note = table.title if n == 0 else "", table.note if n >= len(parts) - 1 else ""
        rows = tuple(tuple(row[i] for i in kept) for row in table.rows)
        yield replace(table, title=title, head=tuple(table.head[i] for i in kept), rows=rows, note=note)


def _laid_out(table: Table, *, beside: bool) -> list[RenderableType]:
    """Lay a table out, second lines of numbers beside the first, or below."""
    columns = [i for i, cell in enumerate(table.rows[0]) if cell.place == "column"]
    numbers = tuple(table.rows[0][i].number for i in columns)
    lines = ("text", "sub") if beside else ()
    ends = {i: [max(len(getattr(row[i], name)) for row in table.rows) for name in lines] for i in columns[1:]}
    found: list[Columns] = []
    parts: list[RenderableType] = [Text(table.title, style="bold")] if table.title else []
    for group, rows in groupby(table.rows, key=lambda row: row[0].sub if table.grouped else ""):
        heading = ("",) * len(columns) if found else tuple(table.head[i] for i in columns)
        shown = [
            (_first(table, row), *(_lines(row[i], ends[i] if beside else ()) for i in columns[1:])) for row in rows
        ]
        found.append(Columns(heading, numbers, (0,) * len(columns), shown))
        parts += [*([Text(group)] if group else []), found[-1]]
    for each in found:
        each.alike = [other for other in found if other is not each]
    return [*parts, *([Text(table.note)] if table.note else [])]


def _first(table: Table, row: Row) -> str:
    """Write the heading of a row, set in by two in a group, and below it the cells that stand there."""
    first = f"  {row[0].text}" if table.grouped else _lines(row[0])
    further = [(name, cell) for name, cell in zip(table.head, row, strict=True) if cell.place == "below"]
    said = [f"  {name}: {'; '.join(filter(None, (cell.text, cell.sub)))}" for name, cell in further if cell.text != "-"]
    return "\n".join([first, *said])


def _lines(cell: Cell, ends: Sequence[int] = ()) -> str:
    """Write a cell, the second line below the first, or of a number beside it, both as wide as is said."""
    if cell.number and ends and ends[1]:
        return f"{cell.text:>{ends[0]}}  {cell.sub:>{ends[1]}}"
    return "\n".join(filter(None, (cell.text, cell.sub if cell.number else cell.sub and f"  {cell.sub}")))
