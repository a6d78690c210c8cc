"""What one process does: follow a base that was sampled elsewhere, and refit one case after the other.

The base is sampled once, in the first process, and its draws travel. They are the coordinates of every refit: were
they sampled anew in each process, a machine that rounds otherwise would walk another path, refits would hang on who
made them, and each worker would lose seconds. So a worker only compiles, mostly from the cache on its disk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from threading import Lock
from typing import Any, Protocol, runtime_checkable

import numpy as np
import xarray as xr
from numpy.typing import NDArray

import truetoll
from truetoll.claims.schema import Case
from truetoll.model.tables import build_tables
from truetoll.runner.errors import SweepError
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.results import dataset
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import Refit, Session
from truetoll.text.messages import message

Array = NDArray[np.float64]
Read = Callable[[Any], Any]
"""What is wanted of a refit (or whatever a follower makes); a function of a module, as it travels by name."""


class Reader(Protocol):
    """Does one item after the other in one process."""

    def read(self, item: Any, read: Read) -> Any:
        """Do an item, and read off what is wanted."""


@runtime_checkable
class Beside(Reader, Protocol):
    """The same where items are so small that several are done at a time in one process."""

    def beside(self) -> Reader:
        """Make another that does items at the same time, with what this one has compiled."""


class Shared(Protocol):
    """What all items of one piece of work share: it travels to every process, and makes a reader there."""

    @property
    def settings(self) -> Settings:
        """How items are sampled."""

    @property
    def mark(self) -> str:
        """Names it in a process."""

    def follower(self, cores: int, engine: Engine | None = None) -> Reader:
        """Make what does the items, with a compiled model if there is one."""


@dataclass(frozen=True)
class Base:
    """What a process must know to refit: the same in each.

    Parameters
    ----------
    case : Case
    settings : Settings
        Of every refit.
    points : ndarray
        Draws of the base's free variables, shape (chain, draw, n).
    prior : ndarray
        Its amounts before any claim, shape (draw, quantity).
    converged : bool
        Whether it is a result; if not, its draws are no coordinates, and each case is sampled by itself.
    version : str
        Of the package that sampled it.
    """

    case: Case
    settings: Settings
    points: Array
    prior: Array
    converged: bool = True
    version: str = truetoll.__version__

    @property
    def key(self) -> str:
        """Names it in a store."""
        return key_of(self.case, self.settings, base=True)

    @property
    def mark(self) -> str:
        """Names it in a process, where two machines may have sent the same base, rounded otherwise."""
        return hashlib.sha256(self.key.encode() + self.points.tobytes()).hexdigest()

    def follower(self, cores: int, engine: Engine | None = None) -> Follower:
        """Make a session that follows this base.

        Parameters
        ----------
        cores : int
            Chains at a time.
        engine : Engine, optional

        Returns
        -------
        Follower
        """
        return Follower(self, cores, engine)


def key_of(case: Case, settings: Settings, **more: Any) -> str:
    """Name a computation by all that determines its answer; cores only determine when it is there.

    Parameters
    ----------
    case : Case
    settings : Settings
    **more
        What else tells it from others.

    Returns
    -------
    str
        SHA-256, in hexadecimal digits.
    """
    decides = {name: value for name, value in asdict(settings).items() if name != "cores"}
    content = {"digest": case.digest, "version": truetoll.__version__, **decides, **more}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def seed_of(case: Case, seed: int) -> int:
    """Find the seed of one case, whoever samples it, after whatever others.

    Parameters
    ----------
    case : Case
    seed : int
        Of the sweep.

    Returns
    -------
    int
        Below 2**31.
    """
    return int(hashlib.sha256(f"{case.digest} {seed}".encode()).hexdigest()[:8], 16) >> 1


def plain(case: Case) -> Case:
    """Leave out what does not decide and may be large or refuse to travel: the scenarios of a case that is built.

    Parameters
    ----------
    case : Case

    Returns
    -------
    Case
    """
    return replace(case, scenarios={})


def base_of(session: Session, settings: Settings | None = None) -> Base:
    """Take out of a session what others need to follow it.

    Parameters
    ----------
    session : Session
    settings : Settings, optional
        Of every refit; the session's if not given.

    Returns
    -------
    Base
    """
    points = session.engine.flatten(session.base.draws)
    return Base(plain(session.base.case), settings or session.settings, points, session.base.prior, session.sound)


class Follower(Session):
    """A session whose base was sampled elsewhere.

    Parameters
    ----------
    base : Base
    cores : int
        Chains at a time.
    engine : Engine, optional
        A compiled model to use; else one is compiled.
    """

    def __init__(self, base: Base, cores: int, engine: Engine | None = None) -> None:
        check_version(base.version)
        tables, settings = build_tables(base.case), replace(base.settings, cores=cores)
        engine = engine or Engine(tables)
        engine.set(tables)
        draws, checks = Draws(engine.unflatten(base.points), {}), {"converged": int(base.converged)}
        sampled = Refit(base.case, tables, draws, xr.Dataset(), base.prior, checks)
        super().__init__(base.case, settings, engine=engine, base=sampled)
        self._asked = settings

    def read(self, case: Case, read: Read) -> Any:
        """Refit a case by its own seed, and read off what is wanted.

        Parameters
        ----------
        case : Case
        read : callable

        Returns
        -------
        object
        """
        self._known = {}  # a sweep meets a case once: what was sampled would only fill the memory
        self.settings = replace(self._asked, seed=seed_of(case, self._asked.seed))
        return read(self.refit(case))


def check_version(version: str) -> None:
    """Refuse work of another version of the package.

    Parameters
    ----------
    version : str
        Of the package that gave it out.

    Raises
    ------
    SweepError
    """
    if version != truetoll.__version__:
        raise SweepError(message("work.other_version", ours=truetoll.__version__, theirs=version))


class _Latest:
    """The follower that this worker made last.

    A compiled model cannot travel and takes seconds to make, so a worker process keeps it from one item to the next.
    One only: a scheduler's workers may live for weeks. Locked, as the threads of a worker share it.
    """

    def __init__(self) -> None:
        self._lock, self._mark = Lock(), ""
        self._follower: Reader | None = None

    def read(self, base: Shared, item: Any, read: Read) -> Any:
        with self._lock:
            if self._follower is None or self._mark != base.mark:
                self._follower, self._mark = None, ""  # let go of the old one before making the new one
                self._follower, self._mark = base.follower(cores=1), base.mark
            return self._follower.read(item, read)


_LATEST = _Latest()


def in_worker(base: Shared, item: Any, read: Read) -> Any:
    """Do an item in a worker process.

    Parameters
    ----------
    base : Base, or what else makes a reader
    item : Case, or what else that reader takes
    read : callable

    Returns
    -------
    object
        What `read` returns.
    """
    return _LATEST.read(base, item, read)


def content(refit: Refit) -> dict[str, Any]:
    """Take a refit apart into plain arrays that can travel.

    Parameters
    ----------
    refit : Refit

    Returns
    -------
    dict
        Variables of the posterior that are not free (``amount``, ``loss``, ``strength``, ``bias``, ``sigma``, ...) as
        arrays; ``dims`` of all; ``prior`` amounts; ``checks``; free variables under ``z``, what the sampler said
        under ``stats``.
    """
    dims = {str(name): tuple(map(str, v.dims)) for name, v in refit.posterior.items()}
    arrays = {name: refit.posterior[name].to_numpy() for name in dims if name not in refit.draws.z}
    apart = {"prior": refit.prior, "checks": refit.checks, "z": refit.draws.z, "stats": refit.draws.stats}
    return {**arrays, "dims": dims, **apart}


def rebuilt(case: Case, found: dict[str, Any]) -> Refit:
    """Put a refit together again.

    Parameters
    ----------
    case : Case
    found : dict
        As `content` gives it.

    Returns
    -------
    Refit
    """
    tables = build_tables(case)
    variables = {
        name: (dims, found[name] if name in found else found["z"][name]) for name, dims in found["dims"].items()
    }
    posterior = dataset(tables, variables)
    return Refit(case, tables, Draws(found["z"], found["stats"]), posterior, found["prior"], found["checks"])
