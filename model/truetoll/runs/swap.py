"""Replace a run as a whole: a reader sees the old one or the new one, and nothing that no run wrote is ever replaced.

The dance, for a target ``runs/kursk``

1. It is refused, before any work, if anything stands in it that its manifest does not hold as it was written.
2. A marked draft ``runs/.truetoll-XXXX`` is made beside it (`truetoll.owners`), so that a place that cannot be written
   fails at once; the new files and their manifest are written into its ``new`` and flushed to the disk.
3. What stands in the target is looked at again. If somebody has put something there, or it cannot be renamed, the new
   run stays beside it under a name of its own.
4. ``runs/kursk`` is renamed to ``old`` in the draft, ``new`` to ``runs/kursk``, and the files of the old manifest are
   deleted one by one. Signals wait until this is done.
5. Figures and reports are added, each with its line of the manifest first.

A folder that cannot be renamed (a mount point, the folder somebody works in, one in a closed parent) keeps its place:
the draft lies in it, and files are moved one by one, the manifest last.

If the machine stops in between, the old results are whole in the draft: `current` finds them, and the next run puts
them back. Drafts of dead processes are removed by the next run, those of living ones never.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from truetoll.owners import Left, Workspace, left_in
from truetoll.runs.errors import RunError
from truetoll.runs.manifest import MANIFEST, REPORTS, RUN, SYSTEM, Manifest, others, read_manifest, write_manifest
from truetoll.runs.signals import held
from truetoll.text import system
from truetoll.text.messages import Message, listed, message

Write = Callable[[Path], object]
"""Writes files into an empty folder."""
NEW, OLD = "new", "old"
"""Folders of a draft beside its target."""
ARRIVING, LEAVING = "arriving", "leaving"
"""Folders of a draft inside its target."""
_FIXED = {errno.EBUSY, errno.EXDEV, errno.EPERM, errno.EACCES}
"""Of a folder that cannot be renamed, though files in it may be."""
_MOUNTS = Path("/proc/self/mountinfo")
_NAMED = 8
"""Files that are named, of those that stand in the way."""


class Place:
    """Where the results of one command go.

    Parameters
    ----------
    target : Path
        Absolute.
    owned : bool
        Whether it is to hold a run, which later ones may replace; else it must be new or empty.
    saved : callable
        Told where the results lie as soon as they do.
    left : list of Left
        Drafts of processes of which it cannot be known whether they live.

    Attributes
    ----------
    path : Path or None
        Where they lie.
    reason : Message or None
        Why that is not the target; None if it is.
    """

    def __init__(self, target: Path, *, owned: bool, saved: Callable[[Path], object], left: list[Left]) -> None:
        self._target, self._owned, self._saved = target, owned, saved
        self._inside = _is_fixed(target)
        self._id = ""
        self.left = left
        self._draft = Workspace(target if self._inside else target.parent, target.name)
        self.path: Path | None = None
        self.reason: Message | None = None

    def keep(self, write: Write) -> None:
        """Write results, and have them take the target's place.

        Parameters
        ----------
        write : callable
            Called with an empty folder.

        Raises
        ------
        OSError
            If they cannot be written; the target is then as it was.
        """
        new = self._draft.folder(ARRIVING if self._inside else NEW)
        write(new)
        if self._owned:
            manifest = Manifest(RUN, {}).with_files(sorted(new.iterdir()))
            self._id = manifest.id
            write_manifest(new, manifest, self._draft.path)
        _flush(new)
        with held():
            self.path = self._placed(new)
            self._saved(self.path)

    def add(self, write: Write) -> list[Path]:
        """Add files to results that were kept.

        Parameters
        ----------
        write : callable
            Called with an empty folder.

        Returns
        -------
        list of Path

        Raises
        ------
        RunError
            If the results are no longer there, or somebody's file has one of these names.
        """
        if self.path is None:
            raise RunError(message("run.nothing_kept"))
        more = self._draft.folder("more")
        try:
            write(more)
            return adopt(more, self.path, self._id)
        finally:
            shutil.rmtree(more, ignore_errors=True)

    def close(self) -> None:
        """Clear the draft away, but for what is not to be lost."""
        held_back = [name for name in (OLD, LEAVING) if (self._draft.path / name).exists()]
        if held_back or (self.path is not None and self._draft.path in self.path.parents):
            self._draft.release()
        else:
            self._draft.close()

    def _placed(self, new: Path) -> Path:
        """Put results into the target, or beside it if that would touch what is not ours."""
        self.reason = refusal(self._target, owned=self._owned)
        if not self.reason:
            try:
                self._swap(new)
            except OSError as error:
                why = system.told(error)
                self.reason = message("run.not_replaced", target=str(self._target), why=why)
            else:
                return self._target
        return self._beside(new)

    def _beside(self, new: Path) -> Path:
        for home in (self._target.parent, self._target):
            with suppress(OSError):
                path = _free(home, self._target.name)
                new.chmod(home.stat().st_mode & 0o777)
                new.rename(path)
                return path
        return new

    def _swap(self, new: Path) -> None:
        target = self._target
        if self._inside:
            _exchange(self._draft.path, target)
            return
        if not target.exists():
            new.chmod(target.parent.stat().st_mode & 0o777)
            new.rename(target)
            return
        new.chmod(target.stat().st_mode & 0o777)
        old = self._draft.path / OLD
        try:
            target.rename(old)
        except OSError as error:
            if error.errno not in _FIXED:
                raise
            self._move_inside(new)
            return
        try:
            new.rename(target)
        except BaseException:
            old.rename(target)
            raise
        _discard(old, target)

    def _move_inside(self, new: Path) -> None:
        """Go on in the target, which cannot be renamed after all."""
        inner = Workspace(self._target, self._target.name)
        try:
            shutil.copytree(new, inner.path / ARRIVING)
            _flush(inner.path / ARRIVING)
            _exchange(inner.path, self._target)
        except BaseException:
            inner.close()
            raise
        self._draft.close()
        self._draft, self._inside = inner, True


@contextmanager
def saving_to(target: Path, *, owned: bool = True, saved: Callable[[Path], object] = bool) -> Iterator[Place]:
    """Make a place for results, refused at once if anything that is not ours would be replaced.

    Parameters
    ----------
    target : Path
        Need not exist; its parents are made.
    owned : bool
        As `Place`.
    saved : callable
        As `Place`.

    Yields
    ------
    Place

    Raises
    ------
    RunError
        If the target holds anything else than a run, or is no folder of its own.
    OSError
        If the place cannot be written.
    """
    here = _absolute(target)
    left = [] if target.is_symlink() else _tidied(here)  # old results of a stopped run are put back before any look
    check_target(target, owned=owned)
    here.parent.mkdir(parents=True, exist_ok=True)
    place = Place(here, owned=owned, saved=saved, left=left)
    try:
        yield place
    finally:
        with held():
            place.close()


def check_target(target: Path, *, owned: bool = True) -> None:
    """Refuse to replace what is not a run of this program.

    Parameters
    ----------
    target : Path
        Where a run is to be saved.
    owned : bool
        Whether a run may be replaced.

    Raises
    ------
    RunError
        With what stands there and what to do.
    """
    if told := refusal(target, owned=owned):
        raise RunError(message("run.touched", why=told))


def refusal(target: Path, *, owned: bool = True) -> Message | None:
    """Say why results may not take a place.

    Parameters
    ----------
    target : Path
    owned : bool
        As `check_target`.

    Returns
    -------
    Message or None
        None if they may.
    """
    if target.is_symlink():
        return message("run.link", target=str(target), place=str(target.readlink()))
    if not target.exists():
        return None
    if not target.is_dir():
        return message("run.file", target=str(target))
    return _own_ground(target.resolve()) or _full(target, owned=owned)


def _own_ground(place: Path) -> Message | None:
    if place.parent == place:
        return message("run.root", target=str(place))
    return message("run.home", target=str(place)) if place == _home() else None


def _full(target: Path, *, owned: bool) -> Message | None:
    found = others(target, replaceable=owned)
    if not found:
        return None
    about = {"target": str(target), "there": listed(found, _NAMED)}
    if not owned:
        return message("run.not_empty", **about)
    if read_manifest(target):
        return message("run.not_ours", **about)
    return message("run.not_ours_surely", **about, manifest=MANIFEST)


def current(target: Path) -> list[Path]:
    """Find where the results that stand for a target lie: in itself, or in what a stopped machine left in a draft.

    Parameters
    ----------
    target : Path

    Returns
    -------
    list of Path
        Folders; the first that holds a file holds the one that counts.
    """
    target = target.resolve()
    if target.exists():
        moved = [left.path / LEAVING for left in left_in(target) if (left.path / LEAVING / MANIFEST).is_file()]
        return [target] if (target / MANIFEST).exists() else [*moved, target]
    aside = [left.path / OLD for left in left_in(target.parent) if left.target == target.name]
    return [*filter(Path.is_dir, aside), target]


def adopt(more: Path, folder: Path, run: str = "") -> list[Path]:
    """Move finished files into a folder, and write down that they are ours.

    Parameters
    ----------
    more : Path
        A folder that holds them, in a draft on the same file system.
    folder : Path
        Of a run, or of somebody's own.
    run : str
        Id of the run that they belong to, if it must be that.

    Returns
    -------
    list of Path

    Raises
    ------
    RunError
        If the run has gone, or a file of that name is not ours; nothing is then moved.
    """
    found = sorted(more.iterdir())
    _flush(more)
    manifest = read_manifest(folder)
    if run and (manifest is None or manifest.id != run):
        raise RunError(message("run.another", folder=str(folder)))
    check_names(folder, [path.name for path in found])
    with held():
        if manifest is not None or not (folder / MANIFEST).exists():
            write_manifest(folder, (manifest or Manifest(REPORTS, {})).with_files(found), more.parent)
        for path in found:
            path.replace(folder / path.name)
    return [folder / path.name for path in found]


def check_names(folder: Path, names: list[str]) -> None:
    """Refuse to replace files that this program did not write.

    Parameters
    ----------
    folder : Path
        Need not exist.
    names : list of str
        Of files to be written into it.

    Raises
    ------
    RunError
        With the names of those that are not ours.
    """
    known = read_manifest(folder) or Manifest(REPORTS, {})
    taken = [name for name in names if name == MANIFEST or _is_foreign(folder / name, known)]
    if taken:
        there = listed([str(folder / name) for name in taken], _NAMED)
        raise RunError(message("run.taken", names=there))


def _is_foreign(path: Path, known: Manifest) -> bool:
    return os.path.lexists(path) and not known.holds(path)


def _tidied(target: Path) -> list[Left]:
    """Clear away what dead processes left, their old results put back first; name what may still live elsewhere."""
    unsure = []
    for left in [*left_in(target.parent), *left_in(target)]:
        if left.is_dead():
            with suppress(OSError), held():
                _recover(left)
        elif left.is_elsewhere():
            unsure.append(left)
    return unsure


def _recover(left: Left) -> None:
    home = left.path.parent
    if (old := left.path / OLD).is_dir():
        if Path(left.target).name != left.target:
            return
        if os.path.lexists(home / left.target):
            _discard(old, home / left.target)
        else:
            old.rename(home / left.target)
    if (leaving := left.path / LEAVING).is_dir():
        if read_manifest(home) is None:
            coming = read_manifest(left.path / ARRIVING) or Manifest(RUN, {})
            _roll_back(left.path, home, [path.name for path in home.iterdir() if coming.holds(path)])
        _discard(leaving, home)
    if not any((left.path / name).exists() for name in (OLD, LEAVING)):
        shutil.rmtree(left.path, ignore_errors=True)


def _exchange(draft: Path, target: Path) -> None:
    """Move old files out and new ones in, one by one; the manifest goes first and comes last."""
    arriving, leaving = draft / ARRIVING, draft / LEAVING
    leaving.mkdir()
    known = read_manifest(target)
    names = [MANIFEST, *known.files] if known else []
    moved: list[str] = []
    try:
        for name in names:
            if (target / name).is_file():
                (target / name).rename(leaving / name)
        for path in sorted(arriving.iterdir(), key=lambda path: path.name == MANIFEST):
            path.rename(target / path.name)
            moved.append(path.name)
    except BaseException:
        _roll_back(draft, target, moved)
        raise
    _discard(leaving, target)


def _roll_back(draft: Path, target: Path, moved: Iterable[str]) -> None:
    """Undo an exchange that stopped half way, once files of these names had arrived."""
    arriving, leaving = draft / ARRIVING, draft / LEAVING
    for name in moved:
        if not (arriving / name).exists():  # else it is the old one, which has not left yet
            (target / name).rename(arriving / name)
    for path in sorted(leaving.iterdir(), key=lambda path: path.name == MANIFEST):
        if not os.path.lexists(target / path.name):
            path.rename(target / path.name)
    with suppress(OSError):
        leaving.rmdir()


def _discard(old: Path, target: Path) -> None:
    """Delete the files of an old run, each by its manifest; whatever else came into it is kept in sight."""
    known = read_manifest(old)
    if known is not None and known.kind == RUN:
        for path in list(old.iterdir()):
            if path.name == MANIFEST or known.holds(path):
                path.unlink()
    for path in list(old.iterdir()):
        if path.name in SYSTEM and not os.path.lexists(target / path.name):
            path.rename(target / path.name)
    try:
        old.rmdir()
    except OSError:
        with suppress(OSError):
            old.rename(_free(target.parent, f"{target.name}-left"))


def _free(home: Path, name: str) -> Path:
    """Find a name that nothing has."""
    return next(path for i in count(2) if not os.path.lexists(path := home / f"{name}-{i}"))


def _absolute(target: Path) -> Path:
    """Follow links above the target, but not the target."""
    return target.resolve() if target.name in ("", "..") else target.parent.resolve() / target.name


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except (RuntimeError, OSError):
        return None


def _is_fixed(target: Path) -> bool:
    """Whether a folder has to keep its place."""
    if not target.is_dir():
        return False
    return _is_here(target) or _is_mounted(target) or not os.access(target.parent, os.W_OK | os.X_OK)


def _is_here(target: Path) -> bool:
    try:
        return target.samefile(Path.cwd())
    except OSError:
        return False


def _is_mounted(target: Path) -> bool:
    """Whether it is a mount point, also one of the same disk."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        lines = []
    written = str(target).translate({ord(c): f"\\{ord(c):03o}" for c in " \t\n\\"})
    return os.path.ismount(target) or any(line.split(" ")[4] == written for line in lines)


def _flush(folder: Path) -> None:
    """Have the files on the disk before they take a name that promises they are."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
