"""Cost against the number of claims and of bins: time to read, to build tables, of a gradient; memory; entries.

    uv run python tests/benchmarks/bench_scale.py [--claims N ...] [--bins N ...]

Made-up cases of 1,500 days: two forces, killed, wounded and tanks, twenty sources. A third of the claims are figures of
running tallies, a third windows of three days to a quarter, the rest cumulative, half of these hedged. Each case is
measured in a process of its own, so that its peak memory is its own; times are of the processor, the best of several.
``entries`` are all cells that claims look at, ``dense`` what a matrix of claims by cells would take instead. Exponents
are fits of ``cost ~ size^b`` to the larger half of the sizes: 1 is linear.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

CLAIMS, BINS = (100, 1_000, 10_000, 100_000), (1, 12, 52, 365, 1_500)
USUAL_CLAIMS, USUAL_BINS = 1_000, 52
START, DAYS, SOURCES = date(2020, 1, 1), 1_500, 20
SERIES = tuple(f"{force}.{outcome}" for force in ("north", "south") for outcome in ("killed", "wounded", "tanks"))
RELATIONS = ("own_side", "adversary", "third_party_state", "analyst", "observer_ngo", "media")
HEDGES = ("more than", "at least", "up to")
FORCE = """
[forces.{name}]
victims = "military"
outcomes = ["killed", "wounded"]
total = {{ median = 50_000, low = 10_000, high = 250_000 }}
counts = {{ tanks = {{ median = 900, low = 100, high = 9_000 }} }}
"""
SOURCE = """
[sources.s{i}]
grade = "{grade}"
relations = {{ north = "{north}", south = "{south}" }}
"""


def day(n):
    return (START + timedelta(days=int(n))).isoformat()


def case_toml(n_bins):
    edges = np.unique(np.linspace(0, DAYS, n_bins + 1).round())
    assert len(edges) == n_bins + 1
    parts = [f'[case]\ntitle = "Made up"\nbins = [{", ".join(map(day, edges))}]\n']
    parts += [FORCE.format(name=name) for name in ("north", "south")]
    parts += [
        SOURCE.format(i=i, grade="ABCDEF"[i % 6], north=RELATIONS[i % 6], south=RELATIONS[(i + 1) % 6])
        for i in range(SOURCES)
    ]
    return "".join(parts)


def figure(rng, series, since, as_of):
    """What a source could say of a war that takes its toll evenly."""
    a_day = 0.6 if series.endswith("tanks") else 15.0
    return max(3, round(a_day * (as_of - since) * float(np.exp(0.03 * rng.normal()))))


def rows(n, rng):
    """Lines of claims.csv; the figures of tallies come first: ten at least in each, its days filled up evenly."""
    kinds = min(SOURCES * len(SERIES), max(1, n // 30))
    every = (DAYS - 60) // -(-n // (3 * kinds))
    for i in range(n):
        kind = i % kinds if 3 * i < n else i
        source, series = kind % SOURCES, SERIES[kind // SOURCES % len(SERIES)]
        bulletin, since, hedge = "", 0, ""
        if 3 * i < n:
            bulletin, as_of = f"daily{source}", 60 + i // kinds * every
        elif 3 * i < 2 * n:
            since = rng.integers(0, DAYS - 3)
            as_of = min(DAYS, since + round(float(np.exp(rng.uniform(1.1, 4.5)))))
        else:
            as_of, hedge = rng.integers(60, DAYS + 1), HEDGES[i % 3] if i % 2 else ""
        said = f"{hedge} {figure(rng, series, since, as_of):,}".strip()
        yield f'c{i},s{source},{series},"{said}",{day(since)},{day(as_of)},{bulletin},{1 + i % 6}'


def write(folder, n_claims, n_bins):
    rng = np.random.default_rng(1)
    (folder / "case.toml").write_text(case_toml(n_bins), encoding="utf-8")
    lines = "\n".join(rows(n_claims, rng))
    head = "id,source,losses,figure,since,as_of,bulletin,credibility"
    (folder / "claims.csv").write_text(f"{head}\n{lines}\n", encoding="utf-8")


def best(call, most=5, budget=4.0):
    """Smallest time of several, within a budget of seconds, and what the last call returned."""
    times = []
    while len(times) < most and sum(times) < budget:
        start = time.process_time()
        found = call()
        times.append(time.process_time() - start)
    return min(times), found


def megabytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(folder):
    """All numbers of one case, in this process."""
    from truetoll.claims.reading import read_case
    from truetoll.model.tables import build_tables
    from truetoll.sampling.engine import Engine

    empty = megabytes()
    reading, case = best(lambda: read_case(folder))
    building, tables = best(lambda: build_tables(case))
    engine = Engine(tables)
    setting, _ = best(lambda: engine.set(tables))
    points = np.random.default_rng(2).normal(size=(20, engine.dimension)) * 0.1
    assert all(np.isfinite(engine.logp(point)[0]) for point in points)
    gradient = min(best(lambda p=point: engine.logp(p), most=50, budget=0.3)[0] for point in points)
    n_cells = 2 * len(tables.coords["series"]) * len(tables.coords["bin"])
    return {
        "linked": len(tables.data["chain_phi"]),
        "free": engine.dimension,
        "reading": reading,
        "building": building,
        "setting": setting,
        "gradient": gradient,
        "memory": megabytes() - empty,
        "numbers": engine.packed.nbytes / 2**20,
        "entries": len(tables.data["entry_row"]),
        "dense": len(tables.data["row_share"]) * n_cells * 8 / 2**20,
    }


def measured(n_claims, n_bins):
    """The same, in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        write(Path(place), n_claims, n_bins)
        command = [sys.executable, __file__, "--measure", place]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{n_claims} claims, {n_bins} bins failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1]) | {"claims": n_claims, "bins": n_bins}


COLUMNS = {
    "claims": ("claims", "{:,}", 1),
    "bins": ("bins", "{:,}", 1),
    "linked": ("in tallies", "{:,}", 1),
    "free": ("free", "{:,}", 1),
    "reading": ("read s", "{:.3f}", 1),
    "building": ("tables s", "{:.3f}", 1),
    "setting": ("set ms", "{:.2f}", 1e3),
    "gradient": ("gradient us", "{:,.0f}", 1e6),
    "memory": ("peak MB", "{:,.0f}", 1),
    "numbers": ("numbers MB", "{:,.2f}", 1),
    "entries": ("entries", "{:,}", 1),
    "dense": ("dense MB", "{:,.1f}", 1),
}
COSTS = ("reading", "building", "setting", "gradient", "memory", "entries")


def table(found):
    print("".join(f"{title:>12}" for title, _, _ in COLUMNS.values()))
    for row in found:
        print("".join(f"{form.format(row[key] * times):>12}" for key, (_, form, times) in COLUMNS.items()))


def exponent(found, size, cost):
    """Slope of log cost over log size, by least squares, over the larger half of the sizes."""
    last = sorted(found, key=lambda row: row[size])[-max(2, (len(found) + 1) // 2) :]
    x, y = (np.log([max(row[key], 1e-9) for row in last]) for key in (size, cost))
    return float(np.polyfit(x, y, 1)[0])


def slopes(found, size):
    if len(found) > 1:
        told = ", ".join(f"{COLUMNS[cost][0].rsplit(' ', 1)[0]} {exponent(found, size, cost):.2f}" for cost in COSTS)
        print(f"exponents over {size}: {told}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, nargs="*", default=CLAIMS, help=f"with {USUAL_BINS} bins")
    parser.add_argument("--bins", type=int, nargs="*", default=BINS, help=f"with {USUAL_CLAIMS:,} claims")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure)))
        return
    for size, cases in (
        ("claims", [(n, USUAL_BINS) for n in given.claims]),
        ("bins", [(USUAL_CLAIMS, n) for n in given.bins]),
    ):
        found = [measured(*each) for each in cases]
        table(found)
        slopes(found, size)
    if len(given.claims) > 1 and len(given.bins) > 1:
        table([measured(max(given.claims), max(given.bins))])


if __name__ == "__main__":
    main()
