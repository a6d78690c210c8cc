r"""Figures of one report off the draws: sound or not together, what each adds to the others, how they are redrawn.

The model states their joint mass, :math:`\sum_k p_k \prod_i L_{i,k}` over the two kinds k of report
(`truetoll.inference.model`). It is no product over figures, so what one of them says depends on what the others of its
report have said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from truetoll.inference.families import FAMILIES
from truetoll.inference.index import Index
from truetoll.inference.looks import claims_of, ordinary

Array = NDArray[np.float64]
Data = dict[str, NDArray[Any]]


def kinds_of(data: Data, name: str, log_mass: Array) -> Array:
    """Log mass of each figure of one family, if its report is sound and if it is not, without the report's probability.

    Parameters
    ----------
    data : dict of str to ndarray
        Of `truetoll.inference.tables.Tables`.
    name : str
        Of the family.
    log_mass : ndarray
        Of components, shape (..., claim, component).

    Returns
    -------
    ndarray
        Shape (..., claim, kind); of claims that are in no report their log mass, twice.
    """
    mine, lifted = data[f"{name}_together"][:, None] > 0, data[f"{name}_lift"] > 0
    found = [logsumexp(np.where(mine & (lifted != kind), -np.inf, log_mass), axis=-1) for kind in (False, True)]
    given = np.where(mine, data["report_log_probability"][data[f"{name}_origin"]], 0.0)
    return np.stack(found, axis=-1) - given


def joint_by_kind(data: Data, outputs: Mapping[str, Array]) -> Array:
    """Log mass of the figures of every report together with its kind, sound or not.

    Parameters
    ----------
    data : dict of str to ndarray
    outputs : mapping of str to ndarray
        ``*_log_mass`` of every family, shape (..., claim, component).

    Returns
    -------
    ndarray
        Shape (..., report, kind), with a last report for claims alone in theirs; to be weighed as a whole.
    """
    weight = data["report_weight"]
    lead = outputs[f"{FAMILIES[0].name}_log_mass"].shape[:-2]
    found = np.broadcast_to(data["report_log_probability"], (*lead, *data["report_log_probability"].shape)).copy()
    for name, mine in in_reports(data).items():
        used = np.flatnonzero(mine)
        if len(used):
            origin = data[f"{name}_origin"][used]
            share = data[f"{name}_weight"][used] / weight[origin]
            each = kinds_of(data, name, outputs[f"{name}_log_mass"])[..., used, :]
            at: Any = (..., origin, slice(None))
            np.add.at(found, at, share[:, None] * each)
    return found


def in_reports(data: Data) -> dict[str, NDArray[np.bool_]]:
    """Tell which claims in use are sound or not together with others.

    Parameters
    ----------
    data : dict of str to ndarray

    Returns
    -------
    dict of str to ndarray of bool
        By family, shape (claim,).
    """
    return {f.name: (data[f"{f.name}_together"] > 0) & (data[f"{f.name}_weight"] > 0) for f in FAMILIES}


def added_by_claim(index: Index, data: Data, outputs: Mapping[str, Array]) -> dict[str, Array]:
    """Log likelihood of each figure of a report, given the figures of other sources in it and those before its own.

    So the sum over the claims of one source is what the source adds to all others, and leaving it out takes just that
    away. Within a report of one source it is the joint mass.

    Parameters
    ----------
    index : Index
    data : dict of str to ndarray
    outputs : mapping of str to ndarray

    Returns
    -------
    dict of str to ndarray
        By family, shape (..., claim); 0 for claims that are in no report.
    """
    found = {f.name: np.zeros(outputs[f"{f.name}_log_mass"].shape[:-1]) for f in FAMILIES}
    for report, members in _members(index, data).items():
        log_p, weight = data["report_log_probability"][report], data["report_weight"][report]
        masses = [_shared_kinds(data, outputs, name, i) for name, i, _ in members]
        for source in dict.fromkeys(source for *_, source in members):
            joint = sum((m for m, (*_, by) in zip(masses, members, strict=True) if by != source), start=log_p)
            so_far = weight * logsumexp(joint, axis=-1)
            for mass, (name, i, by) in zip(masses, members, strict=True):
                if by == source:
                    joint = joint + mass
                    whole = weight * logsumexp(joint, axis=-1)
                    found[name][..., i] = whole - so_far
                    so_far = whole
    return found


def _members(index: Index, data: Data) -> dict[int, list[tuple[str, int, str]]]:
    """Claims in use of every report: family, place in it, source."""
    found: dict[int, list[tuple[str, int, str]]] = {}
    for name, mine in in_reports(data).items():
        for i, claim in enumerate(claims_of(index, name)):
            if mine[i]:
                found.setdefault(int(data[f"{name}_origin"][i]), []).append((name, i, claim.source))
    return found


def _shared_kinds(data: Data, outputs: Mapping[str, Array], name: str, i: int) -> Array:
    """Log masses of one figure by kind of its report, to the power of its weight there; shape (..., kind)."""
    one = {f"{name}_{part}": data[f"{name}_{part}"][i : i + 1] for part in ("together", "lift", "origin")}
    share = data[f"{name}_weight"][i] / data["report_weight"][data[f"{name}_origin"][i]]
    mass: Array = kinds_of({**data, **one}, name, outputs[f"{name}_log_mass"][..., i : i + 1, :])
    found: Array = share * mass[..., 0, :]
    return found


def soundness(data: Data, outputs: Mapping[str, Array]) -> dict[str, Array]:
    """Probability, in each draw, that a figure is of the ordinary kind, and so is its report.

    Parameters
    ----------
    data : dict of str to ndarray
    outputs : mapping of str to ndarray

    Returns
    -------
    dict of str to ndarray
        By family, shape (..., claim).
    """
    joint = joint_by_kind(data, outputs)
    of_report = joint[..., 0] - logsumexp(joint, axis=-1)
    found = {}
    for family in FAMILIES:
        name = family.name
        mass = outputs[f"{name}_log_mass"]
        sound = logsumexp(np.where(ordinary(data, family), mass, -np.inf), axis=-1)
        own = sound - logsumexp(mass, axis=-1)
        used = in_reports(data)[name]
        given = sound - logsumexp(np.where(data[f"{name}_lift"] > 0, -np.inf, mass), axis=-1)
        found[name] = np.exp(np.where(used, given + of_report[..., data[f"{name}_origin"]], own))
    return found


def drawn_kinds(data: Data, rng: np.random.Generator) -> dict[str, Array]:
    """Draw which reports are sound, and keep the components of their claims that are left.

    Parameters
    ----------
    data : dict of str to ndarray
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to ndarray
        By family, log probability of each component, shape (claim, component): -inf where it is of the other kind.
    """
    log_p = data["report_log_probability"][:, 0]
    sound = np.log(rng.uniform(size=len(log_p))) < log_p
    found = {}
    for name in (family.name for family in FAMILIES):
        mine, lifted = data[f"{name}_together"][:, None] > 0, data[f"{name}_lift"] > 0
        other = mine & (lifted == sound[data[f"{name}_origin"]][:, None])
        found[name] = np.where(other, -np.inf, data[f"{name}_log_probability"])
    return found
