"""A comparison as tables: every quantity under every scenario. Rich only."""

from __future__ import annotations

from dataclasses import replace

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.answers.words import loo_verdict
from truetoll.render.layout import apart, notes
from truetoll.render.tables import Cell, Row, Table, number, on_screen, told, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.attribution.tables import alternative_tables, attribution_tables
from truetoll.studies.compare.records import Comparison, ScenarioAnswer, about_the_same
from truetoll.studies.influence.tables import left_out_table, sensitivity_table

BASE = "base"
"""Name of a case without a scenario."""


def comparison_view(comparison: Comparison, w: Words = ENGLISH) -> RenderableType:
    """Lay out a comparison: what it is, every quantity, what makes the shifts, what is not said.

    Parameters
    ----------
    comparison : Comparison
    w : Words
        Of the language, for a screen.

    Returns
    -------
    rich renderable
        Of a scenario that did not converge: its name, and no number.
    """
    parts: list[RenderableType | None] = [
        header(comparison, w),
        *(
            _quantity(comparison, *each, w)
            for each in zip(comparison.quantities, scenario_tables(comparison, w), strict=True)
        ),
        Text(f"{w.say('scenario.shift_note')} {w.say('answer.adding')}"),
        *map(on_screen, attribution_tables(comparison, w)),
        *alternative_tables(comparison, w),
        *map(on_screen, (left_out_table(comparison, w), sensitivity_table(comparison, w), loo_table(comparison, w))),
        notes(comparison.notices, w),
    ]
    return Group(*apart(parts))


def header(comparison: Comparison, w: Words = ENGLISH) -> RenderableType:
    """Title, dates, how many scenarios, and that all converged.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    rich renderable
    """
    seconds = comparison.seconds.sampling
    failed = {"count.other_scenarios": len(comparison.not_converged), "count.refits": len(comparison.failed)}
    lost = [w.say(key, n=n) for key, n in failed.items() if n]
    both = w.value(tuple(lost), "and")
    state = w.say("table.NOT_CONVERGED", what=both) if lost else w.say("table.all_converged")
    own = comparison.base == BASE
    heading = w.say(
        "compare.heading",
        case=comparison.case,
        base=w.say("compare.base") if own else w.say("compare.as_base", name=comparison.base),
        scenarios=w.say("count.other_scenarios", n=len(comparison.scenarios) - 1),
        between=w.say("table.between", since=w.day(comparison.since), as_of=w.day(comparison.as_of)),
    )
    compiled = w.say("count.compilations", n=comparison.compilations)
    took = w.say("compare.took", compilations=compiled, seconds=seconds)
    origins = w.say("count.origins", n=comparison.origins)
    return Group(
        Text(comparison.title, style="bold"),
        Text(heading),
        Text(w.say("compare.origins", origins=origins, state=state, took=took)),
    )


def _quantity(comparison: Comparison, q: QuantityAnswer, table: Table, w: Words) -> RenderableType | None:
    """Show a quantity under every scenario; one that no scenario moves in a sentence."""
    if q.thresholds or not all(_same(scenario, q.name) for scenario in comparison.scenarios):
        return on_screen(table)
    number = f"{w.whole(q.median)} ({w.whole_span(q.interval)})"
    said = w.say("compare.same_everywhere", number=number, same=w.say("number.same"))
    return Group(Text(table.title, style="bold"), Text(f"  {said}"))


def _same(scenario: ScenarioAnswer, name: str) -> bool:
    shift = scenario.shift.get(name)
    return shift is not None and about_the_same(shift)


def table_key(quantity: str) -> str:
    """Name the table of a quantity under every scenario.

    Parameters
    ----------
    quantity : str

    Returns
    -------
    str
    """
    return f"scenarios_{quantity.replace('.', '_')}"


def scenario_tables(comparison: Comparison, w: Words = ENGLISH) -> list[Table]:
    """Lay out every scenario, one table a quantity.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    list of Table
        In the order of the quantities.
    """
    return [_scenarios(comparison, q, w) for q in comparison.quantities]


def _scenarios(comparison: Comparison, q: QuantityAnswer, w: Words) -> Table:
    head = w.columns("head", "scenario", "after", "shift", mass=w.percent(comparison.interval_mass))
    above = (w.say("compare.above", value=w.figure(t.value)) for t in q.thresholds)
    rows = tuple(_scenario(scenario, q, comparison.base, w) for scenario in comparison.scenarios)
    starred = any(little_learned(found) for s in comparison.scenarios if (found := _of(s, q.name)))
    note = w.say("answer.prior_only") if starred else ""
    return Table(table_key(q.name), w.in_full(q), (*head, *above), rows, note)


def _of(scenario: ScenarioAnswer, name: str) -> QuantityAnswer | None:
    return next((q for q in scenario.quantities if q.name == name), None)


def _scenario(scenario: ScenarioAnswer, asked: QuantityAnswer, base: str, w: Words) -> Row:
    title, found = scenario_title(scenario, base, w), _of(scenario, asked.name)
    if found is None:
        return title, words(w.say("scenario.not_converged")), number("-"), *(number("-") for _ in asked.thresholds)
    title = replace(title, text=f"{title.text} *") if little_learned(found) else title
    above = (number(w.percent(t.probability)) for t in found.thresholds)
    return title, number(w.whole(found.median), w.whole_span(found.central)), _shift(scenario, found, base, w), *above


def _shift(scenario: ScenarioAnswer, found: QuantityAnswer, base: str, w: Words) -> Cell:
    shift = scenario.shift.get(found.name)
    if shift is None or scenario.name == base:
        return number("-")
    moved = w.moved(shift.percent, shift.percent_mcse)
    return number(moved, "" if about_the_same(shift) else w.say("compare.in_sd", sd=w.signed(shift.sd, 1)))


def scenario_title(scenario: ScenarioAnswer, base: str, w: Words) -> Cell:
    """Name a scenario.

    Parameters
    ----------
    scenario : ScenarioAnswer
    base : str
        Name of the base case.
    w : Words

    Returns
    -------
    Cell
    """
    if scenario.name == base == BASE:
        return words(w.say("scenario.base"))
    how = "" if scenario.method == "refit" else f" ({w.say('scenario.reweighted', k=w.two_digits(scenario.khat))})"
    return told(w.text(scenario.title), f"{scenario.name}{how}")


def loo_table(comparison: Comparison, w: Words = ENGLISH) -> Table | None:
    """Say how well the scenarios with the same claims foretell them.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    Table or None
        None if there is nothing to hold against the base case.
    """
    scored = [(s, s.loo) for s in comparison.scenarios if s.loo is not None]
    if len(scored) < 2:
        return None
    rows = []
    for s, loo in scored:
        numbers = (w.signed(loo.diff, 1), w.two_digits(loo.diff_se), w.two_digits(loo.khat_max))
        verdict = words(w.text(loo_verdict(loo.diff, loo.diff_se)))
        rows.append((scenario_title(s, comparison.base, w), *map(number, numbers), verdict))
    head = w.columns("head", "scenario", "elpd", "elpd_se", "khat", "verdict")
    return Table("loo", w.say("scenario.loo"), head, tuple(rows), w.say("scenario.loo_note"))
