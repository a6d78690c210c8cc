"""Claims that say what others say: repeats, corrections, and what may be either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from truetoll.claims.places import of_claim
from truetoll.claims.reading.origins import ties
from truetoll.claims.schema import Claim
from truetoll.claims.stated import inferred
from truetoll.text.messages import Message, message


def aside(claims: Sequence[Claim]) -> Iterator[Message]:
    """Say which claims have no weight of their own, and which stand for them.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    Message
    """
    said, known = {claim.id: claim.text for claim in claims}, {claim.id: claim for claim in claims}
    for claim in claims:
        why, other = claim.set_aside.why, claim.set_aside.other
        if inferred(claim, known):
            code = "notice.revised" if why == "superseded" else "notice.said_again"
            older, newer = (claim.id, other) if why == "superseded" else (other, claim.id)
            pair = {"newer": newer, "new": said[newer], "older": older, "old": said[older]}
            yield of_claim(claim, code, id=claim.id, **pair)
        elif why == "repeats" and said[other] == claim.text:
            yield of_claim(claim, "notice.repeat", id=claim.id, first=other)
        elif why == "repeats":
            yield of_claim(claim, "notice.repeat_worded", id=claim.id, first=other, one=claim.text, other=said[other])
        elif why == "superseded":
            yield of_claim(claim, "notice.superseded", id=claim.id, last=other, one=said[other], other=claim.text)


def tied(claims: Sequence[Claim]) -> Iterator[Message]:
    """Find figures of which none is known to correct the other.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    Message
    """
    for said in ties(claims):
        names = tuple(message("list.quoted", id=claim.id, text=claim.text) for claim in said)
        yield of_claim(said[0], "notice.tie", names=names)


def twins(claims: Sequence[Claim]) -> Iterator[Message]:
    """Find equal figures of different origins: two looks, or one that was passed on.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    Message
    """
    first: dict[object, Claim] = {}
    for claim in claims:
        if claim.weight > 0:
            twin = first.setdefault((claim.readings, claim.figure, claim.since, claim.as_of), claim)
            if twin.origin != claim.origin:
                yield of_claim(claim, "notice.twin", id=claim.id, twin=twin.id)
