"""The model does what a reader of reports would expect of it.

Most of this is exact: with noise of known size, sound claims, exact figures and a flat total the posterior is normal,
so its mean and sd follow from gradients, and are held against the closed form (generalised least squares).
"""

import dataclasses
import math

import numpy as np
import pytest
from arviz_stats.base import array_stats
from cases import IN_COMMON, LINEAR, lone, voices
from scipy import stats

from truetoll.sampling.engine import Settings
from truetoll.sampling.results import quantities

FIGURES = {"a": 1203, "b": 2411, "c": 1789, "d": 1555, "e": 3007, "a2": 1403, "a3": 1103, "a4": 1303}
DAYS = {"a2": 364, "a3": 363, "a4": 362}
WIRE, ALL = {"a", "a2", "a3", "a4"}, set("abcde")
GRADE = {"A": 0.15, "B": 0.2, "C": 0.3, "E": 0.7}
FLAT = (1.6448536 / math.log(1e7)) ** 2
MU, TAU, KAPPA0, KAPPA, SLANT, RHO = 0.15, 0.40, 0.15, 0.15, 0.3, 0.6


def normal_posterior(engine, tables):
    """Mean and sd of the log of those killed in the north, from the curvature of the log posterior."""
    engine.set(tables)
    at, unit = np.zeros(engine.dimension), np.eye(engine.dimension)
    for _ in range(4):
        columns = [(engine.logp(at + 0.01 * e)[1] - engine.logp(at - 0.01 * e)[1]) / 0.02 for e in unit]
        hessian = np.array(columns)
        at = at - np.linalg.solve(hessian, engine.logp(at)[1])
    position = engine.unflatten(np.arange(engine.dimension))["z_losses"][0]
    centre, sd = tables.data["stated_prior"][0, :2]
    return centre + sd * at[int(position)], sd * math.sqrt(np.linalg.inv(-hessian)[int(position), int(position)])


def least_squares(used, grades=None, *, tau=TAU, kappa0=KAPPA0, kappa=KAPPA, slant=SLANT, rho=RHO):
    """The same in closed form."""
    names = sorted(used)
    y = np.array([math.log(FIGURES[n]) - math.log(DAYS.get(n, 365) / 365) - MU for n in names])
    covariance = np.full((len(names), len(names)), kappa0**2 + kappa**2)
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            noise = GRADE[(grades or {}).get(one[0], "C")] ** 2
            covariance[i, j] += (one[0] == other[0]) * (tau**2 + slant**2)
            covariance[i, j] += noise if i == j else noise * rho * (one in WIRE and other in WIRE)
    precision = np.linalg.inv(covariance)
    total = precision.sum() + FLAT
    return (precision.sum(axis=0) @ y + FLAT * math.log(1000)) / total, 1 / math.sqrt(total)


def close(values):
    return pytest.approx(values, abs=1e-5)


# Like sources


@pytest.mark.parametrize("n", [1, 2, 5])
def test_the_bias_of_like_sources_does_not_average_away(chorus, tmp_path, n):
    found = normal_posterior(chorus, lone(tmp_path, set("abcde"[:n])))
    assert found == close(least_squares("abcde"[:n]))
    assert found[1] > math.hypot(KAPPA0, KAPPA)


def test_without_shared_biases_it_would(chorus, tmp_path):
    without = LINEAR + "shared.military = { kappa0 = 0.0, kappa = 0.0 }\n"
    found = normal_posterior(chorus, lone(tmp_path, ALL, assumptions=without))
    assert found == close(least_squares(ALL, kappa0=0.0, kappa=0.0))
    assert found[1] == pytest.approx(math.sqrt((TAU**2 + SLANT**2 + 0.3**2) / 5), rel=1e-3)


def test_leaving_shared_biases_out_makes_90_per_cent_cover_58(chorus, tmp_path):
    """model.md: five like sources, a bias in common as large as that of their own, grade C."""
    sd = [
        normal_posterior(
            chorus,
            lone(
                tmp_path,
                ALL,
                assumptions=f"{LINEAR}slant.sd = 0.0\nshared.military = {{ kappa0 = 0.0, kappa = {k} }}\n",
            ),
        )[1]
        for k in (0.0, TAU)
    ]
    assert 1 - 2 * stats.norm.sf(1.6448536 * sd[0] / sd[1]) == pytest.approx(0.58, abs=0.005)


def test_sources_of_different_relations_say_more_than_like_ones(chorus, tmp_path):
    """A bias in common to a relation averages away only over relations (all with the numbers of a third party here)."""
    alike = (
        LINEAR
        + IN_COMMON
        + "bias.military.media = { mu = 0.15, tau = 0.4 }\nbias.military.analyst = { mu = 0.15, tau = 0.4 }\n"
    )
    alike += "bias.military.ally = { mu = 0.15, tau = 0.4 }\nbias.military.observer_ngo = { mu = 0.15, tau = 0.4 }\n"
    like = normal_posterior(chorus, lone(tmp_path, ALL, assumptions=alike))[1]
    assert like == pytest.approx(least_squares(ALL)[1], rel=1e-3)
    shared = KAPPA0**2 + KAPPA**2 / 5 + (TAU**2 + SLANT**2 + 0.3**2) / 5
    assert math.sqrt(shared) < 0.95 * like


# Origins


def test_claims_of_one_origin_do_not_shrink_like_independent_ones(chorus, tmp_path):
    found = normal_posterior(chorus, lone(tmp_path, WIRE))
    assert found == close(least_squares(WIRE))
    independent = normal_posterior(chorus, lone(tmp_path, WIRE, assumptions=LINEAR + IN_COMMON + "origin.rho = 0.0\n"))
    assert independent == close(least_squares(WIRE, rho=0.0))
    one = normal_posterior(chorus, lone(tmp_path, {"a"}))[1]
    bias = TAU**2 + SLANT**2 + KAPPA0**2 + KAPPA**2
    noise = [math.sqrt(1 / (sd**-2 - FLAT) - bias) for sd in (one, found[1], independent[1])]
    assert noise[0] == pytest.approx(0.3, rel=0.01)
    assert noise[1] == pytest.approx(0.3 * math.sqrt(RHO + (1 - RHO) / 4), rel=0.01)
    assert noise[2] == pytest.approx(0.3 / 2, rel=0.01)


# Grades


@pytest.mark.parametrize(("source", "at"), [("a", 0), ("e", 4)])
def test_a_better_grade_pulls_towards_that_sources_figure(chorus, tmp_path, source, at):
    means = {}
    for grade in "ABCE":
        grades = "CCCCC"[:at] + grade + "CCCCC"[at + 1 :]
        means[grade], sd = normal_posterior(chorus, lone(tmp_path, ALL, sources=voices(grades)))
        assert (means[grade], sd) == close(least_squares(ALL, {source: grade}))
    away = [abs(means[g] - (math.log(FIGURES[source]) - MU)) for g in "ABCE"]
    assert away == sorted(away)
    assert away[0] < away[-1] - 0.05


# Claims set aside


def test_what_an_excluded_claim_says_makes_no_difference(chorus, tmp_path):
    tables, flat = lone(tmp_path, ALL), np.random.default_rng(1).normal(size=chorus.dimension)
    chorus.set(tables)
    before = chorus.logp(flat)[0]
    low = tables.data["interval_low"] + np.where(tables.data["interval_weight"] == 0, 3.0, 0.0)
    chorus.set(dataclasses.replace(tables, data=tables.data | {"interval_low": low}))
    assert chorus.logp(flat)[0] == before
    chorus.set(dataclasses.replace(tables, data=tables.data | {"interval_low": tables.data["interval_low"] + 3.0}))
    assert chorus.logp(flat)[0] != before


# Slant


@pytest.mark.parametrize("slant", [0.0, 0.3])
def test_without_slant_one_briefings_ratio_is_taken_at_face_value(chorus, tmp_path, slant):
    """300 killed and 2,700 wounded, in the same breath: the prior says 3 per killed, the briefing 9."""
    tables = lone(tmp_path, {"few", "many"}, assumptions=f"{LINEAR}{IN_COMMON}slant.sd = {slant}\n")
    chorus.set(tables)
    draws = chorus.sample(Settings(draws=1000, tune=500, seed=5))
    log = np.log(quantities(tables, chorus.outputs(draws)))
    names = list(tables.index.quantities)
    ratio = log[..., names.index("east.wounded")] - log[..., names.index("east.killed")]
    # The offset of the origin and the bias of the voice fall out of the ratio; of grade C it keeps 2 (1 - rho) 0.3^2.
    grid = np.linspace(-1, 5, 6_001)
    scale = np.where(grid < math.log(3), math.log(3 / 1.4), math.log(6.3 / 3)) / 1.6448536
    prior = stats.norm.pdf((grid - math.log(3)) / scale) / scale
    posterior = prior * stats.norm.pdf(grid, math.log(9), math.sqrt(2 * slant**2 + 2 * (1 - RHO) * 0.3**2))
    cdf = np.cumsum(posterior) / posterior.sum()
    for p in (0.05, 0.5, 0.95):
        ess = float(array_stats.ess(ratio, chain_axis=0, draw_axis=1, method="quantile", prob=p))
        assert np.interp(np.quantile(ratio, p), grid, cdf) == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / ess))
    median = math.exp(np.median(ratio))
    assert median > 6.5 if slant == 0 else median < 6.0
