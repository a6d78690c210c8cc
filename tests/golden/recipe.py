"""What is frozen: for each case the commands an analyst would type, and what they print and write."""

import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from golden.pages import page_data, page_text
from golden.replaying import FIGURES, Replay

HERE = Path(__file__).parent
FROZEN = HERE / "frozen"
DATA = HERE.parents[1] / "data"
SAMPLING = ("--chains", "2", "--draws", "100", "--tune", "100", "--seed", "1", "--cores", "1")
KEPT = (2, 100)
LOOSE = "convergence = { rhat = 9.0, ess = 1.0 }"
"""Two hundred draws are no result by the usual gate, and of what is no result little is said."""
WIDE = "2000"
"""Columns on which nothing is folded: `tests/text/test_spanish.py` looks for English between what analysts wrote."""
Outputs = dict[str, str]


@dataclass(frozen=True)
class Frozen:
    """One case, and what is asked about it.

    Parameters
    ----------
    folder : Path
    compare : tuple of str
        Options of the comparison: its scenarios, and further questions.
    own : bool
        Whether every refit has draws of its own.
    reports : tuple of (str, ...)
        Options of each report on the comparison; and whether there is one on the fit too.
    fit_too : bool
    """

    folder: Path
    compare: tuple[str, ...]
    own: bool = False
    reports: tuple[tuple[str, ...], ...] = ()
    fit_too: bool = False


def _scenarios(*names: str) -> tuple[str, ...]:
    return tuple(word for name in names for word in ("--scenario", name))


PAGE, MARKDOWN, LATEX, SHEETS = (("--format", form) for form in ("html", "md", "tex", "csv"))
FURTHER = ("--leave-one-out", "--one-at-a-time", "--attribute", "trust_kyiv")
CASES = {
    "kursk-article": Frozen(
        DATA / "kursk-article",
        _scenarios("trust_seoul", "western_only"),
        reports=(PAGE, MARKDOWN, SHEETS),
    ),
    "war-article": Frozen(
        DATA / "war-article",
        (*_scenarios("trust_kyiv", "no_bias"), *FURTHER),
        own=True,
        reports=((*PAGE, "--lang", "en"), MARKDOWN, SHEETS),
        fit_too=True,
    ),
    "kursk-dossier": Frozen(DATA / "kursk-dossier", _scenarios("superseded_left_out"), reports=(PAGE, SHEETS)),
    "everything": Frozen(
        HERE / "everything",
        _scenarios("trust_ministry", "together"),
        reports=(PAGE, MARKDOWN, LATEX, SHEETS),
    ),
}
HINDCAST = "hindcast"
NAMES = (*CASES, HINDCAST)


def replay_of(name: str, *, sampling: bool = False) -> Replay:
    """Get the stored draws of a case."""
    if name == HINDCAST:
        found = Replay(name, (4, 250), own=True, sampling=sampling)
    else:
        named = tuple(word for word in CASES[name].compare if not word.startswith("--"))
        found = Replay(name, KEPT, named, CASES[name].own, sampling)
    found.load()
    return found


def made(name: str, replay: Replay) -> Outputs:
    """Run the commands of a case and gather what they print and write, by the name under which it is frozen."""
    with _aside(), replay.standing_in():
        found = dict(_hindcast() if name == HINDCAST else _answers(name, CASES[name]))
    return _once({place: plain(text) for place, text in found.items()})


def _once(found: Outputs) -> Outputs:
    """Of like files keep the first, and of the others that they are like it."""
    first: dict[str, str] = {}
    for place, text in found.items():
        first.setdefault(text, place)
    return {place: text if first[text] == place else f"the same as {first[text]}\n" for place, text in found.items()}


def frozen(name: str) -> Outputs:
    """Read what is frozen of a case."""
    home = FROZEN / name
    paths = sorted(path for path in home.rglob("*") if path.is_file())
    return {path.relative_to(home).as_posix(): path.read_bytes().decode("utf-8") for path in paths}


def plain(text: str) -> str:
    """Take out what differs from day to day and machine to machine: versions, durations, dates of a run."""
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text)
    return text


VOLATILE = (
    (r'("(?:compile|sampling|seconds\w*)": )[\d.e+-]+', r"\1SECONDS"),
    (r"\b[\d,.]+ s (of sampling|de muestreo)", r"SECONDS s \1"),
    (r"\b(truetoll|pymc|arviz|nutpie|numpy)(\W{1,5})\d+(?:\.\w+)+", r"\1\2VERSION"),
)
"""Patterns of what is not frozen, and what stands in their place."""


@contextmanager
def _aside() -> Iterator[None]:
    """Work in an empty folder, on a screen of 80 columns, and draw no pictures."""
    from truetoll.runs.folder import load_run

    with ExitStack() as stack:
        stack.enter_context(chdir(stack.enter_context(TemporaryDirectory())))
        stack.enter_context(mock.patch.dict(os.environ, {"COLUMNS": "80"}))
        for name in FIGURES:
            stack.enter_context(mock.patch(name, lambda *_, **__: []))
        stack.enter_context(mock.patch("truetoll.runs.folder.load_run", cache(load_run)))  # read by many reports
        yield


def _said(*argv: str) -> str:
    """Give what a command prints, under what was typed."""
    from truetoll.cli import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(argv)
    told = [f"$ truetoll {' '.join(argv)}", out.getvalue().rstrip("\n")]
    told += ["-- stderr", err.getvalue().rstrip("\n"), f"-- exit code {code}"]
    return "\n".join(told) + "\n"


def _answers(name: str, case: Frozen) -> Iterator[tuple[str, str]]:
    shutil.copytree(case.folder, name)
    _loosen(Path(name, "case.toml"))
    fit, comparison = "runs/fit", "runs/comparison"
    yield "terminal/validate.txt", _said("validate", name)
    yield "terminal/scenarios.txt", _said("scenarios", name)
    report = ("--report",) * case.fit_too
    yield "terminal/fit.txt", _said("fit", name, "--out", fit, *report, *SAMPLING)
    yield "terminal/compare.txt", _said("compare", name, *case.compare, "--out", comparison, *SAMPLING)
    for options in case.reports:
        said = _said("report", comparison, *options)
        assert said.endswith("-- exit code 0\n"), said
    with mock.patch.dict(os.environ, {"COLUMNS": WIDE}):
        yield "terminal/validate.es.txt", _said("validate", name, "--lang", "es")
        for run in (fit, comparison):
            yield f"terminal/{Path(run).name}.es.txt", _said("show", run, "--lang", "es")
    for run in (fit, comparison):
        for path in sorted(Path(run).iterdir()):
            yield from _read(path, f"{Path(run).name}/{path.name}")


def _read(path: Path, place: str) -> Iterator[tuple[str, str]]:
    """Read what was written; draws and manifests are bytes of the same numbers."""
    if path.suffix == ".nc" or path.name == "manifest.json":
        return
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        yield place.replace(".html", ".page.txt"), page_text(text)
        yield place.replace(".html", ".page.json"), page_data(text)
    else:
        yield place, text


def _loosen(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n[assumptions]\n") == 1
    path.write_text(text.replace("\n[assumptions]\n", f"\n[assumptions]\n{LOOSE}\n"), encoding="utf-8", newline="\n")


def _hindcast() -> Iterator[tuple[str, str]]:
    shutil.copytree(HERE / HINDCAST, HINDCAST)
    yield "terminal/hindcast.txt", _said("hindcast", HINDCAST, "--out", "runs/hindcast", "--seed", "1")
    for name in ("hindcast.json", "hindcast.csv"):
        yield name, Path("runs/hindcast", name).read_text(encoding="utf-8")
