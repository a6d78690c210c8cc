"""Estimates from history -> the table the package ships, and rows for people."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from truetoll.answers.records import json_safe
from truetoll.benchmark import CLASSES, RELATIONS, Benchmark
from truetoll.claims.schema import COUNTING

if TYPE_CHECKING:
    from truetoll.studies.estimate.effects import Estimates

Table = dict[str, Any]

FEW = 3
"""Claims below which mu is called judged: how far it may be moved is then not an estimate."""
HEAD = """\
# How much each relation is believed, estimated from history. Written by: truetoll hindcast --estimate
# Do not edit: {digest} is the benchmark it rests on. Override any of it in a case or a scenario.
# mu: mean log factor by which a relation overstates. mu_sd: how well it is known (log sd), a doubt that all voices of a
# relation share. tau: log sd of the factor between voices. disagreement: how far all of that, and noise, may be larger
# or smaller in one case (log sd). hedge: mean distance of a hedged figure from what is believed (log). frame: what
# spreads are multiplied by in a famous dispute. Net of slant and of what figures of one report have in common, which
# are judged (reliability.toml).
"""


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """What history says of one relation (log scale).

    Parameters
    ----------
    victims, relation : str
    claims, losses, wars : int
        Behind it.
    mu, mu_low, mu_high : float
        Posterior mean and 90 % interval.
    tau, tau_low, tau_high : float
        The same of the spread between voices, without the uncertainty of mu.
    shipped_mu, shipped_mu_sd, shipped_tau : float
        What the table says.
    """

    victims: str
    relation: str
    claims: int
    losses: int
    wars: int
    mu: float
    mu_low: float
    mu_high: float
    tau: float
    tau_low: float
    tau_high: float
    shipped_mu: float
    shipped_mu_sd: float
    shipped_tau: float


@dataclass(frozen=True, slots=True)
class SharedRow:
    """What history says of biases that voices of a case have in common: log sd, 90 % interval, what is in the table."""

    victims: str
    kappa0: float
    kappa0_low: float
    kappa0_high: float
    kappa: float
    kappa_low: float
    kappa_high: float
    shipped_kappa0: float
    shipped_kappa: float


@dataclass(frozen=True, slots=True)
class NumberRow:
    """What history says of one number that does not go by relation: posterior mean, 90 % interval, and in the table.

    Parameters
    ----------
    name : str
        Dotted, as in the table: ``noise.access.records``.
    value, low, high, shipped : float
    """

    name: str
    value: float
    low: float
    high: float
    shipped: float


@dataclass(frozen=True)
class EstimateAnswer:
    """The reliability of sources, as history has it.

    Parameters
    ----------
    benchmark, digest : str
    converged : bool
    rhat, ess : float
        The worst of all.
    divergences : int
    relations : tuple of EstimateRow
    shared : tuple of SharedRow
    numbers : tuple of NumberRow
    """

    benchmark: str
    digest: str
    converged: bool
    rhat: float
    ess: float
    divergences: int
    relations: tuple[EstimateRow, ...]
    shared: tuple[SharedRow, ...]
    numbers: tuple[NumberRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """Make the document that is printed as JSON.

        Returns
        -------
        dict
        """
        found: dict[str, Any] = json_safe(asdict(self))
        return found


def estimate_answer(found: Estimates, benchmark: Benchmark) -> EstimateAnswer:
    """Say what was estimated.

    Parameters
    ----------
    found : Estimates
    benchmark : Benchmark

    Returns
    -------
    EstimateAnswer
    """
    table = found.table()
    return EstimateAnswer(
        benchmark=benchmark.path.name,
        digest=benchmark.digest,
        converged=found.converged,
        rhat=found.rhat,
        ess=found.ess,
        divergences=found.divergences,
        relations=tuple(_relations(found, table["bias"])),
        shared=tuple(_shared(found, table["shared"])),
        numbers=tuple(_numbers(found, table)),
    )


def _relations(found: Estimates, table: Table) -> Iterator[EstimateRow]:
    for i, victims in enumerate(CLASSES):
        for j, relation in enumerate(RELATIONS):
            (mu, mu_low, mu_high), (tau, tau_low, tau_high) = (_interval(found, name, (i, j)) for name in ("mu", "tau"))
            row = table[victims][relation]
            yield EstimateRow(
                victims=victims,
                relation=relation,
                claims=int(found.claims[i, j]),
                losses=int(found.losses[i, j]),
                wars=int(found.wars[i, j]),
                mu=mu,
                mu_low=mu_low,
                mu_high=mu_high,
                tau=tau,
                tau_low=tau_low,
                tau_high=tau_high,
                shipped_mu=row["mu"],
                shipped_mu_sd=row["mu_sd"],
                shipped_tau=row["tau"],
            )


def _shared(found: Estimates, table: Table) -> Iterator[SharedRow]:
    for i, victims in enumerate(CLASSES):
        kappa0, kappa = (_interval(found, name, i) for name in ("kappa0", "kappa"))
        yield SharedRow(
            victims, *kappa0, *kappa, **{f"shipped_{name}": value for name, value in table[victims].items()}
        )


def _numbers(found: Estimates, table: Table) -> Iterator[NumberRow]:
    for name, block in (("spread", "access.tau"), ("noise", "noise.access"), ("unsound", "soundness.access")):
        turned = name == "unsound"  # told as the probability that a report is sound
        section, key = block.split(".")
        for i, access in enumerate(COUNTING):
            value, low, high = _interval(found, name, i)
            values = (1.0 - value, 1.0 - high, 1.0 - low) if turned else (value, low, high)
            yield NumberRow(f"{block}.{access}", *values, table[section][key][access])
    for section in ("hedge", "frame"):
        for i, (key, shipped) in enumerate(table[section].items()):
            yield NumberRow(f"{section}.{key}", *_interval(found, section, i), shipped)
    for name, section, key in (("width", "soundness", "unsound_sd"), ("disagreement", "disagreement", "log_sd")):
        yield NumberRow(f"{section}.{key}", *_interval(found, name, ()), table[section][key])


def _interval(found: Estimates, name: str, at: int | tuple[int, ...]) -> tuple[float, float, float]:
    """Posterior mean of one number and the ends of its 90 % interval."""
    mean, low, high = (float(part[name][at]) for part in (found.mean, found.low, found.high))
    return mean, low, high


def estimated_toml(answer: EstimateAnswer) -> str:
    """Write the table that the package ships.

    Parameters
    ----------
    answer : EstimateAnswer

    Returns
    -------
    str
        TOML, in the nesting of ``reliability.toml``.
    """
    head = HEAD.format(folder=answer.benchmark, digest=answer.digest[:12])
    blocks = [*map(_bias_block, answer.relations), *map(_shared_block, answer.shared), *_number_blocks(answer)]
    blocks += _plausible(answer)
    return f'{head}\n[estimated]\nbenchmark = "{answer.digest}"\n\n' + "\n".join(blocks)


def _bias_block(row: EstimateRow) -> str:
    return (
        f"[bias.{row.victims}.{row.relation}]\n"
        f"mu = {_number(row.shipped_mu)}\n"
        f"mu_sd = {_number(row.shipped_mu_sd)}\n"
        f"tau = {_number(row.shipped_tau)}\n"
        f"claims = {row.claims}\n"
        f"losses = {row.losses}\n"
        f"wars = {row.wars}\n"
        f'reference = "{_grounds(row)}"\n'
    )


def _grounds(row: EstimateRow) -> str:
    mu = f"mu {row.mu:.2f} (90 % {row.mu_low:.2f} to {row.mu_high:.2f}, factor {math.exp(row.mu):.2g})"
    if not row.claims:
        return f"no claims: the mean of its class, {mu}, doubted by how far relations differ"
    losses = f"{row.losses} loss{'' if row.losses == 1 else 'es'}"
    said = f"{_count(row.claims, 'claim')}, {losses}, {_count(row.wars, 'war')}"
    spread = f"{row.tau:.2f} (90 % {row.tau_low:.2f} to {row.tau_high:.2f})"
    return f"{said}: {mu}, tau {spread}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _shared_block(row: SharedRow) -> str:
    first = f"kappa0 {row.kappa0:.2f} (90 % {row.kappa0_low:.2f} to {row.kappa0_high:.2f})"
    second = f"kappa {row.kappa:.2f} (90 % {row.kappa_low:.2f} to {row.kappa_high:.2f})"
    return (
        f"[shared.{row.victims}]\n"
        f"kappa0 = {_number(row.shipped_kappa0)}\n"
        f"kappa = {_number(row.shipped_kappa)}\n"
        f'reference = "{first}, {second}"\n'
    )


def _number_blocks(answer: EstimateAnswer) -> Iterator[str]:
    """Write what does not go by relation, a comment with its interval before each."""
    section = ""
    for row in answer.numbers:
        where, _, key = row.name.rpartition(".")
        head = f"[{where}]\n" if where != section else ""
        section = where
        yield f"{head}# {row.value:.2f} (90 % {row.low:.2f} to {row.high:.2f})\n{key} = {_number(row.shipped)}\n"


def _plausible(answer: EstimateAnswer) -> Iterator[str]:
    """How far mu may plausibly be moved: its own standard error."""
    yield "[plausible.mu.measured]\n"
    for victims in CLASSES:
        known = [row for row in answer.relations if row.victims == victims and row.claims >= FEW]
        yield f"{victims} = {{ {', '.join(f'{row.relation} = {_number(row.shipped_mu_sd)}' for row in known)} }}\n"


def _number(x: float) -> str:
    return f"{x:.3g}" if abs(x) >= 0.01 else f"{x:.2f}"
