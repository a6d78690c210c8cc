"""The parts of a timeline: marks, tallies, windows, dates. One artist per kind of mark, however many claims."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

from truetoll.render.labels import shorten
from truetoll.render.style import BLACK, POSTERIOR, PRIOR, SAID
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.timeline.marks import AT_LEAST, POINT, RANGE, UP_TO, Mark, lines_of

_SYMBOL = {POINT: "o", RANGE: "o", AT_LEAST: "^", UP_TO: "v"}
_TICKS = 4
"""Dates written under a panel, about."""
_BEYOND = 3.0
"""Times the band that the axis of the pace may reach for the sake of claims."""


def draw_marks(ax: Axes, alone: Sequence[Mark], tallied: Sequence[Mark]) -> None:
    """Mark claims by the form of their figures, tallies as thin lines.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    alone, tallied : sequence of Mark
        Single claims; figures of running tallies.
    """
    for name, line in lines_of(tallied).items():
        days, values = [m.end for m in line], [m.value for m in line]
        ax.plot(days, values, "-o", color=SAID, lw=0.6, ms=1.3, mew=0, zorder=2.7, gid=f"tally {name}")
        style: dict[str, Any] = {
            "textcoords": "offset points",
            "ha": "right",
            "va": "bottom",
            "fontsize": 6,
            "color": SAID,
        }
        ax.annotate(shorten(line[-1].source, 20), (days[-1], values[-1]), (0, 2), **style)
    for (shape, aside, hard), marks in _kinds(alone).items():
        days, colour = [m.end for m in marks], _colour(aside=aside, hard=hard)
        if shape == RANGE:
            ax.vlines(
                days,
                [m.low for m in marks],
                [m.high for m in marks],
                color=colour,
                lw=0.9 if aside else 1.6,
                alpha=0.8,
                gid=_gid(aside),
            )
            continue
        _symbols(ax, days, [m.value for m in marks], shape, aside=aside, hard=hard)


def _kinds(marks: Sequence[Mark]) -> dict[tuple[str, bool, bool], list[Mark]]:
    """Those set aside first, so that the others lie over them."""
    found: dict[tuple[str, bool, bool], list[Mark]] = {}
    for mark in sorted(marks, key=lambda m: not m.aside):
        found.setdefault((mark.shape, mark.aside, mark.hard), []).append(mark)
    return found


def _symbols(ax: Axes, x: Sequence[float], y: Sequence[float], shape: str, *, aside: bool, hard: bool) -> None:
    colour = _colour(aside=aside, hard=hard)
    style: dict[str, Any] = {
        "mfc": colour,
        "mec": "white",
        "mew": 0.4,
        "ms": 4.2 if shape == POINT else 5.2,
        "zorder": 3,
    }
    if aside:
        style = {"mfc": "none", "mec": colour, "mew": 0.6, "ms": 3.2, "zorder": 2.5}
    ax.plot(x, y, _SYMBOL[shape], ls="none", gid=_gid(aside), **style)


def _colour(*, aside: bool, hard: bool) -> str:
    if aside:
        return PRIOR
    return BLACK if hard else SAID


def _gid(aside: bool) -> str:
    return "set aside" if aside else "claims"


def draw_windows(ax: Axes, marks: Sequence[Mark]) -> None:
    """Draw claims on days in between as a pace that lasted for these days.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    marks : sequence of Mark
    """
    for (shape, aside, hard), kind in _kinds(marks).items():
        colour, paces = _colour(aside=aside, hard=hard), [pace(m) for m in kind]
        starts, ends = [m.start for m in kind], [m.end for m in kind]
        ax.hlines(paces, starts, ends, color=colour, lw=1.2, ls="-", gid=_gid(aside))
        middles = [(a + b) / 2 for a, b in zip(starts, ends, strict=True)]
        if shape == RANGE:
            spans = [(m.low / (m.end - m.start), m.high / (m.end - m.start)) for m in kind]
            ax.vlines(middles, *zip(*spans, strict=True), color=colour, lw=0.9 if aside else 1.6, alpha=0.8)
        _symbols(ax, middles, paces, shape, aside=aside, hard=hard)


def pace(mark: Mark) -> float:
    """Spread a claim on days in between evenly over its days.

    Parameters
    ----------
    mark : Mark

    Returns
    -------
    float
        Persons or units per day.
    """
    return mark.value / max(1, mark.end - mark.start)


def pace_axis(ax: Axes, band: float, windows: Sequence[Mark], w: Words = ENGLISH) -> None:
    """Start the pace at zero, and say how many claims lie above the panel.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    band : float
        Highest point of the band.
    windows : sequence of Mark
    w : Words
    """
    paces = np.array([pace(m) for m in windows if not m.aside])
    top = 1.08 * min(max([band, *paces]), _BEYOND * band)
    ax.set_ylim(0.0, top)
    if above := int(sum(pace(m) > top for m in windows)):
        style: dict[str, Any] = {"ha": "right", "va": "top", "fontsize": 7, "color": SAID}
        ax.text(0.995, 0.93, w.say("timeline.higher", n=above), transform=ax.transAxes, **style)
    ax.yaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: w.figure(float(f"{y:.3g}"))))
    ax.set_ylabel(w.say("timeline.per_day"), fontsize=8)
    ax.tick_params(labelsize=7.5, length=3, color="#999999")


def date_axis(ax: Axes, w: Words = ENGLISH) -> None:
    """Write a few dates under a panel, the first and the last day of the case among them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Its x are ordinals of days.
    w : Words
    """
    low, high = ax.get_xlim()
    ax.xaxis.set_major_locator(FixedLocator([float(round(x)) for x in np.linspace(low, high, _TICKS)]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _two_lines(int(x), w)))
    labels = ax.get_xticklabels()
    labels[0].set_horizontalalignment("left")
    labels[-1].set_horizontalalignment("right")


def _two_lines(ordinal: int, w: Words) -> str:
    number, month, year = w.day(date.fromordinal(ordinal)).split()
    return f"{number} {month}\n{year}"


def legend(w: Words = ENGLISH) -> list[Line2D | Patch]:
    """Explain what is drawn.

    Parameters
    ----------
    w : Words

    Returns
    -------
    list of artist
    """

    def symbol(marker: str, key: str, colour: str = SAID, fill: str | None = None) -> Line2D:
        label = w.say(f"timeline.{key}")
        return Line2D([], [], ls="none", marker=marker, mfc=fill or colour, mec=colour, ms=5, label=label)

    inner, outer = (w.say("timeline.posterior", within=w.percent(mass)) for mass in (0.5, 0.9))

    return [
        Patch(color=POSTERIOR, alpha=0.18, label=outer),
        Patch(color=POSTERIOR, alpha=0.45, label=inner),
        Line2D([], [], color=POSTERIOR, lw=1.3, label=w.say("timeline.median")),
        symbol("o", "claimed"),
        symbol("^", "at_least"),
        symbol("v", "up_to"),
        Line2D([], [], ls="none", marker="|", color=SAID, ms=9, mew=1.6, label=w.say("timeline.range")),
        Line2D([], [], color=SAID, marker="o", ms=1.3, lw=0.6, label=w.say("timeline.tally")),
        Line2D([], [], color=SAID, marker="o", ms=3.2, lw=1.2, label=w.say("timeline.window")),
        symbol("o", "unused", PRIOR, "none"),
        symbol("^", "limit", BLACK),
    ]
