"""The column ``losses`` -> readings: ``dprk.killed:0.7 | dprk.killed + russia_kursk.killed:0.3``.

losses  = reading {"|" reading}
reading = sum ["/" sum [window]] [":" probability]     probabilities are needed where there are two or more readings
window  = "[" day ".." day "]"                of what stands after the stroke, if it is not the claim's own
sum     = term {"+" term}, in brackets or without
term    = force "." quantity                  of a force, or of a total over forces: its forces are added up then

A reading with a stroke is a ratio: of the killed of one force and those of another, of a part and its whole, or of one
quantity over two windows, ``north.killed / north.killed [2024-05-01..2024-06-01]``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType

from truetoll.claims.schema import OUTCOMES, Force, Reading, Term, Total, Window
from truetoll.claims.totals import in_common
from truetoll.errors import Problem, unknown
from truetoll.text.messages import Message, message

LONGEST = 2_000
"""Characters of a cell; Radford's longest has 100."""

_TERM = re.compile(r"([^\s.]+)\.([^\s.]+)")
_WINDOW = re.compile(r"(\d{4}-\d{2}-\d{2}) *\.\. *(\d{4}-\d{2}-\d{2}) *\] *")
_PROBABILITY = re.compile(r"[01]?(\.\d+)?")


class _RefusedError(Exception):
    """The problem that stops a text from being read."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem)


class _UntoldError(Exception):
    """It speaks of a total that is not understood: the problem is the total's, and told there."""


@dataclass(frozen=True)
class _Names:
    """What a cell may speak of, and where it stands.

    Parameters
    ----------
    forces : mapping of str to Force or None
    totals : mapping of str to Total or None
    text : str
        The whole cell.
    where : str
    brief : bool
        Whether what is known need not be listed.
    """

    forces: Mapping[str, Force | None]
    totals: Mapping[str, Total | None]
    text: str
    where: str
    brief: bool

    @property
    def all(self) -> tuple[str, ...]:
        """Names that may stand before the dot."""
        return () if self.brief else (*self.forces, *self.totals)

    def members(self, total: str) -> dict[str, Force | None]:
        """Find the forces that a total adds up."""
        of = self.totals[total]
        if of is None or not all(name in self.forces for name in of.of):
            raise _UntoldError
        return {name: self.forces[name] for name in of.of}

    def quantities(self, name: str) -> tuple[str, ...] | None:
        """Name what may stand after the dot; None if it is not known."""
        members = self.members(name) if name in self.totals else {name: self.forces[name]}
        sound = [force for force in members.values() if force]
        return in_common(sound) if sound and len(sound) == len(members) else None

    def known(self, *names: str) -> list[str]:
        """List the quantities of forces and totals."""
        found: list[str] = []
        for name in () if self.brief else names:
            with suppress(_UntoldError):
                found += [f"{name}.{each}" for each in self.quantities(name) or ()]
        return found


def read_losses(
    text: str,
    forces: Mapping[str, Force | None],
    where: str,
    brief: bool = False,
    totals: Mapping[str, Total | None] = MappingProxyType({}),
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
    totals : mapping of str to Total or None
        Totals over forces; None for one that is declared but not understood.

    Returns
    -------
    tuple of Reading
        Probabilities add up to one; empty if there is a problem, also one of a total that it names.
    list of Problem
    """
    problems, readings = list[Problem](), list[Reading]()
    if len(text) > LONGEST:
        return (), [Problem(where, message("wrong_claim.too_long", column="losses", most=LONGEST), repr(text[:100]))]
    parts = text.split("|")
    names = _Names(forces, {name: each for name, each in totals.items() if name not in forces}, text, where, brief)
    untold = False
    for part in parts:
        try:
            readings.append(_reading(part, len(parts) == 1, names))
        except _UntoldError:
            untold = True
        except _RefusedError as refused:
            problems.append(refused.problem)
    if untold:
        return (), problems
    if not problems:
        problems += _together(readings, text, forces, where)
    total = sum(reading.probability for reading in readings)
    scaled = (replace(each, probability=each.probability / total) for each in readings) if not problems else ()
    return tuple(scaled), problems


def _reading(part: str, alone: bool, names: _Names) -> Reading:
    """Read one reading and check what needs no other."""
    text, where = names.text, names.where
    said, colon, probability = part.partition(":")
    said, bracket, days = said.partition("[")
    sides = [_apart(each.strip()) for each in said.split("/")]
    if bracket and len(sides) < 2:
        raise _RefusedError(Problem(where, message("wrong_losses.window_first"), repr(text)))
    window = _window(days.strip(), text, where) if bracket else None
    sums = [_sum(side, names) for side in sides]
    if len(sums) > 2:
        raise _RefusedError(Problem(where, message("wrong_losses.strokes"), repr(text)))
    if len(sums) == 2 and frozenset(sums[0]) == frozenset(sums[1]) and window is None:
        raise _RefusedError(Problem(where, message("wrong_losses.same_sides"), repr(text)))
    if not colon and not alone:
        raise _RefusedError(Problem(where, message("wrong_losses.no_probability"), repr(text)))
    written = tuple(tuple(map(Term.of, side)) for side in sides)
    total = any(term.force in names.totals for side in written for term in side)
    stated = _probability(probability.strip(), text, where) if colon else 1.0
    by = sums[1] if len(sums) > 1 else ()
    return Reading(stated, sums[0], by, window, said=written if total else ())


def _window(said: str, text: str, where: str) -> Window:
    """Read the window of what stands after the stroke."""
    days = _WINDOW.fullmatch(said)
    if days is None:
        raise _RefusedError(Problem(where, message("wrong_losses.window"), repr(text)))
    try:
        since, as_of = map(date.fromisoformat, days.groups())
    except ValueError:
        raise _RefusedError(Problem(where, message("wrong_losses.no_such_day"), repr(text))) from None
    if since >= as_of:
        raise _RefusedError(Problem(where, message("wrong_losses.no_window"), repr(text)))
    return Window(since, as_of)


def _apart(said: str) -> tuple[str, ...]:
    """Take apart what is added up on one side of a reading."""
    bare = said[1:-1] if said.startswith("(") and said.endswith(")") else said
    return tuple(each.strip() for each in bare.split("+"))


def _sum(said: tuple[str, ...], names: _Names) -> tuple[Term, ...]:
    """Read what is added up on one side of a reading."""
    terms = tuple(term for each in said for term in _terms(each, names))
    problem = next(_mixtures(terms, names.text, names.forces, names.where), None)
    if problem:
        raise _RefusedError(problem)
    return terms


def _probability(text: str, whole: str, where: str) -> float:
    if not text or not _PROBABILITY.fullmatch(text) or not 0 < float(text) <= 1:
        raise _RefusedError(Problem(where, message("wrong_losses.probability"), repr(text or whole)))
    return float(text)


def _terms(text: str, names: _Names) -> tuple[Term, ...]:
    """Read one term, of a total over forces one for each of them; what is known is listed if it is none."""
    match, where = _TERM.fullmatch(text), names.where
    if match is None:
        known = tuple(names.known(*names.forces, *names.totals))
        raise _RefusedError(Problem(where, message("wrong_losses.no_term"), repr(text or names.text), known))
    name, quantity = match.groups()
    if name not in names.forces and name not in names.totals:
        raise _RefusedError(unknown(where, message("wrong_losses.no_such_force"), name, names.all))
    quantities = names.quantities(name)
    if quantities is not None and quantity not in quantities:
        what = message("wrong_losses.no_quantity")
        if quantity in OUTCOMES:
            what = message("wrong_losses.no_outcome", name=name)
        if quantity == "strength":
            what = message("wrong_losses.no_strength", name=name)
        if name in names.totals:
            what = message("wrong_losses.not_in_common", name=name)
        raise _RefusedError(_no_quantity(where, what, name, quantity, names.known(name)))
    members = names.members(name) if name in names.totals else (name,)
    return tuple(Term(member, quantity) for member in members)


_MEANT = {
    "killed": ("dead", "deaths", "death", "died", "fatalities", "kia", "kills", "muertos"),
    "wounded": ("injured", "injuries", "hurt", "wia", "heridos"),
    "captured": ("prisoners", "pow", "pows", "prisioneros"),
    "missing": ("mia", "disappeared", "desaparecidos"),
    "casualties": ("losses", "total", "bajas"),
}
"""Other words for a quantity: named as the nearest, never taken as read."""


def _no_quantity(where: str, what: Message, name: str, quantity: str, known: list[str]) -> Problem:
    """Name what was meant; a guess by spelling alone could turn the dead into wounded, so it must be close."""
    meant = [right for right, words in _MEANT.items() if quantity in words]
    close = get_close_matches(quantity, [Term.of(each).quantity for each in known], n=1, cutoff=0.75)
    nearest = next((f"{name}.{each}" for each in (*meant, *close) if f"{name}.{each}" in known), None)
    return Problem(where, what, repr(f"{name}.{quantity}"), tuple(known), nearest)


PERSONS, STRENGTH = "persons lost", "strength"
"""Kinds of terms beside the names of counts."""
_SAID = {PERSONS: message("wrong_losses.persons"), STRENGTH: message("wrong_losses.strength")}


def _said(kinds: Iterable[str]) -> tuple[str | Message, ...]:
    return tuple(_SAID.get(kind, kind) for kind in kinds)


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
        return STRENGTH
    if force is None:
        return None
    addable = force.addable(term.quantity)
    return PERSONS if addable == "persons" else addable


def _mixtures(terms: tuple[Term, ...], text: str, forces: Mapping[str, Force | None], where: str) -> Iterator[Problem]:
    """Find sums of unlike things, and sums that count somebody twice."""
    kinds = dict.fromkeys(kind for term in terms if (kind := kind_of(term, forces)))
    if len(kinds) > 1:
        what = "wrong_losses.no_sum" if {PERSONS, STRENGTH} & kinds.keys() else "wrong_losses.no_sum_yet"
        yield Problem(where, message(what, kinds=_said(kinds)), repr(text))
    cells = Counter(cell for term in terms for cell in _cells(term, forces[term.force]))
    twice = [cell for cell, n in cells.items() if n > 1]
    if twice:
        yield Problem(where, message("wrong_losses.twice", names=tuple(twice)), repr(text))


def _cells(term: Term, force: Force | None) -> list[str]:
    """List what a term adds up, as far as it is known."""
    parts = force.outcomes_of(term.quantity) if force else ()
    return [f"{term.force}.{part}" for part in parts] or [str(term)]


def _together(readings: list[Reading], text: str, forces: Mapping[str, Force | None], where: str) -> Iterator[Problem]:
    """Check the readings against each other."""
    total = sum(reading.probability for reading in readings)
    if abs(total - 1) > 0.001:
        yield Problem(where, message("wrong_losses.not_one", total=total), repr(text))
    if len({reading.content[:3] for reading in readings}) < len(readings):
        yield Problem(where, message("wrong_losses.same_readings"), repr(text))
    if len({bool(reading.over) for reading in readings}) > 1:
        yield Problem(where, message("wrong_losses.number_or_ratio"), repr(text))
        return
    sides = ([t for r in readings for t in r.terms], [t for r in readings for t in r.over])
    for side in sides:
        yield from _unlike(side, text, forces, where)


def _unlike(terms: list[Term], text: str, forces: Mapping[str, Force | None], where: str) -> Iterator[Problem]:
    """Find readings of one figure that count unlike things."""
    kinds = {kind for term in terms if (kind := kind_of(term, forces))} - {STRENGTH}
    if len(kinds) > 1:
        yield Problem(where, message("wrong_losses.unlike", kinds=_said(sorted(kinds))), repr(text))
