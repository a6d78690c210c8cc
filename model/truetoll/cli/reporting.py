"""The command that writes a saved run as a report."""

from __future__ import annotations

import warnings
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.cli.codes import NOT_CONVERGED, OK
from truetoll.cli.console import Console
from truetoll.cli.sampling import refuse
from truetoll.cli.saving import missing

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.answers.records import Diagnostics
    from truetoll.render.words import Words


def report(arguments: Namespace, console: Console) -> int:
    """Write a saved run as a report."""
    from truetoll.runs.checking import understood  # noqa: PLC0415
    from truetoll.runs.folder import load_run  # noqa: PLC0415

    tree = load_run(arguments.folder)
    home = arguments.folder if arguments.folder.is_dir() else arguments.folder.parent
    with understood(arguments.folder, arguments.debug):
        refits = _refits(arguments, tree, home, console)
        written = _written(arguments, tree, arguments.out or home / f"report.{arguments.format}", refits, console)
        failed = _failed(tree, console.words)
    document = {"files": [path.as_posix() for path in written], "converged": not failed}
    console.answer(document, "".join(f"{path}\n" for path in written))
    for what, checks in failed.items():
        refuse(console, console.words.say("cli.report_says", what=what), checks)
    return NOT_CONVERGED if failed else OK


def _failed(tree: xr.DataTree, w: Words) -> dict[str, Diagnostics]:
    """Name what did not converge in a fit or a comparison."""
    from truetoll.answers.convergence import check_fit  # noqa: PLC0415
    from truetoll.studies.compare.read import checks  # noqa: PLC0415

    if tree.attrs.get("kind") != "comparison":
        checked = check_fit(tree)
        return {} if checked.converged else {w.say("cli.not_converged"): checked.diagnostics}
    found = checks(tree).items()
    failed = {name: each.diagnostics for name, each in found if not each.converged}
    return {w.say("cli.scenario_failed", name=name): each for name, each in failed.items()}


def _written(
    arguments: Namespace, tree: xr.DataTree, out: Path, refits: xr.Dataset | None, console: Console
) -> list[Path]:
    """Write the report that a command asks for; a figure that cannot be drawn is told, and the report stands."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from truetoll.runs.folder import load_run  # noqa: PLC0415
        from truetoll.runs.reports import write_report  # noqa: PLC0415

        calibrated = load_run(arguments.calibration) if arguments.calibration else None
        return write_report(
            tree,
            out,
            arguments.format,
            arguments.lang,
            arguments.figures,
            calibrated,
            missed=lambda name, error: console.error(missing(name, error, console.words)),
            refits=refits,
        )


def _refits(arguments: Namespace, tree: xr.DataTree, home: Path, console: Console) -> xr.Dataset | None:
    """Find the refits that lie beside a run, those that are missing made if they are asked for."""
    from truetoll.answers.convergence import check_fit  # noqa: PLC0415
    from truetoll.runs.refits import make_refits, read_refits  # noqa: PLC0415

    fit = tree.children["fit"] if tree.attrs.get("kind") == "comparison" else tree
    if arguments.format != "html" or tree.attrs.get("kind", "fit") not in ("fit", "comparison"):
        return None
    if not check_fit(fit).converged:
        return None
    with console.noticing():
        if not arguments.refits:
            return read_refits(home, fit)
        with console.progress() as advance:
            return make_refits(home, fit, advance)


def page_of(tree: xr.DataTree, out: Path, language: str | None) -> list[Path]:
    """Write the page of a run that was just made.

    Parameters
    ----------
    tree : xarray.DataTree
    out : Path
        In a folder of drafts.
    language : str or None
        That of the case if not given.

    Returns
    -------
    list of Path
    """
    from truetoll.runs.reports import report_files  # noqa: PLC0415

    return report_files(tree, out, language=language)
