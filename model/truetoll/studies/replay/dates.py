"""What one process does in a replay: refit a case as it was known on one day after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims.schema import Case
from truetoll.model.tables import Tables, build_tables
from truetoll.runner.work import Base, Follower, Read
from truetoll.sampling.convergence import diagnose
from truetoll.sampling.engine import Engine
from truetoll.sampling.passthrough import pass_through, strengths
from truetoll.sampling.results import quantities
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import Refit, Session, longer

Array = NDArray[np.float64]
CHECKS = ("converged", "rhat_max", "ess_min", "divergences")


@dataclass(frozen=True)
class Stop:
    """Days between which nothing new was reported: one posterior serves them all.

    Parameters
    ----------
    case : Case
        As known on the last of them.
    days : tuple of date
        Rising.
    """

    case: Case
    days: tuple[date, ...]


@dataclass(frozen=True)
class Replayed:
    """What is read off the posterior of a stop.

    Parameters
    ----------
    amount : ndarray
        Everything that is reported, up to each day; dims (day, chain, draw, quantity).
    checks : tuple of dict
        ``converged``, ``rhat_max``, ``ess_min``, ``divergences`` of each day.
    pass_through, pass_through_mcse : ndarray
        Dims (day, quantity).
    """

    amount: Array
    checks: tuple[dict[str, Any], ...]
    pass_through: Array
    pass_through_mcse: Array


@dataclass(frozen=True)
class ReplayBase:
    """What all stops of a replay share.

    Parameters
    ----------
    base : Base
        The case as known on the last day: its draws are the coordinates of all others.
    """

    base: Base

    @property
    def settings(self) -> Settings:
        """How stops are sampled."""
        return self.base.settings

    @property
    def mark(self) -> str:
        """Names it in a process."""
        return f"replay {self.base.mark}"

    def follower(self, cores: int, engine: Engine | None = None) -> Replayer:
        """Make what does the stops in one process.

        Parameters
        ----------
        cores : int
            Chains at a time.
        engine : Engine, optional

        Returns
        -------
        Replayer
        """
        return Replayer(self.base, cores, engine)


class Replayer:
    """Does the stops of one process.

    Parameters
    ----------
    base : Base
    cores : int
        Chains at a time.
    engine : Engine, optional
    """

    def __init__(self, base: Base, cores: int, engine: Engine | None = None) -> None:
        self._session = _Posteriors(base, cores, engine)

    def read(self, item: Stop, read: Read) -> Any:
        """Refit a stop by its own seed, and read off what is wanted.

        Parameters
        ----------
        item : Stop
        read : callable
            Of a `Replayed`.

        Returns
        -------
        object
        """
        return self._session.read(item.case, lambda refit: read(self._replayed(refit, item)))

    def _replayed(self, refit: Refit, item: Stop) -> Replayed:
        """Read off all days; where one misses the gate that the last has passed, sampling goes on for longer."""
        found = replayed(self._session, refit, item.days)
        if not refit.converged or all(check["converged"] for check in found.checks):
            return found
        session = self._session
        again = session.sampled_longer(item.case)
        checks = replayed(session, again, item.days).checks
        return replace(replayed(session, session.thinned(again), item.days), checks=checks)


class _Posteriors(Follower):
    """A follower that draws no priors: that of every day is drawn once, by who asks for the replay."""

    def _prior(self, tables: Tables) -> Array:
        del tables
        return np.asarray(self.base.prior)

    def sampled_longer(self, case: Case) -> Refit:
        """Sample a case at twice the length of a base, all draws kept."""
        settings = longer(self.settings)
        return self._sampled(
            case, build_tables(case), replace(settings, draws=2 * settings.draws, tune=2 * settings.tune)
        )


def replayed(session: Session, refit: Refit, days: Sequence[date]) -> Replayed:
    """Read the answers off a posterior at some days.

    Parameters
    ----------
    session : Session
    refit : Refit
        Of the case as known on the last of them.
    days : sequence of date

    Returns
    -------
    Replayed
    """
    amount = amounts_until(session, refit, days)
    sizes = strengths(refit.tables)
    through = [pass_through(session.engine, refit.tables, refit.draws, np.log(a), sizes) for a in amount]
    checks = [*(_checks(refit, a) for a in amount[:-1]), {name: refit.checks[name] for name in CHECKS}]
    return Replayed(amount, tuple(checks), *(np.array(each) for each in zip(*through, strict=True)))


def amounts_until(session: Session, refit: Refit, days: Sequence[date]) -> Array:
    """Read everything that is reported off the draws of a posterior, up to each of some days.

    Parameters
    ----------
    session : Session
    refit : Refit
    days : sequence of date

    Returns
    -------
    ndarray
        Dims (day, chain, draw, quantity).
    """
    session.engine.set(refit.tables)
    outputs = session.engine.outputs(refit.draws)
    return np.array([quantities(refit.tables, outputs, day) for day in days])


def _checks(refit: Refit, amount: Array) -> dict[str, Any]:
    """Check a day before the one a refit was checked for: both must hold."""
    posterior = xr.Dataset({"amount": (("chain", "draw", "quantity"), amount)})
    stats = xr.Dataset({"diverging": refit.checks["divergences"]})
    found, known = diagnose(posterior, stats, refit.case.reliability.convergence), refit.checks
    return {
        "converged": int(found["converged"] and known["converged"]),
        "rhat_max": max(found["rhat_max"], known["rhat_max"]),
        "ess_min": min(found["ess_min"], known["ess_min"]),
        "divergences": known["divergences"],
    }
