"""Compile once, set data, sample: one engine serves every case, scenario and simulation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.compile.mode import Mode
from pytensor.graph.replace import vectorize_graph

from truetoll.inference.forms import FAMILIES
from truetoll.inference.model import Assembly, assemble, masses
from truetoll.inference.native import compile_density
from truetoll.inference.samplers import PLAIN, SAMPLERS, Coordinates, Draws, Progress, Settings
from truetoll.inference.tables import Tables

__all__ = ["SAMPLERS", "Coordinates", "Draws", "Engine", "Progress", "Settings"]

Array = NDArray[np.float64]


class Engine:
    """A compiled model whose every number, and every size, can be changed.

    Parameters
    ----------
    tables : Tables
        The first numbers.
    assembled : callable
        Tables -> `Assembly`.
    """

    def __init__(self, tables: Tables, assembled: Callable[[Tables], Assembly] = assemble) -> None:
        self._assemble = assembled
        self._assembly = assembled(tables)
        model = self._assembly.model
        self._density, self._read = compile_density(model), _compile_outputs(self._assembly)
        self.free: tuple[str, ...] = tuple(v.name for v in model.value_vars)
        self.dims: dict[str, tuple[str, ...]] = {name: model.named_vars_to_dims[name] for name in self.free}
        self._shared = {name: model[name] for name in tables.data}
        self._first, self._assembled_for = self._assembly, tables
        self.set(tables)

    @property
    def model(self) -> pm.Model:
        """The `pymc.Model` of the numbers that are set."""
        if self._assembled_for is not self.tables:
            self._assembly, self._assembled_for = self._assemble(self.tables), self.tables
        return self._assembly.model

    def set(self, tables: Tables, coordinates: Coordinates | None = None) -> None:
        """Change every number; nothing is compiled.

        Parameters
        ----------
        tables : Tables
            Of any case.
        coordinates : Coordinates, optional
            In which `sample` moves; those of the model if not given.
        """
        self.tables, self.coordinates = tables, coordinates or PLAIN
        self.sizes = {name: tuple(len(tables.coords[dim]) for dim in dims) for name, dims in self.dims.items()}
        numbers = tables.data | {dim: np.array(len(names)) for dim, names in tables.coords.items()}
        self._plain = self._density.pack(numbers | vars(PLAIN))
        self.packed = self._density.pack(numbers | vars(self.coordinates))
        for name, values in tables.data.items():
            shared = self._shared[name]
            shared.set_value(values.astype(shared.dtype))

    @property
    def address(self) -> int:
        """Where the native log density stands, a function of `packed` and a point in the sampler's coordinates."""
        return int(self._density.function.address)

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
        return self._density(flat, self._plain)

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
            As `Assembly.outputs`, with (chain, draw) in front, and ``slanted`` (voice_outcome,): bias plus slant.
        """
        chains, n = next(iter(draws.z.values())).shape[:2]
        flat = [draws.z[name].reshape(chains * n, *draws.z[name].shape[2:]) for name in self.free]
        read = zip(self._first.outputs, self._read(*flat), strict=True)
        found = {name: np.reshape(a, (chains, n, *a.shape[1:])) for name, a in read}
        pairs = len(self.tables.coords["voice_outcome"])
        return found | {"slanted": found["distortion"][..., 1 : 1 + pairs]}

    def masses(self, outputs: Mapping[str, Array]) -> dict[str, Array]:
        """Read the log masses off means and sds of the claims alone.

        Parameters
        ----------
        outputs : mapping of str to ndarray
            ``*_mean`` and ``*_sd`` of every family, as `outputs` gives them.

        Returns
        -------
        dict of str to ndarray
            ``*_log_mass``.
        """
        given = [outputs[f"{family.name}_{what}"] for family in FAMILIES for what in ("mean", "sd")]
        return {f"{family.name}_log_mass": a for family, a in zip(FAMILIES, self._masses(*given), strict=True)}

    @cached_property
    def _masses(self) -> Callable[..., list[Array]]:
        return _compile_masses(self._first)

    @property
    def dimension(self) -> int:
        """Number of free scalars."""
        return sum(map(math.prod, self.sizes.values()))

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
        for name, shape in self.sizes.items():
            size = math.prod(shape)
            found[name] = flat[..., at : at + size].reshape(*flat.shape[:-1], *shape)
            at += size
        return found

    def flatten(self, draws: Draws) -> Array:
        """Join named variables into flat points.

        Parameters
        ----------
        draws : Draws

        Returns
        -------
        ndarray
            Shape (chain, draw, n).
        """
        return np.concatenate([a.reshape(*a.shape[:2], -1) for a in (draws.z[name] for name in self.free)], axis=-1)


def _compile_outputs(assembly: Assembly) -> Callable[..., list[Array]]:
    """Vectorise the answers over draws, run by NumPy: nothing to compile, and 4,000 draws take half a second."""
    model = assembly.model
    batch = [pt.tensor(v.name, dtype="float64", shape=(None,) * (1 + v.ndim)) for v in model.value_vars]
    tensors = model.replace_rvs_by_values(list(assembly.outputs.values()))
    vectorised = vectorize_graph(tensors, replace=dict(zip(model.value_vars, batch, strict=True)))
    return _interpreted(batch, [_repeat(v, t, batch[0]) for v, t in zip(vectorised, tensors, strict=True)])


def _compile_masses(assembly: Assembly) -> Callable[..., list[Array]]:
    given, found = [], []
    with assembly.model:
        for family in FAMILIES:
            m, s = (pt.tensor(f"{family.name}_{what}", dtype="float64", shape=(None,) * 4) for what in ("mean", "sd"))
            given += [m, s]
            found.append(masses(family, m, s))
    return _interpreted(given, found)


def _interpreted(given: list[Any], wanted: list[Any]) -> Callable[..., list[Array]]:
    """Make a function that NumPy runs."""
    mode = Mode(linker="py", optimizer=None)
    with pytensor.config.change_flags(cxx=""):  # a C compiler, where there is one, would be started for nothing
        read: Callable[..., list[Array]] = pytensor.function(given, wanted, mode=mode, on_unused_input="ignore")
    return read


def _repeat(vectorised: Any, single: Any, like: Any) -> Any:
    """Give an answer that does not depend on the draws a draw dimension all the same."""
    if vectorised.ndim > single.ndim:
        return vectorised
    return pt.repeat(vectorised[None], like.shape[0], axis=0)
