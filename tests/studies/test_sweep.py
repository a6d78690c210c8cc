"""Sweeps as they run: in this process, over a real scheduler with two worker processes, killed and resumed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
import xarray as xr

from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change
from truetoll.runner import pool, work
from truetoll.runner.errors import FailedItems, SweepError
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import Session
from truetoll.studies.sweep.ask import sweep
from truetoll.studies.sweep.mapping import map_cases, rebuilt

SHORT = Settings(draws=300, tune=150, chains=2)
GRID = {"assumptions.origin.rho": [0, 0.5], "sources.ministry.grade": ["A", "B"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory, small_text):
    home = tmp_path_factory.mktemp("sweep") / "small"
    home.mkdir()
    (home / "case.toml").write_text(small_text[0], encoding="utf-8")
    (home / "claims.csv").write_text(small_text[1], encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def case(folder):
    return read_case(folder)


@pytest.fixture(scope="module", autouse=True)
def made(case):
    """One session for all sweeps in this process, as compiling takes far longer than the rest."""
    made = Session(case, SHORT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("truetoll.studies.sweep.ask.Session", lambda case, settings: made)
        patch.setattr(work, "Engine", lambda tables: made.engine)
        yield made


@pytest.fixture(scope="module")
def reference(case, tmp_path_factory):
    """The sweep in this process, and its store."""
    store = tmp_path_factory.mktemp("reference")
    return sweep(case, GRID, settings=SHORT, store=store, keep_draws=True), store


@pytest.fixture(scope="module")
def client():
    """A client of a real scheduler with two worker processes."""
    with pool.own(2) as client:
        yield client


@pytest.fixture(scope="module")
def base(made):
    return work.base_of(made)


@pytest.fixture
def base_only(reference, tmp_path):
    """A store that holds the posterior of the base and nothing else."""
    base = json.loads((reference[1] / "manifest.json").read_text(encoding="utf-8"))["base"]
    for name in (base, "manifest.json"):
        shutil.copy(reference[1] / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def computed(monkeypatch):
    """Digests of the cases that are sampled in this process from now on."""
    found, read = [], work.Follower.read
    monkeypatch.setattr(
        work.Follower, "read", lambda self, case, what: (found.append(case.digest), read(self, case, what))[1]
    )
    return found


def same(found, expected):
    """Whether medians agree within 4 Monte Carlo standard errors."""
    error = np.hypot(found["mcse_median"], expected["mcse_median"])
    apart = found["quantiles"].sel(quantile=0.5) - expected["quantiles"].sel(quantile=0.5)
    return bool((abs(apart) <= 4 * error).all())


def test_answers_stand_in_the_order_asked(reference, case):
    found = reference[0]
    names = [f"assumptions.origin.rho={r},sources.ministry.grade={g}" for r in (0, 0.5) for g in "AB"]
    assert list(found["assumption"].to_numpy()) == names
    assert found["assumptions.origin.rho"].to_numpy().tolist() == [0, 0, 0.5, 0.5]
    assert found["sources.ministry.grade"].to_numpy().tolist() == ["A", "B"] * 2
    assert found["converged"].to_numpy().all()
    assert found.attrs["digest"] == case.digest
    assert found["amount"].sizes == {"assumption": 4, "chain": 2, "draw": 300, "quantity": 3}
    killed = found["quantiles"].sel(quantity="north.killed", quantile=0.5)
    assert killed[0] != killed[1]


def test_manifest_says_where_everything_is(reference):
    found, store = reference
    manifest = json.loads((store / "manifest.json").read_text(encoding="utf-8"))
    files = {item["name"]: item["file"] for item in manifest["items"]}
    assert list(files) == list(found["assumption"].to_numpy())
    assert {path.name for path in store.iterdir()} == {"manifest.json", manifest["base"], *files.values()}
    name, file = next(iter(files.items()))
    kept = xr.load_dataset(store / file, engine="h5netcdf")
    np.testing.assert_array_equal(kept["mean"], found["mean"].sel(assumption=name))


def test_nothing_is_computed_twice(reference, case, computed):
    seen = []
    again = sweep(case, GRID, settings=SHORT, store=reference[1], keep_draws=True, progress=lambda *at: seen.append(at))
    assert again.identical(reference[0])
    assert not computed
    assert seen == [(4, 4)]


@pytest.mark.long
def test_workers_find_the_same_though_one_is_killed(reference, case, client, base_only):
    before, seen = client.run(os.getpid), []

    def progress(done, total):
        seen.append((done, total))
        if done == 1:
            os.kill(next(iter(before.values())), signal.SIGKILL)

    address = client.scheduler.address
    found = sweep(case, GRID, settings=SHORT, store=base_only, dask=address, keep_draws=True, progress=progress)
    assert seen == [(i, 4) for i in range(5)]
    assert same(found, reference[0])
    assert list(found["assumption"].to_numpy()) == list(reference[0]["assumption"].to_numpy())
    assert len(list(base_only.glob("*.nc"))) == 5
    client.wait_for_workers(2, timeout=30)
    assert len(set(before.values()) & set(client.run(os.getpid).values())) == 1


def test_whole_refits_travel(base, case, client):
    found = dict(pool.outcomes(lambda: (base, None), {"same": case}, work.content, dask=client.scheduler.address))
    refit = rebuilt(case, found["same"])
    assert refit.checks["converged"]
    assert refit.posterior["amount"].dims == ("chain", "draw", "quantity")
    assert {"loss", "bias", "sigma", "z_bias"} <= set(refit.posterior)
    assert refit.draws.z["z_bias"].shape[:2] == (2, 300)
    np.testing.assert_array_equal(refit.prior, base.prior)
    np.testing.assert_array_equal(refit.posterior["amount"], found["same"]["amount"])


def test_errors_in_workers_come_back(base, case, client):
    found = dict(pool.outcomes(lambda: (base, None), {"a": case, "b": case}, int, dask=client.scheduler.address))
    assert sorted(found) == ["a", "b"]
    assert all(isinstance(error, TypeError) for error in found.values())


def test_cases_are_mapped_as_a_session_refits_them(case, made):
    seen = []
    ministry = apply_change(case, {"sources": {"ministry": {"grade": "A"}}}, "a")
    found = dict(map_cases(made, {"a": ministry}, progress=lambda *at: seen.append(at)))
    assert seen == [(0, 1), (1, 1)]
    expected, refit = made.refit(ministry), rebuilt(ministry, found["a"])
    error = np.hypot(expected.log_median_mcse, refit.log_median_mcse)
    assert (abs(expected.log_median - refit.log_median) <= 4 * error).all()
    assert refit.posterior["amount"].coords.equals(expected.posterior["amount"].coords)


def test_an_item_that_fails_does_not_lose_the_others(reference, case, computed, base_only, monkeypatch):
    sample = work.Follower.refit

    def refit(self, case):
        if case.sources["ministry"].grade == "B":
            raise FloatingPointError("made up")
        return sample(self, case)

    monkeypatch.setattr(work.Follower, "refit", refit)
    with pytest.raises(FailedItems) as caught:
        sweep(case, GRID, settings=SHORT, store=base_only, keep_draws=True)
    failed = [f"assumptions.origin.rho={r},sources.ministry.grade=B" for r in (0, 0.5)]
    assert list(caught.value.failed) == failed
    assert f"{failed[0]}: FloatingPointError: made up" in str(caught.value)
    assert same(caught.value.done, reference[0].drop_sel(assumption=failed))
    assert caught.value.done["sources.ministry.grade"].to_numpy().tolist() == ["A"] * 2


@pytest.mark.long
def test_an_interrupted_sweep_is_resumed(reference, case, base_only, computed):
    def interrupt(done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(case, GRID, settings=SHORT, store=base_only, progress=interrupt)
    assert len(computed) == 2
    found = sweep(case, GRID, settings=SHORT, store=base_only)
    assert len(computed) == 4 == len(set(computed))
    assert same(found, reference[0])
    more = {**GRID, "sources.ministry.grade": ["A", "D"]}
    assert sweep(case, more, settings=SHORT, store=base_only)["converged"].all()
    assert len(computed) == 6 == len(set(computed))


UNGUARDED = """
    import sys
    from truetoll.claims.reading import read_case
    from truetoll.studies.sweep.ask import sweep

    print({"dask", "distributed"} & {*sys.modules})
    sweep(read_case(sys.argv[1]), ["base"], workers=1)
"""


@pytest.mark.long
def test_a_script_without_guard_is_told(folder, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(dedent(UNGUARDED), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script, str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "set()"  # dask is only imported when it is asked for
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("truetoll.runner.errors.SweepError: the worker processes did not start")
    assert 'if __name__ == "__main__":' in last


def test_workers_that_cannot_be_had(case, monkeypatch):
    monkeypatch.setattr(pool, "CONNECT_SECONDS", 0.2)
    with pytest.raises(SweepError, match=r"no dask scheduler answers at 'tcp://127\.0\.0\.1:9'"):
        sweep(case, GRID, dask="tcp://127.0.0.1:9")
    with pytest.raises(SweepError, match="not both"):
        sweep(case, GRID, dask="tcp://127.0.0.1:9", workers=2)
    with pytest.raises(SweepError, match="at least 1; read 0"):
        map_cases(case, {"a": case}, workers=0)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SweepError, match=r"pip install 'truetoll\[dask\]'"):
        sweep(case, GRID, workers=2)


@pytest.mark.long
def test_seeds_are_of_the_case_and_the_sweep(case, kursk_case):
    seeds = {work.seed_of(each, seed) for each in (case, kursk_case) for seed in (1, 2)}
    assert len(seeds) == 4
    assert all(0 <= seed < 2**31 for seed in seeds)
    keys = {work.key_of(case, Settings(cores=cores)) for cores in (1, 4)}
    assert len(keys) == 1
    assert keys != {work.key_of(case, Settings(seed=2))}
