"""One end of a figure: a number, a share, a word of size or a body of troops."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from truetoll.claims.wording.lexicon_schema import Unit, Vague
from truetoll.claims.wording.numerals import HUNDRED, THOUSAND, Amount, read_amount
from truetoll.claims.wording.tokens import is_number
from truetoll.claims.wording.vocabulary import Lexicon, match
from truetoll.text.messages import message

LARGEST = 10**10
"""No count of persons is larger; a figure that is has been mistyped."""
_MOST_IN = 100
"""The largest n of "one in n": what is rarer is told as a number."""
_MOST_PARTS = 10
"""The largest n of "1/n": what has more parts is a date or two figures."""

Hit = tuple["End", int]
"""An end, and the position after it."""


@dataclass(frozen=True, slots=True)
class End:
    """What was said at one end of a range, or by itself.

    Parameters
    ----------
    value : Fraction
        The number; of a word of size its low edge.
    step : Fraction
        Unit it is rounded to.
    share : bool
        Whether it is a share.
    amount : Amount or None
        As said; None for what is no plain number.
    span : (Fraction, Fraction) or None
        The numbers that a word of size may stand for.
    cell : (Fraction, Fraction) or None
        The cell of "one in five", which its rounding gives by itself.
    closed : bool
        Whether nothing can be missing from it: a noun follows, as in "10 people to 15,000 people".
    """

    value: Fraction
    step: Fraction
    share: bool = False
    amount: Amount | None = None
    span: tuple[Fraction, Fraction] | None = None
    cell: tuple[Fraction, Fraction] | None = None
    closed: bool = False

    @property
    def low(self) -> Fraction:
        """The lowest number that was said."""
        return self.span[0] if self.span else self.value

    @property
    def high(self) -> Fraction:
        """The highest number that was said."""
        return self.span[1] if self.span else self.value


def read_end(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Hit | None:
    """Read the longest end that begins at a token.

    Parameters
    ----------
    tokens : sequence of str
    start : int
    lexicon : Lexicon

    Returns
    -------
    (End, int) or None

    Raises
    ------
    WordingError
        For digits that make no number, or two.
    """
    found = (
        read_size(tokens, start, lexicon),
        _one_in(tokens, start, lexicon),
        _slashed(tokens, start, lexicon),
        *_numbers(tokens, start, lexicon),
        _fraction(tokens, start, lexicon),
    )
    return max((hit for hit in found if hit), key=lambda hit: hit[1], default=None)


def _numbers(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Iterator[Hit | None]:
    """Read a number with an article before it, and without."""
    article = match(lexicon.particles["articles"], tokens, start)
    if article:
        yield _number(tokens, article[1], lexicon)
    yield _number(tokens, start, lexicon)


def _number(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Hit | None:
    if match(lexicon.vague, tokens, start):
        return None
    hit = read_amount(tokens, start, lexicon)
    if hit is None:
        return _establishment(tokens, start, 1, lexicon)
    end = End(hit[0].value, hit[0].step, amount=hit[0])
    percent = match(lexicon.particles["percent"], tokens, hit[1])
    if percent:
        return as_share(end, lexicon), percent[1]
    return _establishment(tokens, hit[1], end.value, lexicon) or (end, hit[1])


def _establishment(tokens: Sequence[str], start: int, n: int | Fraction, lexicon: Lexicon) -> Hit | None:
    """Read "battalion" after a number: so many times its usual establishment."""
    table = lexicon.units if n == 1 else lexicon.unit_plurals
    hit = match(table, tokens, start)
    return (_of_units(n, n, hit[0]), hit[1]) if hit and Fraction(n).denominator == 1 else None


def _of_units(low: int | Fraction, high: int | Fraction, unit: Unit) -> End:
    span = (low * Fraction(unit.low), high * Fraction(unit.high))
    return End(span[0], span[0], span=span)


def as_share(end: End, lexicon: Lexicon) -> End:
    """Take a number for per cent.

    Parameters
    ----------
    end : End
    lexicon : Lexicon

    Returns
    -------
    End

    Raises
    ------
    WordingError
        If its separator may mark thousands or decimals.
    """
    if end.amount is not None and end.amount.unclear:
        raise lexicon.refuse(message("wrong_figure.share_separator"))
    return replace(end, value=end.value / 100, step=end.step / 100, share=True)


def _fraction(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Hit | None:
    """Read "a third", and "a quarter of a million", which is no share."""
    hit = match(lexicon.fractions, tokens, start)
    if hit is None:
        return None
    value, step = Fraction(hit[0].numerator, hit[0].denominator), Fraction(hit[0].points) / 100
    size = _multiplier(tokens, hit[1], lexicon)
    if size is not None:
        return End(value * size[0], step * size[0]), size[1]
    return End(value, step, share=True), hit[1]


def _multiplier(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """Find "of a million" or "million" after a fraction; "of a million and two" is no multiplier."""
    place = start
    for name in ("of", "articles"):
        word = match(lexicon.particles[name], tokens, place)
        place = word[1] if word else place
    hit = match(lexicon.multipliers, tokens, place)
    return hit if hit and hit[0] >= HUNDRED else None


def _slashed(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Hit | None:
    """Read "1/3 of": a fraction only where it is followed by what it is of, else it may be a date."""
    head = tokens[start : start + 3]
    if len(head) < 3 or head[1] != "/" or not (head[0].isdecimal() and head[2].isdecimal()):
        return None
    above, below = int(head[0]), int(head[2])
    if not 0 < above < below <= _MOST_PARTS or not match(lexicon.particles["of"], tokens, start + 3):
        return None
    return End(Fraction(above, below), Fraction(1, 10), share=True), start + 3


def _one_in(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Hit | None:
    """Read "one in five" and "one soldier in five": a share whose rounding is that of the five."""
    if not any(lexicon.particles["one_in"].begins(token) for token in tokens[start + 1 :]):
        return None
    first = read_amount(tokens, start, lexicon)
    if first is None or first[0].value.denominator != 1:
        return None
    place = first[1]
    noun = match(lexicon.particles["after_count"], tokens, place)
    joint = match(lexicon.particles["one_in"], tokens, place)
    if noun and not joint:
        joint = match(lexicon.particles["one_in"], tokens, noun[1])
    second = read_amount(tokens, joint[1], lexicon) if joint else None
    if second is None or not 0 < first[0].value < second[0].value <= _MOST_IN:
        return None
    n, k = second[0].value, first[0].value
    if n.denominator != 1:
        return None
    half = Fraction(1, 2)
    cell = (k / (n + half), k / (n - half))
    return End(k / n, cell[1] - cell[0], share=True, cell=cell), second[1]


def read_size(tokens: Sequence[str], start: int, lexicon: Lexicon) -> Hit | None:
    """Read a word of size: "hundreds", "a few hundred thousand", "low thousands", "100s", "several battalions".

    Parameters
    ----------
    tokens : sequence of str
    start : int
    lexicon : Lexicon

    Returns
    -------
    (End, int) or None
    """
    hit = _listed(tokens, start, lexicon)
    if hit is None:
        return None
    (low, high), place = hit
    unit = match(lexicon.unit_plurals, tokens, place)
    if unit:
        return _of_units(low, high, unit[0]), unit[1]
    while (scaled := _scale(tokens, place, lexicon)) is not None and scaled[0] >= THOUSAND and scaled[0] >= high:
        low, high, place = low * scaled[0], high * scaled[0], scaled[1]
    return End(low, low, span=(low, high)), place


def _listed(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[tuple[Fraction, Fraction], int] | None:
    """Read a word of size before it is multiplied."""
    part = match(lexicon.parts, tokens, start)
    word = match(lexicon.vague, tokens, part[1] if part else start)
    if part and word:
        base, limit = _span(word[0])
        if limit <= base * max(Fraction(each.low) for each in lexicon.parts.values()):
            return None  # "low few hundred": no decade, of which there would be a lower and an upper part
        return (base * Fraction(part[0].low), min(base * Fraction(part[0].high), limit)), word[1]
    found = [(_span(word[0]), word[1])] if word and not part else []
    found += [hit for hit in (_quantified(tokens, start, lexicon), _plural_digits(tokens, start)) if hit]
    return max(found, key=lambda hit: hit[1], default=None)


def _span(word: Vague) -> tuple[Fraction, Fraction]:
    return Fraction(word.low), Fraction(word.high)


def _quantified(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[tuple[Fraction, Fraction], int] | None:
    """Read "several tens", where no entry lists it."""
    many = match(lexicon.quantifiers, tokens, start)
    size = _scale(tokens, many[1], lexicon) if many else None
    if many is None or size is None:
        return None
    return (Fraction(many[0].low) * size[0], Fraction(many[0].high) * size[0]), size[1]


def _scale(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """Find a word of size, with "of" before it or without."""
    of = match(lexicon.particles["of"], tokens, start)
    place = of[1] if of else start
    return match(lexicon.scales, tokens, place) or match(lexicon.multipliers, tokens, place)


def _plural_digits(tokens: Sequence[str], start: int) -> tuple[tuple[Fraction, Fraction], int] | None:
    """Read "100s": up to the next word of size."""
    if start >= len(tokens) or not is_number(tokens[start]):
        return None
    digits = "".join(filter(str.isdigit, tokens[start]))
    ending = tokens[start + 1 : start + 3]
    length = 1 if ending[:1] == ("s",) else 2 if ending == ("'", "s") else 0
    if not length or digits.rstrip("0") != "1" or len(digits) == 1:
        return None
    return (Fraction(digits), 10 * Fraction(digits)), start + 1 + length


def checked(end: End, lexicon: Lexicon) -> End:
    """Refuse what cannot be a count or a share of persons.

    Parameters
    ----------
    end : End
    lexicon : Lexicon

    Returns
    -------
    End
        As it was.

    Raises
    ------
    WordingError
    """
    if end.share and end.value > 1 and not lexicon.ratios:
        raise lexicon.refuse(message("wrong_figure.over_strength"))
    if end.high > LARGEST:
        raise lexicon.refuse(message("wrong_figure.over_largest", most=LARGEST))
    fractional = end.amount is not None and (end.value.denominator != 1 or end.amount.decimals)
    if fractional and not end.share and not lexicon.ratios:
        raise lexicon.refuse(message("wrong_figure.decimals"))
    return end
