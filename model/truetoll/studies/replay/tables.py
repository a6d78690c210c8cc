"""A replay for the terminal: what was reported when, and every quantity date by date. Rich only."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.answers.words import day, percent, quantity_words, whole, whole_span
from truetoll.claims.schema import Term
from truetoll.render.layout import add_row, apart, bullets, counted, plain_table
from truetoll.studies.fit.tables import ADDING, PRIOR_ONLY
from truetoll.studies.replay.records import Hindsight, Replay, ReplayDate

_NAMED = 6
"""Claims that are named for a date."""
OUTSIDE = "outside"


def replay_view(found: Replay) -> RenderableType:
    """Lay out a replay: what it is, what was reported when, every quantity as it moved.

    Parameters
    ----------
    found : Replay

    Returns
    -------
    rich renderable
        Of a date that did not converge: that it did not, and no answer.
    """
    parts: list[RenderableType | None] = [
        header(found),
        reported_table(found),
        *(_quantity(found, name) for name in _names(found)),
        Text(_note(found)),
        bullets("Note", found.notices),
    ]
    return Group(*apart(parts))


def header(found: Replay) -> RenderableType:
    """Title, dates, and whether all converged.

    Parameters
    ----------
    found : Replay

    Returns
    -------
    rich renderable
    """
    failed = len(found.dates) - len(found.answered)
    state = f"{counted(failed, 'date')} NOT CONVERGED" if failed else "all converged"
    took = f"{counted(found.compilations, 'compilation')}, {found.seconds:,.0f} s"
    between = f"{day(found.dates[0].date)} to {day(found.dates[-1].date)}"
    return Group(
        Text(found.title, style="bold"),
        Text(f"{found.case}, scenario {found.scenario}; replayed at {counted(len(found.dates), 'date')}, {between}"),
        Text(f"losses from {day(found.since)} up to each date{ending(found)}; {state}; {took}"),
    )


def ending(found: Replay) -> str:
    """Say where losses end, if dates go on after that.

    Parameters
    ----------
    found : Replay

    Returns
    -------
    str
        `` (10 Feb 2025 at the latest)``, or nothing.
    """
    last = found.dates[-1]
    return f" ({day(last.as_of)} at the latest)" if last.as_of < last.date else ""


def reported_table(found: Replay) -> RenderableType:
    """Say what was in use on each date, and what was new.

    Parameters
    ----------
    found : Replay

    Returns
    -------
    rich renderable
    """
    table = plain_table("Known on", ">claims in use", ">origins", "reported since the date before")
    for each in found.dates:
        more = f" and {len(each.new) - _NAMED:,} more" if len(each.new) > _NAMED else ""
        new = ", ".join(each.new[:_NAMED]) + more if each.new else "nothing new"
        add_row(table, day(each.date), f"{each.n_claims:,}", f"{each.n_origins:,}", new)
    later = [claim.id for claim in found.claims if claim.since_date is None]
    told = f"Reported after the last date, and not used: {counted(len(later), 'claim')}."
    return Group(table, *([Text(told)] if later else []))


def _names(found: Replay) -> list[str]:
    return list(found.names)


def _quantity(found: Replay, name: str) -> RenderableType:
    rows = [(each, _of(each, name), next((h for h in each.hindsight if h.name == name), None)) for each in found.dates]
    first = next((q for _, q, _ in rows if q), None)
    unit = "" if first is None or first.unit in ("persons", Term.of(name).quantity) else f" ({first.unit})"
    heading = Text(f"{first.force if first else name}: {quantity_words(name)}{unit}", style="bold")
    within = percent(found.interval_mass)
    table = plain_table("Known on", ">median", f">{within} interval", ">prior median", ">now thought", f">{within}", "")
    for each, q, now in rows:
        star = " *" if q and little_learned(q) else ""
        add_row(table, f"{day(each.date)}{star}", *_cells(q), *_now(now))
    starred = any(q and little_learned(q) for _, q, _ in rows)
    return Group(heading, table, *([Text(PRIOR_ONLY)] if starred else []))


def _of(each: ReplayDate, name: str) -> QuantityAnswer | None:
    return next((q for q in each.quantities if q.name == name), None)


def _cells(q: QuantityAnswer | None) -> tuple[str, str, str]:
    if q is None:
        return "-", "not converged", "-"
    return whole(q.median), whole_span(q.interval.low, q.interval.high), whole(q.prior.median)


def _now(now: Hindsight | None) -> tuple[str, str, str]:
    if now is None:
        return "-", "-", ""
    place = OUTSIDE if now.inside is False else ""
    return whole(now.median), whole_span(now.interval.low, now.interval.high), place


def _note(found: Replay) -> str:
    last = day(found.dates[-1].date)
    return (
        f"Each row: losses up to that date, as the claims reported by then would have told. Now thought: the same "
        f"losses up to the same date, as seen on {last}; '{OUTSIDE}': its median lies outside the interval given then. "
        f"{ADDING}"
    )
