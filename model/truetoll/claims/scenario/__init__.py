"""Named overrides: a case and a scenario's name -> a new case."""

from truetoll.claims.scenario.overrides import BASE, apply_scenario, case_digest, scenario_problems

__all__ = ["BASE", "apply_scenario", "case_digest", "scenario_problems"]
