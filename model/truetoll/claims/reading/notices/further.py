"""Figures that are said to come on top of earlier ones, and are entered as if they were all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from truetoll.claims.known import known_on
from truetoll.claims.places import of_claim
from truetoll.claims.schema import CaseFile, Claim
from truetoll.claims.wording import read_lexicon
from truetoll.claims.wording.vocabulary import match
from truetoll.text.messages import Message


def on_top(file: CaseFile, claims: Sequence[Claim]) -> Iterator[Message]:
    """Find figures such as "another 800" that state no start, beside an earlier figure of the same source and losses.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim

    Yields
    ------
    Message
    """
    lexicon = read_lexicon(file.case.language)
    for claim in claims:
        if dict(claim.cells).get("since") or not match(lexicon.particles["further"], lexicon.tokens(claim.text), 0):
            continue
        earlier = [other for other in claims if other is not claim and _before(other, claim)]
        if earlier:
            last = max(earlier, key=lambda other: (known_on(other), other.line))
            said = {"text": claim.text, "other": last.id}
            yield of_claim(claim, "notice.further", id=claim.id, day=last.as_of, **said)


def _before(other: Claim, claim: Claim) -> bool:
    alike = other.source == claim.source and other.readings == claim.readings
    return alike and (known_on(other), other.line) < (known_on(claim), claim.line)
