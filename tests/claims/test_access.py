"""What a source has to count by: as the case says it, as a scenario changes it, and what is told of it."""

import pytest

from truetoll.claims.access import access_of
from truetoll.claims.describe import describe_source
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import alternatives, apply_change, apply_parts, apply_scenario, parts_of
from truetoll.errors import CaseError
from truetoll.model.tables import build_tables

TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01, 2025-01-01]

[forces.north]
victims = "military"
outcomes = ["killed", "captured"]
total = { median = 1_000, low = 200, high = 5_000 }
captured_share = { median = 0.02, low = 0.005, high = 0.08 }

[forces.reason]
victims = "materiel"
counts = { name = { median = 50, low = 10, high = 200 } }

[sources.staff]
relations = { north = "adversary", reason = "own_side" }
[sources.paper]
relations = { north = "media" }
access = "site"
bias.north.mu = 0.2
"""
CSV = """id,source,losses,figure,as_of,credibility
a1,staff,north.killed,about 400,2024-07-01,6
a2,staff,north.captured,about 30,2024-07-01,
a3,staff,reason.name,about 40,2024-07-01,
a4,paper,north.killed,about 300,2024-07-01,
"""
SCENARIOS = """
[all]
title = "It has books of everything"
why = "w"
sources.staff.access = "records"
[prisoners]
title = "It holds no prisoners itself"
why = "w"
builds_on = "all"
sources.staff.access = { north = { captured = "site" }, reason = "remote" }
"""


@pytest.fixture
def read(tmp_path):
    def case(toml=TOML, scenarios=SCENARIOS):
        for name, text in (("case.toml", toml), ("claims.csv", CSV), ("scenarios.toml", scenarios)):
            (tmp_path / name).write_text(text, encoding="utf-8")
        return read_case(tmp_path)

    return case


def counted(case):
    places = (("staff", "north", "killed"), ("staff", "north", "captured"), ("staff", "reason", "name"))
    return [access_of(case, *place) for place in places]


def test_a_scenario_can_change_access_and_is_another_case(read):
    case = read()
    named = {name: apply_scenario(case, name) for name in ("all", "prisoners")}
    assert counted(case) == ["remote", "records", "records"]
    assert counted(named["all"]) == ["records"] * 3
    assert counted(named["prisoners"]) == ["remote", "site", "remote"]
    assert len({case.digest, *(each.digest for each in named.values())}) == 3


def test_access_is_a_part_of_a_scenario_by_force(read):
    case = read()
    assert [str(part.label) for part in parts_of(case, "all")] == ["access of staff: 'records'"]
    parts = {part.key: str(part.label) for part in parts_of(case, "prisoners")}
    assert parts["sources.staff.access.north"] == "access of staff to north: captured 'site'"
    assert parts["sources.staff.access.reason"] == "access of staff to reason: 'remote'"
    assert apply_parts(case, "prisoners", parts).digest == apply_scenario(case, "prisoners").digest
    one = apply_parts(case, "prisoners", ["sources.staff.access.reason"])
    assert counted(one) == ["remote", "records", "remote"]


@pytest.mark.parametrize("access", [{"reason": "site"}, {"reason": {"name": "site"}}])
def test_no_name_hides_access_from_the_digest(read, access):
    """Forces and counts may be called like keys that only explain."""
    case = read()
    assert apply_change(case, {"sources": {"staff": {"access": access}}}, "x").digest != case.digest


@pytest.mark.parametrize(
    ("access", "told"),
    [
        ("moon", "access: is not one of the known values; read 'moon'; allowed: records, site, remote"),
        (
            {"north": "moon"},
            "access.north: is not one of the known values; read 'moon'; allowed: records, site, remote",
        ),
        (3, "access: must be one of the known values, or a table of them; read 3; allowed: records, site, remote"),
        (
            {"north": {"captured": "sight"}},
            "captured: is not one of the known values; read 'sight'; allowed: records, ",
        ),
        ({"nort": "site"}, "access.nort: the source has no relation to such a force; read 'nort'; allowed: north"),
        ({"north": {"wonded": "site"}}, "access.north.wonded: there is no such quantity; read 'wonded'"),
    ],
)
def test_a_wrong_access_is_told_in_plain_words(read, access, told):
    with pytest.raises(CaseError) as wrong:
        apply_change(read(), {"sources": {"staff": {"access": access}}}, "x")
    (problem,) = map(str, wrong.value.problems)
    assert problem.startswith("x: sources.staff.access") and told in problem
    assert "dict" not in problem and "literal" not in problem


def test_what_is_told_of_a_source(read):
    rests = "\n[assumptions.bias.military.adversary]\nclaims = 41\nlosses = 38\nwars = 20\n"
    staff, paper = (describe_source(read(TOML + rests), name) for name in ("staff", "paper"))
    assert staff["access"] == {"north": "remote", "reason": "records"}
    assert (staff["access_apart"], staff["access_stated"]) == ({"north": {"captured": "records"}}, [])
    assert staff["rests_on"]["north"] == [41, 38, 20]
    assert (paper["access"], paper["access_apart"], paper["access_stated"]) == ({"north": "site"}, {}, ["north"])
    assert paper["rests_on"] == {"north": None}  # the case states its bias


def test_a_mean_that_the_case_states_rests_on_nothing_past(read):
    found = describe_source(read(f"{TOML}\n[assumptions.bias.military.adversary]\nmu = 0.5\n"), "staff")
    assert found["rests_on"]["north"] is None


@pytest.mark.parametrize(("access", "left"), [("remote", 1.0), ("records", 1.0), ("survey", 0.0), ("model", 0.0)])
def test_the_mean_of_a_relation_is_not_laid_on_published_estimates(read, access, left):
    """What the press or a party gets wrong without a count of its own says nothing of a survey."""
    case = read(TOML.replace("bias.north.mu = 0.2\n", "").replace('"site"', f'"{access}"'))
    mean = case.reliability.bias["military"]["media"].mu
    assert build_tables(case).data["bias_mean"][-1] == pytest.approx(left * mean)
    assert (describe_source(case, "paper")["rests_on"]["north"] == [0, 0, 0]) == (left == 0.0)
    stated = read(TOML.replace('"site"', f'"{access}"'))
    assert build_tables(stated).data["bias_mean"][-1] == 0.2
    assumed = "\n[assumptions.bias.military.media]\nmu = 0.5\n"
    case = read(TOML.replace("bias.north.mu = 0.2\n", assumed).replace('"site"', f'"{access}"'))
    assert build_tables(case).data["bias_mean"][-1] == pytest.approx(left * 0.5)
    assert describe_source(case, "paper")["rests_on"]["north"] == (None if left else [0, 0, 0])


def test_access_of_some_quantities_only_leaves_the_rest_as_usual(read):
    case = read(TOML.replace('access = "site"', 'access.north.captured = "records"'))
    found = describe_source(case, "paper")
    assert (found["access"], found["access_stated"]) == ({"north": "remote"}, [])
    assert found["access_apart"] == {"north": {"captured": "records"}}


def test_claims_that_nobody_judged_move_with_the_others(read):
    (found,) = (each for each in alternatives(read()) if each.key == "claims.credibility")
    assert set(found.low["claims"]) == set(found.high["claims"]) == {"a1", "a2", "a3", "a4"}
    assert found.high["claims"]["a1"]["credibility"] > found.low["claims"]["a1"]["credibility"]
