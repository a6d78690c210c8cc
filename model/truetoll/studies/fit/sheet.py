"""The answer as CSV, a row a quantity, in full precision."""

from __future__ import annotations

from truetoll.render.sheets import QUANTITY, cells, sheet
from truetoll.studies.fit.records import Summary

SUMMARY_COLUMNS = ("case", "scenario", *QUANTITY)


def summary_csv(summary: Summary) -> str:
    """Write the quantities of a summary, one a line.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    str
        Only the heading if the run did not converge.
    """
    return sheet(SUMMARY_COLUMNS, ((summary.case, summary.scenario, *cells(q)) for q in summary.quantities))
