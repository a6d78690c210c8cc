"""Coordinates by second derivatives at draws: in them the mean of those is one."""

import numpy as np
import pytest
from cases import make_case
from timelines import TIMELINE, TIMELINE_CLAIMS

from truetoll.model.tables import build_tables
from truetoll.sampling.coordinates import typical, whitened
from truetoll.sampling.engine import Engine

STEP = 1e-4


def test_second_derivatives_are_one_on_average(tmp_path):
    engine = Engine(build_tables(make_case(tmp_path, TIMELINE, TIMELINE_CLAIMS)))
    n = engine.dimension
    engine.coordinates = whitened(engine)
    x = 0.2 * np.random.default_rng(3).normal(size=(8, n))  # near enough to the mode for a mean that is definite
    points = engine.coordinates.points(x)
    found = typical(engine, points)
    density, factor = engine.density(found), np.zeros((n, n))
    factor[np.repeat(np.arange(n), np.diff(found.start)), found.column] = found.value
    mean = np.zeros((n, n))
    for point in (points - found.center)[:, found.order] @ factor:
        for i, step in enumerate(STEP * np.eye(n)):
            mean[i] += (density(point - step)[1] - density(point + step)[1]) / (2.0 * STEP) / len(points)
    assert found.center == pytest.approx(points.mean(axis=0))
    assert np.abs(mean - np.eye(n)).max() < 1e-2
