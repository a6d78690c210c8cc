"""Losses over time: each quantity up to the end of every bin, and within it; sums are taken draw by draw.

Medians and intervals do not add up: what was lost in the bins of a draw does, so each row is read for itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.answers.claims import levels
from truetoll.answers.convergence import check_fit
from truetoll.answers.ledger import Ledger
from truetoll.answers.records import Interval, json_safe

Array = NDArray[np.float64]
Described = Mapping[str, Any]


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
class Timeline:
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

    def to_dict(self) -> dict[str, Any]:
        """Turn into what JSON can hold.

        Returns
        -------
        dict
            Fields as above, in full precision.
        """
        plain: dict[str, Any] = json_safe(asdict(self))
        return plain


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
        Without quantities if the run did not converge, and without those it does not hold by bin, as counts of
        older runs.
    """
    case, attrs = json.loads(tree.attrs["description"]), tree.attrs
    mass = float(attrs["interval_mass"])
    converged = check_fit(tree).converged if converged is None else converged
    ledger = Ledger(tree["posterior"].dataset, case)
    found = [_quantity(ledger, q, told(case), mass) for q in case["quantities"]] if converged else []
    return Timeline(
        case=str(attrs["case"]),
        scenario=str(attrs["scenario"]),
        title=case["title"],
        interval_mass=mass,
        converged=converged,
        quantities=tuple(q for q in found if q is not None),
    )


def _quantity(ledger: Ledger, q: Described, edges: Sequence[str], mass: float) -> QuantityTimeline | None:
    if (draws := by_bin(ledger, q["name"])) is None or len(edges) == 1:
        return None
    draws = draws[:, : len(edges) - 1]
    strength = is_strength(q["name"])
    cumulative = _intervals(draws if strength else draws.cumsum(axis=1), mass)
    within = [None] * len(cumulative) if strength else _intervals(draws, mass)
    bins = map(BinAnswer, edges[:-1], edges[1:], cumulative, within)
    return QuantityTimeline(q["name"], q["force"], q["unit"], tuple(bins))


def told(case: Described) -> list[str]:
    """Edges of the bins that are over on the day the case asks for: what comes later is the prior's.

    Parameters
    ----------
    case : mapping
        As `truetoll.claims.describe.describe` writes it.

    Returns
    -------
    list of str
    """
    return [edge for edge in case["bins"] if edge <= case.get("as_of", edge)]


def is_strength(quantity: str) -> bool:
    """Whether a quantity is the persons sent: a level, whose bins do not add up.

    Parameters
    ----------
    quantity : str

    Returns
    -------
    bool
    """
    return quantity.endswith(".strength")


def by_bin(ledger: Ledger, quantity: str) -> Array | None:
    """Draws of what was lost in each bin, or of the persons sent by then.

    Parameters
    ----------
    ledger : Ledger
    quantity : str

    Returns
    -------
    ndarray or None
        Shape (sample, bin); None if the run does not hold it.
    """
    return ledger.strength(quantity.partition(".")[0]) if is_strength(quantity) else ledger.lost(quantity)


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
