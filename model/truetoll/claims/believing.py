"""What it means to believe a source: everything out that would move what it says away from what was lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from truetoll.claims.reliability import overlay
from truetoll.claims.schema import VoiceBias

AT_ITS_WORD = {"mu": 0.0, "tau": 0.0, "shared": 0.0, "slant": 0.0, "drift": 0.0}
"""No bias of its own or of its relation, no doubt about it, none that others share, none between outcomes or months."""


def believing(case: Mapping[str, Any], sources: Collection[str]) -> Mapping[str, Any]:
    """Take sources at their word: what they say errs by their noise alone, and by what a figure itself states.

    Parameters
    ----------
    case : mapping
        case.toml as written, not yet checked.
    sources : collection of str

    Returns
    -------
    mapping
        With a stated bias of each of them on every force it speaks of.
    """
    return (
        overlay(case, {"sources": {name: {"bias": dict(_biases(case, name))} for name in sources}}) if sources else case
    )


def _biases(case: Mapping[str, Any], name: str) -> dict[str, dict[str, float]]:
    tables = case.get("sources")
    source = tables.get(name) if isinstance(tables, Mapping) else None
    relations = source.get("relations") if isinstance(source, Mapping) else None
    return {force: dict(AT_ITS_WORD) for force in relations} if isinstance(relations, Mapping) else {}


def half_believed(bias: VoiceBias) -> tuple[str, ...]:
    """Name what still moves a source whose own bias is stated to be none.

    Parameters
    ----------
    bias : VoiceBias

    Returns
    -------
    tuple of str
        Of ``shared`` and ``slant``; empty if it has a bias, or none of either.
    """
    if bias.mu != 0 or bias.tau != 0:
        return ()
    return tuple(name for name in ("shared", "slant") if getattr(bias, name) != 0)
