"""What a calibration holds: plain frozen records, in the shape they are written as JSON. No arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truetoll.answers.records import json_safe
from truetoll.text.messages import Message

TOO_MANY = 0.02
"""Share of simulations that may fail to converge before a calibration is no result."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How the ranks of one quantity lie.

    Parameters
    ----------
    name : str
    inside : bool
        Whether their distribution function lies in its 95 % band, as that of calibrated intervals does 19 times out
        of 20.
    p : float
        Probability that the ranks of calibrated intervals depart as far somewhere.
    chance : bool
        Whether that is no more than one of as many quantities may do by chance (Bonferroni, 5 %).
    largest_departure : float
        From uniform, of the distribution function, with its sign.
    coverage, coverage_se : mapping of str to float
        Share of simulations whose interval of 50, 80, 90 per cent held the truth, and its standard error.
    verdict : Message
        In words.
    """

    name: str
    inside: bool
    p: float
    chance: bool
    largest_departure: float
    coverage: Mapping[str, float]
    coverage_se: Mapping[str, float]
    verdict: Message


@dataclass(frozen=True, slots=True)
class Degraded:
    """What becomes of one quantity where sources are not as assumed.

    Parameters
    ----------
    name : str
    coverage, coverage_se : mapping of str to float
        Of 50 and 90 per cent intervals.
    median_error_log : float
        Median over simulations of log posterior median minus log truth.
    """

    name: str
    coverage: Mapping[str, float]
    coverage_se: Mapping[str, float]
    median_error_log: float


@dataclass(frozen=True, slots=True)
class Misspecified:
    """One way in which sources may not be as assumed.

    Parameters
    ----------
    bias : str
        ``as_assumed``, ``bias_x1.5`` (every voice's factor), ``spread_x2``.
    simulations, not_converged : int
    quantities : tuple of Degraded
    """

    bias: str
    simulations: int
    not_converged: int
    quantities: tuple[Degraded, ...]


@dataclass(frozen=True, slots=True)
class FormTested:
    """A form in which claims are said, and how many of the case's claims in use are.

    Parameters
    ----------
    form : str
        Of `truetoll.claims.schema.Form`; also ``share``, ``readings``, ``shared origin``.
    claims : int
        None: this case does not test it.
    """

    form: str
    claims: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything that may be said about a calibration.

    Parameters
    ----------
    case, scenario, title, digest : str
    simulations, not_converged, sampled_longer : int
        As the case assumes. Those that did not converge are in no other number.
    seen : float or None
        By what share intervals would have to be wider that these simulations put outside their band four times in
        five; None if none converged.
    calibrated : bool
        Whether no reported quantity departs by more than chance, and few simulations did not converge.
    quantities : tuple of Checked
        Reported.
    further : tuple of Checked
        Biases, noise, log likelihood: looked at, but nothing hangs on them.
    misspecified : tuple of Misspecified
        The first is as assumed; empty if it was not asked for.
    forms : tuple of FormTested
    seconds : float
    """

    case: str
    scenario: str
    title: str
    digest: str
    simulations: int
    not_converged: int
    sampled_longer: int
    seen: float | None
    calibrated: bool
    quantities: tuple[Checked, ...]
    further: tuple[Checked, ...]
    misspecified: tuple[Misspecified, ...]
    forms: tuple[FormTested, ...]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Turn into what calibration.json holds.

        Returns
        -------
        dict
            Fields as above, in full precision.
        """
        plain: dict[str, Any] = json_safe(self)
        return plain


def too_many_lost(found: Calibration) -> bool:
    """Whether so many simulations did not converge that the others do not speak for the case.

    Parameters
    ----------
    found : Calibration

    Returns
    -------
    bool
    """
    return found.not_converged > TOO_MANY * found.simulations
