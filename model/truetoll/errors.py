"""Problems of a case: all of them at once, each with its place, what was read and what is allowed."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

from truetoll.text.messages import Message
from truetoll.text.saying import Speaker
from truetoll.visible import cut_short

TOLD = 1_000
"""Problems of one file that are told; the others are counted."""
_TOLD_IN_ALL = 5_000
_COMPARED, _LONGEST_NAME, _LISTED = 500, 200, 20
_LINES, _SHOWN = 30, 3


ENGLISH = Speaker("en")
"""What ``str`` says."""


class SaidError(Exception):
    """Something that went wrong, in words of the catalogue; ``str`` says it in English.

    Parameters
    ----------
    said : Message
        A plain sentence.
    """

    def __init__(self, said: Message) -> None:
        super().__init__(said)
        self.said = said


class WrongValueError(SaidError, ValueError):
    """A value that breaks a rule of its own."""


class RunNotice(SaidError, UserWarning):
    """Something went wrong on the way and was made good: a result is there, and its maker should know."""


def said_of(error: object) -> Message | str:
    """Take what an error or a warning says: a message if it is one of ours, else its text."""
    return error.said if isinstance(error, SaidError) else str(error)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a case.

    Parameters
    ----------
    where : str
        File and line (``claims.csv:7``) or file and dotted key (``case.toml: forces.dprk.rate``).
    what : Message
        What is wrong, in one plain sentence without a full stop.
    read : str or Message, optional
        The value as it was read, or what was found there.
    allowed : tuple of str or Message, optional
        What would have been accepted.
    meant : str, optional
        The known name closest to what was read, if the finder knows it.
    name : str, optional
        The name that was read: the closest of those allowed is looked for when it is asked for.
    """

    where: str
    what: Message
    read: str | Message | None = None
    allowed: tuple[str | Message, ...] = ()
    meant: str | None = None
    name: str | None = field(default=None, repr=False)

    @cached_property
    def nearest(self) -> str | None:
        """The known name closest to what was read."""
        return self.meant if self.name is None else closest(self.name, (n for n in self.allowed if isinstance(n, str)))

    def to_dict(self) -> dict[str, Any]:
        """Give the problem for JSON, in English, with as many allowed values as are shown in words.

        Returns
        -------
        dict
        """
        text = None if self.read is None else shorten(str(self.read))
        listed = {"allowed": [str(name) for name in self.allowed[:_LISTED]], "nearest": self.nearest}
        return {"where": self.where, "what": str(self.what), "read": text} | listed

    def told(self, speaker: Speaker) -> str:
        """Put the problem into words.

        Parameters
        ----------
        speaker : Speaker

        Returns
        -------
        str
        """
        read = () if self.read is None else (self.read,)
        meant = () if self.nearest is None else (self.nearest,)
        return _told(speaker, self.where, self, read, meant)

    def __str__(self) -> str:
        return self.told(ENGLISH)


def _told(speaker: Speaker, where: str, problem: Problem, read: Iterable[str | Message], meant: Iterable[str]) -> str:
    """Say what is wrong at some places, what was read there, what is allowed and what may have been meant."""
    text = f"{where}: {speaker.tell(problem.what)}"
    if found := tuple(shorten(_words(speaker, each), speaker=speaker) for each in read):
        text += speaker.say("problem.read", read=_several(speaker, found))
    if names := tuple(_words(speaker, name) for name in problem.allowed[:_LISTED]):
        more = len(problem.allowed) - len(names)
        text += speaker.say("problem.allowed_more" if more else "problem.allowed", names=names, n=more)
    if likely := tuple(meant)[:_SHOWN]:
        text += speaker.say("problem.meant", names=likely)
    return text


def _words(speaker: Speaker, said: str | Message) -> str:
    return speaker.tell(said) if isinstance(said, Message) else said


def _several(speaker: Speaker, names: tuple[str, ...], most: int = _SHOWN) -> str:
    """Join names, and count those beyond the first."""
    if len(names) <= most:
        return ", ".join(names)
    return speaker.say("list.more", names=names[:most], n=len(names) - most)


class Problems:
    """Problems as they are found, each once: the first `TOLD` of a file are kept, the others counted.

    A file of a million bad lines is then told in a thousand, and read in no more time than a sound one.

    Parameters
    ----------
    found : iterable of Problem
    """

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        self._kept: dict[Problem, None] = {}
        self._by_file: Counter[str] = Counter()
        self.more: int = found.more if isinstance(found, Problems) else 0
        """How many were counted only."""
        for problem in found:
            self.append(problem)

    def full(self, where: str) -> bool:
        """Tell whether further problems of a file are only counted.

        Parameters
        ----------
        where : str
            Of a problem.

        Returns
        -------
        bool
        """
        return len(self._kept) >= _TOLD_IN_ALL or self._by_file[where.partition(":")[0]] >= TOLD

    def append(self, problem: Problem) -> None:
        """Take one more.

        Parameters
        ----------
        problem : Problem
        """
        if self.full(problem.where):
            self.more += 1
        elif problem not in self._kept:
            self._by_file[problem.where.partition(":")[0]] += 1
            self._kept[problem] = None

    def __iadd__(self, found: Iterable[Problem]) -> Problems:
        for problem in found:
            self.append(problem)
        self.more += found.more if isinstance(found, Problems) else 0
        return self

    def __iter__(self) -> Iterator[Problem]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept) + self.more


class CaseError(Exception):
    """A case that cannot be used, with every problem found in it.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    more : int
        How many others were found beside them, and only counted.

    Attributes
    ----------
    problems : tuple of Problem
        At most `TOLD` of a file.
    more : int
        How many others there are.

    Examples
    --------
    >>> import truetoll as tt
    >>> try:
    ...     tt.read_case("data/no-such-case")
    ... except tt.CaseError as error:
    ...     print(len(error.problems), error.problems[0].what)
    1 there is no such case folder
    """

    def __init__(self, problems: Iterable[Problem], more: int = 0) -> None:
        found = problems if isinstance(problems, Problems) else Problems(problems)
        self.problems, self.more = tuple(found), found.more + more
        super().__init__(self.problems, self.more)

    def __str__(self) -> str:
        more = [ENGLISH.say("problem.more", n=self.more)] if self.more else []
        return "\n".join([*map(str, self.problems), *more])

    def __reduce__(self) -> tuple[type[CaseError], tuple[tuple[Problem, ...], int]]:
        """Travel between processes with the problems, not with their text."""
        return CaseError, (self.problems, self.more)


def gathered(problems: Iterable[Problem], speaker: Speaker = ENGLISH) -> list[str]:
    """Say problems in words, the same one of several lines of a table once, with its lines.

    Parameters
    ----------
    problems : iterable of Problem
    speaker : Speaker

    Returns
    -------
    list of str
        In the order in which each is met first.
    """
    alike: dict[tuple[Any, ...], list[Problem]] = {}
    for problem in problems:
        file, _, line = problem.where.partition(":")
        key = (file, problem.what, problem.allowed) if line.isdecimal() else (problem,)
        alike.setdefault(key, []).append(problem)
    return [_together(found, speaker) for found in alike.values()]


def _together(found: list[Problem], speaker: Speaker) -> str:
    first = found[0]
    if len(found) == 1:
        return first.told(speaker)
    file = first.where.partition(":")[0]
    lines = tuple(dict.fromkeys(problem.where.partition(":")[2] for problem in found))
    read = dict.fromkeys(problem.read for problem in found if problem.read is not None)
    meant = dict.fromkeys(problem.nearest for problem in found if problem.nearest is not None)
    return _told(speaker, f"{file}:{_several(speaker, lines, _LINES)}", first, read, meant)


def unknown(where: str, what: Message, read: str, known: Iterable[str]) -> Problem:
    """Make the problem of a name that is not known, with the nearest known one.

    Parameters
    ----------
    where : str
    what : Message
    read : str
        As in `Problem`.
    known : iterable of str
        The names that exist.

    Returns
    -------
    Problem
    """
    return Problem(where, what, repr(read), tuple(known), name=read)


def closest(name: str, known: Iterable[str]) -> str | None:
    """Find the known name that is spelt most like another.

    Parameters
    ----------
    name : str
    known : iterable of str
        Of very many, those that begin with the same letter.

    Returns
    -------
    str or None
        None if none is close.
    """
    names = tuple(known)
    if len(name) > _LONGEST_NAME:
        return None
    if len(names) > _COMPARED:
        names = tuple(islice((each for each in names if each[:1] == name[:1]), _COMPARED))
    close = difflib.get_close_matches(name, [each for each in names if len(each) <= _LONGEST_NAME], n=1)
    return close[0] if close else None


def shorten(text: str, limit: int = 80, speaker: Speaker = ENGLISH) -> str:
    """Cut a long text so that an error stays one line, never within a number.

    Parameters
    ----------
    text : str
    limit : int
        Characters to keep.
    speaker : Speaker
        In whose language it is told how long it is.

    Returns
    -------
    str
    """
    flat = " ".join(text[: 100 * limit].split())
    size = len(text) if len(text) > 100 * limit else len(flat)
    return flat if size <= limit else cut_short(flat, limit - 15) + speaker.say("problem.cut", n=size)
