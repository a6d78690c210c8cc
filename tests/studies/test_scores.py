"""Scores against closed forms, and baselines by hand."""

import math

import numpy as np
import pytest
from scipy import stats

from truetoll.benchmark import OldClaim, Target, Truth
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.studies.hindcast.baselines import BASELINES
from truetoll.studies.hindcast.scores import clustered_mean, score, truth_points

SHARP = Truth(999.9999, 1000.0, 1000.0001, "A")
EVEN = (np.arange(4000) + 0.5) / 4000


def normal(mean, sd):
    return mean + sd * stats.norm.ppf(EVEN)


def crps_of_normal(y, mean, sd):
    """Gneiting and Raftery 2007, equation 21."""
    z = (y - mean) / sd
    return sd * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / math.sqrt(math.pi))


@pytest.mark.parametrize(("mean", "sd"), [(math.log(1000), 0.5), (math.log(3000), 0.5), (math.log(200), 0.1)])
def test_scores_of_a_normal_are_the_closed_forms(mean, sd):
    found, y = score(normal(mean, sd), SHARP), math.log(1000)
    assert found.crps == pytest.approx(crps_of_normal(y, mean, sd), abs=2e-3)
    assert found.error == pytest.approx(abs(mean - y), abs=1e-3)
    assert found.pit == pytest.approx(stats.norm.cdf(y, mean, sd), abs=2e-3)
    assert found.width == pytest.approx(2 * 1.6449 * sd, rel=2e-3)
    assert math.log(found.high / found.median) == pytest.approx(1.6449 * sd, rel=2e-3)


def test_log_score_is_the_log_density():
    found = score(normal(math.log(1500), 0.5), SHARP)
    expected = stats.norm.logpdf(math.log(1000), math.log(1500), 0.5)
    assert found.log_score == pytest.approx(expected, abs=0.05)  # a kernel estimate is a little wider


def test_the_density_is_that_of_a_kernel_estimate():
    draws, truth = np.random.default_rng(1).gamma(2.0, size=700), Truth(2.0, 5.0, 30.0, "C")
    expected = math.log(stats.gaussian_kde(draws)(truth_points(truth)).mean())
    assert score(draws, truth).log_score == pytest.approx(expected, rel=1e-9)


def test_a_truth_is_its_interval():
    points = truth_points(Truth(500.0, 1000.0, 8000.0, "C"))
    assert np.median(points) == pytest.approx(math.log(1000))
    low, high = np.quantile(points, [0.05, 0.95])
    assert low == pytest.approx(math.log(500), abs=0.05)
    assert high == pytest.approx(math.log(8000), abs=0.15)
    assert np.ptp(truth_points(Truth(10.0, 10.0, 10.0, "A"))) == 0


def test_coverage_is_the_share_of_the_truth_within():
    found = score(normal(math.log(1000), 0.5), Truth(1000.0, 1000.0, 1000.0 * math.exp(0.5 * 1.6449), "C"))
    assert found.covered == pytest.approx((0.75, 0.9, 0.95), abs=0.03)  # half at best, half a half-normal above


def test_a_number_has_an_error_and_no_interval():
    found = score(np.array([math.log(2000)]), SHARP, point=True)
    assert found.crps == found.error == pytest.approx(math.log(2), abs=1e-6)
    assert (found.covered, found.log_score, found.width) == (None, None, None)


def test_means_over_clusters():
    """By hand: residuals -1, -1, 1, 1 in two clusters sum to -2 and 2."""
    assert clustered_mean([0, 0, 2, 2], ["a", "a", "b", "b"]) == pytest.approx((1.0, math.sqrt(2 * 8) / 4))
    values = np.random.default_rng(1).normal(size=200)
    mean, se = clustered_mean(values, [str(i) for i in range(200)])
    assert (mean, se) == pytest.approx((values.mean(), values.std(ddof=1) / math.sqrt(200)))
    assert math.isnan(clustered_mean([1.0, 2.0], ["a", "a"])[1])


# Baselines


def target(claims, truth=100.0, war="w", victims="military"):
    lexicon = read_lexicon("en")
    said = tuple(
        OldClaim(f"c{i}", i, f"s{i}", relation, read_figure(text, lexicon), text, f"c{i}", None, None, None, "score")
        for i, (relation, text) in enumerate(claims)
    )
    return Target("case", "army", "killed", victims, war, Truth(truth, truth, truth, "A"), said)


TWO = target([("own_side", "exactly 100"), ("adversary", "exactly 400"), ("ally_of_adversary", "exactly 100")])


def median(name, asked=TWO, others=()):
    made = BASELINES[name](asked, others)
    return None if made is None else math.exp(np.median(made[0]))


def test_means_of_sides():
    assert median("geometric_mean") == pytest.approx((100 * 400 * 100) ** (1 / 3))
    assert median("own_side") == pytest.approx(100)
    assert median("adversary") == pytest.approx(200)
    assert median("own_side", target([("media", "300")])) is None


def test_the_range_holds_nine_tenths():
    draws, point = BASELINES["claimed_range"](target([("media", "200-300"), ("own_side", "exactly 1,000")]), ())
    assert not point
    low, high = np.exp(np.quantile(draws, [0.05, 0.95]))
    assert low == pytest.approx(200, rel=0.02)
    assert high == pytest.approx(1000, rel=0.02)


def test_relation_means_correct_by_what_other_wars_taught():
    """The adversary said twice the truth in 6 other wars: 6 log 2 / (6 + 2) is taken off."""
    others = [target([("adversary", "exactly 200")], war=f"v{i}") for i in range(6)]
    asked = target([("adversary", "exactly 800")])
    assert median("relation_means", asked, others) == pytest.approx(800 * 2 ** (-6 / 8), rel=1e-3)
    draws, _ = BASELINES["relation_means"](asked, others)
    # What the correction by the five wars besides leaves of log 2 in each: a spread in sample would be log 2 / 4.
    assert draws.std() == pytest.approx(math.log(2) * 2 / 7, rel=0.02)
    assert BASELINES["relation_means"](target([("media", "5")], victims="civilian"), others) is None
