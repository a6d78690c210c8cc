r"""How a source distorts: bias, slant, noise, and the error that figures of one origin share.

For voice a (a source speaking of a force), outcome q and claim i

.. math:: \log Y_i = \log \sum w \, \mathrm{loss} \, e^{\mathrm{bias}_a + \mathrm{slant}_{a,q}} + \mathrm{noise}_i

cell by cell inside the sum, so that a source's casualties are its own killed plus its own wounded.
Biases about their means, slants and noise are all multiplied by one scale of the case, the last of the noises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pymc as pm
import pytensor.tensor as pt

from truetoll.model.families import FormFamily
from truetoll.model.losses import Losses, data, standard_normal
from truetoll.model.tables import Tables

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
        Dims (origin,), log, after which a zero for claims alone in theirs.
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
    log_size = data("noise_median") + data("noise_log_sd") * standard_normal("z_noise", tables, "noise")
    z = pt.exp(log_size[-1]) * z
    bias = data("bias_mean") + pt.dot(data("bias_map"), z)
    distortion = data("distortion_mean") + pt.dot(data("distortion_map"), z)
    sigma = pt.concatenate([pt.exp(log_size + data("noise_scaled") * log_size[-1]), data("bound_sd")])
    error = pt.concatenate([_shared_error(tables, sigma), pt.zeros(1)])
    return Reporting(bias, distortion, sigma, error, _expected(losses, distortion))


def _shared_error(tables: Tables, sigma: Tensor) -> Tensor:
    """Draw the error that figures of one origin share: of the usual size, or much larger where the report is unsound.

    It is drawn in log units, not in units of its sd: what the figures of one origin fix is the error itself.
    """
    usual = pt.sqrt(data("origin_rho")) * sigma[data("origin_noise")]
    sd = pt.stack([usual, pt.sqrt(usual**2 + data("origin_lift") ** 2)], axis=-1)
    sound = pt.exp(data("origin_log_probability"))
    assert "origin" in tables.coords
    return pm.NormalMixture("origin_error", w=sound, mu=0.0, sigma=sd, dims="origin")


def _expected(losses: Losses, distortion: Tensor) -> Tensor:
    """Log of the distorted sum behind each reading, less that of what it is over, by a sparse list of cells."""
    so_far = pt.cumsum(losses.loss, axis=1)
    cells = pt.concatenate([losses.loss.flatten(), so_far.flatten(), losses.strength.flatten()])
    seen = data("entry_weight") * cells[data("entry_cell")] * pt.exp(distortion[data("entry_distortion")])
    over, n_rows = data("row_over"), data("row_share").shape[0]
    sums = pt.log(pt.zeros(n_rows + over.shape[0])[data("entry_row")].inc(seen))
    return sums[:n_rows][over].inc(-sums[n_rows:])


def observe(family: FormFamily, tables: Tables, reporting: Reporting) -> tuple[Tensor, Tensor]:
    """Mean and sd of log Y for every claim of a family, given the errors of origins (and the tally's last figure).

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
    own = "scatter" if name == "chain" else "noise"
    sigma, rho = reporting.sigma[data(f"{name}_{own}")], data(f"{name}_rho")
    m = reporting.expected[data(f"{name}_row")] + reporting.origin_error[data(f"{name}_origin")][:, None]
    m = m + data(f"{name}_shift")
    s = pt.sqrt(((1.0 - rho) * sigma**2)[:, None] + data(f"{name}_extra") ** 2)
    return _given_previous(m, s) if name == "chain" else (m, s)


def _given_previous(m: Tensor, s: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and sd of a figure of a running tally, given the one before it: errors are an AR(1) over days."""
    error = (data("chain_point") + data("chain_observed"))[:, None] - m
    phi = data("chain_phi")[:, None]
    return m + phi * s * (error / s)[data("chain_previous")], s * pt.sqrt(1.0 - phi**2)
