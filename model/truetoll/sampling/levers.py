r"""What it takes to ask a saved posterior about other assumptions on bias, without the model.

With :math:`d = \mu + s M z` what voices make of the losses, s the scale of the case in a draw, raising the bias of
some of them by :math:`\delta` moves the prior of d by :math:`\delta c`, c being 1 in their rows and 0 elsewhere. If d
keeps its value, so does the likelihood, and a draw weighs :math:`N(d; \mu + \delta c, s^2 MM^T) / N(d; \mu, s^2 MM^T)`.
For several such groups, with :math:`v_r` the shortest vector for which :math:`M v_r = c_r`, the log of that is

.. math:: s^{-1} \sum_r \delta_r \, v_r \cdot z - \tfrac12 s^{-2} \sum_{r,q} \delta_r \delta_q \, v_r \cdot v_q ,

so one number per draw and group is enough, and one per draw. Each v is called a lever here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from truetoll.model.tables import Tables

Array = NDArray[np.float64]

_CLOSE = 1e-7
"""How exactly a lever must move its own rows and nothing else."""


def bias_levers(tables: Tables) -> tuple[tuple[str, ...], Array]:
    """Find the lever of every relation that speaks in a case.

    Parameters
    ----------
    tables : Tables

    Returns
    -------
    names : tuple of str
        ``military:adversary``: class of the victims and relation.
    levers : ndarray
        Shape (relation, bias_factor); missing where the bias of a relation cannot move by itself, as when it is known.
    """
    index = tables.index
    kin = [":".join(index.kinship(source, force)) for source, force in index.voices]
    names = tuple(dict.fromkeys(kin))
    moved = np.array([[float(of == name) for name in names] for of in _relation_of_rows(tables, kin)])
    factor = tables.data["distortion_map"][1:]
    if not names:
        return (), np.zeros((0, factor.shape[1]))
    found = np.linalg.lstsq(factor, moved, rcond=1e-10)[0]
    found[:, np.abs(factor @ found - moved).max(axis=0) > _CLOSE] = np.nan
    return names, np.ascontiguousarray(found.T)


def _relation_of_rows(tables: Tables, kin: list[str]) -> list[str]:
    """Relation behind every distortion after the truth: of losses, of strength (none), of the months of a drift."""
    index = tables.index
    pairs = [kin[index.voices.index((source, force))] for source, force, _ in index.loss_pairs]
    drifted = [pairs[index.pair_at[pair]] for pair, _ in index.drifted]
    return [*pairs, *("" for _ in index.strength_sources), *drifted]
