"""Successive figures of one office: which of them corrects which, as stated or as far as it can be told.

A claim says so itself (column ``revises``), whatever its losses and window: a correction may be of these. Where nobody
says anything, figures of one source on the same losses and window that were reported on different days are taken for
one report and its corrections, so they get one origin, and the last word of it counts. That is what an office does that
first says 500 and then 471. It is not done where the claims say otherwise: with an origin or a bulletin of their own,
without a day of report, with bounds on both sides (more than 300, fewer than 500), or where the figures go up and down
as incidents do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from truetoll.claims.incidents import falls_too_often
from truetoll.claims.known import known_on
from truetoll.claims.schema import Claim
from truetoll.claims.stated import states_origin
from truetoll.text.messages import Message, message


def with_revisions(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Give figures that revise each other, as far as it can be told, one origin: the first that was reported.

    Parameters
    ----------
    claims : iterable of Claim
        As read: their origins are those stated, or their own ids.

    Returns
    -------
    tuple of Claim
        In their order, which does not matter, nor do their ids.
    """
    found = tuple(claims)
    first = dict(pair for group in _series(found) for pair in _first(group))
    return tuple(replace(claim, origin=first[claim.id]) if claim.id in first else claim for claim in found)


def _series(claims: Iterable[Claim]) -> Iterator[Sequence[Claim]]:
    """Find figures of one source, losses and window of which nothing is stated."""
    alike: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.origin == claim.id and claim.reported and not states_origin(claim):
            losses = frozenset(reading.content for reading in claim.readings)
            figure = claim.figure
            kind = figure.form if figure.form.of_truth else None
            alike[claim.source, losses, claim.since, claim.as_of, figure.share, kind].append(claim)
    return (group for group in alike.values() if len(group) > 1 and _is_one(group))


def _is_one(group: Sequence[Claim]) -> bool:
    """Whether figures can be one and its corrections."""
    days = sorted({known_on(claim) for claim in group})
    sides = {claim.figure.form.side for claim in group} - {0}
    # Of what was said on one day the order is not known, so it does not tell of ups and downs.
    by_day: dict[date, list[float]] = defaultdict(list)
    for claim in group:
        by_day[known_on(claim)].append(claim.figure.value)
    course = [min(by_day[day]) for day in days]
    return len(days) > 1 and len(sides) < 2 and not falls_too_often(course)


def _first(group: Sequence[Claim]) -> Iterator[tuple[str, str]]:
    """Pair every claim of a series with the first; of several of that day with what says the least."""
    first = min(group, key=lambda c: (known_on(c), c.figure.value, c.figure.low, c.text, c.line))
    yield from ((claim.id, first.id) for claim in group)


def revised(claims: Iterable[Claim]) -> dict[str, str]:
    """Find the claims that others say they revise.

    Parameters
    ----------
    claims : iterable of Claim
        Neither their order nor their ids matter.

    Returns
    -------
    dict of str to str
        Id of each -> id of the last that revises it, or what revised it; of several at once what says the least.
    """
    found = {claim.id: claim for claim in claims}
    by: dict[str, list[Claim]] = defaultdict(list)
    for claim in found.values():
        if claim.revises in found and claim.revises != claim.id:
            by[claim.revises].append(claim)

    def last(name: str, passed: frozenset[str]) -> str:
        later = [claim for claim in by.get(name, ()) if claim.id not in passed]
        if not later:
            return name
        chosen = max(later, key=lambda c: (known_on(c), c.as_of, -c.figure.value, -c.figure.low, c.text, -c.line))
        return last(chosen.id, passed | {chosen.id})

    return {name: last(name, frozenset({name})) for name in by}


def faults(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Message, tuple[str, ...]]]:
    """Check that what a claim revises was said before, by the same source.

    Parameters
    ----------
    claims : sequence of Claim
        As read.

    Yields
    ------
    Claim, Message, tuple of str
        The claim, what is wrong with its ``revises``, and the ids there are, if it names none of them.
    """
    known = {claim.id: claim for claim in claims}
    for claim in (each for each in claims if each.revises):
        old = known.get(claim.revises)
        if old is None:
            yield claim, message("wrong_claim.revises_none"), tuple(known)
        elif old is claim:
            yield claim, message("wrong_claim.revises_itself"), ()
        elif old.source != claim.source:
            yield claim, message("wrong_claim.revises_other", source=old.source), ()
        elif known_on(old) > known_on(claim):
            yield claim, message("wrong_claim.revises_later", day=known_on(old)), ()
        elif _is_circle(claim, known):
            yield claim, message("wrong_claim.revises_circle"), ()


def _is_circle(claim: Claim, known: Mapping[str, Claim]) -> bool:
    passed: set[str] = set()
    while claim.revises in known and claim.id not in passed:
        passed.add(claim.id)
        claim = known[claim.revises]
    return claim.id in passed
