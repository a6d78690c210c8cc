"""One quantity over two windows: densities against closed forms, the posterior against weighed draws of the prior."""

import math

import numpy as np
import pytest
from cases import make_case
from scipy import special, stats

from truetoll.model.implied import losses, stratified
from truetoll.model.tables import LOSS_DATA, build_tables
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.studies.calibrate.ask import calibrate
from truetoll.studies.calibrate.read import calibration
from truetoll.studies.fit.ask import fit

NOISE, SOUND, WIDE = 0.3, 0.8, 1.5
EDGES = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01"]
TOML = f"""
[case]
title = "One town, month by month"
bins = [{", ".join(EDGES)}]
profile_sd = 0.8
[forces.a]
victims = "civilian"
outcomes = ["killed", "wounded"]
total = {{ median = 1_000, low = 300, high = 4_000 }}
[sources.staff]
grade = "C"
relations = {{ a = "adversary" }}
[assumptions]
noise = {{ log_sd = 0.0, grade.C = {NOISE} }}
disagreement.log_sd = 0.0
soundness = {{ unsound_sd = {WIDE}, credibility = {{ 1 = {SOUND} }} }}
"""
MAY, APRIL, YEAR = "2024-05-01; 2024-06-01; ; 1", "2024-04-01; 2024-05-01; ; 1", "2024-01-01; 2024-08-01; ; 1"


def killed(tables, z):
    """Killed in each bin, as the description of losses says; shape (draw, bin)."""
    data = {name: tables.data[name] for name in LOSS_DATA}
    return losses(data, z)[0][:, tables.index.series_at["a.killed"]]


@pytest.fixture(scope="module")
def density(tmp_path_factory):
    """(log density less that of the prior, killed by bin) at twenty points of one claim."""
    place = tmp_path_factory.mktemp("town")
    engines = {}

    def of(losses_, figure, window):
        tables = build_tables(make_case(place, TOML, [f"r; staff; {losses_}; {figure}; {window}"]))
        engine = engines.setdefault("one", Engine(tables))
        engine.set(tables)
        rng = np.random.default_rng(8)
        flat = rng.normal(size=(20, engine.dimension))
        found = [engine.logp(each)[0] - stats.norm.logpdf(each).sum() for each in flat]
        z = {name: np.array([engine.unflatten(each)[name] for each in flat]) for name in ("z_losses", "z_profile")}
        z |= {name: np.array([engine.unflatten(each)[name] for each in flat]) for name in ("z_stray", "z_split")}
        return np.array(found), killed(tables, z)

    return of


def mixed(m, low, high):
    def mass(s):
        return stats.norm.cdf((high - m) / s) - stats.norm.cdf((low - m) / s)

    return SOUND * mass(NOISE) + (1 - SOUND) * mass(math.hypot(NOISE, WIDE))


@pytest.mark.parametrize(
    ("losses_", "figure", "window", "m", "scale"),
    [
        (
            "a.killed / a.killed [2024-04-01..2024-05-01]",
            "2-3 times as many as in April",
            MAY,
            lambda x: np.log(x[:, 4] / x[:, 3]),
            math.log,
        ),
        (
            "a.killed / a.killed [2024-01-01..2024-07-01]",
            "20-30% more",
            "2024-05-16; 2024-08-01; ; 1",
            lambda x: np.log((x[:, 4] * 16 / 31 + x[:, 5] + x[:, 6]) / x[:, :6].sum(axis=1)),
            lambda p: math.log(1 + p),
        ),
        (
            "a.killed / a.killed [2024-01-01..2024-08-01]",
            "20-30% in May",
            MAY,
            lambda x: np.log(x[:, 4] / np.delete(x, 4, axis=1).sum(axis=1)),
            special.logit,
        ),
    ],
    ids=["another month", "windows that overlap", "a part in time"],
)
def test_it_is_a_claim_on_two_sums_and_no_bias_is_left(density, losses_, figure, window, m, scale):
    found, bins = density(losses_, figure, window)
    low, high = (2, 3) if "times" in figure else (0.2, 0.3)
    expected = mixed(m(bins), scale(low), scale(high))
    near = expected > 1e-9  # elsewhere the closed form cancels
    assert near.sum() > 10
    assert found[near] == pytest.approx(np.log(expected[near]), abs=1e-6)


def test_it_may_be_said_either_way_round(density):
    one, _ = density("a.killed / a.killed [2024-04-01..2024-05-01]", "5 to 1", MAY)
    other, _ = density("a.killed / a.killed [2024-05-01..2024-06-01]", "1 to 5", APRIL)
    assert other == pytest.approx(one, abs=1e-9)
    part, _ = density("a.killed / a.killed [2024-04-01..2024-06-01]", "70%", MAY)
    rest, _ = density("a.killed / a.killed [2024-04-01..2024-06-01]", "30%", APRIL)
    assert rest == pytest.approx(part, abs=1e-9)


def test_the_posterior_is_that_of_weighed_draws_of_the_prior(tmp_path):
    """And the level stays what the prior says: of a ratio nothing is learned about it."""
    row = f"r; staff; a.killed / a.killed [2024-04-01..2024-05-01]; three times as many as in April; {MAY}"
    case = make_case(tmp_path, TOML, [row, f"again{row[1:]}".replace("; ;", "; r;")])
    assert [claim.weight for claim in case.claims] == [1.0, 0.0]
    tables = build_tables(case)
    z = stratified({name: tables.data[name] for name in LOSS_DATA}, 40_000, np.random.default_rng(1))
    bins = killed(tables, z)
    ratio = np.log(bins[:, 4] / bins[:, 3])
    weight = mixed(ratio, math.log(2.5), math.log(3.5))
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    order = np.argsort(ratio)
    expected = np.interp(levels, np.cumsum(weight[order]) / weight.sum(), ratio[order])
    assert expected[2] > 0.5  # the prior's is nought
    tree = fit(case, draws=1500, tune=500, seed=4)
    assert tree.attrs["rhat_max"] < 1.01
    lost = tree["posterior"]["loss"].sel(force="a", outcome="killed").transpose(..., "bin").to_numpy().reshape(-1, 7)
    drawn = np.quantile(np.log(lost[:, 4] / lost[:, 3]), levels)
    assert drawn == pytest.approx(expected, abs=0.06)
    total = tree["posterior"]["amount"].sel(quantity="a.casualties")
    assert np.median(total) == pytest.approx(1_000, rel=0.08)


@pytest.mark.long
def test_it_is_calibrated(compiled, tmp_path):
    rows = [
        f"level; staff; a.killed; about 300; {YEAR}",
        f"months; staff; a.killed / a.killed [2024-04-01..2024-05-01]; twice as many; {MAY}",
        f"part; staff; a.killed / a.killed [2024-01-01..2024-08-01]; at least 30%; {APRIL}",
    ]
    case = make_case(tmp_path, TOML, rows)
    found = calibration(calibrate(case, 40, Settings(draws=200, tune=200, chains=2), engine=compiled, seed=11))
    assert found.calibrated, [(q.name, q.p, str(q.verdict)) for q in found.quantities]
    assert found.not_converged <= 2
