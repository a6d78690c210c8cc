"""A run folder: posterior.nc, summary.*, figures; comparison.*; replay*; calibration.*; hindcast.*; estimate*."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from truetoll.errors import shorten
from truetoll.runs.errors import RunError
from truetoll.runs.swap import current
from truetoll.visible import json_text

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.answers.calibration_records import Calibration
    from truetoll.answers.comparison_records import Comparison
    from truetoll.answers.estimates import EstimateAnswer
    from truetoll.answers.hindcast_records import HindcastScore
    from truetoll.answers.records import Summary
    from truetoll.answers.replay_records import Replay
    from truetoll.claims.benchmark import Target

POSTERIOR, JSON, TABLE, TIMELINE = "posterior.nc", "summary.json", "summary.csv", "timeline.csv"
COMPARISON, COMPARISON_JSON, COMPARISON_TABLE = "comparison.nc", "comparison.json", "comparison.csv"
CALIBRATION, CALIBRATION_JSON = "calibration.nc", "calibration.json"
REPLAY, REPLAY_JSON, REPLAY_TABLE = "replay.nc", "replay.json", "replay.csv"
HINDCAST_JSON, HINDCAST_TABLE = "hindcast.json", "hindcast.csv"
ESTIMATE_JSON, ESTIMATE_TABLE = "estimate.json", "estimated.toml"
REPORT = "report.html"
_TREES = (POSTERIOR, COMPARISON, REPLAY, CALIBRATION)
_OURS = {*_TREES, JSON, TABLE, TIMELINE, COMPARISON_JSON, COMPARISON_TABLE, CALIBRATION_JSON}
_OURS |= {REPLAY_JSON, REPLAY_TABLE, HINDCAST_JSON, HINDCAST_TABLE, ESTIMATE_JSON, ESTIMATE_TABLE}
_FIGURES = {".png", ".svg", ".pdf", ".html"}
_REPORTS = {".md", ".csv", ".tex"}

READS = 4
"""Layout of a saved run that this version reads; ``inference.results.FORMAT`` is the one it writes."""


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
    foreign = sorted(p.name for p in target.iterdir() if not _ours(p))
    if foreign:
        held = shorten(", ".join(foreign))
        raise RunError(f"{target} holds what no run wrote ({held}) and would be replaced; choose another --out")


def _ours(path: Path) -> bool:
    """Whether a run, or a report of it, writes a file of that name."""
    report = path.stem == "report" or path.stem.startswith("report-")
    return path.name in _OURS or path.suffix in _FIGURES or (report and path.suffix in _REPORTS)


def save_run(folder: Path, tree: xr.DataTree, summary: Summary) -> None:
    """Write everything of a run; losses over time if it has more than one bin.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    summary : Summary
        Figures are drawn only if it converged.
    """
    from truetoll.answers.timeline import timeline  # noqa: PLC0415
    from truetoll.show.plots import save_figures  # noqa: PLC0415
    from truetoll.show.sheets import summary_csv, timeline_csv  # noqa: PLC0415

    tree.to_netcdf(folder / POSTERIOR, engine="h5netcdf")
    _write(folder / JSON, folder / TABLE, summary.to_dict(), summary_csv(summary))
    if tree["posterior"].sizes["bin"] > 1:
        _write_sheet(folder / TIMELINE, timeline_csv(timeline(tree, converged=summary.converged)))
    if summary.converged:
        save_figures(tree, folder, summary=summary)


def save_comparison(folder: Path, tree: xr.DataTree, comparison: Comparison) -> None:
    """Write everything of a comparison.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    comparison : Comparison
        Figures are drawn only if every scenario converged.
    """
    from truetoll.show.compareplot import save_comparison_figures  # noqa: PLC0415
    from truetoll.show.sheets import comparison_csv  # noqa: PLC0415

    tree.to_netcdf(folder / COMPARISON, engine="h5netcdf")
    _write(folder / COMPARISON_JSON, folder / COMPARISON_TABLE, comparison.to_dict(), comparison_csv(comparison))
    save_comparison_figures(comparison, folder)


def save_replay(folder: Path, tree: xr.DataTree, replay: Replay) -> None:
    """Write everything of a replay.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    replay : Replay
        Figures have a gap at dates that did not converge.
    """
    from truetoll.show.replayplot import save_replay_figures  # noqa: PLC0415
    from truetoll.show.sheets import replay_csv  # noqa: PLC0415

    tree.to_netcdf(folder / REPLAY, engine="h5netcdf")
    _write(folder / REPLAY_JSON, folder / REPLAY_TABLE, replay.to_dict(), replay_csv(replay))
    save_replay_figures(replay, folder)


def save_calibration(folder: Path, tree: xr.DataTree, calibration: Calibration) -> None:
    """Write everything of a calibration.

    Parameters
    ----------
    folder : Path
        Empty.
    tree : xarray.DataTree
    calibration : Calibration
    """
    from truetoll.show.calibrationplot import save_calibration_figure  # noqa: PLC0415

    tree.to_netcdf(folder / CALIBRATION, engine="h5netcdf")
    _write_json(folder / CALIBRATION_JSON, calibration.to_dict())
    save_calibration_figure(tree, folder)


def save_hindcast(folder: Path, found: HindcastScore, targets: Sequence[Target]) -> None:
    """Write everything of a hindcast.

    Parameters
    ----------
    folder : Path
        Empty.
    found : HindcastScore
    targets : sequence of Target
        With their claims, for the figure.
    """
    from truetoll.show.hindcastplot import save_hindcast_figures  # noqa: PLC0415
    from truetoll.show.sheets import hindcast_csv  # noqa: PLC0415

    _write(folder / HINDCAST_JSON, folder / HINDCAST_TABLE, found.to_dict(), hindcast_csv(found))
    save_hindcast_figures(found, targets, folder)


def save_estimate(folder: Path, found: EstimateAnswer) -> None:
    """Write the reliability that was estimated from history, as JSON and as the table the package ships.

    Parameters
    ----------
    folder : Path
        Empty.
    found : EstimateAnswer
        No table is written if it did not converge.
    """
    from truetoll.answers.estimates import estimated_toml  # noqa: PLC0415

    _write_json(folder / ESTIMATE_JSON, found.to_dict())
    if found.converged:
        (folder / ESTIMATE_TABLE).write_text(estimated_toml(found), encoding="utf-8", newline="\n")


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
    found = next((path for name in names if (path := current(home) / name).is_file()), None)
    if found is None:
        told = f"{folder} holds no saved run (no {' or '.join(names)})"
        raise RunError(f"{told}; make one with: truetoll fit CASE --out {home}")
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
