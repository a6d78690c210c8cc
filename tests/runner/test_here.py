"""Work in this process: small items are done side by side, and what stops them loses nothing that was done."""

from dataclasses import dataclass, field
from threading import Barrier, Lock
from time import sleep

import pytest

from truetoll.runner import pool
from truetoll.sampling.samplers import Settings

SECONDS = 20.0


@dataclass(frozen=True)
class Small:
    """As `truetoll.runner.work.Shared`; its readers meet, two at a time, and remember who did what."""

    settings: Settings = field(default_factory=lambda: Settings(cores=2))
    meeting: Barrier = field(default_factory=lambda: Barrier(2, timeout=SECONDS))
    done: list = field(default_factory=list)
    mark: str = "small"

    def follower(self, cores, engine=None):
        return Reader(self, "first", cores, alone=True)


class Reader:
    def __init__(self, of, name, cores, *, alone):
        self.of, self.name, self.cores, self.alone, self.at_work = of, name, cores, alone, Lock()

    def beside(self):
        return Reader(self.of, f"beside {len(self.of.done)}", 1, alone=False)

    def read(self, item, read):
        assert self.at_work.acquire(blocking=False), "a reader does one item at a time"
        try:
            if not self.alone:
                self.of.meeting.wait()
            self.of.done.append((item, self.cores))
            if item == "broken":
                raise FloatingPointError(item)
            sleep(0.2 if item == "slow" else 0.0)
            return read(item)
        finally:
            self.at_work.release()


def test_the_first_item_is_done_alone_and_the_others_two_at_a_time():
    """A reader waits until another is at work too: one after the other they would wait for ever."""
    small, items = Small(), {name: name for name in ("a", "b", "c", "d", "e")}
    found = list(pool.outcomes(lambda: (small, None), items, pool.whole))
    assert found == list(items.items())
    assert small.done[0] == ("a", 2)
    assert sorted(small.done[1:]) == [("b", 1), ("c", 1), ("d", 1), ("e", 1)]


def test_one_core_does_one_after_the_other():
    small = Small(Settings(cores=1))
    assert dict(pool.outcomes(lambda: (small, None), {"a": "a", "b": "b"}, pool.whole)) == {"a": "a", "b": "b"}
    assert small.done == [("a", 1), ("b", 1)]


def test_an_item_that_fails_does_not_lose_the_one_beside_it():
    items = {"a": "a", "b": "broken", "c": "c"}
    found = dict(pool.outcomes(lambda: (Small(), None), items, pool.whole))
    assert isinstance(found.pop("b"), FloatingPointError)
    assert found == {"a": "a", "c": "c"}


def test_who_stops_has_what_was_done_and_nothing_more_is_begun():
    small, items = Small(), {str(i): "slow" if i > 2 else str(i) for i in range(41)}  # four seconds in all
    outcomes = pool.outcomes(lambda: (small, None), items, pool.whole)
    assert [next(outcomes)[0] for _ in range(3)] == ["0", "1", "2"]
    with pytest.raises(KeyboardInterrupt):
        outcomes.throw(KeyboardInterrupt)
    assert len(small.done) < len(items)
