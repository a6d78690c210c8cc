"""Comparisons: shifts as they are known beforehand, nothing of what did not converge, no weights."""

import json
import math
import subprocess
import sys

import jsonschema
import madeup_comparison as made
import numpy as np
import pytest
from saying import said

from truetoll.answers import words
from truetoll.studies.attribution.read import by_reach, reach
from truetoll.studies.compare.read import comparison
from truetoll.studies.compare.records import about_the_same
from truetoll.studies.fit.read import summarise
from truetoll.text.messages import message

KILLED = "north.killed"


@pytest.fixture(scope="module")
def found():
    return comparison(made.tree(groups=made.everything()))


def scenario(of, name):
    return next(s for s in of.scenarios if s.name == name)


# shifts ---------------------------------------------------------------------------------------------------------------


def test_percent_is_of_the_median(found):
    assert scenario(found, "doubled").shift[KILLED].percent == pytest.approx(100.0)
    assert scenario(found, "set_aside").shift[KILLED].percent == pytest.approx(-50.0)
    assert scenario(found, "same").shift[KILLED].percent == 0.0


def test_sd_is_of_the_base_case():
    wide = made.tree({"base": 1.0, "doubled": 2.0})
    amount = wide["posterior"]["amount"]
    amount.loc[{"scenario": "doubled"}] = 2000.0 * (amount.sel(scenario="doubled") / 2000.0) ** 3
    spread = float(np.log(amount.sel(scenario="base", quantity=KILLED)).std(ddof=1))
    shift = scenario(comparison(wide), "doubled").shift[KILLED]
    assert shift.sd == pytest.approx(math.log(2.0) / spread)
    assert 1.2 < shift.sd < 1.6


def test_errors_are_those_of_both_medians(found):
    base, other = (scenario(found, name).quantities[0] for name in ("base", "doubled"))
    relative = math.hypot(base.mcse_median / base.median, other.mcse_median / other.median)
    shift = scenario(found, "doubled").shift[KILLED]
    assert shift.percent_mcse == pytest.approx(100.0 * 2.0 * relative)
    assert shift.sd_mcse / relative == pytest.approx(shift.sd / math.log(2.0))


def test_monte_carlo_error_of_a_shift_is_its_spread_over_repetitions():
    """Shifts of independent draws of one distribution scatter by as much as their errors say."""
    shifts = []
    for seed in range(60):
        tree = made.tree({"base": 1.0, "other": 1.0})
        rng = np.random.default_rng(seed)
        tree["posterior"]["amount"][:] = np.exp(0.5 * rng.normal(size=tree["posterior"]["amount"].shape))
        shifts += list(scenario(comparison(tree), "other").shift.values())
    z = np.array([shift.percent / shift.percent_mcse for shift in shifts])
    assert np.sqrt((z**2).mean()) == pytest.approx(1.0, abs=0.15)
    assert np.mean([about_the_same(shift) for shift in shifts]) == pytest.approx(0.95, abs=0.05)


def test_the_base_case_does_not_shift_and_noise_is_told(found):
    base = scenario(found, "base").shift
    assert {(s.percent, s.percent_mcse, s.sd, s.sd_mcse) for s in base.values()} == {(0.0, 0.0, 0.0, 0.0)}
    assert about_the_same(base[KILLED])
    assert about_the_same(scenario(found, "same").shift[KILLED])
    assert not about_the_same(scenario(found, "doubled").shift[KILLED])


def test_quantities_are_those_of_a_summary():
    """The base case of a comparison reads as a fit of it does, but for the pass-through, which it is told."""
    import madeup

    fit, tree = madeup.tree(), made.tree({"base": 1.0})
    for group in ("posterior", "prior"):
        amount = fit[group]["amount"].expand_dims(scenario=["base"])
        tree[group] = tree[group].dataset.drop_vars("amount").assign(amount=amount)
    through = [q.pass_through for q in summarise(fit).quantities]
    tree["scenarios"]["pass_through"][:] = [through]
    expected, read = summarise(fit).to_dict()["quantities"], comparison(tree).to_dict()["scenarios"][0]["quantities"]
    for q in (*expected, *read):
        del q["pass_through_mcse"]
    assert read == expected


def test_a_base_case_without_doubt_has_no_sd():
    tree = made.tree({"base": 1.0, "doubled": 2.0})
    tree["posterior"]["amount"].loc[{"scenario": "base"}] = 1000.0
    written = comparison(tree).to_dict()["scenarios"][1]["shift"][KILLED]
    assert (written["sd"], written["sd_mcse"]) == (None, None)


# convergence ----------------------------------------------------------------------------------------------------------


def test_what_did_not_converge_has_no_numbers():
    found = comparison(made.tree(rows={"doubled": {"converged": 0, "rhat_max": 1.3}}))
    failed = scenario(found, "doubled")
    assert (failed.converged, failed.quantities, failed.shift, failed.loo) == (False, (), {}, None)
    assert failed.diagnostics.rhat_max == 1.3
    assert scenario(found, "set_aside").shift
    assert not found.converged
    assert "doubled" in said(found.notices)[0]


def test_without_a_base_case_nothing_shifts():
    found = comparison(made.tree(rows={"base": {"converged": 0}}))
    assert all(s.shift == {} for s in found.scenarios)
    assert scenario(found, "doubled").quantities


def test_no_pass_through_is_none():
    tree = made.tree()
    tree["scenarios"]["pass_through"][:] = np.nan
    q = scenario(comparison(tree), "base").quantities[0]
    assert q.pass_through is None
    assert "No source speaks" in str(q.sentence)


# leave-one-out and notices --------------------------------------------------------------------------------------------


def test_elpd_is_told_only_of_comparable_scenarios(found):
    assert scenario(found, "set_aside").loo is None
    assert not scenario(found, "set_aside").comparable
    base, doubled = scenario(found, "base").loo, scenario(found, "doubled").loo
    assert (base.elpd, base.diff, base.diff_se) == (-30.0, None, None)
    assert (doubled.diff, doubled.diff_se, doubled.khat_max, doubled.origins) == (-9.0, 0.5, 0.4, 5)


def test_no_weights_and_no_average(found):
    assert "Scenarios are not averaged and not equally likely: each says what follows if its assumptions hold." in said(
        found.notices
    )
    assert any(
        n.startswith("No weights are given: the claims go back to 5 origins, fewer than 20")
        for n in said(found.notices)
    )
    assert "weight" not in json.dumps(found.to_dict()["scenarios"])
    many = [made.madeup.claim(f"c{i}", "1,000", KILLED) for i in range(25)]
    assert message("notice.no_weights") in comparison(made.tree(claims=many)).notices


@pytest.mark.parametrize(
    ("change", "word"),
    [({"khat": 0.8}, "Reweighted too far"), ({"loo_khat_max": 0.8}, "How well the figures foretell each other")],
)
def test_what_cannot_be_trusted_is_named(change, word):
    (told,) = [n for n in said(comparison(made.tree(rows={"same": change})).notices) if n.startswith(word)]
    assert told.endswith(": same.")


def test_notices_of_the_case_are_kept(found):
    import madeup

    assert madeup.TO_KNOW in found.notices


# optional groups ------------------------------------------------------------------------------------------------------


def test_nothing_that_was_not_asked_for():
    plain = comparison(made.tree())
    assert (plain.attribution, plain.alternatives, plain.influence) == ((), (), None)


def test_parts_add_up_to_their_scenario(found):
    whole, alone = found.attribution
    assert [str(part.label) for part in whole.parts] == ["Ministry: [own] bias", "first: 1,000"]
    assert whole.total[KILLED] == pytest.approx(math.log(2.0))
    assert 100 * math.expm1(whole.total[KILLED]) == pytest.approx(scenario(found, "doubled").shift[KILLED].percent)
    assert [part.key for part in alone.parts] == ["exclude"]


def test_alternatives_are_ordered_by_reach(found):
    assert [reach(a, KILLED) for a in found.alternatives] == pytest.approx([0.0, 0.3, 0.6])
    assert [a.key for a in by_reach(found.alternatives, KILLED)] == ["sources.s2.grade", "sources.s1.grade"]
    two = found.alternatives[2]
    assert (str(two.low.text), str(two.high.text), two.low.method) == ("E", "A", "psis")


def test_reach_counts_the_base_case():
    """Both ends above the base case: the reach is from it, not from the nearer end."""
    group = made.alternatives(2)
    group["shift_log"][:] = [[[0.2], [0.5]], [[np.nan], [np.nan]]]
    above, missing = comparison(made.tree(groups={"alternatives": group})).alternatives
    assert reach(above, KILLED) == pytest.approx(0.5)
    assert reach(missing, KILLED) == 0.0


def test_influence(found):
    mod, ngo, first = found.influence.left_out
    assert (mod.name, mod.kind, first.name, first.kind) == ("mod", "source", "first", "claim")
    assert mod.log[KILLED] == pytest.approx(-math.log(2.0))
    assert mod.sd[KILLED] == pytest.approx(-2.0 * math.log(2.0))
    assert ngo.log[KILLED] == 0.0
    verdicts = {c.name: str(c.verdict) for c in found.influence.conflicts}
    assert verdicts["mod"].startswith("contradicts")
    assert verdicts["ngo"].startswith("cannot")
    assert verdicts["first"].startswith("stands out")
    assert verdicts["[most]"] == "no conflict to be seen"
    one = found.influence.sensitivity[0]
    assert (one.psense, str(one.verdict)) == ({"losses": 0.2, "bias": 0.01, "noise": None}, "follows the losses prior")


def test_influence_without_power_scaling():
    group = made.influence().drop_vars("psense")
    found = comparison(made.tree(groups={"influence": group})).influence
    assert [(s.psense, str(s.verdict)) for s in found.sensitivity] == [({}, "not measured")] * 4


# as JSON, and words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [None, made.everything()])
def test_json_has_the_stated_shape(groups):
    document = comparison(made.tree(groups=groups, rows={"set_aside": {"converged": 0}})).to_dict()
    jsonschema.validate(document, made.SCHEMA)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["seconds"] == {"compile": 12.0, "sampling": 34.0}
    assert [s["method"] for s in document["scenarios"]] == ["refit", "refit", "psis", "refit"]


def test_reading_needs_no_sampler():
    code = "import sys, truetoll.studies.compare.read; print({'pymc', 'pytensor'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("percent", "error", "text"),
    [
        (12.4, 1.0, "+12 %"),
        (-35.4, 1.0, "-35 %"),
        (1234.0, 1.0, "+1,200 %"),
        (1.9, 1.0, "about the same"),
        (-2.0, 1.0, "about the same"),
        (0.3, 0.01, "about the same"),
        (3.2, 1.0, "+3 %"),
        (math.nan, 1.0, "-"),
    ],
)
def test_moved(percent, error, text):
    assert words.moved(percent, error) == text


@pytest.mark.parametrize(("x", "text"), [(0.314, "+0.3"), (-0.04, "0.0"), (-1.25, "-1.2"), (None, "-")])
def test_signed(x, text):
    assert words.signed(x, 1) == text


@pytest.mark.parametrize(
    ("diff", "error", "text"),
    [
        (-9.0, 1.0, "foretells the figures worse"),
        (9.0, 1.0, "foretells the figures better"),
        (3.9, 0.1, "cannot be told apart"),
        (9.0, 5.0, "cannot be told apart"),
        (None, None, "None"),
    ],
)
def test_loo_verdict(diff, error, text):
    assert str(words.loo_verdict(diff, error)) == text
