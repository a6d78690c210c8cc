"""Drafts on disk: folders that say who works in them, so that only what a dead process left is ever removed.

Everything this program has not finished writing lies in a folder ``.truetoll-XXXX`` with a file `MARK` in it: process,
machine, when it began, and for what. The process holds a lock on that file, which the system frees when it ends,
however it ends. So no clock decides whether a draft is alive. Standard library only.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

PREFIX, MARK, KIND = ".truetoll-", "owner.json", "truetoll draft"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Workspace:
    """A marked folder to write in; what is finished is renamed out of it.

    Parameters
    ----------
    home : Path
        Exists; the folder is made in it, so that renaming stays on one file system.
    target : str
        What it is for.

    Raises
    ------
    OSError
        If the place cannot be written.
    """

    def __init__(self, home: Path, target: str) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
        try:
            self._mark = _locked(self.path / f"{MARK}.new")
            who: dict[str, Any] = {"kind": KIND, "for": target, "pid": os.getpid(), "host": socket.gethostname()}
            who |= {"boot": _boot(), "began": datetime.now(UTC).isoformat(timespec="seconds")}
            self._mark.write(json.dumps(who, indent=2) + "\n")
            self._mark.flush()
            # Only now can others see the mark, and they find it locked.
            (self.path / f"{MARK}.new").rename(self.path / MARK)
        except BaseException:
            shutil.rmtree(self.path, ignore_errors=True)
            raise

    def folder(self, name: str) -> Path:
        """Make an empty folder in it.

        Parameters
        ----------
        name : str

        Returns
        -------
        Path
        """
        made = self.path / name
        made.mkdir()
        return made

    def close(self) -> None:
        """Remove it, with all that was not renamed out of it."""
        self.release()
        shutil.rmtree(self.path, ignore_errors=True)

    def release(self) -> None:
        """Leave it where it is, as the draft of a process that has ended."""
        self._mark.close()


@dataclass(frozen=True, slots=True)
class Left:
    """A draft that somebody else made.

    Parameters
    ----------
    path : Path
    target : str
        What it is for.
    pid : int
    host : str
        Where that process ran.
    boot : str
        Of which start of the machine; empty if it does not tell.
    """

    path: Path
    target: str
    pid: int
    host: str
    boot: str

    def is_dead(self) -> bool:
        """Whether its process has surely ended: it ran on this machine, and its lock is free.

        Returns
        -------
        bool
            False if that cannot be known.
        """
        return not self.is_elsewhere() and _is_free(self.path / MARK)

    def is_elsewhere(self) -> bool:
        """Whether its process ran on another machine, of which nothing is known here.

        Returns
        -------
        bool
        """
        return self.host != socket.gethostname() and (self.boot == "" or self.boot != _boot())

    def __str__(self) -> str:
        return f"{self.path} (draft of {self.target}, process {self.pid} on {self.host})"


def left_in(home: Path) -> Iterator[Left]:
    """Find drafts in a folder, of the living and the dead.

    Parameters
    ----------
    home : Path
        Need not exist.

    Yields
    ------
    Left
    """
    if not home.is_dir():
        return
    for path in sorted(home.iterdir()):
        if path.name.startswith(PREFIX) and (found := read_mark(path)) is not None:
            yield found


def read_mark(path: Path) -> Left | None:
    """Read whose draft a folder is.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Left or None
        None if it is not a draft of this program.
    """
    if path.is_symlink() or not (path / MARK).is_file():
        return None
    try:
        said = json.loads((path / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(said, dict) or said.get("kind") != KIND or not isinstance(said.get("pid"), int):
        return None
    return Left(path, str(said.get("for")), said["pid"], str(said.get("host")), str(said.get("boot", "")))


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _locked(path: Path) -> IO[str]:
    """Make a file and hold it until it is closed or the process ends."""
    file = path.open("x", encoding="utf-8")
    _lock(file)
    return file


def _lock(file: IO[str]) -> bool:
    """Lock a file without waiting; False if another holds it, or if there are no locks here."""
    try:
        fcntl: Any = importlib.import_module("fcntl")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _is_free(path: Path) -> bool:
    try:
        with path.open("r+", encoding="utf-8") as file:
            return _lock(file)
    except OSError:
        return False
