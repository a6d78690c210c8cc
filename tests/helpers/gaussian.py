"""A run whose posterior is normal, so that every answer about it has a closed form: losses and biases in logs."""

from dataclasses import dataclass, field

import madeup
import numpy as np
import xarray as xr

CHAINS, DRAWS = 4, 5000
CENTRE, WIDTH = np.log(1000.0), 0.8
"""Prior of the log of the losses."""
TAU = 0.4
"""Sd of the bias of each relation."""
RELATION = {"mod": "own_side", "enemy": "adversary", "ngo": "media"}
NOISE = 0.5
FORCE = {
    "name": "The North",
    "victims": "military",
    "outcomes": ("killed",),
    "total": {"median": 1000.0, "low": 268.0, "high": 3728.0},
}
KILLED = "north.killed"


@dataclass
class World:
    """Figures told, as (id, source, log figure, sd of its noise), and what they are told under.

    Parameters
    ----------
    told : list of (str, str, float, float)
    mean : dict of str to float
        Mean log bias by relation.
    power : dict of str to float
        Weight of a figure; 1 if not given.
    prior : float
        Weight of the prior of losses.
    """

    told: list
    mean: dict = field(default_factory=dict)
    power: dict = field(default_factory=dict)
    prior: float = 1.0

    @property
    def relations(self):
        return [r for s, r in RELATION.items() if s in {source for _, source, _, _ in self.told}]

    def row(self, source):
        """Slopes of what a source says in (z of the losses, z of each bias)."""
        return np.array([WIDTH, *(TAU * (RELATION[source] == r) for r in self.relations)])

    def said(self, source):
        return CENTRE + self.mean.get(RELATION[source], 0.0)

    def posterior(self):
        """Mean and covariance of the standard normals: least squares, with the prior as figures of its own."""
        precision = np.diag([self.prior, *[1.0] * len(self.relations)])
        pull = np.zeros(len(precision))
        for name, source, log, sd in self.told:
            h, w = self.row(source), self.power.get(name, 1.0) / sd**2
            precision = precision + w * np.outer(h, h)
            pull = pull + w * h * (log - self.said(source))
        covariance = np.linalg.inv(precision)
        return covariance @ pull, covariance

    def log_median(self):
        return CENTRE + WIDTH * self.posterior()[0][0]

    def tree(self, seed=1, **changes):
        """Independent draws of it, as a run keeps them."""
        rng = np.random.default_rng(seed)
        z = rng.multivariate_normal(*self.posterior(), size=(CHAINS, DRAWS))
        amount = np.exp(CENTRE + WIDTH * z[..., :1])
        log = [
            -0.5 * self.power.get(name, 1.0) * ((y - self.said(source) - z @ self.row(source)) / sd) ** 2
            for name, source, y, sd in self.told
        ]
        ids, draw = [name for name, *_ in self.told], ("chain", "draw")
        kin = [f"military:{r}" for r in self.relations]
        voices = [f"{s}:north" for s, r in RELATION.items() if r in self.relations]
        one = ((*draw, "quantity"), np.repeat(amount, 2, axis=-1))
        names = [KILLED, "north.casualties"]
        posterior = {
            "amount": one,
            "sound": ((*draw, "claim"), np.full((CHAINS, DRAWS, len(ids)), 0.95)),
            "z_losses": ((*draw, "parameter"), z[..., :1]),
            "z_bias": ((*draw, "bias_factor"), z[..., 1:]),
        } | changes
        before = np.exp(CENTRE + WIDTH * rng.normal(size=(1, CHAINS * DRAWS, 1)))
        constant = {
            "weight": ("claim", [self.power.get(name, 1.0) for name in ids]),
            "claim_source": ("claim", [source for _, source, _, _ in self.told]),
            "bias_mean": ("voice", [self.mean.get(r, 0.0) for r in self.relations]),
            "voice_kinship": ("voice", kin),
            "bias_lever": (("kinship", "bias_factor"), np.eye(len(kin)) / TAU),
        }
        coords = {"quantity": names, "claim": ids, "parameter": ["total[north]"]}
        groups = {
            "posterior": xr.Dataset(posterior, coords=coords),
            "prior": xr.Dataset({"amount": ((*draw, "quantity"), np.repeat(before, 2, axis=-1))}, {"quantity": names}),
            "log_likelihood": xr.Dataset({"claims": ((*draw, "claim"), np.stack(log, -1))}, {"claim": ids}),
            "constant_data": xr.Dataset(constant, coords={"claim": ids, "voice": voices, "kinship": kin}),
        }
        return xr.DataTree.from_dict(groups)

    def case(self):
        sources = {s: {"relations": {"north": r}} for s, r in RELATION.items()}
        claims = [madeup.claim(name, f"{np.exp(y):.0f}", KILLED, source=source) for name, source, y, _ in self.told]
        return madeup.case(force=FORCE, sources=sources, claims=claims)
