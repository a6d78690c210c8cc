"""The window of a claim, laid over the bins of its case."""

from __future__ import annotations

from collections.abc import Sequence
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
    days = ((max(a, since), min(b, as_of), a, b) for a, b in pairwise(edges))
    return [max(0, (end - start).days) / (b - a).days for start, end, a, b in days]
