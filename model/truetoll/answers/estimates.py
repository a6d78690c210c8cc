"""Estimates from history -> the table the package ships, and rows for people."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from truetoll.answers.records import json_safe
from truetoll.claims.benchmark import CLASSES, DISCOUNT, RELATIONS, Benchmark

if TYPE_CHECKING:
    from truetoll.inference.estimates import Estimates

FEW = 3
"""Claims below which mu is called judged: how far it may be moved is then not an estimate."""
SELECTION = 0.2
"""Doubt about the discount itself, as a share of mu (log sd)."""
HEAD = """\
# How much each relation is believed, estimated from history. Written by: truetoll hindcast --estimate
# Do not edit: {digest} is the benchmark it rests on. Override any of it in a case or a scenario.
# mu: mean log factor by which a relation overstates: the estimate times {discount:g}, as the cases were chosen because
# the disagreement was famous. mu_sd: how well it is known (log sd), a doubt that all voices of a relation share.
# tau: log sd of the factor between voices. All net of slant, noise, soundness and hedges, which stay at the values of
# reliability.toml.
"""


@dataclass(frozen=True, slots=True)
class EstimateRow:
    """What history says of one relation (log scale).

    Parameters
    ----------
    victims, relation : str
    claims, cases : int
        Behind it.
    mu, mu_low, mu_high : float
        Posterior mean and 90 % interval, not discounted.
    tau, tau_low, tau_high : float
        The same of the spread between voices, without the uncertainty of mu.
    shipped_mu, shipped_mu_sd, shipped_tau : float
        What the table says.
    """

    victims: str
    relation: str
    claims: int
    cases: int
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
    """What history says of the biases that several voices of a case have in common: log sd and 90 % interval."""

    victims: str
    kappa0: float
    kappa0_low: float
    kappa0_high: float
    kappa: float
    kappa_low: float
    kappa_high: float


@dataclass(frozen=True)
class EstimateAnswer:
    """The reliability of sources, as history has it.

    Parameters
    ----------
    benchmark, digest : str
    discount : float
    converged : bool
    rhat, ess : float
        The worst of all.
    divergences : int
    relations : tuple of EstimateRow
    shared : tuple of SharedRow
    """

    benchmark: str
    digest: str
    discount: float
    converged: bool
    rhat: float
    ess: float
    divergences: int
    relations: tuple[EstimateRow, ...]
    shared: tuple[SharedRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """Make the document that is printed as JSON.

        Returns
        -------
        dict
        """
        found: dict[str, Any] = json_safe(asdict(self))
        return found


def estimate_answer(found: Estimates, benchmark: Benchmark, discount: float = DISCOUNT) -> EstimateAnswer:
    """Say what was estimated.

    Parameters
    ----------
    found : Estimates
    benchmark : Benchmark
    discount : float
        Of mu.

    Returns
    -------
    EstimateAnswer
    """
    return EstimateAnswer(
        benchmark=benchmark.path.name,
        digest=benchmark.digest,
        discount=discount,
        converged=found.converged,
        rhat=found.rhat,
        ess=found.ess,
        divergences=found.divergences,
        relations=tuple(_relations(found, discount)),
        shared=tuple(_shared(found)),
    )


def _relations(found: Estimates, discount: float) -> Iterator[EstimateRow]:
    table = found.table(discount)["bias"]
    for i, victims in enumerate(CLASSES):
        for j, relation in enumerate(RELATIONS):
            parts = (found.mean, found.low, found.high)
            (mu, mu_low, mu_high), (tau, tau_low, tau_high) = (
                [float(part[name][i, j]) for part in parts] for name in ("mu", "tau")
            )
            row = table[victims][relation]
            yield EstimateRow(
                victims=victims,
                relation=relation,
                claims=int(found.claims[i, j]),
                cases=int(found.cases[i, j]),
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


def _shared(found: Estimates) -> Iterator[SharedRow]:
    for i, victims in enumerate(CLASSES):
        parts = (found.mean, found.low, found.high)
        yield SharedRow(victims, *(float(part[name][i]) for name in ("kappa0", "kappa") for part in parts))


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
    head = HEAD.format(folder=answer.benchmark, digest=answer.digest[:12], discount=answer.discount)
    blocks = [*map(_bias_block, answer.relations), *map(_shared_block, answer.shared), *_plausible(answer)]
    return f'{head}\n[estimated]\nbenchmark = "{answer.digest}"\n\n' + "\n".join(blocks)


def _bias_block(row: EstimateRow) -> str:
    return (
        f"[bias.{row.victims}.{row.relation}]\n"
        f"mu = {_number(row.shipped_mu)}\n"
        f"mu_sd = {_number(row.shipped_mu_sd)}\n"
        f"tau = {_number(row.shipped_tau)}\n"
        f'reference = "{_grounds(row)}"\n'
    )


def _grounds(row: EstimateRow) -> str:
    if not row.claims:
        return "judgement: no claims; the mean of third-party states, doubted by the spread between relations"
    said = f"{_count(row.claims, 'claim')} in {_count(row.cases, 'historical case')}"
    factor = f"factor {math.exp(row.mu):.2g}"
    spread = f"{row.tau:.2f} (90 % {row.tau_low:.2f} to {row.tau_high:.2f})"
    return f"{said}: mu {row.mu:.2f} (90 % {row.mu_low:.2f} to {row.mu_high:.2f}, {factor}), tau {spread}"


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _shared_block(row: SharedRow) -> str:
    first = f"kappa0 {row.kappa0:.2f} (90 % {row.kappa0_low:.2f} to {row.kappa0_high:.2f})"
    second = f"kappa {row.kappa:.2f} (90 % {row.kappa_low:.2f} to {row.kappa_high:.2f})"
    return (
        f"[shared.{row.victims}]\n"
        f"kappa0 = {_number(row.kappa0)}\n"
        f"kappa = {_number(row.kappa)}\n"
        f'reference = "{first}, {second}; mostly from their priors"\n'
    )


def _plausible(answer: EstimateAnswer) -> Iterator[str]:
    """How far mu may plausibly be moved: its own standard error and the doubt about the discount."""
    for victims in CLASSES:
        known = [row for row in answer.relations if row.victims == victims and row.claims >= FEW]
        steps = [f"{row.relation} = {_number(_step(row, answer.discount))}" for row in known]
        yield (
            f"[plausible.mu.measured]\n{victims} = {{ {', '.join(steps)} }}\n"
            if victims == CLASSES[0]
            else (f"{victims} = {{ {', '.join(steps)} }}\n")
        )


def _step(row: EstimateRow, discount: float) -> float:
    se = discount * (row.mu_high - row.mu_low) / (2 * 1.645)
    return math.hypot(se, SELECTION * row.mu)


def _number(x: float) -> str:
    return f"{x:.3g}" if abs(x) >= 0.01 else f"{x:.2f}"
