"""A rate is a number by its window."""

import pytest

from truetoll.claims.reading import read_case
from truetoll.claims.scenario import apply_change
from truetoll.claims.wording import WordingError, read_figure, read_lexicon
from truetoll.errors import CaseError

RATES = [
    ("en", "1,271 a day", 30, 1_271 * 30),
    ("en", "1,271 casualties per day", 30, 1_271 * 30),
    ("en", "about 35 a week", 28, 140),
    ("en", "300 a month", 365.25, 3_600),
    ("en", "at least 20 daily", 10, 200),
    ("es", "35 diarios", 10, 350),
    ("es", "unos 35 muertos al día", 10, 350),
    ("es", "70 por semana", 7, 70),
]


@pytest.mark.parametrize(("language", "text", "days", "value"), RATES, ids=[text for _, text, *_ in RATES])
def test_a_rate_over_a_window_is_a_number(language, text, days, value):
    lexicon = read_lexicon(language)
    found = read_figure(text, lexicon, days)
    assert found.value == pytest.approx(value)
    with pytest.raises(WordingError, match="is a rate"):
        read_figure(text, lexicon)


def test_it_is_as_exact_as_it_was_said():
    lexicon = read_lexicon("en")
    rate, number = read_figure("1,271 a day (95% CI 1,100-1,400)", lexicon, 7), read_figure("1,271", lexicon)
    assert rate.cell == pytest.approx([7 * edge for edge in number.cell])
    assert (rate.low, rate.high) == (7_700, 9_800)


@pytest.mark.parametrize("text", ["none a day", "0 a day", "nobody per week", "no deaths a month"])
def test_none_a_day_is_none_however_long(text):
    assert read_figure(text, read_lexicon("en"), 30) == read_figure("0", read_lexicon("en"))


def test_a_share_a_day_is_refused():
    with pytest.raises(WordingError, match="a share and a rate"):
        read_figure("5% of strength a day", read_lexicon("en"), 10)


ROW = "id,source,reported,losses,figure,since,as_of\na,ministry,2024-07-02,north.killed,35 a day,{since},2024-06-30\n"


def test_a_claim_has_the_number_of_its_own_window(small_case):
    case = read_case(small_case(claims=ROW.format(since="2024-06-20")))
    assert case.claims[0].figure.value == 350
    change = {"claims": {"a": {"since": case.bins[0]}}}
    longer = apply_change(case, change, "longer").claims[0]
    assert longer.figure.value == 35 * (longer.as_of - longer.since).days


def test_a_window_that_nobody_states_is_asked_for(small_case):
    with pytest.raises(CaseError, match="is a rate; enter the number lost and its window in since and as_of"):
        read_case(small_case(claims=ROW.format(since="")))
