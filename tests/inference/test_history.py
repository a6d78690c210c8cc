"""Reliability from history: the hierarchical model recovers what made-up history was made with."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from truetoll.claims.benchmark import CLASSES, DISCOUNT, RELATIONS, OldClaim, Target, Truth
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.inference.engine import Engine
from truetoll.inference.estimates import LOOSE, Estimates, estimate
from truetoll.inference.history import assemble_history, build_history

MU = {"own_side": -0.5, "adversary": 1.0, "observer_ngo": 0.0}
TAU, SHARED, SLANT, NOISE = 0.3, 0.15, 0.3, 0.4
LEXICON = read_lexicon("en")


def made_up(n, seed):
    """Targets whose soldiers' deaths three relations tell of as `MU` says; claims come in all forms."""
    rng = np.random.default_rng(seed)
    return [_target(i, rng) for i in range(n)]


def _target(i, rng):
    truth, common = math.exp(rng.uniform(4, 11)), SHARED * rng.normal()
    spread = math.hypot(TAU, SHARED, SLANT, NOISE)
    y = {r: math.log(truth) + mu + common + spread * rng.normal() for r, mu in MU.items()}
    said = tuple(_claim(f"c{i}-{r}", r, y[r], rng) for r in MU)
    return Target(f"case{i}", "army", "killed", "military", f"war{i}", Truth(truth, truth, truth, "A"), said)


def _claim(name, relation, y, rng):
    hedge = rng.integers(3)
    x = round(math.exp(y - (rng.exponential(0.3) if hedge == 1 else 0.0)))
    text = (f"about {x:,}", f"at least {x:,}", f"exactly {x:,}")[hedge]
    day = date(1950, 1, 1) + timedelta(days=int(rng.integers(300)))
    return OldClaim(name, 1, name, relation, read_figure(text, LEXICON), text, name, day, None, None, "score")


@pytest.fixture(scope="module")
def past():
    return build_history(made_up(40, 3))


@pytest.fixture(scope="module")
def engine(past):
    return Engine(past.tables, assemble_history)


@pytest.fixture(scope="module")
def found(past, engine):
    return estimate(engine, past, LOOSE)


def at(relation, victims="military"):
    return CLASSES.index(victims), RELATIONS.index(relation)


def test_what_history_was_made_with_is_recovered(found):
    assert found.converged
    for relation, mu in MU.items():
        assert found.mean["mu"][at(relation)] == pytest.approx(mu, abs=4 * found.sd["mu"][at(relation)])
        assert found.sd["mu"][at(relation)] < 0.15
        assert found.mean["tau"][at(relation)] == pytest.approx(TAU, abs=3.5 * found.sd["tau"][at(relation)])
    assert found.claims[at("adversary")] == found.cases[at("adversary")] == 40
    assert found.claims.sum() == 120


def test_what_nobody_spoke_of_is_its_prior(found):
    """Civilians: level 0 with sd 0.5, relations 0.5 apart, half as much again for the spread of that."""
    assert found.mean["mu"][at("media", "civilian")] == pytest.approx(0.0, abs=0.25)
    assert 0.5 < found.sd["mu"][at("media", "civilian")] < 1.0
    assert np.log(found.mean["kappa0"][1] / 0.5) == pytest.approx(0.5**2 / 2, abs=0.15)  # mean of that log-normal


def test_a_war_that_is_left_out_has_no_part(past, engine):
    """All adversaries of all wars but one say a hundred times the truth; without these wars they say what they said."""
    wild = [_adversary_says(target, 100 if i else 3) for i, target in enumerate(made_up(8, 5))]
    history = build_history(wild)
    whole = estimate(engine, history, LOOSE)
    rest = estimate(engine, history, LOOSE, tuple(f"war{i}" for i in range(1, 8)))
    cell = at("adversary")
    assert (whole.claims[cell], rest.claims[cell], rest.cases[cell]) == (8, 1, 1)
    assert whole.mean["mu"][cell] > 2.5
    assert rest.mean["mu"][cell] < 1.5


def _adversary_says(target, times):
    text = f"exactly {round(target.truth.best * times):,}"
    said = next(claim for claim in target.claims if claim.relation == "adversary")
    return replace(target, claims=(replace(said, text=text, figure=read_figure(text, LEXICON)),))


def test_one_institution_is_one_voice(past):
    """A source that speaks of killed and of wounded has one bias and two slants."""
    first = made_up(1, 1)[0]
    again = tuple(replace(claim, id=f"{claim.id}-wounded", origin=f"{claim.id}-wounded") for claim in first.claims)
    twice = build_history([first, replace(first, quantity="wounded", claims=again)])
    assert len(twice.tables.coords["voice_factor"]) == 3
    assert len(twice.tables.coords["voice_outcome"]) == 6
    assert len(twice.tables.coords["all_factor"]) == 1
    assert len(past.tables.coords["all_factor"]) == 40


# The table


def made(claims, mu, mu_sd, tau, tau_sd):
    grid = np.zeros((len(CLASSES), len(RELATIONS)))
    mean = {"mu": grid + mu, "tau": grid + tau, "kappa0": np.full(3, 0.2), "kappa": np.full(3, 0.1)}
    mean["between"] = np.full(3, 0.6)
    sd, counts = {"mu": grid + mu_sd, "tau": grid + tau_sd}, (grid + claims).astype(int)
    return Estimates(mean, sd, {}, {}, counts, counts, 1.0, 999.0, 0)


def test_the_table_has_the_mean_discounted_and_its_doubt_beside_the_spread():
    row = made(5, 1.0, 0.3, 0.4, 0.1).table()["bias"]["military"]["adversary"]
    assert row == pytest.approx({"mu": DISCOUNT, "mu_sd": 0.3, "tau": math.sqrt(0.4**2 + 0.1**2)})
    assert made(5, 1.0, 0.3, 0.4, 0.1).table(1.0)["bias"]["mixed"]["media"]["mu"] == 1.0
    assert made(5, 1.0, 0.3, 0.4, 0.1).table()["shared"]["civilian"] == {"kappa0": 0.2, "kappa": 0.1}


def test_a_relation_without_claims_is_like_third_parties_and_more_doubtful():
    row = made(0, 1.0, 0.3, 0.4, 0.1).table()["bias"]["military"]["analyst"]
    assert row == pytest.approx({"mu": DISCOUNT, "mu_sd": 0.6, "tau": math.sqrt(0.4**2 + 0.1**2)})
