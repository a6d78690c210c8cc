"""A case -> its posterior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import xarray as xr

from truetoll.claims.reading import as_case
from truetoll.claims.scenario import under
from truetoll.claims.schema import Case
from truetoll.model.tables import build_tables
from truetoll.sampling.continuing import RUNS, continued
from truetoll.sampling.engine import Engine
from truetoll.sampling.results import FORMAT, log_likelihood, loss_table, quantities, result_tree
from truetoll.sampling.samplers import Progress, Settings

__all__ = ["FORMAT", "fit", "log_likelihood", "loss_table", "quantities"]


def fit(
    case: Case | str | Path,
    settings: Settings | None = None,
    *,
    scenario: str | Mapping[str, Any] | None = None,
    engine: Engine | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> xr.DataTree:
    """Sample the posterior over true losses of a case.

    Parameters
    ----------
    case : Case, str or Path
        The case, as read or under a scenario; it is not changed.
    settings : Settings, optional
        How to sample: draws and steps of adaptation a chain, chains, seed. If neither they nor ``draws`` nor ``tune``
        are given, chains that miss the convergence gate are continued, to four times their length at most; small
        cases that miss it even so are drawn by ladders of tempered densities.
    scenario : str or mapping, optional
        Under which the case is fitted: its name, or what could stand under a name in scenarios.toml, as
        `truetoll.apply_change` takes it.
    engine : Engine, optional
        Compiled already, for whatever case; else one is compiled.
    progress : callable, optional
        Called with (steps done, steps in all) while chains run.
    **options : object
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    xarray.DataTree
        Groups ``posterior`` and ``prior`` (``loss`` (force, outcome, bin), ``count`` (counted, bin), ``amount``
        (quantity,) at the last edge, ``strength`` (bounded, bin), ``bias`` (voice,), ``sigma`` (source,), ``sound``
        (claim,) and the free ``z_*``), ``log_likelihood`` and ``posterior_predictive`` (``claims`` (claim,)),
        ``sample_stats``, ``observed_data``, ``constant_data``. Losses in persons (counts in units), bias and sigma on
        the log scale. Attributes: case, digest, scenario, sampling settings, versions, ``understood`` (the case as
        it was read), and ``converged`` with ``rhat_max``, ``ess_min``, ``divergences``.

    Raises
    ------
    CaseError
        For a scenario that cannot be laid over the case.
    TypeError
        For an option that `Settings` does not have.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tree = tt.fit(case, draws=500, tune=300, seed=1)
    >>> tree["posterior"]["amount"].dims
    ('chain', 'draw', 'quantity')
    >>> 100 < float(tree["posterior"]["amount"].sel(quantity="dprk.killed").median()) < 3_000  # persons
    True
    """
    case = under(as_case(case), scenario)
    once = settings is not None or bool({"draws", "tune"} & options.keys())
    settings = replace(settings or Settings(), **options)
    tables = build_tables(case)
    engine = engine or Engine(tables)
    for draws in continued(engine, tables, settings, runs=RUNS[: 1 if once else 3], progress=progress):
        made = draws.stats["diverging"].shape[1]
        drawn = replace(settings, draws=made, tune=settings.tune * made // settings.draws)
        tree = result_tree(case, tables, engine, draws, drawn)
        if once or tree.attrs["converged"]:
            break
    return tree
