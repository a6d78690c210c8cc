"""Voices: a source speaking of one force, what it has to count by, and what its assumed bias rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truetoll.claims.access import access_of
from truetoll.claims.schema import Access, Case, Source


@dataclass(frozen=True, slots=True)
class Voice:
    """A source speaking of one force.

    Parameters
    ----------
    source, force : str
        Keys of the case.
    relation : str
        In which the source stands to the force.
    access : {"records", "site", "remote"}
        What it has to count its losses by.
    stated : bool
        Whether the case says so; else it is what sources of the relation usually have.
    apart : mapping of str to str
        Quantity -> access, where that is another.
    rests_on : tuple of int or None
        Past figures, losses and wars that its assumed bias rests on; None where the case states the bias.
    """

    source: str
    force: str
    relation: str
    access: Access
    stated: bool
    apart: Mapping[str, Access]
    rests_on: tuple[int, int, int] | None


def voices_of(case: Case, key: str) -> tuple[Voice, ...]:
    """List the voices of a source.

    Parameters
    ----------
    case : Case
    key : str
        Of the source.

    Returns
    -------
    tuple of Voice
        In the order in which the case states its relations.
    """
    return tuple(_voice(case, key, force) for force in case.sources[key].relations)


def _voice(case: Case, key: str, force: str) -> Voice:
    source, usual = case.sources[key], access_of(case, key, force, "")
    by_quantity = {q: access_of(case, key, force, q) for q in case.forces[force].quantities}
    return Voice(
        source=key,
        force=force,
        relation=source.relations[force],
        access=usual,
        stated=isinstance(source.access, str) or isinstance(source.access.get(force), str),
        apart={quantity: found for quantity, found in by_quantity.items() if found != usual},
        rests_on=_rests_on(case, source, force, usual),
    )


def _rests_on(case: Case, source: Source, force: str, access: Access) -> tuple[int, int, int] | None:
    """Count what the mean bias of a voice rests on; None where somebody stated it."""
    victims, relation = case.forces[force].victims, source.relations[force]
    own = source.bias.get(force)
    if own is not None and own.mu is not None:
        return None
    if not case.reliability.access.mean[access]:  # whoever stated the mean of its relation
        return 0, 0, 0
    stated: Any = case.file.assumptions
    for name in ("bias", victims, relation):
        stated = stated.get(name, {}) if isinstance(stated, Mapping) else {}
    if "mu" in stated:
        return None
    row = case.reliability.bias[victims][relation]
    return row.claims, row.losses, row.wars
