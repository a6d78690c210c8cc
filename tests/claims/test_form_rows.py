"""A row a form: nothing of a form is forgotten, and what is asked of one is what its words say."""

import pytest

from truetoll.claims.schema import FORMS, Form
from truetoll.claims.wording import read_lexicon
from truetoll.model.families import FAMILIES
from truetoll.model.forms import LOG_MASS
from truetoll.render.words import Words
from truetoll.studies.fit.claimplot import _ARROW
from truetoll.studies.replay.figures import _MARK
from truetoll.studies.timeline.marks import _SHAPE, AT_LEAST, POINT, UP_TO


def test_every_form_has_a_row_and_a_likelihood():
    assert set(FORMS) == set(Form)
    families = {family.name for family in FAMILIES}
    assert {form.family for form in Form} == families - {"chain"}
    assert families == set(LOG_MASS)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_form_has_words_in_every_language(language):
    assert set(Words(language).section("form")) == set(Form)
    lexicon = read_lexicon(language)
    assert {hedge.form for hedge in (*lexicon.before.values(), *lexicon.after.values())} <= set(Form)


@pytest.mark.parametrize(
    ("form", "below", "above"),
    [
        ("at least", 1, 0),
        ("no fewer than", 1, 0),
        ("floor", 1, 0),
        ("up to", 0, 1),
        ("at most", 0, 1),
        ("ceiling", 0, 1),
        ("fewer than", 0, 1),
        ("below", 0, 1),
    ],
)
def test_a_bound_has_what_is_meant_on_the_side_its_words_say(form, below, above):
    assert Form(form).side == below - above
    assert Form(form).of_truth is (form in ("floor", "ceiling"))


def test_marks_of_bounds_are_arrows():
    sides = {form.side for form in Form}
    assert sides - {0} == set(_ARROW) == set(_SHAPE)
    assert sides == set(_MARK)
    assert POINT not in _SHAPE.values()
    assert (_SHAPE[1], _SHAPE[-1]) == (AT_LEAST, UP_TO)
