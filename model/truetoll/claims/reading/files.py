"""Files of a case folder -> text, without trusting them: regular files of a stated size, read once."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from truetoll.claims.toml import parse_toml
from truetoll.errors import Problem, SaidError
from truetoll.text import system
from truetoll.text.messages import Message, message

__all__ = ["LARGEST_FILE", "LARGEST_TOML", "NotRegularError", "open_regular", "parse_toml", "read_text"]

LARGEST_FILE = 50_000_000
"""Bytes of a table; a case of 100,000 claims with quotes stays below it."""
LARGEST_TOML = 5_000_000
"""Bytes of case.toml, scenarios.toml and a lexicon; the largest of the examples has 40,000."""
MOST_MARKS = 30
"""Accents upon one letter, as the Unicode standard limits them (UAX 15, stream-safe text)."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MAYBE_MARKS = re.compile(f"[^\x00-\u02ff]{{{MOST_MARKS + 1},}}")
_HIDDEN_MARKS = frozenset("\u0f73\u0f75\u0f81")
"""Vowel signs of Tibetan that are two marks each, though they do not say so."""
_KINDS = (
    (stat.S_ISDIR, message("wrong_file.folder")),
    (stat.S_ISFIFO, message("wrong_file.pipe")),
    (stat.S_ISSOCK, message("wrong_file.socket")),
    (stat.S_ISCHR, message("wrong_file.device")),
    (stat.S_ISBLK, message("wrong_file.device")),
)


class NotRegularError(SaidError, OSError):
    """What stands under a name is no file that can be read to its end; the message says what it is."""


def open_regular(path: Path) -> BinaryIO:
    """Open a file to read it, if it is a regular file: a pipe would wait for ever, a device never end.

    Parameters
    ----------
    path : Path

    Returns
    -------
    file object
        Binary.

    Raises
    ------
    NotRegularError
        For anything else, which is not opened.
    OSError
        If it is not there or cannot be read.
    """
    _check_regular(path.stat().st_mode)
    # Between the two looks a pipe may take its place: without waiting, it is opened and found out.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        _check_regular(os.fstat(file).st_mode)
    except BaseException:
        os.close(file)
        raise
    return os.fdopen(file, "rb")


def _check_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise NotRegularError(next((said for is_it, said in _KINDS if is_it(mode)), message("wrong_file.no_file")))


def read_text(path: Path, report: Callable[[Problem], None], largest: int | None = None) -> str | None:
    """Read a UTF-8 file, with or without a byte-order mark.

    Letters are normalised (NFC): an accent typed as one character or as two is the same name.

    Parameters
    ----------
    path : Path
    report : callable of Problem
        Receives what is wrong with the file.
    largest : int, optional
        Bytes that are read; `LARGEST_TOML` of a .toml and `LARGEST_FILE` of other files if not given.

    Returns
    -------
    str or None
        None if a problem was reported.
    """
    limit = largest or (LARGEST_TOML if path.suffix == ".toml" else LARGEST_FILE)
    try:
        return _composed(_decoded(_content(path, limit)))
    except _UnreadableError as error:
        report(Problem(path.name + error.line, error.said))
    except NotRegularError as error:
        report(Problem(path.name, error.said))
    except FileNotFoundError:
        report(Problem(path.name, message("wrong_file.missing")))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        report(Problem(path.name, message("wrong_file.unreadable", why=system.told(error))))
    return None


class _UnreadableError(SaidError):
    """Why a file is not read, and the line if there is one (``:7``)."""

    def __init__(self, said: Message, line: str = "") -> None:
        super().__init__(said)
        self.line = line


def _content(path: Path, limit: int) -> bytes:
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        # Some files, as those of /proc, hold more than they say.
        content = file.read(limit + 1) if size <= limit else b""
    if max(size, len(content)) > limit:
        raise _UnreadableError(message("wrong_file.too_large", size=max(size, len(content)), most=limit))
    return content


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF16):
        raise _UnreadableError(message("wrong_file.utf16"))
    if b"\x00" in content:
        line = _line_at(content, content.index(b"\x00"))
        raise _UnreadableError(message("wrong_file.nul"), line)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = message("wrong_file.not_utf8", byte=f"{content[error.start]:#04x}", at=error.start)
        raise _UnreadableError(said, _line_at(content, error.start)) from None
    if not text.strip():
        raise _UnreadableError(message("wrong_file.empty"))
    return text


def _line_at(content: bytes, position: int) -> str:
    return f":{content[:position].count(b'\n') + 1}"


def _composed(text: str) -> str:
    """Normalise letters, which takes the square of the time for a letter under millions of accents."""
    if text.isascii():
        return text
    for found in _MAYBE_MARKS.finditer(text):
        run = 0
        for at, letter in enumerate(found.group(), found.start()):
            run = run + 1 if unicodedata.combining(letter) or letter in _HIDDEN_MARKS else 0
            if run > MOST_MARKS:
                line = text.count("\n", 0, at) + 1
                raise _UnreadableError(message("wrong_file.accents", most=MOST_MARKS), f":{line}")
    return unicodedata.normalize("NFC", text)
