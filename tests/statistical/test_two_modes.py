"""Posteriors of several modes: what is returned has the probabilities of quadrature by hand, or is refused."""

from dataclasses import dataclass

import numpy as np
import pytest
from cases import make_case
from scipy.special import ndtr
from scipy.stats import exponnorm, norm

from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.sampling.session import Session
from truetoll.studies.fit.ask import fit

HEAD = """
[case]
title = "Figures that exclude each other"
bins = [2024-01-01, 2024-12-31]

[forces.north]
victims = "military"
outcomes = ["killed"]
total = {{ median = {median}, low = {low}, high = {high} }}

[assumptions]
{assumptions}
"""
UNBIASED = """
shared.military = { kappa0 = 0.0, kappa = 0.0 }
bias.military.third_party_state = { mu = 0.0, tau = 0.0 }
slant.sd = 0.0
"""
ALL = "2024-01-01; 2024-12-31"
NOISE = {"A": 0.15, "C": 0.3}
SOUND = {2: 0.97, 4: 0.8}
LOG_SD, UNSOUND, MORE_THAN = 0.3, 1.5, 0.15
TOLERANCE = 0.1


@dataclass(frozen=True)
class Question:
    """Figures of one source each, a prior, and the loss below which a posterior is low."""

    figures: tuple[str, ...]
    median: float
    limit: float
    width: float = 10.0
    assumptions: str = UNBIASED
    grade: str = "A"
    credibility: int = 2

    def case(self, folder):
        prior = {"median": self.median, "low": self.median / self.width, "high": self.median * self.width}
        sources = "".join(
            f'[sources.s{i}]\ngrade = "{self.grade}"\nrelations = {{ north = "third_party_state" }}\n'
            for i in range(len(self.figures))
        )
        claims = (
            f"c{i}; s{i}; north.killed; {figure}; {ALL}; ; {self.credibility}" for i, figure in enumerate(self.figures)
        )
        return make_case(folder, HEAD.format(**prior, assumptions=self.assumptions) + sources, claims)


WIDE = """
shared.military = { kappa0 = 0.1, kappa = 0.1 }
bias.military.third_party_state = { mu = 0.1, tau = 0.2 }
slant.sd = 0.1
"""
QUESTIONS = {
    "one against one": Question(("exactly 1,000", "exactly 20,123"), 4_500, 4_500),
    "one of the two likelier": Question(("exactly 1,000", "exactly 20,123"), 2_400, 4_500),
    "biased": Question(("exactly 1,000", "exactly 20,123"), 4_500, 4_500, assumptions=WIDE),
    "two against two": Question(("1,000", "1,000", "10,000", "10,000"), 2_500, 3_200, assumptions=WIDE),
    "three clusters": Question(
        ("exactly 800", "exactly 820", "exactly 8,000", "exactly 60,000", "exactly 62,000"), 1_000, 2_500
    ),
    "hedged": Question(("more than 20,000", "exactly 1,000"), 4_500, 4_500),
}


def probability_of_low(question, case, tables):
    """P(loss < limit) by quadrature over the log loss, the scale of the case, the bias that all share, and noises."""
    prior_sd = np.log(question.width) / norm.ppf(0.95)
    spread = tables.data["distortion_map"][1 : 1 + len(question.figures)]
    covariance = spread @ spread.T
    common, own = covariance[0, 1], covariance[0, 0] - covariance[0, 1]
    mean = tables.data["distortion_mean"][1]
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    loss = np.log(question.median) + prior_sd * np.linspace(-5, 5, 1001)  # steps of a tenth of the least noise
    log_loss, shared = loss[:, None, None], np.sqrt(common) * nodes[:, None]
    sigma = NOISE[question.grade] * np.exp(LOG_SD * nodes)
    whole = np.zeros(len(loss))
    for scale, weight in zip(np.exp(case.reliability.disagreement.log_sd * nodes), weights, strict=True):
        likelihood = np.ones((len(loss), len(nodes)))
        for claim in case.claims:
            edges = np.log([claim.figure.low, claim.figure.high])
            level, usual = log_loss + mean + scale * shared, scale**2 * (own + sigma**2)
            masses = (
                p * mass(claim.figure.form, edges, level, np.sqrt(usual + extra**2))
                for p, extra in ((SOUND[question.credibility], 0.0), (1 - SOUND[question.credibility], UNSOUND))
            )
            likelihood *= sum(masses) @ weights / weights.sum()
        whole += weight * (likelihood @ weights)
    posterior = norm.pdf(loss, np.log(question.median), prior_sd) * whole
    return float(posterior[loss < np.log(question.limit)].sum() / posterior.sum())


def mass(form, edges, m, s):
    """Of a cell, around what is believed."""
    if form == "at least":  # what is said lies below what is believed, by an exponential
        below = [exponnorm.sf(-edge, MORE_THAN / s, loc=-m, scale=s) for edge in edges]
    else:
        below = [ndtr((edge - m) / s) for edge in edges]
    return below[1] - below[0]


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Every question as (case, exact probability), and one engine."""
    found, engine = {}, None
    for name, question in QUESTIONS.items():
        case = question.case(tmp_path_factory.mktemp("case"))
        tables = build_tables(case)
        engine = engine or Engine(tables)
        found[name] = case, probability_of_low(question, case, tables), question.limit
    return engine, found


def answered(asked, name, seed):
    """Whether a seed passes the gate, and by how much its probability is off."""
    engine, found = asked
    case, exact, limit = found[name]
    tree = fit(case, engine=engine, seed=seed)
    low = float((tree["posterior"]["amount"][..., 0] < limit).mean())
    print(name, seed, exact, low, {k: tree.attrs[k] for k in ("converged", "rhat_max", "ess_min", "divergences")})
    return bool(tree.attrs["converged"]), low - exact


@pytest.mark.parametrize("name", ["one against one", pytest.param("two against two", marks=pytest.mark.long), "hedged"])
def test_what_passes_has_the_right_probability(asked, name):
    passed, off = answered(asked, name, 1)
    assert passed
    assert abs(off) < TOLERANCE


def test_a_refit_leaves_the_mode_of_its_base(asked, tmp_path):
    """A base whose claims agree on one end; in the scenario one of them says what lies at the other."""
    engine, found = asked
    base = Question(("exactly 1,000", "exactly 1,010"), 4_500, 4_500).case(tmp_path)
    case, exact, limit = found["one against one"]
    refit = Session(base, engine=engine).refit(case)
    assert refit.checks["converged"]
    low = (refit.posterior["amount"][..., 0] < limit).mean()
    assert float(low) == pytest.approx(exact, abs=TOLERANCE)


def test_questions_are_open(asked):
    """Else a fit that sits in one mode would pass."""
    exact = {name: p for name, (_, p, _) in asked[1].items()}
    assert all(0.15 < p < 0.85 for p in exact.values()), exact


@pytest.mark.slow
@pytest.mark.parametrize("name", QUESTIONS)
def test_ten_seeds_pass_with_the_right_probability(asked, name):
    answers = [answered(asked, name, seed) for seed in range(1, 11)]
    off = np.array([error for passed, error in answers if passed])
    assert len(off) == len(answers)
    assert np.max(np.abs(off)) < TOLERANCE
    assert abs(off.mean()) < 4 * 0.025 / np.sqrt(len(off))
