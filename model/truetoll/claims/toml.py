"""TOML of anybody's making -> tables of bounded size, and the lines of their keys, which ``tomllib`` does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from truetoll.errors import Problem
from truetoll.text.messages import Message, Value, message

DEEPEST = 20
"""Tables and lists inside each other; a case has six."""
MOST_KEYS = 5_000
"""Keys of one table; of sources, Radford's claims have 30."""
MOST_ENTRIES = 20_000
"""Entries of one list: bins of a day in 54 years."""

_TOO_DEEP = message("wrong_file.too_deep", most=DEEPEST)
_AT_LINE = re.compile(r" \(at line (?P<line>\d+), column (?P<column>\d+)\)$")
_AT_END = re.compile(r" \(at end of document(?P<line>)\)$")
_TOKEN = re.compile(
    r'''
    (?P<long>"""(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5}|\Z)|\'\'\'(?:[^']++|'(?!''))*+(?:'{3,5}|\Z))
    |(?P<text>"(?:[^"\\\n]++|\\.)*+"?|'[^'\n]*+'?)
    |(?P<bare>[\w-]++)
    |(?P<mark>[\[\]{}=,.\n])
    |\#[^\n]*+
    |[^\[\]{}=,.\n"'\#\w-]++
    ''',
    re.VERBOSE | re.DOTALL,
)
"""Pieces of TOML, each found without looking back: a hostile line takes no longer than any other."""


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
        None if the syntax is wrong, with line and column in the message, or if it is deeper or larger than any case:
        `DEEPEST`, `MOST_KEYS`, `MOST_ENTRIES`.
    """
    if line := _too_deep(text):
        report(Problem(f"{name}:{line}", _TOO_DEEP))
        return None
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        # Besides its own errors tomllib passes on those of int(): too many digits.
        report(_syntax(error, name))
        return None
    if found := next(_too_large(table), None):
        key, what = found
        line = KeyLines(text).find(key)
        report(Problem(f"{name}{f':{line}' if line else ''}{f': {key}' if key else ''}", what))
        return None
    return table


def _syntax(error: Exception, name: str) -> Problem:
    if isinstance(error, RecursionError):
        return Problem(name, message("wrong_file.not_toml_deep"))
    text = " ".join(str(error).split())
    line = _AT_LINE.search(text)
    what = message("wrong_file.not_toml", why=_why(text))
    return Problem(f"{name}:{line['line']}" if line else name, what)


def _why(text: str) -> Value:
    """Say what a parser says, as far as it is known; anything else as it says it."""
    place = _AT_LINE.search(text) or _AT_END.search(text)
    told = text[: place.start()] if place else text
    found = ((code, match) for pattern, code in _SAID.items() if (match := re.fullmatch(pattern, told)))
    code, match = next(found, ("", None))
    if match is None:
        return f"{text[:1].lower()}{text[1:]}"
    what = message(code, what=match[1]) if match.groups() else message(code)
    if place is None:
        return what
    if not place["line"]:
        return message("wrong_toml.ended", what=what)
    return message("wrong_toml.placed", what=what, line=int(place["line"]), column=int(place["column"]))


_SAID = {
    "Invalid statement": "wrong_toml.statement",
    "Expected newline or end of document after a statement": "wrong_toml.newline",
    r"Expected '\]' at the end of a table declaration": "wrong_toml.bracket",
    r"Expected '\]\]' at the end of an array declaration": "wrong_toml.brackets",
    "Expected '=' after a key in a key/value pair": "wrong_toml.equals",
    r"Expected (\S+)": "wrong_toml.expected",
    "Found invalid character (.+)": "wrong_toml.character",
    "Cannot declare (.+) twice": "wrong_toml.declared",
    "Cannot overwrite a value": "wrong_toml.overwritten",
    "Cannot mutate immutable namespace (.+)": "wrong_toml.closed",
    "Cannot redefine namespace (.+)": "wrong_toml.redefined",
    "Invalid initial character for a key part": "wrong_toml.key",
    "Unclosed array": "wrong_toml.array",
    "Unclosed inline table": "wrong_toml.table",
    "Duplicate inline table key (.+)": "wrong_toml.twice",
    r"Unescaped '\\' in a string": "wrong_toml.backslash",
    "Invalid hex value": "wrong_toml.hex",
    "Escaped character is not a Unicode scalar value": "wrong_toml.scalar",
    "Unterminated string": "wrong_toml.string",
    "Illegal character (.+)": "wrong_toml.illegal",
    "Invalid date or datetime": "wrong_toml.date",
    "Invalid value": "wrong_toml.value",
    "Exceeds the limit .+": "wrong_toml.digits",
}
"""What ``tomllib`` says."""


def _too_deep(text: str) -> int | None:
    """Line of a key with too many parts, or of too many open brackets; None if there is none."""
    line, depth, dots = 1, 0, 0
    for token in _TOKEN.finditer(text):
        mark = token["mark"]
        if mark is None:
            line += token.group().count("\n") if token["long"] else 0
            continue
        line += mark == "\n"
        dots = dots + 1 if mark == "." else 0
        depth = 0 if mark == "\n" and depth < 0 else depth + (mark in "[{") - (mark in "]}")
        if max(dots, depth) >= DEEPEST:
            return line
    return None


def _too_large(table: Mapping[str, Any]) -> Iterator[tuple[str, Message]]:
    """Go through the tables without recursion: (dotted key, what is too large about it)."""
    waiting: list[tuple[str, Any, int]] = [("", table, 0)]
    while waiting:
        key, value, depth = waiting.pop()
        if depth > DEEPEST:
            yield key, _TOO_DEEP
        is_table = isinstance(value, Mapping)
        limit, what = (MOST_KEYS, "wrong_file.keys") if is_table else (MOST_ENTRIES, "wrong_file.entries")
        if len(value) > limit:
            yield key, message(what, n=len(value), most=limit)
        for name, inner in value.items() if isinstance(value, Mapping) else enumerate(value):
            if isinstance(inner, Mapping | list):
                waiting.append((f"{key}.{name}" if key else str(name), inner, depth + 1))


class KeyLines:
    """Where the keys of a TOML file stand.

    Only headers and keys that begin a line are found; a key inside an inline table is placed at the line of
    the nearest key around it.

    Parameters
    ----------
    text : str
        Valid TOML, or none at all.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: dict[str, int] | None = None

    def find(self, dotted: str) -> int | None:
        """Line of a key, or of the nearest one around it.

        Parameters
        ----------
        dotted : str

        Returns
        -------
        int or None
            None if not even the outermost table is found.
        """
        if self._found is None:  # most cases have no problem, and need no lines
            self._found = _lines(self._text)
        for _ in range(2 * DEEPEST):
            if dotted in self._found:
                return self._found[dotted]
            dotted = dotted.rpartition(".")[0]
            if not dotted:
                return None
        return None


def _lines(text: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for key, line in _keys(text):
        parts = key.split(".")
        for n in range(1, min(len(parts), 2 * DEEPEST) + 1):
            found.setdefault(".".join(parts[:n]), line)
    return found


def _keys(text: str) -> Iterator[tuple[str, int]]:
    """Yield every key and header that begins a line, with its line."""
    table, seen = "", dict[str, int]()
    for line, statement in _statements(text):
        kinds = [mark for mark, _ in statement]
        names = [name for mark, name in statement[: kinds.index("=") if "=" in kinds else None] if not mark]
        if kinds[:1] == ["["]:
            table = _entry(kinds[:2] == ["[", "["], ".".join(names), seen)
            yield table, line
        elif "=" in kinds:
            yield ".".join(filter(None, [table, *names])), line


def _statements(text: str) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Cut a text where a line ends outside strings and brackets: (line, [(mark, name)]), values left out."""
    line, start, depth = 1, 1, 0
    statement: list[tuple[str, str]] = []
    valued = False
    for token in _TOKEN.finditer(text):
        mark, piece = token["mark"] or "", token.group()
        if mark == "\n" and (depth <= 0 or not valued):
            if statement:
                yield start, statement
            statement, valued, depth = [], False, 0
        elif mark and mark in "[{":
            depth += 1
        elif mark and mark in "]}":
            depth -= 1
        if not valued and mark != "\n" and (mark or token["bare"] or token["text"]):
            start = start if statement else line
            statement.append((mark, "" if mark else piece.strip("\"'")))
            valued = mark == "="
            depth = 0 if valued else depth
        line += piece.count("\n")
    if statement:
        yield start, statement


def _entry(numbered: bool, name: str, seen: dict[str, int]) -> str:
    """Name a table; entries of an array are numbered, and what stands below one belongs to the last."""
    if numbered:
        seen[name] = seen.get(name, -1) + 1
        return f"{name}.{seen[name]}"
    outer = name
    while outer := outer.rpartition(".")[0]:
        if outer in seen:
            return f"{outer}.{seen[outer]}{name.removeprefix(outer)}"
    return name
