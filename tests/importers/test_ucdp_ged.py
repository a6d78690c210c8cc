"""UCDP's events: what becomes of every event and of every death, and what is refused."""

import csv
import io
from datetime import date

import pytest

from truetoll.claims.schema import Form
from truetoll.errors import CaseError
from truetoll.importers.drafts import write_case
from truetoll.importers.ucdp_case import MOST_PARTIES
from truetoll.importers.ucdp_ged import ANOTHER, ELSEWHERE, NO_DEATH, OUTSIDE, Selection, read_ucdp_ged

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
    assert (source.grade, set(source.relations.values())) == ("B", {"observer_ngo"})
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
    assert account.aside == {ELSEWHERE: 2, ANOTHER: 1, OUTSIDE: 1, NO_DEATH: 1, "unreadable": 1}
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
    assert refused(path, selection=nothing) == ["events.csv: holds no event to make a case of"]


def test_too_many_parties_are_no_case(file):
    rows = [event(n, "2020-01-05", a=n, side_a=f"Group {n}") for n in range(1, MOST_PARTIES + 2)]
    assert "choose a country or a conflict" in refused(file(rows))[0]


def test_every_bad_event_is_told_with_its_line_all_at_once(file):
    rows = [
        event(1, "2020-01-05", a=5),
        event(1, "2020-01-06", a=5),
        event(2, "2020-01-06", a=5, best=9, high=9),
        event(3, "2020-01-06", a=5, low=6),
        event(4, "2020-01-06", a=5, high=4),
        event(5, "2020-01-06", a=5, end="2020-01-05"),
        event(6, "2020-02-30", a=5, best=-1),
        event("", "2020-01-06", a=5, side_a="", type_of_violence=4),
        event(8, "06/01/2020", a=5, deaths_b="1.5"),
    ]
    found = refused(file(rows))
    assert [text.split(":")[1] for text in found] == [*"3456", "7", *"888", *"999", *["10"] * 3]
    assert "id is already that of line 2" in found[0]
    assert "best is 9, but the dead of its parts add up to 5" in found[1]
    assert "must not decrease" in found[2] and "must not decrease" in found[3]
    assert "date_end lies before date_start" in found[4]


def test_hostile_cells_stay_text(imported):
    long = "x" * 100_000
    sides = {"side_a": 'A "quoted"\r\n[forces.x]\n', "side_b": f"B {long}", "source_article": f'"{long}"\n'}
    account, case = imported([event(1, "2020-01-05", a=2, b=3, **sides)])
    assert account.counts["events"] == 1
    assert set(case.forces) == {"a_quoted_forces_x", f"b_{'x' * 48}"}
    assert case.forces["a_quoted_forces_x"].name == 'A "quoted" [forces.x]'


def test_bytes_in_another_encoding_matter_only_where_they_are_read(tmp_path, file):
    content = file([event(1, "2020-01-05", a=2, source_article="AA"), event(2, "2020-01-05", a=2, side_b="BB")])
    content.write_bytes(content.read_bytes().replace(b"AA", b"\xe9").replace(b"BB", b"\xe9"))
    assert refused(content) == ["events.csv:3: side_b is not UTF-8 text; save it as UTF-8 (in Excel: 'CSV UTF-8')"]
