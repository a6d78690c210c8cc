"""Scores as CSV, a row a past loss, in full precision."""

from __future__ import annotations

from dataclasses import astuple, fields

from truetoll.render.sheets import sheet
from truetoll.studies.hindcast.records import HindcastScore, TargetAnswer


def hindcast_csv(found: HindcastScore) -> str:
    """Write the targets of a hindcast, one a line.

    Parameters
    ----------
    found : HindcastScore

    Returns
    -------
    str
    """
    return sheet([each.name for each in fields(TargetAnswer)], map(astuple, found.targets))
