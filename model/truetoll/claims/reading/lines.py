"""Lines of the keys of a TOML file, which ``tomllib`` does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_QUOTED = re.compile(r"""\"(?:\\.|[^"\\])*"|'[^']*'|#.*""")
_LONG = ('"""', "'''")


class KeyLines:
    """Where the keys of a TOML file stand.

    Only headers and keys that begin a line are found; a key inside an inline table is placed at the line of
    the nearest key around it.

    Parameters
    ----------
    text : str
        Valid TOML.
    """

    def __init__(self, text: str) -> None:
        self._lines: dict[str, int] = {}
        for key, line in _keys(text):
            parts = key.split(".")
            for n in range(1, len(parts) + 1):
                self._lines.setdefault(".".join(parts[:n]), line)

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
        while dotted:
            if dotted in self._lines:
                return self._lines[dotted]
            dotted = dotted.rpartition(".")[0]
        return None


def _keys(text: str) -> Iterator[tuple[str, int]]:
    table, seen = "", dict[str, int]()
    inside, depth = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        rest = line
        if not inside and depth == 0:
            if header := _HEADER.fullmatch(line):
                table = _entry(header.group(1), _dotted(header.group(2)), seen)
                yield table, number
                continue
            if (key := _KEY.fullmatch(line)) is None:
                continue
            yield ".".join(filter(None, [table, _dotted(key.group(1))])), number
            rest = key.group(2)
        inside, depth = _after(rest, inside, depth)


def _dotted(text: str) -> str:
    return ".".join(part.strip("\"'") for part in _PART.findall(text))


def _entry(brackets: str, name: str, seen: dict[str, int]) -> str:
    """Name a table; entries of an array are numbered, and what stands below one belongs to the last."""
    if brackets == "[[":
        seen[name] = seen.get(name, -1) + 1
        return f"{name}.{seen[name]}"
    outer = next((each for each in seen if name.startswith(f"{each}.")), None)
    return f"{outer}.{seen[outer]}{name.removeprefix(outer)}" if outer else name


def _after(line: str, inside: str, depth: int) -> tuple[str, int]:
    """Follow long strings and brackets over a line: (open delimiter or empty, open brackets)."""
    if inside:
        _, closed, line = line.partition(inside)
        if not closed:
            return inside, depth
    for mark in _LONG:
        before, opened, rest = line.partition(mark)
        if opened and "#" not in before:
            return _after(rest, mark, depth + _balance(before))
    return "", max(0, depth + _balance(line))


def _balance(text: str) -> int:
    bare = _QUOTED.sub("", text)
    return sum(bare.count(mark) for mark in "[{") - sum(bare.count(mark) for mark in "]}")
