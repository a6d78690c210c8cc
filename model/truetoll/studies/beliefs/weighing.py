"""The draws of a run, weighed by other beliefs, and what they say then: the same in Python as in the page."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from truetoll.sampling.weights import ESS, KHAT, effective, quantile, weigh
from truetoll.studies.beliefs.moved import Moved
from truetoll.studies.beliefs.read import Levers

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Weighed:
    """Draws with their weights.

    Parameters
    ----------
    amount : ndarray
        Dims (chain, draw, quantity).
    log_weights : ndarray
        Adding up to one, dims (chain, draw).
    khat : float
        Pareto k; minus infinity where all weights are alike.
    ess : float
        Effective draws.
    heard : bool
        Whether a source is left to learn from.
    """

    amount: Array
    log_weights: Array
    khat: float
    ess: float
    heard: bool

    @property
    def r_eff(self) -> float:
        """Effective draws for each draw before they are weighed, as far as that is in `ess`."""
        return self.ess / effective(self.log_weights)

    @property
    def usable(self) -> bool:
        """Whether they can stand for a new computation."""
        return self.heard and self.khat <= KHAT and self.ess >= ESS

    def quantiles(self, i: int, levels: tuple[float, ...]) -> tuple[float, ...]:
        """Quantiles of a quantity.

        Parameters
        ----------
        i : int
            Its place.
        levels : tuple of float

        Returns
        -------
        tuple of float
        """
        return tuple(float(quantile(self.amount[..., i : i + 1], self.log_weights, p)[0]) for p in levels)

    def above(self, i: int, value: float) -> float:
        """Probability of more than a value.

        Parameters
        ----------
        i : int
            Place of the quantity.
        value : float

        Returns
        -------
        float
        """
        return float(np.sum(np.exp(self.log_weights), where=self.amount[..., i] > value))


def weighed(found: Levers, moved: Moved) -> Weighed:
    """Weigh the draws of a run by what was moved.

    Parameters
    ----------
    found : Levers
    moved : Moved
        Without a named scenario, which is draws of its own.

    Returns
    -------
    Weighed
    """
    ratio = found.log_ratio(moved.trust, {name: math.log(times) for name, times in moved.bias.items()})
    shape = (found.chains, ratio.size // found.chains)
    log_weights, khat, ess = weigh(ratio.reshape(shape), found.pace)
    heard = any(moved.trust.get(source, 1.0) != 0.0 for source in found.sources)
    return Weighed(found.amount.T.reshape(*shape, -1), log_weights, khat, ess, heard)
