"""What a claim says itself of where it goes back to, and why it is not used."""

from __future__ import annotations

from collections.abc import Mapping

from truetoll.claims.schema import Claim
from truetoll.text.messages import Message, message

_COLUMNS = ("origin", "bulletin", "revises")


_ASIDE = {"repeats": "aside.repeats", "superseded by": "aside.superseded"}


def aside(why: str) -> Message | None:
    """Say why a claim is not used.

    Parameters
    ----------
    why : str
        `Claim.set_aside`: ``excluded``, ``repeats ID`` or ``superseded by ID``; empty if it is used.

    Returns
    -------
    Message or None
    """
    what, other = parted(why)
    if what in _ASIDE:
        return message(_ASIDE[what], other=other)
    return message("aside.excluded") if why else None


def parted(why: str) -> tuple[str, str]:
    """Part why a claim is not used from the claim that stands for it.

    Parameters
    ----------
    why : str
        `Claim.set_aside`.

    Returns
    -------
    tuple of str
        ``repeats`` or ``superseded by``, and an id; empty and the whole if no other claim stands for it.
    """
    what, _, other = why.rpartition(" ")
    return what, other


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
    other = known.get(parted(claim.set_aside)[1]) if claim.weight == 0 else None
    if other is None or other.source != claim.source:
        return False
    return not states_origin(claim) and not states_origin(other)
