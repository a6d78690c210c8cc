"""The shapes of a hindcast's answers, ready for JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from truetoll.answers.records import json_safe
from truetoll.errors import ENGLISH
from truetoll.text.messages import Message


@dataclass(frozen=True, slots=True)
class ModelScore:
    """How forecasts did on several targets; numbers that do not apply are None.

    Parameters
    ----------
    n_targets : int
    coverage, coverage_se : mapping of str to float, or None
        Share of truths within the 50, 80 and 90 % intervals, and its standard error over wars.
    median_abs_log_error : float
        Median over targets of the absolute log error of the forecast's median.
    crps_log, crps_se : float
        Mean over targets, and its standard error over wars.
    log_score : float or None
        Mean log density at the truth.
    median_width_log : float or None
        Median width of the 90 % interval.
    """

    n_targets: int
    coverage: Mapping[str, float] | None
    coverage_se: Mapping[str, float] | None
    median_abs_log_error: float
    crps_log: float
    crps_se: float
    log_score: float | None
    median_width_log: float | None


@dataclass(frozen=True, slots=True)
class Split:
    """A baseline and the model on some of the targets.

    Parameters
    ----------
    n_targets : int
        Of which the baseline has an answer.
    crps, ours : float
        Mean CRPS of the baseline, and of the model on the same targets.
    gain_se : float
        Standard error, over wars, of their difference.
    """

    n_targets: int
    crps: float
    ours: float
    gain_se: float


@dataclass(frozen=True, slots=True)
class BaselineScore:
    """A baseline, and the model on the same targets.

    Parameters
    ----------
    name : str
    score : ModelScore
    gain, gain_se : float
        Mean of the baseline's CRPS less the model's, and its standard error over wars: above zero, the model is
        better.
    splits : mapping of str to Split
        ``all``, ``two_or_more``, classes of victims, frames.
    """

    name: str
    score: ModelScore
    gain: float
    gain_se: float
    splits: Mapping[str, Split] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetAnswer:
    """One target: what the model said, and what became known.

    Parameters
    ----------
    case, war, victims, quantity, victim_class, quality : str
    n_claims : int
        Claims that count: a corrected figure, and a repeat, do not.
    truth, truth_low, truth_high : float
        Persons.
    median, low, high : float
        Of the posterior; the ends of its 90 % interval.
    abs_log_error, crps_log, log_score, pit : float
    converged : bool
        If False, there is no answer: these numbers and those of the posterior are missing (NaN).
    """

    case: str
    war: str
    victims: str
    quantity: str
    victim_class: str
    quality: str
    n_claims: int
    truth: float
    truth_low: float
    truth_high: float
    median: float
    low: float
    high: float
    abs_log_error: float
    crps_log: float
    log_score: float
    pit: float
    converged: bool


def hindcast_from(document: Mapping[str, Any]) -> HindcastScore:
    """Read a hindcast back from its document.

    Parameters
    ----------
    document : mapping
        As `HindcastScore.to_dict` made it.

    Returns
    -------
    HindcastScore
    """
    names = {each.name for each in fields(ModelScore)}

    def score(part: Mapping[str, Any]) -> ModelScore:
        return ModelScore(**{name: part[name] for name in names})

    several = document["two_or_more"]
    return HindcastScore(
        **{name: document[name] for name in ("benchmark", "digest", "held_out", "seconds")},
        score=score(document),
        two_or_more=score(several) if several else None,
        baselines=tuple(
            BaselineScore(
                name,
                score(part),
                part["gain"],
                part["gain_se"],
                {split: Split(**each) for split, each in part["splits"].items()},
            )
            for name, part in document["baselines"].items()
        ),
        groups={key: {name: score(part) for name, part in each.items()} for key, each in document["groups"].items()},
        targets=tuple(TargetAnswer(**_numbered(part)) for part in document["targets"]),
        notices=tuple(document["notices"]),
    )


def _numbered(part: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has no NaN: what is missing there is None."""
    return {name: math.nan if value is None else value for name, value in part.items()}


@dataclass(frozen=True)
class HindcastScore:
    """The score of a method on history.

    Parameters
    ----------
    benchmark : str
        Name of its folder.
    digest : str
    held_out : bool
        Whether each target was answered with a table that has not seen its war.
    score : ModelScore
        Over all targets that converged.
    two_or_more : ModelScore or None
        Over those with two or more claims that count.
    baselines : tuple of BaselineScore
        On the targets of `two_or_more`, or on all if there are none.
    groups : mapping of str to mapping of str to ModelScore
        By ``victim_class``, ``quantity``, ``quality`` and ``n_claims``.
    targets : tuple of TargetAnswer
    notices : tuple of Message or str
    seconds : float
    """

    benchmark: str
    digest: str
    held_out: bool
    score: ModelScore
    two_or_more: ModelScore | None
    baselines: tuple[BaselineScore, ...]
    groups: Mapping[str, Mapping[str, ModelScore]]
    targets: tuple[TargetAnswer, ...]
    notices: tuple[Message | str, ...] = field(default=())
    seconds: float = 0.0

    @property
    def answered(self) -> tuple[TargetAnswer, ...]:
        """Targets whose posterior is a result."""
        return tuple(target for target in self.targets if target.converged)

    @property
    def converged(self) -> bool:
        """Whether the posterior of every target is a result."""
        return all(target.converged for target in self.targets)

    def to_dict(self) -> dict[str, Any]:
        """Make the document that is printed as JSON.

        Returns
        -------
        dict
            The fields of `score` at the top; ``baselines`` by name; intervals at 90 %.
        """
        named = {
            b.name: {
                **asdict(b.score),
                "title": ENGLISH.of("baseline", b.name),
                "gain": b.gain,
                "gain_se": b.gain_se,
                "splits": {split: asdict(each) for split, each in b.splits.items()},
            }
            for b in self.baselines
        }
        groups = {key: {name: asdict(s) for name, s in each.items()} for key, each in self.groups.items()}
        found: dict[str, Any] = json_safe(
            {
                "benchmark": self.benchmark,
                "digest": self.digest,
                "held_out": self.held_out,
                "converged": self.converged,
                **asdict(self.score),
                "two_or_more": asdict(self.two_or_more) if self.two_or_more else None,
                "baselines": named,
                "groups": groups,
                "targets": [asdict(target) for target in self.targets],
                "notices": list(self.notices),
                "seconds": self.seconds,
            }
        )
        return found
