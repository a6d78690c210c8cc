"""Tables and rows as read -> a case: the one path that a case and each of its scenarios take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from truetoll.claims.places import TABLE, in_table
from truetoll.claims.plain import plain_problems
from truetoll.claims.reading.checks import (
    first_presence,
    force_problems,
    head_problems,
    headline_problems,
    ratio_problems,
    source_problems,
    total_problems,
)
from truetoll.claims.reading.notices import notices
from truetoll.claims.reading.origins import join_origins, set_aside
from truetoll.claims.reading.revisions import faults, with_revisions
from truetoll.claims.reading.rows import Known, RowReader, Wording
from truetoll.claims.reading.table import Row
from truetoll.claims.reliability import Reliability, assumed, default_table
from truetoll.claims.schema import Case, CaseFile, CaseHead, Claim, Figure, Force, Frozen, Source, Total
from truetoll.claims.totals import of_forces, of_totals
from truetoll.claims.wording import Lexicon
from truetoll.errors import Problem, Problems, unknown
from truetoll.text.messages import Message, message


class Places(Protocol):
    """Says where a problem stands, in the file the analyst has to change."""

    def key(self, dotted: str) -> str:
        """Place of a dotted key of case.toml."""

    def cell(self, row: Row, column: str) -> str:
        """Place of a cell of claims.csv."""


@dataclass(frozen=True)
class Raw:
    """A case as it stands in its files, nothing checked.

    Parameters
    ----------
    case : mapping or None
        case.toml; None if it could not be parsed.
    rows : tuple of Row or None
        claims.csv; None if it could not be read.
    lexicon : Lexicon or None
        None if there is a problem with it: figures are then not read.
    excluded, included : frozenset of str
        Claims that lose their weight, and repeats that get it back.
    """

    case: Mapping[str, Any] | None
    rows: tuple[Row, ...] | None
    lexicon: Lexicon | None = None
    excluded: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()
    table: Mapping[str, Any] = field(default_factory=default_table)
    """The reliability table that the case's assumptions are laid over."""
    figures: dict[Wording, Figure] = field(default_factory=dict, compare=False)
    """Figures read so far, by wording: scenarios share them with their base, whose lexicon they have."""
    remarks: tuple[Message, ...] = ()
    """What should be known of the files themselves."""
    file: str = TABLE
    """Name of the table of claims."""


@dataclass(frozen=True)
class Built:
    """What becomes of a sound `Raw`."""

    file: CaseFile
    claims: tuple[Claim, ...]
    reliability: Reliability
    remarks: tuple[Message, ...] = ()
    table: str = TABLE

    @cached_property
    def notices(self) -> tuple[Message, ...]:
        """What should be known of it; not looked for in scenarios that are only checked."""
        found = notices(self.file, self.claims, self.reliability)
        return (*self.remarks, *(in_table(said, self.table) for said in found))


def build(raw: Raw, places: Places) -> tuple[Built | None, Problems]:
    """Check everything and put it together.

    Parameters
    ----------
    raw : Raw
    places : Places

    Returns
    -------
    Built or None
        None if there is a problem.
    Problems
        All of them, each once.
    """
    builder = _Builder(raw, places)
    built = builder.build()
    return built, builder.problems


def to_case(folder: Path, built: Built, scenarios: Mapping[str, Mapping[str, Any]], scenario: str = "base") -> Case:
    """Give what was built its name and its place.

    Parameters
    ----------
    folder : Path
    built : Built
    scenarios : mapping of str to mapping
        As written.
    scenario : str
        The one that `built` carries.

    Returns
    -------
    Case
    """
    return Case(
        name=folder.name,
        path=folder,
        file=built.file,
        claims=built.claims,
        reliability=built.reliability,
        scenarios=scenarios,
        scenario=scenario,
        notices=built.notices,
        table=built.table,
    )


@dataclass
class _Builder:
    raw: Raw
    places: Places
    problems: Problems = field(default_factory=Problems)

    def build(self) -> Built | None:
        case = self.raw.case
        file = self._checked(CaseFile, case, "") if case is not None else None
        reliability = self._reliability((case or {}).get("assumptions", {}))
        known = self._known(case or {})
        self._check_parts(case or {})
        claims = self._claims(known)
        if self.problems or file is None or reliability is None or self.raw.rows is None:
            return None
        trust = {name: source.trust for name, source in file.sources.items()}
        claims = set_aside(join_origins(with_revisions(claims)), self.raw.excluded, self.raw.included, trust)
        return Built(file, claims, reliability, self.raw.remarks, self.raw.file)

    def _checked[M: Frozen](self, model: type[M], value: object, key: str) -> M | None:
        try:
            return model.model_validate(value)
        except ValidationError as error:
            self.problems += plain_problems(error, model, self.places.key, key)
            return None

    def _reliability(self, assumptions: object) -> Reliability | None:
        if not isinstance(assumptions, Mapping):
            return None  # a problem of the case file, and reported with it
        return self._checked(Reliability, assumed(self.raw.table, assumptions), "assumptions")

    def _known(self, case: Mapping[str, Any]) -> Known:
        """Save what can be understood of a broken file, so that claims can be checked against it."""
        head = _understood(CaseHead, {**_table(case, "case"), "title": ""}, ("bins",))
        bins = head.bins if head and not any(head_problems(_without_profile(head), str)) else None
        needed = ("outcomes", "strength", "contingents", "total", "ratio", "counts", "sums")
        forces = {name: _understood(Force, each, needed) for name, each in _table(case, "forces").items()}
        sources = {name: _understood(Source, each, ("relations",)) for name, each in _table(case, "sources").items()}
        return Known(
            forces if forces else None,
            sources if isinstance(case.get("sources", {}), Mapping) and case else None,
            bins,
            self.raw.lexicon,
            self.raw.figures,
            totals=self._totals(case),
        )

    def _totals(self, case: Mapping[str, Any]) -> dict[str, Total | None]:
        return {name: _understood(Total, each, ("of",)) for name, each in _table(case, "totals").items()}

    def _check_parts(self, case: Mapping[str, Any]) -> None:
        """Run the checks of each part that is sound in itself."""
        head = _understood(CaseHead, case.get("case"))
        forces, totals = _table(case, "forces"), self._totals(case)
        known = {name: _understood(Force, each) for name, each in forces.items()}
        if head:
            self.problems += head_problems(head, self.places.key)
        for name, force in known.items():
            if force:
                bins = head.bins if head else None
                self.problems += force_problems(f"forces.{name}", force, bins, self.places.key)
        self.problems += ratio_problems(known, self.places.key)
        before = len(self.problems)
        for name, total in totals.items():
            if total:
                self.problems += total_problems(name, total, known, totals, self.places.key)
        sound = {name: force for name, force in known.items() if force}
        added = {name: total for name, total in totals.items() if total}
        whole = len(self.problems) == before and (len(sound), len(added)) == (len(known), len(totals))
        if head and head.headline is not None and whole:
            asked = (*of_forces(sound), *of_totals(added, sound))
            self.problems += headline_problems(head.headline, (q.name for q in asked), self.places.key)
        for name, each in _table(case, "sources").items():
            if source := _understood(Source, each):
                self.problems += source_problems(f"sources.{name}", source, forces, self.places.key, totals)

    def _claims(self, known: Known) -> tuple[Claim, ...]:
        rows = self.raw.rows
        if rows is None:
            return ()
        found = [(row, RowReader(row, known, self.places.cell, self.problems).claim()) for row in rows]
        claims = tuple(claim for _, claim in found if claim)
        self.problems += self._duplicates(rows)
        if not rows:
            self.problems.append(Problem(self.raw.file, message("wrong_case.no_claim")))
        there = {n: first_presence(f, known.bins) for n, f in (known.forces or {}).items() if f and known.bins}
        if len(claims) == len(rows):  # else what is revised may be there and not understood
            self.problems += self._revisions({row.id: row for row in rows}, claims)
        for row, claim in found:
            if claim:
                self.problems += self._fit(row, claim, known, there)
        return claims

    def _revisions(self, rows: Mapping[str, Row], claims: Sequence[Claim]) -> Iterator[Problem]:
        for claim, what, ids in faults(claims):
            where = self.places.cell(rows[claim.id], "revises")
            yield unknown(where, what, claim.revises, ids) if ids else Problem(where, what, repr(claim.revises))

    def _duplicates(self, rows: Iterable[Row]) -> Iterator[Problem]:
        first: dict[str, int] = {}
        for row in rows:
            if row.id and row.id in first:
                what = message("wrong_claim.id_taken", line=first[row.id])
                yield Problem(self.places.cell(row, "id"), what, repr(row.id))
            first.setdefault(row.id, row.line)
        for row in rows:
            bulletin = row.cells["bulletin"]
            if bulletin in first and bulletin:
                what = message("wrong_claim.bulletin_taken", line=first[bulletin])
                yield Problem(self.places.cell(row, "bulletin"), what, repr(bulletin))

    def _fit(self, row: Row, claim: Claim, known: Known, there: Mapping[str, date]) -> Iterator[Problem]:
        """Check a claim against the parts of the case it refers to, and the days from which forces are there."""
        if known.sources is None or known.forces is None:
            return
        source = known.sources[claim.source]
        names = dict.fromkeys(term.force for term in claim.terms)
        for name in names:
            force = known.forces[name]
            if source and name not in source.relations:
                where = self.places.key(f"sources.{claim.source}.relations")
                yield Problem(where, message("wrong_case.relation_missing", force=name))
            if force and force.contingents and name in there:
                yield from self._presence(row, claim, name, there[name])

    def _presence(self, row: Row, claim: Claim, name: str, start: date) -> Iterator[Problem]:
        if claim.as_of <= start:
            what = message("wrong_claim.before_arrival", start=start, force=name)
            yield Problem(self.places.cell(row, "as_of"), what, claim.as_of.isoformat())
        for window in claim.windows[1:]:
            if window.as_of <= start:
                what = message("wrong_losses.before_arrival", start=start, force=name)
                yield Problem(self.places.cell(row, "losses"), what, str(window))


def _table(case: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = case.get(key)
    return value if isinstance(value, Mapping) else {}


def _understood[M: Frozen](model: type[M], value: object, needed: tuple[str, ...] | None = None) -> M | None:
    """Validate quietly; with `needed`, faulty keys other than these are left out first."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        faulty = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
        if needed is None or not isinstance(value, Mapping):
            return None
        if not faulty or not faulty <= value.keys() or faulty & set(needed):
            return None
        return _understood(model, {key: each for key, each in value.items() if key not in faulty})


def _without_profile(head: CaseHead) -> CaseHead:
    return head.model_copy(update={"activity": None, "profile_sd": None})
