"""What a command is told when a folder will not do."""

from __future__ import annotations


class RunError(Exception):
    """A folder that is not what a command needs; the message says what it is and what to do."""
