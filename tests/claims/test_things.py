"""A force of which only things are asked, and sums of counts: what is a case, and what is refused."""

import pytest

from truetoll.claims.reading import read_case
from truetoll.errors import CaseError
from truetoll.model.index import Index

TOML = """
[case]
title = "Armour"
bins = [2024-01-01, 2024-07-01]

[forces.north]
victims = "military"
counts = { tanks = { median = 150, low = 20, high = 900 }, ifvs = { median = 300, low = 40, high = 2_000 } }
sums = { armour = ["tanks", "ifvs"] }

[sources.own]
grade = "B"
relations = { north = "own_side" }
"""
HEADER = "id,source,losses,figure,as_of\n"


@pytest.fixture
def read(tmp_path):
    """read(toml, *losses) -> case of one claim on each"""

    def make(toml, *losses):
        (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
        rows = "".join(f"c{i},own,{each},60,2024-07-01\n" for i, each in enumerate(losses))
        (tmp_path / "claims.csv").write_text(HEADER + rows, encoding="utf-8")
        return read_case(tmp_path)

    return make


def problems(read, toml, *losses):
    with pytest.raises(CaseError) as wrong:
        read(toml, *losses)
    return [str(each) for each in wrong.value.problems]


def test_a_force_needs_no_persons(read):
    case = read(TOML, "north.tanks", "north.armour")
    assert case.forces["north"].quantities == ("armour", "tanks", "ifvs")
    assert Index(case).groups == ("north.tanks", "north.ifvs")
    assert Index(case).loss_pairs == (("own", "north", "tanks"), ("own", "north", "ifvs"))


def test_counts_may_be_added_up_once_a_sum_says_so(read):
    assert str(read(TOML, "north.tanks + north.ifvs").claims[0].readings[0]) == "north.tanks + north.ifvs"
    assert len(read(TOML, "north.tanks:0.5 | north.armour:0.5").claims[0].readings) == 2
    without = TOML.replace('sums = { armour = ["tanks", "ifvs"] }', "")
    told = problems(read, without, "north.tanks + north.ifvs")
    assert told[0].startswith(
        "claims.csv:2: losses: tanks and ifvs cannot be added up; to add them, declare a sum of them in case.toml"
    )
    assert "more than once" in problems(read, TOML, "north.tanks + north.armour")[0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("total = { median = 10, low = 1, high = 20 }", "forces.north.total: is given, but the force has no outcomes"),
        (
            "rate = { median = 0.1, low = 0.01, high = 0.2 }",
            "forces.north.rate: is given, but the force has no outcomes",
        ),
        ("strength = { median = 10, low = 1, high = 20 }", "north.strength: is given, but the force has no outcomes"),
    ],
)
def test_a_size_without_persons_is_refused(read, line, expected):
    assert (
        expected
        in problems(
            read,
            TOML.replace("[sources.own]", f"{line}\n[sources.own]", 1).replace(f"{line}\n[s", f"{line}\n\n[s"),
            "north.tanks",
        )[0]
    )


def test_neither_persons_nor_things_is_refused(read):
    told = problems(read, TOML.partition("counts")[0] + TOML[TOML.index("[sources") :], "north.tanks")
    assert 'needs outcomes, such as ["killed", "wounded"], or counts, if only things are asked' in told[0]


def test_a_sum_of_persons_and_things_is_refused(read):
    mixed = TOML.replace("counts =", 'outcomes = ["killed"]\ntotal = { median = 9, low = 1, high = 90 }\ncounts =')
    mixed = mixed.replace('["tanks", "ifvs"]', '["tanks", "killed"]')
    assert (
        "forces.north.sums.armour: adds up persons and things; read tanks + killed"
        in problems(read, mixed, "north.tanks")[0]
    )


def test_a_share_of_strength_cannot_be_of_things(read, tmp_path):
    (tmp_path / "case.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(HEADER + "a,own,north.armour,10%,2024-07-01\n", encoding="utf-8")
    with pytest.raises(CaseError, match="has no strength in case"):
        read_case(tmp_path)


def test_persons_of_such_a_force_are_not_known(read):
    assert "this force has no such quantity" in problems(read, TOML, "north.casualties")[0]
