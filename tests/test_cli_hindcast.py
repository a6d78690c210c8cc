"""``hindcast``: what it asks for, prints and saves, and how it ends; its stored score belongs to the benchmark."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import jsonschema
import pytest
from madeup_hindcast import SCHEMA, answer, estimates

from truetoll.benchmark import read_benchmark
from truetoll.sampling.samplers import Settings
from truetoll.studies.hindcast import ask as sweeps
from truetoll.studies.hindcast.records import hindcast_from
from truetoll.text.catalogues import catalogue

SHIPPED = Path(__file__).parents[1] / "data" / "hindcast"
PAGE = Path(__file__).parents[1] / "notebooks" / "history.md"
CLAIMS = """case,id,source,relation,reported,victims,quantity,figure
hill,a,staff,own_side,1950-01-03,army,killed,about 70
hill,b,foe,adversary,1950-01-02,army,killed,at least 300
"""
TRUTH = """case,victims,quantity,low,best,high,victim_class
hill,army,killed,90,100,150,military
"""


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "mine"
    home.mkdir()
    (home / "claims.csv").write_text(CLAIMS, encoding="utf-8")
    (home / "truth.csv").write_text(TRUTH, encoding="utf-8")
    return home


@pytest.fixture
def answered(monkeypatch):
    """Give every target of a hindcast a made-up answer; calls are kept."""

    from truetoll.studies.hindcast.ask import Hindcast

    calls = []

    def compute(benchmark, *, leave_one_war_out, progress, **options):
        calls.append({"held_out": leave_one_war_out} | options)
        progress(1, 1, "model/0")
        made = tuple(answer(4.6, 0.5, converged=options["seed"] != 9) for _ in benchmark.scored)
        return Hindcast(benchmark, benchmark.scored, {"model": made}, leave_one_war_out, {}, 2.0)

    monkeypatch.setattr("truetoll.studies.hindcast.ask.hindcast", compute)
    return calls


def test_a_folder_of_ones_own(run, answered, folder, tmp_path):

    out = tmp_path / "out"
    code, said, err = run("hindcast", folder, "--out", out, "--json")
    assert code == 0
    found = json.loads(said)
    jsonschema.validate(found, SCHEMA)
    assert json.loads((out / "hindcast.json").read_text(encoding="utf-8")) == found
    assert (found["n_targets"], found["held_out"], found["targets"][0]["truth"]) == (1, False, 100.0)
    assert {path.name for path in out.iterdir()} == {
        "hindcast.json",
        "hindcast.csv",
        "hindcast_targets.png",
        "hindcast_reliability.png",
        "manifest.json",
    }
    assert answered[0]["held_out"] is False
    assert "Saved in" in err


def test_the_tables_say_what_it_rests_on(run, answered, folder, tmp_path):
    code, said, _ = run("hindcast", folder, "--out", tmp_path / "out", "--quiet")
    assert (code, said) == (0, "")
    _, said, _ = run("hindcast", folder, "--out", tmp_path / "out")
    assert "answered with the table of the package" in said
    assert "What this entitles to" in said
    assert "hill: army, killed" in said


@pytest.mark.long
def test_the_shipped_benchmark_is_never_scored_with_what_it_taught(run, answered, folder, tmp_path):
    run("hindcast", SHIPPED, "--out", tmp_path / "a", "--quiet")
    run("hindcast", folder, "--leave-one-war-out", "--out", tmp_path / "b", "--quiet")
    assert [call["held_out"] for call in answered] == [True, True]


def test_what_has_not_converged_is_no_result(run, answered, folder, tmp_path):
    code, _, err = run("hindcast", folder, "--seed", "9", "--out", tmp_path / "out", "--quiet")
    assert code == 3
    assert err == "Not converged, so without a number and not scored: hill: army, killed.\n"


def test_problems_of_a_folder(run, answered, folder, tmp_path):
    (folder / "claims.csv").write_text(CLAIMS.replace("adversary", "foe"), encoding="utf-8")
    (folder / "truth.csv").write_text(TRUTH.replace("90,100,150", "190,100,150"), encoding="utf-8")
    code, said, err = run("hindcast", folder, "--out", tmp_path / "out")
    assert (code, said) == (2, "")
    assert "truth.csv:2: low is above high" in err
    assert "claims.csv:3: relation is not one of the known values" in err
    assert not answered
    assert not (tmp_path / "out").exists()
    code, said, _ = run("hindcast", folder, "--json")
    assert (code, json.loads(said)["ok"], len(json.loads(said)["problems"])) == (2, False, 2)
    assert run("hindcast", tmp_path / "nowhere")[0] == 2


@pytest.mark.parametrize("more", [[], ["--estimate"]])
def test_a_folder_of_claims_that_are_all_set_aside_is_refused(run, folder, tmp_path, more):
    head, *rows = CLAIMS.splitlines()
    said = "\n".join([f"{head},use", *(f"{row},skip" for row in rows)])
    (folder / "claims.csv").write_text(said + "\n", encoding="utf-8")
    code, _, err = run("hindcast", folder, "--out", tmp_path / "out", *more)
    assert code == 2
    assert "no loss has a claim that is evidence" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("more", [[], ["--estimate"]])
def test_what_was_stopped_is_kept_beside_the_results(run, folder, tmp_path, monkeypatch, more):
    """Stopped after what is computed first: it says where that is, goes on, and in the end nothing is left of it."""
    short = {"settings": Settings(draws=100, tune=100), "estimating": Settings(draws=60, tune=60, chains=2)}
    name = "estimate" if more else "hindcast"
    compute, store = getattr(sweeps, name), tmp_path / "out.parts"

    def computed(benchmark, *, progress, stop, **options):
        def told(done, total, what):
            progress(done, total, what)
            if stop and done:
                raise KeyboardInterrupt

        used = {"settings": replace(short["settings"], chains=2)} if more else short
        return compute(benchmark, progress=told, **used, **options)

    for stop in (True, False):
        monkeypatch.setattr(sweeps, name, partial(computed, stop=stop))
        code, _, err = run("hindcast", folder, "--out", tmp_path / "out", "--quiet", *more)
        assert (f"kept in {store}" in err) == store.exists() == stop
        assert code in ({130} if stop else {0, 3})
    assert (tmp_path / "out" / f"{name}.json").exists()


def test_wrong_usage(run):
    code, _, err = run("hindcast", "--estimat")
    assert code == 2
    assert "did you mean '--estimate'?" in err


def test_estimates_are_written_as_the_table(run, monkeypatch, folder, tmp_path):

    monkeypatch.setattr("truetoll.studies.hindcast.ask.estimate", lambda *_, **__: estimates())
    code, said, _ = run("hindcast", folder, "--estimate", "--out", tmp_path / "out")
    assert code == 0
    assert "Reliability estimated from mine" in said
    assert "own side" in said
    there = {path.name for path in (tmp_path / "out").iterdir()}
    assert there == {"estimate.json", "estimated.toml", "manifest.json"}


# The score that is published


def test_the_stored_score_belongs_to_this_benchmark_and_meets_what_was_asked():
    """Leave-one-war-out, targets with two or more claims that count."""
    stored = json.loads((SHIPPED / "score.json").read_text(encoding="utf-8"))
    benchmark = read_benchmark(SHIPPED)
    assert stored["digest"] == benchmark.digest
    assert stored["held_out"]
    assert stored["converged"]
    score = hindcast_from(stored).two_or_more
    assert 0.85 <= score.coverage["90"] <= 0.96
    assert 0.40 <= score.coverage["50"] <= 0.60
    assert score.median_abs_log_error <= 0.42
    found = hindcast_from(stored)
    assert len(found.baselines) == len(catalogue("en")["baseline"])
    assert all(b.gain > 0 for b in found.baselines)
    assert hindcast_from(stored).to_dict() == stored


def test_the_readme_says_the_stored_score():
    score = hindcast_from(json.loads((SHIPPED / "score.json").read_text(encoding="utf-8"))).two_or_more
    row = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| **truetoll** |"))
    cells = [cell.strip(" *") for cell in row.strip("|").split("|")]
    expected = [f"{100 * score.coverage[m]:.0f} %" for m in ("50", "80", "90")]
    assert cells[1:] == [
        *expected,
        f"{score.median_abs_log_error:.2f}",
        f"{score.crps_log:.2f}",
        f"{score.log_score:.2f}",
        "-",
    ]
