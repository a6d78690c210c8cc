"""Draws -> a plain `xarray.DataTree` whose dims carry the names of the case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims.kept import keep
from truetoll.claims.schema import OUTCOMES, Case, Term
from truetoll.claims.window import bin_of, window_weights
from truetoll.model.design import claims_of, ordinary
from truetoll.model.families import FAMILIES, FormFamily, draw_cells
from truetoll.model.reports import if_sound, soundness
from truetoll.model.tables import Tables
from truetoll.sampling.convergence import diagnose
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.levers import bias_levers
from truetoll.sampling.passthrough import pass_through, strengths
from truetoll.sampling.pieces import Reader, Variables, in_pieces
from truetoll.sampling.samplers import Settings

Array = NDArray[Any]

PRIOR_DRAWS = 4000
FORMAT = 9
"""Version of the layout of a saved run."""
_SAMPLE = ("chain", "draw")


def result_tree(case: Case, tables: Tables, engine: Engine, draws: Draws, settings: Settings) -> xr.DataTree:
    """Put draws, prior draws, predictions and assumptions under the names of the case.

    Parameters
    ----------
    case : Case
    tables : Tables
    engine : Engine
    draws : Draws
    settings : Settings

    Returns
    -------
    xarray.DataTree
        As `truetoll.studies.fit.ask.fit` describes it.
    """
    rng = np.random.default_rng(settings.seed)
    read: dict[str, Reader] = {
        "posterior": lambda outputs: reported(tables, outputs),
        "log_likelihood": lambda outputs: {"claims": ((*_SAMPLE, "claim"), log_likelihood(tables, outputs))},
        "posterior_predictive": lambda outputs: _predictive(tables, outputs, rng),
    }
    found = in_pieces(engine, draws, read)
    prior = engine.prior(PRIOR_DRAWS, settings.seed)
    before = in_pieces(engine, prior, {"prior": read["posterior"]})["prior"]
    through = _through(engine, tables, draws, found["posterior"]["amount"][1])
    groups = {
        "posterior": dataset(tables, found["posterior"] | free_variables(engine, draws)),
        "prior": dataset(tables, before | free_variables(engine, prior)),
        "log_likelihood": dataset(tables, found["log_likelihood"]),
        "posterior_predictive": dataset(tables, found["posterior_predictive"]),
        "sample_stats": dataset(tables, {name: (_SAMPLE, values) for name, values in draws.stats.items()}),
        "observed_data": dataset(tables, _said(tables)),
        "constant_data": dataset(tables, _constants(tables) | through),
    }
    groups["posterior"].attrs |= diagnose(groups["posterior"], groups["sample_stats"], case.reliability.convergence)
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = attributes(case, settings) | groups["posterior"].attrs
    return tree


def _through(engine: Engine, tables: Tables, draws: Draws, amount: Array) -> Variables:
    found = pass_through(engine, tables, draws, np.log(amount), strengths(tables))
    return {name: (("quantity",), a) for name, a in zip(("pass_through", "pass_through_mcse"), found, strict=True)}


def dataset(tables: Tables, variables: Variables) -> xr.Dataset:
    """Give variables the coordinates their dims need.

    Parameters
    ----------
    tables : Tables
    variables : mapping of str to (dims, ndarray)

    Returns
    -------
    xarray.Dataset
    """
    coords = {**tables.coords, "force": tuple(tables.index.case.forces), "outcome": OUTCOMES}
    coords["counted"] = counted(tables)
    coords["claim"] = tuple(claim.id for claim in tables.index.case.claims)
    coords["kinship"] = bias_levers(tables)[0]
    dims = {dim for names, _ in variables.values() for dim in names}
    axes: dict[str, Any] = {dim: list(coords[dim]) for dim in dims if coords.get(dim)}
    for dim, axis in zip(_SAMPLE, next(iter(variables.values()))[1].shape, strict=False):
        if dim in dims:
            axes[dim] = np.arange(axis)
    return xr.Dataset(variables, coords=axes)


def reported(tables: Tables, outputs: Mapping[str, Array]) -> Variables:
    """Put what answers are made from under its dims.

    Parameters
    ----------
    tables : Tables
    outputs : mapping of str to ndarray

    Returns
    -------
    dict of str to (dims, ndarray)
    """
    found: Variables = {
        "loss": ((*_SAMPLE, "force", "outcome", "bin"), loss_table(tables, outputs["loss"])),
        "count": ((*_SAMPLE, "counted", "bin"), count_table(tables, outputs["loss"])),
        "amount": ((*_SAMPLE, "quantity"), quantities(tables, outputs)),
        "strength": ((*_SAMPLE, "bounded", "bin"), outputs["strength"]),
        "bias": ((*_SAMPLE, "voice"), outputs["bias"]),
        "bias_with_slant": ((*_SAMPLE, "voice_outcome"), outputs["slanted"]),
        "sigma": ((*_SAMPLE, "source"), outputs["sigma"][..., : len(tables.coords["source"])]),
        "disagreement": (_SAMPLE, outputs["sigma"][..., -1]),
        "sound": ((*_SAMPLE, "claim"), _in_order(tables, soundness(tables.data, outputs))),
    }
    return {name: (dims, values) for name, (dims, values) in found.items() if values.size}


def free_variables(engine: Engine, draws: Draws) -> Variables:
    """Put draws of the free variables under their dims.

    Parameters
    ----------
    engine : Engine
    draws : Draws

    Returns
    -------
    dict of str to (dims, ndarray)
    """
    return {name: ((*_SAMPLE, *engine.dims[name]), values) for name, values in draws.z.items() if values.size}


def loss_table(tables: Tables, loss: Array) -> Array:
    """Spread losses by series over (force, outcome); outcomes that are not declared are 0, counts are left out.

    Parameters
    ----------
    tables : Tables
    loss : ndarray
        Shape (..., series, bin).

    Returns
    -------
    ndarray
        Shape (..., force, outcome, bin).
    """
    forces = list(tables.index.case.forces)
    table = np.zeros((*loss.shape[:-2], len(forces), len(OUTCOMES), loss.shape[-1]))
    for i, series in enumerate(tables.index.series):
        term = Term.of(series)
        if term.quantity in OUTCOMES:
            table[..., forces.index(term.force), OUTCOMES.index(term.quantity), :] = loss[..., i, :]
    return table


def counted(tables: Tables) -> tuple[str, ...]:
    """Name the free-standing counts, such as ``russia.tanks``.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    tuple of str
    """
    return tuple(series for series in tables.index.series if Term.of(series).quantity not in OUTCOMES)


def count_table(tables: Tables, loss: Array) -> Array:
    """Take the free-standing counts out of the losses by series.

    Parameters
    ----------
    tables : Tables
    loss : ndarray
        Shape (..., series, bin).

    Returns
    -------
    ndarray
        Shape (..., counted, bin), in units.
    """
    return loss[..., [tables.index.series_at[series] for series in counted(tables)], :]


def quantities(tables: Tables, outputs: Mapping[str, Array], until: date | None = None) -> Array:
    """Everything that is reported, cumulative up to a day; sums are sums of their parts.

    Parameters
    ----------
    tables : Tables
    outputs : mapping of str to ndarray
        ``loss`` and ``strength`` as `Engine.outputs` gives them.
    until : date, optional
        After the start of the bins; the day the case asks for if not given. Losses of a bin that it lies in are
        counted by days, as a claim would count them.

    Returns
    -------
    ndarray
        Shape (..., quantity).
    """
    index = tables.index
    edges, last = index.case.bins, min(until or index.case.as_of, index.case.bins[-1])
    total = outputs["loss"] @ np.array(window_weights(edges, edges[0], last))
    strength = outputs["strength"][..., bin_of(edges, last)]
    columns = []
    for q in index.case.quantities:
        known, drawn = (index.bounded, strength) if q.term.is_strength else (index.series, total)
        parts = [known.index(cell.force if cell.is_strength else str(cell)) for cell in q.cells]
        columns.append(drawn[..., parts].sum(axis=-1))
    return np.stack(columns, axis=-1)


def _in_order(tables: Tables, columns: Mapping[str, Array]) -> Array:
    """Put the families' claims back into the order of claims.csv, shape (..., claim)."""
    ids = (c.id for family in FAMILIES for c in claims_of(tables.index, family.name))
    place = {name: i for i, name in enumerate(ids)}
    joined = np.concatenate([columns[family.name] for family in FAMILIES], axis=-1)
    return joined[..., [place[claim.id] for claim in tables.index.case.claims]]


def log_likelihood(tables: Tables, outputs: Mapping[str, Array]) -> Array:
    """Log likelihood of every claim, 0 for those set aside; shape (..., claim).

    Given the error that figures of one origin share, they are independent.

    Parameters
    ----------
    tables : Tables
    outputs : mapping of str to ndarray

    Returns
    -------
    ndarray
    """
    each = {f.name: np.logaddexp.reduce(outputs[f"{f.name}_log_mass"], axis=-1) for f in FAMILIES}
    return _in_order(tables, {name: tables.data[f"{name}_weight"] * log for name, log in each.items()})


def _predictive(tables: Tables, outputs: Mapping[str, Array], rng: np.random.Generator) -> Variables:
    """Redrawn claims: the figure (log), its cell, and the cell if the claim is of the ordinary kind.

    A bound has no figure to redraw; what its source would believe stands there.
    """
    cells, sound, figures = {}, {}, {}
    for family in FAMILIES:
        name = family.name
        log_p, columns = tables.data[f"{name}_log_probability"], _columns(tables, family)
        m, s = outputs[f"{name}_mean"], outputs[f"{name}_sd"]
        usual = np.where(ordinary(tables.data, family), log_p, -np.inf)
        cells[name] = draw_cells(family, rng, m, s, log_p, columns)
        if_so = if_sound(tables.data, family, outputs)
        sound[name] = draw_cells(family, rng, *if_so, usual, columns)
        figures[name] = np.exp(figure_of(family, cells[name], columns))
    dims = (*_SAMPLE, "claim")
    named = {"claims": figures, "cell": cells, "cell_if_sound": sound}
    return {name: (dims, _in_order(tables, values)) for name, values in named.items()}


def _columns(tables: Tables, family: FormFamily) -> tuple[Array, ...]:
    return tuple(tables.data[f"{family.name}_{column}"] for column in family.data)


def figure_of(family: FormFamily, cell: Array, columns: tuple[Array, ...]) -> Array:
    """Log figure that stands for a cell: its geometric middle; for a bound its limit, or missing on the other side.

    Parameters
    ----------
    family : FormFamily
    cell : ndarray
        Shape (..., claim).
    columns : tuple of ndarray
        The family's claim data.

    Returns
    -------
    ndarray
        Shape (..., claim).
    """
    if family.name == "bound":
        return np.where(cell == 0, columns[0], np.nan)
    if family.name == "chain":
        return columns[0] + cell
    low, width = columns[:2]
    return low + (cell + 0.5) * width


def _said(tables: Tables) -> Variables:
    """Figures as they were said, in persons (shares: fractions of strength), and their cells."""
    claims = tables.index.case.claims
    zero = {f.name: np.zeros(len(tables.data[f"{f.name}_weight"])) for f in FAMILIES}
    figures = {f.name: np.exp(figure_of(f, zero[f.name], _columns(tables, f))) for f in FAMILIES}
    columns = {
        "claims": _in_order(tables, figures),
        "cell": np.zeros(len(claims)),
        "low": np.array([c.figure.low for c in claims]),
        "high": np.array([c.figure.high for c in claims]),
    }
    return {name: (("claim",), values) for name, values in columns.items()}


def _constants(tables: Tables) -> Variables:
    """Keep what later answers need to know of the assumptions."""
    claims = tables.index.case.claims
    found: Variables = {
        "bias_mean": (("voice",), tables.data["bias_mean"]),
        "bias_map": (("voice", "bias_factor"), tables.data["bias_map"]),
        "bias_lever": (("kinship", "bias_factor"), bias_levers(tables)[1]),
        "voice_kinship": (("voice",), np.array([":".join(tables.index.kinship(*v)) for v in tables.index.voices])),
        "noise_median": (("source",), tables.data["noise_median"][: len(tables.coords["source"])]),
        "weight": (("claim",), np.array([c.weight for c in claims])),
        "claim_source": (("claim",), np.array([c.source for c in claims], dtype=str)),
        "claim_origin": (("claim",), np.array([c.origin for c in claims], dtype=str)),
        "claim_tally": (("claim",), np.array(_tallies(tables), dtype=str)),
        "exposure": (("loss_group", "bin"), tables.data["exposure"]),
    }
    return {name: (dims, values) for name, (dims, values) in found.items() if values.size}


def _tallies(tables: Tables) -> list[str]:
    """Name the running tally of every claim by the id of its first figure; empty for claims that stand alone."""
    found: dict[str, str] = {}
    for claim, link in tables.index.chained.items():  # each tally in its own order
        found[claim] = found[link.previous] if link.previous else claim
    return [found.get(claim.id, "") for claim in tables.index.case.claims]


def attributes(case: Case, settings: Settings) -> dict[str, Any]:
    """Say where a result comes from, so that it can be made again.

    Parameters
    ----------
    case : Case
    settings : Settings

    Returns
    -------
    dict
    """
    packages = ("truetoll", "pymc", "arviz", "nutpie", "numpy")
    return {
        "case": case.name,
        "scenario": case.scenario,
        "digest": case.digest,
        "interval_mass": case.reliability.interval.mass,
        "gate_rhat": case.reliability.convergence.rhat,
        "gate_ess": case.reliability.convergence.ess,
        "format": FORMAT,
        "understood": keep(case),
        **{f"sampling_{name}": value for name, value in asdict(settings).items()},
        **{f"version_{package}": version(package) for package in packages},
    }
