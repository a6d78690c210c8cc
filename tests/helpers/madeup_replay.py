"""A replay that nobody sampled: on each date everything is some times what it was, and hindsight knows better."""

import madeup
import numpy as np
import xarray as xr

from truetoll.claims.kept import keep
from truetoll.runs.folder import READS

DAYS = ("2024-01-09", "2024-01-20", "2024-02-10")
NAMES = madeup.quantities(madeup.case())
CHAINS, DRAWS = 4, 500
FACTORS = (0.2, 0.5, 1.0)
"""On each date, against the last."""
SHARE = {"share": True, "low": 0.3, "high": 0.5, "value": 0.4}
CLAIMS = [
    madeup.claim("early", "1,000", "north.killed", reported="2024-01-08", as_of="2024-01-05"),
    madeup.claim("relay", "[some] 1,000", "north.killed", reported="2024-01-09", as_of="2024-01-05", source="ngo"),
    madeup.claim(
        "share", "30-50 %", "north.casualties", reported="2024-01-20", share=True, low=0.3, high=0.5, value=0.4
    ),
    madeup.claim("window", "200", "north.killed", reported="2024-01-15", since="2024-01-05", as_of="2024-01-14"),
    madeup.claim("least", "at least 900", "north.killed", reported="2024-03-01", form="at least", as_of="2024-01-20"),
]
KNOWN = {"early": 0, "relay": 0, "share": 1, "window": 1}
"""Date from which a claim is known."""

HINDSIGHT = {"type": "object", "required": ["name", "median", "mcse_median", "interval", "inside"]}
DATE = {
    "type": "object",
    "required": ["date", "as_of", "digest", "converged", "n_claims", "n_origins", "new", "quantities", "hindsight"],
    "properties": {
        "converged": {"type": "boolean"},
        "new": {"type": "array", "items": {"type": "string"}},
        "hindsight": {"type": "array", "items": HINDSIGHT, "minItems": 1},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["case", "scenario", "dates", "claims", "compilations", "seconds", "notices"],
    "properties": {"dates": {"type": "array", "items": DATE, "minItems": 1}, "seconds": {"type": "number"}},
}
"""Shape of replay.json."""


def tree(*, failed=(), days=DAYS, seen=(0.2, 2.0, 1.0), claims=CLAIMS):
    """Hindsight: as said on the first date, four times as much on the second."""
    n = len(days)
    bad = np.array([day in failed for day in days])
    posterior = amounts(days, FACTORS, 0.5, 1)
    posterior[bad] = np.nan
    groups = {"posterior": posterior, "hindsight": amounts(days, seen, 0.3, 2), "prior": amounts(days, FACTORS, 1.0, 3)}
    columns = {"converged": ~bad, "rhat_max": [1.001] * n, "ess_min": [900.0] * n, "divergences": [0] * n}
    columns |= {"claims": [1, 3, 3], "origins": [1, 3, 3], "digest": list("abc")}
    about = xr.Dataset(
        {name: ("date", np.asarray(values)) for name, values in columns.items()},
        coords={"date": list(days), "quantity": NAMES},
    ).assign(converged=("date", (~bad).astype(int)))
    for name, value in (("pass_through", 0.7), ("pass_through_mcse", 0.02)):
        about[name] = (("date", "quantity"), np.full((n, len(NAMES)), value))
    drawn = {name: xr.Dataset({"amount": values}) for name, values in groups.items()}
    made = xr.DataTree.from_dict({**drawn, "dates": about, "claims": known(days, claims)})
    made.attrs = {"case": "made-up", "scenario": "base", "digest": "0", "interval_mass": 0.9, "format": READS}
    made.attrs |= {f"sampling_{name}": 4 for name in ("draws", "tune", "chains", "seed", "cores")}
    made.attrs |= {"sampling_sampler": "nutpie", "sampling_adaptation": "low_rank"}
    made.attrs |= {f"version_{name}": "1.0" for name in ("truetoll", "pymc", "arviz", "nutpie", "numpy")}
    made.attrs |= {"kind": "replay", "compilations": 1, "seconds": 34.0}
    made.attrs["understood"] = keep(madeup.case(claims=claims))
    return made


def amounts(days, factors, sd, seed):
    rng = np.random.default_rng(seed)
    z = sd * rng.normal(size=(CHAINS, DRAWS, len(NAMES)))
    base = np.array([1000.0, 3000.0, 4000.0, 10_000.0]) * np.exp(z - np.median(z, axis=(0, 1)))
    values = np.stack([base * factor for factor in factors])
    coords = {"date": list(days), "quantity": NAMES}
    return xr.DataArray(values, dims=("date", "chain", "draw", "quantity"), coords=coords)


def known(days, claims):
    """``relay`` repeats ``early`` and is set aside."""
    weight = [[(c.id != "relay") if KNOWN.get(c.id, 9) <= i else np.nan for c in claims] for i in range(len(days))]
    return xr.Dataset(
        {
            "weight": (("date", "claim"), np.array(weight, dtype=float)),
            "known_on": ("claim", [c.reported.isoformat() for c in claims]),
        },
        coords={"date": list(days), "claim": [c.id for c in claims]},
    )
