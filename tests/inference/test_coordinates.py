"""Coordinates that know of tallies: the same density, and what a tally tells is a coordinate of its own."""

from dataclasses import replace

import numpy as np
import pytest

from inference.cases import make_case
from inference.timelines import TIMELINE, TIMELINE_CLAIMS, claim
from truetoll.inference.coordinates import PLAIN, knowing
from truetoll.inference.engine import Draws, Engine
from truetoll.inference.tables import build_tables

ONE_ORIGIN = tuple(
    claim(f"{outcome}{k}", "paper", f"south.{outcome}", f"{first + step * k:,}", 0, 3 + k, "desk", "desk")
    for outcome, first, step in (("killed", 200, 31), ("wounded", 300, 47))
    for k in range(14)
)
"""Two tallies of one origin: only one can be solved for the error that they share."""
SUMMED = tuple(
    claim(f"sum{k}", "ministry", "north.casualties", f"{900 + 130 * k:,}", 0, 4 + k, bulletin="sums") for k in range(20)
)
STEP = 1e-5


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("tallies"), TIMELINE, (*TIMELINE_CLAIMS, *ONE_ORIGIN, *SUMMED))
    engine = Engine(build_tables(case))
    engine.set(engine.tables, replace(PLAIN, **knowing(engine.tables)))
    return engine


def points(engine, n, scale=0.3):
    return np.random.default_rng(7).normal(size=(n, engine.dimension)) * scale


def slopes(function, x):
    """Central differences, one column for each coordinate."""
    low, high = (np.array([function(x + side * row) for row in np.eye(len(x)) * STEP]) for side in (-1, 1))
    return ((high - low) / (2 * STEP)).T


def test_both_kinds_of_solution_are_tried(engine):
    """Guards the tests below: an error of an origin, a part of a bias, and a course that is a sum."""
    coordinates = engine.coordinates
    assert (coordinates.pin_factor < 0).any()
    factor = coordinates.pin_factor[coordinates.pin_factor >= 0]
    assert [engine.tables.coords["bias_factor"][f] for f in factor] == ["slant[paper:south.wounded]"]
    assert np.bincount(coordinates.tie_group).max() == 3


def test_gradients_are_those_of_the_density(engine):
    density = engine.density(engine.coordinates)
    for x in points(engine, 3):
        assert density(x)[1] == pytest.approx(slopes(lambda y: density(y)[0], x), rel=1e-5, abs=1e-5)


def test_the_density_is_that_of_the_model_times_the_volume(engine):
    """But for a constant: log p(x) - log p(z(x)) is the log of the determinant of dz/dx."""
    density, found = engine.density(engine.coordinates), []
    for x in points(engine, 3):
        volume = np.linalg.slogdet(slopes(lambda y: engine.points(y[None])[0], x))[1]
        found.append(density(x)[0] - engine.logp(engine.points(x[None])[0])[0] - volume)
    assert found == pytest.approx([found[0]] * 3, abs=1e-6)


def errors(engine, x):
    """How far the figures of tallies lie from what is expected of them, leaving out what their errors remember."""
    data = engine.tables.data
    forgetful = Engine(replace(engine.tables, data=data | {"chain_phi": np.zeros(len(data["chain_phi"]))}))
    draws = Draws(engine.unflatten(engine.points(x[None])[None]), {})
    return data["chain_point"] - forgetful.outputs(draws)["chain_mean"][0, 0, :, 0]


def places(engine):
    """Place of every free scalar in a flat point, by variable."""
    found = engine.unflatten(np.arange(engine.dimension, dtype=float)[None, None])
    return {name: at[0, 0].astype(int) for name, at in found.items()}


def test_the_level_of_a_tally_moves_with_its_own_coordinate_only(engine):
    """Whatever else moves, by as much as a prior allows, one figure is as far from what is expected as before."""
    figures, factor, at = engine.coordinates.pin_figure, engine.coordinates.pin_factor, places(engine)
    own = np.where(factor < 0, at["z_origin"][engine.tables.data["chain_origin"][figures]], at["z_bias"][factor])
    base = points(engine, 1)[0]
    for x in points(engine, 4, 1.0):
        x[own] = base[own]
        assert errors(engine, x)[figures] == pytest.approx(errors(engine, base)[figures], abs=1e-9)


def bent(engine, ties):
    """Largest move of a sum's course, for moves of breaks, slants and drifts as a prior allows."""
    known = knowing(engine.tables)
    left = () if ties else tuple(name for name in known if name.startswith("tie_"))
    engine.set(engine.tables, replace(PLAIN, **{name: a for name, a in known.items() if name not in left}))
    sums = [i for i, c in enumerate(engine.tables.index.by_family["chain"]) if c.id.startswith("sum")]
    parameters, at = engine.tables.coords["parameter"], places(engine)
    breaks = [i for i, name in enumerate(parameters) if name in ("captured[north]", "wounded[north]")]
    base, other = points(engine, 2, 1.0)
    moved = base.copy()
    for block in (at["z_split"], at["z_bias"], at["z_losses"][breaks]):
        moved[block] = other[block]
    return np.ptp(errors(engine, moved)[sums] - errors(engine, base)[sums])


def test_the_course_of_a_tally_hardly_moves_with_the_split(engine):
    with_ties, without = (bent(engine, ties) for ties in (True, False))
    assert with_ties < 0.1 * without
