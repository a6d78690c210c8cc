r"""The error that figures of one report share, off the draws: its prior, whether it is sound, a fresh one.

Of a sound report it has the variance :math:`\rho \sigma^2`, of an unsound one :math:`\rho \sigma^2 + \lambda^2`. Given
the error figures are independent, whatever the kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.design import ordinary
from truetoll.model.families import FAMILIES, FormFamily

Array = NDArray[np.float64]
Data = dict[str, NDArray[Any]]

_LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))


def log_kinds(data: Data, error: Array, sigma: Array) -> Array:
    """Log prior density of the shared error of every origin, with the probability of each kind of report.

    Parameters
    ----------
    data : dict of str to ndarray
        Of `truetoll.model.tables.Tables`.
    error : ndarray
        Shape (..., origin); log.
    sigma : ndarray
        Shape (..., noise).

    Returns
    -------
    ndarray
        Shape (..., origin, kind): sound, unsound.
    """
    sd = sd_of_kinds(data, sigma)
    found: Array = data["origin_log_probability"] - 0.5 * (error[..., None] / sd) ** 2 - np.log(sd) - _LOG_ROOT_2PI
    return found


def sd_of_kinds(data: Data, sigma: Array) -> Array:
    """Sd of the shared error of every origin, by kind of report.

    Parameters
    ----------
    data : dict of str to ndarray
    sigma : ndarray
        Shape (..., noise).

    Returns
    -------
    ndarray
        Shape (..., origin, kind).
    """
    usual = data["origin_rho"] * sigma[..., data["origin_noise"]] ** 2
    return np.sqrt(np.stack([usual, usual + data["origin_lift"] ** 2], axis=-1))


def sizes(data: Data, z_noise: Array) -> Array:
    """Size of the errors of every source, of its bookkeeping, and by how much the whole case is larger than usual.

    Parameters
    ----------
    data : dict of str to ndarray
    z_noise : ndarray
        Standard normals, shape (..., noise).

    Returns
    -------
    ndarray
        Log sds, shape (..., noise); the last is the scale of the case, which all but bookkeeping carry.
    """
    log = data["noise_median"] + data["noise_log_sd"] * z_noise
    return np.asarray(np.exp(log + data["noise_scaled"] * log[..., -1:]))


def drawn_errors(data: Data, z_noise: Array, rng: np.random.Generator) -> Array:
    """Draw shared errors from their prior.

    Parameters
    ----------
    data : dict of str to ndarray
    z_noise : ndarray
        Shape (..., noise).
    rng : numpy.random.Generator

    Returns
    -------
    ndarray
        Shape (..., origin).
    """
    sd = sd_of_kinds(data, sizes(data, z_noise))
    unsound = np.log(rng.uniform(size=sd.shape[:-1])) >= data["origin_log_probability"][:, 0]
    found: Array = np.where(unsound, sd[..., 1], sd[..., 0]) * rng.normal(size=sd.shape[:-1])
    return found


def soundness(data: Data, outputs: Mapping[str, Array]) -> dict[str, Array]:
    """Probability, in each draw, that a figure is of the ordinary kind, and so is its report.

    Parameters
    ----------
    data : dict of str to ndarray
    outputs : mapping of str to ndarray
        As `truetoll.sampling.engine.Engine.outputs`.

    Returns
    -------
    dict of str to ndarray
        By family, shape (..., claim).
    """
    kinds = log_kinds(data, outputs["origin_error"], outputs["sigma"])
    of_report = _and_alone(kinds[..., 0] - np.logaddexp.reduce(kinds, axis=-1))
    found = {}
    for family in FAMILIES:
        mass = outputs[f"{family.name}_log_mass"]
        usual = np.where(ordinary(data, family), mass, -np.inf)
        own = np.logaddexp.reduce(usual, axis=-1) - np.logaddexp.reduce(mass, axis=-1)
        found[family.name] = np.exp(own + of_report[..., data[f"{family.name}_origin"]])
    return found


def if_sound(data: Data, family: FormFamily, outputs: Mapping[str, Array]) -> tuple[Array, Array]:
    """Mean and sd of log Y, its report being sound: a shared error of the usual size stands in for that of the draw.

    Parameters
    ----------
    data : dict of str to ndarray
    family : FormFamily
    outputs : mapping of str to ndarray

    Returns
    -------
    m, s : ndarray
        Shape (..., claim, component). Lasting errors of running tallies are no matter of soundness: they stay.
    """
    name = family.name
    m, s, origin = outputs[f"{name}_mean"], outputs[f"{name}_sd"], data[f"{name}_origin"]
    report = np.append(np.exp(data["origin_log_probability"][:, 1]) > 0.0, False)[origin]
    if name == "chain" or not report.any():
        return m, s
    error, usual = outputs["origin_error"], sd_of_kinds(data, outputs["sigma"])[..., 0]
    shift, sd = (np.where(report, _and_alone(a)[..., origin], 0.0)[..., None] for a in (error, usual))
    return m - shift, np.hypot(s, sd)


def _and_alone(of_origins: Array) -> Array:
    """Append a zero for claims alone in their origin."""
    return np.concatenate([of_origins, np.zeros((*of_origins.shape[:-1], 1))], axis=-1)
