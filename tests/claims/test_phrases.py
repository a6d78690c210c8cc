"""Figures as newspapers, reports and programs write them: read as people read them, or refused with what to write."""

import csv
import math
import re
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from truetoll.claims.schema import Form
from truetoll.claims.wording import WordingError, range_text, read_figure, read_lexicon

LEXICONS = {language: read_lexicon(language) for language in ("en", "es")}
EN, ES = LEXICONS["en"], LEXICONS["es"]
PHRASES = list(
    csv.DictReader((Path(__file__).parent / "phrases.csv").read_text(encoding="utf-8").splitlines(keepends=True))
)
BOUNDS = set(Form) - {Form.INTERVAL}
languages = st.sampled_from(["en", "es"])
SLOW = settings(deadline=None)
"""A busy machine is no slow grammar."""


def reading(text, language="en"):
    return read_figure(text, LEXICONS[language])


def cell(text, language="en"):
    figure = reading(text, language)
    return figure.low, figure.high


def refusal(text, language="en"):
    with pytest.raises(WordingError) as caught:
        reading(text, language)
    return str(caught.value.reason)


@pytest.mark.parametrize("row", PHRASES, ids=lambda row: f"{row['language']} {row['text']}")
def test_every_phrase_has_its_reading(row):
    """Of a bound, the value lies between low and high; of an interval, these are its ends."""
    if row["form"] == "refused":
        assert refusal(row["text"], row["language"])
        return
    figure, low, high = reading(row["text"], row["language"]), float(row["low"]), float(row["high"])
    assert figure.form == row["form"]
    assert figure.low <= figure.value <= figure.high
    if figure.form in BOUNDS:
        assert low <= figure.value <= high
    else:
        assert (figure.low, figure.high) == pytest.approx((low, high), rel=0.011)
    assert figure.share is (high <= 1 and figure.form is not Form.BELOW)


# A range that leaves out the thousands of its low end

RANGES = {
    "en": ["{}-{}", "{} - {}", "{}\u2013{}", "{} to {}", "between {} and {}", "from {} to {}", "between {}-{}"],
    "es": ["{}-{}", "{}\u2014{}", "{} a {}", "entre {} y {}", "de {} a {}", "desde {} hasta {}", "entre {}-{}"],
}
HEDGES = {
    "en": {
        "": Form.INTERVAL,
        "about ": Form.INTERVAL,
        "some ": Form.INTERVAL,
        "more than ": Form.AT_LEAST,
        "at least ": Form.AT_LEAST,
        "up to ": Form.UP_TO,
        "as many as ": Form.UP_TO,
        "fewer than ": Form.FEWER_THAN,
        "no fewer than ": Form.NO_FEWER_THAN,
    },
    "es": {
        "": Form.INTERVAL,
        "unos ": Form.INTERVAL,
        "cerca de ": Form.INTERVAL,
        "más de ": Form.AT_LEAST,
        "al menos ": Form.AT_LEAST,
        "hasta ": Form.UP_TO,
        "como máximo ": Form.AT_MOST,
        "no menos de ": Form.NO_FEWER_THAN,
    },
}
NOUNS = {
    "en": ["", " killed", " casualties", " Ukrainian soldiers", " men in total"],
    "es": ["", " muertos", " bajas", " soldados norcoreanos", " hombres en total"],
}
MARKS = {"en": [",", "\u202f", "'"], "es": [",", ".", "\u202f", "'"]}


@st.composite
def said_ranges(draw):
    """(language, hedge, form, template, noun)."""
    language = draw(languages)
    hedge, form = draw(st.sampled_from(sorted(HEDGES[language].items())))
    template, noun = draw(st.sampled_from(RANGES[language])), draw(st.sampled_from(NOUNS[language]))
    return language, hedge, form, template, noun


def grouped(number, mark):
    return f"{number:,}".replace(",", mark)


@SLOW
@given(said_ranges(), st.integers(1, 900), st.integers(1, 999), st.data())
def test_the_thousands_of_the_low_end_may_be_left_out(said, low, more, data):
    language, hedge, form, template, noun = said
    high = low + more
    assume(high < min(1_000, 10 * low))
    mark = data.draw(st.sampled_from(MARKS[language]))
    text = hedge + template.format(low, grouped(1_000 * high, mark)) + noun
    whole = hedge + template.format(grouped(1_000 * low, mark), grouped(1_000 * high, mark)) + noun
    figure = reading(text, language)
    assert figure == reading(whole, language)
    assert figure.form is form
    assert figure.low <= figure.value <= figure.high
    if form in (Form.AT_LEAST, Form.NO_FEWER_THAN):
        assert figure.value == 1_000 * low
    if form in (Form.UP_TO, Form.AT_MOST, Form.FEWER_THAN):
        assert figure.value == 1_000 * high


@SLOW
@given(said_ranges(), st.integers(1, 999), st.integers(2, 10**7))
@example(("en", "", Form.INTERVAL, "{} to {}", ""), 10, 20_000_000)
@example(("en", "", Form.INTERVAL, "{}-{}", ""), 2, 300)
@example(("es", "hasta ", Form.UP_TO, "{}-{}", " muertos"), 5, 600)
@example(("en", "", Form.INTERVAL, "{}-{}", ""), 1, 1_000)
def test_no_range_is_misread(said, low, high):
    """As written, or with the thousands that were left out, or refused with both to choose from; each choice works."""
    language, hedge, form, template, noun = said
    assume(low < high)
    text = hedge + template.format(low, f"{high:,}") + noun
    try:
        figure = reading(text, language)
    except WordingError as error:
        full, short = re.search(r"write '(.+?)' or '(.+?)'", str(error.reason)).groups()
        assert (low, high) == cell(full, language)
        others = cell(short, language)
        assert others[0] in {low * factor for factor in (100, 1_000, 1_000_000)}
        assert others[1] == high
        assert low * 100 < high
        return
    if 1_000 * low < high:
        assert reading(hedge + template.format(f"{1_000 * low:,}", f"{high:,}") + noun, language) == figure
    else:
        assert not (low < 10 and high < 1_000 and high % 100 == 0 and 100 * low < high)
        if form is Form.INTERVAL and hedge == "":
            assert (figure.low, figure.high) == (low, high)


@SLOW
@given(languages, st.integers(1, 10**6), st.integers(1, 10**6))
def test_what_programs_write_is_read_as_it_was_meant(language, low, more):
    """An importer knows both numbers, so what it writes may not leave anything open."""
    text = range_text(low, low + more, LEXICONS[language])
    assert cell(text, language) == (low, low + more)


@SLOW
@given(st.integers(1, 9_999), st.integers(1, 99_999))
def test_floats_of_a_table_are_whole_numbers_and_complete(low, more):
    assert reading(f"{low}.0") == reading(f"{low}")
    assert cell(f"{low}.0-{low + more}.0") == (low, low + more)


def test_a_noun_after_both_ends_says_that_nothing_is_left_out():
    assert cell("10 people to 15,000 people") == (10, 15_000)
    assert "understood" in refusal("10 killed to 15,000 wounded")


@pytest.mark.parametrize(
    "text", ["10,000-15", "100-150.000", "a hundred to 150,000", "a few to ten thousand", "10-15000"]
)
def test_ranges_that_leave_open_what_they_say_are_refused(text):
    assert "write" in refusal(text)


# Bounds, two numbers, zeros


@pytest.mark.parametrize(
    ("text", "form", "low", "high", "value"),
    [
        ("up to 300-500", Form.UP_TO, 450, 550, 500),
        ("300 to 500 or more", Form.AT_LEAST, 450, 550, 500),
        ("300-500+", Form.AT_LEAST, 450, 550, 500),
        ("at least 300-500", Form.AT_LEAST, 300, 500, 300),
        ("300-500 at least", Form.AT_LEAST, 300, 500, 300),
        ("up to 30-50%", Form.UP_TO, 0.45, 0.55, 0.5),
        ("up to several hundred", Form.UP_TO, 200, 1_000, 1_000),
        ("well into the hundreds", Form.AT_LEAST, 100, 1_000, 100),
        ("up to 300 or more", Form.UP_TO, 250, 350, 300),
        ("up to 30-50% of 11,000", Form.UP_TO, 4_950, 6_050, 5_500),
        ("about 300-500 or more", Form.AT_LEAST, 400, 600, 500),
        ("at most 300-500", Form.AT_MOST, 300, 500, 500),
    ],
)
def test_the_end_of_a_range_that_binds_is_the_bound(text, form, low, high, value):
    figure = reading(text)
    assert (figure.form, figure.low, figure.high, figure.value) == (form, low, high, value)


LOWER = {"en": ["at least", "more than", "no fewer than"], "es": ["al menos", "más de", "no menos de"]}
UPPER = {"en": ["fewer than", "at most", "up to"], "es": ["menos de", "como máximo", "hasta"]}
BUT = {"en": [" but ", " and ", ", "], "es": [" pero ", " y ", ", "]}


@SLOW
@given(languages, st.integers(1, 10**6), st.integers(1, 10**6), st.data())
def test_two_bounds_make_a_range_whichever_comes_first(language, low, more, data):
    lower, upper, but = (data.draw(st.sampled_from(words[language])) for words in (LOWER, UPPER, BUT))
    high = low + more
    assume(low >= 1_000 or (low >= 10 and 1_000 * low >= high))
    texts = (f"{lower} {low:,}{but}{upper} {high:,}", f"{upper} {high:,}{but}{lower} {low:,}")
    for text in texts:
        figure = reading(text, language)
        assert (figure.form, figure.low, figure.high) == (Form.INTERVAL, low, high)
    if more:
        assert "high to low" in refusal(f"{lower} {high:,}{but}{upper} {low:,}", language)
    assert "one side" in refusal(f"{lower} {low:,}{but}{lower} {high:,}", language)


ZEROS = {"en": ["0", "zero", "none", "0.0"], "es": ["0", "cero", "ninguno", "0.0"]}


@SLOW
@given(languages, st.integers(1, 10**6), st.data())
def test_a_range_from_zero_is_a_bound(language, high, data):
    zero = data.draw(st.sampled_from(ZEROS[language]))
    template = data.draw(st.sampled_from(RANGES[language]))
    noun = data.draw(st.sampled_from(NOUNS[language]))
    figure = reading(template.format(zero, f"{high:,}") + noun, language)
    assert (figure.form, figure.value) == (Form.AT_MOST, high)
    assert figure.low <= high <= figure.high
    upper = reading(f"{UPPER[language][2]} {template.format(zero, high)}", language)
    assert (upper.form, upper.value) == (Form.UP_TO, high)
    for lower in LOWER[language]:
        assert "says nothing" in refusal(f"{lower} {template.format(zero, high)}", language)
        assert "says nothing" in refusal(f"{lower} {zero}", language)


OR = {"en": "or", "es": "o"}


@SLOW
@given(languages, st.integers(1, 10**5), st.integers(1, 10**5))
def test_or_joins_neighbours_and_nothing_else(language, low, more):
    text = f"{low} {OR[language]} {low + more}"
    unit = 10 ** min(len(str(n)) - len(str(n).rstrip("0")) for n in (low, low + more))
    open_to_two = (low < 1_000 and 1_000 * low < low + more) or (low < 10 and 100 * low < low + more)
    if more <= unit or 2 * (low + more) <= 3 * low:
        assert cell(text, language) == (low, low + more)
    elif not open_to_two:
        assert "more than one figure" in refusal(text, language)


joints = st.sampled_from([", ", "; ", " / ", "/", " & ", " + ", " and ", " y ", " vs ", ". ", " ", "\n"])


@SLOW
@given(languages, st.integers(1, 10**6), st.integers(1, 10**6), joints, st.sampled_from(["", "killed", "muertos"]))
def test_two_figures_are_never_one(language, first, second, joint, noun):
    """A list of figures may look like one number ("300 000"), and never loses one of its two."""
    text = f"{first} {noun}{joint}{second}" if noun else f"{first}{joint}{second}"
    try:
        figure = reading(text, language)
    except WordingError:
        return
    assert str(int(figure.value)) == f"{first}{second}"


# Shares


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("60% of the total", "en"),
        ("80% men", "en"),
        ("70% dead", "en"),
        ("half strength", "en"),
        ("half of them", "en"),
        ("half of all", "en"),
        ("30% of casualties", "en"),
        ("9 of 10", "en"),
        ("3/4", "en"),
        ("9/11", "en"),
        ("300 in 5 days", "en"),
        ("half of 30%", "en"),
        ("30% of at least 11,000", "en"),
        ("40% de todos", "es"),
        ("30% de las bajas", "es"),
        ("la mitad de ellos", "es"),
        ("30% soldados", "es"),
    ],
)
def test_a_share_of_what_is_not_said_is_refused(text, language):
    assert re.search("share|figure|understood", refusal(text, language))


SHARES = {
    "en": {"half": 0.5, "a third": 1 / 3, "30%": 0.3, "one in five": 0.2, "two thirds": 2 / 3, "12.5 percent": 0.125},
    "es": {"la mitad": 0.5, "un tercio": 1 / 3, "el 30%": 0.3, "uno de cada cinco": 0.2, "dos tercios": 2 / 3},
}
OF = {"en": [" of ", " of the ", " of its "], "es": [" de ", " de los ", " de sus "]}


@SLOW
@given(languages, st.integers(100, 10**6), st.data())
def test_a_share_of_a_number_is_a_count(language, whole, data):
    share, part = data.draw(st.sampled_from(sorted(SHARES[language].items())))
    text = f"{share}{data.draw(st.sampled_from(OF[language]))}{whole:,}"
    figure, alone = reading(text, language), reading(share, language)
    assert not figure.share
    assert alone.share
    assert figure.value == pytest.approx(part * whole)
    # The share is not known better for being told of a number, and both are rounded independently.
    of_share, of_whole = ((f.high - f.low) / 2 / f.value for f in (alone, reading(f"{whole:,}", language)))
    expected = math.hypot(of_share, of_whole)
    assert (figure.high - figure.low) / 2 / figure.value == pytest.approx(min(expected, 0.25), rel=0.06)


@SLOW
@given(st.integers(1, 49), st.integers(1, 49), st.integers(1, 10**6))
def test_a_range_of_shares_of_a_number_keeps_its_ends(low, more, whole):
    high = low + more
    for text, language in ((f"{low}-{high}% of {whole}", "en"), (f"entre el {low} y el {high}% de {whole}", "es")):
        assert cell(text, language) == pytest.approx((low * whole / 100, high * whole / 100))


@SLOW
@given(st.integers(1, 9), st.integers(2, 10))
def test_one_in_so_many(k, n):
    assume(k < n)
    for text, language in (
        (f"{k} in {n}", "en"),
        (f"{k} out of every {n} soldiers", "en"),
        (f"{k} soldiers in {n}", "en"),
        (f"{k} de cada {n}", "es"),
    ):
        figure = reading(text, language)
        assert figure.share
        assert figure.value == pytest.approx(k / n)
        assert (figure.low, min(figure.high, 1)) == pytest.approx((k / (n + 0.5), min(k / (n - 0.5), 1)))


# Intervals that are published

LABELS = {"en": ["", "95% CI ", "95% CI: ", "CI 95% ", "range "], "es": ["", "IC 95%: ", "IC del 95 % "]}


@SLOW
@given(languages, st.integers(1_000, 10**6), st.integers(1, 900), st.integers(1, 900), st.data())
def test_a_number_with_its_interval_keeps_all_three(language, point, below, above, data):
    low, high = point - below, point + above
    joint = data.draw(st.sampled_from(["-", " to " if language == "en" else " a ", "; ", ", "]))
    label = data.draw(st.sampled_from(LABELS[language]))
    opening, closing = data.draw(st.sampled_from(["()", "[]"]))
    noun = data.draw(st.sampled_from(NOUNS[language][:2]))
    text = f"{point:,}{noun} {opening}{label}{low:,}{joint}{high:,}{closing}"
    sides = math.log(point / low), math.log(high / point)
    if max(sides) > 5 * min(sides) and label not in ("", "range "):
        assert "far nearer to one end" in refusal(text, language)
        return
    figure = reading(text, language)
    assert (figure.form, figure.low, figure.high, figure.value) == (Form.INTERVAL, low, high, point)
    assert (figure.stated is not None) == (label not in ("", "range "))
    apart = f"{point:,} {opening}{label}{high + 1:,}{joint}{high + 9:,}{closing}"
    assert "lie in" in refusal(apart, language)


@SLOW
@given(languages, st.integers(2, 10**6), st.integers(1, 10**6), st.sampled_from(["±", " ± ", " +/- ", "+-"]))
def test_a_margin_goes_both_ways(language, point, margin, sign):
    text = f"{point}{sign}{margin}"
    if margin >= point:
        assert "zero" in refusal(text, language)
    elif -math.log1p(-margin / point) > 5 * math.log1p(margin / point):
        assert "far nearer to one end" in refusal(text, language)
    else:
        figure = reading(text, language)
        assert (figure.low, figure.high, figure.value, figure.stated.mass) == (
            point - margin,
            point + margin,
            point,
            0.95,
        )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("30 ± 5%", "share or a count"),
        ("at least 300 (250-350)", "bound and an interval"),
        ("250 (2-300)", "write"),
        ("300 (250)", "understood"),
        ("300 (of whom 200 civilians)", "understood"),
    ],
)
def test_what_is_open_in_an_interval_is_refused(text, reason):
    assert reason in refusal(text)


def test_the_number_tells_what_an_interval_leaves_out():
    assert cell("75 (2-300)") == (2, 300)
    assert cell("1.2 million (1.0-1.4 million)") == (1_000_000, 1_400_000)


# Numbers


@SLOW
@given(st.integers(1, 99), st.integers(0, 999), st.sampled_from("'\u2019"), st.sampled_from(".,"), languages)
def test_an_apostrophe_before_two_groups_marks_millions(millions, thousands, apostrophe, mark, language):
    text = f"{millions}{apostrophe}{thousands:03}{mark}000"
    assert reading(text, language) == reading(f"{millions * 10**6 + thousands * 10**3}", language)


@SLOW
@given(st.integers(1, 99), st.integers(1, 999), st.integers(0, 999), languages)
def test_mixed_separators_are_refused_with_both_numbers(first, second, third, language):
    text = f"{first}.{second:03},{third:03}" if language == "es" else f"{first},{second:03}.{third:03}"
    short, long = map(int, re.search(r"write (\d+) or (\d+)", refusal(text, language)).groups())
    assert (short, long) == (first * 1_000 + second, first * 10**6 + second * 1_000 + third)


@SLOW
@given(st.integers(1, 999), st.integers(1, 999))
def test_digits_go_on_after_a_thousand_or_million(first, rest):
    assert reading(f"{first} mil {rest}", "es") == reading(f"{first * 1_000 + rest}", "es")
    assert reading(f"{first} millones {rest} mil", "es").value == first * 10**6 + rest * 1_000
    assert reading(f"{first} million {rest} thousand").value == first * 10**6 + rest * 1_000


@pytest.mark.parametrize(
    ("text", "value", "language"),
    [
        ("two and a half million", 2_500_000, "en"),
        ("a dozen and a half", 18, "en"),
        ("one and a half thousand", 1_500, "en"),
        ("dos millones y medio", 2_500_000, "es"),
        ("un millar y medio", 1_500, "es"),
        ("half a thousand", 500, "en"),
        ("a third of a million", 1_000_000 / 3, "en"),
        ("tres cuartos de millón", 750_000, "es"),
        ("2.5 lakh", 250_000, "en"),
        ("3 crore", 30_000_000, "en"),
        ("una quincena", 15, "es"),
        ("1.2m", 1_200_000, "en"),
    ],
)
def test_other_ways_to_say_a_number(text, value, language):
    assert reading(text, language).value == pytest.approx(value)


@SLOW
@given(st.integers(2, 9), st.integers(1, 4), languages)
def test_an_odd_number_ends_before_the_next_of_its_unit(digit, power, language):
    n = digit * 10**power
    text = f"{n}-odd" if language == "en" else f"{n} y pico"
    assert cell(text, language) == (n, n + 10**power - 1)


# Words of size

SIZES = {"en": {"tens": 10, "dozens": 12, "hundreds": 100, "thousands": 1_000}}
SIZES["es"] = {"decenas": 10, "docenas": 12, "cientos": 100, "miles": 1_000}
SEVERAL = {"en": "several {}", "es": "varias {}"}
THOUSANDS = {"en": "{} of thousands", "es": "{} de miles"}


@pytest.mark.parametrize("language", ["en", "es"])
def test_several_is_more_than_the_bare_word_and_thousands_multiply(language):
    for word, base in SIZES[language].items():
        bare, several = cell(word, language), cell(SEVERAL[language].format(word), language)
        assert bare[0] == base
        assert several == (2 * base, bare[1])
        if base < 1_000:
            assert cell(THOUSANDS[language].format(word), language) == (1_000 * base, 1_000 * bare[1])
            scaled = THOUSANDS[language].format(SEVERAL[language].format(word))
            assert cell(scaled, language) == (2_000 * base, 1_000 * bare[1])


RISES = {
    "en": [" or ", ", possibly ", " to ", ", maybe ", " or even "],
    "es": [" o ", ", quizá ", " a ", " o incluso "],
}
SURE = {"en": [" if not ", ", if not "], "es": [" si no ", ", cuando no "]}


@pytest.mark.parametrize("language", ["en", "es"])
def test_two_words_of_size_are_a_range(language):
    words = list(SIZES[language].items())
    for i, (low, base) in enumerate(words):
        for high, _ in words[i + 1 :]:
            top = cell(high, language)[1]
            assert all(cell(low + joint + high, language) == (base, top) for joint in RISES[language])
            assert all(cell(low + joint + high, language) == (2 * base, top) for joint in SURE[language])
            assert "high to low" in refusal(high + RISES[language][1] + low, language)


@pytest.mark.parametrize(
    ("text", "low", "high", "language"),
    [
        ("in the low tens of thousands", 10_000, 40_000, "en"),
        ("high hundreds", 600, 1_000, "en"),
        ("200 to several hundred", 200, 1_000, "en"),
        ("10,000s of people", 10_000, 100_000, "en"),
        ("several battalions", 750, 9_500, "en"),
        ("three companies", 240, 750, "en"),
        ("a couple of million", 1_500_000, 3_500_000, "en"),
        ("unos pocos millones", 1_500_000, 5_500_000, "es"),
        ("de tres cifras", 100, 999, "es"),
    ],
)
def test_other_words_of_size(text, low, high, language):
    assert cell(text, language) == (low, high)


@pytest.mark.parametrize(
    "text", ["300s", "300 battalion", "several to 2,000", "dozens of hundreds", "thousands if not hundreds"]
)
def test_sizes_that_make_no_sense_are_refused(text):
    assert refusal(text)


# What stands beside the number

LEADS = {"en": ["another ", "a further ", "only ", "the "], "es": ["otros ", "solo ", "apenas "]}


@SLOW
@given(languages, st.integers(1, 10**6), st.data())
def test_nouns_and_leads_change_nothing(language, number, data):
    lead = data.draw(st.sampled_from(["", *LEADS[language]]))
    words = data.draw(st.lists(st.sampled_from(sorted(LEXICONS[language].nouns)), max_size=3))
    text = f"{lead}{number} {' '.join(' '.join(word) for word in words)}"
    assert reading(text, language) == reading(str(number), language)


@pytest.mark.parametrize("language", ["en", "es"])
def test_only_what_is_known_is_passed_over(language):
    for text in ("300 dogs", "300 perros", "300 km", "300 (killed)", "300 killed in 2 days", "300 s", "3\u4e07"):
        assert refusal(text, language)


def test_a_long_text_is_refused_before_it_is_read():
    for text in ("1" * 201, "3" + "\u0336" * 40_000_000, "hundreds of " * 10**6):
        assert "longer than 200" in refusal(text)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "example_text",
    [
        "12 m",
        "2-300",
        "60% of the total",
        "1,234.567",
        "-3",
        "10,000-15",
        "no data",
        "no confirmed losses",
        "at most 0",
        "about 0",
        "at least 0",
    ],
)
def test_a_refusal_says_what_to_write(example_text, language):
    assert re.search("write|enter|begin|leave|keep", refusal(example_text, language))


words = st.sampled_from(
    sorted(
        {
            " ".join(word)
            for lexicon in LEXICONS.values()
            for table in (
                lexicon.before,
                lexicon.after,
                lexicon.vague,
                lexicon.fractions,
                lexicon.quantifiers,
                lexicon.parts,
                lexicon.units,
                lexicon.unit_plurals,
                lexicon.scales,
                lexicon.multipliers,
                lexicon.collectives,
                *(
                    lexicon.particles[name]
                    for name in ("of", "but", "halves", "one_in", "plus_minus", "levels", "zero", "no", "known")
                ),
            )
            for word in table
        }
        | {" ".join(joint) for lexicon in LEXICONS.values() for _, joint, _ in lexicon.ranges}
        | {"3", "20", "300", "1,500", "15,000", "0", "2.0", "1/3", "(", ")", "%", "killed", "of the force"}
    )
)


@settings(max_examples=400, deadline=None)
@given(st.lists(words, min_size=1, max_size=7).map(" ".join))
def test_any_words_of_the_lexicons_are_read_soundly_or_refused(text):
    for lexicon in LEXICONS.values():
        try:
            figure = read_figure(text, lexicon)
        except WordingError as error:
            assert error.reason
        else:
            assert 0 < figure.low < figure.high < math.inf
            assert figure.low <= figure.value <= figure.high
            assert not figure.share or figure.high <= 1
