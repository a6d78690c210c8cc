"""Figures whose own noun says another thing than their ``losses``: "300 wounded" under ``north.killed``.

All of it is told as a notice and none is a problem: the wording is the source's and the reading the analyst's, who may
know that the "casualties" of a bulletin are dead; and a problem would hide the others of the same file. There are two
strengths. What *contradicts* cannot be both: another outcome, things for persons, civilians of a military force. What
*may count more or fewer* is of the same kind: casualties for killed, killed for a sum with wounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from truetoll.claims.languages import LANGUAGES
from truetoll.claims.places import of_claim, of_table
from truetoll.claims.schema import OUTCOMES, CaseFile, Claim, Force, Form, Reading, Said, Term
from truetoll.claims.wording import nouns_said, read_lexicon
from truetoll.text.messages import Message

TOLD = 5
"""Claims of one kind that are told one by one; the rest is counted. A case may have thousands of one wording."""

_ANY_THING = frozenset({"pieces", "vehicles"})
"""Groups of things that hold others: a tank is a vehicle."""

_OTHER = 2
_PART = 1


def noun_notices(file: CaseFile, claims: Sequence[Claim]) -> Iterator[Message]:
    """Tell of figures whose noun says another thing than what they are entered as.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim

    Yields
    ------
    Message
        With line, claim, noun and losses.
    """
    kinds: dict[tuple[str, str, int], list[Claim]] = defaultdict(list)
    for claim in claims:
        # No losses are no dead: what is more than the losses holds of them too where it is nothing.
        nothing = claim.figure.form is Form.BELOW
        if claim.is_ratio:  # its nouns may be of either side
            continue
        degree = min((_distance(claim.nouns, reading, file.forces) for reading in claim.readings), default=0)
        if degree > (_PART if nothing else 0):
            kinds[_words(claim.nouns), _losses(claim), degree].append(claim)
    for (words, losses, degree), found in kinds.items():
        told = TOLD if len(found) > TOLD + 1 else len(found)
        for claim in found[:told]:
            yield of_claim(claim, _SAYS[degree], id=claim.id, noun=words, losses=losses)
        if rest := found[told:]:
            about = {"noun": words, "losses": losses, "id": rest[0].id}
            yield of_table("notice.noun_more", n=len(rest), first=rest[0].line, **about)


_SAYS: Mapping[int, str] = {_OTHER: "notice.noun", _PART: "notice.noun_part"}


def _words(nouns: Sequence[Said]) -> str:
    return ", ".join(said.word for said in nouns)


def _losses(claim: Claim) -> str:
    return " | ".join(map(str, claim.readings))


def _distance(nouns: Sequence[Said], reading: Reading, forces: Mapping[str, Force]) -> int:
    """How far what was said is from one reading: 0 fits, 1 is more or fewer of it, 2 another thing."""
    if not nouns:
        return 0
    return max(_distance_of_kind(nouns, reading, forces), _distance_of_victims(nouns, reading, forces))


def _distance_of_kind(nouns: Sequence[Said], reading: Reading, forces: Mapping[str, Force]) -> int:
    """Compare outcomes and things with what the reading adds up."""
    said = {each.counts for each in nouns}
    if any(_is_count(term, forces) for term in reading.terms):
        return max(_distance_of_things(nouns, _names(term, forces)) for term in reading.terms)
    if "things" in said:
        return _OTHER
    if any(term.is_strength for term in reading.terms):
        return _OTHER if said & {*OUTCOMES, "casualties"} else 0
    return _distance_of_outcomes(said, reading, forces)


def _distance_of_outcomes(said: AbstractSet[str], reading: Reading, forces: Mapping[str, Force]) -> int:
    """Compare the ways of being lost that were said with those the reading adds up."""
    outcomes = said & set(OUTCOMES)
    counted = {part for term in reading.terms for part in forces[term.force].outcomes_of(term.quantity)}
    several = len(counted) > 1 or any(term.quantity == "casualties" for term in reading.terms)
    if "casualties" in said and not outcomes:
        return 0 if several else _PART
    # "300 killed, wounded or captured" of a force that counts killed and wounded: all that is lost.
    everything = several and ("casualties" in said or outcomes >= counted)
    if not outcomes or outcomes == counted or everything:
        return 0
    return _PART if outcomes & counted else _OTHER


def _distance_of_victims(nouns: Sequence[Said], reading: Reading, forces: Mapping[str, Force]) -> int:
    """Compare soldiers and civilians with who the forces are."""
    said = {each.counts for each in nouns} & {"military", "civilian"}
    victims = {forces[term.force].victims for term in reading.terms if not _is_count(term, forces)}
    if len(said) != 1 or not victims or "mixed" in victims:
        return 0
    return 0 if said & victims else _OTHER


def _is_count(term: Term, forces: Mapping[str, Force]) -> bool:
    return not term.is_strength and forces[term.force].unit_of(term.quantity) != "persons"


def _names(term: Term, forces: Mapping[str, Force]) -> tuple[str, ...]:
    """Names of a count, or of a sum of counts and what it adds up."""
    return (term.quantity, *forces[term.force].outcomes_of(term.quantity))


def _distance_of_things(nouns: Sequence[Said], names: Sequence[str]) -> int:
    """Compare what was said with the names of a count, where these are words for things."""
    known = (said for name in names for language in LANGUAGES for said in _of_name(name, language))
    groups = {said.group for said in known if said.counts == "things"}
    if not groups:
        return 0  # under another name persons may be counted, such as officers
    things = {said.group for said in nouns if said.counts == "things"}
    if {said.counts for said in nouns} - {"things", "casualties"}:
        return _OTHER
    return _OTHER if things and not (things | groups) & _ANY_THING and not things & groups else 0


@cache
def _of_name(name: str, language: str) -> tuple[Said, ...]:
    return nouns_said(name.replace("_", " "), read_lexicon(language))
