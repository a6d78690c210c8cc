"""What is moved, as an address and as a scenario, is in Python what it is in the page."""

import math
import tomllib

import numpy as np
import pytest

from truetoll.claims.scenario import under
from truetoll.report.page import report_html
from truetoll.studies.beliefs.address import Asked, read, written
from truetoll.studies.beliefs.moved import STEP, Moved, change, on_sliders
from truetoll.studies.beliefs.read import levers
from truetoll.studies.beliefs.weighing import weighed

QUANTITIES = ("dprk.killed", "dprk.casualties")
MOVED = Moved(
    {"nis": 0.0, "csis": 1.8}, {"military:adversary": math.exp(3 * STEP), "military:analyst": math.exp(-STEP)}
)


@pytest.fixture(scope="module")
def found(kursk_fit):
    return levers(kursk_fit)


def test_an_address_is_read_as_it_was_written(found):
    for shown in (
        Asked(MOVED, "dprk.casualties", 1234.5),
        Asked(above=0.0),
        Asked(Moved(scenario="hard_cap")),
        Asked(),
    ):
        again = read(written(shown, found, "abc"), found, QUANTITIES, ("hard_cap",))
        assert again.moved.trust == shown.moved.trust
        assert dict(again.moved.bias) == pytest.approx(dict(shown.moved.bias))
        assert (again.quantity, again.above, again.moved.scenario) == (
            shown.quantity,
            shown.above,
            shown.moved.scenario,
        )
    assert written(Asked(), found, "abc") == ""


def test_what_an_address_cannot_set_is_passed_over(found):
    said = (
        "#question&trust.nis=9&trust.tass=0&trust.csis=nan&bias.military:adversary=1e999&scenario=gone&show=x&above=-1"
    )
    again = read(said, found, QUANTITIES, ())
    assert again == Asked(Moved({"nis": 2.0}, {}))
    assert read("https://example.org/report.html", found, QUANTITIES, ()) == Asked()


def test_beliefs_lie_on_the_steps_of_the_sliders(found):
    moved = on_sliders(
        Moved({"nis": 0.51, "csis": 1.01}, {"military:adversary": 1.16, "military:analyst": 99.0}), found
    )
    assert moved.trust == {"nis": 0.5}
    assert moved.bias == pytest.approx({"military:adversary": 1.05**3, "military:analyst": 1.05**22})


def test_page_and_python_write_one_address_and_one_scenario(open_page, kursk_fit, kursk_case, found):
    """And the page shows what an address says: the same numbers as the draws that Python weighs."""
    page, wrong = open_page(report_html(kursk_fit, "en"))
    assert page.evaluate("window.truetoll.data.draws.n") == found.amount.shape[1]
    address = written(Asked(MOVED, "dprk.casualties", 3000.0), found, page.evaluate("window.truetoll.data.digest"))
    page.evaluate("(hash) => window.truetoll.address.show(hash)", address)
    assert page.evaluate("window.truetoll.address.written()") == address
    told = tomllib.loads(page.locator("#snippet").inner_text())["my_view"]
    mine = change(MOVED, found)
    assert {key: told[key] for key in mine} == mine and set(told) - set(mine) == {"title", "why"}
    assert under(kursk_case, told).digest == under(kursk_case, mine).digest
    by = weighed(found, MOVED)
    i = found.quantities.index("dprk.casualties")
    shown = page.evaluate("window.truetoll.data.densities.find((each) => each.name === 'dprk.casualties')")
    assert page.evaluate("(d) => window.truetoll.above.now(d, 3000)", shown) == (
        pytest.approx(by.above(i, 3000.0), abs=1e-6) if by.usable else None
    )
    assert "%" in page.locator("#above-said").inner_text()
    assert not wrong


def test_a_reader_chooses_of_how_many_the_probability_is_said(open_page, kursk_fit):
    """What the case asks for is said as in the tables; for anything else the draws are counted."""
    page, wrong = open_page(report_html(kursk_fit, "en"))
    field, said = page.locator("#above"), page.locator("#above-said")
    asked = page.evaluate("window.truetoll.data.densities[0].thresholds")
    stated = page.evaluate("window.truetoll.data.rest['dprk.killed'].above")
    assert field.input_value() == f"{asked[0]:g}" and f"{int(100 * stated[0] + 0.5)}" in said.inner_text()
    field.fill("700")
    share = float(np.mean(levers(kursk_fit).amount[0] > 700))
    assert said.inner_text().count(f"{100 * share:.0f}\u00a0%") == 2
    page.locator("#choose-moved").select_option("dprk.casualties")
    assert float(field.input_value()) > 700  # what was written was about another quantity
    field.fill("")
    assert "%" in said.inner_text()
    assert not wrong
