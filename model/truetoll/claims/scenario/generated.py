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
_OF_SOURCE = {"believe_": "generated.believe", "without_": "generated.without"}
_OTHERS = {
    "no_stake": "generated.no_stake",
    "no_bias": "generated.no_bias",
    "twice_the_noise": "generated.twice_the_noise",
}
"""Names of scenarios, or how they begin -> their titles."""


def titled(name: str) -> Message | None:
    """Title a scenario that fits every case.

    Parameters
    ----------
    name : str
        Its own.

    Returns
    -------
    Message or None
        None if none is called so.
    """
    if name in _OTHERS:
        return message(_OTHERS[name])
    found = ((code, name.removeprefix(start)) for start, code in _OF_SOURCE.items() if name.startswith(start))
    code, source = next(found, ("", ""))
    return message(code, name=source) if source else None


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
    made = {name: {"title": str(titled(name)), "why": str(WHY), **change} for name, change in _made(case)}
    return replace(case, scenarios={**made, **case.scenarios})


def _made(case: Case) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(name, change) of each."""
    heard = list(dict.fromkeys(claim.source for claim in case.claims if claim.weight > 0))
    for name in heard:
        yield f"believe_{name}", {"believe": [name]}
    if len(heard) > 1:
        for name in heard:
            yield f"without_{name}", {"exclude": {"sources": [name]}}
    staked = [name for name in heard if set(case.sources[name].relations.values()) & set(STAKE)]
    if staked and len(staked) < len(heard):
        yield "no_stake", {"exclude": {"sources": staked}}
    if heard:
        yield "no_bias", {"believe": heard}
        yield "twice_the_noise", {"assumptions": {"noise": _doubled(case)}}


def _doubled(case: Case) -> dict[str, dict[str, float]]:
    noise = case.reliability.noise
    return {part: {name: 2.0 * sd for name, sd in getattr(noise, part).items()} for part in ("access", "grade")}
