"""Is a text what was frozen? Words exactly, numbers of files for machines to within `CLOSE`."""

import difflib
import math
import re
from collections.abc import Iterator

NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
CLOSE = 1e-6
"""Relative; what is printed for people is rounded, and compared exactly."""
NOTHING = 1e-9
"""What stands for zero: differences of like numbers."""
MACHINES = (".json", ".csv")
SHOWN = 60
"""Lines of a difference that are shown."""


def difference(frozen: str, now: str, name: str) -> str:
    """Tell how a text differs from what was frozen, as a unified diff; empty if it does not."""
    if name.endswith(MACHINES):
        now = "\n".join(_aligned(frozen.split("\n"), now.split("\n")))
    if frozen == now:
        return ""
    lines = list(
        difflib.unified_diff(frozen.split("\n"), now.split("\n"), f"frozen/{name}", f"now/{name}", lineterm="", n=2)
    )
    more = [f"... and {len(lines) - SHOWN} more lines"] if len(lines) > SHOWN else []
    return "\n".join([*lines[:SHOWN], *more])


def _aligned(frozen: list[str], now: list[str]) -> Iterator[str]:
    """Give the new lines, but as they were where no number moved by more than rounding does."""
    masked = [[NUMBER.sub("#", line) for line in lines] for lines in (frozen, now)]
    if masked[0] == masked[1]:
        yield from map(_near, frozen, now)
        return
    pairs = difflib.SequenceMatcher(None, *masked, autojunk=False).get_opcodes()
    for kind, start, _, first, end in pairs:
        for i in range(first, end):
            yield _near(frozen[start + i - first], now[i]) if kind == "equal" else now[i]


def _near(frozen: str, now: str) -> str:
    """Give the line as it was frozen if its numbers are near enough, else as it is; their words are the same."""
    pairs = zip(NUMBER.findall(frozen), NUMBER.findall(now), strict=True)
    return frozen if all(_same(a, b) for a, b in pairs) else now


def _same(a: str, b: str) -> bool:
    whole = re.fullmatch(r"-?\d+", a) and re.fullmatch(r"-?\d+", b)
    return a == b if whole else math.isclose(float(a), float(b), rel_tol=CLOSE, abs_tol=NOTHING)
