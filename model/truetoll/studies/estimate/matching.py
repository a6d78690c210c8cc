r"""Draws moved to where the posterior without a war lies: its weights then need not carry them so far.

Weights of draws of all wars say, if roughly, where the mean and the spread of each number would be without one of them.
The draws are shifted there, or scaled as well, by :math:`T(z) = m_w + s (z - \bar z)`, and weighed anew by
:math:`p_{-w}(T(z)) / p(z)`, since what T does to volume is the same everywhere. What lowers Pareto k is kept, and the
next move begins there.

References
----------
Paananen, Piironen, Bürkner, Vehtari 2021, Implicitly adaptive importance sampling, Statistics and Computing 31, 16,
doi:10.1007/s11222-020-09982-2: moves S1 and S2 of its algorithm, without the split.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from truetoll.sampling.weights import effective, smoothed
from truetoll.studies.estimate.errors import ErrorModel

Array = NDArray[np.float64]

_ROUNDS = 8
"""Moves at most."""


@dataclass(frozen=True)
class Moved:
    """Weighted draws of what all wars but one teach.

    Parameters
    ----------
    draws : ndarray
        Shape (draw, name).
    log_weight : ndarray
        Smoothed, adding up to one (their exponentials), shape (draw,).
    khat : float
        Pareto k.
    """

    draws: Array
    log_weight: Array
    khat: float

    @property
    def ess(self) -> float:
        """Effective draws, as far as weights go."""
        return effective(self.log_weight)


def matched(model: ErrorModel, weighed: Moved, by_war: Array, war: int, enough: float) -> Moved:
    """Move draws of all wars to where the posterior without one of them lies.

    Parameters
    ----------
    model : ErrorModel
    weighed : Moved
        Draws of its posterior as they are, and what they weigh without the war.
    by_war : ndarray
        Log density of the claims of each war at these, shape (draw, war).
    war : int
        Place of the one that is left out.
    enough : float
        Pareto k at which no further move is tried.

    Returns
    -------
    Moved
        The draws as they are if no move helps.
    """
    before, best = _log_posterior(weighed.draws, by_war), weighed
    for _ in range(_ROUNDS):
        if best.khat <= enough:
            break
        moves = (_moved(model, before, best, war, scaled) for scaled in (False, True))
        better = next((move for move in moves if move.khat < best.khat), None)
        if better is None:
            break
        best = better
    return best


def _moved(model: ErrorModel, before: Array, last: Moved, war: int, scaled: bool) -> Moved:
    """Move what was moved last once more."""
    z, weight = last.draws, np.exp(last.log_weight)
    mean = weight @ z
    scale = np.sqrt(weight @ (z - mean) ** 2 / z.var(axis=0)) if scaled else np.ones(z.shape[1])
    moved = mean + scale * (z - z.mean(axis=0))
    by_war = model.by_war(moved)
    log_weight, khat = smoothed((_log_posterior(moved, by_war) - by_war[:, war] - before)[None])
    return Moved(moved, log_weight[0], khat)


def _log_posterior(draws: Array, by_war: Array) -> Array:
    """Up to a constant, shape (draw,)."""
    return np.asarray(by_war.sum(axis=1) - 0.5 * np.sum(draws**2, axis=1))
