"""Alternatives: every assumption that a case uses, each side a change of the right size, and of nothing else."""

import math
from pathlib import Path

import pytest

from truetoll.claims.reading import read_case
from truetoll.claims.reliability import default_table, overlay, read_reliability
from truetoll.claims.scenario import alternatives, apply_change, apply_scenario
from truetoll.claims.scenario.moves import move_odds, move_prior, one_level
from truetoll.claims.scenario.used import Used
from truetoll.claims.schema import Z95, Prior
from truetoll.errors import CaseError

DATA = Path(__file__).parents[2] / "data"
KURSK, WAR = (read_case(DATA / folder) for folder in ("kursk-article", "war-article"))

TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01, 2025-01-01]

[forces.north]
victims = "military"
outcomes = ["killed", "wounded", "missing"]
rate = { median = 0.2, low = 0.05, high = 0.6 }
wounded_per_killed = { median = 2.0, low = 1.0, high = 5.0 }
missing_share = { median = 0.1, low = 0.02, high = 0.3 }
profile_sd = [0.2, 1.0]
counts = { tanks = { median = 50, low = 10, high = 200 } }
[[forces.north.contingents]]
since = 2024-01-01
strength = { median = 10_000, low = 5_000, high = 20_000 }
[[forces.north.contingents]]
since = 2024-07-01
strength = { median = 1_000, low = 800, high = 5_000 }
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = { median = 100, low = 20, high = 900 }

[sources.ministry]
grade = "A"
relations = { north = "adversary", town = "own_side" }
bias = { north = { mu = 0.5, slant = 0.0 } }
[sources.press]
grade = "F"
relations = { north = "media" }
[sources.aside]
grade = "E"
relations = { north = "media" }
[sources.graves]
grade = "E"
relations = { town = "observer_ngo" }
"""
CSV = """id,source,losses,figure,reported,since,as_of,origin,credibility
a1,ministry,north.killed,about 400,2024-09-01,2024-02-01,2024-07-01,,1
a2,aside,north.killed,about 400,2024-09-02,2024-02-01,2024-07-01,a1,
a3,press,north.wounded,more than 1200,2024-10-01,,,,6
a4,ministry,town.killed,11,2024-03-01,,,,5
a5,graves,town.killed,10,2024-03-01,,,,
"""


@pytest.fixture
def read(tmp_path):
    def case(toml=TOML, csv=CSV):
        (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
        (tmp_path / "claims.csv").write_text(csv, encoding="utf-8")
        return read_case(tmp_path)

    return case


def found(case):
    return {each.key: each for each in alternatives(case)}


def sides(case, key):
    one = found(case)[key]
    return [apply_change(case, side, key) for side in (one.low, one.high)]


@pytest.mark.parametrize("case", [KURSK, WAR], ids=["kursk", "war"])
def test_each_side_of_each_changes_the_case(case):
    every = alternatives(case)
    assert len({each.key for each in every}) == len(every) > 10
    for each in every:
        low, high = (apply_change(case, side, each.key) for side in (each.low, each.high))
        ways = 2 if each.key == "assumptions.frame.kind" else 3  # one of two kinds is what the case is
        assert len({case.digest, low.digest, high.digest}) == ways, each.key
        assert each.reason
        assert each.low_text != each.high_text


def test_of_a_case_all_that_it_uses_and_nothing_else():
    relations = {"third_party_state", "ally_of_adversary", "analyst", "adversary"}
    assert set(found(KURSK)) == {
        *(f"assumptions.bias.military.{relation}.{name}" for relation in relations for name in ("mu", "mu_sd", "tau")),
        *(f"assumptions.shared.military.{name}" for name in ("kappa0", "kappa")),
        *("assumptions.slant.sd", "assumptions.strength.sd", "assumptions.noise.log_sd", "assumptions.origin.rho"),
        *("assumptions.soundness.unsound_sd", "assumptions.hedge.up_to", "assumptions.profile.sd"),
        *("assumptions.noise.access.remote", "assumptions.disagreement.log_sd", "assumptions.frame.kind"),
        "claims.credibility",
        *(f"forces.dprk.{name}" for name in ("strength", "rate", "captured_share", "wounded_per_killed")),
        *("forces.russia_kursk.total", "assumptions.wounded_per_killed"),
    }
    # one bin, no claim on strength, no origin with two claims
    assert not {"assumptions.profile.sd", "assumptions.strength.sd", "assumptions.origin.rho"} & set(found(WAR))


def test_what_no_claim_in_use_rests_on_is_left_out(read):
    keys = set(found(read()))
    # the claim of `aside` repeats another; `graves` still errs
    assert "sources.aside.grade" not in keys
    assert {"sources.press.grade", "sources.graves.grade"} <= keys
    # the voice has a mean of its own, and nobody else is an adversary; its spread is that of the table
    assert "assumptions.bias.military.adversary.mu" not in keys
    assert {"sources.ministry.bias.north.mu", "assumptions.bias.military.adversary.tau"} <= keys
    assert "sources.ministry.bias.north.tau" not in keys
    # two classes of victims
    assert {"assumptions.shared.military.kappa", "assumptions.shared.civilian.kappa0"} <= keys
    assert "assumptions.hedge.more_than" in keys
    assert not {"assumptions.hedge.up_to", "assumptions.origin.rho", "assumptions.bound.sd"} & keys
    # the one force that is split into killed and wounded has a ratio of its own
    assert "assumptions.wounded_per_killed" not in keys


@pytest.mark.parametrize("case", [KURSK, WAR], ids=["kursk", "war"])
def test_what_is_used_is_what_inference_looks_at(case):
    from truetoll.model.index import Index

    used, index = Used(case), Index(case)
    assert {(voice.source, voice.force) for voice in used.voices} == set(index.voices)
    assert {(voice.victims, voice.relation) for voice in used.voices} == {index.kinship(*v) for v in index.voices}
    assert (used.strength, used.shared_origin) == (bool(index.strength_sources), bool(index.origins))


def test_a_source_that_speaks_of_strength_only_has_no_bias_on_losses(read):
    assert "assumptions.bias.military.media.mu" in found(read())
    keys = set(found(read(csv=CSV.replace("north.wounded,more than 1200", "north.strength,11000"))))
    assert "assumptions.bias.military.media.mu" not in keys
    assert {"assumptions.strength.sd", "sources.press.grade"} <= keys


def test_bounds_on_the_truth_have_no_source_that_errs(read):
    csv = CSV.replace("a5,graves,town.killed,10", "a5,graves,town.killed,10 names")
    names = read(csv=csv)
    assert names.claims[4].figure.form == "floor"
    keys = set(found(names))
    assert "sources.graves.grade" not in keys
    assert "assumptions.bias.civilian.observer_ngo.mu" not in keys
    assert "assumptions.bound.sd" in keys


def test_shared_biases_that_nobody_takes_part_in_are_left_out(read):
    media = 'relations = { north = "media" }'
    toml = TOML.replace("slant = 0.0 }", "slant = 0.0, shared = 0.0 }")
    toml = toml.replace(media, media + "\nbias = { north = { shared = 0.0, slant = 1.0 } }")
    keys = set(found(read(toml)))
    assert not {"assumptions.shared.military.kappa0", "assumptions.shared.military.kappa"} & keys
    assert "assumptions.shared.civilian.kappa" in keys
    assert "assumptions.slant.sd" in keys  # on the town


def test_means_move_by_their_standard_error():
    table = read_reliability({})
    step, row = table.plausible.mu, table.bias["military"]["adversary"]
    adversary = step.measured["military"]["adversary"]
    assert (step.of("military", "adversary"), step.of("military", "analyst")) == (adversary, 0.33)
    low, high = row.mu - adversary, row.mu + adversary
    rows = [
        each.reliability.bias["military"]["adversary"]
        for each in sides(KURSK, "assumptions.bias.military.adversary.mu")
    ]
    assert [each.mu for each in rows] == pytest.approx([low, high])
    assert {each.tau for each in rows} == {row.tau}
    assert {each.mu_sd for each in rows} == {0.0}  # what if it were so: taken as known
    one = found(KURSK)["assumptions.bias.military.adversary.mu"]
    assert str(one.low_text) == f"{low:.3g} (factor {math.exp(low):.3g})"
    assert str(one.high_text) == f"{high:.3g} (factor {math.exp(high):.3g})"


def test_the_mean_of_one_voice_moves_alone(read):
    case = read()
    low, high = sides(case, "sources.ministry.bias.north.mu")
    step = case.reliability.plausible.mu.measured["military"]["adversary"]
    moved = [each.sources["ministry"].bias["north"].mu for each in (low, high)]
    assert moved == pytest.approx([0.5 - step, 0.5 + step])
    assert low.reliability == case.reliability
    assert low.sources["ministry"].bias["north"].slant == 0.0


SCALED = [
    ("assumptions.bias.military.analyst.tau", lambda c: c.reliability.bias["military"]["analyst"].tau, 1.5),
    ("assumptions.bias.military.analyst.mu_sd", lambda c: c.reliability.bias["military"]["analyst"].mu_sd, 1.5),
    ("assumptions.shared.military.kappa0", lambda c: c.reliability.shared["military"].kappa0, 2),
    ("assumptions.shared.military.kappa", lambda c: c.reliability.shared["military"].kappa, 2),
    ("assumptions.slant.sd", lambda c: c.reliability.slant.sd, 2),
    ("assumptions.strength.sd", lambda c: c.reliability.strength.sd, 2),
    ("assumptions.noise.log_sd", lambda c: c.reliability.noise.log_sd, 2),
    ("assumptions.soundness.unsound_sd", lambda c: c.reliability.soundness.unsound_sd, 1.5),
    ("assumptions.hedge.up_to", lambda c: c.reliability.hedge.up_to, 2),
    ("assumptions.profile.sd", lambda c: c.reliability.profile.sd, 2),
]


@pytest.mark.parametrize(("key", "value", "factor"), SCALED, ids=[key for key, _, _ in SCALED])
def test_spreads_are_divided_and_multiplied(key, value, factor):
    low, high = map(value, sides(KURSK, key))
    assert (low, high) == (pytest.approx(value(KURSK) / factor), pytest.approx(value(KURSK) * factor))


def test_how_far_losses_stray_is_one_number_over_few_bins_and_many():
    """In the dossier, of 38 bins, as in the article, of four."""
    dossier = read_case(DATA / "kursk-dossier")
    low, high = (each.reliability.profile.sd for each in sides(dossier, "assumptions.profile.sd"))
    stated = dossier.reliability.profile.sd
    assert (low, high) == (pytest.approx(stated / 2), pytest.approx(stated * 2))


def test_rho_moves_on_the_scale_of_odds():
    low, high = (each.reliability.origin.rho for each in sides(KURSK, "assumptions.origin.rho"))
    assert (low / (1 - low), high / (1 - high)) == (pytest.approx(0.5), pytest.approx(4.5))
    assert move_odds(0.0, 3.0) == (0.0, 0.0)


def test_grades_move_by_one_letter(read):
    assert "sources.nis.grade" not in found(KURSK)  # it goes by what it can count
    # F (0.4) lies between C (0.3) and D (0.45)
    assert [each.sources["press"].grade for each in sides(read(), "sources.press.grade")] == ["C", "D"]


def test_a_side_that_does_not_exist_is_empty(read):
    case = read()
    best, worst = found(case)["sources.ministry.grade"], found(case)["sources.graves.grade"]
    assert (best.low, str(best.low_text), str(best.high_text)) == ({}, "as it is", "B")
    assert (str(worst.low_text), worst.high, str(worst.high_text)) == ("D", {}, "as it is")
    assert apply_change(case, best.low, "x").digest == case.digest


def test_credibility_of_all_claims_moves_by_one(read):
    sound = "\n[assumptions.soundness]\naccess = { records = 0.93, site = 0.93, remote = 0.93 }\n"
    low, high = sides(read(TOML + sound), "claims.credibility")
    # 1 is the best; the repeat stays; 6 (by access, 0.93) goes to 2 and 4; 5 is the worst
    assert [claim.credibility for claim in low.claims] == [1, 6, 2, 4, 2]
    assert [claim.credibility for claim in high.claims] == [2, 6, 4, 5, 4]


def test_a_spread_per_bin_moves_in_every_bin(read):
    low, high = (each.forces["north"].profile_sd for each in sides(read(), "forces.north.profile_sd"))
    assert (low, high) == ((0.1, 0.5), (0.4, 2.0))
    assert "assumptions.profile.sd" in found(read())  # the town's


PRIORS = [
    ("forces.north.rate", lambda c: c.forces["north"].rate, True),
    ("forces.north.missing_share", lambda c: c.forces["north"].missing_share, True),
    ("forces.north.wounded_per_killed", lambda c: c.forces["north"].wounded_per_killed, False),
    ("forces.north.counts.tanks", lambda c: c.forces["north"].counts["tanks"], False),
    ("forces.north.contingents.0.strength", lambda c: c.forces["north"].contingents[0].strength, False),
    ("forces.north.contingents.1.strength", lambda c: c.forces["north"].contingents[1].strength, False),
    ("forces.town.total", lambda c: c.forces["town"].total, False),
]


@pytest.mark.parametrize(("key", "prior", "share"), PRIORS, ids=[key for key, _, _ in PRIORS])
def test_a_prior_moves_within_its_own_width(read, key, prior, share):
    case = read()

    def scale(x):
        return math.log(x / (1 - x)) if share else math.log(x)

    down, up = sides(case, key)
    low, base, high = ([scale(p.low), scale(p.median), scale(p.high)] for p in map(prior, (down, case, up)))
    assert base[1] - low[1] == pytest.approx((base[1] - base[0]) / Z95)
    assert high[1] - base[1] == pytest.approx((base[2] - base[1]) / Z95)
    for moved in (low, high):
        assert moved[1] - moved[0] == pytest.approx(base[1] - base[0])
        assert moved[2] - moved[1] == pytest.approx(base[2] - base[1])


def test_the_other_contingent_stays(read):
    case = read()
    low, _ = sides(case, "forces.north.contingents.1.strength")
    assert low.forces["north"].contingents[0] == case.forces["north"].contingents[0]
    assert low.forces["north"].contingents[1].since == case.forces["north"].contingents[1].since


def test_the_default_ratio_is_moved_where_it_is_used():
    low, high = (each.reliability.wounded_per_killed.median for each in sides(WAR, "assumptions.wounded_per_killed"))
    assert low < WAR.reliability.wounded_per_killed.median < high
    moved = move_prior(Prior(median=4.0, low=2.0, high=16.0), -1.0, False)
    assert moved["median"] == pytest.approx(4.0 / 2 ** (1 / Z95))


def test_a_level_off_the_scale_lies_between_others():
    size = {"a": 1.0, "b": 2.0, "c": 3.0}
    assert [one_level("x", size, 2.0, steps) for steps in (-1, 1)] == ["a", "c"]
    assert [one_level("a", size, 1.0, steps) for steps in (-1, 1, 2, 9)] == [None, "b", "c", "c"]


def test_an_assumption_of_zero_has_no_alternative(read):
    case = read(TOML + "[assumptions]\norigin = { rho = 0.0 }\nslant = { sd = 0.0 }\n")
    assert not {"assumptions.origin.rho", "assumptions.slant.sd"} & set(found(case))


def test_a_share_at_the_edge_of_one_is_not_moved_beyond(read):
    toml = TOML.replace(
        "{ median = 0.2, low = 0.05, high = 0.6 }", "{ median = 0.5, low = 0.4, high = 0.9999999999999999 }"
    )
    rate = found(read(toml))["forces.north.rate"]
    assert (rate.high, str(rate.high_text)) == ({}, "cannot be moved there")
    assert rate.low


def test_a_case_with_a_scenario_is_refused():
    with pytest.raises(CaseError, match="already carries scenario"):
        alternatives(apply_scenario(KURSK, "no_bias"))


# How far is a number of the table


def test_a_case_may_say_how_far_without_being_another_case(read):
    case = read()
    wide = read(
        TOML
        + "[assumptions.plausible.slant]\nfactor = 3.0\n[assumptions.plausible.mu.measured.civilian]\nown_side = 1.0\n"
    )
    assert wide.digest == case.digest
    assert wide.reliability.plausible.slant.factor == 3.0
    assert sides(wide, "assumptions.slant.sd")[0].reliability.slant.sd == pytest.approx(0.1)
    low, high = sides(wide, "assumptions.bias.civilian.own_side.mu")
    means = [each.reliability.bias["civilian"]["own_side"].mu for each in (low, high)]
    mean = case.reliability.bias["civilian"]["own_side"].mu
    assert means == pytest.approx([mean - 1.0, mean + 1.0])
    assert low.reliability.plausible == wide.reliability.plausible  # kept below a scenario


def test_what_is_plausible_is_not_counted_but_all_else_is():
    table = read_reliability({})
    assert set(table.table()) == set(default_table())
    assert set(table.table()) - set(table.model_dump()) == {"plausible"}
    assert read_reliability(table.table()) == table


def test_every_number_has_a_reason():
    for name, row in default_table()["plausible"].items():
        assert row["reason"], name


WRONG = [
    ({"slant": {"factor": 1.0}}, "greater than 1"),
    ({"grade": {"steps": 0}}, "greater than or equal to 1"),
    ({"prior": {"z": -1.0}}, "greater than 0"),
    ({"mu": {"judged": {"military": 0.0}}}, "greater than 0"),
    ({"slants": {}}, "Extra inputs"),
]


@pytest.mark.parametrize(("plausible", "what"), WRONG)
def test_numbers_out_of_range_are_refused(plausible, what):
    with pytest.raises(ValueError, match=what):
        read_reliability(overlay({}, {"plausible": plausible}))
