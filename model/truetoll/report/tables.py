"""Tables of a report before they have a form: cells of text, who wrote it, and what is a number."""

from __future__ import annotations

from dataclasses import dataclass


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
