"""Where an answer is that of the prior: forces and bins without claims, priors taken from claims."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from truetoll.claims.places import of_key
from truetoll.claims.reading.checks import unspoken
from truetoll.claims.schema import CaseFile, Claim, Figure, Force, Prior
from truetoll.claims.window import share_of_bin
from truetoll.text.messages import Message, listed

_LISTED = 10
"""Names that are listed; the others are counted."""
_BARE = 0.5
"""Part of a force's exposure in bins without claims beyond which its losses are mostly those of the prior: half."""


def silent(file: CaseFile, claims: Sequence[Claim]) -> Iterator[Message]:
    """Find forces that no claim speaks of.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    Message
    """
    used = [claim for claim in claims if claim.weight > 0]
    spoken = {term.force for claim in used for term in claim.terms}
    for name in unspoken(file.forces, spoken):
        others = [each for each in _linked(file.forces, name) if each in spoken]
        if others:
            yield of_key(f"forces.{name}", "notice.silent_linked", names=listed(others, _LISTED))
        else:
            yield of_key(f"forces.{name}", "notice.silent")


def _linked(forces: Mapping[str, Force], name: str) -> list[str]:
    """Name the forces that ratios link with one, over others or directly."""
    found, waiting = {name}, [name]
    while waiting:
        here = waiting.pop()
        other = forces[here].ratio
        near = {each for each, force in forces.items() if force.ratio and force.ratio.to == here}
        near |= {other.to} if other else set()
        waiting += near - found
        found |= near
    return [each for each in forces if each in found and each != name]


def idle(file: CaseFile, claims: Sequence[Claim]) -> Iterator[Message]:
    """Find sources that make no claim.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim

    Yields
    ------
    Message
    """
    used = {claim.source for claim in claims}
    names = [name for name in file.sources if name not in used]
    if names:
        yield of_key("sources", "notice.no_claim_yet", names=listed(names, _LISTED))


def uncovered(file: CaseFile, claims: Sequence[Claim]) -> Iterator[Message]:
    """Find forces most of whose exposure lies in bins that no claim speaks of.

    Their losses there are the prior's, and claims on the rest are read in the light of it: a rate of loss is one over
    all bins, so a year more without claims lowers what a bounded force has lost by a day within the others.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim
        With their weights.

    Yields
    ------
    Message
    """
    edges = file.case.bins
    for name, force in file.forces.items():
        speaking = [claim for claim in claims if claim.weight > 0 and _counts(claim, name)]
        windows = [(window.since, window.as_of) for claim in speaking for window in claim.windows]
        exposure = _exposure(file, force)
        bare = [
            t for t, bin_ in enumerate(pairwise(edges)) if not any(share_of_bin(*bin_, *window) for window in windows)
        ]
        part = sum(exposure[t] for t in bare) / (sum(exposure) or 1.0)
        if windows and part > _BARE:
            span = {"since": edges[bare[0]], "until": edges[bare[-1] + 1]}
            yield of_key(f"forces.{name}", "notice.bare", n=len(bare), part=part, **span)


def _counts(claim: Claim, force: str) -> bool:
    return any(term.force == force and not term.is_strength for term in claim.terms)


def _exposure(file: CaseFile, force: Force) -> list[float]:
    """Days in each bin in which the force is there, times its activity."""
    edges = file.case.bins
    activity = force.activity or file.case.activity or (1.0,) * (len(edges) - 1)
    there: date = min((part.since for part in force.contingents), default=edges[0])
    return [(b - a).days * level * (a >= there) for (a, b), level in zip(pairwise(edges), activity, strict=True)]


def circular(file: CaseFile, claims: Sequence[Claim]) -> Iterator[Message]:
    """Find priors that may be taken from a claim of the same case, which would then count twice.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim

    Yields
    ------
    Message
    """
    for name, force in file.forces.items():
        for key, prior, quantity, share in _priors(force):
            for claim in claims:
                about = all(str(r) == f"{name}.{quantity}" for r in claim.readings)
                shared = _shared(prior, claim.figure) if about and claim.figure.share is share else None
                if shared is not None:
                    yield of_key(f"forces.{name}.{key}", "notice.circular", value=shared, id=claim.id)


def _priors(force: Force) -> Iterator[tuple[str, Prior, str, bool]]:
    """(key, prior, quantity of the claims it could be taken from, whether those are shares)."""
    if force.strength:
        yield "strength", force.strength, "strength", False
    for number, part in enumerate(force.contingents):
        yield f"contingents.{number}.strength", part.strength, "strength", False
    if force.total:
        yield "total", force.total, "casualties", False
    if force.rate:
        yield "rate", force.rate, "casualties", True
    for name, prior in force.counts.items():
        yield f"counts.{name}", prior, name, False


def _shared(prior: Prior, figure: Figure) -> float | None:
    """Find a number that a prior and a figure have in common."""
    spoken = [figure.value]
    if math.isclose(figure.value, math.sqrt(figure.low * figure.high)):
        spoken += [figure.low, figure.high]  # a range: its ends are what was said
    stated = (prior.median, prior.low, prior.high)
    return next((x for x in stated if any(math.isclose(x, y) for y in spoken)), None)
