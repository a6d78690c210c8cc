"""The figures of a fit: losses, claims, sources, wounded against killed. Plain matplotlib figures without pyplot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from truetoll.answers.convergence import check_fit
from truetoll.answers.kept import case_of
from truetoll.answers.records import Interval, QuantityAnswer, little_learned
from truetoll.claims.schema import Case
from truetoll.render.labels import shorten
from truetoll.render.style import (
    POSTERIOR,
    PRIOR,
    Draw,
    finish,
    log_axis,
    new_figure,
    no_left,
    padded,
    styled,
)
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.fit.claimplot import TIMES, claims_figure, cut
from truetoll.studies.fit.jointplot import joint_figure
from truetoll.studies.fit.read import summarise
from truetoll.studies.fit.records import SourceAnswer, Summary
from truetoll.studies.timeline.figures import plot_timeline

Array = NDArray[np.float64]


def plot_losses(tree: xr.DataTree, w: Words = ENGLISH) -> Figure:
    """Draw the losses before and after the claims: one panel per quantity, densities on a log axis.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit.
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
    """
    return _losses(tree, _numbers(tree), w)


def _losses(tree: xr.DataTree, summary: Summary, w: Words) -> Figure:
    with styled():
        rows = -(-len(summary.quantities) // 2)
        fig = new_figure(1.1 + 1.62 * rows)
        panels = fig.subplots(rows, 2, squeeze=False)
        for ax, q in zip(panels.flat, summary.quantities, strict=False):
            before, after = (tree[g]["amount"].sel(quantity=q.name).to_numpy() for g in ("prior", "posterior"))
            _density_panel(ax, q, before.ravel(), after.ravel(), w)
        for ax in panels.flat[len(summary.quantities) :]:
            ax.set_axis_off()
        handles, labels = panels.flat[0].get_legend_handles_labels()
        fig.legend(handles, labels, loc="outside lower center", ncols=3)
        known = w.say("figure.known", day=w.day(summary.known_on)) if summary.known_on else ""
        said = w.say("figure.losses", since=w.day(summary.since), as_of=w.day(summary.as_of), known=known)
        return finish(fig, summary.title, said, converged=summary.converged, w=w)


def _numbers(tree: xr.DataTree) -> Summary:
    """Summarise for drawing: a run that did not converge is drawn under a stamp, for those who look for the cause."""
    checked = check_fit(tree)
    return replace(summarise(tree, checked=replace(checked, converged=True)), converged=checked.converged)


def _density_panel(ax: Axes, q: QuantityAnswer, before: Array, after: Array, w: Words) -> None:
    low, high = padded(np.concatenate([np.quantile(before, [0.01, 0.99]), np.quantile(after, [0.001, 0.999])]))
    (x0, y0), (x1, y1) = _density(before), _density(after)
    top = max(y0.max(), y1.max())
    ax.fill_between(x0, y0 / top, color=PRIOR, alpha=0.25, lw=0)
    ax.plot(x0, y0 / top, color=PRIOR, ls="--", lw=1.2, label=w.say("figure.before"))
    ax.fill_between(x1, y1 / top, color=POSTERIOR, alpha=0.25, lw=0)
    ax.plot(x1, y1 / top, color=POSTERIOR, lw=1.6, label=w.say("figure.after"))
    ax.plot([q.interval.low, q.interval.high], [-0.1, -0.1], color=POSTERIOR, lw=3, solid_capstyle="butt")
    label = w.say("number.median_interval", mass=w.percent(q.interval.mass))
    ax.plot([q.median], [-0.1], "o", color=POSTERIOR, mec="white", ms=6, label=label)
    log_axis(ax, low, high, 3.3, w=w)
    no_left(ax)
    ax.set_ylim(-0.22, 1.08)
    ax.set_xlabel(w.say("figure.axis", unit=w.unit(q.unit)))
    ax.set_title(f"{shorten(q.force, 30)}: {w.quantity(q.name)}", pad=18)
    number = f"{w.whole(q.median)} ({w.whole_span(q.interval)})"
    note = w.say("figure.little", number=number) if little_learned(q) else number
    ax.text(0.0, 1.04, note, transform=ax.transAxes, color=POSTERIOR, fontsize=9)


def _density(draws: Array) -> tuple[Array, Array]:
    """Density per log unit: positions in units of the quantity, heights."""
    grid, height, _ = array_stats.kde(np.log(draws), grid_len=256, bound_correction=False)
    return np.exp(grid), np.asarray(height)


def plot_claims(tree: xr.DataTree, w: Words = ENGLISH) -> Figure:
    """Draw every claim as it was said, over what it truly counts and what its source would say.

    Parameters
    ----------
    tree : xarray.DataTree
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
        One panel per unit (persons, share of strength, each kind of count); arrows for at least and up to.
    """
    return _claims(tree, _numbers(tree), w)


def _claims(tree: xr.DataTree, summary: Summary, w: Words) -> Figure:
    with styled():
        fig = claims_figure(summary, _units(case_of(tree)), w)
        subtitle = w.say("figure.claims", cut=cut(summary.claims, w))
        return finish(fig, summary.title, subtitle, converged=summary.converged, w=w)


def _units(case: Case) -> dict[str, str]:
    of = {q.term: q.unit for q in case.quantities}
    return {claim.id: TIMES if claim.is_ratio else of[claim.terms[0]] for claim in case.claims}


def plot_sources(tree: xr.DataTree, w: Words = ENGLISH) -> Figure:
    """Draw the bias of every voice before and after the claims, as a factor.

    Parameters
    ----------
    tree : xarray.DataTree
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
    """
    return _sources(tree, _numbers(tree), w)


def _sources(_: xr.DataTree, summary: Summary, w: Words) -> Figure:
    voices = [voice for voice in summary.sources if voice.bias_prior and voice.bias_posterior]
    with styled():
        fig = new_figure(1.7 + 0.55 * len(voices))
        ax = fig.subplots()
        _bias_rows(ax, voices, w)
        subtitle = w.say("figure.sources", within=w.percent(summary.interval_mass))
        return finish(fig, summary.title, subtitle, converged=summary.converged, w=w)


def _bias_rows(ax: Axes, voices: Sequence[SourceAnswer], w: Words) -> None:
    for row, voice in enumerate(voices):
        before, after = (w.say(f"figure.{key}") if row == 0 else None for key in ("assumed", "learned"))
        _whisker(ax, row - 0.14, voice.bias_prior, PRIOR, "D", before)
        _whisker(ax, row + 0.14, voice.bias_posterior, POSTERIOR, "o", after)
    intervals = [i for voice in voices for i in (voice.bias_prior, voice.bias_posterior) if i]
    ends = np.array([end for i in intervals for end in (i.low, i.high)] + [0.5, 2.0])
    log_axis(ax, *padded(ends), 4.2, prefix="\N{MULTIPLICATION SIGN}", w=w)
    ax.axvline(1.0, color="#222222", lw=1)
    ax.set_yticks(range(len(voices)), [_voice_label(voice, w) for voice in voices], fontsize=8)
    ax.set_ylim(len(voices) - 0.5, -0.5)
    ax.grid(axis="x", color="#e5e5e5", lw=0.6)
    ax.set_axisbelow(True)
    ax.set_xlabel(w.say("figure.factor"))
    for x, side, key in ((-6, "right", "understates"), (6, "left", "overstates")):
        ax.annotate(
            w.say(f"figure.{key}"),
            (1.0, 1.0),
            (x, 3),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha=side,
            fontsize=8,
        )
    if voices:
        ax.figure.legend(loc="outside lower center", ncols=2)


def _whisker(ax: Axes, y: float, interval: Interval | None, colour: str, marker: str, label: str | None) -> None:
    if interval is not None:
        ax.plot([interval.low, interval.high], [y, y], color=colour, lw=2, solid_capstyle="butt")
        ax.plot([interval.median], [y], marker, color=colour, mec="white", ms=6.5, label=label, ls="none")


def _voice_label(voice: SourceAnswer, w: Words) -> str:
    said = w.say("fit.voice", relation=w.of("relation", voice.relation), force=shorten(voice.force, 30))
    return f"{shorten(voice.name, 50)}\n{said}"


def plot_wounded_killed(tree: xr.DataTree, w: Words = ENGLISH) -> Figure | None:
    """Draw wounded against killed, jointly, with the claims of either.

    Parameters
    ----------
    tree : xarray.DataTree
    w : Words

    Returns
    -------
    matplotlib.figure.Figure or None
        One panel per force; None if no force has both killed and wounded.
    """
    return _wounded_killed(tree, _numbers(tree), w)


def _wounded_killed(tree: xr.DataTree, summary: Summary, w: Words) -> Figure | None:
    with styled():
        fig = joint_figure(tree, summary, w)
        if fig is None:
            return None
        subtitle = w.say("figure.wounded_killed", day=w.day(summary.as_of))
        return finish(fig, summary.title, subtitle, converged=summary.converged, w=w)


FIGURES: dict[str, Callable[[xr.DataTree, Summary, Words], Figure | None]] = {
    "losses": _losses,
    "claims": _claims,
    "sources": _sources,
    "wounded_killed": _wounded_killed,
    "timeline": lambda tree, summary, w: plot_timeline(tree, converged=summary.converged, w=w),
}
"""Name of the file -> what draws it."""


def figures_of(tree: xr.DataTree, summary: Summary, w: Words = ENGLISH) -> Iterator[tuple[str, Draw]]:
    """List the figures of a fit.

    Parameters
    ----------
    tree : xarray.DataTree
    summary : Summary
        Of the tree: of thousands of claims it takes seconds, and is made once for all figures.
    w : Words

    Yields
    ------
    tuple of (str, callable)
        Name of the file, what draws it; nothing of a run that did not converge: a picture travels without its warning.
    """
    if summary.converged:
        for name, draw in FIGURES.items():
            yield name, partial(draw, tree, summary, w)
