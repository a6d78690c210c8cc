"""The families of claims that one likelihood serves: what each needs to know of a claim, and how to draw a figure.

Their log masses stand in forms.py, as tensors, and in written/masses.py, as the loops that samplers call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FormFamily:
    """A likelihood that one observed variable serves.

    Parameters
    ----------
    name : str
        ``interval``, ``hedged``, ``bound`` or ``chain``; also the name of the observed variable.
    data : tuple of str
        Columns of claim data it needs, in the order of the two functions' arguments, each of shape (claim,).
    draw : callable
        ``(rng, m, s, *data) -> k``, arrays of shape (..., claim).
    """

    name: str
    data: tuple[str, ...]
    draw: Callable[..., Array]


def _draw_interval(rng: np.random.Generator, m: Array, s: Array, low: Array, width: Array) -> Array:
    return np.floor((rng.normal(m, s) - low) / width)


def _draw_hedged(
    rng: np.random.Generator, m: Array, s: Array, low: Array, width: Array, h: Array, sign: Array
) -> Array:
    said = rng.normal(m, s) + sign * h * rng.standard_exponential(np.shape(m))
    return np.floor((said - low) / width)


def _draw_bound(rng: np.random.Generator, m: Array, s: Array, limit: Array, sign: Array) -> Array:
    return np.where(sign * (limit - rng.normal(m, s)) > 0, 0.0, 1.0)


def _draw_chain(rng: np.random.Generator, m: Array, s: Array, point: Array, width: Array, degrees: Array) -> Array:
    return m + s * new(rng, np.broadcast_to(degrees, m.shape)) - point


def new(rng: np.random.Generator, degrees: Array) -> Array:
    """Draw what is new in a running tally.

    Parameters
    ----------
    rng : numpy.random.Generator
    degrees : ndarray
        Of freedom, infinite for a normal.

    Returns
    -------
    ndarray
        Of variance one, in the shape of `degrees`.
    """
    endless = np.isinf(degrees)
    nu = np.where(endless, 3.0, degrees)
    tailed = rng.standard_t(nu) * np.sqrt((nu - 2.0) / nu)
    return np.where(endless, rng.standard_normal(degrees.shape), tailed)


OF_EVERY_CLAIM = ("noise", "rho", "origin", "weight", "observed", "row", "log_probability", "extra", "shift")
"""Numbers that claims of every family have."""
KINDS = ("sound",)
"""And what is known of their components that no density asks for."""
LINKS = ("previous", "phi", "scatter")
"""Numbers that figures of running tallies have besides."""
FAMILIES: tuple[FormFamily, ...] = (
    FormFamily("interval", ("low", "width"), _draw_interval),
    FormFamily("hedged", ("low", "width", "h", "sign"), _draw_hedged),
    FormFamily("bound", ("limit", "sign"), _draw_bound),
    FormFamily("chain", ("point", "width", "degrees"), _draw_chain),
)
"""Every likelihood, one observed variable each.

What is observed is the number k of a cell on the lattice that continues the claim's own: 0 is the figure that was
said. The cells tile the axis, so a drawn k is a figure that could have been said instead (``hedged`` and ``interval``:
``low + k * width`` is its lower edge, log; ``bound``: 0 is the stated side of the limit, 1 the other). The figures of
running tallies (``chain``) are points: k is how far another figure would lie from the one said (log), not rounded, and
their m and s are those given the figure before.
"""


def draw_cells(
    family: FormFamily, rng: np.random.Generator, m: Array, s: Array, log_p: Array, columns: tuple[Array, ...]
) -> Array:
    """Draw what could have been said instead, one component (reading, soundness) at random for each claim.

    Parameters
    ----------
    family : FormFamily
    rng : numpy.random.Generator
    m, s : ndarray
        Shape (..., claim, component).
    log_p : ndarray
        Log probability of each component, shape (claim, component).
    columns : tuple of ndarray
        The family's claim data, each of shape (claim,).

    Returns
    -------
    ndarray
        Cells k, shape (..., claim).
    """
    chosen = np.argmax(log_p + rng.gumbel(size=m.shape), axis=-1)[..., None]
    mean, sd = (np.take_along_axis(np.broadcast_to(a, m.shape), chosen, axis=-1)[..., 0] for a in (m, s))
    return family.draw(rng, mean, sd, *columns)
