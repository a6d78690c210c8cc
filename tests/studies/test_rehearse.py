"""A made-up truth, its claims, and the rank of the truth: each by hand."""

import dataclasses
import math

import numpy as np
import pytest
from cases import ALL_FORMS, ALL_FORMS_CLAIMS, ONE_BIN, make_case
from scipy import stats

from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.sampling.passthrough import shift_bias
from truetoll.sampling.simulate import AS_ASSUMED, BIASES, simulate, widen_bias
from truetoll.studies.calibrate.replicate import (
    LIKELIHOOD,
    RANKED,
    SHORT,
    Rehearsed,
    checked,
    effective,
    ranks,
    rehearse,
    spread,
)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("all-forms"), ALL_FORMS.format(bins=ONE_BIN), ALL_FORMS_CLAIMS)


@pytest.fixture(scope="module")
def tables(case):
    return build_tables(case)


@pytest.fixture(scope="module")
def engine(tables):
    return Engine(tables)


# Ranks


def test_ranks_count_draws_below():
    draws = np.column_stack([np.arange(99.0), np.arange(99.0)])
    found = ranks(draws, np.array([-1.0, 200.0]), np.random.default_rng(1))
    assert found.tolist() == [0, 99]
    assert ranks(draws[:, :1], np.array([40.5]), np.random.default_rng(1)).tolist() == [41]


def test_ties_take_every_place_alike():
    """A quantity that never varies is uninformative, not suspicious: its ranks are uniform."""
    rng = np.random.default_rng(2)
    found = np.array([ranks(np.ones((99, 1)), np.ones(1), rng)[0] for _ in range(5000)])
    assert (found.min(), found.max()) == (0, 99)
    assert stats.chisquare(np.bincount(found, minlength=100)).pvalue > 0.001


def test_spread_takes_as_many_as_are_ranked_from_all_of_the_run():
    for n in (RANKED, 100, 600, 9600):
        found = spread(n)
        assert len(found) == len(set(found)) == RANKED
        assert found.min() >= 0
        assert found.max() < n
        assert np.ptp(np.diff(found)) <= 1
        assert found[0] <= n // RANKED
        assert n - found[-1] <= n // RANKED + 1


def test_effective_looks_at_what_varies_and_at_the_worst():
    rng = np.random.default_rng(3)
    good, walk = rng.normal(size=(2, 300)), np.cumsum(rng.normal(size=(2, 300)), axis=1)
    assert effective(np.ones((2, 300, 1))) == np.inf
    assert effective(np.stack([good, np.ones((2, 300))], axis=-1)) > 300
    assert effective(np.stack([good, walk], axis=-1)) < 50


# Simulation


def test_simulated_claims_follow_the_model(engine, tables):
    """Cells of an interval claim, over many simulations, against the distribution function of their own mean and sd."""
    pit, rng = [], np.random.default_rng(1)
    for seed in range(1000, 1300):
        made = simulate(engine, tables, seed)
        engine.set(made.tables)
        out = engine.outputs(made.truth)
        m, s = (out[f"interval_{what}"][0, 0, 0] for what in ("mean", "sd"))
        low, width, k = (made.tables.data[f"interval_{name}"][0] for name in ("low", "width", "observed"))
        p = np.exp(tables.data["interval_log_probability"][0])
        edges = (low + (k + np.arange(2)) * width)[:, None]
        below, above = (p * stats.norm.cdf(edges, m, s)).sum(axis=-1)
        pit.append(rng.uniform(below, above))
    assert stats.kstest(pit, "uniform").pvalue > 0.001


def test_a_simulation_is_its_seed(engine, tables):
    one, again, other = (simulate(engine, tables, seed) for seed in (5, 5, 6))
    assert all(np.array_equal(one.truth.z[name], again.truth.z[name]) for name in one.truth.z)
    assert all(np.array_equal(one.tables.data[name], again.tables.data[name]) for name in tables.data)
    assert any(not np.array_equal(one.truth.z[name], other.truth.z[name]) for name in one.truth.z)


def test_only_what_is_observed_changes_and_what_is_set_aside_stays(engine, tables):
    aside = dataclasses.replace(tables, data=tables.data | {"hedged_weight": np.zeros(2)})
    made = simulate(engine, aside, 1, shift_bias(aside, 2.0)).tables
    changed = {name for name, values in made.data.items() if not np.array_equal(values, aside.data[name])}
    assert changed <= {"interval_observed", "hedged_observed", "bound_observed"}
    assert not made.data["hedged_weight"].any()
    assert set(np.unique(made.data["bound_observed"])) <= {0.0, 1.0}
    assert tables.data["hedged_weight"].all()


def test_a_shifted_bias_shifts_what_is_said_and_not_the_truth(engine, tables):
    plain, shifted = (simulate(engine, tables, 3, drawn) for drawn in (None, shift_bias(tables, math.log(4))))
    assert all(np.array_equal(plain.truth.z[name], shifted.truth.z[name]) for name in plain.truth.z)
    width = tables.data["interval_width"][:2]
    moved = (shifted.tables.data["interval_observed"][:2] - plain.tables.data["interval_observed"][:2]) * width
    assert moved == pytest.approx(math.log(4), abs=float(width.max()))


def test_widened_biases_have_twice_the_spread_and_slants_the_same(tables):
    wide, pairs = widen_bias(tables, 2.0), len(tables.coords["voice_outcome"])
    factors = tables.coords["bias_factor"]
    for i, name in enumerate(factors):
        times = 1 if name.startswith(("slant", "strength")) else 2
        assert np.array_equal(wide.data["distortion_map"][:, i], times * tables.data["distortion_map"][:, i]), name
    assert np.array_equal(wide.data["bias_map"], 2 * tables.data["bias_map"])
    assert np.array_equal(wide.data["distortion_mean"], tables.data["distortion_mean"])
    assert wide.data["distortion_map"][: 1 + pairs].sum() > tables.data["distortion_map"][: 1 + pairs].sum()


def test_every_bias_there_is(tables):
    assert sorted(BIASES) == [AS_ASSUMED, "bias_x0.8", "bias_x1.25", "bias_x1.5", "bias_x2", "spread_x2"]
    assert BIASES[AS_ASSUMED](tables) is tables
    shift = BIASES["bias_x1.5"](tables).data["bias_mean"] - tables.data["bias_mean"]
    assert shift == pytest.approx(math.log(1.5))


# A rehearsal


def test_a_rehearsal_ranks_everything_that_is_checked(engine, tables):
    done = rehearse(engine, tables, SHORT, seed=4)
    names = checked(tables)
    assert names[:4] == ("north.killed", "north.wounded", "north.casualties", "north.strength")
    assert names[-1] == LIKELIHOOD
    assert {"bias[own:north]", "bias[foe:north]", "sigma[own]", "sigma[foe]", "sigma[disagreement]"} < set(names[4:-1])
    assert len(names[4:-1]) == 6  # and the noise of the register
    assert done.rank.shape == (len(names),)
    assert ((done.rank >= 0) & (done.rank <= RANKED)).all()
    assert done.error.shape == (4,)
    # A truth that stands low among its draws lies under their median.
    clear = [(error, rank) for error, rank in zip(done.error, done.rank, strict=False) if abs(rank - 49.5) > 5]
    assert all((error > 0) == (rank < 50) for error, rank in clear)
    assert done.converged


def test_what_has_too_few_draws_is_sampled_longer_and_then_said_to_fail(engine, tables, monkeypatch):
    asked = []

    def from_the_prior(self, settings, progress=None):
        asked.append((settings.draws, settings.tune))
        drawn = self.prior(settings.draws, settings.seed)
        return dataclasses.replace(drawn, stats={"diverging": np.zeros((1, settings.draws), dtype=bool)})

    monkeypatch.setattr(Engine, "sample", from_the_prior)
    monkeypatch.setattr("truetoll.studies.calibrate.replicate.effective", lambda values: values.shape[1] / 4)
    assert rehearse(engine, tables, dataclasses.replace(SHORT, draws=150, tune=100), seed=1).times == 6
    assert asked == [(150, 100), (300, 200), (900, 600)]
    monkeypatch.setattr("truetoll.studies.calibrate.replicate.effective", lambda values: 20.0)
    assert not rehearse(engine, tables, dataclasses.replace(SHORT, draws=60, tune=60), seed=1).converged
    assert asked[3:] == [(60, 60), (120, 120), (360, 360), (960, 960)]


def test_a_divergence_is_no_convergence():
    nothing = np.zeros(0)
    assert Rehearsed(nothing, nothing, 200.0, 0, 1).converged
    assert not Rehearsed(nothing, nothing, 200.0, 1, 16).converged
    assert not Rehearsed(nothing, nothing, math.nan, 0, 16).converged
