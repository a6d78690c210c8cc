"""Running tallies off the draws: what the model says of a figure given the one before, turned back into the whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.families import new

Array = NDArray[np.float64]
Data = Mapping[str, NDArray[Any]]


def moved_given_previous(data: Data, sd: Array, by: Array) -> Array:
    """Move of a figure's mean given the one before it, when its own mean moves.

    Parameters
    ----------
    data : mapping of str to ndarray
        Of `truetoll.model.tables.Tables`.
    sd : ndarray
        Of each figure given the one before, shape (..., claim).
    by : ndarray
        What each figure's own mean moves by, shape (..., claim).

    Returns
    -------
    ndarray
        Shape (..., claim).
    """
    phi, before = data["chain_phi"], data["chain_previous"]
    own = sd / np.sqrt(1.0 - phi**2)
    return by - phi * own * (by / own)[..., before]


def draw_tallies(data: Data, outputs: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """Draw whole tallies anew, each figure with the error its own past leaves it.

    Parameters
    ----------
    data : mapping of str to ndarray
    outputs : mapping of str to ndarray
        ``chain_mean`` and ``chain_sd`` of a single draw, given the figures in `data`.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray
        Shape (claim,): how far each lies from the figure that was said (log).
    """
    phi, before, point = data["chain_phi"], data["chain_previous"], data["chain_point"]
    mean, own = outputs["chain_mean"][0, 0, :, 0].copy(), outputs["chain_sd"][0, 0, :, 0] / np.sqrt(1.0 - phi**2)
    fresh = new(rng, data["chain_degrees"]) * np.sqrt(1.0 - phi**2)
    said, error = point + data["chain_observed"], np.zeros(len(phi))
    for i in _in_order(before):
        if before[i] != i:
            past = before[i]
            mean[i] -= phi[i] * own[i] * (said[past] - mean[past]) / own[past]
            error[i] = phi[i] * error[past]
        error[i] += fresh[i]
    found: Array = mean + own * error - point
    return found


def _in_order(before: NDArray[np.int64]) -> list[int]:
    """Every figure after the one it follows."""
    ordered: list[int] = []
    placed = np.zeros(len(before), dtype=bool)
    for start in range(len(before)):
        path, i = [], start
        while not placed[i]:
            placed[i] = True
            path.append(i)
            i = int(before[i])
        ordered += reversed(path)
    return ordered
