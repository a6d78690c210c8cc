"""A calibration for the terminal: every quantity, what it rests on, what is not shown. Rich only."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.words import percent, two_digits
from truetoll.render.layout import add_row, apart, counted, plain_table
from truetoll.studies.calibrate.records import Calibration, Checked, Degraded, Misspecified, too_many_lost

SHOWS = (
    "What this shows: model and computation agree. If the assumptions hold, the intervals hold what they say.\n"
    "What it does not show: whether the assumptions hold. Nothing here was compared with what happened."
)
HOW = (
    "For each simulation a truth and claims of these forms were drawn from the prior, and the claims fitted; coverage "
    "is the share of simulations whose interval held the truth, with its standard error. In band: whether the ranks "
    "of the truths among the draws lie in their 95 % band; 1 of 20 does not by chance. Departure: the largest of "
    "their distribution function from uniform."
)
NOT_RESULT = "NOT CALIBRATED: THIS IS NOT A RESULT"
DRAWN = {
    "as_assumed": "as assumed",
    "spread_x2": "biases twice as far apart",
}
ERROR = (
    "Claims drawn from sources that are not as assumed, fitted as if they were. Off: typical factor between posterior "
    "median and truth. Biases twice as far apart: sd of their logs, about the same means."
)


def calibration_view(found: Calibration) -> RenderableType:
    """Lay out a calibration.

    Parameters
    ----------
    found : Calibration

    Returns
    -------
    rich renderable
    """
    parts: list[RenderableType | None] = [
        _header(found),
        None if found.calibrated else Text(NOT_RESULT, style="bold"),
        _checked("", found.quantities),
        Text(f"{HOW}{_power(found)}"),
        _not_inside(found),
        _checked("Further, nothing hangs on these", found.further),
        _forms(found),
        *_degraded(found),
        Text(SHOWS),
    ]
    return Group(*apart(parts))


def _header(found: Calibration) -> RenderableType:
    lost = found.not_converged
    state = "all converged" if not lost else f"{lost:,} DID NOT CONVERGE and {'is' if lost == 1 else 'are'} left out"
    aside = f" ({found.sampled_longer:,} sampled longer)" if found.sampled_longer else ""
    return Group(
        Text(found.title, style="bold"),
        Text(f"{found.case}, scenario {found.scenario}: calibration by simulation"),
        Text(f"{counted(found.simulations, 'simulation')}, {state}{aside}; {found.seconds:,.0f} s"),
    )


def _checked(heading: str, checked: tuple[Checked, ...]) -> RenderableType | None:
    if not checked:
        return None
    table = plain_table(heading, ">in band", ">departure", ">50 %", ">80 %", ">90 %")
    for q in checked:
        held = (_share(q.coverage[mass], q.coverage_se[mass]) for mass in ("50", "80", "90"))
        add_row(table, q.name, "yes" if q.inside else "NO", f"{q.largest_departure:+.3f}", *held)
    return table


def _power(found: Calibration) -> str:
    """Say what so many simulations can show."""
    if found.seen is None:
        return ""
    return f" Intervals that should be {percent(found.seen)} wider would be found out of band 4 times in 5."


def _not_inside(found: Calibration) -> RenderableType | None:
    """Say in words what is wrong, or looks so."""
    lines = [f"{q.name}: {q.verdict}." for q in found.quantities if not q.inside]
    if too_many_lost(found):
        lines.append(f"{found.not_converged:,} of {found.simulations:,} simulations did not converge: too many.")
    return Text("\n".join(lines)) if lines else None


def _forms(found: Calibration) -> RenderableType:
    tested = [f"{f.form} ({f.claims:,})" for f in found.forms if f.claims]
    missing = [f.form for f in found.forms if not f.claims]
    untested = f"\nNot tested, no claim in use is of this kind: {', '.join(missing)}." if missing else ""
    return Text(f"Forms tested, with the claims in use: {', '.join(tested) or 'none'}.{untested}")


def _degraded(found: Calibration) -> list[RenderableType]:
    """Lay out what follows where sources are not as assumed, a table for each quantity."""
    if not found.misspecified:
        return []
    names = [q.name for q in found.quantities]
    tables = [_one_degraded(found.misspecified, i, name) for i, name in enumerate(names)]
    lost = sum(each.not_converged for each in found.misspecified[1:])
    left = f" {counted(lost, 'simulation')} of these did not converge and are left out." if lost else ""
    return [Text("If sources are not as assumed", style="bold"), *tables, Text(f"{ERROR}{left}")]


def _one_degraded(rows: tuple[Misspecified, ...], i: int, name: str) -> RenderableType:
    table = plain_table(name, ">50 % holds", ">90 % holds", ">off", widths=(36, None, None, None))
    for row in rows:
        add_row(table, *((bias_words(row.bias), *_cells(row.quantities[i])) if row.quantities else (row.bias, *"---")))
    return table


def _cells(q: Degraded) -> tuple[str, str, str]:
    half, most = (_share(q.coverage[mass], q.coverage_se[mass]) for mass in ("50", "90"))
    return half, most, f"x{two_digits(math.exp(q.median_error_log))}"


def _share(coverage: float, error: float) -> str:
    return f"{100 * coverage:.0f} ± {100 * error:.0f}"


def bias_words(bias: str) -> str:
    """Say how sources are, where they are not as assumed.

    Parameters
    ----------
    bias : str
        ``bias_x1.5``.

    Returns
    -------
    str
    """
    return DRAWN.get(bias, f"every source says {bias.removeprefix('bias_')} as much")
