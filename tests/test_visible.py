"""Text of anybody's making, made fit to be shown."""

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from truetoll.visible import cut_short, json_text, visible

ACTING = ["\x1b", "\x00", "\x07", "\x08", "\x7f", "\x85", "\x9b", "\x9d", "\u2028", "\u2029", "\r"]
TURNING = ["\u202a", "\u202b", "\u202d", "\u202e", "\u202c", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u061c"]
HIDING = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u180e",
    "\U000e0041",
    "\udcff",
    "\ufff9",
    "\u3164",
]


@pytest.mark.parametrize("mark", [*ACTING, *TURNING, *HIDING], ids=ascii)
def test_what_acts_turns_or_hides_becomes_an_escape(mark):
    shown = visible(f"a{mark}b")
    assert mark not in shown
    assert shown.isprintable() and shown.isascii()
    assert f"{ord(mark):x}" in shown


@pytest.mark.parametrize(
    "text",
    [
        "ÁËñ ß",
        "می\u200cخواهم",
        "क्\u200dष",
        "שלום\u200f!",
        "北韓",
        "🇺🇦 👩\u200d🚒",
        "e\u0301",
        "1,000-2,000 «x»",
        "a\tb\nc",
    ],
)
def test_letters_of_every_script_stay_with_the_marks_they_need(text):
    assert visible(text) == text


def test_a_single_line_stays_one():
    assert visible("a\nb\tc", lines=False) == r"a\x0ab\x09c"
    assert visible("a\r\nb") == "a\nb"


@given(st.text())
def test_shown_twice_is_shown_once(text):
    shown = visible(text)
    assert visible(shown) == shown
    bad = [c for c in shown if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") and c not in "\n\t"]
    assert bad == []


@given(st.dictionaries(st.text(), st.text()))
def test_json_says_the_same_and_acts_on_nothing(document):
    text = json_text(document)
    assert json.loads(text) == document
    assert visible(text) == text or max(text) >= "\u200c"  # joiners beside a letter are escaped too
    assert not set(text) & {"\x1b", "\x7f", "\x9b", "\u202e", "\u2028"}


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("at least 86,100 dead", 13, "at least "),  # not 86,1
        ("at least 86,100 dead", 12, "at least "),  # not 86
        ("at least 86,100 dead", 15, "at least 86,100"),
        ("at least 86 100 dead", 12, "at least "),
        ("unos 86\u202f100 muertos", 8, "unos "),
        ("in 2024 and later", 7, "in 2024"),
        ("7 of 12, 30 of 40", 8, "7 of 12,"),
        ("a name too long", 8, "a name t"),
        ("86,100", 4, ""),
        ("86,100", 6, "86,100"),
        ("1" * 1_000, 100, "1" * 100),  # no number of anything
    ],
)
def test_no_number_is_cut(text, limit, kept):
    assert cut_short(text, limit) == kept


@given(st.text("01., x", max_size=40), st.integers(0, 40))
def test_what_is_cut_is_a_beginning_that_fits(text, limit):
    kept = cut_short(text, limit)
    rest = text[len(kept) :]
    assert text.startswith(kept) and len(kept) <= limit
    assert not (re.search(r"\d$", kept) and re.match(r"[.,]?\d", rest))
    assert not (re.search(r"\d[.,]$", kept) and re.match(r"\d", rest))
