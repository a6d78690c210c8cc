"""Single changes as figures: how far each assumption reaches alone, and what makes the shift of a scenario."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from truetoll.answers.records import QuantityAnswer
from truetoll.render.labels import shorten
from truetoll.render.style import BLACK, POSTERIOR, SAID, finish, log_axis, new_figure, padded, styled
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.attribution.read import by_reach
from truetoll.studies.attribution.records import Alternative, Attribution, Side
from truetoll.studies.compare.records import Comparison

Array = NDArray[np.float64]

MOST = 20
"""Bars of a tornado."""
ROW = 0.42
"""Height of an alternative, inches."""
_TIMES = "\N{MULTIPLICATION SIGN}"


def plot_tornado(comparison: Comparison, quantity: str, w: Words = ENGLISH) -> Figure | None:
    """Draw how far each assumption moves a median alone, the furthest first.

    Parameters
    ----------
    comparison : Comparison
    quantity : str
    w : Words

    Returns
    -------
    matplotlib.figure.Figure or None
        The first 20; None if none moves it, or none was asked for.
    """
    found = by_reach(comparison.alternatives, quantity)[:MOST]
    base = next((q for q in comparison.scenarios[0].quantities if q.name == quantity), None)
    if not found or base is None:
        return None
    with styled():
        fig = new_figure(1.6 + ROW * len(found))
        ax = fig.subplots()
        for row, each in enumerate(found):
            _pair(ax, row, each, base, w)
        _tornado_axes(ax, found, base, w)
        fig.legend(loc="outside lower center", ncols=2)
        subtitle = w.say("attribution.tornado", force=base.force, quantity=w.quantity(quantity))
        return finish(fig, comparison.title, shorten(subtitle, 95), converged=comparison.scenarios[0].converged, w=w)


def _pair(ax: Axes, row: int, each: Alternative, base: QuantityAnswer, w: Words) -> None:
    """Two bars from the base case's median, one above the other: both ends may lie on one side of it."""
    sides = ((each.low, -0.17, POSTERIOR, "low_end"), (each.high, 0.17, SAID, "high_end"))
    for side, offset, colour, key in sides:
        end = _median(base, side)
        (bar,) = ax.barh(row + offset, end - base.median, 0.3, base.median, color=colour)
        bar.set_label(w.say(f"attribution.{key}") if row == 0 else "_")


def _median(base: QuantityAnswer, side: Side) -> float:
    log = side.log[base.name]
    return base.median * math.exp(log if math.isfinite(log) else 0.0)


def _tornado_axes(ax: Axes, found: list[Alternative], base: QuantityAnswer, w: Words) -> None:
    ends = [
        base.median * 0.98,
        base.median * 1.02,
        *(_median(base, s) for each in found for s in (each.low, each.high)),
    ]
    log_axis(ax, *padded(np.array(ends)), 3.4, w=w)
    ax.axvline(base.median, color=BLACK, lw=1)
    ax.set_yticks(range(len(found)), [_alternative_label(each, w) for each in found], fontsize=7.5)
    ax.set_ylim(len(found) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#e5e5e5", lw=0.6)
    ax.set_axisbelow(True)
    ax.set_xlabel(w.say("attribution.tornado_axis", unit=w.unit(base.unit)))


def _alternative_label(each: Alternative, w: Words) -> str:
    low, high = (shorten(w.tell(side.text), 26) for side in (each.low, each.high))
    return f"{shorten(w.tell(each.title), 50)}\n{w.span(low, high)}"


def plot_attribution(comparison: Comparison, quantity: str, w: Words = ENGLISH) -> Figure | None:
    """Draw what the parts of a scenario contribute to its shift: each begins where the one before it ends.

    Parameters
    ----------
    comparison : Comparison
    quantity : str
    w : Words

    Returns
    -------
    matplotlib.figure.Figure or None
        One panel per scenario; None if none was asked for.
    """
    found = [each for each in comparison.attribution if math.isfinite(each.total.get(quantity, math.nan))]
    if not found:
        return None
    titles = {scenario.name: w.text(scenario.title) for scenario in comparison.scenarios}
    sizes = [len(each.parts) + 1 for each in found]
    with styled():
        fig = new_figure(0.9 + 0.26 * sum(sizes) + 0.8 * len(found))
        panels = fig.subplots(len(found), 1, squeeze=False, gridspec_kw={"height_ratios": sizes})[:, 0]
        limits = padded(np.concatenate([_steps(each, quantity) for each in found] + [[0.97, 1.03]]), 0.06)
        for ax, each in zip(panels, found, strict=True):
            log_axis(ax, *limits, 3.0, prefix=_TIMES, w=w)
            _waterfall(ax, each, quantity, w)
            ax.set_title(shorten(titles.get(each.scenario, each.scenario), 70))
        panels[-1].set_xlabel(w.say("attribution.waterfall_axis"))
        subtitle = w.say("attribution.waterfall", quantity=quantity)
        return finish(fig, comparison.title, subtitle, converged=comparison.scenarios[0].converged, w=w)


def _steps(found: Attribution, quantity: str) -> Array:
    """Factors on the median after none, one, two ... of the parts."""
    return np.exp([0.0, *np.cumsum([part.log[quantity] for part in found.parts])])


def _waterfall(ax: Axes, found: Attribution, quantity: str, w: Words) -> None:
    ends, n = _steps(found, quantity), len(found.parts)
    for row, (start, end) in enumerate(pairwise(ends)):
        ax.barh(row, end - start, left=start, height=0.6, color=SAID if end > start else POSTERIOR)
        ax.plot([end, end], [row - 0.3, row + 1.3], color="#999999", lw=0.7)
    ax.barh(n, ends[-1] - 1.0, left=1.0, height=0.6, color="#555555")
    ax.axvline(1.0, color=BLACK, lw=1)
    for row, log in enumerate([*(part.log[quantity] for part in found.parts), found.total[quantity]]):
        ax.text(1.02, row, w.moved_by(log), transform=ax.get_yaxis_transform(), va="center", fontsize=7.5)
    labels = (shorten(w.tell(part.label), 46) for part in found.parts)
    ax.set_yticks(range(n + 1), [*labels, w.say("table.total")], fontsize=8)
    ax.set_ylim(n + 0.6, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.set_axisbelow(True)
