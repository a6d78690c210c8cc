"""Stored draws in place of samplers.

Every posterior of the package comes through `truetoll.sampling.continuing.continued`: a case goes in, draws of its
free variables come out. Three modules call it by name. Here a `Replay` stands in its place: it gives the draws that are
stored for the case, looks for no modes and climbs nowhere. So what is frozen rests on no sampler and no seed of one.
"""

import io
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

DRAWS = Path(__file__).parent / "draws"
SEAMS = ("truetoll.studies.fit.ask", "truetoll.sampling.session", "truetoll.studies.hindcast.targets")
"""Modules that ask for posteriors by the name ``continued``. Whoever moves it names its new homes here."""
FIGURES = ("truetoll.cli.saving.draw_figures",)
"""What draws pictures: they are not frozen, and take longer than all the rest."""
STEP = 1.0 / 128.0
"""What draws are rounded to, so that they take a byte: draws of anything near the posterior do for what is frozen."""
SAMPLED = {"draws": 800, "tune": 600}
"""How draws are made before some of them are kept."""

Draws = dict[str, np.ndarray]


class NothingStored(Exception):
    """There are no draws for a case."""


@dataclass
class Replay:
    """Draws of the posteriors that the frozen outputs of one case rest on.

    Parameters
    ----------
    name : str
        Of the file.
    kept : tuple of int
        Chains, and draws of each, that are stored.
    named : tuple of str
        Scenarios, besides the base; of whatever else is asked for only every fourth draw is stored.
    own : bool
        Whether every posterior has draws of its own; if not, a case without some of its claims has those of the whole.
    sampling : bool
        Whether what is not stored is sampled, and stored by `save`.
    sets : dict of str to dict
        Posterior -> draws by the name of the free variable, whole numbers of `STEP`.
    """

    name: str
    kept: tuple[int, int]
    named: tuple[str, ...] = ()
    own: bool = False
    sampling: bool = False
    sets: dict[str, Draws] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)

    met: dict[str, list[str]] = field(default_factory=dict)

    def continued(self, engine: Any, tables: Any, settings: Any, *_: Any, **__: Any) -> Iterator[Any]:
        """Stand in for `truetoll.sampling.continuing.continued`."""
        from truetoll.sampling.samplers import Draws as Sampled

        engine.set(tables)
        found = self._found(engine, tables)
        chains, draws = self._size(tables.index.case)
        times = max(1, settings.draws // draws)  # who asks for more has each draw several times
        z = {name: np.repeat(found[name] * STEP, times, axis=1) for name in engine.free}
        shape = chains, draws * times
        told = {"diverging": np.zeros(shape, bool), "n_steps": np.ones(shape), "lp": np.zeros(shape)}
        yield Sampled(z, told)

    def _found(self, engine: Any, tables: Any) -> Draws:
        case = tables.index.case
        key = self._key(case)
        for stored in self._candidates(case, key):
            if found := self._cut(self.sets[stored], engine, self._size(case), exact=self.own or stored == key):
                self.asked[stored] = None
                return found
        if not self.sampling:
            raise NothingStored(f"{self.name}: no stored draws fit {key}; {_shapes(engine)}")
        self.asked[key] = None
        self.sets[key] = _sampled(engine, tables, self._size(case))
        return self.sets[key]

    def _size(self, case: Any) -> tuple[int, int]:
        chains, draws = self.kept
        return chains, draws if case.scenario in ("base", *self.named) else draws // 4

    def _key(self, case: Any) -> str:
        """Name a posterior: case, scenario, claims without a weight, and the start of the digest."""
        unused = ",".join(claim.id for claim in case.claims if claim.weight == 0)
        name = case.scenario if case.name == self.name else f"{case.name}/{case.scenario}"
        return f"{name.replace(' ', '_')} without({unused}) {case.digest[:12]}"

    def _candidates(self, case: Any, key: str) -> Iterator[str]:
        """Name the stored draws that may stand for a case, the best first.

        What is new in a digest alone is told by the outputs, so a test goes on with the draws there are; who freezes
        anew gets draws of what was asked.
        """
        if key in self.sets:
            yield key
        if not self.own:
            yield from (k for k in self.sets if k.split()[0] == case.scenario and k in self.asked)
        if not self.sampling:
            like = key.split()[:-1]
            digests = self.met.setdefault(" ".join(like), [])
            if key not in digests:
                digests.append(key)
            yield from [k for k in self.sets if k.split()[:-1] == like][digests.index(key) :][:1]

    def _cut(self, stored: Draws, engine: Any, size: tuple[int, int], *, exact: bool) -> Draws | None:
        """Give draws the shapes of a case, if they are large enough.

        Without some of its claims a case may have fewer origins; draws of the whole stand in for it only.
        """
        shapes = {name: (*size, *shape) for name, shape in engine.sizes.items()}
        if shapes.keys() != stored.keys():  # others than were stored
            return None
        as_stored = {name: stored[name].shape for name in shapes}
        if shapes != as_stored and (exact or not all(map(_within, shapes.values(), as_stored.values()))):
            return None
        return {name: stored[name][tuple(map(slice, shape))] for name, shape in shapes.items()}

    @property
    def path(self) -> Path:
        """Where the draws are."""
        return DRAWS / f"{self.name}.npz.xz"

    def load(self) -> None:
        """Read the stored draws, if there are any."""
        if not self.path.exists():
            return
        with np.load(io.BytesIO(lzma.decompress(self.path.read_bytes()))) as arrays:
            for place in arrays.files:
                key, _, name = place.rpartition("/")
                self.sets.setdefault(key, {})[name] = arrays[place]

    def save(self) -> None:
        """Store the draws that were asked for, and no others."""
        arrays = {f"{key}/{name}": a for key in self.asked for name, a in sorted(self.sets[key].items())}
        content = io.BytesIO()
        np.savez(content, **arrays)
        self.path.parent.mkdir(exist_ok=True)
        self.path.write_bytes(lzma.compress(content.getvalue(), preset=9))

    @contextmanager
    def standing_in(self) -> Iterator[None]:
        """Stand in for whatever samples; a sampler that is called even so, but to store its draws, is an error."""
        from truetoll.sampling.samplers import SAMPLERS, Settings

        with (
            mock.patch.dict(SAMPLERS, {} if self.sampling else dict.fromkeys(SAMPLERS, _no_sampler)),
            mock.patch(f"{SEAMS[0]}.continued", self.continued),
            mock.patch(f"{SEAMS[1]}.continued", self.continued),
            mock.patch(f"{SEAMS[2]}.continued", self.continued),
            mock.patch("truetoll.sampling.session.BASE", Settings(draws=self.kept[1])),
            mock.patch("truetoll.studies.loo.ask.KHAT", np.inf),  # by which weights alone would choose what is refitted
        ):
            yield


def _within(small: tuple[int, ...], large: tuple[int, ...]) -> bool:
    return len(small) == len(large) and all(a <= b for a, b in zip(small, large, strict=True))


def _no_sampler(*_: Any) -> Any:
    raise AssertionError("sampled, though everything frozen comes from stored draws")


def _shapes(engine: Any) -> str:
    return "its free variables: " + ", ".join(f"{name} {shape}" for name, shape in engine.sizes.items())


def _sampled(engine: Any, tables: Any, kept: tuple[int, int]) -> Draws:
    from truetoll.sampling.continuing import continued
    from truetoll.sampling.samplers import Settings

    chains, draws = kept
    made = next(iter(continued(engine, tables, Settings(**SAMPLED, chains=chains, cores=2, seed=1))))
    engine.set(tables)
    each = made.stats["lp"].shape[1] // draws
    limit = np.iinfo(np.int16).max
    return {
        name: np.clip(np.rint(z[:, ::each][:, :draws] / STEP), -limit, limit).astype(np.int16)
        for name, z in made.z.items()
    }
