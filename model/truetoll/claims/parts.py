"""One count told in parts: a list of names by month of death is one list, and bounds its sum.

What bounds twelve months one by one bounds their sum far more than the list does: every month has to pass its own
bound, and a total that lets all pass by chance is twice as high. That a list misses a like share of every month is what
makes it one. So the parts are one claim on the sum, in the form they have, and tell besides how the sum is spread.

The course of a list is no certainty: the share that is missing of a month differs by a log sd of 0.3 to 0.4 between
months (Mediazona's and Meduza's names of 2022 to 2024, as known at the end of each year and in 2026). Losses stray from
their exposure by about that (`profile.sd`), so the course stands in the place of the exposure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from truetoll.claims.schema import Claim, Force, Form, Term
from truetoll.claims.window import share_of_bin


@dataclass(frozen=True, slots=True)
class Count:
    """Consecutive figures of one source and origin, on the same losses, in the same form.

    Parameters
    ----------
    parts : tuple of Claim
        By window.
    whole : Claim
        What they say together: a claim of the case that says so, or the first part with figure and window of all.
    stated : bool
        Whether a claim says so.
    """

    parts: tuple[Claim, ...]
    whole: Claim
    stated: bool


def counts(claims: Iterable[Claim]) -> list[Count]:
    """Find counts that are told in parts.

    Parameters
    ----------
    claims : iterable of Claim
        With their weights.

    Returns
    -------
    list of Count
    """
    alike: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.weight > 0 and _may_be_part(claim):
            key = (
                claim.source,
                claim.origin,
                claim.readings,
                claim.figure.form,
                claim.credibility,
                claim.h,
                claim.weight,
            )
            alike[key].append(claim)
    return [count for group in alike.values() if len(group) > 1 for count in _counts(group)]


def _may_be_part(claim: Claim) -> bool:
    """Tell whether a figure bounds, or is said away from what is believed: a plain one estimates its own window."""
    one = len(claim.readings) == 1 and not claim.readings[0].terms[0].is_strength
    return one and claim.figure.form.side != 0 and claim.is_amount and not claim.bulletin


def _counts(group: Sequence[Claim]) -> Iterator[Count]:
    """Find runs of windows without gap or overlap; a claim on the whole of one states its sum."""
    windows = {(claim.since, claim.as_of): claim for claim in group}
    if len(windows) < len(group):
        return  # two figures of one window are no parts of anything
    whole = [c for c in group if sum(c.since <= o.since and o.as_of <= c.as_of for o in group) > 2]
    ordered = sorted((claim for claim in group if claim not in whole), key=lambda claim: claim.since)
    if any(before.as_of > after.since for before, after in pairwise(ordered)):
        return
    for run in _runs(ordered):
        if len(run) > 1:
            said = windows.get((run[0].since, run[-1].as_of))
            yield Count(tuple(run), said or _together(run), said is not None)


def _runs(ordered: Sequence[Claim]) -> Iterator[list[Claim]]:
    run: list[Claim] = []
    for claim in ordered:
        if run and run[-1].as_of != claim.since:
            yield run
            run = []
        run.append(claim)
    yield run


def _together(run: Sequence[Claim]) -> Claim:
    figures = [claim.figure for claim in run]
    if figures[0].form is Form.BELOW:  # nobody in twelve months is nobody in the year
        return replace(run[0], since=run[0].since, as_of=run[-1].as_of)
    hedge = figures[0].hedge if len({figure.hedge for figure in figures}) == 1 else "at_least"
    figure = replace(
        figures[0],
        low=sum(figure.low for figure in figures),
        high=sum(figure.high for figure in figures),
        value=sum(figure.value for figure in figures),
        hedge=hedge,
    )
    return replace(run[0], figure=figure, since=run[0].since, as_of=run[-1].as_of)


def courses(
    found: Iterable[Count], forces: Mapping[str, Force], edges: Sequence[date]
) -> dict[str, list[float | None]]:
    """Tell how the counts spread the losses of each group (a force, or a count of it) over the bins.

    Parameters
    ----------
    found : iterable of Count
    forces : mapping of str to Force
    edges : sequence of date
        Of the bins.

    Returns
    -------
    dict of str to list of (float or None)
        Counted by bin, None where a bin is not wholly in the windows; of several counts that of most parts.
    """
    best: dict[str, Count] = {}
    for count in sorted(found, key=lambda each: (-len(each.parts), -each.whole.figure.value)):
        groups = {_group(forces[term.force], term) for term in count.whole.readings[0].terms}
        if len(groups) == 1:  # a sum over forces says of none how its losses are spread
            best.setdefault(groups.pop(), count)
    return {name: _course(count, edges) for name, count in best.items()}


def _group(force: Force, term: Term) -> str:
    """Name what the losses of a term are drawn with: its force, or a count."""
    return str(term) if set(force.outcomes_of(term.quantity)) - set(force.outcomes) else term.force


def _course(count: Count, edges: Sequence[date]) -> list[float | None]:
    found: list[float | None] = []
    for a, b in pairwise(edges):
        inside = [(share_of_bin(a, b, part.since, part.as_of) * (b - a).days, part) for part in count.parts]
        whole = sum(days for days, _ in inside) >= (b - a).days
        counted = sum(part.figure.value * days / (part.as_of - part.since).days for days, part in inside)
        found.append(counted if whole else None)
    return found


def spread(exposure: Sequence[float], course: Sequence[float | None]) -> list[float]:
    """Spread the exposure of the bins that a count covers as the count is spread; their sum stays.

    Parameters
    ----------
    exposure : sequence of float
    course : sequence of (float or None)

    Returns
    -------
    list of float
    """
    covered = [t for t, counted in enumerate(course) if counted is not None]
    counted = sum(course[t] or 0.0 for t in covered)
    total = sum(exposure[t] for t in covered)
    if not counted:
        return list(exposure)
    return [e if (said := course[t]) is None else total * said / counted for t, e in enumerate(exposure)]


def by_claim(found: Iterable[Count]) -> Mapping[str, Claim | None]:
    """Tell which claim each part is looked at as.

    Parameters
    ----------
    found : iterable of Count

    Returns
    -------
    mapping of str to (Claim or None)
        Id -> the whole, for the claim that stands for all; None for those it stands for.
    """
    looked: dict[str, Claim | None] = {}
    for count in found:
        looked |= dict.fromkeys(part.id for part in count.parts) | {count.whole.id: count.whole}
    return looked
