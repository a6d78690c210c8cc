"""A flag makes no result: what is said of a run is what its draws say."""

import madeup
import madeup_comparison
import madeup_replay
import numpy as np
import pytest
import xarray as xr

from truetoll.claims.reliability import Convergence
from truetoll.sampling.convergence import diagnose, verified
from truetoll.studies.compare.read import comparison
from truetoll.studies.fit.read import summarise
from truetoll.studies.replay.read import replay_answer
from truetoll.studies.timeline.read import timeline

GATE = Convergence(rhat=1.01, ess=400)


def apart(values):
    """The first chain somewhere else."""
    values[0] *= 3.0


def missing(values):
    values[0, 3] = np.nan


def endless(values):
    values[0, 3] = np.inf


def slow(values):
    """Every draw fifty times."""
    values[:] = np.repeat(values[:, ::50], 50, axis=1)[:, : values.shape[1]]


DAMAGES = [apart, missing, endless, slow]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_fit_is_judged_by_its_draws(damage):
    tree = madeup.tree()
    assert summarise(tree).converged
    damage(tree["posterior"]["amount"].to_numpy()[..., 0])
    found = summarise(tree)
    assert (found.converged, found.quantities) == (False, ())
    assert found.diagnostics.rhat_max > 1.01 or found.diagnostics.ess_min < 400
    assert not timeline(tree).converged


@pytest.mark.parametrize("variable", ["bias", "sigma", "loss", "strength"])
def test_everything_that_is_printed_must_be_a_number(variable):
    tree = madeup.tree()
    tree["posterior"][variable].to_numpy()[0, 0] = np.nan
    assert not summarise(tree).converged


@pytest.mark.parametrize("stated", [{"rhat_max": 9.0}, {"ess_min": 12.0}, {"divergences": 500}, {"rhat_max": np.nan}])
def test_what_is_stated_must_hold_too(stated):
    tree = madeup.tree()
    tree.attrs |= stated
    found = summarise(tree)
    assert not found.converged
    for name, value in stated.items():
        np.testing.assert_equal(getattr(found.diagnostics, name), value)


def test_divergences_are_counted_where_they_are_marked():
    tree = madeup.tree()
    diverging = np.zeros((madeup.CHAINS, madeup.DRAWS), dtype=bool)
    diverging[1, :3] = True
    tree["sample_stats"] = xr.DataTree(xr.Dataset({"diverging": (("chain", "draw"), diverging)}))
    assert summarise(tree).diagnostics.divergences == 3
    assert not summarise(tree).converged


def test_the_limits_are_those_of_the_run():
    tree = madeup.tree()
    tree.attrs |= {"gate_rhat": 1.01, "gate_ess": 100_000.0}
    assert not summarise(tree).converged


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_scenario_is_judged_by_its_draws_and_the_others_stay(damage):
    tree = madeup_comparison.tree()
    damage(tree["posterior"]["amount"].sel(scenario="doubled").to_numpy()[..., 0])
    found = comparison(tree)
    assert found.not_converged == ("doubled",)
    assert [bool(s.quantities) for s in found.scenarios] == [True, False, True, True]


def test_reweighted_draws_must_be_numbers():
    tree = madeup_comparison.tree()
    tree["posterior"]["amount"].sel(scenario="same").to_numpy()[0, 0] = np.nan
    assert comparison(tree).not_converged == ("same",)


@pytest.mark.parametrize("damage", [apart, missing])
def test_a_date_is_judged_by_its_draws(damage):
    tree = madeup_replay.tree()
    damage(tree["posterior"]["amount"].isel(date=0).to_numpy()[..., 0])
    assert [each.converged for each in replay_answer(tree).dates] == [False, True, True]


def test_some_of_the_draws_are_held_against_looser_limits():
    """Half of the draws of a chain that just passed are no other result; half of one that did not still are none."""
    rng = np.random.default_rng(1)
    draws = xr.Dataset({"amount": (("chain", "draw", "quantity"), np.exp(rng.normal(size=(4, 75, 2))))})
    stated = {"converged": 1, "rhat_max": 1.005, "ess_min": 450.0, "divergences": 0}
    assert not verified(draws, stated, GATE)["converged"]
    assert verified(draws, stated, GATE, thinned=True) == stated
    assert not verified(draws, stated | {"ess_min": 399.0}, GATE, thinned=True)["converged"]
    assert not verified(draws, stated | {"converged": 0}, GATE, thinned=True)["converged"]


def test_draws_that_are_no_numbers_do_not_drop_out_of_the_check():
    draws = np.exp(np.random.default_rng(2).normal(size=(4, 500, 2)))
    stats = xr.Dataset({"diverging": (("chain", "draw"), np.zeros((4, 500), dtype=bool))})

    def checked():
        return diagnose(xr.Dataset({"amount": (("chain", "draw", "quantity"), draws)}), stats, GATE)

    assert checked()["converged"]
    draws[2, 100, 1] = np.nan
    assert (checked()["converged"], checked()["ess_min"]) == (0, 0.0)
