"""What a lexicon file may contain; compiled in ``vocabulary.py``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from truetoll.claims.schema import Form, Frozen, Positive
from truetoll.errors import WrongValueError
from truetoll.text.messages import message

Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Words = tuple[Word, ...]
Whole = Annotated[int, Field(gt=0, le=10**9, strict=True)]
Width = Literal["plain", "about", "near", "below", "above", "odd", "exact"]
HedgeRow = Literal["more_than", "at_least", "up_to", "fewer_than"]


class Hedge(Frozen):
    """Words around a number that say how it is meant."""

    form: Form
    hedge: HedgeRow | None = Field(None, description="row of the reliability table; for at least, up to and fewer than")
    cell: Width = Field(
        "plain",
        description="about: twice as wide; near: within a fifth; below, above: that side only; odd: up to the next "
        "number of its unit; exact: to the unit",
    )
    before: Words = ()
    after: Words = ()
    after_end: Words = Field((), description="after the number, or after a range, of which they bind the last end")
    reason: str = ""

    @model_validator(mode="after")
    def _row_where_needed(self) -> Self:
        if (self.hedge is not None) != (self.form.family == "hedged"):
            raise WrongValueError(message("wrong_lexicon.hedge"))
        return self


class Vague(Frozen):
    """Words that stand for a range of numbers by themselves."""

    words: Words
    low: Positive
    high: Positive
    reason: str = Field(description="who reads it so, or that it is a judgement")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise WrongValueError(message("wrong_lexicon.vague"))
        return self


class Portion(Frozen):
    """A share of strength said as a fraction."""

    words: Words
    numerator: Whole
    denominator: Whole
    points: Positive = Field(description="the unit it is rounded to, in points")
    reason: str = ""

    @model_validator(mode="after")
    def _below_one(self) -> Self:
        if not self.numerator < self.denominator:
            raise WrongValueError(message("wrong_lexicon.fraction"))
        return self


class Multiple(Frozen):
    """Words for a ratio: TWICE as many."""

    words: Words
    times: Whole


class Quantifier(Frozen):
    """How many of a word of size: a FEW hundred. For what no vague word lists."""

    words: Words
    low: Positive
    high: Positive
    reason: str = ""


class Part(Frozen):
    """Which part of a word of size: the LOW hundreds; multiples of its lowest reading."""

    words: Words
    low: Positive
    high: Positive
    reason: str = ""


class Unit(Frozen):
    """A body of troops that stands for its usual establishment."""

    words: Words
    plural: Words
    low: Positive
    high: Positive
    reason: str = ""


class Collective(Frozen):
    """A noun that is a number, and the unit it is rounded to: una treintena."""

    value: Whole
    unit: Whole


Counts = Literal["killed", "wounded", "captured", "missing", "casualties", "military", "civilian", "persons", "things"]


class Noun(Frozen):
    """Nouns and adjectives that may stand after a number, and what they say was counted."""

    counts: Counts = Field(description="persons: anybody, compared with nothing; casualties: more than one outcome")
    words: Words
    endings: tuple[Annotated[str, StringConstraints(max_length=10)], ...] = Field(
        ("",), description="added to each word: palestin + o, a, os, as"
    )

    @property
    def forms(self) -> Words:
        """Every word with every ending."""
        return tuple(dict.fromkeys(word + ending for word in self.words for ending in self.endings))


class Range(Frozen):
    """What stands before and between the two ends of a range."""

    open: str = ""
    joint: Word
    kind: Literal["span", "choice", "rise", "sure"] = Field(
        "span",
        description="span: from one to the other; choice: neighbours only (two or three); rise: hundreds, possibly "
        "thousands; sure: the low end is sure (dozens if not hundreds)",
    )


class Separators(Frozen):
    """Characters inside a number in digits; a space stands for the narrow ones too."""

    thousands: tuple[Literal[",", ".", "'", " "], ...]
    decimal: tuple[Literal[",", "."], ...]


class Particles(Frozen):
    """Small words of the grammar."""

    percent: Words
    articles: Words = Field(description="may stand before a number and change nothing")
    leads: Words = Field(description="may stand before a figure and change nothing")
    links: Words = Field(description="may stand between words after a figure, not at its end")
    after_count: Words = Field(description="may stand after a count and change nothing")
    after_share: Words = Field(description="may stand after a share, between it and what it is a share of")
    wholes: Words = Field((), description="what names the strength a share is of; one must stand there if words follow")
    zero: Words = Field(description="stands for nothing by itself: none")
    no: Words = Field((), description="stands for nothing before a noun: NO losses, WITHOUT losses")
    known: Words = Field((), description="beside nothing, speaks of what is known: no CONFIRMED losses")
    rate: Words
    per_day: Words = Field((), description="makes a number a rate, of a day")
    per_week: Words = Field((), description="of a week")
    per_month: Words = Field((), description="of a month")
    of: Words = Field((), description="before what a share is of: a third OF 11,000; hundreds OF thousands")
    size_leads: Words = Field((), description="may stand before a word of size only: IN THE hundreds")
    but: Words = Field((), description="between two bounds: at least 300 BUT fewer than 500")
    halves: Words = Field((), description="half a multiplier more: a million AND A HALF")
    one_in: Words = Field((), description="one IN five; one OUT OF EVERY five")
    plus_minus: Words = Field((), description="before the margin of a number")
    levels: Words = Field((), description="what an interval in brackets is called: CI, range")
    estimates: Words = Field((), description="those of them that are an estimate's, of 95 % if not said: CI")
    standard_errors: Words = Field((), description="what a standard error is called: SE")
    centres: Words = Field((), description="what a number with an interval is called: posterior median")
    times: Words = Field((), description="make a number a ratio: three TIMES, 3x")
    ratio_to: Words = Field((), description="between the two numbers of a ratio, and of ranges too: 5 TO 1")
    ratio_for: Words = Field((), description="between the two numbers of a ratio only: 5 FOR EVERY 1, 5:1")
    ratio_leads: Words = Field((), description="before a ratio: A RATIO OF 5 to 1")
    compared: Words = Field((), description="after a ratio, change nothing: three times AS MANY wounded AS killed")
    more: Words = Field((), description="30% MORE is 1.3 times")
    fewer: Words = Field((), description="30% FEWER is 0.7 times")
    further: Words = Field((), description="those of the leads that add to an earlier figure: ANOTHER 800")
    than: Words = Field((), description="between a difference and what it is to: 800 more THAN in May")
    rises: Words = Field((), description="before a number, make it a difference: ROSE BY 800")
    periods: Words = Field((), description="name another time: twice as many as THE MONTH BEFORE")
    period_leads: Words = Field((), description="may stand before it, and before a year: IN May, IN 2023")
    unclear: Words = Field((), description="abbreviations that mean several things after a whole number: 12 m")


class LexiconFile(Frozen):
    """The content of a lexicon file."""

    language: str
    accepted: Annotated[Words, Field(min_length=1, max_length=50, description="shown when a figure is refused")]
    separators: Separators
    particles: Particles
    numbers: dict[Word, Whole]
    multipliers: dict[Word, Whole]
    abbreviations: dict[Word, Whole] = Field(description="multipliers that follow digits only")
    joiners: dict[Word, tuple[Whole, ...]] = Field(
        description="inside a number in words, with the units it may follow: three hundred AND fifty"
    )
    contractions: dict[Word, Word] = Field(default={}, description="words that are two: del = de el")
    scales: dict[Word, Whole] = Field(default={}, description="words of size: several TENS, dozens of THOUSANDS")
    collectives: dict[Word, Collective] = Field(default={})
    multiples: dict[str, Multiple] = Field(default={})
    ranges: Annotated[tuple[Range, ...], Field(max_length=100)]
    hedges: dict[str, Hedge]
    vague: dict[str, Vague]
    quantifiers: dict[str, Quantifier] = Field(default={})
    parts: dict[str, Part] = Field(default={})
    units: dict[str, Unit] = Field(default={})
    fractions: dict[str, Portion]
    nouns: dict[str, Noun] = Field(default={})
