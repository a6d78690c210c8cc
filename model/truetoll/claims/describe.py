"""A case in plain words and numbers, ready for JSON: what a saved run keeps of it."""

from __future__ import annotations

from typing import Any

from truetoll.claims.schema import Case, Claim


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
        (key, name, grade, relations, reason, url); ``claims``, one per line of claims.csv.
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
        "sources": [
            {"key": key, **source.model_dump(include={"name", "grade", "relations", "reason", "url"})}
            for key, source in case.sources.items()
        ],
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
