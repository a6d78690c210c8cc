"""The compiled model against the same model written a second time in NumPy; the engine around it."""

import dataclasses
import math
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pymc as pm
import pytest
from cases import EVERYTHING, EVERYTHING_CLAIMS, make_case
from reference import Reference, labelled

from truetoll.model.design import claims_of
from truetoll.model.tables import build_tables
from truetoll.sampling import native
from truetoll.sampling.engine import Coordinates, Draws, Engine, Settings
from truetoll.sampling.results import log_likelihood, quantities

SMALL = (
    """
[case]
title = "A town"
bins = [2024-05-01, 2024-06-01]
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = { median = 100, low = 10, high = 1_000 }
[sources.paper]
grade = "C"
relations = { town = "media" }
""",
    ["one; paper; town.killed; about 60; ; 2024-06-01; ; "],
)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return make_case(tmp_path_factory.mktemp("everything"), EVERYTHING, EVERYTHING_CLAIMS)


@pytest.fixture(scope="module")
def compiled(case):
    return Engine(build_tables(case))


@pytest.fixture
def engine(compiled, case):
    """Set back to the case: a test may have set other numbers."""
    compiled.set(build_tables(case))
    return compiled


def points(engine, n=50, seed=3):
    """From the middle of the prior to 8 sd out; scales, by which biases or curves are multiplied, to 1.2 sd."""
    rng = np.random.default_rng(seed)
    found = [rng.normal(size=engine.dimension) * scale for scale in np.geomspace(0.1, 8.0, n)]
    for flat in found:
        engine.unflatten(flat)["z_noise"][-1] *= 0.15
        engine.unflatten(flat)["z_stray"][:] *= 0.15
    return found


def reference(case, engine, flat):
    dims = engine.model.named_vars_to_dims
    return Reference(case, labelled(build_tables(case).coords, dims, engine.unflatten(np.asarray(flat))))


def prior_only(flat):
    return -0.5 * np.sum(flat**2) - 0.5 * len(flat) * math.log(2 * math.pi)


# The posterior density


def test_log_posterior_is_that_of_the_description(case, engine):
    """All forms, readings, shares, sums over forces, strengths, origins, repeats, floors, ceilings, overrides."""
    for flat in points(engine):
        assert engine.logp(flat)[0] == pytest.approx(reference(case, engine, flat).log_posterior(), rel=1e-9, abs=1e-8)


def test_every_claim_has_the_log_likelihood_of_the_description(case, engine):
    flat = np.array(points(engine, 12))
    outputs = engine.outputs(Draws(engine.unflatten(flat[None]), {}))
    found = log_likelihood(build_tables(case), outputs)[0]
    for row, point in zip(found, flat, strict=True):
        model = reference(case, engine, point)
        each = {claim.id: value for claim, value in zip(case.claims, row, strict=True)}
        assert each == pytest.approx(model.log_likelihoods(), rel=1e-8, abs=1e-8)


def test_the_case_of_this_file_has_every_form_and_a_repeat(case):
    """Guards the two tests above: what they cover is what they claim to cover."""
    assert {claim.figure.form.value for claim in case.claims} == {
        *("interval", "at least", "up to", "at most", "no fewer than", "floor", "ceiling")
    }
    assert [claim.id for claim in case.claims if claim.weight == 0] == ["both-again"]
    assert any(len(claim.readings) > 1 for claim in case.claims)
    assert any(claim.figure.share for claim in case.claims)
    assert set(build_tables(case).coords["origin"]) == {"brief", "staff"}


def test_gradient_is_the_slope_of_the_log_posterior(engine):
    for flat in points(engine, 6):
        gradient = engine.logp(flat)[1]
        step = 1e-5
        for i in range(0, engine.dimension, 5):
            up, down = (engine.logp(flat + side * step * np.eye(engine.dimension)[i])[0] for side in (1, -1))
            assert gradient[i] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-3)


def test_many_points_have_the_density_of_each(engine):
    flat = np.array(points(engine, 40))
    flat[7, 3] = np.nan
    expected = [engine.logp(point)[0] for point in np.delete(flat, 7, axis=0)]
    found = engine.values(flat.reshape(4, 10, -1))
    assert found.shape == (4, 10)
    assert found[0, 7] == -np.inf
    assert np.array_equal(np.delete(found, 7), expected)


def test_order_of_claims_does_not_matter(case, engine):
    flat = points(engine, 10)
    before = [engine.logp(p)[0] for p in flat]
    turned = dataclasses.replace(case, claims=case.claims[::-1])
    tables = build_tables(turned)
    engine.set(tables)
    # The order of origins follows the claims; their errors are moved along.
    origins, at = tables.coords["origin"], build_tables(case).coords["origin"]
    moved = []
    for p in flat:
        z = engine.unflatten(p)
        z["origin_error"] = z["origin_error"][[at.index(o) for o in origins]]
        moved.append(np.concatenate([z[name].ravel() for name in engine.free]))
    assert [engine.logp(p)[0] for p in moved] == pytest.approx(before, rel=1e-12)


def test_weight_zero_is_as_if_the_claim_were_not_there(case, engine):
    """At every point the density is that of the case without it, times the prior of what only it looked at."""
    out = {"town", "upshare", "tanks", "sent-more"}
    aside = [dataclasses.replace(c, weight=0.0) if c.id in out else c for c in case.claims]
    engine.set(build_tables(dataclasses.replace(case, claims=tuple(aside))))
    without = dataclasses.replace(case, claims=tuple(c for c in case.claims if c.id not in out))
    dims, coords = engine.model.named_vars_to_dims, build_tables(case).coords
    for flat in points(engine, 10):
        z = labelled(coords, dims, engine.unflatten(flat))
        assert engine.logp(flat)[0] == pytest.approx(Reference(without, z).log_posterior(), rel=1e-9)


# Draws


def test_accounting_identities_hold_in_every_draw(case, engine):
    tables = build_tables(case)
    flat = np.random.default_rng(5).normal(size=(1, 2000, engine.dimension)) * 2.0
    outputs = engine.outputs(Draws(engine.unflatten(flat), {}))
    names = list(tables.index.quantities)
    amount = dict(zip(names, np.moveaxis(quantities(tables, outputs), -1, 0), strict=True))
    parts = {"north": ("killed", "wounded", "captured", "missing"), "south": ("killed", "wounded", "missing")}
    for force, outcomes in parts.items():
        total = sum(amount[f"{force}.{q}"] for q in outcomes)
        np.testing.assert_allclose(amount[f"{force}.casualties"], total, rtol=1e-9)
    np.testing.assert_allclose(
        amount["north.irrecoverable"], amount["north.killed"] + amount["north.missing"], rtol=1e-9
    )
    assert (outputs["loss"] > 0).all()


def test_losses_of_a_bounded_force_stay_below_those_sent_in_every_bin(case, engine):
    tables = build_tables(case)
    flat = np.random.default_rng(6).normal(size=(1, 2000, engine.dimension)) * 2.0
    outputs = engine.outputs(Draws(engine.unflatten(flat), {}))
    for i, force in enumerate(tables.index.bounded):
        rows = [j for j, name in enumerate(tables.index.series) if name.startswith(f"{force}.")]
        lost = outputs["loss"][:, :, rows].sum(axis=2).cumsum(axis=-1)
        sent = outputs["strength"][:, :, i]
        assert (lost < sent).all()
        assert (np.diff(sent) >= 0).all()


def test_answers_are_those_of_the_description(case, engine):
    """Every quantity, voice and noise read off the draws, at many points, is that of the NumPy model."""
    tables, flat = build_tables(case), np.array(points(engine, 20))
    outputs = engine.outputs(Draws(engine.unflatten(flat[None]), {}))
    other = reference(case, engine, flat)
    amount = quantities(tables, outputs)[0]
    for i, name in enumerate(tables.index.quantities):
        # Far out the NumPy model loses digits: it takes losses as differences of what was lost by then.
        np.testing.assert_allclose(amount[:, i], other.amount(name), rtol=1e-7)
    for i, (source, force) in enumerate(tables.index.voices):
        np.testing.assert_allclose(outputs["bias"][0, :, i], other.bias(source, force), rtol=1e-9)
    for i, (source, force, q) in enumerate(tables.index.loss_pairs):
        expected = other.bias(source, force, q) + other.slant(source, force, q)
        np.testing.assert_allclose(outputs["slanted"][0, :, i], expected, rtol=1e-9, atol=1e-12)
    for claim in tables.index.case.claims:
        i = tables.index.noise_of(claim)
        np.testing.assert_allclose(outputs["sigma"][0, :, i], other.sigma(claim), rtol=1e-9)


# The engine


def test_chains_in_threads_get_their_own_points(engine):
    """All chains share one compiled function: a swapped point would be a silent wrong draw."""
    flat = points(engine, 40, seed=8)
    alone = [engine.logp(p)[0] for p in flat]

    def differing(start):
        order = [(7 * i + start) % len(flat) for i in range(3_000)]
        return sum(engine.logp(flat[j])[0] != alone[j] for j in order)

    often, usual = 1e-6, sys.getswitchinterval()
    sys.setswitchinterval(often)
    try:
        with ThreadPoolExecutor(3) as pool:
            assert list(pool.map(differing, (0, 11, 23))) == [0, 0, 0]
    finally:
        sys.setswitchinterval(usual)


def test_setting_other_numbers_and_back_changes_nothing(case, engine):
    tables, flat = build_tables(case), points(engine, 1)[0]
    before = engine.logp(flat)[0]
    engine.set(dataclasses.replace(tables, data=tables.data | {"noise_median": tables.data["noise_median"] + 1.0}))
    assert engine.logp(flat)[0] != before
    engine.set(tables)
    assert engine.logp(flat)[0] == before


def test_one_compilation_serves_cases_of_any_size(case, engine, tmp_path):
    """Fewer claims, no shared origin, one bin, no bounded force: the density is still the described one."""
    before = native.compilations
    others = [
        dataclasses.replace(case, claims=tuple(c for c in case.claims if c.source != "ngo")),
        dataclasses.replace(case, claims=tuple(dataclasses.replace(c, origin=c.id) for c in case.claims)),
        make_case(tmp_path, *SMALL),
    ]
    for other in others:
        engine.set(build_tables(other))
        for flat in points(engine, 12):
            expected = reference(other, engine, flat).log_posterior()
            assert engine.logp(flat)[0] == pytest.approx(expected, rel=1e-9, abs=1e-8)
    assert native.compilations == before


def test_a_point_in_other_coordinates_is_the_same_point(case, engine):
    """Density and gradient of x are those of where it leads, by the chain rule."""
    rng, n = np.random.default_rng(9), engine.dimension
    coordinates = Coordinates.near(rng.normal(size=(500, n)) @ rng.normal(size=(n, n)) * 0.3)
    x = rng.normal(size=n)
    value, gradient = engine.logp(coordinates.points(x))
    engine.set(build_tables(case), coordinates)
    found = engine._model.density(x, engine.packed)
    assert found[0] == pytest.approx(value, rel=1e-12)
    step = np.array([(coordinates.points(x + d) - coordinates.points(x - d)) / 2 for d in np.eye(n)])
    np.testing.assert_allclose(found[1], step @ gradient, rtol=1e-8, atol=1e-8)


def test_the_prior_is_drawn_as_it_is_stated(case, engine):
    """5 %, 50 % and 95 % of every stated quantity, lopsided ones too, within 4 standard errors."""
    n, tables = 20_000, build_tables(case)
    outputs = engine.outputs(engine.prior(n, seed=1))
    amount = dict(zip(tables.index.quantities, np.moveaxis(quantities(tables, outputs)[0], -1, 0), strict=True))
    stated = {"guard.strength": case.forces["guard"].strength, "south.casualties": case.forces["south"].total}
    ratio = {"south.wounded/killed": amount["south.wounded"] / amount["south.killed"]}
    priors = stated | {"south.wounded/killed": case.forces["south"].wounded_per_killed}
    for name, prior in priors.items():
        values = (amount | ratio)[name]
        for p, q in ((0.05, prior.low), (0.5, prior.median), (0.95, prior.high)):
            assert np.mean(values < q) == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / n))


@pytest.mark.filterwarnings("ignore:The effect of Potentials")
def test_the_model_works_with_plain_pymc(case, engine):
    """Prior and posterior predictive draws, and the log likelihood PyMC computes is ours.

    Figures of one origin share a free variable; given it they are redrawn and weighed one by one.
    """
    tables, model = build_tables(case), engine.model
    counts = {f: len(claims_of(tables.index, f)) for f in ("interval", "hedged", "bound")}
    with model:
        prior = pm.sample_prior_predictive(20, random_seed=1, compile_kwargs={"mode": "FAST_COMPILE"})
        trace = prior["prior"].dataset[list(engine.free)]
        # PyMC wants the draws under the name of a posterior.
        posterior = type(prior).from_dict({"posterior": trace})
        pm.compute_log_likelihood(posterior, progressbar=False, compile_kwargs={"mode": "FAST_COMPILE"})
        redrawn = pm.sample_posterior_predictive(
            posterior,
            freeze_vars=["origin_error"],  # it is in the trace; PyMC would rather be told
            random_seed=2,
            progressbar=False,
            compile_kwargs={"mode": "FAST_COMPILE"},
        )
    ours = engine.outputs(Draws({name: trace[name].to_numpy() for name in engine.free}, {}))
    found = log_likelihood(tables, ours)
    ids = [claim.id for claim in case.claims]
    for family, n in counts.items():
        assert prior["prior_predictive"][family].shape == (1, 20, n)
        assert redrawn["posterior_predictive"][family].shape == (1, 20, n)
        columns = [ids.index(claim.id) for claim in claims_of(tables.index, family)]
        theirs = posterior["log_likelihood"][family].to_numpy()
        np.testing.assert_allclose(theirs, found[..., columns], rtol=1e-8, atol=1e-10)


@pytest.mark.slow
def test_both_samplers_find_the_same_posterior(case, engine):
    tables, means, errors = build_tables(case), [], []
    for sampler in ("nutpie", "pymc"):
        draws = engine.sample(Settings(draws=1000, tune=1000, seed=3, sampler=sampler))
        log = np.log(quantities(tables, engine.outputs(draws)))
        means.append(log.mean(axis=(0, 1)))
        errors.append(log.std(axis=(0, 1)) / math.sqrt(400))
    assert (np.abs(means[0] - means[1]) < 4 * np.hypot(*errors)).all()
