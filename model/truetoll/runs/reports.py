"""Reports on disk: each is there whole or not at all, and replaces nothing that this program did not write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.owners import Workspace
from truetoll.runs.errors import RunError
from truetoll.runs.folder import kind_of
from truetoll.runs.swap import adopt, check_names
from truetoll.text.messages import message

if TYPE_CHECKING:
    import xarray as xr

    from truetoll.render.style import Missed

FORMATS = ("html", "md", "csv", "tex")
_REPORTED = ("fit", "comparison")


def write_report(
    tree: xr.DataTree,
    out: Path,
    form: str = "html",
    language: str | None = None,
    figures: str | None = None,
    calibrated: xr.DataTree | None = None,
    missed: Missed | None = None,
    refits: xr.Dataset | None = None,
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
    missed : callable, optional
        Told of every figure that cannot be drawn; if not given, that is an error.
    refits : xarray.Dataset, optional
        Refits of this run, for the page.

    Returns
    -------
    list of Path
        What was written, the report first.

    Raises
    ------
    RunError
        If it is not a run a report is made of, the calibration is of another case, or the place is a folder or holds
        a file that this program did not write, or that was changed since.
    """
    if (kind := kind_of(tree)) not in _REPORTED:
        raise RunError(message("run.no_report", kind=kind))
    if calibrated is not None:
        _check_calibration(tree, calibrated)
    if out.is_dir():
        raise RunError(message("run.report_file", out=str(out)))
    check_names(out.parent, [out.name] if form != "csv" else [])
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = Workspace(out.parent, out.name)
    try:
        more = draft.folder("more")
        texts = report_files(tree, more / out.name, form, language, calibrated, refits)
        drawn = _figures(tree, more, figures, missed, language) if figures else []
        adopt(more, out.parent)
    finally:
        draft.close()
    return [out.parent / path.name for path in [*texts, *drawn]]


def report_files(
    tree: xr.DataTree,
    out: Path,
    form: str = "html",
    language: str | None = None,
    calibrated: xr.DataTree | None = None,
    refits: xr.Dataset | None = None,
) -> list[Path]:
    """Write a report into a folder of drafts.

    Parameters
    ----------
    tree, out, form, language, calibrated, refits
        As `write_report`.

    Returns
    -------
    list of Path
    """
    texts = _texts(tree, out, form, language, calibrated, refits)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(texts)


def _check_calibration(tree: xr.DataTree, calibrated: xr.DataTree) -> None:
    if (kind := kind_of(calibrated)) != "calibration":
        raise RunError(message("run.no_calibration", kind=kind))
    if calibrated.attrs["digest"] != tree.attrs["digest"]:
        raise RunError(message("run.other_calibration"))


def _texts(
    tree: xr.DataTree,
    out: Path,
    form: str,
    language: str | None,
    calibrated: xr.DataTree | None,
    refits: xr.Dataset | None,
) -> dict[Path, str]:
    if form == "html":
        from truetoll.report.page import report_html  # noqa: PLC0415

        return {out: report_html(tree, language, calibrated, refits)}
    from truetoll.report.export import report_csv, report_latex, report_markdown  # noqa: PLC0415

    if form == "csv":
        sheets = report_csv(tree, language)
        # The mark at the front lets a spreadsheet see that the file is UTF-8.
        return {out.with_name(f"{out.stem}-{name}.csv"): f"\ufeff{sheet}" for name, sheet in sheets.items()}
    return {out: report_markdown(tree, language) if form == "md" else report_latex(tree, language)}


def _figures(tree: xr.DataTree, folder: Path, form: str, missed: Missed | None, language: str | None) -> list[Path]:
    from truetoll.answers.kept import case_of  # noqa: PLC0415
    from truetoll.render.style import save_all  # noqa: PLC0415
    from truetoll.render.words import Words  # noqa: PLC0415
    from truetoll.studies.compare.figures import figures_of as of_comparison  # noqa: PLC0415
    from truetoll.studies.compare.read import comparison  # noqa: PLC0415
    from truetoll.studies.fit.figures import figures_of as of_fit  # noqa: PLC0415
    from truetoll.studies.fit.read import summarise  # noqa: PLC0415

    w = Words(language or case_of(tree).file.case.language, screen=True)
    alone = kind_of(tree) == "fit"
    fit = tree if alone else tree.children["fit"]
    scenarios = () if alone else of_comparison(comparison(tree), w)
    return save_all([*of_fit(fit, summarise(fit), w), *scenarios], folder, (form,), missed)
