"""Many assumptions from one compiled model: each is what its own fit would say."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from arviz_stats.base import array_stats

import truetoll as tt
from truetoll.claims.scenario import apply_change
from truetoll.errors import CaseError
from truetoll.inference import continuing, native
from truetoll.inference.attribution import alternatives_at_their_ends, attribute
from truetoll.inference.compare import compare, scenario_cases
from truetoll.inference.session import NotConverged, Session

DATA = Path(__file__).parents[2] / "data"
CHOSEN = ("trust_seoul", "nobody_with_a_stake", "casualties_told_as_dead")
"""A bias, two sources left out (another origin), new voices."""


@pytest.fixture(scope="module")
def case():
    return tt.read_case(DATA / "kursk-article")


@pytest.fixture(scope="module")
def session(case):
    return Session(case)


@pytest.fixture(scope="module")
def tree(case, session):
    return compare(case, CHOSEN, session=session)


def quantile(draws, p):
    """(quantile of log draws, its Monte Carlo standard error)."""
    log = np.log(draws)
    return np.quantile(log, p), float(array_stats.mcse(log, chain_axis=0, draw_axis=1, method="quantile", prob=p))


def test_every_scenario_is_compiled_once(case, tree):
    assert tree.attrs["compilations"] == 1
    before = native.compilations
    again = compare(case, ["hard_cap", "western_only"])
    assert again.attrs["compilations"] == native.compilations - before == 1
    assert list(again["posterior"]["scenario"].to_numpy()) == ["base", "hard_cap", "western_only"]


@pytest.mark.parametrize("name", ["base", *CHOSEN])
def test_a_scenario_says_what_its_own_fit_says(case, session, tree, name):
    fit = tt.fit(tt.apply_scenario(case, name), seed=7, draws=700, tune=400, engine=session.engine)
    for quantity in ("dprk.killed", "dprk.casualties", "dprk.strength", "russia_kursk.killed"):
        draws = (tree["posterior"]["amount"].sel(scenario=name), fit["posterior"]["amount"])
        for p in (0.05, 0.5, 0.95):
            (a, a_error), (b, b_error) = (quantile(x.sel(quantity=quantity).to_numpy(), p) for x in draws)
            assert a == pytest.approx(b, abs=4 * np.hypot(a_error, b_error)), (quantity, p)
    rests, errors = (tree["scenarios"][f"pass_through{part}"].sel(scenario=name).to_numpy() for part in ("", "_mcse"))
    others, other_errors = (fit["constant_data"][f"pass_through{part}"].to_numpy() for part in ("", "_mcse"))
    # Six: a covariance has heavy tails, and the quantities of one fit err together.
    assert np.all(np.abs(rests - others) <= 6 * np.hypot(errors, other_errors))


def test_a_voice_that_a_scenario_has_not_is_missing_there(tree):
    bias = tree["posterior"]["bias"]
    missing = bias.isnull().all(("chain", "draw"))
    assert not missing.sel(scenario="casualties_told_as_dead").any()
    assert not bias.sel(scenario="base").dropna("voice").isnull().any()
    assert tree["posterior"]["amount"].notnull().all()


def test_what_a_scenario_is_stands_beside_it(case, tree):
    told = tree["scenarios"]
    assert list(told["title"].to_numpy()[1:]) == [case.scenarios[name]["title"] for name in CHOSEN]
    assert list(told["digest"].to_numpy()[1:]) == [tt.apply_scenario(case, name).digest for name in CHOSEN]
    assert list(told["comparable"].to_numpy()) == [1, 1, 0, 0]
    elpd = told["elpd_loo"].to_numpy()
    assert np.isfinite(elpd[:2]).all()
    assert np.isnan(elpd[2:]).all()


# Previews


@pytest.mark.parametrize("name", ["seoul_leans_on_kyiv", "independent"])
def test_a_preview_says_what_a_refit_says(case, session, name):
    other = tt.apply_scenario(case, name)
    preview, refit = session.preview(other), session.refit(other)
    if preview.method == "psis":
        assert preview.khat <= 0.7
        assert preview.checks["ess_min"] >= 400
        error = np.hypot(preview.log_median_mcse, refit.log_median_mcse)
        assert np.all(np.abs(preview.log_median - refit.log_median) <= 4 * error)
    else:
        assert np.array_equal(preview.log_amount, refit.log_amount)


def test_a_preview_that_does_not_reach_is_refitted_by_itself(case, session):
    found = compare(case, ["low_end", "speculation_discounted"], session=session, preview=True)
    assert list(found["scenarios"]["method"].to_numpy()) == ["refit", "refit", "psis"]
    assert np.isfinite(found["scenarios"]["khat"].to_numpy()[2])


# Refits


def test_the_same_numbers_are_not_sampled_twice(case, session):
    first = session.refit(tt.apply_scenario(case, "high_end"))
    renamed = dataclasses.replace(first.case, scenario="another name")
    before = session.seconds["sampling"]
    assert session.refit(renamed).posterior is first.posterior
    assert session.seconds["sampling"] == before


def test_what_does_not_converge_stops_the_comparison_by_name(case, session, monkeypatch):
    monkeypatch.setattr(continuing, "RUNS", (1,))
    monkeypatch.setattr(session, "settings", dataclasses.replace(session.settings, draws=100, tune=20, seed=3))
    monkeypatch.setattr(session, "_known", {})
    with pytest.raises(NotConverged, match="'left_on_the_field' did not converge") as stopped:
        compare(case, ["left_on_the_field"], session=session)
    assert stopped.value.scenario == "left_on_the_field"
    assert stopped.value.ess_min < 400


def test_all_problems_of_all_scenarios_at_once(case):
    with pytest.raises(CaseError) as wrong:
        scenario_cases(case, ["trust_seol", "hard_cap", "nowhere"])
    assert len(wrong.value.problems) == 2
    assert "trust_seoul" in str(wrong.value)


# Which change moved it


def test_the_parts_of_a_scenario_add_up_to_its_shift(case, session):
    found = attribute(session, case, ["high_end", "hard_cap"])
    for name in ("high_end", "hard_cap"):
        whole = session.refit(tt.apply_scenario(case, name)).log_median - session.refit(case).log_median
        parts = found["shift_log"].sel(whole=name)
        assert parts.sum("part").to_numpy() == pytest.approx(whole, abs=1e-12)
    assert int(found["shift_log"].sel(whole="hard_cap").notnull().all("quantity").sum()) == 1
    assert "claims.nis-killed.figure" in found["part_key"].sel(whole="high_end").to_numpy()


def test_a_change_without_effect_gets_nothing(case, session):
    """The grade of a source that is left out anyway moves nothing, exactly."""
    stated = dict(case.scenarios)
    stated["idle"] = {
        "title": "Idle",
        "why": "A test.",
        "exclude": {"claims": ["zelensky-february"]},
        "claims": {"nis-killed": {"credibility": 3}},
        "assumptions": {"bias": {"military": {"media": {"mu": 0.5}}}},
    }
    found = attribute(session, dataclasses.replace(case, scenarios=stated), ["idle"])
    keys = list(found["part_key"].sel(whole="idle").to_numpy())
    idle = found["shift_log"].sel(whole="idle").isel(part=keys.index("assumptions.bias.military.media"))
    assert np.all(idle.to_numpy() == 0.0)
    assert np.any(found["shift_log"].sel(whole="idle").to_numpy() != 0.0)


def test_assumptions_alone_at_their_ends(case, session, monkeypatch):
    listed = [a for a in alternatives_of_case(case) if a.key in WANTED]
    monkeypatch.setattr("truetoll.inference.attribution.alternatives", lambda _: listed)
    found = alternatives_at_their_ends(session, case)
    assert found["shift_log"].shape == (2, 2, 8)
    killed = found["shift_log"].sel(quantity="dprk.killed").to_numpy()
    ratio = list(found["key"].to_numpy()).index("forces.dprk.wounded_per_killed")
    assert killed[ratio, 0] > 0 > killed[ratio, 1]
    refit = session.refit(apply_change(case, listed[ratio].low, "low"))
    error = np.hypot(refit.log_median_mcse, session.base.log_median_mcse)
    shift = refit.log_median - session.base.log_median
    assert np.all(np.abs(found["shift_log"].isel(alternative=ratio, side=0).to_numpy() - shift) <= 5 * error)


WANTED = ("forces.dprk.wounded_per_killed", "assumptions.origin.rho")


def alternatives_of_case(case):
    from truetoll.claims.scenario import alternatives

    return alternatives(case)
