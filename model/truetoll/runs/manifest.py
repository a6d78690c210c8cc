"""The manifest of a folder: which files this program wrote into it, so that nothing else is ever replaced.

A file is ours if the manifest names it and its content is what was written; a name or an ending says nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from truetoll import __version__
from truetoll.owners import PREFIX, read_mark
from truetoll.text.messages import Message, message

MANIFEST = "manifest.json"
RUN, REPORTS = "truetoll run", "truetoll reports"
SYSTEM = {".DS_Store", "Thumbs.db", "desktop.ini", "lost+found"}
"""What systems put into folders by themselves: left where it is, or taken along."""
Entry = tuple[int, str]
"""Size and SHA-256."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written into a folder.

    Parameters
    ----------
    kind : str
        `RUN` for a folder that a run may replace, `REPORTS` for one that is the user's and holds reports of ours.
    files : mapping of str to (int, str)
        Name -> size and SHA-256.
    id : str
        Of the run: tells it from another that took its place.
    """

    kind: str
    files: Mapping[str, Entry]
    id: str = field(default_factory=lambda: uuid4().hex)

    def with_files(self, paths: Iterable[Path]) -> Manifest:
        """Take files up into it.

        Parameters
        ----------
        paths : iterable of Path

        Returns
        -------
        Manifest
        """
        return Manifest(self.kind, {**self.files, **{path.name: entry(path) for path in paths}}, self.id)

    def holds(self, path: Path) -> bool:
        """Whether a file is as it was written.

        Parameters
        ----------
        path : Path

        Returns
        -------
        bool
        """
        known = self.files.get(path.name)
        if known is None or path.is_symlink() or not path.is_file():
            return False
        return path.stat().st_size == known[0] and entry(path) == known


def entry(path: Path) -> Entry:
    """Measure a file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    int, str
        Size and SHA-256.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return path.stat().st_size, digest


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of a folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Manifest or None
        None if there is none, or none of this program.
    """
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        return None
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        files = {each["name"]: (int(each["size"]), str(each["sha256"])) for each in said["files"]}
        return Manifest(said["kind"], files, str(said["id"])) if said["kind"] in (RUN, REPORTS) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def write_manifest(folder: Path, manifest: Manifest, draft: Path) -> None:
    """Write a manifest as a whole.

    Parameters
    ----------
    folder : Path
        Where it belongs.
    manifest : Manifest
    draft : Path
        A folder of the same file system, in which it is written first.
    """
    listed = [{"name": name, "size": size, "sha256": digest} for name, (size, digest) in sorted(manifest.files.items())]
    about = "Files that truetoll wrote here. It replaces these, if they are unchanged, and nothing else."
    content: dict[str, Any] = {"kind": manifest.kind, "about": about, "version": __version__, "id": manifest.id}
    path = draft / f".{MANIFEST}.new"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps({**content, "files": listed}, indent=2, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    path.replace(folder / MANIFEST)


def others(folder: Path, *, replaceable: bool = True) -> list[str | Message]:
    """Name what stands in a folder that a run did not write there.

    Parameters
    ----------
    folder : Path
        Exists.
    replaceable : bool
        Whether a run may be replaced; else it is named too.

    Returns
    -------
    list of str or Message
        With what it is, if it is no plain file: a folder, a link, a file that was changed since.
    """
    manifest = read_manifest(folder)
    run = replaceable and manifest is not None and manifest.kind == RUN
    known = manifest if manifest is not None and run else Manifest(RUN, {})
    found = (_other(path, known) for path in sorted(folder.iterdir()) if not _passed_over(path, known))
    return [each for each in found if each]


def _passed_over(path: Path, known: Manifest) -> bool:
    """Whether it is a draft of a process, what the system put there, or the manifest itself."""
    draft = path.name.startswith(PREFIX) and read_mark(path) is not None
    return draft or path.name in SYSTEM or (path.name == MANIFEST and bool(known.files))


def _other(path: Path, known: Manifest) -> str | Message:
    if known.holds(path):
        return ""
    if path.is_symlink():
        return message("run.a_link", name=path.name)
    if path.is_dir():
        return message("run.a_folder", name=path.name)
    return message("run.changed", name=path.name) if path.name in known.files else path.name
