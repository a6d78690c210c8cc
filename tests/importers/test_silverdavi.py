"""silverdavi's totals: one war, bounds as they stand, civilians under who killed them, and what is set aside."""

from datetime import date

import pytest

from truetoll.errors import CaseError
from truetoll.importers.conflicts import ConflictsError
from truetoll.importers.drafts import write_case
from truetoll.importers.sheet import UNREADABLE
from truetoll.importers.silverdavi import ANOTHER, NO_FIGURE, NOT_DIRECT, ZERO, read_silverdavi

HEAD = "war_id,war_name,side,bucket,low,high,notes"
ROWS = """hill_war,Hill War,Hill Army,military_killed,2500,20000,Low is inferred.
hill_war,Hill War,Hill Army,civilians_killed_directly,3000,,A floor.
hill_war,Hill War,Hill Army,deaths_from_actions:famine,400,900,They overlap.
hill_war,Hill War,Vale League,military_killed,526,526,
hill_war,Hill War,Vale League,civilians_killed_directly,,700,
hill_war,Hill War,Vale League,military_killed,,,nobody knows
hill_war,Hill War,Monks,military_killed,0,0,they had no soldiers
hill_war,Hill War,Monks,civilians_killed_directly,0,,
sea_war,Sea War,Fleet,military_killed,9000,12000,
sea_war,Sea War,Fleet,something else,x,1,"""
WHEN = {"conflict": ["hill_war"], "since": date(1900, 5, 31), "as_of": date(1901, 9, 7)}


def read(tmp_path, rows=ROWS, head=HEAD, **options):
    (tmp_path / "t.csv").write_text(f"{head}\n{rows}\n", encoding="utf-8")
    return read_silverdavi(tmp_path / "t.csv", **(WHEN | options))


def refused(tmp_path, *args, **options):
    with pytest.raises(CaseError) as caught:
        read(tmp_path, *args, **options)
    return [str(problem) for problem in caught.value.problems]


def test_every_row_is_a_claim_or_set_aside(tmp_path):
    made = read(tmp_path)
    assert made.counts == {"rows": 10, "rows_used": 4, "claims": 4, "sides": 4}
    assert made.aside == {NOT_DIRECT: 1, NO_FIGURE: 1, ZERO: 2, ANOTHER: 2}
    (tmp_path / "case").mkdir()
    case = write_case(made, tmp_path / "case")
    assert {(str(claim.readings[0]), claim.text) for claim in case.claims} == {
        ("hill_army.killed", "2,500-20,000"),
        ("civilians_killed_by_hill_army.killed", "at least 3,000"),
        ("vale_league.killed", "526"),
        ("civilians_killed_by_vale_league.killed", "up to 700"),
    }
    assert {name: force.victims for name, force in case.forces.items()} == {
        "hill_army": "military",
        "civilians_killed_by_hill_army": "civilian",
        "vale_league": "military",
        "civilians_killed_by_vale_league": "civilian",
    }
    assert case.bins == (WHEN["since"], WHEN["as_of"])
    assert case.notices == ()


def test_a_war_is_chosen_by_its_name_too_and_bins_may_be(tmp_path):
    made = read(tmp_path, conflict=["Sea War"], skip_bad=True)
    assert (made.counts["claims"], made.aside) == (1, {ANOTHER: 8, UNREADABLE: 1})
    assert len(read(tmp_path, bins="month").case.case.bins) == 16


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"conflict": []}, "t.csv: has 2 wars; choose one with --conflict"),
        ({"conflict": ["hill_war", "sea_war"]}, "t.csv: has 2 wars; choose one with --conflict"),
        ({"conflict": ["hil_war"]}, "t.csv: has no such war; read 'hil_war'; allowed: hill_war, sea_war; did you mean"),
    ],
)
def test_wars_are_listed_where_none_is_chosen(tmp_path, options, expected):
    with pytest.raises(ConflictsError) as caught:
        read(tmp_path, **options)
    assert str(caught.value).startswith(expected)
    assert [(war.id, war.name, war.rows, war.dead) for war in caught.value.conflicts] == [
        ("sea_war", "Sea War", 2, 9000),
        ("hill_war", "Hill War", 8, 6026),
    ]


def test_dates_have_to_be_told(tmp_path):
    for options in ({"since": None}, {"as_of": None}, {"as_of": WHEN["since"]}):
        assert refused(tmp_path, **options) == [
            "t.csv: has no dates of wars: say --since, the day before the first, and --as-of, the last, a later day"
        ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "hill_war,Hill War,Monks,wounded,5,6,",
            "t.csv:12: bucket is not known; read 'wounded'; allowed: military_killed",
        ),
        ("hill_war,Hill War,Monks,military_killed,7,6,", "t.csv:12: low (7) is above high (6)"),
        ("hill_war,Hill War,Monks,military_killed,some,6,", "t.csv:12: low must be a whole number"),
        ("hill_war,Hill War,,military_killed,5,6,", "t.csv:12: side is empty"),
    ],
)
def test_a_row_that_cannot_be_read_is_told(tmp_path, row, expected):
    assert expected in refused(tmp_path, f"{ROWS}\n{row}")[0]


def test_other_columns_are_told_and_missing_ones_named(tmp_path):
    assert "column 'side' is missing; there are also: party" in refused(tmp_path, head=HEAD.replace("side", "party"))[0]
    made = read(tmp_path, head=HEAD.replace("notes", "comments"))
    assert "not known to this importer, and not read: column 'comments'" in map(str, made.remarks)


def test_the_command_lists_the_wars(run, tmp_path):
    (tmp_path / "t.csv").write_text(f"{HEAD}\n{ROWS}\n", encoding="utf-8")
    code, out, err = run("import", "silverdavi", tmp_path / "t.csv", "--out", tmp_path / "case")
    assert (code, out) == (2, "")
    assert err.splitlines()[1].split() == ["sea_war", "2", "9,000", "Sea", "War"]
    dates = ("--since", "1900-05-31", "--as-of", "1901-09-07")
    code, _, err = run(
        "import", "silverdavi", tmp_path / "t.csv", "--conflict", "hill_war", *dates, "--out", tmp_path / "c"
    )
    assert code == 0, err
    assert run("validate", tmp_path / "c")[0] == 0
