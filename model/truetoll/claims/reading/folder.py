"""A case folder -> a `Case`, or every problem in it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from truetoll.claims.reading.building import Built, Raw, build, to_case
from truetoll.claims.reading.days import with_days
from truetoll.claims.reading.files import parse_toml, read_text
from truetoll.claims.reading.lexicons import lexicon_of
from truetoll.claims.reading.sheets import read_workbook
from truetoll.claims.reading.shipped import located, shipped_cases
from truetoll.claims.reading.table import CLAIMS as CLAIMS_LAYOUT
from truetoll.claims.reading.table import Row, read_rows
from truetoll.claims.reading.unsettled import settled_rows, settled_table
from truetoll.claims.reliability import Reliability
from truetoll.claims.scenario import overrides as scenarios
from truetoll.claims.scenario.generated import with_generated
from truetoll.claims.schema import Case, CaseFile
from truetoll.claims.toml import KeyLines
from truetoll.errors import CaseError, Problem, Problems, closest
from truetoll.text.messages import Message, message

CASE, CLAIMS, SHEET, SCENARIOS = "case.toml", "claims.csv", "claims.xlsx", "scenarios.toml"

_LINE = re.compile(r"\d+")


def as_case(case: Case | str | Path) -> Case:
    """Take a case, or read it where a folder is given.

    Parameters
    ----------
    case : Case, str or Path

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every problem of the folder.
    """
    return case if isinstance(case, Case) else read_case(case)


def read_case(path: str | Path, scenario: str | None = None) -> Case:
    """Read and check a case folder.

    Parameters
    ----------
    path : str or Path
        The folder, or its case.toml; where there is none, the name of a case that is shipped: ``kursk-article``.
    scenario : str, optional
        Name of the scenario the case shall carry; the base case if not given.

    Returns
    -------
    Case
        Frozen; its ``notices`` say what was done that the analyst should know.

    Raises
    ------
    CaseError
        With every problem of the folder.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> [claim.id for claim in case.claims]
    ['nis-sent', 'nis-killed', 'nis-wounded', 'west-killed', 'jones-casualties', 'zelensky-february']
    """
    case = _Folder(located(path)).case()
    if scenario in (None, case.scenario):
        return case
    # Scenarios that fit every case are made when somebody asks for one.
    return scenarios.apply_scenario(case if scenario in case.scenarios else with_generated(case), scenario)


@dataclass(frozen=True)
class _CasePlaces:
    """Places of the base case: lines of case.toml and claims.csv."""

    lines: KeyLines
    table: str = CLAIMS

    def key(self, dotted: str) -> str:
        line = self.lines.find(dotted)
        return f"{CASE}{f':{line}' if line else ''}{f': {dotted}' if dotted else ''}"

    def cell(self, row: Row, column: str) -> str:
        del column  # every message about a cell names it
        return f"{self.table}:{row.line}"


@dataclass
class _Folder:
    """One reading of a folder."""

    path: Path
    problems: Problems = field(default_factory=Problems)
    remarks: list[Message] = field(default_factory=list)

    def case(self) -> Case:
        """Read all files and check them against each other."""
        folder = self._folder()
        text = read_text(folder / CASE, self.problems.append)
        table = parse_toml(text, CASE, self.problems.append) if text is not None else None
        file, rows = self._rows(folder)
        places = _CasePlaces(KeyLines(text or "" if table is not None else ""), file)
        where = places.key("case.lexicon")
        lexicon = lexicon_of(table, folder, where, self.problems.append) if table is not None else None
        table, rows, draft = self._settled(table, rows, places)
        rows = self._dated(table, rows, places)
        raw = Raw(table, rows, lexicon, remarks=tuple(self.remarks), file=file)
        built, found = build(raw, places)
        # What is wrong with a guess is no second problem of a cell that is not settled.
        told = {problem.where for problem in self.problems} if draft else set()
        self.problems += found if not told else [problem for problem in found if problem.where not in told]
        written = self._scenarios(folder, raw, built)
        if built is None or self.problems:
            raise CaseError(sorted(self.problems, key=_position), self.problems.more)
        return to_case(folder, built, written)

    def _settled(
        self, table: dict[str, Any] | None, rows: tuple[Row, ...] | None, places: _CasePlaces
    ) -> tuple[dict[str, Any] | None, tuple[Row, ...] | None, bool]:
        """Tell what a draft leaves open, and go on with its guesses, so that what else is wrong is told too."""
        in_table = in_rows = False
        if table is not None:
            table, in_table = settled_table(table, places.key, self.problems.append)
        if rows is not None:
            rows, in_rows = settled_rows(rows, places.cell, self.problems.append)
        return table, rows, in_table or in_rows

    def _folder(self) -> Path:
        path = self.path.parent if self.path.name == CASE and not self.path.is_dir() else self.path
        try:
            path = path.resolve()
            known = path.is_dir()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL in the name
            known = False
        if not known:
            near = closest(self.path.name, (case.name for case in shipped_cases()))
            raise CaseError([Problem(str(self.path), message("wrong_file.no_such_case"), meant=near)])
        return path

    def _rows(self, folder: Path) -> tuple[str, tuple[Row, ...] | None]:
        """Read claims.csv, or claims.xlsx if that is what there is: (name of the file, rows)."""
        book, report, notice = folder / SHEET, self.problems.append, self.remarks.append
        before = len(self.problems)
        if book.exists() and not (folder / CLAIMS).exists():
            rows = read_workbook(book, report, replace(CLAIMS_LAYOUT, name=SHEET), notice)
            return SHEET, rows if rows or len(self.problems) == before else None
        if book.exists():
            report(Problem(SHEET, message("wrong_file.beside", name=CLAIMS)))
            before += 1
        text = read_text(folder / CLAIMS, report)
        if text is None:
            return CLAIMS, None
        rows = read_rows(text, report, notice=notice)
        # Without a sound header no row is known, which is another thing than a table without claims.
        return CLAIMS, rows if rows or len(self.problems) == before else None

    def _dated(
        self, case: Mapping[str, Any] | None, rows: tuple[Row, ...] | None, places: _CasePlaces
    ) -> tuple[Row, ...] | None:
        """Write dates as they are read; what the case says of their order counts if it is one of the known words."""
        head = (case or {}).get("case")
        order = head.get("dates") if isinstance(head, Mapping) else None
        known = order if order in ("dmy", "mdy", "ymd") else None
        return None if rows is None else with_days(rows, known, places.cell, self.problems.append)

    def _scenarios(self, folder: Path, raw: Raw, built: Built | None) -> Mapping[str, Mapping[str, Any]]:
        path = folder / SCENARIOS
        if not path.exists() and not path.is_symlink():
            return {}
        text = read_text(path, self.problems.append)
        table = parse_toml(text, SCENARIOS, self.problems.append) if text is not None else None
        if text is None or table is None:
            return {}
        self.problems += scenarios.scenario_problems(table, raw, built is not None, folder, KeyLines(text))
        return table


def _position(problem: Problem) -> tuple[int, int]:
    """Order in which an analyst goes through the files."""
    name, _, rest = problem.where.partition(":")
    line = _LINE.match(rest)
    files = (CASE, CLAIMS, SHEET, SCENARIOS)
    return files.index(name) if name in files else len(files), int(line.group()) if line else 0


def case_schema() -> dict[str, Any]:
    """Describe case.toml for editors: its keys, their types and what they mean.

    Returns
    -------
    dict
        JSON Schema. Under ``assumptions`` stands the reliability table with every key optional.
    """
    schema = CaseFile.model_json_schema()
    table = _optional(Reliability.model_json_schema(ref_template="#/$defs/assumed_{model}"))
    schema["$defs"] |= {f"assumed_{name}": part for name, part in table.pop("$defs").items()}
    schema["properties"]["assumptions"] |= {"properties": table["properties"], "additionalProperties": False}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


def _optional(schema: Any) -> Any:
    """Drop every ``required`` (a list: a property of that name would be a table) from a schema."""
    if isinstance(schema, dict):
        kept = {key: part for key, part in schema.items() if key != "required" or isinstance(part, dict)}
        return {key: _optional(part) for key, part in kept.items()}
    return [_optional(part) for part in schema] if isinstance(schema, list) else schema
