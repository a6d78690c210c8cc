"""What goes wrong with a sweep as a whole, and with some of its items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from truetoll.errors import shorten

if TYPE_CHECKING:
    import xarray as xr

NEEDS_GUARD = (
    "Worker processes import the script that starts them: what a script does must stand under "
    'if __name__ == "__main__": so that importing it does not start the sweep again'
)
_SHOWN = 20


class SweepError(Exception):
    """A sweep that cannot be made where or how it was asked for; the message says what to do."""


class FailedItems(SweepError):
    """Some items of a sweep ended in an error; the others are done.

    Parameters
    ----------
    failed : mapping of str to Exception
        By name.
    done : xarray.Dataset, optional
        The others, as `truetoll.sweep` returns them; None if there are none, or if they were handed out before.
    what : str
        What the items are, in the plural.
    """

    def __init__(
        self, failed: Mapping[str, Exception], done: xr.Dataset | None = None, what: str = "assumptions"
    ) -> None:
        self.failed, self.done = dict(failed), done
        lines = [f"{name}: {type(e).__name__}: {shorten(str(e), 200)}" for name, e in self.failed.items()][:_SHOWN]
        more = [f"... ({len(failed) - _SHOWN:,} more)"] if len(failed) > _SHOWN else []
        head = f"{len(failed):,} of the {what} could not be computed; the others are done"
        super().__init__("\n".join([head, *lines, *more]))
