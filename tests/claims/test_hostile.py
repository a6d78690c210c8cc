"""Input meant to do harm, or grown beyond all sense: a plain problem with its place, soon."""

import os
import pickle
import threading
import time
from pathlib import Path

import pytest

from truetoll.benchmark import read_benchmark
from truetoll.claims.reading import files as reading_files
from truetoll.claims.reading import read_case
from truetoll.claims.reading import table as reading_table
from truetoll.claims.scenario import overrides
from truetoll.claims.toml import DEEPEST, MOST_ENTRIES, MOST_KEYS, KeyLines, parse_toml
from truetoll.errors import TOLD, CaseError, Problem, Problems, closest
from truetoll.text.messages import message

HEAD = "id,source,reported,losses,figure,since,as_of,origin,bulletin,credibility,quote,url,note\n"
SECONDS = 20.0
"""Of the processor; each takes far less, and took minutes or for ever."""


@pytest.fixture
def told(small_case, small_text):
    """told(case=..., claims=..., scenarios=..., other={name: text}) -> the error, in bounded time."""

    made = []

    def call(case=None, claims=None, scenarios=None, other=()):
        made.append(f"case{len(made)}")
        folder = small_case(made[-1], case or small_text[0], claims or small_text[1], scenarios)
        for name, text in dict(other).items():
            (folder / name).write_text(text, encoding="utf-8")
        began = time.process_time()
        with pytest.raises(CaseError) as caught:
            read_case(folder)
        assert time.process_time() - began < SECONDS
        return caught.value

    return call


DEEP = {
    "lists": "x = " + "[" * 5000,
    "closed lists": "x = " + "[" * 900 + "]" * 900,
    "tables": "x = " + "{a=" * 900 + "1" + "}" * 900,
    "dotted": ".".join("a" * 200_000) + " = 1",
    "a header": "[" + ".".join("a" * 400) + "]\nx = 1",
    "both": "[x." + ".".join("a" * 12) + "]\n" + ".".join("a" * 12) + " = 1",
    "assumptions": "[assumptions." + ".".join("a" * 400) + "]\nx = 1",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_deep_toml_is_told_with_its_line(told, small_text, text):
    (problem,) = told(case=f"{small_text[0]}\n{text}\n").problems
    assert problem.where.startswith("case.toml:")
    assert f"is nested too deeply; allowed: {DEEPEST}" in str(problem.what)


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_a_deep_lexicon_is_told_likewise(told, small_text, text):
    case = small_text[0].replace("[case]\n", '[case]\nlexicon = "words.toml"\n')
    (problem,) = told(case=case, other={"words.toml": text}).problems
    assert problem.where.startswith("words.toml:") and "nested too deeply" in str(problem.what)


LONG = {
    "spaces": "[" + " " * 40_000,
    "brackets": "[" * 40_000,
    "quotes": 'x = "' + '\\"' * 40_000,
    "an open key": "a" + " " * 40_000 + "b",
    "parts": '"a" . ' * 40_000,
}


@pytest.mark.parametrize("line", LONG.values(), ids=LONG)
def test_a_hostile_line_takes_no_longer_than_another(told, small_text, line):
    (problem,) = told(case=f"{small_text[0]}{line}\n").problems
    assert problem.where == "case.toml:17"
    began = time.process_time()
    KeyLines(line * 10).find("x")
    assert time.process_time() - began < 5.0


def test_a_table_of_a_hundred_thousand_keys_is_one_problem(told, small_text):
    keys = "".join(f"k{i} = 1\n" for i in range(100_000))
    (problem,) = told(case=small_text[0] + keys).problems
    assert problem.where.startswith("case.toml:14: sources.monitor")
    assert str(problem.what) == f"has 100,002 keys; allowed: {MOST_KEYS:,}"


def test_a_list_has_an_end(told, small_text):
    case = small_text[0].replace("[case]\n", f"[case]\nactivity = [{'1, ' * (MOST_ENTRIES + 1)}]\n")
    (problem,) = told(case=case).problems
    assert problem.where == "case.toml:2: case.activity"
    assert str(problem.what) == f"has {MOST_ENTRIES + 1:,} entries; allowed: {MOST_ENTRIES:,}"


def test_unknown_keys_are_told_up_to_a_number_and_counted(told, small_text):
    error = told(case=small_text[0] + "".join(f"k{i} = 1\n" for i in range(4_000)))
    assert (len(error.problems), error.more) == (TOLD, 4_000 - TOLD)
    assert str(error).endswith(f"... ({4_000 - TOLD:,} more problems)")


def test_ids_that_stand_twice_and_rows_that_are_bad_are_counted(told):
    rows = 10_000
    error = told(claims=HEAD + "a,ministry,2024-06-02,north.killed,300,,,,,,,,\n" * rows)
    assert len(error.problems) + error.more == rows - 1
    error = told(claims=HEAD + "".join(f"a{i},nobody,2024,north.kiled,many,,,,,,,,\n" for i in range(rows)))
    assert len(error.problems) + error.more == 4 * rows
    assert error.problems[0].nearest is None and "claims.csv:2" in error.problems[0].where


def test_rows_have_an_end(told, monkeypatch):
    monkeypatch.setattr(reading_table, "MOST_ROWS", 10)
    error = told(claims=HEAD + "".join(f"a{i},ministry,2024-06-02,north.killed,300,,,,,,,,\n" for i in range(50)))
    assert "claims.csv:12: holds more than 10 rows, and no more are read" in map(str, error.problems)


def test_long_cells_are_refused_before_they_are_taken_apart(told):
    row = "a,ministry,2024-06-02,{},{},,,,,,,,\nb,monitor,2024-06-02,north.killed,300,,,,,,,,\n"
    found = told(claims=HEAD + row.format("north.killed+" * 9000, "300")).problems
    assert [str(p.what) for p in found] == ["losses is longer than 2,000 characters"]
    found = told(claims=HEAD + row.format("north.killed", "about " * 20_000)).problems
    assert [str(p.what) for p in found] == ["figure is longer than 300 characters"]


def test_a_letter_under_a_million_accents_is_told(told, small_text):
    (problem,) = told(claims=f"{small_text[1]}c,a" + "\u0301\u0316" * 2_000_000).problems
    assert str(problem) == "claims.csv:4: a letter has more than 30 accents; it is not text"


def test_letters_with_the_accents_of_a_language_are_read(small_case, small_text):
    name = "Việt Nam, क्षत्रिय, e\u0301\u0323\u0304, שָׁלוֹם"
    folder = small_case(case=small_text[0].replace("A small case", name))
    assert read_case(folder).file.case.title.startswith("Việt Nam")


def chain(n):
    def one(i):
        below = f'builds_on = "s{i + 1}"\n' if i < n - 1 else ""
        return f'[s{i}]\ntitle = "t"\nwhy = "w"\n{below}[s{i}.sources.ministry]\ngrade = "{"AB"[i % 2]}"\n'

    return "".join(map(one, range(n)))


def test_scenarios_that_build_on_each_other_without_end_are_told(told):
    (problem,) = told(scenarios=chain(900)).problems
    assert problem.where.startswith("scenarios.toml:")
    assert str(problem.what) == f"more than {overrides.LONGEST_CHAIN} scenarios build on each other"
    (problem,) = told(scenarios=chain(3_000)).problems
    assert str(problem) == "scenarios.toml: holds 3,000 scenarios; allowed: 1,000"


def test_the_longest_chain_is_laid_in_its_order(small_case):
    case = read_case(small_case(scenarios=chain(overrides.LONGEST_CHAIN)), "s0")
    assert case.sources["ministry"].grade == "A"
    assert read_case(case.path, "s1").sources["ministry"].grade == "B"


def test_a_long_circle_is_told_once(told):
    text = chain(200).replace('[s199]\ntitle = "t"', '[s199]\ntitle = "t"\nbuilds_on = "s0"')
    (problem,) = told(scenarios=text).problems
    assert str(problem.what) == "scenarios build on each other in a circle"


def test_scenarios_of_many_claims_have_an_end(told, monkeypatch):
    monkeypatch.setattr(overrides, "MOST_READ", 10)
    (problem,) = told(scenarios=chain(6)).problems
    assert "holds 6 scenarios of a case of 2 claims; allowed: 10 claims in all scenarios together" in str(problem.what)


# what is no file ------------------------------------------------------------------------------------------------------


def within(seconds, call):
    """Call in a thread, so that a wait for ever fails the test and not the machine."""
    done = []
    thread = threading.Thread(target=lambda: done.append(call()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert done, "it waits for ever"
    return done[0]


def problems_of(call):
    try:
        call()
    except CaseError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
@pytest.mark.parametrize("name", ["case.toml", "claims.csv", "scenarios.toml"])
def test_a_pipe_is_refused_and_not_opened(small_case, name):
    folder = small_case()
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    assert f"{name}: is not a file but a pipe" in within(60, lambda: problems_of(lambda: read_case(folder)))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no devices here")
@pytest.mark.parametrize("name", ["case.toml", "claims.csv", "scenarios.toml"])
def test_a_device_is_refused_and_not_opened(small_case, name):
    folder = small_case()
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to("/dev/zero")
    assert f"{name}: is not a file but a device" in within(60, lambda: problems_of(lambda: read_case(folder)))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there are no devices here")
def test_lexicons_benchmarks_and_tables_of_others_are_files_too(small_case, small_text, tmp_path):
    from truetoll.importers.radford import read_radford

    folder = small_case(case=small_text[0].replace("[case]\n", '[case]\nlexicon = "words.toml"\n'))
    (folder / "words.toml").symlink_to("/dev/zero")
    assert within(60, lambda: problems_of(lambda: read_case(folder)))
    for name in ("claims.csv", "truth.csv"):
        (tmp_path / name).symlink_to("/dev/zero")
    found = within(60, lambda: problems_of(lambda: read_benchmark(tmp_path)))
    assert "truth.csv: is not a file but a device" in found
    found = within(60, lambda: problems_of(lambda: read_radford(Path("/dev/zero"), "week", False)))
    assert found == ["zero: is not a file but a device; give the CSV or JSON file itself"]


def test_an_import_has_a_longest_line(tmp_path, monkeypatch):
    from truetoll.importers import sheet

    path = tmp_path / "x.csv"
    monkeypatch.setattr(sheet, "LONGEST_LINE", 1_000)
    path.write_text("a,b\n1,2\n" + "x" * 2_000, encoding="utf-8")
    (told,) = problems_of(lambda: list(sheet.read_lines(path, sheet.Columns(("a",)), sheet.Ledger())))
    assert told == "x.csv:3: the line has more than 1,000 characters; is this a table?"


def test_every_file_has_a_largest_size(small_case, monkeypatch):
    monkeypatch.setattr(reading_files, "LARGEST_TOML", 300)
    monkeypatch.setattr(reading_files, "LARGEST_FILE", 100)
    found = problems_of(lambda: read_case(small_case()))
    assert [each.split(" bytes")[-1] for each in found] == ["; allowed: 300", "; allowed: 100"]
    assert all("the file is too large" in each for each in found)


def test_a_link_to_nothing_is_told(small_case):
    folder = small_case()
    (folder / "scenarios.toml").symlink_to(folder / "nothing")
    assert problems_of(lambda: read_case(folder)) == ["scenarios.toml: the file does not exist"]


BAD = message("wrong_value.missing")


# problems -------------------------------------------------------------------------------------------------------------


def test_problems_are_kept_by_file_each_once():
    found = Problems(Problem(f"a.csv:{i}", BAD) for i in range(TOLD + 5))
    found += [Problem("b.toml", BAD), Problem("b.toml", BAD)]
    assert (len(list(found)), found.more, len(found)) == (TOLD + 1, 5, TOLD + 6)
    more = Problems()
    more += found
    assert (len(list(more)), more.more) == (TOLD + 1, 5)


def test_an_error_travels_between_processes_with_its_problems():
    error = CaseError(Problems(Problem(f"a.csv:{i}", BAD, allowed=("x",), name="y") for i in range(TOLD + 5)))
    again = pickle.loads(pickle.dumps(error))
    assert (again.problems, again.more, str(again)) == (error.problems, 5, str(error))


def test_the_closest_name_is_found_among_very_many_and_not_for_what_is_no_name():
    names = [f"claim_{i}" for i in range(100_000)]
    began = time.process_time()
    assert closest("x" * 10**7, names) is None
    assert closest("claim_77x", names) is not None
    assert time.process_time() - began < 2.0


def test_keys_are_placed_by_line():
    text = (
        'a = 1\n[t]\nb = """\n[no]\nx = 2\n"""\nc = [\n  1,\n  { d = 2 },\n]\n"q.r" = 1\n'
        "[[l]]\ne = 1\n[[l]]\ne = 2 # f = 3\n[l.m]\ng.h = 1\n"
    )
    lines = KeyLines(text)
    found = {
        key: lines.find(key) for key in ("a", "t", "t.b", "t.c", "l.0.e", "l.1.e", "l.1.m.g.h", "t.c.1.d", "no", "t.x")
    }
    expected = {"a": 1, "t": 2, "t.b": 3, "t.c": 7, "l.0.e": 13, "l.1.e": 15, "l.1.m.g.h": 17, "t.c.1.d": 7, "t.x": 2}
    assert found == expected | {"no": None}


def test_sound_toml_is_read_as_it_stands():
    found = []
    text = 'a = "[[[["\nb = """\n{{{{{{{{{{{{{{{{{{{{{{{{{{\n"""\nc = [[1], [2]] # ' + "[" * 50
    assert parse_toml(text, "x.toml", found.append) == {"a": "[[[[", "b": "{" * 26 + "\n", "c": [[1], [2]]}
    assert found == []
