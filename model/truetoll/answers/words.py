"""Numbers as they are printed, and what they mean, in words. Standard library only."""

from __future__ import annotations

import math
from datetime import date

RAISE = 1.1
"""How much more every source exaggerates in the sentence about the pass-through."""
MUCH, LITTLE = 0.7, 0.3
"""Pass-through (and contraction) from which the level is said to rest on one thing, and below which not on it."""
FEW_ORIGINS = 3
"""Below this many origins the answer is arithmetic on priors."""


def two_digits(x: float | None) -> str:
    """Write a number with two significant digits.

    Parameters
    ----------
    x : float or None

    Returns
    -------
    str
        ``550``, ``3,000``, ``0.041``; ``-`` for what is missing.
    """
    if x is None or not math.isfinite(x):
        return "-"
    rounded = float(f"{x:.1e}")
    if rounded == 0:
        return "0"
    decimals = max(0, 1 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{decimals}f}"


def whole(x: float | None) -> str:
    """Write a number of persons or things: two significant digits, no fractions.

    Parameters
    ----------
    x : float or None

    Returns
    -------
    str
        ``550``, ``3,000``, ``6``, ``under 1``; ``-`` for what is missing.
    """
    if x is not None and 0 < x < 0.5:
        return "under 1"
    return two_digits(x) if x is None or x >= 10 else f"{round(x)}"


def whole_span(low: float | None, high: float | None) -> str:
    """Write an interval of persons or things: ``under 1 to 32``.

    Parameters
    ----------
    low, high : float or None

    Returns
    -------
    str
    """
    return f"{whole(low)} to {whole(high)}"


def span(low: float | None, high: float | None) -> str:
    """Write an interval: ``480 to 2,900``.

    Parameters
    ----------
    low, high : float or None

    Returns
    -------
    str
    """
    return f"{two_digits(low)} to {two_digits(high)}"


def percent(p: float) -> str:
    """Write a probability or a share in whole per cent; the ends as less or more than 1 %.

    Parameters
    ----------
    p : float

    Returns
    -------
    str
    """
    if p < 0.005:
        return "< 1 %"
    return "> 99 %" if p > 0.995 else f"{100 * p:.0f} %"


def figure(x: float) -> str:
    """Write a number that was given, not computed, as it was given: ``45,100``.

    Parameters
    ----------
    x : float

    Returns
    -------
    str
    """
    return f"{x:,.0f}" if float(x).is_integer() else f"{x:,g}"


def day(iso: str) -> str:
    """Write a date as ``10 Feb 2025``, in English whatever the locale.

    Parameters
    ----------
    iso : str

    Returns
    -------
    str
    """
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    d = date.fromisoformat(iso)
    return f"{d.day} {months[d.month - 1]} {d.year}"


def plain(name: str) -> str:
    """Write a name of a case in words: ``third party state`` for ``third_party_state``.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return name.replace("_", " ")


def quantity_words(name: str) -> str:
    """Name a quantity without its force: ``killed`` for ``dprk.killed``.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
    """
    return plain(name.partition(".")[2])


def pass_through_sentence(name: str, p: float | None) -> str:
    """Say what follows if all sources exaggerate 10 % more than assumed.

    Parameters
    ----------
    name : str
        Of the quantity.
    p : float or None
        Pass-through: the quantity changes by the factor ``1.1 ** -p``.

    Returns
    -------
    str
    """
    if p is None:
        return f"No source speaks of losses: {name} does not depend on what is assumed of them."
    change = RAISE**-p - 1.0
    by = round(100 * abs(change))
    then = "changes by less than 1 %" if by == 0 else f"is {by} % {'lower' if change < 0 else 'higher'}"
    return f"If all sources exaggerate 10 % more than assumed, {name} {then}."


def verdict(p: float | None, contraction: float) -> str:
    """Say what the level of a quantity rests on.

    Parameters
    ----------
    p : float or None
        Pass-through.
    contraction : float

    Returns
    -------
    str
    """
    if (p is None or abs(p) < LITTLE) and contraction < LITTLE:
        return "rests on the losses prior: little was learned"
    if p is None or abs(p) < LITTLE:
        return "rests little on the bias of sources: on figures of strength, floors or ceilings"
    if p < 0:
        return "moves against what is assumed of the sources"
    if p >= MUCH and contraction < LITTLE:
        return "rests on what is assumed of the sources, its width on the losses prior"
    if p >= MUCH:
        return "rests on what is assumed of the sources (reliability priors)"
    return "rests partly on what is assumed of the sources, partly on the losses prior"
