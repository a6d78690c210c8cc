"""The posterior against ones computed without PyMC: weighted prior draws, quadrature, refits, simulated truths.

Monte Carlo numbers are held to stated multiples of their standard errors, both sides' combined.
"""

import dataclasses
import math

import numpy as np
import pytest
from arviz_stats.base import array_stats
from cases import IN_COMMON, KNOWN_BIAS, SKIRMISH, SKIRMISH_CLAIMS, TWO_BINS, lone, make_case
from reference import Reference, labelled
from scipy import stats
from scipy.special import logsumexp

from truetoll.model.families import FAMILIES, draw_cells
from truetoll.model.tables import build_tables
from truetoll.sampling import passthrough
from truetoll.sampling.engine import Draws, Engine, Settings
from truetoll.sampling.passthrough import pass_through, shift_bias, strengths
from truetoll.sampling.results import log_likelihood, quantities

PRIOR_DRAWS = 4_000_000
SETTINGS = Settings(draws=1200, tune=500, chains=4, seed=11)


@pytest.fixture
def engine(compiled, skirmish):
    compiled.set(build_tables(skirmish))
    return compiled


def answers(tables, outputs):
    """Every reported quantity (log), bias and noise by name, shapes (chain, draw)."""
    amount = np.moveaxis(np.log(quantities(tables, outputs)), -1, 0)
    return {
        **dict(zip(tables.index.quantities, amount, strict=True)),
        **dict(zip(tables.coords["voice"], np.moveaxis(outputs["bias"], -1, 0), strict=True)),
        **dict(zip(tables.index.noises, np.moveaxis(np.log(outputs["sigma"]), -1, 0), strict=True)),
    }


@pytest.fixture(scope="module")
def sampled(compiled, skirmish):
    tables = build_tables(skirmish)
    compiled.set(tables)
    draws = compiled.sample(SETTINGS)
    assert draws.stats["diverging"].sum() <= 1  # a floor is steep: 1 in 38,400 over eight seeds
    return draws, answers(tables, compiled.outputs(draws))


@pytest.fixture(scope="module")
def weighted(compiled, skirmish):
    """Prior draws of every answer with normalised weights, by the NumPy model alone; z for the shifted case."""
    rng, tables = np.random.default_rng(2), build_tables(skirmish)
    dims, parts, weights = compiled.model.named_vars_to_dims, [], []
    for _ in range(8):
        z = labelled(tables.coords, dims, compiled.unflatten(rng.normal(size=(PRIOR_DRAWS // 8, compiled.dimension))))
        model = Reference(skirmish, z)
        weights.append(sum(model.log_likelihoods().values()) + model.log_drawn())
        parts.append(
            {name: np.log(model.amount(name)) for name in tables.index.quantities}
            | {f"{s}:{f}": model.bias(s, f) for s, f in tables.index.voices}
            | {tables.index.noises[tables.index.noise_of(c)]: np.log(model.sigma(c)) for c in skirmish.claims}
            | {"disagreement": np.log(model.scale)}
        )
    log = np.concatenate(weights)
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return values, np.exp(log - logsumexp(log))


def mcse(draws, method, **options):
    return float(array_stats.mcse(draws, chain_axis=0, draw_axis=1, method=method, **options))


@pytest.mark.long
def test_posterior_is_that_of_weighted_prior_draws(sampled, weighted):
    """Mean, sd, 5 % and 95 % of every quantity, bias and noise, within 4 standard errors of both sides."""
    values, w = weighted
    assert 1.0 / np.sum(w**2) > 4_000
    for name, draws in sampled[1].items():
        x = values[name]
        mean = np.sum(w * x)
        error = math.hypot(mcse(draws, "mean"), math.sqrt(np.sum((w * (x - mean)) ** 2)))
        assert draws.mean() == pytest.approx(mean, abs=4 * error), name
        variance = np.sum(w * (x - mean) ** 2)
        spread = math.sqrt(np.sum((w * ((x - mean) ** 2 - variance)) ** 2)) / (2 * math.sqrt(variance))
        error = math.hypot(mcse(draws, "sd"), spread)
        assert draws.std() == pytest.approx(math.sqrt(variance), abs=4 * error), name
        assert error < 0.05 * math.sqrt(variance), name
        for p in (0.05, 0.95):
            below = x < np.quantile(draws, p)
            ess = float(array_stats.ess(draws, chain_axis=0, draw_axis=1, method="quantile", prob=p))
            error = math.hypot(math.sqrt(p * (1 - p) / ess), math.sqrt(np.sum((w * (below - p)) ** 2)))
            assert np.sum(w[below]) == pytest.approx(p, abs=4 * error), (name, p)


# Bins


def test_two_bins_are_one_where_every_claim_spans_both(engine, skirmish, tmp_path):
    """Losses up to the last edge do not depend on the profile: the density is the same function, at every point."""
    split = make_case(tmp_path, SKIRMISH.format(bins=TWO_BINS), SKIRMISH_CLAIMS)
    two, rng = Engine(build_tables(split)), np.random.default_rng(4)
    names = build_tables(skirmish).index.quantities
    for scale in np.geomspace(0.2, 5.0, 20):
        z = {name: rng.normal(size=a.shape) * scale for name, a in engine.unflatten(np.zeros(engine.dimension)).items()}
        more = {"z_profile": rng.normal(size=(1, 1)) * scale, "z_stray": rng.normal(size=1) * scale}
        one = np.concatenate([z[name].ravel() for name in engine.free])
        both = np.concatenate([(z | more)[name].ravel() for name in two.free])
        found = [engine.logp(one)[0], two.logp(both)[0] - sum(stats.norm.logpdf(u).sum() for u in more.values())]
        assert found[1] == pytest.approx(found[0], rel=1e-9)
        amounts = [
            quantities(build_tables(case), e.outputs(Draws(e.unflatten(flat[None, None]), {})))
            for case, e, flat in ((skirmish, engine, one), (split, two, both))
        ]
        np.testing.assert_allclose(*amounts, rtol=1e-9)
    assert names == build_tables(split).index.quantities


# Pass-through


def test_pass_through_is_the_slope_of_the_answer_in_the_bias(engine, skirmish, sampled, monkeypatch):
    """Read off the draws either way, it is what two fits with all biases 0.3 lower and higher give."""
    tables, step, moved = build_tables(skirmish), 0.3, []
    for side in (-step, step):
        engine.set(shift_bias(tables, side))
        moved.append(answers(tables, engine.outputs(engine.sample(SETTINGS))))
    names = ("north.killed", "north.casualties", "north.strength")
    log_amount = np.stack([sampled[1][name] for name in names], axis=-1)
    by_direction = pass_through(engine, tables, sampled[0], log_amount)
    monkeypatch.setattr(passthrough, "shared_direction", lambda _: None)
    by_slope = pass_through(engine, tables, sampled[0], log_amount)
    for i, name in enumerate(names):
        low, high = (m[name] for m in moved)
        refit, spread = (low.mean() - high.mean()) / (2 * step), math.hypot(mcse(low, "mean"), mcse(high, "mean"))
        for found, errors in (by_direction, by_slope):
            assert found[i] == pytest.approx(refit, abs=4 * math.hypot(errors[i], spread / (2 * step)))
            assert 0 < errors[i] < 0.1
    assert by_direction[0][1] > 0.3


def test_pass_through_of_strength_is_its_slope_in_the_bias_on_strength(engine, skirmish, sampled, monkeypatch):
    """Of a strength it is the strength that every source exaggerates: two fits with those biases lower and higher."""
    tables, step, moved = build_tables(skirmish), 0.1, []
    rows = [1 + len(tables.index.loss_pairs) + i for i in range(len(tables.index.strength_sources))]
    assert rows
    for side in (-step, step):
        mean = tables.data["distortion_mean"].copy()
        mean[rows] += side
        engine.set(dataclasses.replace(tables, data=tables.data | {"distortion_mean": mean}))
        moved.append(answers(tables, engine.outputs(engine.sample(SETTINGS)))["north.strength"])
    log_amount = sampled[1]["north.strength"][..., None]
    by_direction = pass_through(engine, tables, sampled[0], log_amount, {0})
    monkeypatch.setattr(passthrough, "shared_direction", lambda _: None)
    by_slope = pass_through(engine, tables, sampled[0], log_amount, {0})
    low, high = moved
    refit, spread = (low.mean() - high.mean()) / (2 * step), math.hypot(mcse(low, "mean"), mcse(high, "mean"))
    for found, error in (by_direction, by_slope):
        assert found[0] == pytest.approx(refit, abs=4 * math.hypot(error[0], spread / (2 * step)))
    assert by_slope[0][0] > 0.1
    assert strengths(tables) == (tables.index.quantities.index("north.strength"),)


# Closed forms


def killed(tables, engine, settings=SETTINGS):
    engine.set(tables)
    draws = engine.sample(settings)
    return draws, answers(tables, engine.outputs(draws))["north.killed"]


# The bias of one voice among third parties: 0.4 its own, 0.15 and 0.15 shared, 0.3 slant.
MU, BIAS_VARIANCE, NOISE = 0.15, 0.4**2 + 2 * 0.15**2 + 0.3**2, 0.3


@pytest.mark.parametrize(("sd", "share"), [(10.0, 1.0), (0.3, None), (0.02, 0.0)])
def test_pass_through_of_one_claim_is_the_weight_of_the_data(chorus, tmp_path, sd, share):
    """A flat total passes every error in the biases on, a tight prior none; between, prior variance over the sum."""
    high, low = (1_000 * math.exp(side * 1.6448536 * sd) for side in (1, -1))
    tables = lone(tmp_path, {"a"}, f"{{ median = 1_000.0, low = {low!r}, high = {high!r} }}")
    draws, x = killed(tables, chorus)
    expected = sd**2 / (sd**2 + BIAS_VARIANCE + NOISE**2)
    found, error = (a[0] for a in pass_through(chorus, tables, draws, x[..., None]))
    assert found == pytest.approx(expected, abs=4 * error)
    assert error < 0.1
    if share is not None:
        assert expected == pytest.approx(share, abs=0.005)


def test_a_floor_above_the_claims_stops_the_pass_through(chorus, tmp_path):
    """Named dead hold the answer up, however much the one voice understates: the slope is that of a quadrature."""
    tables = lone(tmp_path, {"a", "names"})
    draws, x = killed(tables, chorus)
    found, error = (a[0] for a in pass_through(chorus, tables, draws, x[..., None]))
    grid = np.linspace(math.log(2_000), math.log(50_000), 40_001)

    def mean(shift):
        claim = stats.norm.logpdf(math.log(1_203), grid + MU + shift, math.sqrt(BIAS_VARIANCE + NOISE**2))
        weight = np.exp(claim + stats.norm.logcdf((grid - math.log(3_000)) / 0.05))
        return np.sum(grid * weight) / np.sum(weight)

    expected = (mean(-0.01) - mean(0.01)) / 0.02
    assert found == pytest.approx(expected, abs=4 * error)
    assert x.mean() == pytest.approx(mean(0.0), abs=4 * mcse(x, "mean"))
    assert expected < 0.2


def test_posterior_of_one_claim_is_that_of_a_quadrature(chorus, tmp_path):
    """Noise of unknown size and a claim that may be unsound: cell masses integrated over noise and total on a grid."""
    total = "{ median = 1_500, low = 300, high = 6_000 }"
    tables = lone(tmp_path, {"a"}, total, assumptions=KNOWN_BIAS + IN_COMMON + "soundness.credibility.1 = 0.7\n")
    x = killed(tables, chorus)[1]
    grid = np.linspace(math.log(20), math.log(60_000), 1_601)[:, None]
    z = (grid - math.log(1_500)) * 1.6448536
    scale = np.where(z < 0, math.log(5), math.log(4))
    prior = stats.norm.pdf(z / scale) / scale
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    sigma = NOISE * np.exp(0.3 * nodes)
    density = 0.0
    for p, extra in ((0.7, 0.0), (0.3, 1.5)):
        sd = np.sqrt(sigma**2 + BIAS_VARIANCE + extra**2)
        density = density + p * stats.norm.pdf(math.log(1_203), grid + MU, sd) @ weights
    posterior = prior[:, 0] * density
    cdf = np.cumsum(posterior) / posterior.sum()
    for p in (0.05, 0.25, 0.5, 0.75, 0.95):
        ess = float(array_stats.ess(x, chain_axis=0, draw_axis=1, method="quantile", prob=p))
        found = np.interp(np.quantile(x, p), grid[:, 0], cdf)
        assert found == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / ess))


# Simulated truths


@pytest.mark.long
def test_intervals_cover_simulated_truths_as_often_as_they_say(engine, skirmish):
    """Truth and claims drawn from the model, then fitted: ranks of the truth are even (a first look)."""
    n, kept, bins = 60, 29, 6
    tables = build_tables(skirmish)
    prior = engine.prior(n, seed=9)
    outputs, rng, ranks = engine.outputs(prior), np.random.default_rng(10), {}
    for i in range(n):
        said = {}
        for family in FAMILIES:
            m, s = (outputs[f"{family.name}_{what}"][0, i] for what in ("mean", "sd"))
            columns = tuple(tables.data[f"{family.name}_{column}"] for column in family.data)
            log_p = tables.data[f"{family.name}_log_probability"]
            said[f"{family.name}_observed"] = draw_cells(family, rng, m, s, log_p, columns)
        simulated = dataclasses.replace(tables, data=tables.data | said)
        engine.set(simulated)
        draws = engine.sample(Settings(draws=174, tune=200, chains=1, seed=100 + i))
        found = answers(tables, engine.outputs(draws))
        here = Draws({name: z[:, i : i + 1] for name, z in prior.z.items()}, {})
        truth = answers(tables, engine.outputs(here))
        found["fit"] = log_likelihood(tables, engine.outputs(draws)).sum(axis=-1)
        truth["fit"] = log_likelihood(tables, engine.outputs(here)).sum(axis=-1)
        for name, values in found.items():
            thinned = values.ravel()[:: values.size // kept][:kept]
            ranks.setdefault(name, []).append(int(np.sum(thinned < truth[name].item())))
    for name, values in ranks.items():
        counts = np.histogram(values, bins=bins, range=(0, kept + 1))[0]
        assert stats.chisquare(counts).pvalue > 1e-3, (name, counts)
