"""From what a sampler moves to the free variables of the model, and slopes back: `truetoll.sampling.frames`."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels import losses as l
from truetoll.model.kernels.density import (
    Numbers,
    Point,
    distort,
    distort_back,
    divide,
    divide_back,
    log_density,
    lose,
    lose_back,
    parted,
    read,
    weigh,
)
from truetoll.model.kernels.loops import loop

__all__ = ["Frame", "Numbers", "framed", "log_density", "read", "weigh"]

Array = NDArray[np.float64]

SIZED = 0.5
"""How far the error of a tally's report moves in units of its own size. In log units alone it was a funnel where a case
has a small scale (2 divergences in 4,000 draws of a real tally, none at a half); in units of its size alone an unsound
report lies tens of units away."""

Frame = namedtuple("Frame", ("centred", "series", "pair", "bins", "steps", "held", "total", "first", "last", "second"))
"""Arrays of `truetoll.sampling.frames.Frame`."""
Shifted = namedtuple("Shifted", ("scale", "shift", "value", "share", "factor", "seen"))
"""What went into the shift of a point's curves."""
Levelled = namedtuple("Levelled", ("made", "factor", "sums", "size"))
"""What went into totals that follow from the level of a tally: losses at the medians of those, and their readings."""


@loop
def visible(share: Array, factor: Array, frame: Frame, group: Any) -> Array:
    """Part of each group's losses that its source sees, in some bins; 0 where no source is followed."""
    found = np.zeros((len(frame.centred), len(frame.bins)))
    for j in range(len(frame.series)):
        for t in range(len(frame.bins)):
            found[group[frame.series[j]], t] += share[frame.series[j], frame.bins[t]] * factor[frame.pair[j]]
    return found


@loop
def followed(seen: Array, steps: Any, shift: Array) -> None:
    """Turn the logs of what is seen into steps."""
    for g in range(seen.shape[0]):
        for t in range(seen.shape[1]):
            if seen[g, t] > 0.0:
                log = np.log(seen[g, t])
                for k in range(shift.shape[1]):
                    shift[g, k] += steps[g, k, t] * log


@loop
def uncurved(point: Array, frame: Frame, numbers: Numbers) -> tuple[float, Shifted]:
    """Go, in place, from curves of what is seen, in steps of their own size, to those of the losses in units of scale.

    Where many claims fix a curve, its steps hardly depend on the scale, nor on what sources make of the losses, while
    steps in units of it would have to follow every move of either. Returns the log of the determinant.
    """
    z, scale_map, n_groups = parted(point, numbers.cut), numbers.losses[7], len(frame.centred)
    scale, shift, log_volume = np.zeros(n_groups), np.zeros((n_groups, z.profile.shape[1])), 0.0
    value, share, factor, seen = np.zeros(0), np.zeros((0, 0)), np.zeros(0), np.zeros((0, 0))
    if n_groups > 0:
        l.multiplied(scale_map[0], scale_map[1], scale_map[2], z.stray, scale)
    if len(frame.series) > 0:
        value, _ = l.stated(z.losses, numbers.losses[0])
        share, factor = divide(z, value, numbers), np.exp(distort(z, numbers)[0])
        seen = visible(share, factor, frame, numbers.losses[5])
        followed(seen, frame.steps, shift)
    for i in range(n_groups):
        log_volume -= frame.centred[i] * scale[i] * z.profile.shape[1]
        z.profile[i] *= np.exp(-frame.centred[i] * scale[i])
        shift[i] *= np.exp(-scale[i])
        z.profile[i] -= shift[i]
    return log_volume, Shifted(scale, shift, value, share, factor, seen)


@loop
def uncurved_back(point: Array, gradient: Array, frame: Frame, made: Shifted, numbers: Numbers) -> None:
    """Bring a gradient, in place, back to curves of what is seen."""
    n_groups = len(frame.centred)
    if n_groups == 0:
        return
    z, g, scale_map = parted(point, numbers.cut), parted(gradient, numbers.cut), numbers.losses[7]
    g_scale, g_shift = np.empty(n_groups), np.zeros(made.shift.shape)
    for i in range(n_groups):
        moved = np.sum(g.profile[i] * (z.profile[i] + made.shift[i]))
        g_scale[i] = np.sum(g.profile[i] * made.shift[i]) - frame.centred[i] * (z.profile.shape[1] + moved)
        g_shift[i] = -np.exp(-made.scale[i]) * g.profile[i]
        g.profile[i] *= np.exp(-frame.centred[i] * made.scale[i])
    l.returned(scale_map[0], scale_map[1], scale_map[2], g_scale, g.stray)
    if len(frame.series) > 0:
        seen_back(z, g, g_shift, frame, made, numbers)


@loop
def seen_back(z: Point, g: Point, g_shift: Array, frame: Frame, made: Shifted, numbers: Numbers) -> None:
    """Bring slopes of the steps back to shares and biases."""
    group = numbers.losses[5]
    g_log, g_distortion, g_value = np.zeros(made.share.shape), np.zeros(len(made.factor)), np.zeros(len(made.value))
    for j in range(len(frame.series)):
        i, pair, of = frame.series[j], frame.pair[j], group[frame.series[j]]
        for t in range(len(frame.bins)):
            part = 0.0
            for k in range(g_shift.shape[1]):
                part += frame.steps[of, k, t] * g_shift[of, k]
            part *= made.share[i, frame.bins[t]] * made.factor[pair] / made.seen[of, t]
            g_log[i, frame.bins[t]] += part
            g_distortion[pair] += part
    divide_back(g, made.value, made.share, g_log, g_value, numbers)
    distort_back(z, g, g_distortion, np.exp(distort(z, numbers)[1]), numbers)
    _, slope = l.stated(z.losses, numbers.losses[0])
    for i in range(len(g.losses)):
        g.losses[i] += g_value[i] * slope[i]


@loop
def log_size(z: Point, o: int, numbers: Numbers) -> float:
    """Log sd of the error of a report that is sound."""
    noise, rho, last = numbers.origins[0][o], numbers.origins[1][o], len(z.noise) - 1
    noise_median, noise_log_sd, noise_scaled = numbers.biases[0], numbers.biases[1], numbers.biases[2]
    log_scale = noise_median[last] + noise_log_sd[last] * z.noise[last]
    log_sigma = noise_median[noise] + noise_log_sd[noise] * z.noise[noise] + noise_scaled[noise] * log_scale
    return float(log_sigma + 0.5 * np.log(rho))


@loop
def log_size_back(g: Point, o: int, g_size: float, numbers: Numbers) -> None:
    """Bring the slope of a log size back to noise, and to the scale of the case."""
    noise, last, noise_log_sd, noise_scaled = (
        numbers.origins[0][o],
        len(g.noise) - 1,
        numbers.biases[1],
        numbers.biases[2],
    )
    g.noise[noise] += g_size * noise_log_sd[noise]
    g.noise[last] += g_size * noise_scaled[noise] * noise_log_sd[last]


@loop
def unsplit(point: Array, frame: Frame, numbers: Numbers) -> tuple[float, Array]:
    """Go, in place, to the breaks between outcomes that two tallies count, each alone, from how far they are off.

    What both say, and what their source makes of it, leaves a break open by the error of the second report only. Were
    the break itself moved, that would be a wall where the error is small. Returns the log of the determinant, and by
    how much each break is off.
    """
    z, prior, log_volume, n = parted(point, numbers.cut), numbers.losses[0], 0.0, len(frame.second)
    off = np.zeros(n)
    if n == 0:
        return log_volume, off
    distortion = distort(z, numbers)[0]
    for j in range(n):
        i, total, first, second, pair_first, pair_second, sign = frame.second[j]
        error = z.origin[first] * np.exp(SIZED * log_size(z, first, numbers))
        ratio = z.origin[second] - z.losses[total] + error - distortion[pair_second] + distortion[pair_first]
        size = np.exp(SIZED * log_size(z, second, numbers))
        off[j] = size * z.losses[i]
        away = sign * ratio + off[j] - prior[i, 0]
        slope = prior[i, 1] if away < 0.0 else prior[i, 2]
        z.losses[i] = away / slope
        log_volume += np.log(size / slope)
    return log_volume, off


@loop
def unsplit_back(point: Array, gradient: Array, x: Array, frame: Frame, off: Array, numbers: Numbers) -> None:
    """Bring a gradient, in place, back to how far breaks are off; `x` is the point before levels became totals."""
    n = len(frame.second)
    if n == 0:
        return
    z, g, at = parted(point, numbers.cut), parted(gradient, numbers.cut), parted(x, numbers.cut)
    prior = numbers.losses[0]
    distortion, log_scale = distort(z, numbers)
    g_distortion = np.zeros(len(distortion))
    for j in range(n):
        i, total, first, second, pair_first, pair_second, sign = frame.second[j]
        g.losses[i] /= prior[i, 1] if z.losses[i] < 0.0 else prior[i, 2]
        g_ratio = sign * g.losses[i]
        log_size_back(g, second, SIZED * (1.0 + g.losses[i] * off[j]), numbers)
        g.losses[i] *= np.exp(SIZED * log_size(z, second, numbers))
        g.losses[total] -= g_ratio
        g.origin[second] += g_ratio
        size = np.exp(SIZED * log_size(z, first, numbers))
        g.origin[first] += g_ratio * size
        log_size_back(g, first, SIZED * g_ratio * size * at.origin[first], numbers)
        g_distortion[pair_second] -= g_ratio
        g_distortion[pair_first] += g_ratio
    distort_back(z, g, g_distortion, np.exp(log_scale), numbers)


@loop
def unlevelled(point: Array, frame: Frame, numbers: Numbers) -> tuple[float, Levelled]:
    """Go, in place, from the level of a tally to the total of which its source sees so much, given its report's error.

    The error moves half way in units of its own size. Returns the log of the determinant.
    """
    z, prior, log_volume, n = parted(point, numbers.cut), numbers.losses[0], 0.0, len(frame.total)
    level, sums, size = z.losses.copy(), np.zeros(n), np.ones(n)
    for o in range(n):
        if frame.total[o] >= 0:
            z.losses[frame.total[o]] = 0.0
    made, factor = lose(z, numbers), np.exp(distort(z, numbers)[0])
    _, cell, pair, weight = numbers.entry
    for o in range(n):
        i = frame.total[o]
        if i >= 0:
            for j in range(frame.first[o], frame.last[o]):
                sums[o] += weight[j] * made.cells[cell[j]] * factor[pair[j]]
            size[o] = np.exp(SIZED * log_size(z, o, numbers))
            z.origin[o] *= size[o]
            away = level[i] - z.origin[o] - np.log(sums[o])
            slope = prior[i, 1] if away < 0.0 else prior[i, 2]
            z.losses[i] = away / slope
            log_volume += np.log(size[o] / slope)
    return log_volume, Levelled(made, factor, sums, size)


@loop
def unlevelled_back(point: Array, gradient: Array, frame: Frame, levels: Levelled, numbers: Numbers) -> None:
    """Bring a gradient, in place, back to levels of tallies."""
    z, g, prior = parted(point, numbers.cut), parted(gradient, numbers.cut), numbers.losses[0]
    made, factor = levels.made, levels.factor
    g_cells, g_distortion = np.zeros(len(made.cells)), np.zeros(len(factor))
    _, cell, pair, weight = numbers.entry
    for o in range(len(frame.total)):
        i = frame.total[o]
        if i >= 0:
            g.losses[i] /= prior[i, 1] if z.losses[i] < 0.0 else prior[i, 2]
            g.origin[o] -= g.losses[i]
            log_size_back(g, o, SIZED * (1.0 + g.origin[o] * z.origin[o]), numbers)
            g.origin[o] *= levels.size[o]
            for j in range(frame.first[o], frame.last[o]):
                part = -g.losses[i] / levels.sums[o] * weight[j] * factor[pair[j]]
                g_cells[cell[j]] += part
                g_distortion[pair[j]] += part * made.cells[cell[j]]
    kept = g.losses.copy()
    lose_back(g, made, g_cells, numbers)
    for o in range(len(frame.total)):
        if frame.total[o] >= 0:  # it was held at its median
            g.losses[frame.total[o]] = kept[frame.total[o]]
    distort_back(z, g, g_distortion, np.exp(distort(z, numbers)[1]), numbers)


@loop
def framed(point: Array, gradient: Array, frame: Frame, numbers: Numbers, families: Any) -> float:
    """Log density of what a frame moves, with its gradient; the point becomes one of the model, but for reports held.

    Parameters
    ----------
    point, gradient : ndarray
        Shape (n,).
    frame : Frame
    numbers : Numbers
    families : tuple
        As of `log_density`.

    Returns
    -------
    float
    """
    moved = point.copy()
    split, off = unsplit(point, frame, numbers)
    curved, shifted = uncurved(point, frame, numbers)
    if len(frame.total) == 0:
        found: float = log_density(point, gradient, frame.held, numbers, families)
    else:
        levelled, levels = unlevelled(point, frame, numbers)
        found = log_density(point, gradient, frame.held, numbers, families) + levelled
        unlevelled_back(point, gradient, frame, levels, numbers)
    uncurved_back(point, gradient, frame, shifted, numbers)
    unsplit_back(point, gradient, moved, frame, off, numbers)
    return found + split + curved
