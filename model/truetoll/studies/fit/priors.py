"""What the priors of a case imply, for the terminal. Rich only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.words import percent, quantity_words, whole, whole_span
from truetoll.claims.schema import Term
from truetoll.render.layout import add_row, plain_table

if TYPE_CHECKING:
    from truetoll.model.implied import Implied

_NOTE = (
    "What is held possible of each quantity before any claim is read. A total, and casualties, are all outcomes "
    "together: killed are a part of it."
)


def implied_table(rows: Sequence[Implied]) -> RenderableType:
    """Lay out the prior of every quantity.

    Parameters
    ----------
    rows : sequence of Implied

    Returns
    -------
    rich renderable
    """
    inner, outer = map(percent, (rows[0].mass, rows[0].outer_mass))
    table = plain_table("before any claim", ">median", f">{inner} interval", f">{outer} interval")
    for row in rows:
        spans = (whole_span(*row.interval), whole_span(*row.outer))
        add_row(table, f"{Term.of(row.name).force}: {quantity_words(row.name)}", whole(row.median), *spans)
    return Group(table, Text(_NOTE))
