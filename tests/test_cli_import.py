"""``import``: what it writes, prints and refuses, and that nothing is ever half-written."""

import json
import subprocess
import sys

import pytest

from truetoll.claims.reading import read_case

RADFORD = """days,loss_count,loss_type,claim_source,time_frame,loss_country,minimum,maximum,category
3,3500,Military Deaths-Russia,UA Source,Cumulative,Russia,0,0,Military Deaths
7,498,Military Deaths-Russia,RU Source,Cumulative,Russia,0,0,Military Deaths
7,498,Military Deaths-Russia,RU Source,Cumulative,Russia,0,0,Military Deaths
9,80,Tanks-Russia,OSI,Cumulative,Russia,1,0,Tanks
"""
BAD = "10,some,Tanks-Russia,OSI,Cumulative,Russia,0,0,Tanks\n11,5,Tanks-Russia,Oryx,Cumulative,Russia,0,0,Tanks\n"
GED = """id,type_of_violence,conflict_name,side_a,side_b,country,date_start,date_end,\
deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low
1,1,Hill: Government,Government of Hill,Hill Rebels,Hill,2020-01-05,2020-01-05,1,2,3,0,6,8,6
2,1,Vale: Government,Government of Vale,Vale Rebels,Vale,2020-01-05,2020-01-05,1,2,3,0,6,8,6
"""


@pytest.fixture
def radford(tmp_path):
    path = tmp_path / "in" / "claims.csv"
    path.parent.mkdir()
    path.write_text(RADFORD, encoding="utf-8")
    return path


@pytest.fixture
def ged(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(GED, encoding="utf-8")
    return path


def test_a_case_is_written_that_validates(run, radford, tmp_path):
    out = tmp_path / "cases" / "war"
    code, said, err = run("import", "radford", radford, "--out", out)
    assert code == 0
    assert sorted(path.name for path in out.iterdir()) == ["case.toml", "claims.csv"]
    assert [path.name for path in out.parent.iterdir()] == ["war"]
    lines = dict(line.rsplit(maxsplit=1) for line in said.splitlines())
    assert (lines["rows"], lines["claims"], lines["repeats without weight"]) == ("4", "4", "1")
    assert f"truetoll validate {out}" in err
    code, _, err = run("validate", out)
    assert (code, "no problems; 4 claims" in err) == (0, True)


def test_json_is_one_document_of_counts_in_and_out(run, radford, tmp_path):
    code, said, _ = run("import", "radford", radford, "--out", tmp_path / "war", "--bins", "day", "--json")
    found = json.loads(said)
    assert (code, found["ok"], found["format"], found["problems"]) == (0, True, "radford", [])
    assert found["counts"]["rows"] == found["counts"]["claims"] + sum(found["set_aside"].values())
    assert (found["since"], found["as_of"], found["bins"]) == ("2022-02-23", "2022-03-04", 9)
    assert len(read_case(tmp_path / "war").bins) == 10


def test_bad_rows_stop_it_and_leave_nothing(run, radford, tmp_path):
    radford.write_text(RADFORD + BAD, encoding="utf-8")
    out = tmp_path / "new" / "war"
    code, said, err = run("import", "radford", radford, "--out", out)
    assert (code, said) == (2, "")
    assert "claims.csv:6: loss_count must be a whole number" in err
    assert "claims.csv:7: claim_source is not known; read 'Oryx'" in err
    assert "2 problems" in err
    assert not out.parent.exists()


def test_bad_rows_in_json(run, radford, tmp_path):
    radford.write_text(RADFORD + BAD, encoding="utf-8")
    code, said, _ = run("import", "radford", radford, "--out", tmp_path / "war", "--json")
    found = json.loads(said)
    assert (code, found["ok"], [p["where"] for p in found["problems"]]) == (2, False, ["claims.csv:6", "claims.csv:7"])


def test_bad_rows_can_be_let_pass_and_are_listed(run, radford, tmp_path):
    radford.write_text(RADFORD + BAD, encoding="utf-8")
    code, said, err = run("import", "radford", radford, "--out", tmp_path / "war", "--skip-bad", "--json")
    found = json.loads(said)
    assert (code, found["set_aside"], found["counts"]["rows"]) == (0, {"unreadable": 2}, 6)
    assert [problem["where"] for problem in found["problems"]] == ["claims.csv:6", "claims.csv:7"]
    assert "claims.csv:6" in err and "claims.csv:7" in err
    assert len(read_case(tmp_path / "war").claims) == 4


@pytest.mark.parametrize("what", ["case", "file", "link"])
def test_nothing_is_overwritten(run, radford, tmp_path, what):
    out = tmp_path / "war"
    if what == "case":
        out.mkdir()
        (out / "case.toml").write_text("mine", encoding="utf-8")
    elif what == "file":
        out.write_text("mine", encoding="utf-8")
    else:
        out.symlink_to(radford.parent)
    code, said, err = run("import", "radford", radford, "--out", out)
    assert (code, said) == (2, "")
    assert "--out" in err and "\n" not in err.strip()
    kept = out / "case.toml" if what == "case" else out
    assert radford.read_text(encoding="utf-8") == RADFORD
    assert what == "link" or kept.read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "war"]


def test_the_place_is_looked_at_before_the_file(run, tmp_path):
    (tmp_path / "war").write_text("mine", encoding="utf-8")
    code, _, err = run("import", "radford", tmp_path / "none.csv", "--out", tmp_path / "war")
    assert (code, "--out" in err, "none.csv" in err) == (2, True, False)


def test_an_empty_folder_is_taken(run, radford, tmp_path):
    (tmp_path / "war").mkdir()
    assert run("import", "radford", radford, "--out", tmp_path / "war")[0] == 0
    assert (tmp_path / "war" / "claims.csv").exists()


def test_what_was_put_there_meanwhile_is_kept(run, radford, tmp_path, monkeypatch):
    from truetoll.importers import drafts

    out, write = tmp_path / "war", drafts.write_case

    def slow(imported, folder):
        out.mkdir()
        (out / "case.toml").write_text("mine", encoding="utf-8")
        return write(imported, folder)

    monkeypatch.setattr(drafts, "write_case", slow)
    code, _, err = run("import", "radford", radford, "--out", out)
    assert code == 1 and f"Written to {out}-2" in err and "is not empty (case.toml)" in err
    assert (out / "case.toml").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "war", "war-2"]


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 130), (OSError(28, "No space left on device"), 1)])
def test_an_interrupted_import_leaves_nothing(run, radford, tmp_path, monkeypatch, stop, code):
    def broken(imported, folder):
        (folder / "case.toml").write_text("half", encoding="utf-8")
        raise stop

    monkeypatch.setattr("truetoll.importers.drafts.write_case", broken)
    found, _, err = run("import", "radford", radford, "--out", tmp_path / "war")
    assert (found, "Traceback" in err) == (code, False)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_events_of_one_country(run, ged, tmp_path):
    out = tmp_path / "hill"
    code, said, _ = run("import", "ucdp-ged", ged, "--country", "Hill", "--out", out, "--json")
    found = json.loads(said)
    assert (code, found["counts"]["events"], found["set_aside"]) == (0, 1, {"in another country": 1})
    assert [claim.text for claim in read_case(out).claims] == ["3-4", "2-3", "1"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("radford", "FILE"), "the following arguments are required: --out"),
        (("acled", "FILE", "--out", "x"), "silverdavi is needed; read 'acled'"),
        (
            ("radford", "FILE", "--out", "x", "--country", "Hill"),
            "--country is an option of ucdp-ged; radford takes --bins, --skip-bad, --only",
        ),
        (("radford", "FILE", "--out", "x", "--as-of", "2022-03-01"), "--as-of is an option of ucdp-ged"),
        (("ucdp-ged", "FILE", "--out", "x", "--since", "yesterday"), "a date is needed"),
        (("radford", "FILE", "--out", "x", "--skip-bat"), "did you mean '--skip-bad'?"),
        (("radford", "nothing.csv", "--out", "x"), "nothing.csv: the file does not exist"),
    ],
)
def test_wrong_commands(run, radford, tmp_path, monkeypatch, words, expected):
    monkeypatch.chdir(tmp_path)
    code, said, err = run("import", *(radford if word == "FILE" else word for word in words))
    assert (code, said) == (2, "")
    assert expected in err
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_help_shows_an_example(run):
    code, said, _ = run("import", "--help")
    assert code == 0
    assert "$ truetoll import radford" in said and "$ truetoll import ucdp-ged" in said


def test_the_conflicts_of_a_crowded_country_are_listed(run, ged, tmp_path):
    rows = GED.splitlines()
    crowd = [rows[1].replace("1,1,", f"{n},1,", 1).replace("Hill Rebels", f"Band {n}") for n in range(1, 25)]
    ged.write_text("\n".join([rows[0], *crowd, rows[2].replace("2,1,", "99,1,", 1).replace(",Vale,", ",Hill,")]))
    code, said, err = run("import", "ucdp-ged", ged, "--country", "Hill", "--out", tmp_path / "hill")
    assert (code, said) == (2, "")
    assert err.splitlines()[0].split() == ["--conflict", "rows", "dead", "name"]
    listed = [line.split(maxsplit=2) for line in err.splitlines()[1:3]]
    assert listed == [["24", "144", "Hill: Government"], ["1", "6", "Vale: Government"]]
    assert "truetoll import ucdp-ged events.csv --country 'Hill' --conflict 'Hill: Government' --out CASE" in err
    chosen = ("--country", "Hill", "--conflict", "Vale: Government", "--conflict", "none")
    assert run("import", "ucdp-ged", ged, *chosen, "--out", tmp_path / "vale")[0] == 0
    code, said, _ = run("import", "ucdp-ged", ged, "--join-rest", "--out", tmp_path / "all", "--json")
    assert (code, json.loads(said)["counts"]["parties"]) == (0, 20)


def test_what_was_done_to_rows_is_printed(run, ged, tmp_path):
    ged.write_text(GED.replace("6,8,6\n2", "6,5,7\n2") + ",,#tag,,,,,,,,,,,,\n", encoding="utf-8")
    code, said, err = run("import", "ucdp-ged", ged, "--out", tmp_path / "hill")
    assert code == 0
    assert "set aside: a row of hashtags (HXL)" in said
    assert "corrected: low, best and high put in order" in said
    assert "1 row: low, best and high put in order" in err


@pytest.mark.long
def test_equipment_alone_is_asked_without_persons(run, radford, tmp_path):
    out = tmp_path / "war"
    code, said, _ = run("import", "radford", radford, "--only", "equipment", "--out", out, "--json")
    assert (code, json.loads(said)["set_aside"]) == (0, {"on other losses than asked for": 3})
    case = read_case(out)
    assert case.forces["russia_materiel"].quantities == ("tanks",)
    code, _, err = run("import", "radford", radford, "--only", "russia_materiel.tank", "--out", tmp_path / "other")
    assert (code, "did you mean 'russia_materiel.tanks'?" in err) == (2, True)
    words = ("--chains", 2, "--cores", 2, "--report", "--json")
    code, said, _ = run("fit", out, "--out", tmp_path / "run", *words)
    assert (code, [q["name"] for q in json.loads(said)["quantities"]]) == (0, ["russia_materiel.tanks"])
    assert {"report.html", "losses.png", "summary.csv"} <= {path.name for path in (tmp_path / "run").iterdir()}
    assert run("show", tmp_path / "run")[0] == 0
    assert run("report", tmp_path / "run", "--lang", "es", "--out", tmp_path / "r.html", "--figures", "svg")[0] == 0
    code, said, _ = run("compare", out, "--out", tmp_path / "cmp", "--one-at-a-time", "--json")
    assert code == 0 and "russia_materiel.tanks" in said


def test_nothing_heavy_is_loaded(radford, tmp_path):
    words = ["import", "radford", str(radford), "--out", str(tmp_path / "war")]
    code = f"import sys\nfrom truetoll.cli import main\nassert main({words!r}) == 0\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"numpy", "pandas", "pymc", "arviz", "scipy", "xarray", "matplotlib"}


def test_an_imported_case_can_be_fitted(run, radford, tmp_path):
    out = tmp_path / "war"
    assert run("import", "radford", radford, "--out", out, "--quiet")[0] == 0
    code, said, _ = run("fit", out, "--out", tmp_path / "run", "--chains", 2, "--cores", 2, "--json")
    names = {quantity["name"] for quantity in json.loads(said)["quantities"]}
    assert code == 0
    assert names == {"russia.killed", "russia.wounded", "russia.casualties", "russia_materiel.tanks"}
