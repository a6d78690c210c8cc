"""UCDP's events: what becomes of every event and of every death, and what is refused."""

import csv
import io
import json
from datetime import date

import pytest

from truetoll.claims.schema import Form
from truetoll.errors import CaseError
from truetoll.importers import jsonrows, ucdp_ged
from truetoll.importers.drafts import write_case
from truetoll.importers.jsonrows import JsonRows
from truetoll.importers.sheet import (
    HASHTAGS,
    MOST_PROBLEMS,
    NAMES_AGAIN,
    TOTALS,
    UNREADABLE,
    WINDOWS,
    CellReader,
    Ledger,
)
from truetoll.importers.ucdp_case import MOST_PARTIES
from truetoll.importers.ucdp_ged import (
    ANOTHER,
    ELSEWHERE,
    IN_ORDER,
    NO_DEATH,
    ORDER,
    OUTSIDE,
    REPEATED,
    UNNAMED,
    Selection,
    TooManyPartiesError,
    read_ucdp_ged,
)

COLUMNS = (
    *("id", "relid", "year", "type_of_violence", "conflict_new_id", "conflict_name", "dyad_name", "side_a", "side_b"),
    *("source_article", "country", "date_start", "date_end", "deaths_a", "deaths_b", "deaths_civilians"),
    *("deaths_unknown", "best", "high", "low"),
)
ARMY, REBELS = "Government of Hill", "Hill Rebels"
DEATHS = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")


def event(number, day, a=0, b=0, civilians=0, unknown=0, end=None, **others):
    """An event of one day, or of several; its range has no width if others do not give one."""
    best = a + b + civilians + unknown
    row = {"id": number, "type_of_violence": 1, "conflict_new_id": 7, "conflict_name": "Hill: Government"}
    row |= {"side_a": ARMY, "side_b": REBELS, "country": "Hill", "date_start": f"{day} 00:00:00.000"}
    row |= {"date_end": f"{end or day} 00:00:00.000", "best": best, "low": best, "high": best}
    return row | dict(zip(DEATHS, (a, b, civilians, unknown), strict=True)) | others


@pytest.fixture
def file(tmp_path):
    """file(rows) -> path of a CSV file"""

    def write(rows):
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / "events.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        return path

    return write


@pytest.fixture
def imported(file, tmp_path):
    """imported(rows, **options) -> (account, case as read again)"""

    def make(rows, **options):
        found = read_ucdp_ged(file(rows), **options)
        folder = tmp_path / "case"
        folder.mkdir()
        return found, write_case(found, folder)

    return make


def refused(path, **options):
    with pytest.raises(CaseError) as wrong:
        read_ucdp_ged(path, **options)
    return [str(problem) for problem in wrong.value.problems]


def told(case):
    """(losses, first and last day of the window) -> figure"""
    return {(str(c.readings[0]), c.since.isoformat(), c.as_of.isoformat()): c.text for c in case.claims}


# what an event becomes ----------------------------------------------------------------------------------------------


def test_the_dead_of_a_bin_are_added_up_for_each_party(imported):
    rows = [event(1, "2020-01-05", a=3, civilians=2), event(2, "2020-01-20", a=4, b=10), event(3, "2020-02-20", b=1)]
    _, case = imported(rows)
    january = ("2020-01-04", "2020-01-31")
    assert [day.isoformat() for day in case.bins] == [*january, "2020-02-20"]
    assert told(case)["government_of_hill.killed", *january] == "7"
    assert told(case)["hill_rebels.killed", *january] == "10"
    assert told(case)["civilians.killed", *january] == "2"
    assert told(case)["hill_rebels.killed", "2020-01-31", "2020-02-20"] == "1"


def test_a_party_without_a_death_in_a_bin_gets_a_bound(imported):
    _, case = imported([event(1, "2020-01-01", a=3), event(2, "2020-01-29", b=4)], bins="week")
    figures = told(case)
    assert figures["hill_rebels.killed", "2019-12-31", "2020-01-07"] == "at most 1"
    assert figures["government_of_hill.killed", "2020-01-07", "2020-01-14"] == "at most 1"
    assert len(figures) == 2 * (len(case.bins) - 1)  # no civilian died


def test_the_range_of_an_event_is_shared_in_the_proportion_of_its_dead(imported):
    _, case = imported([event(1, "2020-01-05", a=10, b=30, low=20, high=80)])
    window = ("2020-01-04", "2020-01-05")
    assert told(case) == {("government_of_hill.killed", *window): "5-20", ("hill_rebels.killed", *window): "15-60"}
    assert all(claim.figure.form is Form.INTERVAL for claim in case.claims)


@pytest.mark.parametrize(("low", "high"), [(2, 300), (1, 2_000), (10, 15_000), (3, 900), (200, 300)])
def test_a_wide_range_is_read_again_as_it_was_meant(imported, low, high):
    """In speech "2-300" may be 200 to 300, and "10-15,000" is 10,000 to 15,000; a table leaves nothing out."""
    _, case = imported([event(1, "2020-01-05", a=low, low=low, high=high)])
    wide = [claim.figure for claim in case.claims if claim.figure.form is Form.INTERVAL]
    assert [(figure.low, figure.high) for figure in wide] == [(low, high)]


def test_dead_of_unknown_side_open_the_parties_and_count_once_together(imported):
    account, case = imported([event(1, "2020-01-05", a=10, b=5, unknown=25, high=60)])
    window = ("2020-01-04", "2020-01-05")
    assert told(case) == {
        ("government_of_hill.killed", *window): "at least 10",
        ("hill_rebels.killed", *window): "at least 5",
        ("government_of_hill.killed + hill_rebels.killed", *window): "40-60",
    }
    assert account.counts["deaths_of_unknown_side"] == 25
    assert len({claim.origin for claim in case.claims}) == 1
    assert all(claim.weight == 1 for claim in case.claims)


def test_dead_of_unknown_side_only(imported):
    _, case = imported([event(1, "2020-01-05", unknown=25)])
    assert [claim.text for claim in case.claims] == ["25"]
    assert "+" in str(case.claims[0].readings[0])


def test_a_death_of_the_highest_estimate_alone(imported):
    _, case = imported([event(1, "2020-01-05", a=9), event(2, "2020-02-20", high=4, low=0)])
    assert case.claims[-1].text == "up to 4"


def test_one_sided_violence_is_about_civilians(imported):
    one_sided = {"type_of_violence": 3, "side_b": "Civilians"}
    _, case = imported([event(1, "2020-01-05", civilians=9, **one_sided)])
    assert [(str(c.readings[0]), c.text) for c in case.claims] == [("civilians.killed", "9")]
    assert case.forces["civilians"].victims == "civilian"


def test_an_event_of_many_days_is_spread_over_them(imported):
    rows = [event(1, "2020-01-01", a=1), event(2, "2020-01-06", a=40, end="2020-01-09"), event(3, "2020-01-14", a=1)]
    account, case = imported(rows, bins="week")
    assert [claim.text for claim in case.claims] == ["21", "21"]
    assert account.counts["events_over_several_bins"] == 1


def test_a_party_has_one_force_whichever_side_it_is_on(imported):
    turned = {"side_a": REBELS, "side_b": "Others", "type_of_violence": 2}
    _, case = imported([event(1, "2020-01-05", b=3), event(2, "2020-01-06", a=4, b=1, **turned)])
    assert {str(c.readings[0]): c.text for c in case.claims} == {"hill_rebels.killed": "7", "others.killed": "1"}


def test_names_that_would_have_the_same_key(imported):
    sides = {"side_a": "Écho (1)", "side_b": "echo 1"}
    odd = {"side_a": "日本", "side_b": "7th\nBrigade"}
    _, case = imported([event(1, "2020-01-05", a=2, b=3, **sides), event(2, "2020-01-05", a=4, b=5, **odd)])
    names = {key: force.name for key, force in case.forces.items()}
    assert names == {"party_7th_brigade": "7th Brigade", "party": "日本", "echo_1": "echo 1", "echo_1_2": "Écho (1)"}


def test_the_source_is_one_that_undercounts_with_a_reason(imported):
    _, case = imported([event(1, "2020-01-05", a=2, b=3)])
    source = case.sources["ucdp"]
    assert (source.grade, source.access, set(source.relations.values())) == (None, "remote", {"observer_ngo"})
    assert all(bias.mu < 0 and "doi:" in bias.reason for bias in source.bias.values())
    assert "10.1177/0022343313484347" in case.file.case.description


# which events -------------------------------------------------------------------------------------------------------


def test_events_in_are_events_of_claims_and_rows_set_aside(imported):
    rows = [
        event(1, "2020-01-05", a=5),
        event(2, "2020-01-06", a=5, country="Valley"),
        event(3, "2020-01-07", a=5, conflict_name="Hill: Dale", conflict_new_id=8),
        event(4, "2019-12-31", a=5, end="2020-01-01"),
        event(5, "2020-01-08"),
        event(6, "2020-13-08", a=5),
        event(7, "not read", country="Valley"),
    ]
    meant = Selection("hill", "hill: government", date(2019, 12, 31), date(2020, 1, 31))
    account, case = imported(rows, selection=meant, skip_bad=True)
    assert account.aside == {ELSEWHERE: 2, ANOTHER: 1, OUTSIDE: 1, NO_DEATH: 1, UNREADABLE: 1}
    assert account.counts["rows"] == len(rows) == account.counts["events"] + sum(account.aside.values())
    assert {problem.where for problem in account.problems} == {"events.csv:7"}
    assert (case.bins, [claim.text for claim in case.claims]) == ((date(2019, 12, 31), date(2020, 1, 31)), ["5"])


def test_a_conflict_can_be_chosen_by_its_id(imported):
    rows = [event(1, "2020-01-05", a=5), event(2, "2020-01-05", a=6, conflict_new_id=8)]
    account, _ = imported(rows, selection=Selection(conflict="8"))
    assert account.counts["deaths_best"] == 6


def test_a_misspelt_country_or_conflict_is_told_with_the_nearest(file):
    path = file([event(1, "2020-01-05", a=5)])
    assert "did you mean 'Hill'?" in refused(path, selection=Selection(country="Hil"))[0]
    assert "did you mean 'Hill: Government'?" in refused(path, selection=Selection(conflict="Hill: Goverment"))[0]
    nothing = Selection(since=date(2021, 1, 1))
    assert refused(path, selection=nothing) == [
        "events.csv: holds no event to make a case of; 1 lie outside the dates: choose others with --since and --as-of"
    ]


def test_too_many_parties_are_no_case(file):
    rows = [event(n, "2020-01-05", a=n, side_a=f"Group {n}") for n in range(1, MOST_PARTIES + 2)]
    assert "choose fewer days with --since and --as-of" in refused(file(rows))[0]
    elsewhere = [row | {"id": row["id"] + 100, "country": "Vale", "conflict_new_id": 8} for row in rows]
    assert "choose one of its 2 countries with --country" in refused(file(rows + elsewhere))[0]


def test_every_bad_event_is_told_with_its_line_all_at_once(file):
    rows = [
        event(1, "2020-01-05", a=5),
        event(1, "2020-01-06", a=5),
        event(2, "2020-01-06", a=5, best=9, high=9),
        event(5, "2020-01-06", a=5, end="2020-01-05"),
        event(6, "2020-02-30", a=5, best=-1),
        event(7, "2020-01-06", a=5) | dict.fromkeys(("date_start", "date_end"), "43861"),
        event(8, "6 of January", a=5, deaths_b="1.5"),
        event(9, "2020-01-06", a=-5, best=-5),
    ]
    found = refused(file(rows))
    assert [text.split(":")[1] for text in found] == [*"345", *"666", *"77", *"888", *"9999"]
    assert "id is already that of line 2, with other content; leave out" in found[0]
    assert "best is 9, but the dead of its parts add up to 5; correct" in found[1]
    assert "date_end lies before date_start (2020-01-06); correct" in found[2]
    assert "best must not be negative" in found[3] and "date_start must be a date" in found[4]
    assert "the number by which a spreadsheet keeps a day; format the column" in found[6]
    assert "deaths_b must be a whole number" in found[8]


def test_hostile_cells_stay_text(imported):
    long = "x" * 100_000
    sides = {"side_a": 'A "quoted"\r\n[forces.x]\n', "side_b": f"B {long}", "source_article": f'"{long}"\n'}
    account, case = imported([event(1, "2020-01-05", a=2, b=3, **sides)])
    assert account.counts["events"] == 1
    assert set(case.forces) == {"a_quoted_forces_x", f"b_{'x' * 48}"}
    assert case.forces["a_quoted_forces_x"].name == 'A "quoted" [forces.x]'


def test_bytes_in_another_encoding_matter_only_where_they_are_read(file, imported):
    rows = [event(1, "2020-01-05", a=2, source_article="AA"), event(2, "2020-01-05", b=2, side_b="BB")]
    content = file(rows)
    content.write_bytes(content.read_bytes().replace(b"AA", b"\x81").replace(b"BB", b"\x81"))
    assert refused(content) == ["events.csv:3: side_b is not UTF-8 text; save it as UTF-8 (in Excel: 'CSV UTF-8')"]
    content.write_bytes(content.read_bytes().replace(b"\x81", b"C\xf4te"))
    account = read_ucdp_ged(content)
    assert {force.name for force in account.case.forces.values()} == {ARMY, "C\xf4te"}
    assert account.mended == {WINDOWS: 1}


# files as people have them ------------------------------------------------------------------------------------------

ROWS = [
    event(1, "2020-01-03", a=2, b=3, low=4, high=6),
    event(2, "2020-01-20", b=4, civilians=2, end="2020-01-21"),
    event(3, "2020-02-11", a=1, unknown=3, low=2, high=9),
]
"""15 dead."""
NUMBERS = ("id", "type_of_violence", "conflict_new_id", *DEATHS, "best", "high", "low")
PLAIN = ["id", "type_of_violence", "conflict_new_id", "conflict_name", "side_a", "side_b", "country"]
PLAIN += ["date_start", "date_end", *DEATHS, "best", "high", "low"]


def table(rows, columns=PLAIN, names=None, mark=","):
    """Rows as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=mark, lineterminator="\r\n")
    writer.writerow(names or columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return text.getvalue()


def changed(change, names):
    """ROWS with other cells in some columns."""
    return [{name: change(cell) if name in names else cell for name, cell in row.items()} for row in ROWS]


def days(write):
    return changed(lambda cell: write(date.fromisoformat(cell[:10])), ("date_start", "date_end"))


SHAPES = {
    "floats, as pandas writes them": table(changed(lambda n: f"{n}.0", NUMBERS)),
    "three decimals": table(changed(lambda n: f"{n:.3f}", NUMBERS)),
    "decimal commas between semicolons": table(changed(lambda n: f"{n},0", NUMBERS), mark=";"),
    "text marked by a spreadsheet": table(changed(lambda n: f"'{n}", NUMBERS)),
    "tabs": table(ROWS, mark="\t"),
    "a line that names the separator": "sep=;\r\n" + table(ROWS, mark=";"),
    "a byte-order mark": "\ufeff" + table(ROWS),
    "titles above": "Events of UCDP,,\r\n\r\n" + table(ROWS),
    "names in capitals with spaces": table(ROWS, names=[name.replace("_", " ").title() for name in PLAIN]),
    "names in one word": table(ROWS, names=["".join(name.title().split("_")) for name in PLAIN]),
    "best_est, as to release 17": table(ROWS, names=[f"{n}_est" if n in ("best", "low", "high") else n for n in PLAIN]),
    "names of shape files": table(
        ROWS, names=[{"conflict_name": "conflict_1", "conflict_new_id": "conflict_n"}.get(n, n[:10]) for n in PLAIN]
    ),
    "empty columns at the end": table([row | {"x": "", "y": ""} for row in ROWS], [*PLAIN, "x", "y"], [*PLAIN, "", ""]),
    "no names, 49 columns": table(ROWS, ORDER).partition("\r\n")[2],
    "the last second of the day": table(days(lambda d: f"{d} 23:59:59.000")),
    "a T": table(days(lambda d: f"{d}T00:00:00")),
    "a zone": table(days(lambda d: f"{d}T23:30:00+02:00")),
    "month first": table(days(lambda d: f"{d.month}/{d.day}/{d.year}")),
    "month first, with a clock": table(days(lambda d: f"{d.month}/{d.day}/{d.year} 12:00:00 AM")),
    "day first": table(days(lambda d: f"{d.day}/{d.month}/{d.year}")),
    "points": table(days(lambda d: f"{d.day:02}.{d.month:02}.{d.year}")),
    "a month by its name": table(days(lambda d: f"{d:%d-%b-%y}")),
    "eight digits": table(days(lambda d: f"{d:%Y%m%d}.0")),
    "milliseconds": table(days(lambda d: f"{(d - date(1970, 1, 1)).days * 86_400_000}")),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_events_however_a_file_is_written(tmp_path, file, shape):
    path = tmp_path / "shape.csv"
    path.write_text(SHAPES[shape], encoding="utf-8", newline="")
    expected, found = read_ucdp_ged(file(ROWS)), read_ucdp_ged(path)
    assert (found.entries, found.counts) == (expected.entries, expected.counts)
    assert not found.aside and not found.problems


def test_a_spreadsheet_s_utf_16(tmp_path):
    path = tmp_path / "unicode.txt"
    path.write_text(table(ROWS, mark="\t"), encoding="utf-16", newline="")
    assert read_ucdp_ged(path).counts["deaths_best"] == 15


PAGE = {"TotalCount": 3, "TotalPages": 1, "NextPageUrl": "", "Result": ROWS}
JSON = {
    "a page": json.dumps(PAGE),
    "a list": json.dumps(ROWS, indent=2),
    "a list of pages": json.dumps([PAGE | {"Result": ROWS[:2]}, PAGE | {"Result": ROWS[2:]}]),
    "one object a line": "\n".join(map(json.dumps, ROWS)),
    "floats and null": json.dumps(changed(float, NUMBERS)).replace('"country"', '"region": null, "country"'),
}


@pytest.mark.parametrize("shape", JSON)
def test_json(tmp_path, file, shape):
    path = tmp_path / "shape.json"
    path.write_text(JSON[shape], encoding="utf-8")
    assert read_ucdp_ged(path).entries == read_ucdp_ged(file(ROWS)).entries


def test_one_page_of_several_is_told(tmp_path):
    path = tmp_path / "page.json"
    path.write_text(json.dumps(PAGE | {"TotalCount": 99, "TotalPages": 33}), encoding="utf-8")
    assert "the file holds 3 of 99 rows; fetch the other pages, too" in map(str, read_ucdp_ged(path).remarks)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"id": 1},', "page.json: row 1: column"),
        (json.dumps(ROWS)[:-20], "page.json: is no JSON: Unterminated string"),
        ('{"error": "none"}', "page.json: row 1: column"),
        ("[" * 100_000, "page.json: holds '['"),
        ('{"a":' * 100_000, "page.json: is nested too deeply"),
        ("[1, 2]", "page.json: holds '1' where a row should begin"),
        ('{"a" 1}', "page.json: has no colon"),
        ('{"a": 1', "page.json: ends within a row"),
    ],
)
def test_broken_json_is_told(tmp_path, text, expected):
    path = tmp_path / "page.json"
    path.write_text(text, encoding="utf-8")
    assert refused(path)[0].startswith(expected) or expected in refused(path)[0]


def test_json_needs_no_more_room_than_its_longest_row(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonrows, "_CHUNK", 64)
    rows = JsonRows(io.StringIO(json.dumps(PAGE | {"Result": [{"n": i, "t": "x" * 300} for i in range(2_000)]})))
    longest = max(len(rows._text) for _ in rows.rows())
    assert longest < 2_000


# what does not stop a file ------------------------------------------------------------------------------------------


def test_rows_without_data_are_passed_over_and_counted(tmp_path):
    tags = ",,,,#group+first,#group+second,#country+name,#date+start,#date+end,,,,,#affected+killed,,\r\n"
    head, _, body = table(ROWS).partition("\r\n")
    sums = ",,,,,,,,,3,7,2,3,15,21,12\r\n"
    path = tmp_path / "f.csv"
    path.write_text(f"{head}\r\n{tags}{body}{head}\r\nTotal,,,,,,,,,3,7,2,3,15,21,12\r\n{sums}Grand total,15\r\n")
    found = read_ucdp_ged(path)
    assert found.aside == {HASHTAGS: 1, NAMES_AGAIN: 1, TOTALS: 3}
    assert found.counts["rows"] == 8 == found.counts["events"] + sum(found.aside.values())
    assert (found.counts["deaths_best"], found.dead_aside) == (15, {TOTALS: 30})


def test_ends_that_are_not_in_order_are_put_in_order_and_counted(imported):
    account, case = imported([event(1, "2020-01-05", a=1, low=2), event(2, "2020-02-20", a=13, high=12)])
    assert [claim.text for claim in case.claims] == ["1-2", "12-13"]
    assert (account.mended, account.counts["deaths_best"]) == ({IN_ORDER: 2}, 14)


@pytest.mark.parametrize("none", ["", "NA", "NULL", "nan", "-999", "N/A"])
def test_what_is_missing_has_a_stated_treatment(imported, none):
    rows = [
        event(1, "2020-01-05", a=2, b=3) | {"deaths_b": none},
        event(2, "2020-01-05", a=2, b=3) | {"best": none},
        event(3, "2020-01-05", a=2, b=3) | {"low": none, "high": none},
        event(4, "2020-01-05", a=2, b=3) | {"date_end": none},
        event(5, "2020-01-05", a=2, b=3) | {"side_a": none},
        event(none, "2020-01-05", a=2, b=3),
    ]
    account, case = imported(rows)
    assert account.counts["deaths_best"] == 30
    assert account.counts["deaths_of_unknown_side"] == 3
    assert set(account.mended.values()) == {1} and len(account.mended) == 6
    assert UNNAMED in {force.name for force in case.forces.values()}


def test_zeros_never_block_the_neighbours(imported):
    rows = [
        event(1, "2020-01-05", a=5),
        event(2, "2020-01-05", high=22, low=0),
        event(3, "2020-01-06"),
        event(4, "2020-01-06") | {"high": ""},
    ]
    account, case = imported(rows)
    assert account.aside == {NO_DEATH: 2}
    assert {claim.text for claim in case.claims} == {"5-27"}


def test_incidents_are_added_up_by_bin(imported):
    """Three incidents of one day are 60 dead, not three looks at one number."""
    _, case = imported([event(n, "2020-01-05", a=dead) for n, dead in enumerate((10, 20, 30), start=1)])
    assert [claim.text for claim in case.claims] == ["60"]


def test_the_same_row_again_counts_once(imported):
    rows = [event(1, "2020-01-05", a=5), event(2, "2020-01-06", a=1)]
    account, _ = imported([*rows, *rows])
    assert (account.aside, account.dead_aside, account.counts["deaths_best"]) == ({REPEATED: 2}, {REPEATED: 6}, 6)


def test_a_row_that_is_refused_does_not_stand_in_the_way_of_another(imported):
    rows = [event(1, "2020-02-30", a=5), event(1, "2020-02-20", a=5)]
    account, _ = imported(rows, skip_bad=True)
    assert (account.counts["events"], account.aside, account.dead_aside) == (1, {UNREADABLE: 1}, {UNREADABLE: 5})


def test_dead_in_are_dead_of_claims_and_of_rows_set_aside(imported):
    """Every death of the column best is in a claim, or in a class of rows that is told."""
    rows = [
        event(1, "2020-01-05", a=5, low=7),
        event(2, "2020-01-06", a=11, country="Valley"),
        event(3, "2020-01-07", a=13, conflict_new_id=8, conflict_name="Hill: Dale"),
        event(4, "2019-12-31", a=17, end="2020-01-01"),
        event(5, "2020-01-08"),
        event(6, "2020-13-08", a=19),
        event(7, "2020-01-09", unknown=23) | {"best": "23.0"},
        event(8, "2020-01-09", a=29) | {"best": "x"},
        event(1, "2020-01-05", a=5, low=7),
        event(9, "2020-01-20", b=31, end="2020-01-24"),
    ]
    meant = Selection("hill", "7", date(2019, 12, 31), date(2020, 1, 31))
    account, case = imported(rows, selection=meant, skip_bad=True, bins="week")
    assert account.counts["rows"] == len(rows) == account.counts["events"] + sum(account.aside.values())
    in_file = sum(int(float(row["best"])) for row in rows if row["best"] != "x")
    assert (
        account.counts["deaths_in_file"] == in_file == account.counts["deaths_best"] + sum(account.dead_aside.values())
    )
    assert account.dead_aside == {ELSEWHERE: 11, ANOTHER: 13, OUTSIDE: 17, UNREADABLE: 19, REPEATED: 5}
    assert account.counts["rows_aside_without_a_number"] == 1
    together = [claim for claim in case.claims if "+" in str(claim.readings[0])]
    alone = [c for c in case.claims if c.origin not in {t.origin for t in together} and not c.text.startswith("at ")]
    told = sum(float(claim.note.rpartition("best ")[2].replace(",", "")) for claim in (*together, *alone))
    assert told == account.counts["deaths_best"]


# one cell, two readings ---------------------------------------------------------------------------------------------


def test_dates_that_nothing_decides_are_refused_until_it_is_said(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(table([event(1, "2020-01-03", a=5) | dict.fromkeys(("date_start", "date_end"), "1/3/2020")]))
    assert "say --dates dmy (day first) or --dates mdy (month first)" in refused(path)[0]
    assert read_ucdp_ged(path, dates="mdy").case.case.bins[-1] == date(2020, 1, 3)
    assert read_ucdp_ged(path, dates="dmy").case.case.bins[-1] == date(2020, 3, 1)


def test_dates_that_contradict_each_other_are_refused(tmp_path):
    path = tmp_path / "f.csv"
    rows = [event(n, "2020-01-20", a=5) | dict.fromkeys(("date_start", "date_end"), day) for n, day in FIRST_AND_LAST]
    path.write_text(table(rows))
    assert "some dates can only have the day first (20/1/2020), others only the month (1/20/2020)" in refused(path)[0]
    assert refused(path, dates="dmy")[0].startswith("f.csv:2: date_start is no date with --dates dmy")
    assert read_ucdp_ged(path, dates="dmy", skip_bad=True).counts["events"] == 1


FIRST_AND_LAST = [(1, "1/20/2020"), (2, "20/1/2020")]


@pytest.mark.parametrize(
    ("cells", "dead"),
    [
        ({"deaths_a": "1,000", "best": "1,003", "high": "1,500", "low": "900"}, 1003),
        ({"deaths_a": "1 000", "best": "1 003", "high": "1\u00a0500", "low": "900"}, 1003),
        ({"deaths_a": "1.000", "best": "1.003", "high": "1.000.500", "low": "900"}, 1003),
        ({"deaths_a": "1.000", "best": "1.003,0", "high": "1.500", "low": "900"}, 1003),
        ({"deaths_a": "2.000", "best": "5.0", "high": "6", "low": "4"}, 5),
        ({"deaths_a": "1e+03", "best": "1003", "high": "1.5E+03", "low": "900"}, 1003),
        ({"deaths_a": "1.000", "best": "1.003", "high": "1.500", "low": "900"}, "'1.000' can be 1 or 1000"),
        ({"deaths_a": "1.003", "best": "4.5", "high": "6", "low": "4"}, "must be a whole number"),
    ],
)
def test_marks_in_numbers_are_read_by_the_whole_file(tmp_path, cells, dead):
    path = tmp_path / "f.csv"
    path.write_text(table([event(1, "2020-01-03", a=2, b=3) | cells], mark=";"), encoding="utf-8")
    if isinstance(dead, str):
        assert dead in refused(path)[0]
    else:
        assert read_ucdp_ged(path).counts["deaths_best"] == dead


# many parties -------------------------------------------------------------------------------------------------------


def crowd(parties=MOST_PARTIES + 2):
    """One country with many parties in three conflicts."""
    return [
        event(n, "2020-01-05", a=n, side_a=f"Group {n}", side_b="Others", country="Hill" if n % 4 else "Vale")
        | {"conflict_new_id": n % 3, "conflict_name": f"Hill: {n % 3}"}
        for n in range(1, parties + 1)
    ]


def test_the_conflicts_to_choose_from_are_listed(file):
    rows = [row for row in crowd(40) if row["country"] == "Hill"]
    with pytest.raises(TooManyPartiesError) as wrong:
        read_ucdp_ged(file(rows), Selection("Hill"))
    listed = wrong.value.conflicts
    assert {(each.id, each.name) for each in listed} == {(str(n), f"Hill: {n}") for n in range(3)}
    assert [each.dead for each in listed] == sorted((each.dead for each in listed), reverse=True)
    assert sum(each.rows for each in listed) == len(rows)
    assert sum(each.dead for each in listed) == sum(row["best"] for row in rows)
    said = str(wrong.value.problems[0])
    command = f"truetoll import ucdp-ged events.csv --country 'Hill' --conflict {listed[0].id} --out CASE"
    assert "30 parties" in said and command in said and "--join-rest" in said


def test_a_conflict_in_a_country_and_several_conflicts(imported, file):
    both = read_ucdp_ged(file(crowd()), Selection("hill", ("1", "hill: 2")))
    assert both.aside[ELSEWHERE] + both.aside[ANOTHER] + both.counts["events"] == MOST_PARTIES + 2
    one = read_ucdp_ged(file(crowd()), Selection("hill", "1"))
    assert 0 < one.counts["events"] < both.counts["events"]


def test_the_rest_can_be_one_force(imported):
    account, case = imported(crowd(), join_rest=True)
    assert len(case.forces) == MOST_PARTIES
    assert case.forces["other_parties"].name == "Other parties"
    assert account.counts["parties_joined"] == 3
    assert account.counts["deaths_best"] == sum(row["best"] for row in crowd())
    assert {str(c.readings[0]): c.text for c in case.claims}["other_parties.killed"] == "6"


def test_events_that_are_no_case_are_not_kept(file, monkeypatch):
    reader = ucdp_ged._Reader(file(crowd(200)), Selection(), None, Ledger(), False)
    reader.cell = CellReader(reader.path, ucdp_ged.COLUMNS, reader.ledger)
    assert reader.kept() == [] and reader.ledger.rows == 200


def test_problems_beyond_a_thousand_are_counted(file):
    told = refused(file([event(n, "never", a=5) for n in range(1, 1_201)]))
    assert len(told) == MOST_PROBLEMS + 1
    assert told[-1] == "events.csv: 1,401 more problems; 999 are listed"
