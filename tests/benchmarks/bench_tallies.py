"""Real daily tallies, fitted whole: processor time, steps, convergence, and losses by month.

    uv run python tests/benchmarks/bench_tallies.py [--ukraine FILE] [--gaza FILE] [--bins month|week] [--every N]

FILE are public tallies as they are published, no part of this project: what the Ukrainian General Staff says of Russian
losses (``[{"date": ..., "personnel": ...}, ...]``, here to 30 June 2025), and what the Gaza ministry says
of killed and wounded (Tech for Palestine's ``casualties_daily.json``, here to 10 October 2025). ``--every 7`` keeps one
day in seven. Seconds are of the processor, compilation left out. ``--save FILE`` keeps the medians by month, and
``--against FILE`` compares with them.
"""

import argparse
import json
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from truetoll.claims.reading import read_case
from truetoll.model.tables import build_tables
from truetoll.sampling.continuing import continued
from truetoll.sampling.engine import Engine
from truetoll.sampling.results import result_tree
from truetoll.sampling.samplers import Settings

UKRAINE = """
[forces.russia]
victims = "military"
outcomes = ["killed", "wounded"]
total = { median = 600_000, low = 150_000, high = 2_400_000 }
[sources.ministry]
grade = "D"
relations = { russia = "adversary" }
"""
GAZA = """
[forces.gaza]
victims = "civilian"
outcomes = ["killed", "wounded"]
total = { median = 200_000, low = 50_000, high = 800_000 }
[sources.ministry]
grade = "C"
relations = { gaza = "own_side" }
"""


def ukraine(file):
    start = date(2022, 2, 23)
    for row in json.loads(file.read_text("utf-8")):
        if row["date"] <= "2025-06-30":
            yield "russia.casualties", row["personnel"], start, date.fromisoformat(row["date"])


def gaza(file):
    start = date(2023, 10, 6)
    for row in json.loads(file.read_text("utf-8")):
        for key, outcome in (("killed_cum", "killed"), ("injured_cum", "wounded")):
            if row["report_date"] <= "2025-10-10" and row.get(key):
                yield f"gaza.{outcome}", row[key], start, date.fromisoformat(row["report_date"])


def edges(start, end, bins):
    day, found = start, [start]
    while day < end:
        following = (
            day + timedelta(days=7) if bins == "week" else (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        )
        day = min(following, end)
        found.append(day)
    return found


def write(folder, toml, figures, bins):
    start, end = figures[0][2], max(figure[3] for figure in figures)
    days = ", ".join(map(str, edges(start, end, bins)))
    (folder / "case.toml").write_text(f'[case]\ntitle = "A tally"\nbins = [{days}]\n{toml}', "utf-8")
    rows = (f'c{i},ministry,{q},"{n:,}",{since},{day},daily,2\n' for i, (q, n, since, day) in enumerate(figures))
    (folder / "claims.csv").write_text(
        "id,source,losses,figure,since,as_of,bulletin,credibility\n" + "".join(rows), "utf-8"
    )


def fitted(case):
    """Sample as `truetoll.fit` does; print what it cost, and return losses by bin, shape (draw, bin)."""
    tables = build_tables(case)
    engine = Engine(tables)
    points = np.random.default_rng(1).normal(size=(200, engine.dimension)) * 0.1
    began = time.process_time()
    for point in points:
        engine.logp(point)
    gradient = (time.process_time() - began) / len(points)
    began, wall, steps = time.process_time(), time.perf_counter(), 0
    for run, draws in enumerate(continued(engine, tables, Settings(), runs=(1, 1, 2)), 1):
        seconds, told = time.process_time() - began, result_tree(case, tables, engine, draws, Settings()).attrs
        steps = draws.stats["n_steps"].mean()
        print(
            f"run {run}: {seconds:.0f} s of the processor, {time.perf_counter() - wall:.0f} s;",
            f"{steps:.0f} steps a draw;",
            f"R-hat {told['rhat_max']:.3f}, least ESS {told['ess_min']:.0f}, {told['divergences']} divergences",
            flush=True,
        )
        if told["converged"]:
            break
    print(f"{len(case.claims)} figures, {engine.dimension} free scalars, {1e6 * gradient:.0f} microseconds a gradient")
    loss = engine.outputs(draws)["loss"].sum(axis=-2)
    return loss.reshape(-1, loss.shape[-1])


def by_month(case, loss):
    """Median of losses in each month that bins end in, as a part of all: what does not depend on the level."""
    months = np.array([12 * end.year + end.month for end in case.bins[1:]])
    sums = np.array([loss[:, months == month].sum(axis=1) for month in np.unique(months)])
    return np.median(sums / sums.sum(axis=0), axis=1), np.median(sums, axis=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ukraine", type=Path)
    parser.add_argument("--gaza", type=Path)
    parser.add_argument("--bins", default="month")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--against", type=Path)
    given = parser.parse_args()
    for name, file, read, toml in (("Ukraine", given.ukraine, ukraine, UKRAINE), ("Gaza", given.gaza, gaza, GAZA)):
        if not file:
            continue
        every = list(read(file))
        kept = sorted({figure[3] for figure in every})[:: given.every]
        print(f"{name}, bins by {given.bins}, every {given.every}")
        with tempfile.TemporaryDirectory() as place:
            write(Path(place), toml, [figure for figure in every if figure[3] in kept], given.bins)
            case = read_case(place)
        shares, sums = by_month(case, fitted(case))
        if given.save:
            np.save(given.save, np.array([shares, sums]))
        if given.against:
            before = np.load(given.against)
            for what, now, then in (("shares", shares, before[0]), ("sums", sums, before[1])):
                print(f"{what} by month: at most {np.abs(now / then - 1.0).max():.1%} from those of {given.against}")


if __name__ == "__main__":
    main()
