"""Reading figures as they were said: "up to 1,000" -> Figure."""

from truetoll.claims.wording.grammar import Lexicon, WordingError, load_lexicon, read_figure, read_lexicon

__all__ = ["Lexicon", "WordingError", "load_lexicon", "read_figure", "read_lexicon"]
