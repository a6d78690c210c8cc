"""Exit codes."""

from __future__ import annotations

OK, FAILED, WRONG, NOT_CONVERGED, INTERRUPTED = 0, 1, 2, 3, 130
SIGNALLED = 128
"""Added to the number of the signal that ended a command."""
