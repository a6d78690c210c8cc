"""The commands: load, call, save, print. What they need is imported when they run."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.cli.beginning import new
from truetoll.cli.calibrating import calibrate, print_calibration
from truetoll.cli.codes import OK
from truetoll.cli.comparing import compare, print_comparison, scenarios
from truetoll.cli.console import Console
from truetoll.cli.drafting import draft
from truetoll.cli.hindcasting import hindcast
from truetoll.cli.importing import import_, sum_incidents
from truetoll.cli.listing import cases
from truetoll.cli.replaying import print_replay, replay
from truetoll.cli.reporting import page_of, report
from truetoll.cli.sampling import refuse, run_name, sampling_settings
from truetoll.cli.settling import settle
from truetoll.errors import Problem
from truetoll.text.messages import Message

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.claims.schema import Case
    from truetoll.model.implied import Implied
    from truetoll.studies.fit.records import Summary

__all__ = [
    "calibrate",
    "cases",
    "compare",
    "draft",
    "fit",
    "hindcast",
    "import_",
    "new",
    "replay",
    "report",
    "report_problems",
    "scenarios",
    "schema",
    "settle",
    "show",
    "sum_incidents",
    "validate",
]

Document = dict[str, Any]


def validate(arguments: Namespace, console: Console) -> int:
    """Read a case and print its claims as understood, and what its sources count by and are believed by."""
    from truetoll.claims.describe import describe  # noqa: PLC0415

    case = _read(arguments)
    described = describe(case)
    priors: Sequence[Implied] = ()
    told: Sequence[Message] = case.notices
    if console.json or not console.quiet:
        priors, beyond = _implied(case)
        told = (*told, *beyond)
        described |= {"priors": [asdict(row) for row in priors], "notices": [str(said) for said in told]}
    console.answer(_document(arguments, (), described), *_tables(case, priors, told, console))
    w = console.words
    claims = w.say("count.claim", n=len(case.claims))
    scenarios = w.say("count.other_scenarios", n=len(case.scenarios))
    console.say(w.say("cli.no_problems", case=str(arguments.case), claims=claims, scenarios=scenarios))
    return OK


def _implied(case: Case) -> tuple[tuple[Implied, ...], tuple[Message, ...]]:
    """Say what the priors imply, and which claims they hold impossible."""
    from truetoll.model.implied import implied  # noqa: PLC0415

    return implied(case)


def _tables(case: Case, priors: Sequence[Implied], notices: Sequence[Message], console: Console) -> Iterator[Any]:
    """Draw the claims only for those who will see them."""
    if not console.json and not console.quiet:
        from truetoll.studies.fit.tables import claims_table  # noqa: PLC0415

        yield claims_table(case, priors, notices, console.words)


def _read(arguments: Namespace) -> Case:
    from truetoll.claims.reading import read_case  # noqa: PLC0415

    return read_case(arguments.case, arguments.scenario)


def report_problems(arguments: Namespace, console: Console, problems: tuple[Problem, ...], more: int = 0) -> None:
    """Tell the problems of a case: in words on stderr, and as the document of a command that was to print one.

    Parameters
    ----------
    arguments : argparse.Namespace
    console : Console
    problems : tuple of Problem
    more : int
        How many were found beside them.
    """
    if console.json:
        console.answer(_document(arguments, problems, {}, more))
    else:
        console.problems(arguments.case.as_posix(), problems, more)


def _document(arguments: Namespace, problems: tuple[Problem, ...], described: Document, more: int = 0) -> Document:
    return {
        "case": arguments.case.as_posix(),
        "scenario": getattr(arguments, "scenario", None) or "base",
        "ok": not problems,
        "problems": [problem.to_dict() for problem in problems],
        "more_problems": more,
        "notices": described.get("notices", []),
        "claims": described.get("claims", []),
        "sources": described.get("sources", []),
        "priors": described.get("priors", []),
    }


def fit(arguments: Namespace, console: Console) -> int:
    """Compute the posterior of a case and save the run."""
    from truetoll.claims.asof import as_of  # noqa: PLC0415
    from truetoll.cli.saving import saving  # noqa: PLC0415
    from truetoll.runs.folder import JSON, POSTERIOR, REPORT, TABLE, TIMELINE, save_run  # noqa: PLC0415

    case = _read(arguments)
    if arguments.as_of is not None:
        case = as_of(case, arguments.as_of)
    out = arguments.out or Path("runs", run_name(case))
    over_time = (TIMELINE,) if len(case.bins) > 2 else ()
    with saving(out, console) as results:
        tree, summary = _fitted(case, sampling_settings(arguments), console)
        results.numbers(lambda folder: save_run(folder, tree, summary), POSTERIOR, JSON, TABLE, *over_time)
        results.figures("fit", tree, summary)
        if arguments.report:
            results.page(lambda folder: page_of(tree, folder / REPORT, arguments.lang), REPORT)
    code = _print(summary, console)
    results.end()
    return results.code(code)


def _fitted(case: Case, settings: Document, console: Console) -> tuple[xr.DataTree, Summary]:
    with console.noticing(), console.progress() as advance:
        from truetoll.studies.fit.ask import fit as sample  # noqa: PLC0415
        from truetoll.studies.fit.read import summarise  # noqa: PLC0415

        tree = sample(case, progress=advance, **settings)
        return tree, summarise(tree)


def show(arguments: Namespace, console: Console) -> int:
    """Print a saved run again."""
    from truetoll.runs.checking import understood  # noqa: PLC0415
    from truetoll.runs.folder import kind_of, load_run  # noqa: PLC0415

    printers = {"comparison": print_comparison, "replay": print_replay, "calibration": print_calibration}
    tree = load_run(arguments.folder)
    with understood(arguments.folder, arguments.debug):
        return printers.get(kind_of(tree), _print_fit)(tree, console)


def _print_fit(tree: xr.DataTree, console: Console) -> int:
    from truetoll.studies.fit.read import summarise  # noqa: PLC0415

    return _print(summarise(tree), console)


def _print(summary: Summary, console: Console) -> int:
    from truetoll.render.words import Words  # noqa: PLC0415
    from truetoll.report.why import whys  # noqa: PLC0415
    from truetoll.studies.fit.tables import summary_view  # noqa: PLC0415

    w = console.words
    console.answer(summary.to_dict(), summary_view(summary, w, whys(summary, Words(console.language))))
    return OK if summary.converged else refuse(console, w.say("cli.not_converged"), summary.diagnostics)


def schema(arguments: Namespace, console: Console) -> int:
    """Print the JSON Schema of case.toml."""
    from truetoll.claims.reading import case_schema  # noqa: PLC0415

    del arguments
    replace(console, json=True).answer(case_schema())
    return OK
