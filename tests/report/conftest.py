"""What tests of the report share. Fixtures:

compared     a comparison of it: two scenarios, an attribution, single sources and claims left out
whole        the base of kursk_session as a fit, with all its draws
refitted     a function: change of the case -> its posterior, sampled by itself
hostile_fit  a fit of a case whose every text tries to break out of a page
browser      headless Chromium; without one, tests are skipped, or fail where CI is set
open_page    a function that opens HTML and returns (page, what went wrong)
"""

import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective));
"""


@pytest.fixture(scope="session")
def compared(request, kursk_case, made_once):
    from truetoll.studies.compare.ask import compare

    def make():
        session = request.getfixturevalue("kursk_session")
        asked = {"attributed": ["trust_seoul"], "leave_one_out": True}
        return compare(kursk_case, ["trust_seoul", "hard_cap"], session=session, **asked)

    return made_once("compared", make)


@pytest.fixture(scope="session")
def whole(kursk_session):
    """The base as a fit, with every draw that was made of it."""
    from truetoll.sampling.results import result_tree

    engine, base = kursk_session.engine, kursk_session.base
    engine.set(base.tables)
    return result_tree(base.case, base.tables, engine, base.draws, kursk_session.settings)


@pytest.fixture(scope="session")
def refitted(kursk_case, kursk_session):
    """refitted(change) -> the posterior under it, sampled by itself."""
    from truetoll.claims.scenario import apply_change

    return lambda change: kursk_session.posterior(apply_change(kursk_case, change, "refitted"))


@pytest.fixture(scope="session")
def hostile_fit(tmp_path_factory):
    from hostile import case

    from truetoll.studies.fit.ask import fit

    return fit(case(tmp_path_factory.mktemp("hostile")), draws=500, tune=300, seed=1)


@pytest.fixture(scope="session")
def browser():
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium, and CI must not pass without it: apt-get install chromium")
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


def _let_pass(route, own, wrong):
    """Let nothing reach the network but the page itself."""
    if route.request.url == own or route.request.url.startswith("blob:"):  # what a page made itself is no request
        route.continue_()
        return
    wrong.append(f"request: {route.request.url}")
    route.abort()


@pytest.fixture
def open_page(browser, tmp_path):
    """open_page(html, width=1280, scheme="light") -> (page, list of what went wrong: errors, requests, violations)."""
    from waiting import until

    contexts = []

    def call(html, width=1280, scheme="light"):
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page, wrong = context.new_page(), []
        page.on("console", lambda said: wrong.append(f"console: {said.text}") if said.type != "log" else None)
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: wrong.append(f"dialog: {dialog.message}") or dialog.dismiss())
        context.route("**/*", lambda route: _let_pass(route, file.as_uri(), wrong))
        page.add_init_script(WATCH)
        page.goto(file.as_uri())
        until(page, "document.documentElement.dataset.ready === 'yes'")
        return page, wrong

    yield call
    for context in contexts:
        context.close()
