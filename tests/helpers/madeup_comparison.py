"""A comparison that nobody sampled: how far every scenario lies from the base case is known beforehand."""

import madeup
import numpy as np
import xarray as xr

from truetoll.claims.kept import keep
from truetoll.runs.folder import READS
from truetoll.text.messages import message

NAMES = madeup.quantities(madeup.case())
CHAINS, DRAWS, SD = 4, 500, 0.5
FACTORS = {"base": 1.0, "doubled": 2.0, "same": 1.0, "set_aside": 0.5}
"""Factor on every quantity, against the base case; draws are those of the base case otherwise."""
PLAIN = {"method": "refit", "converged": 1, "rhat_max": 1.001, "ess_min": 900.0}
PLAIN |= {"divergences": 0, "khat": np.nan, "digest": "d", "origins": 5}
PLAIN |= {"elpd_loo": -30.0, "elpd_diff": -1.0, "elpd_diff_se": 0.5, "loo_khat_max": 0.4, "comparable": 1}
ROWS = {
    "base": {"elpd_diff": np.nan, "elpd_diff_se": np.nan},
    "doubled": {"elpd_diff": -9.0},
    "same": {"method": "psis", "khat": 0.3, "rhat_max": np.nan},
    "set_aside": {"comparable": 0, "elpd_diff": np.nan, "elpd_diff_se": np.nan},
}
TITLES = {"doubled": "Everything [twice] as high", "same": "Nothing changes", "set_aside": "Half of the claims"}

NUMBER = {"type": "number"}
OR_NONE = {"type": ["number", "null"]}
SHIFT = {"type": "object", "required": ["percent", "percent_mcse", "sd", "sd_mcse"]}
SCENARIO = {
    "type": "object",
    "required": ["name", "title", "why", "digest", "method", "converged", "quantities", "shift", "khat", "loo"],
    "properties": {
        "method": {"enum": ["refit", "psis"]},
        "converged": {"type": "boolean"},
        "quantities": {"type": "array"},
        "shift": {"type": "object", "additionalProperties": SHIFT},
        "khat": OR_NONE,
        "loo": {"type": ["object", "null"]},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["case", "base", "scenarios", "compilations", "seconds", "notices"],
    "properties": {
        "case": {"type": "string"},
        "base": {"const": "base"},
        "scenarios": {"type": "array", "items": SCENARIO, "minItems": 1},
        "compilations": {"type": "integer"},
        "seconds": {"type": "object", "properties": {"compile": NUMBER, "sampling": NUMBER}, "minProperties": 2},
    },
}
"""Shape of comparison.json."""


def tree(factors=FACTORS, rows=None, groups=None, titles=TITLES, **changes):
    """A comparison with some factors, rows of `ROWS` changed, and further groups."""
    rows = {name: PLAIN | ROWS.get(name, {}) | (rows or {}).get(name, {}) for name in factors}
    stated = {name: {"title": titles.get(name, name), "why": "because"} for name in factors if name != "base"}
    made = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"amount": amounts(factors, SD, 1)}),
            "prior": xr.Dataset({"amount": amounts(dict.fromkeys(factors, 1.5), 1.0, 2)}),
            "scenarios": about(rows),
            **(groups or {}),
        }
    )
    made.attrs = {"case": "made-up", "base": "base", "digest": "0", "interval_mass": 0.9, "format": READS}
    made.attrs |= {f"sampling_{name}": 4 for name in ("draws", "tune", "chains", "seed", "cores")}
    made.attrs |= {"sampling_sampler": "nutpie", "sampling_adaptation": "low_rank"}
    made.attrs |= {f"version_{name}": "1.0" for name in ("truetoll", "pymc", "arviz", "nutpie", "numpy")}
    made.attrs["scenario"] = "base"
    made.attrs |= {"kind": "comparison", "compilations": 1, "seconds_compile": 12.0, "seconds_sampling": 34.0}
    made.attrs["understood"] = keep(madeup.case(**{"scenarios": stated} | changes))
    return made


def amounts(factors, sd, seed):
    rng = np.random.default_rng(seed)
    z = sd * rng.normal(size=(CHAINS, DRAWS, len(NAMES)))
    base = np.array([1000.0, 3000.0, 4000.0, 10_000.0][: len(NAMES)]) * np.exp(z - np.median(z, axis=(0, 1)))
    values = np.stack([base * np.asarray(factor) for factor in factors.values()])
    dims = ("scenario", "chain", "draw", "quantity")
    return xr.DataArray(values, dims=dims, coords={"scenario": list(factors), "quantity": NAMES})


def about(rows):
    columns = {name: ("scenario", [row[name] for row in rows.values()]) for name in PLAIN}
    coords = {"scenario": list(rows), "quantity": NAMES}
    found = xr.Dataset(columns, coords=coords)
    shape = (len(rows), len(NAMES))
    found["pass_through"] = (("scenario", "quantity"), np.full(shape, 0.7))
    found["pass_through_mcse"] = (("scenario", "quantity"), np.full(shape, 0.02))
    return found


def said(text):
    """A message of nothing but a text, as a file keeps it."""
    return message("extent.grade", grade=text).written()


def attribution():
    """``doubled`` of two parts of 0.5 and log 2 - 0.5; ``set_aside`` of one."""
    n, nan = len(NAMES), np.nan
    log = np.array([[[0.5] * n, [np.log(2.0) - 0.5] * n], [[-np.log(2.0)] * n, [nan] * n]])
    return xr.Dataset(
        {
            "shift_log": (("whole", "part", "quantity"), log),
            "part_key": (("whole", "part"), [["sources.mod", "claims.first"], ["exclude", ""]]),
            "part_label": (
                ("whole", "part"),
                [[said("Ministry: [own] bias"), said("first: 1,000")], [said("out"), ""]],
            ),
        },
        coords={"whole": ["doubled", "set_aside"], "quantity": NAMES},
    )


def alternatives(n=3):
    """Alternative i reaches from -0.1 i to +0.2 i."""
    ends = np.array([[-0.1, 0.2]]) * np.arange(n)[:, None]
    titles = [f"Grade of source {i}, as an analyst might argue" for i in range(n)]
    return xr.Dataset(
        {
            "shift_log": (("alternative", "side", "quantity"), np.repeat(ends[..., None], len(NAMES), axis=2)),
            "key": ("alternative", [f"sources.s{i}.grade" for i in range(n)]),
            "title": ("alternative", list(map(said, titles))),
            "reason": ("alternative", ["argued"] * n),
            "text": (("alternative", "side"), [[said("E"), said("A")]] * n),
            "method": (("alternative", "side"), [["psis", "refit"]] * n),
        },
        coords={"side": ["low", "high"], "quantity": NAMES},
    )


def influence():
    """Leaving out the ministry halves the killed; the ministry contradicts the others."""
    log = np.zeros((3, len(NAMES)))
    log[0, 0] = -np.log(2.0)
    return xr.Dataset(
        {
            "left_out": ("without", ["mod", "ngo", "first"]),
            "kind": ("without", ["source", "source", "claim"]),
            "shift_log": (("without", "quantity"), log),
            "shift_sd": (("without", "quantity"), log / SD),
            "tail": ("claim", [0.001, 0.4]),
            "tail_holm": ("claim", [0.03, 0.8]),
            "source_tail": ("source", [0.0004, np.nan]),
            "source_tail_holm": ("source", [0.0008, np.nan]),
            "contraction": ("quantity", np.full(len(NAMES), 0.6)),
            "psense": (("quantity", "role"), np.tile([0.2, 0.01, np.nan], (len(NAMES), 1))),
        },
        coords={
            "quantity": NAMES,
            "claim": ["first", "[most]"],
            "source": ["mod", "ngo"],
            "role": ["losses", "bias", "noise"],
        },
    )


def everything():
    """All optional groups."""
    return {"attribution": attribution(), "alternatives": alternatives(), "influence": influence()}
