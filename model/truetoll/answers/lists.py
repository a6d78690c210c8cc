r"""Lists of names: what was assumed of their completeness and of their wrong entries, and what was learned of them.

Both are integrated out of the likelihood (``model/listed.py``), so they are drawn here, given each draw of the losses.
Of T who died a list has :math:`N = c T / (1 - o)` entries. Given T and the cell that N lies in, o has the weight of its
prior times the prior mass of the c that fit; o is drawn from a fine grid, then c from its prior between the two ends
that are left. Of a list that is a floor, T is no less than :math:`(1 - o) N`, so o is drawn from its prior above
:math:`1 - T / N`, and c is what follows from both. Log odds of either part are normal, as the case states them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_ndtr, ndtr, ndtri

from truetoll.answers.ledger import Ledger
from truetoll.answers.looking import Mixture, looked_at
from truetoll.answers.records import Interval
from truetoll.claims.parts import by_claim, counts
from truetoll.claims.schema import Case, Claim, Form, SharePrior

Array = NDArray[np.float64]

_FAR = 8.0
"""Standard deviations beyond which a part is not looked for: what a case holds impossible is as near as it can be."""
_STEP = 0.05
_SEED = 1
"""Of the places between two ends: the same run always gives the same numbers."""


@dataclass(frozen=True)
class Held:
    """Draws of what one list holds.

    Parameters
    ----------
    complete : ndarray
        Part of the dead whom it holds, shape (sample,).
    wrong : ndarray or None
        Part of its entries that do not count; None where the case states nothing of them.
    """

    complete: Array
    wrong: Array | None


def lists_of(case: Case) -> tuple[Claim, ...]:
    """Find the lists of names in use of which a case says how wrong or how complete they are.

    Parameters
    ----------
    case : Case

    Returns
    -------
    tuple of Claim
        As they are read: of a list that is told in parts one claim stands for all.
    """
    joined: Mapping[str, Claim | None] = by_claim(counts(case.claims))
    read = (joined.get(claim.id, claim) for claim in case.claims)
    return tuple(claim for claim in read if claim is not None and claim.weight > 0 and _is_stated(case, claim))


def _is_stated(case: Case, claim: Claim) -> bool:
    source, form = case.sources[claim.source], claim.figure.form
    return form is Form.LISTED or (form is Form.FLOOR and source.overcount is not None)


def assumed(prior: SharePrior, mass: float) -> Interval:
    """Take a prior of a share for its median and interval.

    Parameters
    ----------
    prior : SharePrior
    mass : float
        Of the interval.

    Returns
    -------
    Interval
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * mass)
    low, high = _shares(prior, np.array([-z, z]))
    return Interval(prior.median, float(low), float(high))


def held(ledger: Ledger, claim: Claim) -> Held:
    """Draw what a list holds, given each draw of the losses.

    Parameters
    ----------
    ledger : Ledger
        Of the posterior.
    claim : Claim
        One of `lists_of`.

    Returns
    -------
    Held
    """
    source, rng = ledger.case.sources[claim.source], np.random.default_rng(_SEED)
    over = source.overcount.prior if source.overcount else None
    true, floor = looked_at(ledger, claim), claim.figure.form is Form.FLOOR
    if not floor and source.completeness is not None:
        return _estimate(true, claim.figure.cell, source.completeness, over, rng)
    assert over is not None
    return _floor(true, claim.figure.value, over, rng)


def _estimate(
    true: Mixture, cell: tuple[float, float], part: SharePrior, over: SharePrior | None, rng: np.random.Generator
) -> Held:
    """Draw both parts of a list that is an estimate."""
    grid = np.arange(-_FAR, _FAR + _STEP, _STEP) if over else np.zeros(1)
    wrong = _shares(over, grid) if over else np.zeros(1)
    valid = np.log1p(-wrong)[:, None, None] - np.log(true.draws)  # (node, reading, sample): log of (1 - o) / T
    low, high = (_ends(part, np.log(edge) + valid) for edge in cell)
    low, high = np.minimum(low, _FAR), np.maximum(high, -_FAR)
    log = _log_mass(low, high) - 0.5 * grid[:, None, None] ** 2 + np.log(true.probabilities)[:, None]
    node, reading = np.unravel_index(_chosen(log.reshape(-1, log.shape[2]), rng), log.shape[:2])
    samples = np.arange(log.shape[2])
    complete = _shares(part, _between(low[node, reading, samples], high[node, reading, samples], rng))
    return Held(complete, wrong[node] if over else None)


def _floor(true: Mixture, entries: float, over: SharePrior, rng: np.random.Generator) -> Held:
    """Draw the part that does not count of a list that is a floor."""
    excess = np.clip(1.0 - true.draws / entries, 0.0, None)
    low = np.minimum(_places(over, excess), _FAR)
    log = log_ndtr(-low) + np.log(true.probabilities)[:, None]
    reading, samples = _chosen(log, rng), np.arange(log.shape[1])
    wrong = _shares(over, _between(low[reading, samples], np.full(len(samples), np.inf), rng))
    return Held(np.minimum(1.0, entries * (1.0 - wrong) / true.draws[reading, samples]), wrong)


def _shares(prior: SharePrior, z: Array) -> Array:
    """Find the shares that lie so many standard deviations from the median of a prior."""
    median, below, above = prior.log_odds
    return np.asarray(expit(median + z * np.where(z < 0.0, below, above)))


def _places(prior: SharePrior, share: Array) -> Array:
    """Find how many standard deviations from the median shares lie; without end for those of nothing and of all."""
    median, below, above = prior.log_odds
    with np.errstate(divide="ignore"):
        away = np.log(share) - np.log1p(-share) - median
    return np.asarray(away / np.where(away < 0.0, below, above))


def _ends(prior: SharePrior, log_share: Array) -> Array:
    return _places(prior, np.exp(np.minimum(log_share, 0.0)))


def _log_mass(low: Array, high: Array) -> Array:
    """Log of the standard normal mass between two ends, in the tail where they lie."""
    flip = low > 0.0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    return np.asarray(log_ndtr(b) + np.log1p(-np.exp(np.minimum(log_ndtr(a) - log_ndtr(b), -1e-12))))


def _between(low: Array, high: Array, rng: np.random.Generator) -> Array:
    """Draw standard normals between two ends."""
    flip = low > 0.0
    a, b = np.where(flip, -high, low), np.where(flip, -low, high)
    found = np.clip(ndtri(ndtr(a) + rng.uniform(size=low.shape) * (ndtr(b) - ndtr(a))), a, b)
    return np.asarray(np.where(flip, -found, found))


def _chosen(log_weight: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose a row for each sample by its weight; shape (row, sample)."""
    up_to = np.cumsum(np.exp(log_weight - log_weight.max(axis=0)), axis=0)
    return np.asarray((up_to < rng.uniform(size=up_to.shape[1]) * up_to[-1]).sum(axis=0))
