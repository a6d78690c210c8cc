"""A comparison for the terminal: every quantity under every scenario. Rich only."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.answers.words import (
    SAME,
    day,
    figure,
    loo_verdict,
    moved,
    percent,
    quantity_words,
    signed,
    two_digits,
    whole,
    whole_span,
)
from truetoll.claims.schema import Term
from truetoll.render.layout import add_row, apart, bullets, counted, plain_table
from truetoll.studies.attribution.tables import alternative_tables, attribution_tables
from truetoll.studies.compare.records import Comparison, ScenarioAnswer, about_the_same
from truetoll.studies.fit.tables import ADDING, PRIOR_ONLY
from truetoll.studies.influence.tables import influence_tables

BASE = "base"
"""Name of a case without a scenario."""
SHIFTS = (
    "Shift: of the median, against the base case; 'in sd': on the log scale, in posterior sd of the base case. "
    f"'{SAME.capitalize()}': within two Monte Carlo standard errors of none, or under half a per cent."
)
METHODS = "Refit: sampled by itself. Psis: the draws of the base case, reweighted."
ELPD = (
    "Elpd: how well each origin's figures are foretold by the others (higher is better), against the base case; only "
    "scenarios with the same claims, cells and readings. It is no probability of a scenario. Pareto k over 0.7: not to "
    "be relied on; 0: each origin was left out by a fit."
)


def comparison_view(comparison: Comparison) -> RenderableType:
    """Lay out a comparison: what it is, every quantity, what makes the shifts, what is not said.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    rich renderable
        Of a scenario that did not converge: its name, and no number.
    """
    parts: list[RenderableType | None] = [
        header(comparison),
        *quantity_tables(comparison),
        Text(f"{SHIFTS} {METHODS} {ADDING}"),
        *attribution_tables(comparison),
        *alternative_tables(comparison),
        *influence_tables(comparison.influence),
        loo_table(comparison),
        bullets("Note", comparison.notices),
    ]
    return Group(*apart(parts))


def header(comparison: Comparison) -> RenderableType:
    """Title, dates, how many scenarios, and that all converged.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    rich renderable
    """
    others, seconds = len(comparison.scenarios) - 1, comparison.seconds
    failed, more = len(comparison.not_converged), len(comparison.failed)
    lost = [counted(n, what) for n, what in ((failed, "scenario"), (more, "further refit")) if n]
    state = f"{' and '.join(lost)} NOT CONVERGED" if lost else "all converged"
    took = f"{counted(comparison.compilations, 'compilation')}, {seconds.sampling:,.0f} s of sampling"
    base = "the base case" if comparison.base == BASE else f"as the base {comparison.base}"
    between = f"losses {day(comparison.since)} to {day(comparison.as_of)}"
    return Group(
        Text(comparison.title, style="bold"),
        Text(f"{comparison.case}, {base} and {counted(others, 'scenario')}; {between}"),
        Text(f"{counted(comparison.origins, 'origin')} in the base case; {state}; {took}"),
    )


def quantity_tables(comparison: Comparison) -> list[RenderableType]:
    """Lay every quantity out, one table each; one that no scenario moves in a sentence.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    list of rich renderable
    """
    return [_quantity(comparison, i, q) for i, q in enumerate(comparison.quantities)]


def _quantity(comparison: Comparison, i: int, q: QuantityAnswer) -> RenderableType:
    unit = "" if q.unit in ("persons", Term.of(q.name).quantity) else f" ({q.unit})"
    heading = Text(f"{q.force}: {quantity_words(q.name)}{unit}", style="bold")
    if not q.thresholds and all(_same(scenario, q.name) for scenario in comparison.scenarios):
        text = f"  {whole(q.median)} ({whole_span(q.interval.low, q.interval.high)}), {SAME} under every scenario."
        return Group(heading, Text(text))
    above = [f">P(> {figure(t.value)})" for t in q.thresholds]
    within = percent(comparison.interval_mass)
    table = plain_table("Scenario", ">median", f">{within} interval", ">shift", ">in sd", *above, ">method")
    for scenario in comparison.scenarios:
        found = scenario.quantities[i] if scenario.quantities else None
        add_row(table, *(_cells(scenario, found) if found else _missing(scenario, len(above))))
    starred = any(s.quantities and little_learned(s.quantities[i]) for s in comparison.scenarios)
    return Group(heading, table, *([Text(PRIOR_ONLY)] if starred else []))


def _same(scenario: ScenarioAnswer, name: str) -> bool:
    shift = scenario.shift.get(name)
    return shift is not None and about_the_same(shift)


def _cells(scenario: ScenarioAnswer, q: QuantityAnswer) -> tuple[str, ...]:
    star = " *" if little_learned(q) else ""
    numbers = (whole(q.median), whole_span(q.interval.low, q.interval.high))
    above = (percent(t.probability) for t in q.thresholds)
    return (f"{scenario.title}{star}", *numbers, *_shift(scenario, q.name), *above, scenario.method)


def _shift(scenario: ScenarioAnswer, name: str) -> tuple[str, str]:
    shift = scenario.shift.get(name)
    if shift is None:
        return "-", "-"
    said = moved(shift.percent, shift.percent_mcse)
    return ("", "") if shift.percent == shift.percent_mcse == 0 else (said, "" if said == SAME else signed(shift.sd, 1))


def _missing(scenario: ScenarioAnswer, above: int) -> tuple[str, ...]:
    return (scenario.title, "-", "not converged", "-", "-", *("-" for _ in range(above)), scenario.method)


def loo_table(comparison: Comparison) -> RenderableType | None:
    """Hold the predictive accuracy of comparable scenarios against the base case's.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    rich renderable or None
        None if there is nothing to hold against it.
    """
    found = [s for s in comparison.scenarios if s.loo is not None and s.name != comparison.base]
    if not found:
        return None
    table = plain_table("Leaving one origin out", ">elpd against base", ">its error", ">Pareto k", "that is")
    for scenario in found:
        if (loo := scenario.loo) is not None:
            numbers = (signed(loo.diff, 1), two_digits(loo.diff_se), two_digits(loo.khat_max))
            add_row(table, scenario.title, *numbers, loo_verdict(loo.diff, loo.diff_se))
    return Group(table, Text(ELPD))
