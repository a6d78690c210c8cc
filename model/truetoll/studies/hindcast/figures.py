"""A hindcast as figures: every target with its claims, posterior and truth; and how often intervals held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

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
    finish,
    log_axis,
    new_figure,
    padded,
    styled,
)
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.hindcast.records import HindcastScore, TargetAnswer
from truetoll.studies.hindcast.tables import target_name

ROW = 0.2
"""Height of a target, inches."""
_BINS = 10


def plot_targets(found: HindcastScore, targets: Sequence[Target] = (), w: Words = ENGLISH) -> Figure:
    """Draw every target relative to its truth, sorted by the model's error: claims, posterior, truth.

    Parameters
    ----------
    found : HindcastScore
    targets : sequence of Target
        With the claims; none are drawn without.
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
    """
    claims = {(t.case, t.victims, t.quantity): t for t in targets}
    ranked = sorted(found.answered, key=lambda t: t.median / t.truth)
    with styled():
        fig = new_figure(1.9 + ROW * len(ranked))
        ax = fig.subplots()
        said = _said([(t, claims.get((t.case, t.victims, t.quantity))) for t in ranked])
        _targets(ax, ranked)
        ax.plot(said[0], said[1], "|", color=SAID, ms=7, mew=1.3, zorder=4)
        _axes(ax, ranked, said[0], w)
        fig.legend(handles=_legend(w), loc="outside lower center", ncols=3)
        table = w.say("hindcast.held_out" if found.held_out else "hindcast.shipped")
        return _headed(fig, found, w.say("hindcast.figure_targets", table=table, left_out=_left_out(found, w)), w)


def _headed(fig: Figure, found: HindcastScore, subtitle: str, w: Words) -> Figure:
    title = w.say("hindcast.heading", name=found.benchmark)
    return finish(fig, title, subtitle, converged=bool(found.answered), w=w)


def _targets(ax: Axes, ranked: Sequence[TargetAnswer]) -> None:
    rows, truth = np.arange(len(ranked)), np.array([t.truth for t in ranked])
    ends = {
        name: np.array([getattr(t, name) for t in ranked]) / truth
        for name in ("truth_low", "truth_high", "low", "high")
    }
    ax.hlines(rows, ends["truth_low"], ends["truth_high"], color=PRIOR, lw=6, alpha=0.45, zorder=1)
    ax.hlines(rows, ends["low"], ends["high"], color=POSTERIOR, lw=1.5, zorder=2)
    ax.plot(np.array([t.median for t in ranked]) / truth, rows, "o", color=POSTERIOR, ms=4, zorder=3)


def _said(targets: Sequence[tuple[TargetAnswer, Target | None]]) -> tuple[list[float], list[int]]:
    """Figures that were said, as multiples of the truth, and their rows."""
    points = [(c.figure.value / t.truth, row) for row, (t, of) in enumerate(targets) if of for c in of.claims]
    return [x for x, _ in points], [row for _, row in points]


def _axes(ax: Axes, ranked: Sequence[TargetAnswer], said: Sequence[float], w: Words) -> None:
    ax.axvline(1.0, color=BLACK, lw=0.8, zorder=0)
    points = [x / t.truth for t in ranked for x in (t.median, t.truth_low, t.truth_high)]
    low, high = padded(np.array([0.025, 50.0, *points, *said]))  # intervals may reach beyond it, points do not
    log_axis(ax, low, high, 3.4, prefix="\N{MULTIPLICATION SIGN}", w=w)
    labels = [shorten(target_name(t, w), 60) for t in ranked]
    ax.set_yticks(range(len(ranked)), labels, fontsize=6.5)
    ax.set_ylim(len(ranked) - 0.4, -0.6)
    ax.set_xlabel(w.say("hindcast.divided"))
    for row, t in enumerate(ranked):
        ax.text(1.01, row, w.local(f"{t.truth:,.0f}"), transform=ax.get_yaxis_transform(), va="center", fontsize=6.5)
    ax.text(1.01, -0.6, w.say("hindcast.truth"), transform=ax.get_yaxis_transform(), va="bottom", fontsize=7)


def _legend(w: Words) -> list[Line2D]:
    return [
        Line2D([], [], color=POSTERIOR, marker="o", ms=4, label=w.say("hindcast.of_posterior")),
        Line2D([], [], color=PRIOR, lw=6, alpha=0.45, label=w.say("hindcast.of_truth")),
        Line2D([], [], color=SAID, marker="|", ls="", ms=7, mew=1.3, label=w.say("hindcast.of_figures")),
    ]


def plot_reliability(found: HindcastScore, w: Words = ENGLISH) -> Figure:
    """Draw how often truths fell where the forecasts said: coverage, and the distribution of PIT values.

    Parameters
    ----------
    found : HindcastScore
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        fig = new_figure(3.6)
        left, right = fig.subplots(1, 2)
        _coverage(left, found, w)
        _pit(right, np.array([target.pit for target in found.answered]), w)
        return _headed(fig, found, w.say("hindcast.figure_reliability", left_out=_left_out(found, w)), w)


def _left_out(found: HindcastScore, w: Words) -> str:
    n = len(found.targets) - len(found.answered)
    return w.say("hindcast.left_out", n=n) if n else ""


def _coverage(ax: Axes, found: HindcastScore, w: Words) -> None:
    ax.plot([0, 1], [0, 1], color=PRIOR, lw=1)
    for score, colour, label in (
        (found.score, PRIOR, w.say("hindcast.all")),
        (found.two_or_more, POSTERIOR, w.say("hindcast.two_or_more")),
    ):
        if score is not None and score.coverage and score.coverage_se:
            x = [float(mass) / 100 for mass in score.coverage]
            errors = [se if np.isfinite(se) else 0.0 for se in score.coverage_se.values()]
            shift = 0.006 if colour == PRIOR else -0.006
            ax.errorbar(
                [v + shift for v in x], list(score.coverage.values()), errors, fmt="o", ms=5, color=colour, label=label
            )
    ax.set(xlim=(0.4, 1), ylim=(0, 1.02), xlabel=w.say("hindcast.should_hold"), ylabel=w.say("hindcast.held"))
    ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, fontsize=8)  # above: points lie anywhere


def _pit(ax: Axes, pit: np.ndarray[tuple[int], np.dtype[np.float64]], w: Words) -> None:
    ax.hist(pit, bins=_BINS, range=(0, 1), color=POSTERIOR, alpha=0.75)
    ax.axhline(len(pit) / _BINS, color=BLACK, lw=0.8)
    ax.set(xlim=(0, 1), xlabel=w.say("hindcast.fell"), ylabel=w.say("hindcast.targets"))
    ax.set_title(w.say("hindcast.even"), fontweight="normal", fontsize=8.5)


def figures_of(found: HindcastScore, targets: Sequence[Target], w: Words = ENGLISH) -> Iterator[tuple[str, Draw]]:
    """List the figures of a hindcast.

    Parameters
    ----------
    found : HindcastScore
    targets : sequence of Target
        With their claims.
    w : Words

    Yields
    ------
    tuple of (str, callable)
        Name of the file, what draws it; nothing if no target converged.
    """
    if found.answered:
        yield "hindcast_targets", partial(plot_targets, found, targets, w)
        yield "hindcast_reliability", partial(plot_reliability, found, w)
