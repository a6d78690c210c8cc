"""Refits that are stored beside a run: they are what the tool computes, the page shows them exactly, none is lost."""

import re
from pathlib import Path

import numpy as np
import pytest
from waiting import until

from truetoll.answers.kept import case_of
from truetoll.claims.scenario import apply_change, apply_scenario
from truetoll.model.tables import build_tables
from truetoll.report.page import report_html
from truetoll.runs.errors import RunError
from truetoll.runs.refits import REFITS, make_refits, read_refits
from truetoll.sampling.session import _fingerprint
from truetoll.studies.beliefs import ask
from truetoll.studies.beliefs.ask import refits, weighed


@pytest.fixture(scope="module")
def stored(kursk_fit):
    return refits(kursk_fit)


@pytest.fixture(scope="module")
def html(kursk_fit, stored):
    return report_html(kursk_fit, "en", refits=stored)


def print_of(case):
    return _fingerprint(build_tables(case))


@pytest.mark.parametrize("source", ["nis", "western_officials", "csis", "zelensky"])
def test_what_is_refitted_is_the_case_that_the_tool_computes(kursk_case, source):
    """Number for number: a source excluded by a scenario, and one with half its trust; also over another scenario."""
    half = {"sources": {source: {"trust": 0.5}}}
    assert print_of(weighed(kursk_case, source, 0.0)) == print_of(
        apply_change(kursk_case, {"exclude": {"sources": [source]}}, "x")
    )
    assert print_of(weighed(kursk_case, source, 0.5)) == print_of(apply_change(kursk_case, half, "x"))
    under = apply_scenario(kursk_case, "trust_seoul")
    both = apply_change(kursk_case, {"builds_on": "trust_seoul", **half}, "x")
    assert print_of(weighed(under, source, 0.5)) == print_of(both) != print_of(under)


def test_each_source_left_out_or_half_believed_is_the_stored_refit(open_page, html, stored, kursk_fit):
    page, wrong = open_page(html)
    assert len(html.encode()) < 1_500_000
    sources = page.evaluate("window.truetoll.data.draws.sources")
    assert len(stored["refit"]) == 2 * len(sources)
    for row in stored["refit"].to_numpy():
        one = stored.sel(refit=row)
        at = sources.index(str(one["source"].item()))
        page.locator("#reset").click()
        page.locator(f"#trust-{at}").fill(f"{one['power'].item():g}")
        until(page, "document.getElementById('state').textContent.startsWith('Exact')")
        for name in one["quantity"].to_numpy():
            told = page.evaluate("(n) => window.truetoll.read(n)", str(name))
            expected = np.quantile(one["amount"].sel(quantity=name), [0.05, 0.5, 0.95])
            assert [told[k] for k in ("low", "median", "high")] == pytest.approx(expected, rel=1e-9)
        drawn = page.evaluate("[...window.truetoll.decoded(window.truetoll.question.preset.curves['dprk.killed'])]")
        levels = (np.arange(128) + 0.5) / 128
        assert np.exp(drawn) == pytest.approx(np.quantile(one["amount"].sel(quantity="dprk.killed"), levels), rel=1e-6)
    page.locator("#bias-0").fill("1")  # with anything else moved it is weights again
    until(page, "!document.getElementById('state').textContent.startsWith('Exact')")
    assert "[my_view" in page.locator("#snippet").inner_text()
    assert not wrong


def test_what_did_not_converge_is_said_and_not_used(kursk_fit, stored):
    lost = stored.copy(deep=True)
    lost["converged"].loc[{"refit": "without_nis"}] = 0
    html = report_html(kursk_fit, "en", refits=lost)
    assert "Did not converge, so answered by weights: without" in html
    assert html.count('"curves"') == report_html(kursk_fit, "en", refits=stored).count('"curves"') - 1


def test_a_page_without_refits_says_that_it_weighs(kursk_fit, html):
    bare = report_html(kursk_fit, "en")
    assert "<p>Every answer here is by weighing" in bare and "truetoll report DIR --refits" in bare
    assert "<p>Every answer here is by weighing" not in html and "<p>Leaving out one source" in html


def test_refits_are_kept_beside_the_run_and_made_once(kursk_fit, stored, tmp_path, monkeypatch):
    monkeypatch.setattr("truetoll.studies.beliefs.ask.refits", lambda *asked: asked[-1](stored) or stored)
    made = make_refits(tmp_path, kursk_fit)
    monkeypatch.undo()
    monkeypatch.setattr(ask, "_session", lambda *_: pytest.fail("sampled again"))
    assert make_refits(tmp_path, kursk_fit)["amount"].equals(made["amount"])
    assert read_refits(tmp_path, kursk_fit)["amount"].equals(stored["amount"])


def test_an_interruption_costs_no_refit_that_is_made(kursk_fit, stored, tmp_path, monkeypatch):
    """Ctrl-C in the third: two lie beside the run, are whole, and are not made again."""
    made = iter([*(stored.isel(refit=[i]) for i in range(2)), KeyboardInterrupt()])

    def row(*_):
        one = next(made)
        if isinstance(one, BaseException):
            raise one
        return one

    monkeypatch.setattr(ask, "_row", row)
    monkeypatch.setattr("truetoll.sampling.session.Session.refit", lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        make_refits(tmp_path, kursk_fit)
    kept = read_refits(tmp_path, kursk_fit)
    assert list(kept["refit"].to_numpy()) == list(stored["refit"].to_numpy()[:2])
    left = iter(range(2, stored.sizes["refit"]))
    monkeypatch.setattr(ask, "_row", lambda *_: stored.isel(refit=[next(left)]))
    whole = make_refits(tmp_path, kursk_fit)
    assert next(left, None) is None
    assert list(whole["refit"].to_numpy()) == list(stored["refit"].to_numpy())
    assert (whole["amount"] == stored["amount"]).all()


def test_what_is_not_of_the_run_is_neither_used_nor_replaced(kursk_fit, stored, tmp_path):
    path = Path(tmp_path, REFITS)
    for content in (b"mine", stored.assign_attrs(digest="of another").to_netcdf(engine="h5netcdf")):
        path.write_bytes(content)
        with pytest.warns(UserWarning, match="left alone"):
            assert read_refits(tmp_path, kursk_fit) is None
        with pytest.raises(RunError):
            make_refits(tmp_path, kursk_fit)
        assert path.read_bytes() == bytes(content)


def copied(page, what):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"[data-copy='{what}']").click()
    until(page, "document.getElementById('copied').textContent === 'Copied.'")
    return page.evaluate("navigator.clipboard.readText()")


def test_the_sentence_carries_interval_reference_and_what_it_rests_on(open_page, html, kursk_fit):
    page, wrong = open_page(html)
    page.evaluate("document.getElementById('embed').closest('details').open = true")
    said, rest = copied(page, "quote"), page.evaluate("window.truetoll.data.rest['dprk.killed']")
    case = case_of(kursk_fit)
    assert said.startswith(case.title.rstrip("."))
    for part in (page.locator(".big .median").inner_text(), "90\u00a0%", case.digest[:12], "truetoll 0.1.0", "sources"):
        assert part in said, part
    assert rest["median"] > 0
    page.locator("#trust-0").fill("0")
    until(page, "document.getElementById('quote').textContent.includes('left out')")
    assert "reader's view" in copied(page, "quote") and copied(page, "quote") != said
    for i in range(4):
        page.locator(f"#trust-{i}").fill("0")
    until(page, "document.querySelector('[data-copy]').disabled")
    assert not wrong


def test_the_chart_stands_alone_in_an_empty_page(open_page, html, browser):
    page, _ = open_page(html)
    figure = copied(page, "embed")
    assert len(figure) < 60_000 and not re.search(r"var\(|currentColor|<script|href=|url\(", figure)
    context = browser.new_context(offline=True)
    alone, wrong = context.new_page(), []
    alone.on("console", lambda said: wrong.append(said.text))
    alone.on("request", lambda request: wrong.append(request.url) if not request.url.startswith("data:") else None)
    alone.set_content(f"<!DOCTYPE html><title>x</title>{figure}")
    size = alone.evaluate(
        "(async () => { const i = document.images[0]; await i.decode(); return [i.naturalWidth, i.alt]; })()"
    )
    assert size[0] == 640 and "killed" in size[1]
    assert "digest" in alone.locator("figcaption").inner_text()
    assert wrong == []
    context.close()
