"""Parts that every table is laid out with. Rich only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


def apart(parts: Iterable[RenderableType | None]) -> Iterator[RenderableType]:
    """Set an empty line after each part there is.

    Parameters
    ----------
    parts : iterable of renderable or None

    Returns
    -------
    iterator of renderable
    """
    return (Padding(part, (0, 0, 1, 0)) for part in parts if part is not None)


def counted(n: int, word: str) -> str:
    """Write a number of things: ``1 claim``, ``2 claims``.

    Parameters
    ----------
    n : int
    word : str
        Singular.

    Returns
    -------
    str
    """
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def plain_table(*headings: str, widths: Sequence[int | None] = ()) -> Table:
    """Make a table without rules.

    Parameters
    ----------
    *headings : str
        One that starts with ``>`` sets its column flush right and unbroken.
    widths : sequence of int or None
        Least widths, in characters.

    Returns
    -------
    rich.table.Table
    """
    shown = any(heading.lstrip(">") for heading in headings)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=shown)
    for heading, width in zip(headings, widths or [None] * len(headings), strict=True):
        number = heading.startswith(">")
        justify: Any = "right" if number else "left"
        table.add_column(
            heading.lstrip(">"),
            header_style="underline",
            overflow="fold",
            justify=justify,
            vertical="top",
            no_wrap=number,
            min_width=width,
        )
    return table


def add_row(table: Table, *cells: str) -> None:
    """Add a row of texts as they are: what an analyst wrote in brackets is no markup.

    Parameters
    ----------
    table : rich.table.Table
    *cells : str
    """
    table.add_row(*(Text(cell, overflow="fold") for cell in cells))


def bullets(title: str, lines: Sequence[str]) -> RenderableType | None:
    """List sentences under a title.

    Parameters
    ----------
    title : str
    lines : sequence of str

    Returns
    -------
    rich renderable or None
        None if there is nothing to list.
    """
    if not lines:
        return None
    table = Table.grid(padding=(0, 1))
    for line in lines:
        table.add_row("-", Text(line, overflow="fold"))
    return Group(Text(title, style="bold"), table)
