"""What tests share. Fixtures:

kursk_case   data/kursk-article, read
made_once    a function that makes something in one of pytest-xdist's processes, for all of them
kursk_fit    its posterior from a short fit, made once a session: do not change it
kursk_session  a compiled model of it with its base sampled, and whatever it was asked for: do not make it forget
small_text   case.toml and claims.csv of a minimal case
small_case   a function that writes a minimal case folder and returns its path
run          a function that calls the command line and returns what it said
earlier      a function that saves files as an earlier run in a folder, and returns it
"""

import os
import pickle
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from filelock import FileLock
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # a busy machine is not a slow program
settings.load_profile("unhurried")

ROOT = Path(__file__).parents[1]
KURSK = ROOT / "data" / "kursk-article"

SMALL_CASE = dedent(
    """\
    [case]
    title = "A small case"
    bins = [2024-01-01, 2024-07-01]

    [forces.north]
    victims = "military"
    outcomes = ["killed", "wounded"]
    total = { median = 1_000, low = 100, high = 10_000 }

    [sources.ministry]
    grade = "C"
    relations = { north = "adversary" }

    [sources.monitor]
    grade = "B"
    relations = { north = "observer_ngo" }
    """
)
SMALL_CLAIMS = dedent(
    """\
    id,source,reported,losses,figure,since,as_of,origin,bulletin,credibility,quote,url,note
    a,ministry,2024-07-02,north.killed,"about 2,700",2024-01-01,2024-07-01,,,3,,,
    b,monitor,2024-07-03,north.killed,at least 800,2024-01-01,2024-07-01,,,2,,,
    """
)


FIRST = (
    *("test_notebooks.py", "test_compare.py", "test_report_browser.py", "test_docstrings.py", "test_golden.py"),
    *("test_reference_posterior.py", "test_simulated_truths.py", "test_conflict.py", "test_hindcast_run.py"),
    *("test_cli_report.py", "test_sweep.py", "test_plots.py", "test_reweight.py", "test_loo.py", "test_cli.py"),
    *("test_written.py", "test_cli_saving.py", "test_cli_compare.py", "test_reports.py", "test_checking.py"),
    *("test_replay_run.py", "test_cli_import.py", "test_timelines.py", "test_estimates.py", "test_pool.py"),
)
"""Files that take longest: they begin, so that no process waits for another at the end."""


def pytest_configure():
    """Lay tables out as for a file, whatever width the terminal that tests are started from exports.

    Let Python keep the bytecode of what it imports: the many processes that tests start would each compile it anew.
    """
    os.environ.pop("COLUMNS", None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest."""
    order = {name: place for place, name in enumerate(FIRST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.fixture(scope="session")
def kursk_case():
    from truetoll.claims.reading import read_case

    return read_case(KURSK)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """made_once(name, make) -> what make() returns: the first process to ask makes it, the others wait and read it."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent  # that of the whole run: every process has its own below

    def once(name, make):
        path = place / f"{name}.pickle"
        with FileLock(path.with_suffix(".lock")):
            if not path.is_file():
                path.write_bytes(pickle.dumps(make()))
            return pickle.loads(path.read_bytes())

    return once


@pytest.fixture(scope="session")
def kursk_fit(kursk_case, made_once):
    from truetoll.studies.fit.ask import fit

    return made_once("kursk_fit", lambda: fit(kursk_case, draws=1000, tune=500, seed=3))


@pytest.fixture(scope="session")
def kursk_session(kursk_case, made_once):
    from truetoll.sampling.session import Session

    return Session(kursk_case, base=made_once("kursk_base", lambda: Session(kursk_case).base))


@pytest.fixture(scope="session")
def small_text():
    return SMALL_CASE, SMALL_CLAIMS


@pytest.fixture
def small_case(tmp_path):
    """small_case(name="small", case=TOML, claims=CSV, scenarios=TOML or None) -> folder. Defaults: SMALL_CASE."""

    def write(name="small", case=SMALL_CASE, claims=SMALL_CLAIMS, scenarios=None):
        folder = tmp_path / name
        folder.mkdir()
        files = {"case.toml": case, "claims.csv": claims, "scenarios.toml": scenarios}
        for file, text in files.items():
            if text is not None:
                (folder / file).write_text(text, encoding="utf-8", newline="\n")
        return folder

    return write


@pytest.fixture
def earlier():
    """earlier(folder, *names) -> folder, with a manifest as after a run; every file holds ``earlier results``."""
    from truetoll.runs.swap import saving_to

    def save(folder, *names):
        with saving_to(folder) as place:
            place.keep(lambda into: [(into / name).write_bytes(b"earlier results") for name in names])
        return folder

    return save


@pytest.fixture
def run(capsys):
    """run(*argv) -> (code, stdout, stderr)"""

    from truetoll.cli import main

    def call(*argv):
        try:
            code = main([str(word) for word in argv])
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return call
