"""One report is one draw of soundness; one relation is one mean: against quadrature and closed forms."""

import math

import numpy as np
import pytest
from cases import make_case
from scipy.integrate import simpson
from scipy.special import logsumexp
from scipy.stats import norm

from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.sampling.results import log_likelihood, quantities

KNOWN = """
[case]
title = "Two reports that contradict each other"
bins = [2024-01-01, 2024-12-31]

[forces.north]
victims = "military"
outcomes = ["killed"]
total = { median = 5_000, low = 200, high = 125_000 }

[assumptions]
noise.log_sd = 0.0
disagreement.log_sd = 0.0
origin.rho = 0.6
"""
SOURCE = """
[sources.{0}]
grade = "B"
relations = {{ north = "third_party_state" }}
bias.north = {{ mu = 0.0, tau = 0.0, shared = 0.0, slant = 0.0 }}
"""
SIGMA, RHO, LIFT, OWN, CREDIBLE = 0.2, 0.6, 1.5, 0.15, 0.93
PRIOR = (math.log(5_000), math.log(25) / 1.6448536269514722)
SPREAD = 400_000


def told(n, other=1_000, figure=30_000):
    """One report of n figures against one of another source."""
    rows = [f"a{i}; a; north.killed; {figure}; 2024-01-{1 + i:02}; 2024-12-31; report; 3" for i in range(n)]
    rows = rows if n > 1 else [rows[0].replace("report", "")]
    return [*rows, f"b; b; north.killed; {other}; 2024-01-01; 2024-12-31; ; 3"]


def cell(figure, m, s):
    """Mass of the lattice cell of an exact figure of one or two significant digits; the width does not matter here."""
    low, high = figure
    return norm.cdf((high - m) / s) - norm.cdf((low - m) / s)


def by_quadrature(case, x):
    """Posterior density of the log total on a grid, written down from the description alone."""
    log = norm.logpdf(x, *PRIOR)
    claims = {origin: [c for c in case.claims if c.origin == origin] for origin in {c.origin for c in case.claims}}
    u = np.linspace(-8.0, 8.0, 4_001)
    for together in claims.values():
        cells = [(math.log(c.figure.low), math.log(c.figure.high)) for c in together]
        days = [math.log((c.as_of - c.since).days / 365) for c in together]
        if len(together) == 1:
            wide = math.hypot(SIGMA, LIFT)
            mass = CREDIBLE * cell(cells[0], x + days[0], SIGMA) + (1 - CREDIBLE) * cell(cells[0], x + days[0], wide)
            log = log + np.log(mass)
            continue
        whole, own = CREDIBLE ** (1 - OWN), CREDIBLE**OWN
        rest = SIGMA * math.sqrt(1 - RHO)
        total = 0.0
        for p, lift in ((whole, 0.0), (1 - whole, LIFT)):
            shift = math.sqrt(RHO * SIGMA**2 + lift**2) * u[:, None]
            each = [
                own * cell(c, x + d + shift, rest) + (1 - own) * cell(c, x + d + shift, math.hypot(rest, LIFT))
                for c, d in zip(cells, days, strict=True)
            ]
            total = total + p * simpson(np.prod(each, axis=0) * norm.pdf(u)[:, None], x=u, axis=0)
        log = log + np.log(total)
    density = np.exp(log - log.max())
    return density / simpson(density, x=x)


def weighted(case, engine):
    """The same from prior draws of the model, weighed by its likelihood."""
    tables = build_tables(case)
    engine.set(tables)
    draws = engine.prior(SPREAD, seed=4)
    outputs = engine.outputs(draws)
    log = log_likelihood(tables, outputs)[0].sum(axis=-1)
    at = tables.index.quantities.index("north.killed")
    return np.log(quantities(tables, outputs)[0][:, at]), np.exp(log - logsumexp(log))


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(build_tables(case_of(tmp_path_factory.mktemp("first"), told(2))))


def case_of(path, claims, sources="ab", head=KNOWN):
    return make_case(path, head + "".join(map(SOURCE.format, sources)), claims)


@pytest.mark.parametrize("n", [1, 2, pytest.param(4, marks=pytest.mark.long)])
def test_a_report_of_several_figures_is_one_draw(engine, tmp_path, n):
    case = case_of(tmp_path, told(n))
    x = np.linspace(4.0, 14.0, 1_201)
    density = by_quadrature(case, x)
    exact = [simpson(np.where(x < math.log(t), density, 0.0), x=x) for t in (2_000, 5_000, 12_000)]
    amount, weights = weighted(case, engine)
    for t, p in zip((2_000, 5_000, 12_000), exact, strict=True):
        below = amount < math.log(t)
        error = math.sqrt(np.sum((weights * (below - p)) ** 2))
        assert np.sum(weights[below]) == pytest.approx(p, abs=4 * error + 2e-3)


@pytest.mark.long
def test_telling_a_report_in_more_figures_hardly_moves_the_answer(tmp_path):
    """Were each figure sound or not by itself, two would outweigh one source, and four leave nothing of it."""
    x = np.linspace(4.0, 14.0, 1_201)
    found = []
    for n in (1, 2, 4):
        (tmp_path / str(n)).mkdir()
        density = by_quadrature(case_of(tmp_path / str(n), told(n)), x)
        found.append(simpson(np.where(x > math.log(5_477), density, 0.0), x=x))
    assert found == pytest.approx([found[0]] * 3, abs=0.05)


def test_figures_of_unlike_credibility_keep_their_own(engine, tmp_path):
    """Each figure's probability of being sound is that of its credibility, whatever the others of its report have."""
    claims = told(3)
    claims[0], claims[1] = claims[0][:-1] + "5", claims[1][:-1] + "2"
    tables = build_tables(case_of(tmp_path, claims))
    log_p = tables.data["interval_log_probability"]
    usual, report = tables.data["interval_sound"] == 1, 0.97**0.85
    assert np.exp(log_p[usual]) * [report, report, report, 1.0] == pytest.approx([0.5, 0.97, 0.93, 0.93])
    assert np.exp(log_p).sum(axis=-1) == pytest.approx(np.ones(4))
    assert np.exp(tables.data["origin_log_probability"]) == pytest.approx(np.array([[report, 1 - report]]))


def test_without_an_error_in_common_each_figure_is_a_report(tmp_path):
    case = make_case(tmp_path, KNOWN.replace("rho = 0.6", "rho = 0.0") + "".join(map(SOURCE.format, "ab")), told(3))
    tables = build_tables(case)
    assert tables.coords["origin"] == ()
    assert np.exp(tables.data["interval_log_probability"]) == pytest.approx(np.array([[0.93, 0.07]] * 4))


def test_no_number_of_voices_takes_the_doubt_about_their_relation(tmp_path):
    """Sixteen states that say the same: mean and spread of a Gaussian with a shared mean, in closed form."""
    head = KNOWN.replace("noise.log_sd = 0.0", "noise.log_sd = 0.0\nsoundness.credibility.3 = 1.0\nslant.sd = 0.0")
    head = head.replace(
        "total = { median = 5_000, low = 200, high = 125_000 }",
        "total = { median = 5_000, low = 1, high = 25_000_000 }",
    )
    names = [f"s{i}" for i in range(16)]
    plain = '[sources.{}]\ngrade = "B"\nrelations = {{ north = "third_party_state" }}\n'
    widths = {}
    for n in (1, 2, 16):
        (tmp_path / str(n)).mkdir()
        rows = [f"c{i}; {s}; north.killed; 1000; 2024-01-01; 2024-12-31; ; 3" for i, s in enumerate(names[:n])]
        case = make_case(tmp_path / str(n), head + "".join(map(plain.format, names[:n])), rows)
        row, shared = case.reliability.bias["military"]["third_party_state"], case.reliability.shared["military"]
        tables = build_tables(case)
        b = tables.data["bias_map"]
        among = b @ b.T + np.diag(np.full(n, SIGMA**2))
        precision = np.linalg.solve(among, np.ones(n)).sum()
        common = row.mu_sd**2 + shared.kappa0**2 + shared.kappa**2
        assert 1.0 / precision == pytest.approx(common + (row.tau**2 + SIGMA**2) / n)
        widths[n] = 2 * 1.6448536269514722 / math.sqrt(precision)
    assert widths[16] > 2 * 1.6448536269514722 * row.mu_sd
    assert widths[1] > widths[2] > widths[16]
