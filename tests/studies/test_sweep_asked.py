"""What a sweep is asked for becomes cases, or all problems at once, before anything is sampled."""

import datetime

import numpy as np
import pytest

from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change, apply_scenario
from truetoll.errors import CaseError
from truetoll.studies.sweep.asked import asked

RHO, GRADE = "assumptions.origin.rho", "sources.nis.grade"


def problems(case, assumptions):
    with pytest.raises(CaseError) as caught:
        asked(case, assumptions)
    return [str(problem) for problem in caught.value.problems]


def test_grid_is_every_combination_by_name(kursk_case):
    found = asked(kursk_case, {RHO: [0, 0.3], GRADE: ["A", "B", "C"]})
    assert list(found.cases)[:4] == [f"{RHO}={r},{GRADE}={g}" for r, g in ((0, "A"), (0, "B"), (0, "C"), (0.3, "A"))]
    assert found.grid == {RHO: (0, 0, 0, 0.3, 0.3, 0.3), GRADE: ("A", "B", "C") * 2}
    table = {"assumptions": {"origin": {"rho": 0.3}}, "sources": {"nis": {"grade": "C"}}}
    assert found.cases[f"{RHO}=0.3,{GRADE}=C"].digest == apply_change(kursk_case, table, "x").digest


def test_a_value_of_the_base_is_a_value_too(kursk_case):
    rho = kursk_case.reliability.origin.rho
    assert asked(kursk_case, {RHO: [rho]}).cases[f"{RHO}={rho}"].digest == kursk_case.digest


@pytest.mark.parametrize("values", [np.array([0.1, 0.2]), (0.1, 0.2), list(np.array([0.1, 0.2]))])
def test_grid_takes_numpy_and_tuples(kursk_case, values):
    assert list(asked(kursk_case, {RHO: values}).cases) == [f"{RHO}=0.1", f"{RHO}=0.2"]


def test_grid_takes_names_with_dashes_dates_and_tables(kursk_case):
    key, strength = "claims.west-killed.as_of", "forces.dprk.strength"
    prior = {"median": 11_000, "low": 10_000, "high": 12_500}
    axes = {key: [datetime.date(2025, 1, 10)], strength: [prior]}
    (name,) = asked(kursk_case, axes).cases
    assert name == f'{key}=2025-01-10,{strength}={{"median": 11000, "low": 10000, "high": 12500}}'


def test_names_with_dots_stand_in_quotes(kursk_case):
    assert "did you mean 'west-killed'" in problems(kursk_case, {'claims."west.killed".credibility': [1]})[0]


def test_scenarios_tables_and_cases_in_one_list(kursk_case, small_case):
    small = read_case(small_case())
    scenario = apply_scenario(kursk_case, "no_bias")
    found = asked(kursk_case, ["trust_seoul", "base", {"sources": {"nis": {"grade": "F"}}}, {}, small, small, scenario])
    names = ["trust_seoul", "base", "change 3", "change 4", "small", "small (2)", "kursk-article: no_bias"]
    assert list(found.cases) == names
    assert found.cases["trust_seoul"] == apply_scenario(kursk_case, "trust_seoul")
    assert found.cases["base"].digest == found.cases["change 4"].digest == kursk_case.digest
    assert not found.grid


def test_names_may_be_given(kursk_case):
    found = asked(kursk_case, {"doubt": {"sources": {"nis": {"grade": "F"}}}, "seoul": "trust_seoul"})
    assert list(found.cases) == ["doubt", "seoul"]
    assert found.cases["doubt"].scenario == "doubt"


def test_one_scenario_need_not_be_in_a_list(kursk_case):
    assert list(asked(kursk_case, "trust_seoul").cases) == ["trust_seoul"]


def test_every_problem_of_a_list_at_once(kursk_case):
    wrong = ["trust_seul", {"sources": {"nsi": {"grade": "A"}}}, {"assumptions": {"origin": {"rho": 2}}}, 7]
    found = problems(kursk_case, wrong)
    assert len(found) == 4
    assert "did you mean 'trust_seoul'" in found[0]
    assert found[1].startswith("change 2: sources.nsi: there is no such source")
    assert found[2].startswith("change 3: assumptions.origin.rho: must be less than 1")
    assert found[3].startswith("assumptions: change 4: cannot be understood; read int")


def test_every_problem_of_a_grid_is_told_once(kursk_case):
    found = problems(kursk_case, {RHO: [0.1, 2, 3], GRADE: ["A", "B", "C"]})
    assert [f"{RHO}: must be less than 1" in text for text in found] == [True, True]


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ({RHO: 0.3}, "a grid needs a list of values for each key"),
        ({RHO: [0.3], "doubt": {}}, "doubt: a grid needs a list"),
        ({RHO: []}, "has no values"),
        ({RHO: [0.3, 0.3]}, "a value stands twice; read 0.3"),
        ({"assumptions..rho": [0.3]}, "is not a dotted key"),
        ({"a = 1\nb": [0.3]}, "is not a dotted key"),
        ({"sources.nis": [{"grade": "A"}], GRADE: ["B"]}, f"{GRADE}: sets what sources.nis sets"),
        ({}, "there are none"),
        ([], "there are none"),
    ],
)
def test_what_is_no_grid(kursk_case, grid, words):
    (found,) = problems(kursk_case, grid)
    assert words in found
