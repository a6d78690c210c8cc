"""Running tallies: which figures of a bulletin follow which."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from truetoll.claims.known import known_on
from truetoll.claims.schema import Claim, Form

_WIDEST = 2.0
"""Upper over lower edge of a cell beyond which a figure (thousands) is no point on a tally."""

_SLIP = 0.1
"""Log distance from both neighbours beyond which a figure is a slip: a judgement, ten times a day of a tally."""

_FALL = 0.9
"""A figure below this part of the one before it falls: corrections of a tally are smaller. A judgement."""
_FALLS = 0.1
"""Part of its steps that may fall before a tally is doubtful. A judgement."""


@dataclass(frozen=True, slots=True)
class Link:
    """The place of one figure in its tally.

    Parameters
    ----------
    previous : str or None
        Id of the figure before it; None for the first.
    days : int
        Days since then; 0 for the first.
    """

    previous: str | None
    days: int


def chains(claims: Iterable[Claim]) -> dict[str, Link]:
    """Link the figures of running tallies, each tally in the order of the days it speaks of.

    A tally is what one source says in one bulletin of the same losses since the same day. Its links are plain figures
    that count, one a day (the last reported): a hedge, a bound, a share, readings or a vague word keep a claim out,
    and it stays a plain claim of that origin, as do two figures of which none is the last. A single figure is no tally.

    Parameters
    ----------
    claims : iterable of Claim
        With their weights.

    Returns
    -------
    dict of str to Link
        By claim id; only the figures of tallies.
    """
    return {
        claim.id: Link(before.id if before else None, (claim.as_of - before.as_of).days if before else 0)
        for tally in tallies(claims)
        for ordered in [_without_slips(tally)]
        if len(ordered) > 1
        for before, claim in zip([None, *ordered], ordered, strict=False)
    }


def tallies(claims: Iterable[Claim]) -> list[list[Claim]]:
    """Gather the figures of each running tally, one a day, in the order of their days; slips are still in it.

    Parameters
    ----------
    claims : iterable of Claim
        With their weights.

    Returns
    -------
    list of list of Claim
    """
    found: dict[Hashable, dict[date, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in filter(_is_point, claims):
        found[claim.bulletin, claim.source, claim.readings[0].terms, claim.since][claim.as_of].append(claim)
    return [_one_a_day(tally) for tally in found.values()]


def _one_a_day(tally: Mapping[date, Sequence[Claim]]) -> list[Claim]:
    """Keep the last word on each day, and nothing of a day on which nothing tells which that is."""
    last = ([c for c in tally[day] if known_on(c) == max(map(known_on, tally[day]))] for day in sorted(tally))
    return [said[0] for said in last if len(said) == 1]


def looks(links: Iterable[Link], decay_days: float, rho: float) -> tuple[float, float]:
    """Tell how many independent figures a running tally is worth.

    Parameters
    ----------
    links : iterable of Link
        Of one tally.
    decay_days : float
        Days after which errors are correlated by 1/e.
    rho : float
        Share of the error variance that never changes.

    Returns
    -------
    changing, all : float
        For the error that changes, the information that figures with AR(1) errors hold on their common level,
        ``1 + sum (1 - phi) / (1 + phi)``; with the lasting error, ``1 / (rho + (1 - rho) / changing)``.
    """
    phis = [math.exp(-link.days / decay_days) for link in links if link.previous]
    changing = 1.0 + sum((1.0 - phi) / (1.0 + phi) for phi in phis)
    return changing, 1.0 / (rho + (1.0 - rho) / changing)


def falls(steps: Iterable[tuple[float, float]]) -> tuple[int, int]:
    """Count how often a tally of what was lost since one day says less than before by more than a correction.

    Parameters
    ----------
    steps : iterable of (float, float)
        A figure, and the next.

    Returns
    -------
    int, int
        Falls, and steps in all.
    """
    fallen = [after < _FALL * before for before, after in steps]
    return sum(fallen), len(fallen)


def often(fallen: int, steps: int) -> bool:
    """Tell whether that is one statement after another instead of a count that goes on.

    The small noise of a tally would then have to explain the jumps between estimates.

    Parameters
    ----------
    fallen, steps : int
        As `falls` counts them.

    Returns
    -------
    bool
    """
    return fallen > _FALLS * steps


def _without_slips(ordered: list[Claim]) -> list[Claim]:
    """Leave out figures that fall or rise by more than `_SLIP` (log) from one day to the next, and come back."""
    level = [math.log(claim.figure.value) for claim in ordered]
    kept = []
    for i, claim in enumerate(ordered):
        around = level[max(0, i - 1) : i] + level[i + 1 : i + 2]
        off = [level[i] - other for other in around]
        back = len(off) == 2 and off[0] * off[1] > 0 and abs(off[0] - off[1]) < 0.5 * min(map(abs, off))
        if not (back and min(map(abs, off)) > _SLIP):
            kept.append(claim)
    return kept


def _is_point(claim: Claim) -> bool:
    figure = claim.figure
    plain = figure.form is Form.INTERVAL and claim.is_amount and figure.high < _WIDEST * figure.low
    strength = any(t.is_strength for r in claim.readings for t in r.terms)
    return bool(claim.bulletin) and claim.weight > 0 and plain and len(claim.readings) == 1 and not strength
