"""What a claim says itself of where it goes back to."""

from __future__ import annotations

from collections.abc import Mapping

from truetoll.claims.schema import Claim

_COLUMNS = ("origin", "bulletin", "revises")


def states_origin(claim: Claim) -> bool:
    """Tell whether a claim says what it goes back to, if only to itself.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    bool
    """
    cells = dict(claim.cells)
    return bool(claim.bulletin or claim.revises or any(cells.get(column) for column in _COLUMNS))


def inferred(claim: Claim, known: Mapping[str, Claim]) -> bool:
    """Tell whether a claim stands aside because it was taken to be revised, or said again, and nobody says so.

    Parameters
    ----------
    claim : Claim
        With its weight.
    known : mapping of str to Claim
        Claims of the case by id.

    Returns
    -------
    bool
    """
    other = known.get(claim.set_aside.other) if claim.weight == 0 else None
    if other is None or other.source != claim.source:
        return False
    return not states_origin(claim) and not states_origin(other)
