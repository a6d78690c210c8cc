"""Which effects the errors of historical figures have: the search that data/hindcast/SELECTION.md lays down.

    uv run python tests/benchmarks/select_reliability.py [--out FOLDER] [--only NAME ...]

Every fit is kept in FOLDER (default runs/selection), so that a search that was stopped goes on; FOLDER/search.md is the
table of all rounds. Two processes, two to five minutes a fit, some hours in all. ``--only`` fits one model and prints
its scores.
"""

import argparse
import hashlib
import math
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from arviz_stats.base import array_stats

from truetoll.benchmark import read_benchmark
from truetoll.claims.reliability import read_reliability
from truetoll.model.kernels import errors as written
from truetoll.sampling.samplers import Settings
from truetoll.studies.estimate.errors import NUMBERS, Effect, ErrorModel
from truetoll.studies.estimate.folds import KEPT, KHAT, folds
from truetoll.studies.estimate.past import build_past

DATA = Path(__file__).parents[2] / "data" / "hindcast"
SETTINGS = Settings(draws=300, tune=200, chains=2, accept=0.8)
GRID = 300
ROOT_HALF, PEAK = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * math.pi)


def of_class(told):
    return told.victims


def everyone(_):
    return "all"


def family(told):
    return told.family


def when(condition, level):
    return lambda told: level(told) if condition(told) else None


def size(told):
    return (told.log_figure - math.log(300.0)) / 2.0


def access(told):
    return told.claim.access


def famous(told):
    return told.target.frame == "famous"


BASE = {
    "means": (
        Effect("class", "mean", of_class, 0.3),
        Effect("relation", "mean", lambda t: f"{t.victims}:{t.relation}", 0.4, 0.5),
    ),
    "spread": (Effect("voice", "voice", everyone, 0.7), Effect("noise", "noise", everyone, 0.5)),
    "spread by class": (Effect("voice by class", "voice", of_class, 0.3),),
    "unsound": (Effect("unsound", "unsound", everyone, 1.0), Effect("width", "width", everyone, 0.4)),
    "shared": (Effect("all", "all", of_class, 0.7), Effect("kin", "kin", of_class, 0.7)),
}
MORE = {
    "frame": (Effect("frame", "mean", when(famous, lambda t: f"{t.victims}:{t.relation}"), 0.3, 0.5),),
    "outcome": (Effect("outcome", "mean", when(lambda t: t.outcome, lambda t: f"{t.family}:{t.outcome}"), 0.2, 0.5),),
    "mean by access": (Effect("access", "mean", lambda t: f"{t.family}:{access(t)}", 0.2, 0.5),),
    "spread by access": (
        Effect("voice by access", "voice", access, 0.4),
        Effect("noise by access", "noise", access, 0.4),
    ),
    "spread by relation": (Effect("voice by relation", "voice", lambda t: t.relation, 0.3),),
    "spread by frame": (
        Effect("voice by frame", "voice", when(famous, everyone), 0.4),
        Effect("noise by frame", "noise", when(famous, everyone), 0.4),
        Effect("all by frame", "all", when(famous, everyone), 0.4),
    ),
    "wild by access": (Effect("unsound by access", "unsound", access, 0.7),),
    "wild by class": (Effect("unsound by class", "unsound", of_class, 0.7),),
    "wild by relation": (Effect("unsound by relation", "unsound", lambda t: t.relation, 0.7),),
    "width by class": (Effect("width by class", "width", of_class, 0.3),),
    "disagreement": (),
    "hedges": (Effect("gap", "gap", lambda t: t.hedge, 0.7),),
    "adversary's hedges": (
        Effect("gap of adversary", "gap", when(lambda t: t.family == "adversary", lambda t: t.hedge), 0.7),
    ),
    "first reports": (
        Effect("first", "mean", when(lambda t: t.first, family), 0.2, 0.5),
        Effect("voice at first", "voice", when(lambda t: t.first, everyone), 0.4),
        Effect("noise at first", "noise", when(lambda t: t.first, everyone), 0.4),
    ),
    "size": (
        Effect("size", "mean", family, 0.1, 0.5, size),
        Effect("voice by size", "voice", everyone, 0.2, 0.0, size),
        Effect("noise by size", "noise", everyone, 0.2, 0.0, size),
    ),
}
LESS = {"no shared bias": "shared", "no relations": "means", "one spread": "spread by class"}


def model_of(past, parts):
    """The base with what `parts` add to it or take from it."""
    table = read_reliability({})
    gone = {LESS[part] for part in parts if part in LESS}
    effects = [e for name, block in BASE.items() if name not in gone for e in block]
    effects += [e for part in sorted(parts) for e in MORE.get(part, ())]
    without = ("all", "kin") if "shared" in gone else ()
    return ErrorModel(past, tuple(effects), table.slant.sd, table.origin.rho, "disagreement" in parts, without)


@dataclass(frozen=True)
class Scored:
    """A model's answers, shape (target, (crps, log score, held 50, 80, 90 %)), and how they were come by."""

    scores: np.ndarray
    rhat: float
    khat: float
    refitted: int
    size: int


@cache
def everything():
    past = build_past(read_benchmark(DATA).scored)
    targets = list(dict.fromkeys(each.target for each in past.told))
    return past, targets


def components(model, number, rows):
    """Answer to one target at one point's numbers, flat prior: means, sds, log weights of a mixture of normals."""
    past = model.past
    code = past.code[rows].copy()
    for column in (written.SPEAKER, written.REPORT):
        code[:, column] = np.unique(code[:, column], return_inverse=True)[1]
    return mixture(
        np.array([past.told[i].log_figure for i in rows]),
        past.own[:, rows] * np.array([[1.0], [0.0]]),
        past.sign[rows],
        code,
        number[:, rows],
        np.array([model.slant_sd**2, model.rho]),
    )


@written.loop
def explained(log_p, scale_sd):
    """Log probabilities and scales of variances: entry c is node c // sets, unsound the reports of bits of c % sets."""
    nodes, sets, most = len(written.NODES) if scale_sd > 0.0 else 1, 1 << len(log_p), min(len(log_p), 2)
    log_weight, scale = np.full(nodes * sets, -np.inf), np.ones(nodes * sets)
    for c in range(nodes * sets):
        if nodes > 1:
            scale[c] = math.exp(2.0 * math.sqrt(2.0) * written.NODES[c // sets] * scale_sd)
        log, unsound = math.log(written.MASSES[c // sets]) if nodes > 1 else 0.0, 0
        for r in range(len(log_p)):
            kind = (c % sets >> r) & 1
            unsound += kind
            log += log_p[r, kind]
        if unsound <= most:
            log_weight[c] = log
    return log_weight, scale, sets


@written.loop
def covariance(base, scale, own, sd, code, kinds, out):
    """Covariance of errors given which reports are unsound (bits of `kinds`) and the scale of all errors."""
    written.sound(base, scale, own, code, out)
    for i in range(len(code)):
        for j in range(len(code)):
            if code[i, written.REPORT] == code[j, written.REPORT] and (kinds >> code[i, written.REPORT]) & 1:
                out[i, j] += sd[written.WIDTH, i] * sd[written.WIDTH, j]


@written.loop
def mixture(x, own, sign, code, number, fixed):
    sd, n = np.exp(number[:-1]), len(x)
    log_p = written.kinds_of(number[written.UNSOUND], code)[1]
    log_weight, scale, sets = explained(log_p, number[-1, 0])
    left, varied = written.without_gaps(x, own, sign, number)
    base, found = written.in_common(sd, code, fixed), np.full((len(log_weight), 3), -np.inf)
    matrix, inverse = np.empty((n, n)), np.empty((n, n))
    for c in range(len(log_weight)):
        if log_weight[c] == -np.inf:
            continue
        covariance(base, scale[c], varied, sd, code, c % sets, matrix)
        half = written.factored(matrix)
        written.inverted(matrix, inverse)
        whole = inverse.sum()
        mean = np.sum(inverse @ left) / whole
        rest = left - mean
        found[c, 0], found[c, 1] = mean, 1.0 / math.sqrt(whole)
        found[c, 2] = log_weight[c] - half - 0.5 * math.log(whole) - 0.5 * np.sum(rest * (inverse @ rest))
    return found


def scored(parts):
    past, targets = everything()
    model = model_of(past, parts)
    draws, _ = model.sample(SETTINGS)
    rhat = max(float(array_stats.rhat(draws[..., i], chain_axis=0, draw_axis=1)) for i in range(draws.shape[-1]))
    left = folds(model, draws, SETTINGS)
    numbers = {id(left.draws): [_numbers(model, z) for z in left.draws]}
    numbers |= {id(draws): [_numbers(model, z) for z in draws] for draws, _ in left.apart.values()}
    scores = np.array([_answered(model, left, numbers, target) for target in targets])
    return Scored(scores, rhat, left.khat.max(), len(left.apart), len(model.names))


def _numbers(model, z):
    return np.vstack([model.numbers(z), np.full(len(model.past.told), model.scale_sd(z))])


def _answered(model, left, numbers, target):
    rows = np.array([i for i, each in enumerate(model.past.told) if each.target is target])
    points, log_weight = left.of(target.war)
    found = [components(model, number, rows) for number in numbers[id(points)]]
    for part, weight in zip(found, log_weight, strict=True):
        part[:, 2] += weight
    mean, sd, log_weight = np.concatenate(found).T
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > 1e-7 * weight.sum()
    truths = model.past.truths[target.name][2::4]
    return _scores(mean[kept], sd[kept], weight[kept] / weight[kept].sum(), truths)


@written.loop
def _scores(mean, sd, weight, truths):
    """Mean over the points of a truth: CRPS, log density, whether 50, 80 and 90 % intervals hold it."""
    low = max(min(np.min(mean - 6 * sd), truths.min() - 1), truths.min() - 12)
    high = min(max(np.max(mean + 6 * sd), truths.max() + 1), truths.max() + 12)
    grid = np.linspace(low, high, GRID)
    distribution = np.zeros(GRID)
    for c in range(len(mean)):
        for g in range(GRID):
            distribution[g] += weight[c] * 0.5 * math.erfc((mean[c] - grid[g]) / sd[c] * ROOT_HALF)
    found = np.zeros(5)
    density = 0.0
    for y in truths:
        at = 0.0
        for c in range(len(mean)):
            z = (y - mean[c]) / sd[c]
            at += weight[c] * 0.5 * math.erfc(-z * ROOT_HALF)
            density += weight[c] * math.exp(-0.5 * z * z) / sd[c] * PEAK
        found[0] += np.sum((distribution - (grid >= y)) ** 2) * (grid[1] - grid[0])
        found[2] += abs(at - 0.5) <= 0.25
        found[3] += abs(at - 0.5) <= 0.4
        found[4] += abs(at - 0.5) <= 0.45
    found /= len(truths)
    found[1] = math.log(max(density / len(truths), 1e-300))
    return found


def gain(of, over):
    """(log score, CRPS) by which one model is better than another, summed by war, with standard errors."""
    _, targets = everything()
    wars = sorted({t.war for t in targets})
    by_war = np.zeros((len(wars), 2))
    for target, a, b in zip(targets, of.scores, over.scores, strict=True):
        by_war[wars.index(target.war)] += (a[1] - b[1], b[0] - a[0])
    n = len(wars)
    return by_war.sum(axis=0), np.sqrt(n / (n - 1) * np.sum((by_war - by_war.mean(axis=0)) ** 2, axis=0))


def fitted(folder, parts):
    tables = [(DATA / f"{name}.csv").read_bytes() for name in ("claims", "truth", "wars")]
    asked = f"{SETTINGS}{NUMBERS}{KHAT}{KEPT}{sorted(parts)}".encode()
    digest = hashlib.sha256(b"".join([*tables, asked])).hexdigest()[:16]
    file = folder / f"{'+'.join(sorted(parts)) or 'base'} {digest}.npz".replace("'", "")
    if not file.exists():
        found = scored(parts)
        np.savez(file, scores=found.scores, told=[found.rhat, found.khat, found.refitted, found.size])
    kept = np.load(file)
    rhat, khat, refitted, numbers = kept["told"]
    return Scored(kept["scores"], float(rhat), float(khat), int(refitted), int(numbers))


def row(found):
    _, targets = everything()
    several = np.array([t.origins >= 2 for t in targets])
    things = np.array([t.victim_class == "materiel" for t in targets])
    groups = {t.victim_class for t in targets} | {t.frame for t in targets}
    held = {g: found.scores[[g in (t.victim_class, t.frame) for t in targets], 4].mean() for g in sorted(groups)}
    crps = found.scores[:, 0]
    return (
        f"CRPS {crps.mean():.3f}, two figures or more {crps[several].mean():.3f}, persons {crps[~things].mean():.3f},"
        f" things {crps[things].mean():.3f}; log score {found.scores[:, 1].mean():.3f}; 90 % held"
        f" {found.scores[:, 4].mean():.2f}, two or more {found.scores[several, 4].mean():.2f}, "
        + ", ".join(f"{g} {p:.2f}" for g, p in held.items())
        + f" (R-hat {found.rhat:.3f}, k {found.khat:.2f}, refits {found.refitted})"
    )


def compared(name, of, over):
    (log, crps), (log_se, crps_se) = gain(of, over)
    return (
        f"| {name} | {of.size - over.size:+d} | {log:+.1f} ± {log_se:.1f} | {crps:+.2f} ± {crps_se:.2f} | {row(of)} |"
    )


def search(folder, say):
    current = frozenset()
    with ProcessPoolExecutor(2) as pool:
        fits = partial(fitted, folder)
        while True:
            names = [name for name in (*MORE, *LESS) if name not in current]
            over, *found = pool.map(fits, [current, *(current | {name} for name in names)])
            say(
                f"\n**{' + '.join(sorted(current)) or 'base'}**: {row(over)}\n\n| with | numbers | log score | CRPS | |"
            )
            say("| --- | --- | --- | --- | --- |")
            admissible = []
            for name, of in zip(names, found, strict=True):
                (log, crps), (log_se, crps_se) = gain(of, over)
                say(compared(name, of, over))
                if log > log_se and crps > -crps_se:
                    admissible.append((log, name, of))
            if not admissible:
                break
            best = max(admissible, key=lambda each: each[0])
            taken = best
            for each in admissible:
                (log, _), (se, _) = gain(best[2], each[2])
                taken = each if each[2].size < taken[2].size and log <= se else taken
            current = current | {taken[1]}
            say(f"\nTaken: {taken[1]}")
        while True:
            options = [(f"without {name}", current - {name}) for name in sorted(current)]
            options += [(name, current | {name}) for name in LESS if name not in current]
            over, *found = pool.map(fits, [current, *(parts for _, parts in options)])
            say(f"\n**Backwards from {' + '.join(sorted(current))}**: {row(over)}\n")
            least = None
            for (name, parts), of in zip(options, found, strict=True):
                (log, _), (se, _) = gain(over, of)
                say(compared(name, of, over))
                if of.size < over.size and log < se and (least is None or log < least[0]):
                    least = (log, name, parts)
            if least is None:
                break
            current = least[2]
            say(f"\nTaken: {least[1]}")
        say(f"\n**Chosen: {' + '.join(sorted(current))}**: {row(fitted(folder, current))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs", "selection"))
    parser.add_argument("--only", nargs="*")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.only is not None:
        print(row(fitted(given.out, frozenset(given.only))))
        return
    with (given.out / "search.md").open("w", encoding="utf-8") as file:

        def say(line):
            print(line, flush=True)
            print(line, file=file, flush=True)

        search(given.out, say)


if __name__ == "__main__":
    main()
