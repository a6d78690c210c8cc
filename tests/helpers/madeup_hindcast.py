"""Answers and estimates of a hindcast that are made up, and what its JSON must hold."""

import numpy as np
from scipy import stats

from truetoll.studies.estimate.effects import Estimates
from truetoll.studies.hindcast.targets import Answer

EVEN = (np.arange(2000) + 0.5) / 2000
SCORE = {
    "type": "object",
    "required": ["n_targets", "coverage", "median_abs_log_error", "crps_log", "log_score", "median_width_log"],
    "properties": {
        "n_targets": {"type": "integer"},
        "coverage": {"type": ["object", "null"], "required": ["50", "80", "90"]},
        "crps_log": {"type": "number"},
    },
}
TARGET = ("case", "victims", "quantity", "n_claims", "truth", "median", "low", "high", "crps_log")
SCHEMA = {
    **SCORE,
    "required": [*SCORE["required"], "baselines", "targets"],
    "properties": SCORE["properties"]
    | {
        "baselines": {"type": "object", "additionalProperties": SCORE},
        "targets": {"type": "array", "items": {"type": "object", "required": list(TARGET)}},
    },
}


def answer(mean, sd, n=2, *, converged=True):
    return Answer(mean + sd * stats.norm.ppf(EVEN), 1.0, 999.0, 0, converged, n)


def estimates(claims=5):
    grid = np.zeros((4, 9))
    found = {"mu": grid + 1.0, "tau": grid + 0.4} | {k: np.full(4, 0.3) for k in ("kappa0", "kappa")}
    found |= {k: np.array([0.2, 0.3, 0.4]) for k in ("spread", "noise", "unsound")}
    found |= {"hedge": np.full(4, 0.2), "frame": np.array([1.5, 1.2, 1.1])}
    found |= {k: np.array(0.5) for k in ("width", "disagreement")}
    near, far, square = ({name: f(a) for name, a in found.items()} for f in (_half, _twice, np.square))
    counts = grid.astype(int) + claims
    counts[0, 5] = 0
    return Estimates(found, near, near, far, square, counts, counts, counts, 1.0, 900.0, 0)


def _half(a):
    return 0.5 * a


def _twice(a):
    return 2.0 * a
