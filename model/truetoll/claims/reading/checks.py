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
from truetoll.text.messages import Message, message

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
            yield Problem(place("case.bins"), message("wrong_case.edges", before=before, after=after))
    yield from _per_bin(head, "case", len(head.bins) - 1, place)


def _per_bin(part: CaseHead | Force, key: str, n_bins: int, place: Place) -> Iterator[Problem]:
    for name in ("activity", "profile_sd"):
        values = getattr(part, name)
        if isinstance(values, tuple) and len(values) != n_bins:
            read = message("wrong_case.values", n=len(values))
            yield Problem(place(f"{key}.{name}"), message("wrong_case.per_bin", n=n_bins), read)
    if part.activity and not any(part.activity):
        yield Problem(place(f"{key}.activity"), message("wrong_case.no_activity"))


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
        yield Problem(place(f"{key}.contingents"), message("wrong_case.strength_and_contingents"))
    if force.bounded and force.total:
        yield Problem(place(f"{key}.total"), message("wrong_case.strength_and_total"))
    if force.ratio and (force.bounded or force.total):
        what = "wrong_case.strength_and_ratio" if force.bounded else "wrong_case.total_and_ratio"
        yield Problem(place(f"{key}.ratio"), message(what))
    elif not force.bounded and not force.total and not force.ratio:
        yield Problem(place(key), message("wrong_case.no_size"))
    if force.bounded and not force.rate and not force.total and not force.ratio:
        yield Problem(place(f"{key}.rate"), message("wrong_case.no_rate"))
    if force.rate and not force.bounded:
        yield Problem(place(f"{key}.rate"), message("wrong_case.rate_of_nothing"))


def _things_only(key: str, force: Force, place: Place) -> Iterator[Problem]:
    """Check a force that loses no persons: it has counts, and no size."""
    if not force.counts:
        yield Problem(place(key), message("wrong_case.no_outcomes"))
        return
    for name in ("strength", "contingents", "rate", "total", "ratio"):
        if getattr(force, name):
            yield Problem(place(f"{key}.{name}"), message("wrong_case.needs_outcomes"))


def _outcomes(key: str, force: Force, place: Place) -> Iterator[Problem]:
    """Check the parts that losses are split into, and the priors of the split."""
    declared = set(force.outcomes)
    where = place(f"{key}.outcomes")
    if declared and force.victims == "materiel":
        yield Problem(where, message("wrong_case.things"), ", ".join(force.outcomes))
        return
    for name in _twice(force.outcomes):
        yield Problem(where, message("wrong_case.twice", name=name))
    if declared and not declared & {"killed", "wounded"}:
        yield Problem(where, message("wrong_case.killed_or_wounded"), ", ".join(force.outcomes))
    for name in ("captured", "missing"):
        share = getattr(force, f"{name}_share")
        if name in declared and share is None:
            yield Problem(place(f"{key}.{name}_share"), message("wrong_case.share_missing", name=name))
        if share is not None and name not in declared:
            yield Problem(place(f"{key}.{name}_share"), message("wrong_case.share_without", name=name))
    if force.wounded_per_killed and not {"killed", "wounded"} <= declared:
        yield Problem(place(f"{key}.wounded_per_killed"), message("wrong_case.both_outcomes"))


def _names(key: str, force: Force, place: Place) -> Iterator[Problem]:
    """Check sums, counts and thresholds."""
    for kind, names in (("counts", force.counts), ("sums", force.sums)):
        for name in names:
            if name in TAKEN:
                yield Problem(place(f"{key}.{kind}.{name}"), message("wrong_case.name_taken", name=name))
    for name in force.sums:
        if name in force.counts:
            yield Problem(place(f"{key}.sums.{name}"), message("wrong_case.name_of_count", name=name))
    for name, parts in force.sums.items():
        where = place(f"{key}.sums.{name}")
        for part in parts:
            if part not in (*force.outcomes, *force.counts):
                known = (*force.outcomes, *force.counts)
                what = "wrong_case.no_outcome_or_count" if force.counts else "wrong_case.no_outcome"
                yield unknown(where, message(what), part, known)
        if (things := [part for part in parts if part in force.counts]) and len(things) < len(set(parts)):
            yield Problem(where, message("wrong_case.persons_and_things"), " + ".join(parts))
        for repeated in _twice(parts):
            yield Problem(where, message("wrong_case.twice", name=repeated))
    for name in force.thresholds:
        if name not in force.quantities:
            where = place(f"{key}.thresholds.{name}")
            yield unknown(where, message("wrong_case.no_quantity"), name, force.quantities)


def _arrivals(key: str, force: Force, bins: tuple[date, ...], place: Place) -> Iterator[Problem]:
    for number, part in enumerate(force.contingents):
        where = place(f"{key}.contingents.{number}.since")
        if not bins[0] <= part.since <= bins[-1]:
            yield Problem(where, message("wrong_case.outside"), part.since.isoformat(), span(bins))
        elif part.since > bins[-2]:
            yield Problem(where, message("wrong_case.late_contingent", start=bins[-2]), part.since.isoformat())


def span(bins: tuple[date, ...]) -> tuple[Message, ...]:
    """Say between which days something may lie.

    Parameters
    ----------
    bins : tuple of date

    Returns
    -------
    tuple of Message
    """
    return (message("wrong_claim.span", since=bins[0], until=bins[-1]),)


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
            yield Problem(where, message("wrong_case.relative_to_itself"), repr(other), tuple(known))
        elif other not in forces:
            yield unknown(where, message("wrong_case.no_such_force"), other, known)
        elif other not in known:
            yield Problem(where, message("wrong_case.no_persons"), repr(other), tuple(known))
        elif len(circle := _circle(name, to)) > 1 and not told.intersection(circle):
            told.update(circle)
            yield Problem(where, message("wrong_case.circle", names=(*circle, name)))


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
        yield Problem(place(key), message("wrong_case.name_of_force", name=name))
    strange = list(_strange(place(key), total, forces, frozenset(totals)))
    yield from strange
    for repeated in _twice(total.of):
        yield Problem(place(key), message("wrong_case.twice", name=repeated))
    if len(total.of) < 2:
        yield Problem(place(key), message("wrong_case.few_forces"))
    members = [force for part in total.of if (force := forces.get(part))]
    if strange or not members or len(members) < len(total.of):
        return
    shared = in_common(members)
    if not shared:
        yield Problem(place(key), message("wrong_case.nothing_in_common"))
    for each in total.thresholds:
        if each not in shared:
            where = place(f"{key}.thresholds.{each}")
            yield unknown(where, message("wrong_case.not_in_common"), each, shared)


def _strange(where: str, total: Total, forces: Mapping[str, object], totals: frozenset[str]) -> Iterator[Problem]:
    """Find parts of a total that are no forces."""
    for part in total.of:
        force = part.partition(".")[0]
        if part in forces:
            continue
        if part in totals:
            yield Problem(where, message("wrong_case.another_total"), repr(part), tuple(forces))
        elif force in forces:
            yield Problem(where, message("wrong_case.forces_alone"), repr(part), tuple(forces), force)
        else:
            yield unknown(where, message("wrong_case.stranger"), part, forces)


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
        yield unknown(place("case.headline"), message("wrong_case.no_such_quantity"), headline, names)


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
            yield Problem(where, message("wrong_case.relation_to_total"), repr(name), names)
        else:
            yield unknown(where, message("wrong_case.no_such_force"), name, names)
    for name in source.bias:
        if name not in source.relations:
            where = place(f"{key}.bias.{name}")
            yield unknown(where, message("wrong_case.no_relation"), name, source.relations)
    yield from _access_problems(key, source, forces, place)


def _access_problems(key: str, source: Source, forces: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    stated = {} if isinstance(source.access, str) else source.access
    for name, of_force in stated.items():
        if name not in source.relations:
            where = place(f"{key}.access.{name}")
            yield unknown(where, message("wrong_case.no_relation"), name, source.relations)
            continue
        known = _quantities(forces.get(name))
        for quantity in of_force if isinstance(of_force, Mapping) else ():
            if quantity not in known:
                yield unknown(
                    place(f"{key}.access.{name}.{quantity}"), message("wrong_case.no_such_quantity"), quantity, known
                )


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
