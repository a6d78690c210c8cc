"""Totals over forces: what they add up, how a claim may speak of them, what is told where they are none."""

import json

import pytest
from cases import make_case

from truetoll.claims.describe import describe
from truetoll.claims.kept import keep, recall
from truetoll.claims.reading.folder import case_schema
from truetoll.claims.scenario import apply_change
from truetoll.claims.schema import Term
from truetoll.errors import CaseError

TOML = """
[case]
title = "A siege"
bins = [2024-01-01, 2024-07-01]
HEADLINE
[forces.town]
victims = "civilian"
outcomes = ["killed", "wounded"]
total = { median = 2_000, low = 200, high = 20_000 }
[forces.guard]
name = "The guard"
victims = "military"
outcomes = ["killed", "wounded", "captured"]
captured_share = { median = 0.02, low = 0.002, high = 0.1 }
strength = { median = 600, low = 500, high = 900 }
rate = { median = 0.5, low = 0.3, high = 0.9 }
counts = { tanks = { median = 15, low = 5, high = 30 } }
[forces.army]
victims = "military"
outcomes = ["killed", "wounded"]
sums = { lost = ["killed", "wounded"] }
counts = { tanks = { median = 150, low = 50, high = 300 } }
strength = { median = 9_000, low = 5_000, high = 12_000 }
rate = { median = 0.1, low = 0.03, high = 0.3 }
TOTALS
[sources.ngo]
relations = { town = "observer_ngo", guard = "observer_ngo", army = "observer_ngo" }
"""
ALL = '[totals]\nall = "town + guard"\n'
WINDOW = "2024-01-01; 2024-07-01; ; 2"


@pytest.fixture
def read(tmp_path):
    def make(*claims, totals=ALL, headline=""):
        rows = [f"c{i}; ngo; {claim}; {WINDOW}" for i, claim in enumerate(claims or ("town.killed; 90",))]
        toml = TOML.replace("TOTALS", totals).replace("HEADLINE", f'headline = "{headline}"' if headline else "")
        return make_case(tmp_path, toml, rows)

    return make


def quantities(case, force="all"):
    return {q.term.quantity: q for q in case.quantities if q.term.force == force}


def test_a_total_has_what_its_forces_have_in_common(read):
    found = quantities(read())
    assert list(found) == ["killed", "wounded", "casualties"]
    assert found["killed"].cells == (Term("town", "killed"), Term("guard", "killed"))
    assert found["killed"].parts == (Term("town", "killed"), Term("guard", "killed"))
    assert [str(cell) for cell in found["casualties"].cells] == [
        *("town.killed", "town.wounded", "guard.killed", "guard.wounded", "guard.captured")
    ]
    assert found["casualties"].outcomes == ("killed", "wounded", "captured")
    assert (found["killed"].force, found["killed"].unit) == ("all", "persons")


def test_things_and_strength_are_added_up_too(read):
    case = read(totals='[totals.ours]\nof = ["guard", "army"]\nname = "Ours"\nthresholds = { tanks = [99] }\n')
    found = quantities(case, "ours")
    assert list(found) == ["killed", "wounded", "casualties", "tanks", "strength"]
    assert found["tanks"].cells == (Term("guard", "tanks"), Term("army", "tanks"))
    assert (found["tanks"].unit, found["tanks"].force, found["tanks"].thresholds) == ("tanks", "Ours", (99.0,))
    assert found["strength"].cells == (Term("guard", "strength"), Term("army", "strength"))
    assert case.names["ours"] == "Ours"


def test_totals_stand_behind_the_forces(read):
    case = read()
    assert [q.name for q in case.quantities][-3:] == ["all.killed", "all.wounded", "all.casualties"]
    assert list(case.forces) == ["town", "guard", "army"]


def test_a_claim_on_a_total_is_one_on_its_forces(read):
    case = read("all.killed; 90", "town.killed + guard.killed; 90", "town.killed / all.killed; 70%")
    total, plain, ratio = case.claims
    assert total.readings == plain.readings
    assert (total.losses, plain.losses) == ("all.killed", "town.killed + guard.killed")
    assert total.readings[0].counted == plain.losses
    assert ratio.losses == "town.killed / all.killed"
    assert ratio.readings[0].over == (Term("town", "killed"), Term("guard", "killed"))
    assert ratio.readings[0].terms == (Term("town", "killed"),)


def test_it_may_be_one_of_several_readings(read):
    (claim,) = read("all.killed:0.7 | all.casualties + army.killed:0.3; 90").claims
    assert claim.losses == "all.killed:0.7 | all.casualties + army.killed:0.3"
    assert [len(reading.terms) for reading in claim.readings] == [2, 3]


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        ("all.captured; 9", "losses: the forces of the total all have no such quantity in common"),
        ("al.killed; 9", "did you mean 'all'?"),
        ("all.kiled; 9", "did you mean 'all.killed'?"),
        ("all.killed + guard.killed; 9", "losses: the sum counts guard.killed more than once"),
        ("all.killed / (guard.killed + town.killed); 70%", "losses: both sides of the stroke are the same"),
        ("all.killed / town.killed; 70%", "the whole stands after the stroke"),
        ("all.killed; 30% of strength", "a share of strength must be about one force"),
    ],
)
def test_what_cannot_be_said_of_it_is_told(read, claim, told):
    with pytest.raises(CaseError) as error:
        read(claim)
    (problem,) = error.value.problems
    assert told in str(problem)


@pytest.mark.parametrize(
    ("totals", "told"),
    [
        ('[totals]\nall = "town + gard"', "allowed: town, guard, army; did you mean 'guard'?"),
        ('[totals]\ntown = "army + guard"', "totals.town: 'town' is also the name of a force"),
        ('[totals]\nall = "army"', "totals.all: a total adds up two forces or more"),
        ('[totals]\nall = "army + army"', "totals.all: names 'army' more than once"),
        ('[totals]\nall = "town.killed + army"', "totals.all: adds up forces, each by its name alone"),
        ("[totals]\nall = 3", 'totals.all: must be names of forces, such as "civilians + militants"'),
        ('[totals]\nAll = "town + army"', "totals.All: a name is made of lower-case letters"),
        (
            '[totals]\nall = "town + guard"\nmore = "all + army"',
            "totals.more: adds up another total; name the forces that it adds up",
        ),
        (
            '[totals.all]\nof = "town + guard"\nthresholds = { captured = [5] }',
            "totals.all.thresholds.captured: the forces of this total have no such quantity in common",
        ),
        ('[totals.all]\nof = "town + guard"\nnames = ""', "totals.all.names: there is no such key"),
        ('[totals.all]\nname = "x"', "totals.all.of: is missing"),
    ],
)
def test_what_is_no_total_is_told_once(read, totals, told):
    with pytest.raises(CaseError) as error:
        read("all.killed; 90", totals=totals)
    problems = [str(problem) for problem in error.value.problems if "claims.csv" not in str(problem)]
    assert len(problems) == 1
    assert told in problems[0]
    assert problems[0].startswith("case.toml:")


def test_a_claim_on_a_broken_total_is_no_second_problem(read):
    with pytest.raises(CaseError) as error:
        read("all.killed; 90", totals='[totals]\nall = "town + gard"')
    assert len(error.value.problems) == 1


def test_a_source_has_relations_to_forces(tmp_path):
    toml = TOML.replace("TOTALS", ALL).replace("HEADLINE", "").replace('town = "observer', 'all = "observer')
    with pytest.raises(CaseError) as error:
        make_case(tmp_path, toml, [f"a; ngo; guard.killed; 90; {WINDOW}"])
    (problem,) = error.value.problems
    assert "is a total over forces; a source has a relation to each of its forces" in str(problem)


def test_forces_without_anything_in_common_have_no_total(tmp_path):
    things = '[forces.fleet]\nvictims = "materiel"\ncounts = { ships = { median = 5, low = 1, high = 20 } }\n'
    toml = TOML.replace("TOTALS", f'{things}[totals]\nall = "town + fleet"').replace("HEADLINE", "")
    with pytest.raises(CaseError) as error:
        make_case(tmp_path, toml, [f"a; ngo; town.killed; 90; {WINDOW}"])
    (problem,) = error.value.problems
    assert "its forces have no quantity in common that could be added up" in str(problem)


def test_the_headline_is_a_quantity(read):
    assert read(headline="all.killed").file.case.headline == "all.killed"
    with pytest.raises(CaseError) as error:
        read(headline="all.kiled")
    (problem,) = error.value.problems
    assert "case.headline: there is no such quantity" in str(problem)
    assert "did you mean 'all.killed'?" in str(problem)


def test_a_run_keeps_it(read):
    case = read("town.killed / all.killed; 70%", headline="all.killed")
    back = recall(keep(case))
    assert back.quantities == case.quantities
    assert back.claims[0].losses == "town.killed / all.killed"
    assert back.digest == case.digest
    changed = apply_change(back, {"claims": {"c0": {"losses": "guard.killed / all.killed"}}}, "other")
    assert changed.claims[0].losses == "guard.killed / all.killed"


def test_a_digest_is_of_what_decides(read):
    def digest(*claims, **changes):
        return read(*(claims or ("all.killed; 90",)), **changes).digest

    assert digest() == digest("town.killed + guard.killed; 90") == digest(headline="all.killed")
    assert digest() == digest(totals='[totals.all]\nof = ["guard", "town"]\nname = "All"\n')
    assert digest() != digest(totals='[totals]\nall = "town + guard"\nboth = "guard + army"\n')
    assert digest() != digest(totals='[totals.all]\nof = "town + guard"\nthresholds = { killed = [50] }\n')
    assert digest("town.killed; 9") != digest("town.killed; 9", totals="")


def test_it_is_described_and_in_the_schema(read):
    (killed,) = [q for q in describe(read())["quantities"] if q["name"] == "all.killed"]
    assert killed["parts"] == ["town.killed", "guard.killed"]
    assert all("parts" not in q for q in describe(read(totals=""))["quantities"])
    said = json.dumps(case_schema()["$defs"]["Total"])
    assert [each.get("type") for each in case_schema()["$defs"]["Total"]["anyOf"]] == ["string", "array", "object"]
    assert "forces that are added up" in said
