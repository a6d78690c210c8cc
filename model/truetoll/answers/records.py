"""What a summary holds: plain frozen records, in the shape they are written as JSON. No arrays."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from truetoll.answers.words import LITTLE


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
    sentence, verdict : str
        The pass-through, and what the level rests on, in words.
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
    sentence: str
    verdict: str
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
class SourceAnswer:
    """What was assumed and what was learned of one voice: a source speaking of the losses of a force.

    A source that speaks of no losses (only of strength) has an empty force and no bias.

    Parameters
    ----------
    source, name : str
    grade : str or None
        None where the noise of its figures goes by access.
    force, relation : str
    claims : int
        Claims in use that speak of this force's losses (of anything, if there is no bias).
    bias_prior, bias_posterior : Interval or None
        Factor by which it overstates; 1: unbiased. The posterior is None if the run did not converge.
    sigma_prior, sigma_posterior : Interval or None
        Log sd of a single figure.
    access : str
        What it has to count by: ``records``, ``site``, ``remote``; empty if it speaks of no losses, or in an older run.
    rests_on : tuple of int or None
        Historical claims, losses and wars that its assumed bias rests on; empty if the case states the bias, None if an
        older run does not tell.
    """

    source: str
    name: str
    grade: str | None
    force: str
    relation: str
    claims: int
    bias_prior: Interval | None
    bias_posterior: Interval | None
    sigma_prior: Interval | None
    sigma_posterior: Interval | None
    access: str = ""
    rests_on: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """One claim held against the posterior.

    Parameters
    ----------
    id, source, text, losses, form, since, as_of, origin : str
        As in the case.
    share : bool
        Whether it is a share of strength: then `true` and `said` are fractions.
    low, high, value : float
        The cell the figure stands for, and the number said; of a bound, only the number matters.
    weight : float
    set_aside : str
        Why the weight is 0.
    sound : float or None
        Posterior probability that its error is of the ordinary kind; not that the claim is true.
    tail : float or None
        Mid-p of the figure under the posterior, given that it is of the ordinary kind, the claim itself included:
        a small one says that it disagrees with the rest, a large one does not say that it is right.
    true : Interval or None
        Posterior of what the claim counts, in its window; readings mixed by their prior probability.
    said : Interval or None
        What the source would say of it: with its bias and noise. None for bounds.
    """

    id: str
    source: str
    text: str
    losses: str
    form: str
    since: str
    as_of: str
    origin: str
    share: bool
    low: float
    high: float
    value: float
    weight: float
    set_aside: str
    sound: float | None
    tail: float | None
    true: Interval | None
    said: Interval | None


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


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that may be said about a fit.

    Parameters
    ----------
    case, scenario, title, since, as_of, digest : str
    interval_mass : float
        Mass of every interval in here.
    converged : bool
        If False there is no answer: `quantities` is empty and nothing in here comes from the posterior.
    diagnostics : Diagnostics
    origins : int
        Origins of the claims in use.
    quantities : tuple of QuantityAnswer
    sources : tuple of SourceAnswer
        One per voice.
    claims : tuple of ClaimAnswer
        In the order of claims.csv.
    notices : tuple of str
        What must be known to read the numbers.
    known_on : str or None
        The day on which this was known; None: the case as it stands.
    """

    case: str
    scenario: str
    title: str
    since: str
    as_of: str
    digest: str
    interval_mass: float
    converged: bool
    diagnostics: Diagnostics
    origins: int
    quantities: tuple[QuantityAnswer, ...]
    sources: tuple[SourceAnswer, ...]
    claims: tuple[ClaimAnswer, ...]
    notices: tuple[str, ...]
    known_on: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Turn into what summary.json holds.

        Returns
        -------
        dict
            Fields as above, in full precision; lists for tuples; numbers that are not finite become None.
        """
        plain: dict[str, Any] = json_safe(asdict(self))
        return plain


def json_safe(value: Any) -> Any:
    """Turn into what JSON can hold: lists for tuples, None for numbers that are not finite.

    Parameters
    ----------
    value : object
        Of dicts, lists, tuples and plain values.

    Returns
    -------
    object
    """
    if isinstance(value, dict):
        return {key: json_safe(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_safe(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
