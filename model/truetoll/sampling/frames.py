"""What a sampler moves in place of the model's free variables: what running tallies fix themselves.

A tally fixes the course of what its source says, and where it stands, to within a per cent; how much was lost, shares,
biases and the error of its report are fixed by little more than their priors. In the model's own variables that is a
thin sheet, bent by every product of a bias and a share. So a sampler moves what is *seen*: in place of the curve of a
group's losses that curve times what its source makes of them, and in place of a total the level of the tally. A second
tally of the same group has its level in place of its report's error, and the break between what both count moves by how
far that report is off. All are shifts by functions of other variables, and changes of unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from truetoll.model.kernels.frames import SIZED
from truetoll.model.reports import sd_of_kinds, sizes
from truetoll.model.tables import Data, Tables

if TYPE_CHECKING:
    from truetoll.sampling.engine import Engine

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

_CLOSE = 0.01
"""How closely, in log units, a tally fixes its own level, before anything is known of its noise."""
_NONE = np.zeros(0)
_NOBODY = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Frame:
    """What moves with what; arrays are empty where nothing does.

    Parameters
    ----------
    centred : ndarray
        Shape (loss_group,): how far each curve moves in steps of its own size instead of in units of its learned scale
        (0 to 1).
    seen_series, seen_distortion : ndarray of int
        Shape (seen,): what the source that each curve follows makes of which series.
    seen_bins : ndarray of int
        Shape (seen_bin,): the bins in which it is followed.
    seen_map : ndarray
        Shape (loss_group, knot, seen_bin): from the log of what is seen of each loss there to the steps of the curve.
    held : ndarray of int
        Shape (origin,): the reading whose level stands in for the error of each report; -1 for none.
    total, first, last : ndarray of int
        Shape (origin,): the stated total that a level stands in for, -1 for none, and from where to where the entries
        of its reading go.
    second : ndarray of int
        Shape (break, 7): for each break between two outcomes that have a tally each, its parameter, the total that the
        level of the first stands in for, the origins of both, the distortion of each, and the side of the first.
    row : ndarray of int
        Shape (origin,): the reading that is the level of each report's longest tally; -1 for none.
    said : ndarray
        Shape (origin,): log of the figure that was said there.
    """

    centred: Array = field(default_factory=lambda: _NONE)
    seen_series: Whole = field(default_factory=lambda: _NOBODY)
    seen_distortion: Whole = field(default_factory=lambda: _NOBODY)
    seen_bins: Whole = field(default_factory=lambda: _NOBODY)
    seen_map: Array = field(default_factory=lambda: _NONE.reshape(0, 0, 0))
    held: Whole = field(default_factory=lambda: _NOBODY)
    total: Whole = field(default_factory=lambda: _NOBODY)
    first: Whole = field(default_factory=lambda: _NOBODY)
    last: Whole = field(default_factory=lambda: _NOBODY)
    second: Whole = field(default_factory=lambda: _NOBODY.reshape(0, 7))
    row: Whole = field(default_factory=lambda: _NOBODY)
    said: Array = field(default_factory=lambda: _NONE)

    @property
    def plain(self) -> bool:
        """Whether the model's own variables move."""
        return not self.centred.size and not self.row.size

    def names(self, tables: Tables) -> dict[tuple[str, ...], str]:
        """Name what moves in place of free variables.

        Parameters
        ----------
        tables : Tables

        Returns
        -------
        dict of tuple of str to str
            By the names of those variables: the report whose tally has its level there.
        """
        origins, parameters = tables.coords["origin"], tables.coords["parameter"]
        held, totals = np.flatnonzero(self.held >= 0), np.flatnonzero(self.total >= 0)
        return (
            {("origin_error", origins[o]): "level" for o in held}
            | {("z_losses", parameters[self.total[o]]): origins[o] for o in totals}
            | {("z_losses", parameters[row[0]]): origins[row[3]] for row in self.second}
        )

    def begin(self, z: Mapping[str, Array], sd: Mapping[str, Array]) -> None:
        """Put levels, in place, at what was said, and say how closely that is known.

        Parameters
        ----------
        z, sd : mapping of str to ndarray
            Named variables as this frame moves them, and the size of their steps, shapes (draw, ...).
        """
        on, held = self.total >= 0, self.held >= 0
        for value, levels in ((z, self.said), (sd, np.full(self.said.shape, _CLOSE))):
            value["z_losses"][:, self.total[on]] = levels[on]
            value["origin_error"][:, np.flatnonzero(held)] = levels[held]

    def to_model(self, points: Array, engine: Engine) -> Array:
        """Go from what is moved to the model's variables.

        Parameters
        ----------
        points : ndarray
            Shape (draw, n).
        engine : Engine
            With the numbers of the case that this frame was chosen for.

        Returns
        -------
        ndarray
        """
        found = points.copy()
        data, z = engine.tables.data, engine.unflatten(found)
        if self.second.size:
            parameter, star = self.second[:, 0], self._split(data, z, engine.seen(found)[1])
            value = star + _sizes(data, z, self.second[:, 3]) * z["z_losses"][:, parameter]
            z["z_losses"][:, parameter] = _normal(data, parameter, value)
        if self.centred.size:
            log_scale = z["z_stray"] @ data["profile_scale"].T
            steps = z["z_profile"] * np.exp(-self.centred * log_scale)[..., None]
            z["z_profile"][:] = 0.0  # shares and distortions do not depend on it
            z["z_profile"][:] = steps - self._shift(engine, found) * np.exp(-log_scale)[..., None]
        if self.row.size:
            origin = np.flatnonzero(self.total >= 0)
            total = self.total[origin]
            level, z["z_losses"][:, total] = z["z_losses"][:, total], 0.0
            z["origin_error"][:, origin] *= _sizes(data, z, origin)
            above = level - z["origin_error"][:, origin] - engine.seen(found)[2][:, self.row[origin]]
            z["z_losses"][:, total] = _normal(data, total, above + data["stated_prior"][total, 0])
            held = np.flatnonzero(self.held >= 0)
            z["origin_error"][:, held] -= engine.seen(found)[2][:, self.held[held]]
        return found

    def from_model(self, points: Array, engine: Engine) -> Array:
        """Go from the model's variables to what is moved.

        Parameters
        ----------
        points : ndarray
            Shape (draw, n).
        engine : Engine
            With the numbers of the case that this frame was chosen for.

        Returns
        -------
        ndarray
        """
        found = points.copy()
        data, z = engine.tables.data, engine.unflatten(found)
        if self.row.size:
            origin, held = np.flatnonzero(self.total >= 0), np.flatnonzero(self.held >= 0)
            level = engine.seen(points)[2]
            z["z_losses"][:, self.total[origin]] = level[:, self.row[origin]] + z["origin_error"][:, origin]
            z["origin_error"][:, origin] /= _sizes(data, z, origin)
            z["origin_error"][:, held] += level[:, self.held[held]]
        if self.centred.size:
            log_scale = z["z_stray"] @ data["profile_scale"].T
            shift = self._shift(engine, points) * np.exp(-log_scale)[..., None]
            z["z_profile"][:] = (z["z_profile"] + shift) * np.exp(self.centred * log_scale)[..., None]
        if self.second.size:
            parameter, star = self.second[:, 0], self._split(data, z, engine.seen(points)[1])
            prior, stated = data["stated_prior"][parameter], z["z_losses"][:, parameter]
            value = prior[:, 0] + stated * np.where(stated < 0.0, prior[:, 1], prior[:, 2])
            z["z_losses"][:, parameter] = (value - star) / _sizes(data, z, self.second[:, 3])
        return found

    def _split(self, data: Data, z: Mapping[str, Array], distortion: Array) -> Array:
        """Where breaks would lie, shape (draw, break), if the second report had no error of its own."""
        _, total, first, second, pair_first, pair_second, sign = self.second.T
        error = z["origin_error"][:, first] * _sizes(data, z, first)
        ratio = z["origin_error"][:, second] - z["z_losses"][:, total] + error
        return np.asarray(sign * (ratio - distortion[:, pair_second] + distortion[:, pair_first]))

    def _shift(self, engine: Engine, points: Array) -> Array:
        """Turn what is seen of the losses into steps, shape (draw, loss_group, knot)."""
        loss, distortion, _ = engine.seen(points)
        group, loss = engine.tables.data["series_group"], loss[..., self.seen_bins]
        whole = np.zeros((len(points), len(engine.tables.data["exposure"]), len(self.seen_bins)))
        visible = np.zeros_like(whole)
        for series, g in enumerate(group):
            whole[:, g] += loss[:, series]
        for series, pair in zip(self.seen_series, self.seen_distortion, strict=True):
            visible[:, group[series]] += loss[:, series] * np.exp(distortion[:, pair, None])
        log = np.log(np.divide(visible, whole, out=np.ones_like(whole), where=(visible > 0.0) & (whole > 0.0)))
        return np.asarray(np.einsum("gkt,dgt->dgk", self.seen_map, log))


def _sizes(data: Data, z: Mapping[str, Array], origin: Whole) -> Array:
    """Units, shape (draw, origin), in which the errors of these reports move."""
    return np.asarray(sd_of_kinds(data, sizes(data, z["z_noise"]))[:, origin, 0] ** SIZED)


def _normal(data: Data, parameter: Whole, value: Array) -> Array:
    """Turn values of stated quantities into standard normals, shape (draw, parameter)."""
    median, below, above = data["stated_prior"][parameter].T
    return np.asarray((value - median) / np.where(value < median, below, above))
