"""Single changes for the terminal: what makes a scenario's shift, and how far each assumption reaches alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import batched

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import add_row, plain_table
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.attribution.read import by_reach
from truetoll.studies.attribution.records import Alternative, Attribution, Side
from truetoll.studies.compare.records import Comparison

MOST = 10
"""Alternatives of one quantity that are printed; the others are in comparison.json."""
COLUMNS = 4
"""Quantities side by side."""
SLIGHT = 0.005
"""Log ratio that is printed as nothing."""


def attribution_tables(comparison: Comparison, w: Words = ENGLISH) -> list[RenderableType]:
    """Say which changes of a scenario make its shift.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    list of rich renderable
        Empty if none was asked for.
    """
    titles = {scenario.name: w.text(scenario.title) for scenario in comparison.scenarios}
    found = [_attribution(titles.get(each.scenario, each.scenario), each, w) for each in comparison.attribution]
    return [*found, Text(w.say("attribution.adds"))] if found else []


def _attribution(title: str, found: Attribution, w: Words) -> RenderableType:
    names = [name for name in found.total if any(not abs(part.log[name]) < SLIGHT for part in found.parts)]
    heading = Text(w.say("attribution.makes", title=title), style="bold")
    if not names:
        return Group(heading, Text(f"  {w.say('attribution.nothing')}"))
    return Group(heading, *(_parts(found, chunk, w) for chunk in batched(names, COLUMNS)))


def _parts(found: Attribution, names: Sequence[str], w: Words) -> RenderableType:
    table = plain_table(w.say("attribution.change"), *(f">{name}" for name in names))
    for part in found.parts:
        add_row(table, w.tell(part.label), *_logs(part.log, names, w))
    add_row(table, w.say("table.total"), *_logs(found.total, names, w))
    add_row(table, w.say("attribution.total_percent"), *(w.moved_by(found.total[name]) for name in names))
    return table


def _logs(log: Mapping[str, float], names: Sequence[str], w: Words) -> list[str]:
    return [w.signed(log[name], 2) for name in names]


def alternative_tables(comparison: Comparison, w: Words = ENGLISH) -> list[RenderableType]:
    """Say how far each assumption reaches alone, one table per quantity, the furthest first.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    list of rich renderable
        Empty if not asked for.
    """
    if not comparison.alternatives:
        return []
    names = list(comparison.alternatives[0].low.log)
    found = [_alternatives(name, by_reach(comparison.alternatives, name), w) for name in names]
    return [*(table for table in found if table is not None), Text(w.say("attribution.alone"))]


def _alternatives(name: str, ordered: Sequence[Alternative], w: Words) -> RenderableType | None:
    if not ordered:
        return None
    table = plain_table(*w.columns("attribution", "one_at_a_time", "low", ">then", "high", ">then", quantity=name))
    for each in ordered[:MOST]:
        add_row(table, w.tell(each.title), *_end(each.low, name, w), *_end(each.high, name, w))
    more = len(ordered) - MOST
    return Group(table, *([Text(w.say("attribution.less_reach", n=more))] if more > 0 else []))


def _end(side: Side, name: str, w: Words) -> tuple[str, str]:
    return w.tell(side.text), w.moved_by(side.log[name])
