"""Exit codes."""

from __future__ import annotations

OK, FAILED, WRONG, NOT_CONVERGED, INTERRUPTED = 0, 1, 2, 3, 130
