"""What a sweep is asked for -> cases by name, all checked before anything is sampled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from truetoll.claims.scenario import BASE, apply_change, apply_scenario
from truetoll.claims.schema import Case
from truetoll.errors import CaseError, Problem
from truetoll.studies.sweep.grid import WHERE, axis, combined, parsed
from truetoll.text.messages import message

Item = str | Mapping[str, Any] | Case
"""A scenario's name, a change table, or a case."""
Assumptions = Iterable[Item] | Mapping[str, Item] | Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Asked:
    """The cases of a sweep.

    Parameters
    ----------
    cases : dict of str to Case
        By name, in the order asked.
    grid : dict of str to tuple
        Of a grid: the value of each key, case by case.
    """

    cases: dict[str, Case]
    grid: dict[str, tuple[Any, ...]] = field(default_factory=dict)


def asked(case: Case, assumptions: Assumptions) -> Asked:
    """Lay everything that is asked for over a case.

    Parameters
    ----------
    case : Case
        Without a scenario.
    assumptions : iterable or mapping
        As `truetoll.sweep` takes them.

    Returns
    -------
    Asked

    Raises
    ------
    CaseError
        With every problem of all of them.
    """
    if isinstance(assumptions, Mapping):
        axes = {
            str(key): axis(values)
            for key, values in assumptions.items()
            if not isinstance(values, str | Mapping | Case)
        }
        return _grid(case, assumptions, axes) if axes else _named(case, dict(assumptions))
    given = [assumptions] if isinstance(assumptions, str) else list(assumptions)
    return _named(case, dict(zip(_names(given), given, strict=True)))


def _names(given: list[Any]) -> list[str]:
    """Name items that came without names; the second of a name is ``name (2)``."""
    found: dict[str, None] = {}
    for place, item in enumerate(given, 1):
        name, times = _name(item, place), 2
        unique = name
        while unique in found:
            unique, times = f"{name} ({times})", times + 1
        found[unique] = None
    return list(found)


def _name(item: Any, place: int) -> str:
    if isinstance(item, Case):
        return item.name if item.scenario == BASE else f"{item.name}: {item.scenario}"
    return item if isinstance(item, str) else f"change {place}"


def _named(case: Case, items: Mapping[str, Any]) -> Asked:
    cases: dict[str, Case] = {}
    problems = [] if items else [Problem(WHERE, message("wrong_scenario.none"))]
    for name, item in items.items():
        try:
            cases[str(name)] = _applied(case, item, str(name))
        except CaseError as error:
            problems += error.problems
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return Asked(cases)


def _applied(case: Case, item: Any, name: str) -> Case:
    if isinstance(item, Case):
        return item
    if isinstance(item, str):
        return apply_scenario(case, item)
    if isinstance(item, Mapping):
        return apply_change(case, item, name)
    codes = ("wrong_scenario.item_name", "wrong_scenario.item_table", "wrong_scenario.item_case")
    what, allowed = message("wrong_scenario.no_item"), tuple(map(message, codes))
    raise CaseError([Problem(f"{WHERE}: {name}", what, type(item).__name__, allowed)])


def _grid(case: Case, given: Mapping[str, Any], axes: Mapping[str, list[Any] | None]) -> Asked:
    what = message("wrong_scenario.no_grid")
    wrong = [key for key in given if axes.get(str(key)) is None]
    if wrong:
        raise CaseError([Problem(f"{WHERE}: {key}", what, repr(given[key])) for key in wrong])
    listed = {key: values for key, values in axes.items() if values is not None}
    keys, problems = parsed(listed)
    if problems:
        raise CaseError(problems)
    return _product(case, listed, keys)


def _product(case: Case, axes: Mapping[str, list[Any]], keys: dict[str, tuple[str, ...]]) -> Asked:
    cases: dict[str, Case] = {}
    rows: list[tuple[Any, ...]] = []
    problems: dict[tuple[object, ...], Problem] = {}
    for name, table, values in combined(axes, keys):
        try:
            cases[name] = apply_change(case, table, name)
        except CaseError as error:
            for p in error.problems:  # one wrong value is in many combinations, and is told once
                problems.setdefault((p.where.removeprefix(f"{name}: "), p.what, p.read), p)
        rows.append(values)
    if problems:
        raise CaseError(problems.values())
    return Asked(cases, dict(zip(axes, zip(*rows, strict=True), strict=True)))
