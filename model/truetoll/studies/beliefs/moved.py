"""What a reader moved: how far from the run, and which scenario of the case it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from truetoll.studies.beliefs.read import Levers

STEP, STEPS = math.log(1.05), 22
"""Of a slider of bias: one step on the log scale, and how many there are to either side."""
TRUST_STEP, MOST_TRUST = 0.05, 2.0
"""Of a slider of trust; its end is also that of what a scenario may ask for."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Beliefs against those of a run; what is left out is as the run has it.

    Parameters
    ----------
    trust : mapping of str to float
        Source -> what the weight of its figures is multiplied by; 0 leaves it out.
    bias : mapping of str to float
        Relation as ``military:adversary`` -> how many times as high its figures are taken to be as assumed.
    scenario : str
        Of a comparison, that is shown as it was sampled by itself; nothing else is moved then.
    """

    trust: Mapping[str, float] = field(default_factory=dict)
    bias: Mapping[str, float] = field(default_factory=dict)
    scenario: str = ""

    @property
    def at_rest(self) -> bool:
        """Whether nothing is moved."""
        return not (self.trust or self.bias or self.scenario)


def on_sliders(moved: Moved, found: Levers) -> Moved:
    """Put beliefs on the steps of the sliders, within their ends; what is as the run has it is left out.

    Parameters
    ----------
    moved : Moved
    found : Levers

    Returns
    -------
    Moved
    """
    trust, bias = {}, {}
    for source, already in zip(found.sources, found.trust, strict=True):
        most = math.floor(most_trust(already) / TRUST_STEP + 1e-9)
        steps = round(min(MOST_TRUST, max(0.0, moved.trust.get(source, 1.0))) / TRUST_STEP)
        trust[source] = _twelve(TRUST_STEP * min(most, steps))
    for relation in found.relations:
        steps = round(math.log(moved.bias.get(relation, 1.0)) / STEP)
        bias[relation] = math.exp(STEP * min(STEPS, max(-STEPS, steps)))
    return Moved(
        {name: value for name, value in trust.items() if value != 1.0},
        {name: value for name, value in bias.items() if value != 1.0},
    )


def most_trust(already: float) -> float:
    """Find the end of a slider of trust, of a source whose figures have a weight in the run already."""
    return min(MOST_TRUST, MOST_TRUST / already)


def change(moved: Moved, found: Levers, of: str = "base") -> dict[str, Any]:
    """Write beliefs as a scenario of the case.

    Parameters
    ----------
    moved : Moved
        Without a named scenario, which the case has.
    found : Levers
    of : str
        Scenario of the run.

    Returns
    -------
    dict
        As it could stand in scenarios.toml, without ``title`` and ``why``; empty where nothing is moved.
    """
    out = [source for source in found.sources if moved.trust.get(source, 1.0) == 0.0]
    sources: dict[str, dict[str, Any]] = {}
    for source, already in zip(found.sources, found.trust, strict=True):
        power = moved.trust.get(source, 1.0)
        if power not in (0.0, 1.0):
            sources.setdefault(source, {})["trust"] = _twelve(power * already)
    for relation, times in moved.bias.items():
        for voice in found.voices[relation]:
            source, _, force = voice.partition(":")
            if source not in out:
                mean = _twelve(found.bias_mean[voice] + math.log(times))
                sources.setdefault(source, {}).setdefault("bias", {})[force] = {"mu": mean}
    said: dict[str, Any] = {}
    if out:
        said["exclude"] = {"sources": out}
    if sources:
        said["sources"] = sources
    return {"builds_on": of, **said} if said and of != "base" else said


def _twelve(x: float) -> float:
    return float(f"{x:.12g}")
