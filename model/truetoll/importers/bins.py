"""Edges of the bins of an imported case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

BinWidth = Literal["day", "week", "month"]
WIDTHS: tuple[BinWidth, ...] = ("day", "week", "month")

_DAYS = {"day": 1, "week": 7, "month": 30}


def edges(start: date, end: date, width: BinWidth) -> tuple[date, ...]:
    """Cut a span of days into bins (edge, next edge].

    Parameters
    ----------
    start : date
        First edge: the day before the first that counts.
    end : date
        Last edge: the last day that counts.
    width : {"day", "week", "month"}
        Weeks count from `start`; months are those of the calendar, so that the last day of one is an edge.

    Returns
    -------
    tuple of date
        The last bin is as long as it comes out; one shorter than half the width is joined to the one before.
    """
    found = [start]
    while (following := _following(found[-1], width)) < end:
        found.append(following)
    if len(found) > 1 and 2 * (end - found[-1]).days < _DAYS[width]:
        found.pop()
    return (*found, end)


def _following(edge: date, width: BinWidth) -> date:
    if width != "month":
        return edge + timedelta(days=_DAYS[width])
    in_next = (edge + timedelta(days=1)).replace(day=1) + timedelta(days=32)
    return in_next.replace(day=1) - timedelta(days=1)
