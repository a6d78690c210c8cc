"""From what a sampler moves to the free variables of the model, and slopes back: `truetoll.sampling.frames`."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels import losses as l
from truetoll.model.kernels.density import (
    Lost,
    Numbers,
    Point,
    distort,
    distort_back,
    divide,
    heard,
    log_density,
    lose_back,
    lose_by,
    normal,
    parted,
    read,
    say_back,
    say_by,
    stated_back,
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
Shifted = namedtuple("Shifted", ("scale", "shift", "seen"))
"""What went into the shift of a point's curves."""


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
def uncurved(z: Point, share: Array, factor: Array, frame: Frame, numbers: Numbers) -> tuple[float, Shifted]:
    """Go, in place, from curves of what is seen, in steps of their own size, to those of the losses in units of scale.

    Where many claims fix a curve, its steps hardly depend on the scale, nor on what sources make of the losses, while
    steps in units of it would have to follow every move of either. Returns the log of the determinant.
    """
    scale_map, n_groups = numbers.losses[7], len(frame.centred)
    scale, shift, log_volume = np.zeros(n_groups), np.zeros((n_groups, z.profile.shape[1])), 0.0
    seen = np.zeros((0, 0))
    if n_groups > 0:
        l.multiplied(scale_map[0], scale_map[1], scale_map[2], z.stray, scale)
    if len(frame.series) > 0:
        seen = visible(share, factor, frame, numbers.losses[5])
        followed(seen, frame.steps, shift)
    for i in range(n_groups):
        log_volume -= frame.centred[i] * scale[i] * z.profile.shape[1]
        unit, usual = np.exp(-frame.centred[i] * scale[i]), np.exp(-scale[i])
        for k in range(z.profile.shape[1]):
            shift[i, k] *= usual
            z.profile[i, k] = unit * z.profile[i, k] - shift[i, k]
    return log_volume, Shifted(scale, shift, seen)


@loop
def uncurved_back(
    z: Point,
    g: Point,
    frame: Frame,
    shifted: Shifted,
    share: Array,
    factor: Array,
    g_log: Array,
    g_distortion: Array,
    numbers: Numbers,
) -> None:
    """Bring a gradient back to curves of what is seen, in place, and add to slopes of log shares and distortions."""
    n_groups, scale_map = len(frame.centred), numbers.losses[7]
    if n_groups == 0:
        return
    g_scale, g_shift = np.empty(n_groups), np.zeros(shifted.shift.shape)
    for i in range(n_groups):
        moved, all_moved = 0.0, 0.0
        unit, usual = np.exp(-frame.centred[i] * shifted.scale[i]), np.exp(-shifted.scale[i])
        for k in range(z.profile.shape[1]):
            moved += g.profile[i, k] * shifted.shift[i, k]
            all_moved += g.profile[i, k] * (z.profile[i, k] + shifted.shift[i, k])
            g_shift[i, k] = -usual * g.profile[i, k]
            g.profile[i, k] *= unit
        g_scale[i] = moved - frame.centred[i] * (z.profile.shape[1] + all_moved)
    l.returned(scale_map[0], scale_map[1], scale_map[2], g_scale, g.stray)
    seen_back(g_shift, frame, shifted, share, factor, g_log, g_distortion, numbers.losses[5])


@loop
def seen_back(
    g_shift: Array,
    frame: Frame,
    shifted: Shifted,
    share: Array,
    factor: Array,
    g_log: Array,
    g_distortion: Array,
    group: Any,
) -> None:
    """Bring slopes of the steps back to log shares and distortions."""
    for j in range(len(frame.series)):
        i, pair, of = frame.series[j], frame.pair[j], group[frame.series[j]]
        for t in range(len(frame.bins)):
            part = 0.0
            for k in range(g_shift.shape[1]):
                part += frame.steps[of, k, t] * g_shift[of, k]
            part *= share[i, frame.bins[t]] * factor[pair] / shifted.seen[of, t]
            g_log[i, frame.bins[t]] += part
            g_distortion[pair] += part


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
def unsplit(z: Point, distortion: Array, frame: Frame, numbers: Numbers) -> tuple[float, Array]:
    """Go, in place, to the breaks between outcomes that two tallies count, each alone, from how far they are off.

    What both say, and what their source makes of it, leaves a break open by the error of the second report only. Were
    the break itself moved, that would be a wall where the error is small. Returns the log of the determinant, and by
    how much each break is off.
    """
    prior, log_volume, n = numbers.losses[0], 0.0, len(frame.second)
    off = np.zeros(n)
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
def unsplit_back(
    z: Point, g: Point, errors: Array, frame: Frame, off: Array, g_distortion: Array, numbers: Numbers
) -> None:
    """Bring a gradient, in place, back to how far breaks are off, and add to the slopes of distortions.

    `errors` are those of reports before levels became totals.
    """
    prior = numbers.losses[0]
    for j in range(len(frame.second)):
        i, total, first, second, pair_first, pair_second, sign = frame.second[j]
        g.losses[i] /= prior[i, 1] if z.losses[i] < 0.0 else prior[i, 2]
        g_ratio = sign * g.losses[i]
        log_size_back(g, second, SIZED * (1.0 + g.losses[i] * off[j]), numbers)
        g.losses[i] *= np.exp(SIZED * log_size(z, second, numbers))
        g.losses[total] -= g_ratio
        g.origin[second] += g_ratio
        size = np.exp(SIZED * log_size(z, first, numbers))
        g.origin[first] += g_ratio * size
        log_size_back(g, first, SIZED * g_ratio * size * errors[first], numbers)
        g_distortion[pair_second] -= g_ratio
        g_distortion[pair_first] += g_ratio


@loop
def unlevelled(
    z: Point, level: Array, made: Lost, factor: Array, frame: Frame, numbers: Numbers
) -> tuple[float, Array, Array]:
    """Go, in place, from the level of a tally to the total of which its source sees so much, given its report's error.

    Losses were made with totals at their medians, and become those of the totals found. The error moves half way in
    units of its own size. Returns the log of the determinant, what each reading adds up to, and the sizes.
    """
    prior, log_volume, n = numbers.losses[0], 0.0, len(frame.total)
    sums, size = np.zeros(n), np.ones(n)
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
            made.value[i] += away
            made.slope[i] = slope
            sums[o] *= np.exp(away)
            multiplied(made, i, np.exp(away), numbers)
    return log_volume, sums, size


@loop
def multiplied(made: Lost, i: int, by: float, numbers: Numbers) -> None:
    """Multiply, in place, the losses that a stated total is of."""
    group, of = numbers.losses[5], i - len(numbers.losses[1]) + 1
    n_series, n_bins = made.share.shape
    for t in range(n_bins):
        made.lost[of, t] *= by
    for s in range(n_series):
        if group[s] == of:
            for t in range(n_bins):
                made.cells[s * n_bins + t] *= by
                made.cells[(n_series + s) * n_bins + t] *= by


@loop
def unlevelled_back(
    z: Point,
    g: Point,
    made: Lost,
    factor: Array,
    levels: Any,
    frame: Frame,
    g_cells: Array,
    g_distortion: Array,
    numbers: Numbers,
) -> None:
    """Bring a gradient, in place, back to levels of tallies, and add to the slopes of cells and distortions.

    The slope in a total is that of all its cells together, as they are proportional to it.
    """
    sums, size = levels
    group, first_group = numbers.losses[5], len(numbers.losses[1]) - 1
    n_series, n_bins = made.share.shape
    _, cell, pair, weight = numbers.entry
    for o in range(len(frame.total)):
        i = frame.total[o]
        if i >= 0:
            g_level = g.losses[i] / made.slope[i]
            for s in range(n_series):
                if group[s] == i - first_group:
                    for c in range(s * n_bins, (s + 1) * n_bins):
                        further = n_series * n_bins + c
                        g_level += g_cells[c] * made.cells[c] + g_cells[further] * made.cells[further]
            g.losses[i] = g_level
            g.origin[o] -= g_level
            log_size_back(g, o, SIZED * (1.0 + g.origin[o] * z.origin[o]), numbers)
            g.origin[o] *= size[o]
            for j in range(frame.first[o], frame.last[o]):
                part = -g_level / sums[o] * weight[j] * factor[pair[j]]
                g_cells[cell[j]] += part
                g_distortion[pair[j]] += part * made.cells[cell[j]]


@loop
def framed(point: Array, gradient: Array, frame: Frame, numbers: Numbers, families: Any) -> float:
    """Log density of what a frame moves, with its gradient; the point becomes one of the model, but for reports held.

    Distortions, shares and losses are computed once, and slopes are brought back through them once: a frame changes
    curves and totals, and what it does to them adds to the slopes of the same cells, shares and distortions.

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
    gradient[:] = 0.0
    z, g = parted(point, numbers.cut), parted(gradient, numbers.cut)
    distortion, log_scale = distort(z, numbers)
    factor, errors = np.exp(distortion), z.origin.copy()
    volume, off = unsplit(z, distortion, frame, numbers)
    level = z.losses.copy()
    for total in frame.total:
        if total >= 0:
            z.losses[total] = 0.0
    value, slope = l.stated(z.losses, numbers.losses[0])
    share = divide(z, value, numbers)
    curved, shifted = uncurved(z, share, factor, frame, numbers)
    made = lose_by(z, value, slope, share, numbers)
    levelled, sums, size = unlevelled(z, level, made, factor, frame, numbers)
    said = say_by(z, made.cells, distortion, factor, log_scale, numbers)
    found, g_row, g_sigma = heard(z, g, said, frame.held, numbers, families)
    found += normal(point, gradient, len(point) - len(z.origin))

    g_cells, g_distortion = say_back(z, g, made.cells, said, g_row, g_sigma, numbers)
    unlevelled_back(z, g, made, factor, (sums, size), frame, g_cells, g_distortion, numbers)
    g_log, g_value = lose_back(g, made, g_cells, numbers)
    for total in frame.total:
        if total >= 0:  # the level moves, and the total with it
            g_value[total] = 0.0
    uncurved_back(z, g, frame, shifted, share, factor, g_log, g_distortion, numbers)
    stated_back(g, made, g_log, g_value, numbers)
    unsplit_back(z, g, errors, frame, off, g_distortion, numbers)
    distort_back(z, g, g_distortion, np.exp(log_scale), numbers)
    return found + volume + curved + levelled
