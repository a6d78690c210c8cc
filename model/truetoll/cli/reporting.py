"""The command that writes a saved run as a report."""

from __future__ import annotations

import warnings
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.cli.codes import NOT_CONVERGED, OK
from truetoll.cli.console import Console
from truetoll.cli.sampling import refuse

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.answers.records import Diagnostics


def report(arguments: Namespace, console: Console) -> int:
    """Write a saved run as a report."""
    from truetoll.runs.checking import understood  # noqa: PLC0415
    from truetoll.runs.folder import load_run  # noqa: PLC0415

    tree = load_run(arguments.folder)
    home = arguments.folder if arguments.folder.is_dir() else arguments.folder.parent
    with understood(arguments.folder, arguments.debug):
        written = written_report(arguments, tree, arguments.out or home / f"report.{arguments.format}")
        failed = _failed(tree)
    document = {"files": [path.as_posix() for path in written], "converged": not failed}
    console.answer(document, "".join(f"{path}\n" for path in written))
    for what, checks in failed.items():
        refuse(console, f"{what}, and the report says so", checks)
    return NOT_CONVERGED if failed else OK


def _failed(tree: xr.DataTree) -> dict[str, Diagnostics]:
    """Name what did not converge in a fit or a comparison."""
    from truetoll.answers.comparison import comparison  # noqa: PLC0415
    from truetoll.answers.convergence import check_fit  # noqa: PLC0415

    if tree.attrs.get("kind") != "comparison":
        checked = check_fit(tree)
        return {} if checked.converged else {"Not converged": checked.diagnostics}
    found = comparison(tree).scenarios
    return {f"Scenario {s.name} did not converge": s.diagnostics for s in found if not s.converged}


def written_report(arguments: Namespace, tree: xr.DataTree, out: Path) -> list[Path]:
    """Write the report that a command asks for.

    Parameters
    ----------
    arguments : argparse.Namespace
        With ``format``, ``lang``, ``figures`` and ``calibration``; without them, the page in the language of the case.
    tree : xarray.DataTree
    out : Path

    Returns
    -------
    list of Path
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from truetoll.runs.folder import load_run  # noqa: PLC0415
        from truetoll.runs.reports import write_report  # noqa: PLC0415

        form, language = getattr(arguments, "format", "html"), getattr(arguments, "lang", None)
        figures, folder = (getattr(arguments, name, None) for name in ("figures", "calibration"))
        return write_report(tree, out, form, language, figures, load_run(folder) if folder else None)
