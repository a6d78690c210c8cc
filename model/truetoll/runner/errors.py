"""What goes wrong with a sweep as a whole, and with some of its items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from truetoll.errors import SaidError, shorten
from truetoll.text.messages import Message, message

if TYPE_CHECKING:
    import xarray as xr

NEEDS_GUARD = message("work.guard")
_SHOWN = 20


class SweepError(SaidError):
    """A sweep that cannot be made where or how it was asked for; the message says what to do."""


_FAILED = {
    "assumptions": "work.failed_assumptions",
    "simulations": "work.failed_simulations",
    "dates": "work.failed_dates",
    "items": "work.failed_items",
}
"""What items are -> what is said where some of them failed."""
_CALLED = {"simulations": "work.simulation"}
"""What items are called whose names do not say it."""


class FailedItems(SweepError):
    """Some items of a sweep ended in an error; the others are done.

    Parameters
    ----------
    failed : mapping of str to Exception
        By name.
    done : xarray.Dataset, optional
        The others, as `truetoll.sweep` returns them; None if there are none, or if they were handed out before.
    what : {"assumptions", "simulations", "dates", "items"}
        What the items are.
    """

    def __init__(
        self, failed: Mapping[str, Exception], done: xr.Dataset | None = None, what: str = "assumptions"
    ) -> None:
        self.failed, self.done = dict(failed), done
        lines = [_item(name, error, _CALLED.get(what)) for name, error in self.failed.items()][:_SHOWN]
        more = [message("work.more", n=len(failed) - _SHOWN)] if len(failed) > _SHOWN else []
        super().__init__(message(_FAILED[what], n=len(failed), items=(*lines, *more)))


def _item(name: str, error: Exception, code: str | None) -> Message:
    called = message(code, name=name) if code else name
    why = error.said if isinstance(error, SaidError) else shorten(str(error), 200)
    return message("work.item", name=called, kind=type(error).__name__, why=why)
