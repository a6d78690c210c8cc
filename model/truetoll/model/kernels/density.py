r"""The log posterior density of a case with its gradient, and what is read off draws, written out as loops.

The model is stated as a `pymc.Model` in losses.py, reporting.py and forms.py, one floor up. What a sampler asks for
a hundred thousand times is written here a second time, because a graph of some four hundred operations costs 50
microseconds a gradient however small the case, and these loops a fifth of it. A test holds the two against each other,
value, gradient and readings, on cases with everything the schema allows.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels import losses as l
from truetoll.model.kernels import masses
from truetoll.model.kernels import reporting as r
from truetoll.model.kernels.loops import inlined, loop

Array = NDArray[np.float64]
_LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))

Numbers = namedtuple("Numbers", ("cut", "losses", "biases", "entry", "row", "origins"))
"""What a point is turned into losses and readings with; `truetoll.sampling.compiled` names the parts."""
Point = namedtuple("Point", ("losses", "profile", "stray", "split", "bias", "noise", "origin"))
"""Free variables of one point; also their slopes."""
Lost = namedtuple("Lost", ("value", "slope", "size", "rate", "scale", "curve", "profile", "lost", "share", "cells"))
"""The losses of one point, and what they were made from."""
Said = namedtuple("Said", ("distortion", "factor", "sigma", "level", "total"))
"""What sources make of them."""


@loop
def parted(point: Array, cut: Any) -> Point:
    """Cut a flat point, or its gradient, into free variables."""
    n_parameters, n_groups, n_knots, n_walks, n_divided, n_split, n_factors, n_noises, n_origins = cut
    a = n_parameters
    b = a + n_groups * n_knots
    c = b + n_walks
    d = c + n_divided * n_split
    e = d + n_factors
    f = e + n_noises
    return Point(
        point[:a],
        point[a:b].reshape((n_groups, n_knots)),
        point[b:c],
        point[c:d].reshape((n_divided, n_split)),
        point[d:e],
        point[e:f],
        point[f : f + n_origins],
    )


@loop
def lose(z: Point, numbers: Numbers) -> Lost:
    """Go from free variables to losses by series and bin."""
    value, slope = l.stated(z.losses, numbers.losses[0])
    return lose_by(z, value, slope, divide(z, value, numbers), numbers)


@inlined
def lose_by(z: Point, value: Array, slope: Array, share: Array, numbers: Numbers) -> Lost:
    """Go on from what is stated, and from the shares of series, to losses by series and bin."""
    _, owner, present, exposure, sd, group, _, scale_map, basis, _, _, links, root = numbers.losses
    n_bounded, n_contingents = owner[-1], len(owner) - 1
    n_groups, n_bins = exposure.shape
    size = np.exp(value[:n_contingents])
    rate = np.empty(n_bounded)
    for f in range(n_bounded):
        rate[f] = l.softplus(value[n_contingents + f])
    scale = np.zeros(n_groups)
    l.multiplied(scale_map[0], scale_map[1], scale_map[2], z.stray, scale)
    scale = np.exp(scale)
    curve = l.curves(z.profile, basis, False)
    profile = l.profiles(curve, scale, sd, exposure)
    lost, strength = np.zeros((n_groups, n_bins)), np.zeros((n_bounded, n_bins))
    l.bounded(size, rate, profile, owner, present, lost, strength)
    totals = l.linked(value[n_contingents + n_bounded : n_contingents + n_groups], links, root, lost)
    for g in range(n_bounded, n_groups):
        total = totals[g - n_bounded]
        for t in range(n_bins):
            lost[g, t] = total * profile[g, t]
    cells = l.added(lost, share, strength, group)
    return Lost(value, slope, size, rate, scale, curve, profile, lost, share, cells)


@loop
def divide(z: Point, value: Array, numbers: Numbers) -> Array:
    """Share of each series in its group's losses, dims (series, bin)."""
    _, owner, _, exposure, _, group, split, _, _, split_walk, split_basis, _, _ = numbers.losses
    n_groups = exposure.shape[0]
    breaks = value[len(owner) - 1 + n_groups :]
    return l.shares(breaks, split, l.curves(z.split, split_basis, True), split_walk, group, n_groups)


@loop
def divide_back(g: Point, value: Array, share: Array, g_log: Array, g_value: Array, numbers: Numbers) -> None:
    """Bring slopes of the log shares (which are changed) back to drifts, and to the values that are stated."""
    _, owner, _, exposure, _, group, split, _, _, split_walk, split_basis, _, _ = numbers.losses
    n_groups, n_bins = exposure.shape
    first = len(owner) - 1 + n_groups
    g_bend = np.zeros((g.split.shape[0], n_bins))
    l.shares_back(value[first:], share, g_log, split, split_walk, group, n_groups, g_value[first:], g_bend)
    l.curves_back(g_bend, split_basis, True, g.split)


@loop
def say(z: Point, cells: Array, numbers: Numbers) -> Said:
    """Go from losses to what every reading would be without noise."""
    distortion, log_scale = distort(z, numbers)
    return say_by(z, cells, distortion, np.exp(distortion), log_scale, numbers)


@inlined
def say_by(z: Point, cells: Array, distortion: Array, factor: Array, log_scale: float, numbers: Numbers) -> Said:
    """Go on from distortions to what every reading would be without noise."""
    noise_median, noise_log_sd, noise_scaled, bound_sd = numbers.biases[:4]
    n = len(noise_median)
    sigma = np.empty(n + len(bound_sd))
    for s in range(n):
        sigma[s] = np.exp(noise_median[s] + noise_log_sd[s] * z.noise[s] + noise_scaled[s] * log_scale)
    sigma[n:] = bound_sd
    level, total = r.expected(cells, factor, numbers.entry, numbers.row)
    return Said(distortion, factor, sigma, level, total)


@loop
def distort(z: Point, numbers: Numbers) -> tuple[Array, float]:
    """Bias and slant of each loss pair, and the log scale of the case that they are multiplied by."""
    noise_median, noise_log_sd, mean, distortion_map = (
        numbers.biases[0],
        numbers.biases[1],
        numbers.biases[4],
        numbers.biases[5],
    )
    last = len(noise_median) - 1
    log_scale = noise_median[last] + noise_log_sd[last] * z.noise[last]
    found = mean.copy()
    l.multiplied(distortion_map[0], distortion_map[1], distortion_map[2], z.bias * np.exp(log_scale), found)
    return found, log_scale


@loop
def distort_back(z: Point, g: Point, g_distortion: Array, scale: float, numbers: Numbers) -> None:
    """Bring slopes of distortions back to biases and the scale of the case."""
    noise_log_sd, distortion_map = numbers.biases[1], numbers.biases[5]
    g_bias = np.zeros(len(z.bias))
    l.returned(distortion_map[0], distortion_map[1], distortion_map[2], g_distortion, g_bias)
    g_bias *= scale
    g.bias[:] += g_bias
    last = len(z.noise) - 1
    g.noise[last] += np.sum(g_bias * z.bias) * noise_log_sd[last]


@loop
def say_back(
    z: Point, g: Point, cells: Array, said: Said, g_level: Array, g_sigma: Array, numbers: Numbers
) -> tuple[Array, Array]:
    """Bring slopes of readings and noise back to noise, and give those of the cells and of distortions."""
    noise_log_sd, noise_scaled = numbers.biases[1], numbers.biases[2]
    last = len(z.noise) - 1
    g_cells, g_distortion = np.zeros(len(cells)), np.zeros(len(said.distortion))
    r.expected_back(said.total, g_level, cells, said.factor, numbers.entry, numbers.row, g_cells, g_distortion)
    g_scale = 0.0
    for s in range(last + 1):
        g.noise[s] += g_sigma[s] * said.sigma[s] * noise_log_sd[s]
        g_scale += g_sigma[s] * said.sigma[s] * noise_scaled[s]
    g.noise[last] += g_scale * noise_log_sd[last]
    return g_cells, g_distortion


@loop
def lose_back(g: Point, made: Lost, g_cells: Array, numbers: Numbers) -> tuple[Array, Array]:
    """Bring slopes of the cells back to curves, and give those of log shares and of what is stated: `stated_back`."""
    _, owner, present, exposure, sd, group, _, scale_map, basis, _, _, links, root = numbers.losses
    n_bounded, n_contingents = owner[-1], len(owner) - 1
    n_groups, n_bins = exposure.shape
    g_lost, g_log = l.added_back(made.lost, made.share, made.cells, g_cells, group)
    g_value = np.zeros(len(made.value))
    g_profile, g_rate = np.zeros((n_groups, n_bins)), np.zeros(n_bounded)
    g_strength = g_cells[2 * made.share.size :].reshape((n_bounded, n_bins))
    first, last = n_contingents + n_bounded, n_contingents + n_groups
    totals, g_total = l.linked(made.value[first:last], links, root, made.lost), np.zeros(n_groups - n_bounded)
    for i in range(n_bounded, n_groups):
        for t in range(n_bins):
            g_profile[i, t] = g_lost[i, t] * totals[i - n_bounded]
            g_total[i - n_bounded] += g_lost[i, t] * made.lost[i, t]
    l.linked_back(g_total, links, root, made.lost, g_value[first:last], g_lost)
    l.bounded_back(made.size, made.rate, made.profile, owner, present, g_lost, g_strength, g_value, g_rate, g_profile)
    for f in range(n_bounded):
        g_value[n_contingents + f] = g_rate[f] * l.sigmoid(made.value[n_contingents + f])
    g_curve, g_scale = np.zeros((n_groups, n_bins)), np.zeros(n_groups)
    l.profiles_back(made.profile, g_profile, made.curve, made.scale, sd, g_curve, g_scale)
    l.curves_back(g_curve, basis, False, g.profile)
    l.returned(scale_map[0], scale_map[1], scale_map[2], g_scale * made.scale, g.stray)
    return g_log, g_value


@inlined
def stated_back(g: Point, made: Lost, g_log: Array, g_value: Array, numbers: Numbers) -> None:
    """Bring slopes of the log shares (which are changed) and of what is stated back to free variables."""
    divide_back(g, made.value, made.share, g_log, g_value, numbers)
    for i in range(len(g.losses)):
        g.losses[i] += g_value[i] * made.slope[i]


@inlined
def heard(z: Point, g: Point, said: Said, held: Any, numbers: Numbers, families: Any) -> tuple[float, Array, Array]:
    """Log density of claims and shared errors, with slopes of readings and noise; those of the errors go to `g`."""
    g_level, g_sigma = np.zeros(len(said.level)), np.zeros(len(said.sigma))
    n_origins = len(z.origin)
    shared, g_shared = np.zeros(n_origins + 1), np.zeros(n_origins + 1)  # the last is of claims alone in their origin
    shared[:n_origins] = z.origin
    for o in range(len(held)):
        if held[o] >= 0:
            shared[o] -= said.level[held[o]]
    means, slopes = (said.level, said.sigma, shared), (g_level, g_sigma, g_shared)
    interval, hedged, bound, chain = families
    found: float = r.intervals(interval[0], interval[1], means, slopes)
    found += r.hedges(hedged[0], hedged[1], means, slopes)
    found += r.bounds(bound[0], bound[1], means, slopes)
    found += r.tallied(chain[0], chain[1], chain[2], means, slopes)
    found += r.shared_errors(shared[:n_origins], numbers.origins, said.sigma, g_sigma, g_shared)
    g.origin[:] = g_shared[:n_origins]
    for o in range(len(held)):
        if held[o] >= 0:
            g_level[held[o]] -= g_shared[o]
    return found, g_level, g_sigma


@inlined
def normal(point: Array, gradient: Array, n: int) -> float:
    """Log density of the first n numbers of a point, standard normals; their slopes are added to `gradient`."""
    found = 0.0
    for i in range(n):
        found -= 0.5 * point[i] ** 2 + _LOG_ROOT_2PI
        gradient[i] -= point[i]
    return found


@loop
def log_density(point: Array, gradient: Array, numbers: Numbers, families: Any) -> float:
    """Log posterior density at a flat point; its gradient is written to `gradient`.

    Parameters
    ----------
    point, gradient : ndarray
        Shape (n,).
    numbers : Numbers
    families : tuple
        Of each family: numbers of every claim, those of its form, and of tallies the links.

    Returns
    -------
    float
    """
    gradient[:] = 0.0
    z, g = parted(point, numbers.cut), parted(gradient, numbers.cut)
    made = lose(z, numbers)
    said = say(z, made.cells, numbers)
    found, g_level, g_sigma = heard(z, g, said, np.empty(0, np.int64), numbers, families)
    g_cells, g_distortion = say_back(z, g, made.cells, said, g_level, g_sigma, numbers)
    distort_back(z, g, g_distortion, said.sigma[len(z.noise) - 1], numbers)
    g_log, g_value = lose_back(g, made, g_cells, numbers)
    stated_back(g, made, g_log, g_value, numbers)
    return found + normal(point, gradient, len(point) - len(z.origin))


@loop
def read(points: Array, out: Array, numbers: Numbers) -> None:
    """Write what each point says to a row of `out`: losses, strength, distortions, noise, readings.

    Parameters
    ----------
    points : ndarray
        Shape (draw, n).
    out : ndarray
        Shape (draw, read): loss (series, bin), strength (bounded, bin), distortion, sigma and level (reading,).
    numbers : Numbers
    """
    for i in range(len(points)):
        z = parted(points[i], numbers.cut)
        made = lose(z, numbers)
        said = say(z, made.cells, numbers)
        at = 0
        n = made.share.size
        for part in (made.cells[:n], made.cells[2 * n :], said.distortion, said.sigma, said.level):
            out[i, at : at + len(part)] = part
            at += len(part)


@loop
def weigh(means: Array, sds: Array, out: Array, families: Any) -> None:
    """Write the log mass of every component of every claim, times its probability.

    Parameters
    ----------
    means, sds, out : ndarray
        Shape (draw, component); claims of all families one after the other.
    families : tuple
        As of `log_density`.
    """
    interval, hedged, bound, chain = families
    at = r.weigh_intervals(interval[0], interval[1], means, sds, out, 0)
    at = r.weigh_hedges(hedged[0], hedged[1], means, sds, out, at)
    at = r.weigh_bounds(bound[0], bound[1], means, sds, out, at)
    log_p, observed = chain[0][6], chain[0][4]
    point, width, degrees = chain[1]
    for i in range(log_p.shape[0]):
        for d in range(len(means)):
            m, s = means[d, at], sds[d, at]
            density, _ = masses.log_new((point[i] + observed[i] - m) / s, degrees[i])
            out[d, at] = log_p[i, 0] + density + masses.log_new_peak(degrees[i]) - np.log(s) + np.log(width[i])
        at += 1
