"""A force stated relative to another: what a case may say of it, and what is told."""

import pytest
from cases import SCOPES, SCOPES_CLAIMS, make_case

from truetoll.claims.kept import keep, recall
from truetoll.claims.scenario import apply_change
from truetoll.claims.scenario.alternatives import alternatives
from truetoll.errors import CaseError


@pytest.fixture
def case(tmp_path):
    return make_case(tmp_path / "all", SCOPES, SCOPES_CLAIMS)


def test_it_is_read_and_kept(case):
    ratio = case.forces["others"].ratio
    assert (ratio.to, ratio.median, ratio.low, ratio.high) == ("army", 0.25, 0.1, 1.2)
    assert recall(keep(case)).forces == case.forces


def test_a_scenario_may_state_another_ratio(case):
    changed = apply_change(case, {"forces": {"others": {"ratio": {"median": 0.5}}}}, "more")
    assert (changed.forces["others"].ratio.to, changed.forces["others"].ratio.median) == ("army", 0.5)
    assert changed.digest != case.digest


def test_it_is_one_of_the_assumptions(case):
    assert {"forces.others.ratio", "forces.indirect.ratio"} <= {each.key for each in alternatives(case)}


def test_who_is_known_by_a_ratio_alone_is_told(tmp_path):
    claims = ["a; own; army.killed; about 600; 2024-01-01; 2024-02-01; ; 2"]
    told = {notice.key: notice for notice in make_case(tmp_path, SCOPES, claims).notices if notice.key}
    linked = [str(told[f"forces.{name}"]) for name in ("others", "proxies")]
    assert all("what is known of it comes by the ratio that links it with army" in each for each in linked)
    alone = [str(told[f"forces.{name}"]) for name in ("direct", "indirect")]
    assert all("its losses are those of the prior alone" in each for each in alone)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('to = "others"', 'to = "proxies"', "forces.proxies.ratio.to: a force cannot be stated relative to itself"),
        ('to = "army"', 'to = "proxies"', "leads back to where it began: proxies to others to proxies"),
        ('to = "army", ', "", "forces.others.ratio.to: is missing"),
        ('to = "army"', 'to = "soldiers"', "forces.others.ratio.to: there is no such force"),
    ],
)
def test_what_is_no_ratio_is_told_once(tmp_path, old, new, told):
    with pytest.raises(CaseError) as error:
        make_case(tmp_path, SCOPES.replace(old, new), SCOPES_CLAIMS)
    (problem,) = error.value.problems
    assert told in str(problem)


def test_a_ratio_is_of_persons(tmp_path):
    things = '[forces.fleet]\nvictims = "materiel"\ncounts = { ships = { median = 5, low = 1, high = 20 } }\n'
    toml = SCOPES.replace("[totals]", f"{things}[totals]").replace('to = "direct"', 'to = "fleet"')
    with pytest.raises(CaseError) as error:
        make_case(tmp_path, toml, SCOPES_CLAIMS)
    (problem,) = error.value.problems
    assert "the other force loses no persons" in str(problem)
