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
    "replay_days": "truetoll.claims.replaydays",
    "Case": "truetoll.claims.schema",
    "CaseError": "truetoll.errors",
    "Problem": "truetoll.errors",
    "build_model": "truetoll.inference.model",
    "Engine": "truetoll.inference.engine",
    "Settings": "truetoll.inference.engine",
    "fit": "truetoll.inference.sampling",
    "Session": "truetoll.inference.session",
    "compare": "truetoll.inference.compare",
    "sweep": "truetoll.sweeps.sweep",
    "replay": "truetoll.sweeps.replay",
    "calibrate": "truetoll.sweeps.calibrate",
    "influence": "truetoll.inference.influence",
    "read_benchmark": "truetoll.claims.benchmark",
    "hindcast": "truetoll.sweeps.hindcast",
    "hindcast_score": "truetoll.answers.hindcast",
    "estimate": "truetoll.sweeps.hindcast",
    "estimate_answer": "truetoll.answers.estimates",
    "summarise": "truetoll.answers.summary",
    "timeline": "truetoll.answers.timeline",
    "comparison": "truetoll.answers.comparison",
    "replay_answer": "truetoll.answers.replay",
    "calibration": "truetoll.answers.calibration",
    "plot_losses": "truetoll.show.plots",
    "plot_claims": "truetoll.show.plots",
    "plot_sources": "truetoll.show.plots",
    "plot_wounded_killed": "truetoll.show.plots",
    "plot_timeline": "truetoll.show.timelineplot",
    "plot_targets": "truetoll.show.hindcastplot",
    "plot_reliability": "truetoll.show.hindcastplot",
    "plot_forest": "truetoll.show.compareplot",
    "plot_slopes": "truetoll.show.compareplot",
    "plot_tornado": "truetoll.show.changeplot",
    "plot_attribution": "truetoll.show.changeplot",
    "plot_replay": "truetoll.show.replayplot",
    "plot_calibration": "truetoll.show.calibrationplot",
}

__all__ = ["__version__", *_HOME]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'truetoll' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
