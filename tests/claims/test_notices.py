"""What is no error and should be known: far bounds, bins without claims."""

from itertools import pairwise

import pytest
from saying import said as in_english

from truetoll.claims.reading import read_case

TOML = """
[case]
title = "t"
bins = [2024-01-01, 2025-01-01]
[forces.f]
victims = "military"
outcomes = ["killed", "wounded"]
strength = { median = 10_000, low = 8_000, high = 12_000 }
rate = { median = 0.2, low = 0.05, high = 0.5 }
[sources.a]
grade = "B"
relations = { f = "adversary" }
[sources.b]
grade = "B"
relations = { f = "media" }
"""


@pytest.fixture
def told(tmp_path):
    def notices(*rows, bins="2024-01-01, 2025-01-01", extra=""):
        toml = TOML.replace("2024-01-01, 2025-01-01", bins).replace("[sources.a]", f"{extra}\n[sources.a]", 1)
        lines = [f'{s}{i},{s},2025-01-01,{q},"{f}",{d}\n' for i, (s, q, f, d) in enumerate(rows)]
        if not any(row[0] == "b" for row in rows):
            toml = toml.split("[sources.b]")[0]
        (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
        (tmp_path / "claims.csv").write_text("id,source,reported,losses,figure,as_of\n" + "".join(lines))
        return in_english(read_case(tmp_path).notices)

    return notices


END = "2025-01-01"


@pytest.mark.parametrize(
    ("said", "far"),
    [("at least 10", True), ("more than 300", True), ("at least 340", False), ("no fewer than 10", False)],
)
def test_a_bound_under_a_third_of_the_others_is_told(told, said, far):
    found = [
        n for n in told(("a", "f.killed", "about 1,000", END), ("b", "f.killed", said, END)) if "under a third" in n
    ]
    assert bool(found) is far
    if far:
        assert found[0].startswith("claims.csv:3: b1 ") and "(1,000)" in found[0] and "'no fewer than'" in found[0]


def test_bounds_on_other_losses_or_windows_are_no_matter(told):
    for other in (("b", "f.wounded", "at least 10", END), ("b", "f.killed", "at least 10", "2024-02-01")):
        assert not any("under a third" in n for n in told(("a", "f.killed", "about 1,000", END), other))


def test_many_far_bounds_are_counted(told):
    rows = [("b", "f.killed", f"at least {10 + i}", END) for i in range(8)]
    found = told(("a", "f.killed", "about 1,000", END), *rows)
    assert not any("under a third" in n for n in found)  # eight figures of one window are told as incidents
    assert any("incidents" in n for n in found)


def test_bins_without_claims_that_carry_most_of_the_exposure_are_told(told):
    row = ("a", "f.killed", "about 1,000", "2024-06-01")
    found = told(row, bins="2024-01-01, 2024-07-01, 2025-07-01")
    (bare,) = (n for n in found if "without claims" in n)
    assert bare.startswith(
        "case.toml: forces.f: 1 bin without claims (2024-07-01 to 2025-07-01) carries 67% of its exposure"
    )
    assert not any("without claims" in n for n in told(row, bins="2024-01-01, 2024-07-01, 2024-12-01"))
    extra = "[forces.g]\nvictims = 'civilian'\noutcomes = ['killed']\ntotal = { median = 5, low = 1, high = 9 }\n"
    found = told(row, bins="2024-01-01, 2024-07-01, 2025-07-01", extra=f"[forces.f.thresholds]\n{extra}")
    assert sum("without claims" in n for n in found) == 1  # of g no claim speaks at all, which is told otherwise


@pytest.mark.parametrize(
    ("figure", "told"),
    [("130 names", True), ("130 identified by name", True), ("floor of 130", False), ("at least 130", False)],
)
def test_a_phrase_that_makes_a_floor_is_told(small_case, figure, told):
    rows = f"id,source,losses,figure,as_of\na,monitor,north.killed,{figure},2024-07-01\n"
    rows += "b,ministry,north.killed,400,2024-07-01\n"
    found = [
        notice for notice in in_english(read_case(small_case(claims=rows)).notices) if "floor under the truth" in notice
    ]
    assert bool(found) is told
    assert all(notice.startswith(f"claims.csv:2: a ({figure!r}) is a list of names") for notice in found)
    assert all("within 5% (bound.sd)" in notice for notice in found)


def test_lists_of_names_of_one_source_are_told_once(small_case):
    rows = "id,source,losses,figure,since,as_of\n"
    months = [f"2024-0{n}-01" for n in range(1, 6)]
    pairs = pairwise(months)
    rows += "".join(f"a{n},monitor,north.killed,{10 + n} names,{a},{b}\n" for n, (a, b) in enumerate(pairs))
    rows += "b,ministry,north.killed,130 names,,2024-07-01\n"
    found = [notice for notice in in_english(read_case(small_case(claims=rows)).notices) if "names" in notice]
    assert [notice.partition(" is a list")[0] for notice in found] == [
        "claims.csv:2: a0 ('10 names')",
        "claims.csv: further figures of monitor that are lists of names, and floors alike: 3",
        "claims.csv:6: b ('130 names')",
    ]


def test_a_figure_on_top_of_an_earlier_one_is_told_where_no_start_is_stated(told):
    """Read as all that was lost it would stand in the place of the earlier one."""
    first, more = ("a", "f.killed", "1,600", "2024-06-01"), ("a", "f.killed", "another 800", "2024-07-01")
    (found,) = [n for n in told(first, more) if "comes on top of" in n]
    assert found.startswith("claims.csv:3: a1 ('another 800')") and found.endswith("in since (2024-06-01)")
    for rows in (
        (more,),
        (first, ("a", "f.wounded", "another 800", END)),
        (first, ("b", "f.killed", "another 800", END)),
    ):
        assert not any("comes on top of" in n for n in told(*rows))


@pytest.mark.parametrize(("kind", "said"), [("famous", 1), ("list", 0)])
def test_that_a_case_is_taken_as_a_famous_dispute_is_told(told, kind, said):
    """Nothing else of what is printed shows why spreads are wider."""
    notices = told(("a", "f.killed", "300", "2025-01-01"), extra=f'[assumptions]\nframe.kind = "{kind}"')
    assert sum("famous dispute" in each for each in notices) == said
