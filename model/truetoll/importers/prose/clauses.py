"""Whose verb it is: the side that is the subject of a clause."""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.claims.wording.vocabulary import match
from truetoll.importers.prose.parties import Mention
from truetoll.importers.prose.sentences import SIGNS, Sentence
from truetoll.importers.prose.vocabulary import Words

SIDES = ("people", "name", "group")


def sides_of(named: Sequence[Mention], *others: str) -> list[Mention]:
    """Keep the mentions that name a side, or are of another kind that is asked for."""
    return [each for each in named if each.kind in (*SIDES, *others) and each.key != "soldiers"]


def subject_of(sentence: Sentence, at: int, named: Sequence[Mention], words: Words) -> Mention | None:
    """Find the side that a verb has for its subject.

    Parameters
    ----------
    sentence : Sentence
    at : int
        Position of the verb.
    named : sequence of Mention
        Of the sentence.
    words : Words

    Returns
    -------
    Mention or None
        Of a side or organisation: the head of the noun phrase in front, "The UN agency for Palestinian refugees" is of
        the UN; None if the clause names none.
    """
    start = clause_start(sentence, at, words)
    inside = [each for each in sides_of(named, "org") if start <= each.start and each.stop <= at]
    heads = [
        each
        for each in inside
        if not words.is_small("preps", word := _before(sentence, each, words)) or words.says_small("clauses", word)
    ]
    return heads[0] if heads else None


def clause_start(sentence: Sentence, at: int, words: Words) -> int:
    """Find where the clause of a verb begins; what stands between two commas before the verb does not end it.

    Parameters
    ----------
    sentence : Sentence
    at : int
        Position of the verb.
    words : Words

    Returns
    -------
    int
    """
    norms, start, passed = sentence.norms, at, False
    while start > 0:
        word = norms[start - 1]
        if word == "," and not passed and all(words.is_small("aux", each) for each in norms[start:at]):
            comma = next((i for i in range(start - 2, 0, -1) if norms[i] in {",", *SIGNS}), 0)
            if norms[comma] != "," or not comma:
                break
            start, passed = comma, True
            continue
        ends = word == "," or word in SIGNS or words.says_small("clauses", word)
        if ends or match(words.voices["says"], norms, start - 1):
            break
        start -= 1
    return start


def _before(sentence: Sentence, each: Mention, words: Words) -> str:
    at = each.start - 1
    while at >= 0 and words.says_small("articles", sentence.norms[at]):
        at -= 1
    return sentence.norms[at] if at >= 0 else ""
