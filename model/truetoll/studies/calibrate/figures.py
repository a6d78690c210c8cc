"""Ranks of known truths as a figure: how far their distribution departs from uniform, and how far it may."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from truetoll.render.style import BLACK, POSTERIOR, PRIOR, SAID, Draw, finish, new_figure, styled
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.calibrate.read import AS_ASSUMED, calibration, kept
from truetoll.studies.calibrate.records import Calibration, Checked
from truetoll.studies.calibrate.uniformity import Uniformity


def plot_calibration(tree: xr.DataTree, w: Words = ENGLISH) -> Figure:
    """Draw the distribution function of the ranks of every reported quantity, minus that of uniform ranks.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.calibrate` returns it.
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
        One panel per quantity, with its 95 % band.
    """
    found, table = calibration(tree), tree["simulations"].dataset.sel(bias=AS_ASSUMED)
    with styled():
        rows = max(1, -(-len(found.quantities) // 2))
        fig = new_figure(1.3 + 1.5 * rows)
        panels = fig.subplots(rows, 2, squeeze=False, sharex=True, sharey=True)
        uniform = Uniformity(max(1, found.simulations - found.not_converged), int(tree.attrs["ranked"]))
        for ax, q in zip(panels.flat, found.quantities, strict=False):
            _panel(ax, q, uniform, uniform.departure(kept(table, q.name)), w)
        for ax in panels.flat[len(found.quantities) :]:
            ax.set_axis_off()
        for ax in panels[-1]:
            ax.set_xlabel(w.say("calibrate.axis_x"))
        fig.supylabel(w.say("calibrate.axis_y"), fontsize=9)
        fig.legend(handles=_legend(w), loc="outside lower center", ncols=2)
        return _headed(fig, found, w)


def _panel(ax: Axes, q: Checked, uniform: Uniformity, departure: np.ndarray, w: Words) -> None:
    low, high = uniform.band
    ax.fill_between(uniform.points, low, high, color=PRIOR, alpha=0.25, lw=0, step="post")
    ax.axhline(0.0, color=BLACK, lw=0.6)
    ax.step(uniform.points, departure, where="post", color=POSTERIOR if q.inside else SAID, lw=1.4, gid=q.name)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "1/4", "1/2", "3/4", "1"])
    ax.tick_params(labelbottom=True, labelsize=8)
    ax.set_title(q.name if q.inside else w.say("calibrate.outside", name=q.name))


def _legend(w: Words) -> list[Line2D | Patch]:
    band = Patch(color=PRIOR, alpha=0.25, label=w.say("calibrate.band"))
    return [Line2D([], [], color=POSTERIOR, lw=1.4, label=w.say("calibrate.these")), band]


def _headed(fig: Figure, found: Calibration, w: Words) -> Figure:
    used = found.simulations - found.not_converged
    said = w.say("calibrate.figure", case=found.case, scenario=found.scenario, n=used)
    finish(fig, found.title, said, converged=True, w=w)
    if not found.calibrated:
        fig.text(0.5, 0.5, w.say("calibrate.stamp"), ha="center", rotation=25, fontsize=26, color="#b00020", alpha=0.6)
    return fig


def figures_of(tree: xr.DataTree, w: Words = ENGLISH) -> Iterator[tuple[str, Draw]]:
    """List the figure of a calibration, stamped if it is not a result: here the picture is the warning.

    Parameters
    ----------
    tree : xarray.DataTree
    w : Words

    Yields
    ------
    tuple of (str, callable)
        Name of the file, what draws it.
    """
    yield "calibration", partial(plot_calibration, tree, w)
