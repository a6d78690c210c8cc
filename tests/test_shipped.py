"""What is shipped is found by its name from any folder: in a checkout, and (CI runs this file so) from the wheel."""

import json
from pathlib import Path

import pytest

import truetoll as tt
from truetoll.claims.reading.shipped import located, shipped
from truetoll.claims.reliability import estimated_from
from truetoll.cli.options import parse
from truetoll.errors import CaseError

DATA = Path(__file__).parents[1] / "data"
NAMES = ["gaza-2024", "kursk-article", "kursk-dossier", "war-article"]


@pytest.fixture(autouse=True)
def empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_of_data_is_shipped_and_so_are_types():
    assert contents(shipped()) == contents(DATA)
    assert (Path(tt.__file__).parent / "py.typed").is_file()


@pytest.mark.parametrize("given", ["kursk-article", "data/kursk-article", "kursk-article/case.toml"])
def test_a_name_is_read_where_there_is_no_such_path(given):
    assert tt.read_case(given).digest == tt.read_case(DATA / "kursk-article").digest


def test_a_path_that_exists_wins(empty, small_case):
    small_case("kursk-article")
    assert tt.read_case("kursk-article").title == "A small case"
    assert located("kursk-article") == Path("kursk-article")
    (empty / "war-article").symlink_to("nowhere")
    assert located("war-article") == Path("war-article")


@pytest.mark.parametrize("given", ["data", ".", "../data", "kursk-article/../..", "/kursk-article", "data/nowhere"])
def test_nothing_else_is_found_by_a_name(given):
    assert located(given) == Path(given)


def test_a_name_that_is_misspelt():
    with pytest.raises(CaseError, match="there is no such case folder; did you mean 'kursk-article'"):
        tt.read_case("kursk-artcle")


def test_the_benchmark_is_the_one_the_table_rests_on():
    assert tt.read_benchmark("hindcast").digest == tt.read_benchmark(parse(["hindcast"]).case).digest
    assert tt.read_benchmark("hindcast").digest == estimated_from()


def test_cases_of_an_empty_folder_are_those_that_are_shipped(run):
    code, out, err = run("cases")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["case", *NAMES]
    assert f"Shipped with truetoll, in {shipped()}." in err
    found = json.loads(run("cases", "--json")[1])
    assert (found["folder"], found["shipped"]) == (None, shipped().as_posix())
    assert [(c["path"], c["shipped"], c["ok"]) for c in found["cases"]] == [(name, True, True) for name in NAMES]


def test_cases_of_ones_own_stand_before_them(run, empty, small_case):
    (empty / "cases").mkdir()
    small_case("cases/war-article")
    small_case("war-article")  # what that name means here
    paths = [case["path"] for case in json.loads(run("cases", "--json")[1])["cases"]]
    assert paths == ["cases/war-article", *NAMES[:3], (shipped() / "war-article").as_posix()]


def test_cases_of_a_checkout_are_listed_once(run, empty):
    (empty / "data").symlink_to(shipped(), target_is_directory=True)
    found = json.loads(run("cases", "--json")[1])["cases"]
    assert [(case["path"], case["shipped"]) for case in found] == [(f"data/{name}", True) for name in NAMES]


def test_a_command_says_in_one_line_which_case_it_took(run):
    code, _, err = run("validate", "kursk-article")
    first = f"No kursk-article here: this is the one shipped with truetoll, {shipped() / 'kursk-article'}"
    assert (code, err.splitlines()[0]) == (0, first)
    assert run("validate", "kursk-article", "--quiet")[1:] == ("", "")
    assert "shipped" not in run("validate", DATA / "kursk-article")[2]


def test_settle_makes_a_copy_to_work_on(run, empty):
    assert run("settle", "kursk-article", "--out", "mine")[0] == 0
    assert contents(empty / "mine") == contents(shipped() / "kursk-article")


def test_a_new_case_may_have_the_name_of_a_shipped_one(run, empty):
    figure = "ministry; own_side; killed; about 60; 2024-06-01"
    force = ("--force", "North", "--since", "2024-05-01", "--as-of", "2024-06-01", "--losses", "10-1000")
    force += ("--victims", "military", "--outcomes", "killed")
    code, _, err = run("new", "kursk-article", *force, "--figure", figure, "--title", "x")
    assert code == 0, err
    assert "shipped" not in err
    assert tt.read_case("kursk-article").title == "x"


def test_nothing_is_written_to_where_they_lie(run):
    code, _, err = run("sum-incidents", "kursk-article", "--out", shipped() / "kursk-article")
    assert code == 2
    assert "kursk-article" in err
    assert contents(shipped()) == contents(DATA)
