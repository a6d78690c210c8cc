"""``calibrate``: what it asks for, prints and saves, and how it ends."""

import json
from pathlib import Path

import jsonschema
import madeup_calibration as made
import numpy as np
import pytest
import saved

KURSK = Path(__file__).parents[1] / "data" / "kursk-article"
FILES = {"calibration.nc", "calibration.json", "calibration.png", "manifest.json"}


def ended(**changes):
    return saved.calibration(**({"n": 200} | changes))


@pytest.fixture
def calibrated(monkeypatch):
    """calibrated(tree or exception): what the backend makes from now on; calls are kept."""
    calls = []

    def give(found):
        def calibrate(case, simulations, *, progress, **asked):
            calls.append({"case": case.name, "scenario": case.scenario, "simulations": simulations} | asked)
            progress(0, simulations)
            if isinstance(found, BaseException):
                raise found
            return found

        monkeypatch.setattr("truetoll.studies.calibrate.ask.calibrate", calibrate)
        return calls

    return give


def test_saved_and_shown_again(run, calibrated, tmp_path):
    calls = calibrated(ended())
    out = tmp_path / "runs" / "k"
    code, table, err = run("calibrate", KURSK, "--out", out, "--seed", "7")
    assert code == 0
    ((call),) = calls
    cores = call.pop("cores")
    assert cores >= 1
    assert call == {
        "case": "kursk-article",
        "scenario": "base",
        "simulations": 100,
        "misspecified": False,
        "workers": None,
        "dask": None,
        "seed": 7,
    }
    assert {path.name for path in out.iterdir()} == FILES
    assert f"Saved in {out}: calibration.nc, calibration.json, calibration.png" in err
    assert run("show", out) == (0, table, "")
    assert run("show", out / "calibration.nc")[1] == table
    assert (out / "calibration.png").read_bytes()[:4] == b"\x89PNG"


def test_every_option_reaches_the_backend(run, calibrated, tmp_path):
    calls = calibrated(ended())
    words = ["--scenario", "hard_cap", "--simulations", "40", "--misspecified", "--workers", "3"]
    assert run("calibrate", KURSK, *words, "--out", tmp_path / "k", "--quiet") == (0, "", "")
    assert {"scenario": "hard_cap", "simulations": 40, "misspecified": True, "workers": 3}.items() <= calls[0].items()
    run("calibrate", KURSK, "--dask", "tcp://there:8786", "--out", tmp_path / "k", "--quiet")
    assert calls[1]["dask"] == "tcp://there:8786"


def test_default_folder(run, calibrated, tmp_path, monkeypatch):
    calibrated(ended())
    monkeypatch.chdir(tmp_path)
    assert run("calibrate", KURSK, "--quiet")[0] == 0
    assert run("calibrate", KURSK, "--scenario", "hard_cap", "--quiet")[0] == 0
    assert {path.name for path in Path("runs").iterdir()} == {
        "kursk-article-calibrate",
        "kursk-article-hard_cap-calibrate",
    }


def test_json_is_what_was_saved(run, calibrated, tmp_path):
    calibrated(ended(biases=("as_assumed", "bias_x0.8", "spread_x2")))
    code, out, err = run("calibrate", KURSK, "--out", tmp_path / "k", "--json", "--quiet")
    saved = json.loads((tmp_path / "k" / "calibration.json").read_text(encoding="utf-8"))
    assert (code, err, json.loads(out)) == (0, "", saved)
    jsonschema.validate(saved, made.SCHEMA)
    assert json.loads(run("show", tmp_path / "k", "--json")[1]) == saved


def test_what_is_not_uniform_ends_with_3_and_is_saved(run, calibrated, tmp_path):
    calibrated(ended(ranks={"north.killed": made.crowded(200, 2.0)}))
    code, out, err = run("calibrate", KURSK, "--out", tmp_path / "k")
    assert code == 3
    assert "NOT CALIBRATED: THIS IS NOT A RESULT" in out
    assert "Not calibrated: this is not a result (north.killed (answers too high" in err
    assert {path.name for path in (tmp_path / "k").iterdir()} == FILES
    assert run("show", tmp_path / "k", "--quiet")[0] == 3


def test_too_many_that_did_not_converge_end_with_3(run, calibrated, tmp_path):
    calibrated(ended(lost=40))
    code, out, err = run("calibrate", KURSK, "--out", tmp_path / "k")
    assert code == 3
    assert "40 DID NOT CONVERGE and are left out" in out
    assert "40 of 200 simulations did not converge" in err


def test_when_none_converged(run, calibrated, tmp_path):
    calibrated(ended(lost=200))
    code, out, err = run("calibrate", KURSK, "--out", tmp_path / "k")
    assert code == 3
    assert "200 of 200 simulations did not converge" in err
    assert "nan" not in out


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space"), 1), (KeyError(), 1)])
def test_what_fails_leaves_earlier_results(run, calibrated, earlier, tmp_path, error, code):
    calibrated(error)
    out = earlier(tmp_path / "runs" / "k", "calibration.nc")
    found, _, err = run("calibrate", KURSK, "--out", out, "--quiet")
    assert found == code
    assert [path.name for path in out.parent.iterdir()] == ["k"]
    assert (out / "calibration.nc").read_bytes() == b"earlier results"
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (["calibrate"], "required: CASE"),
        (["calibrate", "x", "--simulations", "19"], "from 20 to 100,000"),
        (["calibrate", "x", "--mispecified"], "did you mean '--misspecified'?"),
        (["calibrate", "x", "--workers", "2", "--dask", "tcp://there:8786"], "there is no such case folder"),
        (["calibrate", str(KURSK), "--scenario", "hardcap"], "did you mean 'hard_cap'?"),
        (["calibrat", "x"], "did you mean 'calibrate'?"),
    ],
)
def test_wrong_usage(run, calibrated, argv, word):
    calls = calibrated(ended())
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert word in err
    assert not calls


def test_a_folder_with_other_files_is_not_replaced(run, calibrated, small_case):
    calls, folder = calibrated(ended()), small_case()
    assert run("calibrate", KURSK, "--out", folder)[0] == 2
    assert (folder / "case.toml").exists()
    assert not calls


def test_everything_survives_the_disk(tmp_path):
    from truetoll.runs.folder import kind_of, load_run, save_calibration
    from truetoll.studies.calibrate.read import calibration

    tree = ended(lost=2, biases=("as_assumed", "bias_x2"), errors={"bias_x2": np.log(2)})
    save_calibration(tmp_path, tree, calibration(tree))
    read = load_run(tmp_path)
    assert kind_of(read) == "calibration"
    assert calibration(read).to_dict() == calibration(tree).to_dict()
