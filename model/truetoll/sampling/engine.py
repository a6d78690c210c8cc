"""Compile once, set data, sample: one engine serves every case, scenario and simulation."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.reports import drawn_errors
from truetoll.model.tables import Data, Tables
from truetoll.sampling.compiled import Written
from truetoll.sampling.coordinates import LARGEST, PLAIN, Coordinates, framed, typical, whitened
from truetoll.sampling.frames import Frame
from truetoll.sampling.framing import framing
from truetoll.sampling.moving import Moves
from truetoll.sampling.native import Density
from truetoll.sampling.samplers import SAMPLERS, Draws, Progress, Settings

if TYPE_CHECKING:
    import pymc as pm

__all__ = ["SAMPLERS", "Coordinates", "Draws", "Engine", "Progress", "Settings"]

Array = NDArray[np.float64]

_PILOT = 25, 100
"""Draws a chain, and steps of adaptation before them, that show where a posterior with curves is."""

_PARTS = 8
"""Pieces of work for each core: cores are of unequal speed."""


def _arrays(coordinates: Coordinates) -> Data:
    """Arrays of coordinates and of their frame, by name."""
    return vars(coordinates) | vars(coordinates.frame)


class Engine:
    """A compiled model whose every number, and every size, can be changed.

    Parameters
    ----------
    tables : Tables
        The first numbers.
    """

    def __init__(self, tables: Tables) -> None:
        self._assembled: tuple[Tables, pm.Model] | None = None
        self._model = Written()
        self.dims = dict(self._model.dims)
        self.free: tuple[str, ...] = tuple(self.dims)
        self.set(tables)

    @property
    def model(self) -> pm.Model:
        """The `pymc.Model` of the numbers that are set."""
        from truetoll.model.build import assemble  # noqa: PLC0415 - PyMC takes seconds to import

        if self._assembled is None or self._assembled[0] is not self.tables:
            self._assembled = self.tables, assemble(self.tables).model
        return self._assembled[1]

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
        self._numbers = tables.data | {dim: np.array(len(names)) for dim, names in tables.coords.items()}
        self._plain = self._model.pack(self._numbers | _arrays(PLAIN))
        self.packed = self._packed(self.coordinates)

    def _function(self, coordinates: Coordinates) -> Density:
        return self._model.density if coordinates.frame.plain else self._model.framed

    def _packed(self, coordinates: Coordinates) -> Array:
        plain = coordinates is PLAIN
        numbers = self._numbers | _arrays(coordinates)
        return self._plain if plain else self._model.pack(numbers, self._function(coordinates))

    def density(self, coordinates: Coordinates) -> Callable[[Array], tuple[float, Array]]:
        """Log density, and its gradient, of points in given coordinates.

        Parameters
        ----------
        coordinates : Coordinates

        Returns
        -------
        callable
        """
        function, packed = self._function(coordinates), self._packed(coordinates)
        return lambda x: function(x, packed)

    def varied(self, data: Data) -> Array:
        """Lay out the numbers that are set with some of them changed, in the model's own coordinates.

        Parameters
        ----------
        data : dict of str to ndarray
            In the shapes of the tables.

        Returns
        -------
        ndarray
            For the function at `address`.
        """
        return np.asarray(self._model.pack(self._numbers | data | _arrays(PLAIN))) if data else self._plain

    @property
    def address(self) -> int:
        """Where the native log density stands, a function of numbers as `varied` lays them out and of a point."""
        return int(self._model.density.function.address)

    @property
    def moving(self) -> Any:
        """Native function (it has an `address`) of `packed` and of a point in the sampler's coordinates."""
        return self._function(self.coordinates).function

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
        return self._model.density(flat, self._plain)

    def values(self, flat: Array) -> Array:
        """Log posterior density of many points, up to a constant, on all cores.

        Parameters
        ----------
        flat : ndarray
            All free variables, shape (..., n).

        Returns
        -------
        ndarray
            Shape (...,); -inf where there is none.
        """
        points, cores = flat.reshape(-1, flat.shape[-1]), os.cpu_count() or 1
        with ThreadPoolExecutor(cores) as pool:
            parts = pool.map(Moves(self.address, self._plain).values, np.array_split(points, _PARTS * cores))
            return np.concatenate([*parts]).reshape(flat.shape[:-1])

    def points(self, x: Array) -> Array:
        """Go from the sampler's coordinates to the model's.

        Parameters
        ----------
        x : ndarray
            Shape (..., n).

        Returns
        -------
        ndarray
        """
        found = self.coordinates.points(x)
        flat = found.reshape(-1, x.shape[-1])
        return self.coordinates.frame.to_model(flat, self).reshape(x.shape)

    def moved(self, draws: Draws, frame: Frame) -> Array:
        """Go from draws to what a frame moves.

        Parameters
        ----------
        draws : Draws
            Of the numbers that are set.
        frame : Frame

        Returns
        -------
        ndarray
            Shape (chain * draw, n).
        """
        flat = self.flatten(draws).reshape(-1, self.dimension)
        return frame.from_model(flat, self)

    def seen(self, flat: Array) -> tuple[Array, Array, Array]:
        """Read losses, distortions and the level of readings off points of the model.

        Parameters
        ----------
        flat : ndarray
            Shape (draw, n).

        Returns
        -------
        loss, distortion, level : ndarray
            Shapes (draw, series, bin), (draw, distortion) and (draw, row).
        """
        found = self._model.seen(flat, self.tables.data, self._plain)
        return found["loss"], found["distortion"], found["level"]

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
        if self.coordinates is PLAIN and settings.sampler == "nutpie":
            if self.tables.index.smooth:
                self.coordinates = whitened(self)
                self.packed = self._packed(self.coordinates)
                # Without a tally few claims fix a curve, and a dozen points tell little of a posterior so wide.
                if self.coordinates.frame.row.size and self.dimension <= LARGEST:
                    pilot = self.sample(replace(settings, draws=_PILOT[0], tune=_PILOT[1]))
                    self.coordinates = typical(self, self.moved(pilot, self.coordinates.frame))
            elif not framing(self.tables).plain:
                self.coordinates = framed(self)
            self.packed = self._packed(self.coordinates)
        return SAMPLERS[settings.sampler](self, settings, progress)

    def prior(self, n: int, seed: int) -> Draws:
        """Draw from the prior: standard normals, and the errors that figures of one origin share.

        Parameters
        ----------
        n : int
        seed : int

        Returns
        -------
        Draws
            One chain of n.
        """
        rng = np.random.default_rng(seed)
        z = self.unflatten(rng.normal(size=(1, n, self.dimension)))
        return Draws(z | {"origin_error": drawn_errors(self.tables.data, z["z_noise"], rng)}, {})

    def outputs(self, draws: Draws) -> dict[str, Array]:
        """Read the answers off every draw.

        Parameters
        ----------
        draws : Draws

        Returns
        -------
        dict of str to ndarray
            As `Assembly.outputs`, with (chain, draw) in front, ``slanted`` (voice_outcome,): bias plus slant, and
            ``origin_error`` (origin,).
        """
        chains, n = next(iter(draws.z.values())).shape[:2]
        flat = {name: draws.z[name].reshape(chains * n, *draws.z[name].shape[2:]) for name in self.free}
        read = self._model.outputs(flat, self.tables.data, self._plain)
        found = {name: np.reshape(a, (chains, n, *a.shape[1:])) for name, a in read.items()}
        pairs = len(self.tables.coords["voice_outcome"])
        found["origin_error"] = draws.z["origin_error"]
        return found | {"slanted": found["distortion"][..., 1 : 1 + pairs]}

    def weighing(self, data: Data) -> Callable[[Mapping[str, Array]], dict[str, Array]]:
        """Make a function that weighs claims by means and sds alone.

        Parameters
        ----------
        data : dict of str to ndarray
            Numbers of the claims: those of the tables, or of some of them (`truetoll.model.design.only`).

        Returns
        -------
        callable
            From ``*_mean`` and ``*_sd`` of every family, as `outputs` gives them, to ``*_log_mass``.
        """
        packed = self._model.pack(self._numbers | data | _arrays(PLAIN))

        def weigh(looks: Mapping[str, Array]) -> dict[str, Array]:
            wanted = {k: a for k, a in looks.items() if k.endswith(("_mean", "_sd"))}
            sample = next(iter(wanted.values())).shape[:2]
            flat = {name: np.reshape(a, (math.prod(sample), *a.shape[2:])) for name, a in wanted.items()}
            found = self._model.masses(flat, packed)
            return {name: np.reshape(a, (*sample, *a.shape[1:])) for name, a in found.items()}

        return weigh

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
