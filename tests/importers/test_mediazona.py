"""Mediazona's weekly table: names as floors, earlier words of the list, estimates added up, and what is refused."""

from datetime import date

import pytest

from truetoll.claims.asof import as_of
from truetoll.errors import CaseError
from truetoll.importers.drafts import write_case
from truetoll.importers.mediazona import IN_ORDER, NO_FIGURE, read_mediazona

HEAD = "Year,Week,BmzNow,Bmz2022,Bmz2023,ECSuperlates,ED,EDHigh,EDLow,EDAssembled,EDAssembledHigh,EDAssembledLow"


def week(year, number, now, then="0,0", estimate="456.2,576.2,336.2"):
    return f"{year},{number},{now},{then},18.1,430.9,550.8,310.9,{estimate}"


ROWS = [
    week(2022, 8, 427, "388,414"),
    week(2022, 9, 619, "572,604", "691.0,822.3,559.8"),
    week(2022, 10, 588, "542,562", "468.3,389.2,547.4"),
    week(2022, 11, 377, "343,362", "293.1,356.5,229.7"),
    week(2022, 12, 408, "354,386", "410.9,492.1,329.9"),
    week(2022, 13, 369, "309,343", "380.8,449.8,311.8"),
]


def read(tmp_path, rows, head=HEAD, **options):
    (tmp_path / "w.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    return read_mediazona(tmp_path / "w.csv", **options)


def refused(tmp_path, rows, head=HEAD, **options):
    with pytest.raises(CaseError) as caught:
        read(tmp_path, rows, head, **options)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def case(tmp_path):
    made = read(tmp_path, ROWS)
    (tmp_path / "case").mkdir()
    return made, write_case(made, tmp_path / "case")


def test_months_are_made_of_whole_weeks(case):
    made, read_again = case
    # Thursday of week 8 is 24 February, of week 13 it is 31 March.
    assert read_again.bins == (date(2022, 2, 20), date(2022, 2, 27), date(2022, 4, 3))
    assert made.counts == {"rows": 6, "rows_used": 6, "claims": 8, "names": 2788}
    assert made.mended == {IN_ORDER: 1}
    texts = {claim.id: claim.text for claim in read_again.claims}
    assert texts["names-2022-04-03"] == "2,361 names"
    assert texts["estimate-2022-04-03"] == "2,244 (95% CI 1,820-2,668)"
    assert texts["estimate-2022-02-27"] == "456 (95% CI 336-576)"


def test_what_was_known_at_the_end_of_a_year_is_an_earlier_word(case):
    _, now = case
    counting = {claim.id for claim in now.claims if claim.weight > 0}
    assert counting == {f"{kind}-{end}" for kind in ("names", "estimate") for end in ("2022-02-27", "2022-04-03")}
    then = as_of(now, date(2023, 6, 1))
    assert {claim.text for claim in then.claims if claim.weight > 0} == {"388 names", "2,120 names"}
    assert {claim.figure.form.value for claim in then.claims} == {"floor"}


def test_names_stand_under_the_truth_and_estimates_state_their_error(case):
    _, now = case
    assert {claim.figure.form.value for claim in now.claims if claim.source == "mediazona_names"} == {"floor"}
    estimates = [claim for claim in now.claims if claim.source == "meduza_estimate"]
    assert all(claim.figure.stated for claim in estimates)
    assert {claim.origin for claim in estimates} == {"estimate"}
    assert now.sources["meduza_estimate"].access == "model"
    assert sum("list of names" in notice for notice in map(str, now.notices)) == 1


def test_a_year_end_says_nothing_of_later_weeks(tmp_path):
    """Stray entries of the file: dead of 2023 that were known in 2022."""
    made = read(tmp_path, [week(2023, 1, 500, "3,480"), week(2023, 2, 400, "1,390")], bins="week")
    assert [entry.figure for entry in made.entries if "known" in entry.id] == ["480 names", "390 names"]


def test_weeks_are_bins_and_a_week_without_estimate_has_none(tmp_path):
    made = read(tmp_path, [*ROWS[:2], week(2022, 10, 588, "542,562", ",,")], bins="week")
    assert len(made.case.case.bins) == 4
    assert [entry.id for entry in made.entries if entry.id.startswith("estimate")] == [
        "estimate-2022-02-27",
        "estimate-2022-03-06",
    ]
    assert "1 week has names and no estimate: its bin has none either" in map(str, made.remarks)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (week(2022, 15, 1), "w.csv:8: 1 week before it is missing"),
        (week(2022, 13, 1), "w.csv:8: the same week as in w.csv:7"),
        (week(2022, 53, 1), "w.csv:8: Year and Week are no week of ISO's calendar; read 2022, 53"),
        (week(2022, 14, -1), "w.csv:8: bmz_now must not be negative"),
        (week(2022, 14, 1, estimate="5,4,3"), "w.csv:8: EDAssembled does not lie between"),
        (week(2022, 14, 1, estimate="5,6,"), "w.csv:8: EDAssembled does not lie between"),
        (week(2022, 14, 1, estimate="x,6,4"), "w.csv:8: edassembled must be a number with a decimal point"),
    ],
)
def test_a_row_that_cannot_be_used_is_told(tmp_path, row, expected):
    assert expected in refused(tmp_path, [*ROWS, row])[0]


def test_a_week_of_nothing_is_set_aside_and_days_are_refused(tmp_path):
    made = read(tmp_path, [*ROWS, week(2022, 14, 0, estimate=",,")])
    assert made.aside == {NO_FIGURE: 1}
    assert "bins of a day cannot be made of it" in refused(tmp_path, ROWS, bins="day")[0]


def test_other_columns_are_told_and_missing_ones_named(tmp_path):
    assert (
        "column 'bmz_now' is missing; there are also: Names"
        in refused(tmp_path, ROWS, HEAD.replace("BmzNow", "Names"))[0]
    )
    made = read(tmp_path, ROWS, HEAD.replace("ECSuperlates", "Moon"))
    assert "not known to this importer, and not read: column 'Moon'" in map(str, made.remarks)
