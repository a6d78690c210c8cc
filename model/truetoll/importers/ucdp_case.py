"""Events of UCDP -> a case: one claim a bin for each party.

UCDP is one source, and every event is its own count, so the events of a bin are added up; an event that can have
happened in several bins is spread evenly over its days, as the model itself spreads losses within a bin.

- If every death of a bin has a party, the claim of a party is the range of its dead: the sum over events of its share
  of ``best``, taken at ``low`` and at ``high``. It is a range and not "at least", because low and high are what coders
  hold possible. That the whole is an undercount is said once, as a bias of the source.
- If some dead of a bin may be anybody's (``deaths_unknown``), each party's own dead are a lower bound ("at least"),
  and one more claim gives the range of all parties together. Nobody is counted twice, and none is left out.
- If only the highest estimate knows of a death, the figure is "up to" it.
- A party without a death in a bin gets "at most 1": that nobody was heard of is a look, too, and a bin without a claim
  would be filled in from its neighbours. (It says what "0" would: that less than one was put down.)

All claims of a bin are one origin: they come from the same events. Figures are rounded to whole persons. Parties of
which no dead are known (perpetrators of one-sided violence, mostly) are left out, unless that goes for all.

References
----------
Undercount: Vesco, Randahl, Hegre and others 2026, Journal of Conflict Resolution, doi:10.1177/00220027261423826.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from truetoll.claims.languages import Language
from truetoll.claims.schema import CaseFile
from truetoll.claims.wording import range_text, read_lexicon
from truetoll.importers.bins import BinWidth, edges
from truetoll.importers.casefiles import case_file
from truetoll.importers.drafts import Entry, Imported
from truetoll.importers.parties import keys, told
from truetoll.importers.sheet import Ledger
from truetoll.text.messages import message
from truetoll.text.saying import Speaker

CIVILIANS, UNKNOWN = "Civilians", ""
REST, UNNAMED = "Other parties", "Party without a name"
"""Parties that are none of the file's: their names are words of the catalogue (`import_name`)."""
MOST_PARTIES = 20
"""More make no sensible case: each has a prior, and most have a handful of claims."""

SOURCE = "ucdp"
_TOTAL = {
    "median": 1_100,
    "low": 11,
    "high": 110_000,
    "reason": "any_party",
}
_BIAS = {
    "mu": -0.4,
    "mu_sd": 0.0,
    "tau": 0.3,
    "reason": "ucdp_undercount",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One event. A file can have hundreds of thousands of them, so each is kept small.

    Parameters
    ----------
    start, end : date
        First and last day on which it can have happened.
    sides : tuple of str
        The two parties.
    parts : tuple of int
        Dead of the first, of the second, civilians, and dead of whom that is not known: best estimate.
    best, low, high : int
        All of them.
    """

    start: date
    end: date
    sides: tuple[str, str]
    parts: tuple[int, ...]
    best: int
    low: int
    high: int

    @property
    def dead(self) -> dict[str, int]:
        """Dead by party, `CIVILIANS` and `UNKNOWN`: persons, best estimate."""
        names = (*self.sides, CIVILIANS, UNKNOWN)
        found = dict.fromkeys(names, 0)
        for party, n in zip(names, self.parts, strict=True):
            found[party] += n
        return found


@dataclass(frozen=True, slots=True)
class Span:
    """Which days are asked about.

    Parameters
    ----------
    width : {"day", "week", "month"}
    since, as_of : date or None
        First and last edge; those of the events if not given.
    """

    width: BinWidth
    since: date | None = None
    as_of: date | None = None


@dataclass
class _Dead:
    """Sums over the events of a bin, of one party or of all: persons, broken where an event was spread."""

    best: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def add(self, best: float, low: float, high: float) -> None:
        self.best, self.low, self.high = self.best + best, self.low + low, self.high + high


@dataclass
class _Bin:
    events: int = 0
    parties: dict[str, _Dead] = field(default_factory=lambda: defaultdict(_Dead))
    together: _Dead = field(default_factory=_Dead)


def case_of(
    events: Sequence[Event], span: Span, ledger: Ledger, about: str, names: Mapping[str, str], spoken: Language = "en"
) -> Imported:
    """Make a case of events.

    Parameters
    ----------
    events : sequence of Event
        At least one.
    span : Span
    ledger : Ledger
        What became of the rows that are no event.
    about : str
        Which conflict or country it is.
    names : mapping of str to str
        Party -> force it belongs to, those with the most dead first; parties that are not named have no dead.
    spoken : {"en", "es"}
        Language of titles, names and notes.

    Returns
    -------
    Imported
    """
    parties = keys(dict.fromkeys(names.values()))
    start = span.since or min(event.start for event in events) - timedelta(days=1)
    cut = edges(start, span.as_of or max(event.end for event in events), span.width)
    bins, spread = _binned(events, cut, names)
    windows, w = pairwise(cut), Speaker(spoken)
    pieces = zip(bins, windows, strict=True)
    claims = tuple(each for found, window in pieces for each in _claims(found, window, parties, w))
    counts = {
        "rows": ledger.rows,
        "events": len(events),
        "events_over_several_bins": spread,
        "claims": len(claims),
        "parties": len(parties),
        "deaths_in_file": sum(event.best for event in events) + ledger.measured.total(),
        "deaths_best": sum(event.best for event in events),
        "deaths_low": sum(event.low for event in events),
        "deaths_high": sum(event.high for event in events),
        "deaths_of_unknown_side": sum(event.dead[UNKNOWN] for event in events),
    }
    if joined := sum(own != force for own, force in names.items()):
        counts["parties_joined"] = joined
    return Imported.of("ucdp-ged", _case(parties, cut, about, w), claims, counts, ledger, _REMARKS)


_REMARKS = (message("import_remark.ucdp_alone"), message("import_remark.no_report_date"))


def _binned(events: Iterable[Event], cut: Sequence[date], names: Mapping[str, str]) -> tuple[list[_Bin], int]:
    """Add up the events of each bin; how many had to be spread over several."""
    bins = [_Bin() for _ in cut[1:]]
    several = 0
    for event in events:
        shares = list(_shares(event, cut))
        several += len(shares) > 1
        for place, share in shares:
            bins[place].events += 1
            bins[place].together.add(event.best * share, event.low * share, event.high * share)
            for party, n in event.dead.items():
                low, high = (n * share * end / event.best if event.best else 0.0 for end in (event.low, event.high))
                bins[place].parties[names.get(party, party)].add(n * share, low, high)
    return bins, several


def _shares(event: Event, cut: Sequence[date]) -> Iterator[tuple[int, float]]:
    """Yield (bin, share of the event's days in it)."""
    days = (event.end - event.start).days + 1
    for place in range(bisect_left(cut, event.start) - 1, bisect_left(cut, event.end)):
        first, last = max(event.start, cut[place] + timedelta(days=1)), min(event.end, cut[place + 1])
        yield place, ((last - first).days + 1) / days


def _claims(found: _Bin, window: Sequence[date], parties: Mapping[str, str], w: Speaker) -> Iterator[Entry]:
    """Yield the claims of one bin."""
    since, as_of = window
    of_parties = sum(found.parties[party].high for party in parties)
    is_open = round(found.together.high - of_parties) > 0

    def entry(name: str, losses: str, figure: str, of: _Dead) -> Entry:
        note = w.say("import_note.events", n=found.events, best=of.best)
        return Entry(f"{name}-{as_of}", SOURCE, None, losses, figure, since, as_of, f"ucdp-{as_of}", note=note)

    for party, key in parties.items():
        dead = found.parties[party]
        if not is_open:
            yield entry(f"ucdp-{key}", f"{key}.killed", _range(dead), dead)
        elif round(dead.low) and len(parties) > 1:
            yield entry(f"ucdp-{key}", f"{key}.killed", f"at least {round(dead.low):,}", dead)
    if is_open:
        together = " + ".join(f"{key}.killed" for key in parties.values())
        yield entry("ucdp.together", together, _range(found.together), found.together)


def _range(dead: _Dead) -> str:
    low, high = round(dead.low), round(dead.high)
    if high == 0:
        return "at most 1"
    if low == 0:
        return f"up to {high:,}"
    return f"{low:,}" if low == high else range_text(low, high, read_lexicon("en"))


def _case(parties: Mapping[str, str], cut: tuple[date, ...], about: str, w: Speaker) -> CaseFile:
    """Make case.toml."""
    forces = {
        key: {
            "name": told(party),
            "victims": "civilian" if party == CIVILIANS else "military",
            "outcomes": ("killed",),
            "total": _TOTAL,
        }
        for party, key in parties.items()
    }
    source: dict[str, Any] = {
        "name": "Uppsala Conflict Data Program, Georeferenced Event Dataset",
        "relations": dict.fromkeys(forces, "observer_ngo"),
        "access": "remote",
        "reason": "ucdp",
        "bias": dict.fromkeys(forces, _BIAS),
        "url": "https://ucdp.uu.se/downloads/",
    }
    head = {
        "title": w.say("import_case.ucdp", about=told(about)),
        "description": w.say("import_case.ucdp_about"),
        "bins": cut,
    }
    return case_file(head, forces, {SOURCE: source}, w)
