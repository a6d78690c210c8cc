"""A case under a scenario that is named, or told as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from truetoll.claims.scenario.generated import with_generated
from truetoll.claims.scenario.overrides import apply_change, apply_scenario
from truetoll.claims.schema import Case

VIEW = "my_view"
"""What a scenario without a name is called."""


def under(case: Case, scenario: str | Mapping[str, Any] | None) -> Case:
    """Lay a scenario over a case.

    Parameters
    ----------
    case : Case
        It is not changed.
    scenario : str, mapping or None
        The name of a scenario of the case, or of one that fits every case; or what could stand under a name in
        scenarios.toml. None: the case as it is.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        For an unknown name, a case that already carries a scenario, or a scenario with a problem.
    """
    if scenario is None:
        return case
    if isinstance(scenario, str):
        return apply_scenario(_with(case, scenario), scenario)
    return apply_change(_with(case, scenario.get("builds_on")), scenario, VIEW)


def with_told(case: Case, told: Mapping[str, Mapping[str, Any]]) -> Case:
    """Add scenarios that stand in no file to those of a case.

    Parameters
    ----------
    case : Case
        It is not changed.
    told : mapping
        Name -> what could stand under it in scenarios.toml; ``title`` and ``why`` are not needed.

    Returns
    -------
    Case
        A scenario of the same name is replaced.
    """
    for each in told.values():
        case = _with(case, each.get("builds_on"))
    named = {name: {"title": name, "why": name, **table} for name, table in told.items()}
    return replace(case, scenarios={**case.scenarios, **named})


def _with(case: Case, name: object) -> Case:
    """Make the scenarios that fit every case when one is asked for that the case has not."""
    return case if name is None or name in case.scenarios or name == case.scenario else with_generated(case)
