"""A fingerprint of what determines the answer of a case."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from truetoll.claims.schema import ACCESSES, COUNTING, Case, Claim

TOLD_NOT_COUNTED = frozenset(
    {"name", "reason", "reference", "title", "description", "url", "language", "lexicon", "trust", "headline"}
    | {"claims", "losses", "wars", "measured"}
)
"""Keys of case.toml and of the reliability table that explain and do not decide; ``trust`` does by the weights."""

_NOT_COUNTED = ("line", "text", "quote", "url", "note", "nouns", "set_aside", "revises", "cells", "readings", "figure")
_OF_A_CLAIM = tuple(each.name for each in fields(Claim) if each.name not in _NOT_COUNTED)


def case_digest(case: Case) -> str:
    """Fingerprint a case.

    White space, comments, quotes, notes, addresses, titles, reasons and the order of forces, sources and
    claims do not matter; the wording of a figure matters by what it stands for.

    Parameters
    ----------
    case : Case

    Returns
    -------
    str
        SHA-256, in hexadecimal digits.
    """
    file = case.file.model_dump(mode="python", exclude={"assumptions": True, "case": {"dates"}})
    if not file["totals"]:
        del file["totals"]
    for force in file["forces"].values():
        if force["ratio"] is None:
            del force["ratio"]
    for source in file["sources"].values():
        for name in ("overcount", "completeness"):
            if source[name] is None:
                del source[name]
        source["access"] = _access(source["access"])
    content: dict[str, Any] = {
        "file": _counted(file),
        "reliability": _counted(_believed(case)),
        "claims": [_claim(claim) for claim in sorted(case.claims, key=lambda claim: claim.id)],
    }
    if case.as_of != case.bins[-1]:
        content["as_of"] = case.as_of
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=_plain)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _believed(case: Case) -> dict[str, Any]:
    """Take the reliability table; what only estimates go by counts where a source makes one."""
    table: dict[str, Any] = case.reliability.model_dump()
    unused = {*ACCESSES} - {*COUNTING} - set().union(*(_means(source.access) for source in case.sources.values()))
    for access in unused:
        for part, name in (("access", "tau"), ("access", "mean"), ("noise", "access"), ("soundness", "access")):
            del table[part][name][access]
    usual = all(mean == 1.0 for mean in table["access"]["mean"].values())
    if usual:  # not written before it could be otherwise
        del table["access"]["mean"]
    return table


def _means(stated: Any) -> set[str]:
    if isinstance(stated, str):
        return {stated}
    return set().union(*(_means(each) for each in stated.values())) if stated else set()


def _counted(value: object, names: bool = False) -> object:
    """Leave out what explains; the keys of a table of names (a force called ``reason``) all count."""
    if isinstance(value, tuple):
        parts = [_counted(each) for each in value]
        return sorted(map(str, parts)) if all(isinstance(each, str) for each in parts) else parts
    if not isinstance(value, dict):
        return value
    kept = {k: v for k, v in value.items() if names or k not in TOLD_NOT_COUNTED}
    return {k: _counted(v, not names and k in _TABLES) for k, v in kept.items()}


def _access(stated: str | dict[str, Any]) -> str | tuple[str, ...]:
    """Write access on one level: forces and counts may be called like keys that explain."""
    if isinstance(stated, str):
        return stated
    parts = ((f, table if isinstance(table, dict) else {"": table}) for f, table in stated.items())
    return tuple(f"{f}.{quantity}: {each}" for f, table in parts for quantity, each in table.items())


_TABLES = frozenset({"forces", "totals", "sources", "counts", "sums", "thresholds", "relations", "bias"})


def _claim(claim: Claim) -> dict[str, Any]:
    readings = [
        (
            round(r.probability, 12),
            *(sorted(map(str, terms)) for terms in (r.terms, r.over) if terms),
            *([str(r.over_window)] if r.over_window else []),
        )
        for r in claim.readings
    ]
    content = {name: getattr(claim, name) for name in _OF_A_CLAIM}
    figure = {name: value for name, value in asdict(claim.figure).items() if name != "stated" or value is not None}
    return content | {"readings": sorted(readings, key=str), "figure": figure}


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no fingerprint of {type(value).__name__}")
