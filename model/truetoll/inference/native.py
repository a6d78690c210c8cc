"""The log posterior density as one native function, which sampler threads call without Python.

PyTensor turns the graph into a numba function and keeps what it compiled on disk. Here that function gets a plain C
signature around it, kept in the same place, with every number of the case in one buffer: its sizes are data too. So
one compilation serves every case, scenario and simulation on this machine, and chains run on all cores at once.
"""

from __future__ import annotations

import ctypes
import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numba
import numpy as np
import pytensor
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc import Model
from pytensor.graph.replace import clone_replace
from pytensor.link.numba.cache import CACHED_SRC_FUNCTIONS, compile_numba_function_src

Array = NDArray[np.float64]
Numbers = dict[str, NDArray[Any]]

_WORD = 8
_DOUBLES = numba.types.CPointer(numba.types.double)
_SIGNATURE = numba.types.int64(numba.types.uint64, _DOUBLES, _DOUBLES, _DOUBLES, _DOUBLES)
_CALL = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[ctypes.c_void_p] * 4)

compilations = 0
"""How many densities this process has made; a test counts them."""


@dataclass(frozen=True)
class Density:
    """A compiled log density with its gradient.

    Parameters
    ----------
    function : numba.core.ccallback.CFunc
        ``int64 f(n, x*, gradient*, value*, numbers*)``; 0 if value and gradient are finite.
    inputs : tuple of (str, dtype, int)
        Name, type and number of dims of every array in the buffer of numbers.
    """

    function: Any
    inputs: tuple[tuple[str, np.dtype[Any], int], ...]

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
        self._call(x.size, x.ctypes.data, gradient.ctypes.data, value.ctypes.data, packed.ctypes.data)
        return float(value[0]), gradient


def _words(array: NDArray[Any]) -> Array:
    """Bytes of an array, filled up to whole words."""
    raw = np.zeros(-(-array.nbytes // _WORD) * _WORD, dtype=np.uint8)
    raw[: array.nbytes] = array.reshape(-1).view(np.uint8)
    return raw.view(np.float64)


def compile_density(model: Model) -> Density:
    """Compile a model whose free variables are all unbounded, its data being inputs.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    Density
        Of points in the coordinates ``center + scale @ x`` (``scale`` without rows: of x itself).
    """
    global compilations  # noqa: PLW0603
    compilations += 1
    graph = _flat_graph(model)
    data = graph.get_shared()
    given = tuple((v.name, np.dtype(v.type.dtype), v.type.ndim) for v in data)
    inputs = (("center", np.dtype(float), 1), ("scale", np.dtype(float), 2), *given)
    wrapper = graph.vm.jit_fn.py_func
    source = _source(inputs)
    known = {
        "__name__": __name__,
        "inner": wrapper.__globals__.get("jitable_func", graph.vm.jit_fn),
        "carray": numba.carray,
        "isfinite": math.isfinite,
        "forth": _forth,
        "back": _back,
        "int64": np.int64,
        "int32": np.int32,
    }
    key = f"{CACHED_SRC_FUNCTIONS.get(wrapper, '')}_{hashlib.sha256(source.encode()).hexdigest()}"
    function = compile_numba_function_src(source, "density", known, cache_key=key)
    return Density(numba.cfunc(_SIGNATURE, cache=True)(function), inputs)


def _flat_graph(model: Model) -> Any:
    """PyTensor function of one flat point, cut into the free variables by the lengths of their dims."""
    values = model.value_vars
    logp = model.logp()
    gradient = pt.concatenate([pt.grad(logp, v).ravel() for v in values])
    point = pt.dvector("point")
    parts, start = {}, 0
    for v in values:
        lengths = [model.dim_lengths[dim] for dim in model.named_vars_to_dims[v.name]]
        end = start + math.prod(lengths)
        parts[v] = point[start:end] if v.ndim == 1 else point[start:end].reshape(lengths)
        start = end
    return pytensor.function([point], clone_replace([logp, gradient], parts, rebuild_strict=False), mode="NUMBA")


def _source(inputs: tuple[tuple[str, np.dtype[Any], int], ...]) -> str:
    """Python source of the C function: unpack the buffer, change coordinates, call the graph."""
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
    lines += [
        "point = forth(carray(x_, (n,)), a0, a1)",
        f"value, slope = inner(point, {', '.join(names[2:])})",
        "gradient = carray(gradient_, (n,))",
        "back(gradient, slope, a1)",
        "carray(value_, (1,))[0] = value.item()",
        "if not isfinite(value.item()):",
        "    return 4",
        "for i in range(n):",
        "    if not isfinite(gradient[i]):",
        "        return 3",
        "return 0",
    ]
    return "\n    ".join(["def density(n, x_, gradient_, value_, numbers_):", *lines])


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


@numba.njit
def _forth(x: Array, center: Array, scale: Array) -> Array:
    """Go from the sampler's coordinates to the model's."""
    point = x.copy()
    for i in range(scale.shape[0]):
        total = center[i]
        for j in range(scale.shape[1]):
            total += scale[i, j] * x[j]
        point[i] = total
    return point


@numba.njit
def _back(gradient: Array, slope: Array, scale: Array) -> None:
    """Bring a gradient back to the sampler's coordinates."""
    if scale.shape[0] == 0:
        gradient[:] = slope
        return
    gradient[:] = 0.0
    for i in range(scale.shape[0]):
        for j in range(scale.shape[1]):
            gradient[j] += scale[i, j] * slope[i]
