"""Wounded against killed: the panels of `truetoll.studies.fit.figures.plot_wounded_killed`."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from truetoll.claims.schema import Term
from truetoll.render.labels import shorten
from truetoll.render.style import POSTERIOR, PRIOR, SAID, WIDTH, log_axis, new_figure, padded
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.fit.records import ClaimAnswer, Summary

Array = NDArray[np.float64]

RATIOS = (1.0, 3.0, 10.0)
"""Wounded per killed that are drawn as lines; 3 is the usual one (model, section 1)."""
MASSES = (0.9, 0.5)
"""Posterior mass inside the contours, outermost first."""
MOST = 0.75
"""Of the time, from which on a claim is drawn."""
_BINS, _SMOOTH = 80, 3.4
"""Cells of the grid on either axis, and the sd of its smoothing in cells."""
_BACK = {"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.8}
_FEW = 6
"""Claims of one kind that can still be told apart by name."""


def joint_figure(tree: xr.DataTree, summary: Summary, w: Words = ENGLISH) -> Figure | None:
    """Draw wounded against killed, one panel per force that has both.

    Parameters
    ----------
    tree : xarray.DataTree
    summary : Summary
    w : Words

    Returns
    -------
    matplotlib.figure.Figure or None
    """
    forces = [f for f in _forces(summary) if f"{f}.wounded" in _names(summary) and f"{f}.killed" in _names(summary)]
    if not forces:
        return None
    columns = min(2, len(forces))
    rows = -(-len(forces) // columns)
    fig = new_figure(1.3 + (4.3 if columns == 2 else 5.2) * rows)
    panels = fig.subplots(rows, columns, squeeze=False)
    for ax, force in zip(panels.flat, forces, strict=False):
        _panel(ax, tree, summary, force, WIDTH / columns - 1.1, w)
    for ax in panels.flat[len(forces) :]:
        ax.set_axis_off()
    fig.legend(handles=_legend(w), loc="outside lower center", ncols=2)
    return fig


def _names(summary: Summary) -> list[str]:
    return [q.name for q in summary.quantities]


def _forces(summary: Summary) -> list[str]:
    return list(dict.fromkeys(Term.of(name).force for name in _names(summary)))


def _panel(ax: Axes, tree: xr.DataTree, summary: Summary, force: str, inches: float, w: Words) -> None:
    groups = {name: _pairs(tree[name].dataset, force) for name in ("prior", "posterior")}
    killed, wounded = (_limits([pairs[i] for pairs in groups.values()]) for i in (0, 1))
    log_axis(ax, *killed, inches, w=w)
    log_axis(ax, *wounded, 4.0, which="y", w=w)
    _contours(ax, *groups["prior"], killed, wounded, filled=False)
    _contours(ax, *groups["posterior"], killed, wounded, filled=True)
    medians = [float(np.median(draws)) for draws in groups["posterior"]]
    ax.plot(*[[m] for m in medians], "o", color=POSTERIOR, mec="white", ms=7)
    _ratio_lines(ax, killed, wounded)
    _claims(ax, summary, force, w)
    ax.set_xlabel(w.say("figure.killed"))
    ax.set_ylabel(w.say("figure.wounded"))
    ax.set_title(next(q.force for q in summary.quantities if q.name.startswith(f"{force}.")))


def _pairs(group: xr.Dataset, force: str) -> tuple[Array, Array]:
    killed, wounded = (group["amount"].sel(quantity=f"{force}.{q}").to_numpy().ravel() for q in ("killed", "wounded"))
    return killed, wounded


def _limits(draws: list[Array]) -> tuple[float, float]:
    return padded(np.concatenate([np.quantile(d, [0.005, 0.995]) for d in draws]))


def _contours(
    ax: Axes, killed: Array, wounded: Array, x: tuple[float, float], y: tuple[float, float], *, filled: bool
) -> None:
    edges = [np.linspace(np.log(limits[0]), np.log(limits[1]), _BINS + 1) for limits in (x, y)]
    counts, *_ = np.histogram2d(np.log(killed), np.log(wounded), bins=edges)
    height = gaussian_filter(counts, _SMOOTH, mode="constant")
    at = highest(height, MASSES)
    middles = [np.exp((e[1:] + e[:-1]) / 2) for e in edges]
    if filled:
        ax.contourf(*middles, height.T, levels=[*at, height.max()], colors=[POSTERIOR] * 2, alpha=0.28)
        ax.contour(*middles, height.T, levels=at, colors=POSTERIOR, linewidths=1.2)
    else:
        ax.contour(*middles, height.T, levels=at, colors=PRIOR, linewidths=1.1, linestyles="dashed")


def highest(height: Array, masses: tuple[float, ...]) -> list[float]:
    """Find the levels above which a grid holds given masses: the edges of its regions of highest density.

    Parameters
    ----------
    height : ndarray
        >= 0, any shape.
    masses : tuple of float
        Falling.

    Returns
    -------
    list of float
        Rising.
    """
    ordered = np.sort(height.ravel())[::-1]
    inside = np.cumsum(ordered) / ordered.sum()
    return [float(ordered[np.searchsorted(inside, mass)]) for mass in masses]


def _ratio_lines(ax: Axes, killed: tuple[float, float], wounded: tuple[float, float]) -> None:
    """Lines of equal wounded per killed, each named on the line where it nears the rim."""
    for ratio in RATIOS:
        start, end = max(killed[0], wounded[0] / ratio), min(killed[1], wounded[1] / ratio)
        if start >= end:
            continue
        ax.plot([start, end], [ratio * start, ratio * end], color="#bbbbbb", lw=0.8, zorder=0)
        x = end * (start / end) ** 0.06
        ax.text(x, ratio * x, f"{ratio:g} : 1", ha="center", va="center", fontsize=7.5, color="#777777", bbox=_BACK)


def _claims(ax: Axes, summary: Summary, force: str, w: Words) -> None:
    """Mark claims of the whole that count exactly the killed or the wounded: bands, named at the panel's rim."""
    used = [claim for claim in summary.claims if claim.weight > 0 and of_the_whole(claim, summary)]
    for outcome, span, turned in (("killed", ax.axvspan, True), ("wounded", ax.axhspan, False)):
        found = [claim for claim in used if claim.losses == f"{force}.{outcome}"]
        for claim in found:
            low, high = _band(claim)
            span(low, high, color=SAID, alpha=0.22 if len(found) <= _FEW else 0.08, lw=1)
        if len(found) <= _FEW:
            _name(ax, found, w, turned=turned)


def of_the_whole(claim: ClaimAnswer, summary: Summary) -> bool:
    """Whether a claim is about most of the time that the quantities are about: only then may the two be compared.

    Parameters
    ----------
    claim : ClaimAnswer
    summary : Summary

    Returns
    -------
    bool
    """
    since, until, begin, end = map(date.fromisoformat, (claim.since, claim.as_of, summary.since, summary.as_of))
    return (min(until, end) - max(since, begin)).days >= MOST * (end - begin).days


def _band(claim: ClaimAnswer) -> tuple[float, float]:
    """Where a claim is drawn: its cell; a narrow one about the number of a bound."""
    wide = claim.form == "interval"
    return (claim.low, claim.high) if wide else (claim.value / 1.02, claim.value * 1.02)


def _name(ax: Axes, claims: list[ClaimAnswer], w: Words, *, turned: bool) -> None:
    """Write the ids of claims at the rim, further in where they would cover each other."""
    axis, to_rim = (ax.xaxis, ax.get_xaxis_transform()) if turned else (ax.yaxis, ax.get_yaxis_transform())
    middles = [float(np.sqrt(np.prod(_band(claim)))) for claim in claims]
    low, high = np.log(axis.get_view_interval())
    for claim, at, level in zip(claims, middles, levels_apart((np.log(middles) - low) / (high - low)), strict=True):
        x, y = (at, 0.02 + 0.25 * level) if turned else (0.02 + 0.3 * level, at)
        style: dict[str, Any] = {"fontsize": 7, "color": "#9c4500", "clip_on": True, "bbox": _BACK}
        sides = {"ha": "center", "va": "bottom", "rotation": 90} if turned else {"ha": "left", "va": "center"}
        name = claim.id if claim.form == "interval" else f"{claim.id} ({w.form(claim.form)})"
        ax.text(x, y, shorten(name, 30), transform=to_rim, **style, **sides)


def levels_apart(places: Array, near: float = 0.05) -> list[int]:
    """Give labels along a line levels such that two of one level are never near each other.

    Parameters
    ----------
    places : ndarray
        Along the line, as fractions of its length.
    near : float

    Returns
    -------
    list of int
        In the order of `places`; 0 is the rim.
    """
    last: list[float] = []
    found = [0] * len(places)
    for i in np.argsort(places, kind="stable"):
        level = next((n for n, at in enumerate(last) if places[i] - at > near), len(last))
        last[level : level + 1] = [float(places[i])]
        found[i] = level
    return found


def _legend(w: Words) -> list[Line2D]:
    return [
        Line2D([], [], color=PRIOR, ls="--", label=w.say("figure.joint_before")),
        Line2D([], [], color=POSTERIOR, lw=2, label=w.say("figure.joint_after")),
        Line2D([], [], color=SAID, lw=7, alpha=0.3, label=w.say("figure.joint_claims")),
        Line2D([], [], color="#bbbbbb", label=w.say("figure.joint_ratio")),
    ]
