"""Claims that say what others say: repeats, corrections, and what may be either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from truetoll.claims.reading.origins import ties
from truetoll.claims.schema import Claim
from truetoll.claims.stated import inferred


def aside(claims: Sequence[Claim]) -> Iterator[str]:
    """Say which claims have no weight of their own, and which stand for them.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    str
    """
    said, known = {claim.id: claim.text for claim in claims}, {claim.id: claim for claim in claims}
    for claim in claims:
        why, _, other = claim.set_aside.rpartition(" ")
        if inferred(claim, known):
            what = "revise" if why == "superseded by" else "say again"
            older, newer = (claim.id, other) if why == "superseded by" else (other, claim.id)
            yield (
                f"claims.csv:{claim.line}: {newer} ({said[newer]!r}) is taken to {what} {older} ({said[older]!r}), "
                f"of the same source, losses and window, so {claim.id} is kept and gets no weight; if they are two "
                "looks, or two incidents, give each an origin of its own"
            )
        elif why == "repeats":
            wording = "" if said[other] == claim.text else f" ({claim.text!r} for {said[other]!r})"
            yield f"claims.csv:{claim.line}: {claim.id} repeats {other}{wording} and gets no weight"
        elif why == "superseded by":
            yield (
                f"claims.csv:{claim.line}: its source's later word, {other} ({said[other]!r}), stands for {claim.id} "
                f"({claim.text!r}), which is kept and gets no weight"
            )


def tied(claims: Sequence[Claim]) -> Iterator[str]:
    """Find figures of which none is known to correct the other.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    str
    """
    for said in ties(claims):
        names = " and ".join(f"{claim.id} ({claim.text!r})" for claim in said)
        yield (
            f"claims.csv:{said[0].line}: {names} are of one source, origin, window and day of report; none is known to "
            "correct the other, so all are used, as looks that share an error: give the last its day in reported, or "
            "let its revises name the one it corrects"
        )


def twins(claims: Sequence[Claim]) -> Iterator[str]:
    """Find equal figures of different origins: two looks, or one that was passed on.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    str
    """
    first: dict[object, Claim] = {}
    for claim in claims:
        if claim.weight > 0:
            twin = first.setdefault((claim.readings, claim.figure, claim.since, claim.as_of), claim)
            if twin.origin != claim.origin:
                yield (
                    f"claims.csv:{claim.line}: {claim.id} gives the same figure as {twin.id}; "
                    "if one goes back to the other, give both one origin"
                )
