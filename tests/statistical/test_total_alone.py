"""Totals over forces against quadrature over the two totals that they add up, everything else being known."""

import io
import math

import numpy as np
import pytest
from cases import make_case
from rich.console import Console
from scipy import special, stats

from truetoll.answers.ledger import Ledger
from truetoll.claims.schema import Term
from truetoll.model.implied import implied
from truetoll.model.tables import build_tables
from truetoll.render.tables import on_screen
from truetoll.report.subject import subject_of
from truetoll.sampling.engine import Engine
from truetoll.studies import summarise
from truetoll.studies.fit.ask import fit
from truetoll.studies.fit.tables import quantity_table
from truetoll.studies.timeline.marks import marked
from truetoll.studies.timeline.read import timeline

NOISE, SOUND, WIDE = 0.3, 0.8, 1.5
MEDIAN, HIGH = 1_000.0, 10_000.0
SD = math.log(HIGH / MEDIAN) / stats.norm.ppf(0.95)
BIAS = {"a": 0.4, "b": -0.3}
TOML = f"""
[case]
title = "Two towns"
bins = [2024-01-01, 2024-03-01, 2024-07-01]
headline = "all.killed"
[forces.a]
name = "The first"
victims = "civilian"
outcomes = ["killed"]
total = {{ median = 1_000, low = 100, high = 10_000 }}
[forces.b]
victims = "civilian"
outcomes = ["killed"]
total = {{ median = 1_000, low = 100, high = 10_000 }}
[totals.all]
of = "a + b"
name = "Both towns"
thresholds = {{ killed = [2_500] }}
[sources.staff]
grade = "C"
relations = {{ a = "adversary", b = "own_side" }}
bias.a = {{ mu = {BIAS["a"]}, mu_sd = 0, tau = 0, shared = 0, slant = 0 }}
bias.b = {{ mu = {BIAS["b"]}, mu_sd = 0, tau = 0, shared = 0, slant = 0 }}
[assumptions]
noise = {{ log_sd = 0.0, grade.C = {NOISE} }}
disagreement.log_sd = 0.0
soundness = {{ unsound_sd = {WIDE}, credibility = {{ 1 = {SOUND} }} }}
"""
WINDOW = "2024-01-01; 2024-07-01; ; 1"
SUM = f"s; staff; all.killed; 2,400-2,600; {WINDOW}"
PART = f"p; staff; a.killed / all.killed; 70%; {WINDOW}"


@pytest.fixture(scope="module")
def log_density(tmp_path_factory):
    """Log density of a case at a point."""
    place, engines = tmp_path_factory.mktemp("towns"), {}

    def of(*claims):
        tables = build_tables(make_case(place, TOML, claims))
        engine = engines.setdefault("one", Engine(tables))
        engine.set(tables)
        return engine

    return of


def test_a_claim_on_a_total_has_the_density_of_the_sum(log_density):
    z = np.random.default_rng(1).normal(0.0, 1.0, (20, log_density(SUM).dimension))
    whole = [log_density(SUM, PART).logp(each) for each in z]
    written = (SUM.replace("all.killed", "a.killed + b.killed"), PART.replace("all.killed", "(a.killed + b.killed)"))
    parts = [log_density(*written).logp(each) for each in z]
    for (one, slope), (other, its) in zip(whole, parts, strict=True):
        assert one == pytest.approx(other, abs=1e-12)
        np.testing.assert_allclose(slope, its, atol=1e-12)


def mixed(mean, low, high):
    cell = lambda s: stats.norm.cdf((high - mean) / s) - stats.norm.cdf((low - mean) / s)  # noqa: E731
    return np.log(np.maximum(SOUND * cell(NOISE) + (1 - SOUND) * cell(math.hypot(NOISE, WIDE)), 1e-300))


def log_posterior(a, b):
    """Log density at the logs of both totals: each force is distorted by what its source overstates."""
    said_a, said_b = a + BIAS["a"], b + BIAS["b"]
    prior = stats.norm.logpdf(a, math.log(MEDIAN), SD) + stats.norm.logpdf(b, math.log(MEDIAN), SD)
    total = mixed(np.logaddexp(said_a, said_b), math.log(2_400), math.log(2_600))
    return prior + total + mixed(said_a - said_b, special.logit(0.65), special.logit(0.75))


@pytest.fixture(scope="module")
def run(tmp_path_factory, made_once):
    case = make_case(tmp_path_factory.mktemp("towns"), TOML, [SUM, PART])
    return case, made_once("two_towns", lambda: fit(case, draws=1500, tune=500, seed=2))


def exactly():
    """(killed in all, weight) on a grid of both totals."""
    grid = np.linspace(math.log(MEDIAN) - 5 * SD, math.log(MEDIAN) + 5 * SD, 900)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    log = log_posterior(a, b)
    weight = np.exp(log - log.max())
    return np.exp(np.logaddexp(a, b)).ravel(), (weight / weight.sum()).ravel()


def test_the_posterior_of_a_total_is_that_of_quadrature(run):
    _, tree = run
    amount, weight = exactly()
    order = np.argsort(amount)
    cumulative = np.cumsum(weight[order])
    low, median, high = (amount[order][np.searchsorted(cumulative, level)] for level in (0.05, 0.5, 0.95))
    (answer,) = [q for q in summarise(tree).quantities if q.name == "all.killed"]
    assert answer.median == pytest.approx(median, rel=0.04)
    assert (answer.interval.low, answer.interval.high) == pytest.approx((low, high), rel=0.08)
    (above,) = answer.thresholds
    assert above.value == 2_500
    assert above.probability == pytest.approx(weight[amount > 2_500].sum(), abs=4 * above.mcse)


def test_a_total_is_the_sum_of_its_forces_draw_by_draw(run):
    case, tree = run
    for group in ("posterior", "prior"):
        amount = tree[group]["amount"]
        parts = sum(amount.sel(quantity=f"{name}.killed").to_numpy() for name in "ab")
        np.testing.assert_allclose(amount.sel(quantity="all.killed").to_numpy(), parts, rtol=1e-14)
        ledger = Ledger(tree[group].dataset, case)
        lost = [ledger.by_bin(Term(name, "killed")) for name in ("all", "a", "b")]
        np.testing.assert_allclose(lost[0], lost[1] + lost[2], rtol=1e-14)
        np.testing.assert_allclose(lost[0].sum(axis=1), amount.sel(quantity="all.killed").to_numpy().ravel())


def test_what_validate_says_of_its_prior_is_what_a_run_has(run):
    case, tree = run
    found = {row.name: row for row in implied(case)[0]}["all.killed"]
    drawn = tree["prior"]["amount"].sel(quantity="all.killed").to_numpy()
    assert found.median == pytest.approx(np.median(drawn), rel=0.06)


def test_everything_that_is_shown_has_it(run):
    case, tree = run
    summary = summarise(tree)
    assert [q.name for q in summary.quantities] == ["a.killed", "a.casualties", "b.killed", "b.casualties"] + [
        f"all.{each}" for each in ("killed", "casualties")
    ]
    console = Console(width=80, file=io.StringIO())
    console.print(on_screen(quantity_table(summary)))
    assert "Both towns" in console.file.getvalue()
    (why,) = [each for each in summary.why if each.quantity == "all.killed"]
    assert [told.claim for told in why.told] == ["s"]
    assert {claim.id: claim.losses for claim in summary.claims} == {"s": "all.killed", "p": "a.killed / all.killed"}
    course = {q.name: q for q in timeline(tree).quantities}["all.killed"]
    assert course.force == "Both towns"
    marks = marked(tree, case, Ledger(tree["posterior"].dataset, case))
    assert [mark.claim for mark in marks.by_quantity[Term("all", "killed")]] == ["s"]
    subject = subject_of(tree)
    assert (subject.main.name, subject.forces["all"]) == ("all.killed", "Both towns")
