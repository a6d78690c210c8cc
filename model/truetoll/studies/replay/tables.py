"""A replay for the terminal: what was reported when, and every quantity date by date. Rich only."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.claims.schema import Term
from truetoll.render.layout import add_row, apart, notes, plain_table
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.replay.records import Hindsight, Replay, ReplayDate

_NAMED = 6
"""Claims that are named for a date."""


def replay_view(found: Replay, w: Words = ENGLISH) -> RenderableType:
    """Lay out a replay: what it is, what was reported when, every quantity as it moved.

    Parameters
    ----------
    found : Replay
    w : Words
        Of the language, for a screen.

    Returns
    -------
    rich renderable
        Of a date that did not converge: that it did not, and no answer.
    """
    last = w.day(found.dates[-1].date)
    parts: list[RenderableType | None] = [
        header(found, w),
        reported_table(found, w),
        *(_quantity(found, name, w) for name in found.names),
        Text(f"{w.say('replay.note', day=last)} {w.say('answer.adding')}"),
        notes(found.notices, w),
    ]
    return Group(*apart(parts))


def header(found: Replay, w: Words = ENGLISH) -> RenderableType:
    """Title, dates, and whether all converged.

    Parameters
    ----------
    found : Replay
    w : Words

    Returns
    -------
    rich renderable
    """
    failed = len(found.dates) - len(found.answered)
    lost = w.say("table.NOT_CONVERGED", what=w.say("count.dates", n=failed))
    compiled = w.say("count.compilations", n=found.compilations)
    between = w.say("table.from_to", since=w.day(found.dates[0].date), as_of=w.day(found.dates[-1].date))
    dates = w.say("count.dates", n=len(found.dates))
    about = {"case": found.case, "scenario": found.scenario, "dates": dates, "between": between}
    losses = w.say(
        "replay.losses",
        since=w.day(found.since),
        ending=ending(found, w),
        state=lost if failed else w.say("table.all_converged"),
        took=w.say("replay.took", compilations=compiled, seconds=found.seconds),
    )
    return Group(Text(found.title, style="bold"), Text(w.say("replay.heading", **about)), Text(losses))


def ending(found: Replay, w: Words = ENGLISH) -> str:
    """Say where losses end, if dates go on after that.

    Parameters
    ----------
    found : Replay
    w : Words

    Returns
    -------
    str
        `` (10 Feb 2025 at the latest)``, or nothing.
    """
    last = found.dates[-1]
    return w.say("replay.ending", day=w.day(last.as_of)) if last.as_of < last.date else ""


def reported_table(found: Replay, w: Words = ENGLISH) -> RenderableType:
    """Say what was in use on each date, and what was new.

    Parameters
    ----------
    found : Replay
    w : Words

    Returns
    -------
    rich renderable
    """
    table = plain_table(*w.columns("replay", "known_on", ">in_use", ">origins", "reported"))
    for each in found.dates:
        new, more = ", ".join(each.new[:_NAMED]), len(each.new) - _NAMED
        said = w.say("list.more", names=new, n=more) if more > 0 else new or w.say("replay.nothing_new")
        add_row(table, w.day(each.date), w.local(f"{each.n_claims:,}"), w.local(f"{each.n_origins:,}"), said)
    later = sum(claim.since_date is None for claim in found.claims)
    return Group(table, *([Text(w.say("replay.later", n=later))] if later else []))


def _quantity(found: Replay, name: str, w: Words) -> RenderableType:
    rows = [(each, _of(each, name), next((h for h in each.hindsight if h.name == name), None)) for each in found.dates]
    first = next((q for _, q, _ in rows if q), None)
    unit = "" if first is None or first.unit in ("persons", Term.of(name).quantity) else f" ({first.unit})"
    heading = Text(f"{first.force if first else name}: {w.quantity(name)}{unit}", style="bold")
    within = w.percent(found.interval_mass)
    numbers = w.columns("table", ">median", ">interval", ">prior_median", within=within)
    now = (*w.columns("replay", ">now_thought"), f">{within}")
    table = plain_table(w.say("replay.known_on"), *numbers, *now, "")
    for each, q, seen in rows:
        star = " *" if q and little_learned(q) else ""
        add_row(table, f"{w.day(each.date)}{star}", *_cells(q, w), *_now(seen, w))
    starred = any(q and little_learned(q) for _, q, _ in rows)
    return Group(heading, table, *([Text(w.say("answer.prior_only"))] if starred else []))


def _of(each: ReplayDate, name: str) -> QuantityAnswer | None:
    return next((q for q in each.quantities if q.name == name), None)


def _cells(q: QuantityAnswer | None, w: Words) -> tuple[str, str, str]:
    if q is None:
        return "-", w.say("table.not_converged"), "-"
    return w.whole(q.median), w.whole_span(q.interval), w.whole(q.prior.median)


def _now(now: Hindsight | None, w: Words) -> tuple[str, str, str]:
    if now is None:
        return "-", "-", ""
    return w.whole(now.median), w.whole_span(now.interval), w.say("replay.outside") if now.inside is False else ""
