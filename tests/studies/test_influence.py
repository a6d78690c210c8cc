"""Influence of sources, claims and priors, held against closed forms.

With noise of known size, sound claims, exact figures and a normal prior of the log the posterior is normal.
"""

import dataclasses
import math

import numpy as np
import pytest
from cases import CHORUS, FLAT, IN_COMMON, LINEAR, make_case
from scipy import stats

from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine, Settings
from truetoll.sampling.session import Session
from truetoll.studies.influence.ask import in_use, influence, leave_out, leaves_some, psense_by_role

MEDIAN, SD, Z95 = 1_500.0, 0.5, 1.6448536269514722
MU, OWN, SHARED, NOISE = 0.15, 0.4**2 + 0.3**2, 0.15**2 + 0.15**2, 0.3**2
TOTAL = f"{{ median = {MEDIAN!r}, low = {MEDIAN * math.exp(-Z95 * SD)!r}, high = {MEDIAN * math.exp(Z95 * SD)!r} }}"
FORCES = CHORUS[: CHORUS.index("[sources.a]")].replace(FLAT, TOTAL, 1)
FIGURES = {"a": 1_743, "b": 1_743, "c": 5_000}
SETTINGS = Settings(draws=1500, tune=200, seed=3)
NORTH = "north.killed"


def toml(names):
    sources = (f'[sources.{n}]\ngrade = "C"\nrelations = {{ north = "third_party_state" }}\n' for n in names)
    return FORCES + "".join(sources) + LINEAR + IN_COMMON


def claims(names):
    return [f"{n}; {n}; north.killed; exactly {FIGURES[n]:,}; 2024-01-01; 2024-12-31; ; 1" for n in names]


def posterior(names, losses=1.0, bias=1.0):
    """Mean and sd of the log of those killed, the priors being raised to these powers."""
    y = np.array([math.log(FIGURES[n]) - MU for n in names])
    n = len(y)
    covariance = (np.full((n, n), SHARED) + OWN * np.eye(n)) / bias + NOISE * np.eye(n)
    precision = np.linalg.inv(covariance) if n else np.zeros((0, 0))
    total = precision.sum() + losses / SD**2
    return (precision.sum(axis=0) @ y + losses / SD**2 * math.log(MEDIAN)) / total, 1 / math.sqrt(total)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """opened(names) -> a session of a case with these claims; the model is compiled once."""
    made, engine = {}, None

    def session(names):
        nonlocal engine
        if names not in made:
            case = make_case(tmp_path_factory.mktemp(names), toml(names), claims(names))
            engine = engine or Engine(build_tables(case))
            made[names] = Session(case, SETTINGS, engine=engine)
        return made[names]

    return session


@pytest.fixture(scope="module")
def three(opened):
    """Session, its influence, how often it sampled for it, and what was said meanwhile."""
    session, calls, said = opened("abc"), [], []
    sample = session.engine.sample
    session.engine.sample = lambda *args: calls.append(1) or sample(*args)
    found = influence(session, progress=lambda *args: said.append(args))
    session.engine.sample = sample
    return session, found, len(calls), said


def test_shifts_are_those_of_least_squares(three):
    found = three[1]
    whole, sd = posterior("abc")
    for name in "abc":
        expected = posterior("abc".replace(name, ""))[0] - whole
        for label in (f"source {name}", f"claim {name}"):
            row = found.sel(without=label, quantity=NORTH)
            error = float(row["mcse_log"])
            assert float(row["shift_log"]) == pytest.approx(expected, abs=4 * error)
            assert float(row["shift_sd"]) == pytest.approx(expected / sd, abs=4 * error / sd + 0.1 * abs(expected / sd))
            assert 0 < error < 0.03
    assert abs(posterior("ab")[0] - whole) > 0.15


def test_table_names_what_was_left_out(three):
    found = three[1]
    assert list(found["without"].to_numpy()) == [f"{kind} {n}" for kind in ("source", "claim") for n in "abc"]
    assert list(found["left_out"].to_numpy()) == [*"abc", *"abc"]
    assert list(found["kind"].to_numpy()) == ["source"] * 3 + ["claim"] * 3
    assert found["converged"].to_numpy().tolist() == [1] * 6
    assert found.attrs["skipped"] == ""


def test_same_claims_are_left_out_once(three):
    _, found, calls, said = three
    assert calls == 3
    assert [(done, of) for done, of, _ in said] == [(i, 6) for i in range(6)]
    assert str(said[3][2]) == "without claim a"
    same = found["shift_log"].to_numpy()
    assert (same[:3] == same[3:]).all()


def test_contraction_is_the_variance_that_claims_took_away(three):
    found = three[1]
    expected = 1.0 - posterior("abc")[1] ** 2 / SD**2
    assert float(found["contraction"].sel(quantity=NORTH)) == pytest.approx(expected, abs=0.04)
    assert float(found["contraction"].sel(quantity="east.killed")) == pytest.approx(0.0, abs=0.08)


def test_pass_through_is_the_weight_of_the_claims(three):
    """All biases raised by d lower the answer by d times the sum of the claims' weights."""
    found = three[1].sel(quantity=NORTH)
    expected = 1.0 - posterior("abc")[1] ** 2 / SD**2  # weights of claims and prior add up to one
    assert float(found["pass_through"]) == pytest.approx(expected, abs=4 * float(found["pass_through_mcse"]))


def test_a_claim_that_says_what_the_prior_says_changes_nothing(opened):
    found = influence(opened("ab"))
    shift, error = found["shift_log"].sel(quantity=NORTH), found["mcse_log"].sel(quantity=NORTH)
    assert (np.abs(shift) < 4 * error).all()
    assert (error < 0.03).all()


def test_the_last_claim_is_not_left_out(opened):
    session = opened("c")
    found = influence(session)
    assert found.sizes["without"] == 0
    assert found["shift_log"].shape == (0, found.sizes["quantity"])
    assert found.attrs["skipped"] == "source c, claim c"
    assert np.isfinite(found["contraction"].sel(quantity=NORTH))
    assert leave_out(session, {("source", "all"): frozenset("c")}) == {}


def test_only_claims_in_use_count(three):
    case = three[0].base.case
    unused = dataclasses.replace(case.claims[1], weight=0.0)
    case = dataclasses.replace(case, claims=(case.claims[0], unused, case.claims[2]))
    assert in_use(case) == {"a": frozenset("a"), "c": frozenset("c")}
    assert leaves_some(case, frozenset("a"))
    assert not leaves_some(case, frozenset("ac"))


# Power-scaling


def distance(mean, sd, n=6_000):
    """Cumulative Jensen-Shannon distance of this normal from the posterior, over the range of n draws."""
    a, b = posterior("abc")
    x = a + b * stats.norm.ppf((np.arange(n) + 0.5) / n)
    found = []
    for side in (1, -1):
        p, q = (stats.norm.cdf(side * (x - m) / s) for m, s in ((a, b), (mean, sd)))
        middle = 0.5 * (p + q)
        numerator = np.trapezoid(p * np.log2(p / middle) + q * np.log2(q / middle), x)
        found.append(math.sqrt(numerator / np.trapezoid(p + q, x)))
    return max(found)


@pytest.mark.parametrize("role", ["losses", "bias"])
def test_sensitivity_is_that_of_the_scaled_normal(three, role):
    """Mean of both slopes of the distance in log2 of the power."""
    low, high = (distance(*posterior("abc", **{role: power})) for power in (0.99, 1.01))
    expected = 0.5 * (high / math.log2(1.01) - low / math.log2(0.99))
    assert float(psense_by_role(three[0]).sel(quantity=NORTH, role=role)) == pytest.approx(expected, rel=0.2)
    assert expected > 0.02


def test_sensitivity_to_what_has_no_effect_is_nothing(three):
    """The spread of noise is 0 here, so its free variable moves nothing."""
    found = psense_by_role(three[0])
    assert list(found["role"].to_numpy()) == ["losses", "bias", "noise"]
    assert found.dims == ("quantity", "role")
    assert float(found.sel(quantity=NORTH, role="noise")) < 0.01


def test_sensitivity_to_what_is_not_there_is_missing(three):
    session = three[0]
    draws = dataclasses.replace(session.base.draws, z=session.base.draws.z | {"z_noise": np.zeros((4, 1500, 0))})
    base = dataclasses.replace(session.base, draws=draws)
    bare = type("Bare", (), {"base": base})()
    assert np.isnan(psense_by_role(bare).sel(role="noise")).all()
