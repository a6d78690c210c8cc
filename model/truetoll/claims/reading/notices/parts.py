"""Counts that are told in parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from truetoll.claims.parts import counts
from truetoll.claims.schema import Claim


def told_in_parts(claims: Sequence[Claim]) -> Iterator[str]:
    """Say which figures are read as parts of one count.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    str
    """
    for count in counts(claims):
        first, last, whole = count.parts[0], count.parts[-1], count.whole
        said = f"{len(count.parts)} figures of {first.source} on {first.readings[0]}, {first.id} to {last.id}"
        sum_of = f"as {whole.id} says" if count.stated else f"{whole.figure.value:,.0f}"
        yield (
            f"claims.csv:{first.line}: {said}, follow each other in one origin: they are read as one count ({sum_of}) "
            "and its course; if each is a bound for itself, give each its own origin"
        )
