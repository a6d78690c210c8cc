"""Named overrides: a case and a scenario's name -> a new case; also parts of a scenario, and plausible alternatives."""

from truetoll.claims.scenario.alternatives import Alternative, alternatives
from truetoll.claims.scenario.generated import with_generated
from truetoll.claims.scenario.overrides import BASE, apply_change, apply_scenario, case_digest, scenario_problems
from truetoll.claims.scenario.parts import Part, apply_parts, parts_of
from truetoll.claims.scenario.titles import stated
from truetoll.claims.scenario.under import under, with_told

__all__ = [
    "BASE",
    "Alternative",
    "Part",
    "alternatives",
    "apply_change",
    "apply_parts",
    "apply_scenario",
    "case_digest",
    "parts_of",
    "scenario_problems",
    "stated",
    "under",
    "with_generated",
    "with_told",
]
