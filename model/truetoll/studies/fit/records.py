"""What a summary holds: plain frozen records, in the shape they are written as JSON. No arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from truetoll.answers.records import Diagnostics, Interval, QuantityAnswer, Shown
from truetoll.text.messages import Message


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
        Whether it is a share: then `true` and `said` are fractions; of strength, if it is no ratio.
    ratio : bool
        Whether it says how large one sum is beside another, as `losses` states.
    low, high, value : float
        The cell the figure stands for, of an estimate its interval, and the number said; of a bound, only the number
        matters.
    weight : float
    set_aside : Message or str
        Why the weight is 0; empty if it is not.
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
    ratio: bool
    low: float
    high: float
    value: float
    weight: float
    set_aside: str | Message
    sound: float | None
    tail: float | None
    true: Interval | None
    said: Interval | None


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What was assumed and what was learned of one list of names, of which the case says how wrong or complete it is.

    Parameters
    ----------
    claim, source, text : str
        Id; key; the figure as it was written.
    complete_prior, complete_posterior : Interval or None
        Part of the dead whom it holds. The prior is None where the case states none, as of a list that is a floor; the
        posterior where the run did not converge.
    wrong_prior, wrong_posterior : Interval or None
        Part of its entries that do not count.
    """

    claim: str
    source: str
    text: str
    complete_prior: Interval | None
    complete_posterior: Interval | None
    wrong_prior: Interval | None
    wrong_posterior: Interval | None


@dataclass(frozen=True, slots=True)
class Told:
    """A figure that a source gave of just what is asked, from the start of the case on.

    Parameters
    ----------
    claim, source, text, as_of : str
        Id; key; the figure as it was written; ISO date.
    low, high : float
        The numbers it may mean; of a bound twice the number that was said.
    estimate : float
        Posterior median of what it counts: of the losses up to `as_of`.
    """

    claim: str
    source: str
    text: str
    as_of: str
    low: float
    high: float
    estimate: float


@dataclass(frozen=True, slots=True)
class Pull:
    """What the posterior median of a quantity would be with less of one thing that the answer is made of.

    Parameters
    ----------
    kind : str
        ``source``: all its figures; ``claim``: one figure; ``prior``: what is assumed of losses; ``bias``: that a
        relation overstates or understates; ``unsound``: that a figure is probably in error.
    key : str
        Of the source; id of the claim; ``wounded[dprk]``; ``military:adversary``.
    left : float
        How much of it would be left: half its weight (the square root of a likelihood or a prior, half the log of a
        bias), 0.5; or nothing, 0, where that is known exactly.
    shift_log, mcse_log : float
        Change of the log of the median, and its Monte Carlo standard error. Below 0: it pulls up.
    khat : float or None
        Pareto k of the weights; None where the draws are those of a refit, or of the prior.
    claims : tuple of str
        Ids of the figures that pull so, the strongest first.
    value : float or None
        What is assumed: the factor of a bias, the median of a prior.
    rests_on : tuple of int or None
        Of a bias: past figures, losses and wars that it rests on; empty if the case states it.
    """

    kind: str
    key: str
    left: float
    shift_log: float
    mcse_log: float
    khat: float | None
    claims: tuple[str, ...] = ()
    value: float | None = None
    rests_on: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a quantity has the median it has.

    Parameters
    ----------
    quantity : str
    median : float
        Of the posterior.
    told : tuple of Told
        The last figure of each source that gave one of it, the lowest first.
    pulls : tuple of Pull
        What moves the median by 5 % or more with half its weight (10 % without it), beyond Monte Carlo error; the
        strongest first.
    unknown : tuple of str
        Sources of which the draws cannot tell it.
    """

    quantity: str
    median: float
    told: tuple[Told, ...]
    pulls: tuple[Pull, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary(Shown):
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
    notices : tuple of Message
        What must be known to read the numbers.
    known_on : str or None
        The day on which this was known; None: the case as it stands.
    why : tuple of Why
        Of the killed of each force, or of what is asked of it first.
    lists : tuple of ListAnswer
        In the order of claims.csv; their JSON has the key only where there are any.
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
    notices: tuple[Message, ...]
    known_on: str | None = None
    why: tuple[Why, ...] = ()
    lists: tuple[ListAnswer, ...] = ()

    @property
    def source_names(self) -> dict[str, str]:
        """Key of each source -> its name in words."""
        return {voice.source: voice.name for voice in self.sources}

    def to_dict(self) -> dict[str, Any]:
        """Turn into what its JSON file holds: as of every answer, without lists of names if there are none.

        Returns
        -------
        dict
        """
        found = Shown.to_dict(self)
        return found if self.lists else {key: each for key, each in found.items() if key != "lists"}

    def sheet(self) -> str:
        """Write it as CSV: `truetoll.studies.fit.sheet`."""
        from truetoll.studies.fit.sheet import summary_csv  # noqa: PLC0415

        return summary_csv(self)


def list_parts(summary: Summary) -> Iterator[tuple[ListAnswer, str, Interval | None, Interval | None]]:
    """Go through what is told of lists of names.

    Parameters
    ----------
    summary : Summary

    Yields
    ------
    ListAnswer, str, Interval or None, Interval or None
        The list; ``complete`` or ``wrong``; what was assumed of that part, and what was learned.
    """
    for each in summary.lists:
        for part in ("complete", "wrong"):
            before, after = (getattr(each, f"{part}_{when}") for when in ("prior", "posterior"))
            if before or after:
                yield each, part, before, after
