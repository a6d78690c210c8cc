"""The formats that are imported: who reads each, and which options it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from truetoll.importers.bins import BinWidth

if TYPE_CHECKING:
    from truetoll.importers.drafts import Imported


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Parameters
    ----------
    read : str
        ``module:function`` in ``truetoll.importers``: called with path, bins, skip_bad and the options that were
        given, by their names.
    bins : {"day", "week", "month"} or None
        Where nothing is said; None: one bin.
    takes : tuple of str
        Options besides bins and skip_bad.
    """

    read: str
    bins: BinWidth | None
    takes: tuple[str, ...] = ()

    def reader(self) -> Callable[..., Imported]:
        """Import the function that reads it.

        Returns
        -------
        callable
        """
        module, name = self.read.split(":")
        found: Callable[..., Imported] = getattr(import_module(f"truetoll.importers.{module}"), name)
        return found


FORMATS: Mapping[str, Format] = {
    "radford": Format("radford:read_radford", "week", ("only",)),
    "ucdp-ged": Format(
        "ucdp_ged:read_selected", "month", ("country", "conflict", "since", "as_of", "dates", "join_rest")
    ),
    "tfp-gaza": Format("tfp:read_tfp", "month", ("every",)),
    "ukraine-losses": Format("ukraine:read_ukraine", "month", ("every", "only")),
    "mediazona": Format("mediazona:read_mediazona", "month"),
    "economist-ukraine": Format("economist:read_economist", "month", ("source", "dates")),
    "silverdavi": Format("silverdavi:read_silverdavi", None, ("conflict", "since", "as_of")),
}
"""By the name that the command line has for each."""
