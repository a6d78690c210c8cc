"""A hindcast that was stopped goes on where it was; what has changed since is computed again, and nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from truetoll.benchmark import read_benchmark
from truetoll.errors import RunNotice
from truetoll.runner.errors import SweepError
from truetoll.runner.store import Store
from truetoll.sampling.samplers import Settings
from truetoll.studies.hindcast.ask import estimate, hindcast
from truetoll.studies.hindcast.targets import Answer, Archivist, Witness

SHIPPED = Path(__file__).parents[2] / "data" / "hindcast"
SHORT = Settings(draws=200, tune=200)
ESTIMATING = Settings(draws=100, tune=100, chains=2, accept=0.8)
CASES = ("winterwar", "korea50", "sinoviet79")


@pytest.fixture(scope="module")
def some():
    found = read_benchmark(SHIPPED)
    return found.only(target for target in found.scored if target.case in CASES)


@pytest.fixture
def computed(monkeypatch):
    """What is computed, and not taken from the store: targets by name, and wars that are left out.

    Answers are made up, of all that decides them: that real ones are sampled is the business of test_hindcast_run.
    """
    told, draw = [], Archivist.read

    def answered(self, item, read):
        told.append(item.target.name)
        said = repr((item.target, sorted(item.assumptions.items()), self._settings.seed, self._settings.draws))
        rng = np.random.default_rng(list(said.encode()))
        return read(Answer(rng.normal(size=50), 1.001, 500.5, 0, True, len(item.target.claims)))

    def drawn(self, item, read):
        told.append(item or "all wars")
        return draw(self, item, read)

    monkeypatch.setattr(Witness, "read", answered)
    monkeypatch.setattr(Archivist, "read", drawn)
    return told


def done(some, store, **more):
    return hindcast(some, settings=SHORT, estimating=ESTIMATING, store=store, **more)


def same(one, other):
    assert one.answers.keys() == other.answers.keys()
    for model, answers in one.answers.items():
        for a, b in zip(answers, other.answers[model], strict=True):
            assert np.array_equal(a.log_amount, b.log_amount)
            assert replace(a, log_amount=0) == replace(b, log_amount=0)


def stopped_after(n):
    def progress(done, total, what):
        if done == n and what != "all wars":
            raise KeyboardInterrupt

    return progress


def test_what_was_stopped_goes_on_where_it_was(some, tmp_path, computed):
    """Estimates too, each by a fit of its own; in the end it is what it would have been at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("truetoll.studies.estimate.folds.KHAT", -np.inf)  # every war is left out by a fit
        with pytest.raises(KeyboardInterrupt):
            done(some, tmp_path / "s", leave_one_war_out=True, progress=stopped_after(2))
        assert computed[0] == "all wars"
        before = computed[1:]
        computed.clear()
        found = done(some, tmp_path / "s", leave_one_war_out=True)
        assert sorted([*before, *computed[: len(some.wars) - 2]]) == sorted(some.wars)
        assert "all wars" not in computed
        assert len(computed) == len(some.wars) - 2 + 2 * len(some.scored)
        computed.clear()
        same(found, done(some, tmp_path / "s", leave_one_war_out=True))
        assert not computed
        same(found, done(some, None, leave_one_war_out=True))


def test_a_change_takes_nothing_stale(some, tmp_path, computed, monkeypatch):
    done(some, tmp_path, baselines=False)
    computed.clear()
    first = some.scored[0]
    (claim, *others) = first.claims
    other = replace(first, claims=(replace(claim, relation="media"), *others))
    done(some.only([other, *some.scored[1:]]), tmp_path, baselines=False)
    assert computed == [first.name]  # of the others nothing has changed
    for changed in ({"seed": 2}, {"draws": 220}):
        computed.clear()
        done(some, tmp_path, baselines=False, **changed)
        assert sorted(computed) == sorted(target.name for target in some.scored)
    computed.clear()
    done(some, tmp_path, baselines=False, cores=1)  # decides when it is there, not what it is
    assert not computed
    table = "truetoll.studies.hindcast.remembered.read_reliability"
    with monkeypatch.context() as patch:
        patch.setattr(table, lambda _: _Table())
        done(some, tmp_path, baselines=False)
    assert len(computed) == len(some.scored)


class _Table:
    """Another reliability table."""

    def model_dump(self, mode):
        return {"noise": 9}


def test_what_is_damaged_is_computed_again(some, tmp_path, computed):
    found = done(some, tmp_path, baselines=False)
    path = sorted(tmp_path.glob("*.nc"))[0]
    path.write_bytes(path.read_bytes()[:200])
    computed.clear()
    with pytest.warns(RunNotice, match="computed again"):
        same(found, done(some, tmp_path, baselines=False))
    assert len(computed) == 1


def test_an_estimate_is_kept(some, tmp_path, computed):
    one, again = (estimate(some, ESTIMATING, store=tmp_path) for _ in range(2))
    assert computed == ["all wars"]
    assert one.table() == again.table()
    estimate(some.only(some.scored[1:]), ESTIMATING, store=tmp_path)
    assert len(computed) == 2


def test_a_store_forgets_what_is_its_own(some, tmp_path):
    done(some.only(some.scored[:1]), tmp_path / "s", baselines=False)
    (tmp_path / "s" / "notes.nc").write_text("mine", encoding="utf-8")
    Store(tmp_path / "s").forget()
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["notes.nc"]
    with pytest.raises(SweepError, match="holds what no sweep wrote"):
        done(some.only(some.scored[:1]), tmp_path / "s")


def test_progress_names_losses_as_tables_do(some, tmp_path, computed):
    told = []
    done(some, tmp_path / "store", progress=lambda done, total, what: told.append((done, total, str(what))))
    names = [target.name for target in some.scored]
    wanted = {*names, *(f"{name}, without relations" for name in names)}
    assert {what for _, total, what in told if total == 2 * len(names)} == wanted
