"""Priors of imported cases: stated for a year, scaled to the war."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truetoll.text.messages import message


def scaled(prior: Mapping[str, Any], days: int) -> dict[str, Any]:
    """State the prior of a year for a war of so many days.

    Parameters
    ----------
    prior : mapping
        Median, low, high and reason, a key of ``import_reason`` in the catalogue.
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
    why = message(f"import_reason.{prior['reason']}")
    return numbers | {"reason": message("import_reason.scaled", reason=why, days=days)}
