r"""How likely the errors of historical figures are, everything of one case integrated out, and the slopes of that.

Errors of one case (log figure less log truth) are normal together, given which of its reports are unsound and how large
its errors are as a whole; what they have in common is their covariance. The density is the sum over both, so nothing
of a case is left to sample. An unsound report adds the square of a vector to the covariance of the sound ones, so one
factor of that serves every set of unsound reports. Symbols are those of `truetoll.studies.estimate.past`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels.loops import loop
from truetoll.model.kernels.losses import softplus
from truetoll.model.kernels.unsound import averaged, sets_of, unsound_back, unsound_of, widened

Array = NDArray[np.float64]

MEAN, VOICE, NOISE, UNSOUND, WIDTH, ALL, KIN, GAP = range(8)
"""Rows of the numbers of every claim: mean error; log sd of its voice and of its noise; log odds that its report is
unsound and log sd of such a report's error; log sd of what its case, and its relation in that case, have in common; log
mean of the gap of a hedged figure."""
TARGET, SPEAKER, REPORT, RELATION, VICTIMS = range(5)
"""Columns of the codes of every claim, each counted from 0 within its case (relation and victims: in all)."""
NODES = np.array([-2.0201828704560856, -0.9585724646138185, 0.0, 0.9585724646138185, 2.0201828704560856])
MASSES = np.array([0.0112574113277207, 0.2220759220056126, 0.5333333333333333, 0.2220759220056126, 0.0112574113277207])
"""Gauss-Hermite points of the scale of a case's errors, and their weights."""
_LOG_2PI = 1.8378770664093453


@loop
def kinds_of(log_odds: Array, code: Any) -> tuple[Any, Array]:
    """First claim of every report, and the log probabilities that it is sound and that it is not."""
    n_reports = 0
    for i in range(len(code)):
        n_reports = max(n_reports, code[i, REPORT] + 1)
    first, log_p = np.zeros(n_reports, dtype=np.int64), np.empty((n_reports, 2))
    for i in range(len(code) - 1, -1, -1):
        first[code[i, REPORT]] = i
    for r in range(n_reports):
        log_p[r, 0], log_p[r, 1] = -softplus(log_odds[first[r]]), -softplus(-log_odds[first[r]])
    return first, log_p


@loop
def without_gaps(error: Array, own: Array, sign: Array, number: Array) -> tuple[Array, Array]:
    """Errors less their means and those of their gaps, and own variances with those of the gaps.

    Arguments as `case_density`.
    """
    left, varied = np.empty(len(error)), own.copy()
    for i in range(len(error)):
        gap = sign[i] * np.exp(number[GAP, i])
        left[i] = error[i] - number[MEAN, i] - gap
        varied[0, i] += gap * gap
    return left, varied


@loop
def in_common(sd: Array, code: Any, fixed: Array) -> Array:
    """Covariance of the errors of one case, all reports sound, before its scale.

    Parameters
    ----------
    sd : ndarray
        Shape (number, claim), on the natural scale.
    code : ndarray of int
        Shape (claim, 5).
    fixed : ndarray
        Variance of a slant, share of the noise that claims of one report have in common.

    Returns
    -------
    ndarray
    """
    n = len(code)
    found = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if code[i, VICTIMS] == code[j, VICTIMS]:
                found[i, j] += sd[ALL, i] * sd[ALL, j]
                if code[i, RELATION] == code[j, RELATION]:
                    found[i, j] += sd[KIN, i] * sd[KIN, j]
            if code[i, SPEAKER] == code[j, SPEAKER]:
                found[i, j] += sd[VOICE, i] * sd[VOICE, j]
                found[i, j] += fixed[0] if code[i, TARGET] == code[j, TARGET] else 0.0
            if code[i, REPORT] == code[j, REPORT]:
                found[i, j] += (1.0 if i == j else fixed[1]) * sd[NOISE, i] * sd[NOISE, j]
    return found


@loop
def returned(slope: Array, sd: Array, code: Any, fixed: Array, out: Array) -> None:
    """Bring slopes in a covariance, all reports sound, back to the log sds it is made of."""
    n = len(code)
    for i in range(n):
        for j in range(n):
            s = 2.0 * slope[i, j]
            if code[i, VICTIMS] == code[j, VICTIMS]:
                out[ALL, i] += s * sd[ALL, i] * sd[ALL, j]
                if code[i, RELATION] == code[j, RELATION]:
                    out[KIN, i] += s * sd[KIN, i] * sd[KIN, j]
            if code[i, SPEAKER] == code[j, SPEAKER]:
                out[VOICE, i] += s * sd[VOICE, i] * sd[VOICE, j]
            if code[i, REPORT] == code[j, REPORT]:
                out[NOISE, i] += s * (1.0 if i == j else fixed[1]) * sd[NOISE, i] * sd[NOISE, j]


@loop
def factored(matrix: Array) -> float:
    """Factor a positive definite matrix in place, lower triangle; half the log of its determinant."""
    n, half = len(matrix), 0.0
    for j in range(n):
        for i in range(j, n):
            left = matrix[i, j]
            for k in range(j):
                left -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = math.sqrt(left) if i == j else left / matrix[j, j]
        half += math.log(matrix[j, j])
    return half


@loop
def inverted(factor: Array, out: Array) -> None:
    """Inverse of a matrix from its lower factor."""
    n = len(factor)
    y = np.empty(n)
    for c in range(n):
        for i in range(n):
            left = 1.0 if i == c else 0.0
            for k in range(i):
                left -= factor[i, k] * y[k]
            y[i] = left / factor[i, i]
        for i in range(n - 1, -1, -1):
            left = y[i]
            for k in range(i + 1, n):
                left -= factor[k, i] * out[k, c]
            out[i, c] = left / factor[i, i]


@loop
def sound(base: Array, scale: float, own: Array, code: Any, out: Array) -> None:
    """Covariance of errors, all reports sound, given the scale of all errors.

    Own variance of every claim (rounding, gap) and of its target's truth are shape (2, claim).
    """
    for i in range(len(code)):
        for j in range(len(code)):
            out[i, j] = scale * base[i, j]
            if code[i, TARGET] == code[j, TARGET]:
                out[i, j] += own[1, i]
        out[i, i] += own[0, i]


@loop
def case_density(
    error: Array, own: Array, sign: Array, code: Any, number: Array, fixed: Array, scale_sd: float, slope: Array
) -> tuple[float, float]:
    """Log density of the errors of one case; its slopes are added to `slope`, that of the log of `scale_sd` returned.

    Parameters
    ----------
    error : ndarray
        Shape (claim,).
    own : ndarray
        Shape (2, claim): variance of rounding, and of the truth of its target.
    sign : ndarray
        Shape (claim,): of the gap, 0 for a figure without a hedge.
    code, number, fixed
        As elsewhere in this file.
    scale_sd : float
        Log sd of the scale of a case's errors; 0 for none.
    slope : ndarray
        Shape (number, claim), or (number, 0): then no slopes are wanted.

    Returns
    -------
    float, float
    """
    n, sd, nodes = len(error), np.exp(number), len(NODES) if scale_sd > 0.0 else 1
    first, log_p = kinds_of(number[UNSOUND], code)
    report, reports = code[:, REPORT], len(first)
    odds, scale = log_p[:, 1] - log_p[:, 0], np.ones(nodes)
    left, varied = without_gaps(error, own, sign, number)
    base, logs = in_common(sd, code, fixed), np.empty((nodes, sets_of(reports)))
    inverses, pulls, matrix = np.empty((nodes, n, n)), np.zeros((nodes, n)), np.empty((n, n))
    alongs, grams = np.empty((nodes, reports, n)), np.empty((nodes, reports, reports))
    tolds = np.empty((nodes, reports))
    for c in range(nodes):
        log = np.sum(log_p[:, 0]) - 0.5 * n * _LOG_2PI
        if nodes > 1:
            scale[c] = math.exp(2.0 * math.sqrt(2.0) * NODES[c] * scale_sd)
            log += math.log(MASSES[c])
        sound(base, scale[c], varied, code, matrix)
        log -= factored(matrix)
        inverted(matrix, inverses[c])
        for i in range(n):
            for j in range(n):
                pulls[c, i] += inverses[c, i, j] * left[j]
            log -= 0.5 * pulls[c, i] * left[i]
        widened(inverses[c], pulls[c], sd[WIDTH], report, alongs[c], grams[c], tolds[c])
        unsound_of(grams[c], tolds[c], odds, log, logs[c])
    highest = np.max(logs)
    log_density = highest + math.log(np.sum(np.exp(logs - highest)))
    if slope.shape[1] == 0:
        return log_density, 0.0
    weight = np.exp(logs - log_density)
    bend, of_scale, unsound = np.zeros((n, n)), 0.0, np.zeros(reports)
    pulled, bent, width = np.empty(n), np.empty((n, n)), np.empty(n)
    for c in range(nodes):
        sets = unsound_back(grams[c], tolds[c], weight[c], unsound)
        averaged(inverses[c], pulls[c], alongs[c], report, sets, pulled, bent, width)
        of_log = scale[c] * math.log(scale[c])
        for i in range(n):
            gap = sign[i] * sd[GAP, i]
            slope[MEAN, i] += pulled[i]
            slope[WIDTH, i] += sd[WIDTH, i] * width[i]
            slope[GAP, i] += pulled[i] * gap + bent[i, i] * gap * gap
            for j in range(n):
                bend[i, j] += 0.5 * scale[c] * bent[i, j]
                of_scale += 0.5 * of_log * bent[i, j] * base[i, j]
    for r in range(reports):
        slope[UNSOUND, first[r]] += unsound[r] - math.exp(log_p[r, 1])
    returned(bend, sd, code, fixed, slope)
    return log_density, of_scale
