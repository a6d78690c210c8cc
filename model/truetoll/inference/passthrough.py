r"""What an answer would move by if every voice exaggerated more than assumed.

A bias that all sources share cannot be learned from their claims, so its effect is computed instead. Raising the mean
of every bias by d is the same as moving the standard normals behind the biases by d v, for any v with ``B v = 1`` (B
the map from normals to biases). Hence :math:`dE[\log Q] / dd = \mathrm{Cov}(\log Q, v \cdot z)`, the score of a shifted
standard normal. Of all such v the shortest has the least Monte Carlo error.
"""

from __future__ import annotations

from dataclasses import replace

from truetoll.inference.direction import shared_direction
from truetoll.inference.tables import Tables

STEP = 0.2
"""By how much biases are raised, and lowered, where further fits are needed (log): 0.1 would drown in their noise."""


def refit_needed(tables: Tables) -> bool:
    """Whether the pass-through of a case must be found by a second fit.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    bool
    """
    bias_map = tables.data["bias_map"]
    return len(bias_map) > 0 and shared_direction(bias_map) is None


def shift_bias(tables: Tables, step: float) -> Tables:
    """Raise the mean of every voice's bias.

    Parameters
    ----------
    tables : Tables
    step : float
        Log factor.

    Returns
    -------
    Tables
    """
    pairs = len(tables.coords["voice_outcome"])
    mean = tables.data["distortion_mean"].copy()
    mean[1 : 1 + pairs] += step
    data = tables.data | {"bias_mean": tables.data["bias_mean"] + step, "distortion_mean": mean}
    return replace(tables, data=data)
