"""Calibrations as they run: seeded by number, whoever does them; what fails is told."""

import pickle

import numpy as np
import pytest

from truetoll.claims.reading import read_case
from truetoll.model.tables import build_tables
from truetoll.runner import pool, work
from truetoll.runner.errors import FailedItems, SweepError
from truetoll.runner.pool import whole
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.studies.calibrate import rehearsals
from truetoll.studies.calibrate.ask import calibrate
from truetoll.studies.calibrate.rehearsals import Rehearsal, Rehearser, Stage
from truetoll.studies.calibrate.replicate import Rehearsed
from truetoll.text.messages import message

QUICK = Settings(draws=200, tune=150, chains=2)


@pytest.fixture(scope="module")
def case(tmp_path_factory, small_text):
    home = tmp_path_factory.mktemp("calibrate") / "small"
    home.mkdir()
    (home / "case.toml").write_text(small_text[0], encoding="utf-8")
    (home / "claims.csv").write_text(small_text[1], encoding="utf-8")
    return read_case(home)


@pytest.fixture(scope="module")
def engine(case):
    return Engine(build_tables(case))


@pytest.fixture
def pretended(monkeypatch):
    """Rehearsals that take no time: calls are kept, ranks tell the seed."""
    calls = []

    def rehearse(engine, tables, settings, seed, drawn_from):
        calls.append((seed, drawn_from is tables, settings.cores))
        n = len(tables.coords["quantity"])
        rank = np.full(n + len(tables.coords["voice"]) + len(tables.coords["noise"]) + 1, seed % 100)
        return Rehearsed(rank, np.full(n, 0.5), 20.0 if seed % 3 == 0 else 200.0, 0, 1)

    monkeypatch.setattr(rehearsals, "rehearse", rehearse)
    return calls


def test_ranks_of_what_converged_stand_by_number(case, engine, pretended):
    seen = []
    tree = calibrate(case, 30, QUICK, engine=engine, seed=9, progress=lambda *at: seen.append(at))
    assert seen == [(i, 30) for i in range(31)]
    table = tree["simulations"].dataset
    seeds = np.array([seed for seed, *_ in pretended])
    assert len(set(seeds)) == 30
    assert table["rank"].sizes == {"bias": 1, "simulation": 30, "checked": 9}
    assert list(table["checked"].to_numpy()[:3]) == list(table["quantity"].to_numpy())
    good = seeds % 3 != 0
    assert table["converged"].to_numpy()[0].astype(bool).tolist() == good.tolist()
    rank = table["rank"].sel(bias="as_assumed", checked="north.killed").to_numpy()
    assert rank[good].tolist() == (seeds[good] % 100).tolist()
    assert np.isnan(rank[~good]).all()
    assert np.isnan(table["error"].to_numpy()[0, ~good]).all()
    assert (tree.attrs["kind"], tree.attrs["ranked"], tree.attrs["sampling_seed"]) == ("calibration", 99, 9)


def test_other_biases_share_the_seeds(case, engine, pretended):
    tree = calibrate(case, 20, QUICK, engine=engine, misspecified=True)
    assert tree["simulations"]["rank"].sizes["bias"] == 6
    assert {same for _, same, _ in pretended[:20]} == {True}
    assert {same for _, same, _ in pretended[20:]} == {False}
    assert [seed for seed, *_ in pretended[:20]] == [seed for seed, *_ in pretended[100:]]


def test_another_seed_is_another_calibration(case, engine, pretended):
    calibrate(case, 20, QUICK, engine=engine, seed=1)
    calibrate(case, 20, QUICK, engine=engine, seed=2)
    seeds = [seed for seed, *_ in pretended]
    assert not set(seeds[:20]) & set(seeds[20:])


def test_what_travels_is_small_and_does_the_same_there(case, engine, monkeypatch):
    """A worker's share, in this process: the stage pickled, a compiled model of its own, one core."""
    monkeypatch.setattr(rehearsals, "Engine", lambda tables: engine)
    monkeypatch.setattr(work, "_LATEST", work._Latest())
    stage, item = Stage(work.plain(case), QUICK), Rehearsal(3, "bias_x1.5")
    assert len(pickle.dumps((stage, item))) < 23_000
    there = work.in_worker(pickle.loads(pickle.dumps(stage)), item, whole)
    here = Rehearser(stage, 2, engine).read(item, whole)
    assert (there.ess, there.times) == (here.ess, here.times)
    assert there.rank.tolist() == here.rank.tolist()
    assert stage.mark != Stage(work.plain(case), Settings(seed=2)).mark


def test_another_version_is_refused(case, engine):
    with pytest.raises(SweepError, match="this worker has truetoll"):
        Rehearser(Stage(case, QUICK, version="0.0.0"), 1, engine)


def test_what_fails_is_told_after_the_others(case, engine, monkeypatch):
    done = []

    def rehearse(engine, tables, settings, seed, drawn_from):
        done.append(seed)
        if len(done) == 2:
            raise FloatingPointError("made up")
        n = len(tables.coords["quantity"])
        return Rehearsed(np.zeros(8, dtype=int), np.zeros(n), 200.0, 0, 1)

    monkeypatch.setattr(rehearsals, "rehearse", rehearse)
    with pytest.raises(
        FailedItems, match=r"1 of the simulations(.|\n)*simulation as_assumed/1: FloatingPointError: made"
    ):
        calibrate(case, 20, QUICK, engine=engine)
    assert len(done) == 20


def test_workers_that_cannot_work_are_told_once(case, monkeypatch):
    def outcomes(*_, **__):
        yield "as_assumed/0", SweepError(message("work.other_version", ours="0.0.0", theirs="0.1.0"))
        yield "as_assumed/1", SweepError(message("work.other_version", ours="0.0.0", theirs="0.1.0"))

    monkeypatch.setattr(pool, "outcomes", outcomes)
    with pytest.raises(SweepError) as caught:
        calibrate(case, 2, QUICK)
    assert str(caught.value) == "this worker has truetoll 0.0.0, the sweep is of 0.1.0"


@pytest.mark.parametrize(
    ("options", "told"), [({"simulations": 0}, "at least 1"), ({"draws": 40}, "at least 99 draws")]
)
def test_what_cannot_be_done_is_refused_first(case, options, told):
    with pytest.raises(ValueError, match=told):
        calibrate(case, **options)


def test_both_workers_and_a_scheduler_are_too_much(case):
    with pytest.raises(SweepError, match="not both"):
        calibrate(case, 20, workers=2, dask="tcp://there:8786")
