"""Historical benchmarks: read, refused with every problem at once, and turned into ordinary cases."""

import csv
import io
import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from saying import said

from truetoll.benchmark import case_of, joint_case, quantity_of, read_benchmark
from truetoll.benchmark.reading import CLAIMS, TRUTH
from truetoll.claims.reliability import estimated_from
from truetoll.claims.schema import Form
from truetoll.errors import CaseError

SHIPPED = Path(__file__).parents[2] / "data" / "hindcast"
TRUTHS = [
    {"case": "hill", "victims": "army", "quantity": "killed", "low": "90", "best": "100", "high": "150"},
    {"case": "hill", "victims": "army", "quantity": "captured", "low": "9", "best": "10", "high": "10"},
    {"case": "town", "victims": "people", "quantity": "civilians_killed", "low": "50", "best": "60", "high": "70"},
]
SAID = [
    ("hill", "a", "staff", "own_side", "1950-01-03", "army", "killed", "about 70", "s", "score"),
    ("hill", "b", "foe", "adversary", "1950-01-02", "army", "killed", "at least 300", "", "lower_bound"),
    ("hill", "c", "staff", "own_side", "1950-02-01", "army", "killed", "82", "s", ""),
    ("hill", "d", "foe", "adversary", "1950-01-02", "army", "captured", "up to 40", "", "upper_bound"),
    ("town", "e", "paper", "media", "1950-03-01", "people", "civilians_killed", "dozens", "w", "score"),
    ("town", "f", "ngo", "observer_ngo", "1950-03-02", "people", "civilians_killed", "55", "w", "score"),
    ("town", "g", "paper", "media", "1950-03-05", "people", "civilians_killed", "500", "", "skip"),
]
FIELDS = ("case", "id", "source", "relation", "reported", "victims", "quantity", "figure", "origin", "use")


def truths():
    return [{"victim_class": "civilian" if t["case"] == "town" else "military", "quality": "A"} | t for t in TRUTHS]


def claims():
    return [dict(zip(FIELDS, row, strict=True)) for row in SAID]


def table(columns, rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    """folder(claims rows, truth rows) -> path"""

    def write(said=None, known=None):
        (tmp_path / "claims.csv").write_text(table(CLAIMS.columns, said or claims()), encoding="utf-8")
        (tmp_path / "truth.csv").write_text(table(TRUTH.columns, known or truths()), encoding="utf-8")
        return tmp_path

    return write


def changed(rows, number, **cells):
    rows[number] |= cells
    return rows


# Reading


def test_a_benchmark_is_read(folder):
    found = read_benchmark(folder())
    assert [target.name for target in found.targets] == [
        "hill: army, killed",
        "hill: army, captured",
        "town: people, civilians_killed",
    ]
    first = found.targets[0]
    assert [claim.id for claim in first.claims] == ["a", "b", "c"]
    assert (first.truth.low, first.truth.best, first.truth.high) == (90, 100, 150)
    assert first.claims[1].figure.form is Form.AT_LEAST
    assert found.wars == ("hill", "town")
    assert [claim.id for claim in found.targets[2].set_aside] == ["g"]
    assert said(found.notices) == ("claims.csv: 1 claim is set aside (1 skip)",)


def test_the_shipped_benchmark_is_sound_and_the_one_the_table_rests_on():
    found = read_benchmark(SHIPPED)
    assert (len(found.targets), len(found.scored), len(found.wars)) == (279, 272, 79)
    assert found.digest == estimated_from()
    for target in found.targets:
        for claim in target.claims:
            assert not (target.truth.known and claim.reported) or claim.reported <= target.truth.known


def test_both_lots_are_there_with_things_frames_and_access():
    found = read_benchmark(SHIPPED)
    assert sum(target.victim_class == "materiel" for target in found.scored) == 57
    assert sum(target.frame == "famous" for target in found.scored) == 73
    assert all(claim.access for target in found.scored for claim in target.claims)
    wars = {target.case: target.war for target in found.scored}
    assert wars["winterwar"] == "second_world_war"
    assert wars["beslan04"] == "first_chechen_war"


def test_wars_of_a_fold_are_one_and_what_is_wrong_in_them_is_told(folder):
    path = folder(known=[row | {"war": row["case"]} for row in truths()])
    (path / "wars.csv").write_text("war,fold\nhill,long_war\ntown,long_war\n", encoding="utf-8")
    assert read_benchmark(path).wars == ("long_war",)
    (path / "wars.csv").write_text("war,fold\nhill,\nhill,long_war\n", encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        read_benchmark(path)
    told = [str(problem) for problem in caught.value.problems]
    assert any("wars.csv:2: fold is empty" in each for each in told)
    assert any("wars.csv:3: has a fold already" in each for each in told)


def test_frame_and_access_are_read_and_checked(folder):
    said = changed(claims(), 0, access="remote")
    found = read_benchmark(folder(said, changed(truths(), 0, frame="list"))).targets[0]
    assert (found.frame, found.claims[0].access, found.claims[1].access) == ("list", "remote", None)
    for wrong in ((changed(claims(), 0, access="far"), None), (None, changed(truths(), 0, frame="known"))):
        with pytest.raises(CaseError, match="is not one of the known values"):
            read_benchmark(folder(*wrong))


def test_the_digest_is_of_what_decides(folder):
    first = read_benchmark(folder()).digest
    assert read_benchmark(folder(changed(claims(), 0, note="a word"))).digest == first
    assert read_benchmark(folder(claims()[::-1])).digest == first
    for cells in ({"figure": "about 80"}, {"relation": "ally"}, {"origin": ""}, {"use": "skip"}):
        assert read_benchmark(folder(changed(claims(), 0, **cells))).digest != first
    assert read_benchmark(folder(known=changed(truths(), 0, high="160"))).digest != first


TOMORROW = (date.today() + timedelta(days=2)).isoformat()
WRONG_CLAIMS = [
    ({"relation": "advsary"}, "claims.csv:2: relation is not one of the known values; read 'advsary'", "adversary"),
    ({"use": "scored"}, "claims.csv:2: use is not one of the known values; read 'scored'", "score"),
    ({"quantity": "kiled"}, "claims.csv:2: quantity is not one of the known values; read 'kiled'", "killed"),
    (
        {"victims": "armee"},
        "claims.csv:2: truth.csv has no such target; read hill, armee, killed",
        "hill, army, killed",
    ),
    ({"figure": "plenty"}, "claims.csv:2: figure carries no number", None),
    ({"figure": ""}, "claims.csv:2: figure is empty", None),
    ({"figure": "30%"}, "claims.csv:2: figure is a share of strength, which a benchmark does not know", None),
    ({"id": "b"}, "claims.csv:3: id is already that of line 2; read 'b'", None),
    ({"id": ""}, "claims.csv:2: id is empty", None),
    ({"source": ""}, "claims.csv:2: source is empty", None),
    ({"reported": ""}, "claims.csv:2: reported is empty", None),
    ({"reported": "1950-13-01"}, "claims.csv:2: reported must be a date", None),
    ({"reported": TOMORROW}, "claims.csv:2: was reported on a day that has not come", None),
    ({"since": "1950-01-02", "as_of": "1950-01-01"}, "claims.csv:2: as_of lies before since (1950-01-02)", None),
]
WRONG_TRUTHS = [
    ({"low": "160"}, "truth.csv:2: low is above high; read 160 and 150"),
    ({"best": "200"}, "truth.csv:2: best lies outside low to high; read 200"),
    ({"low": "0"}, "truth.csv:2: low must be a number above zero; read '0'"),
    ({"high": "many"}, "truth.csv:2: high must be a number; read 'many'"),
    ({"quality": "D"}, "truth.csv:2: quality is not one of the known values; read 'D'"),
    ({"victim_class": "soldiers"}, "truth.csv:2: victim_class is not one of the known values; read 'soldiers'"),
    ({"known": "1950-01-20"}, "claims.csv:4: was reported after the truth was known (1950-01-20); read 1950-02-01"),
]


def problems(path):
    with pytest.raises(CaseError) as caught:
        read_benchmark(path)
    return caught.value.problems


@pytest.mark.parametrize(("cells", "told", "nearest"), WRONG_CLAIMS)
def test_a_wrong_claim_gets_one_problem(folder, cells, told, nearest):
    (problem,) = problems(folder(changed(claims(), 0, **cells)))
    assert str(problem).startswith(told)
    assert problem.nearest == nearest


@pytest.mark.parametrize(("cells", "told"), WRONG_TRUTHS)
def test_a_wrong_truth_gets_one_problem(folder, cells, told):
    (problem,) = problems(folder(known=changed(truths(), 0, **cells)))
    assert str(problem).startswith(told)


def test_a_truth_without_claims(folder):
    (problem,) = problems(folder([row for row in claims() if row["case"] != "town"]))
    assert str(problem) == "truth.csv:4: no row of claims.csv is about it; read town, people, civilians_killed"


def test_a_truth_twice(folder):
    (problem,) = problems(folder(known=[*truths(), truths()[0]]))
    assert str(problem) == "truth.csv:5: there is a truth of this target already, in line 2"


def test_all_problems_at_once(folder):
    said = changed(changed(claims(), 0, relation="friend"), 1, figure="lots")
    found = problems(folder(said, changed(changed(truths(), 0, low="500"), 1, best="x")))
    assert [str(p).split(":")[0] + ":" + str(p).split(":")[1] for p in found] == [
        "truth.csv:2",
        "truth.csv:3",
        "claims.csv:2",
        "claims.csv:3",
    ]


def test_files_and_columns(folder, tmp_path):
    (problem,) = problems(tmp_path / "nowhere")
    assert str(problem.what) == "there is no such benchmark folder"
    path = folder()
    (path / "truth.csv").unlink()
    assert "truth.csv: the file does not exist" in [str(p) for p in problems(path)]
    path = folder()
    (path / "claims.csv").write_text(table(CLAIMS.columns, []), encoding="utf-8")
    assert [str(p) for p in problems(path)] == ["claims.csv: holds no row"]
    text = table(TRUTH.columns, truths()).replace("victim_class", "class", 1)
    (folder() / "truth.csv").write_text(text, encoding="utf-8")
    assert any("there is no such column; read 'class'" in str(p) for p in problems(path))


def test_a_claim_that_is_no_evidence_may_come_late(folder):
    known = changed(truths(), 2, known="1950-03-03")
    assert read_benchmark(folder(known=known)).targets[2].truth.known == date(1950, 3, 3)


# Cases


def test_a_target_is_a_case_of_the_ordinary_kind(folder):
    target = read_benchmark(folder()).targets[0]
    case = case_of(target)
    assert quantity_of(target) == "them.killed"
    assert [claim.id for claim in case.claims if claim.weight] == ["b", "c"]  # the staff corrected its figure
    assert str(case.claims[0].set_aside) == "superseded by c"
    assert {source.grade for source in case.sources.values()} == {None}
    assert {source.relations["them"] for source in case.sources.values()} == {"own_side", "adversary"}
    prior = case.forces["them"].total
    assert math.log(prior.high / prior.median) == pytest.approx(10 * 1.6448536, rel=1e-6)
    assert case_of(target, {"origin": {"rho": 0.25}}).reliability.origin.rho == 0.25


def test_one_report_through_two_voices_counts_once(folder):
    case = case_of(read_benchmark(folder()).targets[2])
    assert [(claim.id, claim.weight) for claim in case.claims] == [("e", 1), ("f", 1)]  # dozens, and 55: no repeat
    said = [{**claim, "figure": "55"} if claim["id"] == "e" else claim for claim in claims()]
    case = case_of(read_benchmark(folder(said)).targets[2])
    assert [(claim.id, claim.weight) for claim in case.claims] == [("e", 1), ("f", 0)]


def test_sums_that_a_case_has_not_are_counts(folder):
    target = read_benchmark(folder()).targets[1]
    assert case_of(target).forces["them"].quantities == ("killed", "casualties", "prisoners")
    assert quantity_of(target) == "them.prisoners"


@pytest.mark.parametrize("quantity", ["casualties", "wounded", "missing", "missing_captured", "civilians_wounded"])
def test_every_quantity_makes_a_case(folder, quantity):
    said = [row | {"quantity": quantity} for row in claims()[:3]]
    target = read_benchmark(folder(said, [truths()[0] | {"quantity": quantity}])).targets[0]
    assert quantity_of(target).removeprefix("them.") in case_of(target).forces["them"].quantities


def test_a_joint_case_knows_its_truths(folder):
    case, forces = joint_case(read_benchmark(folder()).scored)
    assert list(forces) == ["t1", "t2", "t3"]
    prior = case.forces["t1"].total
    assert (prior.low, prior.median, prior.high) == (90, 100, 150)
    assert case.forces["t2"].counts["prisoners"].high > 10  # ends that touch the best are moved off it
    foe = [name for name, source in case.sources.items() if source.name == "foe"]
    assert case.sources[foe[0]].relations == {"t1": "adversary", "t2": "adversary"}


def test_a_bound_is_read_as_the_hedge_nearest_to_it(folder):
    """Under a flat prior "fewer than 20,000" would else say that next to nobody was lost."""
    said = changed(changed(claims(), 0, figure="fewer than 20,000"), 1, figure="no fewer than 300")
    (first, *_) = read_benchmark(folder(said)).targets
    figures = {claim.id: claim.figure for claim in case_of(first).claims}
    assert (figures["a"].form, figures["a"].hedge, figures["a"].value) == (Form.UP_TO, "up_to", 20_000)
    assert (figures["b"].form, figures["b"].hedge) == (Form.AT_LEAST, "at_least")
