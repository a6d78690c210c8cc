"""The latent losses forwards, and their slopes backwards; symbols are those of `truetoll.model.losses`.

A name with ``g_`` in front is the slope of the log density in what follows it. Sparse matrices are (start of each row,
column, value).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels.loops import loop

Array = NDArray[np.float64]


@loop
def softplus(x: float) -> float:
    """log(1 + e^x) that does not overflow."""
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


@loop
def sigmoid(x: float) -> float:
    """1 / (1 + e^-x)."""
    return 1.0 / (1.0 + math.exp(-x)) if x > 0 else math.exp(x) / (1.0 + math.exp(x))


@loop
def multiplied(start: Any, column: Any, value: Array, x: Array, out: Array) -> None:
    """Add a sparse matrix (rows from `start`) times x to `out`."""
    for i in range(len(start) - 1):
        total = 0.0
        for j in range(start[i], start[i + 1]):
            total += value[j] * x[column[j]]
        out[i] += total


@loop
def returned(start: Any, column: Any, value: Array, g_out: Array, g_x: Array) -> None:
    """Add the transpose of a sparse matrix times `g_out` to `g_x`."""
    for i in range(len(start) - 1):
        for j in range(start[i], start[i + 1]):
            g_x[column[j]] += value[j] * g_out[i]


@loop
def stated(z: Array, prior: Array) -> tuple[Array, Array]:
    """Quantities stated by median and interval, and their slope in z."""
    value, slope = np.empty(len(z)), np.empty(len(z))
    for i in range(len(z)):
        slope[i] = prior[i, 1] if z[i] < 0.0 else prior[i, 2]
        value[i] = prior[i, 0] + z[i] * slope[i]
    return value, slope


@loop
def curves(z: Array, basis: Any, walk: bool) -> Array:
    """Curve of each row of z over the bins; a walk adds up its steps first."""
    start, column, value = basis
    found = np.zeros((z.shape[0], len(start) - 1))
    for g in range(z.shape[0]):
        height = z[g]
        if walk:
            height = np.cumsum(z[g])
        multiplied(start, column, value, height, found[g])
    return found


@loop
def curves_back(g_curve: Array, basis: Any, walk: bool, g_z: Array) -> None:
    """Slopes of the steps from those of the curves."""
    start, column, value = basis
    for g in range(g_z.shape[0]):
        height = np.zeros(g_z.shape[1])
        returned(start, column, value, g_curve[g], height)
        total = 0.0
        for k in range(g_z.shape[1] - 1, -1, -1):
            total = total + height[k] if walk else height[k]
            g_z[g, k] += total


@loop
def profiles(curve: Array, scale: Array, sd: Array, exposure: Array) -> Array:
    """Share of each group's losses in each bin, adding up to one."""
    found = np.empty_like(exposure)
    for g in range(exposure.shape[0]):
        total, highest = 0.0, -np.inf
        for t in range(exposure.shape[1]):
            found[g, t] = sd[g, t] * scale[g] * curve[g, t]
            highest = max(highest, found[g, t])
        for t in range(exposure.shape[1]):
            found[g, t] = exposure[g, t] * np.exp(found[g, t] - highest)
            total += found[g, t]
        for t in range(exposure.shape[1]):
            found[g, t] /= total
    return found


@loop
def profiles_back(
    profile: Array, g_profile: Array, curve: Array, scale: Array, sd: Array, g_curve: Array, g_scale: Array
) -> None:
    """Slopes of curve and scale from those of the profile."""
    for g in range(profile.shape[0]):
        mean = 0.0
        for t in range(profile.shape[1]):
            mean += profile[g, t] * g_profile[g, t]
        for t in range(profile.shape[1]):
            eta = profile[g, t] * (g_profile[g, t] - mean) * sd[g, t]
            g_curve[g, t] += eta * scale[g]
            g_scale[g] += eta * curve[g, t]


@loop
def bounded(size: Array, rate: Array, profile: Array, owner: Any, present: Array, lost: Array, strength: Array) -> None:
    """Losses and strength of bounded forces, added up over contingents."""
    for k in range(len(size)):
        f = owner[k]
        so_far = 0.0
        for t in range(profile.shape[1]):
            if present[k, t] > 0.0:
                hazard = rate[f] * profile[f, t]
                lost[f, t] += size[k] * np.exp(-so_far) * -np.expm1(-hazard)
                strength[f, t] += size[k]
                so_far += hazard


@loop
def bounded_back(
    size: Array,
    rate: Array,
    profile: Array,
    owner: Any,
    present: Array,
    g_lost: Array,
    g_strength: Array,
    g_size: Array,
    g_rate: Array,
    g_profile: Array,
) -> None:
    """Slopes of sizes, rates and profile; ``g_size`` is that of the log size."""
    for k in range(len(size)):
        f, whole = owner[k], 0.0
        for t in range(profile.shape[1]):
            whole += rate[f] * profile[f, t] * present[k, t]
        later, so_far = 0.0, whole
        for t in range(profile.shape[1] - 1, -1, -1):
            if present[k, t] > 0.0:
                hazard = rate[f] * profile[f, t]
                so_far -= hazard
                at_risk = size[k] * np.exp(-so_far)
                here = g_lost[f, t] * at_risk * -np.expm1(-hazard)
                g_hazard = g_lost[f, t] * at_risk * np.exp(-hazard) - later
                g_size[k] += here + g_strength[f, t] * size[k]
                g_rate[f] += g_hazard * profile[f, t]
                g_profile[f, t] += g_hazard * rate[f]
                later += here


@loop
def linked(totals: Array, links: Any, root: Any, lost: Array) -> Array:
    """Whole losses of unbounded groups: as stated, or so many times those of another force."""
    found = np.zeros(len(totals))
    multiplied(links[0], links[1], links[2], totals, found)
    for g in range(len(found)):
        found[g] = np.exp(found[g])
        if root[g] > 0:
            found[g] *= np.sum(lost[root[g] - 1])
    return found


@loop
def linked_back(g_total: Array, links: Any, root: Any, lost: Array, g_stated: Array, g_lost: Array) -> None:
    """Slopes of what is stated, and of the losses of bounded forces, from those of the log totals."""
    returned(links[0], links[1], links[2], g_total, g_stated)
    for g in range(len(g_total)):
        if root[g] > 0:
            f = root[g] - 1
            part = g_total[g] / np.sum(lost[f])
            for t in range(lost.shape[1]):
                g_lost[f, t] += part


@loop
def shares(breaks: Array, split: Any, bend: Array, split_walk: Any, group: Any, n_groups: int) -> Array:
    """Share of each series in its group's losses, by bin."""
    n, n_series = len(breaks), len(group)
    logs, log_share = np.empty(2 * n), np.zeros(n_series)
    for b in range(n):
        logs[b], logs[n + b] = -softplus(-breaks[b]), -softplus(breaks[b])
    multiplied(split[0], split[1], split[2], logs, log_share)
    found = np.zeros((n_series, bend.shape[1]))
    total = np.zeros((n_groups, bend.shape[1]))
    start, column, value = split_walk
    for i in range(n_series):
        drifts, steady = start[i] < start[i + 1], np.exp(log_share[i])
        for j in range(start[i], start[i + 1]):
            for t in range(bend.shape[1]):
                found[i, t] += value[j] * bend[column[j], t]
        for t in range(bend.shape[1]):
            found[i, t] = np.exp(log_share[i] + found[i, t]) if drifts else steady
            total[group[i], t] += found[i, t]
    for i in range(n_series):
        for t in range(bend.shape[1]):
            found[i, t] /= total[group[i], t]
    return found


@loop
def shares_back(
    breaks: Array,
    share: Array,
    g_log: Array,
    split: Any,
    split_walk: Any,
    group: Any,
    n_groups: int,
    g_breaks: Array,
    g_bend: Array,
) -> None:
    """Slopes of breaks and drifts from those of the log shares (which are changed)."""
    n, n_series, n_bins = len(breaks), share.shape[0], share.shape[1]
    total = np.zeros((n_groups, n_bins))
    for i in range(n_series):
        for t in range(n_bins):
            total[group[i], t] += g_log[i, t]
    start, column, value = split_walk
    g_share = np.zeros(n_series)
    for i in range(n_series):
        for t in range(n_bins):
            g_log[i, t] -= share[i, t] * total[group[i], t]
            g_share[i] += g_log[i, t]
        for j in range(start[i], start[i + 1]):
            for t in range(n_bins):
                g_bend[column[j], t] += value[j] * g_log[i, t]
    g_logs = np.zeros(2 * n)
    returned(split[0], split[1], split[2], g_share, g_logs)
    for b in range(n):
        g_breaks[b] += g_logs[b] * sigmoid(-breaks[b]) - g_logs[n + b] * sigmoid(breaks[b])


@loop
def added(lost: Array, share: Array, strength: Array, group: Any) -> Array:
    """Cells that claims look at: losses by series and bin, the same up to each bin, strength."""
    n_series, n_bins = share.shape
    n = n_series * n_bins
    cells = np.empty(2 * n + strength.size)
    for i in range(n_series):
        so_far = 0.0
        for t in range(n_bins):
            here = lost[group[i], t] * share[i, t]
            so_far += here
            cells[i * n_bins + t], cells[n + i * n_bins + t] = here, so_far
    cells[2 * n :] = strength.reshape(strength.size)
    return cells


@loop
def added_back(lost: Array, share: Array, cells: Array, g_cells: Array, group: Any) -> tuple[Array, Array]:
    """Slopes of the groups' losses and of the log shares."""
    n_series, n_bins = share.shape
    g_lost, g_log = np.zeros(lost.shape), np.empty(share.shape)
    for i in range(n_series):
        later = 0.0
        for t in range(n_bins - 1, -1, -1):
            later += g_cells[n_series * n_bins + i * n_bins + t]
            whole = g_cells[i * n_bins + t] + later
            g_lost[group[i], t] += whole * share[i, t]
            g_log[i, t] = whole * cells[i * n_bins + t]
    return g_lost, g_log
