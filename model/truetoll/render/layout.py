"""Parts that every table is laid out with: nothing in them is ever cut. Rich only.

A table is as wide as it is if there is room. If not, its widest columns give way first, headings of numbers
before words, words before numbers, and break between words, never inside one. What cannot be folded any further is
written longer than the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from truetoll.render.words import Words
from truetoll.text.messages import Message

_GAP = "  "
"""Between columns."""


@dataclass
class Columns:
    """A table without rules.

    Parameters
    ----------
    headings : tuple of str
        Empty ones are not shown.
    numbers : tuple of bool
        Columns that are set flush right, and give way last.
    least : tuple of int
        Widths that columns have at least.
    rows : list of tuple of str
        Cells; each may have several lines.
    alike : list of Columns
        Tables whose columns are as wide as this one's.
    """

    headings: tuple[str, ...]
    numbers: tuple[bool, ...]
    least: tuple[int, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    alike: list[Columns] = field(default_factory=list)

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    def widths(self, room: int | None = None) -> list[int]:
        """Choose the width of every column.

        Parameters
        ----------
        room : int, optional
            Characters of a line; without it every column is as wide as its longest line.

        Returns
        -------
        list of int
            They may take more than the room, if a word or a number would be broken else.
        """
        lines = [line for table in (self, *self.alike) for line in (table.headings, *table.rows)]
        columns = list(zip(*lines, strict=True))
        widest = [max(map(_widest, column)) for column in columns]
        natural = [max(widths) for widths in zip(widest, self.least, strict=True)]
        if room is None:
            return natural
        needed = [max(map(_longest_word, column)) for column in columns]
        over = sum(natural) + len(_GAP) * (len(natural) - 1) - room
        blank = ("",) * len(self.headings)
        cells = zip(blank, *(row for table in (self, *self.alike) for row in table.rows), strict=True)
        filled = [max(map(_widest, column)) for column in cells]
        headed = [max(pair) for pair in zip(needed, filled, strict=True)]
        for which, least in ((True, headed), (False, needed), (True, needed)):
            chosen = [i for i, number in enumerate(self.numbers) if number is which]
            over -= _give_way(natural, least, chosen, over)
        return natural

    def text(self, room: int | None = None) -> str:
        """Write it as plain text.

        Parameters
        ----------
        room : int, optional
            As `widths`.

        Returns
        -------
        str
        """
        widths = self.widths(room)
        heading = (self.headings,) if any(self.headings) else ()
        segments = (each for row in (*heading, *self.rows) for each in self._row(row, widths, Style.null()))
        return "\n".join(line.rstrip() for line in "".join(segment.text for segment in segments).split("\n"))

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """Tell Rich how narrow and how wide it can be."""
        gaps = len(_GAP) * (len(self.headings) - 1)
        return Measurement(sum(self.widths(0)) + gaps, sum(self.widths()) + gaps)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw, for the room there is."""
        widths = self.widths(options.max_width)
        if any(self.headings):
            yield from self._row(self.headings, widths, Style(underline=True))
        for row in self.rows:
            yield from self._row(row, widths, Style.null())

    def _row(self, cells: Sequence[str], widths: Sequence[int], style: Style) -> Iterator[Segment]:
        folded = [fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
        for line in zip_longest(*folded, fillvalue=""):
            for i, (text, width, number) in enumerate(zip(line, widths, self.numbers, strict=True)):
                pad = " " * (width - cell_len(text))
                yield Segment((_GAP if i else "") + (pad if number else ""))
                yield Segment(text, style if text.strip() else None)
                yield Segment("" if number else pad)
            yield Segment.line()


class Roomy:
    """Parts below each other in the first of two lay-outs, if its columns have room unfolded; else in the second.

    Parameters
    ----------
    wide, narrow : sequence of renderable
    """

    def __init__(self, wide: Sequence[RenderableType], narrow: Sequence[RenderableType]) -> None:
        self.wide, self.narrow = wide, narrow

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the one for which there is room."""
        tables = (each for each in self.wide if isinstance(each, Columns))
        fits = all(each.__rich_measure__(console, options).maximum <= options.max_width for each in tables)
        yield from self.wide if fits else self.narrow


def _give_way(widths: list[int], needed: Sequence[int], chosen: Sequence[int], over: int) -> int:
    """Narrow columns, the widest first, by as much as a line is too long; tell by how much they are narrower."""
    given = 0
    while given < over:
        able = [i for i in chosen if widths[i] > needed[i]]
        if not able:
            break
        most = max(able, key=lambda i: widths[i])
        second = max((widths[i] for i in able if i != most), default=0)
        step = max(1, min(widths[most] - max(needed[most], second), over - given))
        widths[most] -= step
        given += step
    return given


def fold(text: str, width: int) -> list[str]:
    """Break a text between words.

    Parameters
    ----------
    text : str
        Lines of its own are kept, with what they are set in by.
    width : int
        Characters of a line; a longer word has a line of its own.

    Returns
    -------
    list of str
    """
    return [part for line in text.split("\n") for part in _folded(line, width)]


def _folded(line: str, width: int) -> Iterator[str]:
    indent = line[: len(line) - len(line.lstrip(" "))]
    if cell_len(line) <= width:
        yield line
        return
    part = ""
    for word in line.split(" "):
        longer = f"{part} {word}" if part else f"{indent}{word}"
        if part and word and cell_len(longer.rstrip()) > width:
            yield part.rstrip()
            part = f"{indent}{word}"
        elif word:
            part = longer
    yield part.rstrip()


def _widest(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def _longest_word(text: str) -> int:
    """Least width of a cell, with what its lines are set in by."""
    return max(len(line) - len(line.lstrip(" ")) + max(map(cell_len, line.split(" "))) for line in text.split("\n"))


def apart(parts: Iterable[RenderableType | None]) -> Iterator[RenderableType]:
    """Set an empty line after each part there is.

    Parameters
    ----------
    parts : iterable of renderable or None

    Returns
    -------
    iterator of renderable
    """
    return (Group(part, Text("")) for part in parts if part is not None)


def plain_table(*headings: str, widths: Sequence[int | None] = ()) -> Columns:
    """Make a table without rules.

    Parameters
    ----------
    *headings : str
        One that starts with ``>`` sets its column flush right; such columns give way last.
    widths : sequence of int or None
        Least widths, in characters, if there is room.

    Returns
    -------
    Columns
    """
    least = tuple(width or 0 for width in widths or [None] * len(headings))
    shown = tuple(heading.removeprefix(">") for heading in headings)
    return Columns(shown, tuple(heading.startswith(">") for heading in headings), least)


def add_row(table: Columns, *cells: str) -> None:
    """Add a row of texts as they are: what an analyst wrote in brackets is no markup.

    Parameters
    ----------
    table : Columns
    *cells : str
    """
    if len(cells) != len(table.headings):
        raise ValueError(f"{len(cells)} cells for {len(table.headings)} columns")
    table.rows.append(cells)


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
    table = Columns(("", ""), (False, False), (0, 0))
    for line in lines:
        add_row(table, "-", line)
    return Group(Text(title, style="bold"), table)


def notes(said: Sequence[str | Message], w: Words) -> RenderableType | None:
    """List what must be known.

    Parameters
    ----------
    said : sequence of str or Message
    w : Words

    Returns
    -------
    rich renderable or None
        None if there is nothing to list.
    """
    return bullets(w.say("table.note"), [w.text(each) for each in said])
