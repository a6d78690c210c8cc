"""The conflict test: exact tails, corrections by hand, independent computation, false alarms, a planted outlier."""

import dataclasses
import math

import numpy as np
import pytest
from cases import CHORUS, ONE_BIN, SKIRMISH, SKIRMISH_CLAIMS, make_case
from reference import TRUTH, Reference, labelled
from scipy import stats
from scipy.special import logsumexp

from truetoll.claims.scenario import apply_change
from truetoll.claims.schema import Form
from truetoll.model.design import claims_of
from truetoll.model.families import FAMILIES, draw_cells
from truetoll.model.reports import drawn_errors
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Settings
from truetoll.sampling.session import Session
from truetoll.studies.influence.conflict import conflict, hedged_sides, holm, tails

GATE = "[assumptions]\nconvergence = { rhat = 1.1, ess = 100 }\n"
CLAIMS = (*SKIRMISH_CLAIMS[:-1], SKIRMISH_CLAIMS[-1].replace("150", "30"))
"""The skirmish with a floor that no refit runs against: a steep one makes a few transitions diverge."""
SETTINGS = Settings(draws=500, tune=200, seed=7)
SHORT = Settings(draws=250, tune=200, chains=1)


# Corrections


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # 4 x 0.005, 3 x 0.01, 2 x 0.03, then no less
        ([0.5, 0.6], [1.0, 1.0]),
        ([0.02, 0.02, 0.9], [0.06, 0.06, 0.9]),
        ([np.nan, 0.01, np.nan, 0.02], [np.nan, 0.02, np.nan, 0.02]),
        ([np.nan], [np.nan]),
        ([], []),
    ],
)
def test_holm(p, expected):
    assert holm(np.array(p)) == pytest.approx(np.array(expected), nan_ok=True)


# Tails of one form


def test_hedged_sides_are_those_of_scipy():
    z, k = np.linspace(-6, 8, 57)[:, None], np.array([0.05, 0.5, 3.0])
    above = stats.exponnorm(1.0 / k)
    less, more = hedged_sides(z, k, np.ones(3))
    assert less == pytest.approx(above.cdf(z), abs=1e-12)
    assert more == pytest.approx(above.sf(z), abs=1e-12)
    less, more = hedged_sides(z, k, -np.ones(3))
    assert less == pytest.approx(above.sf(-z), abs=1e-12)
    assert more == pytest.approx(above.cdf(-z), abs=1e-12)


def test_hedged_sides_far_out_are_finite():
    z, k = np.array([-400.0, -40.0, 40.0, 400.0])[:, None], np.array([1e-3, 1.0, 1e3])
    for sign in (1.0, -1.0):
        less, more = hedged_sides(z, k, np.full(3, sign))
        assert (less >= 0).all()
        assert less + more == pytest.approx(np.ones((4, 3)), abs=1e-9)


DOUBTED = "[assumptions]\nsoundness.credibility = { 1 = 0.3, 2 = 0.3, 3 = 0.3, 4 = 0.3, 5 = 0.3, 6 = 0.3 }\n"


def test_tails_are_those_of_redrawn_cells(compiled, tmp_path):
    """Predictive draws of every form, readings included, whatever cell was said; the unsound do not count."""
    case, engine = make_case(tmp_path, SKIRMISH.format(bins=ONE_BIN) + DOUBTED, SKIRMISH_CLAIMS), compiled
    tables, rng = build_tables(case), np.random.default_rng(3)
    engine.set(tables)
    draws = engine.prior(40_000, seed=1)
    outputs = engine.outputs(draws)
    said = {f"{f.name}_observed": np.ones(len(claims_of(tables.index, f.name))) for f in FAMILIES}
    for moved in (tables, dataclasses.replace(tables, data=tables.data | said)):
        found = tails(engine, moved, draws)
        for family in FAMILIES:
            cells = redrawn(family, rng, moved, outputs)[0] - moved.data[f"{family.name}_observed"]
            same, below = (cells == 0).mean(axis=0), (cells < 0).mean(axis=0)
            for i, claim in enumerate(claims_of(tables.index, family.name)):
                lower = below[i] + same[i] / 2
                expected = same[i] / 2 if family.name == "bound" else 2 * min(lower, 1 - lower)
                assert found[claim.id][0] == pytest.approx(expected, abs=0.02), claim.id
                assert 0 < found[claim.id][1] < 0.01


def redrawn(family, rng, tables, outputs, *, ordinary=True):
    name = family.name
    columns = tuple(tables.data[f"{name}_{column}"] for column in family.data)
    log_p = tables.data[f"{name}_log_probability"]
    usual = tables.data[f"{name}_sound"] == 1
    log_p = np.where(usual, log_p, -np.inf) if ordinary else log_p
    return draw_cells(family, rng, outputs[f"{name}_mean"], outputs[f"{name}_sd"], log_p, columns)


# A whole case


@pytest.fixture(scope="module")
def session(compiled, tmp_path_factory):
    case = make_case(tmp_path_factory.mktemp("gated"), SKIRMISH.format(bins=ONE_BIN) + GATE, CLAIMS)
    return Session(case, SETTINGS, engine=compiled)


@pytest.fixture(scope="module")
def found(session):
    return conflict(session)


def weighted_tail(session, claim, left_out, n=200_000):
    """Tail of one claim and its error: prior draws of the second model, weighted by the claims that stay."""
    case = apply_change(session.base.case, {"exclude": {"claims": sorted(left_out)}}, "rest")
    tables, engine = build_tables(case), session.engine
    engine.set(tables)
    z = engine.unflatten(np.random.default_rng(8).normal(size=(n, engine.dimension)))
    model = Reference(case, labelled(tables.coords, engine.model.named_vars_to_dims, z))
    log = sum(model.log_likelihoods().values()) + model.log_drawn()
    w = np.exp(log - logsumexp(log))
    claim = next(c for c in case.claims if c.id == claim)
    lower = sum(r.probability * lower_half(model, claim, r) for r in claim.readings)
    mean = np.sum(w * lower)
    error = math.sqrt(np.sum((w * (lower - mean)) ** 2))
    return (mean, error) if claim.figure.form in (*TRUTH, Form.AT_MOST) else (2 * min(mean, 1 - mean), 2 * error)


def lower_half(model, claim, reading):
    """P(below) + P(same) / 2 of a claim of the ordinary kind; of a floor, half the probability of its side."""
    m = model.expected(claim, reading)
    shift, s = model.noise(claim)
    assert np.all(shift == 0)  # its origin is out of use
    low, high = math.log(claim.figure.low), math.log(claim.figure.high)
    hedge = model.case.reliability.hedge
    match claim.figure.form:
        case Form.INTERVAL:
            return 0.5 * (stats.norm.cdf(low, m, s) + stats.norm.cdf(high, m, s))
        case Form.UP_TO:
            said = stats.exponnorm(hedge.up_to / s, m, s)
            return 0.5 * (said.cdf(low) + said.cdf(high))
        case Form.AT_LEAST:
            said = stats.exponnorm(hedge.at_least / s, -m, s)
            return 0.5 * (said.sf(-low) + said.sf(-high))
        case Form.FLOOR:
            return 0.5 * stats.norm.sf(math.log(claim.figure.value), m, s)


@pytest.mark.long
def test_tails_are_those_of_weighted_prior_draws(session, found):
    for claim in session.base.case.claims:
        left_out = {c.id for c in session.base.case.claims if c.origin == claim.origin}
        expected, error = weighted_tail(session, claim.id, left_out)
        row = found.sel(claim=claim.id)
        assert float(row["tail"]) == pytest.approx(expected, abs=4 * math.hypot(error, float(row["tail_mcse"])))
        assert float(row["tail_mcse"]) < 0.05
        assert error < 0.02


def test_a_source_is_held_against_those_it_shares_no_origin_with(session, found):
    """The smallest of two tails, doubled, both claims left out."""
    values = [weighted_tail(session, name, {"share", "upto"}) for name in ("share", "upto")]
    expected, error = min(values)
    assert float(found["source_tail"].sel(source="foe")) == pytest.approx(min(1.0, 2 * expected), abs=8 * error + 0.06)


def test_table_of_conflicts(session, found):
    assert list(found["claim"].to_numpy()) == [c.id for c in session.base.case.claims]
    assert list(found["source"].to_numpy()) == ["own", "foe"]
    assert found["tail_holm"].to_numpy() == pytest.approx(holm(found["tail"].to_numpy()))
    assert np.isfinite(found["tail"]).all()
    assert found["source_tail_holm"].to_numpy() == pytest.approx(holm(found["source_tail"].to_numpy()))


VOICES = """
[sources.{0}]
grade = "C"
relations = {{ north = "third_party_state" }}
"""


def chorus_session(folder, engine, figures):
    """Each voice says one figure of those killed in the north, on a day of its own: else one would repeat another."""
    forces = CHORUS[: CHORUS.index("[forces.east]")]
    voices = "".join(VOICES.format(name) for name in figures)
    claims = [
        f"{n}; {n}; north.killed; {said}; 2024-01-01; 2024-12-{31 - i}; {origin}; 2"
        for i, (n, (said, origin)) in enumerate(figures.items())
    ]
    return Session(make_case(folder, forces + voices + GATE, claims), SETTINGS, engine=engine)


@pytest.fixture(scope="module")
def outlier(compiled, tmp_path_factory):
    figures = {"a": 1_200, "b": 1_800, "c": 1_550, "d": 1_700, "e": 90_000, "f": 95_000}
    origins = {"e": "rumour", "f": "rumour"}
    said = {n: (f"exactly {x:,}", origins.get(n, "")) for n, x in figures.items()}
    return conflict(chorus_session(tmp_path_factory.mktemp("outlier"), compiled, said))


@pytest.mark.long
def test_planted_outlier_is_found(outlier):
    """Two claims of one origin do not vouch for each other."""
    for name in "ef":
        assert float(outlier["tail_holm"].sel(claim=name)) < 0.01
        assert float(outlier["source_tail_holm"].sel(source=name)) < 0.01


def test_agreeing_claims_are_not_in_conflict(outlier):
    for name in "abcd":
        assert float(outlier["tail_holm"].sel(claim=name)) > 0.3
        assert float(outlier["source_tail_holm"].sel(source=name)) > 0.3


def test_nothing_else_to_contradict(compiled, tmp_path):
    """All claims go back to one origin: no claim, and no source, has a tail."""
    said = {"a": ("exactly 1,200", "wire"), "b": ("about 5,000", "wire")}
    found = conflict(chorus_session(tmp_path, compiled, said))
    assert found.sizes["claim"] == 2
    for name in ("tail", "tail_mcse", "tail_holm", "source_tail", "source_tail_holm"):
        assert np.isnan(found[name]).all(), name


# False alarms

SOUND = np.array([[0.0, -1000.0]])
"""Log probabilities that a report is sound, and that it is not."""


def simulated_tails(engine, case, n, seed, *, every=False):
    """Tails of claims simulated from the prior, the tested ones of the ordinary kind; one origin a time, or all."""
    whole, rng = build_tables(case), np.random.default_rng(seed)
    engine.set(whole)
    prior = engine.prior(n, seed)
    error = drawn_errors(whole.data | {"origin_log_probability": SOUND}, prior.z["z_noise"], rng)
    outputs, found = engine.outputs(prior), {}
    usual = engine.outputs(Draws(prior.z | {"origin_error": error}, {}))
    origins = list(dict.fromkeys(c.origin for c in case.claims))
    without = {o: {c.id for c in case.claims if c.origin == o} for o in origins}
    rests = {
        o: build_tables(apply_change(case, {"exclude": {"claims": sorted(ids)}}, "rest")) for o, ids in without.items()
    }
    for i in range(n):
        for origin in origins if every else [origins[i % len(origins)]]:
            said = {}
            for family in FAMILIES:
                one, sound = ({name: a[:, i : i + 1] for name, a in some.items()} for some in (outputs, usual))
                rest = redrawn(family, rng, whole, one, ordinary=False)[0, 0]
                tested = np.array([c.id in without[origin] for c in claims_of(whole.index, family.name)], dtype=bool)
                said[f"{family.name}_observed"] = np.where(tested, redrawn(family, rng, whole, sound)[0, 0], rest)
            tables = dataclasses.replace(rests[origin], data=rests[origin].data | said)
            engine.set(tables)
            draws = engine.sample(dataclasses.replace(SHORT, seed=seed + i))
            here = tails(engine, tables, draws)
            for name in without[origin]:
                found.setdefault(name, []).append(here[name][0])
    return found


SHARP = (
    "killed; own; north.killed; exactly 301; 2024-01-01; 2024-07-01; briefing; 2",
    "wounded; own; north.wounded; exactly 901; 2024-01-01; 2024-07-01; briefing; 3",
    "share; foe; north.casualties; 25%; 2024-01-01; 2024-07-01; ; 3",
    "upto; foe; north.casualties; up to 4,111; 2024-01-01; 2024-07-01; ; 3",
    "both; foe; north.killed:0.5 | north.casualties:0.5; exactly 1,501; 2024-01-01; 2024-07-01; ; 2",
)


def check(found, level=1e-3):
    """Tails of figures with narrow cells are even; as many are under 0.05 as should be."""
    values = np.concatenate([np.asarray(v) for v in found.values()])
    assert stats.binomtest(int(np.sum(values < 0.05)), len(values), 0.05).pvalue > level
    assert stats.binomtest(int(np.sum(values < 0.5)), len(values), 0.5).pvalue > level
    assert stats.kstest(values, "uniform").pvalue > level


@pytest.mark.long
def test_false_alarms_are_as_many_as_they_should_be(compiled, tmp_path):
    """Forty simulated cases (a first look)."""
    case = make_case(tmp_path, SKIRMISH.format(bins=ONE_BIN), SHARP)
    check(simulated_tails(compiled, case, 40, seed=20))


@pytest.mark.slow
def test_false_alarms_of_every_claim_are_as_many_as_they_should_be(compiled, tmp_path):
    case = make_case(tmp_path, SKIRMISH.format(bins=ONE_BIN), SHARP)
    found = simulated_tails(compiled, case, 400, seed=30, every=True)
    for name, values in found.items():
        check({name: values})
