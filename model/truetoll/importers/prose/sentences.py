"""Paragraphs -> sentences of words that know their place, and the spans of them that the grammar reads as figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from truetoll.claims.schema import Figure
from truetoll.claims.wording import Lexicon, WordingError, read_figure
from truetoll.claims.wording.tokens import is_number, normalise

_WORD = re.compile(
    "[0-9]{1,3}(?:[ \u00a0\u202f\u2009][0-9]{3})+(?![0-9])|"
    "[0-9]+(?:[.,'\u2019][0-9]+)*|[^\\W\\d_]+(?:\\.[^\\W\\d_]\\.)*|\\S"
)
_END = re.compile(
    "(?<=[.!?\u2026])(?:\\[[0-9a-z]{1,3}\\]|[\"\u201d\u00bb')\\]])*\\s+(?=[\"\u201c\u00ab('\\[\u00bf\u00a1-]*[^\\W_a-z])"
)
_SHORT = frozenset((
    "gen", "col", "lt", "maj", "sgt", "capt", "cmdr", "mr", "mrs", "ms", "dr", "prof", "st", "no", "nos", "art",
    "fig", "vs", "approx", "ca", "ret", "rep", "sen", "gov", "jr", "sr", "sra", "dra", "dn", "pte", "cnel",
    "tte", "ing", "lic", "adm", "brig", "u.s", "u.n", "p.ej", "núm", "nº", "pág", "jan", "feb", "mar", "apr",
    "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec", "ene", "abr", "ago", "dic",
))  # fmt: skip
ENDS = frozenset([".", ";", "?", "!"])
QUOTES = frozenset(['"', "\u201c", "\u201d", "\u00ab", "\u00bb"])
SIGNS = ENDS | QUOTES | {":", "(", ")", "\u2013", "\u2014"}
"""Signs that end a clause: full stops, quotation marks, all but commas and hyphens."""
_LONGEST_SPAN, _REACH = 14, 7
_LONGEST_SENTENCE = 2_000


@dataclass(frozen=True, slots=True)
class Word:
    """A word, number or sign of a sentence.

    Parameters
    ----------
    text, norm : str
        As written; in the spelling of lexicons.
    start, end : int
        Place in the sentence.
    """

    text: str
    norm: str
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True)
class Sentence:
    """A sentence.

    Parameters
    ----------
    text : str
    paragraph : int
        Number of its paragraph.
    first : bool
        Whether it begins it.
    """

    text: str
    paragraph: int
    first: bool

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, with their places."""
        found = []
        for each in _WORD.finditer(self.text):
            norm = normalise(each.group()) or each.group()
            found.append(Word(each.group(), norm.rstrip(".") if len(norm) > 1 else norm, each.start(), each.end()))
        return tuple(found)

    @cached_property
    def norms(self) -> tuple[str, ...]:
        """Its words in the spelling of lexicons."""
        return tuple(word.norm for word in self.words)


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a sentence that the grammar reads as a figure.

    Parameters
    ----------
    start, stop : int
        Positions among its words.
    text : str
    figure : Figure
    """

    start: int
    stop: int
    text: str
    figure: Figure


def sentences(paragraphs: Sequence[str]) -> Iterator[Sentence]:
    """Split paragraphs into sentences.

    Parameters
    ----------
    paragraphs : sequence of str

    Yields
    ------
    Sentence
    """
    for number, paragraph in enumerate(paragraphs):
        start, first = 0, True
        for end in _END.finditer(paragraph):
            before = paragraph[start : end.start()].rstrip("\"'\u201d\u00bb)")
            last = re.split(r"[\s(]", before.rstrip("."))[-1].casefold()
            if before.endswith(".") and (last in _SHORT or re.fullmatch(r"[^\W\d_]", last)):
                continue
            yield from _pieces(paragraph[start : end.end()].strip(), number, first=first)
            start, first = end.end(), False
        yield from _pieces(paragraph[start:].strip(), number, first=first)


def _pieces(text: str, number: int, *, first: bool) -> Iterator[Sentence]:
    """Cut what is longer than any sentence, so that a page without stops takes no longer than one with them."""
    while text:
        cut = text.rfind(" ", 1, _LONGEST_SENTENCE) if len(text) > _LONGEST_SENTENCE else len(text)
        cut = cut if cut > 0 else _LONGEST_SENTENCE
        yield Sentence(text[:cut].strip(), number, first)
        text, first = text[cut:].strip(), False


def figures(sentence: Sentence, lexicon: Lexicon, masked: frozenset[int]) -> list[Span]:
    """Find the spans that are read as figures, each as short as says the same.

    Parameters
    ----------
    sentence : Sentence
    lexicon : Lexicon
    masked : frozenset of int
        Positions that belong to dates and the like.

    Returns
    -------
    list of Span
        In their order, apart from each other.
    """
    words, found, at = sentence.words, list[Span](), 0
    cores = [i not in masked and _is_core(sentence, i, lexicon) for i in range(len(words))]
    while at < len(words):
        span = _span_at(sentence, at, cores, lexicon, masked) if any(cores[at : at + _REACH]) else None
        if span:
            found.append(span)
        at = span.stop if span else at + 1
    return found


def _is_core(sentence: Sentence, at: int, lexicon: Lexicon) -> bool:
    """Whether a number, or a word that stands for one, begins here; not a part of a name, a time or an ordinal."""
    words, norms = sentence.words, sentence.norms
    word = words[at]
    if is_number(word.norm):
        before = sentence.text[word.start - 1 : word.start]
        after = sentence.text[word.end : word.end + 2]
        glued = (
            before.isalpha()
            or (before and before in "/:.#_")
            or after[:1].isalpha()
            or after[:1] in ("\u00ba", "\u00aa")
        )
        clock = after[:1] in (":", "/") and after[1:].isdigit()
        return not (glued and not _is_thousands(word, sentence)) and not clock and after not in (".\u00ba", ".\u00aa")
    tables = (
        lexicon.numbers,
        lexicon.multipliers,
        lexicon.vague,
        lexicon.collectives,
        lexicon.fractions,
        lexicon.scales,
    )
    nothing = any(lexicon.particles[name].match(norms, at) for name in ("zero", "no"))  # "nobody", "no civilians"
    return nothing or any(table.match(norms, at) for table in tables)


def _is_thousands(word: Word, sentence: Sentence) -> bool:
    """Whether letters behind digits are "k"."""
    return bool(re.match(r"k\b", sentence.text[word.end : word.end + 2]))


def _span_at(
    sentence: Sentence, at: int, cores: Sequence[bool], lexicon: Lexicon, masked: frozenset[int]
) -> Span | None:
    words, norms = sentence.words, sentence.norms
    first = lexicon.tokens(norms[at])[:1] or (norms[at],)  # "al" is two words
    opens = cores[at] or lexicon.before.begins(first[0]) or any(r[0][:1] == first for r in lexicon.ranges)
    opens = opens or any(lexicon.particles[name].begins(first[0]) for name in ("leads", "articles"))
    if not opens or at in masked:
        return None
    limit = next((i for i in sorted(masked) if i > at), len(words))
    for stop in range(min(at + _LONGEST_SPAN, limit), at, -1):
        if not any(cores[at:stop]):
            return None
        figure = _read(sentence.text[words[at].start : words[stop - 1].end], lexicon)
        # "18 killed, at least 30 wounded": the hedge is that of the number behind it.
        steals = stop < len(words) and cores[stop] and stop not in masked and not cores[stop - 1]
        # "300 muertos y más de mil heridos": words of a hedge that goes on behind the span belong to what follows.
        goes_on = any(
            (hit := lexicon.before.match(norms, i)) and hit[1] > stop for i in range(max(at + 1, stop - 3), stop)
        )
        if figure is not None and not steals and not goes_on:
            return _shortest(sentence, at, stop, figure, lexicon)
    return None


def _shortest(sentence: Sentence, start: int, stop: int, figure: Figure, lexicon: Lexicon) -> Span:
    words = sentence.words

    def text(a: int, b: int) -> str:
        return sentence.text[words[a].start : words[b - 1].end]

    best = next(b for b in range(start + 1, stop + 1) if _read(text(start, b), lexicon) == figure)
    first = max(a for a in range(start, best) if _read(text(a, best), lexicon) == figure)
    return Span(first, best, text(first, best), figure)


def _read(text: str, lexicon: Lexicon) -> Figure | None:
    try:
        return read_figure(text, lexicon)
    except WordingError:
        return None
