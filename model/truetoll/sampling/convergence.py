"""Whether a posterior is a result: R-hat, effective sample size, divergences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats

from truetoll.claims.reliability import Convergence

TAIL = (0.05, 0.95)
"""Quantiles whose effective sample size is asked for: the ends of the interval that is reported."""
GATED = ("amount", "bias", "sigma")
"""Variables that are printed, so must have converged."""
PRINTED = (*GATED, "loss", "count", "strength")
"""Variables of which a number that is none must not be printed."""
SLACK = 2.0
"""By how much the limits are loosened for some draws of many: half as many hardly ever have less than half of the
effective draws, while draws that were damaged or are of another run miss the limits by far. The limits themselves stand
in reliability.toml, and all draws had to meet them."""


def diagnose(posterior: xr.Dataset, stats: xr.Dataset, gate: Convergence) -> dict[str, Any]:
    """Hold a posterior against the convergence gate.

    Parameters
    ----------
    posterior : xarray.Dataset
        With ``amount`` and whichever other variables are gated.
    stats : xarray.Dataset
        With ``diverging`` (chain, draw); ``left_out`` if a share of the posterior is known to be in modes that no chain
        is in: then there is no effective draw of it.
    gate : Convergence
        Limits on R-hat and on bulk and tail ESS.

    Returns
    -------
    dict
        ``converged`` (0 or 1: attributes of a file cannot be booleans), ``rhat_max``, ``ess_min``, ``divergences``.
        Draws that are not finite numbers have an infinite R-hat and no effective draw.

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021, doi:10.1214/20-BA1221.
    """
    columns = [_flat(posterior[name]) for name in GATED if name in posterior]
    draws, divergences = np.concatenate(columns, axis=-1), int(stats["diverging"].sum())
    rhat, ess = (math.inf, 0.0) if not _finite(posterior) else _mixed(draws)
    if "left_out" in stats:  # whether a draw is in a mode without draws is known of none
        ess = 0.0
    found = {"rhat_max": rhat, "ess_min": ess, "divergences": divergences}
    return {"converged": int(within(found, gate)), **found}


def _finite(posterior: xr.Dataset) -> bool:
    """Whether all that is printed is a number: what is not would else drop out of every comparison."""
    return all(bool(np.isfinite(posterior[name].to_numpy()).all()) for name in PRINTED if name in posterior)


def _mixed(draws: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float]:
    """Largest R-hat and smallest ESS of what moves, (chain, draw, variable)."""
    moving = draws[..., np.ptp(draws, axis=(0, 1)) > 0]
    if not moving.size:  # all chains say one and the same number: nothing is in doubt
        return 1.0, float(draws.shape[0] * draws.shape[1])
    rhat = float(np.max(array_stats.rhat(moving, chain_axis=0, draw_axis=1)))
    bulk = array_stats.ess(moving, chain_axis=0, draw_axis=1, method="bulk")
    tail = array_stats.ess(moving, chain_axis=0, draw_axis=1, method="tail", prob=TAIL)
    return rhat, float(min(np.min(bulk), np.min(tail)))


def within(checks: Mapping[str, Any], gate: Convergence, slack: float = 1.0) -> bool:
    """Whether R-hat, ESS and divergences are those of a result.

    Parameters
    ----------
    checks : mapping
        ``rhat_max``, ``ess_min``, ``divergences``.
    gate : Convergence
    slack : float
        By what both limits are loosened.

    Returns
    -------
    bool
    """
    near = float(checks["rhat_max"]) - 1.0 <= slack * (gate.rhat - 1.0)
    return near and float(checks["ess_min"]) >= gate.ess / slack and int(checks["divergences"]) == 0


def verified(
    posterior: xr.Dataset,
    stated: Mapping[str, Any],
    gate: Convergence,
    *,
    diverging: int = 0,
    thinned: bool = False,
) -> dict[str, Any]:
    """Hold what is stated of a posterior against the draws themselves: a flag alone makes no result.

    Parameters
    ----------
    posterior : xarray.Dataset
        With ``amount``, and the other gated variables where they are at hand.
    stated : mapping
        As `diagnose` found it when the draws were made.
    gate : Convergence
    diverging : int
        Draws that are marked as divergent.
    thinned : bool
        Whether these are some of the draws that `stated` is about. They have fewer effective draws than all, so they
        are held against limits that are looser by `SLACK`.

    Returns
    -------
    dict
        As `diagnose`: the worse of what is stated and what is found.
    """
    stats = xr.Dataset({"diverging": max(diverging, int(stated["divergences"]))})
    found = diagnose(posterior, stats, gate)
    sound = bool(stated["converged"]) and within(stated, gate)
    if thinned and within(found, gate, SLACK):  # nothing in the draws contradicts what is stated of all
        return {**found, "rhat_max": float(stated["rhat_max"]), "ess_min": float(stated["ess_min"])} | {
            "converged": int(sound)
        }
    worse = {
        # As NumPy takes them: what is missing is worse than any number.
        "rhat_max": float(np.maximum(found["rhat_max"], stated["rhat_max"])),
        "ess_min": float(np.minimum(found["ess_min"], stated["ess_min"])),
        "divergences": found["divergences"],
    }
    return {"converged": int(sound and not thinned and within(worse, gate)), **worse}


def _flat(values: xr.DataArray) -> np.ndarray[Any, np.dtype[np.float64]]:
    array = values.to_numpy()
    return array.reshape(*array.shape[:2], -1)


def mcse(draws: np.ndarray[Any, np.dtype[np.float64]], method: str) -> float:
    """Monte Carlo standard error of draws; 0 if they do not vary, missing if they are.

    Parameters
    ----------
    draws : ndarray
        Shape (chain, draw).
    method : {"mean", "median"}

    Returns
    -------
    float
    """
    if not np.ptp(draws) > 0:
        return float(draws.flat[0] * 0.0)
    return float(array_stats.mcse(draws, chain_axis=0, draw_axis=1, method=method))
