"""Losses over time: what was lost by each day, and at what pace, with the claims where they were made.

What was lost so far stands on a log scale: sources differ by factors, a tally runs from tens to a hundred thousand, and
bands of equal width are equal uncertainty. The pace stands on a linear scale from zero: areas are losses, and a pause
can be seen. It is given per day, because bins and windows differ in length.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from truetoll.answers.convergence import check_fit
from truetoll.answers.kept import case_of
from truetoll.answers.ledger import Ledger
from truetoll.claims.schema import Case, Quantity, Term
from truetoll.render.labels import MAIN, shorten
from truetoll.render.style import POSTERIOR, finish, log_axis, new_figure, padded, styled
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.timeline.axes import date_axis, draw_marks, draw_windows, legend, pace_axis
from truetoll.studies.timeline.marks import RANGE, Mark, Marked, marked, thinned
from truetoll.studies.timeline.read import curve, told

Array = NDArray[np.float64]

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Bands of 90 % and 50 %, and the median."""
MOST = 12
"""Quantities in one figure, if the caller names none."""
MOST_MARKS = 150
"""Marks in one panel, besides running tallies."""
_ROW = 3.3
"""Height of a row of panels, inches."""
_LINE = 105
"""Characters of a line above the panels."""
_TITLE = 38
"""Characters above a panel."""
_DECADE = 20.0
"""Times less than the losses at the end that a panel begins with, unless claims were made before."""
_DAYS = 160
"""At which the curve is worked out, besides the edges."""


def plot_timeline(
    tree: xr.DataTree, quantities: Sequence[str] | None = None, *, converged: bool | None = None, w: Words = ENGLISH
) -> Figure | None:
    """Draw losses over time with the claims, two panels per quantity: lost so far, and lost per day.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit.
    quantities : sequence of str, optional
        Such as ``dprk.killed``; else killed and casualties of every force, then what most claims speak of, 12 at most.
    converged : bool, optional
        Whether the run is a result, where that is known already; found by its draws if not given.
    w : Words

    Returns
    -------
    matplotlib.figure.Figure or None
        None for a case of a single bin.

    Raises
    ------
    ValueError
        For a quantity that the case does not ask for.
    """
    case = case_of(tree)
    if len(told(case)) < 3:
        return None
    ledger = Ledger(tree["posterior"].dataset, case)
    found = marked(tree, case, ledger)
    known = {q.name: q for q in case.quantities}
    if unknown := [name for name in quantities or () if name not in known]:
        raise ValueError(f"not held by bin: {', '.join(unknown)}; there are {', '.join(known)}")
    chosen = list(quantities or ()) or _chosen(known, found)
    with styled():
        fig = _figure(case, ledger, found, [known[name] for name in chosen], w)
        among = len(known) if quantities is None else len(chosen)
        notes = _notes(found, [known[name].term for name in chosen], among, w)
        sound = check_fit(tree).converged if converged is None else converged
        return finish(fig, case.title, "\n".join([_subtitle(case, w), *notes]), converged=sound, w=w)


def _chosen(known: Mapping[str, Quantity], found: Marked) -> list[str]:
    """Killed and casualties of every force, then what most claims in use speak of, in the order of the case."""
    spoken = {name: sum(not m.aside for m in found.by_quantity.get(q.term, ())) for name, q in known.items()}
    first = [name for name, q in known.items() if q.term.quantity in MAIN]
    first = [name for name in first if spoken[name] or not _is_killed_only(known[name])]
    rest = sorted((name for name in known if name not in first and spoken[name]), key=lambda name: -spoken[name])
    kept = (first + rest)[:MOST]
    return [name for name in known if name in kept]


def _is_killed_only(q: Quantity) -> bool:
    """Whether casualties are nothing but the killed, who have a panel already."""
    return q.term.quantity == "casualties" and q.outcomes == ("killed",)


def _subtitle(case: Case, w: Words) -> str:
    return w.say("timeline.heading", since=w.day(told(case)[0]), as_of=w.day(told(case)[-1]))


def _notes(found: Marked, chosen: Sequence[Term], known: int, w: Words) -> list[str]:
    notes = [w.say("timeline.shares")] if found.shares & set(chosen) else []
    if found.left_out:
        notes.append(w.say("timeline.not_drawn", claims=w.say("count.claim", n=found.left_out)))
    if (more := known - len(chosen)) > 0:
        notes.append(w.say("timeline.further", n=more))
    return textwrap.wrap(" ".join(notes), _LINE)


def _figure(case: Case, ledger: Ledger, found: Marked, quantities: Sequence[Quantity], w: Words) -> Figure:
    columns = min(2, len(quantities))
    rows = -(-len(quantities) // columns)
    fig = new_figure(1.6 + _ROW * rows)
    fig.get_layout_engine().set(h_pad=0.02, hspace=0.02)  # type: ignore[union-attr, call-arg]
    cells = fig.add_gridspec(rows, columns)
    edges = np.array(told(case), dtype="datetime64[D]").astype(float) + _EPOCH
    for i, q in enumerate(quantities):
        draws = ledger.by_bin(q.term)[:, : len(edges) - 1]
        marks, cell = found.by_quantity.get(q.term, []), cells[i // columns, i % columns]
        if q.term.is_strength:
            ax = fig.add_subplot(cell)
            _strength(ax, draws, edges, w)
        else:
            inner = cell.subgridspec(2, 1, height_ratios=(3.0, 1.5), hspace=0.0)
            ax = fig.add_subplot(inner[0])
            _so_far(ax, draws, edges, w)
            _pace(fig.add_subplot(inner[1], sharex=ax), draws, edges, marks, w)
            ax.tick_params(labelbottom=False)
        _claims(ax, q, marks, w)
    fig.legend(handles=legend(w), loc="outside lower center", ncols=3, fontsize=8)
    return fig


CUT = "#666666"
"""Colour of what says that something is not drawn."""
_EPOCH = 719163.0
"""Ordinal of 1 January 1970: days are counted as `datetime.date.toordinal` does."""


def _so_far(ax: Axes, draws: Array, edges: Array, w: Words) -> None:
    days = np.unique(np.append(np.linspace(edges[0], edges[-1], _DAYS + 1)[1:], edges[1:]))
    found = curve(draws, edges, days, LEVELS)
    _bands(ax, days, found)
    ax.set_xlim(edges[0], edges[-1])
    first = max(float(found[2][days == edges[1]][0]), float(found[0, -1]) / _DECADE)
    _limits(ax, [first, float(found[-1].max())], w)


def _strength(ax: Axes, draws: Array, edges: Array, w: Words) -> None:
    found = np.quantile(draws, LEVELS, axis=0)
    _bands(ax, np.repeat(edges, 2)[1:-1], np.repeat(found, 2, axis=1))
    ax.set_xlim(edges[0], edges[-1])
    date_axis(ax, w)
    _limits(ax, [float(found[0].min()), float(found[-1].max())], w)


def _bands(ax: Axes, days: Array, found: Array) -> None:
    low, lower, median, upper, high = found
    ax.fill_between(days, low, high, color=POSTERIOR, alpha=0.18, lw=0, gid="90 %")
    ax.fill_between(days, lower, upper, color=POSTERIOR, alpha=0.3, lw=0, gid="50 %")
    ax.plot(days, median, color=POSTERIOR, lw=1.3, gid="median")


def _limits(ax: Axes, ends: Sequence[float], w: Words) -> None:
    """Make room for what a panel must show; less than half a person is nothing to be shown."""
    usable = np.maximum(np.array(ends), 0.5)
    old = ax.get_ylim() if ax.get_yscale() == "log" else (usable[0], usable[0])
    log_axis(ax, *padded(np.append(usable, old), 0.02), 1.7, which="y", w=w)


def _claims(ax: Axes, q: Quantity, marks: Sequence[Mark], w: Words) -> None:
    """Claims on what was lost so far, and what the panel is of."""
    upper = [m for m in marks if not m.window]
    alone = [m for m in upper if not m.tally]
    kept = thinned(alone, MOST_MARKS)
    draw_marks(ax, kept, [m for m in upper if m.tally])
    if used := [m for m in upper if not m.aside]:
        _limits(ax, [x for m in used for x in ((m.low, m.high) if m.shape == RANGE else (m.value,))], w)
    name = w.quantity(q.name)
    ax.set_title(f"{shorten(q.force, max(12, _TITLE - len(name)))}: {name}", fontsize=8.5)
    ax.set_ylabel(w.say("timeline.persons" if q.unit == "persons" else "timeline.units"), fontsize=8)
    ax.tick_params(labelsize=7.5)
    low, high = ax.get_ylim()
    beyond = sum(m.aside and not low <= m.value <= high for m in kept)
    cut = [w.say("timeline.single", shown=len(kept), all=len(alone))] if len(kept) < len(alone) else []
    cut += [w.say("timeline.beyond", n=beyond)] if beyond else []
    ax.text(0.99, 0.03, "\n".join(cut), transform=ax.transAxes, ha="right", fontsize=6.5, color=CUT)


def _pace(ax: Axes, draws: Array, edges: Array, marks: Sequence[Mark], w: Words) -> None:
    found = np.quantile(draws, LEVELS, axis=0) / np.diff(edges)
    low, lower, median, upper, high = found
    ax.stairs(high, edges, baseline=low, fill=True, color=POSTERIOR, alpha=0.18, lw=0, gid="90 %")
    ax.stairs(upper, edges, baseline=lower, fill=True, color=POSTERIOR, alpha=0.3, lw=0, gid="50 %")
    ax.stairs(median, edges, baseline=None, color=POSTERIOR, lw=1.1, gid="median")
    windows = thinned([m for m in marks if m.window], MOST_MARKS)
    draw_windows(ax, windows)
    pace_axis(ax, float(high.max()), windows, w)
    date_axis(ax, w)
