"""Text of a figure -> tokens: one spelling for the many ways to write a dash, a space or a digit."""

from __future__ import annotations

import re
import unicodedata

NARROW = "\u202f"
"""Stands for every space that typographers put inside a number; a plain space stays a plain space."""

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_NARROW_SPACES = "\u00a0\u2007\u2009\u200a\u202f"
_SINGLE_QUOTES = "\u2018\u2019\u02bc\u2032"
_SPELLING = str.maketrans(
    dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_NARROW_SPACES, NARROW)
    | dict.fromkeys(_SINGLE_QUOTES, "'")
    | {"\uff05": "%", "\u2243": "\u2248", "\u223c": "~"}
)
_EDGES = " \t\r\n\"'\u201c\u201d\u00ab\u00bb\u200b\u2060\ufeff" + NARROW

_IN_WORD_DASH = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
_TOKEN = re.compile(rf"[0-9]+(?:[.,' {NARROW}][0-9]+)*|[^\W\d_]+|\S")
_STOP_AFTER_WORD = re.compile(r"(?<=[^\W\d_])\.")


def tokenise(text: str) -> tuple[str, ...]:
    """Split a text into numbers in digits, words and single symbols.

    Parameters
    ----------
    text : str
        A figure, or a word of a lexicon: both pass through here, so both have one spelling.

    Returns
    -------
    tuple of str
        Words in lower case without accents; a number in digits keeps its separators. Whatever is neither
        stays as it was, one character a token, so that the grammar can refuse it by name.
    """
    plain = normalise(text)
    plain = plain.removesuffix(".") if not plain.endswith("..") else plain
    plain = _STOP_AFTER_WORD.sub(" ", _IN_WORD_DASH.sub(" ", plain))
    return tuple(_TOKEN.findall(plain))


def normalise(text: str) -> str:
    """Bring dashes, quotes, spaces, digits, case and accents to one spelling.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Digits of any script become 0 to 9. Raised digits and fraction signs stay: a footnote mark must not
        become part of a number.
    """
    if text.isascii():  # as nearly all are: nothing to respell
        return text.strip(_EDGES).lower()
    spelled = text.translate(_SPELLING).strip(_EDGES).casefold()
    return "".join(_without_accents("".join(_digit(char) for char in spelled)))


def is_number(token: str) -> bool:
    """Whether a token is a number in digits.

    Parameters
    ----------
    token : str

    Returns
    -------
    bool
    """
    return token[0] in "0123456789"


def _digit(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def _without_accents(text: str) -> list[str]:
    """Drop accents from letters only: a figure struck through with overlays must stay unreadable."""
    kept: list[str] = []
    after_letter = False
    for char in unicodedata.normalize("NFD", text):
        accent = unicodedata.category(char) == "Mn"
        if not (accent and after_letter):
            kept.append(char)
        after_letter = char.isalpha() or (accent and after_letter)
    return kept
