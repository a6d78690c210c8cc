"""Parts of a scenario: all of them are the scenario, none is the base, and each stands for one change."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change, apply_parts, apply_scenario, case_digest, parts_of
from truetoll.errors import CaseError

DATA = Path(__file__).parents[2] / "data"
CASES = {folder: read_case(DATA / folder) for folder in ("kursk-article", "war-article")}
SHIPPED = [(folder, name) for folder, case in CASES.items() for name in case.scenarios]

TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01, 2025-01-01]

[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
strength = { median = 10_000, low = 5_000, high = 20_000 }
rate = { median = 0.2, low = 0.05, high = 0.6 }
counts = { tanks = { median = 50, low = 10, high = 200 }, guns = { median = 40, low = 10, high = 90 } }

[sources.ministry]
grade = "C"
relations = { north = "adversary" }
[sources.press]
grade = "D"
relations = { north = "media" }
"""
CSV = """id,source,losses,figure,reported,since,as_of,origin,credibility
a1,ministry,north.killed,about 400,2024-09-01,2024-02-01,2024-07-01,,3
a2,press,north.killed,up to 500,2024-09-02,2024-02-01,2024-07-01,a1,
a3,press,north.wounded,about 400,2024-10-01,,,,
a4,ministry,north.strength,"11,000",2024-03-01,,,,
"""
CHAIN = """
[first]
title = "t"
why = "w"
[first.sources.ministry]
grade = "A"
reason = "first"
bias = { north = { mu = 0.1, reason = "x" } }
[first.exclude]
claims = ["a1", "a3"]
[first.include]
claims = ["a2"]
[first.claims.a4]
figure = "9,000"
[first.forces.north.rate]
median = 0.3
[second]
title = "t"
why = "w"
builds_on = "first"
[second.sources.ministry]
grade = "B"
bias = { north = { tau = 0.2 } }
relations = { north = "ally" }
[second.exclude]
sources = ["press"]
[second.include]
claims = ["a1"]
[second.forces.north]
rate = { high = 0.7 }
counts = { tanks = { median = 60 }, guns = { median = 50 } }
[second.assumptions]
slant = { sd = 0.1, reference = "r" }
wounded_per_killed = { median = 4.0 }
bias = { military = { media = { mu = 0.0 }, ally = { tau = 0.1 } } }
[second.assumptions.noise.grade]
A = 0.1
B = 0.15
[window]
title = "t"
why = "w"
[window.claims.a2]
since = 2024-07-05
as_of = 2024-08-01
figure = "more than 450"
h = 0.4
origin = "press"
[repeat]
title = "t"
why = "w"
[repeat.claims.a3]
origin = "a1"
losses = "north.killed"
since = 2024-02-01
as_of = 2024-07-01
[repeat.include]
claims = ["a3"]
[nobody]
title = "t"
why = "w"
builds_on = "second"
[nobody.claims.a1]
credibility = 1
"""


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case")
    for file, text in {"case.toml": TOML, "claims.csv": CSV, "scenarios.toml": CHAIN}.items():
        (folder / file).write_text(text, encoding="utf-8")
    return read_case(folder)


def keys(case, name):
    return [part.key for part in parts_of(case, name)]


def problems(call, *arguments):
    with pytest.raises(CaseError) as caught:
        call(*arguments)
    return [str(problem) for problem in caught.value.problems]


def test_there_are_scenarios_to_take_apart():
    assert {folder: len(case.scenarios) for folder, case in CASES.items()} == {"kursk-article": 27, "war-article": 16}


@pytest.mark.parametrize(("folder", "name"), SHIPPED)
def test_all_parts_are_the_scenario_and_none_the_base(folder, name):
    case = CASES[folder]
    found = keys(case, name)
    assert len(found) == len(set(found)) > 0
    full, empty = apply_parts(case, name, found), apply_parts(case, name, ())
    assert full.digest == apply_scenario(case, name).digest == case_digest(full) != case.digest
    assert full.claims == apply_scenario(case, name).claims
    assert (full.file, full.reliability) == (apply_scenario(case, name).file, apply_scenario(case, name).reliability)
    assert empty.digest == case.digest == case_digest(empty)


@pytest.mark.parametrize(("folder", "name"), SHIPPED)
def test_each_shipped_part_changes_something(folder, name):
    case = CASES[folder]
    for key in keys(case, name):
        assert apply_parts(case, name, [key]).digest != case.digest, key


@pytest.mark.parametrize("name", ["first", "second", "window", "repeat", "nobody"])
def test_all_parts_of_a_chain_are_the_scenario(case, name):
    assert apply_parts(case, name, keys(case, name)).digest == apply_scenario(case, name).digest
    assert apply_parts(case, name, ()).digest == case.digest


def test_parts_are_what_makes_sense_alone(case):
    assert keys(case, "second") == [
        "forces.north.rate",
        "sources.ministry.grade",
        "sources.ministry.bias.north",
        "claims.a4.figure",
        "exclude.claims.a3",
        "assumptions.slant.sd",
        "assumptions.wounded_per_killed",
        "assumptions.bias.military.media",
        "assumptions.bias.military.ally",
        "assumptions.noise.grade",
        "forces.north.counts.tanks",
        "forces.north.counts.guns",
        "sources.ministry.relations.north",
        "exclude.sources.press",
        "include.claims.a1",
    ]
    assert keys(case, "window") == ["claims.a2.window", "claims.a2.figure", "claims.a2.origin"]
    assert "assumptions.origin.rho" in keys(CASES["kursk-article"], "one_echo")
    assert "assumptions.shared.military" in keys(CASES["kursk-article"], "no_bias")


def test_a_hedge_goes_with_its_figure(case):
    made = replace(case, scenarios={"h": {"title": "t", "why": "w", "claims": {"a2": {"h": 0.7}}}})
    assert [(part.key, str(part.label)) for part in parts_of(made, "h")] == [
        ("claims.a2.figure", "figure of a2: h 0.7")
    ]
    hedged = apply_parts(case, "window", ["claims.a2.figure"]).claims[1]
    assert (hedged.text, hedged.h) == ("more than 450", 0.4)


def test_labels_say_the_change_as_it_ends(case):
    labels = {part.key: str(part.label) for part in parts_of(case, "second")}
    assert labels["sources.ministry.grade"] == "grade of ministry: 'B'"
    assert labels["sources.ministry.bias.north"] == "bias of ministry on north: mu 0.1, tau 0.2"
    assert labels["forces.north.rate"] == "rate of north: median 0.3, high 0.7"
    assert labels["exclude.sources.press"] == "without the source press"
    window = {part.key: str(part.label) for part in parts_of(case, "window")}
    assert window["claims.a2.window"] == "window of a2: since 2024-07-05, as of 2024-08-01"


def test_one_part_makes_its_change_and_no_other(case):
    only = apply_parts(case, "second", ["sources.ministry.grade"])
    assert only.sources["ministry"].grade == "B"
    assert only.sources["ministry"].reason == "first"  # goes with what it explains
    assert only.file.forces == case.file.forces
    assert [claim.weight for claim in only.claims] == [claim.weight for claim in case.claims]
    related = apply_parts(case, "first", ["sources.ministry.bias.north"])
    assert (related.sources["ministry"].grade, related.sources["ministry"].reason) == ("C", "first")
    only = apply_parts(case, "second", ["forces.north.rate"])
    assert (only.sources, only.reliability, only.claims) == (case.sources, case.reliability, case.claims)
    rate = only.forces["north"].rate
    assert (rate.median, rate.low, rate.high) == (0.3, 0.05, 0.7)


def test_weights_follow_the_order_of_the_chain(case):
    def used(*chosen):
        return [claim.id for claim in apply_parts(case, "second", chosen).claims if claim.weight > 0]

    assert used() == ["a1", "a3", "a4"]
    assert used("exclude.claims.a3") == ["a1", "a4"]
    assert used("include.claims.a1") == ["a1", "a3", "a4"]
    assert used("exclude.sources.press", "include.claims.a1") == ["a1", "a4"]


def test_a_repeat_included_without_the_change_that_makes_it_one_is_no_fault(case):
    assert apply_parts(case, "repeat", ["include.claims.a3"]).digest == case.digest


def test_the_result_says_what_was_chosen(case):
    assert apply_parts(case, "window", ["claims.a2.figure"]).scenario == "window[1 of 3]"
    assert apply_parts(case, "window", ["claims.a2.figure"] * 2).scenario == "window[1 of 3]"
    assert apply_parts(case, "window", ()).scenario == "window[0 of 3]"


def test_the_base_has_no_parts(case):
    assert parts_of(case, "base") == ()
    assert apply_parts(case, "base", ()).digest == case.digest


def test_unknown_names_get_the_nearest(case):
    assert problems(parts_of, case, "secnod")[0].endswith("did you mean 'second'?")
    assert problems(apply_parts, case, "secnod", ())[0].endswith("did you mean 'second'?")
    found = problems(apply_parts, case, "window", ["claims.a2.figur", "x", "claims.a2.origin"])
    assert len(found) == 2
    assert found[0].startswith("scenarios.toml: window: the scenario has no such part; read 'claims.a2.figur'")
    assert found[0].endswith("did you mean 'claims.a2.figure'?")


def test_a_case_with_a_scenario_is_refused(case):
    for call, more in ((parts_of, ()), (apply_parts, ((),))):
        found = problems(call, apply_scenario(case, "first"), "second", *more)
        assert "already carries scenario 'first'" in found[0]


def test_a_subset_that_leaves_no_claim_is_refused(case):
    two = {"title": "t", "why": "w", "exclude": {"claims": ["a1", "a4"]}}
    then = {"title": "t", "why": "w", "builds_on": "two", "include": {"claims": ["a2"]}, "exclude": {"claims": ["a3"]}}
    made = replace(case, scenarios={"two": two, "then": then})
    chosen = ["exclude.claims.a1", "exclude.claims.a4", "exclude.claims.a3"]
    found = problems(apply_parts, made, "then", chosen)
    assert found == ["then[3 of 4]: exclude: leaves no claim to learn from"]


def test_a_broken_scenario_has_no_parts(case):
    made = replace(case, scenarios={"s": {"title": "t", "why": "w", "sources": {"ministry": {"grade": "G"}}}})
    assert problems(parts_of, made, "s")[0].startswith("scenarios.toml: s.sources.ministry.grade:")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_subsets_raise_nothing_but_case_errors(data):
    folder, name = data.draw(st.sampled_from(SHIPPED))
    chosen = data.draw(st.sets(st.sampled_from(keys(CASES[folder], name))))
    try:
        made = apply_parts(CASES[folder], name, chosen)
    except CaseError as error:
        assert error.problems
        return
    assert made.digest == case_digest(made)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["first", "second", "window", "repeat", "nobody"]), st.data())
def test_subsets_of_a_chain_raise_nothing_but_case_errors(case, name, data):
    chosen = data.draw(st.sets(st.sampled_from(keys(case, name))))
    try:
        assert apply_parts(case, name, chosen).claims
    except CaseError as error:
        assert error.problems


# A change without a name


def test_a_change_equals_the_scenario_of_the_same_words(case):
    for name in ("first", "second", "window"):
        table = case.scenarios[name]
        assert apply_change(case, table, "what if").digest == apply_scenario(case, name).digest
        short = {key: value for key, value in table.items() if key not in ("title", "why")}
        assert apply_change(case, short, "what if").digest == apply_scenario(case, name).digest
    assert apply_change(case, {"claims": {"a1": {"credibility": 1}}}, "+1 step").scenario == "+1 step"


def test_an_empty_change_is_the_base(case):
    made = apply_change(case, {}, "nothing")
    assert (made.digest, made.scenario) == (case.digest, "nothing")


def test_every_problem_of_a_change_is_reported_at_once(case):
    table = {"sources": {"minstry": {"grade": "A"}}, "claims": {"a9": {"credibility": 1}}}
    assert problems(apply_change, case, table, "what if") == [
        "what if: sources.minstry: there is no such source; read 'minstry'; allowed: ministry, press; "
        "did you mean 'ministry'?",
        "what if: claims.a9: there is no such claim; read 'a9'; allowed: a1, a2, a3, a4",
    ]


REFUSED = [
    ({"claim": {}}, "what if: claim: there is no such key"),
    ({"sources": {"ministry": {"grade": "G"}}}, "what if: sources.ministry.grade:"),
    ({"sources": {"ministry": {"relations": {"south": "ally"}}}}, "what if: sources.ministry.relations.south:"),
    ({"assumptions": {"slants": {}}, "exclude": {"claims": ["a1"]}}, "what if: assumptions.slants:"),
    ({"exclude": {"sources": ["ministry", "press"]}}, "what if: exclude: leaves no claim"),
    ({"include": {"claims": ["a1"]}}, "what if: include.claims: the claim is in use already"),
    ({"exclude": {"claims": []}}, "what if: changes nothing"),
    ({"case": {"bins": [1]}}, "what if: case.bins: a scenario cannot change bins"),
    ({"builds_on": "third", "case": {"activity": [1, 1]}}, "what if: builds_on: there is no such scenario"),
    ({"claims": {"a1": {"figure": "x"}}}, "what if: claims.a1.figure:"),
]


@pytest.mark.parametrize(("table", "start"), REFUSED)
def test_a_change_is_checked_like_a_scenario(case, table, start):
    found = problems(apply_change, case, table, "what if")
    assert [each[: len(start)] for each in found] == [start]


def test_a_change_is_laid_over_the_base_only(case):
    found = problems(apply_change, apply_scenario(case, "first"), {}, "x")
    assert "already carries scenario 'first'" in found[0]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["a1", "press"]),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.text(max_size=3)
            | st.sampled_from(
                ["a1", "north", "ministry", "grade", "bias", "claims", "sources", "mu", "origin", "rate"]
            ),
            below,
            max_size=3,
        )
    ),
    max_leaves=8,
)
KEYS = ["assumptions", "case", "forces", "sources", "claims", "exclude", "include", "builds_on", "title"]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(KEYS), ANYTHING, max_size=3))
def test_no_change_raises_anything_but_case_errors(case, table):
    try:
        apply_change(case, table, "x")
    except CaseError as error:
        assert error.problems
