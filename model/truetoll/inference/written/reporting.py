"""The reporting model forwards, and its slopes backwards; symbols are those of `truetoll.inference.reporting`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.inference.written.loops import loop
from truetoll.inference.written.masses import log_bound, log_hedged, log_interval, log_new, log_new_peak

Array = NDArray[np.float64]


@loop
def expected(cells: Array, factor: Array, distortion: Array, entry: Any, row: Any) -> tuple[Array, Array]:
    """Log of what a source would say without noise, and the sum behind it, for each reading."""
    entry_row, entry_cell, entry_distortion, entry_weight = entry
    share, of_cell, of_distortion = row
    total, found = np.zeros(len(share)), np.empty(len(share))
    for i in range(len(entry_row)):
        total[entry_row[i]] += entry_weight[i] * cells[entry_cell[i]] * factor[entry_distortion[i]]
    for r in range(len(share)):
        found[r] = np.log(total[r])
        if share[r] != 0.0:
            found[r] -= share[r] * (np.log(cells[of_cell[r]]) + distortion[of_distortion[r]])
    return found, total


@loop
def expected_back(
    total: Array, g_row: Array, cells: Array, factor: Array, entry: Any, row: Any, g_cells: Array, g_distortion: Array
) -> None:
    """Slopes of cells and distortions."""
    entry_row, entry_cell, entry_distortion, entry_weight = entry
    share, of_cell, of_distortion = row
    for i in range(len(entry_row)):
        r = entry_row[i]
        if g_row[r] != 0.0:
            part = g_row[r] / total[r] * entry_weight[i] * factor[entry_distortion[i]]
            g_cells[entry_cell[i]] += part
            g_distortion[entry_distortion[i]] += part * cells[entry_cell[i]]
    for r in range(len(share)):
        if share[r] != 0.0:
            g_cells[of_cell[r]] -= share[r] * g_row[r] / cells[of_cell[r]]
            g_distortion[of_distortion[r]] -= share[r] * g_row[r]


def _claimed(form: Any) -> Any:
    """Log mass of every component of one family's claims, `form` its log mass, with slopes in mean and sd."""

    @loop
    def claimed(claims: Any, numbers: Any, means: Any) -> tuple[Array, Array, Array, Array]:
        """Weigh the components: log mass times probability, slopes in m and in s, and s; shapes (claim, component)."""
        noise, rho, origin, weight, observed, row, log_p, extra, lift, _ = claims
        level, sigma, shared = means
        log_mass, of_m, of_s, sds = np.empty(row.shape), np.empty(row.shape), np.empty(row.shape), np.empty(row.shape)
        for i in range(len(weight)):
            if weight[i] == 0.0:
                continue
            sd = sigma[noise[i]]
            for j in range(row.shape[1]):
                log_mass[i, j] = -np.inf
                if log_p[i, j] > -np.inf:
                    common = common_sd(sd, rho[i], lift[i, j])
                    m = level[row[i, j]] + (common * shared[origin[i]] if common > 0.0 else 0.0)
                    sds[i, j] = np.sqrt((1.0 - rho[i]) * sd * sd + extra[i, j] ** 2)
                    mass, of_m[i, j], of_s[i, j] = form(observed[i], m, sds[i, j], numbers, i)
                    log_mass[i, j] = log_p[i, j] + mass
        return log_mass, of_m, of_s, sds

    return claimed


@loop
def common_sd(sd: float, rho: float, lift: float) -> float:
    """Sd of the error that figures of one origin share."""
    return math.sqrt(rho) * sd if lift == 0.0 else math.sqrt(rho * sd * sd + lift * lift)


@loop
def added_log(a: float, b: float) -> float:
    """Log of the sum of two numbers given by their logs."""
    high = max(a, b)
    return high + np.log(np.exp(a - high) + np.exp(b - high)) if high > -np.inf else high


@loop
def by_kind(log_mass: Array, lift: Array, together: int) -> tuple[float, float]:
    """Log mass of a figure if its report is sound, and if it is not; one that stands alone has only the first."""
    sound, unsound = -np.inf, -np.inf
    for j in range(len(log_mass)):
        if together == 0 or lift[j] == 0.0:
            sound = added_log(sound, log_mass[j])
        else:
            unsound = added_log(unsound, log_mass[j])
    return sound, unsound


@loop
def gathered(claims: Any, parts: Any, report: Any, kinds: Array) -> None:
    """Add what one family's figures say to the joint log masses of their reports, (report, kind)."""
    origin, weight, lift, together = claims[2], claims[3], claims[8], claims[9]
    log_mass, (log_p, heaviest) = parts[0], report
    for i in range(len(weight)):
        if weight[i] == 0.0 or together[i] == 0:
            continue
        sound, unsound = by_kind(log_mass[i], lift[i], together[i])
        o = origin[i]
        share = weight[i] / heaviest[o]
        kinds[o, 0] += share * (sound - log_p[o, 0])
        kinds[o, 1] += share * (unsound - log_p[o, 1])


@loop
def joined(report: Any, kinds: Array) -> float:
    """Add up the reports; turns log masses by kind, in place, into weight times probability of the kind."""
    weight, found = report[1], 0.0
    for o in range(len(weight)):
        if weight[o] == 0.0:
            continue
        total = added_log(kinds[o, 0], kinds[o, 1])
        found += weight[o] * total
        for k in range(2):
            kinds[o, k] = np.exp(kinds[o, k] - total)
    return found


@loop
def spread(claims: Any, parts: Any, kinds: Array, means: Any, slopes: Any) -> float:
    """Add up claims that stand alone, and bring the slopes of all to what they look at."""
    noise, rho, origin, weight, _, row, log_p, _, lift, together = claims
    log_mass, of_m, of_s, sds = parts
    _, sigma, shared = means
    g_level, g_sigma, g_shared = slopes
    value = 0.0
    for i in range(len(weight)):
        if weight[i] == 0.0:
            continue
        sd, o = sigma[noise[i]], origin[i]
        sound, unsound = by_kind(log_mass[i], lift[i], together[i])
        if not max(sound, unsound) > -np.inf:
            return -np.inf
        of_sound, of_unsound = (kinds[o, 0], kinds[o, 1]) if together[i] != 0 else (1.0, 0.0)
        if together[i] == 0:
            value += weight[i] * sound
        for j in range(row.shape[1]):
            if log_p[i, j] == -np.inf:
                continue
            common = common_sd(sd, rho[i], lift[i, j])
            if together[i] != 0 and lift[i, j] > 0.0:
                part = weight[i] * of_unsound * np.exp(log_mass[i, j] - unsound)
            else:
                part = weight[i] * of_sound * np.exp(log_mass[i, j] - sound)
            g_level[row[i, j]] += part * of_m[i, j]
            g_sigma[noise[i]] += part * of_s[i, j] * (1.0 - rho[i]) * sd / sds[i, j]
            if common > 0.0:
                g_sigma[noise[i]] += part * of_m[i, j] * shared[o] * rho[i] * sd / common
                g_shared[o] += part * of_m[i, j] * common
    return value


def _weighed(form: Any) -> Any:
    """Log masses of one family's components for many draws; returns where the next family begins."""

    @loop
    def weighed(claims: Any, numbers: Any, means: Array, sds: Array, out: Array, at: int) -> int:
        """Weigh the claims."""
        observed, log_p = claims[4], claims[6]
        for i in range(log_p.shape[0]):
            for j in range(log_p.shape[1]):
                for d in range(len(means)):
                    out[d, at] = -np.inf
                    if log_p[i, j] > -np.inf:
                        out[d, at] = log_p[i, j] + form(observed[i], means[d, at], sds[d, at], numbers, i)[0]
                at += 1
        return at

    return weighed


intervals, hedges, bounds = _claimed(log_interval), _claimed(log_hedged), _claimed(log_bound)
weigh_intervals, weigh_hedges, weigh_bounds = _weighed(log_interval), _weighed(log_hedged), _weighed(log_bound)


@loop
def tallied(claims: Any, numbers: Any, links: Any, means: Any, slopes: Any) -> float:
    """Log likelihood of running tallies: errors are an AR(1) over the days between figures."""
    noise, rho, origin, weight, observed, row, _, extra, _, _ = claims
    point, width, degrees = numbers
    before, phi, scatter = links
    level, sigma, shared = means
    g_level, g_sigma, g_shared = slopes
    n = len(weight)
    error, sds, g_error = np.empty(n), np.empty(n), np.zeros(n)
    for i in range(n):
        sd = sigma[noise[i]]
        common = sd * np.sqrt(rho[i]) * shared[origin[i]] if rho[i] > 0.0 else 0.0
        sds[i] = np.sqrt((1.0 - rho[i]) * sigma[scatter[i]] ** 2 + extra[i, 0] ** 2)
        error[i] = (point[i] + observed[i] - level[row[i, 0]] - common) / sds[i]
    value, last, peak = 0.0, np.inf, 0.0
    for i in range(n):
        if degrees[i] != last:
            last, peak = degrees[i], log_new_peak(degrees[i])
        past = phi[i] * error[before[i]] if before[i] != i else 0.0
        left = np.sqrt(1.0 - phi[i] ** 2)
        density, slope = log_new((error[i] - past) / left, degrees[i])
        value += weight[i] * (density + peak + np.log(width[i] / (left * sds[i])))
        g_error[i] += weight[i] * slope / left
        if before[i] != i:
            g_error[before[i]] -= weight[i] * slope / left * phi[i]
    for i in range(n):
        sd, pull = sigma[noise[i]], np.sqrt(rho[i])
        of_m = -g_error[i] / sds[i]
        of_s = -(g_error[i] * error[i] + weight[i]) / sds[i]
        g_level[row[i, 0]] += of_m
        g_sigma[scatter[i]] += of_s * (1.0 - rho[i]) * sigma[scatter[i]] / sds[i]
        if rho[i] > 0.0:
            g_sigma[noise[i]] += of_m * pull * shared[origin[i]]
            g_shared[origin[i]] += of_m * sd * pull
    return value
