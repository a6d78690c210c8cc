"""A scenario as a list of separate changes, so that its effect can be divided among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from truetoll.claims.plain import show
from truetoll.claims.reliability import overlay
from truetoll.claims.scenario.checks import NAME
from truetoll.claims.scenario.overrides import BASE, Scenarios, finished, scenarios_of
from truetoll.claims.scenario.pieces import EXPLAINS, Piece, Table, pieces_of
from truetoll.claims.scenario.schema import Change
from truetoll.claims.schema import Case
from truetoll.errors import CaseError, unknown
from truetoll.text.messages import Message, Value, message


@dataclass(frozen=True)
class Part:
    """One change of a scenario that makes sense alone.

    Parameters
    ----------
    key : str
        ``sources.nis.grade``, ``claims.west-killed.window``, ``exclude.sources.zelensky``.
    label : Message
        The change.
    """

    key: str
    label: Message


def parts_of(case: Case, name: str) -> tuple[Part, ...]:
    """List every separate change of a scenario, with those of the scenarios it builds on.

    Parameters
    ----------
    case : Case
        Without a scenario.
    name : str
        A key of ``case.scenarios``; ``base`` has no parts.

    Returns
    -------
    tuple of Part
        A change that a later scenario of the chain overrides appears once, as it ends.

    Raises
    ------
    CaseError
        For an unknown name, a case that already carries a scenario, or a scenario with a problem.
    """
    return _parts(_chain(scenarios_of(case, name), name))


def apply_parts(case: Case, name: str, keys: Iterable[str]) -> Case:
    """Lay only some changes of a scenario over a case.

    Parameters
    ----------
    case : Case
        Without a scenario; it is not changed.
    name : str
    keys : iterable of str
        Of `parts_of`. All of them give the scenario, none the base case, each by its digest.

    Returns
    -------
    Case
        Its scenario is called after what was chosen: ``high_end[2 of 4]``.

    Raises
    ------
    CaseError
        As `parts_of`; also for an unknown key, and for changes that cannot stand without the others.
    """
    scenarios = scenarios_of(case, name)
    chain, chosen = _chain(scenarios, name), frozenset(keys)
    known = tuple(part.key for part in _parts(chain))
    if wrong := sorted(chosen - set(known)):
        where = f"{NAME}: {name}"
        raise CaseError(unknown(where, message("wrong_scenario.no_such_part"), key, known) for key in wrong)
    label = f"{name}[{len(chosen)} of {len(known)}]"
    if not chosen:
        return replace(case, scenario=label)
    changes = [_some_of(pieces, chosen) for pieces in chain]
    return finished(case, scenarios.some_of(label, changes), scenarios.problems, label)


def _chain(scenarios: Scenarios, name: str) -> tuple[tuple[Piece, ...], ...]:
    """Take each scenario of a chain to pieces, the first to be laid first."""
    if name == BASE:
        return ()
    if name not in scenarios.table:
        raise CaseError([unknown(NAME, message("wrong_scenario.no_such_scenario"), name, (BASE, *scenarios.table))])
    chain = scenarios.chain(name)
    if not chain:
        raise CaseError(scenarios.problems)
    found = [pieces_of(change, scenarios.subject.claims or {}) for change in chain]
    return tuple(_still_standing(pieces, found[number + 1 :]) for number, pieces in enumerate(found))


def _parts(chain: Iterable[Iterable[Piece]]) -> tuple[Part, ...]:
    said, values = dict[str, Message](), dict[str, Any]()
    for piece in (each for pieces in chain for each in pieces):
        said[piece.key] = piece.said
        values[piece.key] = _over(values.get(piece.key), piece.value)
    return tuple(Part(key, _label(said[key], value)) for key, value in values.items())


def _over(before: Any, value: Any) -> Any:
    both = isinstance(before, Mapping) and isinstance(value, Mapping)
    return overlay(before, value) if both else value


def _label(said: Message, value: Any) -> Message:
    return said if value is None else message(said.code, **dict(said.values) | {"value": _value(value)})


def _value(value: Any) -> Value:
    """Say a value: a number as the reader's language writes it, a table by its keys, anything else as it is written."""
    if isinstance(value, Mapping):
        told = ((key, each) for key, each in value.items() if key not in EXPLAINS)
        return message("change.several", entries=tuple(_entry(key, each) for key, each in told))
    if isinstance(value, float):
        return message("change.number" if value == float(f"{value:g}") else "change.exact", x=value)
    return show(value)


def _entry(key: str, value: Any) -> Message:
    return message("change.entry", key=key, value=show(value) if isinstance(value, Mapping) else _value(value))


def _some_of(pieces: Iterable[Piece], chosen: Collection[str]) -> Change:
    """Put the chosen pieces of one scenario together again."""
    table: Table = {"title": "parts", "why": "parts of a scenario"}
    for piece in pieces:
        if piece.key in chosen:
            table = _joined(table, piece.table)
    return Change.model_validate(table)


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> Table:
    """Merge tables; lists of names (to exclude, to include) are added up."""
    merged = dict(one)
    for key, value in other.items():
        before = merged.get(key)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            merged[key] = _joined(before, value)
        else:
            merged[key] = before + value if isinstance(before, tuple) and isinstance(value, tuple) else value
    return merged


def _still_standing(pieces: Iterable[Piece], later: Iterable[Iterable[Piece]]) -> tuple[Piece, ...]:
    """Leave out what a later scenario takes back: a claim excluded, then included, or the other way round."""
    taken_back = {key for pieces in later for piece in pieces for key in piece.takes_back}
    return tuple(piece for piece in pieces if piece.key not in taken_back)
