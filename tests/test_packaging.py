"""What the package imports is what it asks for: nothing arrives only because something else needs it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FILES = sorted((ROOT / "model" / "truetoll").rglob("*.py"))


def plain(name):
    """Name of a distribution, as all spellings of it are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared():
    """Distributions asked for, also by an extra, with their ranges."""
    project = PROJECT["project"]
    lines = [*project["dependencies"], *(line for more in project["optional-dependencies"].values() for line in more)]
    return {plain(re.match(r"[\w.-]+", line).group()): line for line in lines}


def imported(tree):
    """Top-level modules that a file imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def test_every_import_is_declared():
    known, homes = declared(), packages_distributions()
    missing = {}
    for path in FILES:
        found = set(imported(ast.parse(path.read_text(encoding="utf-8")))) - sys.stdlib_module_names - {"truetoll"}
        missing |= {n: path.name for n in found if not {plain(home) for home in homes.get(n, [n])} & known.keys()}
    assert not missing


def test_every_range_holds_the_version_that_is_pinned():
    """A pin outside of its own range would leave nothing that can be installed."""
    pins = dict(line.split("==") for line in PROJECT["tool"]["uv"]["constraint-dependencies"])
    pins = {plain(name): version for name, version in pins.items()}
    packaging = pytest.importorskip("packaging.requirements")
    for name, line in declared().items():
        assert packaging.Requirement(line).specifier.contains(pins[name]), line


def test_types_and_syntax_are_those_of_the_oldest_python_promised():
    """What a later standard library added is an error of mypy, which every submission runs."""
    oldest = re.search(r">=(\d+\.\d+)", PROJECT["project"]["requires-python"]).group(1)
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
    for path in FILES:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=tuple(map(int, oldest.split("."))))
