"""What a comparison holds: plain frozen records, in the shape they are written as JSON. No arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from truetoll.answers.records import Diagnostics, QuantityAnswer, json_safe
from truetoll.answers.words import is_noise


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
    name, title, why, digest : str
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
    title: str
    why: str
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
class Part:
    """One change of a scenario, and what it alone contributes to the shift.

    Parameters
    ----------
    key, label : str
    log : mapping of str to float
        Log ratio of medians, by quantity: those of all parts add up to the scenario's.
    """

    key: str
    label: str
    log: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Which changes of a scenario make its shift.

    Parameters
    ----------
    scenario : str
    parts : tuple of Part
    total : mapping of str to float
        Sum of the parts (log), by quantity.
    """

    scenario: str
    parts: tuple[Part, ...]
    total: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Side:
    """One end of an alternative.

    Parameters
    ----------
    text, method : str
    log : mapping of str to float
        Log ratio of medians to the base case, by quantity.
    """

    text: str
    method: str
    log: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One assumption, set to either end of what may be argued for, everything else as in the base case.

    Parameters
    ----------
    key, title, reason : str
    low, high : Side
    """

    key: str
    title: str
    reason: str
    low: Side
    high: Side


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What follows if a source, or a claim, is not used.

    Parameters
    ----------
    name, kind : str
        ``nis``, ``source`` or ``claim``.
    log, sd : mapping of str to float
        Log ratio of medians to the base case, and the same in posterior standard deviations of the base case.
    """

    name: str
    kind: str
    log: Mapping[str, float]
    sd: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A claim, or all claims of a source, against what the others say.

    Parameters
    ----------
    name, kind : str
    tail, tail_holm : float or None
        Two-sided tail probability, and the same held to the number of comparisons (Holm).
    verdict : str
    """

    name: str
    kind: str
    tail: float | None
    tail_holm: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a quantity rests on.

    Parameters
    ----------
    quantity : str
    contraction : float or None
        As in a summary.
    psense : mapping of str to float or None
        Power-scaling sensitivity to the priors of a role: losses, bias, noise.
    verdict : str
    """

    quantity: str
    contraction: float | None
    psense: Mapping[str, float | None]
    verdict: str


@dataclass(frozen=True, slots=True)
class Influence:
    """What single sources, claims and priors do to the base case.

    Parameters
    ----------
    left_out : tuple of LeftOut
    conflicts : tuple of Conflict
    sensitivity : tuple of Sensitivity
    """

    left_out: tuple[LeftOut, ...]
    conflicts: tuple[Conflict, ...]
    sensitivity: tuple[Sensitivity, ...]


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
class Comparison:
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
    failed : tuple of str
        Refits beside the scenarios that did not converge (parts of an attribution, ends of an alternative, what is
        left out): they have no numbers.
    notices : tuple of str
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
    failed: tuple[str, ...]
    notices: tuple[str, ...]

    @property
    def converged(self) -> bool:
        """Whether every scenario converged, and every refit beside them."""
        return not self.failed and all(scenario.converged for scenario in self.scenarios)

    @property
    def quantities(self) -> tuple[QuantityAnswer, ...]:
        """Quantities of the first scenario that converged: all have the same. None if none converged."""
        return next((scenario.quantities for scenario in self.scenarios if scenario.quantities), ())

    @property
    def not_converged(self) -> tuple[str, ...]:
        """Names of the scenarios that did not converge."""
        return tuple(scenario.name for scenario in self.scenarios if not scenario.converged)

    def to_dict(self) -> dict[str, Any]:
        """Turn into what comparison.json holds.

        Returns
        -------
        dict
            Fields as above, ``converged`` and ``not_converged``, in full precision; lists for tuples; numbers that are
            not finite become None.
        """
        found = {**asdict(self), "converged": self.converged, "not_converged": self.not_converged}
        plain: dict[str, Any] = json_safe(found)
        return plain
