"""What a reader asks of a run -> its answer, beside that of the run as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.answers.records import QuantityAnswer
from truetoll.studies.beliefs.moved import Moved
from truetoll.studies.beliefs.read import Levers
from truetoll.studies.beliefs.weighing import weighed

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of one quantity under one set of beliefs, in units of it.

    Parameters
    ----------
    median, low, high : float
        The ends are those of the central interval.
    above : float
        Probability of more than the threshold.
    """

    median: float
    low: float
    high: float
    above: float


@dataclass(frozen=True, slots=True)
class Believed:
    """An answer under a reader's own beliefs.

    Parameters
    ----------
    quantity : str
    mass : float
        Of the intervals.
    threshold : float
        Of what ``above`` is the probability of more.
    base : Numbers
        Of the run as it stands.
    now : Numbers or None
        With the beliefs; None where the draws do not reach them, so that there is no answer without a new fit.
    exact : bool
        Whether ``now`` was sampled by itself, as the run was, and not weighed.
    ess, khat : float or None
        Effective draws and Pareto k of what is weighed.
    """

    quantity: str
    mass: float
    threshold: float
    base: Numbers
    now: Numbers | None
    exact: bool
    ess: float | None = None
    khat: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Turn into plain dicts and numbers."""
        return asdict(self)


@dataclass(frozen=True)
class Exact:
    """What was sampled by itself.

    Parameters
    ----------
    quantities : sequence of QuantityAnswer
    amount : ndarray
        Draws, shape (quantity, sample).
    """

    quantities: Sequence[QuantityAnswer]
    amount: Array

    def numbers(self, i: int, threshold: float) -> Numbers:
        """Take the numbers of a quantity as they stand in the tables.

        Parameters
        ----------
        i : int
            Its place.
        threshold : float

        Returns
        -------
        Numbers
        """
        q = self.quantities[i]
        stated = {t.value: t.probability for t in q.thresholds}
        above = stated.get(threshold, float(np.mean(self.amount[i] > threshold)))
        return Numbers(q.median, q.interval.low, q.interval.high, above)


def believed(run: Exact, found: Levers, moved: Moved, quantity: str, threshold: float, other: Exact | None) -> Believed:
    """Answer for one quantity.

    Parameters
    ----------
    run : Exact
        As it stands.
    found : Levers
        Of the run.
    moved : Moved
    quantity : str
    threshold : float
    other : Exact or None
        What was sampled by itself under exactly these beliefs, if there is such a thing.

    Returns
    -------
    Believed
    """
    i = [q.name for q in run.quantities].index(quantity)
    mass, base = run.quantities[i].interval.mass, run.numbers(i, threshold)
    if moved.at_rest or other is not None:
        now = base if other is None else other.numbers(i, threshold)
        return Believed(quantity, mass, threshold, base, now, exact=True)
    by = weighed(found, moved)
    now_weighed = None
    if by.usable:
        low, median, high = by.quantiles(i, ((1.0 - mass) / 2.0, 0.5, (1.0 + mass) / 2.0))
        now_weighed = Numbers(median, low, high, by.above(i, threshold))
    khat = by.khat if np.isfinite(by.khat) else None
    return Believed(quantity, mass, threshold, base, now_weighed, exact=False, ess=by.ess, khat=khat)
