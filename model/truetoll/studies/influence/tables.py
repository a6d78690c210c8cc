"""What single sources, claims and priors do, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import add_row, plain_table
from truetoll.render.tables import Row, Table, number, on_screen, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.compare.records import Comparison
from truetoll.studies.influence.records import Conflict, LeftOut, Sensitivity


def influence_tables(comparison: Comparison, w: Words = ENGLISH) -> list[RenderableType]:
    """Say what moves the answer, who contradicts the others, and which priors it follows.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    list of rich renderable
        Only of what was asked for.
    """
    if (influence := comparison.influence) is None:
        return []
    made = (
        _left_out(influence.left_out, w),
        _conflicts(influence.conflicts, w),
        on_screen(sensitivity_table(comparison, w)),
    )
    return [table for table in made if table is not None]


def _left_out(found: Sequence[LeftOut], w: Words) -> RenderableType | None:
    if not found:
        return None
    table = plain_table(*w.columns("influence", "left_out", "moves", ">shift", ">in_sd"))
    for each in found:
        known = {name: abs(x) for name, x in each.log.items() if math.isfinite(x)}
        name = max(known, key=lambda q: known[q], default="")
        cells = (name, w.moved_by(each.log[name]), w.signed(each.sd[name], 1)) if name else ("-", "-", "-")
        add_row(table, _named(each, w), *cells)
    return table


def _named(each: LeftOut | Conflict, w: Words) -> str:
    return w.say(f"influence.{each.kind}", name=each.name)


def _conflicts(found: Sequence[Conflict], w: Words) -> RenderableType | None:
    if not found:
        return None
    table = plain_table(*w.columns("influence", "against", ">tail", ">of_all"), w.say("table.that_is"))
    for each in found:
        add_row(table, _named(each, w), w.tail(each.tail), w.tail(each.tail_holm), w.tell(each.verdict))
    return Group(table, Text(w.say("influence.conflict_note")))


def sensitivity_table(comparison: Comparison, w: Words = ENGLISH) -> Table | None:
    """Say which priors each quantity follows, and how much less variance it has than its own.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    Table or None
        None if it was not asked for.
    """
    found = comparison.influence.sensitivity if comparison.influence else ()
    if not found:
        return None
    called, roles = {q.name: w.in_full(q) for q in comparison.quantities}, list(found[0].psense)
    head = (*w.columns("head", "quantity", "narrowed"), *(w.of("role", role) for role in roles), w.say("head.verdict"))
    rows = tuple(_sensitivity(each, called[each.quantity], roles, w) for each in found)
    return Table("sensitivity", w.say("scenario.sensitivity"), head, rows, w.say("scenario.sensitivity_note"))


def _sensitivity(each: Sensitivity, called: str, roles: Sequence[str], w: Words) -> Row:
    narrowed = "-" if each.contraction is None else w.percent(max(0.0, each.contraction))
    numbers = (narrowed, *(w.two_digits(each.psense.get(role)) for role in roles))
    return words(called), *map(number, numbers), words(w.tell(each.verdict))
