"""A case -> its posterior."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats

from truetoll.claims.schema import Case
from truetoll.inference.engine import Engine
from truetoll.inference.passthrough import STEP, refit_needed, shift_bias
from truetoll.inference.results import FORMAT, Variables, log_likelihood, loss_table, quantities, result_tree
from truetoll.inference.samplers import Progress, Settings
from truetoll.inference.tables import Tables, build_tables

__all__ = ["FORMAT", "fit", "log_likelihood", "loss_table", "quantities"]


def fit(
    case: Case,
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> xr.DataTree:
    """Sample the posterior over true losses of a case.

    Parameters
    ----------
    case : Case
    settings : Settings, optional
    engine : Engine, optional
        Compiled for a case of the same shape; else one is compiled.
    progress : callable, optional
        Called with (steps done, steps in all).
    **options
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    xarray.DataTree
        Groups ``posterior`` and ``prior`` (``loss`` (force, outcome, bin), ``amount`` (quantity,) at the last edge,
        ``strength`` (bounded, bin), ``bias`` (voice,), ``sigma`` (source,), ``sound`` (claim,) and the free ``z_*``),
        ``log_likelihood`` and ``posterior_predictive`` (``claims`` (claim,)), ``sample_stats``, ``observed_data``,
        ``constant_data``. Losses in persons (counts in units), bias and sigma on the log scale. Attributes: case,
        digest, scenario, sampling settings, versions, ``description`` (JSON of the case as understood), and
        ``converged`` with ``rhat_max``, ``ess_min``, ``divergences``.

    Notes
    -----
    Where the pass-through cannot be read off the draws, two further fits are made, with every bias raised and lowered.
    """
    settings = replace(settings or Settings(), **options)
    tables = build_tables(case)
    engine = engine or Engine(tables)
    engine.set(tables)
    draws = engine.sample(settings, progress)
    further = _refitted(tables, engine, settings) if refit_needed(tables) else {}
    engine.set(tables)
    return result_tree(case, tables, engine, draws, settings, further)


def _refitted(tables: Tables, engine: Engine, settings: Settings) -> Variables:
    """Find the pass-through by two further fits, with every bias raised and lowered, and its Monte Carlo error."""
    logs = []
    for step in (STEP, -STEP):
        engine.set(shift_bias(tables, step))
        logs.append(np.log(quantities(tables, engine.outputs(engine.sample(settings)))))
    up, down = logs
    error = np.hypot(*(array_stats.mcse(x, chain_axis=0, draw_axis=1, method="mean") for x in logs))
    return {
        "pass_through_refit": (("quantity",), (down - up).mean(axis=(0, 1)) / (2 * STEP)),
        "pass_through_refit_mcse": (("quantity",), error / (2 * STEP)),
    }
