"""A case is kept with a run and read back whole."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from truetoll.claims.asof import as_of
from truetoll.claims.kept import KeptError, keep, recall
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_scenario

DATA = Path(__file__).parents[2] / "data"
CASES = ("gaza-2024", "kursk-article", "kursk-dossier", "war-article")


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_back_as_it_was(name):
    case = read_case(DATA / name)
    back = recall(keep(case))
    assert back == replace(case, path=Path(name))
    assert back.digest == case.digest
    assert [claim.cells for claim in back.claims] == [claim.cells for claim in case.claims]
    assert [claim.nouns for claim in back.claims] == [claim.nouns for claim in case.claims]


@pytest.mark.parametrize("name", CASES)
def test_scenarios_can_be_laid_over_what_came_back(name):
    case = read_case(DATA / name)
    back = recall(keep(case))
    for scenario in case.scenarios:
        assert apply_scenario(back, scenario).digest == apply_scenario(case, scenario).digest


def test_a_scenario_and_an_earlier_day_come_back(kursk_case):
    for case in (apply_scenario(kursk_case, "literal_window"), as_of(kursk_case, "2025-01-20")):
        back = recall(keep(case))
        assert (back.scenario, back.known_on, back.as_of) == (case.scenario, case.known_on, case.as_of)
        assert back.digest == case.digest


def test_nothing_leads_to_the_analysts_machine(kursk_case):
    assert str(kursk_case.path.parent) not in keep(kursk_case)


def test_what_holds_no_case_is_told(kursk_case):
    held = json.loads(keep(kursk_case))
    held["claims"][0]["figure"]["form"] = "rumour"
    with pytest.raises(KeptError, match=r"claims\.0\.figure\.form"):
        recall(json.dumps(held))


def test_a_run_of_before_there_were_frames_is_of_an_ordinary_case(kursk_case):
    """Its table says nothing of them: finished sampling is read all the same."""
    held = json.loads(keep(kursk_case))
    del held["reliability"]["frame"]
    frame = recall(json.dumps(held)).reliability.frame
    assert [frame.times(spread) for spread in ("tau", "noise", "kappa0")] == [1.0, 1.0, 1.0]
