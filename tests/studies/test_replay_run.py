"""A replay as it runs: one compilation, each date what its own fit says, later claims without any influence."""

import dataclasses
from datetime import date

import numpy as np
import pytest
from arviz_stats.base import array_stats

import truetoll as tt
from truetoll.claims.asof import as_of
from truetoll.errors import CaseError
from truetoll.model.tables import build_tables
from truetoll.runner.errors import FailedItems
from truetoll.sampling import native
from truetoll.sampling import session as session_module
from truetoll.sampling.results import quantities
from truetoll.sampling.session import Session
from truetoll.studies.replay import dates as replays
from truetoll.studies.replay.ask import replay

DAYS = ("2024-12-24", "2025-01-12", "2025-01-22", "2025-02-14")
QUANTITIES = ("dprk.killed", "dprk.casualties", "dprk.strength", "russia_kursk.killed")


@pytest.fixture(scope="module")
def run(kursk_case):
    before = native.compilations
    tree = replay(kursk_case, DAYS)
    return tree, native.compilations - before


@pytest.fixture(scope="module")
def tree(run):
    return run[0]


@pytest.fixture(scope="module")
def session(kursk_session):
    return kursk_session


def quantile(draws, p):
    log = np.log(draws)
    return np.quantile(log, p), float(array_stats.mcse(log, chain_axis=0, draw_axis=1, method="quantile", prob=p))


def agree(one, other):
    for p in (0.05, 0.5, 0.95):
        (a, a_error), (b, b_error) = quantile(one, p), quantile(other, p)
        assert a == pytest.approx(b, abs=4 * np.hypot(a_error, b_error)), p


def test_all_dates_are_compiled_once(run):
    tree, compilations = run
    assert tree.attrs["compilations"] == compilations == 1
    assert (tree.attrs["kind"], tree.attrs["scenario"]) == ("replay", "base")
    assert list(tree["posterior"]["date"].to_numpy()) == list(DAYS)
    assert tree["dates"]["converged"].all()


@pytest.mark.parametrize("day", DAYS)
def test_a_date_says_what_its_own_fit_says(kursk_case, session, tree, day):
    """The posterior of the first is that of the second, the last is the whole case."""
    fit = tt.fit(as_of(kursk_case, day), seed=7, draws=700, tune=400, engine=session.engine)
    for name in QUANTITIES:
        for group in ("posterior", "prior"):
            agree(*(each[group]["amount"].sel(quantity=name).to_numpy() for each in (tree.sel(date=day), fit)))
    said, own = tree["dates"]["pass_through"].sel(date=day).to_numpy(), fit["constant_data"]["pass_through"].to_numpy()
    errors = [tree["dates"]["pass_through_mcse"].sel(date=day).to_numpy()]
    errors.append(fit["constant_data"]["pass_through_mcse"].to_numpy())
    assert np.array_equal(np.isnan(said), np.isnan(own))  # nobody speaks of losses before 13 January
    assert not np.any(np.abs(said - own) > 6 * np.hypot(*errors))
    assert tree["dates"]["digest"].sel(date=day).item() == fit.attrs["digest"]


def test_a_fit_of_a_day_says_so(kursk_case, session):
    # One fit in eight of so short a run has a divergence, and no numbers; this one has none.
    fit = tt.fit(as_of(kursk_case, "2025-01-18"), draws=1000, tune=500, seed=4, engine=session.engine)
    summary = tt.summarise(fit)
    assert (summary.known_on, summary.as_of) == ("2025-01-18", "2025-01-18")
    assert {q.as_of for q in summary.quantities} == {"2025-01-18"}


def test_what_is_reported_later_has_no_influence(kursk_case):
    """Ten times as many dead said afterwards: the same numbers, to the last digit."""
    changed = tt.apply_change(
        kursk_case, {"claims": {"jones-casualties": {"figure": "90%", "credibility": 1}}}, "other"
    )
    one, other = (build_tables(as_of(case, "2025-01-22")) for case in (kursk_case, changed))
    assert one.coords == other.coords
    assert all(np.array_equal(one.data[name], other.data[name]) for name in one.data)
    assert as_of(kursk_case, "2025-01-22").digest == as_of(changed, "2025-01-22").digest
    later = [build_tables(as_of(case, "2025-02-04")).data for case in (kursk_case, changed)]
    assert not all(np.array_equal(later[0][name], later[1][name]) for name in later[0])


def test_hindsight_is_the_same_losses_seen_from_the_last_date(kursk_case, tree):
    seen = tree["hindsight"]["amount"]
    assert np.array_equal(seen.isel(date=-1), tree["posterior"]["amount"].isel(date=-1))
    killed = seen.sel(quantity="dprk.killed").median(("chain", "draw")).to_numpy()
    assert np.all(np.diff(killed) > 0)
    casualties = seen.sel(quantity="dprk.casualties")
    parts = seen.sel(quantity=["dprk.killed", "dprk.wounded", "dprk.captured"]).sum("quantity")
    assert np.allclose(casualties, parts)


def test_between_reports_the_answer_moves_by_the_days_alone(tree):
    """24 December and 12 January share their draws: nothing was said between them."""
    one, other = (tree["posterior"]["amount"].sel(date=day, quantity="dprk.killed") for day in DAYS[:2])
    assert np.all(other.to_numpy() > one.to_numpy())
    assert np.corrcoef(np.log(one.to_numpy().ravel()), np.log(other.to_numpy().ravel()))[0, 1] > 0.95


def test_losses_of_a_bin_count_by_days(kursk_case):
    """15 January to 5 February is one bin: a third of the way it holds a third of its losses."""
    tables = build_tables(kursk_case)
    loss = np.ones((1, 1, len(tables.coords["series"]), 4)) * [10.0, 20.0, 30.0, 40.0]
    strength = np.ones((1, 1, 1, 4)) * [1.0, 2.0, 3.0, 4.0]
    outputs = {"loss": loss, "strength": strength}
    names = list(tables.coords["quantity"])
    until = {day: quantities(tables, outputs, day)[0, 0] for day in (date(2025, 1, 22), date(2025, 1, 15))}
    at_end, after = quantities(tables, outputs)[0, 0], quantities(tables, outputs, date(2026, 1, 1))[0, 0]
    killed, sent = names.index("dprk.killed"), names.index("dprk.strength")
    assert until[date(2025, 1, 22)][[killed, sent]] == pytest.approx([30.0 + 10.0, 3.0])
    assert until[date(2025, 1, 15)][[killed, sent]] == pytest.approx([30.0, 2.0])
    assert at_end[[killed, sent]] == pytest.approx([100.0, 4.0])
    assert np.array_equal(at_end, after)


@pytest.mark.long
def test_a_session_keeps_two_days_apart(kursk_case, session):
    """The same claims and numbers, asked for up to another day, are another answer, and another prior."""
    one, other = (session.refit(as_of(kursk_case, day)) for day in ("2025-01-23", "2025-02-03"))
    killed = list(one.tables.coords["quantity"]).index("dprk.killed")
    assert np.median(one.prior[:, killed]) < np.median(other.prior[:, killed])
    assert one.posterior is not other.posterior


def test_claims_are_told_when_they_were_known(tree):
    weight = tree["claims"]["weight"]
    assert weight.sel(claim="jones-casualties").isnull().to_numpy().tolist() == [True, True, True, False]
    assert weight.sel(claim="nis-sent").to_numpy().tolist() == [1.0] * 4
    assert tree["dates"]["claims"].to_numpy().tolist() == [1, 1, 4, 6]
    assert tree["claims"]["known_on"].sel(claim="west-killed").item() == "2025-01-22"


def test_a_date_that_does_not_converge_has_no_posterior(kursk_case, session, monkeypatch):
    sampled = Session._sampled

    def failing(self, case, tables, settings):
        found = sampled(self, case, tables, settings)
        bad = {**found.checks, "converged": int(case.as_of != date(2025, 1, 12))}
        return dataclasses.replace(found, checks=bad)

    monkeypatch.setattr(session_module.Session, "_sampled", failing)
    found = replay(kursk_case, DAYS, engine=session.engine)
    assert found["dates"]["converged"].to_numpy().tolist() == [0, 0, 1, 1]
    missing = found["posterior"]["amount"].isnull().all(("chain", "draw", "quantity")).to_numpy()
    assert missing.tolist() == [True, True, False, False]
    assert found["hindsight"]["amount"].notnull().all()


def test_if_the_last_date_fails_the_others_stand_without_hindsight(kursk_case, session, monkeypatch):
    sampled = Session._sampled

    def failing(self, case, tables, settings):
        found = sampled(self, case, tables, settings)
        last = case.known_on == date(2025, 2, 14)
        return dataclasses.replace(found, checks={**found.checks, "converged": 0} if last else found.checks)

    monkeypatch.setattr(session_module.Session, "_sampled", failing)
    found = replay(kursk_case, DAYS, engine=session.engine)
    assert found["dates"]["converged"].to_numpy().tolist() == [1, 1, 1, 0]
    assert found["hindsight"]["amount"].isnull().all()
    assert found["posterior"]["amount"].isel(date=slice(0, 3)).notnull().all()
    assert found["posterior"]["amount"].isel(date=3).isnull().all()
    assert found["dates"]["pass_through"].isel(date=3).isnull().all()


def test_what_fails_is_named_after_the_others(kursk_case, session, monkeypatch):
    done = []

    def read(self, item, read):
        done.append(item.days[-1].isoformat())
        raise FloatingPointError("made up")

    monkeypatch.setattr(replays.Replayer, "read", read)
    with pytest.raises(FailedItems, match=r"2 of the dates(.|\n)*2025-01-12: FloatingPointError: made up"):
        replay(kursk_case, DAYS, engine=session.engine)
    assert done == ["2025-01-12", "2025-01-22"]


def test_days_are_checked_before_anything_is_sampled(kursk_case):
    with pytest.raises(CaseError, match="must be a date"):
        replay(kursk_case, ["soon"])
