"""A case folder -> a `Case`, or every problem in it at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from truetoll.claims.reading.building import Built, Raw, build, to_case
from truetoll.claims.reading.files import parse_toml, read_text
from truetoll.claims.reading.lexicons import lexicon_of
from truetoll.claims.reading.table import Row, read_rows
from truetoll.claims.reliability import Reliability
from truetoll.claims.scenario import overrides as scenarios
from truetoll.claims.schema import Case, CaseFile
from truetoll.claims.toml import KeyLines
from truetoll.errors import CaseError, Problem, Problems

CASE, CLAIMS, SCENARIOS = "case.toml", "claims.csv", "scenarios.toml"

_LINE = re.compile(r"\d+")


def read_case(path: str | Path, scenario: str | None = None) -> Case:
    """Read and check a case folder.

    Parameters
    ----------
    path : str or Path
        The folder, or its case.toml.
    scenario : str, optional
        Name of the scenario the case shall carry; the base case if not given.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every problem of the folder.
    """
    case = _Folder(Path(path)).case()
    return scenarios.apply_scenario(case, scenario) if scenario is not None else case


@dataclass(frozen=True)
class _CasePlaces:
    """Places of the base case: lines of case.toml and claims.csv."""

    lines: KeyLines

    def key(self, dotted: str) -> str:
        line = self.lines.find(dotted)
        return f"{CASE}{f':{line}' if line else ''}{f': {dotted}' if dotted else ''}"

    def cell(self, row: Row, column: str) -> str:
        del column  # every message about a cell names it
        return f"{CLAIMS}:{row.line}"


@dataclass
class _Folder:
    """One reading of a folder."""

    path: Path
    problems: Problems = field(default_factory=Problems)

    def case(self) -> Case:
        """Read all files and check them against each other."""
        folder = self._folder()
        text = read_text(folder / CASE, self.problems.append)
        table = parse_toml(text, CASE, self.problems.append) if text is not None else None
        rows = self._rows(folder)
        places = _CasePlaces(KeyLines(text or "" if table is not None else ""))
        where = places.key("case.lexicon")
        lexicon = lexicon_of(table, folder, where, self.problems.append) if table is not None else None
        raw = Raw(table, rows, lexicon)
        built, found = build(raw, places)
        self.problems += found
        written = self._scenarios(folder, raw, built)
        if built is None or self.problems:
            raise CaseError(sorted(self.problems, key=_position), self.problems.more)
        return to_case(folder, built, written)

    def _folder(self) -> Path:
        path = self.path.parent if self.path.name == CASE and not self.path.is_dir() else self.path
        try:
            path = path.resolve()
            known = path.is_dir()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a NUL in the name
            known = False
        if not known:
            raise CaseError([Problem(str(self.path), "there is no such case folder")])
        return path

    def _rows(self, folder: Path) -> tuple[Row, ...] | None:
        text = read_text(folder / CLAIMS, self.problems.append)
        if text is None:
            return None
        before = len(self.problems)
        rows = read_rows(text, self.problems.append)
        # Without a sound header no row is known, which is another thing than a table without claims.
        return rows if rows or len(self.problems) == before else None

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
    files = (CASE, CLAIMS, SCENARIOS)
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
