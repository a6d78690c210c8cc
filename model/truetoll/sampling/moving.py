"""The moves of `truetoll.model.kernels.moves` behind C signatures: compiled once on a machine, and kept on disk."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels import moves
from truetoll.sampling import native

Array = NDArray[np.float64]

_STEP = 1e-4
"""Of the differences of gradients that second derivatives are taken from."""
_ARGUMENTS = (
    "n = int64(n)",
    "numbers = carray(numbers_, (int64(carray(numbers_, (1,))[0]),))",
    "told = carray(value_, (6,))",
    "whole = told.view(int64)",
    "address = whole[0]",
)
"""What all have in common: the first of the words behind `value_` is the address of the log density."""
_CALLS = {
    "values": ("values(address, carray(x_, (whole[1], n)), numbers, carray(gradient_, (whole[1],)))",),
    "climb": (
        "more = carray(gradient_, (2, n))",
        "told[2] = climb(address, carray(x_, (n,)), numbers, more[0], more[1], whole[1])",
    ),
    "curvature": ("curvature(address, carray(x_, (n,)), numbers, told[1], carray(gradient_, (n, n)))",),
    "ascend": (
        "rungs, moves = whole[1], whole[2]",
        "held = carray(x_, (rungs * (n + 5) + n * (n + 1),))",
        "a, b = rungs * n, rungs * (n + 1)",
        "c = b + 4 * rungs",
        "x, beta, told = held[:a].reshape((rungs, n)), held[a:b], held[b:c].reshape((4, rungs))",
        "size, along, out = held[c:c + n], held[c + n:].reshape((n, n)), carray(gradient_, (moves, n + 3))",
        "ascend(address, x, numbers, beta, size, along, told, out, whole[3], whole[4] != 0, whole[5])",
    ),
}


class Moves:
    """What a log density can be asked for by its address, without Python; threads run it side by side.

    Parameters
    ----------
    address : int
        Of the log density, ``int64 f(n, x*, gradient*, value*, numbers*)``.
    packed : ndarray
        Its numbers.
    """

    def __init__(self, address: int, packed: Array) -> None:
        self._address, self._packed = address, packed

    def values(self, points: Array) -> Array:
        """Log density of many points, up to a constant; -inf where there is none.

        Parameters
        ----------
        points : ndarray
            Shape (point, n).

        Returns
        -------
        ndarray
            Shape (point,).
        """
        found = np.empty(len(points))
        self._run("values", points.shape[1], np.ascontiguousarray(points, dtype=float), found, [len(points)])
        return found

    def climb(self, start: Array, most: int, free: Array | None = None, anchor: Array | None = None) -> Array:
        """Go up to a mode.

        Parameters
        ----------
        start : ndarray
            Shape (n,).
        most : int
            Evaluations at most.
        free : ndarray, optional
            1 for variables that may move, 0 for others; all may, if not given.
        anchor : ndarray, optional
            Where the normal prior of the free ones is centred, if not at 0.

        Returns
        -------
        ndarray
        """
        point = np.array(start, dtype=float)
        more = np.zeros((2, point.size))
        more[0] = 1.0 if free is None else free
        more[1] = 0.0 if anchor is None else anchor
        self._run("climb", point.size, point, more, [most])
        return point

    def curvature(self, point: Array) -> Array:
        """Minus the second derivatives of the log density at a point.

        Parameters
        ----------
        point : ndarray
            Shape (n,).

        Returns
        -------
        ndarray
            Shape (n, n), symmetric.
        """
        found = np.empty((point.size, point.size))
        self._run("curvature", point.size, np.array(point, dtype=float), found, [_STEP])
        return np.asarray(0.5 * (found + found.T))

    def ascend(
        self, held: tuple[Array, Array, Array], shape: tuple[Array, Array], moves: tuple[int, int, bool], seed: int
    ) -> Array:
        """Move the points of a ladder, as `truetoll.model.kernels.moves.ascend`.

        Parameters
        ----------
        held : tuple of ndarray
            Points, rungs, and what is told of each rung; points and what is told are changed.
        shape : tuple of ndarray
            Precisions of the posterior, and the directions they are along.
        moves : tuple
            How many; how many there were before; whether step sizes are adapted.
        seed : int

        Returns
        -------
        ndarray
            Shape (moves, n + 3): point, log density, leapfrog steps, whether it diverged.
        """
        x, beta, told = held
        size, along = shape
        rungs, n = x.shape
        out = np.empty((moves[0], n + 3))
        packed = np.concatenate([part.ravel() for part in (x, beta, told, size, along)])
        self._run("ascend", n, packed, out, [rungs, *moves, seed])
        x[:] = packed[: x.size].reshape(x.shape)
        told[:] = packed[x.size + rungs :][: told.size].reshape(told.shape)
        return out

    def _run(self, name: str, n: int, x: Array, more: Array, arguments: list[Any]) -> None:
        words = np.zeros(6)
        whole = words.view(np.int64)
        whole[0] = self._address
        for i, argument in enumerate(arguments, 1):
            if isinstance(argument, float):
                words[i] = argument
            else:
                whole[i] = int(argument)
        _compiled(name).call(n, x, more, words, self._packed)


@cache
def _compiled(name: str) -> native.Density:
    source = "\n    ".join(["def density(n, x_, gradient_, value_, numbers_):", *_ARGUMENTS, *_CALLS[name], "return 0"])
    return native.compiled(source, moves, ("moves",))
