"""Scenarios a minute, against running a model written by hand in PyMC once per scenario, alternating in one run.

    uv run python tests/benchmarks/bench_compare.py [--rounds N] [--preview] [--grid N]

A is ``truetoll compare data/kursk-article``, every scenario, files and figures included; with ``--grid 10`` a hundred
scenarios instead, ten levels of third parties' bias by ten of allies'. B is one process of handwritten_kursk.py, which
is what one scenario costs a folder of scripts. Compile caches are warm for both.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).parents[2]
CASE = ROOT / "data" / "kursk-article"
BY_HAND = Path(__file__).with_name("handwritten_kursk.py")


def timed(command):
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stderr}")
    return time.perf_counter() - start, done.stdout


def gridded(place, n):
    """The case with n by n scenarios in place of its own."""
    folder = Path(shutil.copytree(CASE, f"{place}/case"))
    parts = []
    for i, third in enumerate(np.linspace(-0.2, 0.7, n)):
        for j, ally in enumerate(np.linspace(-0.2, 0.7, n)):
            parts.append(
                f'[third{i}_ally{j}]\ntitle = "Third parties {third:+.2f}, allies {ally:+.2f}"\nwhy = "Benchmark."\n'
                f"[third{i}_ally{j}.assumptions.bias.military]\n"
                f"third_party_state = {{ mu = {third:.3f} }}\nally_of_adversary = {{ mu = {ally:.3f} }}\n"
            )
    (folder / "scenarios.toml").write_text("\n".join(parts), encoding="utf-8")
    return folder


def compare(more, grid):
    with tempfile.TemporaryDirectory() as place:
        case = gridded(place, grid) if grid else CASE
        command = [sys.executable, "-m", "truetoll", "compare", str(case), "--out", f"{place}/run", "--json", *more]
        seconds, said = timed(command)
    return seconds, json.loads(said)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--preview", action="store_true")
    parser.add_argument("--grid", type=int, default=0)
    given = parser.parse_args()
    more = ["--preview"] if given.preview else []
    timed([sys.executable, str(BY_HAND)])  # fills its cache
    compare(more, given.grid)
    whole, each, hand = [], [], []
    for _ in range(given.rounds):
        seconds, found = compare(more, given.grid)
        n = len(found["scenarios"])
        whole.append(60 * n / seconds)
        each.append(60 * n / found["seconds"]["sampling"])
        hand.append(60 / timed([sys.executable, str(BY_HAND)])[0])
        print(f"compare {seconds:.0f} s for {n}, by hand {60 / hand[-1]:.0f} s for one", file=sys.stderr, flush=True)
    hand, whole, each = (median(values) for values in (hand, whole, each))
    print(f"scenarios a minute: by hand {hand:.2f}, compare {whole:.1f}: {whole / hand:.0f} times as many")
    print(f"its sampling alone {each:.1f}: {each / hand:.0f} times")


if __name__ == "__main__":
    main()
