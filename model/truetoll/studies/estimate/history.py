"""The log posterior of the errors of old figures behind C signatures: compiled once on a machine, and kept on disk."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels import history
from truetoll.model.kernels.history import SCALE_LOG_SD, SCALE_MEDIAN
from truetoll.sampling import native

__all__ = ["SCALE_LOG_SD", "SCALE_MEDIAN", "by_case", "log_posterior", "packed"]

Array = NDArray[np.float64]

_WHOLE, _REAL = np.dtype(np.int64), np.dtype(np.float64)
_HEAD: native.Inputs = (("used", _WHOLE, 1), ("scaled", _WHOLE, 0))
_SAID: native.Inputs = (
    ("start", _WHOLE, 1),
    ("error", _REAL, 1),
    ("own", _REAL, 2),
    ("sign", _REAL, 1),
    ("code", _WHOLE, 2),
    ("fixed", _REAL, 1),
)
_EFFECTS: native.Inputs = (
    ("base", _REAL, 2),
    ("row", _WHOLE, 1),
    ("place", _WHOLE, 1),
    ("learned_place", _WHOLE, 1),
    ("sd", _REAL, 1),
    ("learned", _REAL, 1),
    ("level", _WHOLE, 2),
    ("share", _REAL, 2),
)
_INPUTS = (*_HEAD, *_SAID, *_EFFECTS)
_AT = {name: f"a{i}" for i, (name, _, _) in enumerate(_INPUTS)}


def _these(inputs: native.Inputs) -> str:
    return ", ".join(_AT[name] for name, _, _ in inputs)


_GIVEN = (
    f"said = Said({_these(_SAID)})",
    f"effects = Effects({_these(_EFFECTS)})",
    f"scaled = {_AT['scaled']}[()] != 0",
)
_CALLS = {
    "log_posterior": (
        *_GIVEN,
        f"value = log_posterior(carray(x_, (n,)), carray(gradient_, (n,)), {_AT['used']}, scaled, said, effects)",
        "carray(value_, (1,))[0] = value",
        "return 0 if isfinite(value) else 4",
    ),
    "by_case": (
        *_GIVEN,
        "shape = carray(value_, (3,))",
        "draws = int64(shape[0])",
        "points, out = carray(x_, (draws, int64(shape[1]))), carray(gradient_, (draws, int64(shape[2])))",
        "by_case(points, out, scaled, said, effects)",
        "return 0",
    ),
}


def packed(numbers: native.Numbers) -> Array:
    """Lay all numbers of a model of errors into one buffer.

    Parameters
    ----------
    numbers : dict of str to ndarray
        Arguments of the loops by name: those of their tuples, ``used`` and ``scaled``.

    Returns
    -------
    ndarray
    """
    return log_posterior().pack(numbers)


def log_posterior() -> native.Density:
    """Log density of a point, with its gradient, of numbers as `packed` lays them out."""
    return _compiled("log_posterior")


def by_case() -> native.Density:
    """Log density of every case at many points: ``x`` is (draw, name), what is written (draw, case)."""
    return _compiled("by_case")


@cache
def _compiled(name: str) -> native.Density:
    source = native.c_source(_INPUTS, list(_CALLS[name]))
    return native.compiled(source, history, ("history", "errors", "unsound", "losses", "loops"), _INPUTS)
