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


_UNREACHED = "Claims are in conflict, and no chain went to one of the explanations that they leave open. "


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
    console.error(
        f"{what}: this is not a result (R-hat {d.rhat_max:.3f}, smallest ESS {d.ess_min:.0f}, "
        f"{d.divergences} divergences). {_UNREACHED if d.ess_min == 0 else ''}"
        "Fit again with more steps, as --draws 8000 --tune 4000; if that does not help, "
        "look for a prior or a claim that contradicts the rest."
    )
    return NOT_CONVERGED
