"""What anybody wrote reaches a terminal as text: no command shows a control, whatever is in a case, run or path."""

import json
import os
import re
from pathlib import Path

import pytest

from truetoll.cli import codes
from truetoll.cli.console import Console, _rich, columns
from truetoll.errors import Problem
from truetoll.text.messages import message

EVIL = "\x1b]0;owned\x07\x1b[31m\x9b2J\x85\u202e\u2066\u200b\u2028\x7f\x08"
TOML_EVIL = "".join(f"\\u{ord(c):04x}" for c in EVIL)
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b\ud800-\udfff]")
POSIX = pytest.mark.skipif(os.name != "posix", reason="names of files are bytes only there")


def harmless(*texts):
    assert [RAW.search(text) for text in texts] == [None] * len(texts), texts


@pytest.fixture
def evil(small_case, small_text):
    case = small_text[0].replace("A small case", f"A {TOML_EVIL} case")
    case = case.replace("[sources.ministry]\n", f'[sources.ministry]\nname = "M {TOML_EVIL}"\n')
    case = case.replace("[forces.north]\n", f'[forces.north]\nname = "N {TOML_EVIL}"\n')
    claims = small_text[1].replace(",3,,,", f',3,"q {EVIL}",,"n {EVIL}"'.replace("\x1b", "\x1b"))
    scenarios = f'[s]\ntitle = "T {TOML_EVIL}"\nwhy = "W {TOML_EVIL}"\n[s.sources.ministry]\ngrade = "A"\n'
    return small_case(case=case, claims=claims, scenarios=scenarios)


@pytest.mark.parametrize("argv", [("validate",), ("validate", "--json"), ("scenarios",), ("scenarios", "--json")])
def test_a_case_is_shown_without_its_controls(run, evil, argv):
    code, out, err = run(*argv, evil)
    assert code == codes.OK and (out or "--quiet" in argv)
    harmless(out, err)
    if "--json" in argv:
        assert json.loads(out)


BROKEN = [
    ("[case]\n", f'[case]\n"k{TOML_EVIL}" = 1\n'),
    ('grade = "C"', f'grade = "{TOML_EVIL}"'),
    ("[case]\n", f"[case]\nlexicon = '{TOML_EVIL}'\n"),
    ("[case]\n", f'[case]\nlexicon = "{TOML_EVIL}"\n'),
]


@pytest.mark.parametrize("change", BROKEN, ids=range(len(BROKEN)))
def test_problems_are_shown_without_controls(run, small_case, small_text, change):
    folder = small_case(case=small_text[0].replace(*change))
    for extra in ([], ["--json"]):
        code, out, err = run("validate", folder, *extra)
        assert code == codes.WRONG
        harmless(out, err)


@pytest.mark.parametrize("column", ["id", "source", "losses", "figure", "reported", "origin", "credibility"])
def test_problems_of_claims_are_shown_without_controls(run, small_case, small_text, column):
    head, _, *rest = small_text[1].splitlines()
    cells = dict(zip(head.split(","), ["a", "ministry", "2024-07-02", "north.killed", "300", *[""] * 8], strict=True))
    text = "\n".join([head, ",".join((cells | {column: f"x{EVIL}x".replace("\u2028", "")}).values()), *rest])
    for extra in ([], ["--json"]):
        code, out, err = run("validate", small_case(f"c{column}{len(extra)}", claims=text), *extra)
        assert code in (codes.WRONG, codes.OK)
        harmless(out, err)


def test_a_problem_is_one_line_whatever_its_key(capsys):
    Console().problems("x\ny", [Problem("a\nb", message("wrong_claim.empty", column="c\nd"), "e\nf")])
    said = capsys.readouterr().err
    assert said.count("\n") == 2 and r"a\x0ab: c\x0ad" in said


def test_what_is_typed_wrong_is_shown_and_not_obeyed(run):
    for argv in ([EVIL], ["fit", f"--{EVIL}"], ["fit", "x", "--draws", EVIL], ["show", EVIL], ["cases", EVIL]):
        code, out, err = run(*(word.replace("\x00", "") for word in argv))
        assert code == codes.WRONG
        harmless(out, err)


@pytest.mark.long
def test_saved_runs_are_shown_without_controls(run, tmp_path):
    import saved

    for kind, make in {"posterior": saved.fit, "comparison": saved.comparison}.items():
        tree = make()
        held = json.loads(tree.attrs["understood"])
        held["notices"] = [{"code": "notice.twin", "values": {"id": EVIL, "twin": EVIL}, "file": EVIL, "line": 3}]
        held["file"]["case"]["title"] = EVIL
        for each in (*held["file"]["forces"].values(), *held["file"]["sources"].values()):
            each["name"] = EVIL
        held["claims"] = [c | {"text": EVIL, "quote": EVIL, "note": EVIL} for c in held["claims"]]
        for each in (tree, *([tree["fit"]] if kind == "comparison" else [])):
            each.attrs = each.attrs | {"understood": json.dumps(held), "case": EVIL.replace("\x00", "")}
        folder = saved.save(tree, tmp_path / kind, kind)
        for extra in ([], ["--json"]):
            code, out, err = run("show", folder, *extra)
            assert code == codes.OK, err
            harmless(out, err)
        for form in ("md", "tex", "csv", "html"):
            code, out, err = run("report", folder, "--format", form, "--lang", "en")
            assert code == codes.OK, err
            harmless(out, err)
        for path in folder.glob("report*.*"):
            text = path.read_text(encoding="utf-8-sig")
            cut = re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)
            harmless(cut)
            data = re.search(r'<script[^>]*type="application/json".*?</script>', text, flags=re.DOTALL)
            assert data is None or r"\u202e" not in data.group().replace(r"\\u202e", "")


def test_tables_of_rich_keep_their_colours_and_lose_those_of_others():
    from rich.table import Table
    from rich.text import Text

    table = Table("head")
    table.add_row(Text(f"x{EVIL}", style="red"))
    rich = _rich(force_terminal=True, color_system="standard", width=200)
    with rich.capture() as capture:
        rich.print(table)
    drawn = capture.get()
    assert "\x1b[31mx" in drawn and r"\x1b]0;owned" in drawn
    harmless(re.sub(r"\x1b\[[\d;]*m", "", drawn))


def test_progress_shows_names_as_text(monkeypatch, capsys):
    with Console().progress() as advance:
        advance(1, 2, f"s{EVIL} [bold]")
    harmless(capsys.readouterr().err)


def test_columns_line_up_and_stay_lines():
    assert columns([("a\x1b", "b"), ("c\n", "d")]) == "a\\x1b  b\nc\\x0a  d\n"


@POSIX
def test_cases_lists_the_others_whatever_one_is(run, small_case, tmp_path, small_text):
    small_case("sound")
    small_case("deep", case="x = " + "[" * 5000)
    evil = small_case(f"e{EVIL}".replace("\x00", ""))
    latin = tmp_path / os.fsdecode(b"latin\xff")
    latin.mkdir()
    for name, text in (("case.toml", small_text[0]), ("claims.csv", small_text[1])):
        (latin / name).write_text(text, encoding="utf-8")
    for name in ("pipe", "device", "folder"):
        (tmp_path / name).mkdir()
    os.mkfifo(tmp_path / "pipe" / "case.toml")
    (tmp_path / "device" / "case.toml").symlink_to("/dev/zero")
    (tmp_path / "folder" / "case.toml").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    code, out, err = run("cases", tmp_path)
    assert code == codes.OK and evil.exists()
    harmless(out, err)
    rows = {line.split()[0].rpartition("/")[2]: line for line in out.splitlines()[1:]}
    assert " ok " in rows["sound"] and r"latin\udcff" in rows and " ok " in rows[r"latin\udcff"]
    assert all("problem" in rows[name] for name in ("deep", "pipe", "device", "folder"))
    assert len(rows) == 7
    code, out, _ = run("cases", tmp_path, "--json")
    harmless(out)
    assert code == codes.OK and len(json.loads(out)["cases"]) == 7


def test_cases_goes_on_after_an_error_nobody_thought_of(run, small_case, tmp_path, monkeypatch):
    small_case("a")
    small_case("b")
    from truetoll.claims import reading

    whole = reading.read_case

    def read(folder, *rest):
        if Path(folder).name == "a":
            raise RecursionError("deep")
        return whole(folder, *rest)

    monkeypatch.setattr(reading, "read_case", read)
    code, out, _ = run("cases", tmp_path)
    assert code == codes.OK
    assert "1 problem" in out.splitlines()[1] and " ok " in out.splitlines()[2]


def test_more_problems_than_are_told_are_counted(run, small_case, small_text):
    folder = small_case(case=small_text[0] + "".join(f"k{i} = 1\n" for i in range(1_500)))
    code, _, err = run("validate", folder)
    assert code == codes.WRONG
    assert err.splitlines()[-2:] == ["... (500 more, not told)", f"{folder}: 1,500 problems"]
    found = json.loads(run("validate", folder, "--json")[1])
    assert (len(found["problems"]), found["more_problems"]) == (1_000, 500)
