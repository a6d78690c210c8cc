"""The reporting model forwards, and its slopes backwards; symbols are those of `truetoll.model.reporting`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels.loops import loop
from truetoll.model.kernels.masses import log_bound, log_hedged, log_interval, log_new, log_new_peak

Array = NDArray[np.float64]
_LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))


@loop
def expected(cells: Array, factor: Array, entry: Any, row: Any) -> tuple[Array, Array]:
    """Log of what a source would say without noise, for each reading, and the sums behind it and what it is over."""
    entry_row, entry_cell, entry_distortion, entry_weight = entry
    share, over = row
    n = len(share)
    total = np.zeros(n + len(over))
    for i in range(len(entry_row)):
        total[entry_row[i]] += entry_weight[i] * cells[entry_cell[i]] * factor[entry_distortion[i]]
    found = np.log(total[:n])
    for k in range(len(over)):
        found[over[k]] -= np.log(total[n + k])
    return found, total


@loop
def expected_back(
    total: Array, g_row: Array, cells: Array, factor: Array, entry: Any, row: Any, g_cells: Array, g_distortion: Array
) -> None:
    """Slopes of cells and distortions."""
    entry_row, entry_cell, entry_distortion, entry_weight = entry
    over, n, before, each = row[1], len(g_row), -1, 0.0
    for i in range(len(entry_row)):
        r = entry_row[i]
        if r != before:  # entries of a row stand together
            before, each = r, (g_row[r] if r < n else -g_row[over[r - n]]) / total[r]
        if each != 0.0:
            part = each * entry_weight[i] * factor[entry_distortion[i]]
            g_cells[entry_cell[i]] += part
            g_distortion[entry_distortion[i]] += part * cells[entry_cell[i]]


@loop
def shared_errors(errors: Array, origins: Any, sigma: Array, g_sigma: Array, g_errors: Array) -> float:
    """Log prior of the errors that figures of one origin share: a normal of the usual size, or a much wider one."""
    noise, rho, lift, log_p = origins
    found = 0.0
    for o in range(len(noise)):
        squared, usual = errors[o] ** 2, rho[o] * sigma[noise[o]] ** 2
        wide = usual + lift[o] ** 2
        sound = log_p[o, 0] - 0.5 * (squared / usual + np.log(usual))
        total = added_log(sound, log_p[o, 1] - 0.5 * (squared / wide + np.log(wide)))
        part = np.exp(sound - total)
        found += total - _LOG_ROOT_2PI
        g_errors[o] -= errors[o] * (part / usual + (1.0 - part) / wide)
        of_variance = part * (squared / usual - 1.0) / usual + (1.0 - part) * (squared / wide - 1.0) / wide
        g_sigma[noise[o]] += of_variance * rho[o] * sigma[noise[o]]
    return found


@loop
def added_log(a: float, b: float) -> float:
    """Log of the sum of two numbers given by their logs."""
    high = max(a, b)
    return high + np.log(np.exp(a - high) + np.exp(b - high)) if high > -np.inf else high


def _claimed(form: Any) -> Any:
    """Log likelihood of one family's claims, `form` its log mass."""

    @loop
    def claimed(claims: Any, numbers: Any, means: Any, slopes: Any) -> float:
        """Add up the claims, and bring their slopes to what they look at."""
        noise, rho, origin, weight, observed, row, log_p, extra, shift = claims
        if len(weight) == 0:
            return 0.0
        level, sigma, shared = means
        g_level, g_sigma, g_shared = slopes
        width, value = row.shape[1], 0.0
        mass, of_m, of_s, sds = np.empty(width), np.empty(width), np.empty(width), np.empty(width)
        for i in range(len(weight)):
            if weight[i] == 0.0:
                continue
            sd, o, highest, total = sigma[noise[i]], origin[i], -np.inf, 0.0
            for j in range(width):
                mass[j] = -np.inf
                if log_p[i, j] > -np.inf:
                    sds[j] = np.sqrt((1.0 - rho[i]) * sd * sd + extra[i, j] ** 2)
                    mean = level[row[i, j]] + shared[o] + shift[i, j]
                    log_mass, of_m[j], of_s[j] = form(observed[i], mean, sds[j], numbers, i)
                    mass[j] = log_p[i, j] + log_mass
                    highest = max(highest, mass[j])
            for j in range(width):
                mass[j] = np.exp(mass[j] - highest) if mass[j] != highest else 1.0
                total += mass[j]
            if not (total > 0.0 and highest > -np.inf):
                return -np.inf
            value += weight[i] * (highest + np.log(total))
            for j in range(width):
                if mass[j] > 0.0:
                    part = weight[i] * mass[j] / total
                    g_level[row[i, j]] += part * of_m[j]
                    g_shared[o] += part * of_m[j]
                    g_sigma[noise[i]] += part * of_s[j] * (1.0 - rho[i]) * sd / sds[j]
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
    _, rho, origin, weight, observed, row, _, extra, _ = claims
    n = len(weight)
    if n == 0:
        return 0.0
    point, width, degrees = numbers
    before, phi, scatter = links
    level, sigma, shared = means
    g_level, g_sigma, g_shared = slopes
    error, precise, g_error = np.empty(n), np.empty(n), np.zeros(n)
    for i in range(n):  # figures of one tally have one noise, as a rule
        if i > 0 and scatter[i] == scatter[i - 1] and rho[i] == rho[i - 1] and extra[i, 0] == extra[i - 1, 0]:
            precise[i] = precise[i - 1]
        else:
            precise[i] = 1.0 / np.sqrt((1.0 - rho[i]) * sigma[scatter[i]] ** 2 + extra[i, 0] ** 2)
        error[i] = (point[i] + observed[i] - level[row[i, 0]] - shared[origin[i]]) * precise[i]
    value, last, peak, kept, fresh = 0.0, np.inf, 0.0, 0.0, 1.0
    for i in range(n):
        if degrees[i] != last:
            last, peak = degrees[i], log_new_peak(degrees[i])
        if phi[i] != kept:
            kept, fresh = phi[i], 1.0 / np.sqrt(1.0 - phi[i] ** 2)
        past = phi[i] * error[before[i]] if before[i] != i else 0.0
        density, slope = log_new((error[i] - past) * fresh, degrees[i])
        value += weight[i] * (density + peak + np.log(width[i] * precise[i] * fresh))
        g_fresh = weight[i] * slope * fresh
        g_error[i] += g_fresh
        if before[i] != i:
            g_error[before[i]] -= g_fresh * phi[i]
    for i in range(n):
        of_m = -g_error[i] * precise[i]
        g_level[row[i, 0]] += of_m
        g_shared[origin[i]] += of_m
        of_s = (g_error[i] * error[i] + weight[i]) * precise[i] ** 2
        g_sigma[scatter[i]] -= of_s * (1.0 - rho[i]) * sigma[scatter[i]]
    return value
