"""What the stored draws say of half the weight of something is what a refit with half its weight says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from truetoll import fit
from truetoll.claims.scenario import apply_change
from truetoll.model.tables import build_tables
from truetoll.sampling.convergence import mcse
from truetoll.sampling.engine import Engine
from truetoll.studies.fit.pulls import pulls

KILLED = "dprk.killed"


@pytest.fixture(scope="module")
def engine(kursk_case):
    return Engine(build_tables(kursk_case))


@pytest.fixture(scope="module")
def base(kursk_case, engine):
    return fit(kursk_case, engine=engine, seed=7)


def killed(tree):
    return np.log(tree["posterior"]["amount"].sel(quantity=KILLED).to_numpy())


def halved(case, pull):
    if pull.kind == "source":
        weights = {c.id: c.weight * (0.5 if c.source == pull.key else 1.0) for c in case.claims}
        return replace(case, claims=tuple(replace(c, weight=weights[c.id]) for c in case.claims))
    prior = case.forces["dprk"].wounded_per_killed
    ends = {end: prior.median * (getattr(prior, end) / prior.median) ** math.sqrt(2.0) for end in ("low", "high")}
    said = {"median": prior.median, **ends, "reason": "half its weight"}
    return apply_change(case, {"forces": {"dprk": {"wounded_per_killed": said}}}, "half")


def test_of_the_article(kursk_case, engine, base):
    found = {(p.kind, p.key): p for p in pulls(base, kursk_case, [KILLED])[KILLED].found}
    assert found.keys() >= {("source", "nis"), ("prior", "wounded[dprk]")}
    assert found["source", "nis"].claims[0] == "nis-killed"
    for name in (("source", "nis"), ("prior", "wounded[dprk]")):
        pull, before = found[name], killed(base)
        after = killed(fit(halved(kursk_case, pull), engine=engine, seed=8))
        error = math.hypot(pull.mcse_log, mcse(before, "median"), mcse(after, "median"))
        assert np.median(after) - np.median(before) == pytest.approx(pull.shift_log, abs=4 * error)
        assert error < abs(pull.shift_log) / 2  # a shift of the other sign would not pass
