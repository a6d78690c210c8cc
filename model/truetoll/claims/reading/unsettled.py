"""Values that a draft leaves to its reader: marked ``?``, and no case until they are settled.

``? adversary`` is a guess to be kept or corrected, ``?`` alone something to be written. Whoever reads a draft settles
it by taking the mark away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from truetoll.claims.reading.table import Row
from truetoll.errors import Problem
from truetoll.text.messages import Value, message

MARK = "?"
"""Nothing that is written in these columns and keys begins with it otherwise."""
_GUESSED, _OPEN = "wrong_case.unsettled_guess", "wrong_case.unsettled"
"""Said of every marked value, and of nothing else."""
SETTLED_COLUMNS = ("source", "reported", "losses", "figure", "since", "as_of", "origin", "bulletin", "credibility")
"""Columns that may be marked; quote, url and note are the analyst's own words."""
_WORDS = frozenset(("title", "description", "url", "name"))
"""Keys of case.toml that hold words, in which a question mark is one."""


def is_marked(text: object) -> bool:
    """Whether a value is marked as not settled.

    Parameters
    ----------
    text : object

    Returns
    -------
    bool
    """
    return isinstance(text, str) and text.lstrip().startswith(MARK)


def guess(text: str) -> str:
    """Take the mark off a value.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Empty if nothing was guessed.
    """
    return text.strip().removeprefix(MARK).strip()


def is_unsettled(problem: Problem) -> bool:
    """Whether a problem is that a value is not settled.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    bool
    """
    return problem.what.code in (_GUESSED, _OPEN)


def _unsettled(where: str, what: Value, text: str) -> Problem:
    """Say what to do about a marked value."""
    guessed = guess(text)
    return Problem(where, message(_GUESSED if guessed else _OPEN, what=what), repr(guessed) if guessed else None)


def settled_rows(
    rows: tuple[Row, ...], place: Callable[[Row, str], str], report: Callable[[Problem], None]
) -> tuple[tuple[Row, ...], bool]:
    """Tell of every cell that is not settled, and go on with what is guessed.

    Parameters
    ----------
    rows : tuple of Row
    place : callable of (Row, str)
        Row and column -> the ``where`` of a problem.
    report : callable of Problem

    Returns
    -------
    tuple of Row
        With guesses in the place of marked cells.
    bool
        Whether there was any.
    """
    found = []
    any_marked = False
    for row in rows:
        marked = {name: row.cells[name] for name in SETTLED_COLUMNS if is_marked(row.cells[name])}
        for name, text in marked.items():
            report(_unsettled(place(row, name), name, text))
        any_marked = any_marked or bool(marked)
        cells = row.cells if not marked else {**row.cells, **{name: guess(text) for name, text in marked.items()}}
        found.append(row if not marked else replace(row, cells=cells))
    return tuple(found), any_marked


def settled_table(
    table: Mapping[str, Any], place: Callable[[str], str], report: Callable[[Problem], None]
) -> tuple[dict[str, Any], bool]:
    """Tell of every value of case.toml that is not settled, and go on with what is guessed.

    Parameters
    ----------
    table : mapping
    place : callable of str
        Dotted key -> the ``where`` of a problem.
    report : callable of Problem

    Returns
    -------
    dict
        The same with guesses in the place of marked values.
    bool
        Whether there was any.
    """
    marked = dict(_marked(table, ""))
    for key, text in marked.items():
        name = key.rpartition(".")[2]
        about: Value = key.split(".")[-2] if name == "reason" else name
        if ".relations." in key and name != "reason":
            about = message("wrong_case.relation_to", name=name)
        report(_unsettled(place(key), about, text))
    return _guessed(table, ""), bool(marked)


def _marked(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name not in _WORDS:
                yield from _marked(each, f"{key}.{name}" if key else str(name))
    elif isinstance(value, str) and is_marked(value):
        yield key, value
    elif isinstance(value, list):
        yield from ((key, each) for each in value if isinstance(each, str) and is_marked(each))


def _guessed(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _guessed(each, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [_guessed(each, name) for each in value]
    return guess(value) if isinstance(value, str) and name not in _WORDS and is_marked(value) else value
