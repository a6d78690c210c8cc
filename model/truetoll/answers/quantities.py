"""The answer about one quantity: draws before and after the claims in, one record out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from truetoll.answers.records import Interval, Mass, QuantityAnswer, Threshold
from truetoll.answers.words import pass_through_sentence, verdict
from truetoll.claims.schema import Quantity
from truetoll.sampling.convergence import mcse

Array = NDArray[np.float64]
PassThrough = tuple[float | None, float | None]
"""A pass-through and its Monte Carlo standard error; None if no voice speaks."""


def quantity_answer(
    q: Quantity, after: Array, before: Array, through: PassThrough, *, as_of: str, mass: float
) -> QuantityAnswer:
    """Say what draws of one quantity say.

    Parameters
    ----------
    q : Quantity
    after, before : ndarray
        Draws of the posterior and of the prior, shapes (chain, draw).
    through : tuple of (float or None)
        Pass-through and its Monte Carlo standard error.
    as_of : str
        ISO date.
    mass : float
        Of the intervals.

    Returns
    -------
    QuantityAnswer
    """
    found, prior = interval(after, mass), interval(before, mass)
    contraction = 1.0 - _ratio(float(np.log(after).var()), float(np.log(before).var()))
    return QuantityAnswer(
        name=q.name,
        force=q.force,
        as_of=as_of,
        unit=q.unit,
        median=found.median,
        mean=float(after.mean()),
        sd=float(after.std(ddof=1)),
        interval=Mass(mass, found.low, found.high),
        prior=prior,
        mcse_median=mcse(after, "median"),
        width_ratio=_ratio(_width(found), _width(prior)),
        contraction=contraction,
        pass_through=through[0],
        pass_through_mcse=through[1],
        sentence=pass_through_sentence(q.name, through[0]),
        verdict=verdict(through[0], contraction),
        thresholds=_thresholds(after, before, q.thresholds),
    )


def interval(draws: Array, mass: float) -> Interval:
    """Median and equal-tailed interval of draws.

    Parameters
    ----------
    draws : ndarray
    mass : float

    Returns
    -------
    Interval
    """
    low, median, high = np.quantile(draws, levels(mass))
    return Interval(float(median), float(low), float(high))


def _width(found: Interval) -> float:
    return float(np.log(found.high / found.low))


def _ratio(after: float, before: float) -> float:
    """Spread after over spread before; 1 where there was none: nothing was to be learned."""
    return after / before if before > 0 else 1.0


def _thresholds(draws: Array, before: Array, values: Sequence[float]) -> tuple[Threshold, ...]:
    above = [(value, (draws > value).astype(float)) for value in values]
    return tuple(Threshold(v, float(a.mean()), mcse(a, "mean"), float((before > v).mean())) for v, a in above)


def levels(mass: float) -> tuple[float, float, float]:
    """Levels of the lower end, the median and the upper end of an equal-tailed interval.

    Parameters
    ----------
    mass : float

    Returns
    -------
    tuple of float
    """
    return (1.0 - mass) / 2.0, 0.5, (1.0 + mass) / 2.0
