"""The words of a figure: a lexicon file, checked and compiled. The grammar is in ``grammar.py``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import ValidationError

from truetoll.claims.languages import LANGUAGES
from truetoll.claims.plain import plain_problems
from truetoll.claims.toml import parse_toml
from truetoll.claims.wording.lexicon_schema import (
    Collective,
    Counts,
    Hedge,
    LexiconFile,
    Part,
    Portion,
    Quantifier,
    Unit,
    Vague,
)
from truetoll.claims.wording.tokens import is_number, tokenise
from truetoll.errors import CaseError, Problem, Problems, SaidError, unknown
from truetoll.text.messages import Message, message

if TYPE_CHECKING:
    pass

Phrase = tuple[str, ...]
LONGEST_PHRASE = 8


class Table[T](Mapping[Phrase, T]):
    """Phrases and what they stand for, by their first word: most words of a figure begin no phrase of a table.

    Parameters
    ----------
    entries : iterable of (Phrase, T)
    """

    __slots__ = ("_entries", "_longest")

    def __init__(self, entries: Iterable[tuple[Phrase, T]]) -> None:
        self._entries = dict(entries)
        self._longest: dict[str, int] = {}
        for phrase in self._entries:
            self._longest[phrase[0]] = max(len(phrase), self._longest.get(phrase[0], 0))

    def __getitem__(self, phrase: Phrase) -> T:
        return self._entries[phrase]

    def __iter__(self) -> Iterator[Phrase]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def begins(self, token: str) -> bool:
        """Whether a phrase begins with a word.

        Parameters
        ----------
        token : str

        Returns
        -------
        bool
        """
        return token in self._longest

    def match(self, tokens: Sequence[str], start: int) -> tuple[T, int] | None:
        """Find the longest phrase that begins at a token.

        Parameters
        ----------
        tokens : sequence of str
        start : int

        Returns
        -------
        (T, int) or None
            What the phrase stands for, and the position after it.
        """
        longest = self._longest.get(tokens[start], 0) if start < len(tokens) else 0
        for end in range(min(start + longest, len(tokens)), start, -1):
            phrase = tuple(tokens[start:end])
            if phrase in self._entries:
                return self._entries[phrase], end
        return None


class WordingError(SaidError, ValueError):
    """A figure that cannot be read.

    Parameters
    ----------
    reason : Message
        Why: what is to be said of it, without a full stop.
    accepted : tuple of str
        Examples of what can be read, in the language of the lexicon.
    """

    def __init__(self, reason: Message, accepted: tuple[str, ...]) -> None:
        super().__init__(message("wrong_lexicon.accepted", why=reason, examples=accepted))
        self.reason, self.accepted = reason, accepted

    def __reduce__(self) -> tuple[type[WordingError], tuple[Message, tuple[str, ...]]]:
        """Travel between processes with the reason, not with its text."""
        return WordingError, (self.reason, self.accepted)


@dataclass(frozen=True)
class Lexicon:
    """A lexicon file, compiled: every word is a tuple of tokens.

    Parameters
    ----------
    language : str
    accepted : tuple of str
        Examples for error messages.
    thousands, decimal : frozenset of str
        Separators.
    before, after, after_end : table of Hedge
    vague : table of Vague
    quantifiers, parts : table of Quantifier, Part
    units, unit_plurals : table of Unit
    fractions : table of Portion
    numbers, multipliers, abbreviations, scales : table of int
    collectives : table of Collective
    joiners : table of tuple of int
        The units after which a word may join two parts of a number.
    ranges : tuple of (Phrase, Phrase, str)
        What opens a range, what joins its ends, and its kind.
    contractions : table of Phrase
    nouns : table of (str, str)
        What a noun says was counted, and the key it stands under.
    particles : mapping of str to (table of bool)
        By the field names of `Particles`; ``after_count`` holds the nouns too.
    closing, joint : str
        Words that stand for "in total" and "to": with them a message spells out a range that can be read in one way.
    multiples : table of int
        Words for how many times as many: twice.
    ratios : bool
        Whether what is read says how large one number is beside another: then decimals and over 100 % are none wrong.
    """

    language: str
    accepted: tuple[str, ...]
    thousands: frozenset[str]
    decimal: frozenset[str]
    before: Table[Hedge]
    after: Table[Hedge]
    after_end: Table[Hedge]
    vague: Table[Vague]
    quantifiers: Table[Quantifier]
    parts: Table[Part]
    units: Table[Unit]
    unit_plurals: Table[Unit]
    fractions: Table[Portion]
    numbers: Table[int]
    multipliers: Table[int]
    abbreviations: Table[int]
    scales: Table[int]
    collectives: Table[Collective]
    joiners: Table[tuple[int, ...]]
    ranges: tuple[tuple[Phrase, Phrase, str], ...]
    contractions: Table[Phrase]
    nouns: Table[tuple[Counts, str]]
    particles: Mapping[str, Table[bool]]
    closing: str
    joint: str
    multiples: Table[int]
    ratios: bool = False

    def tokens(self, text: str) -> tuple[str, ...]:
        """Split a text into tokens, contractions into their two words.

        Parameters
        ----------
        text : str

        Returns
        -------
        tuple of str
        """
        return _expanded(tokenise(text), self.contractions)

    def refuse(self, reason: Message) -> WordingError:
        """Make the error of a figure that cannot be read.

        Parameters
        ----------
        reason : Message

        Returns
        -------
        WordingError
            For the caller to raise.
        """
        return WordingError(reason, self.accepted)


def match[T](table: Table[T], tokens: Sequence[str], start: int) -> tuple[T, int] | None:
    """Find the longest phrase of a table that begins at a token.

    Parameters
    ----------
    table : Table of T
    tokens : sequence of str
    start : int

    Returns
    -------
    (T, int) or None
        What the phrase stands for, and the position after it.
    """
    return table.match(tokens, start)


@cache
def read_lexicon(language: str) -> Lexicon:
    """Read a lexicon the package ships.

    Parameters
    ----------
    language : str
        ``en`` or ``es``.

    Returns
    -------
    Lexicon

    Raises
    ------
    CaseError
        For a language that has none.
    """
    if language not in LANGUAGES:
        raise CaseError([unknown("lexicon", message("wrong_lexicon.no_lexicon"), language, LANGUAGES)])
    name = f"{language}.toml"
    text = files("truetoll.claims.wording").joinpath("lexicon", name).read_text(encoding="utf-8")
    return load_lexicon(text, name)


def load_lexicon(text: str, where: str) -> Lexicon:
    """Check and compile the content of a lexicon file.

    Parameters
    ----------
    text : str
        TOML, with the keys of the lexicons the package ships.
    where : str
        Name of the file, for messages.

    Returns
    -------
    Lexicon

    Raises
    ------
    CaseError
        With every problem found: syntax, keys, types, ranges, forms, words that stand for two things.
    """
    wrong = Problems()
    table = parse_toml(text, where, wrong.append)
    if table is None:
        raise CaseError(wrong)
    try:
        file = LexiconFile.model_validate(table)
    except ValidationError as error:
        place = partial(_place, where)
        raise CaseError(plain_problems(error, LexiconFile, place)) from error
    phrases = [(role, key, word, tokenise(word)) for role, key, word in _phrases(file)]
    problems = [*_bad_phrases(phrases, where), *_double_meanings(phrases, where)]
    if problems:
        raise CaseError(problems)
    return _compile(file)


def _compile(file: LexiconFile) -> Lexicon:
    split = Table((tokenise(word), tokenise(two)) for word, two in file.contractions.items())

    def table[T](entries: Iterable[tuple[str, T]]) -> Table[T]:
        return Table((_expanded(tokenise(word), split), value) for word, value in entries)

    def of[E: (Vague, Quantifier, Part, Unit, Portion)](entries: Mapping[str, E]) -> Table[E]:
        return table((word, each) for each in entries.values() for word in each.words)

    nouns = table((word, (noun.counts, key)) for key, noun in file.nouns.items() for word in noun.forms)
    particles = {name: table((word, True) for word in words) for name, words in file.particles}
    particles["after_count"] = Table((word, True) for word in (*particles["after_count"], *nouns))
    return Lexicon(
        language=file.language,
        accepted=file.accepted,
        thousands=frozenset(file.separators.thousands),
        decimal=frozenset(file.separators.decimal),
        before=table((word, hedge) for hedge in file.hedges.values() for word in hedge.before),
        after=table((word, hedge) for hedge in file.hedges.values() for word in (*hedge.after, *hedge.after_end)),
        after_end=table((word, hedge) for hedge in file.hedges.values() for word in hedge.after_end),
        vague=of(file.vague),
        quantifiers=of(file.quantifiers),
        parts=of(file.parts),
        units=of(file.units),
        unit_plurals=table((word, unit) for unit in file.units.values() for word in unit.plural),
        fractions=of(file.fractions),
        numbers=table(file.numbers.items()),
        multipliers=table(file.multipliers.items()),
        abbreviations=table(file.abbreviations.items()),
        scales=table(file.scales.items()),
        collectives=table(file.collectives.items()),
        joiners=table(file.joiners.items()),
        ranges=tuple(
            (_expanded(tokenise(each.open), split), _expanded(tokenise(each.joint), split), each.kind)
            for each in file.ranges
        ),
        contractions=split,
        nouns=nouns,
        particles=MappingProxyType(particles),
        multiples=table((word, each.times) for each in file.multiples.values() for word in each.words),
        closing=file.particles.after_count[0] if file.particles.after_count else "",
        joint=next((each.joint for each in file.ranges if not each.open and each.joint.isalpha()), "-"),
    )


def _expanded(tokens: Phrase, contractions: Mapping[Phrase, Phrase]) -> Phrase:
    if not contractions:
        return tokens
    return tuple(part for token in tokens for part in contractions.get((token,), (token,)))


_TABLES = ("numbers", "multipliers", "abbreviations", "joiners", "contractions", "scales", "collectives")
"""Tables of a lexicon file from a word to what it stands for."""


_WORDED = ("quantifiers", "parts", "units", "multiples")
"""Tables of entries with words."""


def _phrases(file: LexiconFile) -> Iterable[tuple[str, str, str]]:
    """Every word with its dotted key and the role it plays; within a role a word has one meaning."""
    for key, hedge in file.hedges.items():
        yield from (("before", f"hedges.{key}.before", word) for word in hedge.before)
        yield from (("after", f"hedges.{key}.after", word) for word in hedge.after)
        yield from (("after", f"hedges.{key}.after_end", word) for word in hedge.after_end)
    for key, vague in file.vague.items():
        yield from (("amount", f"vague.{key}.words", word) for word in vague.words)
    for key, portion in file.fractions.items():
        yield from (("amount", f"fractions.{key}.words", word) for word in portion.words)
    for name in _WORDED:
        entries = getattr(file, name).items()
        yield from ((name, f"{name}.{key}.words", word) for key, each in entries for word in each.words)
    for key, unit in file.units.items():
        yield from (("units", f"units.{key}.plural", word) for word in unit.plural)
    for key, noun in file.nouns.items():
        yield from (("nouns", f"nouns.{key}.words", word) for word in noun.forms)
    for name in _TABLES:
        yield from ((name, f"{name}.{word}", word) for word in getattr(file, name))
    for name, words in file.particles:
        yield from ((name, f"particles.{name}", word) for word in words)
    for number, each in enumerate(file.ranges):
        yield (f"joint {number}", f"ranges.{number}.joint", each.joint)


_Placed = tuple[str, str, str, Phrase]
"""Role, dotted key, word and tokens of a phrase."""


def _bad_phrases(phrases: Iterable[_Placed], where: str) -> Iterable[Problem]:
    for _, key, word, tokens in phrases:
        if not 0 < len(tokens) <= LONGEST_PHRASE or any(map(is_number, tokens)):
            yield Problem(_place(where, key), message("wrong_lexicon.word", most=LONGEST_PHRASE), repr(word))


def _double_meanings(phrases: Iterable[_Placed], where: str) -> Iterable[Problem]:
    seen: dict[tuple[str, Phrase], str] = {}
    for role, key, word, tokens in phrases:
        first = seen.setdefault((role, tokens), key)
        if first != key:
            yield Problem(_place(where, key), message("wrong_lexicon.taken", key=first), repr(word))


def _place(where: str, key: str) -> str:
    return f"{where}: {key}" if key else where
