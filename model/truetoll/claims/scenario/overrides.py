"""Scenarios: named changes to a case, addressed by name.

A scenario is laid over the tables and rows of the base case, and the result is built and checked on the same
path as the base. It may change any number and any claim's meaning; it may not change what is asked (bins,
outcomes, victims).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from truetoll.claims.believing import believing
from truetoll.claims.digest import case_digest
from truetoll.claims.reading.building import Built, Raw, build, to_case
from truetoll.claims.reading.lexicons import lexicon_of
from truetoll.claims.reading.table import Row
from truetoll.claims.reliability import overlay
from truetoll.claims.scenario.checks import (
    NAME,
    Places,
    Subject,
    UnnamedPlaces,
    excluded_ids,
    name_problems,
    nothing_left,
    read_change,
    weight_problems,
)
from truetoll.claims.scenario.schema import Change
from truetoll.claims.schema import Case
from truetoll.claims.toml import KeyLines
from truetoll.errors import CaseError, Problem, Problems, unknown
from truetoll.text.messages import message

__all__ = ["BASE", "apply_change", "apply_scenario", "case_digest", "scenario_problems"]

BASE = "base"
"""Name of the case without a scenario."""
MOST_SCENARIOS = 1_000
LONGEST_CHAIN = 50
"""Scenarios that build on each other."""
MOST_READ = 1_000_000
"""Claims in all scenarios together: each scenario is checked as a case of its own."""


def apply_scenario(case: Case, name: str) -> Case:
    """Lay a scenario, and those it builds on, over a case.

    Parameters
    ----------
    case : Case
        Without a scenario; it is not changed.
    name : str
        A key of ``case.scenarios``, or ``base``.

    Returns
    -------
    Case
        A new case that carries the scenario.

    Raises
    ------
    CaseError
        For an unknown name, a case that already carries another scenario, or a scenario with a problem.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tt.apply_scenario(case, "trust_seoul").scenario
    'trust_seoul'
    """
    if name == case.scenario or (name == BASE and case.scenario == BASE):
        return case
    scenarios = scenarios_of(case, name)
    if name not in case.scenarios:
        known = (BASE, *case.scenarios)
        raise CaseError([unknown("scenarios.toml", message("wrong_scenario.no_such_scenario"), name, known)])
    return finished(case, scenarios.built(name), scenarios.problems, name)


def apply_change(case: Case, table: Mapping[str, Any], name: str) -> Case:
    """Lay a change that stands in no file over a case, checked like a scenario.

    Parameters
    ----------
    case : Case
        Without a scenario; it is not changed.
    table : mapping
        What could stand under the name of a scenario; ``title`` and ``why`` are not needed. Empty: no change.
    name : str
        What the result calls its scenario; any text.

    Returns
    -------
    Case
        A new case that carries the change.

    Raises
    ------
    CaseError
        For a case that already carries a scenario, or a change with a problem; with all its problems.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> echo = tt.apply_change(case, {"assumptions": {"origin": {"rho": 0.9}}}, "one echo")
    >>> echo.reliability.origin.rho
    0.9
    """
    scenarios = scenarios_of(case, name)
    if not table:
        return replace(case, scenario=name)
    return finished(case, scenarios.unnamed(name, table), scenarios.problems, name)


def scenarios_of(case: Case, name: str) -> Scenarios:
    """Make the scenarios of a case ready to be laid over it.

    Parameters
    ----------
    case : Case
    name : str
        The one to be laid over it, for the message.

    Returns
    -------
    Scenarios

    Raises
    ------
    CaseError
        For a case that already carries a scenario, or is as known on a day.
    """
    if case.known_on is not None:
        what = message("wrong_scenario.as_known", day=case.known_on)
        raise CaseError([Problem("scenarios.toml", what, repr(name))])
    if case.scenario != BASE:
        what = message("wrong_scenario.carried", name=case.scenario)
        raise CaseError([Problem("scenarios.toml", what, repr(name))])
    return Scenarios(case.scenarios, _raw(case), True, case.path, KeyLines(""))


def finished(case: Case, built: Built | None, problems: Problems, name: str) -> Case:
    """Make a case of what was built over another.

    Parameters
    ----------
    case : Case
        The one below.
    built : Built or None
    problems : Problems
        Why nothing was built, or why it must not be used.
    name : str
        Of the scenario.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        If there is a problem.
    """
    if built is None or problems:
        raise CaseError(problems)
    return to_case(case.path, built, case.scenarios, name)


def scenario_problems(table: Mapping[str, Any], raw: Raw, sound: bool, folder: Path, lines: KeyLines) -> Problems:
    """Check every scenario of a case, each applied once.

    Parameters
    ----------
    table : mapping
        scenarios.toml.
    raw : Raw
        The base case.
    sound : bool
        Whether the base case has no problems; those it has are not repeated.
    folder : Path
    lines : KeyLines
        Of scenarios.toml.

    Returns
    -------
    Problems
    """
    if too_many := next(_too_many(table, raw), None):
        return Problems([too_many])
    scenarios = Scenarios(table, raw, sound, folder, lines)
    for name in table:
        scenarios.built(name)
    return scenarios.problems


def _too_many(table: Mapping[str, Any], raw: Raw) -> Iterator[Problem]:
    n, claims = len(table), len(raw.rows or ())
    if n > MOST_SCENARIOS:
        yield Problem(NAME, message("wrong_scenario.too_many", n=n, most=MOST_SCENARIOS))
    if n * claims > MOST_READ:
        yield Problem(NAME, message("wrong_scenario.too_large", n=n, claims=claims, most=MOST_READ))


@dataclass(frozen=True)
class Overlay:
    """The changes of a scenario and of all it builds on, added up."""

    case: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    excluded: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()
    believed: frozenset[str] = frozenset()

    def then(self, change: Change, rows: tuple[Row, ...]) -> Overlay:
        """Lay one more change on top."""
        parts = change.model_dump(exclude_unset=True)
        case = {k: part for k, part in parts.items() if k in ("assumptions", "case", "forces", "sources")}
        excluded = excluded_ids(change, {row.id: row.cells["source"] for row in rows})
        included = frozenset(change.include.claims)
        return Overlay(
            overlay(self.case, case),
            overlay(self.claims, parts.get("claims", {})),
            (self.excluded | excluded) - included,
            (self.included | included) - excluded,
            self.believed.union(change.believe),
        )

    def over(self, raw: Raw, folder: Path) -> Raw:
        """Lay the changes over a base case."""
        case = None if raw.case is None else overlay(believing(raw.case, self.believed), self.case)
        rows = raw.rows and tuple(_changed(row, self.claims.get(row.id, {})) for row in raw.rows)
        unread = any(row.figure is None for row in rows or ())
        # What is wrong with a lexicon is reported with the base case.
        lexicon = raw.lexicon or (lexicon_of(case or {}, folder, "case.toml", _ignore) if unread else None)
        return replace(raw, case=case, rows=rows, lexicon=lexicon, excluded=self.excluded, included=self.included)


def _ignore(problem: Problem) -> None:
    del problem


def _changed(row: Row, change: Mapping[str, Any]) -> Row:
    if not change:
        return row
    cells = {key: str(value) for key, value in change.items() if key != "h"}
    # A rate is a number by its window, and a ratio one by its losses.
    figure = None if {"figure", "losses", "since", "as_of", "reported"} & set(change) else row.figure
    return replace(row, cells={**row.cells, **cells}, h=change.get("h", row.h), figure=figure)


def _raw(case: Case) -> Raw:
    """Take a case apart again; figures that were read are not read twice."""
    return Raw(
        case=case.file.model_dump(exclude_unset=True),
        rows=tuple(Row(c.line, dict(c.cells), c.h, c.figure) for c in case.claims),
        table=case.reliability.table(),
    )


class Scenarios:
    """Every scenario of a file, each parsed, chained and built once, when it is asked for."""

    def __init__(self, table: Mapping[str, Any], raw: Raw, sound: bool, folder: Path, lines: KeyLines) -> None:
        self.table, self.raw, self.sound, self.folder, self.lines = table, raw, sound, folder, lines
        self.subject = Subject.of(raw.case, raw.rows)
        self.problems = Problems()
        self._depth: dict[str, int] = {}
        self._base_is_crowded: bool | None = None
        self._changes: dict[str, Change | None] = {}
        self._built: dict[str, tuple[Overlay | None, Built | None, bool]] = {}

    def built(self, name: str) -> Built | None:
        """Build a scenario; None if it or one it builds on has a problem."""
        return self._result(name)[1]

    def _result(self, name: str) -> tuple[Overlay | None, Built | None, bool]:
        """Find (changes added up, what they build, whether they are free of problems), those below it first."""
        waiting = {name: None}
        while waiting:
            top = next(reversed(waiting))
            below = self._below(top)
            if top in self._built or below is None or below in self._built or below in waiting:
                waiting.popitem()
                self._settle(top, (*waiting, top))
            else:
                waiting[below] = None
        return self._built[name]

    def _below(self, name: str) -> str | None:
        """Name the scenario that another builds on, if there is one of that name."""
        change = self._change(name)
        other = change.builds_on if change else None
        return other if other in self.table and other != BASE else None

    def _settle(self, name: str, path: tuple[str, ...]) -> None:
        if name not in self._built:
            before = len(self.problems)
            total, built = self._build(name, path)
            self._built[name] = total, built, total is not None and len(self.problems) == before

    def unnamed(self, name: str, table: Mapping[str, Any]) -> Built | None:
        """Build a change that stands in no file; it may build on a scenario that does."""
        said = {"title": name, "why": "a change without a name", **table}
        change, found = read_change(said, self.subject, UnnamedPlaces(name, None, self.lines))
        self.problems += found
        places = UnnamedPlaces(name, change, self.lines)
        if change and change.builds_on in self.table and change.builds_on != BASE:
            self._result(str(change.builds_on))
        parent = self._parent(change, places, (name,)) if change and not found else None
        return self._lay(change, parent, places)[1] if change and parent else None

    def some_of(self, name: str, changes: Iterable[Change]) -> Built | None:
        """Build parts of checked scenarios, one after the other; a part without effect is no problem."""
        total = Overlay()
        for change in changes:
            total = total.then(change, self.raw.rows or ())
        places = UnnamedPlaces(name, None, self.lines)
        built, found = build(total.over(self.raw, self.folder), places)
        self.problems += [*found, *(nothing_left(built.claims, places) if built else ())]
        return built

    def chain(self, name: str) -> tuple[Change, ...]:
        """List a scenario and all it builds on, the first to be laid first; none if one has a problem."""
        if self.built(name) is None or self.problems:
            return ()
        changes, at = list[Change](), str(name)
        while at and (change := self._changes[at]):
            changes.insert(0, change)
            at = self._below(at) or ""
        return tuple(changes)

    def _build(self, name: str, path: tuple[str, ...]) -> tuple[Overlay | None, Built | None]:
        change = self._change(name)
        places = Places(name, change, self.lines)
        parent = self._parent(change, places, path) if change else None
        return (None, None) if change is None or parent is None else self._lay(change, parent, places)

    def _lay(self, change: Change, parent: Overlay, places: Places) -> tuple[Overlay, Built | None]:
        """Lay a change over those before it, and all over the case."""
        total = parent.then(change, self.raw.rows or ())
        if not self.sound and self._crowded(places):
            return total, None
        built, found = build(total.over(self.raw, self.folder), places)
        # A base case with problems has them in every scenario: only what is new belongs to this one.
        known = Problems() if self.sound else build(self.raw, places)[1]
        self.problems += self._new(found, set(known))
        if built:
            self.problems += weight_problems(change, built.claims, parent.excluded, places)
        return total, built

    @staticmethod
    def _new(found: Problems, known: set[Problem]) -> Problems:
        new = Problems(problem for problem in found if problem not in known)
        new.more += 0 if known else found.more
        return new

    def _crowded(self, places: Places) -> bool:
        """Tell whether the case itself has more problems than are told, so that nobody knows which are new."""
        if self._base_is_crowded is None:
            self._base_is_crowded = bool(build(self.raw, places)[1].more)
        return self._base_is_crowded

    def _change(self, name: str) -> Change | None:
        """Parse and check one scenario by itself."""
        if name not in self._changes:
            places = Places(name, None, self.lines)
            change, found = read_change(self.table[name], self.subject, places)
            found = [*name_problems(name, places), *found]
            self.problems += found
            self._changes[name] = None if found else change
        return self._changes[name]

    def _parent(self, change: Change, places: Places, path: tuple[str, ...]) -> Overlay | None:
        """Find the changes of the scenario that another builds on; None if that has a problem."""
        other = change.builds_on
        if other in (None, BASE):
            return Overlay()
        where = places.key("builds_on")
        if other not in self.table:
            self.problems.append(unknown(where, message("wrong_scenario.no_such_scenario"), str(other), self.table))
            return None
        if other in path and other not in self._built:
            circle = " -> ".join((*path[path.index(other) :], other))
            self.problems.append(Problem(where, message("wrong_scenario.circle"), circle))
            return None
        total, _, sound = self._built[str(other)]
        self._depth[path[-1]] = self._depth.get(str(other), 1) + 1
        if sound and self._depth[path[-1]] > LONGEST_CHAIN:
            what = message("wrong_scenario.too_long", most=LONGEST_CHAIN)
            self.problems.append(Problem(where, what, str(other)))
            return None
        return total if sound else None
