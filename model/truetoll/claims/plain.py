"""What pydantic found wrong -> problems in plain words, with the known names."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import Enum
from itertools import islice
from typing import Literal

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from truetoll.errors import Problem, SaidError, shorten, unknown
from truetoll.text.messages import Message, message

Loc = tuple[str | int, ...]

NAME_RULE = message("wrong_value.name")


def plain_problems(
    error: ValidationError, model: type[BaseModel], place: Callable[[str], str], prefix: str = ""
) -> list[Problem]:
    """Say in plain words what is wrong with a table.

    Parameters
    ----------
    error : ValidationError
    model : type of BaseModel
        What the table was checked against.
    place : callable of str
        Dotted key -> the ``where`` of a problem.
    prefix : str
        Dotted key of the table itself.

    Returns
    -------
    list of Problem
        One for each place; nothing about what stands below a key that does not exist.
    """
    found: dict[Loc, Problem] = {}
    details = [each for each in error.errors(include_url=False) if not _of_the_other_kind(each)]
    bad_keys = {each["loc"][:-1] for each in details if each["loc"][-1:] == ("[key]",)}
    for each in details:
        is_key = each["loc"][-1:] == ("[key]",)
        loc, annotation = _walk(model, each["loc"][:-1] if is_key else each["loc"])
        below = any(each["loc"][:n] in bad_keys for n in range(1, len(each["loc"]) + 1)) if bad_keys else False
        if loc not in found and (is_key or not below):
            where = place(".".join([*([prefix] if prefix else []), *map(str, loc)]))
            found[loc] = _problem(where, each, loc, annotation, model)
    return list(found.values())


def _of_the_other_kind(each: ErrorDetails) -> bool:
    """Whether it is told of a word or table where the other of the two stands, or could stand."""
    kind, member = each["type"], str(each["loc"][-1:])
    is_word = "literal[" in member and kind == "literal_error" and isinstance(each["input"], Mapping)
    return is_word or ("dict[" in member and kind == "dict_type")


def _walk(model: object, loc: Loc) -> tuple[Loc, object]:
    """Follow a location down the types; of the members of a union, which pydantic names, only into a table."""
    annotation, passed = model, list[str | int]()
    for part in loc:
        annotation = _single(annotation)
        if _is_union(annotation):
            tables = [each for each in typing.get_args(annotation) if typing.get_origin(_single(each)) is dict]
            if not tables or not str(part).startswith("dict["):
                break
            annotation = tables[0]
            continue
        passed.append(part)
        annotation = _child(annotation, part)
    return tuple(passed), _single(annotation)


def _single(annotation: object) -> object:
    """Strip ``Annotated`` and an optional ``None``."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _single(typing.get_args(annotation)[0])
    if _is_union(annotation):
        members = [each for each in typing.get_args(annotation) if each is not types.NoneType]
        return _single(members[0]) if len(members) == 1 else annotation
    return annotation


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def _child(annotation: object, part: str | int) -> object:
    """Type of what stands under a key or position."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(part))
        return field.annotation if field else None
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is dict:
        return arguments[1]
    return arguments[0] if arguments else None


def _problem(where: str, each: ErrorDetails, loc: Loc, annotation: object, model: object) -> Problem:
    kind, value = each["type"], each["input"]
    if kind == "missing":
        return Problem(where, message("wrong_value.missing"))
    if kind == "extra_forbidden":
        return unknown(where, message("wrong_value.no_such_key"), str(loc[-1]), _known(_walk(model, loc[:-1])[1]))
    if each["loc"][-1:] == ("[key]",):
        return _bad_key(where, str(value), _walk(model, loc[:-1])[1])
    if kind in ("literal_error", "enum") and isinstance(value, str):
        return unknown(where, message("wrong_value.unknown"), value, _known(annotation))
    if _is_union(annotation):
        return _no_member(where, kind, value, annotation)
    return Problem(where, _what(each, annotation), show(value), _allowed(kind, annotation))


def _no_member(where: str, kind: str, value: object, annotation: object) -> Problem:
    """Say what a value may be that may be of several kinds."""
    if kind == "literal_error":
        return Problem(where, message("wrong_value.unknown_or_table"), show(value), _all(annotation))
    return Problem(where, message("wrong_value.per_bin"), show(value))


def _bad_key(where: str, key: str, table: object) -> Problem:
    names = _single(typing.get_args(table)[0]) if typing.get_origin(table) is dict else None
    if typing.get_origin(names) is Literal:
        return unknown(where, message("wrong_value.no_such_key"), key, map(str, typing.get_args(names)))
    return Problem(where, NAME_RULE, repr(key))


def _all(annotation: object) -> tuple[str, ...]:
    """Words that a union knows."""
    members = map(_single, typing.get_args(annotation))
    return tuple(word for each in members if typing.get_origin(each) is Literal for word in _known(each))


def _known(annotation: object) -> Iterable[str]:
    if _is_union(annotation):
        return _all(annotation)
    if typing.get_origin(annotation) is Literal:
        return map(str, typing.get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return (str(member.value) for member in annotation)
    return getattr(annotation, "model_fields", ())


def _allowed(kind: str, annotation: object) -> tuple[str, ...]:
    return tuple(_known(annotation)) if kind == "literal_error" else ()


_BOUNDS = {
    "greater_than": ("gt", "wrong_value.above"),
    "greater_than_equal": ("ge", "wrong_value.at_least"),
    "less_than": ("lt", "wrong_value.below"),
    "less_than_equal": ("le", "wrong_value.at_most"),
}
"""Kind of an error -> name of the bound, and what is said of it."""


def _what(each: ErrorDetails, annotation: object) -> Message:
    """Say which rule was broken, as a predicate."""
    kind, context = each["type"], each.get("ctx", {})
    if kind in _BOUNDS:
        name, code = _BOUNDS[kind]
        return message(code, x=float(context[name]))
    if kind == "value_error" and isinstance(context["error"], SaidError):
        return context["error"].said
    if kind == "too_short":
        return message("wrong_value.too_short", n=context["min_length"])
    return (
        _RULES.get(kind)
        or _KINDS.get(annotation)
        or _OTHERS.get(typing.get_origin(annotation), message("wrong_value.table"))
    )


_RULES: dict[str, Message] = {
    "string_pattern_mismatch": NAME_RULE,
    "string_too_long": NAME_RULE,
    "string_too_short": message("wrong_value.empty"),
    "finite_number": message("wrong_value.finite"),
}
_KINDS: dict[object, Message] = {
    float: message("wrong_value.number"),
    int: message("wrong_value.whole"),
    date: message("wrong_value.date"),
    str: message("wrong_value.text"),
    bool: message("wrong_value.flag"),
}
_OTHERS: dict[object, Message] = {tuple: message("wrong_value.list"), Literal: message("wrong_value.word")}


_SHOWN = 20
"""Entries of a list or table that are written back."""


def show(value: object) -> str:
    """Write a value of a TOML file back, about as it stood there; the first entries of what is long.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {show(each)}" for key, each in islice(value.items(), _SHOWN)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(show, value[:_SHOWN])) + "]"
    if isinstance(value, float):
        return f"{value:g}" if value == float(f"{value:g}") else repr(value)
    return value.isoformat() if isinstance(value, date) else shorten(repr(value), 200)
