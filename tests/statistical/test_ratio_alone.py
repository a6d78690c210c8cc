"""Ratios and parts against closed forms: the density of two totals, everything else being known."""

import math

import numpy as np
import pytest
from cases import make_case
from scipy import integrate, special, stats

from truetoll.claims.reliability import read_reliability
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine

NOISE, SOUND, WIDE = 0.3, 0.8, 1.5
MEDIAN, HIGH = 1_000.0, 100_000.0
SD = math.log(HIGH / MEDIAN) / stats.norm.ppf(0.95)
TOML = f"""
[case]
title = "Two towns"
bins = [2024-01-01, 2024-07-01]
[forces.a]
victims = "civilian"
outcomes = ["killed"]
total = {{ median = 1_000, low = 10, high = 100_000 }}
[forces.b]
victims = "civilian"
outcomes = ["killed"]
total = {{ median = 1_000, low = 10, high = 100_000 }}
[sources.staff]
grade = "C"
relations = {{ a = "adversary", b = "own_side" }}
bias.a = {{ mu = 0.4, mu_sd = 0, tau = 0, shared = 0, slant = 0 }}
bias.b = {{ mu = -0.3, mu_sd = 0, tau = 0, shared = 0, slant = 0 }}
[assumptions]
noise = {{ log_sd = 0.0, grade.C = {NOISE} }}
disagreement.log_sd = 0.0
soundness = {{ unsound_sd = {WIDE}, credibility = {{ 1 = {SOUND} }} }}
"""
BIAS = 0.7
"""By how much the source overstates the first beside the second (log)."""


@pytest.fixture(scope="module")
def density(tmp_path_factory):
    """Log density at the logs of both totals, of one claim."""
    place = tmp_path_factory.mktemp("towns")
    engines = {}

    def of(losses, figure):
        tables = build_tables(make_case(place, TOML, [f"r; staff; {losses}; {figure}; 2024-01-01; 2024-07-01; ; 1"]))
        engine = engines.setdefault("one", Engine(tables))
        engine.set(tables)
        places = engine.unflatten(np.arange(engine.dimension))["z_losses"].astype(int)

        def log_density(a, b):
            z = np.zeros(engine.dimension)
            z[places[0]], z[places[1]] = ((x - math.log(MEDIAN)) / SD for x in (a, b))
            return engine.logp(z)[0]

        return log_density

    return of


def closed(mass):
    """Log density, given the log mass of what was said around a mean, ordinary or not."""

    def log_density(a, b):
        m = a - b + BIAS
        sound, unsound = mass(m, NOISE), mass(m, math.hypot(NOISE, WIDE))
        prior = stats.norm.logpdf([a, b], math.log(MEDIAN), SD).sum()
        return prior + math.log(SOUND * sound + (1 - SOUND) * unsound)

    return log_density


def cell(low, high):
    return lambda m, s: stats.norm.cdf((high - m) / s) - stats.norm.cdf((low - m) / s)


def at_least(low, high, h):
    def mass(m, s):  # said = believed - E
        pdf = lambda x: stats.exponnorm.pdf(-x, h / s, loc=-m, scale=s)  # noqa: E731
        return integrate.quad(pdf, low, high, epsabs=1e-14)[0]

    return mass


POINTS = [(a, b) for a in np.linspace(5, 9, 5) for b in np.linspace(5, 9, 5)]


@pytest.mark.parametrize(
    ("losses", "figure", "mass"),
    [
        ("a.killed / b.killed", "5 to 1", cell(math.log(4.5), math.log(5.5))),
        ("b.killed / a.killed", "1 to 5", cell(math.log(4.5), math.log(5.5))),
        ("a.killed / b.killed", "2-3 times as many", cell(math.log(2), math.log(3))),
        ("a.killed / (a.killed + b.killed)", "70%", cell(special.logit(0.65), special.logit(0.75))),
        ("b.killed / (b.killed + a.killed)", "30%", cell(special.logit(0.65), special.logit(0.75))),
        ("a.killed / (a.killed + b.killed)", "90-95%", cell(special.logit(0.9), special.logit(0.95))),
        ("a.killed / b.killed", "no more than 3 to 1", lambda m, s: stats.norm.cdf((math.log(3) - m) / s)),
    ],
)
def test_a_ratio_is_a_claim_on_the_difference_of_two_logs(density, losses, figure, mass):
    found, expected = density(losses, figure), closed(mass)
    gap = [found(a, b) - expected(a, b) for a, b in POINTS if expected(a, b) > -60]
    assert len(gap) > 10
    assert np.ptp(gap) < 1e-6


def test_a_hedged_ratio_lies_above_what_is_said(density):
    found = density("a.killed / b.killed", "at least 3 to 1")
    expected = closed(at_least(math.log(2.5), math.log(3.5), read_reliability({}).hedge.at_least))
    gap = [found(a, b) - expected(a, b) for a, b in POINTS if abs(a - b + BIAS - 1.3) < 2.5]
    assert len(gap) > 5
    assert np.ptp(gap) < 1e-5


def test_only_the_ratio_is_told(density):
    """Both may be ten times as many: the density falls as the priors do."""
    found = density("a.killed / b.killed", "5 to 1")
    prior = lambda a, b: stats.norm.logpdf([a, b], math.log(MEDIAN), SD).sum()  # noqa: E731
    for shift in (-2.0, 1.0, 3.0):
        moved = found(7.5 + shift, 6.0 + shift) - found(7.5, 6.0)
        assert moved == pytest.approx(prior(7.5 + shift, 6.0 + shift) - prior(7.5, 6.0), abs=1e-8)
