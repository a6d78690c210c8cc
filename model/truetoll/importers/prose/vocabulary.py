"""Words by which a number in running text is known as a loss: words/*.toml and peoples.toml, compiled."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from truetoll.claims.wording.tokens import tokenise
from truetoll.claims.wording.vocabulary import Table

__all__ = ["Act", "People", "Words", "armed", "peoples", "words_of"]


@dataclass(frozen=True, slots=True)
class Act:
    """What a verb or noun says befell somebody or something.

    Parameters
    ----------
    outcome : str
        ``killed``, ``wounded``, ``captured``, ``missing``, ``casualties``, ``lost`` (one of these) or ``destroyed``.
    kind : str
        ``transitive`` (its object is lost), ``intransitive`` (its subject is) or ``noun``.
    """

    outcome: str
    kind: str


@dataclass(frozen=True)
class Words:
    """The words of a language.

    Parameters
    ----------
    common : frozenset of str
        Small words that tell the language.
    subject_behind : bool
        Whether who speaks may stand behind the verb of saying.
    verbs, nouns, destroying : table of Act
        Of persons; of things.
    small : mapping of str to table of bool
        By the keys of the file.
    voices : mapping of str to table of bool
    groups, parts, things : table of str
        The key a word stands for.
    months, days : mapping of str to int
        From 1; from 0 (Monday).
    """

    common: frozenset[str]
    subject_behind: bool
    verbs: Table[tuple[Act, ...]]
    nouns: Table[Act]
    destroying: Table[Act]
    small: Mapping[str, Table[bool]]
    voices: Mapping[str, Table[bool]]
    groups: Table[str]
    parts: Table[str]
    things: Table[str]
    months: Mapping[str, int]
    days: Mapping[str, int]
    time: Mapping[str, Table[bool]]

    def is_small(self, name: str, word: str) -> bool:
        """Whether one word stands in a list of small words."""
        return (word,) in self.small[name]

    def says_small(self, name: str, word: str) -> bool:
        """Whether one word stands in a list of words about who speaks."""
        return (word,) in self.voices[name]


@cache
def words_of(language: str) -> Words:
    """Read the words of a language.

    Parameters
    ----------
    language : str
        ``en`` or ``es``.

    Returns
    -------
    Words
    """
    text = files("truetoll.importers.prose").joinpath("words", f"{language}.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)
    acts = found["acts"]
    verbs: dict[tuple[str, ...], tuple[Act, ...]] = {}
    nouns: dict[tuple[str, ...], Act] = {}
    for outcome, kinds in acts.items():
        if outcome == "destroyed":
            continue
        for kind in ("transitive", "intransitive"):
            for word in kinds[kind]:
                phrase = tokenise(word)
                verbs[phrase] = (*verbs.get(phrase, ()), Act(outcome, kind))
        for word in kinds["nouns"]:
            nouns.setdefault(tokenise(word), Act(outcome, "noun"))
    destroyed = [(tokenise(w), Act("destroyed", "transitive")) for w in acts["destroyed"]["transitive"]]
    destroyed += [(tokenise(w), Act("destroyed", "noun")) for w in acts["destroyed"]["nouns"]]
    time = found["time"]
    months = {plain(w): n for names in (time["months"], time["short"]) for n, w in enumerate(names, 1)}
    return Words(
        common=frozenset(found["common"]),
        subject_behind=found["subject_behind"],
        verbs=Table(verbs.items()),
        nouns=Table(nouns.items()),
        destroying=Table(destroyed),
        small={name: _table(each) for name, each in found["small"].items()},
        voices={name: _table(each) for name, each in found["voices"].items()},
        groups=_keyed(found["groups"]),
        parts=_keyed(found["parts"]),
        things=_keyed(found["things"]),
        months=months | ({"sept": 9} if "sep" in months else {}),
        days={plain(word): n for n, word in enumerate(time["days"])},
        time={name: _table(time[name]) for name in ("since", "units", "past")},
    )


def plain(word: str) -> str:
    """Spell a word as tables do: lower case, without accents.

    Parameters
    ----------
    word : str

    Returns
    -------
    str
    """
    return " ".join(tokenise(word))


def _table(words: Iterable[str]) -> Table[bool]:
    return Table((tokenise(word), True) for word in words if word)


def _keyed(groups: Mapping[str, Iterable[str]]) -> Table[str]:
    return Table((tokenise(word), key) for key, words in groups.items() for word in words)


@dataclass(frozen=True, slots=True)
class People:
    """A stem that names a country, people or armed group.

    Parameters
    ----------
    stem : tuple of str
        Words; of the last one its beginning.
    whole, capitals : bool
        Whether the last is whole; whether it is written in capitals.
    key : str
    armed : bool
        Whether it is an armed group that fights a state.
    """

    stem: tuple[str, ...]
    whole: bool
    capitals: bool
    key: str
    armed: bool


@cache
def peoples() -> Mapping[str, tuple[People, ...]]:
    """Read the stems that name countries, peoples and armed groups.

    Returns
    -------
    mapping of str to tuple of People
        By the first two letters; longest first.
    """
    text = files("truetoll.importers.prose").joinpath("peoples.toml").read_text(encoding="utf-8")
    found = [
        People(tokenise(stem.removesuffix("=")), stem.endswith("="), stem.isupper(), key, kind == "armed")
        for kind, keys in tomllib.loads(text).items()
        for key, stems in keys.items()
        for stem in stems
    ]
    found.sort(key=lambda each: (-len(each.stem), -len(each.stem[-1])))
    by: dict[str, list[People]] = {}
    for each in found:
        by.setdefault(each.stem[0][:2], []).append(each)
    return {letters: tuple(those) for letters, those in by.items()}


@cache
def armed() -> frozenset[str]:
    """Name the armed groups among the peoples.

    Returns
    -------
    frozenset of str
        Their keys.
    """
    return frozenset(each.key for those in peoples().values() for each in those if each.armed)
