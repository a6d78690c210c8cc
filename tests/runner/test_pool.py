"""Workers that die: what they had in hand is done by others, and nothing else is lost."""

import socket
import warnings
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from mortal import Mortal

from truetoll.runner import pool


@pytest.mark.long
def test_a_worker_that_is_killed_does_not_end_the_work(tmp_path):
    """More items than the workers have in hand at once: with one worker less, there is less room than before."""
    items = {"dies": tmp_path / "died"} | {f"item {i}": f"item {i}" for i in range(8)}
    with pytest.warns(UserWarning, match="1 worker ended before it was done; the work goes on"):
        found = dict(pool.outcomes(lambda: (Mortal(), None), items, pool.whole, workers=2))
    assert found == {name: str(item) for name, item in items.items()}


@pytest.mark.long
def test_what_kills_every_worker_is_given_up_and_named(tmp_path):
    items = {"poison": "poison"} | {f"item {i}": f"item {i}" for i in range(4)}
    with pytest.warns(UserWarning, match="ended before it was done"):
        found = dict(pool.outcomes(lambda: (Mortal(), None), items, pool.whole, workers=1))
    error = found.pop("poison")
    assert type(error).__name__ == "KilledWorker"
    assert found == {name: item for name, item in items.items() if name != "poison"}


@pytest.mark.long
def test_workers_that_do_not_come_back_by_themselves_are_started_anew(tmp_path, monkeypatch):
    """Of an only worker nothing was heard again, once or twice in fifty runs, and the work waited for ever."""
    from distributed.nanny import Nanny

    async def gone(self, exitcode):
        """Do nothing where a nanny would start its worker again."""

    monkeypatch.setattr(Nanny, "_on_worker_exit", gone)
    monkeypatch.setattr(pool, "ALONE_SECONDS", 1.0)
    items = {"dies": tmp_path / "died"} | {f"item {i}": f"item {i}" for i in range(3)}
    with pytest.warns(UserWarning, match="ended before it was done"):
        found = dict(pool.outcomes(lambda: (Mortal(), None), items, pool.whole, workers=1))
    assert found == {name: str(item) for name, item in items.items()}


def test_two_may_run_on_one_machine_and_nothing_listens_beyond_it():
    """Dask's page of the scheduler took port 8787 of every address, and a second run was told so."""
    with socket.socket() as taken, warnings.catch_warnings():
        warnings.simplefilter("error")
        with suppress(OSError):
            taken.bind(("0.0.0.0", 8787))
            taken.listen()
        with pool.own(1) as client:
            assert urlsplit(client.dashboard_link).hostname == "127.0.0.1"
