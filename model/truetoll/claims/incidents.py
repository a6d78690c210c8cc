"""Incidents entered as claims: found, and added up by bin.

Claims of one window are looks at the same sum. Three incidents of 10, 20 and 30 dead are 60, and three claims of 10, 20
and 30 are some 20, so what may be incidents is told, and added up only if asked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from truetoll.claims.languages import AT_LEAST, Language
from truetoll.claims.schema import Case, Claim, Form
from truetoll.claims.stated import inferred
from truetoll.claims.wording import range_text, read_lexicon
from truetoll.text.saying import Speaker

SERIES = 4
"""Figures that make a series of which it can be said that it is no count that goes on."""
FALLING = 1 / 3
"""Part of its steps that must fall by more than a tenth: incidents fall half the time, corrected counts seldom."""
_FALL = 0.9

Window = tuple[date, date]


class Kind(StrEnum):
    """What makes figures look like incidents."""

    SAME = "same window"
    GROWING = "windows that grow"
    WITHIN = "parts of a bin"


@dataclass(frozen=True, slots=True)
class Incidents:
    """Figures of one source on the same losses that may be incidents.

    Parameters
    ----------
    kind : Kind
    claims : tuple of Claim
        In the order of claims.csv.
    """

    kind: Kind
    claims: tuple[Claim, ...]

    @property
    def growing(self) -> bool:
        """Whether all windows begin on one day and end on several: the last day is the one that is meant."""
        return len({c.since for c in self.claims}) == 1 and len({c.as_of for c in self.claims}) > 1


def incidents(claims: Sequence[Claim], bins: Sequence[date]) -> list[Incidents]:
    """Find figures that the model takes for looks at one sum, or for rates, and that may be its parts.

    Bulletins, shares, strengths, what may be read in several ways and what is left aside are none, nor are figures of
    one origin: those are corrections and repeats. What only seems to be corrected or said again belongs to the
    incidents it stands among.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.
    bins : sequence of date
        Edges.

    Returns
    -------
    list of Incidents
        By source and losses, at most one each.
    """
    said: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    known = {claim.id: claim for claim in claims}
    for claim in filter(_counts, claims):
        if claim.weight > 0 or inferred(claim, known):
            said[claim.source, claim.readings].append(claim)
    used = ((group, [claim for claim in group if claim.weight > 0]) for group in said.values())
    found = ((_kind(some, bins), group) for group, some in used if len(some) > 1)
    return [Incidents(kind, tuple(group)) for kind, group in found if kind]


def _counts(claim: Claim) -> bool:
    one = len(claim.readings) == 1 and not claim.readings[0].terms[0].is_strength
    return one and not claim.bulletin and claim.is_amount


def _kind(group: Sequence[Claim], bins: Sequence[date]) -> Kind | None:
    by_window: dict[Window, list[Claim]] = defaultdict(list)
    for claim in group:
        by_window[claim.since, claim.as_of].append(claim)
    if any(_differ(alike) for alike in by_window.values()):
        return Kind.SAME
    if _is_no_count(by_window):
        return Kind.GROWING
    return Kind.WITHIN if _are_parts([(c.since, c.as_of) for c in _near(group)], bins) else None


def _differ(alike: Sequence[Claim]) -> bool:
    """Whether figures of one window say several things, each for itself; bounds are not averaged, so it takes more."""
    for some, fewest in ((_near(alike), 2), (alike, SERIES)):
        if min(len({c.origin for c in some}), len({c.figure.value for c in some})) >= fewest:
            return True
    return False


def _near(claims: Sequence[Claim]) -> list[Claim]:
    """Claims whose figure is read as near to what their source believes."""
    return [claim for claim in claims if claim.figure.form.family != "bound"]


def _is_no_count(by_window: dict[Window, list[Claim]]) -> bool:
    """Whether figures since one day fall too often for a count that goes on."""
    starts = {since for since, _ in by_window}
    values = [by_window[window][0].figure.value for window in sorted(by_window)]
    return len(starts) == 1 and falls_too_often(values)


def falls_too_often(values: Sequence[float]) -> bool:
    """Tell whether figures in their order go up and down as incidents do, and corrected counts seldom.

    Parameters
    ----------
    values : sequence of float

    Returns
    -------
    bool
        False for fewer than `SERIES`.
    """
    if len(values) < SERIES:
        return False
    return sum(after < _FALL * before for before, after in pairwise(values)) > FALLING * (len(values) - 1)


def _are_parts(windows: Sequence[Window], bins: Sequence[date]) -> bool:
    """Whether a bin holds windows that are apart and leave some of it out: each is then a rate for all of it."""
    inside: dict[int, list[Window]] = defaultdict(list)
    for since, as_of in windows:
        at = bisect_left(bins, as_of)
        if 0 < at < len(bins) and since >= bins[at - 1]:
            inside[at].append((since, as_of))
    if sum(map(len, inside.values())) < SERIES - 1:
        return False
    return any(
        len(each) > 1 and _apart(each) and sum((b - a).days for a, b in each) < (bins[at] - bins[at - 1]).days
        for at, each in inside.items()
    )


def _apart(windows: Sequence[Window]) -> bool:
    return all(before[1] <= after[0] for before, after in pairwise(sorted(windows)))


def summed(case: Case, complete: bool = False, spoken: Language = "en") -> list[dict[str, str]]:
    """Write the claims of a case again with incidents added up by bin; all others stay as they are.

    Parameters
    ----------
    case : Case
    complete : bool
        Whether the source lists every incident. If not, what it lists is the least there was, and a sum is "at least".
    spoken : {"en", "es"}
        Language of notes.

    Returns
    -------
    list of dict
        Rows of claims.csv. A sum stands where the first of its incidents stood and names them in its note.
    """
    sums: dict[str, list[Claim]] = {}
    places: dict[str, tuple[Incidents, Window]] = {}
    for group in incidents(case.claims, case.bins):
        for claim in group.claims:
            window = _bin_of(claim, case.bins, group.growing)
            key = f"{claim.source}|{claim.readings[0]}|{window[0]}|{window[1]}"
            sums.setdefault(key, []).append(claim)
            places[key] = (group, window)
    first = {parts[0].id: key for key, parts in sums.items()}
    gone = {claim.id for parts in sums.values() for claim in parts}
    taken = {claim.id for claim in case.claims} | {claim.bulletin for claim in case.claims}
    rows = []
    for claim in case.claims:
        if claim.id in first:
            key = first[claim.id]
            row = _sum(sums[key], places[key][1], case.file.case.language, complete, taken)
            rows.append(row | {"note": _note(sums[key], Speaker(spoken))})
        elif claim.id not in gone:
            rows.append(dict(claim.cells))
    return rows


def _bin_of(claim: Claim, bins: Sequence[date], growing: bool) -> Window:
    """Find what an incident is added to: its bin, or, where it may lie in any of several, its window."""
    at = min(max(bisect_left(bins, claim.as_of), 1), len(bins) - 1)
    return (bins[at - 1], bins[at]) if growing or claim.since >= bins[at - 1] else (claim.since, claim.as_of)


def _sum(parts: Sequence[Claim], window: Window, language: str, complete: bool, taken: set[str]) -> dict[str, str]:
    like = dict(parts[0].cells)
    source, losses = parts[0].source, str(parts[0].readings[0])
    name = re.sub(r"[^\w.-]+", "-", f"{source}-{losses.partition('.')[2]}-{window[1]}")[:70]
    while name in taken:
        name += "-sum"
    taken.add(name)
    levels = {claim.credibility for claim in parts}
    reported = max((claim.reported or claim.as_of for claim in parts), default=window[1])
    return dict.fromkeys(like, "") | {
        "id": name,
        "source": source,
        "reported": max(reported, window[1]).isoformat(),
        "losses": like["losses"],
        "figure": _figure(parts, language, complete),
        "since": window[0].isoformat(),
        "as_of": window[1].isoformat(),
        "origin": f"{source}: incidents",
        "credibility": like["credibility"] if len(levels) == 1 else "",
    }


def _note(parts: Sequence[Claim], w: Speaker) -> str:
    return w.say("import_note.sum", n=len(parts), parts=tuple(f"{claim.id} ({claim.text})" for claim in parts))


def _figure(parts: Sequence[Claim], language: str, complete: bool) -> str:
    low = sum(0.0 if claim.figure.form.side < 0 else _least(claim) for claim in parts)
    high = sum(_most(claim) for claim in parts)
    if low > 0 and (not complete or any(claim.figure.form.side > 0 for claim in parts)):
        return AT_LEAST[language].format(round(low))
    if round(low) == round(high) or low <= 0:
        return f"{round(high)}"
    return range_text(round(low), round(high), read_lexicon(language))


def _least(claim: Claim) -> float:
    return claim.figure.low if _is_range(claim) else claim.figure.value


def _most(claim: Claim) -> float:
    if claim.figure.form is Form.BELOW:
        return 0.0
    return claim.figure.high if _is_range(claim) else claim.figure.value


def _is_range(claim: Claim) -> bool:
    """Whether two numbers were said: a single one stands for the numbers that would be rounded so."""
    return claim.figure.form is Form.INTERVAL and len(list(_numbers(claim.text))) > 1


def _numbers(text: str) -> Iterator[str]:
    yield from re.findall(r"\d[\d.,' ]*", text)
