"""Time of a whole fit against a model written by hand in PyMC: A B A B in one run, cold and warm compile caches.

    uv run python tests/benchmarks/bench_fit.py [--rounds N]

A is ``truetoll fit data/kursk-article`` with its defaults, files and figures included. B is handwritten_kursk.py, the
same model with the defaults of ``pm.sample``. Seconds are of whole processes. Cold: an empty compile cache for each
process. Warm: each program's own cache, filled by its last cold run. Both must agree on every median.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
CASE = ROOT / "data" / "kursk-article"
BY_HAND = Path(__file__).with_name("handwritten_kursk.py")
ALLOWED = 3.0
"""Monte Carlo standard errors by which a median may differ: the largest of eight exceeds 3 once in fifty."""


@dataclass(frozen=True)
class Run:
    """One process: its seconds, and what it found per quantity."""

    program: str
    cache: str
    seconds: float
    found: dict

    @property
    def ess(self):
        return min(*self.found["bulk"].values(), *self.found["tail"].values())


def environment(cache):
    return os.environ | {"PYTENSOR_FLAGS": f"base_compiledir={cache}", "NUMBA_CACHE_DIR": f"{cache}/numba"}


def timed(command, cache):
    start = time.perf_counter()
    done = subprocess.run(command, env=environment(cache), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stderr}")
    return time.perf_counter() - start, done.stdout


def truetoll(cache, place):
    out = Path(place) / "run"
    seconds, _ = timed([sys.executable, "-m", "truetoll", "fit", str(CASE), "--out", str(out), "--quiet"], cache)
    return seconds, read(out)


def by_hand(cache, place):
    del place
    seconds, said = timed([sys.executable, str(BY_HAND)], cache)
    return seconds, json.loads(said.splitlines()[-1])


def read(out):
    """The same numbers as the script by hand prints, from a saved run."""
    import arviz as az
    import xarray as xr

    with xr.open_datatree(out / "posterior.nc", engine="h5netcdf") as tree:
        amount = tree["posterior"]["amount"].load()
        divergences = int(tree.attrs["divergences"])
    table = {
        "median": amount.median(("chain", "draw")),
        "mcse": az.mcse(amount, method="median"),
        "bulk": az.ess(amount, method="bulk"),
        "tail": az.ess(amount, method="tail", prob=(0.05, 0.95)),
    }
    names = [str(name) for name in amount["quantity"].to_numpy()]
    found = {key: dict(zip(names, values.to_numpy().tolist(), strict=True)) for key, values in table.items()}
    return found | {"divergences": divergences}


PROGRAMS = {"truetoll": truetoll, "by hand": by_hand}


def measure(rounds):
    """All runs, the two programs in turn."""
    with tempfile.TemporaryDirectory() as place:
        for cache in ("cold", "warm"):
            for i in range(rounds):
                for name, program in PROGRAMS.items():
                    kept = f"{place}/{name.replace(' ', '-')}-{i if cache == 'cold' else rounds - 1}"
                    seconds, found = program(kept, place)
                    run = Run(name, cache, seconds, found)
                    print(f"{cache} {name}: {seconds:.1f} s, ESS {run.ess:.0f}", file=sys.stderr, flush=True)
                    yield run


def disagreements(a, b):
    """Difference of every median, in Monte Carlo standard errors."""
    error = {q: math.hypot(a["mcse"][q], b["mcse"][q]) for q in a["median"]}
    return {q: abs(a["median"][q] - b["median"][q]) / error[q] for q in a["median"]}


def report(runs):
    print(f"{'cache':6}{'program':10}{'seconds':>9}{'ratio':>7}{'min ESS':>9}{'ESS/s':>8}{'divergent':>11}")
    for cache in ("cold", "warm"):
        here = {name: [r for r in runs if (r.program, r.cache) == (name, cache)] for name in PROGRAMS}
        base = median(r.seconds for r in here["truetoll"])
        for name, of in here.items():
            seconds, ess = median(r.seconds for r in of), median(r.ess for r in of)
            divergent = max(r.found["divergences"] for r in of)
            line = f"{cache:6}{name:10}{seconds:9.1f}{seconds / base:7.2f}{ess:9.0f}{ess / seconds:8.1f}{divergent:11}"
            print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="runs of each program per cache; default: 2")
    runs = list(measure(parser.parse_args().rounds))
    report(runs)
    first = {name: next(r for r in reversed(runs) if r.program == name) for name in PROGRAMS}
    apart = disagreements(first["truetoll"].found, first["by hand"].found)
    print("medians apart, in standard errors: " + ", ".join(f"{q} {d:.1f}" for q, d in apart.items()))
    return int(max(apart.values()) > ALLOWED)


if __name__ == "__main__":
    raise SystemExit(main())
