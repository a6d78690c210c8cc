"""The direction in which every voice exaggerates alike. NumPy only: the floors above need it without PyMC."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_STEEPEST = 20.0
"""Longest v that is trusted: beyond it (a tau under 0.05 with nothing shared) the covariance is mostly noise."""


def shared_direction(bias_map: Array) -> Array | None:
    """Find the shortest v with ``bias_map @ v = 1``.

    Parameters
    ----------
    bias_map : ndarray
        Shape (voice, bias_factor).

    Returns
    -------
    ndarray or None
        Shape (bias_factor,); None if there is none, or only a very long one.
    """
    ones = np.ones(len(bias_map))
    v = np.linalg.lstsq(bias_map, ones)[0]
    exact = np.allclose(bias_map @ v, ones, atol=1e-8)
    return v if exact and np.linalg.norm(v) <= _STEEPEST else None
