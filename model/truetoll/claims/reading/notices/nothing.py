"""Reports of nothing beside figures on the same losses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from truetoll.claims.places import of_claim
from truetoll.claims.reading.notices.bounds import comparable
from truetoll.claims.schema import Claim, Form
from truetoll.text.messages import Message

_FEW = 3.0
"""Figures up to which a report of nothing beside them is no denial of them."""


def denials(claims: Sequence[Claim]) -> Iterator[Message]:
    """Find reports of nothing that others contradict: they may deny and not count.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    Message
    """
    used = [claim for claim in claims if claim.weight > 0]
    for claim in (each for each in used if each.figure.form is Form.BELOW):
        others = [c.figure.value for c in used if c.figure.form.side >= 0 and _alike(claim, c)]
        if others and (usual := median(others)) > _FEW:
            yield of_claim(claim, "notice.denial", id=claim.id, text=claim.text, usual=usual)


def _alike(claim: Claim, other: Claim) -> bool:
    return claim.readings == other.readings and not other.figure.share and comparable(claim, other)
