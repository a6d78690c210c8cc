"""How the loops are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numba


def loop[F: Callable[..., Any]](function: F) -> F:
    """Compile a function on its first use; division by zero is infinite, as in NumPy; other threads go on.

    Parameters
    ----------
    function : callable

    Returns
    -------
    callable
    """
    return cast(F, numba.njit(error_model="numpy", nogil=True)(function))


def inlined[F: Callable[..., Any]](function: F) -> F:
    """As `loop`, for what is called from one place or two: it becomes part of its callers, and passes no arrays."""
    return cast(F, numba.njit(error_model="numpy", nogil=True, inline="always")(function))
