"""``replay`` and ``fit --as-of``: what they ask for, print and save, and how they end."""

import csv
import json
from datetime import date
from pathlib import Path

import jsonschema
import madeup
import madeup_replay as made
import pytest
from matplotlib.figure import Figure

KURSK = Path(__file__).parents[1] / "data" / "kursk-article"
FILES = {"replay.nc", "replay.json", "replay.csv", "replay.png", "manifest.json"}
NEWS = ["2024-12-19", "2025-01-13", "2025-01-22", "2025-02-04", "2025-02-07"]


def new_figure(*_, **__):
    return [("replay", Figure)]


@pytest.fixture
def replayed(monkeypatch):
    """replayed(tree or exception): what the backend makes from now on; calls are kept."""
    calls = []

    def give(found):
        def replay(case, days, *, progress, **asked):
            told = {"case": case.name, "scenario": case.scenario, "days": [day.isoformat() for day in days]}
            calls.append(told | asked)
            progress(1, 2)
            if isinstance(found, BaseException):
                raise found
            return found

        monkeypatch.setattr("truetoll.studies.replay.ask.replay", replay)
        monkeypatch.setattr("truetoll.studies.replay.figures.figures_of", new_figure)
        return calls

    return give


def test_saved_and_shown_again(run, replayed, tmp_path):
    calls = replayed(made.tree())
    out = tmp_path / "runs" / "k"
    code, table, err = run("replay", KURSK, "--out", out, "--seed", "7")
    assert code == 0
    (call,) = calls
    assert call.pop("cores") >= 1
    asked = {"case": "kursk-article", "scenario": "base", "days": NEWS, "workers": None, "dask": None, "seed": 7}
    assert call == asked
    assert {path.name for path in out.iterdir()} == FILES
    assert f"Saved in {out}: replay.nc, replay.json, replay.csv, figures" in err
    assert run("show", out) == (0, table, "")
    assert run("show", out / "replay.nc")[1] == table


def test_json_is_what_was_saved(run, replayed, tmp_path):
    replayed(made.tree())
    code, out, err = run("replay", KURSK, "--out", tmp_path / "k", "--json", "--quiet")
    saved = json.loads((tmp_path / "k" / "replay.json").read_text(encoding="utf-8"))
    assert (code, err, json.loads(out)) == (0, "", saved)
    jsonschema.validate(saved, made.SCHEMA)
    assert [each["date"] for each in saved["dates"]] == list(made.DAYS)
    assert json.loads(run("show", tmp_path / "k", "--json")[1]) == saved
    rows = list(csv.DictReader((tmp_path / "k" / "replay.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["date"], row["name"]) for row in rows] == [(day, q) for day in made.DAYS for q in made.NAMES]
    assert float(rows[0]["hindsight_median"]) == saved["dates"][0]["hindsight"][0]["median"]


def test_figures_are_saved(run, monkeypatch, tmp_path):
    monkeypatch.setattr("truetoll.studies.replay.ask.replay", lambda *_, **__: made.tree())
    assert run("replay", KURSK, "--out", tmp_path / "k", "--quiet")[0] == 0
    assert {"replay.png", "replay_north_killed.png"} <= {path.name for path in (tmp_path / "k").iterdir()}


@pytest.mark.parametrize(
    ("words", "days"),
    [
        (["--dates", "2025-01-13, 2024-12-24"], ["2024-12-24", "2025-01-13"]),
        (["--from", "2025-01-10", "--to", "2025-02-03"], ["2025-01-10", "2025-01-13", "2025-01-22", "2025-02-03"]),
        (["--every", "month", "--to", "2025-03-01"], ["2024-12-19", "2025-01-19", "2025-02-19", "2025-03-01"]),
        (["--every", "30", "--to", "2025-01-18"], ["2024-12-19", "2025-01-18"]),
    ],
)
def test_dates_as_asked(run, replayed, tmp_path, words, days):
    calls = replayed(made.tree())
    assert run("replay", KURSK, *words, "--out", tmp_path / "k", "--quiet") == (0, "", "")
    assert calls[0]["days"] == days


def test_every_option_reaches_the_backend(run, replayed, tmp_path):
    calls = replayed(made.tree())
    words = ["--scenario", "hard_cap", "--workers", "3", "--draws", "400", "--chains", "2", "--sampler", "pymc"]
    assert run("replay", KURSK, *words, "--out", tmp_path / "k", "--quiet") == (0, "", "")
    assert {"scenario": "hard_cap", "workers": 3, "draws": 400, "chains": 2, "sampler": "pymc"}.items() <= calls[
        0
    ].items()
    run("replay", KURSK, "--dask", "tcp://there:8786", "--out", tmp_path / "k", "--quiet")
    assert calls[1]["dask"] == "tcp://there:8786"


def test_default_folder(run, replayed, tmp_path, monkeypatch):
    replayed(made.tree())
    monkeypatch.chdir(tmp_path)
    assert run("replay", KURSK, "--quiet")[0] == 0
    assert run("replay", KURSK, "--scenario", "hard_cap", "--quiet")[0] == 0
    assert {path.name for path in Path("runs").iterdir()} == {"kursk-article-replay", "kursk-article-hard_cap-replay"}


def test_a_date_that_did_not_converge_ends_with_3_and_is_named(run, replayed, tmp_path):
    replayed(made.tree(failed=[made.DAYS[1]]))
    code, out, err = run("replay", KURSK, "--out", tmp_path / "k")
    assert code == 3
    assert "1 date NOT CONVERGED" in out
    assert f"{made.DAYS[1]} did not converge: this is not a result (R-hat 1.001" in err
    assert {path.name for path in (tmp_path / "k").iterdir()} == FILES
    saved = json.loads((tmp_path / "k" / "replay.json").read_text(encoding="utf-8"))
    assert [(each["converged"], len(each["quantities"])) for each in saved["dates"]] == [
        (True, 4),
        (False, 0),
        (True, 4),
    ]
    assert run("show", tmp_path / "k", "--quiet")[0] == 3


def test_if_the_last_date_fails_the_others_are_kept_without_hindsight(run, replayed, tmp_path):
    tree = made.tree(failed=[made.DAYS[-1]])
    tree["hindsight"]["amount"][:] = float("nan")
    replayed(tree)
    code, said, err = run("replay", KURSK, "--out", tmp_path / "k")
    assert code == 3
    assert "what is thought of the earlier ones now cannot be said" in " ".join(said.split())
    assert f"{made.DAYS[-1]} did not converge" in err
    saved = json.loads((tmp_path / "k" / "replay.json").read_text(encoding="utf-8"))
    assert [len(each["quantities"]) for each in saved["dates"]] == [4, 4, 0]
    assert [each["hindsight"] for each in saved["dates"]] == [[]] * 3
    assert "nan" not in said


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space"), 1), (KeyError(), 1)])
def test_what_fails_leaves_earlier_results(run, replayed, earlier, tmp_path, error, code):
    replayed(error)
    out = earlier(tmp_path / "runs" / "k", "replay.nc")
    found, _, err = run("replay", KURSK, "--out", out, "--quiet")
    assert found == code
    assert [path.name for path in out.parent.iterdir()] == ["k"]
    assert (out / "replay.nc").read_bytes() == b"earlier results"
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--dates", "2025-1-13,2025-02-30"], ["year-month-day", "does not exist", "2 problems"]),
        (["--dates", "2024-11-01"], ["the first was on 2024-12-19"]),
        (["--dates", "2025-01-13", "--every", "week"], ["not both"]),
        (["--every", "fortnight"], ["every: is no step; read 'fortnight'; allowed: week, month"]),
        (["--from", "2025-02-01", "--to", "2025-01-01"], ["must not lie after"]),
        (["--from", "yesterday"], ["from: must be a date"]),
        (["--scenario", "hardcap"], ["did you mean 'hard_cap'?"]),
        (["--evry", "week"], ["did you mean '--every'?"]),
    ],
)
def test_what_cannot_be_replayed(run, replayed, tmp_path, words, told):
    calls = replayed(made.tree())
    code, out, err = run("replay", KURSK, *words, "--out", tmp_path / "k")
    assert (code, out) == (2, "")
    assert all(each in err for each in told)
    assert not calls
    assert not list(tmp_path.iterdir())


def test_problems_as_json(run, replayed):
    replayed(made.tree())
    code, out, _ = run("replay", KURSK, "--dates", "x,y", "--json")
    found = json.loads(out)
    assert (code, found["ok"], [p["where"] for p in found["problems"]]) == (2, False, ["dates", "dates"])


def test_a_folder_with_other_files_is_not_replaced(run, replayed, small_case):
    calls, folder = replayed(made.tree()), small_case()
    assert run("replay", KURSK, "--out", folder)[0] == 2
    assert (folder / "case.toml").exists()
    assert not calls


def test_everything_survives_the_disk(tmp_path):
    import saved

    from truetoll.runs.folder import kind_of, load_run, save_replay
    from truetoll.studies.replay.read import replay_answer

    tree = saved.replay(failed=[made.DAYS[0]])
    save_replay(tmp_path, tree, replay_answer(tree))
    read = load_run(tmp_path)
    assert kind_of(read) == "replay"
    assert replay_answer(read).to_dict() == replay_answer(tree).to_dict()


# fit --as-of ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def fitted(monkeypatch):
    """Give every fit a made-up tree; its cases are kept."""
    cases = []

    def fit(case, *, progress, **_):
        cases.append(case)
        return madeup.tree(known_on=date(2024, 1, 20))

    monkeypatch.setattr("truetoll.studies.fit.ask.fit", fit)
    monkeypatch.setattr("truetoll.studies.fit.figures.figures_of", lambda *_, **__: [])
    return cases


def test_a_fit_as_of_a_day(run, fitted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, err = run("fit", KURSK, "--as-of", "2025-01-20", "--scenario", "hard_cap")
    assert code == 0
    (case,) = fitted
    assert (case.known_on, case.scenario, len(case.claims)) == (date(2025, 1, 20), "hard_cap", 3)
    assert "as known on 20 Jan 2024: later reports are left out" in out
    assert "kursk-article-hard_cap-as-of-2025-01-20" in err
    run("fit", KURSK, "--as-of", "2025-01-20")
    run("fit", KURSK)
    names = {"kursk-article", "kursk-article-as-of-2025-01-20", "kursk-article-hard_cap-as-of-2025-01-20"}
    assert {path.name for path in Path("runs").iterdir()} == names
    assert fitted[-1].known_on is None
    saved = json.loads((tmp_path / "runs" / "kursk-article-as-of-2025-01-20" / "summary.json").read_text("utf-8"))
    assert saved["known_on"] == "2024-01-20"


@pytest.mark.parametrize("day", ["2025-1-20", "2025-02-30", "2024-10-15", "2024-12-18", ""])
def test_a_day_that_gives_no_answer(run, fitted, tmp_path, day):
    code, out, err = run("fit", KURSK, "--as-of", day, "--out", tmp_path / "k")
    assert (code, out) == (2, "")
    assert err.startswith("as_of: ")
    assert not fitted
    assert not list(tmp_path.iterdir())
