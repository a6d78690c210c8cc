"""Which of an origin's figures count: the last word of a voice, other figures of others, whatever their ids."""

from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from saying import said as in_english

from truetoll.claims.asof import as_of
from truetoll.claims.reading import read_case
from truetoll.claims.reading.building import Raw, build
from truetoll.claims.reading.table import Row
from truetoll.claims.scenario import apply_change
from truetoll.claims.wording import read_lexicon

DATA = Path(__file__).parents[2] / "data"
TOML = """
[case]
title = "A battle"
bins = [2024-01-01, 2024-07-01, 2025-01-01]
[forces.north]
victims = "military"
outcomes = ["killed", "wounded"]
total = { median = 5_000, low = 500, high = 50_000 }
[sources.ministry]
grade = "C"
relations = { north = "adversary" }
[sources.press]
grade = "D"
relations = { north = "media" }
"""
HEAD = "id,source,losses,figure,reported,since,as_of,origin\n"


@pytest.fixture
def read(tmp_path):
    """read((id, source, figure, reported, as_of), ...) -> case, all of one origin and window unless as_of differs"""

    def case(*rows, losses="north.killed", origin="o"):
        lines = [f'{i},{s},{losses},"{f}",{r},2024-01-01,{d},{origin}\n' for i, s, f, r, d in rows]
        used = {row[1] for row in rows}
        toml = TOML if used == {"ministry", "press"} else TOML.split("[sources.press]", maxsplit=1)[0]
        (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
        (tmp_path / "claims.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
        return read_case(tmp_path)

    return case


def why(case):
    return {claim.id: str(claim.set_aside) for claim in case.claims}


DAY = "2024-03-01"


def test_the_latest_figure_of_a_voice_counts(read):
    case = read(("a", "ministry", "300", "2024-03-02", DAY), ("b", "ministry", "1,000", "2024-03-09", DAY))
    assert why(case) == {"a": "superseded by b", "b": ""}
    assert in_english(case.notices)[0] == (
        "claims.csv:2: its source's later word, b ('1,000'), stands for a ('300'), which is kept and gets no weight"
    )


def test_a_smaller_bound_is_a_correction_and_a_vague_word_is_none(read):
    later = "2024-03-09"
    case = read(("a", "ministry", "at least 1,000", "2024-03-02", DAY), ("b", "ministry", "at least 900", later, DAY))
    assert why(case) == {"a": "superseded by b", "b": ""}
    case = read(("a", "ministry", "2,000", "2024-03-02", DAY), ("b", "ministry", "thousands", later, DAY))
    assert why(case) == {"a": "", "b": "repeats a"}


def test_a_figure_said_again_stands_for_what_was_said_between(read):
    said = [("300", "02"), ("1,000", "05"), ("300", "09")]
    case = read(*((i, "ministry", f, f"2024-03-{d}", DAY) for i, (f, d) in zip("abc", said, strict=True)))
    assert why(case) == {"a": "", "b": "superseded by c", "c": "repeats a"}


def test_an_unstated_last_day_does_not_keep_a_correction_apart_and_two_stated_ones_do(read):
    case = read(("a", "ministry", "300", "2024-03-02", ""), ("b", "ministry", "1,000", "2024-03-09", ""))
    assert why(case) == {"a": "superseded by b", "b": ""}
    case = read(("a", "ministry", "300", "2024-03-02", DAY), ("b", "ministry", "1,000", "2024-03-09", "2024-03-08"))
    assert why(case) == {"a": "", "b": ""}


def test_another_source_of_the_origin_counts_unless_it_repeats(read):
    case = read(("a", "ministry", "300", "2024-03-02", DAY), ("b", "press", "1,000", "2024-03-09", DAY))
    assert why(case) == {"a": "", "b": ""}
    assert {claim.origin for claim in case.claims} == {"o"}
    for said in ("about 300", "at least 250", "hundreds"):
        case = read(("a", "ministry", "300", "2024-03-02", DAY), ("b", "press", said, "2024-03-09", DAY))
        assert why(case)["b"] == "repeats a"


def test_who_repeated_what_was_withdrawn_does_not_count(read):
    rows = ("a", "ministry", "300", "2024-03-02", DAY), ("b", "press", "300", "2024-03-03", DAY)
    case = read(*rows, ("c", "ministry", "1,000", "2024-03-09", DAY))
    assert why(case) == {"a": "superseded by c", "b": "repeats a", "c": ""}


def test_a_share_beside_a_count_is_the_same_in_another_unit(tmp_path):
    strong = "strength = { median = 9_000, low = 8_000, high = 10_000 }\n"
    strong += "rate = { median = 0.1, low = 0.02, high = 0.5 }"
    toml = TOML.replace("total = { median = 5_000, low = 500, high = 50_000 }", strong)
    toml = toml.split("[sources.press]", maxsplit=1)[0]
    (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
    rows = "a,ministry,north.killed,about 900,2024-03-02,,2024-03-01,o\n"
    rows += "b,ministry,north.killed,10%,2024-03-02,,2024-03-01,o\n"
    (tmp_path / "claims.csv").write_text(HEAD + rows, encoding="utf-8")
    assert why(read_case(tmp_path)) == {"a": "", "b": "repeats a"}


def test_a_tie_is_told_and_both_count_whatever_their_ids(read):
    for ids in (("a1", "a2"), ("a2", "a1")):
        case = read(*((i, "ministry", f, "2024-03-02", DAY) for i, f in zip(ids, ("300", "1,000"), strict=True)))
        assert set(why(case).values()) == {""}
        (told,) = (notice for notice in in_english(case.notices) if "none is known to correct" in notice)
        assert told.startswith(f"claims.csv:2: {ids[0]} ('300') and {ids[1]} ('1,000') are of one source, origin")


def test_replay_uses_what_was_the_last_word_on_the_day(read):
    case = read(("a", "ministry", "300", "2024-03-02", DAY), ("b", "ministry", "1,000", "2024-03-09", DAY))
    assert why(as_of(case, "2024-03-05")) == {"a": ""}
    assert why(as_of(case, "2024-03-10")) == why(case)
    told = in_english(as_of(case, "2024-03-05").notices)
    assert "claims.csv:2: a is used; it superseded by b, which was reported later" not in told
    assert any("a is used; b, by which it is superseded, was reported later" in each for each in told)


def test_a_withdrawn_figure_can_be_taken_back_in(read):
    rows = ("a", "ministry", "300", "2024-03-02", DAY), ("b", "ministry", "1,000", "2024-03-09", DAY)
    case = read(*rows, ("c", "ministry", "50", "2024-03-09", "2024-02-01"))
    both = apply_change(case, {"include": {"claims": ["a"]}}, "both")
    assert why(both) == {"a": "", "b": "", "c": ""}
    assert why(as_of(both, "2024-03-10")) == {"a": "", "b": "", "c": ""}
    without = apply_change(case, {"exclude": {"claims": ["b"]}}, "without")
    assert why(without) == {"a": "superseded by b", "b": "excluded", "c": ""}


# Ids


class Nowhere:
    def key(self, dotted):
        return dotted

    def cell(self, row, column):
        return column


def renamed(case, names):
    """Build a case anew from its rows under other ids; origins that name a claim go with it."""
    rows = []
    for claim in case.claims:
        cells = dict(claim.cells)
        cells |= {"id": names[claim.id]}
        cells |= {
            column: names.get(cells[column], cells[column]) for column in ("origin", "revises") if column in cells
        }
        rows.append(Row(claim.line, cells, claim.h))
    file = case.file.model_dump(mode="python", exclude_unset=True)
    built, problems = build(Raw(file, tuple(rows), read_lexicon(case.file.case.language)), Nowhere())
    assert not problems
    return built


def up_to_names(claims, names):
    back = {new: old for old, new in names.items()}

    def old(text):
        head, mark, rest = text.partition(":")
        return f"{back.get(head, head)}{mark}{rest}"

    return [
        replace(
            c,
            id=back[c.id],
            origin=old(c.origin),
            set_aside=replace(c.set_aside, other=back.get(c.set_aside.other, "")),
            revises=back.get(c.revises, c.revises),
            cells=(),
        )
        for c in claims
    ]


@pytest.mark.parametrize("name", ["gaza-2024", "kursk-article", "kursk-dossier", "war-article"])
@pytest.mark.parametrize("seed", range(3))
def test_renaming_ids_of_shipped_cases_moves_nothing(name, seed):
    case = read_case(DATA / name)
    ids = [claim.id for claim in case.claims]
    drawn = Random(seed).sample(range(10_000), len(ids))
    names = {old: f"z{n:04d}" for old, n in zip(ids, drawn, strict=True)}
    plain = [replace(claim, cells=()) for claim in case.claims]
    assert up_to_names(renamed(case, names).claims, names) == plain


def test_renaming_moves_no_circle_no_tie_and_no_repeat(read):
    """Origins that go round, two figures of one moment, and the same figure twice: every order of their ids."""
    rows = [("a", "north.killed", "300", "b"), ("b", "north.wounded", "400", "c"), ("c", "north.killed", "300", "a")]
    rows += [("d", "north.killed", "500", "a"), ("e", "north.casualties", "900", "d")]
    found = set()
    for ids in permutations("abcde"):
        names = dict(zip("abcde", ids, strict=True))
        lines = [f"{names[i]},ministry,{w},{f},2024-03-02,,2024-03-01,{names[o]}\n" for i, w, f, o in rows]
        case = read(("a", "ministry", "1", "2024-03-02", DAY))
        (case.path / "claims.csv").write_text(HEAD + "".join(lines), encoding="utf-8")
        plain = up_to_names(read_case(case.path).claims, names)
        found.add(tuple((c.id, c.weight, c.set_aside, c.origin) for c in plain))
    assert len(found) == 1
