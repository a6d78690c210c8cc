"""Independent draws of a case whose claims all move with one total: what they say, and where they serve."""

import numpy as np
import pytest
from cases import make_case
from scipy.integrate import simpson
from scipy.stats import norm

from truetoll.model.tables import build_tables
from truetoll.sampling.convergence import mcse
from truetoll.sampling.direct import directly
from truetoll.sampling.engine import Engine, Settings
from truetoll.sampling.results import quantities
from truetoll.sampling.weights import KHAT

FORCE = """
[forces.{0}]
victims = "military"
outcomes = {1}
total = {{ median = 5_000, low = 200, high = 125_000 }}
"""
HEAD = """
[case]
title = "Figures of one total"
bins = {bins}

[assumptions]
noise.log_sd = 0.0
disagreement.log_sd = 0.0
soundness.credibility.2 = 0.7
"""
SOURCE = """
[sources.{0}]
grade = "B"
relations = {{ {1} }}
bias.north = {{ mu = 0.3, tau = 0.4, shared = 0.0, slant = 0.0 }}
"""
DAYS = "2024-01-01; 2024-12-31"
YEAR = "[2024-01-01, 2024-12-31]"
HALVES = "[2024-01-01, 2024-07-01, 2024-12-31]"


def tables_of(folder, claims, *, bins=YEAR, outcomes='["killed"]', forces=("north",)):
    stated = "".join(FORCE.format(name, outcomes) for name in forces)
    relations = ", ".join(f'{name} = "third_party_state"' for name in forces)
    head = HEAD.format(bins=bins) + stated + "".join(SOURCE.format(source, relations) for source in "ab")
    return build_tables(make_case(folder, head, claims))


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(tables_of(tmp_path_factory.mktemp("case"), [f"x; a; north.killed; 1,000; {DAYS}; ; 2"]))


def weighed(engine, tables):
    """All draws: log total of each, weight, and what these are worth."""
    *_, last = directly(engine, tables, seed=1)
    assert last.khat < KHAT
    return np.log(quantities(tables, last.outputs)[0, :, 0]), np.exp(last.log_weights)[0], last.ess


def test_figures_are_weighed_as_quadrature_weighs_them(engine, tmp_path):
    """Log total given two cells, each with a bias and noise of its own, sound or not: mixtures of normals."""
    said = [f"x; a; north.killed; 1,000; {DAYS}; ; 2", f"y; b; north.killed; 9,000; {DAYS}; ; 2"]
    tables = tables_of(tmp_path, said)
    x = np.linspace(2, 15, 20_001)
    density = norm.pdf(x, np.log(5_000), np.log(25) / norm.ppf(0.95))
    reliability = tables.index.case.reliability
    for claim in tables.index.case.claims:
        sound = np.hypot(0.4, reliability.noise.grade["B"])
        low, high = np.log([claim.figure.low, claim.figure.high])
        density *= sum(
            p * (norm.cdf((high - x - 0.3) / sd) - norm.cdf((low - x - 0.3) / sd))
            for p, sd in ((0.7, sound), (0.3, np.hypot(sound, reliability.soundness.unsound_sd)))
        )
    density /= simpson(density, x=x)
    mean = simpson(density * x, x=x)
    sd = np.sqrt(simpson(density * (x - mean) ** 2, x=x))
    log, weight, ess = weighed(engine, tables)
    assert (weight * log).sum() == pytest.approx(mean, abs=4 * sd / np.sqrt(ess))
    below = np.cumsum(density) / density.sum()
    for p in (0.05, 0.5, 0.95):
        drawn = weight[log < np.interp(p, below, x)].sum()
        assert drawn == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / ess))


def test_a_single_figure_wastes_few_draws(engine, tmp_path):
    """What is proposed is nearly what is wanted: without the prior of the total four of five would be kept."""
    log, _, ess = weighed(engine, tables_of(tmp_path, [f"x; a; north.killed; 1,000; {DAYS}; ; 2"]))
    assert ess > 0.6 * len(log)


def test_parts_of_one_total_are_weighed_together(engine, tmp_path):
    """A half of the time and one of two outcomes: chains say the same within four standard errors of both."""
    said = [f"x; a; north.killed; 1,000; {DAYS}; ; 2", "y; b; north.wounded; 300; 2024-01-01; 2024-06-30; ; 2"]
    tables = tables_of(tmp_path, said, bins=HALVES, outcomes='["killed", "wounded"]')
    log, weight, ess = weighed(engine, tables)
    engine.set(tables)
    chains = np.log(quantities(tables, engine.outputs(engine.sample(Settings(draws=1000, tune=300, seed=2))))[..., 0])
    mean, sd = (weight * log).sum(), chains.std()
    assert mean == pytest.approx(chains.mean(), abs=4 * np.hypot(sd / np.sqrt(ess), mcse(chains, method="mean")))


@pytest.mark.parametrize(
    ("claim", "forces"),
    [
        (f"x; a; north.killed; no fewer than 1,000; {DAYS}; ; 2", ("north",)),
        (f"x; a; north.killed + south.killed; 1,000; {DAYS}; ; 2", ("north", "south")),
    ],
    ids=["a bound", "two totals"],
)
def test_what_no_single_total_places_is_left_to_chains(engine, tmp_path, claim, forces):
    tables = tables_of(tmp_path, [claim], forces=forces)
    assert list(directly(engine, tables, seed=1)) == []
