"""Case -> arrays: everything of a case that is a number, under the names of the model's data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.claims.access import access_of
from truetoll.claims.parts import courses, spread
from truetoll.claims.schema import Z95, Access, Case, Force, Prior, Term
from truetoll.model.curves import curve_tables
from truetoll.model.design import look_tables
from truetoll.model.index import SCALE, Index

Data = dict[str, NDArray[Any]]

LOSS_DATA = (
    *("stated_prior", "member", "present", "exposure", "series_group", "split", "split_walk", "split_basis"),
    *("profile_sd", "profile_scale", "profile_basis", "total_map", "total_of"),
)
"""Data of the latent losses: the prior of every quantity rests on these alone."""


@dataclass(frozen=True)
class Tables:
    """A case as arrays.

    Parameters
    ----------
    index : Index
        The names behind every axis.
    coords : dict of str to tuple of str
        Names along the dims of free variables and results.
    data : dict of str to ndarray
        Values of the model's data; every number an analyst may change is in here.
    """

    index: Index
    coords: dict[str, tuple[str, ...]]
    data: Data = field(repr=False)


def build_tables(case: Case) -> Tables:
    """Turn a case into arrays.

    Parameters
    ----------
    case : Case

    Returns
    -------
    Tables
    """
    index = Index(case)
    data = loss_tables(index) | reporting_tables(index) | look_tables(index)
    return Tables(index, _coords(index, data), data)


def _coords(index: Index, data: Data) -> dict[str, tuple[str, ...]]:
    return {
        "bin": index.bins,
        "loss_group": index.groups,
        "knot": _knots(data["profile_basis"]),
        "strayed": index.strayed,
        "divided": index.divided,
        "split_knot": _knots(data["split_basis"]),
        "bounded": index.bounded,
        "series": index.series,
        "quantity": index.quantities,
        "parameter": tuple(name for name, _, _ in _parameters(index)),
        "source": index.sources,
        "noise": index.noises,
        "voice": tuple(f"{source}:{force}" for source, force in index.voices),
        "voice_outcome": tuple(f"{source}:{force}.{q}" for source, force, q in index.loss_pairs),
        "bias_factor": index.bias_factors,
        "origin": index.origins,
    }


def _knots(basis: NDArray[Any]) -> tuple[str, ...]:
    return tuple(f"knot{k + 1}" for k in range(basis.shape[1]))


def loss_tables(index: Index) -> Data:
    """Numbers of the latent losses: priors, exposure, the split.

    Parameters
    ----------
    index : Index

    Returns
    -------
    dict of str to ndarray
    """
    return {
        "stated_prior": np.array([_row(prior, g) for _, prior, g in _parameters(index)]),
        "member": _grid(
            [[c.split("/")[0] == f for c in index.contingents] for f in index.bounded], len(index.contingents)
        ),
        "present": _grid([[t >= a for t in range(len(index.bins))] for a in _arrivals(index)], len(index.bins)),
        "exposure": np.array([_exposure(index, g) for g in index.groups]),
        "profile_sd": np.array([_profile_sd(index, g) for g in index.groups]),
        "series_group": _ints(index.groups.index(_group(index, s)) for s in index.series),
        "split": _split(index),
        **_links(index),
    } | curve_tables(index)


def _parameters(index: Index) -> list[tuple[str, Prior, Callable[[float], float]]]:
    """(name, prior, scale) of every stated quantity: sizes, rates, totals, then the breaks of the stick."""
    forces = index.case.forces
    found: list[tuple[str, Prior | None, Callable[[float], float]]] = [
        *((f"strength[{c}]", p, math.log) for c, p in zip(index.contingents, _strengths(index), strict=True)),
        *((f"rate[{f}]", forces[f].rate, logit) for f in index.bounded),
        *((f"{'ratio' if _linked(index, g) else 'total'}[{g}]", _total(index, g), math.log) for g in index.unbounded),
        *((f"{name}[{f}]", _break(index, name, f), _SCALE[name]) for name, f in index.breaks),
    ]
    return [(name, _given(name, prior), g) for name, prior, g in found]


def _given(name: str, prior: Prior | None) -> Prior:
    """Refuse a missing prior: reading a case checks for it, a case made by hand may lack it."""
    if prior is None:
        raise ValueError(f"no prior for {name}")
    return prior


def logit(p: float) -> float:
    """Log odds of a share.

    Parameters
    ----------
    p : float

    Returns
    -------
    float
    """
    return math.log(p) - math.log1p(-p)


_SCALE: dict[str, Callable[[float], float]] = {"captured": logit, "missing": logit, "wounded": math.log}


def _row(prior: Prior, g: Callable[[float], float]) -> tuple[float, float, float]:
    """(location, sd below, sd above) on the scale of g."""
    return g(prior.median), (g(prior.median) - g(prior.low)) / Z95, (g(prior.high) - g(prior.median)) / Z95


def _break(index: Index, name: str, f: str) -> Prior | None:
    """Prior of one break of the stick: a share, or wounded per killed (the odds of wounded)."""
    force = index.case.forces[f]
    ratio = force.wounded_per_killed or index.case.reliability.wounded_per_killed
    return {"captured": force.captured_share, "missing": force.missing_share, "wounded": ratio}[name]


def _grid(rows: list[list[bool]], width: int) -> NDArray[np.float64]:
    """Rows of 0 and 1 that keep their width when there are none."""
    return np.array(rows, dtype=float).reshape(len(rows), width)


def _ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def _strengths(index: Index) -> Iterable[Prior | None]:
    for f in index.bounded:
        force = index.case.forces[f]
        yield from (c.strength for c in force.contingents)
        if not force.contingents:
            yield force.strength


def _arrivals(index: Index) -> Iterable[int]:
    """First bin in which a contingent can lose people: the first that starts on or after its arrival."""
    starts = index.case.bins[:-1]
    for f in index.bounded:
        arrived = [c.since for c in index.case.forces[f].contingents] or [starts[0]]
        yield from (sum(start < day for start in starts) for day in arrived)


def _group(index: Index, series: str) -> str:
    term = Term.of(series)
    return series if term.quantity in index.case.forces[term.force].counts else term.force


def _total(index: Index, group: str) -> Prior | None:
    term = Term.of(group)  # a count, or a force alone
    stated = index.case.forces[term.force]
    return stated.counts[term.quantity] if term.quantity else stated.total or stated.ratio


def _linked(index: Index, group: str) -> str | None:
    """Name the force that the losses of a group are stated relative to."""
    term = Term.of(group)
    ratio = None if term.quantity else index.case.forces[term.force].ratio
    return ratio.to if ratio else None


def _links(index: Index) -> Data:
    """Say what makes up the log total of each unbounded group: the stated ones that it adds up, and a bounded force.

    Of a chain of ratios all that it passes; ``total_of`` is 0, or one more than the place of the bounded force that a
    chain ends at.
    """
    n = len(index.unbounded)
    place = {name: i for i, name in enumerate(index.unbounded)}
    found, ends = np.zeros((n, n)), np.zeros(n, dtype=np.int64)
    for i, group in enumerate(index.unbounded):
        at: str | None = group
        while at in place:
            found[i, place[at]] = 1.0
            at = _linked(index, at)
        if at is not None:
            ends[i] = 1 + index.bounded.index(at)
    return {"total_map": found, "total_of": ends}


def _force(index: Index, group: str) -> Force:
    return index.case.forces[Term.of(group).force]


def _exposure(index: Index, group: str) -> list[float]:
    """Days in each bin times the stated activity, with a floor: nobody is known to lose exactly nobody."""
    edges, head = index.case.bins, index.case.file.case
    floor = index.case.reliability.profile.activity_floor
    activity = _force(index, group).activity or head.activity or (1.0,) * len(index.bins)
    days = [(b - a).days for a, b in pairwise(edges)]
    stated = [d * max(a, floor) for d, a in zip(days, activity, strict=True)]
    told = courses(index.counts, index.case.forces, edges).get(group)
    return stated if told is None else [max(e, d * floor) for e, d in zip(spread(stated, told), days, strict=True)]


def _profile_sd(index: Index, group: str) -> list[float]:
    stated = (
        _force(index, group).profile_sd,
        index.case.file.case.profile_sd,
        index.case.reliability.profile.sd,
    )
    sd = next(s for s in stated if s is not None)
    return list(sd) if isinstance(sd, tuple) else [sd] * len(index.bins)


def _split(index: Index) -> NDArray[np.float64]:
    """Which log parts of the breaks each series adds up: shape (series, 2 * break), parts taken, then parts left."""
    n = len(index.breaks)
    chosen = np.zeros((len(index.series), 2 * n))
    for i, series in enumerate(index.series):
        term = Term.of(series)
        for j, (name, f) in enumerate(index.breaks):
            if f == term.force and term.quantity in index.case.forces[f].outcomes:
                chosen[i, j] = name == term.quantity
                chosen[i, n + j] = term.quantity in _LEFT[name]
    return chosen


_LEFT = {
    "captured": ("missing", "wounded", "killed"),
    "missing": ("wounded", "killed"),
    "wounded": ("killed",),
}
"""Outcomes that share what a break leaves."""


def reporting_tables(index: Index) -> Data:
    """Numbers of the reporting model: biases, slants, noise.

    Parameters
    ----------
    index : Index

    Returns
    -------
    dict of str to ndarray
    """
    table = index.case.reliability
    mean, factor = _bias_map(index)
    slant = np.zeros((len(index.loss_pairs), len(index.bias_factors)))
    voice = [index.voices.index((s, f)) for s, f, _ in index.loss_pairs]
    of_pair = factor[voice] * _own_spread(index)
    for i, (s, f, q) in enumerate(index.loss_pairs):
        slant[i, index.factor_at[f"slant[{s}:{f}.{q}]"]] = _slant_sd(index, s, f)
    strength = np.zeros((len(index.strength_sources), len(index.bias_factors)))
    for i, s in enumerate(index.strength_sources):
        strength[i, index.factor_at[f"strength[{s}]"]] = table.strength.sd
    truth = np.zeros((1, len(index.bias_factors)))
    drifted, of_drifted = _drift_map(index, of_pair + slant)
    return {
        "bias_mean": mean,
        "bias_map": factor,
        "distortion_mean": np.concatenate([[0.0], mean[voice], np.zeros(len(strength)), mean[voice][of_drifted]]),
        "distortion_map": np.concatenate([truth, of_pair + slant, strength, drifted]),
        "noise_median": np.array([*(math.log(_noise_median(index, *by)) for by in index.sized_by.values()), 0.0]),
        "noise_log_sd": np.array([*([table.noise.log_sd] * len(index.sized_by)), table.disagreement.log_sd]),
        "noise_scaled": np.array([float(name not in (SCALE, *index.tallies)) for name in index.noises]),
        "bound_sd": np.array([table.bound.sd]),
    }


def _noise_median(index: Index, source: str, access: Access) -> float:
    """Usual size of a figure's error: by grade where the case gives one, else by access."""
    grade, table = index.case.sources[source].grade, index.case.reliability.noise
    by_access = table.access[access] * index.case.reliability.frame.times("noise")
    return float(by_access if grade is None else table.grade[grade])


def _own_spread(index: Index) -> NDArray[np.float64]:
    """Say by what each loss pair multiplies its voice's factors: its own go by how it counts that loss."""
    found = np.ones((len(index.loss_pairs), len(index.bias_factors)))
    for i, (s, f, q) in enumerate(index.loss_pairs):
        if not _states_tau(index, s, f):
            ratio = _tau_by_access(index, s, f, q) / _tau_by_access(index, s, f, index.first_outcome[s, f])
            found[i, index.factor_at[f"voice[{s}:{f}]"]] = ratio
    return found


def _tau_by_access(index: Index, source: str, force: str, quantity: str) -> float:
    """Spread between voices that count as this one does, as a multiple of what is usual in its relation."""
    table, (victims, relation) = index.case.reliability.access, index.kinship(source, force)
    mine = access_of(index.case, source, force, quantity)
    return float(table.tau[mine] / table.tau[table.usual[victims][relation]])


def _states_tau(index: Index, source: str, force: str) -> bool:
    own = index.case.sources[source].bias.get(force)
    return own is not None and own.tau is not None


def _drift_map(index: Index, undrifted: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Bias of drifting voices month by month, a random walk from the first: its rows, and the loss pair of each."""
    rows, pairs = np.zeros((len(index.drifted), undrifted.shape[1])), np.zeros(len(index.drifted), dtype=np.int64)
    for (pair, month), i in index.drifted.items():
        source, force, _ = pair
        pairs[i] = index.pair_at[pair]
        rows[i] = undrifted[pairs[i]]
        sd = index.drift_sd(source, force) / math.sqrt(12.0)
        for year, number in index.months[1 : 1 + index.months.index(month)]:
            rows[i, index.factor_at[f"drift[{source}:{force}/{year}-{number:02}]"]] = sd
    return rows, pairs


def _bias_map(index: Index) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean of each voice's bias, and what each standard normal adds to it: shapes (voice,), (voice, bias_factor)."""
    mean = np.zeros(len(index.voices))
    factor = np.zeros((len(index.voices), len(index.bias_factors)))
    for i, (source, force) in enumerate(index.voices):
        victims, relation = index.kinship(source, force)
        mean[i], mu_sd, tau, kappa0, kappa = _voice(index, source, force)
        parts = {
            f"all[{victims}]": kappa0,
            f"kin[{victims}:{relation}]": kappa,
            f"mean[{victims}:{relation}]": mu_sd,
            f"voice[{source}:{force}]": tau,
        }
        for name, sd in parts.items():
            factor[i, index.factor_at[name]] = sd
    return mean, factor


def _voice(index: Index, source: str, force: str) -> tuple[float, float, float, float, float]:
    """(mu, mu_sd, tau, kappa0, kappa) of one voice: its relation's row, unless the case says otherwise."""
    victims, relation = index.kinship(source, force)
    row = index.case.reliability.bias[victims][relation]
    shared = index.case.reliability.shared[victims]
    own = index.case.sources[source].bias.get(force)
    access = access_of(index.case, source, force, index.first_outcome[source, force])
    mean = row.mu * index.case.reliability.access.mean[access]
    mu = mean if own is None or own.mu is None else own.mu
    frame = index.case.reliability.frame
    tau = row.tau * frame.times("tau") * _tau_by_access(index, source, force, index.first_outcome[source, force])
    tau = tau if own is None or own.tau is None else own.tau
    part = 1.0 if own is None or own.shared is None else own.shared
    mu_sd = part * row.mu_sd if own is None or own.mu_sd is None else own.mu_sd
    return mu, mu_sd, tau, part * shared.kappa0 * frame.times("kappa0"), part * shared.kappa


def _slant_sd(index: Index, source: str, force: str) -> float:
    own = index.case.sources[source].bias.get(force)
    table: float = index.case.reliability.slant.sd
    return table if own is None or own.slant is None else own.slant
