"""The view of a run in a notebook: what is moved in it is there in Python, and the other way round."""

import json
import os
import sys

import hostile
import pytest
from axe_playwright_python.sync_playwright import Axe
from waiting import until

import truetoll as tt
from truetoll.claims.scenario import under
from truetoll.report.notebook import NotebookWords, rest_html
from truetoll.report.subject import subject_of
from truetoll.visible import visible

if not os.environ.get("CI"):
    pytest.importorskip("anywidget", reason="pip install 'truetoll[notebook]'")

HOST = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A notebook</title>
<style>%(css)s</style></head>
<body style="margin: 0; background: %(paper)s">
<main><h1 style="clip-path: inset(50%%)">A notebook</h1>
<div id="cell" class="%(kind)s"></div></main>
<script type="application/json" id="state">%(state)s</script>
<script type="module">
const state = JSON.parse(document.getElementById('state').textContent);
const heard = {};
const esm = URL.createObjectURL(new Blob([state._esm], { type: 'text/javascript' }));
window.model = {
  saved: 0, get: (name) => state[name], on: (name, f) => { heard[name] = f; }, off: (name) => { delete heard[name]; },
  set: (name, value) => { state[name] = value; heard[`change:${name}`]?.(); },
  save_changes() { this.saved += 1; },
};
const { default: widget } = await import(esm);
window.clean = widget.render({ model: window.model, el: document.getElementById('cell') });
const ready = () => document.querySelector('iframe').contentDocument?.documentElement?.dataset.ready === 'yes';
while (!ready()) await new Promise((done) => setTimeout(done, 20));
document.documentElement.dataset.ready = 'yes';
</script></body></html>"""
"""A front end as small as can be: a model that holds the state of a widget, and a cell."""


def notebook(view, paper="#ffffff", kind=""):
    """A page that shows a widget as a front end of notebooks does."""
    names = ("_esm", "page", "words", "address", "heard")
    state = json.dumps({name: getattr(view, name) for name in names}).replace("<", "\\u003c")
    return HOST % {"css": view._css, "paper": paper, "kind": kind, "state": state}


@pytest.fixture
def view(compared):
    return tt.explore(compared, language="en")


def address(page):
    return page.evaluate("window.model.get('address')")


def test_it_begins_with_the_run_as_it_stands(view, compared):
    found = tt.summarise(compared.children["fit"]).quantities[0]
    assert (view.quantity, view.threshold) == (found.name, found.thresholds[0].value)
    assert view.answer.now == view.answer.base and view.answer.base.median == found.median
    assert view.answer.base.above == found.thresholds[0].probability
    assert view.scenario == {} and view.address == ""


def test_what_is_set_in_python_is_answered_and_goes_on_into_a_fit(view, kursk_case):
    view.trust = {"western_officials": 0.51, "nis": 1.0}
    assert view.trust == {"western_officials": 0.5}  # on the steps of its slider
    view.bias = {"military:analyst": 1.05**-3}
    assert view.answer.now.median != view.answer.base.median and not view.answer.exact
    case = under(kursk_case, view.scenario)
    assert case.sources["western_officials"].trust == 0.5
    assert case.sources["csis"].bias != kursk_case.sources["csis"].bias
    seen = []
    view.observe(lambda event: seen.append(event["new"].quantity), "answer")
    view.quantity = "dprk.casualties"
    assert seen == ["dprk.casualties"] and view.threshold == 3000.0 and "show=dprk.casualties" in view.address
    view.trust, view.bias = {}, {}
    assert view.scenario == {} and view.answer.now == view.answer.base


def test_a_scenario_that_was_sampled_is_exact(view, compared, kursk_case):
    view.preset = "hard_cap"
    asked = compared["posterior"]["amount"].sel(scenario="hard_cap", quantity="dprk.killed")
    assert view.answer.exact and view.answer.now.median == pytest.approx(float(asked.median()))
    view.threshold = 650
    assert view.answer.now.above == pytest.approx(float((asked > 650).mean()))
    assert under(kursk_case, view.scenario).claims != kursk_case.claims
    view.trust = {"nis": 0.5}
    assert view.preset == ""


def test_where_no_draws_reach_there_is_no_answer(view):
    view.trust = dict.fromkeys(("nis", "western_officials", "csis", "zelensky"), 0)
    assert view.answer.now is None and view.scenario == {}
    assert view.answer.to_dict()["base"]["median"] > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trust", {"tass": 1}),
        ("bias", {"nis": 2}),
        ("bias", {"military:analyst": 0}),
        ("quantity", "x"),
        ("preset", "x"),
        ("threshold", -1),
    ],
)
def test_what_the_run_has_not_is_refused(view, name, value):
    before = view.address
    with pytest.raises(Exception, match=r"no |more than 0|0 or more"):
        setattr(view, name, value)
    assert view.address == before


def test_without_anywidget_it_says_what_to_install(kursk_fit, monkeypatch):
    monkeypatch.delitem(sys.modules, "truetoll.report.view", raising=False)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match=r"pip install 'truetoll\[notebook\]'"):
        tt.explore(kursk_fit)


def test_a_run_that_did_not_converge_is_not_shown(kursk_fit):
    short = kursk_fit.isel(draw=slice(0, 40))
    short.attrs = kursk_fit.attrs
    with pytest.raises(ValueError, match="did not converge"):
        tt.explore(short)


def test_moved_in_the_browser_it_is_the_same_in_python(open_page, view):
    page, wrong = open_page(notebook(view))
    inside = page.frame_locator("iframe")
    first = inside.locator("#trust-1")
    first.focus()
    for _ in range(10):  # by the keyboard: half the weight
        page.keyboard.press("ArrowLeft")
    inside.locator("#bias-3").fill("2")
    inside.locator("#above").fill("450")
    until(page, "window.model.get('address').includes('above=450') && window.model.saved > 0")
    view.address = address(page)
    assert view.trust == {"western_officials": 0.5} and view.threshold == 450
    assert list(view.bias.values()) == pytest.approx([1.05**2])
    now = page.evaluate("document.querySelector('iframe').contentWindow.truetoll.read('dprk.killed')")
    told = view.answer.now
    assert [now[name] for name in ("median", "low", "high")] == pytest.approx(
        [told.median, told.low, told.high], rel=1e-6
    )
    assert f"{100 * told.above:.0f}\u00a0% with" in inside.locator("#above-said").inner_text()
    inside.locator("#refit details summary").click()
    assert "trust = 0.5" in inside.locator("#snippet").inner_text()
    assert inside.locator("#refit-command").inner_text().startswith("tt.fit(case, scenario=view.scenario)")
    assert not wrong


def test_set_in_python_it_moves_in_the_browser(open_page, view):
    page, wrong = open_page(notebook(view))
    view.quantity = "dprk.casualties"
    view.trust = {"csis": 1.5}
    page.evaluate("(said) => window.model.set('address', said)", view.address)
    inside = page.frame_locator("iframe")
    assert inside.locator("#trust-2").input_value() == "1.5"
    assert inside.locator("#choose-moved").input_value() == "dprk.casualties"
    page.evaluate("window.model.set('address', '')")
    assert inside.locator("#trust-2").input_value() == "1"
    assert inside.locator("#choose-moved").input_value() == "dprk.killed"
    page.wait_for_timeout(600)
    assert address(page) == ""
    assert not wrong


def test_it_begins_where_an_address_of_the_page_says(open_page, compared):
    view = tt.explore(compared, "https://example.org/report.html#question&trust.nis=0.5&above=900")
    assert view.trust == {"nis": 0.5} and view.threshold == 900
    page, wrong = open_page(notebook(view))
    assert page.frame_locator("iframe").locator("#trust-0").input_value() == "0.5"
    assert not wrong


def test_texts_of_others_are_text(open_page, hostile_fit):
    view = tt.explore(hostile_fit)
    page, wrong = open_page(notebook(view))
    inside = page.frame_locator("iframe")
    assert visible(hostile.SCRIPT) in inside.locator(".kicker").text_content()
    inside.locator("#trust-0").fill("0.5")
    until(page, "window.model.get('address').includes('trust.ministry=0.5')")
    assert not wrong
    still = rest_html(subject_of(hostile_fit), NotebookWords("en"))
    quiet, wrong = open_page(f"<html data-ready='yes'><meta charset='utf-8'>{still}")
    assert visible(hostile.SCRIPT) in quiet.locator(".truetoll-rest").inner_text()
    assert quiet.locator("script, img, style").count() == 0 and not wrong


@pytest.mark.parametrize(("width", "paper"), [(1280, "#ffffff"), (390, "#111111")])
def test_it_has_the_width_and_the_colours_of_its_cell(open_page, view, width, paper):
    """Also where the system has the other scheme; no serious violation of axe, and nothing sticks out."""
    dark = paper == "#111111"
    page, wrong = open_page(notebook(view, paper), width, "light" if dark else "dark")
    frame = page.frames[1]
    ground = frame.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, ground[4:-1].split(","))) < 200) == dark
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert frame.evaluate("document.querySelector('.plot svg').getBoundingClientRect().width > 200")
    assert not wrong  # axe itself says something of frames
    found = [each for each in Axe().run(frame).response["violations"] if each["impact"] in ("serious", "critical")]
    assert not found
    assert not [each for each in Axe().run(page).response["violations"] if each["impact"] in ("serious", "critical")]
    assert 300 < page.evaluate("document.querySelector('iframe').clientHeight") < 900


def test_spanish_and_what_is_said_without_a_kernel(open_page, compared):
    view = tt.explore(compared, language="es")
    page, wrong = open_page(notebook(view, kind="jupyter-widgets-disconnected"))
    assert "Python no se entera" in page.locator(".truetoll-gone").inner_text()
    assert page.frame_locator("iframe").locator("html").get_attribute("lang") == "es"
    assert not wrong


def test_it_says_when_python_does_not_hear_and_when_it_does_again(open_page, view):
    """Whatever a front end makes of a kernel that is gone."""
    page, wrong = open_page(notebook(view))
    gone = page.locator(".truetoll-gone")
    page.frame_locator("iframe").locator("#trust-0").fill("0.5")
    until(page, "window.model.saved === 1")
    assert not gone.is_visible()
    until(page, "!document.querySelector('.truetoll-gone').hidden")
    view.address = address(page)
    page.evaluate("(said) => window.model.set('heard', said)", view.heard)
    assert not gone.is_visible() and view.heard == address(page)
    assert not wrong
