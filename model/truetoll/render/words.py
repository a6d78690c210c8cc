"""The words of a table, a figure or a page in one language: numbers and dates as that language writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Protocol, cast

from truetoll.answers import words as english
from truetoll.answers.records import Interval, QuantityAnswer
from truetoll.claims.schema import Term
from truetoll.text.saying import Speaker


class Ends(Protocol):
    """What has two ends."""

    @property
    def low(self) -> float:
        """The lower."""

    @property
    def high(self) -> float:
        """The upper."""


class Words(Speaker):
    """One language.

    Parameters
    ----------
    language : str
        One of `truetoll.claims.languages.LANGUAGES`.
    screen : bool
        Whether it is for a terminal, where signs are those of a keyboard and days of notices stand as in the files
        that these speak of; else for a page.
    """

    def __init__(self, language: str, *, screen: bool = False) -> None:
        super().__init__(language, iso_days=screen)
        self.minus, self.times_sign = ("-", "x") if screen else ("\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}")
        self.blank = " " if screen and language == "en" else Speaker.blank

    def section(self, name: str) -> Mapping[str, Any]:
        """Look up all words of a section.

        Parameters
        ----------
        name : str

        Returns
        -------
        mapping
        """
        return cast(Mapping[str, Any], self._known[name])

    def has(self, key: str) -> bool:
        """Whether there is such a key.

        Parameters
        ----------
        key : str
            ``section.name``.

        Returns
        -------
        bool
        """
        section, _, name = key.partition(".")
        return name in self._known.get(section, {})

    def columns(self, section: str, *names: str, **filled: object) -> tuple[str, ...]:
        """Say the headings of a table.

        Parameters
        ----------
        section : str
        *names : str
            An empty one is no heading; ``>`` before a name stays before its heading.
        **filled : object
            What the words leave open.

        Returns
        -------
        tuple of str
        """

        def heading(name: str) -> str:
            bare = name.removeprefix(">")
            return f"{name[: len(name) - len(bare)]}{self.say(f'{section}.{bare}', **filled) if bare else ''}"

        return tuple(map(heading, names))

    def whole(self, x: float | None) -> str:
        """Write a number of persons or things with two digits, as `truetoll.answers.words.whole`.

        Parameters
        ----------
        x : float or None

        Returns
        -------
        str
        """
        if x is not None and 0 < x < 0.5:
            return self.say("number.under_one")
        return self.local(english.whole(x))

    def two_digits(self, x: float | None) -> str:
        """Write a number with two digits.

        Parameters
        ----------
        x : float or None

        Returns
        -------
        str
        """
        return self.local(english.two_digits(x))

    def figure(self, x: float) -> str:
        """Write a number that was given, as it was given.

        Parameters
        ----------
        x : float

        Returns
        -------
        str
        """
        return self.local(english.figure(x))

    def percent(self, p: float) -> str:
        """Write a probability in whole per cent.

        Parameters
        ----------
        p : float

        Returns
        -------
        str
        """
        return self.local(english.percent(p)).replace(" ", self.blank)

    def moved(self, percent: float, error: float) -> str:
        """Write a change in per cent, or that it may be nothing.

        Parameters
        ----------
        percent, error : float

        Returns
        -------
        str
        """
        if (said := english.moved(percent, error)) == english.SAME:
            return self.say("number.same")
        return self.local(said).replace("-", self.minus).replace(" ", self.blank)

    def signed(self, x: float | None, decimals: int) -> str:
        """Write a number with its sign.

        Parameters
        ----------
        x : float or None
        decimals : int

        Returns
        -------
        str
        """
        said = self.local(english.signed(x, decimals))
        return said if said == "-" else said.replace("-", self.minus)

    def span(self, low: str, high: str) -> str:
        """Write an interval of two numbers that are written already.

        Parameters
        ----------
        low, high : str

        Returns
        -------
        str
        """
        return self.say("number.span", low=low, high=high)

    def whole_span(self, found: Ends) -> str:
        """Write an interval of persons or things.

        Parameters
        ----------
        found : Ends

        Returns
        -------
        str
        """
        return self.span(self.whole(found.low), self.whole(found.high))

    def moved_by(self, log_ratio: float) -> str:
        """Write a log ratio of medians as a change in per cent.

        Parameters
        ----------
        log_ratio : float

        Returns
        -------
        str
        """
        return self.moved(100.0 * math.expm1(log_ratio), 0.0)

    def times(self, x: float | None) -> str:
        """Write a factor.

        Parameters
        ----------
        x : float or None

        Returns
        -------
        str
        """
        return english.two_digits(None) if x is None else f"{self.times_sign}{self.two_digits(x)}"

    def tail(self, p: float | None) -> str:
        """Write a tail probability.

        Parameters
        ----------
        p : float or None

        Returns
        -------
        str
        """
        return self.local("< 0.001") if p is not None and p < 0.001 else self.two_digits(p)

    def factor(self, found: Interval | None) -> tuple[str, str]:
        """Write a factor, and its interval.

        Parameters
        ----------
        found : Interval or None

        Returns
        -------
        tuple of str
        """
        if found is None:
            return english.two_digits(None), ""
        return self.times(found.median), self.span(self.two_digits(found.low), self.two_digits(found.high))

    def unit(self, unit: str) -> str:
        """Name a unit; what an analyst counts is left as it is.

        Parameters
        ----------
        unit : str

        Returns
        -------
        str
        """
        return str(self._known["unit"].get(unit, unit))

    def form(self, form: str) -> str:
        """Name the form of a figure before a number.

        Parameters
        ----------
        form : str

        Returns
        -------
        str
            ``up to``, ``floor``.
        """
        return self.of("form", form).removesuffix(":")

    def quantity(self, name: str) -> str:
        """Name a quantity without its force.

        Parameters
        ----------
        name : str
            ``dprk.killed``.

        Returns
        -------
        str
        """
        return self.of("quantity", Term.of(name).quantity)

    def named(self, q: QuantityAnswer) -> str:
        """Name a quantity without its force, with its unit if that is not persons.

        Parameters
        ----------
        q : QuantityAnswer

        Returns
        -------
        str
        """
        plainly = q.unit in ("persons", Term.of(q.name).quantity)
        return self.quantity(q.name) if plainly else f"{self.quantity(q.name)} ({self.of('unit', q.unit)})"

    def in_full(self, q: QuantityAnswer) -> str:
        """Name a quantity with its force, both in words.

        Parameters
        ----------
        q : QuantityAnswer

        Returns
        -------
        str
        """
        return f"{q.force}: {self.named(q)}"


ENGLISH = Words("en", screen=True)
"""For a terminal; its words are read when they are first asked for."""
