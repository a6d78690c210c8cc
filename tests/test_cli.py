"""Every command: what it prints where, its exit codes, and that nothing is ever half-written."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from matplotlib.figure import Figure

from truetoll.cli import main
from truetoll.cli.options import COMMANDS, _parser
from truetoll.cli.sampling import available
from truetoll.owners import Workspace
from truetoll.runs.folder import READS
from truetoll.runs.swap import saving_to
from truetoll.text.saying import Speaker

KURSK = Path(__file__).parents[1] / "data" / "kursk-article"
BAD = Path(__file__).parent / "bad"
FILES = {"posterior.nc", "summary.json", "summary.csv", "timeline.csv", "manifest.json"}


def new_figure(*_, **__):
    return [("new", Figure)]


@pytest.fixture
def sampled(monkeypatch, kursk_fit):
    """Give every fit the posterior of the session's own, without sampling, and one small figure."""
    calls = []

    def fit(case, progress=None, **settings):
        calls.append(settings)
        progress(1, 2)
        progress(2, 2)
        return kursk_fit

    monkeypatch.setattr("truetoll.studies.fit.ask.fit", fit)
    monkeypatch.setattr("truetoll.studies.fit.figures.figures_of", new_figure)
    return calls


@pytest.fixture
def unconverged(monkeypatch, kursk_fit):
    tree = kursk_fit.copy()
    tree.attrs = kursk_fit.attrs | {"converged": 0, "rhat_max": 1.2, "ess_min": 12.0}
    monkeypatch.setattr("truetoll.studies.fit.ask.fit", lambda *_, **__: tree)


def old_run(folder):
    def write(into):
        (into / "posterior.nc").write_bytes(b"earlier results")
        (into / "old.png").write_bytes(b"an earlier figure")

    with saving_to(folder) as place:
        place.keep(write)
    return folder


def is_untouched(folder):
    kept = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "manifest.json"}
    alone = [path.name for path in folder.parent.iterdir()] == [folder.name]
    return alone and kept == {"posterior.nc": b"earlier results", "old.png": b"an earlier figure"}


# help and usage -----------------------------------------------------------------------------------------------------


def test_help_lists_the_commands_in_the_order_of_the_work(run):
    code, out, _ = run("--help")
    assert code == 0
    places = [out.index(f"    {name} ") for name in COMMANDS]
    assert places == sorted(places)


def test_no_command_is_a_question_for_help(run):
    assert run()[:2] == run("--help")[:2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_an_example_and_the_exit_codes(run, command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"$ truetoll {command}" in out
    assert "exit codes: 0" in out


def test_version(run):
    code, out, _ = run("--version")
    assert (code, out.split()[0]) == (0, "truetoll")


def test_defaults_in_help_are_those_of_settings(run):
    from truetoll.sampling.samplers import SAMPLERS, Settings

    _, out, _ = run("fit", "--help")
    text = " ".join(out.split())
    settings = Settings()
    for name in ("draws", "tune", "chains", "seed"):
        assert f"default: {getattr(settings, name)}" in text.split(f"--{name} N")[-1][:90]
    assert f"default: {settings.sampler}" in text
    assert f"{{{','.join(SAMPLERS)}}}" in text


@pytest.mark.parametrize(
    ("argv", "word"),
    [
        (["fitt"], "did you mean 'fit'?"),
        (["fit"], "required: CASE"),
        (["fit", "x", "--scenrio=a"], "did you mean '--scenario'?"),
        (["fit", "x", "--draws", "99"], "from 100 to 1,000,000 is needed; read '99'"),
        (["fit", "x", "--tune", "-1"], "read '-1'"),
        (["fit", "x", "--chains", "1"], "from 2 to"),
        (["fit", "x", "--cores", "0"], "from 1 to"),
        (["fit", "x", "--seed", "1.5"], "read '1.5'"),
        (["fit", "x", "--sampler", "nuts"], "one of nutpie, pymc is needed; read 'nuts'"),
        (["cases", "no/such/folder"], "is not a folder"),
    ],
)
def test_wrong_usage(run, argv, word):
    code, out, err = run(*argv)
    assert (code, out) == (2, "")
    assert word in err
    assert "Traceback" not in err


# cases, validate, schema ----------------------------------------------------------------------------------------------


def test_cases_lists_sound_and_broken_ones(run, small_case):
    folder = small_case("sound").parent
    small_case("broken", claims="id\n")
    code, out, _ = run("cases", folder)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["case", f"{folder}/broken", f"{folder}/sound"]
    assert "see: truetoll validate" in out
    code, out, err = run("cases", folder, "--json")
    found = json.loads(out)["cases"]
    assert (code, err) == (0, "")
    assert [(c["case"], c["ok"], c["claims"]) for c in found] == [("broken", False, None), ("sound", True, 2)]


def test_cases_of_an_empty_folder(run, tmp_path):
    code, out, err = run("cases", tmp_path)
    assert (code, out) == (0, "")
    assert "no case in it" in err


def test_validate_prints_the_claims(run):
    code, out, err = run("validate", KURSK)
    assert code == 0
    assert "nis-killed" in out
    assert "200 to 400" in out
    assert "no problems; 6 claims" in err


def test_validate_json(run):
    code, out, err = run("validate", KURSK, "--json", "--quiet")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["ok"], found["problems"], len(found["claims"])) == (True, [], 6)


def test_validate_says_what_sources_count_by_and_what_their_bias_rests_on(run, small_case, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    folder = small_case()
    toml = (folder / "case.toml").read_text(encoding="utf-8")
    row = f"{toml}\n[assumptions.bias.military.adversary]\nclaims = 41\nlosses = 38\nwars = 20\n"
    (folder / "case.toml").write_text(row, encoding="utf-8")
    code, out, _ = run("validate", folder)
    flat = " ".join(out.split())
    assert code == 0
    assert re.search(r"adversary neither \(remote\);.*\busual\b", flat)
    folded = r"\b.*\b".join(["41", "past", "figures", "on", "38", "losses", "in", "20", "wars"])  # beside other columns
    assert re.search(folded, flat)
    assert max(map(len, out.splitlines())) <= 80
    source = json.loads(run("validate", folder, "--json")[1])["sources"][0]
    assert (source["access"], source["access_stated"]) == ({"north": "remote"}, [])
    assert source["rests_on"] == {"north": [41, 38, 20]}


def test_validate_quiet(run):
    assert run("validate", KURSK, "--quiet") == (0, "", "")


def test_validate_of_a_scenario(run):
    code, out, _ = run("validate", KURSK, "--scenario", "hard_cap", "--json")
    found = json.loads(out)
    assert (code, found["scenario"]) == (0, "hard_cap")
    assert [claim["form"] for claim in found["claims"] if claim["id"] == "west-killed"] == ["at most"]


def test_problems_are_told_all_at_once(run):
    code, out, err = run("validate", BAD / "many")
    expected = (BAD / "many" / "expected.txt").read_text(encoding="utf-8")
    n = len(expected.splitlines())
    assert (code, out) == (2, "")
    assert err == f"{expected}{(BAD / 'many').as_posix()}: {n} problems\n"
    assert run("validate", BAD / "many", "--quiet")[2] == err


def test_problems_as_json(run):
    code, out, err = run("validate", BAD / "source_unknown", "--json")
    found = json.loads(out)
    assert (code, err, found["ok"], found["claims"]) == (2, "", False, [])
    assert [set(problem) for problem in found["problems"]] == [{"where", "what", "read", "allowed", "nearest"}]


@pytest.mark.parametrize("command", ["validate", "fit"])
def test_unknown_scenario_has_a_nearest(run, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(command, KURSK, "--scenario", "hardcap")
    assert code == 2
    assert "did you mean 'hard_cap'?" in err
    assert not list(tmp_path.iterdir())


def test_schema_accepts_the_shipped_case(run):
    import tomllib

    code, out, _ = run("schema")
    schema = json.loads(out)
    assert code == 0
    jsonschema.Draft202012Validator.check_schema(schema)
    case = tomllib.loads((KURSK / "case.toml").read_text(encoding="utf-8"))
    text = json.loads(json.dumps(case, default=str))
    jsonschema.Draft202012Validator(schema).validate(text)


# fit and show ---------------------------------------------------------------------------------------------------------


def test_fit_saves_a_run_and_show_prints_it_again(run, sampled, tmp_path):
    out = tmp_path / "runs" / "kursk"
    code, table, err = run("fit", KURSK, "--out", out, "--seed", "7", "--draws", "500")
    assert code == 0
    assert sampled == [{"cores": min(4, available()), "seed": 7, "draws": 500}]
    assert {path.name for path in out.iterdir()} > FILES
    assert [path.name for path in out.parent.iterdir()] == ["kursk"]
    assert f"Saved in {out}" in err
    assert "Sampling: 2 of 2 steps" in err
    assert run("show", out) == (0, table, "")
    assert run("show", out / "posterior.nc")[1] == table


def test_losses_over_time_are_saved(run, kursk_fit, tmp_path, monkeypatch):
    monkeypatch.setattr("truetoll.studies.fit.ask.fit", lambda *_, **__: kursk_fit)
    code, _, err = run("fit", KURSK, "--out", tmp_path / "k")
    assert code == 0
    assert "timeline.csv, figures" in err
    assert (tmp_path / "k" / "timeline.png").read_bytes().startswith(b"\x89PNG")
    rows = (tmp_path / "k" / "timeline.csv").read_text(encoding="utf-8-sig").splitlines()
    held = kursk_fit["posterior"].sizes
    assert len(rows) == 1 + held["quantity"] * held["bin"]


def test_json_is_what_was_saved(run, sampled, tmp_path):
    code, out, err = run("fit", KURSK, "--out", tmp_path / "k", "--json", "--quiet")
    saved = json.loads((tmp_path / "k" / "summary.json").read_text(encoding="utf-8"))
    assert (code, err, json.loads(out)) == (0, "", saved)
    assert saved["case"] == "kursk-article"
    assert saved["quantities"][0]["name"] == "dprk.killed"
    assert json.loads(run("show", tmp_path / "k", "--json")[1]) == saved


def test_default_folder_names_case_and_scenario(run, sampled, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("fit", KURSK, "--quiet") == (0, "", "")
    assert run("fit", KURSK, "--quiet", "--scenario", "hard_cap") == (0, "", "")
    assert {path.name for path in Path("runs").iterdir()} == {"kursk-article", "kursk-article-hard_cap"}


def test_a_second_fit_replaces_the_first_as_a_whole(run, sampled, tmp_path):
    out = old_run(tmp_path / "runs" / "k")
    assert run("fit", KURSK, "--out", out)[0] == 0
    assert {path.name for path in out.iterdir()} > FILES
    assert not (out / "old.png").exists()
    assert [path.name for path in out.parent.iterdir()] == ["k"]


def test_not_converged_is_saved_flagged_and_exits_3(run, unconverged, tmp_path):
    code, _, err = run("fit", KURSK, "--out", tmp_path / "k", "--quiet")
    assert code == 3
    assert "Not converged" in err
    assert "--draws" in err
    saved = json.loads((tmp_path / "k" / "summary.json").read_text(encoding="utf-8"))
    assert (saved["converged"], saved["quantities"]) == (False, [])
    assert run("show", tmp_path / "k")[0] == 3


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space left"), 1), (ValueError("x"), 1)]
)
def test_what_fails_while_saving_leaves_earlier_results(run, sampled, tmp_path, monkeypatch, error, code):
    def broken(folder, *_):
        (folder / "posterior.nc").write_bytes(b"half")
        raise error

    monkeypatch.setattr("truetoll.runs.folder.save_run", broken)
    out = old_run(tmp_path / "runs" / "k")
    found, _, err = run("fit", KURSK, "--out", out, "--quiet")
    assert found == code
    assert is_untouched(out)
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err


def test_what_fails_while_renaming_leaves_earlier_results_and_keeps_the_new(run, sampled, tmp_path, monkeypatch):
    rename, out = Path.rename, tmp_path / "runs" / "k"

    def broken(self, target):
        if Path(target) == out and self.name == "new":
            raise OSError(5, "Input/output error", str(target))
        return rename(self, target)

    old_run(out)
    monkeypatch.setattr(Path, "rename", broken)
    code, answer, err = run("fit", KURSK, "--out", out)
    assert code == 1 and "North Korean force in Kursk" in answer
    assert f"Saved in {out}-2" in err and "could not be replaced (Input/output error)" in err
    assert {path.name for path in out.with_name("k-2").iterdir()} >= FILES
    assert (out / "posterior.nc").read_bytes() == b"earlier results"


@pytest.mark.long
def test_results_set_aside_by_a_stopped_machine_are_found(run, sampled, tmp_path):
    out = tmp_path / "k"
    run("fit", KURSK, "--out", out, "--quiet")
    table = run("show", out)
    draft = Workspace(tmp_path, "k")
    out.rename(draft.path / "old")
    draft.release()
    assert run("show", out) == table
    assert run("fit", KURSK, "--out", out, "--quiet")[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["k"]


def test_a_folder_with_other_files_is_not_replaced(run, sampled, small_case, tmp_path):
    folder = small_case()
    code, _, err = run("fit", folder, "--out", folder)
    assert code == 2
    assert "case.toml" in err
    assert (folder / "case.toml").exists()
    assert run("fit", folder, "--out", folder / "case.toml")[0] == 2
    assert not sampled


def test_unwritable_place_fails_before_sampling(run, sampled, tmp_path):
    (tmp_path / "file").write_text("")
    code, out, err = run("fit", KURSK, "--out", tmp_path / "file" / "run")
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert not sampled


def test_debug_shows_the_traceback(sampled, tmp_path, monkeypatch):
    monkeypatch.setattr("truetoll.runs.folder.save_run", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["fit", str(KURSK), "--out", str(tmp_path / "k"), "--debug"])


def test_show_refuses_what_is_not_a_run(run, tmp_path):
    code, out, err = run("show", tmp_path)
    assert (code, out) == (2, "")
    assert "no saved run" in err
    (tmp_path / "posterior.nc").write_bytes(b"no posterior")
    assert "cannot be read" in run("show", tmp_path)[2]
    import xarray as xr

    xr.Dataset({"x": 1}).to_netcdf(tmp_path / "posterior.nc", engine="h5netcdf")
    assert "was not written by truetoll" in run("show", tmp_path)[2]
    xr.Dataset({"x": 1}, attrs={"format": READS + 1}).to_netcdf(tmp_path / "posterior.nc", engine="h5netcdf")
    code, _, err = run("show", tmp_path)
    assert code == 2
    assert "run the fit again" in err


def test_the_layout_read_is_the_one_written():
    from truetoll.sampling.results import FORMAT

    assert READS == FORMAT


# real processes -------------------------------------------------------------------------------------------------------

SCRIPT = """\
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the shell of the tests set
from truetoll.cli import main
raise SystemExit(main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT can be sent to one process")
@pytest.mark.parametrize("sampler", ["nutpie", pytest.param("pymc", marks=pytest.mark.long)])
def test_ctrl_c_while_sampling(tmp_path, sampler):
    out = old_run(tmp_path / "runs" / "k")
    words = ["fit", str(KURSK), "--out", str(out), "--draws", "50000", "--tune", "200", "--sampler", sampler]
    command = [sys.executable, "-c", SCRIPT, *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if line.startswith("Sampling"):
                break
        process.send_signal(signal.SIGINT)
        said, err = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    assert err.splitlines()[-1] == "Interrupted; earlier results are as they were."
    assert "Traceback" not in err
    assert is_untouched(out)


@pytest.mark.skipif(sys.platform == "win32", reason="no head")
def test_a_reader_who_leaves_is_no_error():
    command = f"{sys.executable} -m truetoll validate {KURSK} --json | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stdout == "{\n"
    assert "Broken" not in done.stderr


@pytest.mark.parametrize("command", ["cases", "validate", "scenarios"])
def test_examples_in_help_are_real(run, command, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # an empty folder: cases are the shipped ones
    (action,) = [a for a in _parser(Speaker("en"))._actions if a.choices]
    shown = action.choices[command].epilog
    line = next(line for line in shown.splitlines() if line.startswith("$ truetoll "))
    if command == "validate":
        monkeypatch.setenv("COLUMNS", "80")  # as a screen shows it
    _, out, _ = run(*line.split()[2:])
    expected = shown.split(line)[1].split("\n\n")[0].removesuffix("\n...").strip("\n")
    assert out.startswith(f"{expected}\n")


def test_validate_prints_what_the_priors_imply(run, small_case, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    folder = small_case()
    claims = (folder / "claims.csv").read_text(encoding="utf-8").replace("about 2,700", "270,000")
    (folder / "claims.csv").write_text(claims, encoding="utf-8")
    code, out, _ = run("validate", folder)
    assert code == 0
    assert re.search(r"north: casualties +1,000 +100 to 10,000 ", out)
    assert re.search(r"north: killed +2[3-6]0 +\d+ to [\d,]+ ", out)
    assert "a ('270,000') lies outside what the priors hold possible of north.killed" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 80
    found = json.loads(run("validate", folder, "--json")[1])
    assert [row["name"] for row in found["priors"]] == ["north.killed", "north.wounded", "north.casualties"]
    assert found["priors"][2]["interval"] == pytest.approx([100, 10_000], rel=0.01)
    assert any("lies outside" in notice for notice in found["notices"])
