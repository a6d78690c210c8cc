"""What single sources, claims and priors do, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.words import moved_by, percent, signed, two_digits
from truetoll.render.layout import add_row, plain_table
from truetoll.studies.fit.tables import tail
from truetoll.studies.influence.records import Conflict, Influence, LeftOut, Sensitivity

CONFLICT = (
    "Tail: how far out it stands when it is foretold from the others; 'of all': held to the number of comparisons "
    "(Holm). That no conflict is seen does not say that a figure is right: others may err alike."
)
PRIORS = (
    "Narrowed: how much less variance (log) the posterior has than the prior. Priors: how far the answer follows them "
    "(power-scaling); from 0.05 it does."
)


def influence_tables(influence: Influence | None) -> list[RenderableType]:
    """Say what moves the answer, who contradicts the others, and which priors it follows.

    Parameters
    ----------
    influence : Influence or None

    Returns
    -------
    list of rich renderable
        Only of what was asked for.
    """
    if influence is None:
        return []
    made = (_left_out(influence.left_out), _conflicts(influence.conflicts), _sensitivity(influence.sensitivity))
    return [table for table in made if table is not None]


def _left_out(found: Sequence[LeftOut]) -> RenderableType | None:
    if not found:
        return None
    table = plain_table("If this is left out", "it moves most", ">shift", ">in sd")
    for each in found:
        known = {name: abs(x) for name, x in each.log.items() if math.isfinite(x)}
        name = max(known, key=lambda q: known[q], default="")
        cells = (name, moved_by(each.log[name]), signed(each.sd[name], 1)) if name else ("-", "-", "-")
        add_row(table, f"{each.kind} {each.name}", *cells)
    return table


def _conflicts(found: Sequence[Conflict]) -> RenderableType | None:
    if not found:
        return None
    table = plain_table("Against the others", ">tail", ">of all", "that is")
    for each in found:
        add_row(table, f"{each.kind} {each.name}", tail(each.tail), tail(each.tail_holm), each.verdict)
    return Group(table, Text(CONFLICT))


def _sensitivity(found: Sequence[Sensitivity]) -> RenderableType | None:
    if not found:
        return None
    roles = list(dict.fromkeys(role for each in found for role in each.psense))
    table = plain_table("What it follows", ">narrowed", *(f">{role} prior" for role in roles), "that is")
    for each in found:
        narrowed = "-" if each.contraction is None else percent(max(0.0, each.contraction))
        add_row(table, each.quantity, narrowed, *(two_digits(each.psense.get(role)) for role in roles), each.verdict)
    return Group(table, Text(PRIORS))
