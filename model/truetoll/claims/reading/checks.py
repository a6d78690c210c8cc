"""What a case file must meet beyond the type of each value: its parts must fit each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from truetoll.claims.schema import OUTCOMES, CaseHead, Force, Source, Total
from truetoll.claims.totals import in_common
from truetoll.errors import Problem, unknown

Place = Callable[[str], str]

TAKEN = (*OUTCOMES, "casualties", "strength", "total", "persons")
"""Names that counts and sums cannot have."""


def head_problems(head: CaseHead, place: Place) -> Iterator[Problem]:
    """Check bins and what is stated per bin.

    Parameters
    ----------
    head : CaseHead
    place : callable of str
        Dotted key -> ``where``.

    Yields
    ------
    Problem
    """
    for before, after in zip(head.bins, head.bins[1:], strict=False):
        if before >= after:
            yield Problem(place("case.bins"), f"edges must increase, but {after} follows {before}")
    yield from _per_bin(head, "case", len(head.bins) - 1, place)


def _per_bin(part: CaseHead | Force, key: str, n_bins: int, place: Place) -> Iterator[Problem]:
    for name in ("activity", "profile_sd"):
        values = getattr(part, name)
        if isinstance(values, tuple) and len(values) != n_bins:
            read = f"{len(values)} {'value' if len(values) == 1 else 'values'}"
            what = f"needs one value for each of the {n_bins} {'bin' if n_bins == 1 else 'bins'}"
            yield Problem(place(f"{key}.{name}"), what, read)
    if part.activity and not any(part.activity):
        yield Problem(place(f"{key}.activity"), "is zero in every bin, so nobody could have been lost")


def force_problems(key: str, force: Force, bins: tuple[date, ...] | None, place: Place) -> Iterator[Problem]:
    """Check one force.

    Parameters
    ----------
    key : str
        Dotted key of the force.
    force : Force
    bins : tuple of date or None
        None if they are not understood.
    place : callable of str

    Yields
    ------
    Problem
    """
    yield from _size(key, force, place)
    yield from _outcomes(key, force, place)
    yield from _names(key, force, place)
    if bins:
        yield from _per_bin(force, key, len(bins) - 1, place)
        yield from _arrivals(key, force, bins, place)


def _size(key: str, force: Force, place: Place) -> Iterator[Problem]:
    """Check that the size of a force, or its losses, are stated in exactly one way."""
    if not force.outcomes:
        yield from _things_only(key, force, place)
        return
    if force.strength and force.contingents:
        yield Problem(place(f"{key}.contingents"), "a force has a strength or contingents, not both")
    if force.bounded and force.total:
        yield Problem(place(f"{key}.total"), "a force has a strength or a total, not both")
    if force.ratio and (force.bounded or force.total):
        other = "a strength" if force.bounded else "a total"
        yield Problem(place(f"{key}.ratio"), f"a force has {other} or a ratio to another force, not both")
    elif not force.bounded and not force.total and not force.ratio:
        what = "needs a strength (or contingents) and a rate, or else a total, or a ratio to another force"
        yield Problem(place(key), what)
    if force.bounded and not force.rate and not force.total and not force.ratio:
        yield Problem(place(f"{key}.rate"), "is missing; a force with a strength needs a rate")
    if force.rate and not force.bounded:
        yield Problem(place(f"{key}.rate"), "needs a strength that it is a rate of")


def _things_only(key: str, force: Force, place: Place) -> Iterator[Problem]:
    """Check a force that loses no persons: it has counts, and no size."""
    if not force.counts:
        what = 'needs outcomes, such as ["killed", "wounded"], or counts, if only things are asked'
        yield Problem(place(key), what)
        return
    for name in ("strength", "contingents", "rate", "total", "ratio"):
        if getattr(force, name):
            what = "is given, but the force has no outcomes; name the ways persons are lost, or leave it out"
            yield Problem(place(f"{key}.{name}"), what)


def _outcomes(key: str, force: Force, place: Place) -> Iterator[Problem]:
    """Check the parts that losses are split into, and the priors of the split."""
    declared = set(force.outcomes)
    where = place(f"{key}.outcomes")
    if declared and force.victims == "materiel":
        what = "things are not killed or wounded: name them as counts, and the persons as a force of their own"
        yield Problem(where, what, ", ".join(force.outcomes))
        return
    for name in _twice(force.outcomes):
        yield Problem(where, f"names {name!r} more than once")
    if declared and not declared & {"killed", "wounded"}:
        yield Problem(where, "must hold killed or wounded", ", ".join(force.outcomes))
    for name in ("captured", "missing"):
        share = getattr(force, f"{name}_share")
        if name in declared and share is None:
            yield Problem(place(f"{key}.{name}_share"), f"is missing, and {name} is among the outcomes")
        if share is not None and name not in declared:
            yield Problem(place(f"{key}.{name}_share"), f"is given, but {name} is not among the outcomes")
    if force.wounded_per_killed and not {"killed", "wounded"} <= declared:
        what = "is given, but killed and wounded are not both among the outcomes"
        yield Problem(place(f"{key}.wounded_per_killed"), what)


def _names(key: str, force: Force, place: Place) -> Iterator[Problem]:
    """Check sums, counts and thresholds."""
    for kind, names in (("counts", force.counts), ("sums", force.sums)):
        for name in names:
            if name in TAKEN:
                what = f"{name!r} already means something else; choose another name"
                yield Problem(place(f"{key}.{kind}.{name}"), what)
    for name in force.sums:
        if name in force.counts:
            yield Problem(place(f"{key}.sums.{name}"), f"{name!r} is also the name of a count")
    for name, parts in force.sums.items():
        where = place(f"{key}.sums.{name}")
        for part in parts:
            if part not in (*force.outcomes, *force.counts):
                known = (*force.outcomes, *force.counts)
                kind = "an outcome or count" if force.counts else "an outcome"
                yield unknown(where, f"adds up {kind} the force does not have", part, known)
        if (things := [part for part in parts if part in force.counts]) and len(things) < len(set(parts)):
            yield Problem(where, "adds up persons and things", " + ".join(parts))
        for repeated in _twice(parts):
            yield Problem(where, f"names {repeated!r} more than once")
    for name in force.thresholds:
        if name not in force.quantities:
            where = place(f"{key}.thresholds.{name}")
            yield unknown(where, "the force has no such quantity", name, force.quantities)


def _arrivals(key: str, force: Force, bins: tuple[date, ...], place: Place) -> Iterator[Problem]:
    for number, part in enumerate(force.contingents):
        where = place(f"{key}.contingents.{number}.since")
        if not bins[0] <= part.since <= bins[-1]:
            span = (f"{bins[0]} to {bins[-1]}",)
            yield Problem(where, "lies outside the bins", part.since.isoformat(), span)
        elif part.since > bins[-2]:
            what = f"lies after the start of the last bin ({bins[-2]}), so the contingent could lose nobody"
            yield Problem(where, what, part.since.isoformat())


def ratio_problems(forces: Mapping[str, Force | None], place: Place) -> Iterator[Problem]:
    """Check what forces are stated relative to: another force that loses persons, and no circle.

    Parameters
    ----------
    forces : mapping of str to Force or None
        None for a force that is declared but not understood.
    place : callable of str

    Yields
    ------
    Problem
    """
    to = {name: force.ratio.to for name, force in forces.items() if force and force.ratio}
    told: set[str] = set()
    for name, other in to.items():
        where = place(f"forces.{name}.ratio.to")
        known = [each for each, force in forces.items() if each != name and (force is None or force.outcomes)]
        if other == name:
            yield Problem(where, "a force cannot be stated relative to itself", repr(other), tuple(known))
        elif other not in forces:
            yield unknown(where, "there is no such force", other, known)
        elif other not in known:
            yield Problem(where, "the other force loses no persons", repr(other), tuple(known))
        elif len(circle := _circle(name, to)) > 1 and not told.intersection(circle):
            told.update(circle)
            yield Problem(where, f"leads back to where it began: {' to '.join((*circle, name))}; state one total")


def _circle(name: str, to: Mapping[str, str]) -> tuple[str, ...]:
    """Follow what a force is stated relative to, until it comes back; empty if it does not."""
    passed = [name]
    while (following := to.get(passed[-1])) is not None:
        if following == name:
            return tuple(passed)
        if following in passed:
            return ()
        passed.append(following)
    return ()


def total_problems(
    name: str, total: Total, forces: Mapping[str, Force | None], totals: Iterable[str], place: Place
) -> Iterator[Problem]:
    """Check one total over forces.

    Parameters
    ----------
    name : str
    total : Total
    forces : mapping of str to Force or None
        None for a force that is declared but not understood.
    totals : iterable of str
        Names of all totals.
    place : callable of str

    Yields
    ------
    Problem
    """
    key = f"totals.{name}"
    if name in forces:
        yield Problem(place(key), f"{name!r} is also the name of a force; choose another name")
    strange = list(_strange(place(key), total, forces, frozenset(totals)))
    yield from strange
    for repeated in _twice(total.of):
        yield Problem(place(key), f"names {repeated!r} more than once")
    if len(total.of) < 2:
        yield Problem(place(key), 'a total adds up two forces or more, such as "civilians + militants"')
    members = [force for part in total.of if (force := forces.get(part))]
    if strange or not members or len(members) < len(total.of):
        return
    shared = in_common(members)
    if not shared:
        yield Problem(place(key), "its forces have no quantity in common that could be added up")
    for each in total.thresholds:
        if each not in shared:
            where = place(f"{key}.thresholds.{each}")
            yield unknown(where, "the forces of this total have no such quantity in common", each, shared)


def _strange(where: str, total: Total, forces: Mapping[str, object], totals: frozenset[str]) -> Iterator[Problem]:
    """Find parts of a total that are no forces."""
    for part in total.of:
        force = part.partition(".")[0]
        if part in forces:
            continue
        if part in totals:
            yield Problem(where, "adds up another total; name the forces that it adds up", repr(part), tuple(forces))
        elif force in forces:
            what = "adds up forces, each by its name alone: its quantities are those that they have in common"
            yield Problem(where, what, repr(part), tuple(forces), force)
        else:
            yield unknown(where, "adds up a force that is not there", part, forces)


def headline_problems(headline: str, known: Iterable[str], place: Place) -> Iterator[Problem]:
    """Check that the quantity a report is to be about first is one of the case.

    Parameters
    ----------
    headline : str
    known : iterable of str
        Names of quantities, such as ``north.killed``.
    place : callable of str

    Yields
    ------
    Problem
    """
    names = tuple(known)
    if headline not in names:
        yield unknown(place("case.headline"), "there is no such quantity", headline, names)


def source_problems(
    key: str, source: Source, forces: Mapping[str, Any], place: Place, totals: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[Problem]:
    """Check that a source speaks of forces, and counts quantities, that exist.

    Parameters
    ----------
    key : str
        Dotted key of the source.
    source : Source
    forces : mapping of str
        Every force, as written.
    place : callable of str
    totals : mapping of str
        Every total over forces, as written.

    Yields
    ------
    Problem
    """
    known = frozenset(forces)
    strange = [name for name in source.relations if name not in known]
    names = tuple(forces) if strange else ()
    for name in strange:
        where = place(f"{key}.relations.{name}")
        if name in totals:
            what = "is a total over forces; a source has a relation to each of its forces"
            yield Problem(where, what, repr(name), names)
        else:
            yield unknown(where, "there is no such force", name, names)
    for name in source.bias:
        if name not in source.relations:
            where = place(f"{key}.bias.{name}")
            yield unknown(where, "the source has no relation to such a force", name, source.relations)
    yield from _access_problems(key, source, forces, place)


def _access_problems(key: str, source: Source, forces: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    stated = {} if isinstance(source.access, str) else source.access
    for name, of_force in stated.items():
        if name not in source.relations:
            where = place(f"{key}.access.{name}")
            yield unknown(where, "the source has no relation to such a force", name, source.relations)
            continue
        known = _quantities(forces.get(name))
        for quantity in of_force if isinstance(of_force, Mapping) else ():
            if quantity not in known:
                yield unknown(place(f"{key}.access.{name}.{quantity}"), "there is no such quantity", quantity, known)


def _quantities(force: object) -> tuple[str, ...]:
    """Names that may stand after a force's, of a force as written."""
    named = [force.get(key) for key in ("counts", "sums")] if isinstance(force, Mapping) else []
    own = [name for part in named if isinstance(part, Mapping) for name in part]
    return (*OUTCOMES, "casualties", "strength", *own)


def first_presence(force: Force, bins: tuple[date, ...]) -> date:
    """Start of the first bin in which a force can lose people.

    Parameters
    ----------
    force : Force
    bins : tuple of date

    Returns
    -------
    date
    """
    arrivals = [part.since for part in force.contingents] or [bins[0]]
    return min((edge for edge in bins[:-1] if edge >= min(arrivals)), default=bins[-1])


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, n in Counter(names).items() if n > 1]


def unspoken(forces: Mapping[str, object], spoken: Iterable[str]) -> list[str]:
    """Name the forces no claim speaks of.

    Parameters
    ----------
    forces : mapping of str
    spoken : iterable of str

    Returns
    -------
    list of str
    """
    said = set(spoken)
    return [name for name in forces if name not in said]
