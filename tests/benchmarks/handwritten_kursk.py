"""The model of data/kursk-article, as one would write it by hand in PyMC for these six claims and no others.

What truetoll is measured against by bench_fit.py: the same priors, biases, slants, noise, soundness, shared errors,
bins and windows, with PyMC's own distributions and the defaults of ``pm.sample``. What is assumed of sources is read
from the tables that the package ships, so that both sample one posterior. Prints one JSON document.
"""

import json
import math
import tomllib
import warnings
from importlib.resources import files

import arviz as az
import numpy as np
import pymc as pm
import pytensor.tensor as pt

SEED = 1
SHIPPED = files("truetoll.claims")
JUDGED, LEARNED = (
    tomllib.loads(SHIPPED.joinpath(name).read_text(encoding="utf-8")) for name in ("reliability.toml", "estimated.toml")
)
ROWS, COMMON = LEARNED["bias"]["military"], LEARNED["shared"]["military"]
SOUND = {int(k): p for k, p in JUDGED["soundness"]["credibility"].items()}
UNSOUND_SD, OWN = LEARNED["soundness"]["unsound_sd"], JUDGED["soundness"]["own"]
RHO, HEDGE, FAMOUS = JUDGED["origin"]["rho"], LEARNED["hedge"]["up_to"], LEARNED["frame"]
Z95 = 1.6448536269514722
QUANTITIES = (
    *("dprk.killed", "dprk.wounded", "dprk.captured", "dprk.casualties", "dprk.strength"),
    *("russia_kursk.killed", "russia_kursk.wounded", "russia_kursk.casualties"),
)

# Days between 15 Oct, 1 Dec, 15 Jan, 5 Feb and 10 Feb, times activity (a pause counts a thousandth).
EXPOSURE = {"dprk": np.array([47 * 0.05, 45, 21 * 0.001, 5]), "russia": np.array([47.0, 45, 21, 5])}
# Losses a day stray by averages over the bins of a path with covariance -log|s - t| / (2 log 2), up to a constant
# that shares do not know.
EDGES = np.array([0.0, 47, 92, 113, 118])
TWICE = (APART := np.abs(EDGES[:, None] - EDGES)) ** 2 * (0.5 * np.log(np.maximum(APART, 1e-9)) - 0.75)
MEAN_LOG = np.diff(np.diff(TWICE, axis=0), axis=1) / -np.outer(np.diff(EDGES), np.diff(EDGES))
STRAY = np.linalg.cholesky(10.0 - MEAN_LOG / (2 * math.log(2)))
# Share of each bin's exposure in the window of a claim.
TO_13_JAN = np.array([1, 43 / 45, 0, 0])
TO_15_JAN = np.array([1.0, 1, 0, 0])
TO_4_FEB = np.array([1, 1, 20 / 21, 0])
FEBRUARY = np.array([0, 0, 0, 2 / 5])


def stated(name, median, low, high, log=math.log):
    """Prior by median and 90 % interval, lopsided on the log (or logit) scale."""
    z = pm.Normal(name, 0, 1)
    at, below, above = log(median), (log(median) - log(low)) / Z95, (log(high) - log(median)) / Z95
    return at + z * pt.where(z < 0, below, above)


def logit(p):
    return math.log(p / (1 - p))


def profile(name):
    sd = pm.LogNormal(f"stray_{name}", math.log(JUDGED["profile"]["sd"]), JUDGED["profile"]["log_sd"])
    raw = EXPOSURE[name] * pt.exp(sd * (STRAY @ pm.Normal(f"profile_{name}", 0, 1, shape=4)))
    return raw / raw.sum()


def cell(dist, low, high):
    """Log mass of a cell."""
    return pm.math.logdiffexp(pm.logcdf(dist, math.log(high)), pm.logcdf(dist, math.log(low)))


def interval(low, high):
    return lambda m, s: cell(pm.Normal.dist(m, s), low, high)


def up_to(low, high, h):
    return lambda m, s: cell(pm.ExGaussian.dist(mu=m, sigma=s, nu=h), low, high)


def alone(name, form, readings, s, sound):
    """Figure alone in its report: a mixture over readings (probability, mean) and soundness."""
    parts = [
        math.log(p) + math.log(q) + form(m, sd)
        for p, m in readings
        for q, sd in ((sound, s), (1 - sound, pt.sqrt(s**2 + UNSOUND_SD**2)))
    ]
    pm.Potential(name, pm.math.logsumexp(pt.stack(parts)))


def together(name, figures):
    """Figures (form, mean, sigma, sound) of one report: one error in all, larger where the report is not sound."""
    whole = max(sound for *_, sound in figures) ** (1 - OWN)
    usual = math.sqrt(RHO) * figures[0][2]
    sds = pt.stack([usual, pt.sqrt(usual**2 + UNSOUND_SD**2)])
    error = pm.NormalMixture(f"error_{name}", w=[whole, 1 - whole], mu=0, sigma=sds)
    for k, (form, m, sigma, sound) in enumerate(figures):
        alone(f"{name}_{k}", form, [(1, m + error)], math.sqrt(1 - RHO) * sigma, sound / whole)


def losses():
    """Losses by bin of both forces, and the strength of one."""
    strength = pt.exp(stated("strength", 10_000, 5_000, 20_000))
    hazard = pt.softplus(stated("rate", 0.25, 0.05, 0.60, logit)) * profile("dprk")
    lost = strength * pt.exp(hazard - pt.cumsum(hazard)) * (1 - pt.exp(-hazard))
    captured = pm.math.invlogit(stated("captured", 0.002, 0.0003, 0.01, logit))
    ratio = pt.exp(stated("ratio_dprk", 2.5, 1.1, 5.5))
    dprk = {
        "killed": lost * (1 - captured) / (1 + ratio),
        "wounded": lost * (1 - captured) * ratio / (1 + ratio),
        "captured": lost * captured,
    }
    total = pt.exp(stated("total", 14_000, 4_000, 50_000)) * profile("russia")
    ratio = pt.exp(stated("ratio_russia", 3.0, 1.4, 6.3))
    return strength, dprk, {"killed": total / (1 + ratio), "wounded": total * ratio / (1 + ratio)}


def biases(scale):
    """Bias of each voice: its mean, and times the scale of the case what all share, a relation, its own, and slants."""
    everyone = pm.Normal("everyone", 0, COMMON["kappa0"] * FAMOUS["kappa0"])
    relations = ("third_party_state", "ally_of_adversary", "analyst", "adversary")
    shared = {r: pm.Normal(r, 0, COMMON["kappa"]) + pm.Normal(f"mean_{r}", 0, ROWS[r]["mu_sd"]) for r in relations}

    def slanted(name, relation, outcomes):
        bias = everyone + shared[relation] + pm.Normal(f"bias_{name}", 0, ROWS[relation]["tau"] * FAMOUS["tau"])
        slants = {q: pm.Normal(f"slant_{name}_{q}", 0, JUDGED["slant"]["sd"]) for q in outcomes}
        return {q: ROWS[relation]["mu"] + scale * (bias + slant) for q, slant in slants.items()}

    return {
        "nis": slanted("nis", "third_party_state", ("killed", "wounded")),
        "west": slanted("west", "ally_of_adversary", ("killed",)),
        "jones": slanted("jones", "analyst", ("killed", "wounded", "captured")),
        "zelensky": slanted("zelensky", "adversary", ("killed", "wounded", "captured")),
        "zelensky_russia": slanted("zelensky_russia", "adversary", ("killed", "wounded")),
    }


def said(table, window, bias, outcomes):
    """What a source would say of some outcomes in a window, distorted cell by cell."""
    return sum((table[q] * window).sum() * pt.exp(bias[q]) for q in outcomes)


def build():
    with pm.Model() as model:
        strength, dprk, russia = losses()
        scale = pm.LogNormal("scale", 0, LEARNED["disagreement"]["log_sd"])
        bias = biases(scale)
        strengths = {name: pm.Normal(f"strength_{name}", 0, JUDGED["strength"]["sd"]) for name in ("nis", "jones")}
        on_strength = {name: scale * each for name, each in strengths.items()}
        usual, spread = LEARNED["noise"]["access"]["remote"] * FAMOUS["noise"], JUDGED["noise"]["log_sd"]
        sigma = {
            name: scale * pm.LogNormal(f"sigma_{name}", math.log(usual), spread)
            for name in ("nis", "west", "jones", "zelensky")
        }

        alone(
            "nis_sent", interval(10_000, 12_000), [(1, pt.log(strength) + on_strength["nis"])], sigma["nis"], SOUND[2]
        )
        january = [
            (interval(low, high), pt.log(said(dprk, TO_13_JAN, bias["nis"], [outcome])), sigma["nis"], SOUND[3])
            for outcome, low, high in (("killed", 200, 400), ("wounded", 2_600, 2_800))
        ]
        together("nis", january)
        killed = pt.log(said(dprk, TO_15_JAN, bias["west"], ["killed"]))
        share = pt.log(said(dprk, TO_4_FEB, bias["jones"], dprk)) - pt.log(strength) - on_strength["jones"]
        western = [
            (up_to(750, 1_250, HEDGE), killed, sigma["west"], SOUND[4]),
            (interval(0.3, 0.5), share, sigma["jones"], SOUND[3]),
        ]
        together("west", western)
        readings = [
            said(dprk, FEBRUARY, bias["zelensky"], d) + said(russia, FEBRUARY, bias["zelensky_russia"], r)
            for d, r in ((["killed"], ["killed"]), (dprk, russia))
        ]
        alone("zelensky", interval(100, 1_000), [(0.5, pt.log(y)) for y in readings], sigma["zelensky"], SOUND[3])
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
