"""Scenarios that fit every case: each source believed, each left out, and three that everybody asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from truetoll.claims.schema import Case
from truetoll.text.messages import Message, message

STAKE = ("own_side", "ally", "adversary", "ally_of_adversary")
"""Relations of those who fight, or stand with one who does."""
WHY = message("generated.why")
"""Of each: nobody argued for it."""


def with_generated(case: Case) -> Case:
    """Add ready-made scenarios to those of a case.

    Parameters
    ----------
    case : Case
        Without a scenario; it is not changed.

    Returns
    -------
    Case
        The same case: ``believe_X`` and ``without_X`` of each source whose claims are in use, ``no_stake``,
        ``no_bias``, ``twice_the_noise``, where they change something. A scenario of the case keeps its name.
    """
    made = {name: {"title": title, "why": WHY, **change} for name, title, change in _made(case)}
    return replace(case, scenarios={**made, **case.scenarios})


def _made(case: Case) -> Iterator[tuple[str, Message, Mapping[str, Any]]]:
    """(name, title, change) of each."""
    heard = list(dict.fromkeys(claim.source for claim in case.claims if claim.weight > 0))
    for name in heard:
        yield f"believe_{name}", message("generated.believe", name=name), {"believe": [name]}
    if len(heard) > 1:
        for name in heard:
            change = {"exclude": {"sources": [name]}}
            yield f"without_{name}", message("generated.without", name=name), change
    staked = [name for name in heard if set(case.sources[name].relations.values()) & set(STAKE)]
    if staked and len(staked) < len(heard):
        yield "no_stake", message("generated.no_stake"), {"exclude": {"sources": staked}}
    if heard:
        yield "no_bias", message("generated.no_bias"), {"believe": heard}
        yield "twice_the_noise", message("generated.twice_the_noise"), {"assumptions": {"noise": _doubled(case)}}


def _doubled(case: Case) -> dict[str, dict[str, float]]:
    noise = case.reliability.noise
    return {part: {name: 2.0 * sd for name, sd in getattr(noise, part).items()} for part in ("access", "grade")}
