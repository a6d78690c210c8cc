"""Native functions with a plain C signature, which sampler threads call without Python.

Every number of a case lies in one buffer: its sizes are data too. So one compilation serves every case, scenario and
simulation on this machine, and chains run on all cores at once. What is compiled is kept on disk beside what PyTensor
keeps, with a checksum.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from truetoll.sampling.compilecache import c_function

Array = NDArray[np.float64]
Numbers = dict[str, NDArray[Any]]
Inputs = tuple[tuple[str, np.dtype[Any], int], ...]
"""Name, type and number of dims of every array in a buffer."""

_WORD = 8
_DOUBLES = numba.types.CPointer(numba.types.double)
_SIGNATURE = numba.types.int64(numba.types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, _DOUBLES)
_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[ctypes.c_void_p] * 4)

COORDINATES: Inputs = (
    ("center", np.dtype(np.float64), 1),
    *((name, np.dtype(np.int64), 1) for name in ("order", "start", "column")),
    ("value", np.dtype(np.float64), 1),
)
"""Arrays of `truetoll.sampling.coordinates.Coordinates`, at the head of every buffer of a density."""

compilations = 0
"""How many densities this process has made; a test counts them."""


@dataclass(frozen=True)
class Density:
    """A compiled function of a buffer of numbers; as a rule a log density with its gradient.

    Parameters
    ----------
    function : numba.core.ccallback.CFunc
        ``int64 f(n, x*, gradient*, value*, numbers*)``; 0 if value and gradient are finite.
    inputs : tuple of (str, dtype, int)
        The buffer.
    """

    function: Any
    inputs: Inputs

    @cached_property
    def _call(self) -> Callable[..., int]:
        return _CALL(self.function.address)

    def pack(self, numbers: Numbers) -> Array:
        """Lay the numbers of a case into one buffer: its length, all shapes, then the arrays.

        Parameters
        ----------
        numbers : dict of str to ndarray
            Data, lengths of dims, and the sampler's coordinates.

        Returns
        -------
        ndarray
        """
        arrays = [np.asarray(numbers[name], dtype=dtype, order="C") for name, dtype, _ in self.inputs]
        shapes = np.array([length for a in arrays for length in a.shape], dtype=np.int64)
        packed = np.concatenate([np.zeros(1), shapes.view(np.float64), *map(_words, arrays)])
        packed[0] = packed.size
        return packed

    def __call__(self, x: Array, packed: Array) -> tuple[float, Array]:
        """Evaluate; the interpreter is released meanwhile.

        Parameters
        ----------
        x : ndarray
            A flat point, shape (n,).
        packed : ndarray
            As `pack` gives it.

        Returns
        -------
        float, ndarray
            Up to a constant; not finite where the density has no value.
        """
        x, gradient, value = np.ascontiguousarray(x, dtype=float), np.empty(x.size), np.empty(1)
        self.call(x.size, x, gradient, value, packed)
        return float(value[0]), gradient

    def call(self, n: int, x: Array, out: Array, more: Array, packed: Array) -> None:
        """Call the function as it stands.

        Parameters
        ----------
        n : int
        x, out, more, packed : ndarray
            Its four pointers; contiguous.
        """
        self._call(n, x.ctypes.data, out.ctypes.data, more.ctypes.data, packed.ctypes.data)


def _words(array: NDArray[Any]) -> Array:
    """Bytes of an array, filled up to whole words."""
    raw = np.zeros(-(-array.nbytes // _WORD) * _WORD, dtype=np.uint8)
    raw[: array.nbytes] = array.reshape(-1).view(np.uint8)
    return raw.view(np.float64)


def compile_c(source: str, known: dict[str, Any], key: str, signature: Any = _SIGNATURE) -> Any:
    """Give Python source a C signature, and keep what it compiles to on disk.

    Parameters
    ----------
    source : str
        Of a function ``density``, as `c_source` writes it.
    known : dict
        What it calls.
    key : str
        Under which it is kept: says everything that the compiled function depends on, but for this file.
    signature : numba signature

    Returns
    -------
    numba.core.ccallback.CFunc
    """
    known = known | {
        "__name__": __name__,
        "carray": numba.carray,
        "isfinite": math.isfinite,
        "empty": np.empty,
        "forth": _forth,
        "back": _back,
        "int64": np.int64,
        "int32": np.int32,
    }
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    exec(compile(source, "<truetoll>", mode="exec"), known)  # source is ours, made of the names of our arrays
    return c_function(known["density"], signature, f"{key}_{own}")


def compiled(source: str, loops: ModuleType, modules: Iterable[str], inputs: Inputs = ()) -> Density:
    """Compile what calls our loops, once on a machine as long as their texts stay as they are.

    Parameters
    ----------
    source : str
        As of `compile_c`.
    loops : module
        Of `truetoll.model.kernels`; what the source calls.
    modules : iterable of str
        All in that folder whose loops are called.
    inputs : tuple of (str, dtype, int)
        The buffer, if it is ours.

    Returns
    -------
    Density
    """
    here = files("truetoll.model").joinpath("kernels")
    texts = (here.joinpath(f"{module}.py").read_bytes() for module in modules)
    key = hashlib.sha256(b"".join([source.encode(), *texts])).hexdigest()
    return Density(compile_c(source, vars(loops), f"truetoll_{key}"), inputs)


def c_source(inputs: Inputs, call: list[str]) -> str:
    """Write a C function in Python: unpack the buffer, and call.

    Parameters
    ----------
    inputs : tuple of (str, dtype, int)
        As `Density`; unpacked under the names a0, a1, ...
    call : list of str
        Lines that use them and the arguments ``n``, ``x_``, ``gradient_`` and ``value_``, and return 0.

    Returns
    -------
    str
    """
    dims = sum(ndim for _, _, ndim in inputs)
    names = [f"a{i}" for i in range(len(inputs))]
    lines = [
        "total = int64(carray(numbers_, (1,))[0])",
        "numbers = carray(numbers_, (total,))",
        f"shape = numbers[1:{1 + dims}].view(int64)",
        f"at = {1 + dims}",
    ]
    first = 0
    for name, (_, dtype, ndim) in zip(names, inputs, strict=True):
        lines += _unpacking(name, dtype, [f"shape[{first + i}]" for i in range(ndim)])
        first += ndim
    return "\n    ".join(["def density(n, x_, gradient_, value_, numbers_):", *lines, *call])


def in_coordinates(call: list[str]) -> list[str]:
    """Change coordinates before a log density is called, and back.

    Parameters
    ----------
    call : list of str
        Lines that make ``value`` (float) and ``slope`` (ndarray) of ``point``. The first arrays of the buffer are
        `COORDINATES`.

    Returns
    -------
    list of str
    """
    return [
        "point = forth(carray(x_, (n,)), a0, a1, a2, a3, a4)",
        *call,
        "gradient = carray(gradient_, (n,))",
        "back(gradient, slope, a0, a1, a2, a3, a4)",
        "carray(value_, (1,))[0] = value",
        "if not isfinite(value):",
        "    return 4",
        "for i in range(n):",
        "    if not isfinite(gradient[i]):",
        "        return 3",
        "return 0",
    ]


def _unpacking(name: str, dtype: np.dtype[Any], dims: list[str]) -> list[str]:
    each = _WORD // dtype.itemsize
    view = "numbers[at:to]" if dtype.kind == "f" else f"numbers[at:to].view({dtype.name})[:size]"
    shaped = view if len(dims) == 1 else f"{view}.reshape(({', '.join([*dims, ''])}))"
    return [
        f"size = {' * '.join(dims) or 1}",
        f"to = at + (size + {each - 1}) // {each}",
        f"{name} = {shaped}",
        "at = to",
    ]


@numba.njit(error_model="numpy")
def _forth(x: Array, center: Array, order: Any, start: Any, column: Any, value: Array) -> Array:
    """Go from the sampler's coordinates to the model's: ``L' y = x``, from the last row up."""
    left = x.copy()
    if len(center) == 0:
        return left
    point = center.copy()
    for i in range(len(order) - 1, -1, -1):
        last = start[i + 1] - 1
        found = left[i] / value[last]
        for j in range(start[i], last):
            left[column[j]] -= value[j] * found
        point[order[i]] += found
    return point


@numba.njit(error_model="numpy")
def _back(gradient: Array, slope: Array, center: Array, order: Any, start: Any, column: Any, value: Array) -> None:
    """Bring a gradient back to the sampler's coordinates: ``L g = slope[order]``, from the first row down."""
    if len(center) == 0:
        gradient[:] = slope
        return
    for i in range(len(order)):
        last = start[i + 1] - 1
        total = slope[order[i]]
        for j in range(start[i], last):
            total -= value[j] * gradient[column[j]]
        gradient[i] = total / value[last]
