"""The loops that samplers call against the `pymc.Model` that states the same: value, gradient, readings."""

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from cases import EVERYTHING, EVERYTHING_CLAIMS, SCOPES, SCOPES_CLAIMS, THINGS, THINGS_CLAIMS, make_case
from pytensor.compile.mode import Mode
from pytensor.graph.replace import vectorize_graph
from scipy import special, stats
from timelines import TIMELINE, TIMELINE_CLAIMS

from truetoll.model.build import assemble
from truetoll.model.kernels import masses
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Engine

CASES = {"everything": (EVERYTHING, EVERYTHING_CLAIMS), "timeline": (TIMELINE, TIMELINE_CLAIMS)}
CASES["things"], CASES["scopes"] = (THINGS, THINGS_CLAIMS), (SCOPES, SCOPES_CLAIMS)


@pytest.fixture(
    scope="module", params=["everything", *(pytest.param(n, marks=pytest.mark.long) for n in list(CASES)[1:])]
)
def tables(request, tmp_path_factory):
    return build_tables(make_case(tmp_path_factory.mktemp(request.param), *CASES[request.param]))


@pytest.fixture(scope="module")
def stated(tables):
    return assemble(tables)


def read_by_numpy(stated, z):
    """Answers of the model as stated, vectorised over draws and run by NumPy."""
    given = [pt.tensor(v.name, dtype="float64", shape=(None,) * (1 + v.ndim)) for v in stated.model.value_vars]
    tensors = stated.model.replace_rvs_by_values(list(stated.outputs.values()))
    many = vectorize_graph(tensors, replace=dict(zip(stated.model.value_vars, given, strict=True)))
    with pytensor.config.change_flags(cxx=""):
        mode = Mode(linker="py", optimizer=None)
        return pytensor.function(given, many, mode=mode, on_unused_input="ignore")(*z)


def points(dimension, n):
    rng = np.random.default_rng(8)
    return [rng.normal(size=dimension) * scale for scale in np.geomspace(0.1, 3.0, n)]


def test_density_and_gradient_are_those_of_the_model(stated, tables):
    engine, model = Engine(tables), stated.model
    quick = Mode(linker="py", optimizer="fast_compile")  # nothing to compile
    both = model.compile_fn([model.logp(), model.dlogp()], mode=quick, inputs=model.value_vars, point_fn=False)
    assert [v.name for v in model.value_vars] == list(engine.free)
    for point in points(engine.dimension, 20):
        value, gradient = engine.logp(point)
        expected, slope = both(*engine.unflatten(point).values())
        assert np.isfinite(expected)
        assert value == pytest.approx(expected, rel=1e-10, abs=1e-9)
        assert gradient == pytest.approx(slope, rel=1e-8, abs=1e-8)


def test_what_is_read_off_draws_is_what_the_model_says(stated, tables):
    engine = Engine(tables)
    flat = np.array(points(engine.dimension, 12)).reshape(2, 6, -1)
    found = engine.outputs(Draws(engine.unflatten(flat), {}))
    z = {name: a.reshape(12, *a.shape[2:]) for name, a in engine.unflatten(flat).items()}
    expected = dict(zip(stated.outputs, read_by_numpy(stated, [z[name] for name in engine.free]), strict=True))
    assert set(expected) == set(found) - {"slanted", "origin_error"}
    for name, values in expected.items():
        expected_here = np.broadcast_to(values, (12, *found[name].shape[2:]))
        kept = slice(len(tables.coords["noise"])) if name == "sigma" else slice(None)
        assert found[name].reshape(12, *found[name].shape[2:])[..., kept] == pytest.approx(
            expected_here[..., kept], rel=1e-9, abs=1e-9
        ), name


def test_a_density_that_has_no_value_is_said_to_have_none(tables):
    engine = Engine(tables)
    assert not np.isfinite(engine.logp(np.full(engine.dimension, 1e4))[0])


def test_one_point_does_not_remember_another(tables):
    engine = Engine(tables)
    first, second = points(engine.dimension, 2)
    alone = engine.logp(first)
    engine.logp(second)
    again = engine.logp(first)
    assert again[0] == alone[0]
    assert np.array_equal(again[1], alone[1])


@pytest.mark.parametrize("x", [*np.linspace(-7, 12, 39), 9.9999999, 10.0, 25.0, 1e3, 1e7])
def test_scaled_complementary_error_function(x):
    assert masses.erfcx(float(x)) == pytest.approx(special.erfcx(x), rel=3e-14)


@pytest.mark.parametrize("degrees", [2.5, 5.0, 30.0, np.inf])
def test_what_is_new_in_a_tally_has_variance_one(degrees):
    z = np.array([-30.0, -2.0, 0.0, 0.3, 8.0])
    scale = 1.0 if np.isinf(degrees) else np.sqrt((degrees - 2) / degrees)
    expected = stats.norm.logpdf(z) if np.isinf(degrees) else stats.t.logpdf(z, degrees, scale=scale)
    found = [masses.log_new(float(x), degrees) for x in z]
    peak = masses.log_new_peak(degrees)
    assert [value + peak for value, _ in found] == pytest.approx(expected, rel=1e-12)
    step = 1e-6
    slopes = [(masses.log_new(x + step, degrees)[0] - masses.log_new(x - step, degrees)[0]) / (2 * step) for x in z]
    assert [slope for _, slope in found] == pytest.approx(slopes, rel=1e-6, abs=1e-8)


def test_the_timeline_has_what_it_is_for(tables):
    """Guards the tests above: curves, drifting shares, a drifting voice, tallies and long windows are in it."""
    if tables.index.smooth:
        assert tables.coords["divided"]
        assert tables.index.drifted
        assert len(tables.data["chain_phi"]) > 5
        assert (tables.data["chain_phi"] == 0).sum() == 2
        assert (tables.data["entry_weight"] < 0).any()
