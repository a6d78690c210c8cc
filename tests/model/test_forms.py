"""The likelihood of each form, against SciPy's distributions and quadrature, far into both tails."""

import math

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from scipy import stats
from scipy.special import log_ndtr, logsumexp

from truetoll.model.families import FAMILIES
from truetoll.model.forms import LOG_MASS
from truetoll.model.kernels import masses

FAMILY = {family.name: family for family in FAMILIES}
ARGUMENTS = {"interval": ("low", "width"), "hedged": ("low", "width", "h", "sign"), "bound": ("limit", "sign")}

# As they are said: log edges of an exact figure, a round one, "about", "a few hundred", "hundreds".
EXACT, EXACT_LARGE = (2713.5, 2714.5), (45_099.5, 45_100.5)
ROUND, ABOUT, SOME, HUNDREDS = (250, 350), (2_400, 3_000), (150, 550), (100, 1_000)
CELLS = [EXACT, EXACT_LARGE, ROUND, ABOUT, SOME, HUNDREDS]
NOISE = [0.05, 0.15, 0.3, 0.7, 1.53]
DISTANCES = [-40.0, -12.0, -5.0, -1.0, 0.0, 0.3, 2.0, 6.0, 15.0, 40.0]


LOOPS = {"interval": masses.log_interval, "hedged": masses.log_hedged, "bound": masses.log_bound}


@pytest.fixture(scope="session", params=["tensors", "loops"])
def compiled(request):
    """(log mass, gradient by m and s) of each family: as it is stated, run by NumPy, and as samplers call it."""
    return {name: (tensors if request.param == "tensors" else loops)(name) for name in ARGUMENTS}


def tensors(name):
    # Fused, every scalar would be a call of Python: minutes.
    k, m, s, *columns = (pt.vector(argument) for argument in ("k", "m", "s", *FAMILY[name].data))
    mass = LOG_MASS[name](k, m, s, *columns)
    outputs = [mass, *pt.grad(mass.sum(), [m, s])]
    mode = Mode(linker="py").excluding("fusion")
    return pytensor.function([k, m, s, *columns], outputs, mode=mode, on_unused_input="ignore")


def loops(name):
    def run(k, m, s, *columns):
        found = [LOOPS[name](k[i], m[i], s[i], columns, i) for i in range(len(k))]
        return [np.array(each) for each in zip(*found, strict=True)]

    return run


def evaluate(compiled, name, k=0.0, *, m, s, **columns):
    values = np.broadcast_arrays(k, m, s, *(columns[c] for c in ARGUMENTS[name]))
    flat = [np.asarray(v, dtype=float).ravel() for v in values]
    return [out.reshape(values[0].shape) for out in compiled[name](*flat)]


def said(cell):
    low, high = map(math.log, cell)
    return {"low": low, "width": high - low}


def log_normal_reference(low, high, m, s):
    """Mass from the tail in which the cell lies; the difference of two logs by expm1."""
    left = 0.5 * (low + high) < m
    near, far = (
        stats.norm.logcdf(x, m, s) if left else stats.norm.logsf(x, m, s) for x in (low, high)[:: 1 - 2 * left]
    )
    return near + math.log(-math.expm1(far - near))


def log_hedged_reference(low, high, m, s, h, sign):
    """Quadrature of SciPy's exponentially modified normal: 20 points in each of many pieces, short where it peaks."""
    if sign < 0:
        low, high, m = -high, -low, -m
    law = stats.exponnorm(h / s, loc=m, scale=s)
    grid = np.linspace(low, high, 401)
    top = grid[np.argmax(law.logpdf(grid))]
    steps = np.concatenate([[0.0], np.geomspace(1e-3, 200.0, 60)]) * s
    edges = np.unique(np.clip(np.concatenate([grid[::40], top - steps, top + steps]), low, high))
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half = 0.5 * np.diff(edges)[:, None]
    return logsumexp(law.logpdf(edges[:-1, None] + half * (1.0 + nodes)), b=half * weights)


# Log masses


@pytest.mark.parametrize("s", NOISE)
@pytest.mark.parametrize("cell", CELLS)
def test_interval_is_the_mass_of_a_normal_over_its_cell(compiled, cell, s):
    low, high = map(math.log, cell)
    m = 0.5 * (low + high) + np.array(DISTANCES) * s
    expected = [log_normal_reference(low, high, centre, s) for centre in m]
    assert evaluate(compiled, "interval", m=m, s=s, **said(cell))[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("distance", [-1e3, -200, 200, 1e3])
def test_interval_stays_exact_a_thousand_sd_away(compiled, distance):
    """SciPy's own log survival function, differenced, is the check there too: cells wide enough to be differenced."""
    low, high = map(math.log, ROUND)
    m = 0.5 * (low + high) + distance * 0.1
    value, by_m, by_s = evaluate(compiled, "interval", m=m, s=0.1, **said(ROUND))
    assert value == pytest.approx(log_normal_reference(low, high, m, 0.1), rel=1e-9)
    assert np.isfinite(by_m)
    assert np.isfinite(by_s)


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("h", [0.15, 0.3, 1.0])
@pytest.mark.parametrize("s", NOISE)
def test_hedged_is_the_mass_of_a_normal_plus_or_minus_an_exponential(compiled, s, h, sign):
    for cell in (EXACT, ROUND, SOME, HUNDREDS):
        low, high = map(math.log, cell)
        m = 0.5 * (low + high) + np.array(DISTANCES) * s
        expected = [log_hedged_reference(low, high, centre, s, h, sign) for centre in m]
        found = evaluate(compiled, "hedged", m=m, s=s, h=h, sign=sign, **said(cell))[0]
        # Wider than 30 s is the hardest that is said: "at least hundreds" by a source of grade A.
        error = 1e-4 if (high - low) / s > 30 else 1e-5 if (high - low) / s > 12 else 1e-7
        assert found == pytest.approx(expected, abs=error)


@pytest.mark.parametrize("y", [-1e3, -200.0, *DISTANCES, 200.0, 1e3])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_bound_is_the_mass_on_its_side(compiled, y, sign):
    s, limit = 0.3, math.log(3_000)
    value = evaluate(compiled, "bound", m=limit - y * s, s=s, limit=limit, sign=sign)[0]
    assert value == pytest.approx(log_ndtr(sign * y), rel=1e-10, abs=1e-13)


def test_the_other_side_of_a_bound_is_the_rest(compiled):
    m = np.linspace(6, 10, 30)
    sides = [np.exp(evaluate(compiled, "bound", k, m=m, s=0.4, limit=8.0, sign=1.0)[0]) for k in (0.0, 1.0)]
    assert sum(sides) == pytest.approx(1.0, abs=1e-14)


# Tails and gradients


@pytest.mark.parametrize("name", ARGUMENTS)
@pytest.mark.parametrize("distance", [-1e3, -40.0, -8.0, -1.1, 0.2, 3.0, 10.0, 40.0, 1e3])
@pytest.mark.parametrize("cell", [EXACT, ROUND, HUNDREDS])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_values_and_gradients_are_finite_and_gradients_are_slopes(compiled, name, distance, cell, sign):
    columns = said(cell) | {"limit": math.log(cell[1]), "h": 0.3, "sign": sign}
    for s in (0.05, 0.3, 1.5):
        m = math.log(cell[0]) + distance * s
        value, by_m, by_s = evaluate(compiled, name, m=m, s=s, **columns)
        assert np.isfinite([value, by_m, by_s]).all()
        step = 1e-4 * s
        around = evaluate(
            compiled, name, m=m + step * np.array([1, -1, 0, 0]), s=s + step * np.array([0, 0, 1, -1]), **columns
        )[0]
        slopes = (around[[0, 2]] - around[[1, 3]]) / (2 * step)
        # A difference of two values cannot be closer than their rounding; the second term is that rounding.
        noise = 1e-11 * (1.0 + abs(float(value))) / step + 1e-7 / s
        assert np.abs(slopes - [by_m, by_s]) == pytest.approx(0.0, abs=noise + 1e-4 * max(abs(by_m), abs(by_s)))


def test_a_cell_ever_further_away_pulls_ever_harder(compiled):
    """Far away the slope is what leads a sampler back: it must grow, without a plateau, on both sides."""
    distance = np.array([5.0, 20.0, 40.0, 100.0, 1e3])
    for side in (1.0, -1.0):
        m = math.log(300) - side * distance * 0.2
        by_m = side * evaluate(compiled, "interval", m=m, s=0.2, **said(ROUND))[1]
        assert (np.diff(by_m) > 0).all()
        assert by_m[-1] == pytest.approx(distance[-1] / 0.2, rel=0.01)


# Limits of the hedge


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("cell", [EXACT, ROUND, ABOUT])
def test_a_hedge_without_distance_is_the_interval(compiled, cell, sign):
    s = 0.3
    m = math.log(cell[0]) + np.linspace(-4, 4, 17) * s
    plain = evaluate(compiled, "interval", m=m, s=s, **said(cell))[0]
    distances = [
        np.abs(evaluate(compiled, "hedged", m=m, s=s, h=h, sign=sign, **said(cell))[0] - plain).max()
        for h in (1e-2, 1e-3, 1e-6)
    ]
    assert distances[0] > distances[1] > distances[2]
    assert distances[2] < 1e-4


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_hedge_of_any_distance_is_the_bound_but_for_a_constant(compiled, sign):
    """For h far beyond s the figure only says on which side the belief lies: ratios are those of the bound."""
    s, limit, m = 0.3, math.log(2714), math.log(2714) + np.linspace(-3, 3, 13) * 0.3
    hedged = evaluate(compiled, "hedged", m=m, s=s, h=1e5, sign=sign, **said(EXACT))[0]
    bound = evaluate(compiled, "bound", m=m, s=s, limit=limit, sign=sign)[0]
    assert np.ptp(hedged - bound) < 2e-3
    near = evaluate(compiled, "hedged", m=m, s=s, h=0.5, sign=sign, **said(EXACT))[0]
    assert np.ptp(near - bound) > 0.1


@pytest.mark.parametrize(("sign", "below"), [(1.0, True), (-1.0, False)])
def test_up_to_speaks_for_less_and_at_least_for_more_than_the_figure(compiled, sign, below):
    m = np.linspace(math.log(60), math.log(1_500), 161)
    best = [
        m[np.argmax(evaluate(compiled, "hedged", m=m, s=0.3, h=h, sign=sign, **said(ROUND))[0])] for h in (0.1, 0.5)
    ]
    middle = 0.5 * (math.log(ROUND[0]) + math.log(ROUND[1]))
    assert (best[1] < best[0] < middle) if below else (best[1] > best[0] > middle)


# Draws


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("interval", said(ROUND)),
        ("interval", said(HUNDREDS)),
        ("hedged", said(ROUND) | {"h": 0.3, "sign": 1.0}),
        ("hedged", said(ROUND) | {"h": 0.15, "sign": -1.0}),
        ("hedged", said(HUNDREDS) | {"h": 0.3, "sign": -1.0}),
        ("bound", {"limit": math.log(300), "sign": 1.0}),
        ("bound", {"limit": math.log(300), "sign": -1.0}),
    ],
)
def test_drawn_cells_have_their_masses(compiled, name, columns):
    m, s, n = math.log(400), 0.35, 200_000
    arguments = [columns[c] for c in ARGUMENTS[name]]
    drawn = FAMILY[name].draw(np.random.default_rng(7), np.full(n, m), np.full(n, s), *arguments)
    cells = np.array([0.0, 1.0]) if name == "bound" else np.arange(-60.0, 61.0)
    mass = np.exp(evaluate(compiled, name, cells, m=m, s=s, **columns)[0])
    assert mass.sum() == pytest.approx(1.0, abs=1e-5)
    counts = np.array([(drawn == cell).sum() for cell in cells])
    assert counts.sum() == n
    often = mass * n > 10
    found = np.append(counts[often], counts[~often].sum())
    expected = np.append(mass[often], 1.0 - mass[often].sum()) * n
    if expected[-1] < 1e-6 * n:
        found, expected = found[:-1], expected[:-1] * found[:-1].sum() / expected[:-1].sum()
    assert stats.chisquare(found, expected).pvalue > 1e-3
