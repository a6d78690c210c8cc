"""Estimates as they are published are read as their number, and the interval as the error they state themselves."""

import pytest

from truetoll.claims.schema import Form, Stated
from truetoll.claims.wording import WordingError, read_figure, read_lexicon

ONE_SD = 0.6827
PUBLISHED = [
    ("en", "75,200 (95% CI 63,600-86,800)", 75_200, (63_600, 86_800, 0.95)),
    ("en", "75,200 deaths (95% CI: 63,600 to 86,800)", 75_200, (63_600, 86_800, 0.95)),
    ("en", "75,200, 95% confidence interval 63,600 to 86,800", 75_200, (63_600, 86_800, 0.95)),
    ("en", "75,200 (63,600-86,800, 95% CI)", 75_200, (63_600, 86_800, 0.95)),
    ("en", "66,000 (80% CrI 50,000 to 90,000)", 66_000, (50_000, 90_000, 0.8)),
    ("en", "37,138 (uncertainty interval 32,763-43,307)", 37_138, (32_763, 43_307, 0.95)),
    ("en", "posterior median 75,200 [63,600, 86,800]", 75_200, (63_600, 86_800, 0.95)),
    ("en", "posterior median 75,200 [90% CI: 63,600, 86,800]", 75_200, (63_600, 86_800, 0.9)),
    ("en", "about 350 +- 30", 350, (320, 380, 0.95)),
    ("en", "350 (SE 30)", 350, (320, 380, ONE_SD)),
    ("en", "350 (SE = 30)", 350, (320, 380, ONE_SD)),
    ("en", "350 ± 30 (SE)", 350, (320, 380, ONE_SD)),
    ("en", "between 64 and 100 (90 % interval)", 80, (64, 100, 0.9)),
    ("es", "75.200 (IC 95 % 63.600-86.800)", 75_200, (63_600, 86_800, 0.95)),
    ("es", "75.200 muertos (IC del 95%: 63.600 a 86.800)", 75_200, (63_600, 86_800, 0.95)),
    ("es", "mediana posterior 75.200 [63.600, 86.800]", 75_200, (63_600, 86_800, 0.95)),
    ("es", "350 (EE 30)", 350, (320, 380, ONE_SD)),
    ("es", "entre 64 y 100 (intervalo del 90 %)", 80, (64, 100, 0.9)),
]


@pytest.mark.parametrize(("language", "text", "value", "stated"), PUBLISHED, ids=[text for _, text, *_ in PUBLISHED])
def test_an_estimate_is_its_number_and_its_interval(language, text, value, stated):
    found = read_figure(text, read_lexicon(language))
    assert (found.form, found.share) == (Form.INTERVAL, False)
    assert found.value == pytest.approx(value)
    low, high, mass = stated
    assert (found.low, found.high) == (low, high)
    assert found.stated.mass == pytest.approx(mass, abs=1e-4)
    assert low < found.cell[0] < value < found.cell[1] < high


def test_a_share_has_an_interval_too():
    found = read_figure("45% (95% CI 40-51%) of strength", read_lexicon("en"))
    assert (found.share, found.value, found.stated) == (True, 0.45, Stated(0.95, 0.445, 0.455))


@pytest.mark.parametrize("text", ["350 (320-380)", "37,138 [32,763-43,307]", "300-500", "about 300"])
def test_a_range_that_nobody_calls_an_interval_is_a_range(text):
    assert read_figure(text, read_lexicon("en")).stated is None


REFUSED = {
    "median 300": "the middle of an interval that is not there",
    "1,000 (95% CI 100-1,010)": "far nearer to one end",
    "1,000 (95% CI 1,000-1,500)": "ends at its number",
    "300 (95% CI 400-500)": "its number does not lie in",
    "up to 350 (95% CI 320-380)": "a bound and an interval",
    "30 ± 40": "reaches zero",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_an_estimate_is_refused(text):
    with pytest.raises(WordingError, match=REFUSED[text]):
        read_figure(text, read_lexicon("en"))
