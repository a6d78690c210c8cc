"""How large one number is beside another: "5 to 1", "three times as many", "70 %", "twice", "3.5".

What is compared stands in ``losses``. A ratio of two numbers is as exact as the larger of them, for of "5 to 1" nobody
rounds the one: 4.5 to 5.5; so "1 to 5" says the same the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from truetoll.claims.wording.cells import Core
from truetoll.claims.wording.ends import End, read_end
from truetoll.claims.wording.vocabulary import Lexicon, match
from truetoll.text.messages import message

Ends = Callable[[Sequence[str], int, Lexicon], tuple[Core, int] | None]

_ONE = End(Fraction(1), Fraction(1))
AFTER = ("of", "links", "articles", "after_share", "wholes", "after_count", "compared")
"""Words that may stand after a ratio and change nothing."""


RATIO = message("wrong_figure.ratio")
"""What is said of one where losses state no ratio."""
REVERSED = message("wrong_figure.reversed_or_ratio")
"""What is said of "5 to 1" there."""


def is_ratio(tokens: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether a text has words that only a ratio has: "times as many", "for every".

    Parameters
    ----------
    tokens : sequence of str
    lexicon : Lexicon

    Returns
    -------
    bool
    """
    only = (lexicon.particles["times"], lexicon.particles["ratio_for"])
    return any(
        match(lexicon.multiples, tokens, place) or any(match(table, tokens, place) for table in only)
        for place in range(len(tokens))
    )


def read_ratio(tokens: Sequence[str], start: int, lexicon: Lexicon, ends: Ends) -> tuple[Core, int] | None:
    """Read what the hedges of a ratio stand around.

    Parameters
    ----------
    tokens : sequence of str
    start : int
    lexicon : Lexicon
        Of ratios.
    ends : callable
        Reads a range, or else one end.

    Returns
    -------
    (Core, int) or None

    Raises
    ------
    WordingError
        If it may be a ratio or a range.
    """
    if many := match(lexicon.multiples, tokens, start):
        return Core((End(Fraction(many[0]), Fraction(1)),)), many[1]
    pair = _pair(tokens, start, lexicon)
    if pair is not None:
        return pair
    hit = ends(tokens, start, lexicon)
    if hit is None:
        return None
    core, place = hit
    if other := _other(tokens, place, lexicon):
        return replace(core, ends=tuple(_quotient(end, other[0], lexicon) for end in core.ends)), other[1]
    for name, sign in (("more", 1), ("fewer", -1)):
        if core.share and (word := match(lexicon.particles[name], tokens, place)):
            return replace(core, ends=tuple(_changed(end, sign) for end in core.ends[::sign])), word[1]
    return _times(core, place, tokens, lexicon)


def _times(core: Core, place: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Core, int]:
    """Read "times" behind a number, with a half before or after it: "two and a half times", "dos veces y media"."""
    half = match(lexicon.particles["halves"], tokens, place)
    times = match(lexicon.particles["times"], tokens, half[1] if half else place)
    if times is None:
        return core, place
    after = None if half else match(lexicon.particles["halves"], tokens, times[1])
    end = core.ends[0]
    if not (half or after) or len(core.ends) > 1 or core.share or end.span or end.value.denominator > 1:
        return core, place if half else times[1]
    return Core((End(end.value + Fraction(1, 2), Fraction(1, 2)),)), after[1] if after else times[1]


def _pair(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[Core, int] | None:
    """Read "5 to 1", but not "3 to 5 times" nor "3 to 5 to 1", which begin with a range."""
    first = read_end(tokens, start, lexicon)
    other = _other(tokens, first[1], lexicon) if first else None
    if first is None or other is None:
        return None
    (end, _), (second, stop, sure) = first, other
    if match(lexicon.particles["times"], tokens, stop) or _other(tokens, stop, lexicon):
        return None
    if not sure and end.low < second.low and Fraction(1) not in (end.value, second.value):
        a, b = int(end.low), int(second.low)
        to = " ".join(next(iter(lexicon.particles["ratio_to"]), ("to",)))
        write = {"ratio": f"{a}:{b}", "range": f"{a}-{b} {to} 1"}
        raise lexicon.refuse(message("wrong_figure.ratio_or_range", **write))
    return Core((_quotient(end, second, lexicon),)), stop


def _other(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[End, int, bool] | None:
    """Read "to 1" and "for every one", after a noun too: (the number, what follows, whether it can be no range)."""
    noun = match(lexicon.particles["after_count"], tokens, start)
    for place in (start, noun[1]) if noun else (start,):
        loose, sure = (match(lexicon.particles[name], tokens, place) for name in ("ratio_to", "ratio_for"))
        joint = sure or loose
        if joint is None:
            continue
        hit = read_end(tokens, joint[1], lexicon)
        if hit is not None:
            return hit[0], hit[1], sure is not None
        if sure is not None:  # "for every Ukrainian"
            return _ONE, joint[1], True
    return None


def _quotient(first: End, second: End, lexicon: Lexicon) -> End:
    if second.span is not None or second.share or first.share or not second.value:
        raise lexicon.refuse(message("wrong_figure.no_ratio"))
    if first.span is not None:
        low, high = (edge / second.value for edge in first.span)
        return End(low, low, span=(low, high))
    value = first.value / second.value
    if value >= 1:
        margin = min(first.step / 2, first.value / 4)
        cell = ((first.value - margin) / second.value, (first.value + margin) / second.value)
    else:
        margin = min(second.step / 2, second.value / 4)
        cell = (first.value / (second.value + margin), first.value / (second.value - margin))
    return End(value, cell[1] - cell[0], cell=cell)


def _changed(end: End, sign: int) -> End:
    """Read "30% more" as 1.3 times, "30% fewer" as 0.7 times."""
    return End(1 + sign * end.value, end.step)
