"""Ladders: their highest rung draws from the posterior, whatever its modes."""

import numpy as np
import pytest
from cases import ONE_BIN, SKIRMISH, make_case
from scipy.stats import kstest, norm

from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Engine, Settings
from truetoll.sampling.modes import Modes, highest
from truetoll.sampling.tempering import Tempered

SETTINGS = Settings(draws=500, tune=300, chains=4, seed=5)
LOOSE = "wounded; own; north.wounded; 100 in total to 1000000 in total; 2024-01-01; 2024-07-01; ; 2"
"""A figure that says next to nothing, so that the posterior is the prior: every free variable a standard normal."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    case = make_case(
        tmp_path_factory.mktemp("loose"), SKIRMISH.format(bins=ONE_BIN).partition("[sources.foe]")[0], [LOOSE]
    )
    return Engine(build_tables(case))


@pytest.fixture(scope="module")
def ladders(engine):
    point = np.random.default_rng(1).normal(size=(1, 1, engine.dimension))
    draws = Draws(engine.unflatten(point), {"lp": np.zeros((1, 1))})
    return Tempered(engine, Modes(found=(highest(engine, engine.tables, draws),)), SETTINGS)


def test_draws_are_of_the_posterior(engine, ladders):
    draws = ladders.draw(500)
    assert draws.stats["lp"].shape == draws.stats["diverging"].shape == (4, 500)
    assert not draws.stats["diverging"].any()
    flat = engine.flatten(draws)
    assert flat.shape == (4, 500, engine.dimension)
    total = flat[..., 0][:, ::5].ravel()
    assert kstest(total, norm.cdf).pvalue > 1e-3
    np.testing.assert_allclose(draws.stats["lp"][0, :5], [engine.logp(x)[0] for x in flat[0, :5]], rtol=1e-9)


def test_points_come_up_from_the_prior(ladders):
    before = ladders.ascents
    ladders.draw(100)
    assert ladders.ascents - before > 40
    assert ladders.rungs >= 4


def test_shorter_steps_take_more_of_them_and_err_less(engine):
    point = Draws(engine.unflatten(np.zeros((1, 1, engine.dimension))), {"lp": np.zeros((1, 1))})
    start = Modes(found=(highest(engine, engine.tables, point),))
    found = Tempered(engine, start, Settings(draws=100, tune=200, chains=2, seed=3))
    before = found.draw(100).stats["n_steps"].mean()
    found.shorten()
    after = found.draw(100).stats["n_steps"].mean()
    assert 1.5 * before < after < 2.5 * before


def test_the_same_seed_gives_the_same_draws(engine):
    point = np.zeros((1, 1, engine.dimension))
    start = Modes(found=(highest(engine, engine.tables, Draws(engine.unflatten(point), {"lp": np.zeros((1, 1))})),))
    asked = Settings(draws=20, tune=30, chains=2, seed=3)
    first, again = (Tempered(engine, start, asked).draw(20) for _ in range(2))
    np.testing.assert_array_equal(engine.flatten(first), engine.flatten(again))


def test_progress_never_ends_early(engine):
    told = []
    point = Draws(engine.unflatten(np.zeros((1, 1, engine.dimension))), {"lp": np.zeros((1, 1))})
    start = Modes(found=(highest(engine, engine.tables, point),))
    Tempered(engine, start, Settings(draws=20, tune=30, chains=2), lambda *steps: told.append(steps)).draw(20)
    assert told[-1][0] <= told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
