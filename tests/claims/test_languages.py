"""A language is named in one place, and has all that it needs there and in its two files."""

import pytest

from truetoll.claims.languages import AT_LEAST, LANGUAGES
from truetoll.claims.schema import Form
from truetoll.claims.wording import read_figure, read_lexicon
from truetoll.text.catalogues import FOLDER


def test_every_language_has_words_for_the_page_and_no_words_are_without_a_language():
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES) == set(AT_LEAST)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lower_bound_that_is_written_is_read_as_one(language):
    lexicon = read_lexicon(language)
    assert lexicon.language == language
    assert read_figure(AT_LEAST[language].format(1200), lexicon).form == Form.AT_LEAST
