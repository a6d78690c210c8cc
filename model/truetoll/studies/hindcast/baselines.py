"""What one could say of a target without a model: the forecasts that a model has to beat."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from truetoll.benchmark import OldClaim, Target

Array = NDArray[np.float64]
Forecast = tuple[Array, bool]
"""Equally likely draws of the log amount, and whether it is a number without intervals."""

EVEN = (np.arange(1000) + 0.5) / 1000
"""Probabilities of the quantiles that stand for a distribution."""
PULL = 2.0
"""Claims that what is learned of a relation is pulled by: a mean bias to zero, a variance to that of all relations."""
_OWN, _OTHER = ("own_side", "ally"), ("adversary", "ally_of_adversary")
_AUTHORITY = ("international_org", "observer_ngo", "third_party_state", "analyst", "media")
"""Relations in the order in which `newsroom` relies on them; the sides of the war are not among them."""


def log_figure(claim: OldClaim) -> float:
    """Take the log of the figure of a claim.

    Parameters
    ----------
    claim : OldClaim

    Returns
    -------
    float
    """
    return math.log(claim.figure.value)


def mean_log(claims: Iterable[OldClaim]) -> float:
    """Take the mean of the log figures of some claims.

    Parameters
    ----------
    claims : iterable of OldClaim
        At least one.

    Returns
    -------
    float
    """
    return float(np.mean([log_figure(claim) for claim in claims]))


def log_errors(others: Iterable[Target]) -> dict[str, list[float]]:
    """List how far figures lay from what became known.

    Parameters
    ----------
    others : iterable of Target

    Returns
    -------
    dict of str to list of float
        By relation, log figure less log truth.
    """
    found: dict[str, list[float]] = {}
    for other in others:
        for claim in other.claims:
            found.setdefault(claim.relation, []).append(log_figure(claim) - math.log(other.truth.best))
    return found


def alike(target: Target, others: Sequence[Target]) -> list[Target]:
    """Keep the targets that teach something of another: those of its class of victims of which something was said.

    Parameters
    ----------
    target : Target
    others : sequence of Target

    Returns
    -------
    list of Target
    """
    return [other for other in others if other.victim_class == target.victim_class and other.claims]


def geometric_mean(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Take the geometric mean of all figures.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Of other wars; not used.

    Returns
    -------
    Forecast
    """
    del others
    return _mean_of(target.claims)


def claimed_range(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Take the lowest and the highest figure as a 90 % interval, all between equally likely on the log scale.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Not used.

    Returns
    -------
    Forecast
    """
    del others
    low, high = (math.log(edge(each(c) for c in target.claims)) for edge, each in ((min, _lowest), (max, _highest)))
    half = 0.5 * (high - low) / 0.9
    return 0.5 * (low + high) + half * (2 * EVEN - 1), False


def own_side(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Take the geometric mean of the figures of the own side and its allies.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Not used.

    Returns
    -------
    Forecast or None
        None if they gave none.
    """
    del others
    return _mean_of(c for c in target.claims if c.relation in _OWN)


def adversary(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Take the geometric mean of the figures of the adversary and its allies.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Not used.

    Returns
    -------
    Forecast or None
        None if they gave none.
    """
    del others
    return _mean_of(c for c in target.claims if c.relation in _OTHER)


def newsroom(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Take the figure of the most authoritative source, or the range of all where only the sides speak.

    An international organisation, else an observer organisation, a third state, an analyst, the media; of several
    figures of one rank their geometric mean. The figures of the sides and their allies are given as a range.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Not used.

    Returns
    -------
    Forecast
        A number, or `claimed_range`.
    """
    ranks = (_mean_of(c for c in target.claims if c.relation == relation) for relation in _AUTHORITY)
    return next(filter(None, ranks), None) or claimed_range(target, others)


def relation_means(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Correct each figure by the mean log error of its relation in other wars, and take the mean.

    What a spreadsheet can do: a normal around the mean of the corrected figures, with the sd that such means have in
    the other wars of that class of victims, each of them corrected by what the wars besides it teach.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Of other wars.

    Returns
    -------
    Forecast or None
        None where no other target has that class of victims.
    """
    like = alike(target, others)
    if not like:
        return None
    learned = _sums(like)
    errors = np.array([_corrected(other, learned, other.war) - math.log(other.truth.best) for other in like])
    spread = float(np.sqrt(np.mean(errors**2)))
    return _corrected(target, learned, None) + spread * ndtri(EVEN), False


def _sums(targets: Sequence[Target]) -> dict[tuple[str | None, str], Array]:
    """Sum and number of log errors by war and relation; of all wars under None."""
    found: dict[tuple[str | None, str], Array] = {}
    for target in targets:
        for relation, errors in log_errors([target]).items():
            for war in (target.war, None):
                found[war, relation] = found.get((war, relation), np.zeros(2)) + np.array([sum(errors), len(errors)])
    return found


def _corrected(target: Target, learned: Mapping[tuple[str | None, str], Array], less: str | None) -> float:
    """Mean of the corrected figures, by what all wars teach less one of them."""
    offsets = {claim.relation: _offset(learned, claim.relation, less) for claim in target.claims}
    return float(np.mean([log_figure(claim) - offsets[claim.relation] for claim in target.claims]))


def _offset(learned: Mapping[tuple[str | None, str], Array], relation: str, less: str | None) -> float:
    nothing = np.zeros(2)
    own = nothing if less is None else learned.get((less, relation), nothing)
    total, n = learned.get((None, relation), nothing) - own
    return float(total / (n + PULL))


def _mean_of(claims: Iterable[OldClaim]) -> Forecast | None:
    said = list(claims)
    return (np.array([mean_log(said)]), True) if said else None


def _lowest(claim: OldClaim) -> float:
    return min(claim.figure.low, claim.figure.value)


def _highest(claim: OldClaim) -> float:
    return max(claim.figure.high, claim.figure.value)


BASELINES: dict[str, Callable[[Target, Sequence[Target]], Forecast | None]] = {
    "geometric_mean": geometric_mean,
    "claimed_range": claimed_range,
    "own_side": own_side,
    "adversary": adversary,
    "newsroom": newsroom,
    "relation_means": relation_means,
}
"""By name: (target, targets of other wars) -> forecast."""
