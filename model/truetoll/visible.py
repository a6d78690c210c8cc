"""Other people's text, made fit to be shown: nothing in it moves a cursor, turns a line, hides; no number is cut."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

_HARMFUL = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls: escape sequences of terminals, NEL, backspace
    "\u2028\u2029"  # ends of lines that are none
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"  # no width
    "\ufff0-\uffff\ud800-\udfff"  # annotations, no characters, halves of some (bytes that are not UTF-8)
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff"  # beams of music, tags
)
_IN_LINES, _IN_A_LINE = re.compile(f"[{_HARMFUL}]"), re.compile(f"[\t\n{_HARMFUL}]")
_JOINING = frozenset("\u061c\u200c\u200d\u200e\u200f")
"""Marks that Arabic, Hebrew, Persian and the scripts of India need between letters."""
_MARKED = 0x0300
"""Letters from here on may need them."""
_NUMBER = re.compile(r"\d+(?:[ .,'\u2019\u00a0\u2009\u202f]\d{3}(?!\d)|[.,]\d+)*")
_LONGEST_NUMBER = 40
"""Characters; what is longer is no number that anybody gave."""


def visible(text: str, lines: bool = True) -> str:
    r"""Write characters that would act, mislead or hide as escapes: ``\x1b``, ``\u202e``.

    Parameters
    ----------
    text : str
    lines : bool
        Whether line feeds and tabs are let through; without them, the result is one line.

    Returns
    -------
    str
        Letters of every script as they are, with the joiners and marks of direction that stand beside such a letter.
    """
    pattern = _IN_LINES if lines else _IN_A_LINE
    if pattern.search(text) is None:
        return text
    return pattern.sub(_escaped, text.replace("\r\n", "\n"))


def cut_short(text: str, limit: int) -> str:
    """Keep the beginning of a text, to the front of a number rather than within it: "86,1" of 86,100 is another number.

    Parameters
    ----------
    text : str
    limit : int
        Characters, at most.

    Returns
    -------
    str
        The text itself if it is no longer.
    """
    if len(text) <= limit:
        return text
    first = max(0, limit - _LONGEST_NUMBER)
    for found in _NUMBER.finditer(text, first, limit + _LONGEST_NUMBER):
        if found.start() < limit < found.end() and (found.start() > first or first == 0):
            return text[: found.start()]
    return text[:limit]


def json_text(document: Any, plain: bool = False) -> str:
    """Write as JSON that people can read too and that is safe to print: harmful characters as JSON's own escapes.

    Parameters
    ----------
    document : object
        Plain; no NaN.
    plain : bool
        Whether all letters beyond ASCII are escaped.

    Returns
    -------
    str
    """
    text = json.dumps(document, indent=2, ensure_ascii=plain, allow_nan=False)
    return _IN_LINES.sub(lambda found: json.dumps(found.group())[1:-1], text)


def _escaped(found: re.Match[str]) -> str:
    mark = found.group()
    if mark in _JOINING and _beside_a_letter(found.string, found.start()):
        return mark
    code = ord(mark)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _beside_a_letter(text: str, at: int) -> bool:
    beside = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
    return any(ord(each) >= _MARKED and unicodedata.category(each)[0] in "LMS" for each in beside)
