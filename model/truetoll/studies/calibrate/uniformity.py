r"""Whether ranks are uniform: the simultaneous band of their distribution function.

With N ranks on 0, ..., L, uniform and independent, the number below i is binomial, :math:`B(N, i/(L+1))`. A band that
holds each of these numbers with probability :math:`1-\gamma` holds all of them at once with less; :math:`\gamma` is
chosen such that it holds them all with probability 0.95. It is found by simulation: the smallest two-sided tail
probability along the curve, of ten thousand uniform samples; its 5 % quantile is :math:`\gamma`.

References
----------
Saeilynoja, Buerkner, Vehtari 2022, doi:10.1007/s11222-022-10090-6.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

Array = NDArray[np.float64]

LEVEL = 0.95
"""Probability that the whole curve of uniform ranks stays inside the band."""
SAMPLES = 10_000
"""Uniform samples that the level is found with: it is off by 0.002."""
SEEN = 3.3
"""Over the root of n: by how much of themselves intervals are too narrow that lie outside four times in five. From
simulation with normal posteriors, n from 100 to 1,000."""
_SEED = 1
"""The band is a constant of the number of ranks, like a quantile: it has no seed of its own."""


@dataclass(frozen=True)
class Uniformity:
    """What uniform ranks look like.

    Parameters
    ----------
    n : int
        Ranks, at least 1.
    ranked : int
        The largest rank, L.
    """

    n: int
    ranked: int

    @cached_property
    def points(self) -> Array:
        """Where the distribution function is looked at: i / (L + 1), i from 1 to L."""
        return np.asarray(np.arange(1, self.ranked + 1) / (self.ranked + 1))

    @cached_property
    def _tails(self) -> Array:
        """Two-sided tail probability of every number that could lie below a point, shape (n + 1, L)."""
        k = np.arange(self.n + 1)[:, None]
        up_to = bdtr(k, self.n, self.points)
        below = np.vstack([np.zeros(self.ranked), up_to[:-1]])
        return np.asarray(np.minimum(1.0, 2.0 * np.minimum(up_to, 1.0 - below)))

    def _smallest(self, counts: NDArray[np.int64]) -> Array:
        """Smallest tail probability along each curve, counts of shape (..., L)."""
        return np.asarray(self._tails[counts, np.arange(self.ranked)].min(axis=-1))

    @cached_property
    def _reference(self) -> Array:
        """The same of uniform samples, in rising order."""
        cells = np.full(self.ranked + 1, 1.0 / (self.ranked + 1))
        drawn = np.random.default_rng(_SEED).multinomial(self.n, cells, size=SAMPLES)
        return np.sort(self._smallest(np.cumsum(drawn, axis=-1)[:, :-1]))

    @property
    def gamma(self) -> float:
        """Tail probability at one point from which the whole curve is inside."""
        return float(self._reference[round((1.0 - LEVEL) * SAMPLES)])

    @property
    def band(self) -> tuple[Array, Array]:
        """Lower and upper edge of the band, distribution function minus uniform, shape (L,)."""
        inside = self._tails >= self.gamma
        low, high = inside.argmax(axis=0), self.n - inside[::-1].argmax(axis=0)
        return low / self.n - self.points, high / self.n - self.points

    def departure(self, ranks: NDArray[np.int64]) -> Array:
        """Distribution function of ranks minus that of uniform ones.

        Parameters
        ----------
        ranks : ndarray
            Shape (n,).

        Returns
        -------
        ndarray
            Shape (L,).
        """
        return self._counts(ranks) / self.n - self.points

    def p(self, ranks: NDArray[np.int64]) -> float:
        """Probability that uniform ranks depart as far somewhere.

        Parameters
        ----------
        ranks : ndarray
            Shape (n,).

        Returns
        -------
        float
            At least 0.0001: so far the simulation reaches.
        """
        reached = np.searchsorted(self._reference, self._smallest(self._counts(ranks)), side="right")
        return float((1 + reached) / (1 + SAMPLES))

    def inside(self, ranks: NDArray[np.int64]) -> bool:
        """Whether the whole curve lies in the band.

        Parameters
        ----------
        ranks : ndarray
            Shape (n,).

        Returns
        -------
        bool
        """
        return bool(self._smallest(self._counts(ranks)) >= self.gamma)

    def _counts(self, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Ranks below i, i from 1 to L."""
        return np.cumsum(np.bincount(ranks, minlength=self.ranked + 1))[: self.ranked]
