"""What the priors of a case imply before any claim is read: every quantity, and what each claim looks at.

The latent losses of `losses.py` once more, with NumPy alone and many draws at a time, so that `validate` can tell what
was assumed. Each standard normal is stratified (McKay, Beckman and Conover 1979, doi:10.1080/00401706.1979.10489755):
what a case states by itself comes out as it was stated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.claims.places import in_table, of_claim, of_table
from truetoll.claims.ratios import is_part
from truetoll.claims.schema import Case, Claim
from truetoll.claims.window import bin_of, share_of_bin
from truetoll.model.design import look_tables
from truetoll.model.index import Index
from truetoll.model.tables import loss_tables
from truetoll.text.messages import Message

Array = NDArray[np.float64]
Data = Mapping[str, NDArray[Any]]

DRAWS, FEWEST, NUMBERS = 8_000, 1_000, 4_000_000
"""Draws, of a large case so many that there are no more numbers than that, and never fewer than some."""
SEED = 1
BEYOND = 0.99
"""Part of the prior outside of which a claim is told of."""
NAMED = 5
"""Claims that are told of one by one."""


@dataclass(frozen=True)
class Implied:
    """What is held possible of a quantity before any claim.

    Parameters
    ----------
    name : str
        ``north.killed``.
    median : float
        In its unit, up to the last edge of the bins (or the day the case is known on).
    interval, outer : (float, float)
        Low and high end of central intervals: that of every answer, and that outside of which a claim is told of.
    mass, outer_mass : float
        Of these intervals, between 0 and 1.
    """

    name: str
    median: float
    interval: tuple[float, float]
    outer: tuple[float, float]
    mass: float
    outer_mass: float = BEYOND


def implied(case: Case) -> tuple[tuple[Implied, ...], tuple[Message, ...]]:
    """Compute what the priors of a case imply, and which claims lie outside of it.

    Parameters
    ----------
    case : Case

    Returns
    -------
    tuple of Implied
        One a quantity, in the order of the tables.
    tuple of Message
        One a claim in use that lies outside the central 99 % of the prior of what it looks at.
    """
    index = Index(case)
    data = loss_tables(index)
    numbers = len(index.series) * len(index.bins)
    n = max(FEWEST, min(DRAWS, NUMBERS // max(1, numbers)))
    loss, strength = losses(data, stratified(data, n, np.random.default_rng(SEED)))
    mass = case.reliability.interval.mass
    drawn = zip(index.quantities, _reported(index, loss, strength), strict=True)
    table = tuple(Implied(n, float(np.median(x)), _central(x, mass), _central(x, BEYOND), mass) for n, x in drawn)
    told = list(_outside(index, loss, strength))
    more = len(told) - NAMED
    said = told if more < 2 else [*told[:NAMED], of_table("notice.beyond_more", n=more)]
    return table, tuple(in_table(each, case.table) for each in said)


def _central(drawn: Array, mass: float) -> tuple[float, float]:
    low, high = np.quantile(drawn, (0.5 - 0.5 * mass, 0.5 + 0.5 * mass))
    return float(low), float(high)


def stratified(data: Data, n: int, rng: np.random.Generator) -> dict[str, Array]:
    """Draw the standard normals of the latent losses, each as evenly as can be.

    Parameters
    ----------
    data : mapping of str to ndarray
        As `loss_tables` gives it.
    n : int
        Draws.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to ndarray
        By the names of the model's free variables, shapes (draw, ...).
    """
    even = np.array([NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)])
    shapes = {
        "z_losses": (len(data["stated_prior"]),),
        "z_profile": (len(data["exposure"]), data["profile_basis"].shape[1]),
        "z_stray": (data["profile_scale"].shape[1],),
        "z_split": (data["split_walk"].shape[1], data["split_basis"].shape[1]),
    }
    return {
        name: np.array([rng.permutation(even) for _ in range(int(np.prod(shape)))]).T.reshape(n, *shape)
        for name, shape in shapes.items()
    }


def losses(data: Data, z: Mapping[str, Array]) -> tuple[Array, Array]:
    """Turn standard normals into losses, as `truetoll.model.losses` states it.

    Parameters
    ----------
    data : mapping of str to ndarray
        As `loss_tables` gives it.
    z : mapping of str to ndarray
        Shapes (draw, ...).

    Returns
    -------
    ndarray
        Losses, shape (draw, series, bin).
    ndarray
        Strength of bounded forces, shape (draw, bounded, bin).
    """
    prior, free = data["stated_prior"], z["z_losses"]
    stated = prior[:, 0] + free * np.where(free < 0.0, prior[:, 1], prior[:, 2])
    (n_bounded, contingents), groups = data["member"].shape, len(data["exposure"])
    cuts = np.cumsum([contingents, n_bounded, groups - n_bounded])
    sizes, rates, totals, breaks = np.split(stated, cuts, axis=1)
    profile = _profile(data, z)
    size = np.exp(sizes)[:, :, None] * data["present"]
    hazard = np.einsum("fc,nft->nct", data["member"], np.logaddexp(0.0, rates)[:, :, None] * profile[:, :n_bounded])
    hazard *= data["present"]
    at_risk = size * np.exp(hazard - np.cumsum(hazard, axis=2))
    bounded = np.einsum("fc,nct->nft", data["member"], at_risk * -np.expm1(-hazard))
    whole = np.concatenate([np.ones((len(stated), 1)), bounded.sum(axis=2)], axis=1)[:, data["total_of"]]
    total = np.exp(totals @ data["total_map"].T) * whole
    lost = np.concatenate([bounded, total[:, :, None] * profile[:, n_bounded:]], axis=1)
    strength = np.einsum("fc,nct->nft", data["member"], size)
    return lost[:, data["series_group"]] * _shares(data, z, breaks), strength


def _profile(data: Data, z: Mapping[str, Array]) -> Array:
    """Share of each group's losses in each bin, shape (draw, group, bin)."""
    scale = np.exp(z["z_stray"] @ data["profile_scale"].T)
    log = data["profile_sd"] * scale[:, :, None] * (z["z_profile"] @ data["profile_basis"].T)
    raw = data["exposure"] * np.exp(log - log.max(axis=2, keepdims=True))
    found: Array = raw / raw.sum(axis=2, keepdims=True)
    return found


def _shares(data: Data, z: Mapping[str, Array], breaks: Array) -> Array:
    """Share of each series in its group's losses, shape (draw, series, bin)."""
    logs = np.concatenate([-np.logaddexp(0.0, -breaks), -np.logaddexp(0.0, breaks)], axis=1)
    drift = np.einsum("sd,ndt->nst", data["split_walk"], np.cumsum(z["z_split"], axis=2) @ data["split_basis"].T)
    raw = np.exp((logs @ data["split"].T)[:, :, None] + drift)
    of = np.equal.outer(np.arange(len(data["exposure"])), data["series_group"]).astype(float)
    found: Array = raw / np.einsum("gs,nst->ngt", of, raw)[:, data["series_group"]]
    return found


def _reported(index: Index, loss: Array, strength: Array) -> Iterator[Array]:
    """Draws of every quantity, cumulative up to the day the case asks for."""
    edges, last = index.case.bins, index.case.as_of
    weights = np.array([share_of_bin(a, b, edges[0], last) for a, b in pairwise(edges)])
    total = loss @ weights
    for q in index.case.quantities:
        if q.term.is_strength:
            sent = [index.bounded.index(cell.force) for cell in q.cells]
            yield strength[:, sent, bin_of(edges, last)].sum(axis=1)
        else:
            yield total[:, [index.series_at[str(cell)] for cell in q.cells]].sum(axis=1)


def _outside(index: Index, loss: Array, strength: Array) -> Iterator[Message]:
    """Find claims that lie where the prior holds next to nothing, in all they may be read as."""
    n, looks = len(loss), look_tables(index)
    by_bin, reached = loss.reshape(n, -1), np.cumsum(loss, axis=2).reshape(n, -1)
    cells = np.concatenate([by_bin, reached, strength.reshape(n, -1)], axis=1)
    row, cell, weight, over = (looks[name] for name in ("entry_row", "entry_cell", "entry_weight", "row_over"))
    starts = np.searchsorted(row, np.arange(len(index.rows) + len(over) + 1))  # entries stand in order of their sums
    whole = {row: len(index.rows) + k for k, row in enumerate(over.tolist())}

    def amount(i: int) -> Array:
        here = slice(starts[i], starts[i + 1])
        return np.asarray(cells[:, cell[here]] @ weight[here])

    ends: dict[str, list[tuple[float, float]]] = {}
    for i, (claim, _) in enumerate(index.rows):
        if claim.weight > 0:
            seen = amount(i) / amount(whole[i]) if i in whole else amount(i)
            ends.setdefault(claim.id, []).append(_central(seen, BEYOND))
    for claim, as_read in zip(index.case.claims, index.claims, strict=True):
        if claim.id in ends and all(_is_beyond(as_read, *each) for each in ends[claim.id]):
            low, high = ends[claim.id][0]
            part = is_part(index.case.forces, claim)
            yield _told(claim, part, *((low / (1.0 + low), high / (1.0 + high)) if part else (low, high)))


def _is_beyond(claim: Claim, low: float, high: float) -> bool:
    """Whether nothing that a claim may mean lies between two numbers; a bound allows what lies behind it."""
    figure, side = claim.figure, claim.figure.form.side
    least, most = (figure.value, figure.value) if side else (figure.low, figure.high)
    return bool((side >= 0 and least > high) or (side <= 0 and most < low))


def _told(claim: Claim, part: bool, low: float, high: float) -> Message:
    scale, code = (100.0, "notice.beyond_share") if claim.of_strength else (1.0, "notice.beyond")
    if claim.is_ratio:
        scale, code = (100.0, "notice.beyond_part") if part else (1.0, "notice.beyond_ratio")
    ends = {name: float(f"{x * scale:.2g}") for name, x in (("low", low), ("high", high))}
    losses = " | ".join(map(str, claim.readings))
    return of_claim(claim, code, id=claim.id, text=claim.text, losses=losses, mass=100 * BEYOND, **ends)
