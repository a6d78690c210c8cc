"""The interval that a publication puts behind its number: "75,200 (95% CI 63,600-86,800)", "350 +- 30".

Its level is passed over for now: the figure is read as an interval with the number as its value.
"""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.claims.wording.cells import Core
from truetoll.claims.wording.ends import End, checked, read_end
from truetoll.claims.wording.ranges import Span, ordered, read_range
from truetoll.claims.wording.vocabulary import Lexicon, match

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_HUNDRED_PERCENT = 100


def with_interval(core: Core, position: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Core, int]:
    """Read the interval after a number, if there is one.

    Parameters
    ----------
    core : Core
    position : int
        After the number.
    tokens : sequence of str
    lexicon : Lexicon

    Returns
    -------
    Core
        With the interval's ends and the number as its point.
    int
        The position after it.

    Raises
    ------
    WordingError
        If the number does not lie in the interval.
    """
    if not core.plain or core.from_zero:
        return core, position
    margin = match(lexicon.particles["plus_minus"], tokens, position)
    hit = read_end(tokens, margin[1], lexicon) if margin else None
    if hit is not None:
        return _with_margin(core, hit[0], lexicon), hit[1]
    return _bracketed(core, position, tokens, lexicon)


def _with_margin(core: Core, margin: End, lexicon: Lexicon) -> Core:
    point = core.ends[0]
    size = margin.value
    if margin.span is not None or (point.share and not margin.share):
        raise lexicon.refuse("has a margin of another kind than its number; write the two ends")
    if margin.share and not point.share:
        if point.value <= _HUNDRED_PERCENT:
            raise lexicon.refuse("has a margin in per cent that may belong to a share or a count; write the two ends")
        size = point.value * margin.value
    if not 0 < size < point.value:
        raise lexicon.refuse("has a margin that reaches zero, or is zero; write the two ends, or a bound")
    if point.share and point.value + size > 1:
        raise lexicon.refuse("has a margin that reaches over 100 %; write the two ends")
    low, high = (End(value, point.step, point.share) for value in (point.value - size, point.value + size))
    return Core((low, high), point=point)


def _bracketed(core: Core, position: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Core, int]:
    start = position
    while noun := match(lexicon.particles["after_count"], tokens, start):
        start = noun[1]
    if start >= len(tokens):
        return core, position
    closing = _BRACKETS.get(tokens[start])
    first = _after_label(tokens, start + 1 if closing or tokens[start] in {",", ";"} else start, lexicon)
    named = first[1]
    if not (closing or named):
        return core, position
    point = core.ends[0]
    span = _interval(tokens, first[0], point, lexicon)
    if span is None or span.from_zero or len(span.ends) != 2:
        return core, position
    stop = span.stop
    if closing:
        if stop >= len(tokens) or tokens[stop] != closing:
            return core, position
        stop += 1
    if span.ends[0].share is not point.share or not span.ends[0].low <= point.value <= span.ends[1].high:
        raise lexicon.refuse("has an interval its number does not lie in; write the number, or the interval alone")
    return Core(span.ends, point=point), stop


def _after_label(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[int, bool]:
    """Pass over "95% CI:"; say whether there was a label."""
    place, named = start, False
    while place < len(tokens):
        label = match(lexicon.particles["levels"], tokens, place)
        if label:
            place, named = label[1], True
            continue
        level = read_end(tokens, place, lexicon)
        after = match(lexicon.particles["levels"], tokens, level[1]) if level else None
        # "CI 95% 25-35%": only the first share after the label is its level.
        if level and level[0].share and (named or after):
            place, named = after[1] if after else level[1], True
        break
    return _after_marks(tokens, place), named


def _after_marks(tokens: Sequence[str], place: int) -> int:
    while place < len(tokens) and tokens[place] in {":", ",", ";", "="}:
        place += 1
    return place


def _interval(tokens: Sequence[str], start: int, point: End, lexicon: Lexicon) -> Span | None:
    """Read the two ends, joined as in any range or by a comma or semicolon."""
    span = read_range(tokens, start, lexicon, around=point.value)
    if span is not None:
        return span
    low = read_end(tokens, start, lexicon)
    if low is None or low[1] >= len(tokens) or tokens[low[1]] not in {",", ";"}:
        return None
    high = read_end(tokens, low[1] + 1, lexicon)
    if high is None or low[0].value <= 0:
        return None
    return Span(ordered(checked(low[0], lexicon), high[0], lexicon, point.value), high[1])
