"""A saved run, held against its schema before anybody reads an answer off it.

Three steps, each before the next could be led astray: the file is opened only if it is a regular one of bounded size;
its links are followed once each, so that a circle ends; then attributes, the case, and every
group, variable, dim and name are held against what this layout has. What a later version adds is let pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from truetoll.claims.kept import KeptError, recall
from truetoll.claims.reading.files import NotRegularError, open_regular
from truetoll.claims.schema import OUTCOMES, Case
from truetoll.errors import shorten
from truetoll.runs.errors import SchemaError
from truetoll.text.messages import Value, message

if TYPE_CHECKING:
    import xarray as xr

LARGEST_RUN = 8_000_000_000
"""Bytes; Radford's claims, fitted whole by week, take less than one in ten of them."""
_MOST_OBJECTS, _MOST_DIMS = 5_000, 8
_TIMES, _SPARE = 20, 100_000_000
"""What a file may say it holds: so many times its size, and so much on top; more would not fit into memory."""
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, allow_inf_nan=False)


_Count = Annotated[int, Field(ge=0)]


class _Provenance(_Strict):
    case: str
    scenario: str
    digest: str
    interval_mass: Annotated[float, Field(gt=0, lt=1)]
    format: int
    understood: str
    sampling_draws: _Count
    sampling_tune: _Count
    sampling_chains: _Count
    sampling_seed: _Count
    sampling_cores: _Count
    sampling_sampler: str
    sampling_adaptation: str
    version_truetoll: str
    version_pymc: str
    version_arviz: str
    version_nutpie: str
    version_numpy: str


class _Checks(_Strict):
    converged: Annotated[int, Field(ge=0, le=1)]
    rhat_max: Annotated[float, Field(allow_inf_nan=True)]
    ess_min: Annotated[float, Field(allow_inf_nan=True)]
    divergences: _Count


class _Fit(_Provenance, _Checks):
    pass


class _Comparison(_Provenance):
    base: str
    compilations: _Count
    seconds_compile: float
    seconds_sampling: float


class _Replay(_Provenance):
    compilations: _Count
    seconds: float


class _Calibration(_Provenance):
    ranked: Annotated[int, Field(ge=1)]
    seconds: float


class _Skipping(_Strict):
    skipped: str


ATTRIBUTES: Mapping[str, type[BaseModel]] = {
    "fit": _Fit,
    "comparison": _Comparison,
    "replay": _Replay,
    "calibration": _Calibration,
}
_OF_GROUPS: Mapping[str, type[BaseModel]] = {"fit/posterior": _Checks, "comparison/influence": _Skipping}
Dims = tuple[str, ...]
_SAMPLE = ("chain", "draw")
_S, _N = "text", "number"


def _numbers(*named: str, dims: Sequence[str]) -> dict[str, tuple[str, Dims]]:
    return dict.fromkeys(named, (_N, tuple(dims)))


def _texts(*named: str, dims: Sequence[str]) -> dict[str, tuple[str, Dims]]:
    return dict.fromkeys(named, (_S, tuple(dims)))


_DRAWN = {
    **_numbers("amount", dims=(*_SAMPLE, "quantity")),
    **_numbers("loss", dims=(*_SAMPLE, "force", "outcome", "bin")),
    **_numbers("sound", dims=(*_SAMPLE, "claim")),
}
_REPLAYED = _numbers("amount", dims=("date", *_SAMPLE, "quantity"))
_COMPARED = _numbers("amount", dims=("scenario", *_SAMPLE, "quantity"))
GROUPS: Mapping[str, Mapping[str, Mapping[str, tuple[str, Dims]]]] = {
    "fit": {
        "posterior": _DRAWN,
        "prior": _DRAWN,
        "log_likelihood": _numbers("claims", dims=(*_SAMPLE, "claim")),
        "posterior_predictive": _numbers("claims", "cell", "cell_if_sound", dims=(*_SAMPLE, "claim")),
        "sample_stats": _numbers("diverging", "n_steps", "lp", dims=_SAMPLE),
        "observed_data": _numbers("claims", "cell", "low", "high", dims=("claim",)),
        "constant_data": {
            **_numbers("weight", dims=("claim",)),
            **_texts("claim_source", "claim_origin", "claim_tally", dims=("claim",)),
            **_numbers("exposure", dims=("loss_group", "bin")),
            **_numbers("pass_through", "pass_through_mcse", dims=("quantity",)),
        },
    },
    "comparison": {
        "posterior": _COMPARED | _numbers("loss", dims=("scenario", *_SAMPLE, "force", "outcome", "bin")),
        "prior": _COMPARED,
        "scenarios": {
            **_texts("method", "digest", dims=("scenario",)),
            **_numbers("khat", "origins", "comparable", "converged", "rhat_max", "ess_min", dims=("scenario",)),
            **_numbers("divergences", "elpd_loo", "elpd_diff", "elpd_diff_se", "loo_khat_max", dims=("scenario",)),
            **_numbers("pass_through", "pass_through_mcse", dims=("scenario", "quantity")),
        },
    },
    "replay": {
        **dict.fromkeys(("posterior", "hindsight", "prior"), _REPLAYED),
        "dates": {
            **_numbers("converged", "rhat_max", "ess_min", "divergences", "claims", "origins", dims=("date",)),
            **_texts("digest", dims=("date",)),
            **_numbers("pass_through", "pass_through_mcse", dims=("date", "quantity")),
        },
        "claims": {**_numbers("weight", dims=("date", "claim")), **_texts("known_on", dims=("claim",))},
    },
    "calibration": {
        "simulations": {
            **_numbers("ess", "divergences", "times", "converged", dims=("bias", "simulation")),
            **_numbers("rank", dims=("bias", "simulation", "checked")),
            **_numbers("error", dims=("bias", "simulation", "quantity")),
        },
    },
}
"""Groups of each kind: the variables they have, of what kind, over which dims."""

ASKED_FOR: Mapping[str, Mapping[str, tuple[str, Dims]]] = {
    "attribution": {
        **_numbers("shift_log", dims=("whole", "part", "quantity")),
        **_texts("part_key", "part_label", dims=("whole", "part")),
    },
    "alternatives": {
        **_numbers("shift_log", dims=("alternative", "side", "quantity")),
        **_texts("text", "method", dims=("alternative", "side")),
        **_texts("key", "title", "reason", dims=("alternative",)),
    },
    "influence": {
        **_numbers("contraction", "pass_through", "pass_through_mcse", dims=("quantity",)),
        **_numbers("psense", dims=("quantity", "role")),
    },
}
"""The same of groups that a comparison has if they were asked for."""

_INFLUENCE: Sequence[Mapping[str, tuple[str, Dims]]] = (
    {
        **_texts("left_out", "kind", dims=("without",)),
        **_numbers("shift_log", "shift_sd", "mcse_log", dims=("without", "quantity")),
        **_numbers("converged", dims=("without",)),
    },
    _numbers("tail", "tail_mcse", "tail_holm", dims=("claim",)),
    _numbers("source_tail", "source_tail_holm", dims=("source",)),
)
"""What that of influence has, each part whole or not at all."""

TOGETHER: Sequence[Mapping[str, Mapping[str, tuple[str, Dims]]]] = (
    {
        **dict.fromkeys(("posterior", "prior"), _numbers("bias", dims=(*_SAMPLE, "voice"))),
        "constant_data": {
            **_numbers("bias_mean", dims=("voice",)),
            **_numbers("bias_map", dims=("voice", "bias_factor")),
            **_numbers("bias_lever", dims=("kinship", "bias_factor")),
            **_texts("voice_kinship", dims=("voice",)),
        },
    },
    {
        **dict.fromkeys(("posterior", "prior"), _numbers("sigma", dims=(*_SAMPLE, "source"))),
        "constant_data": _numbers("noise_median", dims=("source",)),
    },
)
"""What a fit has of voices, and of their noise: all of it or, in a case without, none."""
_FINITE = ("amount", "loss", "sound", "strength", "count", "bias", "sigma", "weight", "cell_if_sound")
_UNNAMED = ("simulation", "alternative")
"""Dims whose places need no names; those of draws have them in a fit."""


def read_checked(path: Path, reads: int) -> xr.DataTree:
    """Read a saved run into memory, if it is one.

    Parameters
    ----------
    path : Path
    reads : int
        Layout that this version reads.

    Returns
    -------
    xarray.DataTree

    Raises
    ------
    SchemaError
        With the path, what is wrong, and what to do.
    OSError
        If it may not be read.
    """
    import xarray as xr  # noqa: PLC0415

    try:
        check_file(path)
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            tree = opened.load()
    except PermissionError:
        raise
    except Exception as error:
        # HDF5 and its readers raise errors of every kind over a file that is not as they would write it.
        why: Value = error.said if isinstance(error, SchemaError) else _in_brief(error)
        raise SchemaError(message("damaged.unreadable", path=str(path), why=why)) from error
    _check_format(path, tree.attrs, reads)
    try:
        check_tree(tree, str(tree.attrs.get("kind", "fit")))
    except SchemaError as error:
        command = _MADE_BY.get(path.name, "fit")
        raise SchemaError(message("damaged.edited", path=str(path), why=error.said, command=command)) from None
    return tree


def _in_brief(error: Exception) -> str:
    return f"{type(error).__name__}: {shorten(str(error))}"


_MADE_BY = {"comparison.nc": "compare", "replay.nc": "replay", "calibration.nc": "calibrate"}


def _check_format(path: Path, attrs: dict[Any, Any], reads: int) -> None:
    if "format" not in attrs:
        raise SchemaError(message("damaged.not_ours", path=str(path)))
    found = _plain(attrs)["format"]
    if not isinstance(found, int):
        raise SchemaError(message("damaged.no_layout", path=str(path), found=shorten(repr(found))))
    if found != reads:
        by = attrs.get("version_truetoll")
        about: dict[str, Value] = {"path": str(path), "layout": found, "reads": reads}
        about["by"] = message("damaged.another_version") if by is None else str(by)
        raise SchemaError(message("damaged.other_layout", **about))


def check_file(path: Path) -> None:
    """Look at a file as HDF5, before anybody follows its links or makes room for its contents.

    Parameters
    ----------
    path : Path

    Raises
    ------
    SchemaError
        If it is no regular file, no HDF5, too large, or holds links that lead back, elsewhere, or nowhere.
    OSError
        If it cannot be read.
    """
    import h5py  # noqa: PLC0415

    try:
        with open_regular(path) as file:
            size = file.seek(0, 2)
    except NotRegularError as error:
        raise SchemaError(error.said) from None
    if size > LARGEST_RUN:
        raise SchemaError(message("wrong_file.too_large", size=size, most=LARGEST_RUN))
    try:
        with h5py.File(path, "r") as opened:
            _follow(opened, size)
    except PermissionError:
        raise
    except (OSError, RuntimeError, *_UNREADABLE) as error:
        raise SchemaError(message("damaged.no_hdf5", why=shorten(str(error)))) from error


def _follow(opened: Any, size: int) -> None:
    """Visit every object once."""
    import h5py  # noqa: PLC0415

    waiting, seen, held = [opened["/"]], {h5py.h5o.get_info(opened.id).addr}, 0
    while waiting:
        group = waiting.pop()
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise SchemaError(message("damaged.link", group=group.name, name=name))
            found = group[name]
            address = h5py.h5o.get_info(found.id).addr
            if address in seen:
                raise SchemaError(message("damaged.loop", group=group.name, name=name))
            seen.add(address)
            if len(seen) > _MOST_OBJECTS:
                raise SchemaError(message("damaged.many", most=_MOST_OBJECTS))
            if isinstance(found, h5py.Group):
                waiting.append(found)
            elif isinstance(found, h5py.Dataset):
                held += _size(found)
    if held > _TIMES * size + _SPARE:
        raise SchemaError(message("damaged.too_much", held=held, size=size))


def _size(found: Any) -> int:
    """Count the bytes that a variable will take."""
    if found.is_virtual or found.external:
        raise SchemaError(message("damaged.elsewhere", name=found.name))
    if found.shape is None or len(found.shape) > _MOST_DIMS:
        raise SchemaError(message("damaged.no_table", name=found.name, most=_MOST_DIMS))
    n = 1
    for length in found.shape:
        n *= int(length)
    return n * int(found.dtype.itemsize)


def check_tree(tree: xr.DataTree, kind: str) -> None:
    """Hold a tree in memory against the schema of its kind.

    Parameters
    ----------
    tree : xarray.DataTree
    kind : str
        As `truetoll.runs.folder.kind_of` tells it.

    Raises
    ------
    SchemaError
        For the first thing that is not as this layout has it.
    """
    if kind not in ATTRIBUTES:
        raise SchemaError(message("damaged.kind", kind=shorten(kind), known=tuple(ATTRIBUTES)))
    if not isinstance(tree.attrs.get("kind", ""), str):
        raise SchemaError(message("damaged.wrong", what=message("damaged.attribute", name="kind")))
    _validated(ATTRIBUTES[kind], _plain(tree.attrs), "")
    case = _understood(str(tree.attrs["understood"]))
    if kind == "comparison":
        if "fit" not in tree.children:
            raise SchemaError(message("damaged.no_group", group="fit"))
        check_tree(tree.children["fit"], "fit")
    _Checked(tree, kind, case).all()
    if kind == "comparison":
        names = [str(name) for name in tree["scenarios"]["scenario"].to_numpy()]
        if str(tree.attrs["base"]) not in names:
            raise SchemaError(message("damaged.base", name=str(tree.attrs["base"])))


def _plain(attrs: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(k): v.item() if isinstance(v, np.generic) else v for k, v in attrs.items()}


def _validated[M: BaseModel](model: type[M], value: object, group: str) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        attribute = message("damaged.attribute", name=name)
        what = message("damaged.group_attribute", group=group, name=name) if group else attribute
        told = "damaged.missing" if first["type"] == "missing" else "damaged.wrong"
        raise SchemaError(message(told, what=what)) from None


def _understood(text: str) -> Case:
    try:
        return recall(text)
    except KeptError as error:
        raise SchemaError(message("damaged.case", why=error.said)) from None


class _Checked:
    """One tree, held against one kind."""

    def __init__(self, tree: xr.DataTree, kind: str, case: Case) -> None:
        self.tree, self.kind, self.case = tree, kind, case
        quantities = [q.name for q in case.quantities]
        self.names: dict[str, set[str]] = {
            "quantity": set(quantities),
            "claim": {claim.id for claim in case.claims},
            "outcome": set(OUTCOMES),
            "force": set(case.forces),
        }
        """Names that a dim must have."""

    def all(self) -> None:
        wanted = dict(GROUPS[self.kind])
        if self.kind == "comparison":
            wanted |= {name: each for name, each in ASKED_FOR.items() if name in self.tree.children}
        for group, variables in wanted.items():
            self.group(group, variables)
        if self.kind == "fit":
            self.fit()
        if self.kind == "comparison":
            self.comparison()
        self.sizes()

    def comparison(self) -> None:
        """Check what a comparison has if its fit has it, and what was asked for."""
        drawn = self.tree.children["fit"].children["posterior"].dataset
        for name in ("strength", "bias", "sigma"):
            if name in drawn:
                self.group("posterior", {name: (_N, ("scenario", *map(str, drawn[name].dims)))})
        if "influence" in self.tree.children:
            found = self.tree.children["influence"].dataset.data_vars
            for part in _INFLUENCE:
                if any(name in found for name in part):
                    self.group("influence", part)

    def group(self, group: str, variables: Mapping[str, tuple[str, Dims]]) -> None:
        if group not in self.tree.children:
            raise SchemaError(message("damaged.no_group", group=group))
        table = self.tree.children[group].dataset
        if model := _OF_GROUPS.get(f"{self.kind}/{group}"):
            _validated(model, _plain(table.attrs), group)
        for name, (of, dims) in variables.items():
            self.variable(table, group, name, of, dims)
        for dim in table.dims:
            self.dim(table, group, str(dim))

    def variable(self, table: xr.Dataset, group: str, name: str, of: str, dims: Dims) -> None:
        if name not in table.data_vars:
            raise SchemaError(message("damaged.no_variable", group=group, name=name))
        found, place = table[name], f"{group}/{name}"
        if tuple(found.dims) != dims:
            raise SchemaError(message("damaged.dims", name=place, dims=dims))
        if (found.dtype.kind in "bifu") != (of == _N):
            raise SchemaError(message("damaged.numbers" if of == _N else "damaged.texts", name=place))
        if name in _FINITE and not np.isfinite(self.answered(table, group, name)).all():
            raise SchemaError(message("damaged.no_number", name=place))
        if name == "amount" and not (self.answered(table, group, name) > 0).all():
            raise SchemaError(message("damaged.not_positive", name=place))

    def answered(self, table: xr.Dataset, group: str, name: str) -> Any:
        """Take what must be numbers: not what did not converge, nor a claim before it was known."""
        found = table[name].to_numpy()
        for dim, about in (("scenario", "scenarios"), ("date", "dates")):
            if table[name].dims[0] != dim:
                continue
            if name == "weight":
                return np.nan_to_num(found)
            flags = self.tree.children[about].dataset.get("converged") if about in self.tree.children else None
            if flags is not None and flags.shape == found.shape[:1] and flags.dtype.kind in "bifu":
                return found[flags.to_numpy() == 1]
        return found

    def dim(self, table: xr.Dataset, group: str, dim: str) -> None:
        """Check that the places along a dim have names, each its own, and those of the case."""
        if dim not in table.coords:
            numbered = dim in _SAMPLE and self.kind != "fit" and f"{self.kind}/{group}" != "comparison/posterior"
            if numbered or dim in _UNNAMED:
                return
            raise SchemaError(message("damaged.no_names", group=group, dim=dim))
        values = table[dim].to_numpy()
        names = {str(value) for value in values}
        if len(names) < len(values):
            raise SchemaError(message("damaged.alike", name=f"{group}/{dim}"))
        asked = self.kind == "comparison" and group in ASKED_FOR  # what is set aside is not asked about
        if dim in self.names and not (names <= self.names[dim] if asked else names == self.names[dim]):
            raise SchemaError(message("damaged.other_names", name=f"{group}/{dim}"))
        if dim == "bin" and len(values) != len(self.case.bins) - 1:
            sizes = {"n": len(values), "of": len(self.case.bins) - 1}
            raise SchemaError(message("damaged.bins", name=f"{group}/{dim}", **sizes))

    def fit(self) -> None:
        """Check what a fit has only if its case has it, and that prior and posterior are of one kind."""
        drawn = {"posterior", "prior"}
        if any(q.term.is_strength for q in self.case.quantities):
            for group in drawn:
                self.group(group, _numbers("strength", dims=(*_SAMPLE, "bounded", "bin")))
        if any(q.unit != "persons" for q in self.case.quantities):
            for group in drawn:
                self.group(group, _numbers("count", dims=(*_SAMPLE, "counted", "bin")))
        for parts in TOGETHER:
            if any(name in self.tree.children[group].dataset for group, each in parts.items() for name in each):
                for group, each in parts.items():
                    self.group(group, each)
        after, before = (self.tree.children[group].dataset for group in ("posterior", "prior"))
        if odd := sorted(map(str, set(after.variables) ^ set(before.variables))):
            raise SchemaError(message("damaged.only_one", names=tuple(odd)))
        for name in after.data_vars:
            if after[name].dims != before[name].dims or after[name].dtype != before[name].dtype:
                raise SchemaError(message("damaged.unlike", name=str(name)))

    def sizes(self) -> None:
        """Check that what lies along the same draws, scenarios and dates is of one length, and that there is any."""
        found: dict[str, dict[str, int]] = {}
        for group, node in self.tree.children.items():
            for dim, n in node.dataset.sizes.items():
                if n == 0 and dim != "without":
                    raise SchemaError(message("damaged.empty", group=group, dim=str(dim)))
                if not (group == "prior" and dim in _SAMPLE):
                    found.setdefault(str(dim), {})[group] = n
        for dim in (*_SAMPLE, "scenario", "date"):
            if len(set(found.get(dim, {}).values())) > 1:
                told = ", ".join(f"{group} {n}" for group, n in found[dim].items())
                raise SchemaError(message("damaged.lengths", dim=dim, told=told))
        for dim in ("scenario", "date"):
            named = [list(node.dataset[dim].to_numpy()) for node in self.tree.children.values() if dim in node.dataset]
            if any(each != named[0] for each in named):
                raise SchemaError(message("damaged.places", dim=dim))


@contextmanager
def understood(path: Path, debug: bool) -> Iterator[None]:
    """Turn what goes wrong with the contents of a saved run into a plain word about the file.

    The schema has let it pass, so its numbers contradict each other in a way nobody thought of.

    Parameters
    ----------
    path : Path
        For the message.
    debug : bool
        Whether to let it through as it is.

    Raises
    ------
    SchemaError
    """
    try:
        yield
    except _UNREADABLE as error:
        if debug:
            raise
        raise SchemaError(message("damaged.contradicts", path=str(path), why=_in_brief(error))) from error
