"""A toll that was revised twice: the posterior is that of the last figure alone, by quadrature of its closed form."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from truetoll.claims.asof import as_of
from truetoll.claims.reading import read_case
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine

MEDIAN, SD, NOISE, BIAS = 60.0, math.log(10) / stats.norm.ppf(0.95), 0.3, -0.1
TOML = """
[case]
title = "A hospital"
bins = [2024-01-01, 2024-02-01]
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = { median = 60, low = 6, high = 600 }
[sources.office]
grade = "C"
relations = { town = "own_side" }
bias.town = { mu = -0.1, mu_sd = 0, tau = 0, shared = 0, slant = 0 }
[assumptions]
noise.log_sd = 0.0
disagreement.log_sd = 0.0
soundness.credibility = { 1 = 1.0 }
"""
HEAD = "id,source,reported,losses,figure,as_of,credibility,revises\n"
INFERRED = "a,office,2024-02-02,town.killed,50,2024-02-01,1,\nb,office,2024-02-05,town.killed,71,2024-02-01,1,\n"
INFERRED += "c,office,2024-02-20,town.killed,80,2024-02-01,1,\n"
STATED = INFERRED.replace("71,2024-02-01,1,", "71,2024-02-01,1,a").replace("80,2024-02-01,1,", "80,2024-02-01,1,b")
DAYS = [(None, (75, 85)), ("2024-02-10", (70.5, 71.5)), ("2024-02-03", (45, 55))]


def closed(cell):
    """Mean and sd of the log of those killed."""

    def density(t):
        low, high = ((math.log(edge) - t - BIAS) / NOISE for edge in cell)
        return stats.norm.pdf(t, math.log(MEDIAN), SD) * (stats.norm.cdf(high) - stats.norm.cdf(low))

    total, mean, square = (integrate.quad(lambda t, k=k: t**k * density(t), -2, 10, points=[4])[0] for k in range(3))
    return mean / total, math.sqrt(square / total - (mean / total) ** 2)


@pytest.mark.parametrize("rows", [INFERRED, STATED], ids=["inferred", "stated"])
def test_the_posterior_is_that_of_the_figure_known_last(tmp_path, rows):
    (tmp_path / "case.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "claims.csv").write_text(HEAD + rows, encoding="utf-8")
    case = read_case(tmp_path)
    engine = Engine(build_tables(case))
    place = int(engine.unflatten(np.arange(engine.dimension))["z_losses"][0])
    grid = np.linspace(1, 7, 1_201)
    for day, cell in DAYS:
        engine.set(build_tables(case if day is None else as_of(case, day)))
        z = np.zeros((len(grid), engine.dimension))
        z[:, place] = (grid - math.log(MEDIAN)) / SD
        log = np.array([engine.logp(each)[0] for each in z])
        weight = np.exp(log - log.max())
        mean = np.average(grid, weights=weight)
        assert (mean, math.sqrt(np.average((grid - mean) ** 2, weights=weight))) == pytest.approx(
            closed(cell), rel=1e-5
        )
