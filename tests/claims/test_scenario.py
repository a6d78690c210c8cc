"""A scenario is the case with the same changes made by hand; equal content has one digest."""

import tomllib
from dataclasses import replace
from datetime import date

import pytest
from saying import said

from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_scenario, case_digest
from truetoll.claims.schema import Form
from truetoll.errors import CaseError

TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01, 2025-01-01]
activity = [1.0, 0.5]

[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
strength = { median = 10_000, low = 5_000, high = 20_000, reason = "judgement" }
rate = { median = 0.2, low = 0.05, high = 0.6 }

[sources.ministry]
grade = "C"
relations = { north = "adversary" }
[sources.press]
grade = "D"
relations = { north = "media" }
"""
CSV = """id,source,losses,figure,reported,since,as_of,origin,credibility,note
a1,ministry,north.killed,about 400,2024-09-01,2024-02-01,2024-07-01,,3,
a2,press,north.killed,up to 500,2024-09-02,2024-02-01,2024-07-01,a1,,
a3,press,north.wounded,"1,200",2024-10-01,,,,,
a4,ministry,north.strength,"11,000",2024-03-01,,,,,
"""
HEAD = '[{0}]\ntitle = "t"\nwhy = "w"\n'


@pytest.fixture
def read(tmp_path):
    def case(scenarios="", toml=TOML, csv=CSV, name="case"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        contents = {"case.toml": toml, "claims.csv": csv, "scenarios.toml": scenarios}
        for file, text in contents.items():
            if text:
                (folder / file).write_text(text, encoding="utf-8")
        return read_case(folder)

    return case


def scenario(body, name="s", **keys):
    head = HEAD.format(name) + "".join(f'{key} = "{value}"\n' for key, value in keys.items())
    return head + body.replace("[.", f"[{name}.")


def problems(call, *arguments):
    with pytest.raises(CaseError) as caught:
        call(*arguments)
    return [str(problem) for problem in caught.value.problems]


def weights(case):
    return {claim.id: claim.weight for claim in case.claims}


def test_base_is_the_case_itself(read):
    case = read()
    assert apply_scenario(case, "base") is case
    assert case.scenario == "base"


# Each change, against the same edit of the files.

EDITS = [
    ('[.sources.ministry]\ngrade = "A"\n', ('grade = "C"', 'grade = "A"'), None),
    (
        '[.sources.ministry]\nrelations = { north = "ally" }\n',
        ('{ north = "adversary" }', '{ north = "ally" }'),
        None,
    ),
    (
        "[.sources.ministry.bias.north]\nmu = 0.5\n",
        ('{ north = "adversary" }', '{ north = "adversary" }\nbias = { north = { mu = 0.5 } }'),
        None,
    ),
    ("[.forces.north.rate]\nhigh = 0.7\n", ("high = 0.6", "high = 0.7"), None),
    ("[.forces.north]\nactivity = [0, 2]\n", ("rate =", "activity = [0, 2]\nrate ="), None),
    ("[.case]\nactivity = [1, 0.0]\n", ("[1.0, 0.5]", "[1, 0]"), None),
    ("[.case]\nprofile_sd = [0.1, 2]\n", ("activity", "profile_sd = [0.1, 2]\nactivity"), None),
    (
        "[.assumptions.origin]\nrho = 0.1\n",
        ("[sources.press]", "[assumptions.origin]\nrho = 0.1\n[sources.press]"),
        None,
    ),
    ("[.claims.a1]\ncredibility = 5\n", None, ("2024-07-01,,3,", "2024-07-01,,5,")),
    ('[.claims.a1]\nfigure = "at least 450"\n', None, ("about 400", "at least 450")),
    (
        '[.claims.a3]\nlosses = "north.wounded:0.6 | north.casualties:0.4"\n',
        None,
        ("north.wounded", "north.wounded:0.6 | north.casualties:0.4"),
    ),
    ("[.claims.a3]\nsince = 2024-03-01\n", None, ("2024-10-01,,", "2024-10-01,2024-03-01,")),
    ("[.claims.a3]\nas_of = 2024-09-15\n", None, ("2024-10-01,,,", "2024-10-01,,2024-09-15,")),
    # as_of was empty, so it follows the day of the report, here as in the file
    ("[.claims.a3]\nreported = 2024-11-01\n", None, ("2024-10-01,,", "2024-11-01,,")),
    ('[.claims.a3]\norigin = "a1"\n', None, ("2024-10-01,,,,,", "2024-10-01,,,a1,,")),
    # a2 names a1 as its origin, and follows it to another
    ('[.claims.a1]\norigin = "briefing"\n', None, ("2024-07-01,,3", "2024-07-01,briefing,3")),
]


@pytest.mark.parametrize(("body", "toml", "csv"), EDITS)
def test_a_scenario_equals_the_same_edit_of_the_files(read, body, toml, csv):
    base = read(scenario(body))
    applied = apply_scenario(base, "s")
    edited = read(
        toml=TOML.replace(*toml, 1) if toml else TOML,
        csv=CSV.replace(*csv, 1) if csv else CSV,
        name="edited",
    )
    assert applied.digest == edited.digest == case_digest(applied) != base.digest
    assert applied.claims == edited.claims
    assert applied.file.forces == edited.file.forces
    assert applied.reliability == edited.reliability
    assert (applied.scenario, applied.notices) == ("s", edited.notices)


def test_the_base_case_is_not_changed(read):
    case = read(scenario("[.sources.ministry]\ngrade = 'A'\n[.claims.a1]\nfigure = '900'\n"))
    before = case.digest
    apply_scenario(case, "s")
    assert case.digest == before == case_digest(case)
    assert case.sources["ministry"].grade == "C"
    assert case.claims[0].text == "about 400"


def test_read_case_takes_a_scenario(read):
    case = read(scenario("[.sources.ministry]\ngrade = 'A'\n"))
    assert read_case(case.path, "s") == apply_scenario(case, "s")
    assert read_case(case.path, "base") == case


def test_a_hedge_may_be_stated(read):
    case = apply_scenario(read(scenario("[.claims.a2]\nh = 0.7\n")), "s")
    assert [claim.h for claim in case.claims] == [None, 0.7, None, None]
    assert case.claims[1].figure.form is Form.UP_TO


# Weights


def test_a_source_left_out(read):
    case = apply_scenario(read(scenario('[.exclude]\nsources = ["press"]\n')), "s")
    assert weights(case) == {"a1": 1, "a2": 0, "a3": 0, "a4": 1}
    assert {str(claim.set_aside) for claim in case.claims if not claim.weight} == {"excluded"}
    assert len(case.claims) == 4


def test_the_repeat_of_a_claim_left_out_does_not_take_its_place(read):
    case = apply_scenario(read(scenario('[.exclude]\nclaims = ["a1"]\n')), "s")
    assert weights(case) == {"a1": 0, "a2": 0, "a3": 1, "a4": 1}
    assert str(case.claims[1].set_aside) == "repeats a1"


def test_a_repeat_gets_its_weight_back(read):
    case = read(scenario('[.include]\nclaims = ["a2"]\n'))
    assert weights(case)["a2"] == 0
    assert weights(apply_scenario(case, "s"))["a2"] == 1


def test_repeats_are_found_anew(read):
    case = apply_scenario(read(scenario('[.claims.a2]\norigin = "press"\n')), "s")
    assert weights(case)["a2"] == 1
    assert not any("repeats" in notice for notice in said(case.notices))


# Scenarios on scenarios

CHAIN = (
    scenario('[.sources.ministry]\ngrade = "A"\n[.exclude]\nclaims = ["a1", "a3"]\n', "first")
    + scenario('[.sources.ministry]\ngrade = "B"\n[.include]\nclaims = ["a1"]\n', "second", builds_on="first")
    + scenario("[.claims.a4]\ncredibility = 1\n", "third", builds_on="second")
)


def test_what_a_scenario_builds_on_comes_first(read):
    case = apply_scenario(read(CHAIN), "third")
    assert case.sources["ministry"].grade == "B"
    assert weights(case) == {"a1": 1, "a2": 0, "a3": 0, "a4": 1}
    assert case.claims[3].credibility == 1


def test_the_order_of_scenarios_in_the_file_does_not_matter(read):
    parts = CHAIN.split("[third]")
    case = read("[third]" + parts[1] + parts[0])
    assert apply_scenario(case, "third").digest == apply_scenario(read(CHAIN), "third").digest


def test_a_circle_is_reported_once(read):
    text = "".join(
        scenario("[.claims.a1]\ncredibility = 1\n", a, builds_on=b) for a, b in (("x", "y"), ("y", "z"), ("z", "x"))
    )
    found = problems(read, text)
    assert len(found) == 1
    assert found[0].endswith("read x -> y -> z -> x")


def test_a_fault_is_reported_where_it_stands_and_not_by_those_built_on_it(read):
    text = scenario("[.forces.north.rate]\nhigh = 2\n", "x") + scenario(
        "[.claims.a1]\ncredibility = 1\n", "y", builds_on="x"
    )
    found = problems(read, text)
    assert len(found) == 1
    assert found[0].startswith("scenarios.toml:5: x.forces.north.rate.high: ")


def test_faults_of_the_base_are_not_repeated_by_scenarios(read):
    text = scenario("[.claims.a1]\ncredibility = 1\n") + scenario("[.claims.a3]\nfigure = 'no figure'\n", "t")
    found = problems(read, text, TOML.replace('grade = "D"', 'grade = "G"'))
    assert [line.split(": ")[0] for line in found] == ["case.toml:17", "scenarios.toml:10"]


# What is refused when a scenario is asked for


def test_an_unknown_name_gets_the_nearest(read):
    found = problems(apply_scenario, read(CHAIN), "secnod")
    assert found[0].endswith("allowed: base, first, second, third; did you mean 'second'?")


def test_a_scenario_is_not_laid_over_another(read):
    case = apply_scenario(read(CHAIN), "first")
    assert apply_scenario(case, "first") is case
    assert "already carries scenario 'first'" in problems(apply_scenario, case, "second")[0]
    assert "already carries scenario 'first'" in problems(apply_scenario, case, "base")[0]


def test_a_scenario_of_a_case_put_together_by_hand_is_checked_too(read):
    case = replace(read(), scenarios=tomllib.loads(scenario("[.sources.ministry]\ngrade = 'G'\n")))
    assert problems(apply_scenario, case, "s")[0].startswith("scenarios.toml: s.sources.ministry.grade:")


def test_a_table_of_reliability_put_in_by_hand_is_kept(read):
    case = read(scenario("[.assumptions.origin]\nrho = 0.1\n"))
    noise = case.reliability.noise.model_copy(update={"log_sd": 0.77})
    case = replace(case, reliability=case.reliability.model_copy(update={"noise": noise}))
    table = apply_scenario(case, "s").reliability
    assert (table.noise.log_sd, table.origin.rho) == (0.77, 0.1)


# The digest

SAME = [
    (TOML.replace("\n\n", "\n# a comment\n\n"), CSV),
    (TOML.replace('"A battle"', '"Another title"').replace("judgement", "other words"), CSV),
    (TOML.replace("10_000", "10000.0"), CSV),
    (TOML.replace('["killed", "wounded"]', '["wounded", "killed"]'), CSV),
    (TOML, CSV.replace("about 400", "some 400").replace("3,\n", "3,a note\n")),
    (TOML, "\n".join([CSV.splitlines()[0], *CSV.splitlines()[:0:-1]]) + "\n"),
    (TOML, CSV.replace(",", ";").replace('"1;200"', "1,200").replace('"11;000"', "11,000")),
]


@pytest.mark.parametrize(("toml", "csv"), SAME)
def test_what_does_not_decide_does_not_change_the_digest(read, toml, csv):
    base = read()
    assert read(toml=toml, csv=csv, name="other").digest == base.digest
    assert (toml, csv) != (TOML, CSV)


OTHER = [
    (TOML.replace("10_000", "10_001"), CSV),
    (TOML.replace('"media"', '"analyst"'), CSV),
    (TOML.replace("0.5]", "0.6]"), CSV),
    (TOML.replace('"military"', '"mixed"'), CSV),
    (TOML + "[assumptions.hedge]\nup_to = 0.31\n", CSV),
    (TOML, CSV.replace("about 400", "400")),
    (TOML, CSV.replace("2024-02-01,2024-07-01,a1", "2024-02-02,2024-07-01,a1")),
    (TOML, CSV.replace("press,north.wounded", "ministry,north.wounded")),
    (TOML, CSV.replace(",,3,", ",,4,")),
    (TOML, CSV.replace(",a1,,", ",,,")),
]


@pytest.mark.parametrize(("toml", "csv"), OTHER)
def test_what_decides_changes_the_digest(read, toml, csv):
    assert read(toml=toml, csv=csv, name="other").digest != read().digest


def test_forces_named_like_a_comment_key_count(read):
    toml, csv = TOML.replace("north", "reason"), CSV.replace("north", "reason")
    one, two = (read(toml=text, csv=csv, name="other").digest for text in (toml, toml.replace("10_000", "9_000")))
    assert one != two


def test_a_strengthened_contingent_changes_the_digest_and_its_reason_does_not(read):
    size = "{ median = 8, low = 4, high = 16, reason = 'x' }"
    parts = f"\n[[forces.north.contingents]]\nsince = 2024-01-01\nstrength = {size}\n"
    toml = TOML.replace("strength = {", "#") + parts
    digests = [
        read(toml=text, name="other").digest for text in (toml, toml.replace("'x'", "'y'"), toml.replace("= 8", "= 9"))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_the_digest_is_the_same_in_every_process(read):
    assert len(read().digest) == 64
    assert int(read().digest, 16)
    assert read().claims[2].as_of == date(2024, 10, 1)
