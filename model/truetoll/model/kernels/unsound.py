r"""Which reports of a case are unsound, summed over: none, one, or two, as more at a time hardly ever are.

An unsound report r adds :math:`u_r u_r'` to the covariance C of errors e, where u_r has the sd of such an error for the
claims of that report. With :math:`y_r = u_r' C^{-1} e` and :math:`G_{rq} = u_r' C^{-1} u_q` the log density of a set S
of unsound reports differs from that of none by :math:`(y_S' D^{-1} y_S - \log\det D)/2, D = 1 + G_S` (Woodbury). So C
is factored once, and each set costs a matrix of one or two rows.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels.loops import loop

Array = NDArray[np.float64]


@loop
def sets_of(reports: int) -> int:
    """How many sets of reports may be unsound."""
    return 1 + reports + reports * (reports - 1) // 2


@loop
def widened(inverse: Array, pull: Array, wide: Array, report: Any, along: Array, gram: Array, told: Array) -> None:
    """Say what unsound reports would change: each adds the square of a vector to a covariance.

    Parameters
    ----------
    inverse : ndarray
        Of the covariance, all reports sound, shape (claim, claim).
    pull : ndarray
        Inverse times errors, shape (claim,).
    wide : ndarray
        Sd of an unsound report's error, shape (claim,).
    report : ndarray of int
        Of every claim, counted from 0; shape (claim,).
    along : ndarray
        Written: inverse times the vector of each report, shape (report, claim).
    gram : ndarray
        Written: vector times inverse times vector, shape (report, report).
    told : ndarray
        Written: pull times the vector of each report, shape (report,).
    """
    along[:], gram[:], told[:] = 0.0, 0.0, 0.0
    for i in range(len(wide)):
        told[report[i]] += wide[i] * pull[i]
        for j in range(len(wide)):
            along[report[j], i] += inverse[i, j] * wide[j]
    for i in range(len(wide)):
        for r in range(len(told)):
            gram[report[i], r] += wide[i] * along[r, i]


@loop
def one_unsound(gram: Array, told: Array, r: int) -> tuple[float, float, float]:
    """By how much the log density changes with one report unsound; inverse and solution of what is 1 by 1."""
    inverse = 1.0 / (1.0 + gram[r, r])
    return 0.5 * (told[r] * told[r] * inverse + math.log(inverse)), inverse, inverse * told[r]


@loop
def two_unsound(gram: Array, told: Array, r: int, q: int) -> tuple[float, float, float, float, float, float]:
    """As `one_unsound`, with two: inverse (rr, rq, qq) and solution (r, q) of what is 2 by 2."""
    a, b, c = 1.0 + gram[r, r], gram[r, q], 1.0 + gram[q, q]
    det = a * c - b * b
    rr, rq, qq = c / det, -b / det, a / det
    x, y = rr * told[r] + rq * told[q], rq * told[r] + qq * told[q]
    return 0.5 * (told[r] * x + told[q] * y - math.log(det)), rr, rq, qq, x, y


@loop
def unsound_of(gram: Array, told: Array, odds: Array, log: float, out: Array) -> None:
    """Write the log density with no report unsound, with one, and with two: more hardly ever are.

    `odds` are log odds that a report is unsound, `log` the log density if none is.
    """
    out[0] = log
    at, n = 1, len(told)
    for r in range(n):
        out[at] = log + odds[r] + one_unsound(gram, told, r)[0]
        at += 1
    for r in range(n):
        for q in range(r):
            out[at] = log + odds[r] + odds[q] + two_unsound(gram, told, r, q)[0]
            at += 1


@loop
def unsound_back(gram: Array, told: Array, weight: Array, unsound: Array) -> tuple[float, Array, Array]:
    """Add up weights of the sets of unsound reports, of their solutions, and of their inverses.

    Parameters
    ----------
    gram, told : ndarray
        As `widened` writes them.
    weight : ndarray
        Probability of each set, in the order of `unsound_of`.
    unsound : ndarray
        Probability that each report is unsound, which is added to; shape (report,).

    Returns
    -------
    float, ndarray, ndarray
        All weights; weighted solutions, shape (report,); weighted inverses plus products of solutions, shape (report,
        report).
    """
    at, n, all_weights = 1, len(told), weight[0]
    once, twice = np.zeros(n), np.zeros((n, n))
    for r in range(n):
        w, at = weight[at], at + 1
        _, inverse, x = one_unsound(gram, told, r)
        all_weights, unsound[r] = all_weights + w, unsound[r] + w
        once[r] += w * x
        twice[r, r] += w * (inverse + x * x)
    for r in range(n):
        for q in range(r):
            w, at = weight[at], at + 1
            _, rr, rq, qq, x, y = two_unsound(gram, told, r, q)
            all_weights, unsound[r], unsound[q] = all_weights + w, unsound[r] + w, unsound[q] + w
            once[r], once[q] = once[r] + w * x, once[q] + w * y
            twice[r, r], twice[q, q] = twice[r, r] + w * (rr + x * x), twice[q, q] + w * (qq + y * y)
            both = w * (rq + x * y)
            twice[r, q], twice[q, r] = twice[r, q] + both, twice[q, r] + both
    return all_weights, once, twice


@loop
def averaged(
    inverse: Array, pull: Array, along: Array, report: Any, sets: Any, pulled: Array, bent: Array, width: Array
) -> None:
    """Average slopes over the sets of unsound reports.

    Parameters
    ----------
    inverse, pull, along : ndarray
        As of `widened`.
    report : ndarray of int
        Of every claim, shape (claim,).
    sets : tuple
        As `unsound_back` returns it.
    pulled : ndarray
        Written: inverse times errors, shape (claim,).
    bent : ndarray
        Written: twice the slope in the covariance, shape (claim, claim).
    width : ndarray
        Written: slope in each claim's sd of an unsound error, shape (claim,).
    """
    weight, once, twice = sets
    n = len(pull)
    for i in range(n):
        moved = 0.0
        for r in range(len(once)):
            moved += once[r] * along[r, i]
        pulled[i] = weight * pull[i] - moved
    for i in range(n):
        width[i] = pull[i] * once[report[i]]
        for j in range(n):
            bent[i, j] = pulled[i] * pull[j] - weight * inverse[i, j] + pull[i] * (pulled[j] - weight * pull[j])
        for r in range(len(once)):
            turned = 0.0
            for q in range(len(once)):
                turned += twice[r, q] * along[q, i]
            width[i] -= turned if r == report[i] else 0.0
            for j in range(n):
                bent[i, j] += turned * along[r, j]
