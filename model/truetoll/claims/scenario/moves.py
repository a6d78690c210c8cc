"""How one number is moved to a plausible low and high."""

from __future__ import annotations

import math
from collections.abc import Mapping

from truetoll.claims.reliability import Factor
from truetoll.claims.schema import Z95, Prior


def scaled(value: float, move: Factor) -> tuple[float, float]:
    """Divide and multiply.

    Parameters
    ----------
    value : float
    move : Factor

    Returns
    -------
    tuple of float
        Low and high.
    """
    return value / move.factor, value * move.factor


def move_odds(share: float, factor: float) -> tuple[float, float]:
    """Divide and multiply the odds of a share.

    Parameters
    ----------
    share : float
        From 0 up to, but not including, 1.
    factor : float

    Returns
    -------
    tuple of float
        Low and high; a share of 0 stays.
    """
    odds = share / (1 - share)
    low, high = odds / factor, odds * factor
    return low / (1 + low), high / (1 + high)


def move_prior(prior: Prior, z: float, share: bool) -> dict[str, float]:
    """Move the median of a prior within the prior; the widths stay.

    Parameters
    ----------
    prior : Prior
    z : float
        In standard deviations: -1 is its 16 % point, 1 its 84 % point.
    share : bool
        Whether the scale is the logit; else the log.

    Returns
    -------
    dict of str to float
        ``median``, ``low`` and ``high``.
    """
    low, median, high = (_logit(x) if share else math.log(x) for x in (prior.low, prior.median, prior.high))
    shift = z * ((median - low) if z < 0 else (high - median)) / Z95
    back = _expit if share else math.exp
    return {"median": back(median + shift), "low": back(low + shift), "high": back(high + shift)}


def _logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def one_level[T](level: T, size: Mapping[T, float], own: float, steps: int) -> T | None:
    """Find the level of a scale some steps away.

    Parameters
    ----------
    level : object
        If it is not on the scale (it cannot be judged), steps go from where `own` lies between the others.
    size : mapping
        Level -> size of its error, best level first.
    own : float
        Size of the error of `level`.
    steps : int
        Negative: better.

    Returns
    -------
    object or None
        The end of the scale if that is nearer; None if `level` is the end.
    """
    scale = list(size)
    if level in size:
        place = scale.index(level)
        better, worse = scale[:place], scale[place + 1 :]
    else:
        better = [each for each in scale if size[each] < own]
        worse = [each for each in scale if size[each] > own]
    side = better[::-1] if steps < 0 else worse
    return side[min(abs(steps), len(side)) - 1] if side else None
