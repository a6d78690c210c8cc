"""Tables for the terminal: 80 columns, without colour as well as with it. Rich only: `validate` needs no arrays."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from truetoll.answers.records import ClaimAnswer, Interval, QuantityAnswer, SourceAnswer, Summary
from truetoll.answers.words import day, figure, percent, plain, quantity_words, span, two_digits
from truetoll.errors import Problem

ADDING = "Medians do not add up: each row is read for itself."
CAVEATS = (
    "A bias is not a lie: it may be a definition or a relay. 'Ordinary' is the probability that a claim's error is "
    "of the usual size, not that the claim is true. The interval does not cover a wrong definition, nor other "
    "assumptions; scenarios are not equally likely."
)
REFUSAL = "NOT CONVERGED: THIS IS NOT A RESULT"
_WHAT_TO_DO = (
    "The chains disagree, so no median or interval is shown. Run it again with more: --draws 4000 --tune 2000. If it "
    "still fails, look for a prior that is far wider than it need be, or for claims that cannot all be so."
)


def render(summary: Summary, console: Console) -> None:
    """Print a summary.

    Parameters
    ----------
    summary : Summary
    console : rich.console.Console
    """
    console.print(summary_view(summary))


def summary_view(summary: Summary) -> RenderableType:
    """Lay out a summary: what it is, the answer, what it rests on, the sources, the claims, what is not said.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
        Of a run that did not converge: no number of the posterior, but what to do.
    """
    if not summary.converged:
        parts: list[RenderableType] = [header(summary), Text(REFUSAL, style="bold"), _lines([_WHAT_TO_DO])]
        return Group(*_apart([*parts, convergence(summary), _notices(summary)]))
    parts = [
        header(summary),
        quantity_table(summary),
        thresholds(summary),
        Group(Text("What it rests on", style="bold"), rests_on(summary)),
        source_table(summary),
        claim_table(summary),
        convergence(summary),
        _notices(summary),
        _lines([CAVEATS]),
    ]
    return Group(*_apart(parts))


def _apart(parts: Iterable[RenderableType | None]) -> Iterator[RenderableType]:
    """Set an empty line after each part there is."""
    return (Padding(part, (0, 0, 1, 0)) for part in parts if part is not None)


def _lines(lines: Sequence[str]) -> RenderableType:
    return Group(*(Text(line) for line in lines))


def header(summary: Summary) -> RenderableType:
    """Title, date, and how much the answer rests on.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    used = sum(claim.weight > 0 for claim in summary.claims)
    aside = f" ({len(summary.claims) - used} more set aside)" if used < len(summary.claims) else ""
    sources = len({claim.source for claim in summary.claims if claim.weight > 0})
    return Group(
        Text(summary.title, style="bold"),
        Text(f"{summary.case}, scenario {summary.scenario}; losses up to {day(summary.as_of)}"),
        Text(f"{_n(used, 'claim')}{aside}, {_n(sources, 'source')}, {_n(summary.origins, 'origin')}"),
    )


def _n(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def _table(*columns: tuple[str, str], title: str = "") -> Table:
    """Table without vertical rules: columns are (heading, justification)."""
    table = Table(box=None, padding=(0, 2, 0, 0), title=title or None, title_justify="left", title_style="bold")
    for heading, justify in columns:
        fold: dict[str, Any] = {"overflow": "fold", "justify": justify}
        table.add_column(heading, header_style="underline", vertical="top", **fold)
    return table


def quantity_table(summary: Summary) -> RenderableType:
    """Posterior of every quantity, the prior beside it.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    within = percent(summary.interval_mass)
    table = _table(
        ("", "left"), ("median", "right"), (within, "right"), ("prior median", "right"), (f"prior {within}", "right")
    )
    for force, quantities in groupby(summary.quantities, key=lambda q: q.force):
        table.add_row(Text(force, style="bold"))
        for q in quantities:
            table.add_row(f"  {_named(q)}", *_cells(q))
    table.columns[0].no_wrap = False
    return Group(_spread(table), Text(ADDING))


def _spread(table: Table) -> RenderableType:
    """Leave the table as it is; one place to change should tables need a frame."""
    return table


def _named(q: QuantityAnswer) -> str:
    return quantity_words(q.name) if q.unit in ("persons", q.name.partition(".")[2]) else f"{q.name} ({q.unit})"


def _cells(q: QuantityAnswer) -> tuple[str, str, str, str]:
    prior = (two_digits(q.prior.median), span(q.prior.low, q.prior.high))
    return two_digits(q.median), span(q.interval.low, q.interval.high), *prior


def thresholds(summary: Summary) -> RenderableType | None:
    """Probabilities above the values the case asks about.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable or None
        None if the case asks about none.
    """
    table = _table(("Probability of more than", "left"), ("posterior", "right"), ("prior", "right"))
    for q in summary.quantities:
        for t in q.thresholds:
            table.add_row(f"{figure(t.value)} {q.name}", percent(t.probability), percent(t.prior))
    return table if table.row_count else None


def rests_on(summary: Summary) -> RenderableType:
    """Pass-through of every quantity: number, sentence, verdict.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    table = _table(("", "left"), ("pass-through", "right"), ("learned", "right"), ("", "left"))
    for q in summary.quantities:
        p = "-" if q.pass_through is None else f"{q.pass_through:.2f}"
        table.add_row(q.name, p, percent(max(0.0, q.contraction)), f"{q.sentence} It {q.verdict}.")
    note = (
        "Pass-through: per cent by which it falls if every source exaggerates 1 % more than assumed. Learned: share of "
        "the prior's variance (log) that the claims took away."
    )
    return Group(table, Text(note))
