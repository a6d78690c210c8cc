"""Rows as CSV, in full precision. Standard library only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from truetoll.answers.records import QuantityAnswer
from truetoll.visible import visible

QUANTITY = (
    *("name", "as_of", "unit", "median", "mean", "sd", "mass", "low", "high"),
    *("prior_median", "prior_low", "prior_high", "mcse_median", "contraction", "pass_through"),
)
"""What every sheet says of a quantity."""


def cells(q: QuantityAnswer) -> tuple[Any, ...]:
    """Lay a quantity out.

    Parameters
    ----------
    q : QuantityAnswer

    Returns
    -------
    tuple
        Under the names in `QUANTITY`.
    """
    amounts = (q.median, q.mean, q.sd, q.interval.mass, q.interval.low, q.interval.high)
    prior, rest = (q.prior.median, q.prior.low, q.prior.high), (q.mcse_median, q.contraction, q.pass_through)
    return (q.name, q.as_of, q.unit, *amounts, *prior, *rest)


def sheet(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Write rows as CSV.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence
        Of what `columns` names.

    Returns
    -------
    str
        Made visible: no control, no hidden sign.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return visible(out.getvalue())
