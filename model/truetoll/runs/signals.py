"""Signals that end a process: made to wait, or turned into an orderly end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def held() -> Iterator[None]:
    """Have them wait until a block is done: renaming takes a moment, and half of it is nothing.

    Yields
    ------
    None
    """
    came: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        came.append(number)

    before = {each: signal.getsignal(each) for each in ENDING} if _in_charge() else {}
    try:
        for each, handler in before.items():
            if handler is not None:
                signal.signal(each, note)
        yield
    finally:
        for each, handler in before.items():
            if handler is not None:
                signal.signal(each, handler)
        for number in came:
            signal.raise_signal(number)


@contextmanager
def orderly() -> Iterator[list[int]]:
    """End as Ctrl-C does, with drafts cleared away, when asked to end or when the terminal is closed.

    Yields
    ------
    list of int
        Signals that came. What the caller of this process chose to ignore (nohup) stays ignored.
    """
    came: list[int] = []

    def end(number: int, _: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    others = [each for each in ENDING if each != signal.SIGINT] if _in_charge() else []
    ours = [each for each in others if signal.getsignal(each) is signal.SIG_DFL]
    try:
        for each in ours:
            signal.signal(each, end)
        yield came
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


def _in_charge() -> bool:
    """Whether this thread may set handlers."""
    return threading.current_thread() is threading.main_thread()
