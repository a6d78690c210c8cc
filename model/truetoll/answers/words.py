"""Numbers as they are printed, and what they mean, in words. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Mapping

from truetoll.text.messages import Message, message

RAISE = 1.1
"""How much more every source exaggerates in the sentence about the pass-through."""
MUCH, LITTLE = 0.7, 0.3
"""Pass-through (and contraction) from which the level is said to rest on one thing, and below which not on it."""
FEW_ORIGINS = 3
"""Below this many origins the answer is arithmetic on priors."""
NOISE = 2.0
"""Monte Carlo standard errors within which a shift may be nothing."""
SLIGHT = 0.5
"""Per cent below which a shift is not worth a number."""
SAME = "about the same"
ODD, CONTRARY = 0.05, 0.01
"""Tail probability (of all comparisons together) below which a claim stands out, and below which it contradicts."""
SENSITIVE = 0.05
"""Power-scaling sensitivity from which an answer is said to follow a prior (Kallioinen and others 2024)."""
SMALL_ELPD = 4.0
"""Difference of elpd below which its standard error cannot be trusted (Sivula and others 2020, arXiv:2008.10296)."""
KHAT = 0.7
"""Pareto k above which reweighted draws cannot be trusted (Vehtari and others 2024)."""
_LONG = 100_000.0
"""From here on six digits do not hold the half of an edge."""
WEIGHTS_FROM = 20
"""Origins below which nobody should think of weights for scenarios."""


def two_digits(x: float | None) -> str:
    """Write a number with two significant digits.

    Parameters
    ----------
    x : float or None

    Returns
    -------
    str
        ``550``, ``3,000``, ``0.041``; ``-`` for what is missing.
    """
    if x is None or not math.isfinite(x):
        return "-"
    rounded = float(f"{x:.1e}")
    if rounded == 0:
        return "0"
    decimals = max(0, 1 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{decimals}f}"


def whole(x: float | None) -> str:
    """Write a number of persons or things: two significant digits, no fractions.

    Parameters
    ----------
    x : float or None

    Returns
    -------
    str
        ``550``, ``3,000``, ``6``, ``under 1``; ``-`` for what is missing.
    """
    if x is not None and 0 < x < 0.5:
        return "under 1"
    return two_digits(x) if x is None or x >= 10 else f"{round(x)}"


def percent(p: float) -> str:
    """Write a probability or a share in whole per cent; the ends as less or more than 1 %.

    Parameters
    ----------
    p : float

    Returns
    -------
    str
    """
    if p < 0.005:
        return "< 1 %"
    return "> 99 %" if p > 0.995 else f"{100 * p:.0f} %"


def figure(x: float) -> str:
    """Write a number that was given, not computed, as it was given: ``45,100``.

    Parameters
    ----------
    x : float

    Returns
    -------
    str
    """
    if float(x).is_integer():
        return f"{x:,.0f}"
    return f"{x:,g}" if abs(x) < _LONG else f"{x:,.1f}"


def if_raised(p: float) -> float:
    """Find by what share a quantity changes if all sources exaggerate 10 % more than assumed.

    Parameters
    ----------
    p : float
        Pass-through: the quantity changes by the factor ``1.1 ** -p``.

    Returns
    -------
    float
    """
    return float(RAISE**-p - 1.0)


def pass_through_sentence(name: str, p: float | None, called: str = "") -> Message:
    """Say what follows if all sources exaggerate 10 % more than assumed.

    Parameters
    ----------
    name : str
        Of the quantity.
    p : float or None
        Pass-through: the quantity changes by the factor ``1.1 ** -p``.
    called : str
        What the reader calls it, if not by its name.

    Returns
    -------
    Message
    """
    called = called or name
    if p is None and name.endswith("strength"):
        return message("verdict.passes_none_strength", name=called)
    if p is None:
        return message("verdict.passes_none", name=called)
    change = if_raised(p)
    if (by := round(100 * abs(change))) == 0:
        return message("verdict.passes_nothing", name=called)
    return message("verdict.passes_lower" if change < 0 else "verdict.passes_higher", name=called, by=by)


def verdict(p: float | None, contraction: float) -> Message:
    """Say what the level of a quantity rests on.

    Parameters
    ----------
    p : float or None
        Pass-through.
    contraction : float

    Returns
    -------
    Message
    """
    if (p is None or abs(p) < LITTLE) and contraction < LITTLE:
        return message("verdict.rests_prior")
    if p is None or abs(p) < LITTLE:
        return message("verdict.rests_others")
    if p < 0:
        return message("verdict.rests_against")
    if p >= MUCH and contraction < LITTLE:
        return message("verdict.rests_sources_width")
    return message("verdict.rests_sources" if p >= MUCH else "verdict.rests_partly")


def moved(percent: float, error: float) -> str:
    """Write a change in per cent; one that may be Monte Carlo noise in words.

    Parameters
    ----------
    percent, error : float
        And its Monte Carlo standard error.

    Returns
    -------
    str
        ``+12 %``, ``-35 %``, ``about the same``; ``-`` for what is missing.
    """
    if not math.isfinite(percent):
        return "-"
    if is_noise(percent, error):
        return SAME
    return f"{'-' if percent < 0 else '+'}{whole(abs(percent))} %"


def is_noise(percent: float, error: float) -> bool:
    """Whether a change in per cent may be Monte Carlo noise, or is too slight for a number.

    Parameters
    ----------
    percent, error : float
        And its Monte Carlo standard error.

    Returns
    -------
    bool
    """
    return abs(percent) < SLIGHT or abs(percent) <= NOISE * error


def signed(x: float | None, decimals: int) -> str:
    """Write a number with its sign: ``+0.31``, ``-1.2``; ``-`` for what is missing.

    Parameters
    ----------
    x : float or None
    decimals : int

    Returns
    -------
    str
        Without a sign if nothing but zeros would be written.
    """
    if x is None or not math.isfinite(x):
        return "-"
    rounded = round(x, decimals)
    return f"{rounded:+.{decimals}f}" if rounded else f"{0:.{decimals}f}"


def conflict_verdict(tail_holm: float | None) -> Message:
    """Say whether a claim, or a source, contradicts the others.

    Parameters
    ----------
    tail_holm : float or None
        Tail probability held to the number of comparisons.

    Returns
    -------
    Message
        That no conflict is seen does not say that a figure is right.
    """
    if tail_holm is None:
        return message("verdict.conflict_unknown")
    if tail_holm < CONTRARY:
        return message("verdict.conflict_contrary")
    return message("verdict.conflict_odd" if tail_holm < ODD else "verdict.conflict_none")


def sensitivity_verdict(psense: Mapping[str, float | None]) -> Message:
    """Say which priors an answer follows.

    Parameters
    ----------
    psense : mapping of str to float or None
        Power-scaling sensitivity by role.

    Returns
    -------
    Message
    """
    known = {role: x for role, x in psense.items() if x is not None}
    if not known:
        return message("verdict.follows_unmeasured")
    felt = tuple(message("verdict.follows_one", role=role) for role, x in known.items() if x >= SENSITIVE)
    return message("verdict.follows", priors=felt) if felt else message("verdict.follows_none")


def loo_verdict(diff: float | None, error: float | None) -> Message | None:
    """Say what a difference in predictive accuracy says.

    Parameters
    ----------
    diff, error : float or None
        Of elpd against the base case, and its standard error.

    Returns
    -------
    Message or None
        None if there is no difference to speak of.
    """
    if diff is None or error is None:
        return None
    if abs(diff) < max(SMALL_ELPD, NOISE * error):
        return message("verdict.loo_same")
    return message("verdict.loo_worse" if diff < 0 else "verdict.loo_better")
