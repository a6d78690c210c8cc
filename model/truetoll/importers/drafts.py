"""An imported case -> the files of its folder, and the account of what became of every row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from truetoll.claims.reading import read_case
from truetoll.claims.reading.table import COLUMNS
from truetoll.claims.schema import Case, CaseFile
from truetoll.errors import Problem
from truetoll.importers.sheet import Ledger
from truetoll.text.messages import Message
from truetoll.text.saying import Speaker

_ON_ONE_LINE = ("relations", "access")
"""Tables that are written between braces."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of claims.csv to be.

    Parameters
    ----------
    id, source, losses, figure, origin, bulletin, revises, url, note : str
        As in claims.csv.
    since, as_of : date
        The window (since, as_of].
    reported : date or None
        The day it was said, if it is known.
    """

    id: str
    source: str
    reported: date | None
    losses: str
    figure: str
    since: date
    as_of: date
    origin: str = ""
    bulletin: str = ""
    revises: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class Imported:
    """A case made of somebody's file.

    Parameters
    ----------
    format : str
        ``radford`` or ``ucdp-ged``.
    case : CaseFile
        What becomes of case.toml.
    entries : tuple of Entry
        What becomes of claims.csv.
    counts : mapping of str to int
        ``rows`` read, and what they became.
    aside : mapping of Message to int
        Rows that are no claim of their own, by reason.
    dead_aside : mapping of Message to int
        Dead of these rows, where rows are events: with those of the claims, all dead of the file.
    mended : mapping of Message to int
        Rows that were used after a correction, by what was done.
    problems : tuple of Problem
        Of the unreadable rows that were let pass.
    remarks : tuple of Message
        What the analyst should know of this file.
    """

    format: str
    case: CaseFile
    entries: tuple[Entry, ...]
    counts: Mapping[str, int]
    aside: Mapping[Message, int]
    dead_aside: Mapping[Message, int] = field(default_factory=dict)
    mended: Mapping[Message, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Message, ...] = ()

    @classmethod
    def of(
        cls,
        format: str,
        case: CaseFile,
        entries: tuple[Entry, ...],
        counts: Mapping[str, int],
        ledger: Ledger,
        remarks: tuple[Message, ...],
    ) -> Self:
        """Put a case and the account of its file together.

        Parameters
        ----------
        format, case, entries, counts
            As of the class.
        ledger : Ledger
        remarks : tuple of Message
            After those of the ledger.

        Returns
        -------
        Imported
        """
        counts = {**counts, "rows_aside_without_a_number": ledger.unmeasured} if ledger.unmeasured else counts
        aside, dead, mended = (
            {reason: n for reason, n in each.items() if n} for each in (ledger.aside, ledger.measured, ledger.mended)
        )
        told = (*ledger.remarks, *remarks)
        return cls(format, case, entries, counts, aside, dead, mended, tuple(ledger.told()), told)

    def to_dict(self) -> dict[str, Any]:
        """Give the account for JSON, in English.

        Returns
        -------
        dict
        """
        bins = self.case.case.bins
        return {
            "format": self.format,
            "title": self.case.case.title,
            "since": bins[0].isoformat(),
            "as_of": bins[-1].isoformat(),
            "bins": len(bins) - 1,
            "counts": dict(self.counts),
            "set_aside": _in_english(self.aside),
            "dead_set_aside": _in_english(self.dead_aside),
            "corrected": _in_english(self.mended),
            "problems": [problem.to_dict() for problem in self.problems],
            "remarks": list(map(str, self.remarks)),
        }


def _in_english(counted: Mapping[Message, int]) -> dict[str, int]:
    return dict(sorted((str(reason), n) for reason, n in counted.items()))


def write_case(imported: Imported, folder: Path) -> Case:
    """Write case.toml and claims.csv, and read them again as an analyst's would be.

    Parameters
    ----------
    imported : Imported
    folder : Path
        Empty.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        If what was written is not a sound case.
    OSError
        If the folder cannot be written.
    """
    stated = imported.case.model_dump(exclude_defaults=True, exclude_none=True)
    (folder / "case.toml").write_text(to_toml(stated), encoding="utf-8", newline="\n")
    write_claims((asdict(entry) for entry in imported.entries), folder)
    return read_case(folder)


def choosing(w: Speaker) -> str:
    """Ask, in comments of a case, whether its figures are why it was chosen."""
    return commented(f'{w.say("begun.frame")}\n[assumptions]\nframe.kind = "famous"')


def commented(text: str) -> str:
    """Write lines as comments of TOML."""
    return "".join(f"# {line}".rstrip() + "\n" for line in text.split("\n"))


def write_claims(rows: Iterable[Mapping[str, Any]], folder: Path) -> None:
    """Write claims.csv.

    Parameters
    ----------
    rows : iterable of mapping
        Column -> cell; columns that a row does not have stay empty.
    folder : Path

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with (folder / "claims.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def quoted(text: str) -> str:
    """Write a text as a string of TOML.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def to_toml(table: Mapping[str, Any]) -> str:
    """Write plain values as TOML.

    Parameters
    ----------
    table : mapping
        Of text, numbers, dates, lists of them, and tables.

    Returns
    -------
    str
    """
    return "\n".join(_tables(table, "")).lstrip("\n") + "\n"


def _tables(table: Mapping[str, Any], name: str) -> Iterator[str]:
    """Yield the values of a table first, then the tables below it."""
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping) and key not in _ON_ONE_LINE}
    if len(inner) < len(table):
        yield f"\n[{name}]"
    yield from (f"{key} = {_value(value)}" for key, value in table.items() if key not in inner)
    for key, value in inner.items():
        yield from _tables(value, f"{name}.{key}" if name else key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return f"{value:_.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return value.isoformat() if isinstance(value, date) else str(value).lower()
