"""Who does the work: this process, worker processes of its own, or those of a scheduler."""

from __future__ import annotations

import multiprocessing
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from queue import SimpleQueue
from time import monotonic, sleep
from typing import Any

from truetoll.errors import RunNotice
from truetoll.runner.errors import NEEDS_GUARD, SweepError
from truetoll.runner.work import Beside, Read, Reader, Shared, in_worker
from truetoll.sampling.engine import Engine
from truetoll.text.messages import message

Outcome = tuple[str, Any]
"""Name of an item, and what was read off it or the exception it ended in."""
CONNECT_SECONDS, WORKER_SECONDS = 15, 60
ALONE_SECONDS = 20.0
"""Without any worker of ours, before new ones are started: those that died mostly come back by themselves."""
_GLANCE, _ASK = 0.02, 1.0
"""Seconds between two looks at what is done, and between two questions to the scheduler, which go over a network."""


def check(workers: int | None, dask: str | None) -> None:
    """Refuse what cannot be done before anything is computed.

    Parameters
    ----------
    workers : int or None
    dask : str or None

    Raises
    ------
    SweepError
        Also in a worker process that only imports the script which started it.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise SweepError(NEEDS_GUARD)
    if workers is not None and dask is not None:
        raise SweepError(message("work.either"))
    if workers is not None and workers < 1:
        raise SweepError(message("work.few_workers", n=workers))
    if workers is not None or dask is not None:
        _distributed()


def outcomes(
    base: Callable[[], tuple[Shared, Engine | None]],
    items: Mapping[str, Any],
    read: Read,
    *,
    workers: int | None = None,
    dask: str | None = None,
) -> Iterator[Outcome]:
    """Do every item and read off what is wanted, in the order they are done.

    Parameters
    ----------
    base : callable
        Gives what all items share, and an engine for this process if there is one. It takes time, so it is called
        when there are workers to use it.
    items : mapping of str to object
        What the follower of the base takes: cases to refit, or simulations.
    read : callable
    workers : int, optional
        Processes on this machine.
    dask : str, optional
        Address of a scheduler.

    Yields
    ------
    str, object
        Name, and what was read or the exception.

    Raises
    ------
    SweepError
        If workers do not start or a scheduler does not answer.
    """
    if not items:
        return
    if workers is None and dask is None:
        yield from _here(*base(), items, read)
        return
    with _connected(dask) if dask is not None else own(min(workers or 1, len(items))) as client:
        yield from _there(client, base()[0], items, read)


def _here(base: Shared, engine: Engine | None, items: Mapping[str, Any], read: Read) -> Iterator[Outcome]:
    follower, cores, waiting = base.follower(base.settings.cores, engine), base.settings.cores, iter(items.items())
    if isinstance(follower, Beside) and cores > 1:
        yield from _tried([next(waiting)], follower, read)  # it compiles, for all
        readers, threads = SimpleQueue[Reader](), ThreadPoolExecutor(cores)
        for _ in range(cores):
            readers.put(follower.beside())
        try:
            yield from threads.map(lambda item: _beside(readers, item, read), waiting)
        finally:
            threads.shutdown(cancel_futures=True)
    yield from _tried(waiting, follower, read)


def _beside(readers: SimpleQueue[Reader], item: tuple[str, Any], read: Read) -> Outcome:
    """Do an item by the reader that is free."""
    reader = readers.get()
    try:
        return next(_tried([item], reader, read))
    finally:
        readers.put(reader)


def _tried(items: Iterable[tuple[str, Any]], reader: Reader, read: Read) -> Iterator[Outcome]:
    for name, item in items:
        try:
            found = reader.read(item, read)
        except Exception as error:  # one item is not to lose the others
            found = error
        yield name, found


def _there(client: Any, base: Shared, items: Mapping[str, Any], read: Read) -> Iterator[Outcome]:
    """Give out the work, little ahead of what is done: neither scheduler nor workers are to hold a long sweep."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sending large graph")
        # A task, not scattered data: what was scattered is gone with the last worker that held it.
        held = client.submit(_same, base, pure=False)
    waiting, names = iter(items.items()), dict[str, str]()

    def give(n: int) -> list[Any]:
        given = [(client.submit(in_worker, held, item, read, pure=False), name) for name, item in islice(waiting, n)]
        names.update({future.key: name for future, name in given})
        return [future for future, _ in given]

    try:
        threads: dict[str, int] = client.nthreads()
        done = _distributed().as_completed(give(_room(threads)), loop=client.loop)
        for future in _finished(client, done):
            yield names.pop(future.key), _outcome(future)
            before, threads = threads, client.nthreads()
            _tell(before.keys() - threads.keys())
            # Fewer workers than a moment ago may have more in hand than there is room for.
            done.update(give(max(0, _room(threads) - len(names))))
    except OSError as error:
        raise SweepError(message("work.lost_scheduler", why=str(error))) from error


def _finished(client: Any, done: Any) -> Iterator[Any]:
    """Hand over what is done; where every worker of ours is gone, and none comes back by itself, start them anew."""
    alive = asked = monotonic()
    while not done.is_empty():
        if batch := done.next_batch(block=False):
            yield from batch
            alive = monotonic()
            continue
        sleep(_GLANCE)
        if client.cluster is None or monotonic() - asked < _ASK:
            continue
        asked = monotonic()
        if client.nthreads():
            alive = asked
        elif asked - alive > ALONE_SECONDS:
            workers = len(client.cluster.worker_spec)
            client.cluster.scale(0)
            client.cluster.scale(workers)
            alive = asked


def _same(base: Shared) -> Shared:
    return base


def _room(threads: Mapping[str, int]) -> int:
    """One item for each thread: of what waits in a worker that dies, all would be suspected of having killed it."""
    return max(1, sum(threads.values()))


def _tell(lost: set[str]) -> None:
    """Note that workers are gone; the scheduler gives what they had in hand to others, three times at most."""
    if lost:
        warnings.warn(RunNotice(message("work.worker_lost", n=len(lost))), stacklevel=2)


def _outcome(future: Any) -> Any:
    try:
        return future.result()
    except Exception as error:
        return error


@contextmanager
def own(workers: int) -> Iterator[Any]:
    """Start worker processes on this machine's loopback, which end with this one.

    Parameters
    ----------
    workers : int

    Yields
    ------
    distributed.Client

    Raises
    ------
    SweepError
    """
    distributed = _distributed()
    try:
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # None would take port 8787 of every address, and warn where it is taken
            memory_limit=None,  # an item takes little; a share of a small machine would stop even the imports
        )
    except RuntimeError as error:
        raise SweepError(message("work.not_started", guard=NEEDS_GUARD)) from error
    with cluster, distributed.Client(cluster, set_as_default=False) as client:
        yield client


@contextmanager
def _connected(address: str) -> Iterator[Any]:
    try:
        client = _distributed().Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise SweepError(message("work.no_scheduler", address=address, why=str(error))) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise SweepError(message("work.no_workers", address=address)) from error
        yield client


def _distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415
    except ImportError as error:
        raise SweepError(message("work.no_distributed")) from error
    return distributed


def whole[T](found: T) -> T:
    """Keep all that was read off an item, where it is small.

    Parameters
    ----------
    found : object

    Returns
    -------
    object
        The same.
    """
    return found
