"""Tech for Palestine's daily table: what is a report, what becomes of every row, and what is refused."""

import json
from datetime import date, timedelta

import pytest

from truetoll.errors import CaseError
from truetoll.importers.drafts import write_case
from truetoll.importers.sheet import UNREADABLE
from truetoll.importers.tallies import OTHER_DAYS, SAME_DAY
from truetoll.importers.tfp import NO_FIGURE, NO_REPORT, NOBODY, read_tfp


def day(n, killed=None, injured=None, source="mohtel", **others):
    """A row of the table, with what Tech for Palestine fills in itself."""
    row = {"report_date": str(date(2023, 10, 6) + timedelta(days=n)), "report_source": source, "report_period": 24}
    row |= {"ext_killed_cum": 100 * n, "ext_injured_cum": 300 * n}
    said = {"killed_cum": killed, "injured_cum": injured}
    return row | {name: value for name, value in said.items() if value is not None} | others


ROWS = [
    day(1, 232, 1610),
    day(2, 370, 1788, killed_children_cum=78, med_killed_cum=6),
    day(3, source="missing"),
    day(4, 900, source="missing"),
    day(5, 1100, 5184, "gmotel"),
    day(6, 1417, 5763, killed_committee=499, report_period=48),
    day(7),
    day(8, 1900, 6000),
    day(8, 1900, 6000),
    day(9, 2215, 8714, killed_recovered=3),
]


@pytest.fixture
def file(tmp_path):
    """file(rows, name) -> path"""

    def write(rows, name="casualties_daily.json"):
        (tmp_path / name).write_text(json.dumps(rows), encoding="utf-8")
        return tmp_path / name

    return write


def refused(path, **options):
    with pytest.raises(CaseError) as caught:
        read_tfp(path, **options)
    return [str(problem) for problem in caught.value.problems]


def test_every_row_is_a_report_that_counts_or_is_set_aside(file, tmp_path):
    made = read_tfp(file(ROWS), every="day")
    assert made.aside == {NO_REPORT: 1, NOBODY: 1, NO_FIGURE: 1, SAME_DAY: 1}
    assert made.counts == {"rows": 10, "rows_used": 6, "claims": 12}
    assert made.counts["rows"] == made.counts["rows_used"] + sum(made.aside.values())
    (tmp_path / "case").mkdir()
    case = write_case(made, tmp_path / "case")
    claims = {claim.id: claim for claim in case.claims}
    link = claims["health-ministry-killed-2023-10-12"]
    assert (link.text, str(link.readings[0]), link.bulletin) == ("1,417", "gaza.killed", "health_ministry_tally")
    assert (link.since, link.as_of, link.reported) == (date(2023, 10, 6), date(2023, 10, 12), date(2023, 10, 12))
    assert claims["media-office-wounded-2023-10-11"].bulletin == "media_office_tally"
    assert case.forces["gaza"].victims == "mixed"
    assert case.sources["media_office"].relations == {"gaza": "own_side"}
    # What Tech for Palestine fills in stands in no claim.
    assert not {f"{100 * n:,}" for n in (3, 7)} & {claim.text for claim in case.claims}


def test_batches_and_long_periods_are_noted(file):
    notes = {entry.id: entry.note for entry in read_tfp(file(ROWS), every="day").entries}
    assert notes["health-ministry-killed-2023-10-12"] == (
        "row 6; over 48 hours; 499 of earlier days accepted by the committee"
    )
    assert notes["health-ministry-killed-2023-10-15"] == "row 10; 3 bodies recovered"
    assert any("batches of deaths of earlier days" in str(told) for told in read_tfp(file(ROWS), every="day").remarks)


def test_the_last_report_of_each_week_and_source_is_kept(file):
    made = read_tfp(file([day(n, 10 * n, 20 * n) for n in range(1, 31)] + [day(31, 500, 600, "gmotel")]))
    killed = [entry.as_of.isoformat() for entry in made.entries if entry.losses == "gaza.killed"]
    # Weeks from 7 October on; the last, of three days, goes with the one before.
    assert killed == ["2023-10-13", "2023-10-20", "2023-10-27", "2023-11-05", "2023-11-06"]
    assert made.aside == {OTHER_DAYS: 26}
    assert [str(edge) for edge in made.case.case.bins] == ["2023-10-06", "2023-11-06"]


def test_a_csv_of_the_same_table_is_read_alike(file, tmp_path):
    rows = [day(1, 232, 1610), day(2, 370, 1788)]
    names = list(rows[0])
    text = "\n".join([",".join(names), *(",".join(str(row[name]) for name in names) for row in rows)])
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    said = [(e.id, e.figure) for e in read_tfp(tmp_path / "t.csv", every="day").entries]
    assert said == [(e.id, e.figure) for e in read_tfp(file(rows), every="day").entries]


def test_columns_that_nobody_knows_are_told_and_those_that_are_known_are_not(file):
    rows = [day(1, 1, 2, famine_cum=3, killed_truce_new=1), day(2, 2, 3, drones_seen=7)]
    told = [each for each in map(str, read_tfp(file(rows)).remarks) if "not known" in each]
    assert told == ["not known to this importer, and not read: column 'drones_seen'"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (day(2, 370, 400, "unocha"), "row 2: report_source is not known; read 'unocha'; allowed: mohtel, gmotel"),
        (day(2, -3, 400), "row 2: killed_cum must not be negative"),
        (day(2, "many", 400), "row 2: killed_cum must be a whole number"),
        (day(-2, 3, 400), "row 2: report_date is before 2023-10-07; read 2023-10-04"),
        (day(2, 3, 4, report_date=""), "row 2: report_date is empty"),
        (day(1, 233, 1610), "row 2: 2023-10-07 stands in casualties_daily.json: row 1 too, with other figures"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_and_may_be_let_pass(file, row, expected):
    path = file([day(1, 232, 1610), row, day(3, 900, 4000)])
    assert expected in refused(path)[0]
    made = read_tfp(path, skip_bad=True, every="day")
    assert (made.aside, made.counts["rows_used"]) == ({UNREADABLE: 1}, 2)
    assert expected in str(made.problems[0])


def test_another_table_is_refused_with_what_it_holds(file):
    assert "column 'report_date' is missing; there are also: id, killed" in refused(file([{"id": 1, "killed": 3}]))[0]
    assert refused(file([day(1)])) == ["casualties_daily.json: holds no report with a figure"]
