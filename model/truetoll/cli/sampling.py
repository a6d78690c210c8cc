"""What the commands that sample share: how they sample, and what they say if that is no result."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from truetoll.answers.records import Diagnostics
from truetoll.cli.codes import NOT_CONVERGED
from truetoll.cli.console import Console

if TYPE_CHECKING:
    from truetoll.claims.schema import Case

SETTINGS = ("draws", "tune", "chains", "seed", "cores", "sampler")


def sampling_settings(arguments: Namespace) -> dict[str, Any]:
    """Fields of `truetoll.sampling.samplers.Settings` that were given, and the cores there are.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    dict
    """
    given = {name: getattr(arguments, name) for name in SETTINGS if name in arguments}
    return {"cores": min(4, available())} | given


def available() -> int:
    """Count the cores that this process may use.

    Returns
    -------
    int
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run_name(case: Case) -> str:
    """Name the folder of a run: the case, its scenario if it is not the base, and the day it is known on if any.

    Parameters
    ----------
    case : Case

    Returns
    -------
    str
    """
    scenario = "" if case.scenario == "base" else f"-{case.scenario}"
    return f"{case.name}{scenario}{f'-as-of-{case.known_on}' if case.known_on else ''}"


def refuse(console: Console, what: str, d: Diagnostics) -> int:
    """Say that something did not converge, by what numbers, and what to do.

    Parameters
    ----------
    console : Console
    what : str
        ``Not converged``, with the name of what did not.
    d : Diagnostics

    Returns
    -------
    int
        Exit code.
    """
    w = console.words
    numbers = {"rhat": d.rhat_max, "ess": d.ess_min, "divergences": d.divergences}
    console.error(
        w.say("cli.refused", what=what, **numbers, unreached=w.say("cli.unreached") if d.ess_min == 0 else "")
    )
    return NOT_CONVERGED
