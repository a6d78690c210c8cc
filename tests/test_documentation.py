"""What is told beside the code: the pages, how to cite, how to contribute."""

import os
import re
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

import truetoll as tt

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_api_page_has_every_public_name_once():
    places = re.findall(r"^::: ([\w.]+)$", text("notebooks/api.md"), flags=re.MULTILINE)
    if not (os.environ.get("CI") or find_spec("anywidget")):  # of an extra, which CI has
        places.remove("truetoll.report.view.View")
    shown = [getattr(import_module(module), name) for module, name in (p.rsplit(".", 1) for p in places)]
    assert len(places) == len(set(places))
    assert [name for name in tt.__all__ if name != "__version__" and getattr(tt, name) not in shown] == []
    assert "tt.__version__" in text("notebooks/api.md")


def blocks(name, language):
    return re.findall(rf"```{language}\n(.*?)```", text(name), flags=re.DOTALL)


def test_the_examples_of_a_case_are_cases(tmp_path):
    """The first as in the README, the second of scopes: nothing has to be told of either."""
    for toml, claims in zip(*(blocks("notebooks/case.md", x) for x in ("toml", "csv")), strict=True):
        (tmp_path / "case.toml").write_text(toml, encoding="utf-8")
        (tmp_path / "claims.csv").write_text(claims, encoding="utf-8")
        case = tt.read_case(tmp_path)
        assert len(case.claims) == 3
        assert case.notices == ()


def test_the_pages_are_all_notebooks():
    pages = {page for entry in yaml.safe_load(text("mkdocs.yml"))["nav"] for page in entry.values()}
    assert {path.name for kind in ("*.ipynb", "*.md") for path in (ROOT / "notebooks").glob(kind)} == pages


def test_the_citation_is_of_this_version_and_licence():
    cited = yaml.safe_load(text("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= cited.keys()
    assert cited["version"] == tt.__version__ == PROJECT["project"]["version"]
    assert cited["license"] == PROJECT["project"]["license"]
    assert f"## {tt.__version__}" in text("CHANGELOG.md")


def test_hooks_are_local():
    assert {repo["repo"] for repo in yaml.safe_load(text(".pre-commit-config.yaml"))["repos"]} == {"local"}


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "notebooks/index.md"])
def test_every_local_link_leads_somewhere(name):
    links = re.findall(r"\]\((?!http)([^)#]+)\)", text(name))
    assert links
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_every_path_that_contributing_names_exists():
    rooms = "model|tests|data|notebooks|claims|report|studies|cli|importers|runs|sampling"
    named = [p for p in re.findall(rf"`((?:{rooms})/[\w./]+)`", text("CONTRIBUTING.md")) if "NAME" not in p]
    assert named
    missing = [path for path in named if not any((ROOT / root / path).exists() for root in ("", "model/truetoll"))]
    assert missing == []


def test_the_fast_subset_names_what_is_there():
    lines = text("tests/fast.txt").split()
    for line in lines:
        path, _, name = line.removeprefix("--ignore=").removeprefix("--deselect=").partition("::")
        assert (ROOT / path).exists(), line
        assert f"def {name}" in text(path) if name else True, line
