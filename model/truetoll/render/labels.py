"""Names for labels: short enough, and which quantities stand for the others. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.claims.schema import Term
from truetoll.visible import cut_short

MAIN = ("killed", "casualties")
"""Quantities of a force that are shown before all others."""


def killed_and_casualties(names: Sequence[str]) -> list[str]:
    """Choose the quantities that a figure of many answers shows.

    Parameters
    ----------
    names : sequence of str
        ``dprk.killed``.

    Returns
    -------
    list of str
        Killed and casualties of every force; all if there are none.
    """
    return [name for name in names if Term.of(name).quantity in MAIN] or list(names)


def foremost(names: Sequence[str], most: int) -> list[str]:
    """Choose as many quantities as a figure has panels: of each force and total the killed before all else.

    Parameters
    ----------
    names : sequence of str
    most : int

    Returns
    -------
    list of str
        In the order given.
    """
    ranked = sorted(names, key=lambda name: Term.of(name).quantity != MAIN[0])[:most]
    return [name for name in names if name in ranked]


def shorten(text: str, limit: int) -> str:
    """Cut a label that would not fit, never within a number.

    Parameters
    ----------
    text : str
    limit : int
        Characters.

    Returns
    -------
    str
    """
    return text if len(text) <= limit else cut_short(text, limit - 1).rstrip() + "\N{HORIZONTAL ELLIPSIS}"
