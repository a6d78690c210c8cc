"""What the package answers is what is frozen under ``frozen/``; see README.md there for when it may change."""

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from golden.comparing import difference
from golden.pages import page_data, page_text
from golden.recipe import HINDCAST, NAMES, frozen, made, plain, replay_of

SOME = ("kursk-article", "everything", HINDCAST)
"""Whose answers are made in every run of the tests; making those of one case takes half a minute."""


def of_case(name, *more, **about):
    return pytest.param(name, *more, marks=() if name in SOME else pytest.mark.long, **about)


PLACES = [of_case(name, place, id=f"{name}/{place}") for name in NAMES for place in sorted(frozen(name))]


@cache
def answered(name):
    """What a case gives now, and its stored draws; an error is kept too, so that it is not waited for again."""
    replay = replay_of(name)
    try:
        return made(name, replay), replay
    except Exception as error:
        return error, replay


def outputs(name):
    found, _ = answered(name)
    if isinstance(found, Exception):
        raise found
    return found


@pytest.mark.parametrize(("name", "place"), PLACES)
def test_it_is_as_frozen(name, place):
    now = outputs(name)
    if place not in now:
        pytest.fail(f"{name}/{place} is no longer made", pytrace=False)
    if told := difference(frozen(name)[place], now[place], f"{name}/{place}"):
        pytest.fail(f"{told}\nIf this difference is wanted: tests/golden/README.md", pytrace=False)


@pytest.mark.parametrize("name", list(map(of_case, NAMES)))
def test_nothing_else_is_made(name):
    assert set(outputs(name)) == set(frozen(name))


@pytest.mark.parametrize("name", list(map(of_case, NAMES)))
def test_all_stored_draws_are_used(name):
    outputs(name)
    _, replay = answered(name)
    assert set(replay.asked) == set(replay.sets)


# Comparing ------------------------------------------------------------------------------------------------------------

JSON = '{\n "a": 1000.0,\n "n": 12,\n "to": "2024-07-01",\n "digest": "12ab34"\n}'


@pytest.mark.parametrize(
    ("was", "now", "seen"),
    [
        ("1000.0", "1000.0005", False),
        ("1000.0", "1000.002", True),
        ("1000.0", "-1000.0", True),
        ("12", "13", True),
        ("2024-07-01", "2024-07-02", True),
        ("12ab34", "12ab35", True),
        ("1000.0", "null", True),
        (' "a": 1000.0,\n "n": 12,', ' "n": 12,\n "a": 1000.0,', True),
        (' "n": 12,\n', "", True),
    ],
)
def test_numbers_of_machines_may_differ_by_rounding_and_nothing_else(was, now, seen):
    assert was in JSON
    assert bool(difference(JSON, JSON.replace(was, now), "a.json")) == seen


def test_a_difference_shows_the_lines_that_moved_and_no_others():
    told = difference(JSON, JSON.replace("1000.0", "1000.0000001").replace(' "n": 12', ' "n": 13'), "a.json")
    assert [line for line in told.split("\n") if line[0] in "+-"][2:] == ['- "n": 12,', '+ "n": 13,']


def test_numbers_for_people_are_compared_as_they_are_printed():
    assert difference("1.0001\n", "1.0002\n", "a.txt")
    assert difference("1.00000001\n", "1.00000002\n", "a.md")


def test_what_differs_between_days_and_machines_is_taken_out():
    assert plain('"seconds": 0.49, "seconds_compile": 1e-05') == plain('"seconds": 12.0, "seconds_compile": 3.0')
    assert plain("| Version of pymc | 6.4.0 |") == plain("| Version of pymc | 7.0.0rc1 |")
    assert plain("| 1.0 | 6.4.0 |") == "| 1.0 | 6.4.0 |"


PAGE = """<html><style>p { color: red }</style><body title="all"><p>One <b>word</b></p>
<table><tr><td>a</td><td>1 &lt; 2</td></tr></table><script>run()</script>
<script type="application/json">{"x": [1, 2], "y": [[1.5, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 13, 14]]}</script>
</body>"""


def test_of_a_page_the_text_and_the_data_are_kept():
    assert page_text(PAGE).split("\n") == ["[title=all]", "One word", "a | 1 < 2 |", ""]
    assert '"2 x 7 numbers: first 1.5, last 14, ' in page_data(PAGE)


@pytest.mark.parametrize(("was", "now"), [("1.5, 2, 3", "1.5, 3, 2"), ("9, 10", "9, 10.01"), ("9, 10", "9, -10")])
def test_long_lists_are_told_apart(was, now):
    assert difference(page_data(PAGE), page_data(PAGE.replace(was, now)), "a.page.json")
