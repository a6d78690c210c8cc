"""Tables before they have a form: cells of text, who wrote it, and what is a number.

A question makes them; `on_screen` lays them out for a terminal, `truetoll.report` for a page, Markdown, LaTeX and CSV.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import Columns


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
    """

    text: str
    sub: str = ""
    number: bool = False
    foreign: bool = False


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


def on_screen(table: Table | None, most: int | None = None) -> RenderableType | None:
    """Lay a table out for a terminal.

    Parameters
    ----------
    table : Table or None
        Of one row or more.
    most : int, optional
        Rows that are shown.

    Returns
    -------
    rich renderable or None
        None if there is no table.
    """
    if table is None:
        return None
    numbers = tuple(cell.number for cell in table.rows[0])
    found: list[Columns] = []
    parts: list[RenderableType] = [Text(table.title, style="bold")]
    for group, rows in groupby(table.rows[:most], key=lambda row: row[0].sub if table.grouped else ""):
        heading = table.head if not found else ("",) * len(numbers)
        found.append(
            Columns(heading, numbers, (0,) * len(numbers), [tuple(_lines(row, table.grouped)) for row in rows])
        )
        parts += [*([Text(group)] if group else []), found[-1]]
    for each in found:
        each.alike = [other for other in found if other is not each]
    return Group(*parts, *([Text(table.note)] if table.note else []))


def _lines(row: Row, grouped: bool) -> Iterator[str]:
    """Write cells, the second line of each below its first; of a row of a group, set in by two, that is its heading."""
    for i, cell in enumerate(row):
        if grouped and i == 0:
            yield f"  {cell.text}"
        else:
            yield "\n".join(filter(None, (cell.text, cell.sub if cell.number else cell.sub and f"  {cell.sub}")))
