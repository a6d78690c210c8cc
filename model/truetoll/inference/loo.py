r"""How well a scenario foretells what it has not seen: leave-one-origin-out cross-validation.

The unit is the origin, since claims of one origin are one look. The error u they share is integrated out in every
draw; with u fixed the other claims of an origin would have told it already. Claims do not rank assumptions about the
level of biases, so the numbers are only for scenarios that see the same claims in the same way (`comparable`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import logsumexp

from truetoll.claims.schema import Case, Claim
from truetoll.inference.chains import moved_given_previous
from truetoll.inference.engine import Draws, Engine
from truetoll.inference.families import FAMILIES
from truetoll.inference.looks import in_origin, in_report, only
from truetoll.inference.reports import in_reports, joint_by_kind
from truetoll.inference.results import log_likelihood
from truetoll.inference.session import Refit, Session
from truetoll.inference.tables import Data, Tables

Array = NDArray[np.float64]

KEPT = 200
"""Draws of each chain that are used."""
_STEP = 0.3
"""Between nodes, in asinh of the distance from the centre."""
_REACH = 7.0
"""How far nodes go from the centre: u is a standard normal."""
_SAME = 1e-9
_LOG_ROOT_2PI = 0.5 * float(np.log(2.0 * np.pi))


class Loo(NamedTuple):
    """What was foretold.

    Parameters
    ----------
    elpd : float
        Expected log predictive mass, the sum over origins.
    pointwise, khat : xarray.DataArray
        Dims (origin,): its parts, and how far each can be trusted: above 0.7 it cannot.
    """

    elpd: float
    pointwise: xr.DataArray
    khat: xr.DataArray


def loo_by_origin(session: Session, refit: Refit) -> Loo:
    """Leave one origin out at a time, by Pareto-smoothed importance sampling.

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
    pointwise, khat = (xr.DataArray(a, dims="origin", coords={"origin": list(names)}) for a in each.T)
    return Loo(float(pointwise.sum()), pointwise, khat)


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


def origin_log_likelihood(engine: Engine, tables: Tables, draws: Draws) -> tuple[tuple[str, ...], Array]:
    r"""Log likelihood of the claims of every origin together, their shared error integrated out.

    :math:`\log \int N(u; 0, 1) \prod_i L_i(u)^{w_i} du` by the trapezoidal rule in t, :math:`u = c + b \sinh t`: dense
    within the width b that the claims leave u, thin out to where a standard normal ends. The centre c is the draw's
    own u, which the claims have drawn to where the mass is; the result does not depend on it. (Gauss-Hermite nodes
    around 0 lie further apart than b from five claims of one origin onwards.)

    Parameters
    ----------
    engine : Engine
    tables : Tables
    draws : Draws

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
    used = [claim for claim in claims if claim.weight > 0]
    names = tuple(dict.fromkeys(claim.origin for claim in used))
    outputs = engine.outputs(draws)
    values = log_likelihood(tables, outputs)
    place = {name: i for i, name in enumerate(names)}  # a claim out of use has a log likelihood of 0: anywhere
    pull = index.case.reliability.origin.rho
    together = [pull > 0.0 or in_report(index, c) for c in claims]
    sharing = np.array([s and c.weight > 0 and in_origin(index, c) for s, c in zip(together, claims, strict=True)])
    total = _added(np.array([place.get(c.origin, 0) for c in claims]), np.where(sharing, 0.0, values), names)
    if sharing.any():
        shared = [place[origin] for origin in index.origins]
        total[..., shared] += _integrated(engine, tables, outputs, draws.z["z_origin"])
    return names, total


def _added(place: NDArray[np.int64], values: Array, groups: Sequence[str]) -> Array:
    """Add up claims (chain, draw, claim) by group; never claims by groups."""
    member = csr_array((np.ones(len(place)), (np.arange(len(place)), place)), shape=(len(place), len(groups)))
    flat: Array = values.reshape(-1, len(place)) @ member
    return flat.reshape(*values.shape[:2], len(groups))


def _integrated(engine: Engine, tables: Tables, outputs: Mapping[str, Array], u: Array) -> Array:
    """Integrate the error of every origin out of the claims that share it, shape (chain, draw, origin).

    A report that is unsound has its mass elsewhere than a sound one, so each kind has nodes of its own.
    """
    rows = {family.name: _sharing(tables.data, family.name) for family in FAMILIES}
    data = only(tables.data, rows)
    weigh = engine.weighing(data)
    looks = {
        f"{name}_{part}": outputs[f"{name}_{part}"][:, :, r] for name, r in rows.items() for part in ("mean", "sd")
    }
    looks["sigma"] = outputs["sigma"]
    alone = {name: (data[f"{name}_rho"] > 0.0) & ~mine for name, mine in in_reports(data).items()}

    def parts(at: Array) -> tuple[Array, Array]:
        """Log likelihood of every origin with the error `at`, and by kind its log probability given that."""
        mass = weigh(_moved(data, looks, at - u))
        joint = joint_by_kind(data, mass)[..., :-1, :]
        every = logsumexp(joint, axis=-1)
        return _of_origins(data, mass, alone, tables) + data["report_weight"][:-1] * every, joint - every[..., None]

    total = np.full(u.shape, -np.inf)
    for kind, (centre, width) in enumerate(_centres(data, outputs["sigma"], u, lambda at: parts(at)[0])):
        for t in _nodes(width):
            at = centre + width * np.sinh(t)
            log, kinds = parts(at)
            node = np.log(_STEP * width * np.cosh(t)) - 0.5 * at**2 - _LOG_ROOT_2PI
            total = np.logaddexp(total, log + kinds[..., kind] + node)
    return total


def _of_origins(data: Data, mass: Mapping[str, Array], alone: Mapping[str, NDArray[np.bool_]], tables: Tables) -> Array:
    """Add up claims that share an error but are in no report, shape (chain, draw, origin)."""
    each = np.concatenate([np.logaddexp.reduce(mass[f"{f.name}_log_mass"], axis=-1) for f in FAMILIES], axis=-1)
    origin = np.concatenate([data[f"{f.name}_origin"] for f in FAMILIES])
    counted = np.concatenate([data[f"{f.name}_weight"] * alone[f.name] for f in FAMILIES])
    return _added(origin, np.where(counted > 0.0, counted * each, 0.0), tables.index.origins)


def _centres(data: Data, sigma: Array, u: Array, log: Callable[[Array], Array]) -> list[tuple[Array, Array]]:
    """Where nodes stand for a sound and for an unsound report, and how wide apart; dims of u.

    What claims fix is the error itself, u times its sd, whatever the kind; the draw's own u is of one kind or the
    other, whichever leaves the claims more likely. Exact claims, each of its noise, would leave u the width.
    """
    common, precision = _common(data, sigma, u.shape)
    errors = [u * c for c in common]
    likelier = [log(np.where(common[0] > 0, error / np.maximum(common[0], _SAME), u)) for error in errors]
    error = np.where(likelier[0] >= likelier[1], errors[0], errors[1])
    found = []
    for c in common:
        told = 1.0 + precision * c**2
        found.append((error * precision * c / told, 1.0 / np.sqrt(told)))
    return found


def _common(data: Data, sigma: Array, shape: tuple[int, ...]) -> tuple[list[Array], Array]:
    """Sd of the shared error of every origin, if it is sound and if not, and the precision its claims give it."""
    own = np.concatenate([sigma, np.broadcast_to(data["bound_sd"], (*shape[:2], 1))], axis=-1)
    variance, weight, precision, lift = np.zeros(shape), np.zeros(shape[-1]), np.zeros(shape), np.zeros(shape[-1])
    for name in (family.name for family in FAMILIES):
        noise, rho, origin = (data[f"{name}_{column}"] for column in ("noise", "rho", "origin"))
        used = np.flatnonzero((data[f"{name}_weight"] > 0) & ((rho > 0) | (data[f"{name}_together"] > 0)))
        at: Any = (..., origin[used])
        squared = own[..., noise[used]] ** 2
        np.add.at(variance, at, rho[used] * squared)
        np.add.at(precision, at, 1.0 / ((1.0 - rho[used]) * squared))
        np.add.at(weight, origin[used], 1.0)
        np.maximum.at(lift, origin[used], np.max(data[f"{name}_lift"], axis=1, initial=0.0)[used])
    ordinary = variance / np.maximum(weight, 1.0)
    return [np.sqrt(ordinary), np.sqrt(ordinary + lift**2)], precision


def _sharing(data: Data, family: str) -> NDArray[np.int64]:
    """Positions of a family's claims that share an error with others; tallies hang together, so all or none."""
    sharing = (data[f"{family}_rho"] > 0.0) | (data[f"{family}_together"] > 0)
    return np.flatnonzero(sharing | (family == "chain" and sharing.any()))


def _moved(data: Data, outputs: Mapping[str, Array], by: Array) -> dict[str, Array]:
    """Move the mean of every claim by what a change of its origin's error (chain, draw, origin) adds to it."""
    bound = np.broadcast_to(data["bound_sd"], (*by.shape[:2], 1))
    sigma = np.concatenate([outputs["sigma"], bound], axis=-1)
    moved = dict(outputs)
    for name in (family.name for family in FAMILIES):
        noise, rho, origin = (data[f"{name}_{column}"] for column in ("noise", "rho", "origin"))
        common = np.sqrt((rho * sigma[..., noise] ** 2)[..., None] + data[f"{name}_lift"] ** 2)
        by_component = common * by[..., origin, None]
        if name == "chain":
            by_component = moved_given_previous(data, outputs["chain_sd"][..., 0], by_component[..., 0])[..., None]
        moved[f"{name}_mean"] = outputs[f"{name}_mean"] + by_component
    return moved


def _nodes(width: Array) -> Array:
    n = int(np.ceil(np.arcsinh(_REACH / width.min()) / _STEP))
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
    return figure.form, figure.low, figure.high, figure.value, figure.share
