"""Answers about a run whose every answer is known beforehand."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from importlib.resources import files

import jsonschema
import madeup
import numpy as np
import pytest
import xarray as xr
from saying import said as in_english

from truetoll.answers import words
from truetoll.answers.ledger import Ledger
from truetoll.answers.looking import looked_at
from truetoll.answers.records import little_learned
from truetoll.claims.schema import Aside
from truetoll.render.words import Words
from truetoll.studies.fit.read import pass_through, summarise

NUMBER = {"type": "number"}
SCHEMA = {
    "type": "object",
    "required": ["case", "scenario", "converged", "diagnostics", "quantities", "sources", "claims", "notices"],
    "properties": {
        "case": {"type": "string"},
        "converged": {"type": "boolean"},
        "diagnostics": {
            "type": "object",
            "properties": {"rhat_max": NUMBER, "ess_min": NUMBER, "divergences": {"type": "integer"}},
            "required": ["rhat_max", "ess_min", "divergences"],
            "additionalProperties": False,
        },
        "quantities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "as_of", "unit", "median", "mean", "sd", "interval", "prior", "pass_through"],
                "properties": {
                    "as_of": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
                    "median": NUMBER,
                    "interval": {"type": "object", "required": ["mass", "low", "high"], "additionalProperties": NUMBER},
                    "prior": {"type": "object", "required": ["median", "low", "high"], "additionalProperties": NUMBER},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def run():
    return madeup.tree()


@pytest.fixture(scope="module")
def summary(run):
    return summarise(run)


def test_pass_through_is_that_of_the_fit(run):
    assert pass_through(run, "north.killed") == (madeup.PASS_THROUGH, 0.02)
    assert pass_through(run, "north.wounded")[0] == 0.0


def test_without_voices_there_is_no_pass_through(run):
    other = run.copy()
    other["constant_data"] = xr.DataTree(madeup.rests_on(*[float("nan")] * 4))
    assert pass_through(other, "north.killed") == (None, None)


def test_quantities_are_those_of_the_draws(run, summary):
    killed, before = (run[g]["amount"].sel(quantity="north.killed").to_numpy() for g in ("posterior", "prior"))
    q = summary.quantities[0]
    assert (q.median, q.mean) == (np.median(killed), killed.mean())
    assert [q.interval.low, q.interval.high] == pytest.approx(np.quantile(killed, [0.05, 0.95]))
    assert [q.prior.low, q.prior.high] == pytest.approx(np.quantile(before, [0.05, 0.95]))
    assert q.contraction == pytest.approx(1 - np.log(killed).var() / np.log(before).var())
    assert 0 < q.width_ratio < 1
    assert 0 < q.mcse_median < q.sd / 10


def test_thresholds_are_counted(run, summary):
    killed = run["posterior"]["amount"].sel(quantity="north.killed").to_numpy()
    (t,) = summary.quantities[0].thresholds
    assert (t.value, t.probability) == (1000.0, (killed > 1000).mean())
    assert 0.005 < t.mcse < 0.02


def test_a_quantity_that_does_not_vary_is_no_accident():
    still = madeup.tree()
    for group in ("posterior", "prior"):
        still[group]["amount"][..., -1] = 10_000.0
    strength = summarise(still).quantities[-1]
    assert (strength.median, strength.sd, strength.mcse_median) == (10_000.0, 0.0, 0.0)
    assert (strength.contraction, strength.width_ratio) == (0.0, 1.0)


def test_tail_is_a_mid_p(summary):
    tails = {c.id: c.tail for c in summary.claims}
    assert tails["first"] == pytest.approx(2 * (0.1 + 0.2 / 2))
    assert tails["most"] == pytest.approx(0.2 / 2)


def test_what_a_claim_counts(run, summary):
    true = {c.id: c.true for c in summary.claims}
    killed = run["posterior"]["amount"].sel(quantity="north.killed").to_numpy()
    casualties = run["posterior"]["amount"].sel(quantity="north.casualties").to_numpy()
    assert true["first"].median == pytest.approx(np.median(killed))
    assert true["half"].median == pytest.approx(0.75 * np.median(killed))
    assert true["share"].median == pytest.approx(np.median(casualties) / 10_000)


def test_readings_are_mixed_by_their_probability(run):
    case = madeup.case()
    found = looked_at(Ledger(run["posterior"].dataset, case), case.claims[3])
    assert found.draws.shape == (2, madeup.CHAINS * madeup.DRAWS)
    killed, casualties = found.draws
    middle = found.quantiles([0.5])[0]
    assert 0.7 * (killed < middle).mean() + 0.3 * (casualties < middle).mean() == pytest.approx(0.5, abs=0.001)


def test_what_a_source_would_say(summary):
    said = {c.id: c.said for c in summary.claims}
    assert said["most"] is None
    ratio = 1100 / 900
    assert 900 * ratio**2 <= said["first"].median <= 900 * ratio**3
    assert 900 / ratio <= said["first"].low <= 900


def test_sources_are_told_as_factors(summary):
    mod, ngo = summary.sources
    assert mod.bias_posterior.median == pytest.approx(2.0, rel=0.05)
    assert (mod.claims, ngo.claims, ngo.name) == (3, 2, "ngo")
    assert mod.sigma_posterior.median == 0.25


def test_to_dict_is_json_of_the_shape_promised(summary):
    told = summary.to_dict()
    jsonschema.validate(told, SCHEMA)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert list(told["quantities"][0]["interval"]) == ["mass", "low", "high"]


def test_numbers_that_are_none_are_null(run):
    other = run.copy()
    other.attrs = run.attrs | {"rhat_max": float("nan"), "converged": 0}
    assert summarise(other).to_dict()["diagnostics"]["rhat_max"] is None


def test_without_convergence_there_is_nothing_to_quote():
    summary = summarise(madeup.tree(converged=0))
    told = summary.to_dict()
    assert (told["converged"], told["quantities"]) == (False, [])
    assert {c.tail for c in summary.claims} | {c.true for c in summary.claims} == {None}
    assert {s.bias_posterior for s in summary.sources} == {None}
    assert "did not converge" in in_english(summary.notices)[0]


def test_few_origins_are_said():
    few = madeup.CLAIMS[:2]
    text = " ".join(in_english(summarise(madeup.tree(claims=few)).notices))
    assert "2 origins: the answer is arithmetic on the priors" in text
    assert "arithmetic" not in " ".join(in_english(summarise(madeup.tree()).notices))


def test_claims_set_aside_are_no_origin():
    aside = [replace(c, weight=0.0, set_aside=Aside("excluded")) for c in madeup.CLAIMS[2:]]
    assert summarise(madeup.tree(claims=madeup.CLAIMS[:2] + aside)).origins == 2


def test_window_is_open_at_its_start(run):
    ledger = Ledger(run["posterior"].dataset, madeup.case())
    assert list(ledger.weights(date(2024, 1, 1), date(2024, 1, 31))) == [1.0, 1.0]
    assert list(ledger.weights(date(2024, 1, 6), date(2024, 1, 21))) == [0.5, 0.5]


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (552.37, "550"),
        (2955, "3,000"),
        (0.0409, "0.041"),
        (9.96, "10"),
        (0.996, "1.0"),
        (1.15, "1.1"),
        (123456, "120,000"),
        (0, "0"),
        (None, "-"),
        (float("inf"), "-"),
    ],
)
def test_two_digits(x, text):
    assert words.two_digits(x) == text


@pytest.mark.parametrize(
    ("p", "then"), [(0.74, "7 % lower"), (-0.5, "5 % higher"), (0.01, "changes by less than 1 %"), (1.0, "9 % lower")]
)
def test_sentence(p, then):
    said = str(words.pass_through_sentence("killed", p))
    assert said.startswith("If all sources exaggerate 10 % more than assumed, killed ")
    assert then in said


def test_verdict_tells_a_prior_from_an_anchor():
    assert "losses prior" in str(words.verdict(0.1, 0.1))
    assert "floor" in str(words.verdict(0.1, 0.9))
    assert "assumed of the sources (reliability priors)" in str(words.verdict(0.95, 0.9))
    assert "partly" in str(words.verdict(0.5, 0.9))


def test_answers_need_no_pymc():
    code = "import sys, truetoll.studies.fit.read; print({'pymc', 'pytensor'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


@pytest.mark.parametrize(
    ("x", "said"),
    [(0.2, "under 1"), (0.91, "1"), (6.1, "6"), (9.4, "9"), (9.7, "10"), (34.2, "34"), (552.4, "550"), (None, "-")],
)
def test_persons_are_whole(x, said):
    assert words.whole(x) == said


def test_a_quantity_is_marked_where_the_claims_left_the_prior_as_it_was(run):
    q = summarise(run).quantities[0]
    assert little_learned(replace(q, contraction=0.1))
    assert not little_learned(replace(q, contraction=0.8))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", ["fit", "show"])
def test_the_examples_of_help_are_of_a_run(kursk_fit, language, name):
    """Medians of what `--help` shows of the first article case, to within what two runs differ by and rounding."""
    w = Words(language, screen=True)
    told = files("truetoll.cli").joinpath("examples", language, f"{name}.txt").read_text(encoding="utf-8")
    medians = {q.name: q.median for q in summarise(kursk_fit).quantities}
    shown = {outcome: medians[f"dprk.{outcome}"] for outcome in ("killed", "wounded")}
    for outcome, median in shown.items():
        row = re.search(rf"^  {w.of('quantity', outcome)}(?: \*)? +([\d.,]+) ", told, re.MULTILINE)
        assert float(re.sub(r"[.,]", "", row[1])) == pytest.approx(median, rel=0.1)
