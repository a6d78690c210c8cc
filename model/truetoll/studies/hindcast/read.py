"""What the model said of past wars -> scores, beside those of simpler forecasts on the same targets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from truetoll.benchmark import CLASSES, Target
from truetoll.benchmark.schema import FRAMES
from truetoll.studies.hindcast.baselines import BASELINES
from truetoll.studies.hindcast.published import PUBLISHED
from truetoll.studies.hindcast.records import BaselineScore, HindcastScore, ModelScore, Split, TargetAnswer
from truetoll.studies.hindcast.scores import MASSES, Score, clustered_mean, score
from truetoll.text.messages import message

if TYPE_CHECKING:
    from truetoll.studies.hindcast.ask import Hindcast
    from truetoll.studies.hindcast.targets import Answer


@dataclass(frozen=True)
class _Row:
    """One forecast of one target, scored."""

    target: Target
    n_claims: int
    score: Score


def hindcast_score(found: Hindcast) -> HindcastScore:
    """Score a hindcast.

    Parameters
    ----------
    found : Hindcast

    Returns
    -------
    HindcastScore
        A target whose posterior is no result keeps its name, has no number and counts in no score.
    """
    answers = dict(zip((t.name for t in found.targets), found.answers["model"], strict=True))
    rows = _rows(found.targets, found.answers["model"])
    scored = {row.target.name: row for row in rows}
    several = [row for row in rows if row.n_claims >= 2]
    return HindcastScore(
        benchmark=found.benchmark.path.name,
        digest=found.benchmark.digest,
        held_out=found.held_out,
        score=_summary(rows),
        two_or_more=_summary(several) if several else None,
        baselines=tuple(_baselines(found, rows, several or rows)),
        groups={name: _grouped(rows, key) for name, key in _GROUPS.items()},
        targets=tuple(_answer(t, scored.get(t.name), answers[t.name]) for t in found.targets),
        notices=(
            *(message("notice.not_scored", name=name) for name in answers if name not in scored),
            *found.benchmark.notices,
        ),
        seconds=found.seconds,
    )


def _rows(targets: Iterable[Target], answers: Iterable[Answer]) -> list[_Row]:
    """Score what is a result."""
    pairs = [(t, a) for t, a in zip(targets, answers, strict=True) if a.converged]
    return [_Row(t, a.n_claims, score(a.log_amount, t.truth)) for t, a in pairs]


def _summary(rows: Sequence[_Row]) -> ModelScore:
    if not rows:
        return ModelScore(0, None, None, math.nan, math.nan, math.nan, None, None)
    wars, scores = [row.target.war for row in rows], [row.score for row in rows]
    crps, crps_se = clustered_mean([s.crps for s in scores], wars)
    covered = [s.covered for s in scores if s.covered is not None]
    whole = len(covered) == len(scores)
    coverage = {
        f"{100 * mass:.0f}": clustered_mean([each[i] for each in covered], wars)
        for i, mass in enumerate(MASSES)
        if whole
    }
    return ModelScore(
        n_targets=len(rows),
        coverage={name: mean for name, (mean, _) in coverage.items()} or None,
        coverage_se={name: se for name, (_, se) in coverage.items()} or None,
        median_abs_log_error=float(np.median([s.error for s in scores])),
        crps_log=crps,
        crps_se=crps_se,
        log_score=_over(np.mean, [s.log_score for s in scores]),
        median_width_log=_over(np.median, [s.width for s in scores]),
    )


def _over(summary: Callable[[list[float]], object], values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(summary(known)) if len(known) == len(values) else None  # type: ignore[arg-type]


def _baselines(found: Hindcast, rows: Sequence[_Row], told: Sequence[_Row]) -> Iterator[BaselineScore]:
    """Hold each baseline against the model where the baseline has an answer: of what is told, and of every split."""
    chosen = {row.target.name for row in told}
    for name, forecasts in (*_simple(rows, found.targets), *_models(found, rows)):
        pairs = [(row, other) for row, other in zip(rows, forecasts, strict=True) if other is not None]
        here = [(row, other) for row, other in pairs if row.target.name in chosen]
        if not here:
            continue
        gain, se = _gain(here)
        scored = [_Row(row.target, row.n_claims, other) for row, other in here]
        splits = {split: [(r, o) for r, o in pairs if split in _splits(r)] for split in _SPLITS}
        held = {split: _split(each) for split, each in splits.items() if each}
        yield BaselineScore(name, _summary(scored), gain, se, held)


def _gain(pairs: Sequence[tuple[_Row, Score]]) -> tuple[float, float]:
    return clustered_mean([other.crps - row.score.crps for row, other in pairs], [row.target.war for row, _ in pairs])


def _split(pairs: Sequence[tuple[_Row, Score]]) -> Split:
    crps, ours = ([s.crps for s in scores] for scores in ([o for _, o in pairs], [r.score for r, _ in pairs]))
    return Split(len(pairs), float(np.mean(crps)), float(np.mean(ours)), _gain(pairs)[1])


_SPLITS = ("all", "two_or_more", *CLASSES, *FRAMES)


def _splits(row: _Row) -> tuple[str, ...]:
    several = ("two_or_more",) if row.n_claims >= 2 else ()
    return ("all", *several, row.target.victim_class, row.target.frame)


def _simple(rows: Sequence[_Row], known: Sequence[Target]) -> Iterator[tuple[str, list[Score | None]]]:
    """Answer with what needs no model; what others teach, all losses teach, as they do the model."""
    targets = [row.target for row in rows]
    others = {war: [each for each in known if each.war != war] for war in {target.war for target in targets}}
    for name, forecast in (BASELINES | PUBLISHED).items():
        scores: list[Score | None] = []
        for target in targets:
            made = forecast(target, others[target.war])
            scores.append(score(made[0], target.truth, point=made[1]) if made else None)
        yield name, scores


def _models(found: Hindcast, rows: Sequence[_Row]) -> Iterator[tuple[str, list[Score | None]]]:
    wanted = {row.target.name for row in rows}
    for name, answers in found.answers.items():
        if name != "model":
            pairs = zip(found.targets, answers, strict=True)
            asked = [(t, a) for t, a in pairs if t.name in wanted]
            yield name, [score(a.log_amount, t.truth) if a.converged else None for t, a in asked]


def _number(row: _Row) -> str:
    return "1" if row.n_claims < 2 else "2" if row.n_claims == 2 else "3 or more"


_GROUPS: Mapping[str, Callable[[_Row], str]] = {
    "victim_class": lambda row: row.target.victim_class,
    "frame": lambda row: row.target.frame,
    "quantity": lambda row: row.target.quantity,
    "quality": lambda row: row.target.truth.quality,
    "n_claims": _number,
}


def _grouped(rows: Sequence[_Row], key: Callable[[_Row], str]) -> dict[str, ModelScore]:
    names = sorted({key(row) for row in rows})
    return {name: _summary([row for row in rows if key(row) == name]) for name in names}


def _answer(target: Target, row: _Row | None, answer: Answer) -> TargetAnswer:
    """Say what became of a target; without a number where there is no answer."""
    names = ("median", "low", "high", "error", "crps", "log_score", "pit")
    told = {name: None if row is None else getattr(row.score, name) for name in names}
    numbers = {name: math.nan if value is None else float(value) for name, value in told.items()}
    return TargetAnswer(
        case=target.case,
        war=target.war,
        victims=target.victims,
        quantity=target.quantity,
        victim_class=target.victim_class,
        quality=target.truth.quality,
        n_claims=answer.n_claims,
        truth=target.truth.best,
        truth_low=target.truth.low,
        truth_high=target.truth.high,
        median=numbers["median"],
        low=numbers["low"],
        high=numbers["high"],
        abs_log_error=numbers["error"],
        crps_log=numbers["crps"],
        log_score=numbers["log_score"],
        pit=numbers["pit"],
        converged=answer.converged,
    )
