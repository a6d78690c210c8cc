"""What a reader takes away from the sliders: a scenario that the tool accepts, and an address that brings them back."""

import random
import tomllib
from dataclasses import replace
from itertools import product
from shutil import copytree

import pytest
from waiting import until

from truetoll.answers.kept import case_of
from truetoll.claims.kept import keep
from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_scenario, with_generated
from truetoll.report.page import report_html
from truetoll.studies.beliefs.read import levers

STEP = 0.04879016416943205  # log 1.05
TRUST, BIAS = (0, 0.35, 1, 2), (-22, 0, 3)


@pytest.fixture(scope="module")
def found(kursk_fit):
    return levers(kursk_fit)


@pytest.fixture(scope="module")
def html(kursk_fit):
    return report_html(kursk_fit, "en")


def states(found):
    """Every combination of sources left out with each relation moved, and many of everything."""
    still, rest = [1] * len(found.sources), [0] * len(found.relations)
    for out in product((0, 1), repeat=len(found.sources)):
        for r in range(-1, len(rest)):
            yield list(out), [3 * STEP if i == r else 0 for i in range(len(rest))]
    yield still, [22 * STEP] * len(rest)
    rng = random.Random(1)
    for _ in range(40):
        yield [rng.choice(TRUST) for _ in still], [rng.choice(BIAS) * STEP for _ in rest]


def written(page, asked):
    return page.evaluate("(asked) => asked.map(([t, b]) => window.truetoll.snippet(t, b))", asked)


def taken(folder, base, text):
    """The case under what a page wrote, put into the user's own file."""
    home = folder / "case"
    copytree(base, home)
    with (home / "scenarios.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")
    return read_case(home, "my_view")


def laid(case, text):
    """The same for a case that was read, without its other scenarios."""
    return apply_scenario(replace(case, scenarios=tomllib.loads(text)), "my_view")


def test_every_scenario_that_the_page_writes_is_one_the_tool_takes(open_page, html, found, kursk_case):
    """With the weights and the mean biases that the sliders say."""
    page, wrong = open_page(html)
    asked = list(states(found))
    mean = dict(found.bias_mean)
    some = 0
    for (trust, bias), text in zip(asked, written(page, asked), strict=True):
        if not any(trust) or (all(x == 1 for x in trust) and not any(bias)):
            assert text == ""
            continue
        case = laid(kursk_case, text)
        assert {c.source: c.weight for c in case.claims} == dict(zip(found.sources, trust, strict=True))
        moved = dict(zip(found.relations, bias, strict=True))
        for relation, voices in found.voices.items():
            for source, force in (voice.split(":") for voice in voices):
                told = case.sources[source].bias.get(force)
                if moved[relation] and trust[found.sources.index(source)]:
                    assert told.mu == pytest.approx(mean[f"{source}:{force}"] + moved[relation], rel=1e-9)
                    some += 1
                else:
                    assert told == kursk_case.sources[source].bias.get(force)
    assert some > 50
    assert not wrong


def under(tree, case):
    changed = tree.copy()
    changed.attrs = tree.attrs | {"understood": keep(case), "scenario": case.scenario}
    return changed


@pytest.mark.parametrize("name", ["believe_nis", "twice_the_noise", "trust_seoul"])
def test_a_run_of_a_scenario_is_built_on_also_if_it_stands_in_no_file(open_page, kursk_fit, kursk_case, tmp_path, name):
    """A generated scenario is written out with what builds on it."""
    case = with_generated(kursk_case) if name not in kursk_case.scenarios else kursk_case
    page, _ = open_page(report_html(under(kursk_fit, apply_scenario(case, name)), "en"))
    sources, relations = page.evaluate("[window.truetoll.data.draws.sources, window.truetoll.data.draws.relations]")
    trust = [0, *[1] * (len(sources) - 2), 0.5]
    (text,) = written(page, [[trust, [STEP] * len(relations)]])
    assert (f"[{name}]" in text) == (name not in kursk_case.scenarios)
    other = taken(tmp_path, kursk_case.path, text)
    assert {c.source: c.weight for c in other.claims} == dict(zip(sources, trust, strict=True))
    assert other.reliability.noise == apply_scenario(case, name).reliability.noise


def test_it_takes_a_name_that_the_case_has_not(open_page, kursk_fit):
    case = case_of(kursk_fit)
    case = replace(case, scenarios={**case.scenarios, "my_view": {"title": "a", "why": "b", "believe": ["nis"]}})
    page, _ = open_page(report_html(under(kursk_fit, case), "en"))
    page.locator("#trust-0").fill("0.5")
    until(page, "document.getElementById('snippet').textContent.includes('[my_view_2]')")
    assert "--scenario my_view_2" in page.locator("#refit-command").inner_text()
    assert tomllib.loads(page.locator("#snippet").inner_text())["my_view_2"]


def numbers(page):
    ends = "{ const { low, median, high } = window.truetoll.read(n); return { low, median, high }; }"
    return page.evaluate(f"[...window.truetoll.question.rows.keys()].map((n) => {ends})")


def hash_of(page):
    return page.evaluate("location.hash")


def test_the_address_brings_sliders_and_numbers_back(open_page, html, found):
    """In a fresh browser, and in the same one; to 1e-6, and the quantity that was shown."""
    page, wrong = open_page(html)
    set_to = {"trust-0": "0.35", "trust-2": "1.8", "bias-1": "-3", "bias-3": "7"}
    for name, value in set_to.items():
        page.locator(f"#{name}").fill(value)
    page.locator("#choose-moved").select_option("dprk.casualties")
    until(page, "location.hash.includes('bias.') && location.hash.includes('show=')")
    before, where = numbers(page), hash_of(page)
    other, wrong_too = open_page(html)
    assert numbers(other) != before
    other.evaluate("(hash) => { location.hash = hash; }", where)
    until(other, "document.getElementById('trust-0').value === '0.35'")
    assert {name: other.locator(f"#{name}").input_value() for name in set_to} == set_to
    for mine, its in zip(numbers(other), before, strict=True):
        assert [mine[k] for k in ("low", "median", "high")] == pytest.approx(
            [its[k] for k in ("low", "median", "high")]
        )
    assert other.locator("#choose-moved").input_value() == "dprk.casualties"
    assert not other.locator("#address-note").is_visible()
    page.reload()
    until(page, "document.documentElement.dataset.ready === 'yes'")
    assert numbers(page) == before and hash_of(page) == where
    page.locator("#reset").click()
    until(page, "location.hash.startsWith('#question&show=')")
    assert not wrong and not wrong_too


def test_an_address_of_another_run_or_of_what_is_not_there_says_so(open_page, html):
    page, wrong = open_page(html)
    page.evaluate("location.hash = '#question&trust.nis=0.5&trust.tass=0&scenario=gone&run=abc&bias.x=<b>'")
    until(page, "!document.getElementById('address-note').hidden")
    told = page.locator("#address-note").inner_text()
    assert "another run" in told and "trust.tass, gone, bias.x" in told
    assert page.locator("#trust-0").input_value() == "0.5"
    assert not wrong
