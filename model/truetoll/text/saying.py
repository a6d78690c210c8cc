"""Messages, numbers and dates in the words of a language. Babel is imported for languages other than English alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from string import Formatter
from typing import TYPE_CHECKING, Any

from truetoll.text.catalogues import catalogue
from truetoll.text.messages import Message

if TYPE_CHECKING:
    from babel import Locale

_NUMBER = re.compile(r"(?<![\w.])(?<!\w-)\d[\d,]*(?:\.\d+)?(?![\w]|-\w|\.\d)")
"""A number that stands for itself: not part of a name (``K009``), a date or another number."""
IN_PROSE = "prose"
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Speaker:
    """One language.

    Parameters
    ----------
    language : str
        One of `truetoll.claims.languages.LANGUAGES`.
    iso_days : bool
        Whether days inside of messages are written as in the files that these speak of, and not as in prose.
    """

    blank = "\N{NO-BREAK SPACE}"
    """Between a number and its sign."""

    def __init__(self, language: str, *, iso_days: bool = True) -> None:
        self.language, self.iso_days = language, iso_days

    @cached_property
    def _known(self) -> dict[str, Any]:
        return catalogue(self.language)

    @cached_property
    def _locale(self) -> Locale:
        from babel import Locale  # noqa: PLC0415

        return Locale.parse(self.language)

    # Messages

    def tell(self, said: Message) -> str:
        """Put a message into words, after the place it speaks of.

        Parameters
        ----------
        said : Message

        Returns
        -------
        str

        Raises
        ------
        KeyError
            If the language has no such code, or a value is missing.
        """
        place = said.file + (f":{said.line}" if said.line is not None else "") + (f": {said.key}" if said.key else "")
        return (f"{place}: " if place else "") + self._filled(self._found(said.code), dict(said.values))

    def text(self, said: str | Message | None) -> str:
        """Say a message; what is text already stays, and nothing is nothing.

        Parameters
        ----------
        said : str, Message or None

        Returns
        -------
        str
        """
        return self.tell(said) if isinstance(said, Message) else said or ""

    def say(self, key: str, /, **values: object) -> str:
        """Say something.

        Parameters
        ----------
        key : str
            ``section.name``.
        **values : object
            What stands in braces: text as it is, numbers as the braces say; ``n`` chooses the form where one and
            several differ.

        Returns
        -------
        str

        Raises
        ------
        KeyError
            If the language has no such key, or a value is missing.
        """
        return self._filled(self._found(key), values)

    def _found(self, key: str) -> Any:
        section, _, name = key.partition(".")
        return self._known[section][name]

    def _filled(self, form: str | Mapping[str, str], values: Mapping[str, Any]) -> str:
        if not isinstance(form, str):
            form = self._form(form, values["n"])
        return _Filler(self).vformat(form, (), values)

    def _form(self, forms: Mapping[str, str], n: int) -> str:
        """Choose what is said of so many: of none where that has words of its own, else as Unicode CLDR counts."""
        if n == 0 and "zero" in forms:
            return forms["zero"]
        plural = ("one" if n == 1 else "other") if self.language == "en" else self._locale.plural_form(n)
        return forms.get(plural, forms["other"])

    def value(self, value: object, spec: str) -> str:
        """Write one value of a message.

        Parameters
        ----------
        value : object
        spec : str
            What follows its name in the braces: of a number, how Python writes it; of a name that the program gives,
            the section of the catalogue with its words; of several values, what section ``list`` has between them;
            of a day, ``prose`` if it never stands as in a file.

        Returns
        -------
        str
        """
        if isinstance(value, Message):
            return self.tell(value)
        if isinstance(value, tuple):
            between = self._known["list"].get(spec)
            return (between or ", ").join(self.value(each, "" if between else spec) for each in value)
        if isinstance(value, date):
            return value.isoformat() if self.iso_days and spec != IN_PROSE else self.day(value)
        if isinstance(value, str):
            return self.of(spec, value) if spec else value
        return self.number(format(value, spec))

    def of(self, section: str, name: str) -> str:
        """Name something by a fixed name of the program; what an analyst has named is left as it is.

        Parameters
        ----------
        section, name : str

        Returns
        -------
        str
        """
        return str(self._known[section].get(name, name.replace("_", " ")))

    # Numbers and dates: rounded as every other table rounds them, then written as the language does.

    def number(self, text: str) -> str:
        """Write a number that Python has written as the language does.

        Parameters
        ----------
        text : str
            ``1,234.5``, ``35%``.

        Returns
        -------
        str
        """
        if self.language == "en":
            return text
        return re.sub(r"(?<=\d)%$", f"{self.blank}%", self.local(text))

    def local(self, text: str) -> str:
        """Write the numbers and ISO dates in an English text as the language does.

        Parameters
        ----------
        text : str

        Returns
        -------
        str
        """
        dated = _DAY.split(text)
        numbered = [_NUMBER.sub(lambda found: self._number(found.group()), part) for part in dated]
        days = [*map(self._dated, _DAY.findall(text)), ""]
        return "".join(part + day for part, day in zip(numbered, days, strict=True))

    def _dated(self, text: str) -> str:
        try:
            return self.day(text)
        except ValueError:  # it only looked like one
            return text

    def _number(self, text: str) -> str:
        if self.language == "en":
            return text
        from babel.numbers import format_decimal  # noqa: PLC0415

        digits = text.rstrip(",").replace(",", "")
        places = len(digits.partition(".")[2])
        pattern = f"#,##0{'.' if places else ''}{'0' * places}"
        grouped = pattern if "," in text.rstrip(",") else pattern.replace("#,##0", "0")
        return format_decimal(Decimal(digits), grouped, self._locale) + "," * (len(text) - len(text.rstrip(",")))

    def day(self, day: date | str) -> str:
        """Write a date: ``10 Feb 2025``.

        Parameters
        ----------
        day : date or str
            The text as ``2025-02-10``.

        Returns
        -------
        str
        """
        found = date.fromisoformat(day) if isinstance(day, str) else day
        if self.language == "en":
            return in_english(found)
        from babel.dates import format_date  # noqa: PLC0415

        return format_date(found, "d MMM y", self._locale)


def in_english(day: date) -> str:
    """Write a date as ``10 Feb 2025``, whatever the locale.

    Parameters
    ----------
    day : date

    Returns
    -------
    str
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


class _Filler(Formatter):
    """Fills the braces of a form with what a speaker makes of the values."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def convert_field(self, value: Any, conversion: str | None) -> Any:
        """Put somebody's words between quotation marks, each of several; a message has its own."""
        if isinstance(value, Message):
            return value
        if isinstance(value, tuple):
            return tuple(self.convert_field(each, conversion) for each in value)
        return super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        return self._speaker.value(value, format_spec)
