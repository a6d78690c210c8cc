"""Reading figures as they were said: "up to 1,000" -> Figure."""

from truetoll.claims.wording.grammar import RATE, Lexicon, WordingError, load_lexicon, read_figure, read_lexicon
from truetoll.claims.wording.nouns import nouns_said
from truetoll.claims.wording.ranges import range_text
from truetoll.claims.wording.ratios import RATIO

__all__ = [
    "RATE",
    "RATIO",
    "Lexicon",
    "WordingError",
    "load_lexicon",
    "nouns_said",
    "range_text",
    "read_figure",
    "read_lexicon",
]
