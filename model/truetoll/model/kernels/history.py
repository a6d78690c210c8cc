"""From standard normals to the numbers of every claim of a benchmark, the log posterior, and its gradient."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels.errors import case_density
from truetoll.model.kernels.loops import loop

Array = NDArray[np.float64]

Said = namedtuple("Said", ("start", "error", "own", "sign", "code", "fixed"))
"""Claims of all cases beside one another; arguments of `truetoll.model.kernels.errors.case_density`."""
Effects = namedtuple("Effects", ("base", "row", "place", "learned_place", "sd", "learned", "level", "share"))
"""Numbers of every claim before any effect, shape (number, claim). Of every effect its row among the numbers, where its
levels and the sd that it learns stand in a point (-1: it learns none), its prior sd and the log sd of that. Of every
effect and claim the level (-1: none), and what the effect is multiplied by."""
SCALE_MEDIAN, SCALE_LOG_SD = 0.3, 0.7
"""Prior of the log sd of the scale that a case has of its own: log-normal."""


@loop
def size_of(point: Array, effects: Effects, e: int) -> float:
    """Sd of the levels of an effect."""
    at: int = effects.learned_place[e]
    found: float = effects.sd[e]
    return found * math.exp(effects.learned[e] * point[at]) if at >= 0 else found


@loop
def scale_of(point: Array, scaled: bool) -> float:
    """Log sd of the scale of a case: the last number of a point; 0 if cases have none."""
    return SCALE_MEDIAN * math.exp(SCALE_LOG_SD * point[len(point) - 1]) if scaled else 0.0


@loop
def numbers_of(point: Array, effects: Effects) -> Array:
    """Numbers of every claim, shape (number, claim)."""
    found: Array = effects.base.copy()
    for e in range(len(effects.row)):
        size, row, place = size_of(point, effects, e), effects.row[e], effects.place[e]
        for i in range(found.shape[1]):
            if effects.level[e, i] >= 0:
                found[row, i] += size * effects.share[e, i] * point[place + effects.level[e, i]]
    return found


@loop
def numbers_back(point: Array, effects: Effects, slope: Array, gradient: Array) -> None:
    """Add slopes of the numbers of every claim to those of the standard normals."""
    for e in range(len(effects.row)):
        size, row, place, learned = size_of(point, effects, e), effects.row[e], effects.place[e], 0.0
        for i in range(slope.shape[1]):
            if effects.level[e, i] >= 0:
                at = place + effects.level[e, i]
                part = size * effects.share[e, i] * slope[row, i]
                gradient[at] += part
                learned += part * point[at]
        if effects.learned_place[e] >= 0:
            gradient[effects.learned_place[e]] += effects.learned[e] * learned


@loop
def of_case(c: int, number: Array, scale_sd: float, said: Said, slope: Array) -> tuple[float, float]:
    """Log density of a case, and its slope in the log sd of scales; those in the numbers go to `slope`, if any fit."""
    a, b = said.start[c], said.start[c + 1]
    own, numbers, slopes = said.own[:, a:b], number[:, a:b], slope[:, a:b]
    found: tuple[float, float] = case_density(
        said.error[a:b], own, said.sign[a:b], said.code[a:b], numbers, said.fixed, scale_sd, slopes
    )
    return found


@loop
def log_posterior(point: Array, gradient: Array, used: Any, scaled: bool, said: Said, effects: Effects) -> float:
    """Log posterior density, up to a constant; its gradient is written to `gradient`.

    Parameters
    ----------
    point, gradient : ndarray
        Shape (name,).
    used : ndarray of int
        1 for cases whose claims are used, shape (case,).
    scaled : bool
        Whether each case has a scale of its own.
    said : Said
    effects : Effects

    Returns
    -------
    float
    """
    number, scale_sd, found = numbers_of(point, effects), scale_of(point, scaled), 0.0
    slope = np.zeros(number.shape)
    for i in range(len(point)):
        found -= 0.5 * point[i] ** 2
        gradient[i] = -point[i]
    for c in range(len(used)):
        if used[c] == 0:
            continue
        one, of_scale = of_case(c, number, scale_sd, said, slope)
        found += one
        if scaled:
            gradient[len(point) - 1] += SCALE_LOG_SD * of_scale
    numbers_back(point, effects, slope, gradient)
    return found


@loop
def by_case(points: Array, out: Array, scaled: bool, said: Said, effects: Effects) -> None:
    """Write the log density of every case, without slopes.

    Parameters
    ----------
    points : ndarray
        Shape (draw, name).
    out : ndarray
        Shape (draw, case).
    scaled : bool
    said : Said
    effects : Effects
    """
    nothing = np.empty((len(effects.base), 0))
    for i in range(len(points)):
        number, scale_sd = numbers_of(points[i], effects), scale_of(points[i], scaled)
        for c in range(out.shape[1]):
            out[i, c] = of_case(c, number, scale_sd, said, nothing)[0]
