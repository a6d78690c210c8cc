"""Claims as they were said, over the posterior: the panels of `truetoll.studies.fit.figures.plot_claims`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from truetoll.answers.records import Interval
from truetoll.claims.schema import Form
from truetoll.render.labels import shorten
from truetoll.render.style import BLACK, POSTERIOR, SAID, log_axis, new_figure, padded
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.fit.records import ClaimAnswer, Summary

SHARE, PART, TIMES = "figure.share", "figure.part", "figure.times"
"""Units that are no counts: keys of the catalogue, as no count can be called."""
ROW = 0.44
"""Height of a claim, inches."""
MOST = 200
"""Claims in one figure: some 14,000 pixels, where viewers of pictures show up to 16,384."""
_ARROW = {-1: "<", 1: ">"}
"""Where what is meant lies, seen from the figure that was said."""
_FAINT = 0.35
"""Opacity of what is not used."""


def claims_figure(summary: Summary, units: Mapping[str, str], w: Words = ENGLISH) -> Figure:
    """Draw every claim, one panel per unit.

    Parameters
    ----------
    summary : Summary
    units : mapping of str to str
        By id of a claim, what it counts in.
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
        The first 200 claims, if there are more.
    """
    panels = _panels(summary.claims[:MOST], units)
    sizes = [len(claims) for claims in panels.values()]
    fig = new_figure(1.3 + ROW * sum(sizes) + 0.55 * len(panels))
    axes = fig.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": sizes})[:, 0]
    for ax, (unit, claims) in zip(axes, panels.items(), strict=True):
        _panel(ax, unit, claims, w)
    fig.legend(handles=_legend(w.percent(summary.interval_mass), w), loc="outside lower center", ncols=2)
    return fig


def cut(claims: Sequence[ClaimAnswer], w: Words = ENGLISH) -> str:
    """Say how many claims are drawn, if not all.

    Parameters
    ----------
    claims : sequence of ClaimAnswer
        All of the case.
    w : Words

    Returns
    -------
    str
        To follow a heading; empty if all are drawn.
    """
    return "" if len(claims) <= MOST else w.say("figure.cut", shown=MOST, all=len(claims))


def _panels(claims: Sequence[ClaimAnswer], units: Mapping[str, str]) -> dict[str, list[ClaimAnswer]]:
    found: dict[str, list[ClaimAnswer]] = {}
    for claim in claims:
        unit = SHARE if claim.share and not claim.ratio else PART if claim.share else units[claim.id]
        found.setdefault(unit, []).append(claim)
    return found


def _legend(within: str, w: Words) -> list[Line2D]:
    return [
        Line2D([], [], color=BLACK, lw=5, solid_capstyle="butt", label=w.say("figure.said")),
        Line2D([], [], color=BLACK, marker="<", ls="none", label=w.say("figure.said_below")),
        Line2D([], [], color=BLACK, marker=">", ls="none", label=w.say("figure.said_above")),
        Line2D(
            [],
            [],
            color=POSTERIOR,
            lw=6,
            alpha=0.55,
            solid_capstyle="butt",
            label=w.say("figure.true", within=within),
        ),
        Line2D([], [], color=SAID, lw=1.5, marker="|", ms=9, label=w.say("figure.would_say")),
    ]


def _panel(ax: Axes, unit: str, claims: Sequence[ClaimAnswer], w: Words) -> None:
    scale = 100.0 if unit in (SHARE, PART) else 1.0
    for used in (True, False):  # all of a kind at once: an artist a claim takes most of the time that a figure takes
        rows = [(row, claim) for row, claim in enumerate(claims) if (claim.weight > 0) is used]
        faint = 1.0 if used else _FAINT
        true = [(row + 0.04, claim.true) for row, claim in rows if claim.true]
        said = [(row + 0.27, claim.said) for row, claim in rows if claim.said]
        _said(ax, rows, scale, faint)
        _bars(ax, true, scale, (POSTERIOR, 6.0, 0.55 * faint))
        _bars(ax, said, scale, (SAID, 1.5, faint))
    log_axis(ax, *padded(np.array([x for claim in claims for x in _ends(claim)]) * scale), 4.3, w=w)
    ax.set_yticks(range(len(claims)), [_label(claim, w) for claim in claims], fontsize=8)
    ax.set_ylim(len(claims) - 0.5, -0.5)
    ax.grid(axis="x", color="#e5e5e5", lw=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel(w.say(unit) if unit in (SHARE, PART, TIMES) else w.unit(unit))


def _ends(claim: ClaimAnswer) -> list[float]:
    """Everything of a claim that must be inside its panel."""
    intervals = [i for i in (claim.true, claim.said) if i is not None]
    return [*_cell(claim), *(end for i in intervals for end in (i.low, i.high))]


def _cell(claim: ClaimAnswer) -> tuple[float, float]:
    return (claim.value, claim.value) if Form(claim.form).side else (claim.low, claim.high)


def _said(ax: Axes, rows: Sequence[tuple[int, ClaimAnswer]], scale: float, alpha: float) -> None:
    cells = []
    for row, claim in rows:
        low, high = (end * scale for end in _cell(claim))
        if side := Form(claim.form).side:
            _arrow(ax, low, row - 0.22, _ARROW[side], alpha)
        else:
            cells.append((row - 0.22, low, claim.value * scale, high))
    _strokes(ax, cells, {"color": BLACK, "lw": 5, "alpha": alpha})
    ax.plot([c[2] for c in cells], [c[0] for c in cells], "|", color=BLACK, ms=5, mew=1.5, alpha=alpha)  # narrow ones


def _arrow(ax: Axes, x: float, y: float, way: str, alpha: float) -> None:
    """Mark a number, and the side on which what is meant lies."""
    ax.plot([x], [y], marker="|", color=BLACK, ms=9, mew=2, alpha=alpha)
    ax.annotate(
        "",
        xy=(x, y),
        xytext=(-24 if way == "<" else 24, 0),
        textcoords="offset points",
        arrowprops={"arrowstyle": "<|-", "color": BLACK, "lw": 1.6, "shrinkA": 0, "shrinkB": 0, "alpha": alpha},
    )


def _bars(ax: Axes, bars: Sequence[tuple[float, Interval]], scale: float, style: tuple[str, float, float]) -> None:
    colour, width, alpha = style
    ends = [(y, i.low * scale, i.median * scale, i.high * scale) for y, i in bars]
    _strokes(ax, ends, {"color": colour, "lw": width, "alpha": alpha})
    medians = [e[2] for e in ends], [e[0] for e in ends]
    ax.plot(*medians, "|", color=colour, ms=9, mew=1.8, alpha=min(1.0, 2 * alpha))


def _strokes(ax: Axes, ends: Sequence[tuple[float, float, float, float]], style: Mapping[str, Any]) -> None:
    """Draw lines as one, from low to high: (y, low, middle, high) each."""
    x = np.array([(low, high, np.nan) for _, low, _, high in ends]).ravel()
    y = np.array([(y, y, np.nan) for y, *_ in ends]).ravel()
    ax.plot(x, y, solid_capstyle="butt", **style)


def _label(claim: ClaimAnswer, w: Words) -> str:
    why = w.text(claim.set_aside) if claim.weight == 0 else ""
    unused = w.say("figure.not_used", why=why) if why else ""
    said = w.say("fit.losses_to", losses=shorten(claim.losses, 30), day=w.day(claim.as_of))
    return f"{shorten(f'{claim.id}: {claim.text}', 44)}\n{shorten(said + unused, 58)}"
