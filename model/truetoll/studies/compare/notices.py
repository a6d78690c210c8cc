"""What a comparison must not be taken for, and what in it did not converge."""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.answers.notices import count_of
from truetoll.answers.words import KHAT, WEIGHTS_FROM
from truetoll.studies.compare.records import ScenarioAnswer

EQUAL = "Scenarios are not averaged and not equally likely: each says what follows if its assumptions hold."


LEVEL = "claims do not rank assumptions about level: a bias that all sources share cannot be learned from them"


NAMED = 12
"""Refits that a notice names."""


def comparison_notices(scenarios: Sequence[ScenarioAnswer], n_origins: int) -> tuple[str, ...]:
    """Say what a comparison must not be taken for.

    Parameters
    ----------
    scenarios : sequence of ScenarioAnswer
    n_origins : int
        Origins of the claims in use.

    Returns
    -------
    tuple of str
    """
    found = [EQUAL, _no_weights(n_origins)]
    if failed := [s.name for s in scenarios if not s.converged]:
        found.insert(0, f"Did not converge, so has no numbers: {', '.join(failed)}.")
    if doubtful := [s.name for s in scenarios if s.khat is not None and s.khat > KHAT]:
        found.append(f"Reweighted too far to be trusted (Pareto k over {KHAT}), fit it instead: {', '.join(doubtful)}.")
    if loose := [s.name for s in scenarios if s.loo and (s.loo.khat_max or 0.0) > KHAT]:
        said = f"How well the figures foretell each other (elpd) cannot be relied on (Pareto k over {KHAT}) in"
        found.append(f"{said}: {', '.join(loose)}.")
    return tuple(found)


def failure_notices(failed: Sequence[str], without_base: Sequence[str]) -> tuple[str, ...]:
    """Say what else did not converge, and what cannot be said without a base case.

    Parameters
    ----------
    failed : sequence of str
        Refits beside the scenarios.
    without_base : sequence of str
        What was asked for.

    Returns
    -------
    tuple of str
    """
    found = []
    if failed:
        more = f" and {len(failed) - NAMED:,} more" if len(failed) > NAMED else ""
        found.append(f"Refits that did not converge, so are left without numbers: {'; '.join(failed[:NAMED])}{more}.")
    if without_base:
        found.append(f"The base case did not converge, so these are not computed: {', '.join(without_base)}.")
    return tuple(found)


def _no_weights(n: int) -> str:
    few = f"the claims go back to {count_of(n)}, fewer than {WEIGHTS_FROM}, and " if n < WEIGHTS_FROM else ""
    return f"No weights are given: {few}{LEVEL}."
