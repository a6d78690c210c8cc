"""What a figure itself says was counted: "300 wounded" -> wounded."""

from __future__ import annotations

from truetoll.claims.schema import Said
from truetoll.claims.wording.vocabulary import Lexicon, match


def nouns_said(text: str, lexicon: Lexicon) -> tuple[Said, ...]:
    """Find the nouns in a figure that has been read.

    Parameters
    ----------
    text : str
        A figure that `read_figure` understands: every word in it is known.
    lexicon : Lexicon

    Returns
    -------
    tuple of Said
        In the order they stand; nouns that fit anybody ("people", a nationality) are left out.
    """
    if not any(char.isalpha() for char in text):
        return ()
    tokens = lexicon.tokens(text)
    found, position = list[Said](), 0
    while position < len(tokens):
        hit = match(lexicon.nouns, tokens, position)
        if hit is None:
            position += 1
            continue
        counts, group = hit[0]
        if counts != "persons":
            found.append(Said(" ".join(tokens[position : hit[1]]), counts, group))
        position = hit[1]
    return tuple(dict.fromkeys(found))
