"""One scenario taken to pieces: the smallest changes that make sense alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from truetoll.claims.scenario.schema import Change
from truetoll.text.messages import Message, message

Table = dict[str, Any]

EXPLAINS = ("reason", "reference")
"""Keys that change nothing; they go with what they explain."""

_WINDOW = ("reported", "since", "as_of")
"""Days of one claim: each alone could contradict the others."""

_READ_TOGETHER = ("figure", "h")
"""A hedge is one of the figure beside it."""

_DEPTH = {"bias": 2, "shared": 1, "wounded_per_killed": 0}
"""How far below a table of the assumptions its parts begin, where that is not one key."""


@dataclass(frozen=True)
class Piece:
    """One change, as one scenario writes it.

    Parameters
    ----------
    key : str
        The same in every scenario of a chain.
    said : Message
        What is changed, without the value.
    value : object
        To what; None if that is said.
    table : dict
        The change in the nesting of a scenario, with its explanation.
    takes_back : tuple of str
        Keys of earlier pieces that this one undoes.
    """

    key: str
    said: Message
    value: Any
    table: Table
    takes_back: tuple[str, ...] = ()


def pieces_of(change: Change, sources: Mapping[str, str]) -> tuple[Piece, ...]:
    """Take one scenario to pieces.

    Parameters
    ----------
    change : Change
    sources : mapping of str to str
        Claim -> source.

    Returns
    -------
    tuple of Piece
        Put together again they are the change, but for tables that say nothing.
    """
    table = change.model_dump(exclude_unset=True)
    case = table.get("case", {})
    return (
        *_of_assumptions(table.get("assumptions", {})),
        *(_piece(("case", key), message("change.case", what=key, value=""), v) for key, v in case.items()),
        *(piece for name, each in table.get("forces", {}).items() for piece in _of_a_force(name, each)),
        *(piece for name, each in table.get("sources", {}).items() for piece in _of_a_source(name, each)),
        *(piece for name, each in table.get("claims", {}).items() for piece in _of_a_claim(name, each)),
        *(_believed(name) for name in dict.fromkeys(change.believe)),
        *_of_weights(change, sources),
    )


def _believed(name: str) -> Piece:
    return Piece(f"believe.{name}", message("change.believed", name=name), None, {"believe": (name,)})


def _piece(path: tuple[str, ...], said: Message, value: Any, beside: Mapping[str, Any] | None = None) -> Piece:
    """Make the piece of one value; `beside` explains it, in the table around it."""
    table: Any = {path[-1]: value, **(beside or {})}
    for name in reversed(path[:-1]):
        table = {name: table}
    return Piece(".".join(path), said, value, table)


def _spaced(key: str) -> str:
    return key.replace("_", " ")


def _apart(table: Mapping[str, Any]) -> tuple[Table, Table]:
    """Part what a table changes from what explains it."""
    changes = {key: value for key, value in table.items() if key not in EXPLAINS}
    return changes, {key: value for key, value in table.items() if key in EXPLAINS}


def _of_assumptions(table: Mapping[str, Any]) -> Iterator[Piece]:
    for name, each in table.items():
        yield from _below(("assumptions", name), each, _DEPTH.get(name, 1), {})


def _below(path: tuple[str, ...], value: Any, depth: int, beside: Table) -> Iterator[Piece]:
    """Make the pieces that begin some levels below a table."""
    if depth == 0:
        yield _piece(path, message("change.assumed", what=_spaced(" ".join(path[1:])), value=""), value, beside)
        return
    changes, explained = _apart(value)
    for key, each in changes.items():
        yield from _below((*path, key), each, depth - 1, explained)


def _of_a_force(name: str, table: Mapping[str, Any]) -> Iterator[Piece]:
    for key, value in table.items():
        if key == "counts":
            yield from (_piece(("forces", name, key, c), _of(c, name), v) for c, v in value.items())
        else:
            yield _piece(("forces", name, key), _of(key, name), value)


def _of(what: str, name: str) -> Message:
    return message("change.of", what=what, name=name, value="")


def _of_a_source(name: str, table: Mapping[str, Any]) -> Iterator[Piece]:
    changes, explained = _apart(table)
    codes = {"relations": "change.relation", "access": "change.access", "bias": "change.bias"}
    for key, value in changes.items():
        if key not in codes or not isinstance(value, Mapping):
            yield _piece(("sources", name, key), _of(key, name), value, explained)
            continue
        for force, each in value.items():
            said = message(codes[key], name=name, force=force, value="")
            piece = _piece(("sources", name, key, force), said, each)
            piece.table["sources"][name].update(explained)
            yield piece


def _of_a_claim(name: str, table: Mapping[str, Any]) -> Iterator[Piece]:
    together = {"window": _WINDOW, "figure": _READ_TOGETHER}
    for key, names in together.items():
        if found := {each: table[each] for each in names if each in table}:
            alone = found[key] if tuple(found) == (key,) else found
            yield Piece(f"claims.{name}.{key}", _of(key, name), alone, {"claims": {name: found}})
    joined = {each for names in together.values() for each in names}
    for key, value in table.items():
        if key not in joined:
            yield _piece(("claims", name, key), _of(key, name), value)


def _of_weights(change: Change, sources: Mapping[str, str]) -> Iterator[Piece]:
    for name in dict.fromkeys(change.exclude.sources):
        back = tuple(f"include.claims.{claim}" for claim, source in sources.items() if source == name)
        table = {"exclude": {"sources": (name,)}}
        yield Piece(f"exclude.sources.{name}", message("change.without_source", name=name), None, table, back)
    for name in dict.fromkeys(change.exclude.claims):
        table = {"exclude": {"claims": (name,)}}
        back = (f"include.claims.{name}",)
        yield Piece(f"exclude.claims.{name}", message("change.without_claim", name=name), None, table, back)
    for name in dict.fromkeys(change.include.claims):
        table = {"include": {"claims": (name,)}}
        back = (f"exclude.claims.{name}",)
        yield Piece(f"include.claims.{name}", message("change.with_repeat", name=name), None, table, back)
