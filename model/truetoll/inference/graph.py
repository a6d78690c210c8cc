"""A `pymc.Model` as what an engine computes with: for models that are not written out as loops, such as history's."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pytensor
import pytensor.tensor as pt
from numpy.typing import NDArray
from pymc import Model
from pytensor.compile.mode import Mode
from pytensor.graph.replace import clone_replace, vectorize_graph
from pytensor.link.numba.cache import CACHED_SRC_FUNCTIONS

from truetoll.inference import native
from truetoll.inference.families import FAMILIES
from truetoll.inference.model import Assembly, masses
from truetoll.inference.tables import Tables

Array = NDArray[np.float64]


class Graph:
    """A model's density, compiled by PyTensor, and its outputs, run by NumPy.

    Parameters
    ----------
    tables : Tables
        The first numbers.
    assembled : callable
        Tables -> `Assembly`.
    """

    def __init__(self, tables: Tables, assembled: Callable[[Tables], Assembly]) -> None:
        self._assembly = assembled(tables)
        model = self._assembly.model
        self.density, self._read = compile_density(model), compile_outputs(self._assembly)
        self.dims: dict[str, tuple[str, ...]] = {v.name: model.named_vars_to_dims[v.name] for v in model.value_vars}
        self._shared = {name: model[name] for name in tables.data}

    def pack(self, numbers: native.Numbers) -> Array:
        """Lay the numbers of a case into one buffer.

        Parameters
        ----------
        numbers : dict of str to ndarray

        Returns
        -------
        ndarray
        """
        return self.density.pack(numbers)

    def outputs(self, z: Mapping[str, Array], data: Mapping[str, NDArray[Any]], packed: Array) -> dict[str, Array]:
        """Read the answers off draws.

        Parameters
        ----------
        z : mapping of str to ndarray
            Free variables, shapes (draw, ...).
        data : mapping of str to ndarray
            Of the tables.
        packed : ndarray
            Not used.

        Returns
        -------
        dict of str to ndarray
            As `truetoll.inference.model.Assembly.outputs`, with (draw,) in front.
        """
        self._set(data)
        return dict(zip(self._assembly.outputs, self._read(*(z[name] for name in self.dims)), strict=True))

    def masses(self, outputs: Mapping[str, Array], packed: Array) -> dict[str, Array]:
        """Weigh the claims, given the mean and sd of each; of the numbers that were last read.

        Parameters
        ----------
        outputs : mapping of str to ndarray
            ``*_mean`` and ``*_sd`` of every family, shapes (draw, claim, component).
        packed : ndarray
            Not used.

        Returns
        -------
        dict of str to ndarray
            ``*_log_mass``.
        """
        given = [outputs[f"{family.name}_{what}"] for family in FAMILIES for what in ("mean", "sd")]
        return {f"{family.name}_log_mass": a for family, a in zip(FAMILIES, self._masses(*given), strict=True)}

    def _set(self, data: Mapping[str, NDArray[Any]]) -> None:
        for name, shared in self._shared.items():
            shared.set_value(data[name].astype(shared.dtype))

    @cached_property
    def _masses(self) -> Callable[..., list[Array]]:
        return _compile_masses(self._assembly)


def compile_density(model: Model) -> native.Density:
    """Compile a model whose free variables are all unbounded, its data being inputs.

    Parameters
    ----------
    model : pymc.Model

    Returns
    -------
    Density
        Of points in `truetoll.inference.coordinates.Coordinates`.
    """
    native.compilations += 1
    graph = _flat_graph(model)
    data = graph.get_shared()
    given = tuple((v.name, np.dtype(v.type.dtype), v.type.ndim) for v in data)
    inputs = (*native.COORDINATES, *given)
    wrapper = graph.vm.jit_fn.py_func
    names = [f"a{i}" for i in range(len(native.COORDINATES), len(inputs))]
    call = [f"value, slope = inner(point, {', '.join(names)})", "value = value.item()"]
    source = native.c_source(inputs, native.in_coordinates(call))
    inner = wrapper.__globals__.get("jitable_func", graph.vm.jit_fn)
    key = f"{CACHED_SRC_FUNCTIONS.get(wrapper, '')}_{hashlib.sha256(source.encode()).hexdigest()}"
    return native.Density(native.compile_c(source, {"inner": inner}, key), inputs)


def _flat_graph(model: Model) -> Any:
    """PyTensor function of one flat point, cut into the free variables by the lengths of their dims."""
    values = model.value_vars
    logp = model.logp()
    gradient = pt.concatenate([pt.grad(logp, v).ravel() for v in values])
    point = pt.dvector("point")
    parts, start = {}, 0
    for v in values:
        lengths = [model.dim_lengths[dim] for dim in model.named_vars_to_dims[v.name]]
        end = start + math.prod(lengths)
        parts[v] = point[start:end] if v.ndim == 1 else point[start:end].reshape(lengths)
        start = end
    return pytensor.function([point], clone_replace([logp, gradient], parts, rebuild_strict=False), mode="NUMBA")


def compile_outputs(assembly: Assembly) -> Callable[..., list[Array]]:
    """Vectorise the answers over draws, run by NumPy: nothing to compile, and 4,000 draws take half a second.

    Parameters
    ----------
    assembly : Assembly

    Returns
    -------
    callable
        From draws of the free variables, shapes (draw, ...), to the answers in the order of `Assembly.outputs`.
    """
    model = assembly.model
    batch = [pt.tensor(v.name, dtype="float64", shape=(None,) * (1 + v.ndim)) for v in model.value_vars]
    tensors = model.replace_rvs_by_values(list(assembly.outputs.values()))
    vectorised = vectorize_graph(tensors, replace=dict(zip(model.value_vars, batch, strict=True)))
    return _interpreted(batch, [_repeat(v, t, batch[0]) for v, t in zip(vectorised, tensors, strict=True)])


def _compile_masses(assembly: Assembly) -> Callable[..., list[Array]]:
    given, found = [], []
    with assembly.model:
        for family in FAMILIES:
            m, s = (pt.tensor(f"{family.name}_{what}", dtype="float64", shape=(None,) * 3) for what in ("mean", "sd"))
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
