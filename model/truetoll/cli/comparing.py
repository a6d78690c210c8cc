"""The commands about scenarios: list them, compare them."""

from __future__ import annotations

import warnings
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.cli.codes import NOT_CONVERGED, OK
from truetoll.cli.console import Console, columns
from truetoll.cli.reporting import page_of
from truetoll.cli.sampling import refuse, sampling_settings
from truetoll.cli.saving import saving
from truetoll.errors import CaseError, Problem, RunNotice, unknown
from truetoll.runs.folder import (
    COMPARISON,
    COMPARISON_JSON,
    COMPARISON_TABLE,
    REPORT,
    save_comparison,
)
from truetoll.text.messages import Message, message

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.claims.schema import Case
    from truetoll.sampling.session import Session
    from truetoll.studies.compare.records import Comparison

Progress = Callable[[int, int, str | Message], None]
"""Called with (steps done, steps in all, scenario) while it is sampled."""


def scenarios(arguments: Namespace, console: Console) -> int:
    """List the named assumptions of a case."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415

    case = _with_scenarios(read_case(arguments.case), arguments)
    head = console.words.columns("scenario", "name", "builds_on", "its_title")
    said = console.words.text
    rows = [(name, change.get("builds_on") or "", said(change["title"])) for name, change in case.scenarios.items()]
    document = _document(case) if console.json else {}
    console.answer(document, columns([head, *rows]) if rows else "")
    console.say(console.words.say("cli.scenarios", case=str(arguments.case), n=len(rows)))
    return OK


def _with_scenarios(case: Case, arguments: Namespace) -> Case:
    """Add the scenarios that fit every case, if they are asked for."""
    from truetoll.claims.scenario import with_generated  # noqa: PLC0415

    return with_generated(case) if arguments.generated else case


def _document(case: Case) -> dict[str, Any]:
    from truetoll.claims.scenario import BASE, apply_scenario, stated  # noqa: PLC0415

    found = []
    for name in (BASE, *case.scenarios):
        title, why = map(str, stated(case, name))
        told = {"title": title, "builds_on": case.scenarios.get(name, {}).get("builds_on"), "why": why}
        found.append({"name": name, **told, "digest": apply_scenario(case, name).digest})
    return {"case": case.name, "scenarios": found}


def compare(arguments: Namespace, console: Console) -> int:
    """Compute a case under several assumptions and save the comparison."""
    from truetoll.claims.reading import read_case  # noqa: PLC0415

    case = _with_scenarios(read_case(arguments.case), arguments)
    names = chosen(case, arguments)
    out = arguments.out or Path("runs", f"{case.name}-compare")
    written = (COMPARISON, COMPARISON_JSON, COMPARISON_TABLE)
    with saving(out, console) as results:
        tree, found = _compared(case, names, arguments, console)
        results.numbers(lambda folder: save_comparison(folder, tree, found), *written)
        results.figures("compare", found)
        if arguments.report:
            results.page(lambda folder: page_of(tree, folder / REPORT, arguments.lang), REPORT)
    code = _print(found, console)
    results.end()
    return results.code(code)


def chosen(case: Case, arguments: Namespace) -> list[str]:
    """Name the scenarios that a command asks for, without the base case, in the order of the case.

    Parameters
    ----------
    case : Case
    arguments : argparse.Namespace

    Returns
    -------
    list of str

    Raises
    ------
    CaseError
        For names the case does not have, or if there is nothing to compare.
    """
    asked = [*(arguments.scenarios or case.scenarios), *arguments.attribute]
    known = ("base", *case.scenarios)
    none = message("wrong_scenario.no_such_scenario")
    wrong = [unknown("scenarios.toml", none, n, known) for n in asked if n not in known]
    wrong += [_no_shift()] if "base" in arguments.attribute else []
    if not wrong and not set(asked) - {"base"} and not (arguments.leave_one_out or arguments.one_at_a_time):
        wrong.append(Problem("scenarios.toml", message("wrong_scenario.none_to_compare")))
    if wrong:
        raise CaseError(dict.fromkeys(wrong))
    return [name for name in case.scenarios if name in asked]


def _no_shift() -> Problem:
    return Problem("scenarios.toml", message("wrong_scenario.base_has_no_shift"))


def _compared(
    case: Case, names: Sequence[str], arguments: Namespace, console: Console
) -> tuple[xr.DataTree, Comparison]:
    of_many, known = "cli.of_many", ("base", *names)
    place = {name: message(of_many, name=name, i=i, n=len(known)) for i, name in enumerate(known, 1)}
    with console.noticing(), console.progress() as advance:
        from truetoll.studies.compare.read import comparison  # noqa: PLC0415

        tree = run_comparison(
            case,
            names,
            sampling_settings(arguments),
            preview=arguments.preview,
            leave_one_out=arguments.leave_one_out,
            attribute=arguments.attribute,
            one_at_a_time=arguments.one_at_a_time,
            workers=arguments.workers,
            dask=arguments.dask,
            progress=lambda done, total, name: advance(done, total, place.get(str(name), name)),
        )
        return tree, comparison(tree)


def run_comparison(
    case: Case,
    names: Sequence[str],
    settings: Mapping[str, Any],
    *,
    preview: bool,
    leave_one_out: bool,
    attribute: Sequence[str],
    one_at_a_time: bool,
    workers: int | None,
    dask: str | None,
    progress: Progress,
) -> xr.DataTree:
    """Compute what a comparison command asks for.

    Parameters
    ----------
    case : Case
        Without a scenario.
    names : sequence of str
        Scenarios besides the base case.
    settings : mapping
        Fields of `truetoll.sampling.samplers.Settings`.
    preview, leave_one_out, one_at_a_time : bool
    attribute : sequence of str
        Scenarios whose shift is taken apart; among `names`.
    workers : int or None
    dask : str or None
        Address of a scheduler.
    progress : callable
        Called with (steps done, steps in all, scenario).

    Returns
    -------
    xarray.DataTree
    """
    from truetoll.studies.compare.ask import compare as compute  # noqa: PLC0415

    how: dict[str, Any] = dict(settings)
    if workers or dask:
        progress(0, len(names) + 1, "base")
        how = {"session": _refitted_elsewhere(case, names, settings, workers, dask, progress)}
    tree: xr.DataTree = compute(
        case,
        list(names),
        preview=preview,
        leave_one_out=leave_one_out,
        attributed=list(attribute),
        one_at_a_time=one_at_a_time,
        progress=progress,
        **how,
    )
    return tree


def _refitted_elsewhere(
    case: Case,
    names: Sequence[str],
    settings: Mapping[str, Any],
    workers: int | None,
    dask: str | None,
    progress: Progress,
) -> Session:
    """Have other processes make the refits: a session that takes them for its own."""
    from truetoll.runner.errors import FailedItems  # noqa: PLC0415
    from truetoll.runner.work import rebuilt  # noqa: PLC0415
    from truetoll.sampling.session import QUICK, Session  # noqa: PLC0415
    from truetoll.studies.compare.ask import scenario_cases  # noqa: PLC0415
    from truetoll.studies.sweep.mapping import map_cases  # noqa: PLC0415

    session, cases = Session(case, replace(QUICK, **settings)), scenario_cases(case, names)
    found = map_cases(
        session,
        cases,
        workers=workers,
        dask=dask,
        progress=lambda done, total: progress(done, total, message("cli.in_workers")),
    )
    try:
        for name, content in found:
            session.remember(rebuilt(cases[name], content))
    except FailedItems as error:  # what no worker could do is done here, and the rest is kept
        warnings.warn(RunNotice(error.said), stacklevel=2)
    return session


def print_comparison(tree: xr.DataTree, console: Console) -> int:
    """Print a comparison that was saved.

    Parameters
    ----------
    tree : xarray.DataTree
    console : Console

    Returns
    -------
    int
        Exit code.
    """
    from truetoll.studies.compare.read import comparison  # noqa: PLC0415

    return _print(comparison(tree), console)


def _print(found: Comparison, console: Console) -> int:
    from truetoll.studies.compare.tables import comparison_view  # noqa: PLC0415

    w = console.words
    console.answer(found.to_dict(), comparison_view(found, w))
    for scenario in (scenario for scenario in found.scenarios if not scenario.converged):
        refuse(console, w.say("cli.scenario_failed", name=scenario.name), scenario.diagnostics)
    for name in found.failed:
        console.error(w.say("cli.no_number", name=name))
    return OK if found.converged else NOT_CONVERGED
