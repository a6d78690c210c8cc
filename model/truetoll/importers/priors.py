"""Priors of imported cases: stated for a year, scaled to the war."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def scaled(prior: Mapping[str, Any], days: int) -> dict[str, Any]:
    """State the prior of a year for a war of so many days.

    Parameters
    ----------
    prior : mapping
        Median, low, high and reason.
    days : int

    Returns
    -------
    dict
        To three digits, and half of one lost where that is a whole number: no figure of a tally is equal to it, which
        would look like a prior that was taken from a claim.
    """
    if days == 365:
        return dict(prior)
    numbers = {key: float(f"{prior[key] * days / 365:.3g}") for key in ("median", "low", "high")}
    numbers = {key: value + 0.5 * value.is_integer() for key, value in numbers.items()}
    return numbers | {"reason": f"{prior['reason']}; scaled to {days} days"}
