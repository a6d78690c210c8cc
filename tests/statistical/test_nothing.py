"""Nobody lost, and fewer than a number: posteriors of one force against quadrature of their closed form."""

import dataclasses
import math

import numpy as np
import pytest
from cases import make_case
from scipy import integrate, stats

from truetoll.claims.schema import Form
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine

NOISE = 0.3
LOW, MEDIAN, HIGH = 0.1, 30.0, 9_000.0
SD = math.log(HIGH / MEDIAN) / stats.norm.ppf(0.95)
TOML = """
[case]
title = "One raid"
bins = [2024-01-01, 2024-02-01]
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = {{ median = 30, low = 0.1, high = 9_000 }}
[sources.staff]
grade = "C"
relations = {{ town = "adversary" }}
bias.town = {{ mu = {bias}, mu_sd = 0, tau = 0, shared = 0, slant = 0 }}
[assumptions]
noise.log_sd = 0.0
disagreement.log_sd = 0.0
soundness.credibility = {{ 1 = 1.0, 5 = {sound} }}
"""
CLAIMS = (
    "none; staff; town.killed; no deaths; 2024-01-01; 2024-02-01; ; 5",
    "fewer; staff; town.killed; fewer than 500; 2024-01-01; 2024-02-01; ; 1",
)


@pytest.fixture(scope="module")
def tables_of(tmp_path_factory):
    def tables(claim, bias=0.0, sound=1.0):
        case = make_case(tmp_path_factory.mktemp("raid"), TOML.format(bias=bias, sound=sound), CLAIMS)
        weights = {"bound_weight": np.array([float(claim == "none")])}
        weights["hedged_weight"] = np.array([float(claim == "fewer")])
        found = build_tables(case)
        return dataclasses.replace(found, data=found.data | weights)

    return tables


@pytest.fixture(scope="module")
def engine(tables_of):
    return Engine(tables_of("none"))


def posterior(engine, tables):
    """Log density of the log of those killed, as the model has it: everything else is known."""
    engine.set(tables)
    place = int(engine.unflatten(np.arange(engine.dimension))["z_losses"][0])

    def log_density(t):
        z = np.zeros(engine.dimension)
        z[place] = (t - math.log(MEDIAN)) / SD
        return engine.logp(z)[0]

    return log_density


def moments(log_density):
    """Mean of the log, and P(fewer than one), by quadrature."""
    highest = max(log_density(t) for t in np.linspace(-12, 12, 97))

    def total(f, high=16.0):
        return integrate.quad(
            lambda t: f(t) * math.exp(log_density(t) - highest), -16, high, limit=400, points=[-3, 0, 3]
        )[0]

    one = total(lambda t: 1.0)
    return total(lambda t: t) / one, total(lambda t: 1.0, high=0.0) / one


@pytest.mark.parametrize("bias", [0.0, -3.0, -6.0, 1.0])
@pytest.mark.parametrize("sound", [1.0, 0.6])
def test_nothing_says_that_its_source_would_have_put_down_less_than_one(engine, tables_of, bias, sound):
    """One that tells of one in twenty (bias -3) still allows some twenty: half of its reports of twenty are of none."""

    tables = tables_of("none", bias, sound)
    wide = tables.index.case.reliability.soundness.unsound_sd

    def closed(t):
        ordinary = stats.norm.cdf(-(t + bias) / NOISE)
        other = stats.norm.cdf(-(t + bias) / math.hypot(NOISE, wide))
        return stats.norm.logpdf(t, math.log(MEDIAN), SD) + math.log(sound * ordinary + (1 - sound) * other + 1e-300)

    density = posterior(engine, tables)
    # Where anything is; beyond, the tail of the closed form cancels.
    grid = np.array([t for t in np.linspace(-8, 8, 33) if closed(t) > -40])
    gap = np.array([density(t) - closed(t) for t in grid])
    assert np.ptp(gap) < 1e-6
    assert moments(density) == pytest.approx(moments(closed), rel=1e-4)


def test_nothing_by_a_source_that_understates_bounds_and_does_not_point(engine, tables_of):
    """The bound lies at one over the factor that reaches its figure; below it all is as likely as before."""
    at = {bias: moments(posterior(engine, tables_of("none", bias))) for bias in (1.0, 0.0, -3.0, -6.0)}
    cut = {b: stats.truncnorm(-np.inf, (-b - math.log(MEDIAN)) / SD, math.log(MEDIAN), SD).mean() for b in at}
    assert all(at[b][0] == pytest.approx(cut[b], abs=0.1) for b in at)
    assert [at[b][1] for b in at] == sorted((at[b][1] for b in at), reverse=True)
    assert at[0.0][1] > 0.9
    assert at[-6.0][1] < 0.5


def test_fewer_than_is_more_than_mirrored(engine, tables_of):
    """What is believed lies below the number by an exponential of the mean of `more than`."""
    tables = tables_of("fewer")
    figure = tables.index.case.claims[1].figure
    hedge = tables.index.case.reliability.hedge
    assert (figure.form, figure.hedge, figure.low, figure.high) == (Form.FEWER_THAN, "fewer_than", 450, 550)
    assert hedge.fewer_than == hedge.more_than

    def closed(t):
        said = stats.exponnorm(hedge.fewer_than / NOISE, loc=t, scale=NOISE)
        mass = integrate.quad(said.pdf, math.log(450), math.log(550), epsabs=1e-14)[0]
        return stats.norm.logpdf(t, math.log(MEDIAN), SD) + math.log(mass)

    density = posterior(engine, tables)
    gap = [density(t) - closed(t) for t in np.linspace(5.2, 7.0, 10)]
    assert np.ptp(gap) < 1e-6
    best = max(np.linspace(5, 7, 401), key=density)
    assert math.log(400) < best < math.log(500)
