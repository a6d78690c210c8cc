"""Radford's claims: what becomes of every row, and what is refused."""

import csv
import io
from datetime import date

import pytest

from truetoll.claims.access import access_of
from truetoll.claims.schema import Form
from truetoll.errors import CaseError
from truetoll.importers.drafts import write_case
from truetoll.importers.radford import UPPER_END, ZERO, read_radford
from truetoll.importers.sheet import UNREADABLE
from truetoll.importers.statements import TALLY_DAYS

COLUMNS = (
    *("days", "loss_count", "loss_type", "claim_source", "time_frame", "loss_country", "minimum", "maximum"),
    *("category", "source_target"),
)
SERIES = [
    ("Russia", "Military Deaths", "russia.killed"),
    ("Russia", "Military Injuries", "russia.wounded"),
    ("Russia", "Military Casualties", "russia.casualties"),
    ("Russia", "Aircraft (unspecified)", "russia_materiel.aircraft"),
    ("Russia", "Ships", "russia_materiel.ships"),
    ("Russia", "Vehicles & Fuel Tanks", "russia_materiel.vehicles_and_fuel_tanks"),
    ("Ukraine", "Military Deaths", "ukraine.killed"),
    ("Ukraine", "Civilian Deaths", "ukraine_civilians.killed"),
    ("Ukraine", "Civilian Injuries", "ukraine_civilians.wounded"),
    ("Ukraine", "Civilian Casualties", "ukraine_civilians.casualties"),
    ("Ukraine", "Tanks & Armored Combat Vehicles", "ukraine_materiel.tanks_and_armored_vehicles"),
    ("Ukraine", "Special Military Motor Vehicles", "ukraine_materiel.special_motor_vehicles"),
]
SERIES += [
    (country, category, f"{country.lower()}_materiel.{quantity}")
    for country in ("Russia", "Ukraine")
    for category, quantity in {
        "Tanks": "tanks",
        "Armored Vehicles": "armored_vehicles",
        "Artillery": "artillery",
        "MLRS": "mlrs",
        "AA Systems": "aa_systems",
        "UAVs": "uavs",
        "Jets": "jets",
        "Helicopters": "helicopters",
    }.items()
]


def said(days, count, source="UA Source", country="Russia", category="Military Deaths", **others):
    row = {"days": days, "loss_count": count, "claim_source": source, "time_frame": "Cumulative"}
    row |= {"loss_country": country, "category": category, "minimum": 0, "maximum": 0}
    repeated = {"loss_type": f"{category}-{country}", "source_target": f"{source}-{country}"}
    return row | repeated | others


def tally(days=TALLY_DAYS, **others):
    return [said(day, 1_000 + 10 * day, **others) for day in range(1, days + 1)]


@pytest.fixture
def file(tmp_path):
    """file(rows) -> path of a CSV file"""

    def write(rows, name="claims-of-others.csv"):
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        path = tmp_path / name
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    return write


@pytest.fixture
def imported(file, tmp_path):
    """imported(rows, **options) -> (account, case as read again)"""

    def make(rows, **options):
        found = read_radford(file(rows), **options)
        folder = tmp_path / "case"
        folder.mkdir()
        return found, write_case(found, folder)

    return make


def refused(path, **options):
    with pytest.raises(CaseError) as wrong:
        read_radford(path, **options)
    return [str(problem) for problem in wrong.value.problems]


def by_line(case):
    return {int(claim.note.removeprefix("line ")): claim for claim in case.claims}


# what a row becomes -------------------------------------------------------------------------------------------------


def test_a_cumulative_claim_looks_from_the_beginning_and_a_day_at_that_day(imported):
    _, case = imported([said(3, 3500), said(3, 800, time_frame="Day"), said(9, 1)])
    total, day, _ = (by_line(case)[line] for line in (2, 3, 4))
    assert (total.since, total.as_of, total.reported) == (date(2022, 2, 23), date(2022, 2, 26), date(2022, 2, 26))
    assert (day.since, day.as_of) == (date(2022, 2, 25), date(2022, 2, 26))
    assert (total.text, day.text) == ("3,500", "800")
    assert total.origin != day.origin


@pytest.mark.parametrize(
    ("day", "when"), [(1, "2022-02-24"), (7, "2022-03-02"), (210, "2022-09-21"), (365, "2023-02-23")]
)
def test_day_1_is_the_first_day_of_the_war(imported, day, when):
    _, case = imported([said(day, 5840)])
    assert case.claims[0].as_of == date.fromisoformat(when) == case.bins[-1]


@pytest.mark.parametrize(
    ("count", "flags", "form", "text"),
    [
        ("1e+05", (0, 0), Form.INTERVAL, "100,000"),
        ("2.5e+05", (0, 0), Form.INTERVAL, "250,000"),
        ("16", (0, 0), Form.INTERVAL, "16"),
        ("3000", (1, 0), Form.AT_LEAST, "at least 3,000"),
        ("500", (0, 1), Form.UP_TO, "up to 500"),
    ],
)
def test_a_figure_is_written_as_the_reader_understands_it(imported, count, flags, form, text):
    _, case = imported([said(5, count, minimum=flags[0], maximum=flags[1])])
    assert (case.claims[0].text, case.claims[0].figure.form) == (text, form)


def test_the_two_ends_of_a_range_are_one_claim(imported):
    ends = [said(9, 7000, "Other", minimum=1), said(9, 500, "Other"), said(9, 15000, "Other", maximum=1)]
    account, case = imported(ends)
    assert [claim.text for claim in case.claims] == ["7,000-15,000", "500"]
    assert (account.counts["rows"], account.counts["claims"], account.aside) == (3, 2, {UPPER_END: 1})


@pytest.mark.parametrize(
    "other", [{"days": 10}, {"claim_source": "US Source", "source_target": ""}, {"loss_count": 7000}]
)
def test_bounds_that_do_not_belong_together_stay_bounds(imported, other):
    _, case = imported([said(9, 7000, "Other", minimum=1), said(9, 15000, "Other", maximum=1) | other])
    assert {claim.figure.form for claim in case.claims} == {Form.AT_LEAST, Form.UP_TO}


def test_every_series_lands_somewhere(imported):
    rows = [said(day, 1234 + day, country=c, category=what) for day, (c, what, _) in enumerate(SERIES, start=1)]
    account, case = imported(rows)
    assert len(SERIES) == 28
    assert {line - 2: str(claim.readings[0]) for line, claim in by_line(case).items()} == dict(
        enumerate(losses for _, _, losses in SERIES)
    )
    assert account.counts["series"] == len(SERIES)
    assert {name: force.victims for name, force in case.forces.items()} == {
        "russia": "military",
        "russia_materiel": "materiel",
        "ukraine": "military",
        "ukraine_materiel": "materiel",
        "ukraine_civilians": "civilian",
    }


def test_relations_depend_on_whose_losses_they_are(imported):
    sources = ("UA Source", "RU Source", "US Source", "GB Source", "United Nations", "OSI", "Other")
    armies = [(country, what) for country in ("Russia", "Ukraine") for what in ("Military Deaths", "Tanks")]
    targets = (*armies, ("Ukraine", "Civilian Deaths"))
    _, case = imported([said(3, 77, s, c, what) for s in sources for c, what in targets])
    found = {name: tuple(source.relations[force] for force in case.forces) for name, source in case.sources.items()}
    assert found == {
        "ua_source": (*("adversary",) * 2, *("own_side",) * 3),
        "ru_source": (*("own_side",) * 2, *("adversary",) * 3),
        "us_source": (*("ally_of_adversary",) * 2, *("ally",) * 3),
        "gb_source": (*("ally_of_adversary",) * 2, *("ally",) * 3),
        "united_nations": ("international_org",) * 5,
        "osi": ("observer_ngo",) * 5,
        "other": ("third_party_state",) * 5,
    }
    assert {source.grade for source in case.sources.values()} == {None}
    counts = {name: [access_of(case, name, force, "") for force in case.forces] for name in case.sources}
    assert counts == {
        "ua_source": ["remote", "remote", "records", "records", "records"],
        "ru_source": ["records", "records", "remote", "remote", "remote"],
        "united_nations": [*("remote",) * 4, "site"],
        **dict.fromkeys(("us_source", "gb_source", "osi", "other"), ["remote"] * 5),
    }
    assert all(source.reason for source in case.sources.values())


def test_a_case_holds_only_what_is_spoken_of(imported):
    _, case = imported([said(3, 77, "OSI", "Ukraine", "Jets")])
    assert (list(case.forces), list(case.sources), list(case.forces["ukraine_materiel"].counts)) == (
        ["ukraine_materiel"],
        ["osi"],
        ["jets"],
    )
    assert case.forces["ukraine_materiel"].counts["jets"].reason


def test_access_is_stated_only_of_forces_that_are_spoken_of(imported):
    _, case = imported([said(3, 77, "RU Source")])
    assert case.sources["ru_source"].access == {}


def test_priors_are_those_of_a_year_scaled_to_the_days(imported):
    _, case = imported([said(73, 77)])
    total = case.forces["russia"].total
    assert (total.median, total.low, total.high) == (13_100.5, 1_310.5, 131_000.5)
    assert "scaled to 73 days" in total.reason


@pytest.mark.parametrize(
    ("width", "first", "last", "n"),
    [
        ("week", "2022-03-02", "2023-02-15", 52),
        ("month", "2022-02-28", "2023-01-31", 13),
        ("day", "2022-02-24", "2023-02-22", 365),
    ],
)
def test_bins_begin_the_day_before_day_1_and_end_on_the_last(imported, width, first, last, n):
    _, case = imported([said(365, 77)], bins=width)
    edges = [day.isoformat() for day in case.bins]
    assert (edges[0], edges[1], edges[-2], edges[-1]) == ("2022-02-23", first, last, "2023-02-23")
    assert len(edges) == n + 1


# what depends on what -----------------------------------------------------------------------------------------------


def test_a_series_given_on_many_days_is_a_running_tally(imported):
    account, case = imported(tally() + tally(TALLY_DAYS - 1, category="Jets"))
    of = {c.bulletin for c in case.claims if str(c.readings[0]) == "russia.killed"}
    assert of == {"ua_source_tallies"}
    assert {c.bulletin for c in case.claims if str(c.readings[0]) == "russia_materiel.jets"} == {""}
    assert (account.counts["bulletins"], account.counts["tallies"], account.counts["links_of_tallies"]) == (1, 1, 10)


@pytest.mark.parametrize(("falls", "linked"), [(1, 11), (2, 0)])
def test_what_often_falls_is_no_tally(imported, falls, linked):
    rows = tally(TALLY_DAYS + 1)
    for row in rows[1 : 2 * falls : 2]:
        row["loss_count"] *= 2  # so that the next one is less by half
    account, _ = imported(rows)
    assert account.counts["links_of_tallies"] == linked


def test_small_corrections_downwards_leave_a_tally_one(imported):
    rows = tally()
    for row in rows[1::2]:
        row["loss_count"] = round(row["loss_count"] * 0.95)
    account, _ = imported(rows)
    assert account.counts["links_of_tallies"] == TALLY_DAYS


def test_a_group_of_many_voices_keeps_no_tally(imported):
    account, _ = imported(tally(source="Other") + tally(source="OSI"))
    assert account.counts["bulletins"] == 0


def test_of_several_figures_a_day_the_one_that_fits_its_neighbours_is_the_link(imported):
    rows = [said(5, 30), *tally(), said(5, 1050), said(5, 1500, minimum=1)]
    _, case = imported(rows)
    odd, link, again, bound = (by_line(case)[line] for line in (2, 7, 13, 14))
    assert (link.bulletin, link.weight) == ("ua_source_tallies", 1)
    assert {(other.bulletin, other.origin) for other in (odd, again, bound)} == {("", link.origin)}
    assert str(again.set_aside) == f"repeats {link.id}"
    # Nothing tells which of a day's figures is the last word: those that say something else are looks of that origin.
    assert [other.weight for other in (odd, again, bound)] == [1, 0, 1]


def test_the_same_figure_again_is_one_origin_and_on_the_same_day_one_look(imported):
    rows = [
        said(9, 5937, "RU Source"),
        said(9, 5937, "RU Source"),
        said(40, 5937, "RU Source"),
        said(41, 6000, "RU Source"),
    ]
    _, case = imported(rows)
    first, same_day, later, other = (by_line(case)[line] for line in (2, 3, 4, 5))
    assert first.origin == same_day.origin == later.origin != other.origin
    assert [claim.weight for claim in (first, same_day, later, other)] == [1, 0, 1, 1]


def test_a_figure_of_one_day_is_no_repetition_of_a_total(imported):
    _, case = imported([said(1, 40), said(1, 40, time_frame="Day"), said(2, 40, time_frame="Day")])
    assert len({claim.origin for claim in case.claims}) == 3


def test_the_account_does_not_depend_on_the_order_of_rows(imported, file):
    rows = [*tally(), said(5, 30), said(9, 7000, "Other", minimum=1), said(9, 9000, "Other", maximum=1)]
    account, _ = imported(rows)
    turned = read_radford(file(rows[::-1], "turned.csv"))
    assert [(e.id, e.figure, e.bulletin) for e in account.entries] == [
        (e.id, e.figure, e.bulletin) for e in turned.entries
    ]


# what is refused ----------------------------------------------------------------------------------------------------


def test_rows_in_are_claims_out_and_rows_set_aside(imported):
    rows = [
        *tally(),
        said(5, 30),
        said(6, 0),
        said(7, "many"),
        said(8, 10, "Other", minimum=1),
        said(8, 20, "Other", maximum=1),
    ]
    account, case = imported(rows, skip_bad=True)
    assert account.counts["rows"] == len(rows) == len(case.claims) + sum(account.aside.values())
    assert account.aside == {ZERO: 1, UNREADABLE: 1, UPPER_END: 1}
    assert [problem.where for problem in account.problems] == ["claims-of-others.csv:14"]


def test_every_bad_row_is_told_with_its_line_all_at_once(file):
    rows = [
        said(3, 77),
        said("x", -4),
        said(3, 77, "UA Sorce"),
        said(3, 77, category="Tank"),
        said(3, 77, country="Rusia"),
        said(3, 77, time_frame="Week"),
        said(3, 77, minimum=1, maximum=1),
        said(0, 2.5),
        said(3, 77, category="Civilian Deaths"),
        said(3, 77, loss_type="Jets-Russia"),
        said(3, "9" * 5000),
    ]
    told = refused(file(rows))
    assert [text.split(":")[1] for text in told] == ["3", "3", "4", "5", "6", "7", "8", "9", "9", "10", "11", "12"]
    assert "days must be a whole number" in told[0]
    assert "did you mean 'UA Source'?" in told[2]
    assert "did you mean 'Tanks'?" in told[3]
    assert "did you mean 'Russia'?" in told[4]
    assert "allowed: Cumulative, Day" in told[5]
    assert "cannot both be 1" in told[6]
    assert "allowed: Ukraine" in told[9]
    assert "loss_type does not agree" in told[10]
    assert all(len(text) < 700 for text in told)


HOSTILE = {
    "text in another encoding": (
        b'3,77,"Milit\x81ry",UA Source,Cumulative,Russia,0,0,Tanks,\n',
        ":2: loss_type is not UTF-8",
    ),
    "a NUL": (b"3,77,,UA Source,Cumulative,Russia,0,0,Ta\x00nks,\n", ":2: category is not UTF-8"),
    "a line break in a cell": (b'3,77,,"UA\nSource",Cumulative,Russia,0,0,Tanks,\n', ":2: claim_source is not known"),
    "quotation marks in a cell": (
        b'3,77,,"UA ""Source""",Cumulative,Russia,0,0,Tanks,\n',
        ":2: claim_source is not known",
    ),
    "a very long cell": (
        b"3," + b"7" * 100_000 + b",,UA Source,Cumulative,Russia,0,0,Tanks,\n",
        ":2: loss_count must be",
    ),
    "a quotation mark never closed": (
        b'3,77,"x,UA Source,Cumulative,Russia,0,0,Tanks,\n',
        ":2: a quotation mark opens here",
    ),
    "a stray quotation mark": (b'3,77,"x"y,UA Source,Cumulative,Russia,0,0,Tanks,\n', ":2: a quotation mark is closed"),
    "a cell beyond all measure": (b"3," + b"7" * 200_000 + b",,,,,,,,\n", ":2: a cell is longer than"),
    "a short row": (b"3,77\n", ":2: the row has 2 cells where the header has 10"),
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_rows_are_told_and_never_a_traceback(tmp_path, hostile):
    row, expected = HOSTILE[hostile]
    path = tmp_path / "f.csv"
    path.write_bytes(",".join(COLUMNS).encode() + b"\n" + row + b"0,1,,UA Source,Cumulative,Russia,0,0,Tanks,\n")
    told = refused(path)
    assert told[0].startswith(f"f.csv{expected}")
    assert all(len(text) < 700 for text in told)
    if "quotation mark never" not in hostile and "stray" not in hostile and "measure" not in hostile:
        assert "days must lie between" in told[-1]  # what follows is read, too


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "f.csv: the file is empty"),
        ("days,loss_count".encode("utf-16-le"), "f.csv: is not UTF-8 text"),
        (b"\xff\xfedays,loss", "f.csv: is not UTF-16 text"),
        (b"PK\x03\x04", "f.csv: is a compressed archive or a workbook; unpack it"),
        (b"1,2,3\n4,5,6\n", "f.csv:1: does not name the columns; write their names into the first line"),
        (b"days,loss_count\n", "f.csv:1: column 'claim_source' is missing"),
        (b"days,days\n", "f.csv:1: column 'loss_count' is missing"),
        (",".join(COLUMNS).encode() + b"\n", "f.csv: holds no claim that can be used"),
        (b"\xef\xbb\xbf" + ";".join(COLUMNS).encode() + b"\r\n\r\n", "f.csv: holds no claim"),
        (
            ",".join(COLUMNS).replace("days", "day").encode(),
            "f.csv:1: column 'days' is missing; there is a column 'day'",
        ),
    ],
)
def test_files_that_are_no_table(tmp_path, content, expected):
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    assert refused(path)[0].startswith(expected)


def test_files_that_are_none(tmp_path):
    assert refused(tmp_path / "none.csv") == ["none.csv: the file does not exist"]
    assert refused(tmp_path)[0].endswith("is not a file but a folder; give the CSV or JSON file itself")


def test_lines_are_those_of_the_file_after_a_cell_of_several(tmp_path):
    path = tmp_path / "f.csv"
    rows = ['3,77,,"UA\n\nSource",Cumulative,Russia,0,0,Tanks,', "", "x,77,,OSI,Cumulative,Russia,0,0,Tanks,"]
    path.write_text("\n".join([",".join(COLUMNS), *rows]), encoding="utf-8")
    assert [text.split(":")[1] for text in refused(path)] == ["2", "6"]


def test_what_was_found_before_a_file_breaks_off_is_told_too(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(f'{",".join(COLUMNS)}\nx,7,,OSI,Cumulative,Russia,0,0,Tanks,\n"3,7', encoding="utf-8")
    for skip_bad in (False, True):
        assert [text.split(":")[1] for text in refused(path, skip_bad=skip_bad)] == ["2", "3"]


def test_a_spreadsheet_s_file_with_extra_columns_is_read(tmp_path):
    path = tmp_path / "f.csv"
    head = "\ufeffmine;days;loss_count;claim_source;time_frame;loss_country;minimum;maximum;category"
    path.write_text(f"{head}\r\nx;3;77;OSI;Cumulative;Russia;0;0;Tanks\r\n", encoding="utf-8")
    assert [entry.figure for entry in read_radford(path).entries] == ["77"]


@pytest.mark.parametrize(("low", "high"), [(2, 300), (1, 2_000), (10, 15_000), (3, 900), (200, 300)])
def test_a_wide_range_is_read_again_as_it_was_meant(imported, low, high):
    """In speech "2-300" may be 200 to 300, and "10-15,000" is 10,000 to 15,000; a table leaves nothing out."""
    _, case = imported([said(1, low, minimum=1), said(1, high, maximum=1)])
    assert [(claim.figure.low, claim.figure.high) for claim in case.claims] == [(low, high)]
