"""Losses over time as CSV, a row a quantity and bin, in full precision."""

from __future__ import annotations

from truetoll.render.sheets import sheet
from truetoll.studies.timeline.read import Timeline

TIMELINE_COLUMNS = (
    *("case", "scenario", "name", "unit", "bin_start", "bin_end", "mass"),
    *("cumulative_median", "cumulative_low", "cumulative_high", "bin_median", "bin_low", "bin_high"),
)


def timeline_csv(timeline: Timeline) -> str:
    """Write losses over time, one quantity and bin a line.

    Parameters
    ----------
    timeline : Timeline

    Returns
    -------
    str
        Of strength, nothing within the bins. Only the heading if the run did not converge.
    """
    rows = []
    for q in timeline.quantities:
        for b in q.bins:
            head = (timeline.case, timeline.scenario, q.name, q.unit, b.since, b.until, timeline.interval_mass)
            within = (b.within.median, b.within.low, b.within.high) if b.within else ("",) * 3
            rows.append((*head, b.cumulative.median, b.cumulative.low, b.cumulative.high, *within))
    return sheet(TIMELINE_COLUMNS, rows)
