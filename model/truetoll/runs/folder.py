"""A run folder: posterior.nc, summary.json, summary.csv and figures of one fit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.errors import shorten
from truetoll.runs.swap import current

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.answers.records import Summary

POSTERIOR, JSON, TABLE = "posterior.nc", "summary.json", "summary.csv"
_OURS = {POSTERIOR, JSON, TABLE}
_FIGURES = {".png", ".svg", ".pdf", ".html"}

READS = 1
"""Layout of a saved run that this version reads; ``inference.results.FORMAT`` is the one it writes."""


class RunError(Exception):
    """A folder that is not what a command needs; the message says what it is and what to do."""


def check_target(target: Path) -> None:
    """Refuse to replace what is not a run of this program.

    Parameters
    ----------
    target : Path
        Where a run is to be saved.

    Raises
    ------
    RunError
        If it is a file, or a folder that holds something else than a run.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise RunError(f"{target} is a file; --out needs a folder")
    foreign = sorted(p.name for p in target.iterdir() if p.name not in _OURS and p.suffix not in _FIGURES)
    if foreign:
        held = shorten(", ".join(foreign))
        raise RunError(f"{target} holds what no run wrote ({held}) and would be replaced; choose another --out")


def save_run(folder: Path, tree: xr.DataTree, summary: Summary) -> None:
    """Write everything of a run.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    summary : Summary
        Figures are drawn only if it converged.
    """
    from truetoll.show.plots import save_figures  # noqa: PLC0415
    from truetoll.show.tables import summary_csv  # noqa: PLC0415

    tree.to_netcdf(folder / POSTERIOR, engine="h5netcdf")
    (folder / JSON).write_text(to_json(summary.to_dict()) + "\n", encoding="utf-8", newline="\n")
    # The mark at the front lets a spreadsheet see that the file is UTF-8.
    (folder / TABLE).write_text(summary_csv(summary), encoding="utf-8-sig", newline="\n")
    if summary.converged:
        save_figures(tree, folder)


def to_json(content: Any) -> str:
    """Write as JSON that people can read too.

    Parameters
    ----------
    content : object
        Plain; no NaN.

    Returns
    -------
    str
    """
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def load_run(folder: Path) -> xr.DataTree:
    """Read a saved run into memory.

    Parameters
    ----------
    folder : Path
        As given to ``--out``, or its posterior.nc.

    Returns
    -------
    xarray.DataTree

    Raises
    ------
    RunError
        If there is no run, or one that this version cannot read.
    """
    import xarray as xr  # noqa: PLC0415

    path = current(folder.parent if folder.name == POSTERIOR else folder) / POSTERIOR
    if not path.is_file():
        raise RunError(f"{folder} holds no saved run (no {POSTERIOR}); make one with: truetoll fit CASE --out {folder}")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except PermissionError:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"{path} cannot be read as a saved run: {shorten(str(error))}") from error
    _check_format(path, tree.attrs)
    return tree


def _check_format(path: Path, attrs: dict[Any, Any]) -> None:
    if "format" not in attrs:
        raise RunError(f"{path} was not written by truetoll fit")
    if (found := int(attrs["format"])) != READS:
        by = attrs.get("version_truetoll", "another version")
        raise RunError(
            f"{path} was written by truetoll {by} in layout {found}; this one reads layout {READS}: run the fit again"
        )
