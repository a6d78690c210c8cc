"""What goes wrong with a folder of results."""

from __future__ import annotations

from truetoll.errors import SaidError


class RunError(SaidError):
    """A folder that is not what a command needs; the message says what it is and what to do."""


class SchemaError(RunError):
    """A saved file that is not as this layout has it; the message says in what."""
