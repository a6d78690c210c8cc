r"""How a claim on a ratio is read: of a part of a whole by its odds.

That 70 % of the dead were civilians says the same as that 30 % were not: seven to three. So a figure of a part is one
of the part and the *rest*: its cell on the scale of odds :math:`p / (1 - p)`, whose log is as far from even on either
side, and whose errors can never make a part larger than its whole. A part may be one of time: the dead of May, of those
of a year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from truetoll.claims.schema import Claim, Figure, Force, Reading, Term, Window, divisor

Sum = tuple[tuple[Term, ...], Window]
"""Terms that are added up over a window."""


def cells(forces: Mapping[str, Force], terms: Sequence[Term]) -> tuple[Term, ...]:
    """List what terms add up, outcome by outcome.

    Parameters
    ----------
    forces : mapping of str to Force
    terms : sequence of Term

    Returns
    -------
    tuple of Term
        ``a.casualties`` as ``a.killed``, ``a.wounded``; strength as itself.
    """
    return tuple(
        Term(term.force, part)
        for term in terms
        for part in (forces[term.force].outcomes_of(term.quantity) or (term.quantity,))
    )


def sides(forces: Mapping[str, Force], window: Window, reading: Reading) -> tuple[Sum, Sum]:
    """Find what a ratio compares, cell by cell, each side over its window.

    Parameters
    ----------
    forces : mapping of str to Force
    window : Window
        Of the claim.
    reading : Reading
        Of a ratio.

    Returns
    -------
    (tuple of Term, Window), (tuple of Term, Window)
        What is counted, and what it is divided by. Strength is that of a day, whatever the window.
    """
    return _side(forces, reading.terms, window), _side(forces, reading.over, reading.over_window or window)


def _side(forces: Mapping[str, Force], terms: Sequence[Term], window: Window) -> Sum:
    strength = all(term.is_strength for term in terms)
    return cells(forces, terms), Window(window.as_of, window.as_of) if strength else window


def within(part: Sum, whole: Sum) -> bool:
    """Whether a sum counts nothing that another does not.

    Parameters
    ----------
    part, whole : (tuple of Term, Window)

    Returns
    -------
    bool
    """
    return set(part[0]) <= set(whole[0]) and part[1].within(whole[1])


def is_part(forces: Mapping[str, Force], claim: Claim) -> bool:
    """Whether a claim says which part of a whole something is.

    Parameters
    ----------
    forces : mapping of str to Force
    claim : Claim

    Returns
    -------
    bool
    """
    first = claim.readings[0]
    if not first.over:
        return False
    part, whole = sides(forces, claim.window, first)
    return within(part, whole) and not within(whole, part)


def as_seen(forces: Mapping[str, Force], claim: Claim) -> Claim:
    """Find the claim as its likelihood sees it: of a part and its rest, if it is one of a part and its whole.

    Parameters
    ----------
    forces : mapping of str to Force
    claim : Claim

    Returns
    -------
    Claim
    """
    if not is_part(forces, claim):
        return claim
    return replace(claim, figure=_odds(claim.figure), readings=tuple(_beside_rest(forces, r) for r in claim.readings))


def _beside_rest(forces: Mapping[str, Force], reading: Reading) -> Reading:
    if reading.over_window:
        return replace(reading, rest=True)
    part = cells(forces, reading.terms)
    return replace(reading, terms=part, over=tuple(c for c in cells(forces, reading.over) if c not in part))


def divided_by(forces: Mapping[str, Force], claim: Claim, reading: Reading) -> tuple[Sum, ...]:
    """Find all that a reading is divided by, as the likelihood sees it.

    Parameters
    ----------
    forces : mapping of str to Force
    claim : Claim
        As seen.
    reading : Reading

    Returns
    -------
    tuple of (tuple of Term, Window)
        Added up; of a rest in time what was lost before and after the part, and all else in the window.
    """
    over, window = divisor(claim, reading), reading.over_window or claim.window
    if not reading.rest:
        return ((over, window),) if over else ()
    part = cells(forces, reading.terms)
    others = tuple(cell for cell in cells(forces, over) if cell not in part)
    before, after = Window(window.since, claim.since), Window(claim.as_of, window.as_of)
    found = ((others, window), (part, before), (part, after))
    return tuple((terms, each) for terms, each in found if terms and each.since < each.as_of)


def _odds(figure: Figure) -> Figure:
    stated = figure.stated and replace(figure.stated, low=odds(figure.stated.low), high=odds(figure.stated.high))
    low, high, value = (odds(each) for each in (figure.low, figure.high, figure.value))
    return replace(figure, low=low, high=high, value=value, share=False, stated=stated)


def odds(p: float) -> float:
    """Odds of a part.

    Parameters
    ----------
    p : float
        Between 0 and 1.

    Returns
    -------
    float
    """
    return p / (1.0 - p)
