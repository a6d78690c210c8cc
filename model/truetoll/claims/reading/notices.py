"""What was done to a case, or stands in it, that is no error but should be known."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from truetoll.claims.chains import Link, chains, falls, looks, often
from truetoll.claims.reading.checks import unspoken
from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import CaseFile, Claim, Figure, Force, Prior


def notices(file: CaseFile, claims: Sequence[Claim], table: Reliability) -> tuple[str, ...]:
    """Tell what the analyst should know.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim
        With their weights.
    table : Reliability

    Returns
    -------
    tuple of str
        One sentence each.
    """
    return (
        *_aside(claims),
        *_twins(claims),
        *_bulletins(claims, table),
        *_silent(file, claims),
        *_circular(file, claims),
    )


def _aside(claims: Sequence[Claim]) -> Iterator[str]:
    said = {claim.id: claim.text for claim in claims}
    for claim in claims:
        if claim.set_aside.startswith("repeats "):
            first = claim.set_aside.removeprefix("repeats ")
            wording = "" if said[first] == claim.text else f" ({claim.text!r} for {said[first]!r})"
            yield f"claims.csv:{claim.line}: {claim.id} repeats {first}{wording} and gets no weight"


def _twins(claims: Sequence[Claim]) -> Iterator[str]:
    """Find equal figures of different origins: two looks, or one that was passed on."""
    first: dict[object, Claim] = {}
    for claim in claims:
        if claim.weight > 0:
            twin = first.setdefault((claim.readings, claim.figure, claim.since, claim.as_of), claim)
            if twin.origin != claim.origin:
                yield (
                    f"claims.csv:{claim.line}: {claim.id} gives the same figure as {twin.id}; "
                    "if one goes back to the other, give both one origin"
                )


def _bulletins(claims: Sequence[Claim], table: Reliability) -> Iterator[str]:
    """Say what running tallies were found, and how many independent figures they are worth."""
    linked = chains(claims)
    members: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.id in linked:
            members[claim.bulletin].append(claim)
    for name, n in Counter(claim.bulletin for claim in claims if claim.bulletin).items():
        mine = members[name]
        tallies = Counter(claim.origin for claim in mine)
        told = f"{len(mine)} of its {n} figures make {len(tallies)} running tall{'y' if len(tallies) == 1 else 'ies'}"
        if tallies:
            longest, most = tallies.most_common(1)[0]
            of_it = [linked[claim.id] for claim in mine if claim.origin == longest]
            worth = looks(of_it, table.bulletin.decay_days, table.origin.rho)[1]
            told += f"; the longest, of {most}, is worth {worth:.1f} independent figures"
        plain = "" if n == len(mine) else "; the others are plain claims, or repeats"
        yield f"claims.csv: bulletin {name!r}: {told}{plain}"
        by = dict.fromkeys(claim.source for claim in claims if claim.bulletin == name)
        if len(by) > 1:
            yield f"claims.csv: bulletin {name!r}: its {len(by)} sources ({', '.join(by)}) are taken to share an error"
        yield from _falling(name, mine, linked)


def _falling(name: str, members: Sequence[Claim], linked: Mapping[str, Link]) -> Iterator[str]:
    """Find what goes up and down, and so may be no running tally."""
    value = {claim.id: claim.figure.value for claim in members}
    steps: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for claim in members:
        if before := linked[claim.id].previous:
            steps[f"{claim.source} on {claim.readings[0]}"].append((value[before], value[claim.id]))
    for tally, its in steps.items():
        fallen, n = falls(its)
        if often(fallen, n):
            yield (
                f"claims.csv: bulletin {name!r}: {fallen} of the {n} steps of {tally} fall by more than a tenth; "
                "leave the bulletin out if this is no count that goes on: a tally's error is taken to be small"
            )


def _silent(file: CaseFile, claims: Sequence[Claim]) -> Iterator[str]:
    used = [claim for claim in claims if claim.weight > 0]
    for name in unspoken(file.forces, (t.force for c in used for r in c.readings for t in r.terms)):
        yield f"case.toml: forces.{name}: no claim speaks of it; its losses are those of the prior alone"


def _circular(file: CaseFile, claims: Sequence[Claim]) -> Iterator[str]:
    """Find priors that may be taken from a claim of the same case, which would then count twice."""
    for name, force in file.forces.items():
        for key, prior, quantity, share in _priors(force):
            for claim in claims:
                about = all(str(r) == f"{name}.{quantity}" for r in claim.readings)
                shared = _shared(prior, claim.figure) if about and claim.figure.share is share else None
                if shared is not None:
                    yield (
                        f"case.toml: forces.{name}.{key}: {shared:g} is also the figure of claim {claim.id}; "
                        "if the prior was taken from it, the figure counts twice"
                    )


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
