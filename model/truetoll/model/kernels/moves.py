"""Moves of a point on a log density that is reached by its address: up to a mode, and from rung to rung of a ladder.

They ask for the density some ten thousand times, so they are compiled, and threads run them without Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from truetoll.model.kernels.loops import loop

Array = NDArray[np.float64]

_MEMORY = 12
"""Steps that a climb remembers."""
_ENOUGH = 1e-5
"""Rise that was expected of the next step when a climb ends: half of a squared distance in sds."""
_ARMIJO = 1e-4
_SHRINK = 0.3
_TOO_SHORT = 1e-10
_FLAT = 1e-12
_DIVERGED = 1000.0
"""Error of the energy that is called a divergence, as in Stan."""
_ASKED = 0.9
"""Acceptance that step sizes aim at: 0.8 is best for HMC on average (Betancourt and others 2014), but one step size is
for all of a rung, and where the scale of a case is far from usual it would be too long."""
_LONGEST = 24
"""Leapfrog steps of a move, at most."""
_QUARTER = 0.5 * np.pi
"""Length of a move in sds, on average: a quarter of the orbit of a normal forgets where it began."""


@intrinsic
def _call(_context: Any, _address: Any, _n: Any, _x: Any, _gradient: Any, _value: Any, _numbers: Any) -> Any:
    """Call a C function, ``int64 f(n, x*, gradient*, value*, numbers*)``, by its address."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        whole, doubles = ir.IntType(64), ir.DoubleType().as_pointer()
        kind = ir.FunctionType(whole, [whole, *[doubles] * 4])
        function = builder.inttoptr(given[0], kind.as_pointer())
        return builder.call(function, [given[1], *(builder.inttoptr(pointer, doubles) for pointer in given[2:])])

    return types.int64(*[types.uint64] * 6), generate


@loop
def evaluate(address: int, x: Array, gradient: Array, value: Array, packed: Array) -> float:
    """Log density of a point, -inf where it has none; its gradient is written to `gradient`."""
    bad = _call(
        np.uint64(address),
        np.uint64(len(x)),
        np.uint64(x.ctypes.data),
        np.uint64(gradient.ctypes.data),
        np.uint64(value.ctypes.data),
        np.uint64(packed.ctypes.data),
    )
    return -np.inf if bad != 0 else value[0]


@loop
def values(address: int, points: Array, packed: Array, out: Array) -> None:
    """Log density of many points, shape (point, n), written to `out`, shape (point,)."""
    gradient, value = np.empty(points.shape[1]), np.empty(1)
    for i in range(len(points)):
        out[i] = evaluate(address, points[i], gradient, value, packed)


@loop
def _anchored(
    address: int, x: Array, gradient: Array, value: Array, packed: Array, free: Array, anchor: Array
) -> float:
    """Log density with the prior of the free variables moved to an anchor; the others are held."""
    found = evaluate(address, x, gradient, value, packed)
    for i in range(len(x)):
        gradient[i] = free[i] * (gradient[i] + anchor[i])
        found += free[i] * anchor[i] * (x[i] - 0.5 * anchor[i])
    return found


@loop
def climb(address: int, x: Array, packed: Array, free: Array, anchor: Array, most: int) -> float:
    """Move a point up to a mode, in place (L-BFGS); returns the log density there.

    Parameters
    ----------
    address : int
        Of the log density.
    x : ndarray
        Shape (n,).
    packed : ndarray
        Its numbers.
    free : ndarray
        1 for variables that may move, 0 for others.
    anchor : ndarray
        Where the normal prior of the free ones is centred: 0 for the density as it is.
    most : int
        Evaluations at most.
    """
    n = len(x)
    value, gradient, slope, at = np.empty(1), np.empty(n), np.empty(n), np.empty(n)
    steps, bends, kept = np.empty((_MEMORY, n)), np.empty((_MEMORY, n)), 0
    now, used = _anchored(address, x, gradient, value, packed, free, anchor), 1
    while used < most and np.isfinite(now):
        way = _uphill(gradient, steps, bends, kept)
        rise = gradient @ way
        if kept > 0 and 0.0 <= rise < _ENOUGH:
            break
        length, there = 1.0, -np.inf
        while used < most and length > _TOO_SHORT and rise > 0.0:
            at[:] = x + length * way
            there = _anchored(address, at, slope, value, packed, free, anchor)
            used += 1
            if there >= now + _ARMIJO * length * rise:
                break
            length *= _SHRINK
        if there > now:
            i = kept % _MEMORY
            steps[i], bends[i] = at - x, gradient - slope
            kept += 1 if steps[i] @ bends[i] > _FLAT else 0
            x[:], gradient[:], now = at, slope, there
        elif kept > 0:  # what is remembered misleads
            kept = 0
        else:
            break
    return now


@loop
def _uphill(gradient: Array, steps: Array, bends: Array, kept: int) -> Array:
    """Multiply a gradient by the inverse of the second derivatives, as the last steps show them."""
    way, alpha = gradient.copy(), np.empty(_MEMORY)
    if kept == 0:
        return way / max(1.0, float(np.sqrt(gradient @ gradient)))
    first = max(0, kept - _MEMORY)
    for j in range(kept - 1, first - 1, -1):
        i = j % _MEMORY
        alpha[i] = (steps[i] @ way) / (steps[i] @ bends[i])
        way -= alpha[i] * bends[i]
    i = (kept - 1) % _MEMORY
    way *= (steps[i] @ bends[i]) / (bends[i] @ bends[i])
    for j in range(first, kept):
        i = j % _MEMORY
        way += (alpha[i] - (bends[i] @ way) / (steps[i] @ bends[i])) * steps[i]
    return way


@loop
def curvature(address: int, x: Array, packed: Array, step: float, found: Array) -> None:
    """Write minus the second derivatives, by differences of gradients, to `found`."""
    n = len(x)
    value, up, down, at = np.empty(1), np.empty(n), np.empty(n), x.copy()
    for i in range(n):
        at[i] = x[i] + step
        evaluate(address, at, up, value, packed)
        at[i] = x[i] - step
        evaluate(address, at, down, value, packed)
        at[i] = x[i]
        found[i] = (down - up) / (2.0 * step)


@loop
def ascend(
    address: int,
    x: Array,
    packed: Array,
    beta: Array,
    size: Array,
    along: Array,
    told: Array,
    out: Array,
    start: int,
    adapting: bool,
    seed: int,
) -> None:
    """Move the points of a ladder, each by HMC on its rung, and exchange neighbours after every move.

    The density of rung k is the prior times the likelihood to the power ``beta[k]``, from 0 to 1: points of the lowest
    are drawn anew each time, those of the highest are draws from the posterior. Even and odd pairs take turns (Syed,
    Bouchard-Côté, Deligiannidis, Doucet 2022, doi:10.1111/rssb.12464).

    Parameters
    ----------
    address : int
        Of the log posterior of standard normals.
    x : ndarray
        Points, shape (rung, n), moved in place.
    packed : ndarray
        Numbers of the density.
    beta : ndarray
        Shape (rung,).
    size : ndarray
        Precisions along the directions of `along`, shape (n,): of the posterior, where the prior's are 1.
    along : ndarray
        Shape (n, n), a direction a column.
    told : ndarray
        Shape (4, rung), in place: log step size; 1 for a point that comes from the lowest rung; sums of the probability
        that an exchange with the next rung is refused, and of acceptances of moves. The number of points that have
        come all the way up stands at ``[1, 0]``.
    out : ndarray
        Shape (moves, n + 3): the highest rung's point, log density, leapfrog steps, whether it diverged.
    start : int
        Moves before these.
    adapting : bool
        Whether step sizes are adapted.
    seed : int
    """
    np.random.seed(seed)
    rungs, n = x.shape
    value, gradient, log = np.empty(1), np.empty((rungs, n)), np.empty(rungs)
    for k in range(rungs):
        log[k] = evaluate(address, x[k], gradient[k], value, packed)
    for move in range(len(out)):
        x[0] = np.random.normal(0.0, 1.0, n)
        log[0] = evaluate(address, x[0], gradient[0], value, packed)
        for k in range(1, rungs):
            wide = 1.0 / np.sqrt(1.0 - beta[k] + beta[k] * size)
            step = np.exp(told[0, k]) * np.random.uniform(0.9, 1.1)
            log[k], error, taken = _leap(address, x[k], gradient[k], log[k], packed, beta[k], wide, along, step)
            accepted = np.exp(min(0.0, error))
            told[3, k] += accepted
            if adapting:
                told[0, k] = min(0.5, told[0, k] + (accepted - _ASKED) / np.sqrt(1.0 + start + move))
            if k == rungs - 1:
                out[move, n + 1], out[move, n + 2] = taken, 1.0 if error < -_DIVERGED else 0.0
        for k in range((start + move) % 2, rungs - 1, 2):
            _exchange(k, x, gradient, log, beta, told)
        told[1, 0] += told[1, rungs - 1]
        told[1, rungs - 1] = 0.0
        out[move, :n], out[move, n] = x[rungs - 1], log[rungs - 1]


@loop
def _leap(
    address: int,
    x: Array,
    gradient: Array,
    log: float,
    packed: Array,
    beta: float,
    wide: Array,
    along: Array,
    step: float,
) -> tuple[float, float, int]:
    """Move a point on its rung, in place (HMC); returns its log density, the error of the energy, and steps taken."""
    usual = min(_LONGEST, max(1.0, _QUARTER / step))
    taken = int(np.ceil(usual * np.random.uniform(0.5, 1.5)))
    p = np.random.normal(0.0, 1.0, len(x))
    before = _tempered(log, x, beta) - 0.5 * _square(p)
    at, slope, value, there = x.copy(), gradient.copy(), np.empty(1), log
    for _ in range(taken):
        p += 0.5 * step * wide * (along.T @ (beta * (slope + at) - at))
        at += step * (along @ (wide * p))
        there = evaluate(address, at, slope, value, packed)
        if not np.isfinite(there):
            return log, -np.inf, taken
        p += 0.5 * step * wide * (along.T @ (beta * (slope + at) - at))
    error = _tempered(there, at, beta) - 0.5 * _square(p) - before
    if np.random.uniform(0.0, 1.0) >= np.exp(min(0.0, error)):
        return log, error, taken
    x[:], gradient[:] = at, slope
    return there, error, taken


@loop
def _exchange(k: int, x: Array, gradient: Array, log: Array, beta: Array, told: Array) -> None:
    """Exchange, or not, the points of a rung and the next."""
    lower, upper = log[k] + 0.5 * _square(x[k]), log[k + 1] + 0.5 * _square(x[k + 1])
    kept = 1.0
    if np.isfinite(upper) and np.isfinite(lower):
        kept = 1.0 - np.exp(min(0.0, (beta[k + 1] - beta[k]) * (lower - upper)))
    told[2, k] += kept
    if np.random.uniform(0.0, 1.0) < kept:
        return
    for i in range(x.shape[1]):
        x[k, i], x[k + 1, i] = x[k + 1, i], x[k, i]
        gradient[k, i], gradient[k + 1, i] = gradient[k + 1, i], gradient[k, i]
    log[k], log[k + 1] = log[k + 1], log[k]
    come = 1.0
    if k > 0:
        come, told[1, k] = told[1, k], told[1, k + 1]
    told[1, k + 1] = come


@loop
def _tempered(log: float, x: Array, beta: float) -> float:
    """Log posterior of standard normals -> the prior times the likelihood to a power."""
    return beta * log - 0.5 * (1.0 - beta) * _square(x)


@loop
def _square(x: Array) -> float:
    """Squared length."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * x[i]
    return total
