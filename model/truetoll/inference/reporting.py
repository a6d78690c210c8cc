r"""How a source distorts: bias, slant, noise, shared error.

For voice a (a source speaking of a force), outcome q and claim i

.. math:: \log Y_i = \log \sum w \, \mathrm{loss} \, e^{\mathrm{bias}_a + \mathrm{slant}_{a,q}} + \mathrm{noise}_i

cell by cell inside the sum, so that a source's casualties are its own killed plus its own wounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytensor.tensor as pt

from truetoll.inference.families import FormFamily
from truetoll.inference.losses import Losses, data, standard_normal
from truetoll.inference.tables import Tables

Tensor = Any


@dataclass(frozen=True)
class Reporting:
    """What the sources make of the losses.

    Parameters
    ----------
    bias : tensor
        Dims (voice,); log factor.
    distortion : tensor
        Bias plus slant of each loss pair, bias on strength of each source, after a leading zero (the truth).
    sigma : tensor
        Dims (noise,) and one more for bounds on the truth; log sd of a figure.
    origin_error : tensor
        Dims (origin,), standard normal, after which a zero for claims alone in theirs.
    expected : tensor
        Dims (reading,); log of what a source would say without noise.
    """

    bias: Tensor
    distortion: Tensor
    sigma: Tensor
    origin_error: Tensor
    expected: Tensor


def build_reporting(tables: Tables, losses: Losses) -> Reporting:
    """Add the reporting model to the model in whose context this is called.

    Parameters
    ----------
    tables : Tables
    losses : Losses

    Returns
    -------
    Reporting
    """
    z = standard_normal("z_bias", tables, "bias_factor")
    bias = data("bias_mean") + pt.dot(data("bias_map"), z)
    distortion = data("distortion_mean") + pt.dot(data("distortion_map"), z)
    return distorted(tables, losses, bias, distortion)


def distorted(tables: Tables, losses: Losses, bias: Tensor, distortion: Tensor) -> Reporting:
    """Add noise to biases that are known as tensors.

    Parameters
    ----------
    tables : Tables
    losses : Losses
    bias, distortion : tensor
        As `Reporting`.

    Returns
    -------
    Reporting
    """
    log_sigma = data("noise_median") + data("noise_log_sd") * standard_normal("z_noise", tables, "noise")
    sigma = pt.concatenate([pt.exp(log_sigma), data("bound_sd")])
    error = pt.concatenate([standard_normal("z_origin", tables, "origin"), pt.zeros(1)])
    return Reporting(bias, distortion, sigma, error, _expected(losses, distortion))


def _expected(losses: Losses, distortion: Tensor) -> Tensor:
    """Log of the distorted sum behind each reading, over a sparse list of cells."""
    so_far = pt.cumsum(losses.loss, axis=1)
    cells = pt.concatenate([losses.loss.flatten(), so_far.flatten(), losses.strength.flatten()])
    seen = data("entry_weight") * cells[data("entry_cell")] * pt.exp(distortion[data("entry_distortion")])
    total = pt.zeros(data("row_share").shape[0])[data("entry_row")].inc(seen)
    strength = pt.log(cells[data("row_strength_cell")]) + distortion[data("row_strength_distortion")]
    return pt.log(total) - data("row_share") * strength


def observe(family: FormFamily, tables: Tables, reporting: Reporting) -> tuple[Tensor, Tensor]:
    """Mean and sd of log Y for every claim of a family, given the origins' errors (and the tally's last figure).

    Parameters
    ----------
    family : FormFamily
    tables : Tables
    reporting : Reporting

    Returns
    -------
    m, s : tensor
        Dims (claim, component): readings, sound and unsound.
    """
    name = family.name
    sigma, rho = reporting.sigma[data(f"{name}_noise")], data(f"{name}_rho")
    common = _common_sd(pt.sqrt(rho) * sigma, data(f"{name}_lift"))
    if name == "chain":
        sigma = reporting.sigma[data("chain_scatter")]
    m = reporting.expected[data(f"{name}_row")] + common * reporting.origin_error[data(f"{name}_origin")][:, None]
    s = pt.sqrt(((1.0 - rho) * sigma**2)[:, None] + data(f"{name}_extra") ** 2)
    return _given_previous(m, s) if name == "chain" else (m, s)


def _common_sd(ordinary: Tensor, lift: Tensor) -> Tensor:
    """Sd of the error that an origin's figures share, dims (claim, component): larger where the report is unsound."""
    lifted = pt.gt(lift, 0.0)
    wide = ordinary[:, None]
    return pt.where(lifted, pt.sqrt(wide**2 + pt.where(lifted, lift, 1.0) ** 2), wide)


def _given_previous(m: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and sd of a figure of a running tally, given the one before it: errors are an AR(1) over days."""
    error = (data("chain_point") + data("chain_observed"))[:, None] - m
    phi = data("chain_phi")[:, None]
    return m + phi * s * (error / s)[data("chain_previous")], s * pt.sqrt(1.0 - phi**2)
