"""Reliability from history: what made-up history was made with is recovered, and the table says what it rests on."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from truetoll.benchmark import CLASSES, RELATIONS, Benchmark, OldClaim, Target, Truth
from truetoll.claims.reliability import judged_hedges
from truetoll.claims.schema import ACCESSES
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.sampling.samplers import Settings
from truetoll.studies.hindcast.ask import estimate
from truetoll.studies.hindcast.targets import Archive

MU = {"own_side": -0.5, "adversary": 1.0, "observer_ngo": 0.0}
TAU, SHARED, SLANT, NOISE, SCALE = 0.25, 0.15, 0.3, 0.25, 0.5
ACCESS = {"own_side": "records", "adversary": "remote", "observer_ngo": "site"}
WIDER = {"records": 1.0, "site": 1.0, "remote": 2.0}
LEXICON = read_lexicon("en")
QUICK = Settings(draws=400, tune=300, chains=2, seed=2, accept=0.8)
SHORT = Settings(draws=100, tune=200, chains=2, seed=2, accept=0.8)
"""Of a difference far larger than its Monte Carlo error."""


def made_up(n, seed):
    """Targets whose soldiers' deaths three relations tell of as `MU` says, each case with a scale of its own."""
    rng = np.random.default_rng(seed)
    return [_target(i, rng) for i in range(n)]


def _target(i, rng, wider=1.0):
    truth, scale = math.exp(rng.uniform(5, 11)), math.exp(SCALE * rng.normal())
    common = scale * SHARED * rng.normal()
    said = tuple(_claim(f"c{i}-{r}", r, math.log(truth) + mu + common, scale, rng, wider) for r, mu in MU.items())
    return Target(f"case{i}", "army", "killed", "military", f"war{i}", Truth(truth, truth, truth, "A"), said)


def _claim(name, relation, mean, scale, rng, wider):
    access = ACCESS[relation]
    sd = math.hypot(wider * TAU * WIDER[access], wider * NOISE, SHARED, SLANT)
    text = f"exactly {round(math.exp(mean + scale * sd * rng.normal())):,}"
    day = date(1950, 1, 1) + timedelta(days=int(rng.integers(300)))
    figure = read_figure(text, LEXICON)
    line = list(MU).index(relation)
    return OldClaim(name, line, name, relation, figure, text, name, day, None, None, "score", access)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return estimate(Benchmark(tmp_path_factory.mktemp("made"), tuple(made_up(90, 3)), ()), QUICK)


def at(relation, victims="military"):
    return CLASSES.index(victims), RELATIONS.index(relation)


def test_what_history_was_made_with_is_recovered(found):
    assert found.converged
    for relation, mu in MU.items():
        assert found.mean["mu"][at(relation)] == pytest.approx(mu, abs=4 * found.sd["mu"][at(relation)])
        assert found.sd["mu"][at(relation)] < 0.15
    assert found.mean["disagreement"] == pytest.approx(SCALE, abs=3 * found.sd["disagreement"])
    assert found.sd["disagreement"] < 0.2
    remote = ACCESSES.index("remote")
    assert found.mean["spread"][0] == pytest.approx(1.0, rel=1e-9)
    assert found.low["spread"][remote] < 2.0 < found.high["spread"][remote]
    assert found.mean["unsound"].max() < 0.1


def test_it_says_what_it_rests_on(found):
    assert found.claims[at("adversary")] == found.losses[at("adversary")] == found.wars[at("adversary")] == 90
    assert found.claims.sum() == 270


def test_what_nobody_spoke_of_has_the_mean_of_its_class_and_more_doubt(found):
    row = found.table()["bias"]["military"]
    class_mean = np.mean([found.mean["mu"][at(relation)] for relation in MU])
    assert row["analyst"]["mu"] == pytest.approx(0.5 * class_mean, abs=0.35)  # shrunk to no bias
    assert row["analyst"]["mu_sd"] > 3 * row["adversary"]["mu_sd"]
    assert row["analyst"]["tau"] > row["own_side"]["tau"]


def test_the_table_has_root_mean_squares(found):
    table = found.table()
    assert table["disagreement"]["log_sd"] == pytest.approx(
        math.hypot(found.mean["disagreement"], found.sd["disagreement"])
    )
    assert table["bias"]["military"]["adversary"]["mu_sd"] == found.sd["mu"][at("adversary")]


FAMOUS = 1.6


def test_how_much_wider_errors_of_famous_disputes_are_is_recovered(tmp_path):
    """Half the cases are famous: their voices and noise are spread wider. An ordinary case has what the others have."""
    rng = np.random.default_rng(11)
    targets = [_target(i, rng) if i % 2 else replace(_target(i, rng, FAMOUS), frame="famous") for i in range(160)]
    both = estimate(Benchmark(tmp_path, tuple(targets), ()), QUICK)
    row, noise, frame = both.mean["tau"][at("own_side")], both.mean["noise"][0], both.mean["frame"]
    assert math.hypot(row, noise) == pytest.approx(math.hypot(TAU, NOISE), rel=0.2)
    assert math.hypot(row * frame[0], noise * frame[1]) == pytest.approx(FAMOUS * math.hypot(TAU, NOISE), rel=0.2)
    assert (both.low["frame"][:2] < FAMOUS).all()
    assert (both.high["frame"][:2] > FAMOUS).all()
    assert both.table()["frame"] == pytest.approx(dict(zip(("tau", "noise", "kappa0"), frame, strict=True)))


def test_without_famous_disputes_nothing_is_known_of_them(found):
    """A spread is not multiplied where nobody can say by what."""
    assert found.low["frame"] == pytest.approx(np.ones(3))
    assert found.high["frame"] == pytest.approx(np.ones(3))


HEDGED = {"at least": -0.1, "up to": 0.6, "more than": -0.1}


def test_how_far_hedged_figures_lie_from_what_is_believed_is_recovered(tmp_path):
    """No past figure says "fewer than": it is "more than" turned round."""
    rng = np.random.default_rng(8)
    targets = [_with_hedges(target, rng) for target in made_up(120, 8)]
    hedge = estimate(Benchmark(tmp_path, tuple(targets), ()), QUICK)
    names = list(hedge.table()["hedge"])
    for words, gap in HEDGED.items():
        i = names.index(words.replace(" ", "_"))
        assert hedge.mean["hedge"][i] == pytest.approx(abs(gap), abs=3.5 * hedge.sd["hedge"][i])
        assert hedge.sd["hedge"][i] < 0.12
    assert hedge.table()["hedge"]["fewer_than"] == hedge.table()["hedge"]["more_than"]


def test_a_hedge_of_which_history_tells_nothing_stays_as_judged(found):
    told = found.table()["hedge"]
    assert told == pytest.approx(judged_hedges(), rel=1e-9)


def _with_hedges(target, rng):
    return replace(target, claims=tuple(_hedged(claim, rng) for claim in target.claims))


def _hedged(claim, rng):
    """Half the claims with a hedge: their figure lies that far, on average, from what their source believes."""
    words = str(rng.choice(["exactly"] * 3 + list(HEDGED)))
    if words == "exactly":
        return claim
    value = claim.figure.value * math.exp(HEDGED[words] * rng.exponential())
    text = f"{words} {round(value):,}"
    return replace(claim, text=text, figure=read_figure(text, LEXICON))


def test_a_war_that_is_left_out_has_no_part(tmp_path):
    """Adversaries of one war say six times as much as those of the other; without it they say what they say there."""
    wild = tuple(_adversary_says(target, 6 if i % 2 else 1) for i, target in enumerate(made_up(12, 5)))
    wild = tuple(replace(target, war="wild" if i % 2 else "calm") for i, target in enumerate(wild))
    archivist = Archive(Benchmark(tmp_path, wild, ()), SHORT).follower(2)
    effect = {
        war: archivist.model.effect(archivist.read(war, lambda drawn: drawn.z), "relation")["military:adversary"].mean()
        for war in ("", "wild")
    }
    assert effect[""] > effect["wild"] + 0.4


def _adversary_says(target, times):
    said = next(claim for claim in target.claims if claim.relation == "adversary")
    text = f"exactly {round(said.figure.value * times):,}"
    return replace(target, claims=(replace(said, text=text, figure=read_figure(text, LEXICON)),))
