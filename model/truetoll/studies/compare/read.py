r"""Fits of one case under several assumptions -> what may be said about how they differ.

Notes
-----
With :math:`m_s` the posterior median of a quantity under scenario s, 0 the base case and :math:`\sigma_0` the base
case's posterior sd of its log: ``percent`` is :math:`100 (m_s / m_0 - 1)`, ``sd`` is
:math:`\log(m_s / m_0) / \sigma_0`. Their Monte Carlo errors take the draws of two scenarios as independent; a
reweighted one shares those of the base case, so its error is overstated.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import xarray as xr

from truetoll.answers.convergence import Checked, check_amounts, gate_of
from truetoll.answers.kept import case_of
from truetoll.answers.notices import case_notices, origins
from truetoll.answers.numbers import number
from truetoll.answers.quantities import PassThrough, quantity_answer
from truetoll.answers.records import QuantityAnswer
from truetoll.claims.scenario import stated
from truetoll.claims.schema import Case
from truetoll.studies.attribution.read import alternatives, attributions
from truetoll.studies.compare.notices import comparison_notices, failure_notices
from truetoll.studies.compare.records import Comparison, Loo, ScenarioAnswer, Seconds, Shift
from truetoll.studies.influence.read import influence
from truetoll.text.messages import Message, recalled


def comparison(tree: xr.DataTree) -> Comparison:
    """Say what a comparison says.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.studies.compare.ask.compare` returns it, or as it was saved.

    Returns
    -------
    Comparison
        Without any posterior number of a scenario that did not converge.
    """
    case, attrs = case_of(tree), tree.attrs
    scenarios = _scenarios(tree, case)
    sound = any(s.converged for s in scenarios if s.name == attrs["base"])
    failed, without_base = _failed(tree), _without_base(tree, sound)
    return Comparison(
        case=str(attrs["case"]),
        base=str(attrs["base"]),
        title=case.title,
        since=case.bins[0].isoformat(),
        as_of=case.as_of.isoformat(),
        digest=str(attrs["digest"]),
        interval_mass=float(attrs["interval_mass"]),
        origins=len(origins(case)),
        scenarios=scenarios,
        compilations=int(attrs["compilations"]),
        seconds=Seconds(float(attrs["seconds_compile"]), float(attrs["seconds_sampling"])),
        # What is measured from the base case is nothing if that is no result.
        attribution=attributions(tree) if sound else (),
        alternatives=alternatives(tree) if sound else (),
        influence=influence(tree) if sound else None,
        failed=failed,
        notices=(
            *failure_notices(failed, without_base),
            *comparison_notices(scenarios, len(origins(case))),
            *case_notices(case),
        ),
    )


def checks(tree: xr.DataTree) -> dict[str, Checked]:
    """Check every posterior of a comparison.

    Parameters
    ----------
    tree : xarray.DataTree
        As of `comparison`.

    Returns
    -------
    dict of str to Checked
        By scenario.
    """
    about, amount, gate = tree["scenarios"].dataset, tree["posterior"].dataset["amount"], gate_of(tree.attrs)
    names = [str(name) for name in about["scenario"].to_numpy()]
    return {name: check_amounts(amount.sel(scenario=name), about.sel(scenario=name), gate) for name in names}


_FURTHER = ("influence", "attribution", "alternatives")
"""Groups of a comparison that measure from the base case."""


def _failed(tree: xr.DataTree) -> tuple[Message, ...]:
    """Name the further refits that are no result."""
    groups = (tree[name] for name in _FURTHER if name in tree.children)
    return tuple(recalled(each) for group in groups for each in json.loads(str(group.attrs.get("failed", "[]"))))


def _without_base(tree: xr.DataTree, sound: bool) -> tuple[str, ...]:
    """Name what was asked for and cannot be said, as the base case is no result."""
    missing = str(tree.attrs.get("without_base", "")).split(", ")
    return () if sound else tuple(name for name in _FURTHER if name in missing or name in tree.children)


def _scenarios(tree: xr.DataTree, case: Case) -> tuple[ScenarioAnswer, ...]:
    about = tree["scenarios"].dataset
    base: tuple[QuantityAnswer, ...] = ()
    found: list[ScenarioAnswer] = []
    for name, checked in checks(tree).items():
        row = about.sel(scenario=name)
        quantities = _quantities(tree, case, name) if checked.converged else ()
        base = quantities if name == tree.attrs["base"] else base
        found.append(_scenario(name, case, row, checked, quantities, _shifts(tree, quantities, base)))
    if not base:  # elpd is held against the base case's
        return tuple(replace(scenario, loo=None) for scenario in found)
    return tuple(found)


def _scenario(
    name: str,
    case: Case,
    row: xr.Dataset,
    checked: Checked,
    quantities: tuple[QuantityAnswer, ...],
    shift: Mapping[str, Shift],
) -> ScenarioAnswer:
    title, why = stated(case, name)
    return ScenarioAnswer(
        name=name,
        title=title,
        why=why,
        digest=str(row["digest"].item()),
        method=str(row["method"].item()),
        converged=checked.converged,
        diagnostics=checked.diagnostics,
        khat=number(row, "khat"),
        comparable=bool(row["comparable"]) if "comparable" in row else False,
        loo=_loo(row) if checked.converged else None,
        quantities=quantities,
        shift=shift,
    )


def _loo(row: xr.Dataset) -> Loo | None:
    """Leave-one-out figures, where they may be held against those of the base case."""
    elpd = number(row, "elpd_loo")
    if elpd is None or not bool(row["comparable"]):
        return None
    diff, error, khat = (number(row, name) for name in ("elpd_diff", "elpd_diff_se", "loo_khat_max"))
    return Loo(elpd, diff, error, khat, int(row["origins"]))


def _quantities(tree: xr.DataTree, case: Case, name: str) -> tuple[QuantityAnswer, ...]:
    as_of, mass = case.as_of.isoformat(), float(tree.attrs["interval_mass"])
    found = []
    for q in case.quantities:
        where = {"scenario": name, "quantity": q.name}
        after, before = (tree[group]["amount"].sel(where).to_numpy() for group in ("posterior", "prior"))
        through = _pass_through(tree["scenarios"].dataset.sel(where))
        found.append(quantity_answer(q, after, before, through, as_of=as_of, mass=mass))
    return tuple(found)


def _pass_through(cell: xr.Dataset) -> PassThrough:
    return number(cell, "pass_through"), number(cell, "pass_through_mcse")


def _shifts(
    tree: xr.DataTree, quantities: tuple[QuantityAnswer, ...], base: tuple[QuantityAnswer, ...]
) -> dict[str, Shift]:
    """Hold every quantity against the base case; nothing if that did not converge."""
    if not base or not quantities:
        return {}
    if quantities is base:
        return {q.name: Shift(0.0, 0.0, 0.0, 0.0) for q in base}
    draws = tree["posterior"]["amount"].sel(scenario=tree.attrs["base"])
    spread = {q.name: float(np.log(draws.sel(quantity=q.name).to_numpy()).std(ddof=1)) for q in base}
    return {q.name: shift_between(q, b, spread[q.name]) for q, b in zip(quantities, base, strict=True)}


def shift_between(q: QuantityAnswer, base: QuantityAnswer, spread: float) -> Shift:
    """Hold a quantity against the base case's.

    Parameters
    ----------
    q, base : QuantityAnswer
    spread : float
        Posterior sd of the base case's log.

    Returns
    -------
    Shift
    """
    ratio, error = q.median / base.median, math.hypot(q.mcse_median / q.median, base.mcse_median / base.median)
    by = spread if spread > 0 else math.nan
    return Shift(100.0 * (ratio - 1.0), 100.0 * ratio * error, math.log(ratio) / by, error / by)
