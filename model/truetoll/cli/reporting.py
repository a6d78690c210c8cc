"""The command that writes a saved run as a report."""

from __future__ import annotations

import warnings
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.answers.records import Diagnostics
from truetoll.cli.codes import OK
from truetoll.cli.console import Console
from truetoll.cli.sampling import refuse

if TYPE_CHECKING:
    import xarray as xr


def report(arguments: Namespace, console: Console) -> int:
    """Write a saved run as a report."""
    from truetoll.runs.checking import understood  # noqa: PLC0415
    from truetoll.runs.folder import load_run  # noqa: PLC0415

    tree = load_run(arguments.folder)
    home = arguments.folder if arguments.folder.is_dir() else arguments.folder.parent
    with understood(arguments.folder, arguments.debug):
        written = written_report(arguments, tree, arguments.out or home / f"report.{arguments.format}")
    document = {"files": [path.as_posix() for path in written], "converged": bool(tree.attrs.get("converged", 1))}
    console.answer(document, "".join(f"{path}\n" for path in written))
    if document["converged"]:
        return OK
    attrs = tree.attrs
    checks = Diagnostics(float(attrs["rhat_max"]), float(attrs["ess_min"]), int(attrs["divergences"]))
    return refuse(console, "Not converged, and the report says so", checks)


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
