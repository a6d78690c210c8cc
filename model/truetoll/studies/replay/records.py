"""What a replay holds: plain frozen records, in the shape they are written as JSON. No arrays."""

from __future__ import annotations

from dataclasses import dataclass

from truetoll.answers.records import Diagnostics, Mass, QuantityAnswer, Shown
from truetoll.text.messages import Message


@dataclass(frozen=True, slots=True)
class Hindsight:
    """Losses up to a day as seen on the last day of a replay.

    Parameters
    ----------
    name : str
        Of the quantity.
    median, mcse_median : float
    interval : Mass
    inside : bool or None
        Whether this median lies inside the interval that was given on the day; None if none was given.
    """

    name: str
    median: float
    mcse_median: float
    interval: Mass
    inside: bool | None


@dataclass(frozen=True, slots=True)
class ReplayDate:
    """The answer as it would have been given on one day.

    Parameters
    ----------
    date, as_of : str
        The day, and up to when losses count: that day, or the end of the case if it is earlier.
    digest : str
        Of the case as known then.
    converged : bool
        If False there is no answer: `quantities` is empty.
    diagnostics : Diagnostics
    n_claims, n_origins : int
        In use.
    new : tuple of str
        Ids of claims that became known since the date before, those set aside too.
    quantities : tuple of QuantityAnswer
        As in a summary.
    hindsight : tuple of Hindsight
        The same quantities, up to the same day, with all that is known on the last day.
    """

    date: str
    as_of: str
    digest: str
    converged: bool
    diagnostics: Diagnostics
    n_claims: int
    n_origins: int
    new: tuple[str, ...]
    quantities: tuple[QuantityAnswer, ...]
    hindsight: tuple[Hindsight, ...]


@dataclass(frozen=True, slots=True)
class ReplayClaim:
    """One claim, and when it was known.

    Parameters
    ----------
    id, text, losses, form : str
        As in the case.
    known_on, as_of : str
        The day it was reported, and the day it speaks of.
    since_date : str or None
        First date of the replay on which it is known; None: reported after the last.
    used : bool
        Whether it has weight on the last date on which it is known.
    quantity : str or None
        What it counts, if that is one quantity from the first day on; None: it is no mark on a curve.
    value, low, high : float
        As said; of a share of strength, times the median strength seen from the last date.
    share : bool
    """

    id: str
    text: str
    losses: str
    form: str
    known_on: str
    as_of: str
    since_date: str | None
    used: bool
    quantity: str | None
    value: float
    low: float
    high: float
    share: bool


@dataclass(frozen=True, slots=True)
class Replay(Shown):
    """How the answer would have moved.

    Parameters
    ----------
    case, scenario, title, since, digest : str
        The digest is that of the whole case.
    interval_mass : float
        Mass of every interval in here.
    dates : tuple of ReplayDate
        Rising.
    claims : tuple of ReplayClaim
        All of the case, in the order of claims.csv.
    compilations : int
        Models compiled.
    seconds : float
    notices : tuple of Message
        What must be known to read the numbers.
    """

    case: str
    scenario: str
    title: str
    since: str
    digest: str
    interval_mass: float
    dates: tuple[ReplayDate, ...]
    claims: tuple[ReplayClaim, ...]
    compilations: int
    seconds: float
    notices: tuple[Message, ...]

    @property
    def converged(self) -> bool:
        """Whether every date converged."""
        return all(each.converged for each in self.dates)

    @property
    def answered(self) -> tuple[ReplayDate, ...]:
        """Dates that converged."""
        return tuple(each for each in self.dates if each.converged)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the quantities, as far as any date has a number."""
        said = next((each.quantities for each in self.answered), ())
        return tuple(each.name for each in said or self.dates[0].hindsight)

    def sheet(self) -> str:
        """Write it as CSV: `truetoll.studies.replay.sheet`."""
        from truetoll.studies.replay.sheet import replay_csv  # noqa: PLC0415

        return replay_csv(self)
