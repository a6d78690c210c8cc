"""What a hindcast has done, under keys in a store: posteriors of what history teaches, and answers to targets.

A key is of all that decides: what was said and became known, the reliability table, settings but for cores, the version
of the package. So a change of any of them finds nothing, and what is found is what would be computed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
import xarray as xr

import truetoll
from truetoll.benchmark import Benchmark
from truetoll.claims.reliability import read_reliability
from truetoll.runner import pool
from truetoll.runner.errors import FailedItems
from truetoll.runner.store import Kept
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.studies.hindcast.targets import Answer, Drawn, Question
from truetoll.text.messages import Message, message

Progress = Callable[[int, int, str | Message], None]
"""Called with (done, in all, what is computed now)."""
LAYOUT = 2
"""Version of what is kept of an item."""
_KINDS: dict[str, tuple[type[Answer] | type[Drawn], str, tuple[str, ...]]] = {
    "Drawn": (Drawn, "z", ("chain", "draw", "name")),
    "Answer": (Answer, "log_amount", ("draw",)),
}
"""By name: the class, and its one array with its dims; all else are numbers."""


def keys_of(benchmark: Benchmark, settings: Settings, items: Mapping[str, Any]) -> dict[str, str]:
    """Name what is computed by all that decides it.

    Parameters
    ----------
    benchmark : Benchmark
    settings : Settings
        Of every item.
    items : mapping of str to object
        Questions, or wars to leave out ("" for none).

    Returns
    -------
    dict of str to str
        SHA-256 in hexadecimal digits, by name of the item.
    """
    shared = {
        "layout": LAYOUT,
        "version": truetoll.__version__,
        "table": read_reliability({}).model_dump(mode="json"),
        "settings": {name: value for name, value in asdict(settings).items() if name != "cores"},
    }
    head = hashlib.sha256(json.dumps(shared, sort_keys=True).encode())
    return {name: _key(head.hexdigest(), _decides(benchmark, item)) for name, item in items.items()}


def _decides(benchmark: Benchmark, item: Any) -> list[Any]:
    if isinstance(item, Question):
        return [benchmark.only([item.target]).digest, item.target.name, item.assumptions]
    return [benchmark.digest, item]


def _key(head: str, decides: list[Any]) -> str:
    return hashlib.sha256(json.dumps([head, *decides], sort_keys=True).encode()).hexdigest()


def kept(found: Answer | Drawn) -> xr.Dataset:
    """Write what was computed as a small dataset.

    Parameters
    ----------
    found : Answer or Drawn

    Returns
    -------
    xarray.Dataset
    """
    kind = type(found).__name__
    _, array, dims = _KINDS[kind]
    numbers = {name: value for name, value in vars(found).items() if name != array}
    told = {name: int(value) if isinstance(value, bool) else value for name, value in numbers.items()}
    return xr.Dataset({array: (dims, getattr(found, array))}, attrs={"kind": kind, **told})


def again(held: xr.Dataset) -> Any:
    """Read what was kept.

    Parameters
    ----------
    held : xarray.Dataset
        As `kept` writes it.

    Returns
    -------
    Answer or Drawn
    """
    made, array, _ = _KINDS[str(held.attrs["kind"])]
    types = {"int": int, "float": float, "bool": bool}
    numbers = {each.name: types[str(each.type)](held.attrs[each.name]) for each in fields(made) if each.name != array}
    return made(**{array: held[array].to_numpy(), **numbers})


def sound(held: xr.Dataset) -> bool:
    """Whether what was kept has all it should.

    Parameters
    ----------
    held : xarray.Dataset

    Returns
    -------
    bool
    """
    if (kind := _KINDS.get(str(held.attrs.get("kind")))) is None:
        return False
    made, array, dims = kind
    whole = array in held and {each.name for each in fields(made)} - {array} <= set(held.attrs)
    return whole and held[array].dims == dims and bool(np.isfinite(held[array].to_numpy()).all())


@dataclass(frozen=True)
class Work:
    """Items of one kind, done where they are wanted, and kept as they are done.

    Parameters
    ----------
    shared : Archive or Trial
        What all of them share.
    benchmark : Benchmark
    kept : Kept
        Where they are kept.
    report : callable
        Called with (done, in all, what).
    where : mapping
        ``workers`` and ``dask`` of `truetoll.runner.pool.outcomes`.
    engine : Engine, optional
        Compiled already; for this process.
    """

    shared: Any
    benchmark: Benchmark
    kept: Kept
    report: Progress
    where: Mapping[str, Any] = field(default_factory=dict)
    engine: Engine | None = None

    def kept_or(self, item: str, compute: Callable[[], Any]) -> Any:
        """Take one item from where it is kept, or compute it here and keep it.

        Parameters
        ----------
        item : str
            War that is left out, or nothing.
        compute : callable

        Returns
        -------
        object
        """
        key = self._named({item: item})[item]
        held = self.kept.get(key, sound)
        if held is not None:
            return again(held)
        found = compute()
        self.kept.put(key, kept(found))
        return found

    def done(self, items: Mapping[str, Any], shown: Callable[[str], str | Message]) -> dict[str, Any]:
        """Do all items that are not kept; an error in one is told when the others are done.

        Parameters
        ----------
        items : mapping of str to object
            What the follower of `shared` takes.
        shown : callable
            Name of an item -> as it is reported.

        Returns
        -------
        dict of str to object
            In no order.

        Raises
        ------
        FailedItems
        """
        keys = self._named(items)
        held = {name: self.kept.get(key, sound) for name, key in keys.items()}
        found = {name: again(each) for name, each in held.items() if each is not None}
        missing = {name: item for name, item in items.items() if name not in found}
        failed: dict[str, Exception] = {}
        if found:
            self.report(len(found), len(items), message("work.done_before"))
        for name, each in pool.outcomes(lambda: (self.shared, self.engine), missing, pool.whole, **self.where):
            if isinstance(each, Exception):
                failed[str(shown(name))] = each
            else:
                found[name] = each
                self.kept.put(keys[name], kept(each))
            self.report(len(found) + len(failed), len(items), shown(name))
        if failed:
            raise FailedItems(failed, what="items")
        return found

    def _named(self, items: Mapping[str, Any]) -> dict[str, str]:
        """Name items by their keys, and say so where they are kept: a folder that says nothing would be refused."""
        keys = keys_of(self.benchmark, self.shared.settings, items)
        self.kept.describe({"benchmark": self.benchmark.digest, "items": {n: f"{key}.nc" for n, key in keys.items()}})
        return keys
