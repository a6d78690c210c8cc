"""Many assumptions side by side: every scenario, what makes its shift, how far each assumption reaches alone."""

from __future__ import annotations

from collections.abc import Iterator

from truetoll.render.tables import Table
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.attribution.tables import alternative_table, attribution_tables
from truetoll.studies.compare.tables import loo_table, scenario_tables
from truetoll.studies.influence.tables import left_out_table, sensitivity_table


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


def comparison_tables(subject: Subject, w: Words) -> Iterator[Table]:
    """Lay out every scenario, and what else a comparison was asked.

    Parameters
    ----------
    subject : Subject
    w : Words

    Yields
    ------
    Table
        Scenarios, attributions, single assumptions, what is left out, sensitivity, LOO: those that were computed.
    """
    if (found := subject.comparison) is None:
        return
    yield from scenario_tables(found, w)
    yield from attribution_tables(found, w)
    if subject.converged and found.alternatives:
        yield alternative_table(found, subject.main.name, w)
    left_out = left_out_table(found, w, subject.summary) if subject.converged else None
    yield from filter(None, (left_out, sensitivity_table(found, w), loo_table(found, w)))
