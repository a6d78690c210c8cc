"""The languages that figures are read in and answers are given in: each has a lexicon and a catalogue of words."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
AT_LEAST = {"en": "at least {}", "es": "al menos {}"}
"""How a lower bound is written into claims.csv; the lexicon of the language must read it."""
