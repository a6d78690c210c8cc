r"""How well a scenario foretells what it has not seen: leave-one-origin-out cross-validation.

The unit is the origin, since claims of one origin are one look. The error they share is integrated out in every
draw; with it fixed the other claims of an origin would have told it already. Claims do not rank assumptions about the
level of biases, so the numbers are only for scenarios that see the same claims in the same way (`comparable`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import logsumexp

from truetoll.claims.schema import Case, Claim
from truetoll.model.design import in_origin, only
from truetoll.model.families import FAMILIES
from truetoll.model.reports import log_kinds, sd_of_kinds
from truetoll.model.tables import Data, Tables, build_tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.results import log_likelihood
from truetoll.sampling.reweight import carried, reweight, usable
from truetoll.sampling.session import Refit, Session
from truetoll.sampling.tallies import moved_given_previous

Array = NDArray[np.float64]

KEPT = 200
"""Draws of each chain that are used, but of a posterior without an origin, of which all are."""
KHAT = 0.5
"""Pareto k up to which weights are trusted: beyond it the estimate's variance is infinite, and with so few origins the
sum is off by more than the differences it is for."""
FEW = 10
"""Origins below which none is left to weights."""
_STEP = 0.125
"""Between nodes, in asinh of the distance from the centre: of 400 draws the integral is off by 0.005 in the worst."""
_REACH = 7.0
"""How far nodes go from the centre, in sds of the prior."""
_SAME = 1e-9


class Loo(NamedTuple):
    """What was foretold.

    Parameters
    ----------
    elpd : float
        Expected log predictive mass, the sum over origins.
    pointwise, khat : xarray.DataArray
        Dims (origin,): its parts, and how far each can be trusted: above 0.7 it cannot; missing where the posterior
        without the origin was sampled.
    """

    elpd: float
    pointwise: xr.DataArray
    khat: xr.DataArray


def loo_by_origin(session: Session, refit: Refit) -> Loo:
    """Leave one origin out at a time: by Pareto-smoothed importance sampling, or by a fit without it.

    The weights of so few draws can be trusted neither where their tail is heavy nor to say so where origins are few.
    There the posterior without the origin is sampled: of the base once, and of other scenarios where the base's draws
    do not reach it.

    Parameters
    ----------
    session : Session
    refit : Refit
        Of the session, or its base.

    Returns
    -------
    Loo

    References
    ----------
    Vehtari, Gelman, Gabry 2017, doi:10.1007/s11222-016-9696-4.
    Merkle, Furr, Rabe-Hesketh 2019, doi:10.1007/s11336-019-09679-0 (integrating out what a unit has for itself).
    """
    names, values = origin_log_likelihood(session.engine, refit.tables, _thinned(refit.draws))
    each = np.array([_foretold(values[..., i]) for i in range(len(names))]).reshape(-1, 2)
    for i, name in enumerate(names):
        if np.ptp(values[..., i]) > _SAME and (len(names) < FEW or each[i, 1] > KHAT):
            without = _without(session, refit, name)
            each[i] = each[i] if without is None else (without, np.nan)
    pointwise, khat = (xr.DataArray(a, dims="origin", coords={"origin": list(names)}) for a in each.T)
    return Loo(float(pointwise.sum()), pointwise, khat)


def _without(session: Session, refit: Refit, origin: str) -> float | None:
    """Log predictive mass of one origin under the posterior without it; None if that does not converge."""
    base, seed = session.refit(_leaving(session.base.case, origin)), session.settings.seed
    tables = build_tables(_leaving(refit.case, origin))
    found = None
    if base.converged and refit.case is not session.base.case:
        found = reweight(session.engine, base.tables, base.draws, tables, seed=seed)
    if found is not None and usable(found):
        draws, log_weights = found.draws, found.log_weights
    else:
        base = session.refit(_leaving(refit.case, origin))
        if not base.converged:
            return None
        draws = base.draws
        log_weights = np.full(draws.z["z_noise"].shape[:2], -np.log(np.prod(draws.z["z_noise"].shape[:2])))
    whole = carried(session.engine, tables, draws, refit.tables, np.random.default_rng(seed))
    _, values = origin_log_likelihood(session.engine, refit.tables, whole, origin)
    return float(logsumexp(log_weights + values[..., 0]))


def _leaving(case: Case, origin: str) -> Case:
    """Take the weight from all claims of one origin."""
    return replace(case, claims=tuple(replace(c, weight=0.0) if c.origin == origin else c for c in case.claims))


def _foretold(values: Array) -> tuple[float, float]:
    """Estimate the log predictive mass of one origin, with its Pareto k; draws that all agree need no weights."""
    if np.ptp(values) < _SAME:  # a floor far below what is believed
        return float(values.mean()), 0.0
    # Thinned draws are nearly independent: a relative effective sample size of one, as is the default.
    elpd, khat, _ = array_stats.loo(values, chain_axis=0, draw_axis=1)
    return float(elpd), float(khat)


def _thinned(draws: Draws) -> Draws:
    each = max(1, next(iter(draws.z.values())).shape[1] // KEPT)
    return Draws({name: z[:, ::each] for name, z in draws.z.items()}, {})


def origin_log_likelihood(
    engine: Engine, tables: Tables, draws: Draws, origin: str | None = None
) -> tuple[tuple[str, ...], Array]:
    r"""Log likelihood of the claims of every origin together, their shared error integrated out.

    :math:`\log \int p(e) \prod_i L_i(e)^{w_i} de` by the trapezoidal rule in t, :math:`e = c + b \sinh t`: dense
    within the width b that the claims leave e, thin out to where its prior ends. The prior has two parts, for sound
    and for unsound reports, and each its own nodes. The centre c is the draw's own error, drawn in to the middle of
    the part; the result does not depend on it. (Gauss-Hermite nodes around 0 lie further apart than b from five claims
    of one origin onwards.)

    Parameters
    ----------
    engine : Engine
    tables : Tables
    draws : Draws
    origin : str, optional
        Only this one.

    Returns
    -------
    origins : tuple of str
        Those of the claims in use.
    values : ndarray
        Shape (chain, draw, origin).

    References
    ----------
    Trefethen, Weideman 2014, doi:10.1137/130932132.
    """
    engine.set(tables)
    claims, index = tables.index.claims, tables.index
    asked = np.array([claim.weight > 0 and origin in (None, claim.origin) for claim in claims])
    names = tuple(dict.fromkeys(claim.origin for claim, used in zip(claims, asked, strict=True) if used))
    outputs = engine.outputs(draws)
    values = log_likelihood(tables, outputs)
    place = {name: i for i, name in enumerate(names)}  # a claim out of use has a log likelihood of 0: anywhere
    sharing = asked & np.array([in_origin(index, claim) for claim in claims])
    alone = np.where(asked & ~sharing, values, 0.0)
    total = _added(np.array([place.get(c.origin, 0) for c in claims]), alone, names)
    if sharing.any():
        shared = [(place[name], i) for i, name in enumerate(index.origins) if name in place]
        here, there = (list(each) for each in zip(*shared, strict=True))
        total[..., here] += _integrated(engine, tables, outputs, set(there))[..., there]
    return names, total


def _added(place: NDArray[np.int64], values: Array, groups: Sequence[str]) -> Array:
    """Add up claims (chain, draw, claim) by group; never claims by groups."""
    member = csr_array((np.ones(len(place)), (np.arange(len(place)), place)), shape=(len(place), len(groups)))
    flat: Array = values.reshape(-1, len(place)) @ member
    return flat.reshape(*values.shape[:2], len(groups))


def _integrated(engine: Engine, tables: Tables, outputs: Mapping[str, Array], origins: Collection[int]) -> Array:
    """Integrate the error of some origins out of the claims that share it, shape (chain, draw, origin)."""
    rows = {family.name: _sharing(tables.data, family.name, origins) for family in FAMILIES}
    data = only(tables.data, rows)
    weigh = engine.weighing(data)
    looks = {
        f"{name}_{part}": outputs[f"{name}_{part}"][:, :, r] for name, r in rows.items() for part in ("mean", "sd")
    }
    error, sigma = outputs["origin_error"], outputs["sigma"]
    precision, total = _precision(data, looks, error.shape), np.full(error.shape, -np.inf)
    for kind in _kinds(data):
        variance = sd_of_kinds(data, sigma)[..., kind] ** 2
        told = 1.0 + precision * variance
        centre, width = error * precision * variance / told, np.sqrt(variance / told)
        for t in _nodes(np.sqrt(told)):
            at = centre + width * np.sinh(t)
            mass = weigh(_moved(data, looks, at - error))
            node = np.log(_STEP * width * np.cosh(t)) + log_kinds(data, at, sigma)[..., kind]
            total = np.logaddexp(total, _of_origins(data, mass, tables) + node)
    return total


def _kinds(data: Data) -> tuple[int, ...]:
    """Kinds of report that there may be: sound, and unsound unless all are tallies."""
    return (0, 1) if np.exp(data["origin_log_probability"][:, 1]).any() else (0,)


def _of_origins(data: Data, mass: Mapping[str, Array], tables: Tables) -> Array:
    """Add up the claims of every origin, shape (chain, draw, origin)."""
    each = np.concatenate([np.logaddexp.reduce(mass[f"{f.name}_log_mass"], axis=-1) for f in FAMILIES], axis=-1)
    origin, weight = (np.concatenate([data[f"{f.name}_{name}"] for f in FAMILIES]) for name in ("origin", "weight"))
    used = np.flatnonzero((weight > 0.0) & (origin < len(tables.index.origins)))
    return _added(origin[used], weight[used] * each[..., used], tables.index.origins)


def _precision(data: Data, looks: Mapping[str, Array], shape: tuple[int, ...]) -> Array:
    """Tell how closely exact claims, each of its noise, would fix the error of their origin; shape `shape`."""
    found = np.zeros((*shape[:2], shape[-1] + 1))
    for name in (family.name for family in FAMILIES):
        sd, weight = looks[f"{name}_sd"][..., 0], data[f"{name}_weight"]
        by = np.ones(sd.shape)
        by = moved_given_previous(data, sd, by) if name == "chain" else by
        at: Any = (..., data[f"{name}_origin"])
        np.add.at(found, at, weight * (by / sd) ** 2)
    return found[..., :-1]


def _sharing(data: Data, family: str, origins: Collection[int]) -> NDArray[np.int64]:
    """Positions of a family's claims that share an error with others; tallies hang together, so all or none."""
    sharing = np.isin(data[f"{family}_origin"], list(origins))
    return np.flatnonzero(sharing | (family == "chain" and sharing.any()))


def _moved(data: Data, outputs: Mapping[str, Array], by: Array) -> dict[str, Array]:
    """Move the mean of every claim with its origin's error, by a change (chain, draw, origin)."""
    moves = np.concatenate([by, np.zeros((*by.shape[:2], 1))], axis=-1)
    moved = dict(outputs)
    for name in (family.name for family in FAMILIES):
        each = moves[..., data[f"{name}_origin"]]
        if name == "chain":
            each = moved_given_previous(data, outputs["chain_sd"][..., 0], each)
        moved[f"{name}_mean"] = outputs[f"{name}_mean"] + each[..., None]
    return moved


def _nodes(closer: Array) -> Array:
    """Values of t; the prior is so many times wider than what the claims leave of it."""
    n = int(np.ceil(np.arcsinh(_REACH * closer.max()) / _STEP))
    return np.linspace(-n * _STEP, n * _STEP, 2 * n + 1)


def compare_loo(a: Loo, b: Loo) -> tuple[float, float]:
    """By how much one scenario foretells better than another.

    Parameters
    ----------
    a, b : Loo
        Of `comparable` cases.

    Returns
    -------
    difference, se : float
        ``a.elpd - b.elpd`` and its standard error, paired over origins (missing for a single origin; too small, and
        not normal, below some twenty).

    References
    ----------
    Sivula, Magnusson, Matamoros, Vehtari 2025, doi:10.48550/arXiv.2008.10296.
    """
    if list(a.pointwise["origin"].to_numpy()) != list(b.pointwise["origin"].to_numpy()):
        raise ValueError("leave-one-out by origin is paired: both sides need the same origins in the same order")
    difference = a.pointwise.to_numpy() - b.pointwise.to_numpy()
    n = len(difference)
    return float(difference.sum()), float(np.sqrt(n) * difference.std(ddof=1)) if n > 1 else float("nan")


def comparable(a: Case, b: Case) -> bool:
    """Whether two cases see the same claims in the same way, so that LOO by origin may compare them.

    Parameters
    ----------
    a, b : Case

    Returns
    -------
    bool
        Same claims in use with their weights, origins, windows, readings, forms and cells. Sources, credibility and
        hedges may differ: they are what is compared.
    """
    return _seen(a) == _seen(b)


def _seen(case: Case) -> list[tuple[object, ...]]:
    used = [c for c in case.claims if c.weight > 0]
    return [(c.id, c.weight, c.origin, c.since, c.as_of, c.readings, *_cell(c)) for c in used]


def _cell(claim: Claim) -> tuple[object, ...]:
    figure = claim.figure
    return figure.form, figure.low, figure.high, figure.value, figure.share, figure.stated
