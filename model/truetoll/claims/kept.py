"""A case as a saved run keeps it: everything that was understood, as one text of JSON; read back as the same `Case`.

Nothing of it leads to the analyst's machine: the folder is kept by its name alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import Case, CaseFile, Claim
from truetoll.errors import SaidError, shorten
from truetoll.text.messages import Message, MessageError, message, recalled


class KeptError(SaidError, ValueError):
    """A text that holds no case."""


class _Kept(BaseModel):
    """A case in JSON: fields as `Case` has them."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    name: str
    file: CaseFile
    claims: Annotated[tuple[Claim, ...], Field(min_length=1)]
    reliability: Reliability
    scenarios: dict[str, dict[str, Any]]
    scenario: str
    notices: list[Any]
    known_on: date | None
    table: str


def keep(case: Case) -> str:
    """Write a case down.

    Parameters
    ----------
    case : Case

    Returns
    -------
    str
        JSON, in full precision; `recall` reads it.
    """
    kept = {
        "name": case.name,
        "file": case.file.model_dump(mode="json", exclude_unset=True),
        "claims": [asdict(claim) for claim in case.claims],
        "reliability": case.reliability.table(),
        "scenarios": _marked(case.scenarios),
        "scenario": case.scenario,
        "notices": [said.kept() for said in case.notices],
        "known_on": case.known_on,
        "table": case.table,
    }
    return json.dumps(kept, ensure_ascii=False, default=_plain)


def recall(text: str) -> Case:
    """Read a case that was kept.

    Parameters
    ----------
    text : str
        As `keep` writes it.

    Returns
    -------
    Case
        Equal to the one that was kept but for its `path`, which is its name.

    Raises
    ------
    KeptError
        If the text is no JSON, or its parts do not make a case.
    """
    try:
        kept = _Kept.model_validate_json(text)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False)[0]["loc"]))
        raise KeptError(message("damaged.key", key=place)) from None
    try:
        notices, scenarios = tuple(map(recalled, kept.notices)), _unmarked(kept.scenarios)
    except MessageError as error:
        raise KeptError(message("damaged.messages", why=str(error))) from None
    case = Case(
        name=kept.name,
        path=Path(kept.name),
        file=kept.file,
        claims=kept.claims,
        reliability=kept.reliability,
        scenarios=scenarios,
        scenario=kept.scenario,
        notices=notices,
        known_on=kept.known_on,
        table=kept.table,
    )
    _check(case)
    return case


def _check(case: Case) -> None:
    """Hold the parts against each other: what the reader checks of a folder, and answers rely on."""
    if any(later <= edge for edge, later in pairwise(case.bins)):
        raise KeptError(message("damaged.bins_fall"))
    names = {q.term for q in case.quantities}
    for claim in case.claims:
        if claim.source not in case.sources:
            raise KeptError(message("damaged.no_source", id=claim.id))
        if not claim.readings or not all(reading.terms for reading in claim.readings):
            raise KeptError(message("damaged.no_losses", id=claim.id))
        if not set(claim.terms) <= names:
            raise KeptError(message("damaged.other_losses", id=claim.id))


_DATE, _MESSAGE = "$date", "$message"
"""Keys of a day and of a message in a scenario, whose tables are kept as written: nothing else says what a text was."""


def _marked(value: Any) -> Any:
    if isinstance(value, Message):
        return {_MESSAGE: value.kept()}
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    if isinstance(value, Mapping):
        return {key: _marked(each) for key, each in value.items()}
    return [_marked(each) for each in value] if isinstance(value, list | tuple) else value


def _unmarked(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_DATE}:
            return _day(value[_DATE])
        if set(value) == {_MESSAGE}:
            return recalled(value[_MESSAGE])
        return {key: _unmarked(each) for key, each in value.items()}
    return [_unmarked(each) for each in value] if isinstance(value, list) else value


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise KeptError(message("damaged.no_date", text=shorten(str(text)))) from None


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a case holds no {type(value).__name__}")
