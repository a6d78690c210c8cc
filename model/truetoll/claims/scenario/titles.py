"""Titles of scenarios as they are shown: those that truetoll gives in the reader's language, all others as written."""

from __future__ import annotations

import re
from datetime import date

from truetoll.claims.scenario.generated import WHY, titled
from truetoll.claims.scenario.overrides import BASE
from truetoll.text.messages import Message, message

_KNOWN_ON = re.compile(r"(.+), as known on (\d{4}-\d{2}-\d{2})", re.DOTALL)


def as_kept(title: str | Message, known_on: date | None) -> str:
    """Write the title of a scenario as a run keeps it.

    Parameters
    ----------
    title : str or Message
    known_on : date or None
        Day that the case is as known on.

    Returns
    -------
    str
        English, where it is of truetoll.
    """
    return str(title if known_on is None else message("scenario.as_known", title=title, day=known_on))


def title_of(name: str, title: str) -> str | Message:
    """Title a scenario.

    Parameters
    ----------
    name : str
    title : str
        As its case has it, or as `as_kept` wrote it.

    Returns
    -------
    str or Message
        A message where truetoll gave the title.
    """
    if found := _KNOWN_ON.fullmatch(title):
        return message("scenario.as_known", title=title_of(name, found[1]), day=date.fromisoformat(found[2]))
    ours = message("scenario.base") if name == BASE else titled(name)
    return ours if ours is not None and str(ours) == title else title


def is_generated(name: str, title: str) -> bool:
    """Whether a scenario is one that truetoll made.

    Parameters
    ----------
    name, title : str

    Returns
    -------
    bool
    """
    ours = titled(name)
    return ours is not None and str(ours) == title


def why_of(why: str) -> str | Message:
    """Say why a scenario may be held.

    Parameters
    ----------
    why : str
        As its case has it.

    Returns
    -------
    str or Message
        A message where it is of truetoll.
    """
    return WHY if why == str(WHY) else why
