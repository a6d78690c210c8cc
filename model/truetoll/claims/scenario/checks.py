"""What a scenario must meet before it is laid over a case: known names, no structure, no contradiction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from truetoll.claims.plain import NAME_RULE, plain_problems
from truetoll.claims.reading.origins import history
from truetoll.claims.reading.table import Row
from truetoll.claims.scenario.schema import OF_A_FORCE, OF_A_SOURCE, OF_THE_CASE, Change
from truetoll.claims.schema import CaseHead, Claim, Force, Frozen, Source
from truetoll.claims.toml import KeyLines
from truetoll.errors import Problem, unknown
from truetoll.text.messages import message

NAME = "scenarios.toml"
RESERVED = ("base",)


@dataclass(frozen=True)
class Places:
    """Places of a scenario's problems: the key that made the change, in scenarios.toml."""

    scenario: str
    change: Change | None
    lines: KeyLines

    def key(self, dotted: str) -> str:
        """Place of a dotted key below the scenario's name."""
        full = f"{self.scenario}.{dotted}" if dotted else self.scenario
        line = self.lines.find(full)
        return f"{NAME}{f':{line}' if line else ''}: {full}"

    def cell(self, row: Row, column: str) -> str:
        """Place of a claim's change; of its column if that was changed."""
        change = self.change.claims.get(row.id) if self.change else None
        own = change is not None and column in change.model_fields_set
        return self.key(f"claims.{row.id}.{column}" if own else f"claims.{row.id}")


@dataclass(frozen=True)
class UnnamedPlaces(Places):
    """Places of a change that stands in no file: its own name, then the key."""

    def key(self, dotted: str) -> str:
        """Place of a dotted key of the change."""
        return f"{self.scenario}: {dotted}" if dotted else self.scenario


@dataclass(frozen=True)
class Subject:
    """What scenarios may name; None where the file that says so could not be read.

    Parameters
    ----------
    forces : mapping of str to object, or None
        Tables of case.toml.
    sources : tuple of str, or None
    claims : mapping of str to str, or None
        Claim -> source.
    """

    forces: Mapping[str, Any] | None
    sources: tuple[str, ...] | None
    claims: Mapping[str, str] | None

    @classmethod
    def of(cls, case: Mapping[str, Any] | None, rows: Iterable[Row] | None) -> Subject:
        """Collect the names of a case that is not checked.

        Parameters
        ----------
        case : mapping or None
        rows : iterable of Row or None

        Returns
        -------
        Subject
        """
        forces, sources = ((case or {}).get(key) for key in ("forces", "sources"))
        return cls(
            forces if isinstance(forces, Mapping) else None,
            tuple(sources) if isinstance(sources, Mapping) else None,
            None if rows is None else {row.id: row.cells["source"] for row in rows},
        )


def read_change(table: object, subject: Subject, places: Places) -> tuple[Change | None, list[Problem]]:
    """Read one change and check it by itself.

    Parameters
    ----------
    table : object
        What stands under the name of a scenario.
    subject : Subject
    places : Places
        Made before the change is known.

    Returns
    -------
    Change or None
        None if its keys or types are wrong.
    list of Problem
    """
    try:
        change = Change.model_validate(table)
    except ValidationError as error:
        return None, plain_problems(error, Change, places.key)
    found = (
        *_emptiness(change, places),
        *_unknown_names(change, subject, places),
        *_structure(change, subject, places),
        *_contradictions(change, subject, places),
    )
    return change, list(found)


def name_problems(name: str, places: Places) -> Iterator[Problem]:
    """Check how a scenario is called.

    Parameters
    ----------
    name : str
    places : Places

    Yields
    ------
    Problem
    """
    if name in RESERVED:
        yield Problem(places.key(""), message("wrong_scenario.base"))
    elif not (name.isascii() and name.replace("_", "").isalnum() and name[0].islower() and name == name.lower()):
        yield Problem(places.key(""), NAME_RULE, repr(name))


def _emptiness(change: Change, places: Places) -> Iterator[Problem]:
    parts = change.model_dump(exclude_unset=True, exclude={"title", "why", "builds_on"})
    if not _holds_a_value(parts):
        yield Problem(places.key(""), message("wrong_scenario.nothing"))


def _holds_a_value(part: object) -> bool:
    if isinstance(part, Mapping):
        return any(map(_holds_a_value, part.values()))
    return part not in ((), [])


def _unknown_names(change: Change, subject: Subject, places: Places) -> Iterator[Problem]:
    """Find changes to what does not exist."""
    named: tuple[tuple[str, Iterable[str], Iterable[str] | None, str], ...] = (
        ("forces", change.forces, subject.forces, "wrong_case.no_such_force"),
        ("sources", change.sources, subject.sources, "wrong_scenario.no_such_source"),
        ("claims", change.claims, subject.claims, "wrong_scenario.no_such_claim"),
    )
    for key, names, known, what in named:
        for each, listed in _strangers(names, known):
            yield unknown(places.key(f"{key}.{each}"), message(what), each, listed)
    lists = (
        ("believe", change.believe, subject.sources, "wrong_scenario.no_such_source"),
        ("exclude.sources", change.exclude.sources, subject.sources, "wrong_scenario.no_such_source"),
        ("exclude.claims", change.exclude.claims, subject.claims, "wrong_scenario.no_such_claim"),
        ("include.claims", change.include.claims, subject.claims, "wrong_scenario.no_such_claim"),
    )
    for key, names, known, what in lists:
        for each, listed in _strangers(names, known):
            yield unknown(places.key(key), message(what), each, listed)


def _strangers(names: Iterable[str], known: Iterable[str] | None) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Find the names that do not exist, each with all that do."""
    if known is None:
        return
    listed = tuple(known)
    found = frozenset(listed)
    yield from ((each, listed) for each in names if each not in found)


def _structure(change: Change, subject: Subject, places: Places) -> Iterator[Problem]:
    """Find changes to what is asked, which would be another case."""
    yield from _keys("case", change.case, OF_THE_CASE, CaseHead, places)
    for name, table in change.forces.items():
        yield from _keys(f"forces.{name}", table, OF_A_FORCE, Force, places)
        yield from _shape(name, table, (subject.forces or {}).get(name), places)
    for name, table in change.sources.items():
        yield from _keys(f"sources.{name}", table, OF_A_SOURCE, Source, places)


def _keys(
    key: str, table: Mapping[str, Any], allowed: tuple[str, ...], model: type[Frozen], places: Places
) -> Iterator[Problem]:
    for name in table:
        where = places.key(f"{key}.{name}")
        if name in model.model_fields and name not in allowed:
            yield Problem(where, message("wrong_scenario.cannot_change", name=name), None, allowed)
        elif name not in allowed:
            yield unknown(where, message("wrong_value.no_such_key"), name, allowed)


def _shape(name: str, table: Mapping[str, Any], base: object, places: Places) -> Iterator[Problem]:
    """Check that a scenario has the counts and contingents of its base."""
    if not isinstance(base, Mapping):
        return
    parts, own_parts = base.get("contingents", ()), table.get("contingents", ())
    lists = isinstance(parts, list | tuple) and isinstance(own_parts, list | tuple)
    if "contingents" in table and lists and len(parts) != len(own_parts):
        where = places.key(f"forces.{name}.contingents")
        what = message("wrong_scenario.contingents", n=len(parts))
        yield Problem(where, what, str(len(own_parts)))
    counts, own_counts = base.get("counts", {}), table.get("counts", {})
    if isinstance(counts, Mapping) and isinstance(own_counts, Mapping):
        for each in own_counts:
            if each not in counts:
                where = places.key(f"forces.{name}.counts.{each}")
                yield unknown(where, message("wrong_scenario.new_count"), each, counts)


def excluded_ids(change: Change, sources: Mapping[str, str]) -> frozenset[str]:
    """Ids of the claims that a change leaves out, by themselves or by their source.

    Parameters
    ----------
    change : Change
    sources : mapping of str to str
        Claim -> source.

    Returns
    -------
    frozenset of str
    """
    excluded = frozenset(change.exclude.sources)
    by_source = (claim for claim, source in sources.items() if source in excluded)
    return frozenset(change.exclude.claims) | frozenset(by_source)


def _contradictions(change: Change, subject: Subject, places: Places) -> Iterator[Problem]:
    """Find what a scenario both leaves out and uses."""
    excluded = excluded_ids(change, subject.claims or {})
    for each in change.include.claims:
        if each in excluded:
            yield Problem(places.key("include.claims"), message("wrong_scenario.excluded"), repr(each))
    for each in change.claims:
        if each in excluded:
            what = message("wrong_scenario.excluded_claim")
            yield Problem(places.key(f"claims.{each}"), what)
    for each in change.sources:
        if each in change.exclude.sources:
            what = message("wrong_scenario.excluded_source")
            yield Problem(places.key(f"sources.{each}"), what)


def weight_problems(
    change: Change, claims: tuple[Claim, ...], excluded_before: frozenset[str], places: Places
) -> Iterator[Problem]:
    """Check what is left once the weights are set.

    Parameters
    ----------
    change : Change
    claims : tuple of Claim
        With the scenario's weights.
    excluded_before : frozenset of str
        Claims left out by the scenario this one builds on.
    places : Places

    Yields
    ------
    Problem
    """
    yield from nothing_left(claims, places)
    aside = history(claims) if change.include.claims else {}
    for each in change.include.claims:
        if each not in aside and each not in excluded_before:
            what = message("wrong_scenario.in_use")
            yield Problem(places.key("include.claims"), what, repr(each))


def nothing_left(claims: tuple[Claim, ...], places: Places) -> Iterator[Problem]:
    """Check that some claim is still in use.

    Parameters
    ----------
    claims : tuple of Claim
        With their weights.
    places : Places

    Yields
    ------
    Problem
    """
    if not any(claim.weight > 0 for claim in claims):
        yield Problem(places.key("exclude"), message("wrong_scenario.no_claim"))
