"""Published methods against closed forms, published numbers, and data whose truth is known."""

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, stats

from truetoll.benchmark import OldClaim, Target, Truth, read_benchmark
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.studies.hindcast import truthfinding
from truetoll.studies.hindcast.baselines import BASELINES, EVEN
from truetoll.studies.hindcast.published import PUBLISHED, pooled
from truetoll.studies.hindcast.truthfinding import ALPHA, BETA, Said, fit_conflict_resolution, fit_gaussian_truth
from truetoll.text.catalogues import catalogue

EVERY = BASELINES | PUBLISHED
LEXICON = read_lexicon("en")
Z95 = 1.959964
BCG = """4 119 11 128 | 6 300 29 274 | 3 228 11 209 | 62 13536 248 12619 | 33 5036 47 5761 | 180 1361 372 1079
| 8 2537 10 619 | 505 87886 499 87892 | 29 7470 45 7232 | 17 1699 65 1600 | 186 50448 141 27197 | 5 2493 3 2338
| 27 16886 29 17825"""
"""Vaccinated with and without tuberculosis, others with and without: Colditz and others 1994, as metafor has it."""


def target(claims, truth=100.0, war="w", victims="military"):
    said = tuple(
        OldClaim(f"c{i}", i, f"s{i}", relation, read_figure(text, LEXICON), text, f"c{i}", None, None, None, "score")
        for i, (relation, text) in enumerate(claims)
    )
    return Target("case", "army", "killed", victims, war, Truth(truth, truth, truth, "A"), said)


def mean_and_sd(made):
    draws, point = made
    assert not point
    return draws.mean(), draws.std()


def bcg():
    """Log risk ratios, and their variances."""
    a, b, c, d = np.array([row.split() for row in BCG.split("|")], dtype=float).T
    return np.log(a / (a + b)) - np.log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)


def weighted(effects, variances, between):
    weight = 1 / (variances + between)
    return weight @ effects / weight.sum(), weight.sum() ** -0.5


# Random effects


def test_dersimonian_laird_is_what_metafor_says_of_the_bcg_trials():
    """-0.7141 (-1.0644 to -0.3638): metafor's own test against Stata, test_misc_metan_vs_rma.uni_with_dat.bcg.r."""
    mean, se = pooled(*bcg(), "dl")
    assert (mean, mean - Z95 * se, mean + Z95 * se) == pytest.approx((-0.7141, -1.0644, -0.3638), abs=6e-5)


def test_paule_mandel_solves_its_equation():
    """The weighted squares around the pooled mean sum to one less than the number of effects."""
    effects, variances = bcg()

    def excess(between):
        mean, _ = weighted(effects, variances, between)
        return np.sum((effects - mean) ** 2 / (variances + between)) - (len(effects) - 1)

    between = optimize.brentq(excess, 0, 10, xtol=1e-12)
    assert between > 0.1
    assert pooled(effects, variances, "pm") == pytest.approx(weighted(effects, variances, between), abs=1e-5)


@pytest.mark.parametrize("method", ["dl", "pm"])
@pytest.mark.filterwarnings("error")
def test_what_agrees_has_no_variance_between(method):
    effects, variances = np.array([1.0, 1.1, 1.0]), np.array([1.0, 2.0, 4.0])
    assert pooled(effects, variances, method) == pytest.approx(weighted(effects, variances, 0.0))
    assert pooled(np.array([5.0, 5.0]), np.array([1.0, 1.0]), method) == pytest.approx((5.0, 0.5**0.5))


TAUGHT = [target([("own_side", "exactly 100")], 100 * math.e, f"v{i}") for i in range(4)]
TAUGHT += [target([("media", "exactly 100")], 100 / math.e**2, f"u{i}") for i in range(2)]
"""Squared errors 1 of the own side, four times, and 4 of the media, twice: 2 on the whole."""
VARIANCES = {"own_side": (4 * 1 + 2 * 2) / 6, "media": (2 * 4 + 2 * 2) / 4, "adversary": 2.0}


@pytest.mark.parametrize("name", ["dersimonian_laird", "paule_mandel"])
def test_the_variance_of_a_figure_is_what_other_wars_teach(name):
    for relation, variance in VARIANCES.items():
        alone = mean_and_sd(EVERY[name](target([(relation, "exactly 300")]), TAUGHT))
        assert alone == pytest.approx((math.log(300), math.sqrt(variance)), rel=5e-3)
    both = EVERY[name](target([("own_side", "exactly 300"), ("media", "exactly 600")]), TAUGHT)
    told = np.log([300, 600]), np.array([VARIANCES["own_side"], VARIANCES["media"]])
    assert mean_and_sd(both) == pytest.approx(weighted(*told, 0.0), rel=5e-3)


@pytest.mark.parametrize("name", ["dersimonian_laird", "paule_mandel", "gumbel"])
def test_what_must_learn_from_other_wars_is_silent_without_them(name):
    asked = target([("media", "exactly 5")], victims="civilian")
    assert EVERY[name](asked, TAUGHT) is None
    right = [target([("media", "exactly 100")], war=f"v{i}", victims="civilian") for i in range(3)]
    assert EVERY[name](asked, right) is None


# Gumbel


def test_the_gumbel_solves_its_score_equations():
    """For the maximum likelihood, scale and location by themselves: Johnson, Kotz and Balakrishnan 1995, chapter 22."""
    errors = np.array([-1.0, -0.4, 0.1, 0.2, 0.9, 1.6])
    others = [target([("media", "50"), ("ally", "200")], 100 * math.exp(e), f"v{i}") for i, e in enumerate(errors)]
    draws, point = EVERY["gumbel"](target([("media", "exactly 30"), ("adversary", "exactly 120")]), others)

    def excess(scale):
        weight = np.exp(-errors / scale)
        return errors.mean() - weight @ errors / weight.sum() - scale

    scale = optimize.brentq(excess, 0.1, 10)
    loc = -scale * math.log(np.mean(np.exp(-errors / scale)))
    assert not point
    assert draws == pytest.approx(math.log(60) + loc - scale * np.log(-np.log(EVEN)), abs=1e-5)


# Gaussian truth model


def test_known_errors_of_sources_are_found_again_and_used():
    sds = np.array([0.5, 0.7, 1.0, 1.5, 2.0])
    rng = np.random.default_rng(1)
    truth, spoke = rng.normal(size=20_000), rng.random((20_000, 5)) < 0.7
    spoke[:, 2] |= ~spoke.any(axis=1)
    entity, source = np.nonzero(spoke)
    said = Said(entity, source, truth[entity] + sds[source] * rng.normal(size=len(source)))
    mean, variance, noise = fit_gaussian_truth(said)
    assert noise == pytest.approx(sds**2, rel=0.05)  # the prior is worth some twenty figures of 14,000
    off = np.abs(mean - truth)
    assert np.mean(off**2) < 0.5 * np.mean((said.centre - truth) ** 2)
    assert np.mean(off < 1.6449 * np.sqrt(variance)) == pytest.approx(0.9, abs=0.01)


def test_em_ends_where_the_marginal_posterior_is_highest():
    """With the truths integrated: figures of an entity are normal with covariance 1 + diag(noise)."""
    rng = np.random.default_rng(2)
    values = rng.normal(size=(12, 1)) + rng.normal(size=(12, 3)) * [0.3, 1.0, 3.0]
    mean, variance, noise = fit_gaussian_truth(Said(*np.indices((12, 3)).reshape(2, -1), values.ravel()))

    def log_posterior(noise):
        told = stats.multivariate_normal.logpdf(values, np.zeros(3), 1 + np.diag(noise)).sum()
        return told + stats.invgamma.logpdf(noise, ALPHA, scale=BETA).sum()

    assert optimize.approx_fprime(noise, log_posterior, 1e-6) == pytest.approx(np.zeros(3), abs=1e-3)
    inverse = np.linalg.inv(1 + np.diag(noise))
    assert mean == pytest.approx(values @ inverse.sum(axis=1), abs=1e-6)
    assert variance == pytest.approx(np.full(12, 1 - inverse.sum()), abs=1e-6)


def test_the_gaussian_truth_of_figures_is_in_logs_and_needs_no_truth():
    """By hand: figures h to both sides in two wars have 4 h**2 in 2 degrees of freedom: the unit is h root 2."""
    h, near = math.log(7.39) / 2, 0.5**0.5
    pair = [("own_side", "exactly 100"), ("adversary", "exactly 739")]
    others = [target(pair, truth, f"v{i}") for i, truth in enumerate([5.0, 1e6])]
    alone, point = EVERY["gaussian_truth"](target([("own_side", "exactly 300")]), others)
    again, _ = EVERY["gaussian_truth"](target([("own_side", "exactly 300")]), [target(pair, war="v")] * 2)
    assert not point
    assert np.array_equal(alone, again)
    entity, source = np.array([0, 1, 1, 2, 2]), np.array([1, 1, 0, 1, 0])
    _, variance, _ = fit_gaussian_truth(Said(entity, source, np.array([0, -near, near, -near, near])))
    unit = h * math.sqrt(2)
    assert (alone.mean(), alone.std()) == pytest.approx((math.log(300), unit * math.sqrt(variance[0])), rel=5e-3)
    assert EVERY["gaussian_truth"](target([("media", "exactly 5")]), []) is None


# CRH


def test_the_first_turn_of_crh_by_hand(monkeypatch):
    """0, 0 and 3: mean 1, losses as 1 : 1 : 4, weights log 6, log 6 and log 1.5. In the end the two are right."""
    said = Said(np.zeros(3, int), np.arange(3), np.array([0.0, 0.0, 3.0]))
    assert fit_conflict_resolution(said)[0] == pytest.approx([0.0], abs=1e-6)
    monkeypatch.setattr(truthfinding, "_STEPS", 1)
    truth, weight = fit_conflict_resolution(said)
    assert weight == pytest.approx([math.log(6), math.log(6), math.log(1.5)])
    assert truth == pytest.approx([3 * math.log(1.5) / (2 * math.log(6) + math.log(1.5))])


def test_a_loss_of_crh_is_over_the_sd_and_a_mean_over_the_figures_of_a_source(monkeypatch):
    """By hand: half the distance, squared, over the sd is 1 from 0 to 2, and 3 from 0 to 6; who speaks alone is silent.

    Source 0 has losses 1, 1 and 3, of mean 5/3; source 1 has 1 and 1, source 2 has 3, source 3 none.
    """
    monkeypatch.setattr(truthfinding, "_STEPS", 1)
    entity, source = np.array([0, 0, 1, 1, 2, 2, 3, 4]), np.array([0, 1, 0, 1, 0, 2, 1, 3])
    truth, weight = fit_conflict_resolution(Said(entity, source, np.array([0, 2, 0, 2, 0, 6, 9.0, 7.0])))
    shares = np.array([5 / 3, 1, 3]) / (5 / 3 + 1 + 3)
    assert weight == pytest.approx([*-np.log(shares), 1.0])
    w = -np.log(shares)
    expected = [2 * w[1] / (w[0] + w[1])] * 2 + [6 * w[2] / (w[0] + w[2]), 9, 7]
    assert truth == pytest.approx(expected)


def test_crh_of_figures_is_a_number_between_them():
    others = [target([("media", "exactly 100"), ("adversary", "exactly 900")], war=f"v{i}") for i in range(3)]
    others += [target([("media", "exactly 110"), ("own_side", "exactly 100")], war=f"u{i}") for i in range(3)]
    draws, point = EVERY["conflict_resolution"](target([("media", "exactly 50"), ("adversary", "exactly 450")]), others)
    assert point
    assert draws.shape == (1,)
    assert 50 < math.exp(draws[0]) < 100  # the mean is 150; that the adversary is alone is told by the others
    alone, _ = EVERY["conflict_resolution"](target([("ally", "exactly 7")]), ())
    assert alone == pytest.approx([math.log(7)])


# Newsroom


def test_the_newsroom_prints_who_has_authority_or_else_the_range():
    sides = [("own_side", "exactly 100"), ("adversary", "exactly 900"), ("ally", "exactly 200")]
    ranked = ["international_org", "observer_ngo", "third_party_state", "analyst", "media"]
    for i, relation in enumerate(ranked):
        said = [*sides, *((r, f"exactly {10 * (j + 1)}") for j, r in enumerate(ranked[i:], i))]
        draws, point = EVERY["newsroom"](target([*said, (relation, "exactly 1,000")]), ())
        assert point
        assert draws == pytest.approx([math.log(math.sqrt(10 * (i + 1) * 1000))])
    draws, point = EVERY["newsroom"](target(sides), ())
    assert not point
    assert np.exp(np.quantile(draws, [0.05, 0.95])) == pytest.approx([100, 900], rel=0.02)


# All


def test_each_has_a_title_and_answers_old_losses():
    assert set(EVERY) <= set(catalogue("en")["baseline"])
    scored = read_benchmark(Path(__file__).parents[2] / "data" / "hindcast").scored
    for asked in scored[::6]:
        for name, forecast in EVERY.items():
            made = forecast(asked, [other for other in scored if other.war != asked.war])
            assert name in ("own_side", "adversary") or made is not None
            if made:
                assert np.isfinite(made[0]).all()
                assert len(made[0]) == (1 if made[1] else len(EVEN))
