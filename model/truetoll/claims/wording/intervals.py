"""The interval that a publication puts behind its number: "75,200 (95% CI 63,600-86,800)", "350 +- 30".

An estimate's interval has a level: the one that is said, 95 % where it is called a confidence or credible interval (CI,
UI) or its number a median or a mean, 95 % of a margin ("350 +- 30", as surveys have it), and one standard deviation of
a standard error. It is kept as the error that the figure states itself. A range in brackets without any of these words,
"350 (320-380)", is a range, with the number as its value.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from truetoll.claims.schema import Stated
from truetoll.claims.wording.cells import Core, cell_of_number
from truetoll.claims.wording.ends import End, checked, read_end
from truetoll.claims.wording.ranges import Span, ordered, read_range
from truetoll.claims.wording.vocabulary import Lexicon, match
from truetoll.text.messages import message

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_HUNDRED_PERCENT = 100
_DENOMINATOR = 10**9


def with_interval(
    core: Core, position: int, tokens: Sequence[str], lexicon: Lexicon, *, named: bool = False
) -> tuple[Core, int]:
    """Read the interval after a number, if there is one.

    Parameters
    ----------
    core : Core
    position : int
        After the number.
    tokens : sequence of str
    lexicon : Lexicon
    named : bool
        Whether the number is called the middle of an interval: its posterior median.

    Returns
    -------
    Core
        With the interval's ends and the number as its point.
    int
        The position after it.

    Raises
    ------
    WordingError
        If the number does not lie in the interval, or far nearer to one of its ends than to the other.
    """
    if core.from_zero or core.point is not None:
        return core, position
    if len(core.ends) == 2:
        return _levelled(core, position, tokens, lexicon)
    if not core.plain:
        return core, position
    margin = match(lexicon.particles["plus_minus"], tokens, position)
    hit = read_end(tokens, margin[1], lexicon) if margin else None
    if hit is not None:
        start, stop, closing = _opened(tokens, hit[1])
        error = match(lexicon.particles["standard_errors"], tokens, start)
        ended = _closed(tokens, error[1], closing) if error else None
        return _with_margin(core, hit[0], _ONE_SD if ended else _USUAL, lexicon), ended or stop
    return _standard_error(core, position, tokens, lexicon) or _bracketed(core, position, tokens, lexicon, named)


def stated_by(core: Core, lexicon: Lexicon) -> Stated | None:
    """Keep the interval of an estimate.

    Parameters
    ----------
    core : Core
    lexicon : Lexicon

    Returns
    -------
    Stated or None
        None if the figure is no estimate.

    Raises
    ------
    WordingError
        If the number lies far nearer to one end than to the other, or at one of them.
    """
    if core.mass is None or core.point is None:
        return None
    low, high = float(core.ends[0].low), float(core.ends[-1].high)
    value = float(core.point.value)
    if not low < value < high:
        raise lexicon.refuse(message("wrong_figure.ends_at_number"))
    below, above = math.log(value / low), math.log(high / value)
    if max(below, above) > _MOST_LOPSIDED * min(below, above):
        raise lexicon.refuse(message("wrong_figure.lopsided"))
    return Stated(core.mass, *cell_of_number(core, lexicon))


_ONE_SD = math.erf(math.sqrt(0.5))
_USUAL = 0.95
_MOST_LOPSIDED = 5.0
"""As many times as far (log) may an interval reach on one side as on the other: `truetoll.model.published`."""


def _levelled(core: Core, position: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Core, int]:
    """Read "between 320 and 380 (90 % interval)": an estimate whose number is taken to be in the middle (log)."""
    start, _, closing = _opened(tokens, position)
    if closing is None or any(end.span is not None for end in core.ends):
        return core, position
    place, _, mass = _after_label(tokens, start, lexicon)
    stop = _closed(tokens, place, closing)
    if mass is None or stop is None:
        return core, position
    low, high = core.ends
    if low.value <= 0 or low.share is not high.share or low.value >= high.value:
        return core, position
    middle = Fraction(math.sqrt(low.value * high.value)).limit_denominator(_DENOMINATOR)
    point = End(middle, min(low.step, high.step), low.share)
    return Core((low, high), point=point, mass=mass), stop


def _standard_error(core: Core, position: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Core, int] | None:
    """Read "350 (SE 30)"."""
    start, _, closing = _opened(tokens, position)
    label = match(lexicon.particles["standard_errors"], tokens, start)
    if label is None:
        return None
    hit = read_end(tokens, _after_marks(tokens, label[1]), lexicon)
    stop = _closed(tokens, hit[1], closing) if hit else None
    return (_with_margin(core, hit[0], _ONE_SD, lexicon), stop) if hit and stop else None


def _opened(tokens: Sequence[str], position: int) -> tuple[int, int, str | None]:
    """Pass over an opening bracket or comma: (what follows, where we were, what closes)."""
    if position >= len(tokens):
        return position, position, None
    closing = _BRACKETS.get(tokens[position])
    return position + (closing is not None or tokens[position] in {",", ";"}), position, closing


def _closed(tokens: Sequence[str], position: int, closing: str | None) -> int | None:
    """Pass over what closes; None if it is not there."""
    if closing is None:
        return position
    return position + 1 if position < len(tokens) and tokens[position] == closing else None


def _with_margin(core: Core, margin: End, mass: float, lexicon: Lexicon) -> Core:
    point = core.ends[0]
    size = margin.value
    if margin.span is not None or (point.share and not margin.share):
        raise lexicon.refuse(message("wrong_figure.other_margin"))
    if margin.share and not point.share:
        if point.value <= _HUNDRED_PERCENT:
            raise lexicon.refuse(message("wrong_figure.open_margin"))
        size = point.value * margin.value
    if not 0 < size < point.value:
        raise lexicon.refuse(message("wrong_figure.margin_to_zero"))
    if point.share and point.value + size > 1:
        raise lexicon.refuse(message("wrong_figure.margin_over_all"))
    low, high = (End(value, point.step, point.share) for value in (point.value - size, point.value + size))
    return Core((low, high), point=point, mass=mass)


def _bracketed(core: Core, position: int, tokens: Sequence[str], lexicon: Lexicon, middle: bool) -> tuple[Core, int]:
    start = position
    while noun := match(lexicon.particles["after_count"], tokens, start):
        start = noun[1]
    if start >= len(tokens):
        return core, position
    inner, _, closing = _opened(tokens, start)
    place, named, mass = _after_label(tokens, inner, lexicon)
    if not (closing or named):
        return core, position
    point = core.ends[0]
    span = _interval(tokens, place, point, lexicon)
    if span is None or span.from_zero or len(span.ends) != 2:
        return core, position
    # "75,200 (63,600-86,800, 95% CI)": the level may follow.
    after = _after_label(tokens, _after_marks(tokens, span.stop), lexicon)
    mass, stop = (after[2], after[0]) if mass is None and after[2] is not None else (mass, span.stop)
    ended = _closed(tokens, stop, closing)
    if ended is None:
        return core, position
    if span.ends[0].share is not point.share or not span.ends[0].low <= point.value <= span.ends[1].high:
        raise lexicon.refuse(message("wrong_figure.outside_interval"))
    vague = point.span is not None or any(end.span is not None for end in span.ends)
    return Core(span.ends, point=point, mass=None if vague else (mass or (_USUAL if middle else None))), ended


def _after_label(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[int, bool, float | None]:
    """Pass over "95% CI:"; say whether there was a label, and the level of an estimate."""
    place, named, mass, estimate = start, False, None, False
    while place < len(tokens):
        label = match(lexicon.particles["levels"], tokens, place)
        if label:
            known = match(lexicon.particles["estimates"], tokens, place)
            estimate = estimate or (known is not None and known[1] == label[1])
            place, named = label[1], True
            continue
        level = read_end(tokens, place, lexicon)
        after = match(lexicon.particles["levels"], tokens, level[1]) if level else None
        # "CI 95% 25-35%": only the first share after the label is its level.
        if level and mass is None and level[0].share and (named or after):
            mass = float(level[0].value)
            place, named = level[1], True
            continue
        break
    return _after_marks(tokens, place), named, mass or (_USUAL if estimate else None)


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
