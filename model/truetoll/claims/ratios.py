r"""How a claim on a ratio is read: of a part of a whole by its odds.

That 70 % of the dead were civilians says the same as that 30 % were not: seven to three. So a figure of a part is one
of the part and the *rest*: its cell on the scale of odds :math:`p / (1 - p)`, whose log is as far from even on either
side, and whose errors can never make a part larger than its whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from truetoll.claims.schema import Claim, Figure, Force, Reading, Term


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
    return bool(first.over) and set(cells(forces, first.terms)) < set(cells(forces, first.over))


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
    part = cells(forces, reading.terms)
    return replace(reading, terms=part, over=tuple(c for c in cells(forces, reading.over) if c not in part))


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
