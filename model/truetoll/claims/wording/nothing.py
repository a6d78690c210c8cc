"""Nothing, as it is said: "0", "none killed", "no losses", "ninguna baja".

It is an observation of one kind only: what its source would have put down lies below one. A bias is a factor f between
what there was and what is put down, so nothing is put down where there were fewer than 1/f. "None" by a source that
tells of one in twenty still allows some twenty, and by one that tells of three for each allows next to nobody. That is
right at either end. Who sees each of the lost with chance p sees none of n with chance (1 - p)^n, which is 1/e at
n = 1/p; the form has one half there. And nothing times any factor is nothing: where a source overstates, what lies
between 1/f and 1 is lost to it, but no count lies there; losses are continuous in the model, and all of them below one
are none.

What it is not is a denial: that a source says nothing whatever happened. That is a report of the unsound kind, which
its credibility is for, and `validate` asks about it. "No confirmed losses" tells what is known and not how many there
were, and is refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.claims.schema import Figure, Form
from truetoll.claims.wording.ends import read_end
from truetoll.claims.wording.lexicon_schema import Hedge
from truetoll.claims.wording.vocabulary import Lexicon, WordingError, match
from truetoll.text.messages import message

NOTHING = Figure(Form.BELOW, 0.5, 1.0, 1.0)
"""Below one. It has no lower edge on the log scale; half a person stands there for what asks for one."""


def zero_at(tokens: Sequence[str], start: int, lexicon: Lexicon) -> int | None:
    """Find a word or number for nothing.

    Parameters
    ----------
    tokens : sequence of str
    start : int
    lexicon : Lexicon

    Returns
    -------
    int or None
        The position after it; after "no" only if a noun follows at once, or words that end in one.

    Raises
    ------
    WordingError
        For zero per cent, which is no count.
    """
    if (noun := match(lexicon.particles["no"], tokens, start)) and _counted(tokens, noun[1], lexicon):
        return noun[1]
    if word := match(lexicon.particles["zero"], tokens, start):
        return word[1]
    end = read_end(tokens, start, lexicon)
    if end is None or end[0].high != 0:
        return None
    if end[0].share:
        raise lexicon.refuse(message("wrong_figure.zero_percent"))
    return end[1]


def _counted(tokens: Sequence[str], start: int, lexicon: Lexicon) -> bool:
    """Whether a noun for what is counted stands among the words that may follow a number."""
    while start < len(tokens):
        if match(lexicon.nouns, tokens, start):
            return True
        word = match(lexicon.particles["after_count"], tokens, start)
        if word is None:
            return False
        start = word[1]
    return False


def check_nothing(tokens: Sequence[str], start: int, hedges: Sequence[Hedge], lexicon: Lexicon) -> None:
    """Refuse what stands around nothing and makes something else of it.

    Parameters
    ----------
    tokens : sequence of str
    start : int
        After the word for nothing.
    hedges : sequence of Hedge
        Before and after it.
    lexicon : Lexicon

    Raises
    ------
    WordingError
    """
    if any(hedge.form.side > 0 for hedge in hedges):
        raise says_nothing(lexicon)
    if any(hedge.form.side < 0 for hedge in hedges):
        raise lexicon.refuse(message("wrong_figure.below_zero"))
    if any(hedge.cell != "exact" for hedge in hedges):
        most = next((hedge.before[0] for hedge in lexicon.before.values() if hedge.form is Form.AT_MOST), Form.AT_MOST)
        raise lexicon.refuse(message("wrong_figure.around_zero", most=str(most)))
    if any(match(lexicon.particles["known"], tokens, place) for place in range(start, len(tokens))):
        raise lexicon.refuse(message("wrong_figure.known_only"))


def says_nothing(lexicon: Lexicon) -> WordingError:
    """Make the error of a lower bound at zero.

    Parameters
    ----------
    lexicon : Lexicon

    Returns
    -------
    WordingError
    """
    return lexicon.refuse(message("wrong_figure.says_nothing"))
