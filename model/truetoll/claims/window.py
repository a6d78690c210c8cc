"""The window of a claim, laid over the bins of its case."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise


def window_weights(edges: Sequence[date], since: date, as_of: date) -> list[float]:
    """Share of each bin's exposure that lies in a window.

    Parameters
    ----------
    edges : sequence of date
        A bin is (edge, next edge]; within it exposure is even over the days.
    since, as_of : date
        The window (since, as_of].

    Returns
    -------
    list of float
        Shape (bin,), between 0 and 1.
    """
    return [share_of_bin(a, b, since, as_of) for a, b in pairwise(edges)]


def share_of_bin(start: date, end: date, since: date, as_of: date) -> float:
    """Share of the days of one bin, (start, end], that lie in a window.

    Parameters
    ----------
    start, end : date
    since, as_of : date
        The window (since, as_of].

    Returns
    -------
    float
        Between 0 and 1.
    """
    return max(0, (min(end, as_of) - max(start, since)).days) / (end - start).days


def in_time(edges: Sequence[date], windows: Iterable[tuple[date, date]]) -> bool:
    """Tell whether it matters how losses are spread over time.

    Parameters
    ----------
    edges : sequence of date
    windows : iterable of (date, date)
        Since and as of which day each claim counts.

    Returns
    -------
    bool
        Not where there is one bin, and every claim speaks of all of it.
    """
    return len(edges) > 2 or any(since > edges[0] or as_of < edges[-1] for since, as_of in windows)


def bin_of(edges: Sequence[date], day: date) -> int:
    """Place of the bin a day lies in: the first or the last for days outside of all.

    Parameters
    ----------
    edges : sequence of date
        A bin is (edge, next edge].
    day : date

    Returns
    -------
    int
    """
    return bisect_left(edges, day, 1, len(edges) - 1) - 1
