"""Records as tables of pandas, for notebooks."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("scenario", "date", "name", "median", "low", "high", "prior_median", "shift_percent", "pass_through")
"""Columns that a notebook shows of itself."""


def frame(sheet: str) -> pd.DataFrame:
    """Read a sheet of ours back as a table.

    Parameters
    ----------
    sheet : str
        CSV, as ``*_csv`` write it.

    Returns
    -------
    pandas.DataFrame
        A row each, numbers as numbers, in full precision.
    """
    import pandas as pd  # noqa: PLC0415

    return pd.read_csv(io.StringIO(sheet))


def shown(title: str, table: pd.DataFrame) -> str:
    """Write a table as a notebook shows it.

    Parameters
    ----------
    title : str
    table : pandas.DataFrame

    Returns
    -------
    str
        HTML: its columns that say the answer, to four digits.
    """
    from html import escape  # noqa: PLC0415

    kept = table[[name for name in SHOWN if name in table.columns]]
    html: Any = kept.to_html(index=False, border=0, float_format=lambda x: f"{x:,.4g}")
    return f"<p><strong>{escape(title)}</strong></p>{html}"
