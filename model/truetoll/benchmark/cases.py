"""A target -> a small case of the ordinary kind, so that history is answered by the model that answers everything."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from truetoll.benchmark.schema import QUANTITIES, OldClaim, Target
from truetoll.claims.reading.building import Raw, build, to_case
from truetoll.claims.reading.table import COLUMNS, Row
from truetoll.claims.reliability import assumed, default_table
from truetoll.claims.schema import Z95, Case, Figure, Form
from truetoll.claims.wording import read_lexicon
from truetoll.errors import CaseError

Table = Mapping[str, Any]

FLAT_SD = 10.0
"""Log sd of the prior of a total: flat in effect (one of 3.5 would pull a truth of 50 by 0.16)."""
FLAT_MEDIAN = 1000.0
_LAST_DAY = date(9999, 12, 30)
_ID = re.compile(r"[\w.-]{1,80}")


def case_of(target: Target, assumptions: Table | None = None) -> Case:
    """Make the case of one target: its claims, a flat prior, the assumptions of the package.

    Every claim counts as one on the whole target: what has another window or meaning is marked so in the benchmark
    and is no evidence. A voice that corrected its figure is taken at its last word.

    Parameters
    ----------
    target : Target
    assumptions : mapping, optional
        Laid over the reliability table, in its nesting.

    Returns
    -------
    Case
        One force, ``them``; the quantity asked for is `quantity_of`.
    """
    return _case([target], {"them": target}, {"them": _flat()}, assumptions, target.case)


def joint_case(targets: Sequence[Target], assumptions: Table | None = None) -> tuple[Case, dict[str, Target]]:
    """Put many targets into one case, each a force whose total is known as well as its truth is.

    Parameters
    ----------
    targets : sequence of Target
        With claims.
    assumptions : mapping, optional

    Returns
    -------
    Case, dict of str to Target
        The force of each target; sources are those of one case speaking in one relation.
    """
    forces = {f"t{i}": target for i, target in enumerate(targets, 1)}
    totals = {name: known_total(target) for name, target in forces.items()}
    return _case(targets, forces, totals, assumptions, "benchmark"), forces


def quantity_of(target: Target, force: str = "them") -> str:
    """Name the quantity of a target's case: ``them.killed``.

    Parameters
    ----------
    target : Target
    force : str

    Returns
    -------
    str
    """
    return f"{force}.{QUANTITIES[target.quantity]}"


def known_total(target: Target) -> dict[str, float]:
    """State a truth as a prior: its interval holds 90 %.

    Parameters
    ----------
    target : Target

    Returns
    -------
    dict of str to float
        Ends that are not apart from the best value are moved off it by a hundredth of a per cent.
    """
    best = target.truth.best
    return {
        "median": best,
        "low": min(target.truth.low, best * (1 - 1e-4)),
        "high": max(target.truth.high, best * (1 + 1e-4)),
    }


def _flat() -> dict[str, float]:
    reach = math.exp(Z95 * FLAT_SD)
    return {"median": FLAT_MEDIAN, "low": FLAT_MEDIAN / reach, "high": FLAT_MEDIAN * reach}


def _case(
    targets: Iterable[Target],
    forces: Mapping[str, Target],
    totals: Mapping[str, Table],
    assumptions: Table | None,
    name: str,
) -> Case:
    voices = _voices(targets)
    spoken = [(force, target, claim) for force, target in forces.items() for claim in target.claims]
    start, end = _window([claim for _, _, claim in spoken])
    sources: dict[str, Any] = {}
    for force, target, claim in spoken:
        told = {"name": claim.source, "relations": {}, "access": {}}
        source = sources.setdefault(voices[target.case, claim.id], told)
        source["relations"][force] = claim.relation
        if access := claim.access or _captors(target, claim):
            source["access"][force] = access
    table = {
        "case": {"title": name, "bins": [start, end]},
        "forces": {force: _force(target, totals[force]) for force, target in forces.items()},
        "sources": sources,
    }
    rows = tuple(_row(claim, voices[target.case, claim.id], quantity_of(target, f), end) for f, target, claim in spoken)
    reliability = assumed(default_table(), assumptions or {})
    built, problems = build(Raw(table, rows, read_lexicon("en"), table=reliability), _Nowhere())
    if built is None or problems:
        raise CaseError(problems)
    return to_case(Path(name), built, {})


def _force(target: Target, total: Table) -> dict[str, Any]:
    """Declare what the target counts; casualties are killed and wounded, other sums are a count of their own."""
    quantity, victims = QUANTITIES[target.quantity], target.victim_class
    if victims == "materiel":
        return {"victims": victims, "counts": {quantity: total}}
    if quantity == "casualties":
        return {"victims": victims, "outcomes": ["killed", "wounded"], "total": total}
    if quantity in ("killed", "wounded"):
        return {"victims": victims, "outcomes": [quantity], "total": total}
    return {"victims": victims, "outcomes": ["killed"], "total": _flat(), "counts": {quantity: total}}


def _captors(target: Target, claim: OldClaim) -> str | None:
    """Tell what a source has to count prisoners by, who are a count of their own here."""
    usual: Mapping[str, str] = default_table()["access"]["captured"]
    return usual.get(claim.relation) if target.quantity == "captured" else None


def _window(claims: Sequence[OldClaim]) -> tuple[date, date]:
    """One bin that ends before anything was reported: a target has no course."""
    end = min((claim.reported for claim in claims if claim.reported), default=_LAST_DAY)
    return end - timedelta(days=1), end


def _row(claim: OldClaim, voice: str, losses: str, end: date) -> Row:
    cells = dict.fromkeys(COLUMNS, "") | {
        "id": _id(claim),
        "source": voice,
        "reported": claim.reported.isoformat() if claim.reported else "",
        "losses": losses,
        "figure": claim.text,
        "as_of": end.isoformat(),
        "origin": claim.origin,
    }
    return Row(claim.line, cells, figure=_hedged(claim.figure))


def _hedged(figure: Figure) -> Figure:
    """Read a bound as the hedge nearest to it, as where errors are estimated.

    Under a flat prior "fewer than 20,000" would else say that next to nobody was lost.
    """
    near = {Form.AT_MOST: (Form.UP_TO, "up_to"), Form.NO_FEWER_THAN: (Form.AT_LEAST, "at_least")}.get(figure.form)
    return figure if near is None else replace(figure, form=near[0], hedge=near[1])


def _id(claim: OldClaim) -> str:
    return claim.id if _ID.fullmatch(claim.id) else f"row{claim.line}"


def _voices(targets: Iterable[Target]) -> dict[tuple[str, str], str]:
    """Name the voice behind each claim of a case: one source or one origin, in one relation.

    Those who speak for one origin in one relation are one institution: they pass on or correct one report.
    """
    root: dict[tuple[str, ...], tuple[str, ...]] = {}

    def find(node: tuple[str, ...]) -> tuple[str, ...]:
        while root.setdefault(node, node) != node:
            node = root[node]
        return node

    said = [(target.case, claim) for target in targets for claim in target.claims]
    for case, claim in said:
        source = find((case, claim.relation, "source", claim.source))
        root[source] = find((case, claim.relation, "origin", claim.origin))
    names: dict[tuple[str, ...], str] = {}
    found = {}
    for case, claim in said:
        voice = find((case, claim.relation, "source", claim.source))
        found[case, claim.id] = names.setdefault(voice, f"v{len(names) + 1}")
    return found


@dataclass(frozen=True)
class _Nowhere:
    """Places of problems that the benchmark's own checks leave none of."""

    def key(self, dotted: str) -> str:
        return dotted

    def cell(self, row: Row, column: str) -> str:
        return f"claims.csv:{row.line}: {column}"
