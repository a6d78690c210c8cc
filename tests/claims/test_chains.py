"""Which figures of a bulletin are linked, and how many days apart they stand."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import numpy as np
import pytest
from saying import said as in_english

from truetoll.claims.chains import Link, chains, looks
from truetoll.claims.reading import read_case

TOML = """
[case]
title = "A tally"
bins = [2024-01-01, 2024-04-01, 2024-07-01]

[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
strength = { median = 20_000, low = 10_000, high = 40_000 }
rate = { median = 0.1, low = 0.01, high = 0.5 }
counts = { tanks = { median = 150, low = 30, high = 600 } }

[sources.ministry]
grade = "C"
relations = { north = "adversary" }

[sources.monitor]
grade = "B"
relations = { north = "observer_ngo" }
"""
COLUMNS = "id,source,losses,figure,since,as_of,reported,bulletin,credibility"


@pytest.fixture
def tally(small_case):
    """tally(*rows) -> links, and the case; a row: ``id; figure; as_of`` and, where they differ, further columns."""
    number = count()

    def read(*rows):
        lines = [",".join(f'"{cell}"' for cell in filled(row).values()) for row in rows]
        speaks = "[sources.monitor]" if any("monitor" in line for line in lines) else None
        toml = TOML if speaks else TOML[: TOML.index("[sources.monitor]")]
        folder = small_case(name=f"tally{next(number)}", case=toml, claims="\n".join([COLUMNS, *lines]) + "\n")
        case = read_case(folder)
        return chains(case.claims), case

    return read


def filled(row):
    cells, *more = row if isinstance(row, tuple) else (row,)
    name, figure, as_of = (part.strip() for part in cells.split(";"))
    usual = dict.fromkeys(COLUMNS.split(","), "") | {
        "source": "ministry",
        "losses": "north.killed",
        "bulletin": "daily",
    }
    return usual | {"id": name, "figure": figure, "as_of": as_of} | (more[0] if more else {})


TWO = ("a; 1,010; 2024-02-01", "c; 1,130; 2024-02-11")


def test_figures_follow_each_other_by_the_day_they_speak_of(tally):
    """Whatever their order in the file, over the change of a month, days counted between neighbours."""
    found, _ = tally("d; 1,340; 2024-03-02", "a; 1,010; 2024-02-01", "c; 1,230; 2024-02-28", "b; 1,050; 2024-02-02")
    assert found == {"a": Link(None, 0), "b": Link("a", 1), "c": Link("b", 26), "d": Link("c", 3)}


def test_a_single_figure_is_no_tally(tally):
    assert tally(TWO[0])[0] == {}


def test_of_one_day_the_figure_reported_last_counts(tally):
    """Without a day of report a figure was known on its own day; the other is no link even where it is kept."""
    for first in ("2024-02-06", ""):
        found, case = tally(
            ("late; 1,090; 2024-02-05", {"reported": "2024-02-09"}),
            ("early; 1,050; 2024-02-05", {"reported": first}),
            *TWO,
        )
        assert list(found) == ["a", "late", "c"]
        assert chains(replace(claim, weight=1.0) for claim in case.claims) == found
        assert {claim.origin for claim in case.claims} == {"daily"}


def test_of_two_figures_of_one_day_that_nothing_tells_apart_none_is_a_link(tally):
    said = ("x; 1,090; 2024-02-05", {"reported": "2024-02-06"}), ("y; 1,050; 2024-02-05", {"reported": "2024-02-06"})
    found, case = tally(*said, *TWO)
    assert list(found) == ["a", "c"]
    assert all(claim.weight == 1 for claim in case.claims)
    assert any("y ('1,050') and x ('1,090') are of one source" in told for told in in_english(case.notices))


@pytest.mark.parametrize("figure", ["more than 1,050", "at least 1,050", "up to 1,060", "at most 1,060", "5-9%"])
def test_hedges_bounds_and_shares_are_no_links(tally, figure):
    for as_of in ("2024-02-05", "2024-02-20"):  # amid the others, and last, where nothing is taken for a slip
        found, _ = tally(*TWO, f"b; {figure}; {as_of}")
        assert found == {"a": Link(None, 0), "c": Link("a", 10)}


def test_a_vague_word_is_no_link(tally):
    """Its cell spans a factor above two: it is no point on a tally."""
    assert list(tally(*TWO, "b; hundreds; 2024-02-20")[0]) == ["a", "c"]


@pytest.mark.parametrize("losses", ["north.killed:0.7 | north.wounded:0.3", "north.strength"])
def test_readings_and_strength_are_no_links(tally, losses):
    found, _ = tally(TWO[0], ("b; 1,050; 2024-02-05", {"losses": losses}), TWO[1])
    assert list(found) == ["a", "c"]


def test_strength_alone_is_no_tally(tally):
    found, _ = tally(*((row, {"losses": "north.strength"}) for row in TWO))
    assert found == {}


def test_a_figure_without_weight_is_no_link(tally):
    """A repeat gets none: it does not stand between the figures around it."""
    found, case = tally(TWO[0], ("again; 1,020; 2024-02-01", {"reported": "2024-02-20"}), TWO[1])
    assert {claim.id: claim.weight for claim in case.claims} == {"a": 0.0, "again": 1.0, "c": 1.0}
    assert list(found) == ["again", "c"]
    _, case = tally(TWO[0], "b; 1,050; 2024-02-05", TWO[1])
    assert chains(replace(claim, weight=float(claim.id != "b")) for claim in case.claims)["c"] == Link("a", 10)


def test_claims_outside_bulletins_are_no_links(tally):
    assert tally(*((row, {"bulletin": ""}) for row in TWO))[0] == {}


def test_each_thing_counted_since_one_day_by_one_source_is_a_tally(tally):
    """Other losses, another start, another source of the same bulletin: separate tallies, their days their own."""
    kinds = {
        "k": {},
        "w": {"losses": "north.wounded"},
        "t": {"losses": "north.tanks"},
        "s": {"since": "2024-01-20"},
        "m": {"source": "monitor"},
    }
    _, case = tally(
        *((f"{name}{day}; 1{day}0; 2024-02-0{day}", more) for name, more in kinds.items() for day in (1, 4, 9))
    )
    found = chains(replace(claim, weight=1.0) for claim in case.claims)  # of two sources, one is a repeat
    assert found == {f"{name}{day}": link for name in kinds for day, link in _three(name).items()}


def _three(name):
    return {1: Link(None, 0), 4: Link(f"{name}1", 3), 9: Link(f"{name}4", 5)}


def test_series_of_one_bulletin_are_separate_origins(tally):
    """An error in one tally is not an error in the next, but hedged figures share the origin of theirs."""
    _, case = tally(
        *TWO,
        ("t1; 60; 2024-02-01", {"losses": "north.tanks"}),
        ("t2; 71; 2024-02-11", {"losses": "north.tanks"}),
        "more; more than 1,100; 2024-02-20",
    )
    origins = {claim.id: claim.origin for claim in case.claims}
    assert origins["a"] == origins["c"] == origins["more"]
    assert origins["t1"] == origins["t2"]
    assert origins["a"] != origins["t1"]


def daily(*figures):
    start = date(2024, 2, 1)
    return [f"f{i}; {figure:,}; {start + timedelta(days=i)}" for i, figure in enumerate(figures)]


def test_a_slip_is_left_out_and_stays_a_claim(tally):
    """Up and back, or down and back, by more than a day of a tally moves."""
    for slip in (1_330, 851):
        found, case = tally(*daily(1_011, 1_021, slip, 1_041, 1_051))
        assert list(found) == ["f0", "f1", "f3", "f4"]
        assert found["f3"] == Link("f1", 2)
        assert [claim.weight for claim in case.claims] == [1.0] * 5


@pytest.mark.parametrize(
    "figures",
    [
        (1_011, 1_021, 1_331, 1_341, 1_351),  # a correction that stays
        (1_011, 1_061, 1_101, 1_061, 1_051),  # small
        (1_011, 1_301, 1_651, 2_011, 2_501),  # steep
        (1_301, 1_011, 1_021),  # at an end: nothing tells which of the two is wrong
        (1_011, 1_021, 1_311),
    ],
)
def test_what_moves_and_does_not_come_back_is_no_slip(tally, figures):
    assert list(tally(*daily(*figures))[0]) == [f"f{i}" for i in range(len(figures))]


# what a tally is worth ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [[0], [0, 4], [0, 1, 2, 9, 40, 41, 300], list(range(300))])
def test_a_tally_is_worth_the_information_it_holds_on_its_level(days):
    """``1' R^-1 1`` for errors correlated by exp(-|d| / 30), inverted here; then the part that never changes."""
    correlation = np.exp(-np.abs(np.subtract.outer(days, days)) / 30.0)
    changing = np.ones(len(days)) @ np.linalg.solve(correlation, np.ones(len(days)))
    links = [Link(str(i) if i else None, day - days[i - 1] if i else 0) for i, day in enumerate(days)]
    found = looks(links, decay_days=30.0, rho=0.6)
    assert found == pytest.approx((changing, 1.0 / (0.6 + 0.4 / changing)), rel=1e-9)


def test_three_hundred_days_are_six_looks_or_one_and_a_half():
    links = [Link(str(i) if i else None, 1 if i else 0) for i in range(300)]
    assert looks(links, 30.0, 0.6) == pytest.approx((6.0, 1.5), abs=0.05)
