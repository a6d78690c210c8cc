"""A folder that keeps what a sweep has done: one small file an item, each there as a whole or not at all.

A file is written under another name, flushed to the disk and renamed. So a run may be stopped at any moment and
started again: it finds what is done by name. Two runs may share a folder.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import xarray as xr

from truetoll.claims.reading.files import open_regular
from truetoll.sweeps.errors import SweepError

LARGEST_MANIFEST = 50_000_000
"""Bytes that are read of it."""
MANIFEST, KIND = "manifest.json", "truetoll sweep"
_DRAFT, _STALE_SECONDS = ".draft-", 3600


class Kept(Protocol):
    """Where items are kept by key."""

    def describe(self, content: dict[str, Any]) -> None:
        """Say what the sweep is."""

    def get(self, key: str) -> xr.Dataset | None:
        """Read what is kept under a key; None if there is nothing."""

    def put(self, key: str, kept: xr.Dataset) -> None:
        """Keep something under a key."""


class Memory:
    """No store: nothing was kept before, and what is done now the sweep holds itself."""

    def describe(self, content: dict[str, Any]) -> None:
        """As `Kept`."""

    def get(self, key: str) -> xr.Dataset | None:
        """As `Kept`."""
        del key
        return None

    def put(self, key: str, kept: xr.Dataset) -> None:
        """As `Kept`."""


class Store:
    """The items of a sweep on disk.

    Parameters
    ----------
    folder : Path
        Is made if it is not there.

    Raises
    ------
    SweepError
        If it holds something else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if folder.exists() and not folder.is_dir():
            raise SweepError(f"{folder} is a file; a store needs a folder")
        folder.mkdir(parents=True, exist_ok=True)
        self._check()
        for draft in folder.glob(f"{_DRAFT}*"):  # of runs that were killed while they wrote
            if time.time() - draft.stat().st_mtime > _STALE_SECONDS:
                draft.unlink(missing_ok=True)

    def _check(self) -> None:
        manifest = self.folder / MANIFEST
        if manifest.is_file():
            try:
                with open_regular(manifest) as file:
                    said = json.loads(file.read(LARGEST_MANIFEST))
            except (ValueError, RecursionError, OSError):
                said = None
            if isinstance(said, dict) and said.get("kind") == KIND:
                return
        if any(not path.name.startswith(_DRAFT) for path in self.folder.iterdir()):
            raise SweepError(f"{self.folder} holds what no sweep wrote; choose another store")

    def describe(self, content: dict[str, Any]) -> None:
        """Say what the last sweep into this folder was.

        Parameters
        ----------
        content : dict
            Plain.
        """
        text = json.dumps({"kind": KIND, **content}, indent=2, ensure_ascii=False, default=str)
        self._write(MANIFEST, lambda path: path.write_text(text + "\n", encoding="utf-8", newline="\n"))

    def get(self, key: str) -> xr.Dataset | None:
        """Read what was kept under a key.

        Parameters
        ----------
        key : str

        Returns
        -------
        xarray.Dataset or None
            None if there is nothing, or nothing that can be read: then it is computed again.
        """
        path = self.folder / f"{key}.nc"
        try:
            open_regular(path).close()
            found = xr.load_dataset(path, engine="h5netcdf")
        except Exception:  # HDF5 and its readers raise all kinds of errors over a file that is not as they wrote it
            return None
        return found if found.attrs.get("key") == key else None

    def put(self, key: str, kept: xr.Dataset) -> None:
        """Keep something under a key.

        Parameters
        ----------
        key : str
        kept : xarray.Dataset
        """
        marked = kept.assign_attrs(key=key)
        self._write(f"{key}.nc", lambda path: marked.to_netcdf(path, engine="h5netcdf"))

    def _write(self, name: str, write: Callable[[Path], object]) -> None:
        path = self.folder / f"{_DRAFT}{uuid4().hex}"
        try:
            write(path)
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            path.replace(self.folder / name)
        finally:
            path.unlink(missing_ok=True)
