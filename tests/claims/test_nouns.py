"""A figure whose noun says another thing than its losses is told, with claim, line, noun and losses."""

import pytest
from saying import said as in_english

from truetoll.claims.reading import read_case
from truetoll.claims.reading.notices.nouns import TOLD
from truetoll.claims.wording import nouns_said, read_lexicon

CASE = """
[case]
title = "nouns"
language = "{language}"
bins = [2024-05-01, 2024-06-01]
[forces.north]
victims = "military"
outcomes = ["killed", "wounded", "captured"]
strength = {{ median = 40_000, low = 25_000, high = 60_000 }}
rate = {{ median = 0.1, low = 0.02, high = 0.4 }}
captured_share = {{ median = 0.02, low = 0.005, high = 0.08 }}
sums = {{ gone = ["killed", "captured"], machines = ["tanks", "drones"] }}
counts.tanks = {{ median = 100, low = 10, high = 1_000 }}
counts.drones = {{ median = 100, low = 10, high = 1_000 }}
counts.officers = {{ median = 100, low = 10, high = 1_000 }}
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = {{ median = 1_000, low = 100, high = 10_000 }}
[sources.a]
grade = "C"
relations = {{ north = "own_side", town = "media" }}
"""


def told(folder, *rows, language="en"):
    """Notices about nouns, of claims (losses, figure)."""
    (folder / "case.toml").write_text(CASE.format(language=language), encoding="utf-8")
    lines = [f'c{i},a,2024-06-02,{losses},"{figure}",2024-06-01' for i, (losses, figure) in enumerate(rows)]
    text = "\n".join(["id,source,reported,losses,figure,as_of", *lines])
    (folder / "claims.csv").write_text(text, encoding="utf-8")
    return [each for each in in_english(read_case(folder).notices) if " says " in each or " more claims say " in each]


CONTRADICT = [
    ("north.killed", "300 wounded", "en"),
    ("north.killed", "300 tanks", "en"),
    ("north.killed", "at least 300 prisoners of war", "en"),
    ("north.killed", "300 missing in action", "en"),
    ("north.wounded", "120 killed in action", "en"),
    ("north.wounded", "up to 120 KIA", "en"),
    ("north.captured", "a further 12 dead soldiers", "en"),
    ("north.casualties", "30-40 vehicles", "en"),
    ("north.killed", "300 civilians", "en"),
    ("town.killed", "300 soldiers", "en"),
    ("north.strength", "11,000 killed", "en"),
    ("north.strength", "11,000 casualties", "en"),
    ("north.tanks", "300 soldiers", "en"),
    ("north.tanks", "30 helicopters", "en"),
    ("north.machines", "30 ships", "en"),
    ("north.machines", "300 wounded", "en"),
    ("north.gone", "300 wounded", "en"),
    ("north.killed + town.killed", "300 wounded", "en"),
    ("north.killed", "300 heridos", "es"),
    ("north.killed", "una treintena de tanques", "es"),
    ("north.wounded", "más de 300 caídos en combate", "es"),
    ("north.killed", "otros 40 civiles", "es"),
]


@pytest.mark.parametrize(("losses", "figure", "language"), CONTRADICT)
def test_a_noun_that_contradicts_losses_is_told(tmp_path, losses, figure, language):
    (notice,) = told(tmp_path, (losses, figure), ("north.killed", "300"), ("town.killed", "30"), language=language)
    assert notice.startswith("claims.csv:2: c0 says '")
    assert f"contradicts its losses, {losses};" in notice


PARTS = [
    ("north.killed", "300 casualties", "en"),
    ("north.wounded", "300 casualties", "en"),
    ("north.killed", "300 losses", "en"),
    ("north.killed", "300 killed, wounded or captured", "en"),
    ("north.killed", "300 killed and wounded", "en"),
    ("north.casualties", "300 killed", "en"),
    ("north.gone", "300 killed", "en"),
    ("north.killed", "300 bajas", "es"),
    ("north.casualties", "300 muertos", "es"),
]


@pytest.mark.parametrize(("losses", "figure", "language"), PARTS)
def test_a_noun_that_counts_more_or_fewer_is_told(tmp_path, losses, figure, language):
    (notice,) = told(tmp_path, (losses, figure), ("town.killed", "30"), language=language)
    assert notice.startswith("claims.csv:2: c0 says '")
    assert f"may count more or fewer than its losses, {losses};" in notice


FIT = [
    ("north.killed", "300 soldiers", "en"),
    ("north.killed", "300 people", "en"),
    ("north.killed", "300 women and children", "en"),
    ("north.killed", "a list of 300 names", "en"),
    ("north.killed", "300 Russians", "en"),
    ("north.killed", "300 victims", "en"),
    ("north.killed", "300 soldiers killed in action", "en"),
    ("north.casualties", "300 killed, wounded or captured", "en"),
    ("north.casualties", "300 casualties", "en"),
    ("north.casualties", "300 losses", "en"),
    ("north.gone", "300 dead and captured", "en"),
    ("north.captured", "300 POWs", "en"),
    ("north.strength", "11,000 troops", "en"),
    ("north.tanks", "300 tanks", "en"),
    ("north.tanks", "300 vehicles", "en"),
    ("north.machines", "300 tanks", "en"),
    ("north.machines", "300 pieces of equipment", "en"),
    ("north.tanks", "30 losses", "en"),
    ("north.officers", "30 soldiers", "en"),
    ("north.officers", "30 dead", "en"),
    ("town.killed", "300 civilians", "en"),
    ("town.killed", "300 women and children killed", "en"),
    ("north.killed + town.killed", "300 civilians and soldiers", "en"),
    ("north.killed:0.7 | north.casualties:0.3", "300 casualties", "en"),
    ("north.killed", "300 guerrilleros palestinos abatidos", "es"),
    ("north.casualties", "300 bajas", "es"),
]


@pytest.mark.parametrize(("losses", "figure", "language"), FIT)
def test_a_noun_that_fits_is_not_told(tmp_path, losses, figure, language):
    assert told(tmp_path, (losses, figure), ("town.killed", "30"), language=language) == []


def test_of_many_claims_of_one_kind_some_are_told_and_the_rest_counted(tmp_path):
    found = told(tmp_path, ("town.killed", "30"), *[("north.killed", f"{n} wounded") for n in range(300, 340)])
    assert len(found) == TOLD + 1
    assert found[-1] == "claims.csv: 35 more claims say 'wounded' of north.killed, the first of them c6 in line 8"


def test_nouns_are_no_part_of_the_answer(tmp_path):
    told(tmp_path, ("north.killed", "300"), ("town.killed", "30"))
    plain = read_case(tmp_path).digest
    told(tmp_path, ("north.killed", "300 wounded"), ("town.killed", "30"))
    assert read_case(tmp_path).digest == plain


@pytest.mark.parametrize("language", ["en", "es"])
def test_nouns_are_found_where_figures_are_read(language):
    lexicon = read_lexicon(language)
    assert nouns_said("300", lexicon) == ()
    for words, (counts, group) in lexicon.nouns.items():
        found = nouns_said(f"300 {' '.join(words)}", lexicon)
        assert [(said.counts, said.group) for said in found] == ([] if counts == "persons" else [(counts, group)])
