"""How figures look: colours told apart by everybody, quiet axes, numbers as in the tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter
from numpy.typing import NDArray

from truetoll.render.labels import shorten
from truetoll.render.words import ENGLISH, Words

Array = NDArray[np.float64]

PRIOR, POSTERIOR, SAID, BLACK = "#8c8c8c", "#0072b2", "#d55e00", "#222222"
"""Okabe and Ito's palette, with a grey for what was believed before the claims."""
WIDTH = 7.5
"""Of every figure, in inches."""
DPI = 150
TALLEST = 200.0
"""Inches: beyond it a figure is no longer one."""
RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#555555",
    "axes.labelcolor": BLACK,
    "text.color": BLACK,
    "legend.frameon": False,
    "svg.hashsalt": "truetoll",
    "text.parse_math": False,  # a dollar sign in a title is a dollar sign
}
"""Set while a figure is drawn."""
_TICKS = ((1.0, 2.0, 3.0, 5.0, 7.0), (1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
"""Numbers of each decade that may be written, the most first."""
_DIGIT, _LINE = 0.085, 0.22
"""Inches a digit takes along an axis, and a line across it, at the size of the tick labels."""
_SHORT = 0.5
"""Decades below which round numbers of a linear scale are written: no decade may begin on such an axis."""
PANELS = 4
"""Panels of a figure of many answers, at most."""
Draw = Callable[[], Figure | None]
"""Draws a figure, if there is anything to draw."""
Missed = Callable[[str, Exception], None]
"""Told the name of a figure that cannot be drawn, and why."""


def styled() -> AbstractContextManager[None]:
    """Draw in this style, over matplotlib's defaults: nothing the caller has set gets in, and nothing stays.

    Returns
    -------
    context manager
    """
    return matplotlib.style.context(["default", RC])


def new_figure(height: float) -> Figure:
    """Make an empty figure of the usual width, outside pyplot.

    Parameters
    ----------
    height : float
        Inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    return Figure(figsize=(WIDTH, min(height, TALLEST)), dpi=DPI, layout="constrained", facecolor="white")


def finish(fig: Figure, title: str, subtitle: str, *, converged: bool, w: Words = ENGLISH) -> Figure:
    """Set the heading, and stamp what is no result.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    title, subtitle : str
    converged : bool
    w : Words

    Returns
    -------
    matplotlib.figure.Figure
        The same.
    """
    fig.suptitle(f"{shorten(title, 95)}\n{subtitle}", x=0.01, ha="left", fontsize=10)
    for text in fig.findobj(Text):
        text.set_parse_math(False)  # also where it is drawn again outside this style
    if not converged:
        style: dict[str, Any] = {"ha": "center", "va": "center", "rotation": 25, "color": "#b00020", "alpha": 0.75}
        fig.text(0.5, 0.5, w.say("figure.stamp"), fontsize=26, **style)
    return fig


def log_axis(
    ax: Axes, low: float, high: float, inches: float, *, prefix: str = "", which: str = "x", w: Words = ENGLISH
) -> None:
    """Make an axis logarithmic, with as many plain numbers (1, 2, 5; or 1, 3; or 1) as there is room for.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    low, high : float
        Limits, > 0.
    inches : float
        Length of the axis, about.
    prefix : str
        Before every number, such as a multiplication sign.
    which : {"x", "y"}
    w : Words
        In whose language numbers are written.
    """
    getattr(ax, f"set_{which}scale")("log")
    getattr(ax, f"set_{which}lim")(low, high)
    axis = ax.xaxis if which == "x" else ax.yaxis
    size = _LINE if which == "y" else _DIGIT * (len(f"{prefix}{w.figure(high // 1)}") + 1.5)
    decades = float(np.log10(high / low))
    room = max(2, int(inches / size))
    locator = MaxNLocator(min(room - 1, 4)) if decades < _SHORT else LogLocator(subs=_subs(inches / decades, size))
    axis.set_major_locator(locator)
    axis.set_major_formatter(FuncFormatter(lambda x, _: f"{prefix}{w.figure(float(f'{x:.3g}'))}"))
    axis.set_minor_formatter(NullFormatter())
    ax.tick_params(axis="both", length=3, color="#999999")


def _subs(decade: float, size: float) -> tuple[float, ...]:
    """Choose the most numbers of a decade, of a length in inches, whose labels of a size stay apart."""
    apart = (subs for subs in _TICKS if decade * np.min(np.diff(np.log10([*subs, 10.0]))) >= size)
    return next(apart, _TICKS[-1])


def padded(values: Array, share: float = 0.04) -> tuple[float, float]:
    """Limits of a logarithmic axis that hold values with some air.

    Parameters
    ----------
    values : ndarray
        > 0; anything else is ignored.
    share : float
        Of the range, on either side.

    Returns
    -------
    tuple of float
    """
    usable = values[np.isfinite(values) & (values > 0)]
    low, high = np.log(usable.min()), np.log(usable.max())
    air = max(share * (high - low), 0.05)
    return float(np.exp(low - air)), float(np.exp(high + air))


def no_left(ax: Axes) -> None:
    """Take away an axis that measures nothing.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    """
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)


def save_figure(figure: Figure, folder: Path, name: str, formats: Sequence[str]) -> list[Path]:
    """Write a figure, under another name first, so that it is there whole or not at all.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    folder : Path
        Exists.
    name : str
        Of the file, without its ending.
    formats : sequence of str
        Such as ``png``, ``svg``, ``pdf``.

    Returns
    -------
    list of Path
        What was written.
    """
    written = [folder / f"{name}.{kind}" for kind in formats]
    for path in written:
        partial = path.with_name(f".{path.name}.partial")
        try:
            with styled():
                figure.savefig(partial, format=path.suffix[1:])
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    return written


def save_all(
    figures: Iterable[tuple[str, Draw]], folder: Path, formats: Sequence[str] = ("png",), missed: Missed | None = None
) -> list[Path]:
    """Draw and write figures; one that cannot be drawn does not stop the others.

    Parameters
    ----------
    figures : iterable of (str, callable)
        Name of the file, without its ending, and what draws it.
    folder : Path
        Exists.
    formats : sequence of str
    missed : callable, optional
        Told of what cannot be drawn; if not given, that is an error.

    Returns
    -------
    list of Path
        What was written.
    """
    written = []
    for name, draw in figures:
        try:
            figure = draw()
            written += save_figure(figure, folder, name, formats) if figure is not None else []
        except Exception as error:
            if missed is None:
                raise
            missed(name, error)
    return written
