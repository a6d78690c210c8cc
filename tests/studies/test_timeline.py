"""Losses over time: they end where the summary does, and are summed draw by draw."""

import csv
import io
import json

import madeup
import numpy as np
import pytest

from truetoll.answers.kept import case_of
from truetoll.answers.ledger import Ledger
from truetoll.answers.looking import looked_at
from truetoll.studies.fit.read import summarise
from truetoll.studies.timeline.read import curve, timeline
from truetoll.studies.timeline.sheet import TIMELINE_COLUMNS, timeline_csv

LEVELS = (0.05, 0.5, 0.95)


@pytest.fixture(scope="module")
def run():
    return madeup.over_time()


@pytest.fixture(scope="module")
def found(run):
    return {q.name: q for q in timeline(run).quantities}


EDGES = [day.isoformat() for day in madeup.OVER_TIME]


def ends(interval):
    return [interval.low, interval.median, interval.high]


def test_every_quantity_has_every_bin(found):
    assert list(found) == [f"north.{q}" for q in ("killed", "wounded", "casualties", "tanks", "strength")]
    for q in found.values():
        assert [b.since for b in q.bins] == EDGES[:-1]
        assert [b.until for b in q.bins] == EDGES[1:]
    assert found["north.tanks"].unit == "tanks"


def test_last_edge_is_the_summary():
    run = madeup.tree()
    answers = {q.name: q for q in summarise(run).quantities}
    for q in timeline(run).quantities:
        if q.name != "north.strength":  # the made-up amount of it is another one
            a = answers[q.name]
            assert ends(q.bins[-1].cumulative) == pytest.approx([a.interval.low, a.median, a.interval.high])


def test_last_edge_is_the_amount(run, found):
    for name, q in found.items():
        amount = run["posterior"]["amount"].sel(quantity=name).to_numpy()
        assert ends(q.bins[-1].cumulative) == pytest.approx(list(np.quantile(amount, LEVELS)))


def test_sums_are_taken_draw_by_draw(run, found):
    loss = run["posterior"]["loss"].sel(force="north").sum("outcome").to_numpy()
    for t, b in enumerate(found["north.casualties"].bins):
        assert ends(b.within) == pytest.approx(list(np.quantile(loss[..., t], LEVELS)))
        assert ends(b.cumulative) == pytest.approx(list(np.quantile(loss[..., : t + 1].sum(-1), LEVELS)))
    apart = [found[f"north.{q}"].bins[-1].cumulative.high for q in ("killed", "wounded")]
    assert found["north.casualties"].bins[-1].cumulative.high < 0.99 * sum(apart)


def test_counts_have_bins(run, found):
    tanks = run["posterior"]["count"].sel(counted="north.tanks").to_numpy()
    assert ends(found["north.tanks"].bins[1].within) == pytest.approx(list(np.quantile(tanks[..., 1], LEVELS)))


def test_strength_is_a_level(run, found):
    second, last = found["north.strength"].bins[1:]
    assert last.cumulative.median == pytest.approx(2.0 * second.cumulative.median)
    assert last.within is None


def test_a_run_that_did_not_converge_says_nothing():
    run = madeup.over_time(converged=0)
    assert timeline(run).quantities == ()
    assert timeline_csv(timeline(run)) == ",".join(TIMELINE_COLUMNS) + "\n"


def test_is_json(run):
    document = timeline(run).to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["quantities"][-1]["bins"][0]["within"] is None


def test_sheet_has_a_row_per_quantity_and_bin(run, found):
    rows = list(csv.DictReader(io.StringIO(timeline_csv(timeline(run)))))
    assert len(rows) == len(found) * 3
    row = next(r for r in rows if r["name"] == "north.killed" and r["bin_end"] == "2024-01-31")
    b = found["north.killed"].bins[1]
    assert [float(row[f"cumulative_{e}"]) for e in ("low", "median", "high")] == ends(b.cumulative)
    assert [float(row[f"bin_{e}"]) for e in ("low", "median", "high")] == ends(b.within)
    assert (row["bin_start"], row["unit"], row["mass"]) == ("2024-01-11", "persons", "0.9")
    assert {r["bin_median"] for r in rows if r["name"] == "north.strength"} == {""}


def test_curve_spreads_a_bin_over_its_days():
    draws = np.array([[10.0, 40.0], [20.0, 80.0]])
    edges, days = np.array([100.0, 110.0, 130.0]), np.array([100.0, 105.0, 110.0, 120.0, 130.0])
    assert curve(draws, edges, days, [0.0, 1.0]).tolist() == [[0, 5, 10, 30, 50], [0, 10, 20, 60, 100]]


def test_a_claim_on_part_of_a_count_looks_at_its_bins(run):
    claim = madeup.claim("t", "10", "north.tanks", since="2024-01-21", as_of="2024-02-10")
    tanks = run["posterior"]["count"].sel(counted="north.tanks").to_numpy().reshape(-1, 3)
    draws = looked_at(Ledger(run["posterior"].dataset, case_of(run)), claim).draws
    assert draws[0] == pytest.approx(tanks[:, 1] / 2 + tanks[:, 2])
