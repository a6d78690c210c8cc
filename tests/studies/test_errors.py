"""Errors of historical figures: their density against SciPy's, its slopes, what is recovered, and wars left out."""

import itertools
import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from truetoll.benchmark import OldClaim, Target, Truth
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.model.kernels import errors as written
from truetoll.sampling.samplers import Settings
from truetoll.sampling.weights import smoothed
from truetoll.studies.estimate.errors import Effect, ErrorModel
from truetoll.studies.estimate.folds import KHAT, folds
from truetoll.studies.estimate.matching import Moved, matched
from truetoll.studies.estimate.past import build_past

LEXICON = read_lexicon("en")
SLANT, RHO = 0.3, 0.6
QUICK = Settings(draws=400, tune=200, chains=2, seed=3)
EFFECTS = (
    Effect("relation", "mean", lambda told: told.relation, 0.5, 0.5),
    Effect("voice", "voice", lambda _: "all", 0.5),
    Effect("noise", "noise", lambda _: "all", 0.5),
    Effect("unsound", "unsound", lambda told: told.family, 0.5),
    Effect("width", "width", lambda _: "all", 0.3),
    Effect("all", "all", lambda told: told.victims, 0.4),
    Effect("kin", "kin", lambda told: told.victims, 0.4),
    Effect("gap", "gap", lambda told: told.hedge, 0.4),
    Effect("size", "mean", lambda _: "all", 0.1, 0.0, lambda told: told.log_figure - 5.0),
)


def claim(name, source, relation, text, origin=""):
    figure = read_figure(text, LEXICON)
    return OldClaim(
        name, int(name[1:]), source, relation, figure, text, origin or name, date(1950, 1, 1), None, None, "score"
    )


def target(case, quantity, truth, *claims, war="war"):
    return Target(case, "army", quantity, "military", war, Truth(truth * 0.9, truth, truth * 1.3, "B"), claims)


@pytest.fixture(scope="module")
def past():
    """Two cases: one with two targets, one voice of both, and a report told by two."""
    one = target(
        "hill",
        "killed",
        200.0,
        claim("c1", "staff", "own_side", "120"),
        claim("c2", "foe", "adversary", "at least 400", "foe_radio"),
        claim("c3", "paper", "media", "about 500", "foe_radio"),
    )
    two = target("hill", "wounded", 700.0, claim("c4", "staff", "own_side", "up to 650"))
    three = target("town", "killed", 40.0, claim("c5", "mayor", "observer_ngo", "30-60"), war="other")
    return build_past([one, two, three])


def by_scipy(model, z, case):
    """Sum over sound and unsound reports of a multivariate normal that is put together claim by claim."""
    past = model.past
    a, b = past.start[case], past.start[case + 1]
    told, number, n = past.told[a:b], model.numbers(z)[:, a:b], b - a
    named = dict(zip(("mean", "voice", "noise", "unsound", "width", "all", "kin", "gap"), number, strict=True))
    sd = {name: np.exp(row) for name, row in named.items()}
    left = past.error[a:b] - named["mean"] - past.sign[a:b] * sd["gap"]
    reports = list(dict.fromkeys(each.claim.origin for each in told))
    logs = []
    for unsound in itertools.product((False, True), repeat=len(reports)):
        if sum(unsound) > 2:
            continue
        kinds = dict(zip(reports, unsound, strict=True))
        covariance = np.zeros((n, n))
        for i, j in itertools.product(range(n), repeat=2):
            one, two = told[i], told[j]
            covariance[i, j] = sd["all"][i] * sd["all"][j]
            covariance[i, j] += sd["kin"][i] * sd["kin"][j] * (one.relation == two.relation)
            covariance[i, j] += sd["voice"][i] * sd["voice"][j] * (one.voice == two.voice)
            covariance[i, j] += SLANT**2 * (one.voice == two.voice and one.target is two.target)
            covariance[i, j] += past.own[1, a + i] * (one.target is two.target)
            if one.claim.origin == two.claim.origin:
                covariance[i, j] += (1.0 if i == j else RHO) * sd["noise"][i] * sd["noise"][j]
                covariance[i, j] += kinds[one.claim.origin] * sd["width"][i] * sd["width"][j]
            if i == j:
                covariance[i, j] += past.own[0, a + i] + past.sign[a + i] ** 2 * sd["gap"][i] ** 2
        first = [next(i for i, each in enumerate(told) if each.claim.origin == report) for report in reports]
        odds = [named["unsound"][i] for i in first]
        log_p = sum(-math.log1p(math.exp(-x if u else x)) for x, u in zip(odds, unsound, strict=True))
        logs.append(log_p + multivariate_normal(np.zeros(n), covariance).logpdf(left))
    return logsumexp(logs)


def test_the_density_is_that_of_multivariate_normals(past):
    model = ErrorModel(past, EFFECTS, SLANT, RHO)
    for seed in range(3):
        z = np.random.default_rng(seed).normal(size=len(model.names))
        found = model.by_case(z[None])[0]
        assert found == pytest.approx([by_scipy(model, z, case) for case in range(2)], abs=1e-9)


def test_the_scale_of_a_case_is_integrated_over(past):
    """With a log sd that is nearly nothing the density is the one without; five points integrate a square exactly."""
    model = ErrorModel(past, EFFECTS, SLANT, RHO, scaled=True)
    z = np.random.default_rng(1).normal(size=len(model.names))
    z[-1] = -12.0
    without = ErrorModel(past, EFFECTS, SLANT, RHO)
    assert model.by_case(z[None]) == pytest.approx(without.by_case(z[None, :-1]), abs=1e-6)
    assert pytest.approx(1.0) == written.MASSES @ written.NODES**2 * 2.0


@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("left_out", [None, "other"])
def test_slopes_are_differences(past, scaled, left_out):
    model = ErrorModel(past, EFFECTS, SLANT, RHO, scaled, left_out=left_out)
    z = np.random.default_rng(2).normal(size=len(model.names))
    _, gradient = model.logp(z)
    for i in range(len(z)):
        step = np.zeros(len(z))
        step[i] = 1e-5
        slope = (model.logp(z + step)[0] - model.logp(z - step)[0]) / 2e-5
        assert gradient[i] == pytest.approx(slope, abs=1e-5), model.names[i]


def test_a_number_that_is_nothing_has_no_part(past):
    model = ErrorModel(past, EFFECTS[:5], SLANT, RHO, without=("all", "kin"))
    z = np.zeros(len(model.names))
    assert np.isfinite(model.logp(z)[0])
    small = replace(model, without=(), effects=(*EFFECTS[:5], Effect("all", "all", lambda _: "all", 1.0)))
    assert small.by_case(np.append(z, -30.0)[None]) != pytest.approx(model.by_case(z[None]), abs=1e-3)  # kin is left


# What made-up history was made with


MU, WILD, WIDTH, TAU, NOISE = {"own_side": -0.5, "adversary": 0.8, "media": 0.0}, 0.1, 1.5, 0.3, 0.35


def made_up(n, seed):
    rng, found = np.random.default_rng(seed), []
    for i in range(n):
        truth, said = math.exp(rng.uniform(5, 11)), []
        for j, (relation, mu) in enumerate(MU.items()):
            error = mu + rng.normal(0.0, math.hypot(TAU, SLANT, NOISE))
            error += WIDTH * rng.normal() * (rng.uniform() < WILD)
            said.append(claim(f"c{3 * i + j}", f"s{j}", relation, f"exactly {round(truth * math.exp(error))}"))
        exact = Truth(truth, truth, truth, "A")
        found.append(Target(f"case{i}", "army", "killed", "military", f"war{i % 20}", exact, tuple(said)))
    return found


@pytest.fixture(scope="module")
def history():
    effects = (
        Effect("relation", "mean", lambda told: told.relation, 0.5, 0.5),
        Effect("voice", "voice", lambda _: "all", 0.5),
        Effect("unsound", "unsound", lambda _: "all", 1.0),
    )
    model = ErrorModel(build_past(made_up(120, 5)), effects, SLANT, RHO, without=("all", "kin"))
    draws, divergences = model.sample(QUICK)
    assert divergences == 0
    return model, draws


def test_what_history_was_made_with_is_recovered(history):
    model, draws = history
    for relation, mu in MU.items():
        found = model.effect(draws, "relation")[relation]
        assert found.mean() == pytest.approx(mu, abs=3.5 * found.std())
        assert found.std() < 0.12
    unsound = 1.0 / (1.0 + np.exp(2.5 - model.effect(draws, "unsound")["all"]))
    assert unsound.mean() == pytest.approx(WILD, abs=3.5 * unsound.std())


def test_a_war_left_out_by_weights_is_one_left_out_by_a_fit(history):
    """Means of all that is estimated, to four Monte Carlo errors of weighted draws and of the fit."""
    model, draws = history
    found = folds(model, draws, QUICK, ["war3"])
    assert found.apart == {}
    assert found.khat[0] <= KHAT
    again, _ = replace(model, left_out="war3").sample(QUICK)
    points, log_weight = found.of("war3")
    weight = np.exp(log_weight - logsumexp(log_weight))
    for name in ("relation", "unsound"):
        exact, all_wars = model.effect(again, name), model.effect(draws, name)
        for level, effect in model.effect(points, name).items():
            kept = array_stats.ess(all_wars[level], chain_axis=0, draw_axis=1, method="mean")
            kept = min(kept, len(points)) / (len(points) * np.sum(weight**2))
            fitted = array_stats.ess(exact[level], chain_axis=0, draw_axis=1, method="mean")
            error = exact[level].std() * math.sqrt(1.0 / kept + 1.0 / fitted)
            assert weight @ effect == pytest.approx(exact[level].mean(), abs=4 * error), level


def test_weights_take_a_war_away_and_do_not_count_it_twice(history):
    """One war in which adversaries overstate by a factor e more than elsewhere: without it their mean is lower."""
    model, _ = history
    model = wild(model, 1.0)
    draws, _ = model.sample(QUICK)
    found = folds(model, draws, QUICK, ["war3"])
    assert found.apart == {}
    points, log_weight = found.of("war3")
    weight = np.exp(log_weight - logsumexp(log_weight))
    with_it = model.effect(draws, "relation")["adversary"]
    assert weight @ model.effect(points, "relation")["adversary"] < with_it.mean() - 0.5 * with_it.std()


@pytest.mark.long
def test_draws_that_are_moved_have_the_means_of_a_fit(history):
    """A war in which adversaries overstate by e^1.5 more than elsewhere pulls at every draw: moving lowers Pareto k."""
    model, _ = history
    model = wild(model, 1.5)
    draws, _ = model.sample(QUICK)
    without, _ = replace(model, left_out="war3").sample(QUICK)
    flat, war = draws.reshape(-1, draws.shape[-1]), model.past.wars.index("war3")
    by_war = model.by_war(flat)
    log_weight, khat = smoothed(-by_war[None, :, war])
    as_they_are = Moved(flat, log_weight[0], khat)
    moved = matched(model, as_they_are, by_war, war, 0.3)
    assert moved.khat < as_they_are.khat - 0.2
    assert moved.ess > as_they_are.ess
    weight = np.exp(moved.log_weight)
    for name in ("relation", "unsound"):
        for level, effect in model.effect(moved.draws, name).items():
            fitted = model.effect(without, name)[level]
            ess = array_stats.ess(fitted, chain_axis=0, draw_axis=1, method="mean")
            kept = min(
                array_stats.ess(model.effect(draws, name)[level], chain_axis=0, draw_axis=1, method="mean"), len(flat)
            )
            error = fitted.std() * math.sqrt(len(flat) / (kept * moved.ess) + 1.0 / ess)
            assert weight @ effect == pytest.approx(fitted.mean(), abs=4 * error), level


def wild(model, by):
    """One war in which adversaries overstate by a factor e^by more than elsewhere."""
    told = tuple(
        replace(each, log_figure=each.log_figure + by)
        if each.target.war == "war3" and each.relation == "adversary"
        else each
        for each in model.past.told
    )
    return replace(model, past=replace(model.past, told=told))


def test_a_war_that_weights_cannot_take_away_is_left_out_by_a_fit(history, monkeypatch):
    monkeypatch.setattr("truetoll.studies.estimate.folds.KHAT", -math.inf)
    model, draws = history
    few = Settings(draws=50, tune=50, chains=1)
    found = folds(model, draws[:, :100], few, ["war3"])
    assert set(found.apart) == {"war3"}
    points, log_weight = found.of("war3")
    assert len(points) == len(log_weight) == 50
    assert not log_weight.any()
