"""Sources that are said to be unbiased, and are still moved by what others share."""

from __future__ import annotations

from collections.abc import Iterator

from truetoll.claims.believing import half_believed
from truetoll.claims.places import of_key
from truetoll.claims.schema import CaseFile
from truetoll.text.messages import Message


def half(file: CaseFile) -> Iterator[Message]:
    """Tell where somebody set only half of what believing a source takes.

    Parameters
    ----------
    file : CaseFile

    Yields
    ------
    Message
    """
    for name, source in file.sources.items():
        for force, bias in source.bias.items():
            if left := half_believed(bias):
                code = "notice.half_believed" if len(left) == 1 else "notice.half_believed_both"
                yield of_key(f"sources.{name}.bias.{force}", code, left=left, name=name)
