"""A figure as it was said -> the form and the cell it stands for.

The grammar knows no language; every word is in a lexicon (``lexicon/en.toml``, ``lexicon/es.toml``, or a
case's own):

    figure = {lead | hedge} core {hedge | word that changes nothing}
    core   = vague word | end | range
    range  = [opening word] end joining word end
    end    = [article] (fraction in words | number [percent])

What is not understood to the last token is refused. Cells (x the number, unit that of its last non-zero
digit, of a share in points):

- a number: x +- min(unit/2, x/4); "about": x +- min(unit, x/3);
- "nearly" and "just over": the half of the plain cell on that side; "exactly": half a unit of one;
- a range: from its low end to its high end as stated, not widened by rounding; "about" widens each end by
  its own rule; a range with equal ends is a number;
- a vague word: as the lexicon says; "about" adds nothing to it;
- a share stays a fraction of strength, and its cell ends at one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from truetoll.claims.schema import Figure, Form
from truetoll.claims.wording.lexicon_schema import Hedge, Vague, Width
from truetoll.claims.wording.numerals import Amount, read_amount
from truetoll.claims.wording.tokens import is_number, tokenise
from truetoll.claims.wording.vocabulary import Lexicon, WordingError, load_lexicon, match, read_lexicon

__all__ = ["Lexicon", "WordingError", "load_lexicon", "read_figure", "read_lexicon"]

LONGEST_TEXT = 500
LARGEST = 10**10
"""No count of persons is larger; a figure that is has been mistyped."""

_UPPER = (Form.AT_MOST, Form.CEILING)
_LOWER = (Form.NO_FEWER_THAN, Form.FLOOR)


@dataclass(frozen=True, slots=True)
class _End:
    """A number or a share: the whole core, or one end of a range."""

    value: Fraction
    step: Fraction
    share: bool
    amount: Amount | None
    """As said; None for a fraction in words."""


@dataclass(frozen=True, slots=True)
class _Core:
    """What is left of a figure without its hedges: one end, two ends, or a vague word."""

    ends: tuple[_End, ...] = ()
    vague: Vague | None = None

    @property
    def share(self) -> bool:
        return any(end.share for end in self.ends)


def read_figure(text: str, lexicon: Lexicon) -> Figure:
    """Read a figure.

    Parameters
    ----------
    text : str
        As it was said: ``about 2,700``, ``30-50% of strength``, ``several dozen``.
    lexicon : Lexicon

    Returns
    -------
    Figure
        Shares as fractions of strength.

    Raises
    ------
    WordingError
        If any part of the text is not understood, or what it says is no figure: zero, negative, a rate, two
        figures, over 100 %, a count with decimals.
    """
    if len(text) > LONGEST_TEXT:
        raise lexicon.refuse(f"is longer than {LONGEST_TEXT} characters")
    tokens = tokenise(text)
    hedges, start = _before(tokens, lexicon)
    core, position = _core(tokens, start, lexicon)
    hedges += _after(tokens, position, core, lexicon)
    form, row, width = _combined(hedges, lexicon)
    low, high = _cell(core, width, lexicon)
    value = _value(core, form, low, high)
    if core.share and (low >= 1 or (form is Form.AT_LEAST and value >= 1 and row == "more_than")):
        raise lexicon.refuse("says more than 100 % of strength")
    return Figure(form, low, high, value, core.share, row)


def _before(tokens: Sequence[str], lexicon: Lexicon) -> tuple[list[Hedge], int]:
    """Collect the hedges before the number."""
    hedges, position = list[Hedge](), 0
    while True:
        lead = match(lexicon.particles["leads"], tokens, position)
        hedge = match(lexicon.before, tokens, position)
        vague = match(lexicon.vague, tokens, position)
        # The longest entry wins: "unos" is a hedge, "unos pocos" a vague word.
        if hedge and not (vague and vague[1] >= hedge[1]):
            hedges.append(hedge[0])
            position = hedge[1]
        elif lead:
            position = lead[1]
        else:
            return hedges, position


def _after(tokens: Sequence[str], start: int, core: _Core, lexicon: Lexicon) -> list[Hedge]:
    """Collect the hedges after the number; words that change nothing are passed over, others refused."""
    hedges, position = list[Hedge](), start
    while position < len(tokens):
        found, position = _next_after(tokens, position, core, lexicon)
        hedges += found
    return hedges


def _next_after(tokens: Sequence[str], start: int, core: _Core, lexicon: Lexicon) -> tuple[list[Hedge], int]:
    silent = lexicon.particles["after_share" if core.share else "after_count"]
    hedge = match(lexicon.after, tokens, start)
    word = match(silent, tokens, start)
    link = match(lexicon.particles["links"], tokens, start)
    if hedge and (word is None or hedge[1] >= word[1]):
        return [hedge[0]], hedge[1]
    if word:
        return [], word[1]
    # "300 or" and "half of the +" are cut short: a link needs a known word after it.
    if link and any(match(table, tokens, link[1]) for table in (silent, lexicon.particles["links"])):
        return [], link[1]
    raise lexicon.refuse(_why_not_after(tokens, start, core, lexicon))


def _why_not_after(tokens: Sequence[str], position: int, core: _Core, lexicon: Lexicon) -> str:
    token = tokens[position]
    link = match(lexicon.particles["links"], tokens, position)
    if link and link[1] < len(tokens):
        return _why_not_after(tokens, link[1], core, lexicon)
    if match(lexicon.particles["rate"], tokens, position):
        return "is a rate; enter the number lost and its window in since and as_of"
    words = (lexicon.vague, lexicon.numbers, lexicon.multipliers)
    if is_number(token) or any(match(table, tokens, position) for table in words):
        return "holds more than one figure; enter each on a line of its own"
    if core.share:
        return f"{token!r} is not understood after a share; a share here is always one of strength"
    return f"{token!r} is not understood after the number"


def _core(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[_Core, int]:
    """Read what the hedges stand around."""
    if match(lexicon.particles["zero"], tokens, start):
        raise _zero(lexicon)
    vague = match(lexicon.vague, tokens, start)
    if vague:
        return _Core(vague=vague[0]), vague[1]
    ranges = _ranges(tokens, start, lexicon)
    if ranges:
        low, high, position = max(ranges, key=lambda hit: hit[2])
        if [hit[2] for hit in ranges].count(position) > 1:
            raise lexicon.refuse("is a range that can be split in two ways")
        return _Core(_ordered(low, high, lexicon)), position
    single = _end(tokens, start, lexicon)
    if single is None:
        raise lexicon.refuse(_why_no_core(tokens, start, lexicon))
    return _Core((_checked(single[0], lexicon),)), single[1]


def _zero(lexicon: Lexicon) -> WordingError:
    bounds = (hedge.before[0] for hedge in lexicon.before.values() if hedge.form is Form.AT_MOST)
    return lexicon.refuse(f"is zero, which no figure can be; enter a bound ({next(bounds, Form.AT_MOST)} N)")


def _why_no_core(tokens: Sequence[str], start: int, lexicon: Lexicon) -> str:
    rest = range(start, len(tokens))
    if start < len(tokens) and tokens[start] == "-":
        return "is negative"
    if not any(_end(tokens, position, lexicon) for position in rest):
        return "carries no number and no word that stands for one"
    return f"{tokens[start]!r} is not understood before the number"


def _ranges(tokens: Sequence[str], start: int, lexicon: Lexicon) -> list[tuple[_End, _End, int]]:
    """Find every way to read a range: "between a hundred and twenty and two hundred" splits in two places."""
    return [
        (low[0], high[0], high[1])
        for opening, joint in lexicon.ranges
        if tuple(tokens[start : start + len(opening)]) == opening
        for split in range(start + len(opening) + 1, len(tokens) - len(joint))
        if tuple(tokens[split : split + len(joint)]) == joint
        and (low := _end(tokens[:split], start + len(opening), lexicon)) is not None
        and low[1] == split
        and (high := _end(tokens, split + len(joint), lexicon)) is not None
    ]


def _end(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[_End, int] | None:
    """Read a number, a share in per cent or a fraction in words, with or without an article."""
    article = match(lexicon.particles["articles"], tokens, start)
    found = (
        _fraction(tokens, start, lexicon),
        _number(tokens, article[1], lexicon) if article else None,
        _number(tokens, start, lexicon),
    )
    return max((hit for hit in found if hit), key=lambda hit: hit[1], default=None)


def _fraction(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[_End, int] | None:
    hit = match(lexicon.fractions, tokens, start)
    if hit is None:
        return None
    value = Fraction(hit[0].numerator, hit[0].denominator)
    return _End(value, Fraction(hit[0].points) / 100, True, None), hit[1]


def _number(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[_End, int] | None:
    if match(lexicon.vague, tokens, start):
        return None
    hit = read_amount(tokens, start, lexicon)
    if hit is None:
        return None
    end = _End(hit[0].value, hit[0].step, False, hit[0])
    percent = match(lexicon.particles["percent"], tokens, hit[1])
    return (_as_share(end, lexicon), percent[1]) if percent else (end, hit[1])


def _as_share(end: _End, lexicon: Lexicon) -> _End:
    if end.amount is not None and end.amount.unclear:
        raise lexicon.refuse("has a separator that may mark thousands or decimals")
    return replace(end, value=end.value / 100, step=end.step / 100, share=True)


def _ordered(low: _End, high: _End, lexicon: Lexicon) -> tuple[_End, ...]:
    """Complete and check the two ends of a range; equal ends are one number."""
    if low.value == 0:
        raise _zero(lexicon)
    if high.share and high.amount and low.amount and not low.share:
        low = _as_share(low, lexicon)
    if low.share is not high.share:
        raise lexicon.refuse("one end of the range is a share and the other is not")
    low = low if low.share else _with_multiplier(low, high, lexicon)
    ends = (_checked(low, lexicon), _checked(high, lexicon))
    if low.value > high.value:
        raise lexicon.refuse("is a range from high to low")
    return ends if low.value < high.value else ends[:1]


def _with_multiplier(low: _End, high: _End, lexicon: Lexicon) -> _End:
    """Give the low end the multiplier of the high one: "3 to 4 thousand", but not "900 to 2 thousand"."""
    if low.amount is None or high.amount is None:
        return low
    shared = next((factor for head, factor in high.amount.heads if low.value < head), None)
    largest = max((factor for _, factor in high.amount.heads), default=Fraction(1))
    bare = shared is not None and low.amount.bare
    if bare or (shared is None and not low.amount.named and 10 * low.value < largest):
        raise lexicon.refuse("leaves open what its multiplier belongs to; write both ends in full")
    if shared is None:
        return low
    if low.amount.unclear:
        raise lexicon.refuse("has a separator that may mark thousands or decimals")
    whole = replace(low.amount, decimals=False)
    return replace(low, value=low.value * shared, step=low.step * shared, amount=whole)


def _checked(end: _End, lexicon: Lexicon) -> _End:
    """Refuse what cannot be a count or a share of persons."""
    if end.value == 0:
        raise _zero(lexicon)
    if end.share and end.value > 1:
        raise lexicon.refuse("is over 100 % of strength")
    if end.value > LARGEST:
        raise lexicon.refuse(f"is over {LARGEST:,}")
    fractional = end.value.denominator != 1 or (end.amount is not None and end.amount.decimals)
    if fractional and not end.share:
        raise lexicon.refuse("is a count with decimals")
    return end


def _combined(hedges: Iterable[Hedge], lexicon: Lexicon) -> tuple[Form, str | None, Width]:
    """Put the hedges together: one that sets the form and one that sets the cell at most."""
    bounds = {(each.form, each.hedge) for each in hedges if each.form is not Form.INTERVAL}
    widths = {each.cell for each in hedges if each.cell != "plain"}
    if len(bounds) > 1 or len(widths) > 1:
        raise lexicon.refuse("has hedges that say different things")
    form, row = next(iter(bounds), (Form.INTERVAL, None))
    return form, row, next(iter(widths), "plain")


def _cell(core: _Core, width: Width, lexicon: Lexicon) -> tuple[float, float]:
    """Edges of the cell, exact until the last step."""
    if len(core.ends) != 1 and width not in ("plain", "about"):
        raise lexicon.refuse("has a hedge that fits a single number only")
    if core.vague is not None:
        return core.vague.low, core.vague.high
    first, last = core.ends[0], core.ends[-1]
    widen = len(core.ends) == 1 or width == "about"
    low = first.value - (_margin(first, width) if widen and width != "above" else 0)
    high = last.value + (_margin(last, width) if widen and width != "below" else 0)
    return float(low), min(float(high), 1.0) if core.share else float(high)


def _margin(end: _End, width: Width) -> Fraction:
    """Distance from a number to the edge of its cell."""
    if width == "about":
        return min(end.step, end.value / 3)
    unit = Fraction(1, 100) if end.share else Fraction(1)
    step = min(end.step, unit) if width == "exact" else end.step
    return min(step / 2, end.value / 4)


def _value(core: _Core, form: Form, low: float, high: float) -> float:
    """Pick the number said; of a range the middle, but for strict bounds the end that is certain."""
    if len(core.ends) == 1:
        return float(core.ends[0].value)
    stated = tuple(float(end.value) for end in core.ends) or (low, high)
    if form in _UPPER:
        return stated[1]
    return stated[0] if form in _LOWER else math.sqrt(low * high)
