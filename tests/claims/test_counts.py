"""A count told in parts is one count and its course, whatever the parts."""

import math
from itertools import pairwise

import numpy as np
import pytest
from saying import said as in_english

from truetoll.claims.parts import counts, spread
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change
from truetoll.model.index import Index
from truetoll.model.tables import build_tables

EDGES = ["2023-12-31", "2024-01-31", "2024-02-29", "2024-03-31"]
TOML = f"""
[case]
title = "a list of names"
bins = [{", ".join(EDGES)}]
[forces.f]
victims = "military"
outcomes = ["killed"]
total = {{ median = 2_000, low = 600, high = 7_000 }}
[sources.list]
grade = "B"
relations = {{ f = "media" }}
"""
PARTS = (200, 500, 300)


@pytest.fixture
def read(tmp_path):
    def case(*rows, name="case"):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        lines = [f'l{i},list,2024-05-01,f.killed,"{f}",{a},{b},{o}\n' for i, (f, a, b, o) in enumerate(rows)]
        head = "id,source,reported,losses,figure,since,as_of,origin\n"
        (folder / "case.toml").write_text(TOML, encoding="utf-8")
        (folder / "claims.csv").write_text(head + "".join(lines), encoding="utf-8")
        return read_case(folder)

    return case


def monthly(wording="{} names", origin="list"):
    return [(wording.format(n), a, b, origin) for n, (a, b) in zip(PARTS, pairwise(EDGES), strict=True)]


WHOLE = ("1,000 names", EDGES[0], EDGES[-1], "list")


def test_parts_of_one_origin_are_one_count(read):
    case = read(*monthly())
    (count,) = counts(case.claims)
    assert (count.whole.figure.value, count.whole.id, count.stated) == (1000, "l0", False)
    (told,) = (n for n in in_english(case.notices) if "one count" in n)
    assert "3 figures of list on f.killed, l0 to l2" in told and "(1,000)" in told


def test_parts_of_several_origins_gaps_and_plain_figures_are_none(read):
    assert counts(read(*monthly(origin="")).claims) == []
    first, _, last = monthly()
    assert counts(read(first, last).claims) == []
    assert counts(read(*monthly("{}")).claims) == []


@pytest.mark.parametrize("wording", ["{} names", "at least {}", "no fewer than {}", "up to {}"])
def test_the_parts_say_of_the_sum_what_the_whole_says(read, wording):
    parts = build_tables(read(*monthly(wording)))
    whole = build_tables(read((wording.format("1,000"), *WHOLE[1:]), name="whole"))
    for family in ("bound", "hedged"):
        weight = parts.data[f"{family}_weight"]
        assert weight.sum() == whole.data[f"{family}_weight"].sum()
        for name in ("limit", "sign", "extra", "log_probability", "h", "noise"):
            if f"{family}_{name}" in whole.data:
                said = parts.data[f"{family}_{name}"][weight > 0]
                assert said == pytest.approx(whole.data[f"{family}_{name}"], abs=1e-9)
    # and it looks at all bins
    cells = parts.data["entry_cell"][parts.data["entry_row"] == 0]
    assert set(cells) == set(whole.data["entry_cell"])


def test_the_course_is_that_of_the_list_and_the_exposure_is_kept(read):
    tables = build_tables(read(*monthly()))
    exposure = tables.data["exposure"][0]
    assert exposure == pytest.approx(91 * np.array(PARTS) / 1000)
    assert spread([1.0, 2.0, 3.0], [1.0, None, 3.0]) == pytest.approx([1.0, 2.0, 3.0])
    assert spread([1.0, 1.0], [0.0, 0.0]) == [1.0, 1.0]


def test_a_whole_that_is_told_beside_its_parts_counts_once(read):
    case = read(*monthly(), ("1,100 names", *WHOLE[1:]))
    (count,) = counts(case.claims)
    assert (count.stated, count.whole.id, count.whole.figure.value) == (True, "l3", 1100)
    weight = {c.id: Index(case).looked(c).weight for c in case.claims}
    assert weight == {"l0": 0, "l1": 0, "l2": 0, "l3": 1}


def test_what_is_left_of_a_count_is_one_too(read):
    case = apply_change(read(*monthly()), {"exclude": {"claims": ["l0"]}}, "less")
    (count,) = counts(case.claims)
    assert (count.whole.id, count.whole.figure.value) == ("l1", 800)
    assert len(build_tables(case).data["bound_weight"]) == 3


def test_a_list_told_by_month_gives_the_answer_told_whole():
    """By simulation: floors month by month double the sum; one floor on it, under the course of the list, does not."""
    rng, n = np.random.default_rng(1), 400_000
    names = np.array([787, 1414, 567, 1057, 1270, 1489, 434, 326, 1260, 831, 1428, 779.0])
    z = rng.normal(size=n)
    sd = np.where(z < 0, math.log(20 / 6), math.log(70 / 20)) / 1.6449
    total = 20_000 * np.exp(sd * z)
    profile = np.exp(0.5 * rng.normal(size=(n, 12)))
    truth = total[:, None] * profile / profile.sum(axis=1, keepdims=True)
    by_month = (truth > names).all(axis=1)
    whole = total > names.sum()
    assert np.median(total[whole]) == pytest.approx(25_000, rel=0.02)
    assert np.median(total[by_month]) == pytest.approx(47_000, rel=0.03)


def test_a_list_of_tanks_says_nothing_of_the_dead(read):
    case = read(*monthly())
    toml = TOML.replace("[sources.list]", "counts = { tanks = { median = 90, low = 10, high = 900 } }\n[sources.list]")
    (case.path / "case.toml").write_text(toml, encoding="utf-8")
    text = (
        (case.path / "claims.csv")
        .read_text(encoding="utf-8")
        .replace("f.killed", "f.tanks")
        .replace(" names", " or more")
    )
    (case.path / "claims.csv").write_text(text, encoding="utf-8")
    persons, tanks = build_tables(read_case(case.path)).data["exposure"]
    assert persons == pytest.approx([31, 29, 31])
    assert tanks == pytest.approx(91 * np.array(PARTS) / 1000)
