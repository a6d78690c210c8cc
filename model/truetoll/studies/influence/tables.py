"""What single sources, claims and priors do, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import add_row, plain_table
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.influence.records import Conflict, Influence, LeftOut, Sensitivity


def influence_tables(influence: Influence | None, w: Words = ENGLISH) -> list[RenderableType]:
    """Say what moves the answer, who contradicts the others, and which priors it follows.

    Parameters
    ----------
    influence : Influence or None
    w : Words

    Returns
    -------
    list of rich renderable
        Only of what was asked for.
    """
    if influence is None:
        return []
    made = (
        _left_out(influence.left_out, w),
        _conflicts(influence.conflicts, w),
        _sensitivity(influence.sensitivity, w),
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


def _sensitivity(found: Sequence[Sensitivity], w: Words) -> RenderableType | None:
    if not found:
        return None
    roles = list(dict.fromkeys(role for each in found for role in each.psense))
    priors = (f">{w.say('influence.role_prior', role=w.of('role', role))}" for role in roles)
    table = plain_table(*w.columns("influence", "follows", ">narrowed"), *priors, w.say("table.that_is"))
    for each in found:
        narrowed = "-" if each.contraction is None else w.percent(max(0.0, each.contraction))
        sensed = (w.two_digits(each.psense.get(role)) for role in roles)
        add_row(table, each.quantity, narrowed, *sensed, w.tell(each.verdict))
    return Group(table, Text(w.say("influence.priors_note")))
