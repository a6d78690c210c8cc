"""Files of a case folder -> text and TOML tables, without trusting them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from truetoll.errors import Problem

LARGEST_FILE = 50_000_000
"""Bytes; a case of 100,000 claims with quotes stays below it."""

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_REMEDY = "save it as UTF-8 (in Excel: 'CSV UTF-8')"


def read_text(path: Path, report: Callable[[Problem], None]) -> str | None:
    """Read a UTF-8 file, with or without a byte-order mark.

    Letters are normalised (NFC): an accent typed as one character or as two is the same name.

    Parameters
    ----------
    path : Path
    report : callable of Problem
        Receives what is wrong with the file.

    Returns
    -------
    str or None
        None if a problem was reported.
    """
    try:
        return unicodedata.normalize("NFC", _decoded(_content(path)))
    except _UnreadableError as error:
        report(Problem(path.name + error.line, error.what))
    except OSError as error:
        report(Problem(path.name, f"cannot be read: {error.strerror or error}"))
    return None


class _UnreadableError(Exception):
    """Why a file is not read, and the line if there is one (``:7``)."""

    def __init__(self, what: str, line: str = "") -> None:
        self.what, self.line = what, line
        super().__init__(what)


def _content(path: Path) -> bytes:
    if not path.exists():
        raise _UnreadableError("the file does not exist")
    if not path.is_file():
        raise _UnreadableError("is not a file")
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise _UnreadableError(f"the file is too large: {size:,} bytes; allowed: {LARGEST_FILE:,}")
    return path.read_bytes()


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        raise _UnreadableError(f"is encoded as UTF-16; {_REMEDY}")
    if b"\x00" in content:
        line = _line_at(content, content.index(b"\x00"))
        raise _UnreadableError("holds a NUL byte; it is not a text file", line)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = f"byte {content[error.start]:#04x} at position {error.start}"
        raise _UnreadableError(f"is not UTF-8: {byte}; {_REMEDY}", _line_at(content, error.start)) from None
    if not text.strip():
        raise _UnreadableError("the file is empty")
    return text


def _line_at(content: bytes, position: int) -> str:
    return f":{content[:position].count(b'\n') + 1}"


def parse_toml(text: str, name: str, report: Callable[[Problem], None]) -> dict[str, Any] | None:
    """Parse TOML.

    Parameters
    ----------
    text : str
    name : str
        Of the file, for the problem.
    report : callable of Problem

    Returns
    -------
    dict or None
        None if the syntax is wrong; the message carries line and column.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        # Besides its own errors tomllib passes on those of int() (too many digits) and of deep nesting.
        report(_syntax(error, name))
        return None


def _syntax(error: Exception, name: str) -> Problem:
    text = "nested too deeply" if isinstance(error, RecursionError) else " ".join(str(error).split())
    what = f"is not valid TOML: {text[:1].lower()}{text[1:]}"
    line = _AT_LINE.search(what)
    return Problem(f"{name}:{line.group(1)}" if line else name, what)
