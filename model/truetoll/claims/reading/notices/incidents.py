"""Claims that may be incidents, which the model does not add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from truetoll.claims.incidents import Kind, incidents
from truetoll.claims.places import of_claim
from truetoll.claims.schema import Claim
from truetoll.text.messages import Message, message

_WHY = {
    Kind.SAME: message("notice.incidents_same"),
    Kind.GROWING: message("notice.incidents_growing"),
    Kind.WITHIN: message("notice.incidents_within"),
}


def added_up(claims: Sequence[Claim], bins: Sequence[date]) -> Iterator[Message]:
    """Say what may be incidents, and how to add them up.

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
    for group in incidents(claims, bins):
        first = group.claims[0]
        about = {"source": first.source, "losses": str(first.readings[0])}
        yield of_claim(first, "notice.incidents", n=len(group.claims), why=_WHY[group.kind], **about)
