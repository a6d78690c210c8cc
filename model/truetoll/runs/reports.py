"""Reports on disk: each is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.runs.errors import RunError
from truetoll.runs.folder import kind_of

if TYPE_CHECKING:
    import xarray as xr

FORMATS = ("html", "md", "csv", "tex")
_REPORTED = ("fit", "comparison")


def write_report(
    tree: xr.DataTree,
    out: Path,
    form: str = "html",
    language: str | None = None,
    figures: str | None = None,
    calibrated: xr.DataTree | None = None,
) -> list[Path]:
    """Write a run as a report.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit or a comparison.
    out : Path
        The file; of CSV, what the names of the files begin with.
    form : {"html", "md", "csv", "tex"}
    language : {"en", "es"}, optional
        That of the case if not given.
    figures : {"png", "svg"}, optional
        Also write every figure, beside it.
    calibrated : xarray.DataTree, optional
        A calibration of the same case, for the page.

    Returns
    -------
    list of Path
        What was written, the report first.

    Raises
    ------
    RunError
        If it is not a run a report is made of, the calibration is of another case, or the place is a folder or holds
        a file of another kind.
    """
    if (kind := kind_of(tree)) not in _REPORTED:
        raise RunError(f"a report is made of a fit or a comparison; this is a {kind}: see it with truetoll show")
    if calibrated is not None:
        _check_calibration(tree, calibrated)
    _check_place(out, form)
    out.parent.mkdir(parents=True, exist_ok=True)
    written = [_whole(path, text) for path, text in _texts(tree, out, form, language, calibrated).items()]
    return written + (_figures(tree, out.parent, figures) if figures else [])


def _check_place(out: Path, form: str) -> None:
    """Let a report take the place of an older one, and of nothing else."""
    if out.is_dir():
        raise RunError(f"{out} is a folder; --out needs a file")
    if out.exists() and out.suffix.lower() != f".{form}":
        raise RunError(f"{out} is there already and is no .{form}; it is left alone: give --out another name")


def _check_calibration(tree: xr.DataTree, calibrated: xr.DataTree) -> None:
    if (kind := kind_of(calibrated)) != "calibration":
        raise RunError(f"--calibration needs the folder of a calibration; this is a {kind}")
    if calibrated.attrs["digest"] != tree.attrs["digest"]:
        raise RunError("the calibration is of another case, scenario or state of the case: its digest is not the run's")


def _texts(
    tree: xr.DataTree, out: Path, form: str, language: str | None, calibrated: xr.DataTree | None
) -> dict[Path, str]:
    if form == "html":
        from truetoll.show.report.page import report_html  # noqa: PLC0415

        return {out: report_html(tree, language, calibrated)}
    from truetoll.show.report.export import report_csv, report_latex, report_markdown  # noqa: PLC0415

    if form == "csv":
        sheets = report_csv(tree, language)
        # The mark at the front lets a spreadsheet see that the file is UTF-8.
        return {out.with_name(f"{out.stem}-{name}.csv"): f"\ufeff{sheet}" for name, sheet in sheets.items()}
    return {out: report_markdown(tree, language) if form == "md" else report_latex(tree, language)}


def _whole(path: Path, text: str) -> Path:
    """Write under another name first."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def _figures(tree: xr.DataTree, folder: Path, form: str) -> list[Path]:
    from truetoll.answers.comparison import comparison  # noqa: PLC0415
    from truetoll.show.compareplot import save_comparison_figures  # noqa: PLC0415
    from truetoll.show.plots import save_figures  # noqa: PLC0415

    if kind_of(tree) == "fit":
        return save_figures(tree, folder, (form,))
    return [
        *save_figures(tree.children["fit"], folder, (form,)),
        *save_comparison_figures(comparison(tree), folder, (form,)),
    ]
