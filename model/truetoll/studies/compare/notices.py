"""What a comparison must not be taken for, and what in it did not converge."""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.answers.words import KHAT, WEIGHTS_FROM
from truetoll.studies.compare.records import ScenarioAnswer
from truetoll.text.messages import Message, listed, message

NAMED = 12
"""Refits that a notice names."""


def comparison_notices(scenarios: Sequence[ScenarioAnswer], n_origins: int) -> tuple[Message, ...]:
    """Say what a comparison must not be taken for.

    Parameters
    ----------
    scenarios : sequence of ScenarioAnswer
    n_origins : int
        Origins of the claims in use.

    Returns
    -------
    tuple of Message
    """
    few = message("notice.no_weights_few", n=n_origins, least=WEIGHTS_FROM)
    found = [message("notice.equal"), few if n_origins < WEIGHTS_FROM else message("notice.no_weights")]
    if failed := tuple(s.name for s in scenarios if not s.converged):
        found.insert(0, message("notice.failed", names=failed))
    if doubtful := tuple(s.name for s in scenarios if s.khat is not None and s.khat > KHAT):
        found.append(message("notice.too_far", k=KHAT, names=doubtful))
    if loose := tuple(s.name for s in scenarios if s.loo and (s.loo.khat_max or 0.0) > KHAT):
        found.append(message("notice.loose", k=KHAT, names=loose))
    return tuple(found)


def failure_notices(failed: Sequence[Message], without_base: Sequence[str]) -> tuple[Message, ...]:
    """Say what else did not converge, and what cannot be said without a base case.

    Parameters
    ----------
    failed : sequence of Message
        Refits beside the scenarios.
    without_base : sequence of str
        What was asked for: groups of the comparison.

    Returns
    -------
    tuple of Message
    """
    found = []
    if failed:
        found.append(message("notice.refits_failed", names=listed(failed, NAMED, apart=True)))
    if without_base:
        found.append(message("notice.without_base", names=tuple(without_base)))
    return tuple(found)
