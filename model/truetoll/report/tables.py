"""The tables of a report, in their order: what the page, Markdown, LaTeX and CSV take theirs from."""

from __future__ import annotations

from collections.abc import Iterator

from truetoll.render.tables import Table
from truetoll.render.words import Words
from truetoll.report import facts, overtime, scenarios
from truetoll.report.claims import losses
from truetoll.report.subject import Subject
from truetoll.studies.fit.tables import (
    claim_table,
    list_table,
    quantity_table,
    source_table,
    threshold_table,
    verdict_table,
)


def tables_of(subject: Subject, w: Words) -> Iterator[Table]:
    """List every table of a report, in its order.

    Parameters
    ----------
    subject : Subject
    w : Words

    Yields
    ------
    Table
        Of a run that did not converge, only those without a number of the posterior.
    """
    if subject.converged:
        yield quantity_table(subject.summary, w)
        yield verdict_table(subject.summary, w)
        yield from filter(None, [threshold_table(subject.summary, w)])
    counts = {claim.id: losses(claim, subject.forces, w) for claim in subject.case.claims}
    yield claim_table(subject.summary, w, counts)
    yield source_table(subject.summary, w, subject.conflicts)
    yield from filter(None, [list_table(subject.summary, w)])
    if subject.converged or subject.without_base:
        yield from scenarios.comparison_tables(subject, w)
    if subject.converged:
        yield from filter(None, [overtime.timeline_table(subject, w)])
    yield facts.convergence_table(subject, w)
    yield from filter(None, [facts.calibration_table(subject, w)])
    yield facts.origin_table(subject, w)
