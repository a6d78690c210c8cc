"""The effect of a whole divided among its parts: Shapley values, exact or along sampled orders.

Each part gets its mean contribution over the orders in which the parts could be laid one after the other
(Shapley 1953, doi:10.1515/9781400881970-018). Contributions add up to the whole effect, a part that never
changes anything gets nothing, and parts that do the same get the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, pairwise
from math import comb

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Value = float | Array
Coalition = frozenset[str]
Order = tuple[str, ...]

EXACT_UP_TO = 6
"""Players up to which all subsets are asked for: 64 answers."""
PERMUTATIONS = 10
"""Orders sampled beyond that: eight players then need at most 72 answers instead of 256."""


def coalitions(
    players: Sequence[str], *, exact_up_to: int = EXACT_UP_TO, permutations: int = PERMUTATIONS, seed: int = 0
) -> tuple[Coalition, ...]:
    """List the subsets whose values are needed.

    Parameters
    ----------
    players : sequence of str
    exact_up_to : int
        Number of players up to which all subsets are listed, for `shapley`.
    permutations : int
        Orders to sample beyond that, for `shapley_sampled`.
    seed : int
        Of the orders; `orders` gives the same ones for the same seed.

    Returns
    -------
    tuple of frozenset
        Each once, the empty one first and the full one last, smaller ones before larger ones.
    """
    named = _distinct(players)
    if len(named) <= exact_up_to:
        return tuple(_subsets(named))
    found = dict.fromkeys(each for order in orders(named, permutations, seed) for each in _steps(order))
    return tuple(sorted(found, key=len))


def orders(players: Sequence[str], permutations: int = PERMUTATIONS, seed: int = 0) -> tuple[Order, ...]:
    """Sample orders in antithetic pairs: each is followed by its reverse.

    A part that counts for more when it comes late comes early in the reverse, so the two errors partly cancel.

    Parameters
    ----------
    players : sequence of str
    permutations : int
        Even.
    seed : int

    Returns
    -------
    tuple of tuple of str

    Raises
    ------
    ValueError
        For an odd number, or none.
    """
    if permutations < 2 or permutations % 2:
        raise ValueError(f"orders come in pairs: permutations must be even and at least 2, not {permutations}")
    named, random = _distinct(players), np.random.default_rng(seed)
    drawn = (tuple(named[i] for i in random.permutation(len(named))) for _ in range(permutations // 2))
    return tuple(order for one in drawn for order in (one, one[::-1]))


def shapley(values: Mapping[Coalition, Value], players: Sequence[str]) -> dict[str, Array]:
    """Divide the effect of all players among them, exactly.

    Parameters
    ----------
    values : mapping of frozenset to float or ndarray
        For every subset of the players; arrays of one shape are divided element by element.
    players : sequence of str

    Returns
    -------
    dict of str to ndarray
        They add up to the value of all less the value of none.

    Raises
    ------
    ValueError
        If a subset is missing.
    """
    named = _distinct(players)
    known = _arrays(values, _subsets(named))
    return {player: _mean_contribution(known, named, player) for player in named}


def shapley_sampled(values: Mapping[Coalition, Value], permutations: Sequence[Sequence[str]]) -> dict[str, Array]:
    """Divide the effect of all players among them along some orders.

    The mean over these orders instead of all of them: Castro, Gomez and Tejada 2009,
    doi:10.1016/j.cor.2008.04.004. It adds up exactly too, as each order does.

    Parameters
    ----------
    values : mapping of frozenset to float or ndarray
        For every subset that the orders pass through: `coalitions`.
    permutations : sequence of sequence of str
        Orders of the same players, each with equal weight: `orders`.

    Returns
    -------
    dict of str to ndarray
        In the order of the first permutation.

    Raises
    ------
    ValueError
        If there is no order, if they differ in their players, or if a subset is missing.
    """
    if not permutations:
        raise ValueError("no order was given")
    taken = [_distinct(order) for order in permutations]
    if any(set(order) != set(taken[0]) for order in taken):
        raise ValueError("the orders are not of the same players")
    known = _arrays(values, (each for order in taken for each in _steps(order)))
    found = {player: np.zeros_like(known[frozenset()]) for player in taken[0]}
    for order in taken:
        for player, (before, after) in zip(order, pairwise(_steps(order)), strict=True):
            found[player] = found[player] + (known[after] - known[before])
    return {player: total / len(taken) for player, total in found.items()}


def _mean_contribution(known: Mapping[Coalition, Array], players: Order, player: str) -> Array:
    """Average what a player adds to each subset of the others, all sizes weighing alike."""
    others = tuple(each for each in players if each != player)
    terms = (
        (known[before | {player}] - known[before]) / (len(players) * comb(len(others), len(before)))
        for before in _subsets(others)
    )
    return np.asarray(sum(terms, np.zeros_like(known[frozenset()])))


def _distinct(players: Iterable[str]) -> Order:
    named = tuple(players)
    if len(set(named)) != len(named):
        raise ValueError(f"a player is named twice: {', '.join(named)}")
    return named


def _subsets(players: Sequence[str]) -> Iterable[Coalition]:
    sizes = (combinations(players, size) for size in range(len(players) + 1))
    return map(frozenset, chain.from_iterable(sizes))


def _steps(order: Sequence[str]) -> list[Coalition]:
    """List the subsets an order passes through, from none to all."""
    return [frozenset(order[:size]) for size in range(len(order) + 1)]


def _arrays(values: Mapping[Coalition, Value], needed: Iterable[Coalition]) -> dict[Coalition, Array]:
    wanted = dict.fromkeys(needed)
    if missing := [each for each in wanted if each not in values]:
        shown = ", ".join(sorted(missing[0])) or "nobody"
        raise ValueError(f"{len(missing)} subsets have no value; the first is that of {shown}")
    return {each: np.asarray(values[each], dtype=np.float64) for each in wanted}
