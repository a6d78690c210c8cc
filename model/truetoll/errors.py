"""Problems of a case: all of them at once, each with its place, what was read and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class RunNotice(UserWarning):
    """Something went wrong on the way and was made good: a result is there, and its maker should know."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a case.

    Parameters
    ----------
    where : str
        File and line (``claims.csv:7``) or file and dotted key (``case.toml: forces.dprk.rate``).
    what : str
        What is wrong, in one plain sentence without a full stop.
    read : str, optional
        The value as it was read.
    allowed : tuple of str, optional
        What would have been accepted.
    nearest : str, optional
        The known name closest to what was read.
    """

    where: str
    what: str
    read: str | None = None
    allowed: tuple[str, ...] = ()
    nearest: str | None = None

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        if self.read is not None:
            text += f"; read {shorten(self.read)}"
        if self.allowed:
            text += f"; allowed: {_listed(self.allowed)}"
        if self.nearest is not None:
            text += f"; did you mean {self.nearest!r}?"
        return text


def _listed(names: tuple[str, ...], limit: int = 20) -> str:
    """Join names; a case can have thousands of claims."""
    more = f", ... ({len(names) - limit:,} more)" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


class CaseError(Exception):
    """A case that cannot be used, with every problem found in it.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def unknown(where: str, what: str, read: str, known: Iterable[str]) -> Problem:
    """Make the problem of a name that is not known, with the nearest known one.

    Parameters
    ----------
    where, what, read : str
        As in `Problem`.
    known : iterable of str
        The names that exist.

    Returns
    -------
    Problem
    """
    names = tuple(known)
    close = difflib.get_close_matches(read, names, n=1)
    return Problem(where, what, repr(read), names, close[0] if close else None)


def shorten(text: str, limit: int = 80) -> str:
    """Cut a long text in the middle so that an error stays one line.

    Parameters
    ----------
    text : str
    limit : int
        Characters to keep.

    Returns
    -------
    str
    """
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 15]}... ({len(flat)} characters)"
