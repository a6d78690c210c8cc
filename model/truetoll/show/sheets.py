"""Answers as CSV, in full precision. Standard library only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from typing import Any

from truetoll.answers.comparison_records import Comparison
from truetoll.answers.hindcast_records import HindcastScore, TargetAnswer
from truetoll.answers.records import QuantityAnswer, Summary
from truetoll.answers.replay_records import Replay
from truetoll.answers.timeline import Timeline
from truetoll.visible import visible

_QUANTITY = (
    *("name", "as_of", "unit", "median", "mean", "sd", "mass", "low", "high"),
    *("prior_median", "prior_low", "prior_high", "mcse_median", "contraction", "pass_through"),
)
SUMMARY_COLUMNS = ("case", "scenario", *_QUANTITY)
TIMELINE_COLUMNS = (
    *("case", "scenario", "name", "unit", "bin_start", "bin_end", "mass"),
    *("cumulative_median", "cumulative_low", "cumulative_high", "bin_median", "bin_low", "bin_high"),
)
COMPARISON_COLUMNS = (
    *("case", "scenario", "title", "method", *_QUANTITY),
    *("shift_percent", "shift_percent_mcse", "shift_sd", "shift_sd_mcse"),
)
REPLAY_COLUMNS = (
    *("case", "scenario", "date", "n_claims", "n_origins", *_QUANTITY),
    *("hindsight_median", "hindsight_low", "hindsight_high", "inside"),
)


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
    return _sheet(SUMMARY_COLUMNS, ((summary.case, summary.scenario, *_cells(q)) for q in summary.quantities))


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
    return _sheet(TIMELINE_COLUMNS, rows)


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
        head = (comparison.case, scenario.name, scenario.title, scenario.method)
        for q in scenario.quantities:
            shift = scenario.shift.get(q.name)
            moved = (shift.percent, shift.percent_mcse, shift.sd, shift.sd_mcse) if shift else ("",) * 4
            rows.append((*head, *_cells(q), *moved))
    return _sheet(COMPARISON_COLUMNS, rows)


def replay_csv(found: Replay) -> str:
    """Write the quantities of a replay, one date and quantity a line.

    Parameters
    ----------
    found : Replay

    Returns
    -------
    str
        Nothing of dates that did not converge.
    """
    rows = []
    for each in found.dates:
        head = (found.case, found.scenario, each.date, each.n_claims, each.n_origins)
        known = {now.name: now for now in each.hindsight}
        for q in each.quantities:
            now = known.get(q.name)
            seen = (now.median, now.interval.low, now.interval.high, int(bool(now.inside))) if now else ("",) * 4
            rows.append((*head, *_cells(q), *seen))
    return _sheet(REPLAY_COLUMNS, rows)


def hindcast_csv(found: HindcastScore) -> str:
    """Write the targets of a hindcast, one a line.

    Parameters
    ----------
    found : HindcastScore

    Returns
    -------
    str
    """
    return _sheet([each.name for each in fields(TargetAnswer)], map(astuple, found.targets))


def _cells(q: QuantityAnswer) -> tuple[Any, ...]:
    amounts = (q.median, q.mean, q.sd, q.interval.mass, q.interval.low, q.interval.high)
    prior, rest = (q.prior.median, q.prior.low, q.prior.high), (q.mcse_median, q.contraction, q.pass_through)
    return (q.name, q.as_of, q.unit, *amounts, *prior, *rest)


def _sheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return visible(out.getvalue())
