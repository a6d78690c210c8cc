"""Totals over forces: ``[totals] all = "civilians + militants"``.

A total is no part of the model: it is the sum of what its forces lose, draw by draw. A claim that speaks of it speaks
of the losses of each force, which its source distorts as it does everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from truetoll.claims.schema import OUTCOMES, Case, Force, Quantity, Term, Total


def of_forces(forces: Mapping[str, Force]) -> Iterator[Quantity]:
    """List what is asked of forces.

    Parameters
    ----------
    forces : mapping of str to Force

    Yields
    ------
    Quantity
    """
    for key, force in forces.items():
        for q in force.quantities:
            term, outcomes = Term(key, q), force.outcomes_of(q)
            cells, asked = _cells(term, force), force.thresholds.get(q, ())
            yield Quantity(term, force.name or key, force.unit_of(q), outcomes, (term,), cells, asked)


def of_totals(totals: Mapping[str, Total], forces: Mapping[str, Force]) -> Iterator[Quantity]:
    """List what is asked of totals over forces.

    Parameters
    ----------
    totals : mapping of str to Total
    forces : mapping of str to Force

    Yields
    ------
    Quantity
    """
    for key, total in totals.items():
        members = {name: forces[name] for name in total.of}
        first = next(iter(members.values()))
        for q in in_common(members.values()):
            parts = tuple(Term(name, q) for name in members)
            cells = tuple(cell for part in parts for cell in _cells(part, forces[part.force]))
            added = {name for force in members.values() for name in force.outcomes_of(q)}
            ordered = (*(name for name in OUTCOMES if name in added), *sorted(added.difference(OUTCOMES)))
            asked = total.thresholds.get(q, ())
            yield Quantity(Term(key, q), total.name or key, first.unit_of(q), ordered, parts, cells, asked)


def _cells(term: Term, force: Force) -> tuple[Term, ...]:
    return tuple(Term(term.force, part) for part in force.outcomes_of(term.quantity)) or (term,)


def in_common(forces: Iterable[Force]) -> tuple[str, ...]:
    """Name the quantities of a total: those that each of its forces has and that may be added up.

    Parameters
    ----------
    forces : iterable of Force

    Returns
    -------
    tuple of str
        In the order of the first. ``casualties`` are all that are lost, as each force counts them.
    """
    first, *others = forces
    return tuple(q for q in first.quantities if all(q in each.quantities and _alike(first, each, q) for each in others))


def _alike(one: Force, other: Force, quantity: str) -> bool:
    return one.addable(quantity) == other.addable(quantity) and one.unit_of(quantity) == other.unit_of(quantity)


def by_parts(case: Case) -> dict[frozenset[Term], Term]:
    """Find the quantity that counts just what a claim names.

    Parameters
    ----------
    case : Case

    Returns
    -------
    dict of frozenset of Term to Term
        Terms added up -> the quantity of a force, or of a total over forces.
    """
    return {frozenset(q.parts): q.term for q in reversed(case.quantities)}
