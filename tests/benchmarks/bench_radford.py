"""Radford and others' claims about the first year of the war in Ukraine, fitted here, beside what they published.

    uv run python tests/benchmarks/bench_radford.py FILE [--bins week|day] [--theirs] [--draws N] [--tune N]

FILE is their replication data (doi:10.1073/pnas.2307372120), which is not part of this project. Twice: with this
package's assumptions, and (``--theirs``) with theirs as far as they can be had here: no bias expected of anybody, no
errors in common, no slips (claims of a second, much noisier kind), every claim a look of its own, and deaths, injuries
and casualties that need not add up; of a running tally the last figure of each week, since daily ones as looks of their
own leave its source an error of 1 %.
Prints convergence, time, memory, and the totals of 23 February 2023 with theirs and with the estimate from registers of
Russian deaths at 26 February 2023 (without the units of Donetsk and Luhansk).
"""

import argparse
import re
import resource
import tempfile
import time
from bisect import bisect_left
from dataclasses import replace
from pathlib import Path

import numpy as np
from arviz_stats.base import array_stats

from truetoll.claims.reading import read_case
from truetoll.importers.drafts import write_case
from truetoll.importers.radford import read_radford
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Engine
from truetoll.sampling.results import quantities
from truetoll.sampling.samplers import Settings

PUBLISHED = {
    "russia.killed": (76_687, 38_670, 139_772),
    "russia.wounded": (148_608, 45_749, 365_649),
    "russia.casualties": (218_800, 108_432, 397_361),
    "ukraine.killed": (17_223, 6_219, 39_105),
    "ukraine.casualties": (75_538, 19_994, 176_612),
}
"""Mean and 95 % interval at 23 February 2023 (Radford and others 2023)."""
REGISTER = (29_729, 24_236, 35_222)
"""Russian deaths at 26 February 2023, estimated later from inheritance registers and named dead."""


def with_their_assumptions(folder):
    """Rewrite a case: nobody expected to exaggerate, nothing in common, no identity between killed and wounded."""
    toml, table = (folder / "case.toml").read_text("utf-8"), (folder / "claims.csv").read_text("utf-8")
    for name in ("killed", "wounded", "casualties"):
        table = re.sub(rf"(russia|ukraine|ukraine_civilians)\.{name}\b", rf"\1.all_{name}", table)
    counted = {"killed": 40_000, "wounded": 60_000, "casualties": 100_000}
    for force in ("russia", "ukraine", "ukraine_civilians"):
        counts_toml = "".join(
            f"[forces.{force}.counts.all_{name}]\nmedian = {m + 1}\nlow = {m // 20 + 1}\nhigh = {20 * m + 1}\n"
            for name, m in counted.items()
        )
        toml = re.sub(r"(?m)^\[sources\.", lambda found, counts=counts_toml: counts + found.group(), toml, count=1)
    flat = (
        "".join(f"shared.{v} = {{ kappa0 = 0.0, kappa = 0.0 }}\n" for v in ("military", "civilian"))
        + "origin.rho = 0.0\nsoundness.credibility = { 6 = 1.0 }\n"
    )
    relations = (
        "own_side ally adversary ally_of_adversary third_party_state analyst observer_ngo international_org media"
    )
    flat += "".join(
        f"bias.{v}.{r} = {{ mu = 0.0, tau = 0.5 }}\n" for v in ("military", "civilian") for r in relations.split()
    )
    (folder / "case.toml").write_text(re.sub(r"(?m)^\[assumptions\]\n", "", toml) + f"\n[assumptions]\n{flat}", "utf-8")
    (folder / "claims.csv").write_text(table, "utf-8")
    case = read_case(folder)
    used = [claim for claim in case.claims if claim.weight > 0]
    last = {(c.bulletin, c.source, c.readings, bisect_left(case.bins, c.as_of)): c.id for c in used if c.bulletin}
    kept = [claim for claim in used if not claim.bulletin or claim.id in last.values()]
    return replace(case, claims=tuple(replace(claim, origin=claim.id, bulletin="") for claim in kept))


def mixing(x):
    """R-hat and bulk ESS of log amounts of shape (chain, draw)."""
    return tuple(float(ask(np.log(x), chain_axis=0, draw_axis=1)) for ask in (array_stats.rhat, array_stats.ess))


def fitted(case, settings):
    tables = build_tables(case)
    engine = Engine(tables)
    start = time.perf_counter()
    draws = engine.sample(settings)
    seconds = time.perf_counter() - start
    all_of_them = quantities(tables, engine.outputs(draws))
    amounts = {name: all_of_them[..., i] for i, name in enumerate(tables.coords["quantity"])}
    mixed = {name: mixing(x) for name, x in amounts.items()}
    rhat = max(rhat for rhat, _ in mixed.values())
    worst = min(mixed, key=lambda name: mixed[name][1])
    print(f"{len(case.claims)} claims, {len(tables.coords['bin'])} bins, {engine.dimension} free scalars, {settings}")
    print(f"sampling {seconds:.0f} s, R-hat {rhat:.3f}, least ESS {mixed[worst][1]:.0f} ({worst}),", end=" ")
    print(
        f"{int(draws.stats['diverging'].sum())} divergences, {draws.stats['n_steps'].mean():.0f} steps a draw,", end=" "
    )
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
    return amounts, mixed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--bins", default="week")
    parser.add_argument("--theirs", action="store_true")
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--tune", type=int, default=300)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "case"
        folder.mkdir()
        write_case(read_radford(given.file, bins=given.bins), folder)
        case = with_their_assumptions(folder) if given.theirs else read_case(folder)
        amounts, mixed = fitted(case, Settings(draws=given.draws, tune=given.tune))
    print(f"{'':20}{'here: mean [95 %]':>34}{'R-hat':>8}{'ESS':>6}{'published':>34}")
    for name, (mean, low, high) in PUBLISHED.items():
        key = name.replace(".", ".all_") if given.theirs else name
        x, (rhat, ess) = amounts[key], mixed[key]
        a, b = np.quantile(x, [0.025, 0.975])
        here = f"{name:20}{x.mean():12,.0f} [{a:,.0f} to {b:,.0f}]".ljust(54)
        print(f"{here}{rhat:8.3f}{ess:6.0f}  {mean:,} [{low:,} to {high:,}]")
    below = np.mean(amounts["russia.all_killed" if given.theirs else "russia.killed"] < REGISTER[0])
    low, high = REGISTER[1:]
    print(f"register-based {REGISTER[0]:,} [{low:,} to {high:,}]: at the {below:.0%} point of russia.killed")


if __name__ == "__main__":
    main()
