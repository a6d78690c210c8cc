"""Ukraine's daily figures: links of a tally, things as a force of their own, and what is refused."""

import json
from datetime import date, timedelta

import pytest

from truetoll.errors import CaseError
from truetoll.importers.drafts import write_case
from truetoll.importers.tallies import OTHER_DAYS
from truetoll.importers.ukraine import NO_FIGURE, read_ukraine

BEFORE = date(2022, 2, 23)


def on(n, **figures):
    return {"date": str(BEFORE + timedelta(days=n)), "day": n} | {k.replace("_", " "): v for k, v in figures.items()}


def persons(n, figure, hedge="about"):
    return on(n, personnel=figure) | {"personnel*": hedge}


@pytest.fixture
def case(tmp_path):
    """case(rows, **options) -> (account, case as read again)"""

    def make(rows, **options):
        (tmp_path / "f.json").write_text(json.dumps(rows), encoding="utf-8")
        made = read_ukraine(tmp_path / "f.json", **options)
        (tmp_path / "case").mkdir()
        return made, write_case(made, tmp_path / "case")

    return make


def refused(tmp_path, rows, **options):
    (tmp_path / "f.json").write_text(json.dumps(rows), encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_ukraine(tmp_path / "f.json", **options)
    return [str(problem) for problem in caught.value.problems]


def test_about_is_a_formula_and_more_is_a_hedge(case):
    rows = [persons(2, 2800), persons(3, 12000, "more"), persons(4, 12500) | {"POW": 200}]
    made, read = case(rows, every="day")
    assert made.counts == {"rows": 3, "rows_used": 3, "claims": 3, "series": 1}
    assert [(c.text, str(c.readings[0]), bool(c.bulletin)) for c in read.claims] == [
        ("2,800", "russia.casualties", True),
        ("more than 12,000", "russia.casualties", False),
        ("12,500", "russia.casualties", True),
    ]
    assert {c.origin for c in read.claims} == {"general_staff_tally"}
    assert read.sources["general_staff"].relations == {"russia": "adversary"}
    assert not [told for told in map(str, made.remarks) if "not known" in told]


def test_things_are_a_force_of_their_own(case):
    rows = [
        on(2, tank=80, APC=516, drone=0, military_auto=100, fuel_tank=60),
        on(90, tank=81, vehicles_and_fuel_tanks=300),
    ]
    made, read = case(rows, every="day")
    said = {(str(c.readings[0]), c.text) for c in read.claims}
    assert said == {
        ("russia_materiel.tanks", "80"),
        ("russia_materiel.tanks", "81"),
        ("russia_materiel.armoured_vehicles", "516"),
        ("russia_materiel.vehicles_and_fuel_tanks", "160"),
        ("russia_materiel.vehicles_and_fuel_tanks", "300"),
    }
    assert any("vehicles_and_fuel_tanks is 100 + 60" in entry.note for entry in made.entries)
    force = read.forces["russia_materiel"]
    assert (force.victims, set(force.counts)) == (
        "materiel",
        {"tanks", "armoured_vehicles", "vehicles_and_fuel_tanks"},
    )
    assert "russia" not in read.forces


def test_one_kind_can_be_chosen(case, tmp_path):
    made, read = case([on(2, tank=80, APC=516), on(3, APC=600)], every="day", only=["tanks"])
    assert [c.text for c in read.claims] == ["80"]
    assert made.aside == {NO_FIGURE: 1}
    assert "did you mean 'tanks'" in refused(tmp_path, [on(2, tank=80)], only=["tank"])[0]


def test_years_of_days_are_thinned_and_counted(case):
    made, read = case([persons(n, 1000 * n) for n in range(2, 1628)])
    assert made.counts["rows"] == made.counts["rows_used"] + made.aside[OTHER_DAYS] == 1626
    assert len(read.claims) == 232
    assert read.claims[-1].text == "1,627,000"
    assert len(read.bins) == 55  # edges of 54 months


def test_a_new_kind_of_thing_is_told(case):
    made, _ = case([on(2, tank=80), on(3, tank=81, laser=2)], every="day")
    assert "not known to this importer, and not read: column 'laser'" in map(str, made.remarks)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (persons(3, 100) | {"day": 4}, "date and day do not agree: 2022-02-26 is day 3; read 4"),
        (persons(3, 100, "roughly"), "personnel* is not known; read 'roughly'; allowed: about, more"),
        (persons(3, -5), "personnel must not be negative"),
        (persons(0, 5), "date is before 2022-02-24"),
        (persons(2, 5), "2022-02-25 stands in f.json: row 1 too, with other figures"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(tmp_path, row, expected):
    assert expected in refused(tmp_path, [persons(2, 80), row])[0]


def test_another_file_is_refused_with_what_is_needed(tmp_path):
    assert "neither column personnel nor one of aircraft" in refused(tmp_path, [{"date": "2022-03-01", "dogs": 1}])[0]
    assert "column 'date' is missing; there are also: dogs" in refused(tmp_path, [{"dogs": 1}])[0]
