"""Successive figures of one office: the last counts, stated or inferred, and the one known on the day in a replay."""

from itertools import permutations

import pytest
from saying import said as in_english

from truetoll.claims.asof import as_of
from truetoll.claims.incidents import summed
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change
from truetoll.errors import CaseError
from truetoll.studies.replay.days import days_with_news

TOML = """
[case]
title = "A hospital"
bins = [2024-01-01, 2024-02-01, 2024-03-01]
[forces.town]
victims = "civilian"
outcomes = ["killed", "wounded"]
total = { median = 100, low = 10, high = 1_000 }
[sources.office]
relations = { town = "own_side" }
[sources.press]
relations = { town = "media" }
"""
COLUMNS = ("id", "source", "figure", "reported", "losses", "since", "as_of", "origin", "revises")
USUAL = {"source": "office", "losses": "town.killed", "as_of": "2024-02-01", "reported": "2024-02-02"}


@pytest.fixture
def read(tmp_path):
    """read({column: cell}, ...) -> case; what is left out is as in `USUAL`"""

    def case(*rows):
        cells = [{**dict.fromkeys(COLUMNS, ""), **USUAL, **row} for row in rows]
        toml = TOML if any(row["source"] == "press" for row in cells) else TOML.split("[sources.press]", maxsplit=1)[0]
        lines = [",".join(f'"{row[column]}"' for column in COLUMNS) for row in cells]
        (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
        (tmp_path / "claims.csv").write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")
        return read_case(tmp_path)

    return case


def row(name, figure, day, **cells):
    return {"id": name, "figure": figure, "reported": f"2024-02-{day:02}", **cells}


def aside(case):
    return {claim.id: str(claim.set_aside) for claim in case.claims}


def problems(read, *rows):
    with pytest.raises(CaseError) as caught:
        read(*rows)
    return [str(problem) for problem in caught.value.problems]


SERIES = (row("a", "50", 2), row("b", "71", 5), row("c", "80", 20))


def test_the_last_of_successive_figures_counts_and_this_is_told(read):
    case = read(*SERIES)
    assert aside(case) == {"a": "superseded by c", "b": "superseded by c", "c": ""}
    assert in_english(case.notices)[0] == (
        "claims.csv:2: c ('80') is taken to revise a ('50'), of the same source, losses and window, so a is kept and "
        "gets no weight; if they are two looks, or two incidents, give each an origin of its own"
    )


def test_neither_the_order_of_rows_nor_ids_matter(read):
    for rows in permutations(SERIES):
        assert aside(read(*rows)) == {"a": "superseded by c", "b": "superseded by c", "c": ""}
    used = []
    for names in permutations("xyz"):
        case = read(*({**each, "id": name} for each, name in zip(SERIES, names, strict=True)))
        used.append([claim.text for claim in case.claims if claim.weight])
    assert used == [["80"]] * 6


def test_on_a_day_the_figure_known_by_then_counts(read):
    case = read(*SERIES)
    for day, counts in (("2024-02-04", "a"), ("2024-02-05", "b"), ("2024-02-19", "b"), ("2024-02-20", "c")):
        assert [claim.id for claim in as_of(case, day).claims if claim.weight] == [counts]
    assert [day.day for day in days_with_news(case)] == [2, 5, 20]
    stated = read(SERIES[0], row("b", "71", 5, revises="a"), row("c", "80", 20, revises="b"))
    assert [claim.id for claim in as_of(stated, "2024-02-10").claims if claim.weight] == ["b"]


@pytest.mark.parametrize(
    "second",
    [
        row("b", "71", 5, origin="own"),
        row("b", "71", 2),
        row("b", "71", 5, as_of="2024-01-31"),
        row("b", "71", 5, losses="town.wounded"),
        row("b", "71", 5, source="press"),
        row("b", "fewer than 90", 5),
    ],
)
def test_other_days_windows_losses_sources_and_sides_are_other_figures(read, second):
    first = row("a", "more than 50", 2)
    assert aside(read(first, second)) == {"a": "", "b": ""}
    assert aside(read(first, row("b", "71", 5))) == {"a": "superseded by b", "b": ""}


def test_a_figure_said_again_counts_once(read):
    assert aside(read(row("a", "50", 2), row("b", "about 50", 5))) == {"a": "", "b": "repeats a"}
    assert (
        "b ('about 50') is taken to say again a ('50')"
        in in_english(read(row("a", "50", 2), row("b", "about 50", 5)).notices)[0]
    )


def test_a_revision_may_be_of_losses_and_window(read):
    rows = row("a", "50", 2, losses="town.casualties"), row("b", "50", 5, as_of="2024-01-31", revises="a")
    assert aside(read(*rows)) == {"a": "superseded by b", "b": ""}
    case = read(row("a", "50", 2), row("b", "50", 5, since="2024-01-02", revises="a"))
    assert aside(case) == {"a": "superseded by b", "b": ""}
    assert case.claims[1].origin == "a"


def test_the_same_number_may_revise_and_is_no_repeat(read):
    case = read(row("a", "50", 2), row("b", "50", 5, revises="a"))
    assert aside(case) == {"a": "superseded by b", "b": ""}


def test_a_revision_on_the_day_itself_needs_to_be_stated(read):
    assert aside(read(row("a", "50", 2), row("b", "71", 2, revises="a"))) == {"a": "superseded by b", "b": ""}
    parts = row("a", "50", 2, losses="town.casualties"), row("b", "20", 5, revises="a")
    assert aside(read(*parts, row("c", "30", 5, losses="town.wounded", revises="a"))) == {
        "a": "superseded by b",
        "b": "",
        "c": "",
    }


def test_who_relayed_what_was_withdrawn_does_not_count(read):
    relay = row("p", "50", 3, source="press", origin="a")
    assert aside(read(*SERIES, relay))["p"] == "repeats a"


def test_a_scenario_may_use_the_first_figure_again(read):
    case = apply_change(read(*SERIES), {"include": {"claims": ["a"]}, "exclude": {"claims": ["c"]}}, "first")
    assert aside(case) == {"a": "", "b": "superseded by c", "c": "excluded"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((row("a", "50", 2, revises="x"),), "revises names no claim"),
        ((row("a", "50", 2, revises="a"),), "names the claim itself"),
        ((row("a", "50", 9), row("b", "71", 5, revises="a")), "reported later (2024-02-09)"),
        ((row("a", "50", 2, revises="b"), row("b", "71", 2, revises="a")), "goes back to this one"),
        ((row("a", "50", 2), row("b", "71", 5, source="press", revises="a")), "give both one origin"),
    ],
)
def test_what_cannot_be_a_revision_is_a_problem_with_its_line(read, rows, said):
    found = problems(read, *rows)
    assert all(said in problem for problem in found)
    assert found[0].startswith(f"claims.csv:{len(rows) + 1 if 'goes back' not in said else 2}: revises")


def test_incidents_are_no_revisions(read):
    rows = [row(f"i{n}", figure, n) for n, figure in enumerate(("30", "4", "22", "3", "17"), 2)]
    assert set(aside(read(*rows)).values()) == {""}


def test_a_sum_of_incidents_leaves_none_out_that_was_taken_for_a_revision(read):
    days = [row(f"i{d}", f"{d}", 9, since=f"2024-01-{d:02}", as_of=f"2024-01-{d + 1:02}") for d in (3, 9, 15, 21)]
    case = read(*days, row("j", "7", 10, since="2024-01-03", as_of="2024-01-04"))
    assert aside(case)["i3"] == "superseded by j"
    assert [each["figure"] for each in summed(case, complete=True)] == [f"{3 + 9 + 15 + 21 + 7}"]
