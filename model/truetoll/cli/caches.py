"""Where compiled code and fonts are kept between runs, if the usual place cannot be written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from truetoll.sampling.compilehome import FLAG, pytensor_flags, pytensor_home


def writable_caches() -> Path | None:
    """Have the libraries keep their caches in a temporary place, where theirs cannot be written.

    PyTensor does not start without one, so this comes before it is imported; our own lie beside its.

    Returns
    -------
    Path or None
        That place; None if all is as usual.
    """
    homes = {
        "PYTENSOR_FLAGS": pytensor_home(),
        "NUMBA_CACHE_DIR": pytensor_home() / "numba",
        "MPLCONFIGDIR": _matplotlib(),
    }
    if numba := os.environ.get("NUMBA_CACHE_DIR"):
        homes["NUMBA_CACHE_DIR"] = Path(numba)
    closed = [name for name, home in homes.items() if not _writes(home)]
    if not closed:
        return None
    instead = _temporary()
    values = {
        "PYTENSOR_FLAGS": ",".join([*_other_flags(), f"{FLAG}={instead / 'pytensor'}"]),
        "NUMBA_CACHE_DIR": str(instead / "numba"),
        "MPLCONFIGDIR": str(instead / "matplotlib"),
    }
    for name in closed:
        os.environ[name] = values[name]  # of this process and its workers
    return instead


def _other_flags() -> list[str]:
    return [each for each in pytensor_flags() if each.partition("=")[0].strip() != FLAG]


def _matplotlib() -> Path:
    stated, cache = os.environ.get("MPLCONFIGDIR"), os.environ.get("XDG_CACHE_HOME")
    home = Path(os.path.expanduser("~"))  # noqa: PTH111
    return Path(stated) if stated else Path(cache or home / ".cache", "matplotlib")


def _writes(folder: Path) -> bool:
    """Whether files can be written into a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _temporary() -> Path:
    """Find the place that earlier runs of this user kept theirs in; one that others may write to is not used."""
    if hasattr(os, "getuid"):
        place = Path(tempfile.gettempdir(), f"truetoll-cache-{os.getuid()}")
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            seen = place.lstat()
            if place.is_dir() and seen.st_uid == os.getuid() and not seen.st_mode & 0o077 and _writes(place):
                return place
        except OSError:
            pass
    return Path(tempfile.mkdtemp(prefix="truetoll-cache-"))
