"""Forces of which only things are asked: the posterior against a quadrature, and sums of counts draw by draw."""

import math

import numpy as np
import pytest
from arviz_stats.base import array_stats
from cases import THINGS, THINGS_CLAIMS, make_case
from scipy import stats

from truetoll.answers.ledger import Ledger
from truetoll.claims.schema import Z95, Term
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine, Settings
from truetoll.studies.fit.ask import fit
from truetoll.studies.fit.read import summarise

ONE = THINGS.replace("2024-02-01, ", "") + "[assumptions]\nsoundness.credibility.1 = 0.7\ndisagreement.log_sd = 0.0\n"
ONE = ONE.replace('[sources.foe]\ngrade = "C"\nrelations = { north = "adversary" }\n', "")
NAMES = ("north.tanks", "north.ifvs", "north.armour")


def test_posterior_of_one_claim_of_tanks_is_that_of_a_quadrature(tmp_path):
    """Prior, bias, noise of unknown size and soundness of one exact figure, integrated over total and noise."""
    case = make_case(tmp_path, ONE, ["a; own; north.tanks; exactly 61; 2024-01-01; 2024-07-01; ; 1"])
    tables = build_tables(case)
    engine = Engine(tables)
    draws = engine.sample(Settings(draws=1200, tune=500, chains=4, seed=5))
    x = np.log(engine.outputs(draws)["loss"][..., tables.index.series.index("north.tanks"), 0])
    mu, variance = tables.data["distortion_mean"][1], np.sum(tables.data["distortion_map"][1] ** 2)
    grid = np.linspace(math.log(0.5), math.log(20_000), 2_001)[:, None]
    z = (grid - math.log(150)) * Z95
    scale = np.where(z < 0, math.log(150 / 20), math.log(900 / 150))
    prior = stats.norm.pdf(z / scale)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    sigma = np.exp(tables.data["noise_median"][0] + tables.data["noise_log_sd"][0] * nodes)
    extra = case.reliability.soundness.unsound_sd
    density = sum(
        p * stats.norm.pdf(math.log(61), grid + mu, np.sqrt(sigma**2 + variance + more**2)) @ weights
        for p, more in ((0.7, 0.0), (0.3, extra))
    )
    posterior = prior[:, 0] * density
    cdf = np.cumsum(posterior) / posterior.sum()
    for p in (0.05, 0.25, 0.5, 0.75, 0.95):
        ess = float(array_stats.ess(x, chain_axis=0, draw_axis=1, method="quantile", prob=p))
        found = np.interp(np.quantile(x, p), grid[:, 0], cdf)
        assert found == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / ess))


def test_what_no_claim_speaks_of_keeps_its_prior(tmp_path):
    case = make_case(tmp_path, ONE, ["a; own; north.tanks; exactly 61; 2024-01-01; 2024-07-01; ; 1"])
    amount = fit(case, draws=500, tune=300, seed=2)["posterior"]["amount"]
    ifvs = amount.sel(quantity="north.ifvs").to_numpy()
    for p, value in ((0.05, 40), (0.5, 300), (0.95, 2_000)):
        ess = float(array_stats.ess(ifvs, chain_axis=0, draw_axis=1, method="quantile", prob=p))
        assert np.mean(ifvs < value) == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / ess))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("things"), THINGS, THINGS_CLAIMS)
    return case, fit(case, draws=1000, tune=500, seed=3)


def test_a_sum_of_things_is_the_sum_in_every_draw_and_bin(fitted):
    case, tree = fitted
    ledger = Ledger(tree["posterior"].dataset, case)
    tanks, ifvs, armour = (ledger.lost(Term.of(name)) for name in NAMES)
    assert armour == pytest.approx(tanks + ifvs)
    assert tree["posterior"]["amount"].sel(quantity="north.armour").to_numpy().ravel() == pytest.approx(
        armour.sum(axis=1)
    )


def test_the_summary_speaks_of_things(fitted):
    _, tree = fitted
    quantities = {q.name: q.unit for q in summarise(tree).quantities}
    assert quantities == {"north.armour": "armour", "north.tanks": "tanks", "north.ifvs": "ifvs"}
