"""A grid of values by dotted key -> one change table for each combination."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations, product
from typing import Any

from truetoll.errors import Problem
from truetoll.text.messages import message

Keys = dict[str, tuple[str, ...]]
WHERE = "assumptions"
"""Place of a problem with what was asked, rather than with the case."""


def axis(values: Any) -> list[Any] | None:
    """Take the values of one key as plain ones.

    Parameters
    ----------
    values : object
        A list, tuple, range or NumPy array.

    Returns
    -------
    list or None
        None if it is something else.
    """
    plain = values.tolist() if hasattr(values, "tolist") else values
    if isinstance(plain, str | bytes | Mapping) or not isinstance(plain, Iterable):
        return None
    return [value.item() if hasattr(value, "item") else value for value in plain]


def combined(axes: Mapping[str, list[Any]], keys: Keys) -> Iterator[tuple[str, dict[str, Any], tuple[Any, ...]]]:
    """Form every combination, the last key fastest.

    Parameters
    ----------
    axes : mapping of str to list
        Values by dotted key.
    keys : dict of str to tuple of str
        The parts of each, as `parsed` finds them.

    Yields
    ------
    str, dict, tuple
        Name (``assumptions.origin.rho=0.3,sources.nis.grade=A``), change table, values.
    """
    for values in product(*axes.values()):
        table: dict[str, Any] = {}
        for key, value in zip(axes, values, strict=True):
            _put(table, keys[key], value)
        yield ",".join(f"{key}={said(value)}" for key, value in zip(axes, values, strict=True)), table, values


def said(value: Any) -> str:
    """Write a value as it stands in a name.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    plain = value.isoformat() if isinstance(value, date) else value
    return plain if isinstance(plain, str) else json.dumps(plain, default=str, ensure_ascii=False)


def parsed(axes: Mapping[str, list[Any]]) -> tuple[Keys, list[Problem]]:
    """Read dotted keys as TOML does, so that a name with a dot can stand in quotes; check what can be checked here.

    Parameters
    ----------
    axes : mapping of str to list

    Returns
    -------
    dict of str to tuple of str
        The parts of every key that can be read.
    list of Problem
    """
    found: Keys = {}
    problems = []
    for key, values in axes.items():
        if (parts := _parts(key)) is None:
            problems.append(Problem(WHERE, message("wrong_scenario.no_key"), repr(key)))
            continue
        found[key] = parts
        names = [said(value) for value in values]
        if not names:
            problems.append(Problem(f"{WHERE}: {key}", message("wrong_scenario.no_values")))
        twice = dict.fromkeys(name for name in names if names.count(name) > 1)
        problems += [Problem(f"{WHERE}: {key}", message("wrong_scenario.twice"), name) for name in twice]
    for one, other in combinations(found, 2):
        short = min(len(found[one]), len(found[other]))
        if found[one][:short] == found[other][:short]:
            problems.append(Problem(f"{WHERE}: {other}", message("wrong_scenario.overlap", key=one)))
    return found, problems


def _parts(key: str) -> tuple[str, ...] | None:
    try:
        table: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        return None
    parts = []
    while isinstance(table, dict):
        if len(table) != 1:  # a line break in the key
            return None
        ((name, table),) = table.items()
        parts.append(name)
    return tuple(parts)


def _put(table: dict[str, Any], parts: tuple[str, ...], value: Any) -> None:
    for part in parts[:-1]:
        table = table.setdefault(part, {})
    table[parts[-1]] = value
