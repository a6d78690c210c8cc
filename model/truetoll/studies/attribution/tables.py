"""Single changes for the terminal: what makes a scenario's shift, and how far each assumption reaches alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import batched, chain

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import add_row, plain_table
from truetoll.render.tables import Row, Table, number, on_screen, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.attribution.read import by_reach
from truetoll.studies.attribution.records import Alternative, Attribution
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


def alternative_tables(comparison: Comparison, w: Words = ENGLISH) -> list[RenderableType | None]:
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
    found: list[RenderableType | None] = []
    for name in comparison.alternatives[0].low.log:
        table = alternative_table(comparison, name, w)
        if table.rows:
            found.append(on_screen(replace(table, note=""), MOST))
        if (more := len(table.rows) - MOST) > 0:
            found.append(Text(w.say("attribution.less_reach", n=more)))
    return [*found, Text(w.say("scenario.alternatives_note"))]


def alternative_table(comparison: Comparison, name: str, w: Words = ENGLISH) -> Table:
    """Say how far every assumption reaches alone, the furthest first.

    Parameters
    ----------
    comparison : Comparison
        That was asked for it.
    name : str
        Of the quantity.
    w : Words

    Returns
    -------
    Table
    """
    called = next(w.in_full(q) for q in comparison.quantities if q.name == name)
    rows = tuple(_alternative(each, name, w) for each in by_reach(comparison.alternatives, name))
    head = w.columns("head", "assumption", "lower", "shift", "higher", "shift")
    title, note = w.say("scenario.alternatives", quantity=called), w.say("scenario.alternatives_note")
    return Table("one_at_a_time", title, head, rows, note)


def _alternative(each: Alternative, name: str, w: Words) -> Row:
    sides = ((words(w.tell(side.text)), number(w.moved_by(side.log[name]))) for side in (each.low, each.high))
    return words(w.tell(each.title)), *chain.from_iterable(sides)
