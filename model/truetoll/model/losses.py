r"""The latent table: what was truly lost, by force, outcome and bin.

Every free variable is a standard normal; priors enter as data, so that a model is compiled once for all assumptions.
Amounts are kept on their natural scale, where sums are sums: 40 sd of a log-normal of log sd 10 are still e^400, well
inside what a double holds, and every operation saved is a second of compilation saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pymc as pm
import pytensor.tensor as pt

from truetoll.model.tables import Tables

Tensor = Any


@dataclass(frozen=True)
class Losses:
    """Losses and strength.

    Parameters
    ----------
    loss : tensor
        Dims (series, bin); persons, or units of a count; > 0.
    strength : tensor
        Dims (bounded, bin); persons sent by then, lost or not.
    """

    loss: Tensor
    strength: Tensor


def build_losses(tables: Tables) -> Losses:
    """Add the latent losses to the model in whose context this is called.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    Losses
    """
    sizes, rates, totals, breaks = _stated(tables)
    profile = _profile(tables)
    n_bounded = data("member").shape[0]
    strength, bounded = _bounded(sizes, rates, profile[:n_bounded])
    unbounded = _linked(totals, bounded)[:, None] * profile[n_bounded:]
    lost = pt.concatenate([bounded, unbounded], axis=0)
    return Losses(lost[data("series_group")] * _shares(tables, breaks), strength)


def data(name: str) -> Tensor:
    """Look up data of the model in whose context this is called.

    Parameters
    ----------
    name : str

    Returns
    -------
    tensor
    """
    return pm.modelcontext(None)[name]


def standard_normal(name: str, tables: Tables, *dims: str) -> Tensor:
    """Add a standard normal over named dims; a dim may be empty, the graph is the same.

    Parameters
    ----------
    name : str
    tables : Tables
    *dims : str

    Returns
    -------
    tensor
        Dims as given.
    """
    assert all(dim in tables.coords for dim in dims)
    return pm.Normal(name, 0.0, 1.0, dims=dims)


def _stated(tables: Tables) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Draw, on the scale of g, what priors state by median and 90 % interval, exact at all three.

    Log sizes (contingent,), logit rates (bounded,), log totals (unbounded,), logits of the breaks (break,). Their
    numbers are read off the data, so that cases of any size share one graph.
    """
    z = standard_normal("z_losses", tables, "parameter")
    prior = data("stated_prior")
    stated = prior[:, 0] + z * pt.where(pt.lt(z, 0.0), prior[:, 1], prior[:, 2])
    n_bounded, contingents = (data("member").shape[i] for i in range(2))
    rates = contingents + n_bounded
    totals = contingents + data("exposure").shape[0]
    return stated[:contingents], stated[contingents:rates], stated[rates:totals], stated[totals:]


def _profile(tables: Tables) -> Tensor:
    """Share of each group's losses (hazard, if bounded) in each bin: dims (loss_group, bin), adding up to one.

    Each curve has a scale of its own, which is learned.
    """
    z = standard_normal("z_profile", tables, "loss_group", "knot")  # none where there is one bin
    scale = pt.exp(pt.dot(data("profile_scale"), standard_normal("z_stray", tables, "strayed")))
    curve = pt.dot(z, data("profile_basis").T)
    log = data("profile_sd") * scale[:, None] * curve
    raw = data("exposure") * pt.exp(log - pt.max(log, axis=1, keepdims=True))
    return raw / pt.sum(raw, axis=1, keepdims=True)


def _bounded(log_size: Tensor, logit_rate: Tensor, profile: Tensor) -> tuple[Tensor, Tensor]:
    """Strength and losses of bounded forces, dims (bounded, bin).

    Losses fall on those present: ``S exp(-hazard so far) (1 - exp(-hazard of the bin))`` for each contingent, which
    adds up to ``S (1 - exp(-hazard))`` without subtracting large numbers.
    """
    member, present = data("member"), data("present")
    size = pt.exp(log_size)[:, None] * present
    hazard = pt.dot(member.T, pt.softplus(logit_rate)[:, None] * profile) * present
    at_risk = size * pt.exp(hazard - pt.cumsum(hazard, axis=1))
    return pt.dot(member, size), pt.dot(member, at_risk * -pt.expm1(-hazard))


def _linked(totals: Tensor, bounded: Tensor) -> Tensor:
    """Whole losses of unbounded groups, dims (unbounded,): as stated, or so many times those of another force."""
    whole = pt.concatenate([pt.ones(1), pt.sum(bounded, axis=1)])
    return pt.exp(pt.dot(data("total_map"), totals)) * whole[data("total_of")]


def _shares(tables: Tables, breaks: Tensor) -> Tensor:
    """Share of each series in its group's losses, dims (series, bin); over many bins it may drift.

    Its log is linear in the logs of the parts of each break; what drifts is divided by what it adds up to.
    """
    logs = pt.concatenate([-pt.softplus(-breaks), -pt.softplus(breaks)])
    z = standard_normal("z_split", tables, "divided", "split_knot")
    drift = pt.dot(data("split_walk"), pt.dot(pt.cumsum(z, axis=1), data("split_basis").T))
    raw = pt.exp(pt.dot(data("split"), logs)[:, None] + drift)
    group = data("series_group")
    total = pt.zeros((data("exposure").shape[0], raw.shape[1]))[group].inc(raw)
    return raw / total[group]
