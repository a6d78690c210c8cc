"""Sentences that the lower floors make in English, in another language.

What a run keeps, and what `truetoll.answers` says of it, is English: notices, verdicts, names of assumptions. Each has
a form, ``{name}: the claims go back to one origin``, that stands in section ``sentence`` of every catalogue under one
key. A sentence is found by the English form it fits, and said with the same values by that of the other language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from truetoll.report.words import Words
from truetoll.text.catalogues import catalogue

LONGEST = 2_000
"""Characters of a sentence that is looked at: no form is longer, and nobody's text may make the search slow."""
_VALUE = re.compile(r"\\\{(\w+)\\\}")


def translated(sentence: str, words: Words) -> str | None:
    """Say a sentence of the program in another language.

    Parameters
    ----------
    sentence : str
        In English, as the program made it.
    words : Words

    Returns
    -------
    str or None
        None if no form of the catalogue fits it: then it is somebody's own text.
    """
    if (found := _matched(sentence)) is None:
        return None
    key, values = found
    told = {name: _value(value, words) for name, value in values.items()}
    return words.say(f"sentence.{key}", **told)


def _value(value: str, words: Words) -> str:
    """Say a value: it may be a sentence of the program itself, such as the name of a relation, or hold numbers."""
    if value.startswith(("'", '"')):  # the words of a claim
        return value
    if value in (names := _names()):
        return words.of(*names[value])
    inner = translated(value, words) if len(value) > 8 else None
    return inner or words.local(value)


def _matched(sentence: str) -> tuple[str, dict[str, str]] | None:
    if len(sentence) > LONGEST:
        return None
    found = ((key, form.fullmatch(sentence)) for key, form in _forms())
    return next(((key, match.groupdict()) for key, match in found if match), None)


@cache
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every English form as a pattern, those with most words of their own first."""
    forms = sorted(catalogue("en")["sentence"].items(), key=lambda item: -len(_VALUE.sub("", re.escape(item[1]))))
    return tuple((key, re.compile(_pattern(form), re.DOTALL)) for key, form in forms)


def _pattern(form: str) -> str:
    return _VALUE.sub(lambda found: f"(?P<{found.group(1)}>.+?)", re.escape(form))


@cache
def _names() -> dict[str, tuple[str, str]]:
    """English names of the program -> where they stand."""
    return dict(_named())


def _named() -> Iterator[tuple[str, tuple[str, str]]]:
    for section in ("victims", "relation", "quantity", "role"):
        for key in catalogue("en")[section]:
            yield key.replace("_", " "), (section, key)
