"""Numbers in a figure, in digits and in words, with the unit they are rounded to."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from truetoll.claims.wording.tokens import NARROW, is_number
from truetoll.claims.wording.vocabulary import Lexicon, match
from truetoll.text.messages import Message, message

HUNDRED = 100
THOUSAND = 1000
"""Smaller multipliers (hundred, dozen) act inside a group of digits, from here on they end one."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as said.

    Parameters
    ----------
    value : Fraction
    step : Fraction
        Unit of the last non-zero digit; a dozen for numbers of dozens.
    heads : tuple of (Fraction, Fraction)
        Number before, and product of, the multipliers at its end, most multipliers first: "two hundred
        thousand" gives (2, 100 000) and (200, 1000). In "one to two hundred thousand" the first end shares
        them.
    named : bool
        Whether it has a multiplier anywhere.
    bare : bool
        Whether its first multiplier stands without a number: "a thousand", "mil".
    decimals : bool
        Whether it is written with decimals and no multiplier.
    unclear : bool
        Whether its one separator could mark thousands or decimals.
    apart : bool
        Whether its thousands are marked, by separators or words: 15,000 is, 15000 is not.
    complete : bool
        Whether it says itself that nothing is left out: 10.0, as programs write, is not 10 thousand.
    """

    value: Fraction
    step: Fraction
    heads: tuple[tuple[Fraction, Fraction], ...] = ()
    named: bool = False
    bare: bool = False
    decimals: bool = False
    unclear: bool = False
    apart: bool = True
    complete: bool = False


def unit_of(digits: str) -> Fraction:
    """Find the unit of the last non-zero digit.

    Parameters
    ----------
    digits : str
        Plain digits, at most one decimal point.

    Returns
    -------
    Fraction
        1 for zero.
    """
    whole, _, part = digits.partition(".")
    if part.rstrip("0"):
        return Fraction(1, 10 ** len(part.rstrip("0")))
    zeros = len(whole) - len(whole.rstrip("0")) if whole.strip("0") else 0
    return Fraction(10**zeros)


def read_digits(token: str, lexicon: Lexicon) -> Amount:
    """Read a number in digits.

    Parameters
    ----------
    token : str
        With its separators.
    lexicon : Lexicon

    Returns
    -------
    Amount

    Raises
    ------
    WordingError
        If its separators make no number, or two.
    """
    if open_to_two := _two_readings(token, lexicon):
        raise lexicon.refuse(open_to_two)
    whole, decimals = _grouped(token, lexicon), _with_decimals(token, lexicon)
    digits = whole or decimals
    if digits is None:
        raise lexicon.refuse(_why_no_number(token, lexicon))
    _, point, part = digits.partition(".")
    return Amount(
        Fraction(digits),
        unit_of(digits),
        # Programs write whole numbers with a decimal: 300.0.
        decimals=whole is None and bool(part.strip("0")),
        unclear=whole is not None and decimals is not None and "." in decimals,
        apart=whole is not None or len(digits) <= _UNMARKED,
        complete=bool(point) and not part.strip("0"),
    )


_UNMARKED = 3
"""Digits of the longest number that needs no separator."""
_MILLIONS = re.compile(r"([1-9][0-9]{0,2})'([0-9]{3})[.,]([0-9]{3})")
"""8'000.000: an apostrophe marks the millions, as in Mexico and the Andes."""


def _two_readings(token: str, lexicon: Lexicon) -> Message | None:
    """Say what is open in digits that are read in two ways: 1.000,000 and, where a comma marks thousands, 2.000."""
    found = re.fullmatch(rf"([1-9][0-9]{{0,2}}(?:([., {NARROW}])[0-9]{{3}})*)([.,])([0-9]{{3}})", token)
    if found is None or found[2] == found[3]:
        return None
    short, long = found[1].translate(_NO_MARKS), (found[1] + found[4]).translate(_NO_MARKS)
    lone_zeros = not found[2] and found[4] == "000" and found[3] not in lexicon.thousands
    if not found[2] and not lone_zeros:
        return None
    number = token.replace(NARROW, " ")
    return message("wrong_figure.open_number", number=number, one=str(int(short)), other=str(int(long)))


_NO_MARKS = str.maketrans("", "", f".,' {NARROW}")


def _grouped(token: str, lexicon: Lexicon) -> str | None:
    """Digits of a number in groups of three, decimals after a point; None if it is not one."""
    if found := _MILLIONS.fullmatch(token):
        return "".join(found.groups()) if "'" in lexicon.thousands else None
    separator = next((char for char in token if not char.isdigit()), "")
    if not separator or _shown(separator) not in lexicon.thousands:
        return None
    pattern = rf"([1-9][0-9]{{0,2}}(?:{re.escape(separator)}[0-9]{{3}})+)(?:([.,])([0-9]+))?"
    found = re.fullmatch(pattern, token)
    if found is None or (found[2] and (found[2] == separator or found[2] not in lexicon.decimal)):
        return None
    # "300 500" may be two figures; "300 000" cannot be, since no figure begins with 0, nor can "9 593 356".
    if separator == " " and found[1].count(" ") == 1 and not found[1].split(" ")[-1].startswith("0"):
        return None
    return found[1].replace(separator, "") + (f".{found[3]}" if found[3] else "")


def _with_decimals(token: str, lexicon: Lexicon) -> str | None:
    """Digits of a number without groups; None if it is not one."""
    found = re.fullmatch(r"(0|[1-9][0-9]*)(?:([.,])([0-9]+))?", token)
    if found is None or (found[2] and found[2] not in lexicon.decimal):
        return None
    return found[1] + (f".{found[3]}" if found[3] else "")


def _shown(separator: str) -> str:
    return " " if separator == NARROW else separator


def _why_no_number(token: str, lexicon: Lexicon) -> Message:
    shown = token.replace(NARROW, " ")
    if re.fullmatch(r"[0-9]+(?: [0-9]+)+", shown):
        return message("wrong_figure.one_or_two", number=shown)
    if re.fullmatch(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}", shown):
        return message("wrong_figure.other_groups", number=shown, meant=f"{int(shown.replace(',', '')):,}")
    return message("wrong_figure.no_digits", number=shown, marks=tuple(sorted(lexicon.thousands - {" ", "'"})))


def read_amount(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[Amount, int] | None:
    """Read the longest number that begins at a token, in digits, words or both.

    Parameters
    ----------
    tokens : sequence of str
    start : int
    lexicon : Lexicon

    Returns
    -------
    (Amount, int) or None
        The number and the position after it; None if no number begins there.

    Raises
    ------
    WordingError
        For digits that make no number, or two.
    """
    if start < len(tokens) and is_number(tokens[start]):
        hit = _digits_and_multipliers(tokens, start, lexicon)
    elif (named := match(lexicon.collectives, tokens, start)) is not None:
        return Amount(Fraction(named[0].value), Fraction(named[0].unit), named=True), named[1]
    else:
        words = _words(tokens, start, lexicon)
        if words is None:
            return None
        hit = words
    return _with_half(*_with_tail(*hit, tokens, lexicon), tokens, lexicon)


def _with_tail(number: Amount, position: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Amount, int]:
    """Read on after a thousand or million: "3 mil 500", "1 millón 330 mil"."""
    room = number.heads[-1][1] if number.heads else number.value if number.bare else Fraction(0)
    while room >= THOUSAND and position < len(tokens) and tokens[position].isdecimal():
        tail, end = _digits_and_multipliers(tokens, position, lexicon)
        if not 0 < tail.value < room:
            break
        number = Amount(number.value + tail.value, tail.step, named=True)
        room = tail.heads[-1][1] if tail.heads else Fraction(0)
        position = end
    return number, position


def _with_half(number: Amount, position: int, tokens: Sequence[str], lexicon: Lexicon) -> tuple[Amount, int]:
    """Read half a multiplier more: "a million and a half", "two and a half thousand", "docena y media"."""
    half = match(lexicon.particles["halves"], tokens, position)
    if half is None:
        return number, position
    factor = match(lexicon.multipliers, tokens, half[1])
    if factor is not None and not number.named and number.value.denominator == 1 and number.value < factor[0]:
        whole = replace(number, value=number.value + Fraction(1, 2), step=_step_of_half(factor[0]) / factor[0])
        return replace(_times(whole, [factor[0]]), decimals=False), factor[1]
    last = number.value if number.bare and not number.heads else number.heads[-1][1] if number.heads else None
    if last is None or (len(number.heads) > 1):
        return number, position
    return Amount(number.value + last / 2, _step_of_half(last), named=True, bare=number.bare), half[1]


def _step_of_half(factor: int | Fraction) -> Fraction:
    """Find the unit of what is told in halves of a multiplier: a tenth of it either way, and whole persons."""
    return Fraction(2 * math.ceil(Fraction(factor) / 10))


def _digits_and_multipliers(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[Amount, int]:
    """Read "1,200", "11 thousand", "2.5k", "2 hundred thousand"."""
    number = read_digits(tokens[start], lexicon)
    position, factors = start + 1, list[int]()
    while (hit := _multiplier(tokens, position, lexicon)) and hit[0] > max([1, *factors]):
        if match(lexicon.particles["unclear"], tokens, position) and number.value.denominator == 1:
            name = " ".join(next((w for w, f in lexicon.multipliers.items() if f == hit[0]), (str(hit[0]),)))
            shown = f"{tokens[start]} {tokens[position]}"
            meant = f"{tokens[start]} {name}"
            raise lexicon.refuse(message("wrong_figure.open_abbreviation", said=shown, meant=meant))
        factors.append(hit[0])
        position = hit[1]
    if factors and number.unclear:
        raise lexicon.refuse(message("wrong_figure.before_multiplier", number=tokens[start]))
    return (_times(number, factors) if factors else number), position


def _multiplier(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[int, int] | None:
    return match(lexicon.multipliers, tokens, start) or match(lexicon.abbreviations, tokens, start)


def _times(number: Amount, factors: Iterable[int]) -> Amount:
    """Multiply, and remember each number that stood before the rest of the multipliers."""
    for factor in factors:
        value = number.value * factor
        heads = (*((head, total * factor) for head, total in number.heads), (number.value, Fraction(factor)))
        number = Amount(value, number.step * factor, heads, named=True, bare=number.bare)
    return number


@dataclass(frozen=True, slots=True)
class _Tally:
    """A number in words, half read: what is closed by a thousand or million, and what stands after it."""

    total: Amount | None = None
    group: Amount | None = None
    room: Fraction | None = None
    """What is added next must be smaller; None: anything goes."""
    outer: int | None = None
    """The last thousand or million; what follows it must stay below it."""

    @property
    def amount(self) -> Amount | None:
        if self.total is None or self.group is None:
            return self.total or self.group
        return Amount(self.total.value + self.group.value, self.group.step, named=True)

    def add(self, number: int) -> _Tally | None:
        """Add a number word, if there is room: five after twenty, not twenty after five."""
        if self.room is not None and number >= self.room:
            return None
        step = unit_of(str(number))
        before = self.group.value if self.group else Fraction(0)
        group = Amount(before + number, step, named=self.group is not None and self.group.named)
        # Nothing follows ten: "ten five" is not fifteen.
        return replace(self, group=group, room=Fraction(1) if number == 10 else step)

    def multiply(self, factor: int) -> _Tally | None:
        """Multiply by a multiplier; one without a number before it only where the number begins."""
        if self.group is None:
            group = Amount(Fraction(factor), Fraction(factor), named=True, bare=True)
            return None if self.total else self._placed(group, factor)
        if factor < THOUSAND and (self.group.named or self.group.value >= HUNDRED):
            return None
        return self._placed(_times(self.group, [factor]), factor)

    def _placed(self, group: Amount, factor: int) -> _Tally | None:
        """Put a multiplied group in its place; groups must fall in size."""
        if self.outer is not None and group.value >= self.outer:
            return None
        room = unit_of(str(factor))
        if factor < THOUSAND:
            return replace(self, group=group, room=room)
        return _Tally(replace(self, group=group).amount, None, room, factor)


def _words(tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[Amount, int] | None:
    """Read "two thousand three hundred and fifty" as far as every word still fits."""
    tally, position = _Tally(), start
    while (hit := _next_word(tally, tokens, position, lexicon)) is not None:
        tally, position = hit
    amount = tally.amount
    return None if amount is None else (amount, position)


def _next_word(tally: _Tally, tokens: Sequence[str], start: int, lexicon: Lexicon) -> tuple[_Tally, int] | None:
    joined = match(lexicon.joiners, tokens, start)
    if joined and tally.room not in joined[0]:
        return None
    number = match(lexicon.numbers, tokens, joined[1] if joined else start)
    grown = tally.add(number[0]) if number else None
    if number and grown:
        return grown, number[1]
    factor = match(lexicon.multipliers, tokens, start)
    grown = tally.multiply(factor[0]) if factor else None
    return (grown, factor[1]) if factor and grown else None
