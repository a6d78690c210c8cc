"""Historical cases in which the figure was settled later: what was said at the time, and what became known."""

from truetoll.benchmark.cases import case_of, joint_case, quantity_of
from truetoll.benchmark.reading import read_benchmark
from truetoll.benchmark.schema import CLASSES, RELATIONS, Benchmark, OldClaim, Target, Truth
from truetoll.benchmark.truths import truth_points

__all__ = [
    "CLASSES",
    "RELATIONS",
    "Benchmark",
    "OldClaim",
    "Target",
    "Truth",
    "case_of",
    "joint_case",
    "quantity_of",
    "read_benchmark",
    "truth_points",
]
