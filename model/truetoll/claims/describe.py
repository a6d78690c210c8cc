"""A case in plain words and numbers, ready for JSON: what a saved run keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truetoll.claims.access import access_of
from truetoll.claims.schema import Case, Claim, Source


def describe(case: Case) -> dict[str, Any]:
    """Describe a case as it was understood.

    Parameters
    ----------
    case : Case

    Returns
    -------
    dict
        ``title``, ``description``, ``language`` (of the figures), ``as_of`` (last day that is asked for), ``known_on``
        (or None), ``bins``, ``notices``; ``quantities`` (name, unit, outcomes it adds up, thresholds); ``sources``
        (as `describe_source` has them); ``claims``, one per line of claims.csv.
    """
    head = case.file.case
    return {
        "title": head.title,
        "description": head.description,
        "language": head.language,
        "as_of": case.as_of.isoformat(),
        "known_on": case.known_on.isoformat() if case.known_on else None,
        "bins": [day.isoformat() for day in case.bins],
        "notices": list(case.notices),
        "quantities": _quantities(case),
        "sources": [describe_source(case, key) for key in case.sources],
        "claims": [describe_claim(claim) for claim in case.claims],
    }


def _quantities(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{f}.{q}",
            "force": force.name or f,
            "unit": force.unit_of(q),
            "outcomes": list(force.outcomes_of(q)),
            "thresholds": list(force.thresholds.get(q, ())),
        }
        for f, force in case.forces.items()
        for q in force.quantities
    ]


def describe_source(case: Case, key: str) -> dict[str, Any]:
    """Describe a source: who it is, what it has to count by, and what the assumed bias rests on.

    Parameters
    ----------
    case : Case
    key : str

    Returns
    -------
    dict
        ``key``, ``name``, ``grade`` (or None), ``relations``, ``reason``, ``url``; by force ``access``, and
        ``access_apart`` for the quantities where that is another; ``access_stated``, forces for which the case says
        it; ``rests_on``, by force, past figures, losses and wars, or None where the case states the bias.
    """
    source = case.sources[key]
    access = {force: access_of(case, key, force, "") for force in source.relations}
    apart = {
        force: {q: found for q in case.forces[force].quantities if (found := access_of(case, key, force, q)) != usual}
        for force, usual in access.items()
    }
    return {
        "key": key,
        **source.model_dump(include={"name", "grade", "relations", "reason", "url"}),
        "access": access,
        "access_apart": {force: each for force, each in apart.items() if each},
        "access_stated": [force for force in access if _is_stated(source, force)],
        "rests_on": {force: _rests_on(case, source, force) for force in source.relations},
    }


def _is_stated(source: Source, force: str) -> bool:
    return isinstance(source.access, str) or isinstance(source.access.get(force), str)


def _rests_on(case: Case, source: Source, force: str) -> list[int] | None:
    """Count what the mean bias of a voice rests on; None where somebody stated it."""
    victims, relation = case.forces[force].victims, source.relations[force]
    stated: Any = case.file.assumptions
    for name in ("bias", victims, relation):
        stated = stated.get(name, {}) if isinstance(stated, Mapping) else {}
    own = source.bias.get(force)
    if (own is not None and own.mu is not None) or "mu" in stated:
        return None
    row = case.reliability.bias[victims][relation]
    return [row.claims, row.losses, row.wars]


def describe_claim(claim: Claim) -> dict[str, Any]:
    """Describe a claim as it was understood.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    dict
        Dates as ISO text; ``losses`` as the reading with its probabilities; the figure as form, low, high, value.
    """
    losses = " | ".join(
        f"{reading}:{reading.probability:g}" if len(claim.readings) > 1 else str(reading) for reading in claim.readings
    )
    figure = claim.figure
    return {
        "id": claim.id,
        "line": claim.line,
        "source": claim.source,
        "losses": losses,
        "text": claim.text,
        "form": str(figure.form),
        "low": figure.low,
        "high": figure.high,
        "value": figure.value,
        "share": figure.share,
        "since": claim.since.isoformat(),
        "as_of": claim.as_of.isoformat(),
        "reported": claim.reported.isoformat() if claim.reported else None,
        "origin": claim.origin,
        "credibility": claim.credibility,
        "weight": claim.weight,
        "set_aside": claim.set_aside,
        "quote": claim.quote,
        "url": claim.url,
        "note": claim.note,
    }
