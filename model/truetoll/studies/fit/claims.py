"""Each claim held against the posterior: what it counts, what its source would say, how far out it stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.answers.ledger import Ledger
from truetoll.answers.looking import looked_at
from truetoll.answers.quantities import levels
from truetoll.answers.records import Interval
from truetoll.claims.ratios import as_seen, is_part
from truetoll.claims.schema import Case, Claim
from truetoll.studies.fit.records import ClaimAnswer

Array = NDArray[np.float64]

_SEED = 1
"""Of the places inside cells: the same run always gives the same numbers."""


def claim_answers(tree: xr.DataTree, case: Case, mass: float, converged: bool) -> tuple[ClaimAnswer, ...]:
    """Hold every claim against the posterior.

    Parameters
    ----------
    tree : xarray.DataTree
    case : Case
    mass : float
        Of the intervals.
    converged : bool
        If not, only what was said is told.

    Returns
    -------
    tuple of ClaimAnswer
    """
    if not converged:
        return tuple(
            ClaimAnswer(**_copied(claim), sound=None, tail=None, true=None, said=None) for claim in case.claims
        )
    ledger = Ledger(tree["posterior"].dataset, case)
    drawn = by_claim(tree["posterior_predictive"].dataset["cell_if_sound"])
    sound = {name: float(p.mean()) for name, p in by_claim(tree["posterior"].dataset["sound"]).items()}
    return tuple(_claim(ledger, claim, drawn[claim.id], sound[claim.id], mass) for claim in case.claims)


def _copied(claim: Claim) -> dict[str, Any]:
    figure = claim.figure
    return {
        "id": claim.id,
        "source": claim.source,
        "text": claim.text,
        "losses": claim.losses,
        "form": str(figure.form),
        "since": claim.since.isoformat(),
        "as_of": claim.as_of.isoformat(),
        "origin": claim.origin,
        "share": figure.share,
        "ratio": claim.is_ratio,
        "low": figure.low,
        "high": figure.high,
        "value": figure.value,
        "weight": claim.weight,
        "set_aside": claim.set_aside.said(),
    }


def _claim(ledger: Ledger, claim: Claim, cells: Array, sound: float, mass: float) -> ClaimAnswer:
    true, bound = looked_at(ledger, claim), claim.figure.form.family == "bound"
    said = None if bound else said_draws(cells, ledger.case, claim)
    return ClaimAnswer(
        **_copied(claim),
        sound=sound,
        tail=tail(cells, bound=bound),
        true=_interval(true.quantiles(levels(mass))),
        said=None if said is None else _interval(np.quantile(said, levels(mass))),
    )


def _interval(quantiles: Array) -> Interval:
    low, median, high = (float(x) for x in quantiles)
    return Interval(median, low, high)


def by_claim(values: xr.DataArray) -> dict[str, Array]:
    """Take the draws of every claim apart, all at once.

    Parameters
    ----------
    values : xarray.DataArray
        Dims (chain, draw, claim).

    Returns
    -------
    dict of str to ndarray
        By id, each of shape (sample,) and in one piece, so that means do not hang on how a run lies in memory.
    """
    table = np.ascontiguousarray(values.transpose("claim", "chain", "draw").to_numpy())
    return dict(zip(map(str, values["claim"].to_numpy()), table.reshape(len(table), -1), strict=True))


def said_draws(cells: Array, case: Case, claim: Claim) -> Array:
    """Draw the figures behind redrawn cells, spread evenly (log) inside each, so that a vague word does not jump.

    Parameters
    ----------
    cells : ndarray
        Shape (sample,).
    case : Case
    claim : Claim
        What was said.

    Returns
    -------
    ndarray
        Units of the claim, shape (sample,).
    """
    inside = np.random.default_rng(_SEED).uniform(size=cells.shape)
    low, high = as_seen(case.forces, claim).figure.cell
    found = low * (high / low) ** (cells + inside)
    return np.asarray(found / (1.0 + found) if is_part(case.forces, claim) else found)


def tail(cells: Array, *, bound: bool) -> float:
    """Mid-p of what was said among redrawn cells.

    Parameters
    ----------
    cells : ndarray
        Shape (sample,); 0 is the cell that was said.
    bound : bool
        A bound can only be broken on one side: its cells are 0 (the stated side) and 1.

    Returns
    -------
    float
        Two-sided; for a bound ``P(k=0) / 2``, at most 0.5.
    """
    same = float((cells == 0).mean())
    if bound:
        return 0.5 * same
    below = float((cells < 0).mean()) + 0.5 * same
    return 2.0 * min(below, 1.0 - below)
