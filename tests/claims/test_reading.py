"""A folder is read as an analyst means it: defaults, windows, origins, repeats, encodings."""

import copy
import json
import pickle
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from saying import said as in_english

from truetoll.claims import wording
from truetoll.claims.reading import case_schema, read_case
from truetoll.claims.reading.expressions import read_losses
from truetoll.claims.reading.files import LARGEST_FILE
from truetoll.claims.reading.table import COLUMNS, read_rows
from truetoll.claims.schema import CaseFile, Form
from truetoll.claims.toml import KeyLines
from truetoll.errors import CaseError, Problem, unknown
from truetoll.text.messages import message

DATA = Path(__file__).parents[2] / "data"

TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01, 2025-01-01]

[forces.north]
victims = "military"
outcomes = ["killed", "wounded", "captured"]
strength = { median = 10_000, low = 5_000, high = 20_000 }
rate = { median = 0.2, low = 0.05, high = 0.6 }
captured_share = { median = 0.02, low = 0.01, high = 0.1 }
counts = { tanks = { median = 30, low = 10, high = 90 } }
sums = { irrecoverable = ["killed", "captured"] }

[forces.south]
victims = "military"
outcomes = ["killed", "wounded"]
total = { median = 3_000, low = 1_000, high = 9_000 }

[sources.ministry]
grade = "C"
relations = { north = "adversary", south = "own_side" }
"""
HEADER = f"{','.join(COLUMNS)}\n"
ROW = "a1,ministry,2024-08-02,north.killed,about 400,2024-01-01,2024-07-31,,,,2,,,\n"


@pytest.fixture
def folder(tmp_path):
    def write(claims=HEADER + ROW, toml=TOML, **others):
        content = {"case.toml": toml, "claims.csv": claims, **others}
        for name, text in content.items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return write


def claims_of(*rows):
    """claims.csv from dictionaries; what is not named stays empty."""
    base = {"source": "ministry", "losses": "north.killed", "figure": "400", "as_of": "2024-07-31"}
    lines = [",".join(f'"{(base | row).get(column, "")}"' for column in COLUMNS) for row in rows]
    return HEADER + "\n".join(lines) + "\n"


def problems(path):
    with pytest.raises(CaseError) as caught:
        read_case(path)
    return [str(problem) for problem in caught.value.problems]


# Cells and their defaults


def test_a_full_row_keeps_every_cell(folder):
    row = 'a1,ministry,2024-08-02,north.killed,"2,700",2024-02-01,2024-07-31,o1,b1,,3,"said ""so""",http://x,why\n'
    claim = read_case(folder(HEADER + row)).claims[0]
    assert (claim.id, claim.line, claim.source, claim.text) == ("a1", 2, "ministry", "2,700")
    assert (claim.reported, claim.since, claim.as_of) == (
        date(2024, 8, 2),
        date(2024, 2, 1),
        date(2024, 7, 31),
    )
    assert (claim.origin, claim.bulletin, claim.credibility) == ("o1", "b1", 3)
    assert (claim.quote, claim.url, claim.note) == ('said "so"', "http://x", "why")
    assert (claim.weight, str(claim.set_aside), claim.h) == (1.0, "", None)


def test_empty_cells_take_the_stated_defaults(folder):
    case = read_case(folder(claims_of({"id": "a1", "as_of": "", "reported": "2024-07-31"})))
    claim = case.claims[0]
    assert (claim.since, claim.as_of) == (case.bins[0], date(2024, 7, 31))
    assert (claim.origin, claim.credibility) == ("a1", 6)


def test_only_four_columns_are_needed_but_a_date_is(folder):
    found = problems(folder("id,source,losses,figure\na1,ministry,north.killed,400\n"))
    assert found == ["claims.csv:2: as_of is empty, and so is reported, which would stand in for it"]


def test_figures_are_read_in_the_language_of_the_case(folder):
    toml = TOML.replace("bins", 'language = "es"\nbins')
    claim = read_case(folder(claims_of({"id": "a1", "figure": "hasta 1,000"}), toml)).claims[0]
    assert (claim.figure.form, claim.figure.value) == (Form.UP_TO, 1000)


def test_a_lexicon_beside_the_case_is_used_instead(folder):
    shipped = (Path(wording.__file__).parent / "lexicon" / "en.toml").read_text(encoding="utf-8")
    own = folder(
        claims_of({"id": "a1", "figure": "circiter 400"}),
        TOML.replace("bins", 'lexicon = "own.toml"\nbins'),
        **{"own.toml": shipped.replace('"about",', '"about", "circiter",', 1)},
    )
    assert read_case(own).claims[0].figure.value == 400


@pytest.mark.parametrize("name", ["../own.toml", "/etc/passwd", "", ".."])
def test_a_lexicon_is_not_fetched_from_elsewhere(folder, name):
    found = problems(folder(toml=TOML.replace("bins", f'lexicon = "{name}"\nbins')))
    assert len(found) == 1
    assert "case.lexicon: must be the name of a file" in found[0] or "no such file" in found[0]


def test_strength_is_asked_for_on_a_day_so_since_does_not_matter(folder):
    rows = claims_of(
        {"id": "a1", "losses": "north.strength", "as_of": "2024-01-01", "figure": "11,000"},
        {"id": "a2"},
    )
    assert read_case(folder(rows)).claims[0].as_of == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"as_of": "2024-01-01"}, "as_of must lie after since"),
        ({"since": "2024-07-31"}, "as_of must lie after since"),
        ({"as_of": "2025-01-02"}, "as_of lies outside the bins"),
        ({"since": "2023-12-31"}, "since lies outside the bins"),
        ({"reported": "2024-07-30"}, "reported lies before as_of"),
    ],
)
def test_windows_that_cannot_be(folder, change, place):
    found = problems(folder(claims_of({"id": "a1"} | change)))
    assert len(found) == 1
    assert place in found[0]


@pytest.mark.parametrize("change", [{"as_of": "2025-01-01"}, {"reported": "2024-07-31"}])
def test_windows_at_the_edge_of_what_can_be(folder, change):
    assert read_case(folder(claims_of({"id": "a1"} | change)))


# What is counted


@pytest.fixture
def forces():
    return CaseFile.model_validate(tomllib.loads(TOML)).forces


def test_readings_get_their_probabilities(forces):
    readings, found = read_losses("north.killed:0.7 | north.casualties + south.killed:0.3", forces, "x")
    assert not found
    assert [(r.probability, str(r)) for r in readings] == [
        (0.7, "north.killed"),
        (0.3, "north.casualties + south.killed"),
    ]


def test_probabilities_within_rounding_are_scaled_to_one(forces):
    readings, _ = read_losses("north.killed:0.333|north.wounded:0.333|south.killed:0.3335", forces, "x")
    assert sum(r.probability for r in readings) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    "text", ["north.tanks", "north.irrecoverable + north.wounded", "north.strength", "north.killed:1"]
)
def test_what_can_be_counted(forces, text):
    assert not read_losses(text, forces, "x")[1]


@pytest.mark.parametrize(
    "text",
    [
        "north.killed + north.irrecoverable",
        "north.killed + north.killed",
        "north.strength + north.strength",
        "north.killed + north.tanks",
        "north.tanks + north.strength",
        "south.strength",
        "south.captured",
        "north.killed:0.5 | north.tanks:0.5",
        "north.killed:0.5 | north.wounded:0.4",
        "north.killed:0.5 | north.wounded",
        "north.killed:nan | north.wounded:0.5",
        "north.killed:-1 | north.wounded:2",
        "north.killed |",
        "+ north.killed",
        "north . killed",
        "north.killed.wounded",
        "NORTH.killed",
        "|",
        ":",
    ],
)
def test_what_cannot_be_counted(forces, text):
    readings, found = read_losses(text, forces, "claims.csv:2")
    assert found
    assert not readings
    assert all(problem.where == "claims.csv:2" for problem in found)


# Origins and repeats


def weights(case):
    return {claim.id: claim.weight for claim in case.claims}


def test_a_claim_named_as_origin_belongs_to_the_same_origin(folder):
    rows = [{"id": "a1"}, {"id": "a2", "origin": "a1", "losses": "north.wounded"}]
    assert [c.origin for c in read_case(folder(claims_of(*rows))).claims] == ["a1", "a1"]


def test_origins_are_followed_to_the_last(folder):
    rows = [
        {"id": "a1", "origin": "briefing"},
        {"id": "a2", "origin": "a1", "losses": "north.wounded"},
        {"id": "a3", "origin": "a2", "losses": "north.captured"},
    ]
    assert {c.origin for c in read_case(folder(claims_of(*rows))).claims} == {"briefing"}


def test_origins_that_go_round_in_a_circle_are_one(folder):
    rows = [{"id": "b", "origin": "a"}, {"id": "a", "origin": "b", "losses": "north.wounded"}]
    assert {c.origin for c in read_case(folder(claims_of(*rows))).claims} == {
        "b"
    }  # the first line of two that say the same


def test_a_repeat_in_any_wording_is_set_aside_and_said(folder):
    rows = [
        {"id": "a1", "origin": "o", "reported": "2024-08-02"},
        {"id": "a2", "origin": "o", "figure": "up to 400", "reported": "2024-08-01"},
    ]
    case = read_case(folder(claims_of(*rows)))
    assert weights(case) == {"a1": 0, "a2": 1}
    assert str(case.claims[0].set_aside) == "repeats a2"
    assert in_english(case.notices)[0].startswith("claims.csv:2: a1 repeats a2 ('400' for 'up to 400')")


def test_the_claim_an_origin_is_named_after_stays_even_if_reported_later(folder):
    rows = [{"id": "a1", "reported": "2024-09-01"}, {"id": "a2", "origin": "a1", "reported": "2024-08-01"}]
    assert weights(read_case(folder(claims_of(*rows)))) == {"a1": 1, "a2": 0}


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "p"},
        {"losses": "north.wounded"},
        {"as_of": "2024-08-01"},
        {"since": "2024-02-01"},
        {"figure": "list of 400 names"},
    ],
)
def test_what_is_no_repeat_keeps_its_weight(folder, change):
    if "figure" in change:  # a floor, in whatever words the lexicon has for it
        change = {"figure": floor_wording()}
    rows = [{"id": "a1", "origin": "o"}, {"id": "a2", "origin": "o"} | change]
    assert weights(read_case(folder(claims_of(*rows)))) == {"a1": 1, "a2": 1}


def floor_wording():
    lexicon = tomllib.loads((Path(wording.__file__).parent / "lexicon" / "en.toml").read_text(encoding="utf-8"))
    floor = next(hedge for hedge in lexicon["hedges"].values() if hedge["form"] == "floor")
    return f"{floor['before'][0]} 400" if floor.get("before") else f"400 {floor['after'][0]}"


def test_the_windows_of_strength_claims_do_not_keep_repeats_apart(folder):
    same = {"losses": "north.strength", "origin": "o", "figure": "11,000"}
    rows = [{"id": "a1", **same}, {"id": "a2", "since": "2024-02-01", **same}]
    assert weights(read_case(folder(claims_of(*rows)))) == {"a1": 1, "a2": 0}


def test_which_claim_stays_does_not_depend_on_the_order_of_the_file(folder):
    rows = [{"id": i, "origin": "o", "reported": f"2024-09-0{n}"} for n, i in enumerate(("c", "a", "b"), 1)]
    first = weights(read_case(folder(claims_of(*rows))))
    assert first == weights(read_case(folder(claims_of(*rows[::-1])))) == {"c": 1, "a": 0, "b": 0}


def test_figures_of_a_bulletin_are_one_origin_and_this_is_said(folder):
    rows = [{"id": "a1", "bulletin": "daily"}, {"id": "a2", "bulletin": "daily", "as_of": "2024-08-01"}]
    case = read_case(folder(claims_of(*rows)))
    assert [c.origin for c in case.claims] == ["daily", "daily"]
    assert any("bulletin 'daily'" in notice for notice in in_english(case.notices))


def test_two_sources_in_one_bulletin_are_told_of(folder):
    """They are taken to share the tally's lasting error, which whoever wrote the case may not have meant."""
    rows = [{"id": "a1", "bulletin": "daily"}, {"id": "a2", "bulletin": "daily", "as_of": "2024-08-01"}]
    other = TOML + TOML[TOML.index("[sources.ministry]") :].replace("ministry", "press")
    mixed = read_case(folder(claims_of(*rows, {"id": "b1", "bulletin": "daily", "source": "press"}), toml=other))
    told = "its 2 sources (ministry, press) are taken to share an error"
    assert any(told in notice for notice in in_english(mixed.notices))
    assert not any("are taken to share" in notice for notice in in_english(read_case(folder(claims_of(*rows))).notices))


@pytest.mark.parametrize(("figures", "told"), [((900, 1_300, 500), True), ((900, 1_300, 1_250), False)])
def test_a_tally_that_falls_is_told_of(folder, figures, told):
    """Its noise is small: estimates that contradict each other are no running tally."""
    days = ("2024-07-01", "2024-08-01", "2024-09-01")
    rows = [
        {"id": f"a{i}", "bulletin": "daily", "as_of": day, "figure": str(figure)}
        for i, (day, figure) in enumerate(zip(days, figures, strict=True))
    ]
    said = "1 of the 2 steps of ministry on north.killed fall by more than a tenth"
    assert any(said in notice for notice in in_english(read_case(folder(claims_of(*rows))).notices)) is told


# Notices


def notices(path):
    return [n for n in in_english(read_case(path).notices) if "also the figure" in n]


@pytest.mark.parametrize(
    ("losses", "figure", "key"),
    [
        ("north.strength", "10,000", "forces.north.strength: 10000"),
        ("north.strength", "at least 5,000", "forces.north.strength: 5000"),
        ("north.casualties", "5-30%", "forces.north.rate: 0.05"),
        ("south.casualties", "9,000", "forces.south.total: 9000"),
        ("north.tanks", "30", "forces.north.counts.tanks: 30"),
    ],
)
def test_a_prior_equal_to_a_figure_is_noticed(folder, losses, figure, key):
    found = notices(folder(claims_of({"id": "a1", "losses": losses, "figure": figure})))
    assert len(found) == 1
    assert key in found[0]


@pytest.mark.parametrize(("losses", "figure"), [("north.killed", "10,000"), ("north.strength", "10,500")])
def test_a_prior_unlike_every_figure_is_not(folder, losses, figure):
    assert not notices(folder(claims_of({"id": "a1", "losses": losses, "figure": figure})))


def test_a_force_nobody_speaks_of_is_noticed(folder):
    assert any("forces.south: no claim speaks of it" in n for n in in_english(read_case(folder()).notices))


# Files


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_what_spreadsheets_write(folder, end, mark, bom):
    rows = [HEADER.strip().split(","), ROW.strip().split(","), [""] * len(COLUMNS)]
    text = end.join(mark.join(cells) for cells in rows) + end
    assert read_case(folder(bom + text.encode())).claims[0].text == "about 400"


def test_unnamed_empty_columns_at_the_end_are_passed_over(folder):
    assert read_case(folder(HEADER.strip() + ",,\n" + ROW.strip() + ",,\n"))
    found = problems(folder(HEADER.strip() + ",,\n" + ROW.strip() + ",x,\n"))
    assert found == ["claims.csv:2: a cell stands under a column without a name; read 'x'"]


def test_an_unquoted_thousands_comma_is_never_read_as_two_cells(folder):
    found = problems(folder("id,source,losses,figure,as_of,note\na1,ministry,north.killed,1,200,2024-07-31,\n"))
    assert found == [
        "claims.csv:2: the row has 7 cells where the header has 6; a cell with a comma in it needs quotation marks"
    ]


def test_line_numbers_count_lines_inside_quotes_and_blank_ones(folder):
    text = HEADER + 'a1,ministry,,north.killed,400,,2024-07-31,,,,,"one\ntwo\n\nfour",,\n\n' + ROW.replace("a1", "a 2")
    assert problems(folder(text))[0].startswith("claims.csv:7: id must be")


def test_a_quotation_mark_never_closed_is_reported_where_it_opens(folder):
    text = HEADER + ROW + ROW.replace("a1", "a2").replace("about", '"about') + ROW.replace("a1", "a3")
    assert problems(folder(text)) == ["claims.csv:3: a quotation mark opens here and is never closed"]


def test_a_cell_of_a_megabyte_is_refused(folder):
    found = problems(folder(HEADER + ROW.replace(",,,\n", f',,,"{"x" * 1_100_000}"\n')))
    assert len(found) == 1
    assert found[0].startswith("claims.csv:2: a cell is longer than")


def test_a_huge_file_is_refused_before_it_is_read(folder, monkeypatch):
    path = folder()
    with (path / "claims.csv").open("r+b") as file:
        file.truncate(LARGEST_FILE + 1)
    monkeypatch.setattr(Path, "read_bytes", lambda self: (_ for _ in ()).throw(AssertionError("was read"))
                        if self.name == "claims.csv" else self.open("rb").read())  # fmt: skip
    assert problems(path) == ["claims.csv: the file is too large: 50,000,001 bytes; allowed: 50,000,000"]


def test_a_folder_that_is_not_there(tmp_path):
    for path in (tmp_path / "no", tmp_path / "no" / "case.toml", Path("a\0b")):
        assert "there is no such case folder" in problems(path)[0]


def test_the_file_may_be_named_instead_of_the_folder(folder):
    path = folder()
    assert read_case(path / "case.toml") == read_case(str(path)) == read_case(path)


def test_syntax_errors_hide_the_rest_of_their_own_file_only(folder):
    rows = claims_of({"id": "a 1", "as_of": "2024-07"})
    found = problems(folder(rows, "[case\n", **{"scenarios.toml": "[s]\ntitle = 'x'\n"}))
    assert [line.split(": ")[0] for line in found] == [
        "case.toml:1",
        "claims.csv:2",
        "claims.csv:2",
        "scenarios.toml:1",
    ]


def test_a_fault_in_one_part_does_not_hide_those_in_others(folder):
    toml = TOML.replace('grade = "C"', 'grade = "G"').replace("bins", "nonsense = 1\nbins")
    found = problems(folder(claims_of({"id": "a1", "as_of": "2026-01-01", "losses": "north.kiled"}), toml))
    assert len(found) == 4


def test_a_source_misspelt_by_its_only_claim_is_not_called_unused_as_well(folder):
    assert len(problems(folder(claims_of({"id": "a1", "source": "minstry"})))) == 1


def test_a_thousand_problems_are_a_thousand_lines(folder):
    rows = [{"id": f"a{n}", "figure": "no number"} for n in range(1000)]
    assert len(problems(folder(claims_of(*rows)))) == 1000


def test_ten_thousand_claims_are_read_in_seconds(folder):
    rows = [{"id": f"a{n}", "figure": str(300 + n)} for n in range(10_000)]
    assert len(read_case(folder(claims_of(*rows))).claims) == 10_000


def test_a_case_can_be_copied_and_sent_to_another_process(folder):
    case = read_case(folder())
    assert pickle.loads(pickle.dumps(case)) == copy.deepcopy(case) == case


# Problems


def test_a_problem_stays_one_short_line():
    problem = unknown("x", message("wrong_scenario.no_such_claim"), "a" * 500, (f"c{n}" for n in range(5000)))
    assert len(str(problem)) < 500
    assert "(4,980 more)" in str(problem)
    assert "\n" not in str(Problem("x", message("wrong_value.missing"), "a\nb"))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("case.bins.1", 4),
        ("forces.north.rate.low", 10),
        ("forces.south", 15),
        ("sources.ministry.relations.north", 22),
        ("assumptions.noise", None),
    ],
)
def test_lines_of_keys(key, line):
    assert KeyLines(TOML).find(key) == line


def test_lines_of_keys_are_not_fooled_by_text_and_lists():
    text = 'a = """\n[b]\nc = 1\n"""\nlist = [\n  [1], # ]\n  [2]\n]\nafter = 1\n[b]\nc = "x # [y"\n'
    text += "[[b.d]]\ne = 1\n[[b.d]]\ne = 2\n[b.d.f]\ng=1\n"
    assert tomllib.loads(text)
    lines = KeyLines(text)
    keys = ("a", "list", "after", "b", "b.c", "b.d.0.e", "b.d.1.e", "b.d.1.f.g")
    assert [lines.find(key) for key in keys] == [1, 5, 9, 10, 11, 13, 15, 17]


def test_every_row_of_a_table_has_every_column():
    rows = read_rows("id,source,losses,figure\na,b,c,d\n", pytest.fail)
    assert set(rows[0].cells) == set(COLUMNS)


# The schema for editors


def plain(table):
    """Dates as text, as editors see TOML."""
    return json.loads(json.dumps(table, default=str))


@pytest.mark.parametrize("name", ["kursk-article", "war-article"])
def test_shipped_cases_fit_the_schema(name):
    table = tomllib.loads((DATA / name / "case.toml").read_text(encoding="utf-8"))
    jsonschema.validate(plain(table), case_schema())


def test_the_schema_knows_the_reliability_table_and_requires_none_of_it():
    table = plain(tomllib.loads(TOML))
    check = jsonschema.Draft202012Validator(case_schema())
    check.check_schema(case_schema())
    assert check.is_valid(table | {"assumptions": {"noise": {"log_sd": 0.2}, "origin": {}}})
    for wrong in ({"nose": {}}, {"noise": {"log_std": 1}}, {"origin": {"rho": 2}}, {"bias": {"x": {}}}):
        assert not check.is_valid(table | {"assumptions": wrong})
    assert check.is_valid(plain(tomllib.loads(TOML.replace('grade = "C"', "access = 'site'"))))
    assert not check.is_valid(plain(tomllib.loads(TOML.replace('grade = "C"', "access = 'moon'"))))


# What is not imported


def test_reading_needs_none_of_the_heavy_packages():
    code = "import sys, truetoll.claims.reading; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"pymc", "pytensor", "arviz", "pandas", "numpy", "scipy", "xarray", "matplotlib"}
    assert not heavy & set(run.stdout.split())


@pytest.mark.parametrize(("origin", "noticed"), [("", True), ("a1", False)])
def test_the_same_figure_from_two_origins_is_noticed(folder, origin, noticed):
    twin = ROW.replace("a1,", "a2,").replace("2024-07-31,,,,2", f"2024-07-31,{origin},,,2")
    case = read_case(folder(HEADER + ROW + twin))
    assert any("a2 gives the same figure as a1" in notice for notice in in_english(case.notices)) is noticed
