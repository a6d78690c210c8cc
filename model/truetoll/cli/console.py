"""What a command says, and where: answers on stdout, everything else on stderr.

All text leaves through `leave`, whose callers have made it `visible`: no title, name, key, quote or path of anybody's
moves the cursor of a terminal, turns a line round or hides in it.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from truetoll.errors import Problem, RunNotice, gathered, said_of
from truetoll.text.saying import Speaker
from truetoll.visible import json_text, visible

if TYPE_CHECKING:
    from rich.console import Console as Rich

    from truetoll.claims.languages import Language
    from truetoll.render.words import Words
    from truetoll.text.messages import Message

WIDTH = 120
"""Columns of a table that goes into a file or a pipe, unless COLUMNS is set."""
SCREEN, _WIDEST = 80, 10_000
"""Columns of a screen that does not tell, and the most that can be asked for."""
Advance = Callable[..., None]
"""Called with (steps done, steps in all), and what is being sampled if there are several things."""
_TENTHS, _MANY = 10, 40
"""Lines of a log for the steps of one fit, and for several things: of up to so many each has its own."""


@dataclass(frozen=True, slots=True)
class Console:
    """The two streams of one command.

    Parameters
    ----------
    json : bool
        Whether stdout carries one JSON document and nothing else.
    quiet : bool
        Whether only errors are said (and the JSON document, if asked for).
    saved : list of Path
        Where results of this command lie: filled when they do, so that its end can be told truly.
    language : {"en", "es"}
        In which it speaks: but JSON, which programs read.
    """

    json: bool = False
    quiet: bool = False
    saved: list[Path] = field(default_factory=list)
    language: Language = "en"

    @property
    def words(self) -> Words:
        """What is said in the language, for a screen."""
        from truetoll.render.words import Words  # noqa: PLC0415

        return Words(self.language, screen=True)

    @property
    def speaker(self) -> Speaker:
        """What is said in the language by a command that shows no table."""
        return Speaker(self.language)

    def answer(self, document: Any, *tables: Any) -> None:
        """Print the answer, as a JSON document or as tables.

        Parameters
        ----------
        document : object
            Plain.
        *tables : str or rich renderable
        """
        if self.json:
            leave(sys.stdout, json_text(document, plain=_plain(sys.stdout)) + "\n")
        elif not self.quiet:
            leave(sys.stdout, "".join(_drawn(table) for table in tables))

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
        """Tell every problem of a case, one a line; the same problem of many lines once.

        Parameters
        ----------
        place : str
            The case folder.
        problems : sequence of Problem
        more : int
            How many were found beside them.
        """
        told = gathered(problems, self.speaker)
        told += [self.speaker.say("problem.not_told", n=more)] if more else []
        told.append(self.speaker.say("problem.count", place=place, n=len(problems) + more))
        leave(sys.stderr, "".join(f"{visible(line, lines=False)}\n" for line in told))

    @contextmanager
    def noticing(self) -> Iterator[None]:
        """Tell what the program itself gives notice of; what libraries warn of is for those who call them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", RunNotice)
            warnings.showwarning = lambda notice, *_, **__: self.say(self.speaker.text(said_of(notice)))
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
        elif _is_screen(sys.stderr):
            with _bar(self.words) as advance:
                yield advance
        else:
            self.say(self.words.say("cli.compiling"))
            yield _lines(self.say, self.words)


class _Lenient:
    """A screen that may be closed while something is drawn on it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def columns(rows: Iterable[Sequence[str]]) -> str:
    """Line up text in columns: folded for a screen, a line each for programs.

    Parameters
    ----------
    rows : iterable of sequence of str
        All of one length.

    Returns
    -------
    str
    """
    from truetoll.render.layout import add_row, plain_table  # noqa: PLC0415

    first, *rest = [[visible(cell, lines=False) for cell in row] for row in rows]
    table = plain_table(*first)
    for row in rest:
        add_row(table, *row)
    return table.text(width() if _is_screen(sys.stdout) or os.environ.get("COLUMNS") else None)


def leave(stream: TextIO | None, text: str) -> None:
    """Write to a stream of this process; that it is closed, or its reader has left as ``| head`` does, is no error.

    Parameters
    ----------
    stream : file object or None
        stdout or stderr.
    text : str
        Already `visible`. Letters that the stream has no code for are written as escapes.
    """
    if stream is None:
        return
    code = getattr(stream, "encoding", None) or "utf-8"
    try:
        stream.write(text.encode(code, "backslashreplace").decode(code))
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except (OSError, ValueError):
        _silence(stream)
        if stream is not sys.stderr:  # of what goes wrong with telling what goes wrong nobody can be told
            raise


def _plain(stream: TextIO | None) -> bool:
    """Tell whether a stream has codes for ASCII only, as far as is known."""
    return (getattr(stream, "encoding", "") or "").lower().replace("-", "") != "utf8"


def _silence(stream: TextIO) -> None:
    """Let a stream that cannot be written lead nowhere: what it still holds would be tried again when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def open_streams() -> None:
    """Open standard streams that were closed, so that no file that is saved takes their number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _is_screen(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def width() -> int:
    """Count the columns that tables are laid out for: of the screen, or of COLUMNS, or enough for a file.

    Returns
    -------
    int
    """
    stated = os.environ.get("COLUMNS", "")
    if stated.isdecimal() and 0 < int(stated) <= _WIDEST:
        return int(stated)
    if _is_screen(sys.stdout):
        with suppress(OSError):
            return os.get_terminal_size(sys.stdout.fileno()).columns or SCREEN
        return SCREEN
    return WIDTH


def _drawn(table: Any) -> str:
    """Draw for the width there is; what cannot be folded into it is written longer, never cut."""
    if isinstance(table, str):
        return visible(table)
    rich = _rich(width=width(), highlight=False, markup=False, emoji=False)
    with rich.capture() as capture:
        rich.print(table, crop=False)
    lines = (line.rstrip() for line in capture.get().split("\n"))
    return "\n".join(lines)


def _lines(say: Callable[[str], None], w: Words) -> Advance:
    """Progress for a log: one line per tenth, or one per scenario; a fit that is continued has more steps in all."""
    said: set[tuple[str, int, int]] = set()
    several = False

    def advance(done: int, total: int, name: str | Message = "") -> None:
        nonlocal several
        several = several or bool(name)
        if several and not name:
            return  # all is done: only a bar has to hear of it
        lines = _MANY if name else _TENTHS
        each = bool(name) and total <= lines
        reached = (str(name), 0, 0) if each else ("", total, lines * done // max(total, 1))
        if total and reached not in said:
            said.add(reached)
            steps = {"done": done, "total": total}
            say(w.say("cli.sampling_of", name=w.text(name)) if name else w.say("cli.sampling_steps", **steps))

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
def _bar(w: Words) -> Iterator[Advance]:
    """Progress for a screen."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    text = TextColumn("{task.description}", markup=False)
    look = (text, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*look, console=_rich(file=cast("TextIO", _Lenient(sys.stderr))), transient=True) as bar:
        task = bar.add_task(w.say("cli.compiling"), total=None)

        def advance(done: int, total: int, name: str | Message = "") -> None:
            doing = w.say("cli.sampling" if done < total else "cli.reading")
            said = w.say("cli.doing", doing=doing, name=w.text(name)) if name else doing
            bar.update(task, description=said, completed=done, total=total)

        yield advance
