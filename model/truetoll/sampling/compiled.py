"""The loops behind C signatures: compiled once on a machine, for cases of any size, and kept on disk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.model.families import FAMILIES, LINKS, OF_EVERY_CLAIM
from truetoll.model.kernels import frames
from truetoll.sampling import native
from truetoll.sampling.native import Inputs

Array = NDArray[np.float64]
Outputs = dict[str, Array]

DIMS: dict[str, tuple[str, ...]] = {
    "z_losses": ("parameter",),
    "z_profile": ("loss_group", "knot"),
    "z_stray": ("strayed",),
    "z_split": ("divided", "split_knot"),
    "z_bias": ("bias_factor",),
    "z_noise": ("noise",),
    "origin_error": ("origin",),
}
"""Free variables in the order of a flat point, with their dims."""
_CUT = tuple(dict.fromkeys(dim for dims in DIMS.values() for dim in dims))
_PARTS = {
    "losses": (
        *("stated_prior", "owner", "present", "exposure", "profile_sd", "series_group", "split*"),
        *("profile_scale*", "profile_basis*", "split_walk*", "split_basis*", "total_map*", "total_of"),
    ),
    "biases": ("noise_median", "noise_log_sd", "noise_scaled", "bound_sd", "distortion_mean", "distortion_map*"),
    "entry": ("entry_row", "entry_cell", "entry_distortion", "entry_weight"),
    "row": ("row_share", "row_over"),
    "origins": ("origin_noise", "origin_rho", "origin_lift", "origin_log_probability"),
}
"""Parts of `Numbers`; a star marks a matrix that is kept sparse."""
_WHOLE = ("entry_row", "entry_cell", "entry_distortion", "row_over")
_TABLES = ("stated_prior", "present", "exposure", "profile_sd", "origin_log_probability")
_SPARSE = ("start", "column", "value")
_FRAME: Inputs = (
    ("centred", np.dtype(np.float64), 1),
    *((name, np.dtype(np.int64), 1) for name in ("seen_series", "seen_distortion", "seen_bins")),
    ("seen_map", np.dtype(np.float64), 3),
    *((name, np.dtype(np.int64), 1) for name in ("held", "total", "first", "last")),
    ("second", np.dtype(np.int64), 2),
)
"""Arrays of `truetoll.sampling.frames.Frame`."""


class Written:
    """The model of a case as loops: what `truetoll.sampling.engine.Engine` computes with."""

    dims = DIMS

    def __init__(self) -> None:
        native.compilations += 1
        self.density, self._read, self._weigh = map(_compiled, ("log_density", "read", "weigh"))

    @cached_property
    def framed(self) -> native.Density:
        """Log density of what a frame moves: compiled for the first case that has one, the others do without."""
        return _compiled("framed", _FRAME)

    def pack(self, numbers: native.Numbers, density: native.Density | None = None) -> Array:
        """Lay the numbers of a case into one buffer.

        Parameters
        ----------
        numbers : dict of str to ndarray
            Data, lengths of dims, and the sampler's coordinates.
        density : Density, optional
            What reads them: `framed`, or `density` and all others if not given.

        Returns
        -------
        ndarray
        """
        return (density or self.density).pack(numbers | _prepared(numbers))

    def outputs(self, z: Mapping[str, Array], data: Mapping[str, NDArray[Any]], packed: Array) -> Outputs:
        """Read the answers off draws.

        Parameters
        ----------
        z : mapping of str to ndarray
            Free variables, shapes (draw, ...).
        data : mapping of str to ndarray
            Of the tables.
        packed : ndarray
            The same, as `pack` gives them.

        Returns
        -------
        dict of str to ndarray
            As `truetoll.model.build.Assembly.outputs`, with (draw,) in front.
        """
        draws = len(z["z_losses"])
        flat = np.concatenate([z[name].reshape(draws, -1) for name in DIMS], axis=1)
        found = self.seen(flat, data, packed)
        shared = np.concatenate([z["origin_error"], np.zeros((draws, 1))], axis=1)
        for family in FAMILIES:
            found |= _looks(family.name, data, found["sigma"], found["level"], shared)
        found["sigma"] = found["sigma"][:, : len(data["noise_median"])]
        found["bias"] = data["bias_mean"] + found["sigma"][:, -1:] * (z["z_bias"] @ data["bias_map"].T)
        del found["level"]
        return found | self.masses(found, packed)

    def seen(self, flat: Array, data: Mapping[str, NDArray[Any]], packed: Array) -> Outputs:
        """Read losses, strength, distortions, noise and the level of readings off flat points.

        Parameters
        ----------
        flat : ndarray
            Shape (draw, n).
        data : mapping of str to ndarray
            Of the tables.
        packed : ndarray
            The same, as `pack` gives them.

        Returns
        -------
        dict of str to ndarray
            ``loss``, ``strength``, ``distortion``, ``sigma`` and ``level``, with (draw,) in front.
        """
        n_bins, n_bounded = data["exposure"].shape[1], len(data["member"])
        shapes = {
            "loss": (len(data["series_group"]), n_bins),
            "strength": (n_bounded, n_bins),
            "distortion": (len(data["distortion_mean"]),),
            "sigma": (len(data["noise_median"]) + 1,),
            "level": (len(data["row_share"]),),
        }
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
        out = np.empty((len(flat), ends[-1]))
        self._read.call(len(flat), np.ascontiguousarray(flat), out, np.array([flat.shape[1], ends[-1]], float), packed)
        parts = np.split(out, ends[:-1], axis=1)
        return {n: part.reshape(len(flat), *shape) for (n, shape), part in zip(shapes.items(), parts, strict=True)}

    def masses(self, outputs: Mapping[str, Array], packed: Array) -> Outputs:
        """Weigh the claims, given the mean and sd of each.

        Parameters
        ----------
        outputs : mapping of str to ndarray
            ``*_mean`` and ``*_sd`` of every family, shapes (draw, claim, component).
        packed : ndarray
            Numbers of the case, as `pack` gives them.

        Returns
        -------
        dict of str to ndarray
            ``*_log_mass``, shapes as the means.
        """
        means = [outputs[f"{family.name}_mean"] for family in FAMILIES]
        sds = [outputs[f"{family.name}_sd"] for family in FAMILIES]
        m, s = (np.ascontiguousarray(np.concatenate([_flat(a) for a in each], axis=1)) for each in (means, sds))
        out = np.empty(m.shape)
        self._weigh.call(len(out), m, out, s, packed)
        ends = np.cumsum([m[0].size for m in means])[:-1]
        parts = zip(FAMILIES, means, np.split(out, ends, axis=1), strict=True)
        return {f"{family.name}_log_mass": part.reshape(m.shape) for family, m, part in parts}


def _flat(claims: Array) -> Array:
    return claims.reshape(len(claims), math.prod(claims.shape[1:]))


def _looks(name: str, data: Mapping[str, NDArray[Any]], sigma: Array, level: Array, shared: Array) -> Outputs:
    """Mean and sd of every component of a family's claims, as `truetoll.model.reporting.observe`."""
    own, rho = sigma[:, data[f"{name}_noise"]], data[f"{name}_rho"]
    if name == "chain":
        own = sigma[:, data["chain_scatter"]]
    m = level[:, data[f"{name}_row"]] + shared[:, data[f"{name}_origin"], None] + data[f"{name}_shift"]
    s = np.sqrt(((1.0 - rho) * own**2)[..., None] + data[f"{name}_extra"] ** 2)
    if name == "chain":
        error = ((data["chain_point"] + data["chain_observed"])[:, None] - m) / s
        phi = data["chain_phi"][:, None]
        m, s = m + phi * s * error[:, data["chain_previous"]], s * np.sqrt(1.0 - phi**2)
    return {f"{name}_mean": m, f"{name}_sd": s}


def _prepared(numbers: native.Numbers) -> native.Numbers:
    """Add what the loops read in another shape: sparse matrices, and the force of each contingent."""
    member = numbers["member"]
    found = {"owner": np.append(np.argmax(member, axis=0) if member.size else [], len(member)).astype(np.int64)}
    for name in (name.rstrip("*") for names in _PARTS.values() for name in names if name.endswith("*")):
        matrix = numbers[name]
        row, column = np.nonzero(matrix)
        start = np.searchsorted(row, np.arange(len(matrix) + 1))
        found |= zip((f"{name}.{part}" for part in _SPARSE), (start, column, matrix[row, column]), strict=True)
    return found


def _inputs(frame: Inputs = ()) -> Inputs:
    """Name, type and number of dims of every array in the buffer, and of those of a frame."""
    whole, real = np.dtype(np.int64), np.dtype(np.float64)
    found = [*native.COORDINATES, *frame, *((dim, whole, 0) for dim in _CUT)]
    for name in (name for names in (*_PARTS.values(), *_of_families()) for name in names):
        if name.endswith("*"):
            found += [(f"{name.rstrip('*')}.{part}", real if part == "value" else whole, 1) for part in _SPARSE]
            continue
        part = name.partition("_")[2]
        integer = name in (*_WHOLE, "series_group", "owner", "total_of") or part in (
            "noise",
            "origin",
            "row",
            "previous",
            "scatter",
        )
        table = name in _TABLES or (part in ("row", "log_probability", "extra", "shift") and name not in _WHOLE)
        found.append((name, whole if integer else real, 2 if table else 1))
    return tuple(found)


def _of_families() -> list[tuple[str, ...]]:
    """Arrays of each family: those of every claim, those of its form, and the links of tallies."""
    found: list[tuple[str, ...]] = []
    for family in FAMILIES:
        found += [tuple(f"{family.name}_{part}" for part in parts) for parts in (OF_EVERY_CLAIM, family.data)]
    return [*found, tuple(f"chain_{link}" for link in LINKS)]


def _calls(frame: Inputs = ()) -> dict[str, list[str]]:
    """Lines that call the loops with what was unpacked."""
    names = {name: f"a{i}" for i, (name, _, _) in enumerate(_inputs(frame))}

    def one(name: str) -> str:
        stem = name.rstrip("*")
        return names[name] if name == stem else f"({', '.join(names[f'{stem}.{part}'] for part in _SPARSE)})"

    def these(parts: tuple[str, ...]) -> str:
        return f"({', '.join(map(one, parts))},)"

    claims = [these(parts) for parts in _of_families()]
    families = [f"({claims[2 * i]}, {claims[2 * i + 1]})" for i in range(len(FAMILIES))]
    families[-1] = f"({claims[-3]}, {claims[-2]}, {claims[-1]})"
    cut = ", ".join(f"{names[dim]}[()]" for dim in _CUT)
    given = [
        f"given = Numbers(({cut}), {', '.join(these(parts) for parts in _PARTS.values())})",
        f"families = ({', '.join(families)})",
    ]
    return {
        "log_density": [
            *given,
            "slope = empty(n)",
            "value = log_density(point, slope, given, families)",
        ],
        "framed": [
            *given,
            f"frame = Frame({', '.join(names[name] for name, _, _ in frame)})",
            "slope = empty(n)",
            "value = framed(point, slope, frame, given, families)",
        ],
        "read": [
            given[0],
            "sizes = carray(value_, (2,))",
            "rows = (int64(n), int64(sizes[0]))",
            "read(carray(x_, rows), carray(gradient_, (int64(n), int64(sizes[1]))), given)",
            "return 0",
        ],
        "weigh": [
            given[1],
            "shape = (int64(n), families[0][0][6].size + families[1][0][6].size"
            " + families[2][0][6].size + families[3][0][6].size)",
            "weigh(carray(x_, shape), carray(value_, shape), carray(gradient_, shape), families)",
            "return 0",
        ],
    }


@cache
def _compiled(name: str, frame: Inputs = ()) -> native.Density:
    inputs, call = _inputs(frame), _calls(frame)[name]
    source = native.c_source(inputs, native.in_coordinates(call) if name in ("log_density", "framed") else call)
    return native.compiled(source, frames, ("density", "frames", "losses", "reporting", "masses", "loops"), inputs)
