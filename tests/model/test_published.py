"""The error that an estimate states gives back its three numbers, whatever their shape."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from truetoll.model.published import MOST_LOPSIDED, stated_error

SIDES = [
    (0.2, 0.2),
    (0.1675, 0.1435),
    (0.3, 0.2),
    (0.2, 0.4),
    (0.6, 0.2),
    (0.2, 0.9),
    (0.9, 0.2),
    (3.0, 2.0),
    (0.01, 0.02),
]
MASSES = (0.5, 0.68, 0.8, 0.9, 0.95, 0.99)


@pytest.mark.parametrize("mass", MASSES)
@pytest.mark.parametrize(("below", "above"), SIDES)
def test_the_three_numbers_are_exact(below, above, mass):
    error = stated_error(below, above, mass)
    truth = np.array([-below, 0.0, above])[:, None]
    chance = norm.cdf(truth, -error.shift, error.sd) @ error.probability
    assert chance == pytest.approx([0.5 - 0.5 * mass, 0.5, 0.5 + 0.5 * mass], abs=1e-8)
    assert error.probability.sum() == pytest.approx(1.0)
    assert (error.sd > 0).all()


@pytest.mark.parametrize(("below", "above"), [(0.1675, 0.1435), (0.3, 0.2), (0.2, 0.35)])
def test_usual_ones_have_one_peak(below, above):
    error = stated_error(below, above, 0.95)
    grid = np.linspace(-4 * below, 4 * above, 4001)[:, None]
    density = norm.pdf(grid, -error.shift, error.sd) @ error.probability
    assert ((density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])).sum() == 1


def test_an_even_one_is_a_normal():
    error = stated_error(0.3, 0.3, 0.9)
    assert error.sd.tolist() == pytest.approx([0.3 / norm.ppf(0.95)])
    assert error.shift.tolist() == [0.0]


def test_a_normal_in_persons_is_nearly_itself():
    """An interval that is even in persons, 75,200 +- 11,600: the density of its log, from scipy."""
    below, above = math.log(75_200 / 63_600), math.log(86_800 / 75_200)
    error, sd = stated_error(below, above, 0.95), 11_600 / 75_200 / norm.ppf(0.975)
    grid = np.linspace(-2.5 * below, 2.5 * above, 201)
    density = norm.pdf(grid[:, None], -error.shift, error.sd) @ error.probability
    exact = norm.pdf(np.exp(grid), 1.0, sd) * np.exp(grid)
    assert np.abs(density - exact).max() < 0.02 * exact.max()


def test_what_is_too_lopsided_is_told():
    with pytest.raises(ValueError, match="too lopsided"):
        stated_error(4 * MOST_LOPSIDED, 1.0, 0.95)
