"""Where compiled code is kept: beside PyTensor's own, so that one setting moves both."""

from __future__ import annotations

import os
import sys
from pathlib import Path

FLAG = "base_compiledir"


def pytensor_flags() -> list[str]:
    """Take PYTENSOR_FLAGS into its parts.

    Returns
    -------
    list of str
    """
    return [each.strip() for each in os.environ.get("PYTENSOR_FLAGS", "").split(",") if each.strip()]


def pytensor_home() -> Path:
    """Tell where PyTensor keeps what it compiles, without importing it.

    Returns
    -------
    Path
    """
    flags = (each.partition("=") for each in pytensor_flags())
    stated = [value.strip() for name, _, value in flags if name.strip() == FLAG]
    if stated:
        return Path(stated[-1]).expanduser()
    local = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None
    return Path(local, "PyTensor") if local else Path(os.path.expanduser("~"), ".pytensor")  # noqa: PTH111


def compiled_home() -> Path:
    """Tell where our own compiled functions are kept.

    Returns
    -------
    Path
    """
    return pytensor_home() / "numba"
