"""Single changes as tables: what makes a scenario's shift, and how far each assumption reaches alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from rich.console import RenderableType
from rich.text import Text

from truetoll.render.tables import Cell, Row, Table, number, on_screen, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.attribution.read import by_reach
from truetoll.studies.attribution.records import Alternative
from truetoll.studies.compare.records import Comparison

MOST = 10
"""Alternatives of one quantity that are printed; the others are in comparison.json."""


def attribution_tables(comparison: Comparison, w: Words = ENGLISH) -> Iterator[Table]:
    """Say which changes of a scenario make its shift.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Yields
    ------
    Table
        One for each attribution that was asked for.
    """
    names, titles = comparison.main_quantities, {s.name: w.text(s.title) for s in comparison.scenarios}
    for found in comparison.attribution:
        parts = [*((w.tell(part.label), part.log) for part in found.parts), (w.say("scenario.together"), found.total)]
        rows = tuple((words(said), *(_part(log[q.name], w) for q in names)) for said, log in parts)
        head, title = (w.say("head.change"), *map(w.in_full, names)), titles.get(found.scenario, found.scenario)
        key = f"attribution_{found.scenario}"
        yield Table(key, w.say("scenario.attribution", title=title), head, rows, w.say("scenario.shapley"))


def _part(log: float, w: Words) -> Cell:
    return number(w.moved_by(log), w.signed(log, 2))


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
