"""A run folder: posterior.nc, summary.*, figures; comparison.*; replay*; calibration.*; hindcast.*; estimate*.

Numbers are written first (``save_...``) and stand by themselves; pictures follow (`draw_figures`), and one that
cannot be drawn takes nothing else with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.runs.errors import RunError
from truetoll.runs.swap import check_target, current
from truetoll.text.messages import message
from truetoll.visible import json_text

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.render.style import Missed
    from truetoll.render.words import Words
    from truetoll.studies.calibrate.records import Calibration
    from truetoll.studies.compare.records import Comparison
    from truetoll.studies.estimate.read import EstimateAnswer
    from truetoll.studies.fit.records import Summary
    from truetoll.studies.hindcast.records import HindcastScore
    from truetoll.studies.replay.records import Replay

__all__ = ["RunError", "check_target", "kind_of", "load_run", "to_json"]

POSTERIOR, JSON, TABLE, TIMELINE = "posterior.nc", "summary.json", "summary.csv", "timeline.csv"
COMPARISON, COMPARISON_JSON, COMPARISON_TABLE = "comparison.nc", "comparison.json", "comparison.csv"
CALIBRATION, CALIBRATION_JSON = "calibration.nc", "calibration.json"
REPLAY, REPLAY_JSON, REPLAY_TABLE = "replay.nc", "replay.json", "replay.csv"
HINDCAST_JSON, HINDCAST_TABLE = "hindcast.json", "hindcast.csv"
ESTIMATE_JSON, ESTIMATE_TABLE = "estimate.json", "estimated.toml"
REPORT = "report.html"
_TREES = (POSTERIOR, COMPARISON, REPLAY, CALIBRATION)

READS = 9
"""Layout of a saved run that this version reads; ``sampling.results.FORMAT`` is the one it writes."""


def save_run(folder: Path, tree: xr.DataTree, summary: Summary) -> None:
    """Write the numbers of a run; losses over time if it has more than one bin.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    summary : Summary
    """
    from truetoll.studies.fit.sheet import summary_csv  # noqa: PLC0415
    from truetoll.studies.timeline.read import timeline  # noqa: PLC0415
    from truetoll.studies.timeline.sheet import timeline_csv  # noqa: PLC0415

    _write_tree(folder / POSTERIOR, tree)
    _write(folder / JSON, folder / TABLE, summary.to_dict(), summary_csv(summary))
    if tree["posterior"].sizes["bin"] > 1:
        _write_sheet(folder / TIMELINE, timeline_csv(timeline(tree, converged=summary.converged)))


def save_comparison(folder: Path, tree: xr.DataTree, comparison: Comparison) -> None:
    """Write the numbers of a comparison.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    comparison : Comparison
    """
    from truetoll.studies.compare.sheet import comparison_csv  # noqa: PLC0415

    _write_tree(folder / COMPARISON, tree)
    _write(folder / COMPARISON_JSON, folder / COMPARISON_TABLE, comparison.to_dict(), comparison_csv(comparison))


def save_replay(folder: Path, tree: xr.DataTree, replay: Replay) -> None:
    """Write the numbers of a replay.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    replay : Replay
    """
    from truetoll.studies.replay.sheet import replay_csv  # noqa: PLC0415

    _write_tree(folder / REPLAY, tree)
    _write(folder / REPLAY_JSON, folder / REPLAY_TABLE, replay.to_dict(), replay_csv(replay))


def save_calibration(folder: Path, tree: xr.DataTree, calibration: Calibration) -> None:
    """Write the numbers of a calibration.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    calibration : Calibration
    """
    _write_tree(folder / CALIBRATION, tree)
    _write_json(folder / CALIBRATION_JSON, calibration.to_dict())


def save_hindcast(folder: Path, found: HindcastScore) -> None:
    """Write the numbers of a hindcast.

    Parameters
    ----------
    folder : Path
        Empty.
    found : HindcastScore
    """
    from truetoll.studies.hindcast.sheet import hindcast_csv  # noqa: PLC0415

    _write(folder / HINDCAST_JSON, folder / HINDCAST_TABLE, found.to_dict(), hindcast_csv(found))


def save_estimate(folder: Path, found: EstimateAnswer) -> None:
    """Write the reliability that was estimated from history, as JSON and as the table the package ships.

    Parameters
    ----------
    folder : Path
        Empty.
    found : EstimateAnswer
        No table is written if it did not converge.
    """
    from truetoll.studies.estimate.read import estimated_toml  # noqa: PLC0415

    _write_json(folder / ESTIMATE_JSON, found.to_dict())
    if found.converged:
        (folder / ESTIMATE_TABLE).write_text(estimated_toml(found), encoding="utf-8", newline="\n")


def draw_figures(folder: Path, question: str, about: Sequence[object], missed: Missed, w: Words) -> None:
    """Draw the figures of whatever was asked.

    Parameters
    ----------
    folder : Path
    question : str
        Its room in ``truetoll.studies``, whose ``figures_of`` lists them.
    about : sequence of object
        What that takes before its words.
    missed : callable
        Told of every figure that cannot be drawn.
    w : Words
        Of their language.
    """
    from truetoll.render.style import save_all  # noqa: PLC0415

    room = import_module(f"truetoll.studies.{question}.figures")
    save_all(room.figures_of(*about, w=w), folder, missed=missed)


def _write_tree(path: Path, tree: xr.DataTree) -> None:
    """Write draws by way of memory: HDF5 itself ends the process, not the command, when a disk is full."""
    content = tree.to_netcdf(engine="h5netcdf")
    assert content is not None
    path.write_bytes(content)


def _write_json(document: Path, content: dict[str, Any]) -> None:
    document.write_text(to_json(content) + "\n", encoding="utf-8", newline="\n")


def _write(document: Path, sheet: Path, content: dict[str, Any], rows: str) -> None:
    _write_json(document, content)
    _write_sheet(sheet, rows)


def _write_sheet(sheet: Path, rows: str) -> None:
    # The mark at the front lets a spreadsheet see that the file is UTF-8.
    sheet.write_text(rows, encoding="utf-8-sig", newline="\n")


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
    return json_text(content)


def load_run(folder: Path) -> xr.DataTree:
    """Read a saved run, of one fit, a comparison of several, a replay or a calibration, into memory.

    Parameters
    ----------
    folder : Path
        As given to ``--out``, or its posterior.nc, comparison.nc, replay.nc or calibration.nc.

    Returns
    -------
    xarray.DataTree
        `kind_of` tells which.

    Raises
    ------
    RunError
        If there is no run, or one that this version cannot read.
    """
    from truetoll.runs.checking import read_checked  # noqa: PLC0415

    return read_checked(_saved(folder), READS)


def _saved(folder: Path) -> Path:
    """Find the file that holds a run."""
    home, names = (folder.parent, (folder.name,)) if folder.name in _TREES else (folder, _TREES)
    places = current(home)
    found = next((path for name in names for place in places if (path := place / name).is_file()), None)
    if found is None:
        raise RunError(message("run.no_run", folder=str(folder), names=names, home=str(home)))
    return found


def kind_of(tree: xr.DataTree) -> str:
    """Tell what a saved run holds.

    Parameters
    ----------
    tree : xarray.DataTree

    Returns
    -------
    str
        ``comparison`` (several fits side by side), ``replay`` (one case as known on several days), ``calibration``
        (ranks of simulated truths), or ``fit``.
    """
    return str(tree.attrs.get("kind", "fit"))
