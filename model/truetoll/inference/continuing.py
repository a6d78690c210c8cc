"""Chains that are continued until they have converged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from truetoll.inference.engine import Coordinates, Draws, Engine
from truetoll.inference.samplers import Progress, Settings
from truetoll.inference.tables import Tables

Array = NDArray[np.float64]

RUNS = (1, 1, 2, 4)
"""Multiples of the settings, one for each run that a chain may have."""
_PER_DIMENSION = 10
"""Draws that coordinates need for each free scalar."""


def continued(
    engine: Engine,
    tables: Tables,
    settings: Settings,
    near: Coordinates | None = None,
    *,
    runs: tuple[int, ...] = (),
    progress: Progress | None = None,
) -> Iterator[Draws]:
    """Sample a case, longer each time it is asked again.

    What was drawn is kept, and each chain appended to: split R-hat, which cuts chains in the middle, then compares the
    runs. A run with divergences is dropped, since what diverged once was not explored. Runs after the first move in
    coordinates of the draws before them.

    Parameters
    ----------
    engine : Engine
        Left with the case set.
    tables : Tables
    settings : Settings
        Of the first run.
    near : Coordinates, optional
        Of the first run; those of the model, or of its curves, if not given.
    runs : tuple of int
        Multiples of the settings; `RUNS` if empty.
    progress : callable, optional

    Yields
    ------
    Draws
        All so far.
    """
    so_far: Draws | None = None
    before = 0
    for run, times in enumerate(runs or RUNS):
        engine.set(tables, near)
        draws, tune, seed = settings.draws * times, settings.tune * times, _seed(settings.seed, run)
        now = engine.sample(replace(settings, draws=draws, tune=tune, seed=seed), _after(before, progress))
        before += settings.chains * (draws + tune)
        so_far = now if so_far is None else _joined(so_far, now)
        yield so_far
        near = None if tables.index.smooth else fitting(engine.flatten(so_far))
        if so_far.stats["diverging"].any():
            so_far = None


def fitting(flat: Array) -> Coordinates | None:
    """Find coordinates in which draws are uncorrelated, if there are enough of them.

    Parameters
    ----------
    flat : ndarray
        Shape (..., n).

    Returns
    -------
    Coordinates or None
    """
    points = flat.reshape(-1, flat.shape[-1])
    return Coordinates.near(points) if len(points) >= _PER_DIMENSION * points.shape[1] else None


def _after(steps: int, progress: Progress | None) -> Progress | None:
    """Count the steps of the runs before."""
    return progress and (lambda done, total: progress(steps + done, steps + total))


def _seed(seed: int, run: int) -> int:
    return seed if run == 0 else int(np.random.SeedSequence([seed, run]).generate_state(1)[0])


def _joined(before: Draws, now: Draws) -> Draws:
    z, stats = (
        {name: np.concatenate([a, there[name]], axis=1) for name, a in here.items()}
        for here, there in ((before.z, now.z), (before.stats, now.stats))
    )
    return Draws(z, stats)
