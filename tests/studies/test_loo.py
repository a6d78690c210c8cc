"""Leave-one-origin-out: the integral over the shared error, the estimate, and what may be compared."""

import dataclasses
import math
from datetime import date

import numpy as np
import pytest
import xarray as xr
from cases import CHORUS, ONE_BIN, SKIRMISH, SKIRMISH_CLAIMS, make_case
from reference import Reference, labelled
from scipy.integrate import simpson
from scipy.special import logsumexp
from scipy.stats import norm

from truetoll.claims.scenario import apply_change
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Settings
from truetoll.sampling.session import Session
from truetoll.studies.loo.ask import Loo, _without, comparable, compare_loo, loo_by_origin, origin_log_likelihood

MANY = [
    *(f"w{i}; a; north.killed; exactly {1_000 + 37 * i:,}; 2024-01-01; 2024-12-{31 - i}; wire; 1" for i in range(12)),
    "b; b; north.killed; exactly 1,999; 2024-01-01; 2024-12-31; ; 1",
    "c; b; north.killed; about 3,000; 2024-01-01; 2024-12-30; pair; 3",
    "d; b; north.killed; up to 4,000; 2024-01-01; 2024-12-29; pair; 5",
    "e; b; north.killed; 900 names; 2024-01-01; 2024-12-28; pair; 5",
]
SETTINGS = Settings(draws=500, tune=200, seed=5)
CLAIMS = (*SKIRMISH_CLAIMS[:-1], SKIRMISH_CLAIMS[-1].replace("150", "30"))
"""The skirmish with a floor that no refit runs against."""
GATE = "[assumptions]\nconvergence = { rhat = 1.1, ess = 100 }\n"
NEAR = "disagreement.log_sd = 0.3\n"
"""So that draws of the prior, by which everything is checked here, reach the posterior."""


def sources(names):
    like = '[sources.{}]\ngrade = "C"\nrelations = {{ north = "third_party_state" }}\n'
    return CHORUS[: CHORUS.index("[sources.a]")] + "".join(map(like.format, names))


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("skirmish"), SKIRMISH.format(bins=ONE_BIN) + GATE + NEAR, CLAIMS)
    return Session(case, SETTINGS)


@pytest.fixture(scope="module")
def sampled(session, tmp_path_factory):
    """Twelve exact claims of one origin, a mixed pair, one alone: case, tables and a few draws of the posterior."""
    case = make_case(tmp_path_factory.mktemp("many"), sources("ab"), MANY)
    tables = build_tables(case)
    session.engine.set(tables)
    draws = session.engine.sample(Settings(draws=200, tune=300, chains=2, seed=2))
    return case, tables, Draws({name: z[:, ::20] for name, z in draws.z.items()}, {})


def integrated(engine, case, tables, draws, chain, i):
    """Log likelihood of each origin in one draw: the second model on a fine grid of errors, by Simpson's rule."""
    u = np.linspace(-12.0, 12.0, 40_001)
    one = {name: z[chain, i] for name, z in draws.z.items()}
    z = labelled(tables.coords, engine.model.named_vars_to_dims, one)
    z |= {("origin_error", origin): u for origin in tables.index.origins}
    model = Reference(case, z)
    found = {}
    for origin in dict.fromkeys(c.origin for c in case.claims if c.weight):
        prior = model.log_error(origin) if model.sharing(origin) else norm.logpdf(u)
        log = model.log_origin(origin) + prior
        peak = log.max()
        found[origin] = peak + math.log(simpson(np.exp(log - peak), x=u))
    return found


def test_shared_error_is_integrated_out(session, sampled):
    case, tables, draws = sampled
    names, values = origin_log_likelihood(session.engine, tables, draws)
    assert names == ("wire", "b", "pair")
    for chain in range(2):
        for i in range(10):
            expected = integrated(session.engine, case, tables, draws, chain, i)
            assert values[chain, i] == pytest.approx([expected[n] for n in names], abs=1e-3)


def test_integral_does_not_depend_on_where_the_draw_has_its_error(session, sampled):
    """Nodes stand around the draw's own error: a posterior sd to the side, the result is the same."""
    _, tables, draws = sampled
    before = origin_log_likelihood(session.engine, tables, draws)[1]
    for step in (-0.1, 0.1):
        moved = Draws(draws.z | {"origin_error": draws.z["origin_error"] + step}, {})
        assert origin_log_likelihood(session.engine, tables, moved)[1] == pytest.approx(before, abs=2e-3)


def test_claims_out_of_use_are_no_part_of_it(session):
    """An origin is gone with its last claim; one that has one claim left has no shared error."""
    case = apply_change(session.base.case, {"exclude": {"claims": ["wounded", "share"]}}, "fewer")
    refit = session.refit(case)
    found = loo_by_origin(session, refit)
    assert list(found.pointwise["origin"].to_numpy()) == ["briefing", "least", "upto", "names"]
    assert float(found.pointwise.sel(origin="names")) == pytest.approx(0.0, abs=1e-6)  # the same in every draw
    names, values = origin_log_likelihood(session.engine, refit.tables, refit.draws)
    session.engine.set(refit.tables)
    mass = session.engine.outputs(refit.draws)["interval_log_mass"][..., 0, :]
    assert values[..., names.index("briefing")] == pytest.approx(logsumexp(mass, axis=-1), abs=1e-9)


PRIOR_DRAWS = 960_000


@pytest.fixture(scope="module")
def exact(session):
    """Log predictive mass of each origin given the others, and its error: prior draws of the second model, weighted."""
    case, tables, rng = session.base.case, session.base.tables, np.random.default_rng(1)
    session.engine.set(tables)
    origins, parts = list(dict.fromkeys(c.origin for c in case.claims)), []
    for _ in range(8):
        flat = rng.normal(size=(PRIOR_DRAWS // 8, session.engine.dimension))
        z = labelled(tables.coords, session.engine.model.named_vars_to_dims, session.engine.unflatten(flat))
        model = Reference(case, z)
        parts.append([model.log_drawn(), *(model.log_origin(origin) for origin in origins)])
    prior, *each = np.concatenate([np.broadcast_arrays(*part) for part in parts], axis=1)
    found = {}
    for origin, here in zip(origins, each, strict=True):
        rest = prior + sum(each) - here
        w = np.exp(rest - logsumexp(rest))
        mean = np.sum(w * np.exp(here))
        found[origin] = math.log(mean), math.sqrt(np.sum((w * (np.exp(here) - mean)) ** 2)) / mean
    return found


@pytest.mark.long
def test_few_origins_are_left_out_exactly(session, exact):
    """Five origins, of which some are surprising: each within 0.05 of what is exact, and so is their sum.

    With 500 draws a chain the error of the fit itself is 0.03.
    """
    longer = Session(session.base.case, dataclasses.replace(SETTINGS, draws=4000), engine=session.engine)
    found = loo_by_origin(longer, longer.base)
    assert np.isnan(found.khat.sel(origin=["briefing", "least", "share", "upto"])).all()
    for origin, (expected, error) in exact.items():
        assert error < 0.02
        assert float(found.pointwise.sel(origin=origin)) == pytest.approx(expected, abs=0.05), origin
    assert found.elpd == pytest.approx(sum(expected for expected, _ in exact.values()), abs=0.05 + 0.02)


@pytest.mark.long
def test_another_scenario_is_left_out_from_the_draws_of_the_base_without_it(session, monkeypatch):
    """Its own fits are asked for only where those draws do not reach it: the results agree, within 4 Monte Carlo errors
    (0.03 over seeds; the base's own is 0.17 away)."""
    longer = Session(session.base.case, dataclasses.replace(SETTINGS, draws=2000), engine=session.engine)
    change = {"sources": {"own": {"bias": {"north": {"mu": 0.0}}}}}
    other = longer.refit(apply_change(session.base.case, change, "unbiased"))
    short = _without(longer, other, "briefing")
    monkeypatch.setattr("truetoll.studies.loo.ask.usable", lambda _: False)
    assert short == pytest.approx(_without(longer, other, "briefing"), abs=4 * 0.03)


def test_many_origins_are_weighed_where_the_weights_can_be_trusted(session, monkeypatch):
    monkeypatch.setattr("truetoll.studies.loo.ask.FEW", 0)
    found = loo_by_origin(session, session.base)
    assert not (found.khat > 0.5).any()
    assert np.isfinite(found.khat).any()


def scored(values, names="uvw"):
    pointwise = xr.DataArray(values, dims="origin", coords={"origin": list(names[: len(values)])})
    return Loo(float(np.sum(values)), pointwise, xr.zeros_like(pointwise))


def test_difference_is_paired_over_origins():
    difference, se = compare_loo(scored([-1.0, -2.0, -3.0]), scored([-2.0, -4.0, -6.0]))
    assert difference == pytest.approx(6.0)
    assert se == pytest.approx(math.sqrt(3.0))  # differences 1, 2, 3: sd 1
    assert compare_loo(scored([-1.0, -5.0]), scored([-3.0, -7.0]))[1] == 0.0


def test_one_origin_has_no_standard_error():
    difference, se = compare_loo(scored([-1.0]), scored([-1.5]))
    assert difference == 0.5
    assert math.isnan(se)


def test_other_origins_are_not_compared():
    with pytest.raises(ValueError, match="same origins"):
        compare_loo(scored([-1.0, -2.0]), scored([-1.0, -2.0], names="uw"))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"sources": {"foe": {"grade": "E"}}}, True),
        ({"forces": {"north": {"rate": {"median": 0.5, "low": 0.2, "high": 0.8}}}}, True),
        ({"assumptions": {"origin": {"rho": 0.2}}}, True),
        ({"claims": {"share": {"credibility": 5}}}, True),
        ({"claims": {"least": {"h": 0.5}}}, True),
        ({"claims": {"upto": {"figure": "up to 5,000"}}}, False),
        ({"claims": {"upto": {"figure": "about 4,000"}}}, False),
        ({"claims": {"upto": {"losses": "north.killed"}}}, False),
        ({"claims": {"least": {"losses": "north.killed:0.6 | north.casualties:0.4"}}}, False),
        ({"claims": {"share": {"as_of": date(2024, 6, 1)}}}, False),
        ({"claims": {"share": {"origin": "briefing"}}}, False),
        ({"exclude": {"claims": ["share"]}}, False),
    ],
)
def test_only_the_same_claims_seen_the_same_way_are_comparable(session, change, same):
    case = session.base.case
    other = apply_change(case, change, "other")
    assert comparable(case, other) is same
    assert comparable(other, case) is same


def test_comparable_wants_the_same_weights_and_order_of_claims(session):
    case = session.base.case
    assert comparable(case, dataclasses.replace(case, scenario="other"))
    halved = (dataclasses.replace(case.claims[0], weight=0.5), *case.claims[1:])
    assert not comparable(case, dataclasses.replace(case, claims=halved))
