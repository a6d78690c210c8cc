"""What a lexicon file may contain; compiled in ``vocabulary.py``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from truetoll.claims.schema import Form, Frozen, Positive

Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Words = tuple[Word, ...]
Whole = Annotated[int, Field(gt=0, le=10**9, strict=True)]
Width = Literal["plain", "about", "below", "above", "exact"]
HedgeRow = Literal["more_than", "at_least", "up_to"]


class Hedge(Frozen):
    """Words around a number that say how it is meant."""

    form: Form
    hedge: HedgeRow | None = Field(None, description="row of the reliability table; for at least and up to")
    cell: Width = Field("plain", description="about: twice as wide; below, above: that side only; exact: to the unit")
    before: Words = ()
    after: Words = ()
    reason: str = ""

    @model_validator(mode="after")
    def _row_where_needed(self) -> Self:
        if (self.hedge is not None) != (self.form in (Form.AT_LEAST, Form.UP_TO)):
            raise ValueError("the forms 'at least' and 'up to', and only they, name a hedge")
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
            raise ValueError("a vague word needs low < high")
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
            raise ValueError("a fraction of strength is below one")
        return self


class Range(Frozen):
    """What stands before and between the two ends of a range."""

    open: str = ""
    joint: Word


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
    after_share: Words = Field(description="may stand after a share: what names the strength it is a share of")
    zero: Words
    rate: Words


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
    ranges: Annotated[tuple[Range, ...], Field(max_length=100)]
    hedges: dict[str, Hedge]
    vague: dict[str, Vague]
    fractions: dict[str, Portion]
