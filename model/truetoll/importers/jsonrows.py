"""Rows of a JSON file of any size: a list of objects, pages ``{"Result": [...]}`` of an API, or one object a line.

Objects are taken out of the text one at a time, so that a file of hundreds of megabytes on one line needs no more room
than its longest object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from truetoll.errors import SaidError
from truetoll.text.messages import message

RESULT = "result"
"""Key under which a page of the API has its rows, in any capitals."""
LONGEST = 4_000_000
"""Characters of one value; a longer one is no row of a table."""
_CHUNK = 65_536
_PEEK = 200
_SPACE = re.compile(r"[\s,]*")
_PAGE = re.compile(r'\{\s*"(total|previous|next|result)', re.IGNORECASE)
_AFTER_SPACE = re.compile(r"\s*")


class JsonError(SaidError, ValueError):
    """Text that is no such file; what it says follows on ``the file``."""


@dataclass
class JsonRows:
    """The rows of one file.

    Parameters
    ----------
    file : text file
        At its beginning.
    page : dict
        What pages say beside their rows; the last page counts.
    """

    file: IO[str]
    page: dict[str, Any] = field(default_factory=dict)
    _text: str = ""
    _at: int = 0
    _ended: bool = False

    def __post_init__(self) -> None:
        self._decode = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _: None).raw_decode

    def rows(self) -> Iterator[Mapping[str, str]]:
        """Go through the rows.

        Yields
        ------
        mapping of str to str
            Values as they are written; null is empty.

        Raises
        ------
        JsonError
            If the text is not, or no longer, of this form.
        """
        while mark := self._next():
            if mark == "[":
                self._at += 1
                yield from self._listed()
            elif mark == "{":
                yield from self._object()
            else:
                raise JsonError(message("wrong_import.json_row_or_list", mark=mark))

    def _next(self, between: re.Pattern[str] = _SPACE) -> str:
        """Find the next sign that is no space and no comma; empty at the end."""
        while True:
            found = between.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def _read(self) -> bool:
        chunk = "" if self._ended else self.file.read(_CHUNK)
        self._ended = not chunk
        self._text, self._at = self._text[self._at :] + chunk, 0
        return bool(chunk)

    def _listed(self) -> Iterator[Mapping[str, str]]:
        while (mark := self._next()) != "]":
            if mark != "{":
                ends = message("wrong_import.json_ends_in_list")
                raise JsonError(message("wrong_import.json_row", mark=mark) if mark else ends)
            if self._begins_page():
                yield from self._object()
            else:
                yield {name: _cell(value) for name, value in self._value().items()}
        self._at += 1

    def _begins_page(self) -> bool:
        """Whether the object here is a page, which is taken apart row by row; others are taken whole."""
        while len(self._text) - self._at < _PEEK and self._read():
            pass
        return _PAGE.match(self._text, self._at) is not None

    def _object(self) -> Iterator[Mapping[str, str]]:
        """Yield an object as a row, or the rows of a page."""
        self._at += 1
        found: dict[str, Any] = {}
        is_page = False
        while (mark := self._next()) != "}":
            if mark != '"':
                ends = message("wrong_import.json_ends_in_row")
                raise JsonError(message("wrong_import.json_name", mark=mark) if mark else ends)
            name = str(self._value())
            if self._next(_AFTER_SPACE) != ":":
                raise JsonError(message("wrong_import.json_colon", name=name[:40]))
            self._at += 1
            if self._next(_AFTER_SPACE) == "[" and name.casefold() == RESULT:
                is_page = True
                self._at += 1
                yield from self._listed()
            else:
                found[name] = self._value()
        self._at += 1
        if is_page:
            self.page = found
        else:
            yield {name: _cell(value) for name, value in found.items()}

    def _value(self) -> Any:
        """Take out one value; more of the file is read until it is whole."""
        wanted = 1
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except RecursionError:
                raise JsonError(message("wrong_import.json_deep")) from None
            except json.JSONDecodeError as error:
                if self._ended:
                    raise JsonError(message("wrong_import.json_none", why=error.msg)) from None
            else:
                # A number may go on in what is not read yet.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > LONGEST:
                raise JsonError(message("wrong_import.json_long", most=LONGEST))
            for _ in range(wanted):
                if not self._read():
                    break
            wanted *= 2


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value)


def begins_json(start: str) -> bool:
    """Whether text begins as JSON does.

    Parameters
    ----------
    start : str
        The first characters of a file.

    Returns
    -------
    bool
    """
    return start.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") and bool(start.strip())
