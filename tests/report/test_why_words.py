"""The sentence of why: where the answer lies, what pulls it, in words that hold whatever the case is called."""

from dataclasses import replace

import madeup
import pytest

from truetoll.claims.languages import LANGUAGES
from truetoll.render.words import Words
from truetoll.report.why import whys
from truetoll.studies.fit.read import summarise
from truetoll.studies.fit.records import Pull, Told, Why

HOSTILE = r"$x^2$ <b>\\alpha</b> {force}"


@pytest.fixture(scope="module")
def summary():
    return summarise(madeup.tree())


def told(low, high=None, source="mod", as_of="2024-01-31", estimate=1000.0):
    return Told("first", source, f"{low:,}", as_of, float(low), float(high or low), estimate)


def pull(kind, key, shift, **changes):
    return Pull(kind, key, 0.5, shift, 0.01, 0.2, **changes)


def said(summary, *figures, pulls=(), unknown=(), median=1000.0, language="en"):
    why = Why("north.killed", median, tuple(figures), tuple(pulls), tuple(unknown))
    return whys(replace(summary, why=(why,)), Words(language))[0]


@pytest.mark.parametrize(
    ("figures", "where"),
    [
        ([], "a number that no source gave itself"),
        ([told(300)], 'above Ministry ("300")'),
        ([told(3000)], 'below Ministry ("3,000")'),
        ([told(900, 1100)], 'in line with Ministry ("900")'),
        ([told(300), told(3000, source="ngo")], 'between Ministry ("300") and ngo ("3,000")'),
        ([told(300), told(900, 1100, source="ngo")], 'between Ministry ("300") and ngo ("900")'),
        ([told(300), told(400, source="ngo")], 'above every figure told of it, of which the highest is ngo ("400")'),
        ([told(2000), told(3000)], 'below every figure told of it, of which the lowest is Ministry ("2,000")'),
        ([told(300, as_of="2024-01-21", estimate=900.0)], 'above Ministry ("300", up to 21 Jan 2024)'),
        (
            [told(300, as_of="2024-01-21", estimate=250.0)],
            'above Ministry ("300", up to 21 Jan 2024, by when the estimate is 250)',
        ),
    ],
)
def test_the_place_among_the_figures_told(summary, figures, where):
    assert said(summary, *figures).startswith(f"The North, killed: about 1,000, {where}; ")


def test_what_pulls_is_named_with_its_figures_and_what_a_factor_rests_on(summary):
    pulls = [
        pull("source", "ngo", -0.3, claims=("mixed",)),
        pull("prior", "wounded[north]", -0.1, value=2.5),
        pull("bias", "military:own_side", 0.2, value=0.74, rests_on=(63, 57, 22)),
        pull("claim", "first", 0.1, claims=("first",)),
        pull("claim", "half", 0.08, claims=("half",)),
    ]
    assert said(summary, told(300), pulls=pulls) == (
        'The North, killed: about 1,000, above Ministry ("300"); '
        'pulled up by ngo ("about 1,000") and the 2.5 wounded assumed for each killed; '
        "pulled down by taking the own side's figures to be 0.74 times the truth (63 past figures on 57 losses in "
        '22 wars) and Ministry ("1,000" and "up to 1,000").'
    )


def test_a_figure_that_stands_in_the_sentence_is_not_introduced_twice(summary):
    text = said(summary, told(1000, 1001), pulls=[pull("claim", "first", 0.1, claims=("first",))])
    assert text.endswith('; pulled down by "1,000".')


def test_many_figures_are_counted_and_many_pulls_are_cut(summary):
    many = pull("source", "mod", -0.3, claims=("first", "half", "share"))
    assert "pulled up by Ministry (3 figures)." in said(summary, pulls=[many])
    priors = [pull("prior", f"{what}[north]", 0.1, value=0.02) for what in ("rate", "captured", "missing", "total")]
    text = said(summary, pulls=priors)
    assert text.count("assumed") == 3
    assert "assumed lost (2.0\N{NO-BREAK SPACE}%)" in text


def test_what_cannot_be_told_and_what_does_nothing_is_said(summary):
    assert said(summary, unknown=["ngo"]).endswith(
        "; how far ngo moves it cannot be told from these draws, only by a refit without it (compare --leave-one-out)."
    )
    assert said(summary).endswith(
        "; no source and no assumption moves it by 5\N{NO-BREAK SPACE}% or more when it has half its weight."
    )


def test_an_answer_that_is_the_prior_is_said_to_be_that(summary):
    flat = tuple(replace(q, contraction=0.1) for q in summary.quantities)
    text = said(replace(summary, quantities=flat), told(300))
    assert text.startswith("The North, killed: about 1,000, little else than what was assumed before any figure (")


def test_without_an_answer_there_is_no_why():
    assert whys(summarise(madeup.tree(converged=0)), Words("en")) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["source", "claim", "prior", "bias", "unsound"])
def test_names_are_text_in_every_language(summary, language, kind):
    sources = tuple(replace(source, name=HOSTILE) for source in summary.sources)
    keys = {"prior": "total[north]", "bias": "military:adversary", "source": "mod"}
    one = pull(kind, keys.get(kind, "first"), -0.2, claims=("first",), value=2.0, rests_on=(1, 1, 1))
    text = said(replace(summary, sources=sources), told(300), pulls=[one], language=language)
    assert HOSTILE in text
    assert text.endswith(".")


def test_the_record_is_in_the_json(summary):
    one = Why("north.killed", 1000.0, (told(300),), (pull("source", "mod", -0.2, claims=("first",)),), ())
    kept = replace(summary, why=(one,)).to_dict()["why"][0]
    assert kept["told"][0]["claim"] == "first"
    assert kept["pulls"][0] | {"kind": "source", "left": 0.5, "shift_log": -0.2} == kept["pulls"][0]
