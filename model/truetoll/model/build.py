"""Losses, reporting and forms -> one `pymc.Model`, and the data that sets it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymc as pm
import pytensor.tensor as pt

from truetoll.claims.reading import as_case
from truetoll.claims.schema import Case
from truetoll.model.families import FAMILIES, FormFamily, draw_cells
from truetoll.model.forms import LOG_MASS
from truetoll.model.losses import Losses, build_losses, data
from truetoll.model.reporting import Reporting, build_reporting, observe
from truetoll.model.tables import Tables, build_tables

Tensor = Any


@dataclass(frozen=True)
class Assembly:
    """A model and the tensors behind its answers.

    Parameters
    ----------
    model : pymc.Model
    outputs : dict of str to tensor
        What is read off every draw: ``loss`` (series, bin), ``strength`` (bounded, bin), ``bias`` (voice,),
        ``distortion`` (see `truetoll.model.reporting`), ``sigma`` (noise,), and for each family ``*_mean``,
        ``*_sd`` and ``*_log_mass`` (claim, component). Nothing in them depends on the sizes of this case.
    """

    model: pm.Model
    outputs: dict[str, Tensor]


def build_model(case: Case | str | Path) -> pm.Model:
    """Build the Bayesian model of a case, for those who want to work with PyMC directly.

    Parameters
    ----------
    case : Case, str or Path
        The case, as read or under a scenario, or its folder; it is not changed.

    Returns
    -------
    pymc.Model
        Free variables are standard normals named ``z_*``, and ``origin_error``, the log error that figures of one
        origin share; every number of the case is `pymc.Data`; the observed variables ``interval``, ``hedged``,
        ``bound`` and ``chain`` (tallies) have one element per claim of their family (see `truetoll.model.forms`).

    Examples
    --------
    >>> import truetoll as tt
    >>> model = tt.build_model(tt.read_case("data/kursk-article"))
    >>> [variable.name for variable in model.observed_RVs]
    ['interval', 'hedged', 'bound', 'chain']
    """
    return assemble(build_tables(as_case(case))).model


def assemble(tables: Tables) -> Assembly:
    """Build the model of a case's tables.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    Assembly
    """
    with pm.Model(coords={dim: list(names) for dim, names in tables.coords.items()}) as model:
        for name, values in tables.data.items():
            pm.Data(name, values)
        losses = build_losses(tables)
        reporting = build_reporting(tables, losses)
        outputs = _results(tables, losses, reporting) | observed_claims(tables, reporting)
    return Assembly(model, outputs)


def _results(tables: Tables, losses: Losses, reporting: Reporting) -> dict[str, Tensor]:
    """Record what is reported; nothing here enters the likelihood."""
    pairs = reporting.distortion[1 : 1 + len(tables.coords["voice_outcome"])]
    sigma = reporting.sigma[: data("noise_median").shape[0]]
    found = {
        "loss": (losses.loss, ("series", "bin")),
        "strength": (losses.strength, ("bounded", "bin")),
        "bias": (reporting.bias, ("voice",)),
        "slanted": (pairs, ("voice_outcome",)),
        "sigma": (sigma, ("noise",)),
    }
    for name, (tensor, dims) in found.items():
        if all(tables.coords[dim] for dim in dims):
            pm.Deterministic(name, tensor, dims=dims)
    outputs = {name: tensor for name, (tensor, _) in found.items() if name != "slanted"}
    return outputs | {"distortion": reporting.distortion}


def observed_claims(tables: Tables, reporting: Reporting) -> dict[str, Tensor]:
    """Add what was said: one observed variable a family.

    Parameters
    ----------
    tables : Tables
    reporting : Reporting

    Returns
    -------
    dict of str to tensor
        Its part of `Assembly.outputs`.
    """
    outputs: dict[str, Tensor] = {}
    for family in FAMILIES:
        outputs |= observed(family, tables, reporting)
    return outputs


def observed(family: FormFamily, tables: Tables, reporting: Reporting) -> dict[str, Tensor]:
    """Add one observed variable: for each claim, the cell of its lattice that was said.

    Parameters
    ----------
    family : FormFamily
    tables : Tables
    reporting : Reporting

    Returns
    -------
    dict of str to tensor
        Its part of `Assembly.outputs`.
    """
    name = family.name
    m, s = observe(family, tables, reporting)
    log_p, weight, k = data(f"{name}_log_probability"), data(f"{name}_weight"), data(f"{name}_observed")
    columns = [data(f"{name}_{column}") for column in family.data]
    pm.CustomDist(
        name,
        m,
        s,
        log_p,
        weight,
        *columns,
        logp=lambda k, m, s, log_p, weight, *cs: weight * pt.logsumexp(log_p + _mass(family, k, m, s, cs), axis=-1),
        random=lambda m, s, log_p, weight, *cs, rng, size=None: draw_cells(family, rng, m, s, log_p, cs),
        signature=f"(c),(c),(c),(){',()' * len(columns)}->()",
        observed=k,
    )
    return {f"{name}_mean": m, f"{name}_sd": s, f"{name}_log_mass": masses(family, m, s)}


def masses(family: FormFamily, m: Tensor, s: Tensor) -> Tensor:
    """Log probability of each component times its mass of the cell that was said, of the model in context.

    Parameters
    ----------
    family : FormFamily
    m, s : tensor
        Mean and sd of log Y, dims (..., claim, component).

    Returns
    -------
    tensor
        Dims as m.
    """
    name = family.name
    columns = tuple(data(f"{name}_{column}") for column in family.data)
    return data(f"{name}_log_probability") + _mass(family, data(f"{name}_observed"), m, s, columns)


def _mass(family: FormFamily, k: Tensor, m: Tensor, s: Tensor, columns: tuple[Tensor, ...]) -> Tensor:
    """Log mass of cell k under each component, dims (claim, component)."""
    wide = [column[..., None] for column in (k, *columns)]
    return LOG_MASS[family.name](wide[0], m, s, *wide[1:])
