"""Claims of one window are looks at the same sum: what may be incidents is told, and added up only if asked."""

import csv

import pytest
from saying import said as in_english

from truetoll.claims.incidents import Kind, incidents, summed
from truetoll.claims.reading import read_case
from truetoll.errors import CaseError
from truetoll.importers.incidents import write_sums

TOML = """
[case]
title = "incidents"
bins = [2024-05-01, 2024-06-01, 2024-07-01]
[forces.f]
victims = "civilian"
outcomes = ["killed"]
total = { median = 50, low = 5, high = 500 }
[sources.ngo]
grade = "B"
relations = { f = "observer_ngo" }
"""
HEAD = "id,source,reported,losses,figure,since,as_of,origin,bulletin\n"


@pytest.fixture
def read(tmp_path):
    """read("figure; since; as_of; origin", ...) -> case"""

    def case(*rows, toml=TOML):
        folder = tmp_path / "case"
        folder.mkdir(exist_ok=True)
        lines = []
        for i, row in enumerate(rows):
            figure, since, as_of, origin = (*(part.strip() for part in row.split(";")), "", "")[:4]
            losses = "f.casualties" if origin == "other" else "f.killed"
            lines.append(f'i{i},ngo,2024-07-05,{losses},"{figure}",{since},{as_of},{origin},\n')
        (folder / "case.toml").write_text(toml, encoding="utf-8")
        (folder / "claims.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
        return read_case(folder)

    return case


def kinds(case):
    return [group.kind for group in incidents(case.claims, case.bins)]


DAY = "2024-05-01; 2024-05-02"


def test_several_figures_of_one_window_are_told(read):
    case = read(f"10; {DAY}", f"20; {DAY}", f"30; {DAY}")
    assert kinds(case) == [Kind.SAME]
    (told,) = (n for n in in_english(case.notices) if "incidents" in n)
    assert "3 figures of ngo on f.killed: several are of one window" in told
    assert "truetoll sum-incidents" in told


def test_figures_since_the_start_that_fall_as_often_as_they_rise_are_told(read):
    days = [f"{n}; ; 2024-05-{d:02d}" for d, n in enumerate((10, 3, 40, 7, 2), 3)]
    assert kinds(read(*days)) == [Kind.GROWING]
    assert kinds(read(*(f"{n}; ; 2024-05-{d:02d}" for d, n in enumerate((10, 13, 40, 57, 52), 3)))) == []


def test_days_that_leave_most_of_a_bin_out_are_told(read):
    days = [f"{n}; 2024-05-{d:02d}; 2024-05-{d + 1:02d}" for n, d in ((10, 3), (4, 9), (8, 20))]
    assert kinds(read(*days)) == [Kind.WITHIN]


def test_what_is_no_list_of_incidents_is_left_alone(read):
    assert kinds(read(f"10; {DAY}", f"10; {DAY}")) == []  # the same figure: told as a twin
    assert kinds(read(f"10; {DAY}; o", f"20; {DAY}; o")) == []  # a correction, or a tie
    assert kinds(read("10; 2024-05-01; 2024-06-01", "20; 2024-06-01; 2024-07-01")) == []
    assert kinds(read(f"no fewer than 10; {DAY}", f"no fewer than 20; {DAY}")) == []  # bounds are not averaged


def rows(case, **options):
    return [(row["figure"], row["since"], row["as_of"]) for row in summed(case, **options)]


def test_a_sum_is_that_of_its_bin_and_a_list_misses_some(read):
    case = read(f"10; {DAY}", f"20; {DAY}", f"30; {DAY}")
    assert rows(case) == [("at least 60", "2024-05-01", "2024-06-01")]
    assert rows(case, complete=True) == [("60", "2024-05-01", "2024-06-01")]


def test_ranges_and_bounds_add_up_to_what_was_the_least(read):
    case = read(f"10-15; {DAY}", f"20 or more; {DAY}", f"up to 30; {DAY}")
    assert rows(case)[0][0] == "at least 30"
    case = read(f"10-15; {DAY}", f"20; {DAY}", f"up to 30; {DAY}")
    assert rows(case, complete=True)[0][0] == "30-65"


def test_an_incident_of_several_bins_keeps_its_window(read):
    wide = "2024-05-01; 2024-07-01"
    assert rows(read(f"10; {wide}", f"20; {wide}")) == [("at least 30", "2024-05-01", "2024-07-01")]


def test_incidents_dated_by_their_last_day_go_to_its_bin_and_nothing_is_lost(read):
    said = [(1 + 7 * i % 40, f"2024-{5 + i // 30:02d}-{2 + i % 28:02d}") for i in range(58)]
    case = read(*(f"{n}; ; {day}" for n, day in said))
    found = rows(case)
    assert [(since, as_of) for _, since, as_of in found] == [("2024-05-01", "2024-06-01"), ("2024-06-01", "2024-07-01")]
    assert sum(int(figure.removeprefix("at least ")) for figure, _, _ in found) == sum(n for n, _ in said)


def test_a_new_case_is_written_and_says_what_it_added_up(read, tmp_path):
    case = read(f"10; {DAY}", f"20; {DAY}", f"30; {DAY}", "about 70; 2024-06-01; 2024-07-01; other")
    out = tmp_path / "new"
    out.mkdir()
    new = write_sums(case, out)
    with (out / "claims.csv").open(encoding="utf-8", newline="") as file:
        sums, other = csv.DictReader(file)
    assert sums["note"] == "Sum of 3: i0 (10), i1 (20), i2 (30)"
    assert (other["id"], other["figure"]) == ("i3", "about 70")
    assert not any("incidents" in notice for notice in in_english(new.notices))
    assert len(read_case(case.path).claims) == 4
    (tmp_path / "again").mkdir()
    with pytest.raises(CaseError, match="no figures of one source"):
        write_sums(new, tmp_path / "again")
