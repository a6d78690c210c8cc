"""A case that was chosen because its figures disagree: errors are taken to be wider."""

from __future__ import annotations

from collections.abc import Iterator

from truetoll.claims.reliability import Reliability
from truetoll.text.messages import Message, message


def framed(table: Reliability) -> Iterator[Message]:
    """Tell that spreads are those of a famous dispute, which no single source shows."""
    if table.frame.kind == "famous":
        yield message("notice.famous")
