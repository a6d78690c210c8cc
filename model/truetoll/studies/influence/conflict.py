r"""Which claims, and which sources, contradict the others.

A claim is held against what all other origins say: the whole origin it goes back to is left out and the model fitted
again, because claims that share an error agree for that reason alone. What the claim would say then, given an error of
the ordinary kind, has a known distribution in every draw, so tail probabilities are averages of exact ones
(Rao-Blackwell) and no figures are drawn.

References
----------
Marshall, Spiegelhalter 2007, doi:10.1214/07-BA218 (the test, by leaving out, mixing over the rest).
Presanis, Ohlssen, Spiegelhalter, De Angelis 2013, doi:10.1214/13-STS426 (conflict in evidence synthesis).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, stdtr

from truetoll.claims.schema import Case
from truetoll.model.design import claims_of, ordinary
from truetoll.model.families import FAMILIES, FormFamily
from truetoll.model.tables import Tables
from truetoll.sampling.convergence import mcse
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.session import Progress, Session
from truetoll.studies.influence.ask import Ids, failed, in_use, leave_out

Array = NDArray[np.float64]
Sides = tuple[Array, Array]
"""Probabilities of what lies below and above."""
Tails = dict[str, tuple[float, float]]
"""Claim -> tail probability and its Monte Carlo standard error."""
_MISSING = (np.nan, np.nan)


def conflict(session: Session, *, progress: Progress | None = None) -> xr.Dataset:
    """Test every claim in use, and every source, against all that does not go back to the same origins.

    Parameters
    ----------
    session : Session
    progress : callable, optional
        Called with (done, in all, what is computed now).

    Returns
    -------
    xarray.Dataset
        Over ``claim`` (those in use): ``tail`` (see `tails`), its Monte Carlo standard error ``tail_mcse``, and
        ``tail_holm``, corrected for the number of claims. Over ``source``: ``source_tail``, the smallest tail of its
        claims times their number, all origins it speaks for being left out at once, and ``source_tail_holm``. Missing
        where nothing else is left to be contradicted, where a claim is never of the ordinary kind, and where the
        refit did not converge: those are named in attribute ``failed``.
    """
    case = session.base.case
    own, origins, entangled = in_use(case), _origins(case), _entangled(case)
    sets = {("origin", name): ids for name, ids in origins.items()}
    sets |= {("the origins of", name): ids for name, ids in entangled.items()}
    refits = leave_out(session, sets, progress)
    found = {left: tails(session.engine, r.tables, r.draws) for left, r in refits.items() if r.converged}
    each = [found.get(("origin", c.origin), {}).get(c.id, _MISSING) for c in case.claims if c.weight > 0]
    tail, error = np.reshape(each, (-1, 2)).T
    whole = np.array([_smallest(found.get(("the origins of", name), {}), ids) for name, ids in own.items()])
    return xr.Dataset(
        {
            "tail": ("claim", tail),
            "tail_mcse": ("claim", error),
            "tail_holm": ("claim", holm(tail)),
            "source_tail": ("source", whole),
            "source_tail_holm": ("source", holm(whole)),
        },
        coords={"claim": [c.id for c in case.claims if c.weight > 0], "source": list(own)},
        attrs={"failed": failed(refits)},
    )


def _origins(case: Case) -> dict[str, Ids]:
    """Origin -> its claims in use."""
    used = [claim for claim in case.claims if claim.weight > 0]
    return {o: frozenset(c.id for c in used if c.origin == o) for o in dict.fromkeys(c.origin for c in used)}


def _entangled(case: Case) -> dict[str, Ids]:
    """Source -> all claims in use of every origin that it has claims in."""
    origins = _origins(case).values()
    return {s: frozenset[str]().union(*(ids for ids in origins if ids & own)) for s, own in in_use(case).items()}


def _smallest(found: Tails, own: Ids) -> float:
    """Combine the tails of one source's claims, however they depend on each other (Bonferroni)."""
    values = np.array([found.get(name, _MISSING)[0] for name in own])
    return min(1.0, len(values) * float(np.nanmin(values))) if np.isfinite(values).any() else np.nan


def tails(engine: Engine, tables: Tables, draws: Draws) -> Tails:
    """Mid-p of what each claim said, under what it would have said with an error of the ordinary kind.

    Two-sided, ``2 min(P(below) + P(same) / 2, P(above) + P(same) / 2)``; a bound can be broken on one side only, so
    its tail is ``P(same) / 2``. The rule is that of `truetoll.studies.fit.claims.tail`, which holds it against redrawn
    cells instead: should one function serve both, its place is `truetoll.model.forms`, beside the lattice it
    rests on, without PyMC.

    Parameters
    ----------
    engine : Engine
    tables : Tables
        With the observed cells; claims of weight 0 are held against the others.
    draws : Draws
        Of the posterior of these tables.

    Returns
    -------
    dict of str to (float, float)
        Claim -> tail and its Monte Carlo standard error; missing for a claim that is never of the ordinary kind.
    """
    engine.set(tables)
    outputs, found = engine.outputs(draws), {}
    for family in FAMILIES:
        below, above = _sides(family, tables, outputs)
        factor = 1.0 if family.name == "bound" else 2.0
        for i, claim in enumerate(claims_of(tables.index, family.name)):
            smaller = min(below[..., i], above[..., i], key=np.mean)
            found[claim.id] = (factor * float(smaller.mean()), factor * mcse(smaller, "mean"))
    return found


def _sides(family: FormFamily, tables: Tables, outputs: Mapping[str, Array]) -> Sides:
    """Probability of less, and of more, than was said, half of the same counted to each; shapes (..., claim)."""
    name = family.name
    columns = [tables.data[f"{name}_{column}"][:, None] for column in ("observed", *family.data)]
    each = _CELLS[name](outputs[f"{name}_mean"], outputs[f"{name}_sd"], *columns)
    usual = np.exp(tables.data[f"{name}_log_probability"]) * ordinary(tables.data, family)
    total = usual.sum(axis=-1, keepdims=True)
    share = usual / np.where(total > 0, total, np.nan)
    return (each[0] * share).sum(axis=-1), (each[1] * share).sum(axis=-1)


def _interval(m: Array, s: Array, k: Array, low: Array, width: Array) -> Sides:
    return _halved(lambda x: _normal((x - m) / s), low + k * width, width)


def _hedged(m: Array, s: Array, k: Array, low: Array, width: Array, h: Array, sign: Array) -> Sides:
    return _halved(lambda x: hedged_sides((x - m) / s, s / h, sign), low + k * width, width)


def _bound(m: Array, s: Array, k: Array, limit: Array, sign: Array) -> Sides:
    """Take the side that was said for the cell, with nothing beyond it."""
    same = ndtr((1.0 - 2.0 * k) * sign * (limit - m) / s)
    return 0.5 * same, 1.0 - 0.5 * same


def _chain(m: Array, s: Array, k: Array, point: Array, width: Array, degrees: Array) -> Sides:
    """Take what is new since the figure before."""
    z, endless = (point + k - m) / s, np.isinf(degrees)
    nu = np.where(endless, 3.0, degrees)
    stretched = z * np.sqrt(nu / (nu - 2.0))
    return np.where(endless, ndtr(z), stdtr(nu, stretched)), np.where(endless, ndtr(-z), stdtr(nu, -stretched))


_CELLS: dict[str, Callable[..., Sides]] = {"interval": _interval, "hedged": _hedged, "bound": _bound, "chain": _chain}


def _halved(sides: Callable[[Array], Sides], low: Array, width: Array) -> Sides:
    """Average over the two edges of a cell: half of its mass goes to either side, without a difference of tails."""
    below, above = sides(low), sides(low + width)
    return 0.5 * (below[0] + above[0]), 0.5 * (below[1] + above[1])


def _normal(z: Array) -> Sides:
    return ndtr(z), ndtr(-z)


def hedged_sides(z: Array, k: Array, sign: Array) -> Sides:
    r"""Distribution of what is said with a hedge: a standard normal plus or minus an exponential of mean 1/k.

    With sign +1 the probability of less is :math:`\Phi(z) - e^{k^2/2 - kz} \Phi(z - k)`.

    Parameters
    ----------
    z : ndarray
        Where, in sds of the normal part from its mean.
    k : ndarray
        Sd of the normal part over the mean of the exponential.
    sign : ndarray
        +1 for "up to", -1 for "at least".

    Returns
    -------
    below, above : ndarray
    """
    z = sign * z
    raised = np.exp(k * (0.5 * k - z) + log_ndtr(z - k))  # the normal part lies below, the sum above
    less, more = np.maximum(ndtr(z) - raised, 0.0), ndtr(-z) + raised
    return np.where(sign > 0, less, more), np.where(sign > 0, more, less)


def holm(p: Array) -> Array:
    """Correct probabilities for their number: step-down Bonferroni, valid however they depend on each other.

    Parameters
    ----------
    p : ndarray
        Shape (n,); missing values do not count.

    Returns
    -------
    ndarray
        Shape (n,).

    References
    ----------
    Holm 1979, Scandinavian Journal of Statistics 6(2), 65-70, https://www.jstor.org/stable/4615733.
    """
    order = np.argsort(p)[: int(np.isfinite(p).sum())]  # missing values are sorted last
    found = np.full(len(p), np.nan)
    found[order] = np.minimum(1.0, np.maximum.accumulate(np.arange(len(order), 0, -1) * p[order]))
    return found
