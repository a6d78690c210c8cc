"""The page in a real browser: it runs, asks nothing of the network, moves its numbers rightly, trusts no text."""

import json

import hostile
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from waiting import until

from truetoll.report.page import report_html
from truetoll.sampling.weights import mcse_median, quantile
from truetoll.studies.beliefs.moved import Moved
from truetoll.studies.beliefs.read import levers
from truetoll.studies.beliefs.weighing import weighed
from truetoll.visible import visible

STATES = [({"nis": 0.5}, {}), ({"western_officials": 0.0}, {}), ({"zelensky": 2.0, "csis": 0.25}, {})]
STATES += [({}, {"military:adversary": 4}), ({"nis": 1.5}, {"military:third_party_state": -3, "military:analyst": 6})]
STEP = np.log(1.05)
WITHIN = 4.0
"""Monte Carlo standard errors by which a reweighted median may lie from that of a refit."""


@pytest.fixture(scope="module")
def english(compared):
    return report_html(compared, "en")


def set_sliders(page, found, trust, bias):
    for name, value in trust.items():
        page.locator(f"[data-trust='{found.sources.index(name)}']").fill(str(value))
    for name, steps in bias.items():
        page.locator(f"[data-bias='{found.relations.index(name)}']").fill(str(steps))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def beliefs(trust, bias):
    return Moved(trust, {name: np.exp(steps * STEP) for name, steps in bias.items()})


def test_numbers_of_the_page_are_those_of_python(open_page, english, compared):
    """Medians and ends of intervals to 1e-6, Pareto k and effective draws too, for sliders of every kind."""
    page, wrong = open_page(english)
    found = levers(compared.children["fit"])
    values = [float(f"{m:.1g}") for m in np.median(found.amount, axis=1)]
    for trust, bias in STATES:
        told = page.evaluate(
            "([trust, bias, values]) => { const q = window.truetoll; const f = q.question.weigh(trust, bias);"
            " const names = [...q.question.rows.keys()];"
            " const amount = (name) => q.question.rows.get(name).amount;"
            " return {khat: f.khat, ess: f.ess, numbers: names.map((n) => q.read(n)),"
            " above: names.map((n, i) => q.above.share(amount(n), q.question.weight, values[i]))}; }",
            [
                [trust.get(name, 1.0) for name in found.sources],
                [bias.get(name, 0) * STEP for name in found.relations],
                values,
            ],
        )
        by = weighed(found, beliefs(trust, bias))
        expected = [by.quantiles(i, (0.05, 0.5, 0.95)) for i in range(len(found.quantities))]
        for told_of, of in zip(told["numbers"], expected, strict=True):
            assert [told_of[name] for name in ("low", "median", "high")] == pytest.approx(of, rel=1e-6), (trust, bias)
        assert told["above"] == pytest.approx([by.above(i, value) for i, value in enumerate(values)], abs=1e-6)
        if np.isfinite(by.khat):
            assert told["khat"] == pytest.approx(by.khat, abs=1e-4)
        assert told["ess"] == pytest.approx(by.ess, rel=1e-4)
    assert not wrong


def raised(relation, steps, found):
    """The change that raises the mean bias of every voice of a relation."""
    sources = {}
    for voice in found.voices[relation]:
        source, force = voice.split(":")
        table = sources.setdefault(source, {"bias": {}})
        table["bias"][force] = {"mu": float(found.bias_mean[voice] + steps * STEP)}
    return {"sources": sources}


@pytest.mark.long
def test_what_the_page_calls_an_answer_is_that_of_a_refit(whole, refitted):
    """A source half or twice trusted, a relation that exaggerates more or less: within 4 Monte Carlo errors."""
    found = levers(whole)
    asked = [
        ({"western_officials": 0.5}, {}, {"sources": {"western_officials": {"trust": 0.5}}}),
        ({"csis": 2.0}, {}, {"sources": {"csis": {"trust": 2.0}}}),
        ({"western_officials": 2.0}, {}, {"sources": {"western_officials": {"trust": 2.0}}}),
        ({}, {"military:third_party_state": 6}, raised("military:third_party_state", 6, found)),
        ({}, {"military:analyst": -6}, raised("military:analyst", -6, found)),
    ]
    base, moved = np.log(np.median(found.amount, axis=1)), 0
    for trust, bias, change in asked:
        by = weighed(found, beliefs(trust, bias))
        assert by.usable, (trust, bias, by.khat, by.ess)
        refit = refitted(change)
        reweighted = np.log(quantile(by.amount, by.log_weights, 0.5))
        error = np.hypot(mcse_median(np.log(by.amount), by.log_weights, by.r_eff), refit.log_median_mcse)
        assert np.all(np.abs(reweighted - refit.log_median) < WITHIN * error), (trust, bias)
        moved += bool(np.any(np.abs(reweighted - base) > 3 * refit.log_median_mcse))
    assert moved >= 2  # else agreeing would be easy


def test_sliders_move_the_numbers_and_reset_brings_them_back(open_page, english, compared):
    page, wrong = open_page(english)
    found = levers(compared.children["fit"])
    median, state = page.locator(".pinned .median"), page.locator("#state")
    before = median.inner_text()
    set_sliders(page, found, {}, {"military:third_party_state": 3, "military:ally_of_adversary": 2})
    assert median.inner_text() != before
    assert "can stand" in state.inner_text()
    assert page.locator("#snippet").inner_text().count("mu = ") == 2
    assert page.locator("#bias-0").get_attribute("aria-valuetext") == "figures 1.16 times as high as assumed"
    until(page, "document.getElementById('announce').textContent.includes('killed')")
    page.locator("#reset").click()
    until(page, "document.getElementById('refit').hidden")
    assert median.inner_text() == before
    assert not wrong


def test_beyond_the_draws_there_is_no_answer_but_a_command(open_page, english, compared):
    page, wrong = open_page(english)
    found = levers(compared.children["fit"])
    set_sliders(page, found, {"nis": 2, "csis": 2, "western_officials": 2, "zelensky": 0.5}, {"military:adversary": 22})
    assert "refused" in page.locator("#outcome").get_attribute("class")
    assert "new computation is needed" in page.locator("#state").inner_text()
    assert "line-through" in page.evaluate("getComputedStyle(document.querySelector('.pinned .median')).textDecoration")
    assert page.locator("#refit-command").inner_text() == "truetoll fit kursk-article --scenario my_view --report"
    assert not wrong


def test_what_the_page_asks_to_be_computed_is_what_its_sliders_say(open_page, english, compared, kursk_case):
    """The snippet is a scenario that the case takes, with the biases, the trust and the claims that were set."""
    import tomllib

    from truetoll.claims.scenario import apply_change
    from truetoll.model.tables import build_tables

    page, _ = open_page(english)
    found = levers(compared.children["fit"])
    set_sliders(page, found, {"nis": 0.5, "csis": 0}, {"military:adversary": 4})
    snippet = tomllib.loads(page.locator("#snippet").inner_text())["my_view"]
    other = apply_change(kursk_case, {k: v for k, v in snippet.items() if k not in ("title", "why")}, "my_view")
    assert {c.source: c.weight for c in other.claims} == {
        "nis": 0.5, "csis": 0.0, "western_officials": 1.0, "zelensky": 1.0,
    }  # fmt: skip
    voices = [f"{s}:{f}" for s, f in build_tables(kursk_case).index.voices]
    moved = build_tables(other).data["bias_mean"] - build_tables(kursk_case).data["bias_mean"]
    expected = [4 * STEP if voice in found.voices["military:adversary"] else 0.0 for voice in voices]
    assert moved == pytest.approx(expected, abs=1e-4)


def test_trust_is_held_against_the_run_and_the_snippet_says_how_far_in_all(open_page, kursk_fit):
    """Of a run that trusts a source half already, half of that is a quarter, and more than 2 in all cannot be asked."""
    import xarray as xr

    tree = kursk_fit.copy()
    constant = tree["constant_data"].dataset.copy()
    trust = xr.where(constant["claim_source"] == "nis", 0.5, xr.where(constant["claim_source"] == "csis", 2.0, 1.0))
    tree["constant_data"] = xr.DataTree(constant.assign(weight=constant["weight"] * trust))
    page, wrong = open_page(report_html(tree, "en"))
    found = levers(tree)
    set_sliders(page, found, {"nis": 0.5, "csis": 0.95}, {})
    snippet = page.locator("#snippet").inner_text()
    assert "[my_view.sources.nis]\ntrust = 0.25" in snippet and "[my_view.sources.csis]\ntrust = 1.9" in snippet
    assert page.locator(f"#trust-{found.sources.index('csis')}").get_attribute("max") == "1.0"
    assert not wrong


def test_a_named_scenario_is_shown_as_it_was_computed(open_page, english, compared):
    page, wrong = open_page(english)
    page.locator("#preset").select_option(label="Seoul is right")
    told = page.evaluate("window.truetoll.read('dprk.killed').median")
    draws = compared["posterior"]["amount"].sel(scenario="trust_seoul", quantity="dprk.killed")
    assert told == pytest.approx(float(np.median(draws)), rel=1e-12)
    assert "Exact" in page.locator("#state").inner_text()
    page.locator("#trust-0").fill("0.5")
    until(page, "document.getElementById('preset').value === ''")
    assert not wrong


def test_it_can_be_used_with_the_keyboard_alone(open_page, english):
    page, wrong = open_page(english)
    page.locator("#trust-0").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    until(page, "document.getElementById('trust-0-said').textContent === '0.75 times its weight'")
    page.keyboard.press("Home")
    until(page, "document.getElementById('trust-0-said').textContent === 'left out'")
    outline = (
        "(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.outlineWidth; })()"
    )
    assert page.evaluate(outline) == "solid3px"
    page.locator("#reset").focus()
    page.keyboard.press("Enter")
    until(page, "document.getElementById('trust-0-said').textContent === 'as assumed'")
    assert not wrong


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1280), ("es", "dark", 390)])
def test_nobody_is_shut_out(open_page, compared, language, scheme, width):
    """No violation of accessibility that axe calls serious or critical, at rest and where a refit is needed."""
    page, wrong = open_page(report_html(compared, language), width, scheme)
    assert not serious(page)
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.locator("[data-bias='3']").fill("22")
    until(page, "document.getElementById('outcome').classList.contains('refused')")
    assert not serious(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tables = "[...document.querySelectorAll('main .scroll:not(.explorer .scroll)')]"
    cut = page.evaluate(f"{tables}.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.innerText)")
    assert width < 1280 or cut == []  # a wide screen shows every column
    assert [text for text in wrong if "axe" not in text] == []


def serious(page):
    found = Axe().run(page).response["violations"]
    return [(v["id"], [n["target"] for n in v["nodes"]][:5]) for v in found if v["impact"] in ("serious", "critical")]


def test_hostile_text_is_shown_as_text(open_page, hostile_fit):
    page, wrong = open_page(report_html(hostile_fit, "en"), 390)
    body = page.evaluate("document.body.textContent")
    for text in (*hostile.TEXTS, hostile.LONG.strip()):
        assert visible(text) in body
    assert page.locator("h1").inner_text().startswith("<script>alert(1)</script>")
    assert (
        page.evaluate("document.querySelectorAll('main script, main img, main style:not(svg style), [onerror]').length")
        == 0
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    links = page.evaluate("[...document.links].map((a) => a.protocol)")
    assert set(links) <= {"https:", "http:", "file:"}
    assert not any("alert" in href for href in page.evaluate("[...document.links].map((a) => a.href)"))
    assert page.evaluate("window.violations") == []
    assert not wrong


def test_the_policy_lets_nothing_else_run(open_page, english):
    """What the page does not hold cannot run, style, or be fetched, whoever put it there."""
    page, wrong = open_page(english)
    assert page.evaluate("window.violations") == []
    page.evaluate(
        """() => { const add = (tag, set) => document.body.append(Object.assign(document.createElement(tag), set));
        add('script', {textContent: 'window.ran = true'}); add('img', {src: 'https://example.org/a.png'});
        add('style', {textContent: 'body { display: none }'}); }"""
    )
    until(page, "window.violations.length >= 3")
    assert page.evaluate("window.ran") is None
    assert not [text for text in wrong if text.startswith("request")]


def test_it_prints_on_paper_without_what_moves(open_page, english):
    page, wrong = open_page(english, scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("#question").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4")[:4] == b"%PDF"
    assert not wrong


def test_a_run_that_did_not_converge_shows_no_number(open_page, kursk_fit):
    tree = kursk_fit.copy()
    tree.attrs = kursk_fit.attrs | {"converged": 0, "rhat_max": 1.2, "ess_min": 12.0}
    html = report_html(tree, "en")
    page, wrong = open_page(html)
    assert "This is not a result" in page.locator("#answer").inner_text()
    assert page.locator("figure").count() == 0
    data = json.loads(page.evaluate("document.getElementById('data').textContent"))
    assert not {"rest", "draws", "densities"} & set(data)
    assert not wrong


def test_draws_survive_the_way_into_the_page(open_page, english, compared):
    page, _ = open_page(english)
    amount = compared["fit"]["posterior"]["amount"].sel(quantity="dprk.killed").to_numpy().ravel()
    told = page.evaluate("Array.from(window.truetoll.question.rows.get('dprk.killed').amount)")
    assert told == pytest.approx(amount, rel=1e-6)
