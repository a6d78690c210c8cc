"""truetoll: a posterior over true losses, from figures that contradict each other.

Names are looked up when they are first used: importing the package, reading a case and printing help take
milliseconds; PyMC is only imported by what samples.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "read_case": "truetoll.claims.reading",
    "apply_scenario": "truetoll.claims.scenario",
    "apply_change": "truetoll.claims.scenario",
    "as_of": "truetoll.claims.asof",
    "Case": "truetoll.claims.schema",
    "CaseError": "truetoll.errors",
    "build_model": "truetoll.model.build",
    "Session": "truetoll.sampling.session",
    "fit": "truetoll.studies.fit.ask",
    "compare": "truetoll.studies.compare.ask",
    "sweep": "truetoll.studies.sweep.ask",
    "replay": "truetoll.studies.replay.ask",
    "calibrate": "truetoll.studies.calibrate.ask",
    "draft": "truetoll.importers.prose.writing",
    "read_benchmark": "truetoll.benchmark",
    "hindcast": "truetoll.studies.hindcast.ask",
    "estimate": "truetoll.studies.hindcast.ask",
    "timeline": "truetoll.studies.timeline.read",
    "summarise": "truetoll.studies",
    "plot": "truetoll.studies",
    "explore": "truetoll.report.explore",
}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'truetoll' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
