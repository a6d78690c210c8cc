"""What a reader and the scripts of a page find in it: its text, a line a block or row, and its data."""

import base64
import json
import math
import re
import struct
from html.parser import HTMLParser
from typing import Any

INLINE = {"a", "abbr", "b", "bdi", "code", "em", "i", "small", "span", "strong", "sub", "sup", "time", "output", "q"}
EMPTY = {"meta", "input", "br", "link", "hr", "img", "col", "wbr"}
CELLS = {"td", "th"}
SPOKEN = ("aria-label", "alt", "title", "placeholder", "value", "href", "datetime")
LONG = 12
"""Numbers of a list from which on it is told by what it adds up to."""
_PACKED = re.compile(r"[A-Za-z0-9+/]{64,}={0,2}")
"""Draws and curves."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.above: list[str] = []
        self.lines: list[str] = []
        self.line = ""
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in EMPTY:
            self.above.append("data" if tag == "script" and ("type", "application/json") in attrs else tag)
        if tag not in INLINE | CELLS:
            self.end()
        if tag not in ("meta", "link"):
            self.line += "".join(f" [{name}={value}]" for name, value in attrs if name in SPOKEN and value)

    def handle_endtag(self, tag: str) -> None:
        while self.above and self.above.pop() not in (tag, "data"):
            pass
        if tag in CELLS:
            self.line += " | "
        elif tag not in INLINE:
            self.end()

    def handle_data(self, data: str) -> None:
        if "data" in self.above:
            self.data += data
        elif not {"script", "style"} & set(self.above):
            self.line += data

    def end(self) -> None:
        if text := " ".join(self.line.split()):
            self.lines.append(text)
        self.line = ""


def page_text(html: str) -> str:
    """Text of a page, with what is read aloud of its parts."""
    reader = _Reader()
    reader.feed(html)
    reader.end()
    return "\n".join(reader.lines) + "\n"


def page_data(html: str) -> str:
    """Data that the scripts of a page read, as JSON; long lists of numbers by what they add up to."""
    reader = _Reader()
    reader.feed(html)
    return json.dumps(_shortened(json.loads(reader.data)), ensure_ascii=False, indent=1) + "\n"


def _shortened(content: Any) -> Any:
    if isinstance(content, str) and _PACKED.fullmatch(content):
        numbers = unpacked(content)
        return _told([len(numbers)], numbers)
    if isinstance(content, dict):
        return {name: _shortened(each) for name, each in content.items()}
    if not isinstance(content, list):
        return content
    numbers = _numbers(content)
    if numbers is not None and len(numbers) > LONG:
        return _told(_shape(content), numbers)
    return [_shortened(each) for each in content]


def unpacked(text: str) -> list[float]:
    """Numbers of draws and curves: the least and a step, then how many steps each lies above it, in three bytes."""
    packed = base64.b64decode(text)
    low, step = struct.unpack("<2d", packed[:16])
    return [low + step * int.from_bytes(packed[i : i + 3], "little") for i in range(16, len(packed), 3)]


def _numbers(content: Any) -> list[float] | None:
    """All numbers of nested lists in order, or None if there is anything else in them."""
    if isinstance(content, list):
        parts = [_numbers(each) for each in content]
        return None if None in parts else [number for part in parts for number in part or []]
    return [float(content)] if isinstance(content, int | float) and not isinstance(content, bool) else None


def _shape(content: Any) -> list[int]:
    return [len(content), *_shape(content[0])] if isinstance(content, list) and content else []


def _told(shape: list[int], numbers: list[float]) -> str:
    """Tell many numbers by a few that move if any of them, or their order, does."""
    n = len(numbers)
    told = {
        "first": numbers[0],
        "last": numbers[-1],
        "least": min(numbers),
        "most": max(numbers),
        "size": math.fsum(map(abs, numbers)) / n,
        "mean": math.fsum(numbers) / n,
        "in order": math.fsum(x * i for i, x in enumerate(numbers, 1)) / n**2,
    }
    of = " x ".join(map(str, shape))
    return f"{of} numbers: " + ", ".join(f"{name} {value:.10g}" for name, value in told.items())
