"""What a comparison holds: plain frozen records, in the shape they are written as JSON. No arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truetoll.answers.records import Diagnostics, QuantityAnswer, Shown, json_safe
from truetoll.answers.words import is_noise
from truetoll.render.labels import killed_and_casualties
from truetoll.studies.attribution.records import Alternative, Attribution
from truetoll.studies.influence.records import Influence
from truetoll.text.messages import Message


@dataclass(frozen=True, slots=True)
class Shift:
    """How far a quantity lies from where the base case has it.

    Parameters
    ----------
    percent, percent_mcse : float
        Change of the posterior median, and its Monte Carlo standard error.
    sd, sd_mcse : float
        Change of the log median in posterior standard deviations (log) of the base case, and its error. NaN where the
        base case leaves no doubt.
    """

    percent: float
    percent_mcse: float
    sd: float
    sd_mcse: float


def about_the_same(shift: Shift) -> bool:
    """Whether a shift may be nothing but Monte Carlo noise, or is too slight for a number.

    Parameters
    ----------
    shift : Shift

    Returns
    -------
    bool
    """
    return is_noise(shift.percent, shift.percent_mcse)


@dataclass(frozen=True, slots=True)
class Loo:
    """Leave-one-out predictive accuracy, one origin left out at a time.

    Parameters
    ----------
    elpd : float
        Sum over origins.
    diff, diff_se : float or None
        Against the base case, and its standard error; None for the base case itself.
    khat_max : float or None
        Largest Pareto k of an origin.
    origins : int
        In use.
    """

    elpd: float
    diff: float | None
    diff_se: float | None
    khat_max: float | None
    origins: int


@dataclass(frozen=True, slots=True)
class ScenarioAnswer:
    """The answer under one set of assumptions.

    Parameters
    ----------
    name, digest : str
    title, why : str or Message
        As the case has them; messages of a scenario that truetoll made, and of the case as it stands.
    method : {"refit", "psis"}
        Fitted by itself, or draws of the base case reweighted.
    converged : bool
        If False, there are no numbers: `quantities` and `shift` are empty.
    diagnostics : Diagnostics
    khat : float or None
        Pareto k of the reweighting; None for a fit.
    comparable : bool
        Whether claims, cells and readings are those of the base case, so that `loo` may be held against its.
    loo : Loo or None
        None where it may not be compared, or was not computed.
    quantities : tuple of QuantityAnswer
        As in a summary.
    shift : mapping of str to Shift
        Of every quantity, against the base case; all 0 for the base case itself.
    """

    name: str
    title: str | Message
    why: str | Message
    digest: str
    method: str
    converged: bool
    diagnostics: Diagnostics
    khat: float | None
    comparable: bool
    loo: Loo | None
    quantities: tuple[QuantityAnswer, ...]
    shift: Mapping[str, Shift]


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long it took.

    Parameters
    ----------
    compile, sampling : float
    """

    compile: float
    sampling: float


@dataclass(frozen=True, slots=True)
class Comparison(Shown):
    """Everything that may be said about a case under several sets of assumptions.

    Parameters
    ----------
    case, base, title, since, as_of, digest : str
    interval_mass : float
        Mass of every interval in here.
    origins : int
        Origins of the claims in use in the base case.
    scenarios : tuple of ScenarioAnswer
        The base case first.
    compilations : int
        Models compiled.
    seconds : Seconds
    attribution : tuple of Attribution
    alternatives : tuple of Alternative
    influence : Influence or None
    failed : tuple of Message
        Refits beside the scenarios that did not converge (parts of an attribution, ends of an alternative, what is
        left out): they have no numbers.
    notices : tuple of Message
        What must be known to read the numbers.
    """

    case: str
    base: str
    title: str
    since: str
    as_of: str
    digest: str
    interval_mass: float
    origins: int
    scenarios: tuple[ScenarioAnswer, ...]
    compilations: int
    seconds: Seconds
    attribution: tuple[Attribution, ...]
    alternatives: tuple[Alternative, ...]
    influence: Influence | None
    failed: tuple[Message, ...]
    notices: tuple[Message, ...]

    @property
    def converged(self) -> bool:
        """Whether every scenario converged, and every refit beside them."""
        return not self.failed and all(scenario.converged for scenario in self.scenarios)

    @property
    def quantities(self) -> tuple[QuantityAnswer, ...]:
        """Quantities of the first scenario that converged: all have the same. None if none converged."""
        return next((scenario.quantities for scenario in self.scenarios if scenario.quantities), ())

    @property
    def main_quantities(self) -> tuple[QuantityAnswer, ...]:
        """Killed and casualties of every force, which are shown before all else; or what there is."""
        names = killed_and_casualties([q.name for q in self.quantities])
        return tuple(q for q in self.quantities if q.name in names)

    @property
    def not_converged(self) -> tuple[str, ...]:
        """Names of the scenarios that did not converge."""
        return tuple(scenario.name for scenario in self.scenarios if not scenario.converged)

    def to_dict(self) -> dict[str, Any]:
        """Turn into what comparison.json holds.

        Returns
        -------
        dict
            Fields as above, ``converged`` and ``not_converged``, in full precision.
        """
        return super(Comparison, self).to_dict() | {
            "converged": self.converged,
            "not_converged": json_safe(self.not_converged),
        }

    def sheet(self) -> str:
        """Write it as CSV: `truetoll.studies.compare.sheet`."""
        from truetoll.studies.compare.sheet import comparison_csv  # noqa: PLC0415

        return comparison_csv(self)
