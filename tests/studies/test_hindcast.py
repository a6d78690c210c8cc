"""A hindcast's answers, from made-up forecasts whose scores are known."""

import io
import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from madeup_hindcast import SCHEMA, answer, estimates
from rich.console import Console
from saying import said as in_english

from truetoll.benchmark import Benchmark, OldClaim, Target, Truth
from truetoll.claims.reliability import Reliability, default_table, overlay
from truetoll.claims.schema import COUNTING
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.render.words import Words
from truetoll.studies.estimate.read import estimate_answer, estimated_toml
from truetoll.studies.hindcast.ask import Hindcast
from truetoll.studies.hindcast.figures import plot_targets
from truetoll.studies.hindcast.read import hindcast_score
from truetoll.studies.hindcast.records import hindcast_from
from truetoll.studies.hindcast.tables import hindcast_view

DATA = Path(__file__).parents[2] / "data"
LEXICON = read_lexicon("en")


def target(i, n=2, victims="military"):
    said = tuple(
        OldClaim(f"{i}-{k}", k, f"s{k}", r, read_figure(text, LEXICON), text, f"{i}-{k}", None, None, None, "score")
        for k, (r, text) in enumerate([("own_side", "exactly 50"), ("adversary", "exactly 800")][:n])
    )
    return Target(f"case{i}", "army", "killed", victims, f"war{i % 3}", Truth(100.0, 100.0, 100.0, "A"), said)


def made(answers, others=None, **changes):
    targets = tuple(target(i, a.n_claims) for i, a in enumerate(answers))
    benchmark = Benchmark(Path("made-up"), targets, ("a notice",))
    answers = {"model": tuple(answers)} | ({"zero_centred": tuple(others)} if others else {})
    values = {"held_out": True, "estimates": {}, "seconds": 1.0} | changes
    return hindcast_score(Hindcast(benchmark, targets, answers, **values))


LOG = math.log(100)
RIGHT, HIGH = answer(LOG, 0.5), answer(LOG + 2.0, 0.5)


def test_scores_are_over_targets():
    found = made([RIGHT, RIGHT, RIGHT, HIGH])
    assert found.score.coverage == pytest.approx({"50": 0.75, "80": 0.75, "90": 0.75})
    assert found.score.median_abs_log_error == pytest.approx(0.0, abs=1e-3)
    crps = [t.crps_log for t in found.targets]
    assert found.score.crps_log == pytest.approx(np.mean(crps))
    assert crps[3] > crps[0]
    assert found.score.median_width_log == pytest.approx(2 * 1.6449 * 0.5, rel=0.01)
    assert found.converged


def test_two_or_more_claims_are_told_apart():
    found = made([RIGHT, answer(LOG + 2, 0.5, 1), RIGHT])
    assert (found.score.n_targets, found.two_or_more.n_targets) == (3, 2)
    assert found.groups["n_claims"]["1"].coverage["90"] == 0.0
    assert found.groups["n_claims"]["2"].coverage["90"] == 1.0
    assert {b.score.n_targets for b in found.baselines} == {2}
    assert made([answer(LOG, 1.0, 1)]).two_or_more is None


def test_gains_are_of_pairs_and_have_the_right_sign():
    found = {b.name: b for b in made([RIGHT] * 4, [HIGH] * 4).baselines}
    assert found["zero_centred"].gain == pytest.approx(made([HIGH]).score.crps_log - made([RIGHT]).score.crps_log)
    assert found["zero_centred"].gain > 0.5
    assert found["zero_centred"].gain_se == pytest.approx(0.0, abs=1e-9)
    assert found["own_side"].score.crps_log == pytest.approx(math.log(2), abs=1e-3)
    assert found["adversary"].score.crps_log == pytest.approx(math.log(8), abs=1e-3)
    assert found["own_side"].score.coverage is None


def test_a_targets_own_war_teaches_the_baselines_nothing():
    """Where all losses are of one war, what learns from truths or from others' errors has nothing to say."""
    answers = (RIGHT, RIGHT, RIGHT)
    targets = tuple(replace(target(i), war="one") for i in range(3))
    benchmark = Benchmark(Path("made-up"), targets, ())
    found = hindcast_score(Hindcast(benchmark, targets, {"model": answers}, True, {}, 1.0))
    said = {b.name for b in found.baselines}
    assert {"geometric_mean", "claimed_range", "conflict_resolution"} <= said
    assert not said & {"relation_means", "dersimonian_laird", "paule_mandel", "gumbel"}


def test_json_has_what_was_promised():
    found = made([RIGHT, HIGH, answer(LOG, 0.3, 1, converged=False)], [RIGHT, RIGHT, RIGHT]).to_dict()
    jsonschema.validate(found, SCHEMA)
    json.dumps(found, allow_nan=False)
    assert found["baselines"]["geometric_mean"]["coverage"] is None
    assert (len(found["targets"]), found["n_targets"]) == (3, 2)
    assert not found["converged"]
    assert [t["n_claims"] for t in found["targets"]] == [2, 2, 1]


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_shipped_score_can_be_read_in_a_terminal(language):
    """Every group of the release has a row: made-up scores have too few losses for some of them."""
    score = json.loads((DATA / "hindcast" / "score.json").read_text(encoding="utf-8"))
    w, screen = Words(language, screen=True), io.StringIO()
    Console(file=screen, width=100).print(hindcast_view(hindcast_from(score), w))
    groups = [(name, value) for name, of in score["groups"].items() for value, s in of.items() if s["n_targets"] >= 5]
    assert {name for name, _ in groups} >= {"victim_class", "quantity", "frame", "quality", "n_claims"}
    assert sum(line.startswith("  ") for line in screen.getvalue().splitlines()) >= len(groups)
    assert all(name in screen.getvalue() for name in (w.of("victims", "civilian"), w.of("quantity", "killed")))


def test_what_did_not_converge_is_named_and_neither_answered_nor_scored():
    lost = answer(LOG + 5.0, 0.3, converged=False)
    found, without = made([RIGHT, lost, HIGH], [RIGHT, HIGH, lost]), made([RIGHT, HIGH], [RIGHT, HIGH])
    assert found.score.crps_log == without.score.crps_log
    assert found.score.n_targets == 2
    failed = found.targets[1]
    assert not failed.converged
    assert all(math.isnan(getattr(failed, name)) for name in ("median", "low", "high", "crps_log", "pit"))
    assert (
        in_english(found.notices)[0] == "case1: army, killed: did not converge, so it has no number and is not scored"
    )
    assert {b.name: b.score.n_targets for b in found.baselines}["zero_centred"] == 1
    assert math.isnan(hindcast_from(found.to_dict()).targets[1].median)
    nothing = made([lost, lost])
    assert (nothing.score.n_targets, nothing.answered, nothing.baselines) == (0, (), ())
    json.dumps(nothing.to_dict(), allow_nan=False)


# Estimates


def test_the_table_that_is_written_is_the_one_that_is_used(tmp_path):
    """What is written, laid over the judged part, is a sound reliability table with these numbers."""
    import tomllib

    benchmark = Benchmark(Path("made-up"), (target(0),), ())
    text = estimated_toml(estimate_answer(estimates(), benchmark))
    found = tomllib.loads(text)
    assert found.pop("estimated") == {"benchmark": benchmark.digest}
    table = Reliability.model_validate(overlay(default_table(), found))
    row = table.bias["military"]["adversary"]
    assert (row.mu, row.mu_sd, row.tau, row.claims) == (1.0, 0.5, 0.4, 5)
    assert row.reference.startswith("5 claims, 5 losses, 5 wars: mu 1.00 (90 % 0.50 to 2.00, factor 2.7)")
    assert table.bias["military"]["analyst"].reference.startswith("no claims: the mean of its class")
    assert table.shared["civilian"].kappa0 == 0.3
    assert {a: table.noise.access[a] for a in COUNTING} == {"records": 0.2, "site": 0.3, "remote": 0.4}
    assert table.noise.access["survey"] == default_table()["noise"]["access"]["survey"]  # judged, and left alone
    assert table.soundness.access["remote"] == pytest.approx(0.6)
    assert (table.soundness.unsound_sd, table.disagreement.log_sd) == (0.5, 0.5)
    assert table.plausible.mu.of("civilian", "media") == 0.5
    assert "analyst" not in table.plausible.mu.measured["military"]


@pytest.mark.parametrize(("at", "figure"), [(math.log(0.5), "exactly 50"), (LOG, "exactly 1")])
def test_no_median_and_no_figure_lies_outside_the_picture(at, figure):
    """Of 293 aircraft Egypt said two were lost, and the row was empty."""
    found = made([RIGHT, answer(at, 0.5)])
    far = replace(target(1).claims[0], figure=read_figure(figure, LEXICON))
    low, high = plot_targets(found, [target(0), replace(target(1), claims=(far,))]).axes[0].get_xlim()
    assert low < min(0.005 if at < 0 else 1.0, far.figure.value / 100.0)
    assert high > 8.0
