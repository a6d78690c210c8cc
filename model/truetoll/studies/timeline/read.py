"""Losses over time: each quantity up to the end of every bin, and within it; sums are taken draw by draw.

Medians and intervals do not add up: what was lost in the bins of a draw does, so each row is read for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.answers.convergence import check_fit
from truetoll.answers.kept import case_of
from truetoll.answers.ledger import Ledger
from truetoll.answers.quantities import levels
from truetoll.answers.records import Interval, Shown
from truetoll.claims.schema import Case, Quantity

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BinAnswer:
    """One quantity at the end of one bin.

    Parameters
    ----------
    since, until : str
        ISO dates; the bin is (since, until].
    cumulative : Interval
        Lost from the start of the case until `until`; of strength, the persons sent by then.
    within : Interval or None
        Lost in the bin; None for strength.
    """

    since: str
    until: str
    cumulative: Interval
    within: Interval | None


@dataclass(frozen=True, slots=True)
class QuantityTimeline:
    """One quantity through time.

    Parameters
    ----------
    name, force, unit : str
        ``dprk.killed``; the force in words; ``persons`` or the name of a count.
    bins : tuple of BinAnswer
        In their order.
    """

    name: str
    force: str
    unit: str
    bins: tuple[BinAnswer, ...]


@dataclass(frozen=True, slots=True)
class Timeline(Shown):
    """Every quantity of a fit through time.

    Parameters
    ----------
    case, scenario, title : str
    interval_mass : float
        Of every interval in here, equal-tailed.
    converged : bool
        If False there is no answer: `quantities` is empty.
    quantities : tuple of QuantityTimeline
    """

    case: str
    scenario: str
    title: str
    interval_mass: float
    converged: bool
    quantities: tuple[QuantityTimeline, ...]

    def sheet(self) -> str:
        """Write it as CSV: `truetoll.studies.timeline.sheet`."""
        from truetoll.studies.timeline.sheet import timeline_csv  # noqa: PLC0415

        return timeline_csv(self)


def timeline(tree: xr.DataTree, *, converged: bool | None = None) -> Timeline:
    """Follow the quantities of a fit through its bins.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.fit` returns it, or as it was saved.
    converged : bool, optional
        Whether it is a result, where that is known already; found by its draws if not given.

    Returns
    -------
    Timeline
        Without quantities if the run did not converge.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tree = tt.fit(case, draws=500, tune=300, seed=1)
    >>> killed = tt.timeline(tree).quantities[0]
    >>> killed.name, killed.unit, len(killed.bins)
    ('dprk.killed', 'persons', 4)
    """
    case, attrs = case_of(tree), tree.attrs
    mass = float(attrs["interval_mass"])
    converged = check_fit(tree).converged if converged is None else converged
    ledger = Ledger(tree["posterior"].dataset, case)
    found = [_quantity(ledger, q, told(case), mass) for q in case.quantities] if converged else []
    return Timeline(
        case=str(attrs["case"]),
        scenario=str(attrs["scenario"]),
        title=case.title,
        interval_mass=mass,
        converged=converged,
        quantities=tuple(q for q in found if q is not None),
    )


def _quantity(ledger: Ledger, q: Quantity, days: Sequence[date], mass: float) -> QuantityTimeline | None:
    if len(days) == 1:
        return None
    draws, edges = ledger.by_bin(q.term)[:, : len(days) - 1], [day.isoformat() for day in days]
    strength = q.term.is_strength
    cumulative = _intervals(draws if strength else draws.cumsum(axis=1), mass)
    within = [None] * len(cumulative) if strength else _intervals(draws, mass)
    bins = map(BinAnswer, edges[:-1], edges[1:], cumulative, within)
    return QuantityTimeline(q.name, q.force, q.unit, tuple(bins))


def told(case: Case) -> list[date]:
    """Edges of the bins that are over on the day the case asks for: what comes later is the prior's.

    Parameters
    ----------
    case : Case

    Returns
    -------
    list of date
    """
    return [edge for edge in case.bins if edge <= case.as_of]


def _intervals(draws: Array, mass: float) -> list[Interval]:
    low, median, high = np.quantile(draws, levels(mass), axis=0)
    return [Interval(float(m), float(a), float(b)) for a, m, b in zip(low, median, high, strict=True)]


def curve(draws: Array, edges: Array, days: Array, at: Sequence[float]) -> Array:
    """Quantiles of what was lost up to given days: within a bin, losses are spread evenly over its days.

    Parameters
    ----------
    draws : ndarray
        Lost in each bin, shape (sample, bin).
    edges, days : ndarray
        Numbers of days; rising edges, shape (bin + 1,).
    at : sequence of float
        Levels.

    Returns
    -------
    ndarray
        Shape (level, day).
    """
    share = np.clip((days[:, None] - edges[:-1]) / np.diff(edges), 0.0, 1.0)
    return np.asarray(np.quantile(draws @ share.T, at, axis=0))
