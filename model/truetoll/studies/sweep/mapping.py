"""Refits of many cases for those who want them whole: the same mechanism as a sweep, without a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from truetoll.claims.schema import Case
from truetoll.runner import pool
from truetoll.runner.errors import FailedItems
from truetoll.runner.work import Base, base_of, content, plain, rebuilt
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import QUICK, Session

__all__ = ["map_cases", "rebuilt"]

Progress = Callable[[int, int], None]


def map_cases(
    base: Case | Session,
    cases: Mapping[str, Case],
    settings: Settings | None = None,
    *,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Refit cases in this process, in workers of its own or in those of a scheduler.

    Parameters
    ----------
    base : Case or Session
        Whose posterior gives the coordinates of all others. A session is not compiled and sampled again.
    cases : mapping of str to Case
    settings : Settings, optional
        Of every refit; those of the session if there is one.
    workers : int, optional
        Processes on this machine, one core each.
    dask : str, optional
        Address of a running scheduler.
    progress : callable, optional
        Called with (done, in all).

    Returns
    -------
    iterator of (str, dict)
        In the order they are done: name, and the refit as `truetoll.runner.work.content` takes it apart; `rebuilt`
        puts it together again. Nothing is computed before it is asked for the first.

    Raises
    ------
    SweepError
        If workers cannot be used as asked.
    FailedItems
        From the iterator, after all others, for those that ended in an error.
    """
    pool.check(workers, dask)
    items = {name: plain(case) for name, case in cases.items()}
    return _mapped(base, items, settings, workers, dask, progress or (lambda *_: None))


def _mapped(
    base: Case | Session,
    cases: dict[str, Case],
    settings: Settings | None,
    workers: int | None,
    dask: str | None,
    report: Progress,
) -> Iterator[tuple[str, dict[str, Any]]]:
    report(0, len(cases))
    failed: dict[str, Exception] = {}
    done = pool.outcomes(partial(_base, base, settings), cases, content, workers=workers, dask=dask)
    for i, (name, found) in enumerate(done, 1):
        report(i, len(cases))
        if isinstance(found, Exception):
            failed[name] = found
        else:
            yield name, found
    if failed:
        raise FailedItems(failed)


def _base(base: Case | Session, settings: Settings | None) -> tuple[Base, Engine]:
    session = base if isinstance(base, Session) else Session(base, settings or QUICK)
    return base_of(session, settings), session.engine
