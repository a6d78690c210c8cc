"""A hindcast as it runs: targets answered by the ordinary model, without the war they belong to."""

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from truetoll.benchmark import OldClaim, Target, Truth, case_of, read_benchmark
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.model.tables import build_tables
from truetoll.runner.errors import FailedItems
from truetoll.runner.pool import whole
from truetoll.sampling.engine import Engine, Settings
from truetoll.studies.hindcast.ask import hindcast, zero_centred
from truetoll.studies.hindcast.read import hindcast_score
from truetoll.studies.hindcast.records import hindcast_from
from truetoll.studies.hindcast.targets import Question, Trial

SHIPPED = Path(__file__).parents[2] / "data" / "hindcast"
DAY = date(1950, 1, 1)
ESTIMATING = Settings(draws=100, tune=150, chains=2)
"""Of what is left out of each estimate, whatever it comes to."""


@pytest.fixture(scope="module")
def benchmark():
    return read_benchmark(SHIPPED)


@pytest.fixture(scope="module")
def engine(benchmark):
    return Engine(build_tables(case_of(benchmark.scored[0])))


def pick(benchmark, *cases):
    return benchmark.only(target for target in benchmark.scored if target.case in cases)


def test_one_sound_claim_is_answered_in_closed_form(benchmark, engine):
    """A number that is surely sound, of known noise: log truth is N(log x - mu, all variances added up)."""
    (target,) = pick(benchmark, "korea50").scored
    assumptions = {
        "noise": {"log_sd": 0.0, "access": {"remote": 0.3}},
        "disagreement": {"log_sd": 0.0},
        "access": {"tau": {"records": 1.0, "site": 1.0, "remote": 1.0}},
        "soundness": {"credibility": {"6": 1.0}},
        "slant": {"sd": 0.2},
        "bias": {"military": {"adversary": {"mu": 0.7, "tau": 0.3}}},
        "shared": {"military": {"kappa0": 0.1, "kappa": 0.1}},
    }
    answer = Trial("d", Settings(draws=2000, tune=300)).follower(2, engine).read(Question(target, assumptions), whole)
    sd = math.sqrt(0.3**2 + 0.2**2 + 0.3**2 + 2 * 0.1**2)
    low, high = math.log(target.claims[0].figure.low), math.log(target.claims[0].figure.high)
    assert answer.log_amount.mean() == pytest.approx(0.5 * (low + high) - 0.7, abs=4 * sd / math.sqrt(answer.ess))
    assert answer.log_amount.std() == pytest.approx(math.hypot(sd, (high - low) / math.sqrt(12)), rel=0.08)
    assert answer.converged
    assert answer.n_claims == 1


@pytest.mark.parametrize("kind", ["list", "famous"])
def test_a_famous_dispute_is_spread_wider_by_the_factors_of_the_table(benchmark, engine, kind):
    """Noise, the spread of voices and the bias that all have in common are each multiplied, and nothing else is."""
    (target,) = pick(benchmark, "korea50").scored
    frame = {"kind": kind, "tau": 2.0, "noise": 3.0, "kappa0": 4.0}
    times = dict.fromkeys(frame, 1.0) if kind == "list" else frame
    assumptions = {
        "noise": {"log_sd": 0.0, "access": {"remote": 0.1}},
        "disagreement": {"log_sd": 0.0},
        "frame": frame,
        "soundness": {"credibility": {"6": 1.0}},
        "slant": {"sd": 0.1},
        "bias": {"military": {"adversary": {"mu": 0.7, "tau": 0.2}}},
        "shared": {"military": {"kappa0": 0.1, "kappa": 0.15}},
    }
    answer = Trial("d", Settings(draws=2000, tune=300)).follower(2, engine).read(Question(target, assumptions), whole)
    own = (0.2 * times["tau"], 0.1 * times["noise"], 0.1 * times["kappa0"])
    low, high = math.log(target.claims[0].figure.low), math.log(target.claims[0].figure.high)
    sd = math.hypot(*own, 0.1, 0.15, (high - low) / math.sqrt(12))
    assert answer.log_amount.std() == pytest.approx(sd, rel=0.05)
    assert answer.log_amount.mean() == pytest.approx(0.5 * (low + high) - 0.7, abs=4 * sd / math.sqrt(answer.ess))


@pytest.mark.parametrize("frame", ["list", "famous"])
def test_a_target_is_answered_as_what_it_is(benchmark, engine, frame):
    """The same loss is answered with the wider spreads if it was chosen for its fame."""
    (target,) = pick(benchmark, "korea50").scored
    asked = replace(benchmark, targets=(replace(target, frame=frame),))
    answer = hindcast(asked, baselines=False, engine=engine, seed=2).answers["model"][0]
    same, other = (
        Trial("d", Settings(seed=2)).follower(1, engine).read(Question(target, {"frame": {"kind": each}}), whole)
        for each in (frame, "list" if frame == "famous" else "famous")
    )
    assert answer.log_amount.std() == pytest.approx(same.log_amount.std(), rel=0.02)
    assert abs(answer.log_amount.std() / other.log_amount.std() - 1.0) > 0.04


ALONE = {
    "noise": {"log_sd": 0.0, "access": {"remote": 0.3}},
    "soundness": {"credibility": {"6": 1.0}},
    "slant": {"sd": 0.0},
    "bias": {"military": {"media": {"mu": 0.0, "tau": 0.3}}},
    "shared": {"military": {"kappa0": 0.0, "kappa": 0.0}},
    "disagreement": {"log_sd": 0.6},
}


@pytest.mark.parametrize("figures", [(1000,), (990, 1010), (300, 3000)])
def test_the_scale_of_a_case_is_what_quadrature_makes_of_its_disagreement(engine, figures):
    """Figures of media that are apart make the interval wide, figures that agree make it narrow."""
    lexicon = read_lexicon("en")
    said = tuple(
        OldClaim(
            f"c{i}",
            i,
            f"s{i}",
            "media",
            read_figure(f"exactly {x}", lexicon),
            f"exactly {x}",
            f"c{i}",
            DAY,
            None,
            None,
            "score",
        )
        for i, x in enumerate(figures)
    )
    target = Target("made", "army", "killed", "military", "war", Truth(1e3, 1e3, 1e3, "A"), said)
    answer = Trial("e", Settings(draws=1000, tune=500)).follower(2, engine).read(Question(target, ALONE), whole)
    log, v = np.log(figures), 0.3**2 + 0.3**2
    s = np.linspace(-4, 4, 2001)[:, None] * 0.6
    weight = np.exp(-0.5 * (s / 0.6) ** 2)
    if len(log) > 1:
        weight = weight * stats.norm.pdf(log[0] - log[1], 0.0, np.exp(s) * math.sqrt(2 * v))
    weight /= weight.sum()
    grid = np.linspace(-6, 6, 4001)
    below = (weight * stats.norm.cdf(grid / (np.exp(s) * math.sqrt(v / len(log))))).sum(axis=0)
    for p in (0.05, 0.25, 0.75, 0.95):
        exact = log.mean() + np.interp(p, below, grid)
        drawn = np.mean(answer.log_amount < exact)
        assert drawn == pytest.approx(p, abs=4 * math.sqrt(p * (1 - p) / min(answer.ess, len(answer.log_amount))))


@pytest.mark.long
def test_each_target_is_answered_without_its_own_war(benchmark, engine):
    """Two wars are left: the estimate for one must not know what its own claims say."""
    some = pick(benchmark, "winterwar", "korea50", "sinoviet79", "georgia08")
    told = []
    found = hindcast(
        some,
        leave_one_war_out=True,
        estimating=ESTIMATING,
        settings=Settings(draws=300, tune=300),
        engine=engine,
        progress=lambda *at: told.append(at),
    )
    assert set(found.estimates) == set(some.wars)
    assert set(found.answers) == {"model", "zero_centred"}
    for war, estimate in found.estimates.items():
        others = sum(len(case_of(target).claims) for target in some.scored if target.war != war)
        assert estimate.claims.sum() <= others
        assert estimate.claims.sum() > 0
    assert str(told[0][2]) == "all wars"
    assert len(found.answers["model"]) == len(some.scored)


def test_relations_move_the_answer(benchmark, engine):
    (target,) = pick(benchmark, "korea50").scored
    some = benchmark.only([target])
    plain = hindcast(some, engine=engine, baselines=False)
    assert list(plain.answers) == ["model"]
    assert not plain.held_out
    assert plain.estimates == {}
    zero = hindcast(some, engine=engine).answers["zero_centred"][0]
    assert np.median(zero.log_amount) > np.median(plain.answers["model"][0].log_amount)  # an adversary's figure


@pytest.mark.slow
def test_the_shipped_benchmark_without_its_own_wars(benchmark, engine):
    """The whole score, as the stored one: what was asked of it, and that it can be made again."""
    stored = hindcast_from(json.loads((SHIPPED / "score.json").read_text(encoding="utf-8")))
    found = hindcast_score(hindcast(benchmark, leave_one_war_out=True, engine=engine, seed=4))
    several = found.two_or_more
    assert 0.85 <= several.coverage["90"] <= 0.96
    assert 0.40 <= several.coverage["50"] <= 0.60
    assert several.median_abs_log_error <= 0.42
    assert several.crps_log == pytest.approx(stored.two_or_more.crps_log, abs=0.015)
    assert min(b.gain for b in found.baselines) > 0
    assert found.seconds < 900


def test_a_model_without_relations_has_none():
    table = zero_centred()
    assert {row["mu"] for rows in table["bias"].values() for row in rows.values()} == {0.0}
    assert {k for each in table["shared"].values() for k in each.values()} == {0.0}


def test_what_fails_is_told_by_name(benchmark, engine, monkeypatch):
    def broken(target, assumptions):
        raise FloatingPointError("made up")

    monkeypatch.setattr("truetoll.studies.hindcast.targets.case_of", broken)
    with pytest.raises(FailedItems, match="made up"):
        hindcast(pick(benchmark, "korea50"), engine=engine, baselines=False)


def test_answers_do_not_hang_on_how_many_are_made_at_a_time(benchmark, engine):
    some = pick(benchmark, "korea50", "winterwar", "sinoviet79")
    one, two = (hindcast(some, engine=engine, baselines=False, cores=cores).answers["model"] for cores in (1, 2))
    assert len(one) > 3
    assert all(np.array_equal(a.log_amount, b.log_amount) for a, b in zip(one, two, strict=True))
    assert [replace(a, log_amount=0) for a in one] == [replace(b, log_amount=0) for b in two]


def test_seeds_and_settings_are_those_asked_for(benchmark, engine):
    some = pick(benchmark, "korea50")
    one, again, other = (
        hindcast(some, engine=engine, baselines=False, seed=seed).answers["model"][0].log_amount for seed in (1, 1, 2)
    )
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
