"""Phrases that make a figure a floor under the truth itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import Claim, Form

_SAYS_SO = ("floor", "suelo")
"""Words with which an analyst says it: nobody else calls a figure so."""


def floors(claims: Sequence[Claim], table: Reliability) -> Iterator[str]:
    """Tell which figures are floors by their wording: "130 names" may be the most influential claim of a case.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.
    table : Reliability

    Yields
    ------
    str
    """
    of_source: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        stated = any(word in claim.text.casefold() for word in _SAYS_SO)
        if claim.weight > 0 and claim.figure.form is Form.FLOOR and not stated:
            of_source[claim.source].append(claim)
    for source, (claim, *others) in of_source.items():
        yield (
            f"claims.csv:{claim.line}: {claim.id} ({claim.text!r}) is a list of names, so it is read as a floor "
            "under the truth itself, which no bias or error of its source touches: its entries are taken to be "
            f"right within {table.bound.sd:.0%} (bound.sd); if more may be wrong, entered twice or alive, raise "
            "that, or write 'at least'"
        )
        if others:
            yield f"claims.csv: further figures of {source} that are lists of names, and floors alike: {len(others):,}"
