"""Replace a folder as a whole: a reader sees the old one or the new one, never a mix.

The dance, for a target ``runs/kursk``

1. An empty ``runs/.kursk.new-XXXX`` is made beside it, before any work, so that a place that cannot be written fails
   at once; the new files are written into it and flushed to the disk.
2. ``runs/kursk`` is renamed to ``runs/.kursk.old-XXXX`` (no folder can be renamed over a full one on any system).
3. ``runs/.kursk.new-XXXX`` is renamed to ``runs/kursk``.
4. Every ``.kursk.old-*`` is deleted.

If anything is raised before step 3, the draft is deleted and the old folder put back. If the machine stops between 2
and 3, the old results are whole under ``.kursk.old-XXXX``: `current` finds them, and the next success tidies up.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a folder to write into, which takes the target's place when all went well.

    Parameters
    ----------
    target : Path
        Need not exist; its parents are made.

    Yields
    ------
    Path
        An empty folder beside the target.

    Raises
    ------
    OSError
        If the place cannot be written; the target is then as it was.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
    try:
        yield draft
        _flush(draft)
        _swap(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def current(target: Path) -> Path:
    """Find the results that stand for a target: itself, or what a stopped machine left beside it.

    Parameters
    ----------
    target : Path

    Returns
    -------
    Path
        The target itself if there is nothing.
    """
    target = target.resolve()
    return target if target.exists() else max(_set_aside(target), key=_age, default=target)


def _swap(draft: Path, target: Path) -> None:
    draft.chmod(_mode(target))
    old = draft.with_name(draft.name.replace(".new-", ".old-"))
    if target.exists():
        target.rename(old)
    try:
        draft.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    for folder in _set_aside(target):
        shutil.rmtree(folder, ignore_errors=True)


def _mode(target: Path) -> int:
    """Permissions of the folder that is replaced, or of its parent: a temporary one is closed to others."""
    return (target if target.exists() else target.parent).stat().st_mode & 0o777


def _set_aside(target: Path) -> list[Path]:
    prefix = f".{target.name}.old-"
    if not target.parent.is_dir():
        return []
    return [folder for folder in target.parent.iterdir() if folder.name.startswith(prefix)]


def _age(folder: Path) -> float:
    return folder.stat().st_mtime


def _flush(folder: Path) -> None:
    """Have the files on the disk before they take a name that promises they are."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
