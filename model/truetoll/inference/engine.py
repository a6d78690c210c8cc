"""Compile once, set data, sample: one engine serves every case, scenario or simulation of the same shape."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc.blocking import DictToArrayBijection
from pytensor.compile.mode import Mode
from pytensor.graph.replace import vectorize_graph

from truetoll.inference.model import Assembly, assemble
from truetoll.inference.samplers import SAMPLERS, Draws, Progress, Settings
from truetoll.inference.tables import Tables

__all__ = ["SAMPLERS", "Draws", "Engine", "Progress", "Settings"]

Array = NDArray[np.float64]


class Engine:
    """A compiled model whose every number can be changed.

    Parameters
    ----------
    tables : Tables
        Gives the shape, and the first numbers.
    """

    def __init__(self, tables: Tables) -> None:
        self._assembly: Assembly = assemble(tables)
        self.shape = {dim: len(names) for dim, names in tables.coords.items()}
        self._logp, self._turn = _compile_logp(self.model), Lock()
        self._read = _compile_outputs(self._assembly)
        self._point = DictToArrayBijection.map(self.model.initial_point())

    @property
    def model(self) -> pm.Model:
        """The `pymc.Model` that holds the data."""
        return self._assembly.model

    @property
    def free(self) -> tuple[str, ...]:
        """Names of the free variables, in the order of a flat point."""
        return tuple(v.name for v in self.model.value_vars)

    def set(self, tables: Tables) -> None:
        """Change every number; nothing is compiled.

        Parameters
        ----------
        tables : Tables
            Of the same shape.

        Raises
        ------
        ValueError
            If the shape of the free variables differs.
        """
        shape = {dim: len(names) for dim, names in tables.coords.items()}
        if shape != self.shape:
            raise ValueError("the tables have another shape than the compiled model")
        for name, values in tables.data.items():
            shared = self.model[name]
            shared.set_value(values.astype(shared.dtype))

    def logp(self, flat: Array) -> tuple[float, Array]:
        """Log posterior density, up to a constant, and its gradient.

        Parameters
        ----------
        flat : ndarray
            All free variables, shape (n,).

        Returns
        -------
        float, ndarray
        """
        with self._turn:  # a compiled function keeps its input between calls: chains in threads would swap points
            value, gradient = self._logp(flat)
        return float(value), np.ascontiguousarray(gradient)

    def sample(self, settings: Settings, progress: Progress | None = None) -> Draws:
        """Draw from the posterior with NUTS.

        Parameters
        ----------
        settings : Settings
        progress : callable, optional

        Returns
        -------
        Draws
        """
        return SAMPLERS[settings.sampler](self, settings, progress)

    def prior(self, n: int, seed: int) -> Draws:
        """Draw from the prior: every free variable is a standard normal.

        Parameters
        ----------
        n : int
        seed : int

        Returns
        -------
        Draws
            One chain of n.
        """
        flat = np.random.default_rng(seed).normal(size=(1, n, self.dimension))
        return Draws(self.unflatten(flat), {})

    def outputs(self, draws: Draws) -> dict[str, Array]:
        """Read the answers off every draw.

        Parameters
        ----------
        draws : Draws

        Returns
        -------
        dict of str to ndarray
            As `Assembly.outputs`, with (chain, draw) in front.
        """
        chains, n = next(iter(draws.z.values())).shape[:2]
        flat = [draws.z[name].reshape(chains * n, *draws.z[name].shape[2:]) for name in self.free]
        found = self._read(*flat)
        names = self._assembly.outputs
        return {name: np.reshape(a, (chains, n, *a.shape[1:])) for name, a in zip(names, found, strict=True)}

    @property
    def dimension(self) -> int:
        """Number of free scalars."""
        return int(self._point.data.size)

    def unflatten(self, flat: Array) -> dict[str, Array]:
        """Cut flat points into named variables.

        Parameters
        ----------
        flat : ndarray
            Shape (chain, draw, n).

        Returns
        -------
        dict of str to ndarray
        """
        found, at = {}, 0
        for name, shape, size, _ in self._point.point_map_info:
            found[name] = flat[..., at : at + size].reshape(*flat.shape[:-1], *shape)
            at += size
        return found


def _compile_logp(model: pm.Model) -> Callable[[Array], tuple[Any, Array]]:
    """Log density and gradient of the flat vector; numba's disk cache serves it to the next process."""
    function = model.logp_dlogp_function(ravel_inputs=True)
    function.set_extra_values({})
    compiled: Callable[[Array], tuple[Any, Array]] = function._pytensor_function
    compiled.trust_input = True  # type: ignore[attr-defined]
    return compiled


def _compile_outputs(assembly: Assembly) -> Callable[..., list[Array]]:
    """Vectorise the answers over draws, run by NumPy: nothing to compile, and 4,000 draws take half a second."""
    model = assembly.model
    batch = [pt.tensor(v.name, dtype="float64", shape=(None,) * (1 + v.ndim)) for v in model.value_vars]
    tensors = model.replace_rvs_by_values(list(assembly.outputs.values()))
    vectorised = vectorize_graph(tensors, replace=dict(zip(model.value_vars, batch, strict=True)))
    filled = [_repeat(v, t, batch[0]) for v, t in zip(vectorised, tensors, strict=True)]
    mode = Mode(linker="py", optimizer=None)
    with pytensor.config.change_flags(cxx=""):  # a C compiler, where there is one, would be started for nothing
        read: Callable[..., list[Array]] = pytensor.function(batch, filled, mode=mode, on_unused_input="ignore")
    return read


def _repeat(vectorised: Any, single: Any, like: Any) -> Any:
    """Give an answer that does not depend on the draws a draw dimension all the same."""
    if vectorised.ndim > single.ndim:
        return vectorised
    return pt.repeat(vectorised[None], like.shape[0], axis=0)
