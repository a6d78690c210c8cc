"""A case in plain words and numbers, ready for JSON: what ``truetoll validate --json`` prints."""

from __future__ import annotations

from typing import Any

from truetoll.claims.schema import Case, Claim
from truetoll.claims.voices import voices_of


def describe(case: Case) -> dict[str, Any]:
    """Describe a case as it was understood.

    Parameters
    ----------
    case : Case

    Returns
    -------
    dict
        ``title``, ``description``, ``language`` (of the figures), ``as_of`` (last day that is asked for), ``known_on``
        (or None), ``bins``, ``notices``; ``quantities`` (name, unit, outcomes it adds up, thresholds; of a total over
        forces also ``parts``, the quantities of its forces); ``sources``
        (as `describe_source` has them); ``claims``, one per line of claims.csv.
    """
    head = case.file.case
    return {
        "title": case.title,
        "description": head.description,
        "language": head.language,
        "as_of": case.as_of.isoformat(),
        "known_on": case.known_on.isoformat() if case.known_on else None,
        "bins": [day.isoformat() for day in case.bins],
        "notices": [str(said) for said in case.notices],
        "quantities": _quantities(case),
        "sources": [describe_source(case, key) for key in case.sources],
        "claims": [describe_claim(claim) for claim in case.claims],
    }


def _quantities(case: Case) -> list[dict[str, Any]]:
    return [
        {
            "name": q.name,
            "force": q.force,
            "unit": q.unit,
            "outcomes": list(q.outcomes),
            "thresholds": list(q.thresholds),
            **({"parts": list(map(str, q.parts))} if q.parts != (q.term,) else {}),
        }
        for q in case.quantities
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
    source, voices = case.sources[key], voices_of(case, key)
    return {
        "key": key,
        **source.model_dump(include={"name", "grade", "relations", "reason", "url"}),
        "access": {voice.force: voice.access for voice in voices},
        "access_apart": {voice.force: dict(voice.apart) for voice in voices if voice.apart},
        "access_stated": [voice.force for voice in voices if voice.stated],
        "rests_on": {voice.force: voice.rests_on and list(voice.rests_on) for voice in voices},
    }


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
    figure = claim.figure
    return {
        "id": claim.id,
        "line": claim.line,
        "source": claim.source,
        "losses": claim.losses,
        "text": claim.text,
        "form": str(figure.form),
        "low": figure.low,
        "high": figure.high,
        "value": figure.value,
        "share": figure.share,
        "ratio": claim.is_ratio,
        "since": claim.since.isoformat(),
        "as_of": claim.as_of.isoformat(),
        "reported": claim.reported.isoformat() if claim.reported else None,
        "origin": claim.origin,
        "credibility": claim.credibility,
        "weight": claim.weight,
        "set_aside": str(claim.set_aside),
        "quote": claim.quote,
        "url": claim.url,
        "note": claim.note,
    }
