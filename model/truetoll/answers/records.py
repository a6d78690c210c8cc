"""What answers of every question hold: plain frozen records, in the shape they are written as JSON. No arrays."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from truetoll.answers.words import LITTLE
from truetoll.text.messages import Message

if TYPE_CHECKING:
    import pandas as pd


class Shown(ABC):
    """An answer as a whole: it can be written as JSON, made a table of pandas, and shows itself in a notebook."""

    __slots__ = ()
    title: str

    @abstractmethod
    def sheet(self) -> str:
        """Write it as CSV, a row a number that is answered, in full precision."""

    def to_dict(self) -> dict[str, Any]:
        """Turn into what its JSON file holds.

        Returns
        -------
        dict
            Its fields, in full precision; lists for tuples; numbers that are not finite become None.
        """
        plain: dict[str, Any] = json_safe(self)
        return plain

    def to_frame(self) -> pd.DataFrame:
        """Lay it out as a table.

        Returns
        -------
        pandas.DataFrame
            The rows of its CSV file, in full precision.
        """
        from truetoll.render.frames import frame  # noqa: PLC0415

        return frame(self.sheet())

    def _repr_html_(self) -> str:
        from truetoll.render.frames import shown  # noqa: PLC0415

        return shown(self.title, self.to_frame())


@dataclass(frozen=True, slots=True)
class Interval:
    """A central interval with its median.

    Parameters
    ----------
    median, low, high : float
        In persons, units of a count, or a factor: what holds the interval says which.
    """

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mass:
    """An equal-tailed interval.

    Parameters
    ----------
    mass : float
        Posterior probability inside.
    low, high : float
    """

    mass: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """Posterior probability that a quantity exceeds a value.

    Parameters
    ----------
    value : float
    probability, mcse : float
        And its Monte Carlo standard error.
    prior : float
        The same probability before any claim.
    """

    value: float
    probability: float
    mcse: float
    prior: float


@dataclass(frozen=True, slots=True)
class QuantityAnswer:
    """The answer about one quantity, cumulative at `as_of`.

    Parameters
    ----------
    name, force, as_of, unit : str
        ``dprk.killed``; the force in words; ISO date; ``persons`` or the name of a count.
    median, mean, sd : float
        Of the posterior, in units.
    interval : Mass
        Equal-tailed.
    prior : Interval
        Median and equal-tailed interval of the same mass, before any claim.
    mcse_median : float
        Monte Carlo standard error of the median.
    width_ratio : float
        Width of the posterior interval over that of the prior, both on the log scale; 1: nothing was learned.
    contraction : float
        ``1 - var(log) of the posterior / var(log) of the prior``; 0: nothing was learned.
    pass_through, pass_through_mcse : float or None
        Per cent by which it falls if every voice exaggerates 1 % more than assumed; None without voices.
    sentence, verdict : Message
        What the pass-through means, and what the level rests on.
    thresholds : tuple of Threshold
    """

    name: str
    force: str
    as_of: str
    unit: str
    median: float
    mean: float
    sd: float
    interval: Mass
    prior: Interval
    mcse_median: float
    width_ratio: float
    contraction: float
    pass_through: float | None
    pass_through_mcse: float | None
    sentence: Message
    verdict: Message
    thresholds: tuple[Threshold, ...] = ()

    @property
    def central(self) -> Interval:
        """The posterior's interval with its median."""
        return Interval(self.median, self.interval.low, self.interval.high)


def little_learned(q: QuantityAnswer) -> bool:
    """Whether the claims left the prior of a quantity about as it was.

    Parameters
    ----------
    q : QuantityAnswer

    Returns
    -------
    bool
    """
    return q.contraction < LITTLE


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Whether the sampler can be believed.

    Parameters
    ----------
    rhat_max, ess_min : float
        Worst R-hat; smallest bulk or tail effective sample size.
    divergences : int
    """

    rhat_max: float
    ess_min: float
    divergences: int


def json_safe(value: Any) -> Any:
    """Turn into what JSON can hold: lists for tuples, None for numbers that are not finite, messages in English.

    Parameters
    ----------
    value : object
        Of dicts, lists, tuples, records, messages and plain values.

    Returns
    -------
    object
    """
    if isinstance(value, Message):
        return str(value)
    if is_dataclass(value):
        return {each.name: json_safe(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
