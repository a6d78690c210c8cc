"""Scenarios as CSV, a row a scenario and quantity, in full precision."""

from __future__ import annotations

from truetoll.render.sheets import QUANTITY, cells, sheet
from truetoll.studies.compare.records import Comparison

COMPARISON_COLUMNS = (
    *("case", "scenario", "title", "method", *QUANTITY),
    *("shift_percent", "shift_percent_mcse", "shift_sd", "shift_sd_mcse"),
)


def comparison_csv(comparison: Comparison) -> str:
    """Write the quantities of a comparison, one scenario and quantity a line.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    str
        Nothing of scenarios that did not converge.
    """
    rows = []
    for scenario in comparison.scenarios:
        head = (comparison.case, scenario.name, str(scenario.title), scenario.method)
        for q in scenario.quantities:
            shift = scenario.shift.get(q.name)
            moved = (shift.percent, shift.percent_mcse, shift.sd, shift.sd_mcse) if shift else ("",) * 4
            rows.append((*head, *cells(q), *moved))
    return sheet(COMPARISON_COLUMNS, rows)
