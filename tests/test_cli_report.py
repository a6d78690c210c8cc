"""``report``, ``fit --report`` and ``compare --report``: what they write where, and how they end."""

import json
import sys
from pathlib import Path

import pytest

from truetoll.cli import codes
from truetoll.runs.folder import READS
from truetoll.runs.swap import saving_to

KURSK = Path(__file__).parents[1] / "data" / "kursk-article"


@pytest.fixture
def saved(kursk_fit, tmp_path):
    """saved(**attributes) -> a folder with the session's fit, saved under other attributes."""

    def save(**attributes):
        folder = tmp_path / "k"
        tree = kursk_fit.copy()
        tree.attrs = kursk_fit.attrs | attributes
        with saving_to(folder) as place:
            place.keep(lambda into: tree.to_netcdf(into / "posterior.nc", engine="h5netcdf"))
        return folder

    return save


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_page_lies_beside_the_run_in_the_language_of_the_case(run, saved):
    folder = saved()
    code, out, err = run("report", folder)
    assert (code, out, err) == (codes.OK, f"{folder / 'report.html'}\n", "")
    assert names(folder) == ["manifest.json", "posterior.nc", "report.html"]
    assert '<html lang="es">' in (folder / "report.html").read_text(encoding="utf-8")


def test_language_and_place_can_be_chosen(run, saved, tmp_path):
    out = tmp_path / "new" / "page.html"
    assert run("report", saved() / "posterior.nc", "--lang", "en", "--out", out)[0] == codes.OK
    assert '<html lang="en">' in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["md", "tex"])
def test_tables_for_those_who_write(run, saved, form):
    folder = saved()
    assert run("report", folder, "--format", form, "--lang", "en")[0] == codes.OK
    assert names(folder) == ["manifest.json", "posterior.nc", f"report.{form}"]
    assert "North Korean force in Kursk" in (folder / f"report.{form}").read_text(encoding="utf-8")


@pytest.mark.long
def test_sheets_and_figures_and_a_document_of_what_was_written(run, saved, tmp_path):
    out = tmp_path / "paper" / "kursk.csv"
    code, said, _ = run("report", saved(), "--format", "csv", "--figures", "svg", "--out", out, "--json")
    found = [Path(name) for name in json.loads(said)["files"]]
    assert code == codes.OK and all(path.is_file() for path in found)
    assert {path.suffix for path in found} == {".csv", ".svg"}
    assert out.with_name("kursk-quantities.csv") in found and out.with_name("timeline.svg") in found


@pytest.mark.long
def test_a_run_can_be_made_again_where_its_report_lies(run, saved):
    from truetoll.runs.folder import check_target

    folder = saved()
    for form in ("html", "md", "tex", "csv"):
        run("report", folder, "--format", form)
    check_target(folder)


def test_a_run_that_did_not_converge_says_so_and_ends_so(run, saved):
    folder = saved(converged=0, rhat_max=1.2, ess_min=12.0)
    code, _, err = run("report", folder, "--lang", "en")
    assert code == codes.NOT_CONVERGED
    assert "Not converged" in err
    assert "This is not a result" in (folder / "report.html").read_text(encoding="utf-8")


def test_of_a_comparison_what_did_not_converge_is_named_and_nothing_else(run, tmp_path):
    import saved as made

    tree = made.comparison()
    converged = tree["scenarios"]["converged"].copy()
    converged[-1] = 0
    tree["scenarios"] = tree["scenarios"].assign(converged=converged)
    code, _, err = run("report", made.save(tree, tmp_path / "c", "comparison"), "--format", "md")
    assert code == codes.NOT_CONVERGED
    assert err.count("did not converge") == 1
    assert f"Scenario {converged['scenario'].values[-1]} did not converge" in err


@pytest.mark.parametrize("layout", [2, READS + 1])
def test_a_run_of_another_layout_is_refused_with_what_to_do(run, saved, layout):
    folder = saved(format=layout)
    code, out, err = run("report", folder)
    assert (code, out) == (codes.WRONG, "")
    assert f"in layout {layout}; this one reads layout {READS}: run the fit again" in err
    assert names(folder) == ["manifest.json", "posterior.nc"]


def test_what_is_no_fit_and_no_comparison_is_refused(run, tmp_path):
    import saved as made

    code, _, err = run("report", made.save(made.replay(), tmp_path / "r", "replay"))
    assert code == codes.WRONG
    assert "a report is made of a fit or a comparison; this is a replay" in err


@pytest.mark.long
def test_a_calibration_of_the_same_case_stands_in_the_page(run, saved, kursk_fit, tmp_path):
    import saved as made

    def calibrated(name, **changes):
        folder = tmp_path / name
        folder.mkdir()
        tree = made.calibration()
        tree.attrs |= changes
        tree.to_netcdf(folder / "calibration.nc", engine="h5netcdf")
        return folder

    folder = saved()
    same = calibrated("same", digest=kursk_fit.attrs["digest"])
    assert run("report", folder, "--calibration", same)[0] == codes.OK
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'id="table-calibration"' in page and "como debe ser" in page
    code, _, err = run("report", folder, "--calibration", calibrated("other"))
    assert code == codes.WRONG and "of another case" in err
    code, _, err = run("report", folder, "--calibration", folder)
    assert code == codes.WRONG and "this is a fit" in err


def test_an_empty_folder_and_a_folder_for_a_file(run, saved, tmp_path):
    assert run("report", tmp_path)[0] == codes.WRONG
    code, _, err = run("report", saved(), "--out", tmp_path)
    assert code == codes.WRONG and "--out needs a file" in err


@pytest.mark.long
def test_a_file_of_another_kind_is_left_alone(run, saved, tmp_path):
    folder, other = saved(), tmp_path / "claims.csv"
    other.write_text("id\n", encoding="utf-8")
    code, out, err = run("report", folder, "--out", other)
    assert (code, out) == (codes.WRONG, "") and "it is left alone" in err
    assert other.read_text(encoding="utf-8") == "id\n"
    assert [run("report", folder)[0] for _ in range(2)] == [codes.OK] * 2  # an older page is replaced


def test_a_fit_can_bring_its_report(run, kursk_fit, monkeypatch, tmp_path):
    monkeypatch.setattr("truetoll.studies.fit.ask.fit", lambda *_, **__: kursk_fit)
    monkeypatch.setattr("truetoll.studies.fit.figures.figures_of", lambda *_, **__: [])
    code, _, err = run("fit", KURSK, "--report", "--out", tmp_path / "k")
    assert code == codes.OK
    assert "report.html" in names(tmp_path / "k")
    assert err.splitlines()[-1].endswith(", report.html")
    run("fit", KURSK, "--out", tmp_path / "k")
    assert "report.html" not in names(tmp_path / "k")  # it would be of another run


def test_the_command_line_alone_loads_no_template_engine():
    import subprocess

    code = "import sys\nfrom truetoll.cli.options import parse\nparse(['report', 'runs/kursk'])\n"
    code += "print('loaded', *(n for n in ('jinja2', 'babel', 'pymc', 'xarray') if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded"
