"""The column ``losses`` -> readings: ``dprk.killed:0.7 | dprk.killed + russia_kursk.killed:0.3``.

losses  = reading {"|" reading}
reading = sum ["/" sum] [":" probability]     probabilities are needed where there are two or more readings
sum     = term {"+" term}, in brackets or without
term    = force "." quantity

A reading with a stroke is a ratio: of the killed of one force and those of another, or of a part and its whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from truetoll.claims.schema import OUTCOMES, Force, Reading, Term
from truetoll.errors import Problem, unknown

LONGEST = 2_000
"""Characters of a cell; Radford's longest has 100."""

_TERM = re.compile(r"([^\s.]+)\.([^\s.]+)")
_PROBABILITY = re.compile(r"[01]?(\.\d+)?")


class _RefusedError(Exception):
    """The problem that stops a text from being read."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.what)


def read_losses(
    text: str, forces: Mapping[str, Force | None], where: str, brief: bool = False
) -> tuple[tuple[Reading, ...], list[Problem]]:
    """Read what a claim counts.

    Parameters
    ----------
    text : str
    forces : mapping of str to Force or None
        None for a force that is declared but not understood: its quantities are then not checked.
    where : str
        Of the problems.
    brief : bool
        Whether problems will be counted only, so that what they would list need not be gathered.

    Returns
    -------
    tuple of Reading
        Probabilities add up to one; empty if there is a problem.
    list of Problem
    """
    problems, readings = list[Problem](), list[Reading]()
    if len(text) > LONGEST:
        return (), [Problem(where, f"losses is longer than {LONGEST:,} characters", repr(text[:100]))]
    parts = text.split("|")
    told = {} if brief else forces
    for part in parts:
        try:
            readings.append(_reading(part, text, len(parts) == 1, forces, where, told))
        except _RefusedError as refused:
            problems.append(refused.problem)
    if not problems:
        problems += _together(readings, text, forces, where)
    total = sum(reading.probability for reading in readings)
    scaled = (replace(each, probability=each.probability / total) for each in readings) if not problems else ()
    return tuple(scaled), problems


def _reading(
    part: str, text: str, alone: bool, forces: Mapping[str, Force | None], where: str, told: Mapping[str, Force | None]
) -> Reading:
    """Read one reading and check what needs no other."""
    said, colon, probability = part.partition(":")
    sums = [_sum(each.strip(), text, forces, where, told) for each in said.split("/")]
    if len(sums) > 2:
        what = "losses: a reading holds one stroke at most: what is counted, and what it is divided by"
        raise _RefusedError(Problem(where, what, repr(text)))
    if len(sums) == 2 and frozenset(sums[0]) == frozenset(sums[1]):
        raise _RefusedError(Problem(where, "losses: both sides of the stroke are the same", repr(text)))
    if not colon and not alone:
        what = "losses: two or more readings need a probability each (reading:0.7 | reading:0.3)"
        raise _RefusedError(Problem(where, what, repr(text)))
    return Reading(_probability(probability.strip(), text, where) if colon else 1.0, *sums)


def _sum(
    said: str, text: str, forces: Mapping[str, Force | None], where: str, told: Mapping[str, Force | None]
) -> tuple[Term, ...]:
    """Read what is added up on one side of a reading."""
    bare = said[1:-1] if said.startswith("(") and said.endswith(")") else said
    terms = tuple(_term(each.strip(), text, forces, where, told) for each in bare.split("+"))
    problem = next(_mixtures(terms, text, forces, where), None)
    if problem:
        raise _RefusedError(problem)
    return terms


def _probability(text: str, whole: str, where: str) -> float:
    if not text or not _PROBABILITY.fullmatch(text) or not 0 < float(text) <= 1:
        what = "losses: the probability of a reading must be a number above 0 and at most 1"
        raise _RefusedError(Problem(where, what, repr(text or whole)))
    return float(text)


def _term(
    text: str, whole: str, forces: Mapping[str, Force | None], where: str, told: Mapping[str, Force | None]
) -> Term:
    """Read one term; the forces that are told are listed if it is none."""
    match = _TERM.fullmatch(text)
    if match is None:
        what = "losses: a force, a dot and a quantity are expected"
        known = [f"{f}.{q}" for f, force in told.items() if force for q in force.quantities]
        raise _RefusedError(Problem(where, what, repr(text or whole), tuple(known)))
    name, quantity = match.groups()
    if name not in forces:
        raise _RefusedError(unknown(where, "losses: there is no such force in case.toml", name, told))
    force = forces[name]
    if force is not None and quantity not in force.quantities:
        known = [f"{name}.{each}" for each in force.quantities] if told else []
        what = "losses: this force has no such quantity"
        if quantity in OUTCOMES:
            what = f"losses: this outcome is not among the outcomes of {name} in case.toml"
        if quantity == "strength":
            what = f"losses: {name} has no strength in case.toml, only a total"
        raise _RefusedError(_no_quantity(where, what, name, quantity, known))
    return Term(name, quantity)


_MEANT = {
    "killed": ("dead", "deaths", "death", "died", "fatalities", "kia", "kills", "muertos"),
    "wounded": ("injured", "injuries", "hurt", "wia", "heridos"),
    "captured": ("prisoners", "pow", "pows", "prisioneros"),
    "missing": ("mia", "disappeared", "desaparecidos"),
    "casualties": ("losses", "total", "bajas"),
}
"""Other words for a quantity: named as the nearest, never taken as read."""


def _no_quantity(where: str, what: str, name: str, quantity: str, known: list[str]) -> Problem:
    """Name what was meant; a guess by spelling alone could turn the dead into wounded, so it must be close."""
    meant = [right for right, words in _MEANT.items() if quantity in words]
    close = get_close_matches(quantity, [Term.of(each).quantity for each in known], n=1, cutoff=0.75)
    nearest = next((f"{name}.{each}" for each in (*meant, *close) if f"{name}.{each}" in known), None)
    return Problem(where, what, repr(f"{name}.{quantity}"), tuple(known), nearest)


def kind_of(term: Term, forces: Mapping[str, Force | None]) -> str | None:
    """Tell what a term is counted in.

    Parameters
    ----------
    term : Term
    forces : mapping of str to Force or None

    Returns
    -------
    str or None
        ``persons lost``, ``strength``, the name of a count (the first of those that a declared sum adds up), or None
        if the force is not understood.
    """
    force = forces[term.force]
    if term.is_strength:
        return "strength"
    if force is None:
        return None
    addable = force.addable(term.quantity)
    return "persons lost" if addable == "persons" else addable


def _mixtures(terms: tuple[Term, ...], text: str, forces: Mapping[str, Force | None], where: str) -> Iterator[Problem]:
    """Find sums of unlike things, and sums that count somebody twice."""
    kinds = dict.fromkeys(kind for term in terms if (kind := kind_of(term, forces)))
    if len(kinds) > 1:
        hint = (
            "" if {"persons lost", "strength"} & kinds.keys() else "; to add them, declare a sum of them in case.toml"
        )
        yield Problem(where, f"losses: {' and '.join(kinds)} cannot be added up{hint}", repr(text))
    cells = Counter(cell for term in terms for cell in _cells(term, forces[term.force]))
    twice = [cell for cell, n in cells.items() if n > 1]
    if twice:
        yield Problem(where, f"losses: the sum counts {', '.join(twice)} more than once", repr(text))


def _cells(term: Term, force: Force | None) -> list[str]:
    """List what a term adds up, as far as it is known."""
    parts = force.outcomes_of(term.quantity) if force else ()
    return [f"{term.force}.{part}" for part in parts] or [str(term)]


def _together(readings: list[Reading], text: str, forces: Mapping[str, Force | None], where: str) -> Iterator[Problem]:
    """Check the readings against each other."""
    total = sum(reading.probability for reading in readings)
    if abs(total - 1) > 0.001:
        yield Problem(where, f"losses: the probabilities of the readings add up to {total:g}, not to 1", repr(text))
    if len({reading.content[:2] for reading in readings}) < len(readings):
        yield Problem(where, "losses: two readings are the same", repr(text))
    if len({bool(reading.over) for reading in readings}) > 1:
        yield Problem(where, "losses: one figure cannot be either a number or a ratio", repr(text))
        return
    sides = ([t for r in readings for t in r.terms], [t for r in readings for t in r.over])
    for side in sides:
        yield from _unlike(side, text, forces, where)


def _unlike(terms: list[Term], text: str, forces: Mapping[str, Force | None], where: str) -> Iterator[Problem]:
    """Find readings of one figure that count unlike things."""
    kinds = {kind_of(term, forces) for term in terms} - {None, "strength"}
    if len(kinds) > 1:
        both = " and ".join(sorted(map(str, kinds)))
        yield Problem(where, f"losses: one figure cannot be either {both}", repr(text))
