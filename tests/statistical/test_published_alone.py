"""What published estimates say by themselves, two together, and with an error of the source on top: by quadrature."""

import math

import numpy as np
import pytest
from arviz_stats.base import array_stats
from cases import make_case
from scipy.stats import norm

from truetoll.answers.convergence import check_fit
from truetoll.sampling.samplers import Settings
from truetoll.studies.fit.ask import fit

CASE = """
[case]
title = "Estimates alone"
bins = [2024-01-01, 2024-12-31]

[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = {{ median = 75_000, low = 1, high = 5_625_000_000 }}

[assumptions]
disagreement.log_sd = 0.0
noise = {{ log_sd = 0.0, access = {{ model = {noise} }} }}
soundness.credibility = {{ 1 = 1.0 }}
"""
SOURCE = """
[sources.{0}]
access = "model"
relations = {{ town = "analyst" }}
bias.town = {{ mu = 0.0, tau = 0.0, shared = 0.0, slant = 0.0 }}
"""
PRIOR = (math.log(75_000), math.log(75_000) / norm.ppf(0.95))
NONE = 1e-6
LEVELS = (0.025, 0.5, 0.975)
SETTINGS = Settings(draws=4000, tune=500, chains=4, seed=5)


def posterior(place, figures, noise=NONE):
    """Draws of the killed, shape (chain, draw)."""
    toml = CASE.format(noise=noise) + "".join(SOURCE.format(f"s{i}") for i in range(len(figures)))
    claims = [f"c{i}; s{i}; town.killed; {f}; 2024-01-01; 2024-12-31; ; 1" for i, f in enumerate(figures)]
    tree = fit(make_case(place, toml, claims), **{name: getattr(SETTINGS, name) for name in ("draws", "tune", "seed")})
    assert check_fit(tree).converged
    return tree["posterior"]["amount"].sel(quantity="town.killed").to_numpy()


def held(draws, expected, within=0.01):
    """Quantiles are those expected to one per cent, and to four of their Monte Carlo errors."""
    for level, value in zip(LEVELS, expected, strict=True):
        found = np.quantile(draws, level)
        error = float(array_stats.mcse(draws, method="quantile", prob=level))
        assert abs(found - value) < within * value + 4 * error
        assert error < within * value


@pytest.mark.parametrize("stated", [(63_600, 75_200, 86_800), (70_000, 75_000, 90_000), (60_000, 75_000, 80_000)])
def test_an_estimate_alone_gives_its_own_interval_back(tmp_path, stated):
    low, value, high = stated
    held(posterior(tmp_path, [f"{value:,} (95% CI {low:,}-{high:,})"]), (low, value, high))


def test_two_that_are_independent_are_pooled_as_in_the_textbook(tmp_path):
    """Inverse variances, on the log scale: Borenstein and others 2010, doi:10.1002/jrsm.12, the fixed-effect model."""
    numbers, factors = np.array([60_000, 80_000]), np.array([1.2, 1.1])
    said = [f"{n:,} (95% CI {n / f:,.0f}-{n * f:,.0f})" for n, f in zip(numbers, factors, strict=True)]
    sds = np.log(factors) / norm.ppf(0.975)
    weights = sds**-2 / (sds**-2).sum()
    middle, sd = (weights * np.log(numbers)).sum(), (sds**-2).sum() ** -0.5
    held(posterior(tmp_path, said), np.exp(middle + sd * norm.ppf(LEVELS)))


def test_what_the_source_errs_by_itself_comes_on_top(tmp_path):
    """An interval that is even in persons, and a normal log error of its source: their convolution on a grid."""
    low, value, high, noise = 63_600, 75_200, 86_800, 0.15
    draws = posterior(tmp_path, [f"{value:,} (95% CI {low:,}-{high:,})"], noise)
    truth, error = np.linspace(-1.5, 1.5, 3001), np.linspace(-0.9, 0.9, 1201)
    sd = (high - low) / 2 / norm.ppf(0.975)
    of_study = norm.pdf(value * np.exp(truth[:, None] + error), value, sd) * np.exp(truth[:, None] + error)
    density = (of_study * norm.pdf(error, 0, noise)).sum(axis=1) * norm.pdf(math.log(value) + truth, *PRIOR)
    cumulative = np.cumsum(density) / density.sum()
    held(draws, value * np.exp(np.interp(LEVELS, cumulative, truth)), within=0.012)


def test_more_noise_of_a_published_estimate_widens_it(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    said = ["75,200 (95% CI 63,600-86,800)"]
    widths = [
        np.ptp(np.log(np.quantile(posterior(tmp_path / n, said, s), (0.05, 0.95))))
        for n, s in (("a", NONE), ("b", 0.3))
    ]
    assert widths[1] > 2 * widths[0]
