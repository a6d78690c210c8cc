"""What methods published elsewhere make of a target: pooled effects, a Gumbel, truth discovery.

Each is as its authors state it, with the log figures for what they combine. What a method needs and nobody states,
the variance of a figure or the size of an error, it learns from other wars, as the model does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import ndtri
from scipy.stats import gumbel_r

from truetoll.benchmark import Target
from truetoll.studies.hindcast.baselines import EVEN, PULL, Array, Forecast, alike, log_errors, log_figure, mean_log
from truetoll.studies.hindcast.truthfinding import conflict_resolution, gaussian_truth


def dersimonian_laird(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Pool the figures with random effects, their variance by the moments of DerSimonian and Laird.

    The truth is what the figures are effects of, so the forecast is the pooled mean with its standard error, not the
    prediction of a further figure.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Of other wars: they teach the variance of a figure.

    Returns
    -------
    Forecast or None
        None where no other target of that class of victims was ever mistaken.

    References
    ----------
    DerSimonian and Laird 1986, doi:10.1016/0197-2456(86)90046-2.
    """
    return _random_effects(target, others, "dl")


def paule_mandel(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Pool the figures with random effects, their variance by the iteration of Paule and Mandel.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Of other wars: they teach the variance of a figure.

    Returns
    -------
    Forecast or None
        As of `dersimonian_laird`.

    References
    ----------
    Paule and Mandel 1982, doi:10.6028/jres.087.022; as a method for random effects DerSimonian and Kacker 2007,
    doi:10.1016/j.cct.2006.04.004.
    """
    return _random_effects(target, others, "pm")


def gumbel(target: Target, others: Sequence[Target]) -> Forecast | None:
    """Lay a Gumbel distribution around the figures, fitted to the other wars, as uncertainUCDP does.

    There location and scale follow from the reported figure and the type of violence, by regressions on what coders of
    UCDP believe of single events; their coefficients are in a binary file of that package. Here both are fitted by
    maximum likelihood to ``log(truth / geometric mean of the figures)`` of that class of victims, and no weight is
    laid on the figure itself.

    Parameters
    ----------
    target : Target
    others : sequence of Target
        Of other wars.

    Returns
    -------
    Forecast or None
        None where less than two different errors are known.

    References
    ----------
    Vesco and others 2024, doi:10.48550/arXiv.2409.08779; Randahl, doi:10.32614/CRAN.package.uncertainUCDP.
    """
    errors = np.array([math.log(other.truth.best) - mean_log(other.claims) for other in alike(target, others)])
    if len(errors) < 2 or not np.ptp(errors):
        return None
    return mean_log(target.claims) + gumbel_r.ppf(EVEN, *gumbel_r.fit(errors)), False


def pooled(effects: Array, variances: Array, method: str) -> tuple[float, float]:
    """Pool effects with random effects.

    Parameters
    ----------
    effects, variances : ndarray
        Shape (effect,).
    method : {"dl", "pm"}

    Returns
    -------
    mean, se : float
        A variance between effects below zero is zero, as its authors have it and statsmodels, of ``dl``, has not.
    """
    if len(effects) == 1:
        return float(effects[0]), math.sqrt(variances[0])
    from statsmodels.stats.meta_analysis import combine_effects  # noqa: PLC0415 - takes half a second

    with np.errstate(invalid="ignore", divide="ignore"):  # of what it makes of a negative variance, and is not used
        found = combine_effects(effects, variances, method_re=method)
    if found.tau2 > 0:
        return float(found.mean_effect_re), float(found.sd_eff_w_re)
    return float(found.mean_effect_fe), float(found.sd_eff_w_fe)


def _random_effects(target: Target, others: Sequence[Target], method: str) -> Forecast | None:
    variances = _variances(target, others)
    if variances is None:
        return None
    mean, se = pooled(np.array([log_figure(claim) for claim in target.claims]), variances, method)
    return mean + se * ndtri(EVEN), False


def _variances(target: Target, others: Sequence[Target]) -> Array | None:
    """Take the mean squared log error of each relation to that class of victims, pulled to that of all relations.

    One variance for all would make both methods the same, and the plain mean of the figures.
    """
    errors = log_errors(alike(target, others))
    squares = {relation: [error**2 for error in each] for relation, each in errors.items()}
    every = [square for each in squares.values() for square in each]
    if not target.claims or not any(every):
        return None
    known = [squares.get(claim.relation, []) for claim in target.claims]
    return np.array([(sum(each) + PULL * np.mean(every)) / (len(each) + PULL) for each in known])


PUBLISHED: dict[str, Callable[[Target, Sequence[Target]], Forecast | None]] = {
    "dersimonian_laird": dersimonian_laird,
    "paule_mandel": paule_mandel,
    "gumbel": gumbel,
    "gaussian_truth": gaussian_truth,
    "conflict_resolution": conflict_resolution,
}
"""By name: (target, targets of other wars) -> forecast."""
