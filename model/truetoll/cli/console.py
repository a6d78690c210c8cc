"""What a command says, and where: answers on stdout, everything else on stderr.

All text leaves through `leave`, whose callers have made it `visible`: no title, name, key, quote or path of anybody's
moves the cursor of a terminal, turns a line round or hides in it.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from truetoll.errors import Problem, RunNotice
from truetoll.visible import json_text, visible

if TYPE_CHECKING:
    from rich.console import Console as Rich

WIDTH = 80
"""Columns of a table that goes into a file or a pipe."""
WIDE = 100
"""The same, of a comparison: the titles of scenarios must be read."""
COMPILING = "Compiling (about a minute the first time on a machine, seconds later)"
Advance = Callable[..., None]
"""Called with (steps done, steps in all), and what is being sampled if there are several things."""


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams of one command.

    Parameters
    ----------
    json : bool
        Whether stdout carries one JSON document and nothing else.
    quiet : bool
        Whether only errors are said (and the JSON document, if asked for).
    """

    json: bool = False
    quiet: bool = False

    def answer(self, document: Any, *tables: Any, width: int = WIDTH) -> None:
        """Print the answer, as a JSON document or as tables.

        Parameters
        ----------
        document : object
            Plain.
        *tables : str or rich renderable
        width : int
            Columns, if it is not a screen that is written to.
        """
        if self.json:
            leave(sys.stdout, json_text(document, plain=_plain(sys.stdout)) + "\n")
        elif not self.quiet:
            leave(sys.stdout, "".join(_drawn(table, width) for table in tables))

    def say(self, text: str) -> None:
        """Tell what happens.

        Parameters
        ----------
        text : str
        """
        if not self.quiet:
            self.error(text)

    def error(self, text: str) -> None:
        """Tell what went wrong.

        Parameters
        ----------
        text : str
        """
        leave(sys.stderr, f"{visible(text)}\n")

    def problems(self, place: str, problems: Sequence[Problem], more: int = 0) -> None:
        """Tell every problem of a case, one a line.

        Parameters
        ----------
        place : str
            The case folder.
        problems : sequence of Problem
        more : int
            How many were found beside them.
        """
        told = [visible(str(problem), lines=False) for problem in problems]
        told += [f"... ({more:,} more, not told)"] if more else []
        n = len(problems) + more
        last = f"{visible(place, lines=False)}: {n:,} problem{'s' if n > 1 else ''}"
        leave(sys.stderr, "".join(f"{line}\n" for line in (*told, last)))

    @contextmanager
    def noticing(self) -> Iterator[None]:
        """Tell what the program itself gives notice of; what libraries warn of is for those who call them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", RunNotice)
            warnings.showwarning = lambda message, *_, **__: self.say(str(message))
            yield

    @contextmanager
    def progress(self) -> Iterator[Advance]:
        """Show that a fit compiles, then how far it has sampled.

        Yields
        ------
        callable
            To be called with (steps done, steps in all), or with (steps done, steps in all, name of a scenario).
        """
        if self.quiet:
            yield lambda *_: None
        elif sys.stderr.isatty():
            with _bar() as advance:
                yield advance
        else:
            self.say(COMPILING)
            yield _lines(self.say)


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Line up text in columns.

    Parameters
    ----------
    rows : iterable of sequence of str
        All of one length.

    Returns
    -------
    str
    """
    table = [[visible(cell, lines=False) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)
    return "".join(f"{line}\n" for line in lines)


def leave(stream: TextIO, text: str) -> None:
    """Write to a stream of this process; a reader who has left, as ``| head`` does, is no error.

    Parameters
    ----------
    stream : file object
        stdout or stderr.
    text : str
        Already `visible`. Letters that the stream has no code for are written as escapes.
    """
    code = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(code, "backslashreplace").decode(code))
        stream.flush()
    except BrokenPipeError:
        # What is still buffered would be tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _plain(stream: TextIO) -> bool:
    """Tell whether a stream has codes for ASCII only, as far as is known."""
    return (stream.encoding or "").lower().replace("-", "") != "utf8"


def _drawn(table: Any, width: int) -> str:
    """Draw for the width of the screen."""
    if isinstance(table, str):
        return visible(table)
    rich = _rich(width=None if sys.stdout.isatty() else width, highlight=False)
    with rich.capture() as capture:
        rich.print(table)
    lines = (line.rstrip() for line in capture.get().split("\n"))
    return "\n".join(lines)


def _lines(say: Callable[[str], None]) -> Advance:
    """Progress for a log: one line per tenth, or one per scenario; a fit that is continued has more steps in all."""
    said: set[tuple[str, int, int]] = set()

    def advance(done: int, total: int, name: str = "") -> None:
        reached = (name, 0, 0) if name else ("", total, 10 * done // max(total, 1))
        if total and reached not in said:
            said.add(reached)
            say(f"Sampling {name}" if name else f"Sampling: {done:,} of {total:,} steps")

    return advance


def _rich(**options: Any) -> Rich:
    """Make a console of rich that shows every text as it is to be shown, before colours are added to it."""
    from rich.console import Console, ConsoleOptions, RenderableType  # noqa: PLC0415
    from rich.segment import Segment  # noqa: PLC0415

    class Harmless(Console):
        """Every piece of a drawing passes here, tables in tables and the lines of a progress bar too."""

        def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
            for piece in super().render(renderable, options):
                # Pieces with a control of their own are those by which a bar moves the cursor.
                yield piece if piece.control else Segment(visible(piece.text), piece.style)

    return Harmless(**options)


@contextmanager
def _bar() -> Iterator[Advance]:
    """Progress for a screen."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    look = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*look, console=_rich(stderr=True), transient=True) as bar:
        task = bar.add_task(COMPILING, total=None)

        def advance(done: int, total: int, name: str = "") -> None:
            text = "Sampling" if done < total else "Reading the answers"
            bar.update(task, description=f"{text}: {name}" if name else text, completed=done, total=total)

        yield advance
