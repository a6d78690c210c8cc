"""What a source has to count a loss by: as the case says, or as sources of its relation usually have."""

from __future__ import annotations

from collections.abc import Mapping

from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import Access, Case, Claim, Source


def access_of(case: Case, source: str, force: str, quantity: str) -> Access:
    """Tell what a source has to count one loss by.

    Parameters
    ----------
    case : Case
    source, force, quantity : str
        Keys of the case; ``captured``.

    Returns
    -------
    {"records", "site", "remote"}
        What the case says of the quantity, else of the force, else of all; else what is usual.
    """
    return _stated(case.sources[source], force, quantity) or _usual(case, source, force, quantity)


def access_of_claim(case: Case, claim: Claim) -> Access:
    """Tell what the source of a claim had to count by: for the first loss that the claim speaks of.

    Parameters
    ----------
    case : Case
    claim : Claim

    Returns
    -------
    {"records", "site", "remote"}
    """
    term = claim.readings[0].terms[0]
    return access_of(case, claim.source, term.force, term.quantity)


def soundness(case: Case, claim: Claim) -> float:
    """Give the probability that a figure is of the ordinary kind: by its credibility, else by access.

    Parameters
    ----------
    case : Case
    claim : Claim

    Returns
    -------
    float
    """
    table: Reliability = case.reliability
    found = table.soundness.credibility.get(str(claim.credibility))  # type: ignore[call-overload]
    return float(table.soundness.access[access_of_claim(case, claim)] if found is None else found)


def _stated(source: Source, force: str, quantity: str) -> Access | None:
    if isinstance(source.access, str):
        return source.access
    of_force = source.access.get(force)
    return of_force.get(quantity) if isinstance(of_force, Mapping) else of_force


def _usual(case: Case, source: str, force: str, quantity: str) -> Access:
    table: Reliability = case.reliability
    relation = case.sources[source].relations[force]
    captured = table.access.captured if quantity == "captured" else {}
    return captured.get(relation) or table.access.usual[case.forces[force].victims][relation]
