"""Trust: how much the claims of a source count, from a case, a scenario, and as known on a day."""

import pytest

from truetoll.claims.asof import as_of
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change
from truetoll.errors import CaseError

HALF = {"sources": {"monitor": {"trust": 0.5}}}


@pytest.fixture
def case(small_case):
    return read_case(small_case())


def weights(case):
    return {claim.id: claim.weight for claim in case.claims}


def test_a_claim_counts_as_much_as_its_source_is_trusted(case):
    assert weights(case) == {"a": 1.0, "b": 1.0}
    assert weights(apply_change(case, HALF, "half")) == {"a": 1.0, "b": 0.5}


def test_trust_of_one_is_the_case_itself(case):
    same = apply_change(case, {"sources": {"monitor": {"trust": 1.0}}}, "same")
    assert same.digest == case.digest
    assert apply_change(case, HALF, "half").digest != case.digest


def test_repeats_and_excluded_claims_stay_aside(small_case):
    lines = (
        "a,ministry,2024-07-02,north.killed,2700,2024-07-01,a\nb,monitor,2024-07-03,north.killed,2700,2024-07-01,a\n"
    )
    folder = small_case(claims=f"id,source,reported,losses,figure,as_of,origin\n{lines}")
    assert weights(apply_change(read_case(folder), HALF, "half")) == {"a": 1.0, "b": 0.0}


def test_it_holds_on_earlier_days(case):
    assert weights(as_of(apply_change(case, HALF, "half"), "2024-07-03")) == {"a": 1.0, "b": 0.5}


@pytest.mark.parametrize("wrong", [0, -1, 2.5])
def test_leaving_a_source_out_is_another_thing(case, wrong):
    with pytest.raises(CaseError, match="trust"):
        apply_change(case, {"sources": {"monitor": {"trust": wrong}}}, "wrong")
