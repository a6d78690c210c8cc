"""The house: imports run downward, nothing heavy is imported for light work, only the top floors print."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import truetoll

PACKAGE = Path(truetoll.__file__).parent
CASE = Path(__file__).parents[1] / "data" / "kursk-article"
FLOORS = ("visible", "owners", "text", "errors", "claims", "benchmark", "model", "sampling", "runner", "answers")
FLOORS += ("render", "studies", "report", "runs", "importers", "cli", "__main__")
"""From the ground up; a module may import from its own floor and those below."""
MAY_SEE = {"importers": {"visible", "errors", "text", "claims", "importers"}}
MAY_SEE["answers"] = MAY_SEE["render"] = {
    "visible",
    "errors",
    "text",
    "claims",
    "benchmark",
    "sampling",
    "answers",
    "render",
}
READERS = {"read", "records", "tables", "figures", "sheet", "notices"}
"""Modules of a study that take what was computed, and compute nothing with a sampler."""
HEAVY = {
    "pymc",
    "pytensor",
    "arviz",
    "arviz_stats",
    "arviz_base",
    "pandas",
    "scipy",
    "statsmodels",
    "xarray",
    "matplotlib",
    "numba",
    "dask",
    "distributed",
}
MODULES = sorted(PACKAGE.rglob("*.py"))
SECONDS = 2.0
"""Of the processor; where three share the cores the slowest takes one and a half, every other less than one."""
LIGHT = (["validate", str(CASE)], ["validate", "--json", str(CASE)], ["cases"], ["schema"])
LIGHT += (["scenarios", str(CASE)], ["scenarios", "--json", str(CASE)])


def floor_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


def imported(path):
    """Floors of truetoll that a file imports from, wherever in it the import stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and getattr(n.test, "id", "") == "TYPE_CHECKING"]
    types = {id(each) for block in blocks for each in ast.walk(block)}  # nothing of these is loaded
    for node in (node for node in ast.walk(tree) if id(node) not in types):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [
                f"{node.module}.{alias.name}" if node.module == "truetoll" else node.module for alias in node.names
            ]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("truetoll."))


def allowed(floor):
    if floor in MAY_SEE:
        return MAY_SEE[floor]
    return {*FLOORS[: FLOORS.index(floor) + 1], "__version__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_downward(path):
    if floor_of(path) == "__init__":
        return  # names are looked up when used; test_public_names
    assert set(imported(path)) <= allowed(floor_of(path))
    if floor_of(path) == "studies" and path.stem in READERS:
        assert not set(imported(path)) & {"model", "runner"}  # `sampling.convergence` is arrays


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_cli_and_show_print(path):
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    prints = [call.lineno for call in calls if getattr(call.func, "id", "") == "print"]
    assert not prints or floor_of(path) == "cli"


def test_public_names():
    for name in truetoll.__all__:
        assert getattr(truetoll, name) is not None
    assert set(dir(truetoll)) == set(truetoll.__all__)
    with pytest.raises(AttributeError, match="no attribute 'tol'"):
        truetoll.tol  # noqa: B018


def loaded_by(statement):
    """Names of all top modules in a fresh process after a statement."""
    code = f"import sys\n{statement}\nprint('loaded', *{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_importing_the_package_loads_nothing():
    assert not loaded_by("import truetoll") & {*HEAVY, "numpy", "pydantic", "rich"}


@pytest.mark.parametrize("command", LIGHT)
def test_light_commands_load_nothing_heavy(command):
    found = loaded_by(f"from truetoll.cli import main\nassert main({command!r}) == 0")
    # What the priors imply is drawn with NumPy; a case of many bins takes splines of SciPy besides.
    assert not found & {*HEAVY, *(set() if command[0] == "validate" else {"numpy"})}


def test_show_does_not_load_the_sampler():
    names = [f"truetoll.{'.'.join(p.relative_to(PACKAGE).with_suffix('').parts)}" for p in MODULES if p.stem in READERS]
    found = loaded_by(f"import truetoll.runs.folder, {', '.join(name for name in names if '.studies.' in name)}")
    assert not found & {"pymc", "pytensor", "numba", "statsmodels"}


WITHOUT = {"pymc", "pytensor", "arviz", "arviz_plots", "statsmodels", "dask.base", "distributed", "matplotlib.pyplot"}
"""Importing any of them takes a good part of what sampling does, and none is needed. (Of Dask a module inside it: in
its own place stands None, which says that there is none.)"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return tmp_path_factory.mktemp("startup") / "run"


@pytest.mark.parametrize("command", [["fit", str(CASE), "--out"], ["show"], ["report"]], ids=lambda words: words[0])
def test_a_fit_and_what_reads_it_load_only_what_they_need(run, command):
    if command[0] != "fit" and not run.exists():
        pytest.skip("reads the run of the fit before")
    code = "import sys\nfrom truetoll.cli import main\nassert main() == 0\nprint('loaded', *sys.modules)"
    words = [sys.executable, "-c", code, *command, str(run)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = set(done.stdout.splitlines()[-1].split())
    assert {"loaded", "xarray"} <= found
    assert not found & WITHOUT
    assert command[0] == "fit" or not found & {"numba", "nutpie"}


@pytest.mark.skipif(sys.platform == "win32", reason="the time of children is not told")
@pytest.mark.parametrize("command", [["--help"], ["compare", "--help"], *LIGHT])
def test_light_commands_take_a_moment(command):
    def seconds(_):
        """Of the processor, as importing never waits: a busy machine is not a slow import."""
        before = os.times()
        subprocess.run([sys.executable, "-m", "truetoll", *command], capture_output=True, check=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    # Cores that others share run at half their pace now and then: one try of four in time is enough.
    assert any(taken < SECONDS for taken in map(seconds, range(4)))
