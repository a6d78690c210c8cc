"""Chains are continued until they have converged, and what diverged is not kept."""

from types import SimpleNamespace

import numpy as np
import pytest

import truetoll as tt
from inference.cases import ONE_BIN, SKIRMISH, SKIRMISH_CLAIMS, make_case
from truetoll.inference.continuing import continued, fitting
from truetoll.inference.engine import Draws, Settings

HARD = "[assumptions]\nconvergence = { rhat = 1.01, ess = 4500 }\n"


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """A case whose gate asks for more effective draws than one run of the default length has."""
    return make_case(
        tmp_path_factory.mktemp("hard"),
        SKIRMISH.format(bins=ONE_BIN) + HARD,
        (*SKIRMISH_CLAIMS[:-1], SKIRMISH_CLAIMS[-1].replace("150", "30")),
    )


def test_a_fit_that_misses_the_gate_goes_on(hard):
    tree = tt.fit(hard, seed=3)
    assert tree.attrs["converged"] == 1
    assert tree.attrs["ess_min"] >= 4500
    assert tree.attrs["sampling_draws"] == tree["posterior"].sizes["draw"]
    assert tree.attrs["sampling_draws"] in (2000, 4000)
    assert tree.attrs["sampling_tune"] == tree.attrs["sampling_draws"] / 2


def test_whoever_says_how_long_gets_just_that(hard):
    tree = tt.fit(hard, draws=300, tune=200, seed=3)
    assert tree["posterior"].sizes["draw"] == tree.attrs["sampling_draws"] == 300
    assert tree.attrs["converged"] == 0


class Recorded:
    """What `continued` asks of an engine: every run returns its number, and diverges if told to."""

    def __init__(self, diverging=()):
        self.diverging, self.asked, self.near = diverging, [], []

    def set(self, _tables, near):
        self.near.append(near)

    def sample(self, settings, _progress):
        self.asked.append((settings.draws, settings.tune, settings.seed))
        run, shape = len(self.asked), (2, settings.draws)
        z = np.random.default_rng(run).normal(size=(*shape, 1))
        return Draws({"z": z, "run": np.full(shape, run)}, {"diverging": np.full(shape, run in self.diverging)})

    def flatten(self, draws):
        return draws.z["z"]


def runs(engine, smooth=False):
    tables = SimpleNamespace(index=SimpleNamespace(smooth=smooth))
    found = continued(engine, tables, Settings(draws=10, tune=5, chains=2, seed=7))
    return [list(draws.z["run"][0]) for draws in found]


def test_every_run_is_appended_to_its_chain():
    engine = Recorded()
    assert runs(engine) == [
        [1] * 10,
        [1] * 10 + [2] * 10,
        [1] * 10 + [2] * 10 + [3] * 20,
        [1] * 10 + [2] * 10 + [3] * 20 + [4] * 40,
    ]
    assert [asked[:2] for asked in engine.asked] == [(10, 5), (10, 5), (20, 10), (40, 20)]


def test_runs_have_seeds_of_their_own():
    engine = Recorded()
    runs(engine)
    seeds = [seed for _, _, seed in engine.asked]
    assert seeds[0] == 7
    assert len(set(seeds)) == 4


def test_what_diverged_is_dropped():
    assert runs(Recorded(diverging=(1,)))[:2] == [[1] * 10, [2] * 10]
    assert runs(Recorded(diverging=(2,)))[2] == [3] * 20


def test_later_runs_move_in_coordinates_of_the_draws():
    engine = Recorded()
    runs(engine)
    assert engine.near[0] is None
    assert engine.near[1].center.shape == (1,)
    curves = Recorded()
    runs(curves, smooth=True)
    assert curves.near == [None] * 4  # curves have coordinates of their own, found by the engine


def test_few_draws_make_no_coordinates():
    rng = np.random.default_rng(1)
    assert fitting(rng.normal(size=(1, 19, 2))) is None
    assert fitting(rng.normal(size=(2, 10, 2))) is not None
