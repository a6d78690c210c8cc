"""What must be known to read the numbers, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truetoll.answers.comparison_records import ScenarioAnswer
from truetoll.answers.looking import about_losses, forces_of
from truetoll.answers.words import FEW_ORIGINS, KHAT, WEIGHTS_FROM

EQUAL = "Scenarios are not averaged and not equally likely: each says what follows if its assumptions hold."
LEVEL = "claims do not rank assumptions about level: a bias that all sources share cannot be learned from them"

NAMED = 12
"""Refits that a notice names."""

Described = Mapping[str, Any]


def origins(case: Described, force: str | None = None) -> set[str]:
    """Origins of the claims in use, of all or of those that count the losses of one force.

    Parameters
    ----------
    case : mapping
        As `truetoll.claims.describe` gives it.
    force : str, optional

    Returns
    -------
    set of str
    """
    return {
        claim["origin"]
        for claim in case["claims"]
        if claim["weight"] > 0 and (force is None or (force in forces_of(claim["losses"]) and about_losses(claim)))
    }


def case_notices(case: Described) -> tuple[str, ...]:
    """Notices of a case, and where it has too few origins to be more than arithmetic on the priors.

    Parameters
    ----------
    case : mapping
        As `truetoll.claims.describe` gives it.

    Returns
    -------
    tuple of str
    """
    found = list(case["notices"])
    if (n := len(origins(case))) < FEW_ORIGINS:
        found.append(f"The claims in use go back to {count_of(n)}: the answer is arithmetic on the priors.")
        return tuple(found)
    for force, name in dict.fromkeys((q["name"].partition(".")[0], q["force"]) for q in case["quantities"]):
        if 0 < (n := len(origins(case, force))) < FEW_ORIGINS:
            found.append(f"{name}: the claims go back to {count_of(n)}; its losses are arithmetic on the priors.")
    return tuple(found)


def count_of(n: int) -> str:
    """Write a number of origins.

    Parameters
    ----------
    n : int

    Returns
    -------
    str
    """
    return "one origin" if n == 1 else f"{n or 'no'} origins"


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
