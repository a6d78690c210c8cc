"""Many assumptions from one compiled model: each is what its own fit would say."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from arviz_stats.base import array_stats
from saying import said as in_english

import truetoll as tt
from truetoll.claims.scenario import apply_change
from truetoll.errors import CaseError
from truetoll.sampling import native
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import QUICK, Session
from truetoll.studies.attribution.ask import alternatives_at_their_ends, attribute
from truetoll.studies.compare.ask import compare, scenario_cases
from truetoll.studies.compare.read import comparison
from truetoll.studies.fit.read import summarise

KURSK = Path(__file__).parents[2] / "data" / "kursk-article"
FEW = Settings(draws=100, tune=100)
CHOSEN = ("trust_seoul", "nobody_with_a_stake", "casualties_told_as_dead")
"""A bias, two sources left out (another origin), new voices."""


@pytest.fixture(scope="module")
def case(kursk_case):
    return kursk_case


@pytest.fixture(scope="module")
def session(kursk_session):
    return kursk_session


@pytest.fixture(scope="module")
def loose(tmp_path_factory):
    """The same case with a gate that any draws pass, for what does not depend on how many there are."""
    folder = shutil.copytree(KURSK, tmp_path_factory.mktemp("loose") / KURSK.name)
    text = (folder / "case.toml").read_text(encoding="utf-8")
    assert text.count("\n[assumptions]\n") == 1
    gate = "\n[assumptions]\nconvergence = { rhat = 9.0, ess = 1.0 }\n"
    (folder / "case.toml").write_text(text.replace("\n[assumptions]\n", gate), encoding="utf-8")
    return tt.read_case(folder)


@pytest.fixture(scope="module")
def tree(case, session):
    return compare(case, CHOSEN, session=session)


def quantile(draws, p):
    """(quantile of log draws, its Monte Carlo standard error)."""
    log = np.log(draws)
    return np.quantile(log, p), float(array_stats.mcse(log, chain_axis=0, draw_axis=1, method="quantile", prob=p))


def test_every_scenario_is_compiled_once(loose, tree):
    assert tree.attrs["compilations"] == 1
    before = native.compilations
    again = compare(loose, ["hard_cap", "western_only"], FEW)
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
    assert [scenario.title for scenario in comparison(tree).scenarios[1:]] == [
        case.scenarios[name]["title"] for name in CHOSEN
    ]
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


@pytest.mark.long
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


BAD = {"converged": 0, "rhat_max": 1.3, "ess_min": 12.0}


@pytest.fixture
def failing(monkeypatch):
    """failing(*names): posteriors first asked for under these names do not converge, whoever asks again."""
    whole, failed = Session.refit, []

    def fail(*names):
        def refit(self, case):
            found = whole(self, case)
            if case.scenario in names:
                failed.append(found.posterior)
            bad = any(found.posterior is each for each in failed)
            return dataclasses.replace(found, checks=found.checks | BAD) if bad else found

        monkeypatch.setattr(Session, "refit", refit)

    return fail


@pytest.fixture
def base_failing(monkeypatch):
    """The base of every session made from now on does not converge."""
    sampled = Session._sampled

    def sample(self, case, tables, settings):
        found = sampled(self, case, tables, settings)
        return dataclasses.replace(found, checks=found.checks | BAD) if case.scenario == "base" else found

    monkeypatch.setattr(Session, "_sampled", sample)


@pytest.mark.long
def test_what_does_not_converge_keeps_its_name_and_no_number_and_the_others_all(case, session, tree, failing, tmp_path):
    failing("hard_cap", "without source nis")
    found = compare(case, ["hard_cap", "trust_seoul"], session=session, leave_one_out=True, attributed=["hard_cap"])
    found.to_netcdf(tmp_path / "comparison.nc", engine="h5netcdf")
    found = xr.load_datatree(tmp_path / "comparison.nc", engine="h5netcdf")
    assert found["scenarios"]["converged"].to_numpy().tolist() == [1, 0, 1]
    drawn = found["posterior"]["amount"].notnull().all(("chain", "draw", "quantity")).to_numpy()
    assert drawn.tolist() == [True, False, True]
    assert found["posterior"]["amount"].sel(scenario="hard_cap").isnull().all()
    for name in ("pass_through", "elpd_loo"):
        assert found["scenarios"][name].sel(scenario="hard_cap").isnull().all()
    shift = found["influence"]["shift_log"]
    assert shift.sel(without="source nis").isnull().all()
    assert shift.drop_sel(without="source nis").notnull().all()
    said = comparison(found)
    assert said.not_converged == ("hard_cap",)
    assert not said.converged
    assert [bool(s.quantities) for s in said.scenarios] == [True, False, True]
    # Of one source that speaks for its origins alone both questions are one refit.
    assert tuple(map(str, said.failed)) == (
        "without source nis",
        "without the origins of nis",
        "hard_cap, change by change",
    )
    assert said.attribution == ()
    assert in_english(said.notices)[0].startswith(
        "Refits that did not converge, so are left without numbers: without source nis; "
    )
    agree = [np.median(t["posterior"]["amount"].sel(scenario="trust_seoul"), axis=(0, 1)) for t in (found, tree)]
    assert agree[0] == pytest.approx(agree[1], rel=0.1)


def test_without_a_base_scenarios_stand_by_themselves(case, tree, base_failing):
    found = compare(case, ["trust_seoul"], QUICK, leave_one_out=True, one_at_a_time=True, preview=True)
    assert found["scenarios"]["converged"].to_numpy().tolist() == [0, 1]
    assert list(found["scenarios"]["method"].to_numpy()) == ["refit", "refit"]  # nothing is made of the base's draws
    assert found.attrs["without_base"] == "influence, alternatives"
    assert not {"influence", "alternatives"} & set(found.children)
    said = comparison(found)
    assert (said.scenarios[0].quantities, said.scenarios[1].shift, said.scenarios[1].loo) == ((), {}, None)
    known = comparison(tree).scenarios[1]
    for q, other in zip(said.scenarios[1].quantities, known.quantities, strict=True):
        error = np.hypot(q.mcse_median, other.mcse_median)
        assert q.median == pytest.approx(other.median, abs=5 * error + 1e-9)
    assert "The base case did not converge, so these are not computed: leaving out, one at a time." in in_english(
        said.notices
    )
    assert not summarise(found["fit"]).converged


def test_a_session_answers_for_its_own_case_and_settings_only(case, session):
    other = tt.apply_scenario(case, "hard_cap")
    for ask in (
        lambda: compare(other, [], session=session),
        lambda: attribute(session, other, []),
        lambda: alternatives_at_their_ends(session, other),
        lambda: Session(other, base=session.base),
    ):
        with pytest.raises(ValueError, match=r"the session is of kursk-article \(base, digest"):
            ask()
    for asked in ({"seed": 7}, {"settings": dataclasses.replace(QUICK, draws=501)}):
        with pytest.raises(ValueError, match="give them to the session"):
            compare(case, [], session=session, **asked)
    same = compare(dataclasses.replace(case, name="copy"), [], session=session, seed=session.settings.seed, cores=1)
    assert (same.attrs["case"], same["fit"].attrs["case"]) == ("copy", "copy")


@pytest.mark.long
def test_a_case_under_a_scenario_stands_under_its_own_name(loose, session):
    other = tt.apply_scenario(loose, "hard_cap")
    found = compare(other, [], session=Session(other, FEW, engine=session.engine))
    assert found.attrs["base"] == found.attrs["scenario"] == "hard_cap"
    assert list(found["posterior"]["scenario"].to_numpy()) == ["hard_cap"]
    told = comparison(found)
    assert (told.base, told.scenarios[0].title) == ("hard_cap", loose.scenarios["hard_cap"]["title"])
    known = tt.as_of(loose, "2025-01-22")
    day = compare(known, [], session=Session(known, FEW, engine=session.engine))
    assert str(comparison(day).scenarios[0].title) == "The case as it stands, as known on 2025-01-22"


@pytest.mark.long
def test_numbers_read_off_other_sums_are_not_taken_for_the_same(case, session):
    """A sum of the same name and other parts: the numbers of the model are the same, those of the sum are not."""
    force = case.forces["dprk"]
    one, other = (
        dataclasses.replace(case, file=case.file.model_copy(update={"forces": {**case.forces, "dprk": changed}}))
        for changed in (
            force.model_copy(update={"sums": {"some": parts}}) for parts in (("killed",), ("killed", "wounded"))
        )
    )
    assert one.digest != other.digest
    drawn = [session.refit(each).posterior["amount"].sel(quantity="dprk.some") for each in (one, other)]
    assert (drawn[1] > drawn[0]).all()


def test_all_problems_of_all_scenarios_at_once(case):
    with pytest.raises(CaseError) as wrong:
        scenario_cases(case, ["trust_seol", "hard_cap", "nowhere"])
    assert len(wrong.value.problems) == 2
    assert "trust_seoul" in str(wrong.value)


# Which change moved it


@pytest.mark.long
def test_the_parts_of_a_scenario_add_up_to_its_shift(case, session):
    found = attribute(session, case, ["high_end", "hard_cap"])
    for name in ("high_end", "hard_cap"):
        whole = session.refit(tt.apply_scenario(case, name)).log_median - session.refit(case).log_median
        parts = found["shift_log"].sel(whole=name)
        assert parts.sum("part").to_numpy() == pytest.approx(whole, abs=1e-12)
    assert int(found["shift_log"].sel(whole="hard_cap").notnull().all("quantity").sum()) == 1
    assert "claims.nis-killed.figure" in found["part_key"].sel(whole="high_end").to_numpy()


@pytest.mark.long
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
    monkeypatch.setattr("truetoll.studies.attribution.ask.alternatives", lambda _: listed)
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


def test_a_scenario_may_be_told_instead_of_named(case, session):
    """As a table, by the name it is given; a fit takes the same table."""
    change = {"exclude": {"sources": ["nis"]}}
    tree = compare(case, {"mine": change}, session=session)
    assert tree["posterior"]["scenario"].values.tolist() == ["base", "mine"]
    assert comparison(tree).scenarios[1].title == "mine"
    told = tt.fit(case, FEW, scenario=change, engine=session.engine)
    assert told.attrs["digest"] == str(tree["scenarios"]["digest"].sel(scenario="mine").item())
    named = tt.fit(case, FEW, scenario="trust_seoul", engine=session.engine)
    assert named.attrs["scenario"] == "trust_seoul"
