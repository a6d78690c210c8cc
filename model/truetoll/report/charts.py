"""The numbers of every chart, as they are drawn in the page. Names and sentences are those of its language."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from truetoll.answers.records import Interval
from truetoll.claims.schema import Form
from truetoll.render.labels import shorten
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.attribution.read import by_reach
from truetoll.studies.fit.tables import standing_out

LABEL = 90
"""Characters of a label."""
FURTHEST = 20
"""Assumptions that are drawn, those that reach furthest first."""


def chart_data(subject: Subject, w: Words) -> dict[str, Any]:
    """Gather the numbers of all charts but the densities.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    dict
    """
    claims = [each for each in standing_out(subject.summary.claims) if each.true and each.weight > 0]
    of_source = Counter(voice.source for voice in subject.summary.sources)
    voices = [voice for voice in subject.summary.sources if voice.bias_prior and voice.bias_posterior]
    return {
        "claims": [_claim(claim, subject.summary.source_names) for claim in claims],
        "sources": [_source(v, w, of_source[v.source] > 1) for v in voices],
        "scenarios": scenario_rows(subject, w),
        "alternatives": _alternatives(subject, w),
        "timeline": _timeline(subject, w),
    }


def _three(found: Interval | None, scale: float = 1.0) -> list[float] | None:
    """Low, median, high, with the digits a drawing can show."""
    if found is None:
        return None
    return [float(f"{x * scale:.5g}") for x in (found.low, found.median, found.high)]


def _claim(claim: Any, names: Mapping[str, str]) -> dict[str, Any]:
    scale, bound = 100.0 if claim.share else 1.0, Form(claim.form).family == "bound"
    cell = [claim.value, claim.value, claim.value] if bound else [claim.low, claim.value, claim.high]
    return {
        "label": shorten(f"{claim.text} \N{EN DASH} {names.get(claim.source, claim.source)}", LABEL),
        "unit": "%" if claim.share else "",
        "said": [float(f"{x * scale:.5g}") for x in cell],
        "form": claim.form,
        "true": _three(claim.true, scale),
        "would": _three(claim.said, scale),
    }


def _voice(voice: Any, w: Words, several: bool) -> str:
    """Name a voice; the force it speaks of only if it speaks of several."""
    relation = w.of("relation", voice.relation)
    return f"{voice.name} \N{EN DASH} {relation}{f', {voice.force}' if several else ''}"


def _source(voice: Any, w: Words, several: bool) -> dict[str, Any]:
    return {
        "label": shorten(_voice(voice, w, several), LABEL),
        "before": _three(voice.bias_prior),
        "after": _three(voice.bias_posterior),
    }


def scenario_rows(subject: Subject, w: Words) -> Mapping[str, Any]:
    """Lay out every scenario, for the quantities that are shown.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    mapping
        Empty if there is no comparison.
    """
    found = subject.comparison
    if found is None or not found.scenarios[0].quantities:
        return {}
    titled = [w.text(s.title) for s in found.scenarios]
    base = w.say("scenario.base")
    pairs = zip(found.scenarios, titled, strict=True)
    titles = [base if s.name == found.base else shorten(title, LABEL) for s, title in pairs]
    rows = {}
    for q in found.scenarios[0].quantities:
        of = [next((x for x in s.quantities if x.name == q.name), None) for s in found.scenarios]
        rows[q.name] = [_three(x.central) if x else None for x in of]
    return {"titles": titles, "rows": rows, "main": [q.name for q in found.main_quantities]}


def _alternatives(subject: Subject, w: Words) -> list[dict[str, Any]]:
    found = subject.comparison
    if found is None or not found.alternatives or not subject.converged:
        return []
    name = subject.main.name
    return [
        {
            "label": shorten(w.tell(each.title), LABEL),
            "low": _per_cent(each.low.log[name]),
            "high": _per_cent(each.high.log[name]),
        }
        for each in by_reach(found.alternatives, name)[:FURTHEST]
    ]


def _per_cent(log: float) -> float | None:
    return float(f"{100 * math.expm1(log):.4g}") if math.isfinite(log) else None


def _timeline(subject: Subject, w: Words) -> list[dict[str, Any]]:
    found = subject.timeline.quantities if subject.timeline else ()
    return [
        {
            "name": q.name,
            "label": f"{q.force}: {w.quantity(q.name)}",
            "start": q.bins[0].since,
            "level": q.bins[0].within is None,
            "bins": [{"until": b.until, "cumulative": _three(b.cumulative)} for b in q.bins],
        }
        for q in found
    ]
