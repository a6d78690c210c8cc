"""Words for another time in a figure: "twice as many as IN MAY", "800 more than THE MONTH BEFORE".

Which days are meant stands in ``losses``; the words change nothing beside it, and cannot stand for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from truetoll.claims.wording.vocabulary import Lexicon, match
from truetoll.text.messages import message

OTHER_TIME = message("wrong_figure.other_time")
"""What is said of a ratio to another time where losses state none."""
DIFFERENCE = message("wrong_figure.difference")
"""What is said of "800 more", which leaves open more than what."""

_NEAR = 3
"""Words between a number, "more" and "than"."""
_YEAR = re.compile(r"(19|20)\d\d")


def without_period(tokens: Sequence[str], lexicon: Lexicon) -> tuple[Sequence[str], bool]:
    """Take words for a time out of a figure.

    Parameters
    ----------
    tokens : sequence of str
    lexicon : Lexicon

    Returns
    -------
    sequence of str
        The others.
    bool
        Whether there were any.
    """
    kept, place = list(tokens[:1]), 1
    while place < len(tokens):
        end = _end(tokens, place, lexicon)
        if end is None:
            kept.append(tokens[place])
        place = end or place + 1
    return (kept, True) if len(kept) < len(tokens) else (tokens, False)


def _end(tokens: Sequence[str], place: int, lexicon: Lexicon) -> int | None:
    """Find where words for a time end that begin here: "in May 2024", "in 2023", "the month before"."""
    lead = match(lexicon.particles["period_leads"], tokens, place)
    for start in (lead[1], place) if lead else (place,):
        period = match(lexicon.particles["periods"], tokens, start)
        after = period[1] if period else start
        of = match(lexicon.particles["of"], tokens, after) if period else None
        for year in (of[1], after) if of else (after,):
            if (period or start > place) and year < len(tokens) and _YEAR.fullmatch(tokens[year]):
                return year + 1
        if period:
            return after
    return None


def is_difference(tokens: Sequence[str], place: int, lexicon: Lexicon) -> bool:
    """Whether words behind a number in running text make it a difference: "800 MORE killed THAN in May".

    Parameters
    ----------
    tokens : sequence of str
    place : int
        Behind the number.
    lexicon : Lexicon

    Returns
    -------
    bool
    """
    near = range(place, min(place + _NEAR, len(tokens)))
    more = next((at for at in near if is_more(tokens, at, lexicon)), None)
    if more is None:
        return False
    than = range(more + 1, min(more + 1 + _NEAR, len(tokens)))
    return any(match(lexicon.particles["than"], tokens, at) for at in than)


def is_more(tokens: Sequence[str], place: int, lexicon: Lexicon) -> bool:
    """Whether "more" or "fewer" stands at a place, which behind a number makes it a difference.

    Parameters
    ----------
    tokens : sequence of str
    place : int
    lexicon : Lexicon

    Returns
    -------
    bool
    """
    return any(match(lexicon.particles[name], tokens, place) for name in ("more", "fewer"))
