"""A comparison for the terminal: every quantity under every scenario. Rich only."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.answers.words import loo_verdict
from truetoll.render.layout import add_row, apart, notes, plain_table
from truetoll.render.tables import Cell, Table, number, on_screen, told, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.attribution.tables import alternative_tables, attribution_tables
from truetoll.studies.compare.records import Comparison, ScenarioAnswer, about_the_same
from truetoll.studies.influence.tables import influence_tables

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
        *quantity_tables(comparison, w),
        Text(" ".join(map(w.say, ("compare.shifts", "compare.methods", "answer.adding")))),
        *attribution_tables(comparison, w),
        *alternative_tables(comparison, w),
        *influence_tables(comparison, w),
        on_screen(loo_table(comparison, w)),
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


def quantity_tables(comparison: Comparison, w: Words = ENGLISH) -> list[RenderableType]:
    """Lay every quantity out, one table each; one that no scenario moves in a sentence.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    list of rich renderable
    """
    return [_quantity(comparison, i, q, w) for i, q in enumerate(comparison.quantities)]


def _quantity(comparison: Comparison, i: int, q: QuantityAnswer, w: Words) -> RenderableType:
    heading = Text(w.in_full(q), style="bold")
    if not q.thresholds and all(_same(scenario, q.name) for scenario in comparison.scenarios):
        number = f"{w.whole(q.median)} ({w.whole_span(q.interval)})"
        return Group(heading, Text(f"  {w.say('compare.same_everywhere', number=number, same=w.say('number.same'))}"))
    above = [f">{w.say('compare.above', value=w.figure(t.value))}" for t in q.thresholds]
    numbers = w.columns("table", ">median", ">interval", within=w.percent(comparison.interval_mass))
    shift, method = w.columns("compare", ">shift", ">in_sd"), w.columns("compare", ">method")
    table = plain_table(w.say("compare.scenario"), *numbers, *shift, *above, *method)
    for scenario in comparison.scenarios:
        found = scenario.quantities[i] if scenario.quantities else None
        add_row(table, *(_cells(scenario, found, w) if found else _missing(scenario, len(above), w)))
    starred = any(s.quantities and little_learned(s.quantities[i]) for s in comparison.scenarios)
    return Group(heading, table, *([Text(w.say("answer.prior_only"))] if starred else []))


def _same(scenario: ScenarioAnswer, name: str) -> bool:
    shift = scenario.shift.get(name)
    return shift is not None and about_the_same(shift)


def _cells(scenario: ScenarioAnswer, q: QuantityAnswer, w: Words) -> tuple[str, ...]:
    title = f"{w.text(scenario.title)}{' *' if little_learned(q) else ''}"
    above = (w.percent(t.probability) for t in q.thresholds)
    numbers = (w.whole(q.median), w.whole_span(q.interval))
    return (title, *numbers, *_shift(scenario, q.name, w), *above, w.of("compare", scenario.method))


def _shift(scenario: ScenarioAnswer, name: str, w: Words) -> tuple[str, str]:
    shift = scenario.shift.get(name)
    if shift is None:
        return "-", "-"
    if shift.percent == shift.percent_mcse == 0:
        return "", ""
    return w.moved(shift.percent, shift.percent_mcse), "" if about_the_same(shift) else w.signed(shift.sd, 1)


def _missing(scenario: ScenarioAnswer, above: int, w: Words) -> tuple[str, ...]:
    lost, method = w.say("table.not_converged"), w.of("compare", scenario.method)
    return (w.text(scenario.title), "-", lost, "-", "-", *("-" for _ in range(above)), method)


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
