"""Reading answers off draws, some at a time: what is held of thousands of claims takes a megabyte a draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.sampling.engine import Draws, Engine

Array = NDArray[Any]
Variables = dict[str, tuple[tuple[str, ...], Array]]
"""Name -> dims and values; the first dims are (chain, draw)."""
Reader = Callable[[Mapping[str, Array]], Variables]
"""What `Engine.outputs` gives -> variables."""

AT_ONCE = 1_000_000
"""Claims times draws that are read together: about half a gigabyte."""


def in_pieces(engine: Engine, draws: Draws, read: Mapping[str, Reader]) -> dict[str, Variables]:
    """Read groups of variables off draws.

    Parameters
    ----------
    engine : Engine
        With the numbers of the case set.
    draws : Draws
    read : mapping of str to callable
        By group.

    Returns
    -------
    dict of str to dict
        By group, for all draws.
    """
    chains, n = next(iter(draws.z.values())).shape[:2]
    step = max(1, AT_ONCE // max(1, chains * len(engine.tables.index.case.claims)))
    found: dict[str, dict[str, list[Array]]] = {group: {} for group in read}
    dims: dict[str, tuple[str, ...]] = {}
    for start in range(0, n, step):
        outputs = engine.outputs(Draws({name: z[:, start : start + step] for name, z in draws.z.items()}, {}))
        for group, reader in read.items():
            for name, (dims[f"{group}.{name}"], values) in reader(outputs).items():
                found[group].setdefault(name, []).append(values)
    return {
        group: {name: (dims[f"{group}.{name}"], _joined(pieces)) for name, pieces in variables.items()}
        for group, variables in found.items()
    }


def _joined(pieces: list[Array]) -> Array:
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)
