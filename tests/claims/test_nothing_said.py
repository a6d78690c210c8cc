"""Reports of nothing: what is read as none, and what only sounds like it."""

import pytest
from saying import said

from truetoll.claims.incidents import summed
from truetoll.claims.reading import read_case
from truetoll.claims.schema import Form
from truetoll.claims.wording import WordingError, read_figure, read_lexicon

NONE = {
    "en": (
        *("0", "0.0", "zero", "none", "nobody", "No-one", "none killed", "no losses", "no soldiers killed", "0 dead"),
        *("no one was killed", "no dead or wounded", "without losses", "not a single soldier", "no losses at all"),
        *("exactly 0", "0-0", "none of its soldiers", "no Russian soldiers killed", "a total of 0"),
    ),
    "es": (
        *("0", "cero", "ninguno", "ninguna baja", "ningún muerto", "sin bajas", "sin muertos ni heridos", "nadie"),
        *("ni un solo soldado", "no hubo bajas", "cero bajas", "sin baja alguna"),
    ),
}
OTHER = [
    ("no confirmed losses", "what is known"),
    ("no losses reported", "what is known"),
    ("no civilians were reported killed", "what is known"),
    ("no data", "of what"),
    ("no", "of what"),
    ("no 5", "of what"),
    ("almost none", "at most N"),
    ("about 0", "at most N"),
    ("at least 0", "says nothing"),
    ("0 or more", "says nothing"),
    ("at most 0", "write 0"),
    ("0%", "write 0"),
    ("none of 11,000", "more than one figure"),
    ("0 dead and 3 wounded", "more than one figure"),
    ("0 a day", "rate"),
    ("0 (0-3)", "not understood"),
    ("30% of 0", "zero"),
]
CASE = """
[case]
title = "A raid"
bins = [2024-01-01, 2024-02-01]
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = { median = 30, low = 1, high = 900 }
[sources.staff]
relations = { town = "adversary" }
"""


@pytest.mark.parametrize(("language", "text"), [(each, text) for each, texts in NONE.items() for text in texts])
def test_nothing_is_below_one(language, text):
    figure = read_figure(text, read_lexicon(language))
    assert (figure.form, figure.high, figure.value, figure.share) == (Form.BELOW, 1, 1, False)
    assert 0 < figure.low < 1


@pytest.mark.parametrize(("text", "reason"), OTHER)
def test_what_only_sounds_like_nothing_is_refused_with_what_to_write(text, reason):
    with pytest.raises(WordingError) as caught:
        read_figure(text, read_lexicon("en"))
    assert reason in str(caught.value.reason)


def test_hedges_before_no_still_bound():
    lexicon = read_lexicon("en")
    assert read_figure("no more than 300", lexicon).form is Form.AT_MOST
    assert read_figure("no fewer than 300", lexicon).form is Form.NO_FEWER_THAN
    assert read_figure("0-22", lexicon).form is Form.AT_MOST


@pytest.fixture
def read(tmp_path):
    def case(*rows):
        (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
        lines = "".join(f'{i},staff,{r},town.killed,"{f}",2024-01-01,2024-02-01,o\n' for i, f, r in rows)
        head = "id,source,reported,losses,figure,since,as_of,origin\n"
        (tmp_path / "claims.csv").write_text(head + lines, encoding="utf-8")
        return read_case(tmp_path)

    return case


def test_one_and_none_are_two_figures(read):
    case = read(("a", "none", "2024-02-02"), ("b", "1", "2024-02-03"))
    assert {claim.id: str(claim.set_aside) for claim in case.claims} == {"a": "superseded by b", "b": ""}
    case = read(("a", "none", "2024-02-02"), ("b", "no deaths", "2024-02-03"))
    assert {claim.id: str(claim.set_aside) for claim in case.claims} == {"a": "", "b": "repeats a"}


def test_no_casualties_are_no_dead(read):
    assert not [notice for notice in said(read(("a", "no casualties", "2024-02-02")).notices) if "may count" in notice]
    assert [notice for notice in said(read(("a", "30 casualties", "2024-02-02")).notices) if "may count" in notice]


def test_an_incident_without_dead_adds_nobody(tmp_path):
    (tmp_path / "case.toml").write_text(CASE, encoding="utf-8")
    days = [("a", "3", 4), ("b", "none", 9), ("c", "5", 14), ("d", "2", 19), ("e", "4", 24), ("f", "6", 28)]
    lines = "".join(f"{i},staff,town.killed,{f},2024-01-{d - 1:02},2024-01-{d:02}\n" for i, f, d in days)
    (tmp_path / "claims.csv").write_text("id,source,losses,figure,since,as_of\n" + lines, encoding="utf-8")
    rows = summed(read_case(tmp_path), complete=True)
    assert next(row["figure"] for row in rows) == "20"


def test_a_denial_beside_a_figure_is_told(read):
    def told(*rows):
        return [notice for notice in said(read(*rows).notices) if "denies" in notice]

    (notice,) = told(("a", "no losses", "2024-02-02"), ("b", "at least 300", "2024-02-02"))
    assert notice.startswith("claims.csv:2: a ('no losses') stands beside other figures on the same losses (300)")
    assert not told(("a", "none", "2024-02-02"), ("b", "2", "2024-02-02"))
    assert not told(("a", "none", "2024-02-02"), ("b", "at most 300", "2024-02-02"))
