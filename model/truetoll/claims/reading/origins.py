"""Claims against each other: which go back to one origin, which say the same again, and which were corrected."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from truetoll.claims.known import known_on
from truetoll.claims.reading.revisions import revised
from truetoll.claims.schema import Aside, Claim, Figure, Form

VAGUE = 2.0
"""Upper over lower edge of a cell beyond which a figure (thousands) is no number but a word for its size."""


def join_origins(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Give claims whose origin names another claim the origin of that claim.

    A bulletin that tallies several losses (killed, tanks) is one origin for each of them: an error in one tally is not
    an error in the next.

    Parameters
    ----------
    claims : iterable of Claim

    Returns
    -------
    tuple of Claim
    """
    found = tuple(claims)
    stated = {claim.id: claim.origin for claim in found}
    rank = {claim.id: content(claim) for claim in found}
    roots = tuple((claim, _root(claim.origin, stated, rank)) for claim in found)
    several = _several(found)
    named = ((c, f"{root}: {_losses(c)}" if root in several else root) for c, root in roots)
    return tuple(claim if name == claim.origin else replace(claim, origin=name) for claim, name in named)


def _several(claims: Iterable[Claim]) -> frozenset[str]:
    """Bulletins that speak of more than one thing."""
    about: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        about[claim.bulletin].add(_losses(claim))
    return frozenset(name for name, losses in about.items() if name and len(losses) > 1)


def _losses(claim: Claim) -> str:
    return " | ".join(sorted(reading.counted for reading in claim.readings))


def _root(origin: str, stated: Mapping[str, str], rank: Mapping[str, tuple[object, ...]]) -> str:
    """Follow origins that are claims to the last; a circle is called by the first of it that was known."""
    passed: list[str] = []
    while origin in stated and stated[origin] != origin:
        if origin in passed:
            return min(passed[passed.index(origin) :], key=lambda name: rank[name])
        passed.append(origin)
        origin = stated[origin]
    return origin


def set_aside(
    claims: Iterable[Claim], excluded: frozenset[str], included: frozenset[str], trust: Mapping[str, float]
) -> tuple[Claim, ...]:
    """Take the weight from claims that others stand for, and from excluded ones.

    The others have as much as their source is trusted. What an excluded claim stood for stays aside: a repeat is no
    other look at what it says, and a figure that was withdrawn stays so.

    Parameters
    ----------
    claims : iterable of Claim
        With their origins joined, and all with weight 1.
    excluded, included : frozenset of str
        Ids of claims to leave out, and of repeats and withdrawn figures to keep.
    trust : mapping of str to float
        By source.

    Returns
    -------
    tuple of Claim
    """
    found = tuple(claims)
    why = history(found)
    weighed = (_weighed(claim, why, excluded, included) for claim in found)
    return tuple(replace(c, weight=c.weight * trust[c.source]) if c.weight > 0 else c for c in weighed)


def _weighed(claim: Claim, why: Mapping[str, Aside], excluded: frozenset[str], included: frozenset[str]) -> Claim:
    if claim.id in excluded:
        return replace(claim, weight=0.0, set_aside=Aside("excluded"))
    if claim.id in why and claim.id not in included:
        return replace(claim, weight=0.0, set_aside=why[claim.id])
    return claim


def history(claims: Iterable[Claim]) -> dict[str, Aside]:
    """Find the claims that others of their origin stand for: repeats, and figures that their source corrected.

    Parameters
    ----------
    claims : iterable of Claim
        With their origins joined; neither their order nor their ids matter.

    Returns
    -------
    dict of str to Aside
        By the id of the claim.
    """
    found = tuple(claims)
    later = superseded(found)
    corrected = {claim: Aside("superseded", last) for claim, last in later.items()}
    return corrected | {claim: Aside("repeats", first) for claim, first in repeats(found).items() if claim not in later}


def _revising(claims: Iterable[Claim]) -> frozenset[tuple[str, str]]:
    """Pairs of a claim and one that it revises, at one remove or several."""
    named = {claim.id: claim.revises for claim in claims if claim.revises}
    pairs = set[tuple[str, str]]()
    for claim, first in named.items():
        old = first
        while old and (claim, old) not in pairs:
            pairs.add((claim, old))
            old = named.get(old, "")
    return frozenset(pairs)


def stood_for(claims: Iterable[Claim]) -> dict[str, str]:
    """Find which claim stands for each that has no weight of its own.

    Parameters
    ----------
    claims : iterable of Claim
        With their origins joined.

    Returns
    -------
    dict of str to str
        Id of a repeat or of a corrected figure -> id of the claim it repeats, or by which it was replaced.
    """
    found = tuple(claims)
    return repeats(found) | superseded(found)


def superseded(claims: Iterable[Claim]) -> dict[str, str]:
    """Find the figures that their own source replaced by a later one of the same origin, losses and window.

    So are those that another claim says it revises, whatever their losses and window.

    The latest report counts; of reports of one day, that on the later day. Two different figures that were last
    reported on one day are both left: none is known to correct the other. A figure said again later stands for what
    was said between. Windows are the same if they begin on one day and no two different last days are stated.

    Parameters
    ----------
    claims : iterable of Claim
        With their origins joined; neither their order nor their ids matter.

    Returns
    -------
    dict of str to str
        Id of each -> id of the claim that counts instead, or of one that says the same.
    """
    found = tuple(claims)
    stated = revised(found)
    by_voice: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in found:
        if claim.id not in stated:
            by_voice[(claim.source, *_about(claim))].append(claim)
    later = {
        claim.id: min(last, key=content).id
        for voice in (_Voice(said) for said in by_voice.values() if len(said) > 1)
        for claim in voice.claims
        if (last := voice.after(claim)) and not any(_says(claim, each) for each in last)
    }
    return later | {claim: later.get(last, last) for claim, last in stated.items()}


def ties(claims: Iterable[Claim]) -> list[tuple[Claim, ...]]:
    """Find different figures of one source, origin, losses and window that were last reported on the same day.

    Parameters
    ----------
    claims : iterable of Claim
        With their weights.

    Returns
    -------
    list of tuple of Claim
    """
    voices: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.weight > 0:
            voices[(claim.source, *_about(claim), *_moment(claim))].append(claim)
    return [tuple(sorted(voice, key=content)) for voice in voices.values() if len(voice) > 1]


class _Voice:
    """What one source says of one origin, losses and start of the window; asked for its last word on a window."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        by_day: dict[date, list[Claim]] = defaultdict(list)
        for claim in claims:
            by_day[claim.as_of].append(claim)
        self.claims = claims
        self._by_day = {day: _latest(each) for day, each in by_day.items()}
        self._open = _latest([claim for claim in claims if not _ends(claim)])
        self._any = _latest([claim for claim in claims if not claim.bulletin])

    def after(self, claim: Claim) -> list[Claim]:
        """Latest claims on the window of one of them, if they are later than that."""
        if not _ends(claim):
            last = self._any
        else:
            last = _latest([*self._by_day[claim.as_of], *(() if claim.bulletin else self._open)])
        return last if _moment(last[0]) > _moment(claim) else []


def _latest(claims: Sequence[Claim]) -> list[Claim]:
    last = max(map(_moment, claims), default=None)
    return [claim for claim in claims if _moment(claim) == last]


def _moment(claim: Claim) -> tuple[date, date]:
    return known_on(claim), claim.as_of


def _ends(claim: Claim) -> bool:
    """Whether a last day is stated; a figure of a bulletin is always one of its day."""
    return bool(claim.bulletin) or dict(claim.cells).get("as_of", "stated") != ""


def repeats(claims: Iterable[Claim]) -> dict[str, str]:
    """Find the claims that say again what another of the same origin said.

    A repeat has the same number in another wording; or is less precise, but holds or is met by what the other says
    ("thousands" for 2,000, "at least 300" for "about 400"); or is the same in another unit, a share beside a count,
    which cannot be told from it. Another figure is another look.

    Parameters
    ----------
    claims : iterable of Claim
        With their origins joined; neither their order nor their ids matter.

    Returns
    -------
    dict of str to str
        Id of each repeat -> id of the claim it repeats.
    """
    found = tuple(claims)
    named = frozenset(claim.origin for claim in found)
    alike: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in found:
        alike[(*_about(claim), claim.as_of)].append(claim)
    pairs = (pair for group in alike.values() if len(group) > 1 for pair in _again(group, named))
    # Who corrects the window alone says the same number again, and stands for it.
    own = _revising(found)
    return dict(pair for pair in pairs if pair not in own)


def _again(group: Iterable[Claim], named: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Go through what was said in the order in which it counts, and find what the claims so far say already."""
    first: list[Claim] = []
    # What an origin is named after and what a tally links stand for their repeats.
    for claim in sorted(group, key=lambda claim: (claim.id not in named, not claim.bulletin, *content(claim))):
        if said := next((each for each in first if _says(each, claim)), None):
            yield claim.id, said.id
            continue
        # Of what was said at one moment the less precise is the repeat, wherever it stands.
        for vaguer in [each for each in first if _moment(each) == _moment(claim) and _implies(claim, each)]:
            first.remove(vaguer)
            yield vaguer.id, claim.id
        first.append(claim)


def _says(first: Claim, again: Claim) -> bool:
    """Whether a claim says again what another said before."""
    one, other = first.figure, again.figure
    none = Form.BELOW in (one.form, other.form) and one.form is not other.form
    if one.share is not other.share or (math.isclose(one.value, other.value) and not none):
        return True
    later = first.source == again.source and _moment(first) < _moment(again)
    # A voice that says less than it did has corrected itself, as 900 names after 1,000; a vague word is no correction.
    return _implies(first, again) and (not later or other.high > VAGUE * other.low)


def _implies(precise: Claim, vague: Claim) -> bool:
    """Whether what one figure may stand for lies within what another may stand for."""
    one, other = _region(precise.figure), _region(vague.figure)
    alike = precise.figure.share is vague.figure.share
    return alike and other[0] <= one[0] and one[1] <= other[1]


def _region(figure: Figure) -> tuple[float, float]:
    """Smallest and largest number that a figure allows, a bound taken at its word."""
    if figure.form.side > 0:
        return figure.value, math.inf
    if figure.form.side < 0:
        return 0.0, figure.value
    return figure.low, figure.high


def _about(claim: Claim) -> tuple[object, ...]:
    """Tell what two claims must have in common for one to stand for the other: all but last day, figure and voice."""
    losses = frozenset(reading.content for reading in claim.readings)
    strength = all(t.is_strength for r in claim.readings for t in r.terms)
    # A floor and a ceiling look at the truth, not at a belief about it: they stand only for their own kind.
    kind = claim.figure.form if claim.figure.form.of_truth else None
    return claim.origin, losses, None if strength else claim.since, kind


def content(claim: Claim) -> tuple[date, date, bool, str, float, float, str, tuple[tuple[str, str], ...], int]:
    """Rank claims by when they were known and by what they say, never by their ids.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    tuple
        To be compared. The line decides only between claims that say the same, word for word.
    """
    figure = claim.figure
    said = tuple(cell for cell in claim.cells if cell[0] not in ("id", "origin"))
    when = (known_on(claim), claim.as_of)
    return *when, figure.share, claim.source, figure.low, figure.high, claim.text, said, claim.line
