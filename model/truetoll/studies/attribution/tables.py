"""Single changes for the terminal: what makes a scenario's shift, and how far each assumption reaches alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import batched

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.words import moved_by, signed
from truetoll.render.layout import add_row, counted, plain_table
from truetoll.studies.attribution.read import by_reach
from truetoll.studies.attribution.records import Alternative, Attribution, Side
from truetoll.studies.compare.records import Comparison

MOST = 10
"""Alternatives of one quantity that are printed; the others are in comparison.json."""
COLUMNS = 4
"""Quantities side by side."""
SLIGHT = 0.005
"""Log ratio that is printed as nothing."""
ADDS = "Parts are log ratios of medians: they add up to the total, which is then said in per cent."
ALONE = "One assumption at a time, everything else as in the base case; ordered by how far it moves the median."


def attribution_tables(comparison: Comparison) -> list[RenderableType]:
    """Say which changes of a scenario make its shift.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    list of rich renderable
        Empty if none was asked for.
    """
    titles = {scenario.name: scenario.title for scenario in comparison.scenarios}
    found = [_attribution(titles.get(each.scenario, each.scenario), each) for each in comparison.attribution]
    return [*found, Text(ADDS)] if found else []


def _attribution(title: str, found: Attribution) -> RenderableType:
    names = [name for name in found.total if any(not abs(part.log[name]) < SLIGHT for part in found.parts)]
    heading = Text(f"What makes the shift: {title}", style="bold")
    if not names:
        return Group(heading, Text("  Nothing: no quantity moves."))
    return Group(heading, *(_parts(found, chunk) for chunk in batched(names, COLUMNS)))


def _parts(found: Attribution, names: Sequence[str]) -> RenderableType:
    table = plain_table("Change", *(f">{name}" for name in names))
    for part in found.parts:
        add_row(table, part.label, *_logs(part.log, names))
    add_row(table, "total", *_logs(found.total, names))
    add_row(table, "total in per cent", *(moved_by(found.total[name]) for name in names))
    return table


def _logs(log: Mapping[str, float], names: Sequence[str]) -> list[str]:
    return [signed(log[name], 2) for name in names]


def alternative_tables(comparison: Comparison) -> list[RenderableType]:
    """Say how far each assumption reaches alone, one table per quantity, the furthest first.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    list of rich renderable
        Empty if not asked for.
    """
    if not comparison.alternatives:
        return []
    names = list(comparison.alternatives[0].low.log)
    found = [_alternatives(name, by_reach(comparison.alternatives, name)) for name in names]
    return [*(table for table in found if table is not None), Text(ALONE)]


def _alternatives(name: str, ordered: Sequence[Alternative]) -> RenderableType | None:
    if not ordered:
        return None
    table = plain_table(f"One at a time: {name}", "low", ">then", "high", ">then")
    for each in ordered[:MOST]:
        add_row(table, each.title, *_end(each.low, name), *_end(each.high, name))
    more = len(ordered) - MOST
    return Group(table, *([Text(f"{counted(more, 'more assumption')} with less reach.")] if more > 0 else []))


def _end(side: Side, name: str) -> tuple[str, str]:
    return side.text, moved_by(side.log[name])
