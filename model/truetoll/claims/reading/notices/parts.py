"""Counts that are told in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from truetoll.claims.parts import counts
from truetoll.claims.places import of_claim
from truetoll.claims.schema import Claim
from truetoll.text.messages import Message, message


def told_in_parts(claims: Sequence[Claim]) -> Iterator[Message]:
    """Say which figures are read as parts of one count.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    Message
    """
    for count in counts(claims):
        first, last, whole = count.parts[0], count.parts[-1], count.whole
        stated, summed = ("notice.parts_stated", {"id": whole.id}), ("amount.count", {"x": whole.figure.value})
        code, of = stated if count.stated else summed
        about = {"source": first.source, "losses": str(first.readings[0]), "first": first.id, "last": last.id}
        yield of_claim(first, "notice.parts", n=len(count.parts), whole=message(code, **of), **about)
