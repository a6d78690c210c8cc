"""Modes are found where claims conflict, each with its weight; chains that leave one out are told."""

import numpy as np
import pytest
from cases import ONE_BIN, SKIRMISH, SKIRMISH_CLAIMS, make_case

from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Engine, Settings
from truetoll.sampling.modes import Mode, Modes, find, highest
from truetoll.sampling.moving import Moves

ALL = "2024-01-01; 2024-07-01"
TOLL = """
[case]
title = "Two towns"
bins = [2024-01-01, 2024-07-01]

[forces.east]
victims = "civilian"
outcomes = ["killed"]
total = { median = 3_000, low = 300, high = 30_000 }

[forces.west]
victims = "civilian"
outcomes = ["killed"]
total = { median = 3_000, low = 300, high = 30_000 }

[sources.a]
grade = "A"
relations = { east = "media", west = "media" }
[sources.b]
grade = "A"
relations = { east = "media", west = "media" }

[assumptions]
shared.civilian = { kappa0 = 0.0, kappa = 0.0 }
bias.civilian.media = { mu = 0.0, tau = 0.0 }
slant.sd = 0.0
"""
CLAIMS = {
    "few": "few; a; east.killed; exactly 1,000; ALL; ; 2",
    "many": "many; b; east.killed; exactly 12,345; ALL; ; 2",
    "few again": "few-2; a; east.killed; exactly 1,010; ALL; brief; 2",
    "many again": "many-2; b; east.killed; more than 12,000; ALL; wire; 2",
    "nearly": "nearly; b; east.killed; exactly 1,100; ALL; ; 2",
    "west few": "west-few; a; west.killed; exactly 400; ALL; ; 2",
    "west many": "west-many; b; west.killed; exactly 9,000; ALL; ; 2",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("skirmish"), SKIRMISH.format(bins=ONE_BIN), SKIRMISH_CLAIMS)
    return Engine(build_tables(case))


def searched(engine, folder, *names):
    """The modes that a search finds for chains which are all in one, and the losses of the east and west there."""
    tables = build_tables(make_case(folder, TOLL, (CLAIMS[name].replace("ALL", ALL) for name in names)))
    engine.set(tables)
    point = Moves(engine.address, engine.packed).climb(start(engine), 500)
    flat = point + 0.05 * np.random.default_rng(1).normal(size=(4, 100, engine.dimension))
    lp = np.array([[engine.logp(x)[0] for x in chain] for chain in flat])
    draws = Draws(engine.unflatten(flat), {"lp": lp})
    modes = find(engine, tables, draws)
    at = [engine.outputs(Draws(engine.unflatten(m.point[None, None]), {}))["loss"][0, 0, :, 0] for m in modes.found]
    return tables, draws, modes, np.array(at)


def start(engine):
    low = np.zeros(engine.dimension)
    low[:2] = -1.0  # of the two totals
    return low


def test_the_other_mode_is_found(engine, tmp_path):
    tables, draws, modes, losses = searched(engine, tmp_path, "few", "many")
    east = np.sort(losses[:, 0])
    assert east[0] == pytest.approx(1_000, rel=0.15)
    assert east[-1] == pytest.approx(12_345, rel=0.15)
    at = modes.of(engine, tables, draws)
    assert len(np.unique(at)) == 1
    assert not modes.mixed(at)
    assert modes.left_out(at) == pytest.approx(1 - modes.weights[at[0, 0]])


def test_conflicts_of_two_forces_and_of_groups_of_claims(engine, tmp_path):
    losses = searched(engine, tmp_path, "few", "many", "few again", "many again", "west few", "west many")[3]
    east, west = losses.T
    assert east.min() < 1_500
    assert east.max() > 9_000
    assert west.min() < 600
    assert west.max() > 6_000


def test_without_conflict_nothing_is_looked_for(engine, tmp_path):
    modes = searched(engine, tmp_path, "few", "few again", "nearly")[2]
    assert modes == Modes()
    assert modes.weights.size == 0


def test_weights_are_those_of_quadrature(engine, tmp_path):
    """What Laplace says of two modes is near what integrals over the total and each noise are."""
    tables, _, modes, losses = searched(engine, tmp_path, "few", "many")
    low = modes.weights[losses[:, 0] < 3_500].sum()
    log_loss = np.linspace(np.log(30), np.log(300_000), 4001)
    z, weight = np.polynomial.hermite_e.hermegauss(21)
    posterior = np.exp(-0.5 * ((log_loss - np.log(3_000)) * 1.6449 / np.log(10)) ** 2)
    sigma = np.exp(tables.data["noise_median"][0] + 0.3 * z)
    for said in np.log([1_000, 12_345]):
        parts = (
            p / s * np.exp(-0.5 * ((said - log_loss[:, None]) / s) ** 2)
            for p, s in ((0.97, sigma), (0.03, np.hypot(sigma, 1.5)))
        )
        posterior *= sum(parts) @ weight
    exact = posterior[log_loss < np.log(3_500)].sum() / posterior.sum()
    assert low == pytest.approx(exact, abs=0.1)


def flat_mode(weight, explains):
    return Mode(np.zeros(1), np.log(weight), np.eye(1), np.array(explains))


TWO = Modes((("interval", 0, 0), ("interval", 1, 0)), (flat_mode(0.7, [1.0, 0.0]), flat_mode(0.3, [0.0, 1.0])))


def test_chains_mix_only_if_they_go_to_and_fro():
    rng = np.random.default_rng(1)
    often = (rng.uniform(size=(4, 1000)) < 0.3).astype(int)
    assert TWO.mixed(often)
    assert not TWO.mixed(np.zeros((4, 1000), dtype=int))
    assert not TWO.mixed(np.repeat([[0], [0], [0], [1]], 1000, axis=1))
    seldom = np.tile(np.repeat([0, 1, 0, 1], 250), (4, 1))
    assert not TWO.mixed(seldom)


def test_a_light_mode_may_be_left_out():
    light = Modes(TWO.components, (flat_mode(0.995, [1.0, 0.0]), flat_mode(0.005, [0.0, 1.0])))
    assert light.mixed(np.zeros((4, 1000), dtype=int))


def test_a_climb_ends_where_the_gradient_does(engine, tmp_path):
    tables, draws, _, _ = searched(engine, tmp_path, "few", "few again", "nearly")
    mode = highest(engine, tables, draws)
    value, gradient = engine.logp(mode.point)
    assert mode.value == value
    assert gradient @ np.linalg.solve(mode.precision, gradient) < 0.01
    assert np.isfinite(mode.log_weight)
    step = 1e-4 * np.eye(engine.dimension)
    slope = [(engine.logp(mode.point - s)[1] - engine.logp(mode.point + s)[1]) / 2e-4 for s in step]
    np.testing.assert_allclose(Moves(engine.address, engine.packed).curvature(mode.point), slope, atol=1e-5)


def test_settings_are_not_part_of_the_search(engine, tmp_path):
    """The numbers that were set are still set afterwards."""
    searched(engine, tmp_path, "few", "many")
    before = engine.logp(np.zeros(engine.dimension))
    assert engine.sample(Settings(draws=5, tune=5, chains=1)).stats["lp"].shape == (1, 5)
    assert engine.logp(np.zeros(engine.dimension))[0] == before[0]
