r"""Coordinates that know of tallies, forwards and backwards: their level and their course.

A tally tells what its source states a hundred times more closely than anything tells the truth, the bias, or the
lasting error that this is made of: these lie on a thin curved sheet. So a sampler moves in what is stated.

``pins``: the level. One figure's stated level is a coordinate, and a standard normal which it is linear in (the lasting
error of its origin, or a part of its bias) is what remains: ``z = (level stated - level without z) / scale``. They are
(figure, factor, scale): place of the figure in the family of tallies; of the bias that is solved for, or -1 for the
error of the origin; and what that bias is multiplied by.

``ties``: the course. What a tally counts is a part of its group's losses, distorted by outcome, and that part drifts;
so the curve of the group moves against the log of the part, knot by knot. They are (group, series, mean, map, basis,
step): for each series that a tally counts its group, and its distortion but for what is pinned; the drift of shares at
the coefficients of the curve; and what a step of the curve is multiplied by, by group.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.inference.written import losses as l
from truetoll.inference.written.loops import loop

Array = NDArray[np.float64]


@loop
def lasting(i: int, z: Any, chain: Any, numbers: Any) -> float:
    """Sd of the error that the figures of a tally share with their origin."""
    noise_median, noise_log_sd = numbers.biases[0], numbers.biases[1]
    n = chain[0][0][i]
    sd: float = np.exp(noise_median[n] + noise_log_sd[n] * z.noise[n]) * np.sqrt(chain[0][1][i])
    return sd


@loop
def pinned(z: Any, cells: Array, pins: Any, chain: Any, numbers: Any) -> float:
    """Solve, in place, for what each pin leaves; returns the log of the determinant, up to a constant."""
    figure, factor, scale = pins
    _, _, _, mean, distortion_map = numbers.biases
    entry_row, entry_cell, entry_distortion, entry_weight = numbers.entry
    start, column, value = distortion_map
    volume = 0.0
    for k in range(len(figure)):
        i, p = figure[k], factor[k]
        row, origin = chain[0][5][i, 0], chain[0][2][i]
        sd = lasting(i, z, chain, numbers)
        stated = chain[1][0][i] + chain[0][4][i]
        if p >= 0:
            stated += z.bias[p]
            z.bias[p] = 0.0
        else:
            stated += z.origin[origin]
        total = 0.0
        for e in range(np.searchsorted(entry_row, row), np.searchsorted(entry_row, row + 1)):
            d = entry_distortion[e]
            by = mean[d]
            for j in range(start[d], start[d + 1]):
                by += value[j] * z.bias[column[j]]
            total += entry_weight[e] * cells[entry_cell[e]] * np.exp(by)
        level = np.log(total)
        if p >= 0:
            if chain[0][1][i] > 0.0:
                level += sd * z.origin[origin]
            z.bias[p] = (stated - level) / scale[k]
        else:
            z.origin[origin] = (stated - level) / sd
            volume -= np.log(sd)
    return volume


@loop
def pinned_back(z: Any, g: Any, cells: Array, said: Any, g_cells: Array, pins: Any, chain: Any, numbers: Any) -> None:
    """Bring slopes of what was solved for to the stated levels, and to all else that these are made of."""
    figure, factor, scale = pins
    noise_log_sd, distortion_map = numbers.biases[1], numbers.biases[4]
    entry_row, entry_cell, entry_distortion, entry_weight = numbers.entry
    start, column, value = distortion_map
    for k in range(len(figure) - 1, -1, -1):
        i, p = figure[k], factor[k]
        row, origin, n = chain[0][5][i, 0], chain[0][2][i], chain[0][0][i]
        sd = lasting(i, z, chain, numbers)
        if p >= 0:
            slope = g.bias[p] / scale[k]
            g.bias[p] = slope
            if chain[0][1][i] > 0.0:
                g.origin[origin] -= slope * sd
                g.noise[n] -= slope * sd * z.origin[origin] * noise_log_sd[n]
        else:
            g.noise[n] -= (g.origin[origin] * z.origin[origin] + 1.0) * noise_log_sd[n]
            slope = g.origin[origin] / sd
            g.origin[origin] = slope
        for e in range(np.searchsorted(entry_row, row), np.searchsorted(entry_row, row + 1)):
            d = entry_distortion[e]
            part = slope / said.total[row] * entry_weight[e] * said.factor[d]
            g_cells[entry_cell[e]] -= part
            for j in range(start[d], start[d + 1]):
                if column[j] != p:
                    g.bias[column[j]] -= part * cells[entry_cell[e]] * value[j]


@loop
def parts(z: Any, ties: Any, numbers: Any) -> tuple[Array, Array, Array]:
    """Shares of all series at the coefficients, of each tied one in what its tally counts, and what that is."""
    group, series, mean, of_bias, basis, _ = ties
    prior, owner, _, exposure, _, of_series, split, _, _, split_walk, _ = numbers.losses
    first, n_knots = len(owner) - 1 + len(exposure), len(basis)
    value, _ = l.stated(z.losses, prior)
    bend = np.zeros((z.split.shape[0], n_knots))
    for i in range(len(bend)):
        height = np.cumsum(z.split[i])
        for k in range(n_knots):
            for m in range(len(height)):
                bend[i, k] += basis[k, m] * height[m]
    share = l.shares(value[first:], split, bend, split_walk, of_series, len(exposure))
    each, total = np.empty((len(group), n_knots)), np.zeros((len(exposure), n_knots))
    for i in range(len(group)):
        factor = np.exp(mean[i] + np.sum(of_bias[i] * z.bias))
        for k in range(n_knots):
            each[i, k] = share[series[i], k] * factor
            total[group[i], k] += each[i, k]
    for i in range(len(group)):
        for k in range(n_knots):
            each[i, k] /= total[group[i], k]
    return share, each, total


@loop
def tied(z: Any, ties: Any, numbers: Any) -> None:
    """Go, in place, from steps of what tallies count to steps of what is lost."""
    group, step = ties[0], ties[5]
    if len(group) == 0:
        return
    _, _, part = parts(z, ties, numbers)
    last = -1
    for g in group:
        if g != last:
            for k in range(step.shape[1]):
                z.profile[g, k] -= np.log(part[g, k + 1] / part[g, k]) / step[g, k]
        last = g


@loop
def tied_back(z: Any, g_z: Any, ties: Any, numbers: Any) -> None:
    """Bring slopes of the steps back to breaks, drifts and biases. In `z` the curves no longer matter."""
    group, series, _, of_bias, basis, step = ties
    if len(group) == 0:
        return
    prior, owner, _, exposure, _, of_series, split, _, _, split_walk, _ = numbers.losses
    first = len(owner) - 1 + len(exposure)
    share, each, _ = parts(z, ties, numbers)
    g_log = np.zeros(share.shape)
    for i in range(len(group)):
        g, whole = group[i], 0.0
        for k in range(step.shape[1]):
            slope = -g_z.profile[g, k] / step[g, k]
            g_log[series[i], k + 1] += slope * each[i, k + 1]
            g_log[series[i], k] -= slope * each[i, k]
            whole += slope * (each[i, k + 1] - each[i, k])
        for m in range(of_bias.shape[1]):
            g_z.bias[m] += whole * of_bias[i, m]
    value, slopes = l.stated(z.losses, prior)
    g_breaks, g_bend = np.zeros(len(value) - first), np.zeros((g_z.split.shape[0], share.shape[1]))
    l.shares_back(value[first:], share, g_log, split, split_walk, of_series, len(exposure), g_breaks, g_bend)
    for b in range(len(g_breaks)):
        g_z.losses[first + b] += g_breaks[b] * slopes[first + b]
    for i in range(len(g_bend)):
        later = 0.0
        for m in range(basis.shape[1] - 1, -1, -1):
            for k in range(len(basis)):
                later += basis[k, m] * g_bend[i, k]
            g_z.split[i, m] += later
