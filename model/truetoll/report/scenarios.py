"""Many assumptions side by side: every scenario, what makes its shift, how far each assumption reaches alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from truetoll.render.labels import killed_and_casualties
from truetoll.render.tables import Row, Table, number, words
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.attribution.tables import alternative_table
from truetoll.studies.compare.records import Comparison, ScenarioAnswer
from truetoll.studies.compare.tables import loo_table, scenario_title
from truetoll.studies.influence.records import LeftOut
from truetoll.studies.influence.tables import sensitivity_table


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
        yield Table(table_key(q.name), w.in_full(q), head, rows)


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


def _called(comparison: Comparison, w: Words) -> dict[str, str]:
    """Name the main quantities, in words."""
    names = main_quantities(comparison)
    return {q.name: w.in_full(q) for q in comparison.quantities if q.name in names}


def _attributions(comparison: Comparison, w: Words) -> Iterator[Table]:
    """Say which changes of a scenario make its shift."""
    names = _called(comparison, w)
    titles = {s.name: w.text(s.title) for s in comparison.scenarios}
    for found in comparison.attribution:
        rows = [(words(w.tell(p.label)), *(number(w.moved_by(p.log[n])) for n in names)) for p in found.parts]
        rows.append((words(w.say("scenario.together")), *(number(w.moved_by(found.total[n])) for n in names)))
        head, title = (w.say("head.change"), *names.values()), titles.get(found.scenario, "")
        key = f"attribution_{found.scenario}"
        yield Table(key, w.say("scenario.attribution", title=title), head, tuple(rows), w.say("scenario.shapley"))


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
    found = subject.comparison
    if found is None or found.influence is None or not subject.converged:
        return None
    names = _called(found, w)
    head = (w.say("head.without"), *names.values(), w.say("head.others"), w.say("head.holm"))
    rows = tuple(_left_out(subject, each, names, w) for each in found.influence.left_out)
    return Table("left_out", w.say("scenario.left_out"), head, rows, w.say("scenario.left_out_note"))


def _left_out(subject: Subject, each: LeftOut, names: Iterable[str], w: Words) -> Row:
    found = subject.conflicts.get((each.kind, each.name))
    verdict = w.tell(found.verdict) if found else "-"
    name = subject.summary.source_names.get(each.name, each.name) if each.kind == "source" else each.name
    title = w.say(f"scenario.without_{each.kind}", name=name)
    shifts = (number(w.moved_by(each.log[n])) for n in names)
    said = next((c.text for c in subject.summary.claims if each.kind == "claim" and c.id == each.name), "")
    return words(title, said), *shifts, words(verdict), number(w.tail(found.tail_holm if found else None))


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
    if (found := subject.comparison) is None:
        return
    yield from _attributions(found, w)
    if found.alternatives and subject.converged:
        yield alternative_table(found, subject.main.name, w)
    makers = (left_out_table(subject, w), sensitivity_table(found, w), loo_table(found, w))
    yield from (table for table in makers if table is not None)
