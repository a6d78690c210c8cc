"""What a command says, and where: answers on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from truetoll.errors import Problem, RunNotice

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
            _write(_dump(document) + "\n")
        elif not self.quiet:
            _write("".join(_drawn(table, width) for table in tables))

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
        print(text, file=sys.stderr, flush=True)

    def problems(self, place: str, problems: Sequence[Problem]) -> None:
        """Tell every problem of a case, one a line.

        Parameters
        ----------
        place : str
            The case folder.
        problems : sequence of Problem
        """
        for problem in problems:
            self.error(str(problem))
        self.error(f"{place}: {len(problems):,} problem{'s' if len(problems) > 1 else ''}")

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
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)
    return "".join(f"{line}\n" for line in lines)


def _write(text: str) -> None:
    """Write to stdout; a reader who has left, as ``| head`` does, is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered would be tried again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _dump(document: Any) -> str:
    import json  # noqa: PLC0415

    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    return json.dumps(document, indent=2, ensure_ascii=plain, allow_nan=False)


def _drawn(table: Any, width: int) -> str:
    """Draw for the width of the screen."""
    if isinstance(table, str):
        return table
    from rich.console import Console as Rich  # noqa: PLC0415

    rich = Rich(width=None if sys.stdout.isatty() else width, highlight=False)
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


@contextmanager
def _bar() -> Iterator[Advance]:
    """Progress for a screen."""
    from rich.console import Console as Rich  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    look = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*look, console=Rich(stderr=True), transient=True) as bar:
        task = bar.add_task(COMPILING, total=None)

        def advance(done: int, total: int, name: str = "") -> None:
            text = "Sampling" if done < total else "Reading the answers"
            bar.update(task, description=f"{text}: {name}" if name else text, completed=done, total=total)

        yield advance
