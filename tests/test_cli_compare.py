"""``compare`` and ``scenarios``: what they ask for, print and save, and how they end."""

import json
import sys
import types
from pathlib import Path

import jsonschema
import pytest

from truetoll.cli.console import Console

KURSK = Path(__file__).parents[1] / "data" / "kursk-article"
FILES = {"comparison.nc", "comparison.json", "comparison.csv", "manifest.json"}
SCENARIO = {
    "type": "object",
    "required": ["name", "title", "why", "builds_on", "digest"],
    "properties": {"builds_on": {"type": ["string", "null"]}, "digest": {"pattern": "^[0-9a-f]{64}$"}},
}
SCENARIOS = {
    "type": "object",
    "required": ["case", "scenarios"],
    "properties": {"scenarios": {"type": "array", "items": SCENARIO}},
}


@pytest.fixture
def compared(monkeypatch):
    """Give every comparison a made-up tree, and no figures; calls are kept."""
    import saved

    calls = []

    def compare(case, scenarios, *, preview, progress, **options):
        calls.append({"case": case.name, "scenarios": scenarios, "preview": preview} | options)
        for name in ("base", *scenarios):
            progress(1, 2, name)
            progress(2, 2, name)
        return saved.comparison(factors=dict.fromkeys(("base", *scenarios), 1.0))

    stand_in(monkeypatch, compare)
    monkeypatch.setattr("truetoll.studies.compare.figures.figures_of", lambda *_, **__: [])
    return calls


def stand_in(monkeypatch, compare):
    module = types.ModuleType("truetoll.studies.compare.ask")
    module.compare = compare
    monkeypatch.setitem(sys.modules, "truetoll.studies.compare.ask", module)


def failing(monkeypatch, error):
    def compare(*_, **__):
        raise error

    stand_in(monkeypatch, compare)


def is_untouched(folder):
    alone = [path.name for path in folder.parent.iterdir()] == [folder.name]
    kept = {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "manifest.json"}
    return alone and kept == {"comparison.nc": b"earlier results"}


# compare --------------------------------------------------------------------------------------------------------------


def test_all_scenarios_by_default_saved_and_shown_again(run, compared, tmp_path, kursk_case):
    out = tmp_path / "runs" / "k"
    code, table, err = run("compare", KURSK, "--out", out, "--seed", "7", "--draws", "500")
    assert code == 0
    (call,) = compared
    assert call["scenarios"] == list(kursk_case.scenarios)
    assert (call["case"], call["preview"], call["seed"], call["draws"]) == ("kursk-article", False, 7, 500)
    assert {path.name for path in out.iterdir()} == FILES
    assert [path.name for path in out.parent.iterdir()] == ["k"]
    assert f"Saved in {out}: comparison.nc, comparison.json, comparison.csv" in err
    assert run("show", out) == (0, table, "")
    assert run("show", out / "comparison.nc")[1] == table


def test_scenarios_by_name_in_the_order_of_the_case(run, compared, tmp_path):
    names = [word for name in ("hard_cap", "base", "trust_seoul", "hard_cap") for word in ("--scenario", name)]
    assert run("compare", KURSK, *names, "--preview", "--out", tmp_path / "k", "--quiet") == (0, "", "")
    assert (compared[0]["scenarios"], compared[0]["preview"]) == (["trust_seoul", "hard_cap"], True)


def test_progress_says_which_scenario(run, compared, tmp_path):
    _, _, err = run("compare", KURSK, "--scenario", "hard_cap", "--scenario", "no_bias", "--out", tmp_path / "k")
    told = [line for line in err.splitlines() if line.startswith("Sampling")]
    assert told == ["Sampling base (1 of 3)", "Sampling no_bias (2 of 3)", "Sampling hard_cap (3 of 3)"]


def test_the_end_of_several_is_no_line_of_a_log(capsys):
    with Console().progress() as advance:
        for done, name in enumerate(("base", "no_bias")):
            advance(done, 2, name)
        advance(2, 2, "")
    assert [line for line in capsys.readouterr().err.splitlines() if "ampling" in line] == [
        "Sampling base",
        "Sampling no_bias",
    ]


def test_progress_of_a_fit_is_told_in_tenths(capsys):
    with Console().progress() as advance:
        for done in range(0, 101, 5):
            advance(done, 100)
    assert capsys.readouterr().err.count("Sampling: ") == 11


def test_default_folder(run, compared, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("compare", KURSK, "--scenario", "hard_cap", "--quiet") == (0, "", "")
    assert [path.name for path in Path("runs").iterdir()] == ["kursk-article-compare"]


def test_json_is_what_was_saved(run, compared, tmp_path):
    from madeup_comparison import SCHEMA

    code, out, err = run("compare", KURSK, "--scenario", "hard_cap", "--out", tmp_path / "k", "--json", "--quiet")
    saved = json.loads((tmp_path / "k" / "comparison.json").read_text(encoding="utf-8"))
    assert (code, err, json.loads(out)) == (0, "", saved)
    jsonschema.validate(saved, SCHEMA)
    assert [scenario["name"] for scenario in saved["scenarios"]] == ["base", "hard_cap"]
    assert json.loads(run("show", tmp_path / "k", "--json")[1]) == saved


def test_everything_survives_the_disk(tmp_path):
    import saved

    from truetoll.runs.folder import kind_of, load_run, save_comparison
    from truetoll.studies.compare.read import comparison

    tree = saved.comparison(rows={"set_aside": {"converged": 0}})
    found = comparison(tree)
    save_comparison(tmp_path, tree, found)
    read = load_run(tmp_path)
    assert kind_of(read) == "comparison"
    assert comparison(read).to_dict() == found.to_dict()
    assert {path.name for path in tmp_path.iterdir()} == FILES - {"manifest.json"}


def test_figures_are_saved(run, monkeypatch, tmp_path):
    import madeup_comparison as made

    stand_in(monkeypatch, lambda *_, **__: made.tree())
    assert run("compare", KURSK, "--out", tmp_path / "k", "--quiet")[0] == 0
    assert {"forest_north_killed.png", "slopes.png"} <= {path.name for path in (tmp_path / "k").iterdir()}


@pytest.mark.parametrize("failed", ["doubled", "base"])
def test_what_does_not_converge_is_named_and_the_rest_is_saved(run, monkeypatch, tmp_path, failed):
    import saved

    tree = saved.comparison(rows={failed: {"converged": 0, "rhat_max": 1.3}})
    stand_in(monkeypatch, lambda *_, **__: tree)
    code, said, err = run("compare", KURSK, "--out", tmp_path / "k")
    assert code == 3
    assert "1 scenario NOT CONVERGED" in said
    assert f"Scenario {failed} did not converge: this is not a result (R-hat 1.300" in err
    written = {path.name for path in (tmp_path / "k").iterdir()}
    assert {*FILES, "forest_north_killed.png"} <= written
    assert ("slopes.png" in written) is (failed != "base")
    saved = json.loads((tmp_path / "k" / "comparison.json").read_text(encoding="utf-8"))
    assert (saved["converged"], saved["not_converged"]) == (False, [failed])
    assert [bool(s["quantities"]) for s in saved["scenarios"]] == [s["name"] != failed for s in saved["scenarios"]]
    assert run("show", tmp_path / "k", "--quiet")[0] == 3


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space"), 1), (KeyError(), 1)])
def test_what_fails_leaves_earlier_results(run, earlier, monkeypatch, tmp_path, error, code):
    failing(monkeypatch, error)
    out = earlier(tmp_path / "runs" / "k", "comparison.nc")
    found, _, err = run("compare", KURSK, "--out", out, "--quiet")
    assert found == code
    assert is_untouched(out)
    assert "Traceback" not in err


@pytest.mark.parametrize("option", ["--scenario", "--attribute"])
def test_unknown_names_are_problems(run, compared, tmp_path, option):
    code, out, err = run("compare", KURSK, option, "hardcap", option, "nobias", "--out", tmp_path / "k")
    assert (code, out) == (2, "")
    assert "did you mean 'hard_cap'?" in err
    assert "did you mean 'no_bias'?" in err
    assert not compared
    assert not list(tmp_path.iterdir())
    code, out, _ = run("compare", KURSK, option, "hardcap", "--json")
    assert (code, json.loads(out)["ok"], json.loads(out)["problems"][0]["nearest"]) == (2, False, "hard_cap")


def test_nothing_to_compare(run, compared, small_case, tmp_path):
    code, _, err = run("compare", small_case(), "--out", tmp_path / "k")
    assert code == 2
    assert "there is no scenario to compare the base case with" in err
    assert run("compare", KURSK, "--scenario", "base", "--out", tmp_path / "k")[0] == 2
    assert "no shift" in run("compare", KURSK, "--attribute", "base", "--out", tmp_path / "k")[2]
    assert not compared


def test_every_flag_reaches_the_backend(run, monkeypatch, tmp_path):
    import saved

    calls = []

    def backend(case, names, settings, *, progress, **asked):
        calls.append((case.name, list(names), settings, asked))
        return saved.comparison()

    monkeypatch.setattr("truetoll.cli.comparing.run_comparison", backend)
    monkeypatch.setattr("truetoll.studies.compare.figures.figures_of", lambda *_, **__: [])
    words = ["--scenario", "no_bias", "--attribute", "high_end", "--attribute", "low_end", "--leave-one-out"]
    words += ["--one-at-a-time", "--workers", "3", "--dask", "tcp://there:8786", "--cores", "2", "--sampler", "pymc"]
    assert run("compare", KURSK, *words, "--out", tmp_path / "k", "--quiet") == (0, "", "")
    ((name, names, settings, asked),) = calls
    assert (name, names) == ("kursk-article", ["no_bias", "high_end", "low_end"])
    assert settings == {"cores": 2, "sampler": "pymc"}
    assert asked == {
        "preview": False,
        "leave_one_out": True,
        "attribute": ["high_end", "low_end"],
        "one_at_a_time": True,
        "workers": 3,
        "dask": "tcp://there:8786",
    }


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (["compare"], "required: CASE"),
        (["compare", "x", "--workers", "0"], "from 1 to 1,024"),
        (["compare", "x", "--scenarios", "a"], "did you mean '--scenario'?"),
        (["compare", "x", "--chains", "1"], "from 2 to"),
        (["compare", "no/such/case"], "there is no such case folder"),
        (["scenario", "x"], "did you mean 'scenarios'?"),
    ],
)
def test_wrong_usage(run, argv, word):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert word in err


def test_a_folder_with_other_files_is_not_replaced(run, compared, small_case):
    folder = small_case()
    assert run("compare", KURSK, "--out", folder)[0] == 2
    assert (folder / "case.toml").exists()
    assert not compared


def test_a_comparison_may_take_the_place_of_a_fit(run, compared, earlier, tmp_path):
    earlier(tmp_path / "k", "posterior.nc")
    assert run("compare", KURSK, "--scenario", "hard_cap", "--out", tmp_path / "k", "--quiet")[0] == 0
    assert {path.name for path in (tmp_path / "k").iterdir()} == FILES


# scenarios ------------------------------------------------------------------------------------------------------------


def test_scenarios_are_listed(run, kursk_case):
    code, out, err = run("scenarios", KURSK)
    assert code == 0
    lines = out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == list(kursk_case.scenarios)
    (built,) = [line for line in lines if line.startswith("low_end")]
    assert built.split(maxsplit=2) == ["low_end", "hard_cap", "Every reading that lowers the dead"]
    assert f"{len(kursk_case.scenarios)} scenarios beside the base case" in err
    assert run("scenarios", KURSK, "--quiet") == (0, "", "")


def test_scenarios_as_json(run, kursk_case):
    from truetoll.claims.scenario import apply_scenario

    code, out, err = run("scenarios", KURSK, "--json", "--quiet")
    found = json.loads(out)
    assert (code, err) == (0, "")
    jsonschema.validate(found, SCENARIOS)
    assert [s["name"] for s in found["scenarios"]] == ["base", *kursk_case.scenarios]
    by_name = {s["name"]: s for s in found["scenarios"]}
    assert by_name["base"]["digest"] == kursk_case.digest
    assert by_name["hard_cap"]["digest"] == apply_scenario(kursk_case, "hard_cap").digest != kursk_case.digest
    assert by_name["high_end"]["builds_on"] == "as_last_said"
    assert by_name["no_bias"]["why"].startswith("What a mean of the figures takes for granted")


def test_scenarios_of_a_case_without_any(run, small_case):
    folder = small_case()
    code, out, err = run("scenarios", folder)
    assert (code, out) == (0, "")
    assert "0 scenarios beside the base case" in err
    assert [s["name"] for s in json.loads(run("scenarios", folder, "--json")[1])["scenarios"]] == ["base"]


def test_scenarios_of_a_broken_case(run):
    bad = Path(__file__).parent / "bad" / "scenario_key_unknown"
    assert run("scenarios", bad)[0] == 2
    code, out, _ = run("scenarios", bad, "--json")
    assert (code, json.loads(out)["ok"]) == (2, False)


def test_what_was_made_good_on_the_way_is_told_and_what_libraries_warn_of_is_not(run, monkeypatch, tmp_path):
    import warnings

    import saved

    from truetoll.errors import RunNotice
    from truetoll.text.messages import message

    def compare(*_, **__):
        warnings.warn(RunNotice(message("work.worker_lost", n=1)), stacklevel=2)
        warnings.warn("something deprecated", DeprecationWarning, stacklevel=2)
        return saved.comparison()

    stand_in(monkeypatch, compare)
    monkeypatch.setattr("truetoll.studies.compare.figures.figures_of", lambda *_, **__: [])
    _, _, err = run("compare", KURSK, "--out", tmp_path / "k")
    assert "1 worker ended before it was done;" in err
    assert "deprecated" not in err
    _, _, err = run("compare", KURSK, "--out", tmp_path / "k", "--lang", "es")
    assert "1 proceso terminó antes de acabar;" in err
