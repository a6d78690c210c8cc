"""A benchmark as arrays: how far each figure that was said at the time lay from what became known later."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.benchmark import CLASSES, RELATIONS, OldClaim, Target, joint_case, truth_points
from truetoll.claims.reliability import judged_hedges
from truetoll.claims.schema import Claim

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

FAMILIES = {"own_side": "own", "ally": "own", "adversary": "adversary", "ally_of_adversary": "adversary"}
"""Family of a relation; all others are ``other``."""
OUTCOMES = {
    "killed": "killed",
    "civilians_killed": "killed",
    "wounded": "wounded",
    "captured": "captured",
    "missing": "captured",
    "missing_captured": "captured",
    "casualties": "casualties",
}
"""What a quantity of a benchmark counts; things have none."""
FIRST_DAYS = 3
"""Days after the end of a claim's window up to which it is a first report."""


@dataclass(frozen=True, slots=True)
class Told:
    """One figure that was said at the time, and of what.

    Parameters
    ----------
    claim : OldClaim
    target : Target
    voice : str
        One source, or one origin, in one relation.
    log_figure, rounding : float
        Middle of the cell that was said (log), and the variance of what it may stand for.
    hedge : str or None
        Row of the table's ``hedge``, with the sign of its gap; None for a plain figure.
    gap : float
        Mean of that gap as judged (log), and its sign; what is estimated of gaps is laid over it.
    """

    claim: OldClaim
    target: Target
    voice: str
    log_figure: float
    rounding: float
    hedge: str | None
    gap: float

    @property
    def relation(self) -> str:
        """Of its source to the victims."""
        return self.claim.relation

    @property
    def log_gap(self) -> float:
        """Log mean of its gap; 0 for a plain figure, whose sign is 0."""
        return math.log(abs(self.gap)) if self.gap else 0.0

    @property
    def victims(self) -> str:
        """Class of those who were lost."""
        return self.target.victim_class

    @property
    def family(self) -> str:
        """Family of its relation: ``own``, ``adversary``, ``other``."""
        return FAMILIES.get(self.claim.relation, "other")

    @property
    def outcome(self) -> str | None:
        """What was counted; None for things."""
        return OUTCOMES.get(self.target.quantity)

    @property
    def first(self) -> bool:
        """Whether it was said within days."""
        end = self.claim.as_of or self.claim.since
        return bool(self.claim.reported and end and (self.claim.reported - end).days <= FIRST_DAYS)


@dataclass(frozen=True)
class Past:
    """A benchmark as arrays, claims of one historical case beside one another.

    Parameters
    ----------
    told : tuple of Told
        Claims that have a weight.
    """

    told: tuple[Told, ...]

    @cached_property
    def start(self) -> Whole:
        """First claim of every case, and the number of claims."""
        names = [each.target.case for each in self.told]
        return np.array([i for i, name in enumerate(names) if i == 0 or name != names[i - 1]] + [len(names)])

    @cached_property
    def wars(self) -> tuple[str, ...]:
        """Wars that are left out one at a time."""
        return tuple(dict.fromkeys(each.target.war for each in self.told))

    @cached_property
    def war_of_case(self) -> Whole:
        """War of every case, shape (case,)."""
        return np.array([self.wars.index(self.told[i].target.war) for i in self.start[:-1]], dtype=np.int64)

    @cached_property
    def truths(self) -> Mapping[str, Array]:
        """Points of equal weight of every target's log truth."""
        return {each.target.name: truth_points(each.target.truth) for each in self.told}

    @cached_property
    def error(self) -> Array:
        """Log figure less log truth, shape (claim,)."""
        return np.array([each.log_figure - self.truths[each.target.name].mean() for each in self.told])

    @cached_property
    def own(self) -> Array:
        """Variance of what a figure may stand for, and of what its truth may be: shape (2, claim)."""
        blurs = [self.truths[each.target.name].var() for each in self.told]
        return np.array([[each.rounding for each in self.told], blurs])

    @cached_property
    def sign(self) -> Array:
        """Sign of a hedged figure's gap, shape (claim,)."""
        return np.sign([each.gap for each in self.told])

    @cached_property
    def log_gap(self) -> Array:
        """Log mean of a hedged figure's gap, shape (claim,)."""
        return np.array([each.log_gap for each in self.told])

    @cached_property
    def code(self) -> Whole:
        """Target, voice and report, counted within the case; relation and class. Shape (claim, 5)."""
        within: tuple[Callable[[Told], Hashable], ...] = (
            lambda each: each.target.name,
            lambda each: each.voice,
            lambda each: each.claim.origin,
        )
        columns = [
            np.concatenate([_coded([key(each) for each in self.told[a:b]]) for a, b in self._cases]) for key in within
        ]
        relation = [RELATIONS.index(each.claim.relation) for each in self.told]
        victims = [CLASSES.index(each.target.victim_class) for each in self.told]
        return np.stack([*columns, np.array(relation), np.array(victims)], axis=1)

    @property
    def _cases(self) -> list[tuple[int, int]]:
        return list(zip(self.start[:-1].tolist(), self.start[1:].tolist(), strict=True))


def _coded(names: Sequence[Hashable]) -> Whole:
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def build_past(targets: Sequence[Target], assumptions: Mapping[str, Any] | None = None) -> Past:
    """Read the errors of the claims that have a weight: the last word of a voice, and no word twice.

    Parameters
    ----------
    targets : sequence of Target
        With claims.
    assumptions : mapping, optional
        Laid over the reliability table; hedges over those that were judged.

    Returns
    -------
    Past
    """
    case, forces = joint_case(targets, assumptions)
    hedges = {**judged_hedges(), **(assumptions or {}).get("hedge", {})}
    known = {(target.name, claim.line): claim for target in targets for claim in target.claims}
    told = []
    for claim in (claim for claim in case.claims if claim.weight > 0):
        target = forces[claim.readings[0].terms[0].force]
        hedge, sign = _hedge(claim)
        gap = sign * hedges[hedge] if hedge else 0.0
        low, high = math.log(claim.figure.low), math.log(claim.figure.high)
        old = known[target.name, claim.line]
        told.append(Told(old, target, claim.source, 0.5 * (low + high), (high - low) ** 2 / 12.0, hedge, gap))
    return Past(tuple(sorted(told, key=lambda each: (each.target.war, each.target.case))))


def _hedge(claim: Claim) -> tuple[str | None, float]:
    """Row of the hedges that a figure has, and the side its gap is on; bounds are read as the hedge nearest to them."""
    side = claim.figure.form.side
    return (claim.figure.hedge or ("at_least" if side > 0 else "up_to"), float(-side)) if side else (None, 0.0)
