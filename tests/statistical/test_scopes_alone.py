"""Forces stated relative to another: what is known of one tells of the other, as by quadrature."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from cases import SCOPES, SCOPES_CLAIMS, make_case
from reference import Reference, labelled
from scipy import special, stats

from truetoll.claims.reading import read_case
from truetoll.model.implied import implied
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.studies import summarise
from truetoll.studies.fit.ask import fit

NOISE = 0.3
BIAS = {"direct": 0.4, "indirect": -0.3}
Z95 = stats.norm.ppf(0.95)
TOML = f"""
[case]
title = "Direct and indirect"
bins = [2024-01-01, 2024-03-01, 2024-07-01]
[forces.indirect]
victims = "civilian"
outcomes = ["killed"]
ratio = {{ to = "direct", median = 0.25, low = 0.1, high = 1.2 }}
[forces.direct]
victims = "civilian"
outcomes = ["killed"]
SIZE
[totals]
all = "direct + indirect"
[sources.staff]
grade = "C"
relations = {{ direct = "adversary", indirect = "own_side" }}
bias.direct = {{ mu = {BIAS["direct"]}, mu_sd = 0, tau = 0, shared = 0, slant = 0 }}
bias.indirect = {{ mu = {BIAS["indirect"]}, mu_sd = 0, tau = 0, shared = 0, slant = 0 }}
[assumptions]
noise = {{ log_sd = 0.0, grade.C = {NOISE} }}
disagreement.log_sd = 0.0
soundness.credibility = {{ 1 = 1.0 }}
"""
TOTAL = "total = { median = 1_000, low = 100, high = 10_000 }"
SENT = "strength = { median = 5_000, low = 2_000, high = 12_000 }\nrate = { median = 0.2, low = 0.05, high = 0.6 }"
WINDOW = "2024-01-01; 2024-07-01; ; 1"


def test_the_density_is_that_of_the_description(tmp_path):
    """A chain of ratios that ends at a force with contingents, and one that ends at a total."""
    case = make_case(tmp_path, SCOPES, SCOPES_CLAIMS)
    tables = build_tables(case)
    engine, rng = Engine(tables), np.random.default_rng(4)
    for scale in np.geomspace(0.1, 3.0, 12):
        flat = scale * rng.normal(size=engine.dimension)
        z = engine.unflatten(flat)
        z["z_noise"][-1] *= 0.15
        z["z_stray"][:] *= 0.15
        expected = Reference(case, labelled(tables.coords, engine.dims, z)).log_posterior()
        assert engine.logp(flat)[0] == pytest.approx(expected, rel=1e-9, abs=1e-8)


def lopsided(u, median, low, high, g=np.log):
    """Quantiles of a prior as it is stated, at levels u."""
    z = stats.norm.ppf(u)
    return g(median) + z * np.where(z < 0, g(median) - g(low), g(high) - g(median)) / Z95


def exactly(size, all_said=None, indirect_said=None):
    """(direct, indirect, weight): priors by equal parts of their probability, weighed by what was said."""
    n = 160
    u = (np.arange(n) + 0.5) / n
    ratio = lopsided(u, 0.25, 0.1, 1.2)
    if size == TOTAL:
        direct = lopsided(u, 1_000, 100, 10_000)
    else:
        strength, rate = lopsided(u, 5_000, 2_000, 12_000), lopsided(u, 0.2, 0.05, 0.6, special.logit)
        direct = (strength[:, None] + np.log(special.expit(rate))).ravel()
    direct, ratio = (each.ravel() for each in np.meshgrid(direct, ratio, indexing="ij"))
    indirect, log = direct + ratio, np.zeros(len(direct))
    seen = direct + BIAS["direct"], indirect + BIAS["indirect"]
    for said, mean in ((all_said, np.logaddexp(*seen)), (indirect_said, seen[1])):
        if said:
            low, high = ((math.log(x) - mean) / NOISE for x in said)
            log += np.log(np.maximum(stats.norm.cdf(high) - stats.norm.cdf(low), 1e-300))
    weight = np.exp(log - log.max())
    return np.exp(direct), np.exp(indirect), weight / weight.sum()


def quantiles(values, weight):
    order = np.argsort(values)
    return np.interp((0.05, 0.5, 0.95), np.cumsum(weight[order]), values[order])


CLAIMS = {"all": "all.killed; 2,000-2,400", "indirect": "indirect.killed; 900-1,000"}
ASKED = [(TOTAL, ("all",)), (TOTAL, ("indirect",)), (SENT, ("all", "indirect"))]


@pytest.mark.parametrize(("size", "claims"), ASKED, ids=["total, all", "total, indirect", "strength, both"])
def test_a_claim_on_one_scope_informs_the_others_as_quadrature_says(tmp_path, size, claims):
    said = [f"{name}; staff; {CLAIMS[name]}; {WINDOW}" for name in claims]
    case = make_case(tmp_path, TOML.replace("SIZE", size), said)
    tree = fit(case, draws=1500, tune=500, seed=4)
    assert tree.attrs["rhat_max"] < 1.01
    assert tree.attrs["divergences"] == 0
    cells = {"all_said": (2_000, 2_400) if "all" in claims else None}
    cells["indirect_said"] = (900, 1_000) if "indirect" in claims else None
    for group, given in (("prior", {}), ("posterior", cells)):
        direct, indirect, weight = exactly(size, **given)
        for name, values in (("direct", direct), ("indirect", indirect), ("all", direct + indirect)):
            drawn = np.quantile(tree[group]["amount"].sel(quantity=f"{name}.killed"), (0.05, 0.5, 0.95))
            assert np.log(drawn) == pytest.approx(np.log(quantiles(values, weight)), abs=0.12), (group, name)
    found = {row.name: row for row in implied(case)[0]}
    low, median, high = quantiles(exactly(size)[1], exactly(size)[2])
    told = found["indirect.killed"]
    assert (told.median, *told.interval) == pytest.approx((median, low, high), rel=0.08)


def test_it_is_the_prior_of_a_ratio(tmp_path):
    """Nothing is said of the second: what it loses is so many times what the first does, as stated."""
    case = make_case(tmp_path, TOML.replace("SIZE", TOTAL), [f"d; staff; direct.killed; 5,000; {WINDOW}"])
    tree = fit(case, draws=1000, tune=500, seed=4)
    amount = tree["posterior"]["amount"]
    ratio = (amount.sel(quantity="indirect.killed") / amount.sel(quantity="direct.killed")).to_numpy()
    assert np.log(np.quantile(ratio, (0.05, 0.5, 0.95))) == pytest.approx(np.log((0.1, 0.25, 1.2)), abs=0.12)
    names = [str(name) for name in tree["posterior"]["parameter"].to_numpy()]
    assert names == ["ratio[indirect]", "total[direct]"]
    (why,) = [each for each in summarise(tree).why if each.quantity == "indirect.killed"]
    assert why.told == ()
    assert [pull.key for pull in why.pulls] == ["staff"]


def test_the_example_of_scopes_in_the_guide_says_what_it_promises(tmp_path):
    """Nobody speaks of the indirect deaths alone; figures of the direct and of all narrow them all the same."""
    guide = (Path(__file__).parents[2] / "notebooks" / "case.md").read_text(encoding="utf-8")
    for name, language in (("case.toml", "toml"), ("claims.csv", "csv")):
        *_, last = re.findall(rf"```{language}\n(.*?)```", guide, flags=re.DOTALL)
        (tmp_path / name).write_text(last, encoding="utf-8")
    tree = fit(read_case(tmp_path), draws=1000, tune=500, seed=4)
    before, after = (np.log(tree[g]["amount"].sel(quantity="indirect.killed")) for g in ("prior", "posterior"))
    assert float(after.std()) < 0.7 * float(before.std())
    loss = tree["posterior"]["loss"].sel(force="direct", outcome="killed")
    assert float(np.median(loss.isel(bin=1) / loss.isel(bin=0))) > 1.3  # 1 before
