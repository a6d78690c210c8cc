"""Two ends of a figure: which number each is when one leaves out its thousands, and what cannot be told.

"10-15,000" is 10,000 to 15,000 for everybody who says or reads it, so that is its reading. Where a reader would have
to guess ("2-300", "10 to 20,000,000") the figure is refused with both readings to choose from. A noun after both ends
says that each is whole: "2 people to 300 people".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from truetoll.claims.wording.ends import End, as_share, checked, read_end
from truetoll.claims.wording.numerals import HUNDRED, THOUSAND, Amount
from truetoll.claims.wording.ratios import REVERSED
from truetoll.claims.wording.vocabulary import Lexicon, Phrase, WordingError, match
from truetoll.text.messages import message

MILLION = 1_000_000
_SPREAD = 10
"""A range that leaves out its low end's thousands spans less than this factor; a wider one may be meant as written."""
_FEW = 10
"""Below it an end may leave out its hundreds: "2-300"."""
_PLAIN = Amount(Fraction(1), Fraction(1))


@dataclass(frozen=True, slots=True)
class Span:
    """Two ends that were joined, with the position after them."""

    ends: tuple[End, ...]
    stop: int
    from_zero: bool = False
    """Whether the low end is zero, so that the high end is a bound."""


def read_range(tokens: Sequence[str], start: int, lexicon: Lexicon, around: Fraction | None = None) -> Span | None:
    """Read the longest range that begins at a token.

    Parameters
    ----------
    tokens : sequence of str
    start : int
    lexicon : Lexicon
    around : Fraction or None
        A number that must lie in it; tells "300 (2-500)" from "300 (200-500)".

    Returns
    -------
    Span or None

    Raises
    ------
    WordingError
        If it can be read in two ways, or its ends are no range.
    """
    found = list(_candidates(tokens, start, lexicon))
    if not found:
        return None
    stop = max(found, key=lambda hit: hit[2])[2]
    longest = [hit for hit in found if hit[2] == stop]
    if len({(low.low, low.share, high.high, high.share) for low, high, _, _ in longest}) > 1:
        raise lexicon.refuse(message("wrong_figure.two_splits"))
    low, high, _, kind = longest[0]
    return _joined(low, high, kind, stop, lexicon, around)


def _candidates(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Iterator[tuple[End, End, int, str]]:
    """Find every way to read a range: "between a hundred and twenty and two hundred" splits in two places."""
    for opening, joint, kind in lexicon.ranges:
        first = start + len(opening)
        if tuple(tokens[start:first]) != opening:
            continue
        for split in range(first + 1, len(tokens) - len(joint)):
            if tuple(tokens[split : split + len(joint)]) == joint:
                hit = _ends(tokens, first, split, joint, lexicon)
                if hit is not None and not (hit[0].closed and kind != "span"):
                    yield *hit, kind


def _ends(
    tokens: Sequence[str], start: int, split: int, joint: Phrase, lexicon: Lexicon
) -> tuple[End, End, int] | None:
    low = _low_end(tokens[:split], start, lexicon)
    high = read_end(tokens, split + len(joint), lexicon) if low else None
    if low is None or high is None:
        return None
    if low[1] == split:
        return low[0], high[0], high[1]
    noun = tuple(tokens[low[1] : split])
    if noun in lexicon.particles["after_count"] and tuple(tokens[high[1] : high[1] + len(noun)]) == noun:
        return replace(low[0], closed=True), high[0], high[1]
    return None


def _low_end(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[End, int] | None:
    zero = match(lexicon.particles["zero"], tokens, start)
    return (End(Fraction(0), Fraction(1)), zero[1]) if zero else read_end(tokens, start, lexicon)


def _joined(low: End, high: End, kind: str, stop: int, lexicon: Lexicon, around: Fraction | None) -> Span:
    if low.value == 0 and low.span is None and high.high > 0:
        return Span((checked(high, lexicon),), stop, from_zero=True)
    ends = ordered(low, high, lexicon, around)
    if kind == "choice":
        _neighbours(ends, lexicon)
    if kind == "sure" and ends[0].span:
        # Who says "dozens if not hundreds" is sure of dozens: of two at least.
        span = (2 * ends[0].span[0], ends[0].span[1])
        ends = (replace(ends[0], value=span[0], span=span), *ends[1:])
    return Span(ends, stop)


def _neighbours(ends: Sequence[End], lexicon: Lexicon) -> None:
    """Check that "two or three" is one figure, not two as in "300 or 500"."""
    first, last = ends[0], ends[-1]
    if first.span or last.span:
        return
    if last.value - first.value > min(first.step, last.step) and 2 * last.value > 3 * first.value:
        raise two_figures(lexicon)


def two_figures(lexicon: Lexicon) -> WordingError:
    """Make the error of a text that holds two figures.

    Parameters
    ----------
    lexicon : Lexicon

    Returns
    -------
    WordingError
    """
    return lexicon.refuse(message("wrong_figure.two_figures"))


def ordered(low: End, high: End, lexicon: Lexicon, around: Fraction | None = None) -> tuple[End, ...]:
    """Complete and check the two ends of a range; equal ends are one number.

    Parameters
    ----------
    low, high : End
    lexicon : Lexicon
    around : Fraction or None
        A number that must lie between them.

    Returns
    -------
    tuple of End

    Raises
    ------
    WordingError
    """
    if high.share and high.amount and low.amount and not low.share:
        low = as_share(low, lexicon)
    if low.share is not high.share:
        raise lexicon.refuse(message("wrong_figure.half_share"))
    low = low if low.share else _completed(low, high, lexicon, around)
    checked(low, lexicon)
    checked(high, lexicon)
    if low.low > high.low == 1:
        raise lexicon.refuse(REVERSED)
    if low.low > high.low or low.low > high.high:
        raise lexicon.refuse(message("wrong_figure.reversed"))
    return (low, high) if low.low < high.high else (high,)


def _completed(low: End, high: End, lexicon: Lexicon, around: Fraction | None) -> End:
    """Give the low end what it leaves out of the high one: its multiplier or its thousands."""
    if low.span is not None:
        if low.low < _FEW and high.low >= THOUSAND:
            raise lexicon.refuse(message("wrong_figure.open_multiplier"))
        return low
    if low.amount is None or high.amount is None or low.closed:
        return low
    if high.amount.heads:
        return _with_multiplier(low, high, lexicon)
    left_out = None if low.amount.complete else _left_out(low, high)
    if left_out is None:
        return low
    factor, certain = left_out
    if around is not None and around < low.value * factor:
        return low
    if not certain:
        raise _open(low, high, factor, lexicon)
    return _times(low, factor)


def _left_out(low: End, high: End) -> tuple[int, bool] | None:
    """Find the factor a low end may leave out, and whether everybody reads it so; None if it leaves out nothing."""
    value, top = low.value, high.value
    if low.amount is None or high.amount is None or value.denominator != 1 or value >= THOUSAND:
        return None
    if value * THOUSAND < top:
        spoken = top % THOUSAND == 0 and high.amount.apart and not low.amount.named
        return THOUSAND, spoken and top < MILLION and top < _SPREAD * THOUSAND * value
    hundreds = value < _FEW and HUNDRED <= top < THOUSAND and top % HUNDRED == 0 and value * HUNDRED < top
    return (HUNDRED, False) if hundreds else None


def _times(end: End, factor: int) -> End:
    return replace(end, value=end.value * factor, step=end.step * factor)


def _open(low: End, high: End, factor: int, lexicon: Lexicon) -> WordingError:
    first, last = int(low.value), int(high.value)
    short = first * (MILLION if first * MILLION < last else factor)
    write = {"full": in_full(first, last, lexicon), "brief": f"{short}-{last}"}
    return lexicon.refuse(message("wrong_figure.open_range", first=first, last=last, short=short, **write))


def in_full(low: int, high: int, lexicon: Lexicon) -> str:
    """Spell out a range so that neither end can be taken to leave anything out.

    Parameters
    ----------
    low, high : int
    lexicon : Lexicon

    Returns
    -------
    str
        ``2 in total to 300 in total``.
    """
    return f"{low} {lexicon.closing} {lexicon.joint} {high} {lexicon.closing}"


def range_text(low: int, high: int, lexicon: Lexicon) -> str:
    """Write two numbers as a range that is read as these numbers, for programs that write claims.

    Parameters
    ----------
    low, high : int
        ``0 <= low < high``; a range from zero is read as a bound.
    lexicon : Lexicon
        Of the case that is written.

    Returns
    -------
    str
        ``300-500``; ``2 in total to 300 in total`` where the short form could be read in another way.
    """
    first, last = End(Fraction(low), Fraction(1)), End(Fraction(high), Fraction(1))
    plain = tuple(replace(end, amount=_PLAIN) for end in (first, last))
    return f"{low:,}-{high:,}" if low == 0 or _left_out(*plain) is None else in_full(low, high, lexicon)


def _with_multiplier(low: End, high: End, lexicon: Lexicon) -> End:
    """Give the low end the multiplier of the high one: "3 to 4 thousand", but not "900 to 2 thousand"."""
    if low.amount is None or high.amount is None:
        return low
    shared = next((factor for head, factor in high.amount.heads if low.value < head), None)
    largest = max((factor for _, factor in high.amount.heads), default=Fraction(1))
    bare = shared is not None and low.amount.bare
    if bare or (shared is None and not low.amount.named and 10 * low.value < largest):
        raise lexicon.refuse(message("wrong_figure.open_multiplier"))
    if shared is None:
        return low
    if low.amount.unclear:
        raise lexicon.refuse(message("wrong_figure.open_separator"))
    whole = replace(low.amount, decimals=False)
    return replace(low, value=low.value * shared, step=low.step * shared, amount=whole)
