"""Claims that may be incidents, which the model does not add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from truetoll.claims.incidents import Kind, incidents
from truetoll.claims.schema import Claim

_WHY = {
    Kind.SAME: "several are of one window, so they are looks at the same sum, not parts of it",
    Kind.GROWING: "all count from one day and often fall, so they are looks at one sum that grows, not parts of it",
    Kind.WITHIN: "they are of parts of a bin that leave the rest of it out, so each is a rate for the whole bin",
}


def added_up(claims: Sequence[Claim], bins: Sequence[date]) -> Iterator[str]:
    """Say what may be incidents, and how to add them up.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.
    bins : sequence of date
        Edges.

    Yields
    ------
    str
    """
    for group in incidents(claims, bins):
        first = group.claims[0]
        said = f"{len(group.claims)} figures of {first.source} on {first.readings[0]}: {_WHY[group.kind]}"
        yield (
            f"claims.csv:{first.line}: {said}; if they are incidents, `truetoll sum-incidents` adds them up by bin; "
            "if a later one corrects an earlier, give both one origin"
        )
