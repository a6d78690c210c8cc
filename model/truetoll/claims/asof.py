"""A case as it was known on a day.

What was reported later is left out, and the answer is about losses up to that day. Bins, priors, relations, access
and origins stay: the prior then means the same on every day, and only what had been said makes the difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from truetoll.claims.known import known_on
from truetoll.claims.places import in_table, of_claim, of_table
from truetoll.claims.reading.checks import first_presence
from truetoll.claims.reading.notices import notices
from truetoll.claims.reading.origins import set_aside, stood_for
from truetoll.claims.schema import Aside, Case, Claim
from truetoll.errors import CaseError, Problem
from truetoll.text.messages import Message, listed, message

WHERE = "as_of"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAMED = 8
"""Claims that a notice names."""


def as_of(case: Case, day: date | str) -> Case:
    """Take a case back to what had been reported by a day.

    A claim counts from the day it was reported; one without such a date, from the end of its window. Which claims
    repeat which is judged anew among those that are left: a repeat counts while what it repeats is not known yet.

    Parameters
    ----------
    case : Case
        With or without a scenario; it is not changed.
    day : date or str
        ``2025-01-31``. It may lie after the last bin: later reports still tell of earlier losses.

    Returns
    -------
    Case
        Its answers are about losses up to that day (or up to the last edge, if that is earlier). A bin in which the
        day lies is counted by days. Bins after it stay and are forecast by the prior, and not reported.

    Raises
    ------
    CaseError
        For what is no date, a day on which nobody could be lost yet, or one by which no claim in use was reported.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> known = tt.as_of(case, "2025-01-31")
    >>> len(case.claims), len(known.claims)
    (6, 4)
    """
    found = read_day(day, WHERE)
    if problems := [*_too_early(case, found), *_too_late(case, found)]:
        raise CaseError(problems)
    claims = _judged_anew(case, [claim for claim in case.claims if known_on(claim) <= found])
    if not any(claim.weight > 0 for claim in claims):
        raise CaseError([_nothing_known(case.claims, found)])
    told = (*notices(case.file, claims, case.reliability), *_notices(case.claims, claims, found))
    return replace(case, claims=claims, notices=tuple(in_table(said, case.table) for said in told), known_on=found)


def read_day(day: date | str, where: str) -> date:
    """Read a day.

    Parameters
    ----------
    day : date or str
    where : str
        Place of the problem, if it is none.

    Returns
    -------
    date

    Raises
    ------
    CaseError
    """
    if type(day) is date:
        return day
    text = str(day)
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        raise CaseError([Problem(where, message("wrong_day.no_such_day"), repr(text))]) from None
    raise CaseError([Problem(where, message("wrong_day.no_date"), repr(text))])


def earliest(case: Case) -> date:
    """Find the day after which every force can have lost people.

    Parameters
    ----------
    case : Case

    Returns
    -------
    date
    """
    return max(first_presence(force, case.bins) for force in case.forces.values())


def _too_early(case: Case, day: date) -> Iterator[Problem]:
    if day <= case.bins[0]:
        yield Problem(WHERE, message("wrong_day.before_bins", day=case.bins[0]), day.isoformat())
        return
    for name, force in case.forces.items():
        if day <= (start := first_presence(force, case.bins)):
            what = message("wrong_day.before_arrival", day=start, force=name)
            yield Problem(WHERE, what, day.isoformat())


def _too_late(case: Case, day: date) -> Iterator[Problem]:
    if case.known_on is not None and day > case.known_on:
        what = message("wrong_day.later", day=case.known_on)
        yield Problem(WHERE, what, day.isoformat())


def _nothing_known(claims: Iterable[Claim], day: date) -> Problem:
    first = min(known_on(claim) for claim in claims if claim.weight > 0)
    what = message("wrong_day.nothing_known", day=first)
    return Problem(WHERE, what, day.isoformat())


def _judged_anew(case: Case, left: Iterable[Claim]) -> tuple[Claim, ...]:
    """Find repeats and corrections among the claims that are left, as a scenario excluded and included them."""
    claims, trust = case.claims, {name: source.trust for name, source in case.sources.items()}
    instead = stood_for(claims)
    excluded = {claim.id for claim in claims if claim.set_aside.why == "excluded"}
    included = {claim.id for claim in claims if claim.id in instead and claim.weight > 0}
    plain = [replace(claim, weight=1.0, set_aside=Aside("")) for claim in left]
    # Who does not use a claim does not use what it stands for either, not even while the claim itself is not known.
    absent = {name for name in excluded if all(claim.id != name for claim in plain)}
    excluded |= {name for name, first in instead.items() if first in absent and name not in included}
    return set_aside(plain, frozenset(excluded), frozenset(included), trust)


def _notices(claims: Sequence[Claim], left: Sequence[Claim], day: date) -> Iterator[Message]:
    yield message("notice.as_known", day=day, n=len(claims) - len(left))
    if undated := [claim.id for claim in claims if claim.reported is None]:
        yield of_table("notice.undated", names=listed(undated, _NAMED))
    before = {claim.id: claim.set_aside for claim in claims}
    for claim in left:
        was = before[claim.id]
        if claim.weight > 0 and was.other:
            code = "notice.used_repeat" if was.why == "repeats" else "notice.used_superseded"
            yield of_claim(claim, code, id=claim.id, other=was.other)
