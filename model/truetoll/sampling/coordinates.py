"""Where a sampler moves: coordinates in which a posterior is nearly uncorrelated, with variance one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from truetoll.sampling.frames import Frame
from truetoll.sampling.framing import framing

if TYPE_CHECKING:
    from truetoll.sampling.engine import Engine

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Density = Callable[[Array], tuple[float, Array]]

_JITTER = 1e-6
_STEP = 1e-4
"""Of the differences of gradients that second derivatives are taken from."""
_LEAST = 0.2
"""Smallest precision along any direction: a prior has one, and a posterior is hardly wider than its prior."""
_NOTHING = 1e-6
"""Correlation in the second derivatives below which two variables do not speak to each other."""
_CLIMBS = 2
"""To the mode: the second in coordinates that know the second derivatives where the first ended."""
_TYPICAL = 12
"""Draws at which second derivatives are taken."""
LARGEST = 300
"""Free scalars up to which that is worth it: it costs 24 gradients for each, and a case of 788 took 31 steps a draw
before and after."""
_EVALUATIONS = 2000
"""Of the density, at most, on the way to the mode: being near it is enough."""


@dataclass(frozen=True)
class Coordinates:
    """Points ``z[order] = center[order] + y``, where ``L' y = x`` and L L' is the precision of z[order].

    Parameters
    ----------
    center : ndarray
        Shape (n,), or empty: then x is the point itself.
    order : ndarray of int
        Shape (n,).
    start, column, value : ndarray
        Rows of L, lower triangular and sparse, the diagonal last in each row.
    frame : Frame
        What z stands for: variables of the model, or what moves in their place.
    adaptation : {"diag", "low_rank"} or None
        Mass matrix that nutpie adapts on top; that of the settings if None.
    """

    center: Array
    order: Whole
    start: Whole
    column: Whole
    value: Array
    frame: Frame = field(default_factory=Frame)
    adaptation: str | None = None

    @classmethod
    def near(cls, flat: Array, frame: Frame | None = None) -> Coordinates:
        """Make points like these uncorrelated with variance one: a posterior nearby needs little adaptation.

        Parameters
        ----------
        flat : ndarray
            Shape (sample, n).
        frame : Frame, optional
            What the points stand for; variables of the model if not given.

        Returns
        -------
        Coordinates
        """
        n = flat.shape[1]
        precision = np.linalg.inv(np.cov(flat.T).reshape(n, n) + _JITTER * np.eye(n))
        return cls.of(flat.mean(axis=0), precision, adaptation="diag", frame=frame or Frame())

    @classmethod
    def of(cls, center: Array, precision: Array, **more: Any) -> Coordinates:
        """Factor a precision; those who speak to few others go first, so that little is filled in.

        Parameters
        ----------
        center : ndarray
            Shape (n,).
        precision : ndarray
            Shape (n, n), positive definite.
        **more
            Further fields.

        Returns
        -------
        Coordinates
        """
        order = np.argsort((precision != 0).sum(axis=0), kind="stable")
        factor = np.linalg.cholesky(precision[np.ix_(order, order)])
        row, column = np.nonzero(factor)
        start = np.searchsorted(row, np.arange(len(center) + 1))
        return cls(center, order, start, column, factor[row, column], **more)

    def points(self, x: Array) -> Array:
        """Go to what the frame moves.

        Parameters
        ----------
        x : ndarray
            Shape (..., n).

        Returns
        -------
        ndarray
        """
        n = len(self.center)
        if n == 0:
            return np.array(x)
        factor = np.zeros((n, n))
        factor[np.repeat(np.arange(n), np.diff(self.start)), self.column] = self.value
        found = np.empty((x.size // n, n))
        found[:, self.order] = solve_triangular(factor, x.reshape(-1, n).T, trans="T", lower=True).T
        return (found + self.center).reshape(x.shape)


PLAIN = Coordinates(*(np.zeros(0), *(np.zeros(0, dtype=np.int64),) * 3, np.zeros(0)))
"""The model's own coordinates."""


def whitened(engine: Engine) -> Coordinates:
    """Coordinates for losses over many bins: near the mode, by the second derivatives there.

    Thousands of figures fix some directions of such a posterior a hundred times more closely than others, too many for
    a mass matrix to learn. Second derivatives, by differences of gradients, cost two gradients per free scalar. Curves
    that claims fix move in steps of their own size. The sampler adapts a diagonal mass matrix on top, since the
    curvature at the mode is not that of typical points. What moves is a `Frame`.

    Parameters
    ----------
    engine : Engine
        Its numbers are set.

    Returns
    -------
    Coordinates
    """
    coordinates = framed(engine)
    density = engine.density(replace(PLAIN, frame=coordinates.frame))
    for _ in range(_CLIMBS):
        mode = coordinates.points(_climbed(engine.density(coordinates), engine.dimension))
        coordinates = Coordinates.of(mode, _curvature(density, mode), frame=coordinates.frame, adaptation="diag")
    return coordinates


def typical(engine: Engine, points: Array) -> Coordinates:
    """Coordinates like those of the engine, by second derivatives where the posterior is and not at its mode.

    A mode with the scale of a curve among its variables is no typical point: draws of a real tally by week had sds of
    0.2 to 9 in coordinates of the mode, and took 60 steps each; in these 24. Second derivatives at a dozen draws tell
    more than their covariance, which needs ten draws for each free scalar.

    Parameters
    ----------
    engine : Engine
        Its numbers and coordinates are set.
    points : ndarray
        Draws of a short run, in what the frame moves; shape (draw, n).

    Returns
    -------
    Coordinates
    """
    frame = engine.coordinates.frame
    density = engine.density(replace(PLAIN, frame=frame))
    chosen = points[np.linspace(0, len(points) - 1, min(_TYPICAL, len(points))).round().astype(np.int64)]
    mean = np.mean([_second(density, point) for point in chosen], axis=0)
    return Coordinates.of(points.mean(axis=0), _definite(mean), frame=frame, adaptation="diag")


def framed(engine: Engine) -> Coordinates:
    """Coordinates that know no posterior yet, only what is seen: levels of tallies begin where they were said to be.

    Parameters
    ----------
    engine : Engine
        Its numbers are set.

    Returns
    -------
    Coordinates
    """
    frame, n = framing(engine.tables), engine.dimension
    begin = frame.from_model(np.zeros((1, n)), engine)
    sd = np.ones((1, n))
    frame.begin(engine.unflatten(begin), engine.unflatten(sd))
    return Coordinates.of(begin[0], np.diag(sd[0] ** -2.0), frame=frame)


def _climbed(density: Density, n: int) -> Array:
    """Climb from the origin of the coordinates to a mode, or near it."""

    def fallen(x: Array) -> tuple[float, Array]:
        value, gradient = density(x)
        return (-value, -gradient) if np.isfinite(value) else (np.inf, np.zeros_like(x))

    options = {"maxfun": _EVALUATIONS, "maxiter": _EVALUATIONS, "maxcor": 30}
    return np.asarray(minimize(fallen, np.zeros(n), jac=True, method="L-BFGS-B", options=options).x)


def _curvature(density: Density, at: Array) -> Array:
    """Second derivatives, made positive definite."""
    return _definite(_second(density, at))


def _second(density: Density, at: Array) -> Array:
    """Minus the second derivatives, by differences of gradients."""
    n = len(at)
    found = np.empty((n, n))
    for i in range(n):
        step = np.zeros(n)
        step[i] = _STEP
        found[i] = (density(at - step)[1] - density(at + step)[1]) / (2.0 * _STEP)
    return np.asarray(0.5 * (found + found.T))


def _definite(found: Array) -> Array:
    """Make second derivatives positive definite; what is nothing but rounding is nothing."""
    scale = np.sqrt(np.maximum(np.abs(np.diag(found)), _LEAST))
    sparse = np.where(np.abs(found) < _NOTHING * np.outer(scale, scale), 0.0, found)
    lowest = float(np.linalg.eigvalsh(sparse)[0])
    return np.asarray(sparse + max(0.0, _LEAST - lowest) * np.eye(len(sparse)))
