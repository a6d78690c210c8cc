r"""What the hierarchical model says of the sources, and the reliability table made of it.

In the table mu is the posterior mean times a discount, since the historical cases were chosen because the disagreement
was famous. mu_sd is how well it is known, the posterior sd, not discounted: all voices of a relation share that doubt,
so no number of them takes it away. tau is how far a voice strays from the mean, :math:`\sqrt{E[\tau^2]}`. A relation
without any claim takes the mean and tau of third-party states and, for doubt, the spread between relations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

from truetoll.claims.benchmark import CLASSES, DISCOUNT, RELATIONS
from truetoll.inference.engine import Engine, Settings
from truetoll.inference.history import ESTIMATED, History

Array = NDArray[np.float64]

LIKE = "third_party_state"
"""Whose mean a relation without claims takes."""
LOOSE = Settings(draws=400, tune=300, chains=2, adaptation="diag")
"""How each war's absence is sampled: mu to a tenth of its own sd, at some seconds each."""
FULL = Settings(draws=1500, tune=500, chains=4, adaptation="diag")
"""How the table that is shipped is sampled."""
LONGER = (1, 3)
"""Multiples of the settings that are tried."""
RHAT, ESS = 1.05, 50
"""What an estimate must meet to be used: it is a mean over draws, not an interval that is printed."""


@dataclass(frozen=True)
class Estimates:
    """What history says of sources, by class of victims and relation (log scale).

    Parameters
    ----------
    mean, sd, low, high : dict of str to ndarray
        Of ``mu`` and ``tau`` (class, relation), ``kappa0``, ``kappa`` and ``between`` (class,): posterior mean, sd, and
        the ends of the 90 % interval.
    claims, cases : ndarray
        Behind each, shape (class, relation).
    rhat, ess : float
        The worst of all.
    divergences : int
    """

    mean: Mapping[str, Array]
    sd: Mapping[str, Array]
    low: Mapping[str, Array]
    high: Mapping[str, Array]
    claims: NDArray[np.int64]
    cases: NDArray[np.int64]
    rhat: float
    ess: float
    divergences: int

    @property
    def converged(self) -> bool:
        """Whether its means can be used."""
        return self.rhat <= RHAT and self.ess >= ESS

    def table(self, discount: float = DISCOUNT) -> dict[str, Any]:
        """Make the part of the reliability table that history decides.

        Parameters
        ----------
        discount : float
            Of mu.

        Returns
        -------
        dict
            ``bias`` and ``shared``, nested as in the table.
        """
        bias = {v: {r: self._row(i, j, discount) for j, r in enumerate(RELATIONS)} for i, v in enumerate(CLASSES)}
        shared = {v: {name: float(self.mean[name][i]) for name in ("kappa0", "kappa")} for i, v in enumerate(CLASSES)}
        return {"bias": bias, "shared": shared}

    def _row(self, i: int, j: int, discount: float) -> dict[str, float]:
        """(mu, mu_sd, tau) of one relation and class."""
        known = self.claims[i, j] > 0
        at = (i, j if known else RELATIONS.index(LIKE))
        doubt = self.sd["mu"][at] if known else self.mean["between"][i]
        tau2 = self.mean["tau"][at] ** 2 + self.sd["tau"][at] ** 2
        return {"mu": discount * float(self.mean["mu"][at]), "mu_sd": float(doubt), "tau": float(np.sqrt(tau2))}


def estimate(engine: Engine, history: History, settings: Settings, without: tuple[str, ...] = ()) -> Estimates:
    """Estimate the reliability of sources from history.

    Parameters
    ----------
    engine : Engine
        Of `truetoll.inference.history.assemble_history`; other numbers are set on it.
    history : History
    settings : Settings
        Longer if that is not enough.
    without : tuple of str
        Wars whose claims are not used.

    Returns
    -------
    Estimates
    """
    for times in LONGER:
        engine.set(history.without(without))
        draws = engine.sample(replace(settings, draws=settings.draws * times, tune=settings.tune * times))
        outputs = engine.outputs(draws)
        found = {name: outputs[name] for name in ESTIMATED}
        result = _summary(found, history, without, int(draws.stats["diverging"].sum()))
        if result.converged:
            break
    return result


def _summary(draws: Mapping[str, Array], history: History, without: tuple[str, ...], divergences: int) -> Estimates:
    flat = np.concatenate([a.reshape(*a.shape[:2], -1) for a in draws.values()], axis=-1)
    joined = {name: a.reshape(-1, *a.shape[2:]) for name, a in draws.items()}
    claims, cases = history.counts(without)
    return Estimates(
        mean={name: a.mean(axis=0) for name, a in joined.items()},
        sd={name: a.std(axis=0, ddof=1) for name, a in joined.items()},
        low={name: np.quantile(a, 0.05, axis=0) for name, a in joined.items()},
        high={name: np.quantile(a, 0.95, axis=0) for name, a in joined.items()},
        claims=claims,
        cases=cases,
        rhat=float(np.max(array_stats.rhat(flat, chain_axis=0, draw_axis=1))),
        ess=float(np.min(array_stats.ess(flat, chain_axis=0, draw_axis=1, method="bulk"))),
        divergences=divergences,
    )
