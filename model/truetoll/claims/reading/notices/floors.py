"""Phrases that make a figure a floor under the truth itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from truetoll.claims.places import of_claim, of_table
from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import Claim, Form, Source
from truetoll.text.messages import Message

_SAYS_SO = ("floor", "suelo")
"""Words with which an analyst says it: nobody else calls a figure so."""


def floors(sources: Mapping[str, Source], claims: Sequence[Claim], table: Reliability) -> Iterator[Message]:
    """Tell which figures are floors by their wording: "130 names" may be the most influential claim of a case.

    Parameters
    ----------
    sources : mapping of str to Source
    claims : sequence of Claim
        With their weights.
    table : Reliability

    Yields
    ------
    Message
    """
    of_source: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        stated = any(word in claim.text.casefold() for word in _SAYS_SO)
        if claim.weight > 0 and claim.figure.form is Form.FLOOR and not stated:
            of_source[claim.source].append(claim)
    for source, (claim, *others) in of_source.items():
        over = sources[source].overcount
        if over is None:
            yield of_claim(claim, "notice.floor", id=claim.id, text=claim.text, sd=table.bound.sd)
        else:
            said = {"median": over.median, "high": over.high}
            yield of_claim(claim, "notice.floor_overcount", id=claim.id, text=claim.text, **said)
        if others:
            yield of_table("notice.floor_more", source=source, n=len(others))
