"""What is learned of lists of names: drawn from losses that are drawn, against weighed draws of all of it together."""

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from cases import make_case
from rich.console import Console
from scipy import special, stats

from truetoll.answers.convergence import check_fit
from truetoll.answers.ledger import Ledger
from truetoll.answers.lists import assumed, held, lists_of
from truetoll.claims.schema import SharePrior
from truetoll.render.words import Words
from truetoll.report.export import report_markdown
from truetoll.report.page import report_html
from truetoll.studies import summarise
from truetoll.studies.fit.ask import fit
from truetoll.studies.fit.read import summarise as of_checked
from truetoll.studies.fit.tables import list_table, summary_view

Z95 = stats.norm.ppf(0.95)
LEVELS = (0.05, 0.5, 0.95)
TOML = """
[case]
title = "A town"
bins = [2024-01-01, 2024-04-01, 2024-07-01]
[forces.town]
victims = "civilian"
outcomes = ["killed"]
total = { median = 1_000, low = 400, high = 3_000 }
[sources.lists]
relations = { town = "observer_ngo" }
STATED
"""
OVER = "overcount = { median = 0.1, low = 0.02, high = 0.3 }\n"
HELD = "completeness = { median = 0.5, low = 0.3, high = 0.8 }\n"
WINDOW = "2024-01-01; 2024-07-01; ;"


def lopsided(z, low, median, high, g=np.log):
    away = np.where(z < 0, g(median) - g(low), g(high) - g(median))
    return g(median) + z * away / Z95


def weighed(stated, figure, n=2_000_000):
    """Quantiles of the truth, of the part that is held and of the part that is wrong, from draws of their priors."""
    rng = np.random.default_rng(3)
    total = np.exp(lopsided(rng.normal(size=n), 400, 1_000, 3_000))
    wrong = (
        special.expit(lopsided(rng.normal(size=n), 0.02, 0.1, 0.3, special.logit)) if OVER in stated else 0.0 * total
    )
    if HELD in stated:
        part = special.expit(lopsided(rng.normal(size=n), 0.3, 0.5, 0.8, special.logit))
        fits = np.abs(part * total / (1 - wrong) - figure) < 0.01 * figure
    else:
        part = figure * (1 - wrong) / total
        fits = part <= 1
    return [np.quantile(each[fits], LEVELS) for each in (total, part, wrong)]


@pytest.mark.parametrize(
    ("stated", "figure"),
    [(HELD, 900), (HELD, 150), (OVER + HELD, 900), (OVER, 1_200), (OVER, 300)],
    ids=["estimate", "few", "estimate with wrong entries", "floor", "floor far below"],
)
def test_the_parts_of_a_list_are_those_of_all_draws_that_fit(tmp_path, stated, figure):
    case = make_case(tmp_path, TOML.replace("STATED", stated), [f"a; lists; town.killed; {figure:,} names; {WINDOW} "])
    tree = fit(case, draws=2000, tune=500, seed=4)
    total, part, wrong = weighed(stated, figure)
    drawn = np.quantile(tree["posterior"]["amount"].sel(quantity="town.killed"), LEVELS)
    assert np.log(drawn) == pytest.approx(np.log(total), abs=0.06)  # the error of lists is a mixture of normals
    (answer,) = summarise(tree).lists
    found = answer.complete_posterior
    assert (found.low, found.median, found.high) == pytest.approx(part, abs=0.025)
    assert (answer.complete_prior is None) == (HELD not in stated)
    assert (answer.wrong_posterior is None) == (OVER not in stated)
    if answer.wrong_posterior:
        found = answer.wrong_posterior
        assert (found.low, found.median, found.high) == pytest.approx(wrong, abs=0.015)
        before = answer.wrong_prior
        assert (before.low, before.median, before.high) == pytest.approx((0.02, 0.1, 0.3))
    assert held(Ledger(tree["posterior"].dataset, case), lists_of(case)[0]).complete.max() <= 1.0


def test_a_prior_is_told_at_the_mass_that_is_asked_for():
    found = assumed(SharePrior(low=0.3, median=0.5, high=0.8), 0.5)
    z = stats.norm.ppf(0.75) / Z95
    assert found.low == pytest.approx(special.expit(-z * math.log(7 / 3)))
    assert found.high == pytest.approx(special.expit(z * math.log(4)))


def test_what_a_case_holds_impossible_is_as_near_as_it_can_be(tmp_path):
    """More names than dead in every draw: the list holds all, and no number is lost."""
    toml = TOML.replace("median = 1_000, low = 400, high = 3_000", "median = 500, low = 490, high = 510")
    case = make_case(tmp_path, toml.replace("STATED", HELD), [f"a; lists; town.killed; 900 names; {WINDOW} "])
    tree = fit(case, draws=300, tune=300, seed=4)
    found = held(Ledger(tree["posterior"].dataset, case), lists_of(case)[0])
    assert np.isfinite(found.complete).all()
    assert (found.complete <= 1.0).all()
    assert np.median(found.complete) > 0.9


def test_of_two_readings_the_one_that_fits_has_the_weight(tmp_path):
    """Of a thousand dead, or of ten thousand: of the second 900 names would be next to none."""
    row = f"a; lists; town.killed:0.5 | town.killed + camp.killed:0.5; 900 names; {WINDOW} "
    camp = """[forces.camp]
victims = "civilian"
outcomes = ["killed"]
total = { median = 9_000, low = 8_000, high = 10_000 }
"""
    toml = TOML.replace("[sources.lists]", camp + "[sources.lists]").replace("{ town", '{ camp = "observer_ngo", town')
    case = make_case(tmp_path, toml.replace("STATED", HELD), [row])
    tree = fit(case, draws=1000, tune=500, seed=4)
    found = held(Ledger(tree["posterior"].dataset, case), lists_of(case)[0])
    assert np.quantile(found.complete, 0.05) > 0.2  # 900 of 10,000 would be 0.09


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A fit of a list that is an estimate, and of one that is a floor."""
    rows = [f"a; lists; town.killed; 900 names; {WINDOW} ", f"b; other; town.killed; 700 names; {WINDOW} "]
    other = f'[sources.other]\nname = "The other"\nrelations = {{ town = "media" }}\n{OVER}'
    toml = TOML.replace("STATED", OVER + HELD) + other
    return fit(make_case(tmp_path_factory.mktemp("told"), toml, rows), draws=500, tune=500, seed=4)


def test_tables_and_json_say_what_was_assumed_and_learned_of_every_list(told):
    summary = summarise(told)
    first, second = summary.to_dict()["lists"]
    assert (first["claim"], second["claim"]) == ("a", "b")
    assert first["complete_prior"] == pytest.approx({"median": 0.5, "low": 0.3, "high": 0.8})
    assert second["complete_prior"] is None
    assert 0 < second["complete_posterior"]["median"] < 1
    for language, words in (("en", ("completeness", "entries that do not count")), ("es", ("cobertura", "entradas"))):
        shown = Console(width=200, record=True, file=io.StringIO())
        shown.print(summary_view(summary, Words(language)))
        text = shown.export_text()
        assert "a: 900 names" in text and "b: 700 names" in text
        assert all(text.count(word) >= 2 for word in words)
        assert text.replace("\N{NO-BREAK SPACE}", " ").count("50 %") >= 1
        page = report_html(told, language)
        markdown = report_markdown(told, language)
        assert all(word in page and word in markdown for word in words)


def test_a_run_that_is_no_result_tells_what_was_assumed_alone(told):
    checked = replace(check_fit(told), converged=False)
    for each in of_checked(told, checked=checked).lists:
        assert each.wrong_prior is not None
        assert each.complete_posterior is None
        assert each.wrong_posterior is None


def test_nothing_is_told_of_lists_of_which_a_case_states_nothing(tmp_path):
    case = make_case(tmp_path, TOML.replace("STATED", ""), [f"a; lists; town.killed; 900 names; {WINDOW} "])
    assert lists_of(case) == ()
    summary = summarise(fit(case, draws=200, tune=200, seed=4, chains=2))
    assert "lists" not in summary.to_dict()
    assert list_table(summary) is None
