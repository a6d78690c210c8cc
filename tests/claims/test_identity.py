"""The fingerprint of a case is of what it holds now, and what it holds cannot be changed under it."""

import copy
import pickle
from dataclasses import replace

import pytest

from truetoll.benchmark import read_benchmark
from truetoll.claims.digest import case_digest
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change
from truetoll.claims.schema import FrozenDict


@pytest.fixture(scope="module")
def case(kursk_case):
    return kursk_case


def test_other_claims_are_another_case(case):
    first, *rest = case.claims
    for claims in (rest, [replace(first, weight=0.5), *rest], [replace(first, id="other"), *rest]):
        other = replace(case, claims=claims)
        assert other.digest == case_digest(other) != case.digest
        assert isinstance(other.claims, tuple)  # a list could be changed later
    higher = replace(first, figure=replace(first.figure, high=2 * first.figure.high))
    assert replace(case, claims=(higher, *rest)).digest != case.digest
    assert replace(case, claims=case.claims[::-1], notices=("other",)).digest == case.digest


def test_other_files_and_tables_are_another_case(case):
    source = case.sources["nis"].model_copy(update={"grade": "E"})
    file = case.file.model_copy(update={"sources": {**case.sources, "nis": source}})
    assert replace(case, file=file).digest != case.digest
    noise = case.reliability.noise.model_copy(update={"log_sd": 0.9})
    assert replace(case, reliability=case.reliability.model_copy(update={"noise": noise})).digest != case.digest


@pytest.mark.parametrize(
    "table",
    [
        lambda case: case.sources,
        lambda case: case.forces,
        lambda case: case.sources["nis"].relations,
        lambda case: case.file.assumptions,
        lambda case: case.reliability.bias,
        lambda case: case.reliability.bias["military"],
        lambda case: case.reliability.soundness.credibility,
        lambda case: case.scenarios,
        lambda case: case.scenarios["hard_cap"],
        lambda case: apply_change(case, {"sources": {"nis": {"grade": "E"}}}, "x").sources,
    ],
)
def test_tables_of_a_case_cannot_be_changed(case, table):
    found, before = table(case), case.digest
    for change in (
        lambda: found.__setitem__("x", 1),
        lambda: found.update(x=1),
        lambda: found.setdefault("x", 1),
        found.clear,
        lambda: found.pop("x", None),
        lambda: found.__ior__({"x": 1}),
    ):
        with pytest.raises(TypeError, match="cannot be changed"):
            change()
    assert case.digest == before


def test_frozen_tables_travel_and_are_plain_where_they_are_written(case):
    for other in (pickle.loads(pickle.dumps(case)), copy.deepcopy(case)):
        assert other.digest == case.digest
        assert isinstance(other.sources, FrozenDict)
    assert type(case.file.model_dump()["sources"]) is dict
    assert FrozenDict({"a": {"b": [1]}}) == {"a": {"b": (1,)}}


def test_frozen_lists_are_of_use_all_the_same(small_case):
    """Scenarios are kept as they were written, with their lists."""
    told = '[lower]\ntitle = "t"\nwhy = "w"\nexclude = { claims = ["a"] }\n'
    case = read_case(small_case(scenarios=told))
    assert apply_change(case, case.scenarios["lower"], "x").claims[0].weight == 0


def test_part_of_a_benchmark_is_another(request):
    benchmark = read_benchmark(request.config.rootpath / "data" / "hindcast")
    some = benchmark.only(benchmark.scored[:2])
    assert len({benchmark.digest, some.digest, benchmark.only(benchmark.scored[:3]).digest}) == 3
    assert benchmark.only(benchmark.targets).digest == benchmark.digest
