"""Cases and the benchmark that come with the package, in a checkout and in a wheel, found by their names."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

FOLDER = "data"
"""Name of their folder: at the top of a checkout, inside the package of a wheel. Paths may begin with it or not."""


def shipped() -> Path:
    """Find the folder of what is shipped; nothing is ever written there.

    Returns
    -------
    Path
        Absolute. It need not exist, as when somebody left the folder out.
    """
    package = Path(str(files("truetoll"))).resolve()
    inside = package / FOLDER
    return inside if inside.is_dir() else package.parents[1] / FOLDER


def located(path: str | Path) -> Path:
    """Find what a path or the name of something shipped means: what exists as a path wins.

    Parameters
    ----------
    path : str or Path
        ``cases/mine``, or ``kursk-article``, which ``data/kursk-article`` means too where there is no such folder.

    Returns
    -------
    Path
        The path itself if it exists, and if nothing of this name is shipped.
    """
    stated = Path(path)
    try:
        if stated.exists() or stated.is_symlink():
            return stated
    except (OSError, ValueError):  # a loop of links, a NUL in the name
        return stated
    inside = stated.parts[stated.parts[:1] == (FOLDER,) :]
    if stated.is_absolute() or not inside or ".." in inside:
        return stated
    found = shipped().joinpath(*inside)
    return found if found.exists() else stated


def shipped_cases() -> Iterator[Path]:
    """Go through the folders of shipped cases.

    Yields
    ------
    Path
        Absolute, by name.
    """
    yield from sorted(path.parent for path in shipped().glob("*/case.toml"))
