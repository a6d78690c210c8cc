"""What one process does in a calibration: rehearse one made-up truth after the other, each from the prior."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import truetoll
from truetoll.claims.schema import Case
from truetoll.model.tables import build_tables
from truetoll.runner.work import Read, check_version, key_of
from truetoll.sampling.engine import Engine
from truetoll.sampling.samplers import Settings
from truetoll.sampling.simulate import BIASES
from truetoll.studies.calibrate.replicate import rehearse


@dataclass(frozen=True)
class Rehearsal:
    """One simulation.

    Parameters
    ----------
    number : int
        Its seed is made of it and of the calibration's: who does it does not matter.
    bias : str
        How sources really are, of `truetoll.sampling.simulate.BIASES`. Simulations of one number share the truth
        and all that is random in the claims, whichever bias they are drawn with.
    """

    number: int
    bias: str


@dataclass(frozen=True)
class Stage:
    """What all rehearsals of a calibration share.

    Parameters
    ----------
    case : Case
    settings : Settings
        Of the shortest fit, and the seed of the calibration.
    version : str
        Of the package that asks.
    """

    case: Case
    settings: Settings
    version: str = truetoll.__version__

    @property
    def mark(self) -> str:
        """Names it in a process."""
        key = key_of(self.case, self.settings, calibration=True)
        return hashlib.sha256(key.encode()).hexdigest()

    def follower(self, cores: int, engine: Engine | None = None) -> Rehearser:
        """Make what rehearses in one process.

        Parameters
        ----------
        cores : int
            Chains at a time.
        engine : Engine, optional
            A compiled model to use; else one is compiled.

        Returns
        -------
        Rehearser
        """
        return Rehearser(self, cores, engine)


class Rehearser:
    """Does the rehearsals of one process.

    Parameters
    ----------
    stage : Stage
    cores : int
        Chains at a time.
    engine : Engine, optional
    """

    def __init__(self, stage: Stage, cores: int, engine: Engine | None = None) -> None:
        check_version(stage.version)
        self._tables = build_tables(stage.case)
        self._engine = engine or Engine(self._tables)
        self._settings = replace(stage.settings, cores=cores)

    def read(self, item: Rehearsal, read: Read) -> Any:
        """Rehearse, and read off what is wanted.

        Parameters
        ----------
        item : Rehearsal
        read : callable

        Returns
        -------
        object
        """
        seed = int(np.random.SeedSequence([self._settings.seed, item.number]).generate_state(1)[0])
        drawn_from = BIASES[item.bias](self._tables)
        return read(rehearse(self._engine, self._tables, self._settings, seed, drawn_from))
