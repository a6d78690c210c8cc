"""The days of a replay: those on which something new was reported, even steps, or a list."""

from __future__ import annotations

import calendar
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from truetoll.claims.asof import as_of, earliest, read_day
from truetoll.claims.known import known_on
from truetoll.claims.reading.origins import repeats
from truetoll.claims.schema import Case, Claim
from truetoll.errors import CaseError, Problem
from truetoll.text.messages import message

Day = date | str

MOST = 20
"""Days of a replay that nobody chose."""
LIMIT = 1000
"""Days that can be asked for."""
_STEP = re.compile(r"(\d{1,5})( ?d| ?days?)?")
_NAMED = {"day": 1, "week": 7}
_ALLOWED = ("week", "month", message("wrong_day.days"))


def replay_days(
    case: Case,
    days: Iterable[Day] | None = None,
    *,
    first: Day | None = None,
    last: Day | None = None,
    every: str | int | None = None,
) -> tuple[date, ...]:
    """Choose the days at which a case is looked at.

    Parameters
    ----------
    case : Case
    days : iterable of (date or str), optional
        Exactly these.
    first, last : date or str, optional
        Between which days; default the first and the last on which a claim in use was reported.
    every : str or int, optional
        ``week``, ``month`` or a number of days; `last` is always among them. If not given: the days on which something
        new was reported, 20 of them at most, evenly chosen.

    Returns
    -------
    tuple of date
        Rising.

    Raises
    ------
    CaseError
        With every problem, those of days that cannot be answered too.
    """
    problems: list[Problem] = []
    if days is not None:
        found = [_read(day, "dates", problems) for day in days]
        if first or last or every:
            problems.append(Problem("dates", message("wrong_day.both_ways")))
        chosen = {day for day in found if day}
    else:
        start, end = _read(first, "from", problems), _read(last, "to", problems)
        chosen = set(_between(case, start, end, every, problems))
    if not chosen and not problems:
        problems.append(Problem("dates", message("wrong_day.none")))
    try:
        cases_known(case, sorted(chosen))
    except CaseError as error:
        problems += error.problems
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return tuple(sorted(chosen))


def cases_known(case: Case, days: Iterable[date]) -> dict[date, Case]:
    """Take a case back to each of some days.

    Parameters
    ----------
    case : Case
    days : iterable of date

    Returns
    -------
    dict of date to Case

    Raises
    ------
    CaseError
        With the problems of all of them.
    """
    found: dict[date, Case] = {}
    problems: list[Problem] = []
    for day in days:
        try:
            found[day] = as_of(case, day)
        except CaseError as error:
            problems += error.problems
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return found


def days_with_news(case: Case) -> list[date]:
    """Find the days on which what is known changed, from the first on that gives an answer.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of date
        Rising. A repeat is news only if it came before what it repeats; a figure that was corrected later is.
    """
    primary, groups = repeats(case.claims), defaultdict[str, list[Claim]](list)
    for claim in case.claims:
        groups[primary.get(claim.id, claim.id)].append(claim)
    counted = [claim for claim in case.claims if claim.weight > 0 or claim.set_aside.why == "superseded"]
    news = {known_on(claim) for claim in counted}
    news |= {min(map(known_on, group)) for group in groups.values() if any(c.weight > 0 for c in group)}
    # What was known before anybody could be lost is known on the day after.
    start = earliest(case) + timedelta(days=1)
    return sorted({max(day, start) for day in news})


def _between(
    case: Case, first: date | None, last: date | None, every: str | int | None, problems: list[Problem]
) -> Sequence[date]:
    news = days_with_news(case)
    step = None if every is None else _step(every)
    if every is not None and step is None:
        problems.append(Problem("every", message("wrong_day.no_step"), repr(every), _ALLOWED))
    first, last = first or news[0], last or max(news[-1], first or news[-1])
    if first > last:
        problems.append(Problem("from", message("wrong_day.reversed", day=last), first.isoformat()))
    if problems:
        return ()
    if step is None:
        return _thinned(sorted({first, last, *(day for day in news if first <= day <= last)}))
    if (last - first).days / (30 if step == "month" else int(step)) > LIMIT:
        problems.append(Problem("every", message("wrong_day.too_many", most=LIMIT), repr(every)))
        return ()
    return [*_steps(first, last, step), last]


def _thinned(days: Sequence[date]) -> list[date]:
    """Choose evenly among days, the first and the last included."""
    if len(days) <= MOST:
        return list(days)
    return [days[round(i * (len(days) - 1) / (MOST - 1))] for i in range(MOST)]


def _step(every: str | int) -> str | int | None:
    """Read a step: ``month``, a number of days, or None for what cannot be understood."""
    text = str(every).strip().lower()
    if text in _NAMED or text == "month":
        return _NAMED.get(text, text)
    match = _STEP.fullmatch(text)
    return int(match[1]) or None if match else None


def _steps(first: date, last: date, step: str | int) -> Iterator[date]:
    day, n = first, 0
    while day <= last:
        yield day
        n += 1
        day = _months_later(first, n) if step == "month" else day + timedelta(days=int(step))


def _months_later(day: date, n: int) -> date:
    """Find the same day some months later, or the last of that month."""
    year, month = divmod(12 * day.year + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _read(day: Day | None, where: str, problems: list[Problem]) -> date | None:
    if day is None:
        return None
    try:
        return read_day(day, where)
    except CaseError as error:
        problems += error.problems
        return None
