"""A case under a scenario that is named, or told as a table."""

import pytest

from truetoll.claims.scenario import BASE, apply_scenario, under, with_told
from truetoll.errors import CaseError

OUT = {"exclude": {"sources": ["nis"]}}


def heard(case):
    return {claim.source for claim in case.claims if claim.weight > 0}


def test_a_name_a_table_and_nothing(kursk_case):
    assert under(kursk_case, None) is kursk_case
    assert under(kursk_case, "trust_seoul").digest == apply_scenario(kursk_case, "trust_seoul").digest
    told = under(kursk_case, OUT)
    assert heard(told) == heard(kursk_case) - {"nis"} and told.scenario != BASE


def test_what_fits_every_case_is_known_by_its_name_and_as_what_is_built_on(kursk_case):
    assert "believe_nis" not in kursk_case.scenarios
    believed = under(kursk_case, "believe_nis")
    both = under(kursk_case, {"builds_on": "believe_nis", "exclude": {"sources": ["csis"]}})
    assert both.sources["nis"].bias == believed.sources["nis"].bias != kursk_case.sources["nis"].bias
    assert "csis" not in heard(both)


def test_told_scenarios_stand_beside_those_of_the_case(kursk_case):
    case = with_told(kursk_case, {"mine": {**OUT, "builds_on": "no_stake"}, "trust_seoul": OUT})
    assert set(case.scenarios) > {*kursk_case.scenarios, "mine", "no_stake"}
    assert "nis" not in heard(apply_scenario(case, "trust_seoul"))
    assert case.digest == kursk_case.digest and "mine" not in kursk_case.scenarios


@pytest.mark.parametrize("wrong", ["no_such", {"exclude": {"sources": ["no_such"]}}, {"builds_on": "no_such", **OUT}])
def test_what_cannot_be_laid_over_a_case_is_told(kursk_case, wrong):
    with pytest.raises(CaseError, match="no_such"):
        under(kursk_case, wrong)
    with pytest.raises(CaseError, match="trust_seoul"):
        under(apply_scenario(kursk_case, "trust_seoul"), OUT)
