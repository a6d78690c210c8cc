"""Why the answer is what it is: where it lies among the figures told, and what pulls it there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import xarray as xr

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.claims.schema import Case, Claim, Quantity
from truetoll.studies.fit.pulls import Exact, pulls
from truetoll.studies.fit.records import ClaimAnswer, Told, Why


def why(
    tree: xr.DataTree,
    case: Case,
    answers: Sequence[QuantityAnswer],
    claims: Sequence[ClaimAnswer],
    exact: Exact | None = None,
) -> tuple[Why, ...]:
    """Say why the answers about each force are what they are.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit that converged.
    case : Case
    answers : sequence of QuantityAnswer
    claims : sequence of ClaimAnswer
    exact : mapping, optional
        Refits without a source or a claim, if there are any.

    Returns
    -------
    tuple of Why
        Of the killed of each force, or of what is asked of it first.
    """
    of = {answer.name: answer for answer in answers}
    asked = [q for q in headlines(case) if q.name in of]
    moving = [q.name for q in asked if not little_learned(of[q.name])]
    found = pulls(tree, case, moving, exact) if moving else {}
    read = {claim.id: claim for claim in claims}
    return tuple(
        Why(
            quantity=q.name,
            median=of[q.name].median,
            told=tuple(sorted(_told(case, q, read), key=lambda t: (t.low, t.high))),
            pulls=found[q.name].found if q.name in found else (),
            unknown=found[q.name].unknown if q.name in found else (),
        )
        for q in asked
    )


def headlines(case: Case) -> list[Quantity]:
    """Choose what is asked of each force above all: the killed, or what comes first.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of Quantity
        In the order of the case.
    """
    by_force: dict[str, list[Quantity]] = {}
    for q in case.quantities:
        by_force.setdefault(q.term.force, []).append(q)
    return [next((q for q in each if q.term.quantity == "killed"), each[0]) for each in by_force.values()]


def _told(case: Case, q: Quantity, read: dict[str, ClaimAnswer]) -> Iterator[Told]:
    """Find the last figure of each source for the quantity itself, from the start of the case on."""
    direct = [c for c in case.claims if _direct(c, case, q)]
    points = [c for c in direct if c.figure.form.family != "bound"]
    latest: dict[str, Claim] = {}
    for claim in sorted(points or direct, key=lambda c: (c.as_of, c.reported or c.as_of)):
        latest[claim.source] = claim
    for claim in latest.values():
        estimate, figure = read[claim.id].true, claim.figure
        if estimate is not None:
            meant = figure.form.family == "interval"  # else only the number said is a number
            low, high = (figure.low, figure.high) if meant else (figure.value, figure.value)
            yield Told(
                claim=claim.id,
                source=claim.source,
                text=claim.text,
                as_of=claim.as_of.isoformat(),
                low=low,
                high=high,
                estimate=estimate.median,
            )


def _direct(claim: Claim, case: Case, q: Quantity) -> bool:
    """Whether a claim in use counts just what is asked, as a number."""
    counts = {frozenset(reading.terms) for reading in claim.readings} == {frozenset(q.parts)}
    return claim.weight > 0 and counts and claim.since == case.bins[0] and claim.is_amount
