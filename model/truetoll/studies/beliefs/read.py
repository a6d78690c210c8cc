r"""What a reader needs to ask a fit "and if?": its draws, and by what each of them is weighed under other beliefs.

Trust in a source is the power :math:`\lambda` of the likelihood of its claims: 0 leaves them out, 2 counts them as if
they had been made twice. A draw then weighs :math:`\exp(\sum_s (\lambda_s - 1) \ell_s)`, with :math:`\ell_s` the log
likelihood of the claims of source s. A claim that shares its origin with claims of another source keeps the error they
have in common: that error is one of the draws, and the likelihood is that of the claim given it.

The direction of bias is told by levers (`truetoll.sampling.levers`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from numpy.typing import NDArray

Array = NDArray[np.float64]
_FREE = "z_"
"""How the names of free variables begin."""


@dataclass(frozen=True)
class Levers:
    """Draws of a fit, ready to be weighed. One row for each draw, chains one after the other.

    Parameters
    ----------
    chains : int
    quantities, sources, relations, fixed : tuple of str
        Sources with a claim in use; relations as ``military:adversary`` whose bias can be moved, and those where it is
        held fixed.
    amount : ndarray
        Dims (quantity, sample), in units.
    log_likelihood : ndarray
        Of all claims of a source, dims (source, sample).
    lever : ndarray
        By relation, over the scale of the case, dims (relation, sample).
    product : ndarray
        Of levers with each other, dims (relation, relation).
    precision : ndarray
        One over the square of the scale of the case, dims (sample,).
    trust : tuple of float
        By source: the power that its likelihood has in this run already; what is asked for multiplies it.
    bias_mean : mapping of str to float
        Mean log bias that is assumed, by voice ``nis:dprk``.
    voices : mapping of str to tuple of str
        Relation -> its voices.
    pace : float
        Effective draws for each draw, of the slowest free variable: at most 1.
    """

    chains: int
    quantities: tuple[str, ...]
    sources: tuple[str, ...]
    relations: tuple[str, ...]
    fixed: tuple[str, ...]
    amount: Array
    log_likelihood: Array
    lever: Array
    product: Array
    precision: Array
    trust: tuple[float, ...]
    bias_mean: Mapping[str, float]
    voices: Mapping[str, tuple[str, ...]]
    pace: float

    def log_ratio(self, trust: Mapping[str, float], bias: Mapping[str, float]) -> Array:
        """Log of what each draw weighs under other beliefs, up to a constant.

        Parameters
        ----------
        trust : mapping of str to float
            Power of a source's likelihood, against that of the run; 1 if not given.
        bias : mapping of str to float
            By how much a relation exaggerates more than assumed (log); 0 if not given.

        Returns
        -------
        ndarray
            Dims (sample,).
        """
        power = np.array([trust.get(source, 1.0) - 1.0 for source in self.sources])
        shift = np.array([bias.get(relation, 0.0) for relation in self.relations])
        moved = shift @ self.lever - 0.5 * self.precision * (shift @ self.product @ shift)
        return np.asarray(power @ self.log_likelihood + moved)


def levers(tree: xr.DataTree, every: int = 1, *, paced: bool = True) -> Levers:
    """Take what readers need out of a fit.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit that converged.
    every : int
        Keep every so many draws of each chain.
    paced : bool
        Whether ``pace`` is wanted, which takes longer than all the rest; else it is 1.

    Returns
    -------
    Levers
    """
    posterior, constant = tree["posterior"].dataset, tree["constant_data"].dataset
    thin = {"draw": slice(None, None, every)}
    said = tree["log_likelihood"].dataset["claims"].isel(thin) if "log_likelihood" in tree.children else None
    relations, fixed, lever = _relations(constant)
    z = posterior["z_bias"].isel(thin) if relations else None
    voices = _voices(constant)
    sources, trust, likelihood = _by_source(said, constant)
    amount = _rows(posterior["amount"].isel(thin), "quantity")
    scale = posterior["disagreement"].isel(thin).to_numpy().ravel() if "disagreement" in posterior else 1.0
    precision = np.ones(amount.shape[1]) / scale**2
    return Levers(
        chains=int(posterior.sizes["chain"]),
        quantities=tuple(map(str, posterior["quantity"].to_numpy())),
        sources=sources,
        relations=relations,
        fixed=fixed,
        amount=amount,
        log_likelihood=likelihood if sources else np.zeros((0, amount.shape[1])),
        lever=np.zeros((0, amount.shape[1])) if z is None else lever @ _rows(z, "bias_factor") / scale,
        product=lever @ lever.T,
        precision=precision,
        trust=trust,
        bias_mean=dict(zip(voices, map(float, constant["bias_mean"].to_numpy()), strict=True)) if voices else {},
        voices={name: tuple(v for v, kin in voices.items() if kin == name) for name in relations},
        pace=_pace(posterior.isel(thin)) if paced else 1.0,
    )


def _relations(constant: xr.Dataset) -> tuple[tuple[str, ...], tuple[str, ...], Array]:
    """Relations that have a lever, those that have none, and the levers."""
    if "bias_lever" not in constant:
        return (), (), np.zeros((0, 0))
    found = constant["bias_lever"].to_numpy()
    usable = np.isfinite(found).all(axis=1)
    names = [str(name) for name in constant["kinship"].to_numpy()]
    moved, fixed = (tuple(n for n, ok in zip(names, usable, strict=True) if ok == has) for has in (True, False))
    return moved, fixed, found[usable]


def _voices(constant: xr.Dataset) -> dict[str, str]:
    if "voice_kinship" not in constant:
        return {}
    kin = constant["voice_kinship"]
    return dict(zip(map(str, kin["voice"].to_numpy()), map(str, kin.to_numpy()), strict=True))


def _by_source(said: xr.DataArray | None, constant: xr.Dataset) -> tuple[tuple[str, ...], tuple[float, ...], Array]:
    """Find the sources with a claim in use, how far each is trusted, and the log likelihood of what it said."""
    if said is None:
        return (), (), np.zeros((0, 0))
    of = constant["claim_source"].to_numpy().astype(str)
    weight = constant["weight"].to_numpy()
    used = weight > 0
    names = tuple(dict.fromkeys(of[used].tolist()))
    rows = _rows(said, "claim")
    mine = [used & (of == name) for name in names]
    trust = tuple(float(weight[each].max()) for each in mine)
    return names, trust, np.array([rows[each].sum(axis=0) for each in mine])


def _rows(values: xr.DataArray, dim: str) -> Array:
    table = np.ascontiguousarray(values.transpose(dim, "chain", "draw").to_numpy(), dtype=np.float64)
    return table.reshape(len(table), -1)


def _pace(posterior: xr.Dataset) -> float:
    """Effective draws for each draw of the slowest free variable, as `truetoll.sampling.reweight` has it."""
    columns: list[Any] = [v for name, v in posterior.data_vars.items() if str(name).startswith(_FREE)]
    if not columns:
        return 1.0
    flat = np.concatenate([v.to_numpy().reshape(*v.shape[:2], -1) for v in columns], axis=-1)
    moving = flat[..., np.ptp(flat, axis=(0, 1)) > 0]
    found = array_stats.ess(moving, chain_axis=0, draw_axis=1, method="bulk", relative=True)
    return float(np.min(found, initial=1.0))
