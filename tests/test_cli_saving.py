"""What every command that saves does with the disk, its pictures, its streams and its end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import saved

from truetoll.cli import caches, console
from truetoll.owners import PREFIX

KURSK = Path(__file__).parents[1] / "data" / "kursk-article"
posix = pytest.mark.skipif(sys.platform == "win32", reason="no signals, limits or pipes of this kind")


@pytest.fixture(scope="module")
def fitted():
    """A posterior that was never sampled."""
    return saved.fit()


@pytest.fixture
def sampled(monkeypatch, fitted):
    """Give every fit a posterior that was never sampled, and no figures."""
    calls = []
    monkeypatch.setattr("truetoll.studies.fit.ask.fit", lambda *_, **__: calls.append(1) or fitted)
    monkeypatch.setattr("truetoll.studies.fit.figures.figures_of", lambda *_, **__: [])
    return calls


SCRIPT = """\
import sys
import types
import xarray as xr
{before}
def fit(case, progress, **settings):
    progress(1, 2)
    {then}
    progress(2, 2)
    return xr.open_datatree({tree!r}, engine="h5netcdf").load()
# In the place of modules that import PyMC and draw with matplotlib, which takes seconds and is not in question.
sys.modules["truetoll.studies.fit.ask"] = types.SimpleNamespace(fit=fit)
sys.modules["truetoll.studies.fit.figures"] = types.SimpleNamespace(figures_of=lambda *_, **__: [])
sys.modules["truetoll.render.style"] = types.SimpleNamespace(save_all=lambda *_, **__: [])
from truetoll.cli import main
raise SystemExit(main())
"""


@pytest.fixture
def script(tmp_path_factory, fitted):
    """script(before=, then=) -> a command line with a fit that is there already and no figures, for a process."""
    tree = tmp_path_factory.mktemp("fit") / "posterior.nc"
    fitted.to_netcdf(tree, engine="h5netcdf")

    def make(before="", then="pass"):
        path = tree.with_name(f"{len(list(tree.parent.iterdir()))}.py")
        path.write_text(SCRIPT.format(before=before, then=then, tree=str(tree)), encoding="utf-8")
        return [sys.executable, str(path)]

    return make


# what is there ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["map.pdf", "photo.png", "a.html", "report-2023.csv", ".draft.html", "summary.csv"])
def test_somebodys_folder_is_refused_before_sampling(run, sampled, tmp_path, name):
    (tmp_path / "k").mkdir()
    (tmp_path / "k" / name).write_text("theirs")
    code, out, err = run("fit", KURSK, "--out", tmp_path / "k")
    assert (code, out, sampled) == (2, "", [])
    assert name in err and "choose another --out" in err
    assert (tmp_path / "k" / name).read_text() == "theirs"


def test_a_note_put_into_the_run_while_it_samples(run, fitted, sampled, tmp_path, monkeypatch):
    out = tmp_path / "k"
    run("fit", KURSK, "--out", out, "--quiet")

    def slow(*_, **__):
        (out / "note.txt").write_text("theirs")
        return fitted

    monkeypatch.setattr("truetoll.studies.fit.ask.fit", slow)
    code, answer, err = run("fit", KURSK, "--out", out, "--quiet")
    assert (code, answer) == (1, "")
    assert f"Saved in {out}-2" in err and "note.txt" in err
    assert (out / "note.txt").read_text() == "theirs" and (out / "posterior.nc").is_file()
    assert run("show", tmp_path / "k-2")[0] == 0


def test_every_command_that_saves_writes_a_manifest(run, sampled, tmp_path):
    out = tmp_path / "k"
    run("fit", KURSK, "--out", out, "--report", "--quiet")
    listed = {each["name"] for each in json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]}
    assert listed == {path.name for path in out.iterdir()} - {"manifest.json"}
    run("report", out, "--format", "md")
    assert run("fit", KURSK, "--out", out, "--quiet")[0] == 0
    assert not (out / "report.md").exists()


def test_a_report_replaces_its_own_and_no_other(run, sampled, tmp_path):
    out, mine = tmp_path / "k", tmp_path / "paper" / "page.html"
    run("fit", KURSK, "--out", out, "--quiet")
    for _ in range(2):
        assert run("report", out, "--out", mine)[0] == 0
    mine.write_text("edited by hand")
    code, _, err = run("report", out, "--out", mine)
    assert code == 2 and "left alone" in err
    assert mine.read_text() == "edited by hand"


def test_sheets_of_a_report_replace_nobodys(run, sampled, tmp_path):
    out, paper = tmp_path / "k", tmp_path / "paper"
    run("fit", KURSK, "--out", out, "--quiet")
    paper.mkdir()
    (paper / "data-quantities.csv").write_text("theirs")
    code, _, err = run("report", out, "--format", "csv", "--out", paper / "data.csv")
    assert code == 2 and "data-quantities.csv" in err
    assert [path.name for path in paper.iterdir()] == ["data-quantities.csv"]


# pictures and pages -------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_picture_that_cannot_be_drawn_is_a_notice(run, fitted, monkeypatch, tmp_path):
    def broken(*_):
        raise ValueError("no picture of this")

    monkeypatch.setattr("truetoll.studies.fit.ask.fit", lambda *_, **__: fitted)
    monkeypatch.setitem(sys.modules["truetoll.studies.fit.figures"].FIGURES, "sources", broken)
    monkeypatch.setattr("truetoll.report.page.report_html", broken)
    code, out, err = run("fit", KURSK, "--out", tmp_path / "k", "--report")
    assert code == 0 and "The North" in out
    assert "sources: not made (ValueError: no picture of this)" in err
    assert "report.html: not made" in err
    there = {path.name for path in (tmp_path / "k").iterdir()}
    assert "posterior.nc" in there and "losses.png" in there and "report.html" not in there
    code, _, err = run("report", tmp_path / "k", "--format", "md", "--figures", "svg")
    assert code == 0 and "sources: not made" in err and (tmp_path / "k" / "report.md").is_file()


def test_ctrl_c_while_drawing_leaves_the_new_results_and_says_so(run, sampled, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("truetoll.studies.fit.figures.figures_of", interrupted)
    code, _, err = run("fit", KURSK, "--out", tmp_path / "k", "--quiet")
    assert code == 130
    assert (
        err
        == f"Interrupted; the new results were saved before, in {tmp_path / 'k'}. Figures or a page may be missing.\n"
    )
    assert run("show", tmp_path / "k")[0] == 0


# streams, disk and signals --------------------------------------------------------------------------------------------


FULL = (">/dev/full", "2>/dev/full")


def ran(words, **how):
    return subprocess.run(words, capture_output=True, text=True, timeout=300, check=False, **how)


@posix
@pytest.mark.parametrize(
    "closing",
    [
        ">&- 2>&- <&-",
        *(pytest.param(each, marks=pytest.mark.long) for each in (">&-", "2>&-", "2>&1 | head -1", *FULL)),
    ],
)
def test_a_stream_that_cannot_be_written_costs_no_run(run, script, tmp_path, closing):
    words = [*script(), "fit", str(KURSK), "--out", str(tmp_path / "k")]
    done = ran(f"{' '.join(words)} {closing}", shell=True)
    assert "Traceback" not in done.stderr and "AttributeError" not in done.stderr
    assert {path.name for path in (tmp_path / "k").iterdir()} >= {"posterior.nc", "summary.json", "manifest.json"}
    assert done.returncode == (1 if closing == ">/dev/full" else 0)
    assert ("The results are saved in" in done.stderr) is (closing == ">/dev/full")
    assert run("show", tmp_path / "k")[0] == 0  # nothing was written into a file that took the number of a stream


@pytest.mark.long
@posix
def test_a_disk_that_is_full_is_told_and_costs_no_earlier_run(run, sampled, script, tmp_path):
    out = tmp_path / "k"
    assert run("fit", KURSK, "--out", out, "--quiet")[0] == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    full = script("import resource, signal", "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))")
    done = ran([*full, "fit", str(KURSK), "--out", str(out)])
    assert done.returncode == 1  # not -11
    assert done.stderr.splitlines()[-1].startswith("truetoll: File too large")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert list(tmp_path.iterdir()) == [out]


@posix
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)])
def test_who_is_asked_to_end_clears_up(script, tmp_path, number, code):
    # In the background, or under nohup, these are ignored from the start.
    heard = "signal.signal(signal.SIGINT, signal.default_int_handler)\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)"
    before = f"import signal\n{heard}\nimport time"
    words = [*script(before, "time.sleep(60)"), "fit", str(KURSK), "--out", str(tmp_path / "k")]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr:
            if line.startswith("Sampling"):
                break
        time.sleep(0.2)
        assert [path.name.startswith(PREFIX) for path in tmp_path.iterdir()] == [True]
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert err.splitlines()[-1] == "Interrupted; earlier results are as they were."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
@posix
def test_who_is_told_to_ignore_a_hangup_goes_on(script, tmp_path):
    before = "import os, signal\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)"
    words = [*script(before, "os.kill(os.getpid(), signal.SIGHUP)"), "fit", str(KURSK), "--out", str(tmp_path / "k")]
    assert ran(words).returncode == 0


@posix
def test_caches_that_cannot_be_written_are_kept_elsewhere(tmp_path, monkeypatch):
    for name in ("PYTENSOR_FLAGS", "NUMBA_CACHE_DIR", "MPLCONFIGDIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert caches.writable_caches() is None
    monkeypatch.setenv("PYTENSOR_FLAGS", "floatX=float64")
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/proc/nowhere")
    monkeypatch.setenv("MPLCONFIGDIR", "/proc/nowhere")
    monkeypatch.setenv("HOME", "/proc/nowhere")
    place = caches.writable_caches()
    assert os.environ["PYTENSOR_FLAGS"] == f"floatX=float64,base_compiledir={place}/pytensor"
    assert os.environ["NUMBA_CACHE_DIR"] == f"{place}/numba"
    assert os.environ["MPLCONFIGDIR"] == f"{place}/matplotlib"
    assert caches.writable_caches() is None  # they can now


@posix
def test_a_home_that_cannot_be_written_is_told_once(tmp_path):
    code = "from truetoll.cli import main; raise SystemExit(main())"
    env = os.environ | {"HOME": "/proc/nowhere", "TMPDIR": str(tmp_path)}
    words = [sys.executable, "-c", code, "report", str(tmp_path)]
    done = ran(words, env=env)
    assert done.returncode == 2 and "no saved run" in done.stderr
    assert done.stderr.count("caches cannot be written") == 1


# width ----------------------------------------------------------------------------------------------------------------


def test_columns_are_those_asked_for_or_enough(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert console.width() == console.WIDTH
    for stated, width in (("60", 60), ("0", console.WIDTH), ("many", console.WIDTH), ("200", 200)):
        monkeypatch.setenv("COLUMNS", stated)
        assert console.width() == width


@pytest.mark.parametrize("columns", [None, "40", "80", "200"])
def test_wide_numbers_are_never_cut(run, sampled, fitted, tmp_path, monkeypatch, columns):
    from truetoll.render.words import ENGLISH
    from truetoll.studies.fit.read import summarise

    grown = fitted.copy(deep=True)
    for group in ("prior", "posterior"):
        grown[group] = grown[group].assign(amount=grown[group]["amount"] * 1e5)
    monkeypatch.setattr("truetoll.studies.fit.ask.fit", lambda *_, **__: grown)
    monkeypatch.setenv("COLUMNS", columns) if columns else monkeypatch.delenv("COLUMNS", raising=False)
    code, out, _ = run("fit", KURSK, "--out", tmp_path / "k")
    assert code == 0
    words = set(out.split())
    for q in summarise(grown).quantities:
        assert set(f"{ENGLISH.whole_span(q.prior)} {ENGLISH.whole_span(q.interval)}".split()) <= words
    assert run("show", tmp_path / "k")[1] == out
