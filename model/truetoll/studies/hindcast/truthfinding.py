"""Truth discovery as databases do it: who errs, and what is true, from a table of who said what and from no truth.

The sources are the relations to one class of victims, the entities are the losses of all wars, the values are logs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from truetoll.benchmark import Target
from truetoll.studies.hindcast.baselines import EVEN, Array, Forecast, alike, log_figure

ALPHA, BETA = 10.0, 10.0
"""Of the inverse gamma prior of a source's variance; the truth's prior is a standard normal, in the table's units."""
_STEPS, _NEAR = 1000, 1e-8
_LEAST = 1e-9
"""Share of the loss that a source has at least, and lacks at least: its weight is finite and positive."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who said what: one row a figure.

    Parameters
    ----------
    entity, source : ndarray
        Numbers from 0 without a gap, shape (figure,).
    value : ndarray
        Shape (figure,).
    """

    entity: NDArray[np.int64]
    source: NDArray[np.int64]
    value: Array

    @property
    def centre(self) -> Array:
        """Mean of the figures of each entity."""
        return _means(self.entity, self.value)


def gaussian_truth(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Take the posterior of the Gaussian truth model of Zhao and Han.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Of other wars: their figures count, their truths do not.

    Returns
    -------
    Forecast or None
        None where no loss of that class of victims has two figures that differ.

    References
    ----------
    Zhao and Han 2012, A probabilistic model for estimating real-valued truth from conflicting sources, 10th workshop
    on Quality in Databases at VLDB (no DOI).
    """
    said = _said(target, others)
    unit = _unit(said) if said else 0.0
    if said is None or not unit:
        return None
    mean, variance, _ = fit_gaussian_truth(
        Said(said.entity, said.source, (said.value - said.centre[said.entity]) / unit)
    )
    return said.centre[0] + unit * (mean[0] + np.sqrt(variance[0]) * ndtri(EVEN)), False


def fit_gaussian_truth(said: Said) -> tuple[Array, Array, Array]:
    r"""Fit the Gaussian truth model by EM.

    :math:`\mu_e \sim N(0, 1)`, :math:`\sigma_s^2 \sim \mathrm{InvGamma}(\alpha, \beta)` and
    :math:`v_{es} \sim N(\mu_e, \sigma_s^2)`: the truths are what is integrated, the variances what is maximized.

    Parameters
    ----------
    said : Said
        In units in which the prior of a truth is a standard normal.

    Returns
    -------
    mean, variance : ndarray
        Of the posterior of each truth, shape (entity,).
    noise : ndarray
        Variance of each source, shape (source,).

    References
    ----------
    Zhao and Han 2012, as in `gaussian_truth`; alpha and beta as Wan and others 2016, doi:10.1145/2939672.2939837, set
    them, of whom Zhao is one. In the M-step the variance of a truth is part of a squared error, as EM has it.
    """
    noise = np.ones(said.source.max() + 1)
    for _ in range(_STEPS):
        variance = 1 / (1 + np.bincount(said.entity, 1 / noise[said.source]))
        mean = variance * np.bincount(said.entity, said.value / noise[said.source])
        squares = (said.value - mean[said.entity]) ** 2 + variance[said.entity]
        before = noise
        noise = (2 * BETA + np.bincount(said.source, squares)) / (2 * (ALPHA + 1) + np.bincount(said.source))
        if np.abs(noise - before).max() < _NEAR:
            break
    return mean, variance, noise


def conflict_resolution(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Take the truth that CRH of Li and others finds: a mean of the figures, weighted by how near sources come to it.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Of other wars: their figures count, their truths do not.

    Returns
    -------
    Forecast or None
        A number; None without a figure.

    References
    ----------
    Li and others 2014, doi:10.1145/2588555.2610509.
    """
    said = _said(target, others)
    return (fit_conflict_resolution(said)[0][:1], True) if said else None


def fit_conflict_resolution(said: Said) -> tuple[Array, Array]:
    r"""Find truths and weights of sources by turns, from the means on.

    With :math:`v_e^* = \sum w_s v_{es} / \sum w_s`, the loss :math:`(v_e^* - v_{es})^2 / \mathrm{sd}(v_e)` and its mean
    over the entities of a source :math:`l_s`, the weight is :math:`w_s = -\log(l_s / \sum l_{s'})`. Entities whose
    figures do not differ have no such loss and set no weight.

    Parameters
    ----------
    said : Said

    Returns
    -------
    truth : ndarray
        Shape (entity,).
    weight : ndarray
        Shape (source,); 1 of a source that nobody ever contradicted.

    References
    ----------
    Li and others 2014, doi:10.1145/2588555.2610509: theorems 1 and 4, squared loss, and missing values.
    """
    truth, weight = said.centre, np.ones(said.source.max() + 1)
    sd = np.sqrt(_means(said.entity, (said.value - truth[said.entity]) ** 2))[said.entity]
    differ = sd > 0
    source, met = said.source[differ], np.unique(said.source[differ])
    for _ in range(_STEPS if differ.any() else 0):
        losses = (said.value - truth[said.entity])[differ] ** 2 / sd[differ]
        loss = np.bincount(source, losses)[met] / np.bincount(source)[met]
        weight[met] = -np.log(np.clip(loss / loss.sum(), _LEAST, 1 - _LEAST))
        before = truth
        each = weight[said.source]
        truth = np.bincount(said.entity, each * said.value) / np.bincount(said.entity, each)
        if np.abs(truth - before).max() < _NEAR:
            break
    return truth, weight


def _said(target: Target, others: Sequence[Target]) -> Said | None:
    """Put the figures of a target, which is entity 0, and of its like into one table."""
    like = [target, *alike(target, others)]
    rows = [(i, claim) for i, each in enumerate(like) for claim in each.claims]
    if not target.claims:
        return None
    relations = sorted({claim.relation for _, claim in rows})
    source = [relations.index(claim.relation) for _, claim in rows]
    return Said(np.array([i for i, _ in rows]), np.array(source), np.array([log_figure(claim) for _, claim in rows]))


def _unit(said: Said) -> float:
    """Take the sd of figures around the mean of their entity, pooled; 0 if no two of them differ.

    Zhao and Han divide by the sd of each entity, so that populations of villages and cities compare. Logs do, and most
    losses have one figure or two, which have no sd to speak of.
    """
    free = len(said.value) - len(said.centre)
    return float(np.sqrt(np.sum((said.value - said.centre[said.entity]) ** 2) / free)) if free else 0.0


def _means(of: NDArray[np.int64], value: Array) -> Array:
    return np.bincount(of, value) / np.bincount(of)
