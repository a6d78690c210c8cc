"""How commands save, and nothing of others is replaced.

Those that sample save numbers first and as a whole, then figures and the page; those that make a case write it whole.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.cli.codes import FAILED, OK
from truetoll.cli.console import Console
from truetoll.errors import said_of
from truetoll.runs.folder import draw_figures
from truetoll.runs.swap import Place, Write, saving_to
from truetoll.text.messages import Message
from truetoll.visible import cut_short

if TYPE_CHECKING:
    from truetoll.render.words import Words


@dataclass
class Saving:
    """The results of one command on their way to the disk.

    Parameters
    ----------
    place : Place
    console : Console
    names : list of str
        What was saved, for the last line.
    """

    place: Place
    console: Console
    names: list[str] = field(default_factory=list)

    def numbers(self, write: Write, *names: str) -> None:
        """Save what the sampling was for.

        Parameters
        ----------
        write : callable
            Called with an empty folder.
        *names : str
            Of the files.
        """
        self.place.keep(write)
        self.names += names

    def figures(self, question: str, *about: object, name: str = "figures") -> None:
        """Add figures; one that cannot be drawn is told, and the run stands.

        Parameters
        ----------
        question : str
            See `truetoll.runs.folder.draw_figures`.
        *about : object
            What they are drawn from.
        name : str
            What they are called if there are any.
        """
        self._add(name, lambda folder: draw_figures(folder, question, about, self._missed, self.console.words))

    def page(self, write: Write, name: str) -> None:
        """Add a report; if it cannot be made that is told, and the run stands.

        Parameters
        ----------
        write : callable
        name : str
            Of the file.
        """
        self._add(name, write)

    def told(self) -> str:
        """Say what was saved where.

        Returns
        -------
        str
        """
        w = self.console.words
        said = w.say("cli.saved", place=str(self.console.saved[-1]), names=", ".join(self.names))
        return f"{said}\n{w.say('cli.elsewhere', reason=self.place.reason)}" if self.place.reason else said

    def code(self, code: int) -> int:
        """Give the exit code: results that lie elsewhere than asked for are no success.

        Parameters
        ----------
        code : int
            Of the results themselves.

        Returns
        -------
        int
        """
        return FAILED if code == OK and self.place.reason else code

    def end(self) -> None:
        """Say what was saved where, at the end of a command; that it lies elsewhere even to those who want quiet."""
        (self.console.error if self.place.reason else self.console.say)(self.told())

    def _add(self, name: str, write: Write) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                added = self.place.add(write)
        except Exception as error:
            self._missed(name, error)
        else:
            self.names += [name] if added else []

    def _missed(self, name: str, error: Exception) -> None:
        self.console.error(missing(name, error, self.console.words))


def missing(name: str, error: Exception, w: Words) -> str:
    """Say that a figure or a page is missing, and why.

    Parameters
    ----------
    name : str
    error : Exception
    w : Words

    Returns
    -------
    str
    """
    said = cut_short(" ".join(w.text(said_of(error)).split()), 300)
    return w.say("cli.missing", name=name, error=f"{type(error).__name__}{f': {said}' if said else ''}")


@contextmanager
def saving(out: Path, console: Console) -> Iterator[Saving]:
    """Make a place for results before any work, refused if anything that no run wrote would be replaced.

    Parameters
    ----------
    out : Path
    console : Console

    Yields
    ------
    Saving
    """

    def saved(path: Path) -> None:
        console.saved.append(out if out.exists() and path.exists() and path.samefile(out) else path)

    with saving_to(out, saved=saved) as place:
        for left in place.left:
            console.say(console.words.say("cli.left_alone", place=str(left)))
        yield Saving(place, console)


@dataclass(frozen=True)
class Written:
    """A case folder that a command wrote.

    Parameters
    ----------
    lies : Path
        Where it lies: as asked for, or beside it.
    reason : str
        Why that is not the place asked for; empty if it is.
    """

    lies: Path
    reason: Message | None

    def code(self, console: Console) -> int:
        """Give the exit code, and say so if the folder lies elsewhere than asked for.

        Parameters
        ----------
        console : Console

        Returns
        -------
        int
        """
        if not self.reason:
            return OK
        console.error(console.words.say("cli.elsewhere", reason=self.reason))
        return FAILED


def write_folder(out: Path, console: Console, write: Write) -> Written:
    """Write a case folder whole or not at all; it is worked on by hand, so nothing ever replaces it.

    Parameters
    ----------
    out : Path
        New or empty: see `truetoll.runs.swap.check_target`.
    console : Console
    write : callable
        Called with an empty folder.

    Returns
    -------
    Written

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with saving_to(out, owned=False, saved=console.saved.append) as place:
        place.keep(write)
    return Written(place.path if place.reason and place.path else out, place.reason)
