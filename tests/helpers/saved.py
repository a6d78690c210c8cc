"""Runs of every kind that nobody sampled, with all that a saved one holds: small enough to be broken often."""

import madeup
import madeup_calibration
import madeup_comparison
import madeup_replay
import numpy as np
import xarray as xr

from truetoll.runs.folder import READS

DRAWS = 250
"""Of each chain: enough to have converged."""
MADE = {
    **{f"sampling_{name}": 4 for name in ("draws", "tune", "chains", "seed", "cores")},
    **{"sampling_sampler": "nutpie", "sampling_adaptation": "low_rank", "format": READS},
    **{f"version_{name}": "1.0" for name in ("truetoll", "pymc", "arviz", "nutpie", "numpy")},
}
NAMES = {kind: f"{kind}.nc" for kind in ("posterior", "comparison", "replay", "calibration")}
CHECKS = ("converged", "rhat_max", "ess_min", "divergences")
ORDER = {
    "bin": [day.isoformat() for day in madeup.BINS[:-1]],
    "bias_factor": ["all", "own", "media"],
    "voice_outcome": ["mod:north.killed"],
}


def named(table, **more):
    """Give every dim names, as a saved table has them."""
    dims = {dim: ORDER.get(dim, np.arange(n)) for dim, n in table.sizes.items() if dim not in table.coords}
    return table.assign_coords({dim: list(names) for dim, names in (dims | more).items()})


def fit():
    tree = madeup.tree()
    few = {"draw": slice(DRAWS)}
    groups = {name: named(tree[name].dataset.isel(few)) for name in ("posterior", "prior", "posterior_predictive")}
    cells = groups["posterior_predictive"]["cell_if_sound"]
    groups["posterior_predictive"] = groups["posterior_predictive"].assign(cell=cells, claims=cells + 1000.0)
    claims, ids = madeup.CLAIMS, {"claim": [c.id for c in madeup.CLAIMS]}
    ends = {name: ("claim", [getattr(c.figure, name) for c in claims]) for name in ("low", "high")}
    texts = {f"claim_{n}": ("claim", [getattr(c, n) for c in claims]) for n in ("source", "origin")}
    texts["claim_tally"] = ("claim", [""] * len(claims))
    groups["log_likelihood"] = (-(cells**2)).to_dataset(name="claims")
    sample = (("chain", "draw"), np.zeros((madeup.CHAINS, DRAWS)))
    groups["sample_stats"] = named(xr.Dataset({"diverging": sample, "n_steps": sample, "lp": sample}))
    said = {"claims": ("claim", [c.figure.value for c in claims]), "cell": ("claim", [0.0] * len(claims))}
    groups["observed_data"] = xr.Dataset(said | ends, coords=ids)
    groups["constant_data"] = named(tree["constant_data"].dataset).assign(
        {
            **texts,
            "weight": ("claim", [c.weight for c in claims]),
            "exposure": (("loss_group", "bin"), [[10.0, 20.0]]),
            "bias_mean": ("voice", [0.1, 0.2]),
            "bias_map": (("voice", "bias_factor"), madeup.BIAS_MAP),
            "bias_lever": (("kinship", "bias_factor"), np.eye(3)[:2]),
            "voice_kinship": ("voice", ["own_side:military", "media:military"]),
            "noise_median": ("source", [0.2, 0.3]),
        }
    )
    names = {"voice": ["mod:north", "ngo:north"], "source": ["mod", "ngo"], "loss_group": ["north"]}
    names |= {"kinship": ["own_side:military", "media:military"]} | ids
    groups["constant_data"] = named(groups["constant_data"], **names)
    groups["posterior"].attrs = {name: tree.attrs[name] for name in CHECKS}
    made = xr.DataTree.from_dict(groups)
    made.attrs = tree.attrs | MADE
    return made


def comparison(**changes):
    influence = madeup_comparison.influence()
    extra = {"shift_log": "mcse_log", "tail": "tail_mcse", "contraction": "pass_through"}
    influence = influence.assign({new: influence[old] for old, new in extra.items()})
    influence = influence.assign(pass_through_mcse=influence["contraction"], converged=("without", [1, 1, 1]))
    influence = influence.assign_coords(claim=["first", "most"], without=["source mod", "source ngo", "claim first"])
    influence.attrs["skipped"] = ""
    attribution = named(madeup_comparison.attribution())
    groups = {"influence": influence, "attribution": attribution, "alternatives": madeup_comparison.alternatives()}
    tree = madeup_comparison.tree(groups=groups, **changes)
    parts = {name: node.to_dataset() for name, node in tree.children.items()}
    inner, parts["prior"] = fit(), parts["prior"].isel(draw=slice(DRAWS))
    after = parts["posterior"].isel(draw=slice(DRAWS)).assign_coords(chain=np.arange(4), draw=np.arange(DRAWS))
    scenarios = xr.DataArray(np.ones(after.sizes["scenario"]), dims="scenario", coords={"scenario": after["scenario"]})
    drawn = inner["posterior"].dataset[["loss", "strength", "bias", "sigma"]]
    parts["posterior"] = after.assign({name: scenarios * drawn[name] for name in drawn.data_vars})
    made = xr.DataTree.from_dict(parts | {f"fit/{name}": node.to_dataset() for name, node in inner.children.items()})
    made["fit"].attrs = inner.attrs
    made.attrs = tree.attrs | MADE | {"scenario": "base"}
    return made


def replay(**changes):
    tree = madeup_replay.tree(**changes)
    tree.attrs |= MADE
    return tree


def calibration(**changes):
    tree = madeup_calibration.tree(**({"n": 40} | changes))
    tree.attrs |= MADE | {"interval_mass": 0.9}
    return tree


def save(tree, folder, name="posterior"):
    folder.mkdir(parents=True, exist_ok=True)
    tree.to_netcdf(folder / NAMES[name], engine="h5netcdf")
    return folder
