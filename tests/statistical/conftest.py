"""Compiled once a session: the two small shapes that the statistical tests set their numbers on."""

import pytest
from cases import CHORUS, CHORUS_CLAIMS, IN_COMMON, LINEAR, ONE_BIN, SKIRMISH, SKIRMISH_CLAIMS, make_case


@pytest.fixture(scope="session")
def skirmish(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("skirmish"), SKIRMISH.format(bins=ONE_BIN), SKIRMISH_CLAIMS)


@pytest.fixture(scope="session")
def compiled(skirmish):
    """Engine of the skirmish."""
    from truetoll.model.tables import build_tables
    from truetoll.sampling.engine import Engine

    return Engine(build_tables(skirmish))


@pytest.fixture(scope="session")
def chorus(tmp_path_factory):
    """Engine of the five voices; set numbers on it with `cases.lone`."""
    from truetoll.model.tables import build_tables
    from truetoll.sampling.engine import Engine

    case = make_case(tmp_path_factory.mktemp("chorus"), CHORUS + LINEAR + IN_COMMON, CHORUS_CLAIMS)
    return Engine(build_tables(case))
