"""What the sliders compute with: draws as base64, numbers at rest, named scenarios that are exact."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

from truetoll.answers.records import QuantityAnswer
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.beliefs.read import Levers
from truetoll.studies.compare.records import ScenarioAnswer

Array = NDArray[np.float64]
GRID = 128
"""Points of a density."""
_TAIL = 0.002
"""Probability cut off at either end of a density."""


_STEPS = 2**24 - 1
"""Steps between the least and the most of a row: three bytes, which base64 writes as four characters."""


def encoded(values: Array) -> str:
    """Write numbers as base64: the least of them and a step as 64 bit floats, then how many steps each lies above it.

    Parameters
    ----------
    values : ndarray
        Finite. Each comes back within 3e-8 of the range from the least to the most.

    Returns
    -------
    str
    """
    low, high = float(values.min()), float(values.max())
    step = (high - low) / _STEPS
    steps = np.rint((values - low) / step) if step > 0 else np.zeros(len(values))
    packed = steps.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]
    return base64.b64encode(np.array([low, step], dtype="<f8").tobytes() + packed.tobytes()).decode("ascii")


def draws_data(found: Levers) -> dict[str, Any]:
    """Write the draws of a fit, and by what they are weighed.

    Parameters
    ----------
    found : Levers

    Returns
    -------
    dict
        Plain; arrays by row as `encoded`.
    """
    return {
        "n": found.amount.shape[1],
        "chains": found.chains,
        "pace": found.pace,
        "quantities": list(found.quantities),
        "sources": list(found.sources),
        "relations": list(found.relations),
        "log_amount": [encoded(np.log(row)) for row in found.amount],
        "likelihood": [encoded(row) for row in found.log_likelihood],
        "lever": [encoded(row) for row in found.lever],
        "product": found.product.tolist(),
        "precision": encoded(found.precision),
        "trust": list(found.trust),
        "mean": dict(found.bias_mean),
        "voices": {name: list(voices) for name, voices in found.voices.items()},
    }


def rest_data(quantities: tuple[QuantityAnswer, ...]) -> dict[str, Any]:
    """Write the numbers of a summary as they stand, for each quantity.

    Parameters
    ----------
    quantities : tuple of QuantityAnswer

    Returns
    -------
    dict
    """
    return {
        q.name: {
            "median": q.median,
            "low": q.interval.low,
            "high": q.interval.high,
            "above": [t.probability for t in q.thresholds],
        }
        for q in quantities
    }


def densities(subject: Subject, w: Words) -> list[dict[str, Any]]:
    """Write the density of every quantity before the figures, and where to draw it after them.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    list of dict
        ``low`` and ``high`` are the ends of a grid on the log scale, ``width`` that of the kernel.
    """
    return [_density(subject, q, w) for q in subject.summary.quantities]


def _density(subject: Subject, q: QuantityAnswer, w: Words) -> dict[str, Any]:
    before, after = (np.log(_amount(subject, group, q.name)) for group in ("prior", "posterior"))
    low, high = _ends(before, after)
    inside = before[(before > low) & (before < high)]
    _, height, _ = array_stats.kde(inside, grid_len=GRID, bound_correction=False, custom_lims=(low, high))
    width = float(array_stats.kde(after, grid_len=GRID, bound_correction=False)[2])
    return {
        "name": q.name,
        "force": q.force,
        "label": w.named(q),
        "low": low,
        "high": high,
        "width": width,
        "before": [float(f"{y:.4g}") for y in height * inside.size / before.size],
        "prior": [q.prior.low, q.prior.median, q.prior.high],
        "thresholds": (asked := [t.value for t in q.thresholds]),
        "usual": usual_threshold(asked, q.median),
    }


def usual_threshold(asked: Sequence[float], median: float) -> float:
    """Choose what the probability of more is said of before a reader does: what the case asks for, else the median."""
    return asked[0] if asked else float(round(median)) if median < 10 else float(f"{median:.2g}")


def _amount(subject: Subject, group: str, name: str) -> Array:
    return np.asarray(subject.fit[group]["amount"].sel(quantity=name).to_numpy().ravel())


def _ends(before: Array, after: Array) -> tuple[float, float]:
    ends = np.concatenate([np.quantile(before, [0.02, 0.98]), np.quantile(after, [_TAIL, 1 - _TAIL])])
    return float(ends.min()) - 0.15, float(ends.max()) + 0.15


def presets(subject: Subject, w: Words) -> Iterator[Mapping[str, Any]]:
    """Write the named scenarios, each as it was sampled by itself.

    Parameters
    ----------
    subject : Subject
    w : Words

    Yields
    ------
    mapping
    """
    if (found := subject.comparison) is None:
        return
    for scenario in found.scenarios:
        if scenario.name != found.base and scenario.converged and scenario.method == "refit":
            yield {"name": scenario.name, "title": w.text(scenario.title), **_preset(subject, scenario)}


def refits_data(subject: Subject) -> Iterator[Mapping[str, Any]]:
    """Write the refits that are stored with a run: which slider each is of, and what it says.

    Parameters
    ----------
    subject : Subject

    Yields
    ------
    mapping
        ``rest`` and ``curves`` are missing of those that did not converge.
    """
    sources = subject.levers.sources if subject.levers else ()
    for each in subject.stored:
        if each.source not in sources:
            continue
        said = {}
        if each.quantities:
            pairs = zip(each.quantities, each.amount, strict=True)
            said = {"rest": rest_data(each.quantities), "curves": {q.name: curve(row) for q, row in pairs}}
        yield {"source": sources.index(each.source), "power": each.power, **said}


def _preset(subject: Subject, scenario: ScenarioAnswer) -> dict[str, Any]:
    drawn = subject.tree["posterior"]["amount"].sel(scenario=scenario.name)
    curves = {}
    for q in scenario.quantities:
        values = drawn.sel(quantity=q.name).to_numpy().ravel()
        curves[q.name] = curve(values)
    return {"rest": rest_data(scenario.quantities), "curves": curves}


def curve(values: Array) -> str:
    """Write what a density is drawn from: quantiles of the log, evenly spread.

    Parameters
    ----------
    values : ndarray
        Draws of a quantity.

    Returns
    -------
    str
        As `encoded`.
    """
    return encoded(np.log(np.quantile(values, (np.arange(GRID) + 0.5) / GRID)))
