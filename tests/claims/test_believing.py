"""Believing a source, and the scenarios that fit every case."""

import json
from dataclasses import replace
from datetime import date

import pytest
from saying import said

from truetoll.claims.kept import KeptError, keep, recall
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import (
    apply_change,
    apply_parts,
    apply_scenario,
    parts_of,
    stated,
    with_generated,
)
from truetoll.errors import CaseError
from truetoll.text.messages import Message
from truetoll.text.saying import Speaker


@pytest.fixture
def case(kursk_case):
    return kursk_case


def test_a_source_that_is_believed_has_no_bias_of_any_kind(case):
    found = apply_change(case, {"believe": ["nis"]}, "x")
    (bias,) = found.sources["nis"].bias.values()
    assert (bias.mu, bias.tau, bias.shared, bias.slant) == (0, 0, 0, 0)
    assert {name: s.bias for name, s in found.sources.items() if name != "nis"} == {
        name: s.bias for name, s in case.sources.items() if name != "nis"
    }


def test_what_the_scenario_says_itself_goes_first(case):
    force = next(iter(case.sources["nis"].relations))
    change = {"believe": ["nis"], "sources": {"nis": {"bias": {force: {"tau": 0.2}}}}}
    bias = apply_change(case, change, "x").sources["nis"].bias[force]
    assert (bias.tau, bias.mu, bias.shared) == (0.2, 0.0, 0.0)


def test_an_unknown_source_is_told_with_the_nearest(case):
    with pytest.raises(CaseError, match="nis"):
        apply_change(case, {"believe": ["nist"]}, "x")


SCENARIO = """
[both]
title = "Both taken at their word"
why = "For this test."
believe = ["ministry", "monitor"]
"""


def test_it_is_a_part_of_a_scenario_like_any_other(small_case):
    case = read_case(small_case(scenarios=SCENARIO))
    parts = parts_of(case, "both")
    assert [part.key for part in parts] == ["believe.ministry", "believe.monitor"]
    one = apply_parts(case, "both", ["believe.monitor"])
    assert one.digest == apply_change(case, {"believe": ["monitor"]}, "y").digest
    assert apply_parts(case, "both", [part.key for part in parts]).digest == apply_scenario(case, "both").digest


def test_every_case_has_ready_made_scenarios(case):
    more = with_generated(case)
    made = [name for name, change in more.scenarios.items() if isinstance(change["title"], Message)]
    used = {claim.source for claim in case.claims if claim.weight > 0}
    assert set(made) >= {f"believe_{name}" for name in used} | {f"without_{name}" for name in used} | {
        "twice_the_noise"
    }
    assert all(more.scenarios[name] == case.scenarios[name] for name in case.scenarios)
    assert more.digest == case.digest
    digests = [apply_scenario(more, name).digest for name in made]
    assert case.digest not in digests
    assert len(set(digests)) >= len(digests) - 1  # one source without a stake alone: no_stake is to believe nobody else


def test_a_ready_made_scenario_is_found_by_its_name(small_case):
    folder = small_case()
    assert read_case(folder, "believe_monitor").sources["monitor"].bias["north"].mu == 0
    with pytest.raises(CaseError, match="believe_monitor"):
        read_case(folder, "believe_monitors")


def test_twice_the_noise_is_twice_the_noise(case):
    more = apply_scenario(with_generated(case), "twice_the_noise")
    for part in ("access", "grade"):
        for name, sd in getattr(case.reliability.noise, part).items():
            assert getattr(more.reliability.noise, part)[name] == pytest.approx(2 * sd)


HALF = 'relations = { north = "adversary" }\nbias.north = { mu = 0.0, tau = 0.0 }'


def test_half_a_belief_is_told(small_case, small_text):
    toml = small_text[0].replace('relations = { north = "adversary" }', HALF)
    (told,) = [n for n in said(read_case(small_case(case=toml)).notices) if "mu and tau are 0" in n]
    assert "shared and slant are not" in told and 'believe = ["ministry"]' in told
    whole = toml.replace("tau = 0.0 }", "tau = 0.0, shared = 0.0, slant = 0.0 }")
    assert not [n for n in said(read_case(small_case("whole", case=whole)).notices) if "mu and tau" in n]


def test_titles_that_truetoll_gives_are_in_the_language_and_all_others_as_written(case):
    more, spanish = with_generated(case), Speaker("es")
    made = [stated(more, name) for name in more.scenarios if name not in case.scenarios]
    assert len(made) > 5
    assert all(spanish.tell(title).startswith("(generado) ") for title, _ in made)
    assert {spanish.tell(why) for _, why in made} == {
        "Hecho por truetoll, sin que nadie lo defienda; muestra lo que la respuesta debe a esto."
    }
    for name, change in case.scenarios.items():
        assert stated(more, name) == (change["title"], change["why"])


def test_a_title_of_the_case_that_says_the_same_stays_its_own(small_case):
    ours = with_generated(read_case(small_case())).scenarios["believe_monitor"]
    toml = f'[believe_monitor]\ntitle = "{ours["title"]}"\nwhy = "{ours["why"]}"\nbelieve = ["monitor"]\n'
    case = read_case(small_case("again", scenarios=toml))
    assert [type(each) for each in stated(with_generated(case), "believe_monitor")] == [str, str]


def test_what_truetoll_made_is_a_message_in_a_saved_run_too(case):
    more = with_generated(case)
    assert recall(keep(more)).scenarios == more.scenarios
    held = json.loads(keep(more))
    held["scenarios"]["twice_the_noise"]["title"]["$message"]["code"] = "generated.no_such"
    with pytest.raises(KeptError, match=r"titles of scenarios: 'generated\.no_such' cannot be said"):
        recall(json.dumps(held))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("base", "El caso tal como está, tal como se sabía el 2025-01-31"),
        ("twice_the_noise", "(generado) las cifras sueltas yerran el doble, tal como se sabía el 2025-01-31"),
        ("mine", "mine, tal como se sabía el 2025-01-31"),
    ],
)
def test_a_title_of_a_case_as_known_on_a_day_is_said_with_it(case, name, told):
    known = replace(with_generated(case), scenario=name, known_on=date(2025, 1, 31))
    title, _ = stated(recall(keep(known)), name)
    assert Speaker("es").tell(title) == told
