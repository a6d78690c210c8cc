r"""How a list of names errs: as many entries too many as do not count, as many too few as are not found.

Of T who died a list that holds the part c, and of whose entries the part o does not count, has
:math:`N = c T / (1 - o)` entries: the log of N is that of T, and :math:`\log c - \log(1 - o)`. Log odds of c and o are
normal, as a case states them, so each log is a bent standard normal, :math:`x(z)`. This is taken apart into narrow
ones, :math:`z = a + t e` with a at Gauss-Hermite nodes; each, bent, is taken for a normal of its mean and variance. So
the error is a mixture of normals, as an estimate's own is (`published.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from truetoll.claims.schema import Case, Claim, Form
from truetoll.model.published import Mixture

Array = NDArray[np.float64]
Odds = tuple[float, float, float]
"""Of a share: log odds of its median, and their sd below and above it."""

_KEPT = 0.1
"""Part t^2 of the variance that each normal keeps."""
_NODES, _BESIDE = 21, 3
"""Normals for one error, and for that of wrong entries where a list is incomplete too."""
_WITHIN = 21
"""Points at which one of them is bent."""


def listed_error(case: Case, claim: Claim) -> Mixture | None:
    """Find by how much (log) a list of names has more entries than there were losses.

    Parameters
    ----------
    case : Case
    claim : Claim

    Returns
    -------
    Mixture or None
        None if the claim is no list, or its source says neither how wrong nor how complete its lists are.
    """
    source, form = case.sources[claim.source], claim.figure.form
    over = source.overcount if form in (Form.FLOOR, Form.LISTED) else None
    part = source.completeness if form is Form.LISTED else None
    wrong = None if over is None else over.prior.log_odds
    held = None if part is None else part.log_odds
    return None if wrong is None and held is None else mixture(wrong, held)


@lru_cache(maxsize=256)
def mixture(wrong: Odds | None, held: Odds | None) -> Mixture:
    """Find the error of lists: of the part that does not count, and of the part of those lost that they hold.

    Parameters
    ----------
    wrong, held : (float, float, float) or None
        Log odds of the median, and their sd below and above; None: none is wrong, all are held.

    Returns
    -------
    Mixture
        Of the log of entries for each loss.
    """
    over = None if wrong is None else _bent(wrong, _overcounted, _NODES if held is None else _BESIDE)
    part = None if held is None else _bent(held, _complete, _NODES)
    if over is None or part is None:
        found = over or part
        assert found is not None
        return found
    return Mixture(
        np.outer(over.probability, part.probability).ravel(),
        np.add.outer(over.shift, part.shift).ravel(),
        np.hypot.outer(over.sd, part.sd).ravel(),
    )


def _bent(stated: Odds, bend: Callable[[Array], Array], nodes: int) -> Mixture:
    place, weight = _hermite(nodes)
    near, part = _hermite(_WITHIN)
    middle, below, above = stated
    z = math.sqrt(1.0 - _KEPT) * place[:, None] + math.sqrt(_KEPT) * near
    value = bend(middle + z * np.where(z < 0.0, below, above))
    mean = value @ part
    return Mixture(weight, mean, np.sqrt(((value - mean[:, None]) ** 2) @ part))


def _hermite(nodes: int) -> tuple[Array, Array]:
    place, weight = np.polynomial.hermite_e.hermegauss(nodes)
    return place, weight / weight.sum()


def _overcounted(x: Array) -> Array:
    """Find -log(1 - o) of log odds x."""
    return np.asarray(np.logaddexp(0.0, x))


def _complete(x: Array) -> Array:
    """Find log c of log odds x."""
    return np.asarray(-np.logaddexp(0.0, -x))
