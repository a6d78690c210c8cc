"""The words of a report in one language: sentences by key, numbers and dates as that language writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from truetoll.answers import words as english
from truetoll.answers.records import Interval
from truetoll.claims.schema import Term
from truetoll.text.saying import Speaker


class Words(Speaker):
    """One language.

    Parameters
    ----------
    language : str
        One of `truetoll.claims.languages.LANGUAGES`.
    iso_days : bool
        Whether days inside of messages are written as in the files that these speak of, and not as in prose.
    """

    def __init__(self, language: str, *, iso_days: bool = False) -> None:
        super().__init__(language, iso_days=iso_days)

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

    def say(self, key: str, /, **values: object) -> str:
        """Say something.

        Parameters
        ----------
        key : str
            ``section.name``.
        **values : object
            What stands in braces; text as it is, numbers written by the caller.

        Returns
        -------
        str

        Raises
        ------
        KeyError
            If the language has no such key, or a value is missing.
        """
        found: str = self._found(key)
        return found.format_map(values)

    def count(self, key: str, n: int) -> str:
        """Say how many.

        Parameters
        ----------
        key : str
            Of a plural.
        n : int

        Returns
        -------
        str
        """
        forms: Mapping[str, str] = self._found(key)
        return self._form(forms, n).format(n=self.local(f"{n:,}"))

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

    def head(self, *names: str, **filled: str) -> tuple[str, ...]:
        """Say the head of a table.

        Parameters
        ----------
        *names : str
            Of section ``head``.
        **filled : str
            What the words leave open.

        Returns
        -------
        tuple of str
        """
        return tuple(self.say(f"head.{name}", **filled) for name in names)

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
        return self.local(english.percent(p)).replace(" ", "\N{NO-BREAK SPACE}")

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
        return self.local(said).replace("-", "\N{MINUS SIGN}").replace(" ", "\N{NO-BREAK SPACE}")

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
        return said if said == "-" else said.replace("-", "\N{MINUS SIGN}")

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

    def whole_span(self, found: Interval) -> str:
        """Write an interval of persons or things.

        Parameters
        ----------
        found : Interval

        Returns
        -------
        str
        """
        return self.span(self.whole(found.low), self.whole(found.high))

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
        times, low, high = (self.two_digits(x) for x in (found.median, found.low, found.high))
        return f"\N{MULTIPLICATION SIGN}{times}", self.span(low, high)

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
