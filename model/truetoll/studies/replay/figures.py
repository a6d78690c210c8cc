"""How the answer would have moved, as a figure: bands by date, figures on the day they were reported."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from truetoll.answers.records import QuantityAnswer, little_learned
from truetoll.claims.schema import Form
from truetoll.render.labels import foremost, killed_and_casualties, shorten
from truetoll.render.style import (
    BLACK,
    PANELS,
    POSTERIOR,
    SAID,
    Draw,
    finish,
    log_axis,
    new_figure,
    padded,
    styled,
)
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.replay.records import Replay, ReplayClaim
from truetoll.studies.replay.tables import ending

_MARK = {-1: "v", 0: "s", 1: "^"}
"""Where what is meant lies, seen from the figure that was said."""
_NAMED = 12
"""Claims in a panel that can still be told apart by name."""
_TICKS = 6
"""Dates that can be written along the axis."""


def plot_replay(found: Replay, quantities: Sequence[str] | None = None, w: Words = ENGLISH) -> Figure:
    """Draw how the answer would have moved, with every figure on the day it was reported.

    Parameters
    ----------
    found : Replay
    quantities : sequence of str, optional
        One panel each; killed and casualties of the forces if not given, four at most.
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
        A filled mark: the day a figure was reported. A hollow one: the earlier day it speaks of, on which nobody
        knew it.
    """
    names = list(quantities or main_quantities(found))
    with styled():
        fig = new_figure(1.5 + 2.6 * len(names))
        panels = fig.subplots(len(names), 1, squeeze=False, sharex=True)[:, 0]
        for ax, name in zip(panels, names, strict=True):
            _panel(ax, found, name, w)
        fig.legend(handles=_legend(found, names, w), loc="outside lower center", ncols=2)
        subtitle = w.say("replay.figure", ending=ending(found, w))
        return finish(fig, found.title, subtitle, converged=bool(found.answered), w=w)


def main_quantities(found: Replay) -> list[str]:
    """Name the quantities that the figure shows: killed and casualties, or what there is.

    Parameters
    ----------
    found : Replay

    Returns
    -------
    list of str
        Four at most. What no claim ever told more of than the prior is left out, unless that is all.
    """
    names = list(found.names)
    told = {q.name for each in found.answered for q in each.quantities if not little_learned(q)}
    main = killed_and_casualties(names)
    return foremost([name for name in main if name in told] or main, PANELS)


def _panel(ax: Axes, found: Replay, name: str, w: Words) -> None:
    said = [(each.date, next((q for q in each.quantities if q.name == name), None)) for each in found.dates]
    now = [(each.date, h.median) for each in found.dates for h in each.hindsight if h.name == name]
    claims = [claim for claim in found.claims if claim.quantity == name and math.isfinite(claim.value)]
    _answers(ax, said)
    ax.plot([_x(d) for d, _ in now], [median for _, median in now], color=BLACK, ls="--", lw=1.1, gid="hindsight")
    answers = [q for _, q in said if q is not None]
    if answers:
        ax.set_ylabel(w.unit(answers[0].unit))
        ax.set_title(f"{shorten(answers[0].force, 60)}: {w.quantity(name)}")
    ends = [end for q in answers for end in (q.interval.low, q.interval.high)] + [median for _, median in now]
    ends += [end for claim in claims for end in _extent(claim)]
    log_axis(ax, *padded(np.array(ends), 0.07), 2.0, which="y", w=w)
    for claim in claims:
        _mark(ax, found, claim)
    _time_axis(ax, found, claims, w)
    if len(claims) <= _NAMED:
        for claim in claims:
            _label(ax, claim, w)
    for day_of in (each.date for each in found.dates if not each.converged):
        _failed(ax, day_of, w)


def _x(iso: str) -> float:
    return float(date.fromisoformat(iso).toordinal())


def _answers(ax: Axes, said: Sequence[tuple[str, QuantityAnswer | None]]) -> None:
    """Draw the answers, with a gap where there is none."""
    days = [_x(d) for d, _ in said]
    rows = [(q.interval.low, q.median, q.interval.high) if q else (math.nan,) * 3 for _, q in said]
    low, median, high = np.array(rows).T
    ax.fill_between(days, low, high, color=POSTERIOR, alpha=0.18, lw=0)
    ax.vlines(days, low, high, color=POSTERIOR, lw=1.6, alpha=0.8)
    ax.plot(days, median, "o-", color=POSTERIOR, ms=5, mec="white", lw=1.4, gid="median")


def _extent(claim: ReplayClaim) -> tuple[float, float]:
    return (claim.value, claim.value) if Form(claim.form).side else (claim.low, claim.high)


def _mark(ax: Axes, found: Replay, claim: ReplayClaim) -> None:
    """Mark a figure on the day it was reported, and hollow on the earlier day it speaks of."""
    shape, faint = _MARK[Form(claim.form).side], 1.0 if claim.used else 0.4
    spoken, told = _x(claim.as_of), _x(claim.known_on)
    in_time = claim.since_date is not None
    if claim.as_of < claim.known_on:
        ends = [spoken, told if in_time else _x(found.dates[-1].date)]
        ax.plot(ends, [claim.value] * 2, color=SAID, lw=0.8, ls=":", alpha=faint)
        ax.plot([spoken], [claim.value], shape, color=SAID, mfc="white", ms=6, alpha=faint, gid=f"later {claim.id}")
    if in_time:
        ax.plot([told] * 2, _extent(claim), color=SAID, lw=3.5, alpha=0.45 * faint, solid_capstyle="butt")
        ax.plot([told], [claim.value], shape, color=SAID, mec="white", ms=7, alpha=faint, gid=claim.id)


def _label(ax: Axes, claim: ReplayClaim, w: Words) -> None:
    """Write what was said beside its mark, on the side where there is room."""
    at = _x(claim.known_on if claim.since_date else claim.as_of)
    left, right = ax.get_xlim()
    late = at > left + 0.65 * (right - left)
    text = shorten(claim.text, 26)
    said = w.say("replay.of_strength", text=text) if claim.share else text
    offset, side = ((-7, 4), "right") if late else ((7, 4), "left")
    style: dict[str, Any] = {"fontsize": 7.5, "color": SAID, "ha": side, "annotation_clip": True}
    ax.annotate(said, (at, claim.value), offset, textcoords="offset points", **style)


def _time_axis(ax: Axes, found: Replay, claims: Sequence[ReplayClaim], w: Words) -> None:
    ends = [each.date for each in found.dates]
    ends += [claim.as_of for claim in claims if claim.as_of <= ends[-1]]
    first, last = (date.fromisoformat(each) for each in (min(ends), max(ends)))
    air = timedelta(days=max(2.0, 0.06 * (last - first).days))
    left, right = ax.get_xlim() if ax.get_shared_x_axes().get_siblings(ax)[0] is not ax else (math.inf, -math.inf)
    ax.set_xlim(min(left, _x((first - air).isoformat())), max(right, _x((last + air).isoformat())))
    ax.xaxis.set_major_locator(MaxNLocator(_TICKS, integer=True))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: w.day(date.fromordinal(int(x)))))
    ax.tick_params(axis="x", labelbottom=True)
    ax.grid(axis="y", color="#e5e5e5", lw=0.6)
    ax.set_axisbelow(True)


def _failed(ax: Axes, iso: str, w: Words) -> None:
    style: dict[str, Any] = {"rotation": 90, "ha": "center", "va": "bottom", "fontsize": 7.5, "color": "#b00020"}
    ax.text(_x(iso), 0.03, w.say("table.not_converged"), transform=ax.get_xaxis_transform(), **style)


def _legend(found: Replay, names: Sequence[str], w: Words) -> list[Line2D]:
    within, last = w.percent(found.interval_mass), w.day(found.dates[-1].date)
    drawn = [claim for claim in found.claims if claim.quantity in names]
    of_marks: dict[str, Any] = {"color": SAID, "marker": "s", "ms": 6}
    entries = [
        Line2D([], [], color=POSTERIOR, marker="o", ms=5, lw=1.4, label=w.say("replay.answer", within=within)),
        Line2D([], [], color=BLACK, ls="--", lw=1.1, label=w.say("replay.as_seen", day=last)),
    ]
    if drawn:
        entries.append(Line2D([], [], ls="none", **of_marks, label=w.say("replay.a_figure")))
    if any(claim.as_of < claim.known_on for claim in drawn):
        label = w.say("replay.not_yet")
        entries.append(Line2D([], [], mfc="white", ls=":", lw=0.8, **of_marks, label=label))
    if any(Form(claim.form).side for claim in drawn):
        label = w.say("replay.bounds")
        entries.append(Line2D([], [], color=SAID, marker="v", ms=6, ls="none", label=label))
    if any(not Form(claim.form).side for claim in drawn):
        label = w.say("replay.width_share" if any(claim.share for claim in drawn) else "replay.width")
        entries.append(Line2D([], [], color=SAID, lw=3.5, alpha=0.45, label=label))
    return entries


def figures_of(found: Replay, w: Words = ENGLISH) -> Iterator[tuple[str, Draw]]:
    """List the figures of a replay: one of the main quantities, one of each, with a gap at dates that did not converge.

    Parameters
    ----------
    found : Replay
    w : Words

    Yields
    ------
    tuple of (str, callable)
        Name of the file, what draws it; nothing if no date converged.
    """
    if found.answered:
        yield "replay", partial(plot_replay, found, w=w)
        for q in found.answered[-1].quantities:
            yield f"replay_{q.name.replace('.', '_')}", partial(plot_replay, found, [q.name], w)
