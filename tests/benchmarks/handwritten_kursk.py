"""The model of data/kursk-article, as one would write it by hand in PyMC for these six claims and no others.

What truetoll is measured against by bench_fit.py: the same priors, biases, slants, noise, soundness, shared errors,
bins and windows, with PyMC's own distributions and the defaults of ``pm.sample``. Prints one JSON document.
"""

import json
import math
import warnings

import arviz as az
import numpy as np
import pymc as pm
import pytensor.tensor as pt
from scipy.interpolate import BSpline

SEED = 1
Z95 = 1.6448536269514722
QUANTITIES = (
    *("dprk.killed", "dprk.wounded", "dprk.captured", "dprk.casualties", "dprk.strength"),
    *("russia_kursk.killed", "russia_kursk.wounded", "russia_kursk.casualties"),
)

# Pieces of a week and less between 15 Oct (day 0), 1 Dec (47), 15 Jan (92), 5 Feb (113) and 10 Feb (118).
EDGES = np.unique([*range(0, 118, 7), 47, 92, 113, 118])
DAYS = np.diff(EDGES)
MIDDLE = EDGES[:-1] + 0.5 * DAYS
# Activity by bin: a pause counts a thousandth.
ACTIVE = np.array([0.05, 1.0, 0.001, 1.0])[np.searchsorted([47, 92, 113], EDGES[:-1], "right")]
EXPOSURE = {"dprk": DAYS * ACTIVE, "russia": DAYS * 1.0}


def window(since, as_of):
    """Share of each piece in the window of a claim."""
    return np.clip(np.minimum(EDGES[1:], as_of) - np.maximum(EDGES[:-1], since), 0, None) / DAYS


TO_13_JAN, TO_15_JAN, TO_4_FEB, FEBRUARY = window(0, 90), window(0, 92), window(0, 112), window(113, 115)


def walked(knots, fast):
    """What each step of a walk adds in the middle of each piece: cubic splines, a variance a day `fast` at first."""
    first, last = knots[1] - knots[0], knots[-1] - knots[-2]
    around = np.concatenate([first * np.arange(-3, 0), knots, knots[-1] + last * np.arange(1, 4)])
    splines = BSpline.design_matrix(MIDDLE, around, 3).toarray()
    centre = np.array([around[j + 1 : j + 4].mean() for j in range(splines.shape[1])])
    spent = fast * np.minimum(centre, 28) + np.maximum(centre - 28, 0) / 28
    return np.cumsum(splines[:, ::-1], axis=1)[:, ::-1][:, 1:] * np.sqrt(np.diff(spent))


# Four even steps, the first halved, and three times as far in each of the first two fortnights.
CURVE = walked(np.array([0, 14.75, 29.5, 59, 88.5, 118]), 3.0**2 / 14)
DRIFT = walked(118 / 3 * np.arange(4), 1 / 28)
DRIFT = DRIFT - DAYS @ DRIFT / 118


def stated(name, median, low, high, log=math.log):
    """Prior by median and 90 % interval, lopsided on the log (or logit) scale."""
    z = pm.Normal(name, 0, 1)
    at, below, above = log(median), (log(median) - log(low)) / Z95, (log(high) - log(median)) / Z95
    return at + z * pt.where(z < 0, below, above)


def logit(p):
    return math.log(p / (1 - p))


def profile(name):
    scale = 0.3 * pt.exp(0.5 * pm.Normal(f"walk_{name}", 0, 1))
    raw = EXPOSURE[name] * pt.exp(scale * pt.dot(CURVE, pm.Normal(f"profile_{name}", 0, 1, shape=CURVE.shape[1])))
    return raw / raw.sum()


def drifting(name, shares):
    """Shares of outcomes, by piece; about those that are stated for the whole time."""
    bent = {
        q: share * pt.exp(0.1 * pt.dot(DRIFT, pm.Normal(f"split_{name}_{q}", 0, 1, shape=DRIFT.shape[1])))
        for q, share in shares.items()
    }
    whole = sum(bent.values())
    return {q: each / whole for q, each in bent.items()}


def cell(dist, low, high):
    """Log mass of a cell."""
    return pm.math.logdiffexp(pm.logcdf(dist, math.log(high)), pm.logcdf(dist, math.log(low)))


def interval(low, high):
    return lambda m, s: cell(pm.Normal.dist(m, s), low, high)


def up_to(low, high, h):
    return lambda m, s: cell(pm.ExGaussian.dist(mu=m, sigma=s, nu=h), low, high)


def claim(name, form, readings, s, sound):
    """Mixture over readings (probability, mean) and soundness."""
    parts = [
        math.log(p) + math.log(q) + form(m, sd)
        for p, m in readings
        for q, sd in ((sound, s), (1 - sound, pt.sqrt(s**2 + 1.5**2)))
    ]
    pm.Potential(name, pm.math.logsumexp(pt.stack(parts)))


def losses():
    """Losses by bin of both forces, and the strength of one."""
    strength = pt.exp(stated("strength", 10_000, 5_000, 20_000))
    hazard = pt.softplus(stated("rate", 0.25, 0.05, 0.60, logit)) * profile("dprk")
    lost = strength * pt.exp(hazard - pt.cumsum(hazard)) * (1 - pt.exp(-hazard))
    captured = pm.math.invlogit(stated("captured", 0.002, 0.0003, 0.01, logit))
    ratio = pt.exp(stated("ratio_dprk", 2.5, 1.1, 5.5))
    killed, wounded = (1 - captured) / (1 + ratio), (1 - captured) * ratio / (1 + ratio)
    shares = drifting("dprk", {"killed": killed, "wounded": wounded, "captured": captured})
    dprk = {q: lost * share for q, share in shares.items()}
    total = pt.exp(stated("total", 10_000, 3_000, 35_000)) * profile("russia")
    ratio = pt.exp(stated("ratio_russia", 3.0, 1.4, 6.3))
    shares = drifting("russia", {"killed": 1 / (1 + ratio), "wounded": ratio / (1 + ratio)})
    return strength, dprk, {q: total * share for q, share in shares.items()}


def biases():
    """Bias of each voice: what all share, what a relation shares, its own; then its slants."""
    everyone, adversary = pm.Normal("everyone", 0, 0.15), pm.Normal("adversary", 0, 0.15)
    third, ally, analyst = (pm.Normal(name, 0, 0.15) for name in ("third_party", "ally_of_adversary", "analyst"))

    def slanted(name, mean, shared, tau, outcomes):
        bias = mean + everyone + shared + pm.Normal(f"bias_{name}", 0, tau)
        return {q: bias + pm.Normal(f"slant_{name}_{q}", 0, 0.3) for q in outcomes}

    return {
        "nis": slanted("nis", 0.15, third, 0.40, ("killed", "wounded")),
        "west": slanted("west", 0.21, ally, 0.45, ("killed",)),
        "jones": slanted("jones", 0.15, analyst, 0.50, ("killed", "wounded", "captured")),
        "zelensky": slanted("zelensky", 0.88, adversary, 0.45, ("killed", "wounded", "captured")),
        "zelensky_russia": slanted("zelensky_russia", 0.88, adversary, 0.45, ("killed", "wounded")),
    }


def said(table, window, bias, outcomes):
    """What a source would say of some outcomes in a window, distorted cell by cell."""
    return sum((table[q] * window).sum() * pt.exp(bias[q]) for q in outcomes)


def build():
    with pm.Model() as model:
        strength, dprk, russia = losses()
        bias = biases()
        on_strength = {name: pm.Normal(f"strength_{name}", 0, 0.15) for name in ("nis", "jones")}
        grades = {"nis": 0.2, "west": 0.4, "jones": 0.3, "zelensky": 0.3}
        sigma = {name: pm.LogNormal(f"sigma_{name}", math.log(s), 0.3) for name, s in grades.items()}
        january, western = pm.Normal("origin_nis", 0, 1), pm.Normal("origin_west", 0, 1)
        shared, own = math.sqrt(0.6), math.sqrt(0.4)

        sent = pt.log(strength) + on_strength["nis"]
        claim("nis_sent", interval(10_000, 12_000), [(1, sent)], sigma["nis"], 0.97)
        for outcome, low, high in (("killed", 200, 400), ("wounded", 2_600, 2_800)):
            m = pt.log(said(dprk, TO_13_JAN, bias["nis"], [outcome])) + shared * sigma["nis"] * january
            claim(f"nis_{outcome}", interval(low, high), [(1, m)], own * sigma["nis"], 0.93)
        m = pt.log(said(dprk, TO_15_JAN, bias["west"], ["killed"])) + shared * sigma["west"] * western
        claim("west_killed", up_to(750, 1_250, 0.3), [(1, m)], own * sigma["west"], 0.8)
        m = pt.log(said(dprk, TO_4_FEB, bias["jones"], dprk)) - pt.log(strength) - on_strength["jones"]
        claim("jones", interval(0.3, 0.5), [(1, m + shared * sigma["jones"] * western)], own * sigma["jones"], 0.93)
        readings = [
            said(dprk, FEBRUARY, bias["zelensky"], d) + said(russia, FEBRUARY, bias["zelensky_russia"], r)
            for d, r in ((["killed"], ["killed"]), (dprk, russia))
        ]
        claim("zelensky", interval(100, 1_000), [(0.5, pt.log(y)) for y in readings], sigma["zelensky"], 0.93)
        report(strength, dprk, russia)
    return model


def report(strength, dprk, russia):
    sums = [each.sum() for each in dprk.values()], [each.sum() for each in russia.values()]
    values = [*sums[0], sum(sums[0]), strength, *sums[1], sum(sums[1])]
    pm.Deterministic("amount", pt.stack(values))


def main():
    warnings.simplefilter("ignore")
    with build():
        trace = pm.sample(random_seed=SEED, progressbar=False)
    amount = trace["posterior"]["amount"]
    table = {
        "median": amount.median(("chain", "draw")),
        "mcse": az.mcse(amount, method="median"),
        "bulk": az.ess(amount, method="bulk"),
        "tail": az.ess(amount, method="tail", prob=(0.05, 0.95)),
    }
    found = {key: dict(zip(QUANTITIES, values.to_numpy().tolist(), strict=True)) for key, values in table.items()}
    print(json.dumps(found | {"divergences": int(trace["sample_stats"]["diverging"].sum())}))


if __name__ == "__main__":
    main()
