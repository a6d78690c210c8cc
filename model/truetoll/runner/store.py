"""A folder that keeps what a sweep has done: one small file an item, each there as a whole or not at all.

A file is written under another name, flushed to the disk and renamed; it carries a checksum of its content. So a run
may be stopped at any moment and started again: it finds what is done by name. Two runs may share a folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import xarray as xr

from truetoll.claims.reading.files import open_regular
from truetoll.errors import RunNotice
from truetoll.owners import Workspace, left_in, read_mark
from truetoll.runner.errors import SweepError
from truetoll.text.messages import message

LARGEST_MANIFEST = 50_000_000
"""Bytes that are read of it."""
MANIFEST, KIND = "manifest.json", "truetoll sweep"


Sound = Callable[[xr.Dataset], bool]
"""Whether something that was kept has all it should."""
_CHECKSUM = "sha256"
_ITEM = re.compile(r"[0-9a-f]{64}\.nc")


def accepted(found: xr.Dataset) -> bool:
    """Take everything for sound.

    Parameters
    ----------
    found : xarray.Dataset

    Returns
    -------
    bool
    """
    del found
    return True


def checksum(kept: xr.Dataset) -> str:
    """Hash every number and name of a dataset, whatever types a file gives back for them.

    Parameters
    ----------
    kept : xarray.Dataset

    Returns
    -------
    str
        SHA-256, in hexadecimal digits.
    """
    found = hashlib.sha256()
    for name in sorted(map(str, kept.variables)):
        values = kept[name].to_numpy()
        numbers = values.dtype.kind in "fiub"
        content = np.ascontiguousarray(values, dtype="<f8").tobytes() if numbers else repr(values.tolist()).encode()
        found.update(repr((name, kept[name].dims, values.shape)).encode() + content)
    attrs = sorted((str(name), str(value)) for name, value in kept.attrs.items() if name != _CHECKSUM)
    found.update(repr(attrs).encode())
    return found.hexdigest()


class Kept(Protocol):
    """Where items are kept by key."""

    def describe(self, content: dict[str, Any]) -> None:
        """Say what the sweep is."""

    def get(self, key: str, sound: Sound = accepted) -> xr.Dataset | None:
        """Read what is kept under a key; None if there is nothing, or nothing sound."""

    def put(self, key: str, kept: xr.Dataset) -> None:
        """Keep something under a key."""


class Memory:
    """No store: nothing was kept before, and what is done now the sweep holds itself."""

    def describe(self, content: dict[str, Any]) -> None:
        """As `Kept`."""

    def get(self, key: str, sound: Sound = accepted) -> xr.Dataset | None:
        """As `Kept`."""
        del key, sound
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
            raise SweepError(message("work.store_file", folder=str(folder)))
        folder.mkdir(parents=True, exist_ok=True)
        self._check()
        for left in left_in(folder):  # by runs that were killed while they wrote
            if left.is_dead():
                shutil.rmtree(left.path, ignore_errors=True)

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
        if any(read_mark(path) is None for path in self.folder.iterdir()):
            raise SweepError(message("work.store_taken", folder=str(self.folder)))

    def describe(self, content: dict[str, Any]) -> None:
        """Say what the last sweep into this folder was.

        Parameters
        ----------
        content : dict
            Plain.
        """
        text = json.dumps({"kind": KIND, **content}, indent=2, ensure_ascii=False, default=str)
        self._write(MANIFEST, f"{text}\n".encode())

    def get(self, key: str, sound: Sound = accepted) -> xr.Dataset | None:
        """Read what was kept under a key.

        Parameters
        ----------
        key : str
        sound : callable, optional
            Whether what was read has all it should.

        Returns
        -------
        xarray.Dataset or None
            None if there is nothing, or, with a warning, nothing whole: then it is computed again.
        """
        path = self.folder / f"{key}.nc"
        if not path.exists():
            return None
        try:
            open_regular(path).close()
            found = xr.load_dataset(path, engine="h5netcdf")
            whole = found.attrs.get("key") == key and found.attrs.get(_CHECKSUM) == checksum(found) and sound(found)
        except Exception:  # a damaged file fails wherever it is damaged, in HDF5 as in xarray
            whole = False
        if not whole:
            warnings.warn(RunNotice(message("work.store_damaged", path=str(path))), stacklevel=2)
            return None
        return found

    def put(self, key: str, kept: xr.Dataset) -> None:
        """Keep something under a key.

        Parameters
        ----------
        key : str
        kept : xarray.Dataset
        """
        marked = kept.assign_attrs(key=key)
        marked = marked.assign_attrs({_CHECKSUM: checksum(marked)})
        content = marked.to_netcdf(engine="h5netcdf")  # HDF5 ends the process where a disk is full
        self._write(f"{key}.nc", content)

    def forget(self) -> None:
        """Remove what sweeps have put here, and the folder if there is nothing else in it."""
        for path in self.folder.iterdir():
            if path.name == MANIFEST or _ITEM.fullmatch(path.name):
                path.unlink(missing_ok=True)
        if not any(self.folder.iterdir()):
            self.folder.rmdir()

    def _write(self, name: str, content: bytes | memoryview) -> None:
        draft = Workspace(self.folder, name)
        try:
            path = draft.path / name
            with path.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            path.replace(self.folder / name)
        finally:
            draft.close()
