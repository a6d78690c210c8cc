"""The dossier on Kursk: every row of the list is accounted for, and counts once or not at all."""

import re
from collections import Counter
from pathlib import Path

import pytest
from saying import said

from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_scenario
from truetoll.claims.schema import Form

FOLDER = Path(__file__).parents[2] / "data" / "kursk-dossier"
CASE = read_case(FOLDER)
README = (FOLDER / "README.md").read_text(encoding="utf-8")
LISTED = {*(f"S{n:02}" for n in range(1, 11)), *(f"K{n:03}" for n in range(1, 123)), "D01", "D02"}


def section(title):
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def ids(title):
    return re.findall(r"^\| ([A-Z]\d{2,3}) \|", section(title), flags=re.MULTILINE)


def test_each_row_counts_or_repeats_one_that_counts():
    used = {claim.id for claim in CASE.claims if claim.weight > 0}
    aside = {claim.id: claim.set_aside.other for claim in CASE.claims if not claim.weight}
    assert (len(used), len(aside)) == (58, 33)
    assert {aside.get(other, other) for other in aside.values()} <= used


def test_the_readme_accounts_for_every_figure_of_the_list():
    assert Counter(ids("Rows that count")) == Counter(claim.id for claim in CASE.claims if claim.weight > 0)
    assert Counter(ids("Rows set aside")) == Counter(claim.id for claim in CASE.claims if not claim.weight)
    left_out = ids("Left out of claims.csv")
    assert len(left_out) == len(set(left_out)) == 43
    assert {*left_out, *(claim.id for claim in CASE.claims)} == LISTED


def test_the_only_notices_are_of_repeats_corrections_and_a_force_that_few_speak_of():
    others = [notice for notice in said(CASE.notices) if " and gets no weight" not in notice]
    assert len(others) == 2
    assert others[0].startswith("case.toml: forces.russia_kursk: 28 bins without claims")
    assert others[1].startswith("taken as a famous dispute")


def test_every_figure_has_a_page_or_is_marked_unverified_and_a_day():
    for claim in CASE.claims:
        assert claim.url.startswith("http") or "Unverified" in claim.note, claim.id
        assert claim.reported is not None
        assert claim.reported >= claim.as_of, claim.id


def test_what_north_korea_showed_is_a_floor_and_nothing_else_is():
    floors = {claim.id for claim in CASE.claims if claim.figure.form is Form.FLOOR}
    assert floors == {claim.id for claim in CASE.claims if claim.source == "pyongyang"}
    counted = {claim.id: claim.figure.value for claim in CASE.claims if claim.id in floors and claim.weight > 0}
    assert counted == {"K095": 101, "K096": 200, "K097": 250, "K102": 9}


@pytest.mark.parametrize("name", CASE.scenarios)
def test_every_scenario_changes_the_case_and_stands_in_the_readme(name):
    assert apply_scenario(CASE, name).digest != CASE.digest
    assert f"`{name}`" in README


def test_relay_errors_as_printed_count():
    printed = apply_scenario(CASE, "relay_errors_at_face_value")
    before = {claim.id for claim in CASE.claims if claim.weight > 0}
    added = {claim.id for claim in printed.claims if claim.weight > 0} - before
    assert added == {"K017", "K046", "K081", "K099", "K113", "K122"}
