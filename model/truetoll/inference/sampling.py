"""A case -> its posterior."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import xarray as xr

from truetoll.claims.schema import Case
from truetoll.inference.continuing import RUNS, continued
from truetoll.inference.engine import Engine
from truetoll.inference.results import FORMAT, gate, log_likelihood, loss_table, quantities, result_tree
from truetoll.inference.samplers import Progress, Settings
from truetoll.inference.tables import build_tables

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
        If neither they nor ``draws`` nor ``tune`` are given, chains that miss the convergence gate are continued, to
        four times their length at most; small cases that miss it even so are drawn by ladders of tempered
        densities.
    engine : Engine, optional
        Compiled already, for whatever case; else one is compiled.
    progress : callable, optional
        Called with (steps done, steps in all).
    **options
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    xarray.DataTree
        Groups ``posterior`` and ``prior`` (``loss`` (force, outcome, bin), ``count`` (counted, bin), ``amount``
        (quantity,) at the last edge, ``strength`` (bounded, bin), ``bias`` (voice,), ``sigma`` (source,), ``sound``
        (claim,) and the free ``z_*``), ``log_likelihood`` and ``posterior_predictive`` (``claims`` (claim,)),
        ``sample_stats``, ``observed_data``, ``constant_data``. Losses in persons (counts in units), bias and sigma on
        the log scale. Attributes: case, digest, scenario, sampling settings, versions, ``description`` (JSON of the
        case as understood), and
        ``converged`` with ``rhat_max``, ``ess_min``, ``divergences``.
    """
    once = settings is not None or bool({"draws", "tune"} & options.keys())
    settings = replace(settings or Settings(), **options)
    tables = build_tables(case)
    engine = engine or Engine(tables)
    for draws in continued(engine, tables, settings, runs=RUNS[: 1 if once else 3], progress=progress):
        if once or gate(case, tables, engine, draws)["converged"]:
            break
    made = draws.stats["diverging"].shape[1]
    drawn = replace(settings, draws=made, tune=settings.tune * made // settings.draws)
    return result_tree(case, tables, engine, draws, drawn)
