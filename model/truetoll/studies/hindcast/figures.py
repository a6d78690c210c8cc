"""A hindcast as figures: every target with its claims, posterior and truth; and how often intervals held."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from truetoll.benchmark import Target
from truetoll.render.labels import shorten
from truetoll.render.style import (
    BLACK,
    POSTERIOR,
    PRIOR,
    SAID,
    Draw,
    Missed,
    finish,
    log_axis,
    new_figure,
    save_all,
    styled,
)
from truetoll.studies.hindcast.records import HindcastScore, TargetAnswer

ROW = 0.2
"""Height of a target, inches."""
_BINS = 10


def plot_targets(found: HindcastScore, targets: Sequence[Target] = ()) -> Figure:
    """Draw every target relative to its truth, sorted by the model's error: claims, posterior, truth.

    Parameters
    ----------
    found : HindcastScore
    targets : sequence of Target
        With the claims; none are drawn without.

    Returns
    -------
    matplotlib.figure.Figure
    """
    claims = {(t.case, t.victims, t.quantity): t for t in targets}
    ranked = sorted(found.answered, key=lambda t: t.median / t.truth)
    with styled():
        fig = new_figure(1.9 + ROW * len(ranked))
        ax = fig.subplots()
        for row, target in enumerate(ranked):
            _target(ax, row, target, claims.get((target.case, target.victims, target.quantity)))
        _axes(ax, ranked)
        fig.legend(handles=_legend(), loc="outside lower center", ncols=3)
        held = "each answered without its own war" if found.held_out else "answered with the table of the package"
        return finish(
            fig,
            f"Hindcast: {found.benchmark}",
            f"Relative to what became known later; {held}{_left_out(found)}",
            converged=bool(found.answered),
        )


def _target(ax: Axes, row: int, target: TargetAnswer, said: Target | None) -> None:
    scale = target.truth
    ax.plot([target.truth_low / scale, target.truth_high / scale], [row, row], color=PRIOR, lw=6, alpha=0.45, zorder=1)
    ax.plot([target.low / scale, target.high / scale], [row, row], color=POSTERIOR, lw=1.5, zorder=2)
    ax.plot([target.median / scale], [row], "o", color=POSTERIOR, ms=4, zorder=3)
    if said:
        figures = [claim.figure.value / scale for claim in said.claims]
        ax.plot(figures, [row] * len(figures), "|", color=SAID, ms=7, mew=1.3, zorder=4)


def _axes(ax: Axes, ranked: Sequence[TargetAnswer]) -> None:
    ax.axvline(1.0, color=BLACK, lw=0.8, zorder=0)
    log_axis(ax, 0.02, 60.0, 3.4, prefix="\N{MULTIPLICATION SIGN}")
    labels = [shorten(f"{t.case}: {t.victims}, {t.quantity.replace('_', ' ')}", 60) for t in ranked]
    ax.set_yticks(range(len(ranked)), labels, fontsize=6.5)
    ax.set_ylim(len(ranked) - 0.4, -0.6)
    ax.set_xlabel("Figure divided by the truth")
    for row, t in enumerate(ranked):
        ax.text(1.01, row, f"{t.truth:,.0f}", transform=ax.get_yaxis_transform(), va="center", fontsize=6.5)
    ax.text(1.01, -0.6, "truth", transform=ax.get_yaxis_transform(), va="bottom", fontsize=7)


def _legend() -> list[Line2D]:
    return [
        Line2D([], [], color=POSTERIOR, marker="o", ms=4, label="posterior, median and 90 %"),
        Line2D([], [], color=PRIOR, lw=6, alpha=0.45, label="truth, low to high"),
        Line2D([], [], color=SAID, marker="|", ls="", ms=7, mew=1.3, label="figures given at the time"),
    ]


def plot_reliability(found: HindcastScore) -> Figure:
    """Draw how often truths fell where the forecasts said: coverage, and the distribution of PIT values.

    Parameters
    ----------
    found : HindcastScore

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        fig = new_figure(3.6)
        left, right = fig.subplots(1, 2)
        _coverage(left, found)
        _pit(right, np.array([target.pit for target in found.answered]))
        return finish(
            fig,
            f"Hindcast: {found.benchmark}",
            f"Do intervals hold what they say?{_left_out(found)}",
            converged=bool(found.answered),
        )


def _left_out(found: HindcastScore) -> str:
    n = len(found.targets) - len(found.answered)
    return f"; {n} did not converge and {'is' if n == 1 else 'are'} left out" if n else ""


def _coverage(ax: Axes, found: HindcastScore) -> None:
    ax.plot([0, 1], [0, 1], color=PRIOR, lw=1)
    for score, colour, label in (
        (found.score, PRIOR, "all targets"),
        (found.two_or_more, POSTERIOR, "two or more claims"),
    ):
        if score is not None and score.coverage and score.coverage_se:
            x = [float(mass) / 100 for mass in score.coverage]
            errors = [se if np.isfinite(se) else 0.0 for se in score.coverage_se.values()]
            shift = 0.006 if colour == PRIOR else -0.006
            ax.errorbar(
                [v + shift for v in x], list(score.coverage.values()), errors, fmt="o", ms=5, color=colour, label=label
            )
    ax.set(xlim=(0.4, 1), ylim=(0, 1.02), xlabel="interval should hold", ylabel="share of truths it held")
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, fontsize=8)  # above: points lie anywhere


def _pit(ax: Axes, pit: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    ax.hist(pit, bins=_BINS, range=(0, 1), color=POSTERIOR, alpha=0.75)
    ax.axhline(len(pit) / _BINS, color=BLACK, lw=0.8)
    ax.set(xlim=(0, 1), xlabel="where the truth fell in the posterior", ylabel="targets")
    ax.set_title("even, if calibrated", fontweight="normal", fontsize=8.5)


def save_hindcast_figures(
    found: HindcastScore, targets: Sequence[Target], folder: Path, missed: Missed | None = None
) -> list[Path]:
    """Write both figures.

    Parameters
    ----------
    found : HindcastScore
    targets : sequence of Target
    folder : Path
        Exists.
    missed : callable, optional
        Told of every figure that cannot be drawn; if not given, that is an error.

    Returns
    -------
    list of Path
        What was written; nothing if no target converged.
    """
    if not found.answered:
        return []
    figures: Sequence[tuple[str, Draw]] = (
        ("hindcast_targets", partial(plot_targets, found, targets)),
        ("hindcast_reliability", partial(plot_reliability, found)),
    )
    return save_all(figures, folder, ("png",), missed)
