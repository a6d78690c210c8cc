"""What the priors of a case imply, for the terminal. Rich only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.claims.schema import Term
from truetoll.render.layout import add_row, plain_table
from truetoll.render.words import ENGLISH, Words

if TYPE_CHECKING:
    from truetoll.model.implied import Implied


def implied_table(rows: Sequence[Implied], w: Words = ENGLISH) -> RenderableType:
    """Lay out the prior of every quantity.

    Parameters
    ----------
    rows : sequence of Implied
    w : Words

    Returns
    -------
    rich renderable
    """
    inner, outer = (w.columns("table", ">interval", within=w.percent(m)) for m in (rows[0].mass, rows[0].outer_mass))
    table = plain_table(w.say("validate.before"), *w.columns("table", ">median"), *inner, *outer)
    for row in rows:
        spans = (w.span(*map(w.whole, ends)) for ends in (row.interval, row.outer))
        add_row(table, f"{Term.of(row.name).force}: {w.quantity(row.name)}", w.whole(row.median), *spans)
    return Group(table, Text(w.say("validate.priors_note")))
