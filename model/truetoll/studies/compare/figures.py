"""Scenarios side by side as figures: one quantity under all of them, and the largest shifts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from truetoll.answers.records import QuantityAnswer
from truetoll.render.labels import foremost, shorten
from truetoll.render.style import (
    BLACK,
    PANELS,
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
from truetoll.studies.attribution.figures import plot_attribution, plot_tornado
from truetoll.studies.compare.records import Comparison, ScenarioAnswer, about_the_same

ROW = 0.27
"""Height of a scenario, inches."""
LABELLED = 6
"""Scenarios named in a slope chart."""


def plot_forest(comparison: Comparison, quantity: str, w: Words = ENGLISH) -> Figure:
    """Draw one quantity under every scenario: median and interval, the base case's as a band behind.

    Parameters
    ----------
    comparison : Comparison
    quantity : str
        ``dprk.killed``.
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        fig = new_figure(1.75 + ROW * len(comparison.scenarios))
        ax = fig.subplots()
        base = _of(comparison.scenarios[0], quantity)
        for row, scenario in enumerate(comparison.scenarios):
            _forest_row(ax, row, scenario, quantity, w)
        _band(ax, base)
        _forest_axes(ax, comparison, quantity, w)
        fig.legend(handles=_forest_legend(comparison, w), loc="outside lower center", ncols=3)
        return _headed(fig, comparison, _title(comparison, quantity, w), w)


def _of(scenario: ScenarioAnswer, quantity: str) -> QuantityAnswer | None:
    return next((q for q in scenario.quantities if q.name == quantity), None)


def _title(comparison: Comparison, quantity: str, w: Words) -> str:
    found = next(q for s in comparison.scenarios if (q := _of(s, quantity)))
    said = {"force": found.force, "quantity": w.quantity(quantity), "day": w.day(comparison.as_of)}
    return w.say("compare.figure", **said)


def _headed(fig: Figure, comparison: Comparison, subtitle: str, w: Words) -> Figure:
    return finish(fig, comparison.title, shorten(subtitle, 95), converged=bool(comparison.quantities), w=w)


def _band(ax: Axes, base: QuantityAnswer | None) -> None:
    if base is not None:
        ax.axvspan(base.interval.low, base.interval.high, color=PRIOR, alpha=0.18, lw=0, zorder=0)
        ax.axvline(base.median, color=PRIOR, lw=1, zorder=0)


def _forest_row(ax: Axes, row: int, scenario: ScenarioAnswer, quantity: str, w: Words) -> None:
    q, beside = _of(scenario, quantity), ax.get_yaxis_transform()
    if q is None:
        ax.text(0.5, row, w.say("table.not_converged"), transform=beside, ha="center", va="center", fontsize=8)
        return
    colour = BLACK if row == 0 else POSTERIOR
    fill = colour if scenario.method == "refit" else "white"
    ax.plot([q.interval.low, q.interval.high], [row, row], color=colour, lw=1.6, gid=scenario.name)
    ax.plot([q.median], [row], "o", color=colour, mfc=fill, mec=colour, ms=4.5)
    said, shift = _moved(scenario, quantity, w) if row else "", scenario.shift.get(quantity)
    ink = PRIOR if shift and about_the_same(shift) else BLACK
    ax.text(1.02, row, said, transform=beside, va="center", fontsize=7.5, color=ink)


def _moved(scenario: ScenarioAnswer, quantity: str, w: Words) -> str:
    shift = scenario.shift.get(quantity)
    return "-" if shift is None else w.moved(shift.percent, shift.percent_mcse)


def _forest_axes(ax: Axes, comparison: Comparison, quantity: str, w: Words) -> None:
    scenarios = comparison.scenarios
    found = [q for s in scenarios if (q := _of(s, quantity))]
    log_axis(ax, *padded(np.array([end for q in found for end in (q.interval.low, q.interval.high)])), 3.0, w=w)
    ax.set_yticks(range(len(scenarios)), [shorten(w.text(s.title), 48) for s in scenarios], fontsize=8)
    ax.get_yticklabels()[0].set_fontweight("bold")
    ax.set_ylim(len(scenarios) - 0.4, -0.6)
    ax.text(1.02, 1.0, w.say("compare.shift_of_median"), transform=ax.transAxes, va="top", fontsize=7.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#e5e5e5", lw=0.6)
    ax.set_axisbelow(True)
    ax.set_xlabel(w.say("figure.axis", unit=w.unit(found[0].unit)))


def _forest_legend(comparison: Comparison, w: Words) -> list[Line2D | Patch]:
    within = w.percent(comparison.interval_mass)
    methods = {scenario.method for scenario in comparison.scenarios}
    found: list[Line2D | Patch] = [Patch(color=PRIOR, alpha=0.18, label=w.say("compare.base_band", within=within))]
    label = w.say("number.median_interval", mass=within)
    found.append(Line2D([], [], color=POSTERIOR, marker="o", ms=4.5, lw=1.6, label=label))
    if "psis" in methods:
        label = w.say("compare.reweighted")
        found.append(Line2D([], [], color=POSTERIOR, marker="o", mfc="white", ms=4.5, lw=1.6, label=label))
    return found


def plot_slopes(comparison: Comparison, w: Words = ENGLISH) -> Figure:
    """Draw the shift of the main quantities from the base case to every scenario; the largest are named.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
        One panel per main quantity, four at most.
    """
    names = _main(comparison)
    with styled():
        fig = new_figure(1.0 + 3.1 * len(names))
        panels = fig.subplots(len(names), 1, squeeze=False)[:, 0]
        for ax, name in zip(panels, names, strict=True):
            _slopes(ax, comparison, name, w)
        lost = len(comparison.not_converged)
        less = w.say("compare.slopes_lost", n=lost) if lost else ""
        return _headed(fig, comparison, w.say("compare.slopes", less=less), w)


def _main(comparison: Comparison) -> list[str]:
    return foremost([q.name for q in comparison.main_quantities], PANELS)


def _slopes(ax: Axes, comparison: Comparison, name: str, w: Words) -> None:
    base = _of(comparison.scenarios[0], name)
    others = [(s, q) for s in comparison.scenarios[1:] if (q := _of(s, name)) and s.shift.get(name)]
    if base is None:
        ax.set_axis_off()
        return
    named = sorted((s for s, _ in others if not about_the_same(s.shift[name])), key=lambda s: -_size(s, name))
    named = named[:LABELLED]
    for scenario, q in others:
        colour = PRIOR if scenario not in named else SAID if scenario.shift[name].percent > 0 else POSTERIOR
        ax.plot([0, 1], [base.median, q.median], color=colour, lw=1.4 if scenario in named else 0.8, gid=scenario.name)
    log_axis(ax, *padded(np.array([base.median, *(q.median for _, q in others)]), 0.08), 2.4, which="y", w=w)
    _name(ax, [(s, q.median) for s, q in others if s in named], name, w)
    ax.set_xlim(-0.02, 2.6)
    ax.set_xticks([0, 1], [w.say("compare.base_case"), w.say("compare.a_scenario")], fontsize=8)
    ax.spines["bottom"].set_visible(False)
    ax.set_ylabel(w.unit(base.unit))
    ax.set_title(f"{shorten(base.force, 60)}: {w.quantity(name)}")


def _size(scenario: ScenarioAnswer, name: str) -> float:
    """Size of a shift, alike for a doubling and a halving."""
    return abs(math.log1p(scenario.shift[name].percent / 100.0))


def _name(ax: Axes, ends: Sequence[tuple[ScenarioAnswer, float]], quantity: str, w: Words) -> None:
    """Write the names of scenarios beside the ends of their lines, further apart where they would touch."""
    ordered = sorted(ends, key=lambda pair: pair[1])
    low, high = np.log(ax.get_ylim())
    places = spread([(math.log(median) - low) / (high - low) for _, median in ordered], 0.075)
    for (scenario, median), place in zip(ordered, places, strict=True):
        at = math.exp(low + place * (high - low))
        ax.plot([1, 1.08], [median, at], color="#bbbbbb", lw=0.7, clip_on=False)
        text = f"{shorten(w.text(scenario.title), 50)}  {_moved(scenario, quantity, w)}"
        ax.text(1.1, at, text, va="center", fontsize=7.5)


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Move places apart until no two are nearer than a gap, as little as need be, inside (0, 1) if there is room.

    Parameters
    ----------
    places : sequence of float
        Rising.
    gap : float

    Returns
    -------
    list of float
        Rising.
    """
    blocks: list[list[float]] = []
    for place in places:
        blocks.append([place])
        while len(blocks) > 1 and _start(blocks[-1], gap) - _start(blocks[-2], gap) < gap * len(blocks[-2]):
            last = blocks.pop()
            blocks[-1] += last
    return [start + gap * i for block in blocks for start in (_start(block, gap),) for i in range(len(block))]


def _start(block: Sequence[float], gap: float) -> float:
    """Where labels set close together begin, so that their middle is that of what they name."""
    length = gap * (len(block) - 1)
    return min(max(sum(block) / len(block) - length / 2, 0.0), max(1.0 - length, 0.0))


def figures_of(comparison: Comparison, w: Words = ENGLISH) -> Iterator[tuple[str, Draw]]:
    """List the figures of a comparison.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Yields
    ------
    tuple of (str, callable)
        Name of the file, what draws it. What did not converge is named where it would stand, or counted, and has no
        number.
    """
    for q in comparison.quantities:
        yield f"forest_{_file(q.name)}", partial(plot_forest, comparison, q.name, w)
    if len(comparison.scenarios) > 1 and comparison.scenarios[0].converged:
        yield "slopes", partial(plot_slopes, comparison, w)
    for name in _main(comparison):
        yield f"tornado_{_file(name)}", partial(plot_tornado, comparison, name, w)
        yield f"attribution_{_file(name)}", partial(plot_attribution, comparison, name, w)


def _file(quantity: str) -> str:
    return quantity.replace(".", "_")
