"""Weighted draws against what they stand for."""

import numpy as np
import pytest

from truetoll.sampling.weights import moved_median, smoothed

TILT = 0.5
"""Slope of the log weights of standard normal draws: what they stand for has this mean and the same variance."""


def test_a_median_moves_as_far_as_the_weights_say_and_its_error_is_known():
    rng = np.random.default_rng(11)
    moved = []
    for _ in range(300):
        x = rng.normal(size=(4, 500))
        moved.append(moved_median(x, smoothed(TILT * x)[0]))
    shift, error = np.array(moved).T
    spread = shift.std(ddof=1)
    assert shift.mean() == pytest.approx(TILT, abs=4 * spread / np.sqrt(300))
    assert error.mean() == pytest.approx(spread, rel=0.2)


def test_the_error_knows_that_draws_depend_on_each_other():
    rng = np.random.default_rng(12)
    moved = []
    for _ in range(200):
        x = np.empty((4, 1000))
        x[:, 0] = rng.normal(size=4)
        for t in range(1, 1000):
            x[:, t] = 0.8 * x[:, t - 1] + 0.6 * rng.normal(size=4)
        moved.append(moved_median(x, smoothed(0.3 * x)[0]))
    shift, error = np.array(moved).T
    assert error.mean() == pytest.approx(shift.std(ddof=1), rel=0.2)


def test_even_weights_move_nothing():
    x = np.random.default_rng(13).normal(size=(2, 100))
    assert moved_median(x, np.full(x.shape, -np.log(x.size))) == pytest.approx((0.0, 0.0), abs=1e-12)
