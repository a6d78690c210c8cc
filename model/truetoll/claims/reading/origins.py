"""Claims against each other: which go back to one origin, and which say the same thing again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from truetoll.claims.schema import Claim, Form


def join_origins(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Give claims whose origin names another claim the origin of that claim.

    A bulletin that tallies several losses (killed, tanks) is one origin for each of them: an error in one tally is not
    an error in the next.

    Parameters
    ----------
    claims : iterable of Claim

    Returns
    -------
    tuple of Claim
    """
    found = tuple(claims)
    stated = {claim.id: claim.origin for claim in found}
    roots = tuple((claim, _root(claim.origin, stated)) for claim in found)
    several = _several(found)
    named = ((c, f"{root}: {_losses(c)}" if root in several else root) for c, root in roots)
    return tuple(claim if name == claim.origin else replace(claim, origin=name) for claim, name in named)


def _several(claims: Iterable[Claim]) -> frozenset[str]:
    """Bulletins that speak of more than one thing."""
    about: dict[str, set[str]] = defaultdict(set)
    for claim in claims:
        about[claim.bulletin].add(_losses(claim))
    return frozenset(name for name, losses in about.items() if name and len(losses) > 1)


def _losses(claim: Claim) -> str:
    return " | ".join(sorted(map(str, claim.readings)))


def _root(origin: str, stated: Mapping[str, str]) -> str:
    """Follow origins that are claims to the last; a circle is called by its first name in the alphabet."""
    passed: list[str] = []
    while origin in stated and stated[origin] != origin:
        if origin in passed:
            return min(passed[passed.index(origin) :])
        passed.append(origin)
        origin = stated[origin]
    return origin


def set_aside(
    claims: Iterable[Claim], excluded: frozenset[str], included: frozenset[str], trust: Mapping[str, float]
) -> tuple[Claim, ...]:
    """Take the weight from repeats and from excluded claims; the others have as much as their source is trusted.

    The repeats of an excluded claim stay aside: they are no other look at what it says.

    Parameters
    ----------
    claims : iterable of Claim
        With their origins joined, and all with weight 1.
    excluded, included : frozenset of str
        Ids of claims to leave out, and of repeats to keep.
    trust : mapping of str to float
        By source.

    Returns
    -------
    tuple of Claim
    """
    found = tuple(claims)
    primary = repeats(found)
    weighed = (_weighed(claim, primary, excluded, included) for claim in found)
    return tuple(replace(c, weight=c.weight * trust[c.source]) if c.weight > 0 else c for c in weighed)


def _weighed(claim: Claim, primary: Mapping[str, str], excluded: frozenset[str], included: frozenset[str]) -> Claim:
    if claim.id in excluded:
        return replace(claim, weight=0.0, set_aside="excluded")
    if claim.id in primary and claim.id not in included:
        return replace(claim, weight=0.0, set_aside=f"repeats {primary[claim.id]}")
    return claim


def repeats(claims: Iterable[Claim]) -> dict[str, str]:
    """Find the claims that say again what another of the same origin said.

    Parameters
    ----------
    claims : iterable of Claim
        With their origins joined; their order does not matter.

    Returns
    -------
    dict of str to str
        Id of each repeat -> id of the claim it repeats.
    """
    alike: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        alike[_said(claim)].append(claim)
    return {
        claim.id: first.id
        for group in alike.values()
        for first in [min(group, key=_precedence)]
        for claim in group
        if claim is not first
    }


def _said(claim: Claim) -> tuple[object, ...]:
    """Tell what two claims have in common if one repeats the other: all but the wording."""
    losses = frozenset((frozenset(r.terms), round(r.probability, 3)) for r in claim.readings)
    strength = all(t.quantity == "strength" for r in claim.readings for t in r.terms)
    # A floor and a ceiling look at the truth, not at a belief about it: they repeat only their own kind.
    kind = claim.figure.form if claim.figure.form in (Form.FLOOR, Form.CEILING) else None
    return claim.origin, losses, None if strength else claim.since, claim.as_of, kind


def _precedence(claim: Claim) -> tuple[bool, date, str]:
    """Rank the claim its origin is named after first, then the earliest reported."""
    return claim.id != claim.origin, claim.reported or date.max, claim.id
