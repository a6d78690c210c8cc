"""Refits of a run, kept beside it: read if they are whole and of that run, added to, and never taken for others."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from truetoll.errors import RunNotice
from truetoll.owners import Workspace
from truetoll.runs.errors import RunError
from truetoll.runs.swap import adopt, check_names
from truetoll.text.messages import message

if TYPE_CHECKING:
    import xarray as xr

REFITS = "refits.nc"


def read_refits(folder: Path, fit: xr.DataTree) -> xr.Dataset | None:
    """Read the refits that lie beside a run.

    Parameters
    ----------
    folder : Path
        Of the run.
    fit : xarray.DataTree

    Returns
    -------
    xarray.Dataset or None
        None if there are none, or none that are whole and of this run; of the latter a notice tells.
    """
    import xarray as xr  # noqa: PLC0415

    from truetoll.runs.checking import check_file  # noqa: PLC0415
    from truetoll.studies.beliefs.stored import are_of  # noqa: PLC0415

    path = folder / REFITS
    if not path.exists():
        return None
    try:
        check_file(path)
        with xr.open_dataset(path, engine="h5netcdf") as opened:
            found = opened.load()
        if are_of(found, fit):
            return found
        told = message("run.refits_left", path=str(path))
    except (RunError, OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        told = message("run.refits_unreadable", path=str(path), why=type(error).__name__)
    warnings.warn(RunNotice(told), stacklevel=2)
    return None


def make_refits(folder: Path, fit: xr.DataTree, progress: Callable[..., None] | None = None) -> xr.Dataset:
    """Make the refits that are missing beside a run, and keep them there.

    Parameters
    ----------
    folder : Path
        Of the run.
    fit : xarray.DataTree
        That converged.
    progress : callable, optional
        Called with (done, in all, name).

    Returns
    -------
    xarray.Dataset

    Raises
    ------
    RunError
        If a file of that name stands there that this program did not write, or that is of another run.
    """
    from truetoll.studies.beliefs.ask import refits  # noqa: PLC0415

    check_names(folder, [REFITS])
    known = read_refits(folder, fit)
    if known is None and (folder / REFITS).exists():
        raise RunError(message("run.other_refits", path=str(folder / REFITS)))
    return refits(fit, known, progress, partial(_save, folder))


def _save(folder: Path, found: xr.Dataset) -> None:
    content = found.to_netcdf(engine="h5netcdf")
    assert content is not None
    draft = Workspace(folder, REFITS)
    try:
        more = draft.folder("more")
        (more / REFITS).write_bytes(content)
        adopt(more, folder)
    finally:
        draft.close()
