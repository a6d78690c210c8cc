"""``new``: six questions or flags, or a spreadsheet, become a case that validates."""

import pytest

from truetoll.claims.reading import read_case
from truetoll.cli.beginning import _two_numbers

FLAGS = (
    "--title",
    "T",
    "--force",
    "northern brigade",
    "--victims",
    "military",
    "--outcomes",
    "killed,wounded,captured",
)
FLAGS += ("--since", "2024-05-01", "--as-of", "2024-06-01", "--losses", "50-5,000")
FIGURE = ("--figure", "Ministry of Defence; own_side; killed; about 60; 2024-06-01")


def test_flags_alone_make_a_case(run, tmp_path):
    out = tmp_path / "cases" / "brigade"
    code, _, err = run("new", out, *FLAGS, *FIGURE)
    assert code == 0, err
    case = read_case(out)
    force = case.forces["northern_brigade"]
    assert (force.total.low, force.total.high, force.outcomes) == (50, 5000, ("killed", "wounded", "captured"))
    assert [(claim.text, claim.source) for claim in case.claims] == [("about 60", "ministry_of_defence")]
    assert "#" in (out / "case.toml").read_text(encoding="utf-8")


def test_questions_are_asked_until_they_can_be_answered(run, tmp_path, monkeypatch):
    first = ["A case", "Brigade", "soldiers", "military", "killed", "2024-13-01", "2024-05-01", "2024-06-01", "1000"]
    answers = iter([*first, "Ministry; own_side; killed; 60; 2024-06-01", "", ""])
    monkeypatch.setattr("builtins.input", lambda _="": next(answers))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    code, _, err = run("new", tmp_path / "case")
    assert code == 0, err
    assert "write one of: military, civilian, mixed" in err
    assert read_case(tmp_path / "case").forces["brigade"].total.high == 10_000


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--victims", "soldier"), "write one of: military"),
        (("--losses", "5000-50"), "the lower first"),
        (("--since", "2024-07-01"), "must lie after"),
        (("--outcomes", "captured"), "killed or wounded"),
    ],
)
def test_a_wrong_flag_is_told(run, tmp_path, change, said):
    code, _, err = run("new", tmp_path / "case", *FLAGS, *FIGURE, *change)
    assert (code, (tmp_path / "case").exists()) == (2, False)
    assert said in err


@pytest.mark.parametrize(
    ("text", "read"),
    [("50-5,000", (50, 5000)), ("50 to 5.000", (50, 5000)), ("1_000 10 000", (1000, 10_000)), ("200", (20, 2000))],
)
def test_two_numbers_are_read_as_any_language_writes_them(text, read):
    assert _two_numbers(text) == read


def test_nobody_to_ask(run, tmp_path):
    code, _, err = run("new", tmp_path / "case", "--title", "T")
    assert (code, (tmp_path / "case").exists()) == (2, False)
    assert "nobody can be asked here" in err


def test_nothing_is_overwritten(run, tmp_path):
    out = tmp_path / "case"
    out.mkdir()
    (out / "claims.csv").write_text("mine", encoding="utf-8")
    code, *_ = run("new", out, *FLAGS, *FIGURE)
    assert (code, (out / "claims.csv").read_text(encoding="utf-8")) == (2, "mine")


def test_from_a_spreadsheet(run, tmp_path):
    sheet = tmp_path / "figures.csv"
    rows = "".join(f"General Staff;{1000 + n};{n + 13}/05/2024\n" for n in range(5))
    sheet.write_text(f"sep=;\nSource;Figure;As of\n{rows}", encoding="utf-8")
    told = ("--source", "General Staff=adversary")
    code, _, err = run("new", tmp_path / "case", *FLAGS, "--from", sheet, *told)
    assert code == 0, err
    case = read_case(tmp_path / "case")
    assert len(case.claims) == 5
    assert case.sources["general_staff"].relations == {"northern_brigade": "adversary"}
    assert str(case.claims[0].as_of) == "2024-05-13"
