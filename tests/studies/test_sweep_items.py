"""What is kept of a refit, how items are laid side by side, and the folder that holds them."""

import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from truetoll.claims.reading import read_case
from truetoll.owners import Workspace
from truetoll.runner.errors import FailedItems, SweepError
from truetoll.runner.store import Store
from truetoll.studies.sweep.items import QUANTILES, joined, summary, whole, with_draws

THRESHOLDS = "\n[forces.north.thresholds]\nkilled = [1_000, 2_000]\n"


def refit(case, converged=1, scale=1.0):
    draws = np.random.default_rng(1).gamma(4.0, 500.0 * scale, size=(4, 250, 2))
    posterior = xr.Dataset(
        {"amount": (("chain", "draw", "quantity"), draws)}, coords={"quantity": ["north.killed", "north.wounded"]}
    )
    checks = {"converged": converged, "rhat_max": 1.01, "ess_min": 800.0, "divergences": 0}
    return SimpleNamespace(case=case, posterior=posterior, checks=checks)


@pytest.fixture
def case(small_case, small_text):
    return read_case(
        small_case(case=small_text[0].replace("[sources.ministry]", f"{THRESHOLDS}\n[sources.ministry]", 1))
    )


def test_summary_is_of_the_draws(case):
    made = refit(case)
    draws = made.posterior["amount"].to_numpy().reshape(-1, 2)
    found = summary(made)
    np.testing.assert_allclose(found["quantiles"], np.quantile(draws, QUANTILES, axis=0).T)
    np.testing.assert_allclose(found["mean"], draws.mean(axis=0))
    np.testing.assert_allclose(found["sd"], draws.std(axis=0, ddof=1))
    assert list(found["threshold"].to_numpy()) == ["north.killed > 1000", "north.killed > 2000"]
    np.testing.assert_allclose(found["above"], [(draws[:, 0] > 1000).mean(), (draws[:, 0] > 2000).mean()])
    assert (found["mcse_median"] > 0).all()
    assert "amount" not in found
    assert with_draws(made)["amount"].equals(made.posterior["amount"])


def test_no_numbers_without_convergence(case):
    found = with_draws(refit(case, converged=0))
    for name in ("quantiles", "mean", "sd", "mcse_median", "above", "amount"):
        assert found[name].isnull().all()
    assert int(found["converged"]) == 0
    assert float(found["rhat_max"]) == 1.01


def test_cases_of_other_quantities_stand_side_by_side(case):
    one = summary(refit(case))
    other = one.drop_vars(["above", "threshold"]).assign_coords(quantity=["south.killed", "north.killed"])
    found = joined({"one": one, "other": other}, {"x": [1, 2], "y": ["a", {"b": 1}]})
    assert list(found["assumption"].to_numpy()) == ["one", "other"]
    assert list(found["quantity"].to_numpy()) == ["north.killed", "north.wounded", "south.killed"]
    assert found["mean"].isnull().to_numpy().tolist() == [[False, False, True], [False, True, False]]
    assert found["above"].isnull().to_numpy().tolist() == [[False, False], [True, True]]
    assert found["x"].to_numpy().tolist() == [1, 2]
    assert found["y"].to_numpy().tolist() == ["a", '{"b": 1}']
    assert found["converged"].dtype.kind == "i"


def test_store_gives_back_what_it_was_given(case, tmp_path):
    store, item = Store(tmp_path / "a" / "b"), with_draws(refit(case))
    store.put("k1", item)
    assert store.get("k1").drop_attrs(deep=False).identical(item.drop_attrs(deep=False))
    assert store.get("k1").attrs["digest"] == case.digest
    assert store.get("k2") is None
    assert [path.name for path in store.folder.iterdir()] == ["k1.nc"]


def test_what_cannot_be_read_is_computed_again(case, tmp_path):
    store = Store(tmp_path / "store")
    store.put("k1", summary(refit(case)))
    content = (store.folder / "k1.nc").read_bytes()
    (store.folder / "k2.nc").write_bytes(content)  # under another's name
    for size in (0, 100, len(content) // 2):
        (store.folder / "k1.nc").write_bytes(content[:size])
        with pytest.warns(UserWarning, match=r"k1\.nc does not hold what was kept in it; it is computed again"):
            assert store.get("k1") is None
    with pytest.warns(UserWarning, match=r"k2\.nc"):
        assert store.get("k2") is None


def changed(item, change):
    """An item of the store after somebody has been at it."""
    found = xr.load_dataset(item, engine="h5netcdf")
    change(found).to_netcdf(item, engine="h5netcdf")


@pytest.mark.parametrize(
    "change",
    [
        lambda item: item.drop_vars("quantiles"),
        lambda item: item.drop_vars("converged"),
        lambda item: item.assign(mean=item["mean"] * np.nan),
        lambda item: item.assign(mean=item["mean"] * 2),
        lambda item: item.assign(divergences=5),
        lambda item: item.assign_coords(quantity=item["quantity"].to_numpy()[::-1]),
        lambda item: item.assign_attrs(digest="0"),
        lambda item: item.assign_attrs(sha256="0"),
    ],
)
def test_what_was_changed_is_computed_again(case, tmp_path, change):
    store = Store(tmp_path / "store")
    store.put("k1", summary(refit(case)))
    assert store.get("k1") is not None
    changed(store.folder / "k1.nc", change)
    with pytest.warns(UserWarning, match="does not hold what was kept"):
        assert store.get("k1") is None


def test_an_item_must_have_what_was_asked_for(case, tmp_path):
    store, item = Store(tmp_path / "store"), summary(refit(case))
    assert whole(item, draws=False)
    assert not whole(item, draws=True)
    assert whole(summary(refit(case, converged=0)), draws=False)  # its numbers are missing, and that is the answer
    store.put("nan", item.assign(mean=item["mean"] * np.nan))  # what was wrong before it was kept
    with pytest.warns(UserWarning, match="does not hold"):
        assert store.get("nan", lambda found: whole(found, draws=False)) is None


def test_store_refuses_the_folder_of_something_else(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SweepError, match="holds what no sweep wrote"):
        Store(tmp_path)
    with pytest.raises(SweepError, match="is a file"):
        Store(tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_store_is_known_again(tmp_path):
    Store(tmp_path).describe({"items": []})
    dead, living = Workspace(tmp_path, "k.nc"), Workspace(tmp_path, "k.nc")
    dead.release()
    for draft in (dead, living):
        os.utime(draft.path, (0, 0))  # no clock decides who lives
    Store(tmp_path).describe({"items": [1]})
    assert [path.name for path in tmp_path.glob(".truetoll-*")] == [living.path.name]
    living.close()
    assert '"items": [\n    1\n  ]' in (tmp_path / "manifest.json").read_text()


WRITER = """
import sys
from pathlib import Path
import numpy as np, xarray as xr
from truetoll.runner.store import Store

store = Store(Path(sys.argv[1]))
store.describe({})
for i in range(100_000):
    store.put(f"k{i}", xr.Dataset({"x": ("n", np.full(20_000, i))}))
    print(i, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_whoever_is_killed_while_writing_leaves_only_whole_items(tmp_path):
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    done = [writer.stdout.readline() for _ in range(20)]
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    store, found = Store(tmp_path), list(tmp_path.glob("k*.nc"))
    assert done[-1] == "19\n"
    assert len(found) >= 20
    assert all((store.get(path.stem)["x"] == int(path.stem[1:])).all() for path in found)


def test_failures_are_listed_by_name():
    error = FailedItems({f"rho={i}": ValueError("no\nsuch") for i in range(25)})
    lines = str(error).splitlines()
    assert lines[1] == "rho=0: ValueError: no such"
    assert lines[-1] == "... (5 more)"
    assert error.done is None
