"""Many assumptions side by side: every scenario, what makes its shift, how far each assumption reaches alone."""

from __future__ import annotations

from collections.abc import Iterator

from truetoll.answers.words import loo_verdict
from truetoll.render.labels import killed_and_casualties
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.report.tables import Cell, Row, Table, number, told, words
from truetoll.studies.attribution.read import by_reach
from truetoll.studies.attribution.records import Side
from truetoll.studies.compare.records import Comparison, ScenarioAnswer
from truetoll.studies.influence.records import LeftOut

BASE = "base"
"""Name of a case without a scenario."""


def main_quantities(comparison: Comparison) -> list[str]:
    """Name the quantities that are shown under every scenario.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    list of str
        Killed and casualties of every force, or what there is.
    """
    return killed_and_casualties([q.name for q in comparison.quantities])


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


def scenario_tables(subject: Subject, w: Words) -> Iterator[Table]:
    """Lay out every scenario, one table a quantity.

    Parameters
    ----------
    subject : Subject
    w : Words

    Yields
    ------
    Table
    """
    if (comparison := subject.comparison) is None:
        return
    for q in comparison.quantities:
        names = ("scenario", "median", "interval", "shift")
        head = w.columns("head", *names, mass=w.percent(comparison.interval_mass))
        rows = tuple(_scenario(s, q.name, comparison.base, w) for s in comparison.scenarios)
        title = f"{q.force}: {w.quantity(q.name)}"
        yield Table(table_key(q.name), title, head, rows)


def _scenario(scenario: ScenarioAnswer, name: str, base: str, w: Words) -> Row:
    title = scenario_title(scenario, base, w)
    found = next((q for q in scenario.quantities if q.name == name), None)
    if found is None:
        return title, words(w.say("scenario.not_converged")), number("-"), number("-")
    shift = scenario.shift.get(name)
    moved = "-" if shift is None or scenario.name == base else w.moved(shift.percent, shift.percent_mcse)
    return title, number(w.whole(found.median)), number(w.whole_span(found.central)), number(moved)


def reasons(subject: Subject, w: Words) -> list[tuple[str, str, str]]:
    """Why each scenario may be held, in the analyst's words.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    list of (str, str, str)
        Name, title, argument.
    """
    found = subject.comparison
    others = [s for s in found.scenarios if s.name != found.base] if found else []
    return [(s.name, w.text(s.title), w.text(s.why)) for s in others]


def attribution_tables(subject: Subject, w: Words) -> Iterator[Table]:
    """Say which changes of a scenario make its shift.

    Parameters
    ----------
    subject : Subject
    w : Words

    Yields
    ------
    Table
    """
    comparison = subject.comparison
    for found in comparison.attribution if comparison else ():
        names = main_quantities(comparison) if comparison else []
        titles = {s.name: s.title for s in (comparison.scenarios if comparison else ())}
        title = w.text(titles.get(found.scenario, ""))
        rows = [(words(w.tell(p.label)), *(number(w.moved_by(p.log[n])) for n in names)) for p in found.parts]
        rows.append((words(w.say("scenario.together")), *(number(w.moved_by(found.total[n])) for n in names)))
        head = (w.say("head.change"), *(_full(subject, n, w) for n in names))
        key = f"attribution_{found.scenario}"
        yield Table(key, w.say("scenario.attribution", title=title), head, tuple(rows), w.say("scenario.shapley"))


def _full(subject: Subject, name: str, w: Words) -> str:
    return f"{subject.forces[name.partition('.')[0]]}: {w.quantity(name)}"


def alternative_table(subject: Subject, w: Words) -> Table | None:
    """Say how far every assumption reaches alone, by the main quantity.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table or None
        None if it was not asked for.
    """
    comparison = subject.comparison
    if comparison is None or not comparison.alternatives or not subject.converged:
        return None
    name = subject.main.name
    rows = []
    for each in by_reach(comparison.alternatives, name):
        sides = [cell for side in (each.low, each.high) for cell in _side(side, name, w)]
        rows.append((words(w.tell(each.title)), *sides))
    names = ("assumption", "lower", "shift", "higher", "shift")
    head = w.columns("head", *names)
    title = w.say("scenario.alternatives", quantity=_full(subject, name, w))
    return Table("one_at_a_time", title, head, tuple(rows), w.say("scenario.alternatives_note"))


def _side(side: Side, name: str, w: Words) -> Row:
    return words(w.tell(side.text)), number(w.moved_by(side.log[name]))


def left_out_table(subject: Subject, w: Words) -> Table | None:
    """Say what follows without each source and each claim, and whether it is at odds with the others.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table or None
        None if it was not asked for.
    """
    influence = subject.comparison.influence if subject.comparison else None
    if influence is None or not subject.converged:
        return None
    names = main_quantities(subject.comparison) if subject.comparison else []
    head = (w.say("head.without"), *(_full(subject, n, w) for n in names), w.say("head.others"), w.say("head.holm"))
    rows = tuple(_left_out(subject, each, names, w) for each in influence.left_out)
    return Table("left_out", w.say("scenario.left_out"), head, rows, w.say("scenario.left_out_note"))


def _left_out(subject: Subject, each: LeftOut, names: list[str], w: Words) -> Row:
    found = subject.conflicts.get((each.kind, each.name))
    verdict = w.tell(found.verdict) if found else "-"
    name = subject.source_names.get(each.name, each.name) if each.kind == "source" else each.name
    title = w.say(f"scenario.without_{each.kind}", name=name)
    shifts = (number(w.moved_by(each.log[n])) for n in names)
    said = next((c.text for c in subject.summary.claims if each.kind == "claim" and c.id == each.name), "")
    return words(title, said), *shifts, words(verdict), number(w.tail(found.tail_holm if found else None))


def sensitivity_table(subject: Subject, w: Words) -> Table | None:
    """Say which priors each quantity follows.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table or None
    """
    influence = subject.comparison.influence if subject.comparison else None
    if influence is None or not influence.sensitivity:
        return None
    roles = list(influence.sensitivity[0].psense)
    head = (w.say("head.quantity"), *(w.of("role", role) for role in roles), w.say("head.verdict"))
    rows = tuple(
        (
            words(_full(subject, each.quantity, w)),
            *(number(w.two_digits(each.psense.get(role))) for role in roles),
            words(w.tell(each.verdict)),
        )
        for each in influence.sensitivity
    )
    return Table("sensitivity", w.say("scenario.sensitivity"), head, rows, w.say("scenario.sensitivity_note"))


def loo_table(subject: Subject, w: Words) -> Table | None:
    """Say how well the scenarios with the same claims foretell them.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table or None
    """
    comparison = subject.comparison
    scored = [s for s in comparison.scenarios if s.loo] if comparison else []
    if comparison is None or len(scored) < 2:
        return None
    head = w.columns("head", "scenario", "elpd", "elpd_se", "khat", "verdict")
    rows = []
    for s in scored:
        assert s.loo is not None
        verdict = loo_verdict(s.loo.diff, s.loo.diff_se)
        numbers = (w.signed(s.loo.diff, 1), w.signed(s.loo.diff_se, 1).lstrip("+"), w.two_digits(s.loo.khat_max))
        told_ = words(w.text(verdict))
        rows.append((scenario_title(s, comparison.base, w), *map(number, numbers), told_))
    return Table("loo", w.say("scenario.loo"), head, tuple(rows), w.say("scenario.loo_note"))


def further_tables(subject: Subject, w: Words) -> Iterator[Table]:
    """Lay out what else a comparison was asked.

    Parameters
    ----------
    subject : Subject
    w : Words

    Yields
    ------
    Table
        Attributions, single assumptions, what is left out, sensitivity, LOO: those that were computed.
    """
    yield from attribution_tables(subject, w)
    makers = (alternative_table, left_out_table, sensitivity_table, loo_table)
    yield from (table for make in makers if (table := make(subject, w)) is not None)
