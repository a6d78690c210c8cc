"""Reports of nothing beside figures on the same losses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

from truetoll.claims.reading.notices.bounds import comparable
from truetoll.claims.schema import Claim, Form

_FEW = 3.0
"""Figures up to which a report of nothing beside them is no denial of them."""


def denials(claims: Sequence[Claim]) -> Iterator[str]:
    """Find reports of nothing that others contradict: they may deny and not count.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    str
    """
    used = [claim for claim in claims if claim.weight > 0]
    for claim in (each for each in used if each.figure.form is Form.BELOW):
        others = [c.figure.value for c in used if c.figure.form.side >= 0 and _alike(claim, c)]
        if others and (usual := median(others)) > _FEW:
            yield (
                f"claims.csv:{claim.line}: {claim.id} ({claim.text!r}) stands beside other figures on the same losses "
                f"({usual:,.0f}); it is read as a count below one, with the error of its source, and pulls the answer "
                "down; if it denies and does not count, give it credibility 5, or exclude it in a scenario"
            )


def _alike(claim: Claim, other: Claim) -> bool:
    return claim.readings == other.readings and not other.figure.share and comparable(claim, other)
