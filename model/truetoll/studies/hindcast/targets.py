"""What one process does in a hindcast: estimate without one war, and answer one target after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from arviz_stats.base import array_stats
from numpy.typing import NDArray

import truetoll
from truetoll.benchmark import Benchmark, Target, case_of, quantity_of
from truetoll.claims.reliability import read_reliability
from truetoll.claims.schema import Case
from truetoll.model.tables import Tables, build_tables
from truetoll.runner.work import Read, check_version
from truetoll.sampling.continuing import continued
from truetoll.sampling.convergence import TAIL
from truetoll.sampling.direct import directly
from truetoll.sampling.engine import Engine
from truetoll.sampling.results import quantities
from truetoll.sampling.samplers import Settings
from truetoll.sampling.weights import KHAT
from truetoll.studies.estimate.effects import model_of
from truetoll.studies.estimate.past import build_past

Array = NDArray[np.float64]

QUICK = Settings(draws=700, tune=150)
"""How a target is sampled at first where independent draws do not do; chains that miss the convergence gate are
continued, as those of any case are."""
LOOSE = Settings(draws=500, tune=300, chains=2, accept=0.8)
"""How history is sampled where wars are left out."""
FULL = Settings(draws=1000, tune=500, chains=4, accept=0.8)
"""How the table that is shipped is sampled."""
FEW = 300
"""Draws of each ladder at first, where a target needs them: they are nearly independent."""
KEPT = 1000
"""Draws that are kept of a target, evenly spread."""


@dataclass(frozen=True)
class Archive:
    """What all estimates of a benchmark share.

    Parameters
    ----------
    benchmark : Benchmark
    settings : Settings
    version : str
        Of the package that asks.
    """

    benchmark: Benchmark
    settings: Settings
    version: str = truetoll.__version__

    @property
    def mark(self) -> str:
        """Names it in a process."""
        return _mark("archive", self.benchmark.digest, self.settings)

    def follower(self, cores: int, engine: Engine | None = None) -> Archivist:
        """Make what estimates in one process.

        Parameters
        ----------
        cores : int
            Chains at a time.
        engine : Engine, optional
            Not used: errors of old figures have a model of their own.

        Returns
        -------
        Archivist
        """
        del engine
        return Archivist(self, cores)


@dataclass(frozen=True)
class Drawn:
    """A posterior of what history teaches.

    Parameters
    ----------
    z : ndarray
        Shape (chain, draw, name).
    rhat, ess : float
        The worst of all names.
    divergences : int
    """

    z: Array
    rhat: float
    ess: float
    divergences: int

    @property
    def checks(self) -> tuple[float, float, int]:
        """What says whether it is a result."""
        return self.rhat, self.ess, self.divergences


class Archivist:
    """Draws from what history teaches, without one war after the other.

    Parameters
    ----------
    archive : Archive
    cores : int
    """

    def __init__(self, archive: Archive, cores: int) -> None:
        check_version(archive.version)
        self.table = read_reliability({})
        self.model = model_of(build_past(archive.benchmark.scored), self.table)
        self._settings = replace(archive.settings, cores=cores)

    def read(self, item: str, read: Read) -> Any:
        """Estimate without a war.

        Parameters
        ----------
        item : str
            Its name; nothing is left out for an empty one.
        read : callable

        Returns
        -------
        object
        """
        z, divergences = replace(self.model, left_out=item or None).sample(self._settings)
        columns = np.moveaxis(z, -1, 0)
        rhat = max(float(array_stats.rhat(x, chain_axis=0, draw_axis=1)) for x in columns)
        ess = min(float(array_stats.ess(x, chain_axis=0, draw_axis=1, method="bulk")) for x in columns)
        return read(Drawn(z, rhat, ess, divergences))


@dataclass(frozen=True)
class Answer:
    """What a model says of one target.

    Parameters
    ----------
    log_amount : ndarray
        Draws, shape (draw,), log persons.
    rhat, ess : float
        Of the amount; R-hat is 1 of draws that were independent.
    divergences : int
    converged : bool
        Whether these meet the convergence gate.
    n_claims : int
        Claims that have a weight.
    """

    log_amount: Array
    rhat: float
    ess: float
    divergences: int
    converged: bool
    n_claims: int


@dataclass(frozen=True)
class Question:
    """A target under a reliability table.

    Parameters
    ----------
    target : Target
    assumptions : mapping
        Laid over the table of the package.
    """

    target: Target
    assumptions: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """What all targets share.

    Parameters
    ----------
    digest : str
        Of the benchmark.
    settings : Settings
    version : str
    """

    digest: str
    settings: Settings
    version: str = truetoll.__version__

    @property
    def mark(self) -> str:
        """Names it in a process."""
        return _mark("trial", self.digest, self.settings)

    def follower(self, cores: int, engine: Engine | None = None) -> Witness:
        """Make what answers in one process.

        Parameters
        ----------
        cores : int
        engine : Engine, optional
            Of whatever case.

        Returns
        -------
        Witness
        """
        return Witness(self, cores, engine)


class Witness:
    """Answers one target after the other.

    Parameters
    ----------
    trial : Trial
    cores : int
    engine : Engine, optional
    """

    def __init__(self, trial: Trial, cores: int, engine: Engine | None = None) -> None:
        check_version(trial.version)
        self._trial, self._engine, self._settings = trial, engine, replace(trial.settings, cores=cores)

    def beside(self) -> Witness:
        """Make another that answers at the same time, with what this one has compiled.

        Half of the work on a target is the interpreter's, while another core would wait.

        Returns
        -------
        Witness
        """
        return Witness(self._trial, 1, copy(self._engine))

    def read(self, item: Question, read: Read) -> Any:
        """Fit a target.

        Parameters
        ----------
        item : Question
        read : callable

        Returns
        -------
        object
        """
        case = case_of(item.target, item.assumptions)
        return read(self._answer(case, quantity_of(item.target)))

    def _answer(self, case: Case, quantity: str) -> Answer:
        tables = build_tables(case)
        self._engine = self._engine or Engine(tables)
        at = tables.coords["quantity"].index(quantity)
        n_claims = sum(claim.weight > 0 for claim in case.claims)
        found = self._independent(self._engine, tables, at, n_claims)
        return found or self._sampled(self._engine, tables, at, n_claims)

    def _independent(self, engine: Engine, tables: Tables, at: int, n_claims: int) -> Answer | None:
        """Answer by weighted draws, if they are worth as many as the convergence gate asks for."""
        least = tables.index.case.reliability.convergence.ess
        drawn = directly(engine, tables, self._settings.seed)
        found = next((each for each in drawn if each.khat <= KHAT and each.ess >= least), None)
        if found is None:
            return None
        log_amount, weights = np.log(quantities(tables, found.outputs)[..., at]), np.exp(found.log_weights)
        even = (np.arange(KEPT) + 0.5) / KEPT
        kept = np.quantile(log_amount.ravel(), even, weights=weights.ravel(), method="inverted_cdf")
        return Answer(kept, 1.0, found.ess, 0, True, n_claims)

    def _sampled(self, engine: Engine, tables: Tables, at: int, n_claims: int) -> Answer:
        gate = tables.index.case.reliability.convergence
        ladders = replace(self._settings, draws=min(FEW, self._settings.draws))
        for draws in continued(engine, tables, self._settings, ladders=ladders):
            log_amount = np.log(quantities(tables, engine.outputs(draws))[..., at])
            rhat, ess = _checks(log_amount)
            divergences = int(draws.stats["diverging"].sum())
            whole = divergences == 0 and "left_out" not in draws.stats
            converged = whole and rhat <= gate.rhat and ess >= gate.ess
            if converged:
                break
        flat = log_amount.T.ravel()
        kept = flat[np.linspace(0, flat.size - 1, KEPT).astype(int)]
        return Answer(kept, rhat, ess, divergences, converged, n_claims)


def _checks(draws: Array) -> tuple[float, float]:
    """R-hat and the smaller of bulk and tail ESS."""
    ess = [
        array_stats.ess(draws, chain_axis=0, draw_axis=1, method="bulk"),
        array_stats.ess(draws, chain_axis=0, draw_axis=1, method="tail", prob=TAIL),
    ]
    return float(array_stats.rhat(draws, chain_axis=0, draw_axis=1)), float(min(ess))


def _mark(kind: str, digest: str, settings: Settings) -> str:
    told = repr((kind, digest, settings, truetoll.__version__))
    return hashlib.sha256(told.encode()).hexdigest()
