"""Bounds that lie far from the figures they stand beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from statistics import median

from truetoll.claims.incidents import incidents
from truetoll.claims.places import of_claim, of_table
from truetoll.claims.schema import Claim, Form
from truetoll.text.messages import Message, message

_FAR = 3.0
"""Factor from the other figures beyond which a hedged one is worth a word: a hedge is read as near to what its source
believes, within a factor of 1.4 on average (`hedge` in reliability.toml), so at three it pulls the answer, and does not
bound it."""
_NAMED = 5
"""Bounds that are named one by one."""
_ALIKE = 0.8
"""Part of two windows that must be common for their figures to be compared."""


def far_bounds(claims: Sequence[Claim], bins: Sequence[date]) -> Iterator[Message]:
    """Find figures said with "at least" that lie far below the others on the same losses.

    What may be incidents is told as such, and is no bound on what the others speak of.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.
    bins : sequence of date
        Edges.

    Yields
    ------
    Message
    """
    alike: dict[object, list[Claim]] = defaultdict(list)
    parts = {claim.id for group in incidents(claims, bins) for claim in group.claims}
    for claim in claims:
        if claim.weight > 0 and claim.id not in parts:
            alike[claim.readings, claim.figure.share].append(claim)
    told = [
        said for group in alike.values() for c in group if c.figure.form is Form.AT_LEAST for said in _far(c, group)
    ]
    yield from told[:_NAMED]
    if len(told) > _NAMED:
        yield of_table("notice.far_more", n=len(told) - _NAMED)


def _far(claim: Claim, group: Sequence[Claim]) -> Iterator[Message]:
    others = [c.figure.value for c in group if c.figure.form.side >= 0 and c is not claim and comparable(claim, c)]
    if others and claim.figure.value * _FAR < (usual := median(others)):
        shown = message("amount.share" if claim.figure.share else "amount.count", x=usual)
        yield of_claim(claim, "notice.far_low", id=claim.id, text=claim.text, usual=shown)


def comparable(claim: Claim, other: Claim) -> bool:
    """Tell whether the windows of two claims are nearly the same.

    Parameters
    ----------
    claim, other : Claim

    Returns
    -------
    bool
    """
    common = (min(claim.as_of, other.as_of) - max(claim.since, other.since)).days
    return common >= _ALIKE * (max(claim.as_of, other.as_of) - min(claim.since, other.since)).days
