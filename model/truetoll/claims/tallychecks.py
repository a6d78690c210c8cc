"""What is wrong with a running tally: figures that do not fit, and days from which it counts something else.

Steps are looked at by day, beside the median step around them and 1.48 times the median distance from it, which half
of all steps being odd would not move. A burst of losses moves one step and stays; a wrong figure moves two steps in
opposite directions and is gone. A figure told late does the same, and so is named only if it goes against a count, or
if two digits exchanged put it right.

On smooth tallies (made-up, overdispersed counts) one figure in about 2,000 is named for nothing, none as another count;
on bursts (exponential, lognormal steps) no misprint, and one figure in 7,500 or 1,700 as another count, nearly all
while a tally is young; ``tests/claims/test_tallychecks.py`` counts them. Ukraine's daily count of Russian personnel
(1,626 figures, to 2026) and Gaza's of killed and injured (1,033 and 1,025) have none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

AROUND = 10
"""Steps on each side that say what is usual: three weeks of a daily tally."""
FEWEST = 6
"""Steps around that must be there to say so: below, a median distance is luck."""
ODD = 2.5
"""Robust sds by which both steps around a misprint are off, in opposite directions: once in 13,000 for normal steps."""
PLAIN = 8.0
"""The same for a figure that neither falls nor is put right by an exchange of digits: late reports reach 5."""
FITS = 2.0
"""Robust sds within which both steps must lie once two digits are exchanged."""
FINEST = 0.02
"""Least sd of a step, as a part of the median step, and of one person: below it a tally is a formula."""
FALL = 0.02
"""Part of a tally by which it must fall, and stay down, to count otherwise: corrections of one per cent are usual."""
JUMP = 0.2
"""Log by which it must jump in a step, and stay up, to do so ..."""
STEPS = 10.0
"""... how many of its usual steps that must be ..."""
BURST = 3.0
"""... and how many times the largest step before: an offensive may open with one that large, and is asked about."""


@dataclass(frozen=True, slots=True)
class Misprint:
    """A figure that does not fit its neighbours.

    Parameters
    ----------
    at : int
        Its place.
    meant : int or None
        The figure with two adjacent digits exchanged, if that fits.
    """

    at: int
    meant: int | None


def misprints(days: Sequence[int], values: Sequence[float]) -> list[Misprint]:
    """Find figures that leave a running tally for a day.

    Parameters
    ----------
    days : sequence of int
        Rising.
    values : sequence of float

    Returns
    -------
    list of Misprint
        In order; never two neighbours.
    """
    found: list[Misprint] = []
    for at in range(1, len(values) - 1):
        if (odd := _misprint(days, values, at)) and not (found and found[-1].at == at - 1):
            found.append(odd)
    return found


def _misprint(days: Sequence[int], values: Sequence[float], at: int) -> Misprint | None:
    usual = _usual(days, values, at)
    if usual is None or values[at] in (values[at - 1], values[at + 1]):  # a day without news is no misprint
        return None
    distance = _distance(days, values, at, values[at], usual)
    if distance < ODD:
        return None
    exchanged = [meant for meant in _exchanged(values[at]) if _largest(days, values, at, meant, usual) <= FITS]
    falls = values[at] < values[at - 1] or values[at] > values[at + 1]
    if exchanged:
        return Misprint(at, min(exchanged, key=lambda meant: _largest(days, values, at, meant, usual)))
    return Misprint(at, None) if falls or distance > PLAIN else None


def _usual(days: Sequence[int], values: Sequence[float], at: int) -> tuple[float, float] | None:
    """Median step a day around a figure, and its robust sd; the two steps of the figure itself are left out."""
    places = [i for i in range(max(1, at - AROUND), min(len(values), at + AROUND + 2)) if i not in (at, at + 1)]
    steps = [(values[i] - values[i - 1]) / (days[i] - days[i - 1]) for i in places]
    if len(steps) < FEWEST:
        return None
    middle = median(steps)
    spread = 1.4826 * median([abs(step - middle) for step in steps])
    return middle, max(spread, FINEST * abs(middle), 1.0)


def _off(
    days: Sequence[int], values: Sequence[float], at: int, value: float, usual: tuple[float, float]
) -> tuple[float, float]:
    """How far the steps to and from a figure are from the usual, in robust sds of a step of so many days."""
    middle, sd = usual
    before, after = days[at] - days[at - 1], days[at + 1] - days[at]
    return (
        (value - values[at - 1] - middle * before) / (sd * math.sqrt(before)),
        (values[at + 1] - value - middle * after) / (sd * math.sqrt(after)),
    )


def _distance(days: Sequence[int], values: Sequence[float], at: int, value: float, usual: tuple[float, float]) -> float:
    """By how much both steps are off in opposite directions; 0 if they are not, or do not make up for each other."""
    one, other = _off(days, values, at, value, usual)
    if one * other >= 0 or abs(one + other) > 0.5 * (abs(one) + abs(other)):
        return 0.0
    return min(abs(one), abs(other))


def _largest(days: Sequence[int], values: Sequence[float], at: int, value: float, usual: tuple[float, float]) -> float:
    return max(map(abs, _off(days, values, at, value, usual)))


def _exchanged(value: float) -> Iterator[int]:
    """Every other number that an exchange of two adjacent digits makes."""
    digits = f"{round(value)}"
    for i in range(len(digits) - 1):
        meant = digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
        if meant != digits and meant[0] != "0":
            yield int(meant)


def breaks(days: Sequence[int], values: Sequence[float]) -> list[int]:
    """Find the days from which a running tally counts something else: it falls and stays down, or jumps and stays up.

    Parameters
    ----------
    days : sequence of int
        Rising.
    values : sequence of float

    Returns
    -------
    list of int
        Places of the first figures of another count.
    """
    return [at for at in range(1, len(values)) if _falls(days, values, at) or _jumps(days, values, at)]


def _falls(days: Sequence[int], values: Sequence[float], at: int) -> bool:
    before = values[at - 1]
    usual = max(median(_before(days, values, at) or [0.0]), 0.0)
    if before <= (1.0 + FALL) * values[at]:
        return False
    if at > 1 and values[at - 2] <= (1.0 + FALL) * values[at] and before - values[at - 2] > BURST * usual:
        return False  # what was too high for a day comes down again to where it was
    if at + 1 == len(values):
        return True
    short = [before + usual * (days[i] - days[at - 1]) - values[i] for i in (at, at + 1)]
    return short[1] > 0.5 * short[0]


def _jumps(days: Sequence[int], values: Sequence[float], at: int) -> bool:
    steps, before = _before(days, values, at), values[at - 1]
    if len(steps) < FEWEST or values[at] < math.exp(JUMP) * before or values[at - 2] > (1.0 + FALL) * before:
        return False
    step = (values[at] - before) / (days[at] - days[at - 1])
    stays = at + 1 == len(values) or values[at + 1] > before + 0.5 * (values[at] - before)
    return stays and step > STEPS * max(median(steps), 1.0) and step > BURST * max(steps)


def _before(days: Sequence[int], values: Sequence[float], at: int) -> list[float]:
    """Give the steps a day that led up to the figure before."""
    return [(values[i] - values[i - 1]) / (days[i] - days[i - 1]) for i in range(max(1, at - 2 * AROUND), at)]
