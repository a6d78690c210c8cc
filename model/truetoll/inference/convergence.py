"""Whether a posterior is a result: R-hat, effective sample size, divergences."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats

from truetoll.claims.reliability import Convergence

TAIL = (0.05, 0.95)
"""Quantiles whose effective sample size is asked for: the ends of the interval that is reported."""
GATED = ("amount", "bias", "sigma")
"""Variables that are printed, so must have converged."""


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

    References
    ----------
    Vehtari, Gelman, Simpson, Carpenter, Buerkner 2021, doi:10.1214/20-BA1221.
    """
    columns = [_flat(posterior[name]) for name in GATED if name in posterior]
    draws = np.concatenate(columns, axis=-1)
    moving = draws[..., np.ptp(draws, axis=(0, 1)) > 0]
    rhat = float(np.max(array_stats.rhat(moving, chain_axis=0, draw_axis=1)))
    bulk = array_stats.ess(moving, chain_axis=0, draw_axis=1, method="bulk")
    tail = array_stats.ess(moving, chain_axis=0, draw_axis=1, method="tail", prob=TAIL)
    if "left_out" in stats:  # whether a draw is in a mode without draws is known of none
        bulk = np.append(bulk, 0.0)
    ess, divergences = float(min(np.min(bulk), np.min(tail))), int(stats["diverging"].sum())
    converged = rhat <= gate.rhat and ess >= gate.ess and divergences == 0
    return {"converged": int(converged), "rhat_max": rhat, "ess_min": ess, "divergences": divergences}


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
