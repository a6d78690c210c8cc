"""Bands hold uniform ranks as often as they say, what is not uniform is caught and named, and coverage is counted."""

import json
import math

import jsonschema
import madeup
import madeup_calibration as made
import numpy as np
import pytest
from scipy import stats

from truetoll.studies.calibrate.read import calibration, check, direction, forms_tested
from truetoll.studies.calibrate.uniformity import SAMPLES, Uniformity


def checks(tree):
    found = calibration(tree)
    return found, {q.name: q for q in found.quantities}


# The band


@pytest.mark.parametrize(("n", "ranked"), [(100, 99), (1000, 99), (60, 19)])
def test_the_band_holds_uniform_ranks_95_times_in_100(n, ranked):
    uniform, rng = Uniformity(n, ranked), np.random.default_rng(7)
    held = [uniform.inside(rng.integers(0, ranked + 1, n)) for _ in range(1000)]
    error = math.sqrt(0.95 * 0.05 * (1 / 1000 + 1 / SAMPLES))
    assert np.mean(held) == pytest.approx(0.95, abs=4 * error + 0.004)  # 0.004: tail probabilities are in steps


def test_gamma_is_that_of_arviz():
    """An independent implementation of the same paper, for continuous values looked at on the same points."""
    utils = pytest.importorskip("arviz_stats.ecdf_utils")
    uniform = Uniformity(250, 99)
    theirs = utils.simulate_confidence_bands(250, 1, uniform.points, 0.95, 10_000, np.random.default_rng(3))
    # Standard error of a 5 % quantile of 10,000, twice, by the density of the smallest tail there: about 3 %.
    assert 1 - theirs == pytest.approx(uniform.gamma, rel=0.12)


def test_the_band_is_where_ranks_stop_being_inside():
    uniform = Uniformity(300, 99)
    low, high = uniform.band
    assert (low < 0).all()
    assert (high > 0).all()
    at = 50
    for edge, step in ((high, 1), (low, -1)):
        count = round((edge[at] + uniform.points[at]) * 300)
        for more, inside in ((0, True), (step, False)):
            assert (uniform._tails[count + more, at] >= uniform.gamma) == inside


def test_the_band_is_wider_than_pointwise_and_narrower_than_bonferroni():
    uniform = Uniformity(1000, 99)
    assert 0.05 / 99 < uniform.gamma < 0.05
    low, high = uniform.band
    pointwise = stats.binom(1000, 0.5).interval(0.95)
    assert low[49] < pointwise[0] / 1000 - 0.5 < 0 < pointwise[1] / 1000 - 0.5 < high[49]


def test_p_is_uniform_where_ranks_are():
    uniform, rng = Uniformity(200, 99), np.random.default_rng(5)
    p = [uniform.p(rng.integers(0, 100, 200)) for _ in range(1000)]
    assert np.mean(p) == pytest.approx(0.5, abs=4 * math.sqrt(1 / 12 / 1000) + 0.01)
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / 1000))


def test_inside_and_p_say_the_same():
    uniform, rng = Uniformity(150, 99), np.random.default_rng(6)
    for power in np.linspace(0.7, 1.4, 40):
        ranks = np.floor(100 * rng.random(150) ** power).astype(int)
        assert uniform.inside(ranks) == (uniform.p(ranks) > 0.05)


def test_departure_by_hand():
    uniform = Uniformity(4, 3)
    assert uniform.points.tolist() == [0.25, 0.5, 0.75]
    assert uniform.departure(np.array([0, 0, 1, 3])).tolist() == [0.25, 0.25, 0.0]


# What is wrong is caught, and named


@pytest.mark.parametrize(
    ("ranks", "said"),
    [
        (made.crowded(200, 1.6), "answers too high"),
        (made.crowded(200, 0.6), "answers too low"),
        (made.in_the_middle(200, 0.5), "intervals too narrow"),
        (made.in_the_middle(200, 2.0), "intervals too wide"),
        (made.in_the_middle(200, 3.0, seed=2), "intervals too wide"),
        (np.zeros(200, dtype=int), "answers too high"),
        (np.full(200, 99), "answers too low"),
    ],
)
def test_what_is_not_uniform_is_caught_and_named(ranks, said):
    found, quantities = checks(made.tree(ranks={"north.killed": ranks}))
    assert str(quantities["north.killed"].verdict) == said
    assert not quantities["north.killed"].inside
    assert not quantities["north.killed"].chance
    assert str(quantities["north.casualties"].verdict) == "as it should be"
    assert not found.calibrated


@pytest.mark.parametrize("n", [100, 1000])
def test_what_so_many_simulations_show(n):
    """Posteriors that should be wider by what is told are outside four times in five, within 4 standard errors."""
    uniform, rng = Uniformity(n, 99), np.random.default_rng(4)
    seen = calibration(made.tree(n)).seen
    ranks = np.floor(100 * stats.norm.cdf((1 + seen) * rng.normal(size=(400, n)))).clip(max=99).astype(int)
    caught = np.mean([not uniform.inside(each) for each in ranks])
    assert caught == pytest.approx(0.8, abs=4 * math.sqrt(0.16 / 400))


def test_both_can_be_said():
    ends = np.array([0] * 120 + [99] * 60 + [50] * 20)
    assert str(direction(ends, 99)) == "intervals too narrow, answers too high"


def test_neither_mean_nor_spread():
    ranks = np.array([21, 78] * 100)  # the mean and the spread of uniform ranks, and nothing else of them
    assert "shape" in str(check("x", ranks, Uniformity(200, 99)).verdict)


def test_one_of_many_may_lie_outside_by_chance():
    uniform = Uniformity(200, 99)
    ranks = next(
        r for seed in range(500) if 0.02 < uniform.p(r := made.uniform(200, seed)) < 0.045 and not uniform.inside(r)
    )
    assert not check("x", ranks, uniform, 1).chance
    alone, among = check("x", ranks, uniform, 1), check("x", ranks, uniform, 8)
    assert among.chance
    assert (alone.inside, among.inside) == (False, False)
    assert "by no more than chance" in str(among.verdict)
    assert "chance" not in str(alone.verdict)


def test_further_quantities_decide_nothing():
    found, _ = checks(made.tree(ranks={"log likelihood": made.crowded(200, 2.0)}))
    assert found.calibrated
    assert [q.inside for q in found.further] == [True, False]


# Coverage


def test_coverage_counts_whole_ranks():
    ranks = np.tile(np.arange(100), 3)
    q = check("x", ranks, Uniformity(300, 99))
    assert q.coverage == {"50": 0.5, "80": 0.8, "90": 0.9}
    assert q.coverage_se["80"] == pytest.approx(math.sqrt(0.8 * 0.2 / 300), rel=0.02)
    assert q.largest_departure == pytest.approx(0.0)
    ends = check("x", np.array([4, 5, 94, 95]), Uniformity(4, 99))
    assert ends.coverage == {"50": 0.0, "80": 0.0, "90": 0.5}
    assert ends.coverage_se["50"] > 0


# What did not converge


def test_few_lost_are_counted_and_many_are_no_result():
    found, quantities = checks(made.tree(lost=4))
    assert (found.simulations, found.not_converged, found.sampled_longer, found.calibrated) == (200, 4, 4, True)
    assert quantities["north.killed"].coverage_se["50"] == pytest.approx(math.sqrt(0.25 / 196), rel=0.02)
    assert not checks(made.tree(lost=5))[0].calibrated
    nothing, _ = checks(made.tree(lost=200, biases=("as_assumed", "bias_x2")))
    assert (nothing.calibrated, nothing.quantities, nothing.misspecified[1].quantities) == (False, (), ())


# Other biases, forms, JSON


def test_misspecified_tells_error_and_coverage():
    biases = ("as_assumed", "bias_x2")
    found, _ = checks(made.tree(biases=biases, errors={"bias_x2": math.log(2)}))
    assert [row.bias for row in found.misspecified] == list(biases)
    assert [row.quantities[0].median_error_log for row in found.misspecified] == pytest.approx([0, math.log(2)])
    assert set(found.misspecified[1].quantities[1].coverage) == {"50", "90"}
    assert checks(made.tree())[0].misspecified == ()


def test_forms_are_counted_from_claims_in_use():
    found = {f.form: f.claims for f in forms_tested(madeup.case(force=made.FORCE, claims=made.CLAIMS))}
    assert found == {
        "interval": 1,
        "at least": 1,
        "up to": 1,
        "at most": 0,
        "no fewer than": 0,
        "below": 0,
        "listed": 0,
        "fewer than": 0,
        "floor": 1,
        "ceiling": 0,
        "share": 1,
        "ratio": 0,
        "readings": 1,
        "shared origin": 2,  # a floor looks at the truth: it has no error that it could share
    }


def test_json_has_the_promised_shape():
    document = calibration(made.tree(lost=1, biases=("as_assumed", "spread_x2"))).to_dict()
    jsonschema.validate(json.loads(json.dumps(document, allow_nan=False)), made.SCHEMA)
    assert document["misspecified"][1]["not_converged"] == 1
