"""A made-up calibration: ranks of one's choice in the shape of `truetoll.calibrate`."""

from itertools import count

import madeup
import numpy as np
import xarray as xr

from truetoll.claims.kept import keep
from truetoll.sampling.results import FORMAT

RANKED = 99
QUANTITIES = ("north.killed", "north.casualties")
FURTHER = ("bias[own:north]", "log likelihood")
CHECKED = {"type": "array", "items": {"type": "object", "required": ["name", "inside", "p", "chance", "verdict"]}}
_HELD = {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}}
SCHEMA = {
    "type": "object",
    "required": ["case", "scenario", "simulations", "not_converged", "misspecified", "forms", "seconds", "calibrated"],
    "properties": {
        "quantities": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "inside", "largest_departure", "coverage", "coverage_se", "verdict"],
                "properties": {
                    "coverage": _HELD | {"required": ["50", "80", "90"]},
                    "coverage_se": _HELD | {"required": ["50", "80", "90"]},
                    "inside": {"type": "boolean"},
                },
            },
        },
        "further": CHECKED,
    },
}


def uniform(n, seed=1):
    return np.random.default_rng(seed).integers(0, RANKED + 1, n)


def crowded(n, power, seed=1):
    """Ranks that crowd at the low end (power over 1) or the high end."""
    return np.floor((RANKED + 1) * np.random.default_rng(seed).random(n) ** power).astype(int)


def in_the_middle(n, a, seed=1):
    """Ranks that crowd in the middle (a over 1) or at both ends."""
    return np.floor((RANKED + 1) * np.random.default_rng(seed).beta(a, a, n)).astype(int)


def tree(n=200, ranks=None, lost=0, biases=("as_assumed",), errors=None, claims=None):
    """`ranks`: those of single quantities as assumed; `lost`: simulations that did not converge; `errors`: by bias."""
    names = (*QUANTITIES, *FURTHER)
    rank = np.stack([[uniform(n, seed) for seed, _ in enumerate(names)] for _ in biases]).astype(float)
    for name, given in (ranks or {}).items():
        rank[0, names.index(name)] = given
    error = np.zeros((len(biases), n, len(QUANTITIES)))
    for bias, value in (errors or {}).items():
        error[biases.index(bias)] = value
    converged = np.ones((len(biases), n), dtype=int)
    converged[:, :lost] = 0
    rank = np.where(converged[:, None] == 1, rank, np.nan)
    table = xr.Dataset(
        {
            "rank": (("bias", "simulation", "checked"), np.moveaxis(rank, 1, -1)),
            "error": (("bias", "simulation", "quantity"), np.where(converged[..., None] == 1, error, np.nan)),
            "converged": (("bias", "simulation"), converged),
            "ess": (("bias", "simulation"), np.full(converged.shape, 300.0)),
            "divergences": (("bias", "simulation"), 1 - converged),
            "times": (("bias", "simulation"), np.where(converged == 1, 1, 16)),
        },
        coords={"bias": list(biases), "checked": list(names), "quantity": list(QUANTITIES)},
    )
    found = xr.DataTree.from_dict({"simulations": table})
    found.attrs = {
        "kind": "calibration",
        "case": "made-up",
        "scenario": "base",
        "digest": "0" * 64,
        "format": FORMAT,
        "ranked": RANKED,
        "seconds": 12.0,
        "understood": keep(madeup.case(force=FORCE, claims=CLAIMS if claims is None else claims)),
    }
    return found


def claim(form="interval", losses="north.killed", origin="a", weight=1.0, share=False):
    return madeup.claim(next(IDS), "said", losses, form=form, origin=origin, weight=weight, share=share)


IDS = map("c{}".format, count())
FORCE = {"name": "The North", "victims": "military", "outcomes": ("killed",)}
FORCE |= {"total": {"median": 1_000, "low": 100, "high": 10_000}}


CLAIMS = [
    claim(origin="wire"),
    claim("at least", "north.killed:0.7 | north.casualties:0.3", origin="wire"),
    claim("floor", origin="wire"),
    claim("up to", share=True, origin="b"),
    claim("ceiling", weight=0.0, origin="c"),
]
