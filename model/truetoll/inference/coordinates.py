"""Where a sampler moves: coordinates in which a posterior is nearly uncorrelated, with variance one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.optimize import minimize

from truetoll.inference.curves import coefficients
from truetoll.inference.knots import lengths

if TYPE_CHECKING:
    from truetoll.inference.engine import Engine
    from truetoll.inference.tables import Data, Tables

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_JITTER = 1e-6
_STEP = 1e-4
"""Of the differences of gradients that second derivatives are taken from."""
_LEAST = 0.2
"""Smallest precision along any direction: a prior has one, and a posterior is hardly wider than its prior."""
_NOTHING = 1e-6
"""Correlation in the second derivatives below which two variables do not speak to each other."""
_HALF, _WHOLE = 1.0, 10.0
"""Claims in use for each knot of a curve from which on it moves half way, or wholly, in steps of its own size. With two
to three a knot (data/kursk-dossier) half way gave three times the effective draws per gradient of either end."""
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
    centred : ndarray
        Shape (loss_group,), or empty: how far each curve moves in steps of its own size instead of in units of its
        learned scale (0 to 1); a point of the model is reached from there.
    adaptation : {"diag", "low_rank"} or None
        Mass matrix that nutpie adapts on top; that of the settings if None.
    """

    center: Array
    order: Whole
    start: Whole
    column: Whole
    value: Array
    centred: Array = field(default_factory=lambda: np.zeros(0))
    pin_figure: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    pin_factor: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    pin_scale: Array = field(default_factory=lambda: np.zeros(0))
    tie_group: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    tie_series: Whole = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    tie_mean: Array = field(default_factory=lambda: np.zeros(0))
    tie_map: Array = field(default_factory=lambda: np.zeros((0, 0)))
    tie_basis: Array = field(default_factory=lambda: np.zeros((0, 0)))
    tie_step: Array = field(default_factory=lambda: np.zeros((0, 0)))
    adaptation: str | None = None

    @classmethod
    def near(cls, flat: Array) -> Coordinates:
        """Make points like these uncorrelated with variance one: a posterior nearby needs little adaptation.

        Parameters
        ----------
        flat : ndarray
            Shape (sample, n).

        Returns
        -------
        Coordinates
        """
        n = flat.shape[1]
        precision = np.linalg.inv(np.cov(flat.T).reshape(n, n) + _JITTER * np.eye(n))
        return cls.of(flat.mean(axis=0), precision, adaptation="diag")

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

    @property
    def bent(self) -> bool:
        """Whether a point of the model is no linear function of a point here."""
        return bool(self.centred.size or self.pin_figure.size or self.tie_group.size)

    def points(self, x: Array) -> Array:
        """Go to the model's coordinates, but for curves in steps of their own size.

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
    curvature at the mode is not that of typical points.

    Parameters
    ----------
    engine : Engine
        Its numbers are set.

    Returns
    -------
    Coordinates
    """
    bends = knowing(engine.tables)
    density = engine.density(replace(PLAIN, **bends))

    def fallen(x: Array) -> tuple[float, Array]:
        value, gradient = density(x)
        return (-value, -gradient) if np.isfinite(value) else (np.inf, np.zeros_like(x))

    begin = np.zeros(engine.dimension)
    options = {"maxfun": _EVALUATIONS, "maxiter": _EVALUATIONS, "maxcor": 30}
    mode = np.asarray(minimize(fallen, begin, jac=True, method="L-BFGS-B", options=options).x)
    precision = _curvature(fallen, mode)
    return Coordinates.of(mode, precision, adaptation="diag", **bends)


def knowing(tables: Tables) -> dict[str, Any]:
    """Coordinates that know of tallies, and of curves that claims fix.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    dict of str to ndarray
        Fields of `Coordinates`.
    """
    pinned = pins(tables)
    tied = ties(tables, pinned["pin_factor"])
    centred = _fixed(tables)
    centred[tied.get("tie_group", np.zeros(0, dtype=np.int64))] = 1.0
    return {"centred": centred} | pinned | tied


def _fixed(tables: Tables) -> Array:
    """How far claims fix the curve of each loss group: not, half way, wholly."""
    index, knots = tables.index, len(tables.coords["knot"])
    figures = dict.fromkeys(index.groups, 0)
    for claim in (claim for claim in index.case.claims if claim.weight > 0):
        term = claim.readings[0].terms[0]
        figures[str(term) if str(term) in figures else term.force] += 1
    each = np.array(list(figures.values())) / knots
    return np.asarray(np.where(each >= _WHOLE, 1.0, np.where(each >= _HALF, 0.5, 0.0)))


_PINNED = 10
"""Figures from which on the level of a tally is a coordinate: fewer hardly tell it more closely than priors do."""


def pins(tables: Tables) -> dict[str, Any]:
    """Choose, for each long tally, what its stated level is solved for (`truetoll.inference.written.pins`).

    The first tally of an origin is solved for the error that the origin shares; any other, for the largest part of its
    bias which all that it adds up have alike, and which no tally before it has.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    dict of str to ndarray
        Fields of `Coordinates`.
    """
    data, found = tables.data, []
    free = set(range(data["distortion_map"].shape[1]))
    origins: set[int] = set()
    tallies = [tally for tally in _tallies(data["chain_previous"]) if len(tally) >= _PINNED]
    parts = {tally[-1]: _distortions(data, tally[-1]) for tally in tallies}
    for last in sorted(parts, key=lambda i: -len(parts[i])):
        maps = data["distortion_map"][parts[last]]
        origin = int(data["chain_origin"][last])
        alike = [j for j in free if maps[0, j] > 0 and np.ptp(maps[:, j]) == 0]
        if data["chain_rho"][last] > 0 and origin not in origins:
            origins.add(origin)
            found.append((last, -1, 1.0))
        elif alike:
            best = max(alike, key=lambda j: (maps[0, j], j))
            found.append((last, best, float(maps[0, best])))
        free -= set(np.flatnonzero(maps.any(axis=0)).tolist())
    figure, factor, scale = zip(*found, strict=True) if found else ((), (), ())
    return {
        "pin_figure": np.array(figure, dtype=np.int64),
        "pin_factor": np.array(factor, dtype=np.int64),
        "pin_scale": np.array(scale, dtype=float),
    }


def ties(tables: Tables, pinned: Whole) -> dict[str, Any]:
    """Choose, for each loss group, the tally whose course its curve follows (`truetoll.inference.written.pins`).

    Parameters
    ----------
    tables : Tables
    pinned : ndarray of int
        Parts of biases that stand for levels, and say nothing of the course.

    Returns
    -------
    dict of str to ndarray
        Fields of `Coordinates`.
    """
    data, longest = tables.data, dict[int, list[int]]()
    for tally in _tallies(data["chain_previous"]):
        groups = {int(data["series_group"][s]) for s, _ in _counted(data, tally[-1])}
        if len(tally) >= _PINNED and len(groups) == 1:
            longest[min(groups)] = max(tally, longest.get(min(groups), []), key=len)
    divided = np.bincount(data["series_group"]) > 1
    found = [
        (g, s, d, first)
        for g, tally in sorted(longest.items())
        if divided[g] and (data["profile_sd"][g] > 0).all()
        for counted in [_counted(data, tally[-1])]
        for first in [counted[0][1]]
        for s, d in counted
    ]
    if not found:
        return {}
    group, series, distortion, first = np.array(found, dtype=np.int64).T
    of_bias = data["distortion_map"][distortion] - data["distortion_map"][first]
    of_bias[:, pinned[pinned >= 0]] = 0.0
    day, step, share = coefficients(tables.index)
    piece = np.searchsorted(np.cumsum(lengths(tables.index.grid)), day[1:]).clip(max=len(data["piece_bin"]) - 1)
    return {
        "tie_group": group,
        "tie_series": series,
        "tie_mean": data["distortion_mean"][distortion] - data["distortion_mean"][first],
        "tie_map": of_bias,
        "tie_basis": share,
        "tie_step": step * data["profile_sd"][:, piece],
    }


def _counted(data: Data, figure: int) -> list[tuple[int, int]]:
    """(series, distortion) of what a figure of a tally counts."""
    n_series, n_pieces = len(data["series_group"]), len(data["piece_bin"])
    here = data["entry_row"] == data["chain_row"][figure, 0]
    series = data["entry_cell"][here] // n_pieces % n_series
    return sorted(set(zip(series.tolist(), data["entry_distortion"][here].tolist(), strict=True)))


def _distortions(data: Data, figure: int) -> NDArray[np.int64]:
    """Distortions through which a figure of a tally looks at the losses."""
    found: NDArray[np.int64] = np.unique(data["entry_distortion"][data["entry_row"] == data["chain_row"][figure, 0]])
    return found


def _tallies(before: NDArray[np.int64]) -> list[list[int]]:
    """Figures of each tally, in the order of their days."""
    after = {int(b): i for i, b in enumerate(before) if b != i}
    found = [[i] for i, b in enumerate(before) if b == i]
    for tally in found:
        while tally[-1] in after:
            tally.append(after[tally[-1]])
    return found


def _curvature(fallen: Any, at: Array) -> Array:
    """Second derivatives, made positive definite; what is nothing but rounding is nothing."""
    n = len(at)
    found = np.empty((n, n))
    for i in range(n):
        step = np.zeros(n)
        step[i] = _STEP
        found[i] = (fallen(at + step)[1] - fallen(at - step)[1]) / (2.0 * _STEP)
    found = 0.5 * (found + found.T)
    scale = np.sqrt(np.maximum(np.abs(np.diag(found)), _LEAST))
    found[np.abs(found) < _NOTHING * np.outer(scale, scale)] = 0.0
    lowest = float(np.linalg.eigvalsh(found)[0])
    return found + max(0.0, _LEAST - lowest) * np.eye(n)
