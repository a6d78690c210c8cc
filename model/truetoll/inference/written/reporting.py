"""The reporting model forwards, and its slopes backwards; symbols are those of `truetoll.inference.reporting`."""

from __future__ import annotations

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
    each = g_row / total
    for i in range(len(entry_row)):
        r = entry_row[i]
        if g_row[r] != 0.0:
            part = each[r] * entry_weight[i] * factor[entry_distortion[i]]
            g_cells[entry_cell[i]] += part
            g_distortion[entry_distortion[i]] += part * cells[entry_cell[i]]
    for r in range(len(share)):
        if share[r] != 0.0:
            g_cells[of_cell[r]] -= share[r] * g_row[r] / cells[of_cell[r]]
            g_distortion[of_distortion[r]] -= share[r] * g_row[r]


def _claimed(form: Any) -> Any:
    """Log likelihood of one family's claims, `form` its log mass; adds to the slopes of what they look at."""

    @loop
    def claimed(claims: Any, numbers: Any, means: Any, slopes: Any) -> float:
        """Add up the claims."""
        noise, rho, origin, weight, observed, row, log_p, extra = claims
        level, sigma, shared = means
        g_level, g_sigma, g_shared = slopes
        n_parts = row.shape[1]
        log_mass, of_m, of_s, sds = np.empty(n_parts), np.empty(n_parts), np.empty(n_parts), np.empty(n_parts)
        value = 0.0
        for i in range(len(weight)):
            if weight[i] == 0.0:
                continue
            sd = sigma[noise[i]]
            pull = np.sqrt(rho[i])
            common = sd * pull * shared[origin[i]] if rho[i] > 0.0 else 0.0
            highest = -np.inf
            for j in range(n_parts):
                log_mass[j] = -np.inf
                if log_p[i, j] > -np.inf:
                    m = level[row[i, j]] + common
                    sds[j] = np.sqrt((1.0 - rho[i]) * sd * sd + extra[i, j] ** 2)
                    mass, of_m[j], of_s[j] = form(observed[i], m, sds[j], numbers, i)
                    log_mass[j] = log_p[i, j] + mass
                    highest = max(highest, log_mass[j])
            if not highest > -np.inf:
                return -np.inf
            total = 0.0
            for j in range(n_parts):
                total += np.exp(log_mass[j] - highest)
            value += weight[i] * (highest + np.log(total))
            for j in range(n_parts):
                if log_p[i, j] > -np.inf:
                    part = weight[i] * np.exp(log_mass[j] - highest) / total
                    g_level[row[i, j]] += part * of_m[j]
                    g_sigma[noise[i]] += part * of_s[j] * (1.0 - rho[i]) * sd / sds[j]
                    if rho[i] > 0.0:
                        g_sigma[noise[i]] += part * of_m[j] * pull * shared[origin[i]]
                        g_shared[origin[i]] += part * of_m[j] * sd * pull
        return value

    return claimed


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
    noise, rho, origin, weight, observed, row, _, extra = claims
    point, width, degrees = numbers
    before, phi, scatter = links
    level, sigma, shared = means
    g_level, g_sigma, g_shared = slopes
    n = len(weight)
    error, sds, left, g_error = np.empty(n), np.empty(n), np.sqrt(1.0 - phi**2), np.zeros(n)
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
        density, slope = log_new((error[i] - past) / left[i], degrees[i])
        value += weight[i] * (density + peak + np.log(width[i] / (left[i] * sds[i])))
        slope *= weight[i] / left[i]
        g_error[i] += slope
        if before[i] != i:
            g_error[before[i]] -= slope * phi[i]
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
