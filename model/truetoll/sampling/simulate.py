"""A made-up truth and the claims that could have been said of it: a case whose answer is known.

Truth and everything between it and the claims come from the prior. What is said is a cell on the lattice of each
claim, so simulated claims are set on a compiled model like any other number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from truetoll.model.families import FAMILIES, draw_cells
from truetoll.model.tables import Data, Tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.passthrough import shift_bias
from truetoll.sampling.tallies import draw_tallies

Array = NDArray[np.float64]

AS_ASSUMED = "as_assumed"
"""Claims are drawn as the case assumes that they are made."""


@dataclass(frozen=True)
class Simulated:
    """A truth, and a case with claims about it.

    Parameters
    ----------
    truth : Draws
        The free variables behind the claims: one chain of one draw.
    tables : Tables
        The case as it is assumed, with the simulated claims in place of its own.
    """

    truth: Draws
    tables: Tables


def simulate(engine: Engine, tables: Tables, seed: int, drawn_from: Tables | None = None) -> Simulated:
    """Draw a truth from the prior, and the claims that could have been made.

    Parameters
    ----------
    engine : Engine
        Other numbers are set on it.
    tables : Tables
        The case. A claim that is set aside there stays set aside.
    seed : int
        Of all that is drawn.
    drawn_from : Tables, optional
        The case as it really is, where sources are not as assumed.

    Returns
    -------
    Simulated
    """
    ours, theirs = (int(n) for n in np.random.SeedSequence(seed).generate_state(2))
    actual = drawn_from or tables
    engine.set(actual)
    truth = engine.prior(1, ours)
    said = redrawn(actual, engine.outputs(truth), np.random.default_rng(theirs))
    return Simulated(truth, replace(tables, data=tables.data | said))


def redrawn(tables: Tables, outputs: Mapping[str, Array], rng: np.random.Generator) -> Data:
    """Draw what every claim could have said instead.

    Parameters
    ----------
    tables : Tables
    outputs : mapping of str to ndarray
        As `Engine.outputs` reads them off a single draw.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to ndarray
        ``*_observed`` of every family, shape (claim,).
    """
    found = {}
    for family in FAMILIES:
        if family.name == "chain":
            found["chain_observed"] = draw_tallies(tables.data, outputs, rng)
            continue
        name, log_p = family.name, tables.data[f"{family.name}_log_probability"]
        columns = tuple(tables.data[f"{name}_{column}"] for column in family.data)
        m, s = (outputs[f"{name}_{what}"][0, 0] for what in ("mean", "sd"))
        found[f"{name}_observed"] = draw_cells(family, rng, m, s, log_p, columns)
    return found


def widen_bias(tables: Tables, times: float) -> Tables:
    """Spread the biases of all voices further, about the same means; slants stay as they are.

    Parameters
    ----------
    tables : Tables
    times : float
        By which the sd of everything that biases are made of is multiplied: own, of a relation, of all.

    Returns
    -------
    Tables
    """
    wider = np.where((tables.data["bias_map"] != 0).any(axis=0), times, 1.0)
    maps = {name: tables.data[name] * wider for name in ("bias_map", "distortion_map")}
    return replace(tables, data=tables.data | maps)


def _shifted(factor: float) -> Callable[[Tables], Tables]:
    return partial(shift_bias, step=float(np.log(factor)))


BIASES: dict[str, Callable[[Tables], Tables]] = {
    AS_ASSUMED: lambda tables: tables,
    **{f"bias_x{factor:g}": _shifted(factor) for factor in (0.8, 1.25, 1.5, 2.0)},
    "spread_x2": partial(widen_bias, times=2.0),
}
"""How sources may really be: as assumed; every voice's mean bias multiplied; biases twice as far apart (sd of log)."""
