"""Chains are continued until they have converged, and what diverged is not kept."""

from types import SimpleNamespace

import numpy as np
import pytest
from cases import ONE_BIN, SKIRMISH, SKIRMISH_CLAIMS, make_case

import truetoll as tt
from truetoll.sampling.continuing import continued, fitting
from truetoll.sampling.coordinates import PLAIN
from truetoll.sampling.engine import Draws, Settings
from truetoll.sampling.modes import Modes

HARD = "[assumptions]\nconvergence = { rhat = 1.01, ess = 3000 }\n"


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    """A case whose gate asks for more effective draws than one run of the default length has."""
    return make_case(
        tmp_path_factory.mktemp("hard"),
        SKIRMISH.format(bins=ONE_BIN) + HARD,
        (*SKIRMISH_CLAIMS[:-1], SKIRMISH_CLAIMS[-1].replace("150", "30")),
    )


@pytest.mark.long
def test_a_fit_that_misses_the_gate_goes_on(hard):
    tree = tt.fit(hard, seed=4)
    assert tree.attrs["converged"] == 1
    assert tree.attrs["ess_min"] >= 3000
    assert tree.attrs["sampling_draws"] == tree["posterior"].sizes["draw"]
    assert tree.attrs["sampling_draws"] in (2000, 4000)
    assert tree.attrs["sampling_tune"] == tree.attrs["sampling_draws"] / 2


def test_whoever_says_how_long_gets_just_that(hard):
    tree = tt.fit(hard, draws=300, tune=200, seed=3)
    assert tree["posterior"].sizes["draw"] == tree.attrs["sampling_draws"] == 300
    assert tree.attrs["converged"] == 0


class Recorded:
    """What `continued` asks of an engine: every run returns its number, and diverges if told to."""

    def __init__(self, diverging=(), dimension=1_000):
        self.diverging, self.dimension, self.asked, self.near, self.accept = diverging, dimension, [], [], []

    def set(self, _tables, near=None):
        self.near.append(near)

    def sample(self, settings, _progress):
        self.asked.append((settings.draws, settings.tune, settings.seed))
        self.accept.append(settings.accept)
        run, shape = len(self.asked), (2, settings.draws)
        z = np.random.default_rng(run).normal(size=(*shape, 1))
        stats = {"diverging": np.full(shape, run in self.diverging), "lp": np.zeros(shape)}
        return Draws({"z": z, "run": np.full(shape, run)}, stats)

    coordinates = PLAIN

    def moved(self, draws, _frame):
        return draws.z["z"]


class Ladders:
    """What takes the place of runs: its draws are numbered 100 and up, those named in `diverging` diverge."""

    diverging = ()
    shortened = ()

    def __init__(self, _engine, modes, settings, _progress):
        self.modes, self.settings, self.run = modes, settings, 99

    def draw(self, draws):
        self.run += 1
        shape = (2, draws)
        return Draws(
            {"z": np.zeros((*shape, 1)), "run": np.full(shape, self.run)},
            {"diverging": np.full(shape, self.run in self.diverging), "lp": np.zeros(shape)},
        )

    def shorten(self):
        type(self).shortened += (self.run,)


class Found(Modes):
    """Modes of which it is given whether draws go to and fro between them, and what they leave out."""

    told = (False, 0.0)

    def of(self, *_):
        return np.zeros((2, 10), dtype=int)

    def mixed(self, _):
        return self.told[0]

    def left_out(self, _):
        return self.told[1]


@pytest.fixture(autouse=True)
def found(request, monkeypatch):
    """What the search finds: nothing, unless a test says otherwise or is about a case of its own."""
    asked = []
    if "hard" in request.fixturenames:
        return asked
    monkeypatch.setattr("truetoll.sampling.continuing.find", lambda *_: asked[-1] if asked else Modes())
    monkeypatch.setattr("truetoll.sampling.continuing.highest", lambda *_: "highest")
    monkeypatch.setattr("truetoll.sampling.continuing.Tempered", Ladders)
    return asked


def runs(engine, smooth=False):
    tables = SimpleNamespace(index=SimpleNamespace(smooth=smooth), data={"chain_phi": ()})
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


def test_after_divergences_steps_are_shorter():
    engine = Recorded(diverging=(1, 2))
    runs(engine)
    assert engine.accept == pytest.approx([0.9, 1 - 0.1 / 3, 1 - 0.1 / 9, 1 - 0.1 / 9])
    curves = Recorded(diverging=(1,))
    runs(curves, smooth=True)
    assert curves.accept[:2] == pytest.approx([0.95, 1 - 0.05 / 3])


def test_where_every_run_diverges_ladders_come_last():
    seen = runs(Recorded(diverging=(1, 2, 3, 4), dimension=10))
    assert [each[0] for each in seen] == [1, 2, 3, 4, 100]
    assert [each[0] for each in runs(Recorded(diverging=(1, 2, 3, 4)))] == [1, 2, 3, 4]  # too many free scalars


def test_two_runs_without_an_answer_are_followed_by_ladders():
    engine = Recorded(dimension=10)
    assert runs(engine) == [[1] * 10, [1] * 10 + [2] * 10, [100] * 20, [100] * 20 + [101] * 40]


def test_runs_that_diverged_are_none_of_the_two():
    assert runs(Recorded(diverging=(1,), dimension=10))[:3] == [[1] * 10, [2] * 10, [2] * 10 + [3] * 20]


def test_draws_that_do_not_mix_are_never_handed_out(found):
    found.append(Found(found=("one", "two")))
    engine = Recorded(dimension=10)
    tempered = [100] * 10 + [101] * 10 + [102] * 20 + [103] * 40
    assert runs(engine) == [tempered[:n] for n in (10, 20, 40, 80)]
    assert len(engine.asked) == 1


def test_what_diverged_on_a_ladder_is_dropped_and_steps_are_shorter(found, monkeypatch):
    found.append(Found(found=("one", "two")))
    monkeypatch.setattr(Ladders, "diverging", (101,))
    monkeypatch.setattr(Ladders, "shortened", ())
    assert runs(Recorded(dimension=10)) == [
        [100] * 10,
        [102] * 10,
        [102] * 10 + [103] * 20,
        [102] * 10 + [103] * 20 + [104] * 40,
    ]
    assert Ladders.shortened == (101,)


def test_a_ladder_that_goes_on_diverging_is_handed_out_as_it_is(found, monkeypatch):
    found.append(Found(found=("one", "two")))
    monkeypatch.setattr(Ladders, "diverging", range(100, 200))
    tables = SimpleNamespace(index=SimpleNamespace(smooth=False), data={"chain_phi": ()})
    first = next(continued(Recorded(dimension=10), tables, Settings(draws=10, tune=5, chains=2, seed=7)))
    assert first.stats["diverging"].all()


def test_draws_that_mix_are(found):
    mixing = Found(found=("one", "two"))
    object.__setattr__(mixing, "told", (True, 0.0))
    found.append(mixing)
    assert runs(Recorded(dimension=10))[0] == [1] * 10


def test_what_is_too_large_for_ladders_is_marked(found):
    left = Found(found=("one", "two"))
    object.__setattr__(left, "told", (False, 0.3))
    found.append(left)
    tables = SimpleNamespace(index=SimpleNamespace(smooth=True), data={"chain_phi": ()})
    first = next(continued(Recorded(), tables, Settings(draws=10, tune=5, chains=2, seed=7)))
    assert (first.stats["left_out"] == 0.3).all()
