"""Chains that are continued until they have converged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from truetoll.model.tables import Tables
from truetoll.sampling.engine import Coordinates, Draws, Engine
from truetoll.sampling.frames import Frame
from truetoll.sampling.modes import LIGHT, Modes, find, highest
from truetoll.sampling.samplers import Progress, Settings, accepted
from truetoll.sampling.tempering import LARGEST, Tempered

Array = NDArray[np.float64]

RUNS = (1, 1, 2, 4)
"""Multiples of the settings, one for each run that a chain may have."""
_PATIENCE = 2
"""Runs without an answer, and without divergences, after which ladders are tried, of whatever has few enough free
scalars: what diverged asks for shorter steps, and says nothing of modes."""
_SHORTER = 1.0 / 3.0
"""What is left of the moves that may be refused, in the run after one with divergences: 0.9, 0.967, 0.989 accepted."""
_AGAIN = 2
"""Times that a run of ladders is drawn anew because of divergences: one move in ten thousand is too long at times."""
_PER_DIMENSION = 10
"""Draws that coordinates need for each free scalar."""


def continued(
    engine: Engine,
    tables: Tables,
    settings: Settings,
    near: Coordinates | None = None,
    *,
    runs: tuple[int, ...] = (),
    ladders: Settings | None = None,
    progress: Progress | None = None,
) -> Iterator[Draws]:
    """Sample a case, longer each time it is asked again.

    What was drawn is kept, and each chain appended to: split R-hat, which cuts chains in the middle, then compares the
    runs. A run with divergences is dropped, since what diverged once was not explored, and the next moves in shorter
    steps. Runs after the first move in coordinates of the draws before them.

    Where claims conflict, modes are looked for. Draws that do not go to and fro between them are dropped, and ladders
    of tempered densities take their place; so they do after two runs that were no answer, though none diverged, and
    after the last. Cases with too many free scalars for that are marked: ``left_out`` of the stats is the share of the
    posterior in modes without any draw.

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
    ladders : Settings, optional
        Of the first draws from ladders, which are nearly independent; those of the first run if not given.
    progress : callable, optional

    Yields
    ------
    Draws
        All so far.
    """
    plan, before, clean = runs or RUNS, 0, 0
    accept, small = accepted(settings, tables), engine.dimension <= LARGEST
    so_far: Draws | None = None
    modes: Modes | None = None
    for run, times in enumerate(plan):
        if clean == _PATIENCE and small:
            break
        engine.set(tables, near)
        asked = _times(settings, times, _seed(settings.seed, run))
        now = engine.sample(replace(asked, accept=accept), _after(before, progress))
        before += asked.chains * (asked.draws + asked.tune)
        so_far = now if so_far is None else _joined(so_far, now)
        last, modes = so_far, find(engine, tables, so_far) if modes is None else modes
        if modes.found:
            at = modes.of(engine, tables, so_far)
            if small and not modes.mixed(at):
                break
            yield _marked(so_far, modes.left_out(at))
        else:
            yield so_far
        frame = engine.coordinates.frame
        near = None if tables.index.smooth else fitting(engine.moved(so_far, frame), frame)
        if so_far.stats["diverging"].any():
            so_far, accept = None, 1.0 - _SHORTER * (1.0 - accept)
        else:
            clean += 1
    if not small:
        return
    engine.set(tables)
    modes = modes if modes and modes.found else Modes(found=(highest(engine, tables, last),))
    yield from _tempered(engine, modes, ladders or settings, plan[run:], _after(before, progress))


def _tempered(
    engine: Engine, modes: Modes, settings: Settings, plan: tuple[int, ...], progress: Progress | None
) -> Iterator[Draws]:
    """Draw from ladders, longer each time; they are adapted once. What diverged is drawn again, in shorter steps."""
    first = _times(settings, plan[0], settings.seed)
    ladders = Tempered(engine, modes, first, progress)
    so_far: Draws | None = None
    for times in plan:
        now = ladders.draw(settings.draws * times)
        for _ in range(_AGAIN):
            if not now.stats["diverging"].any():
                break
            so_far = None
            ladders.shorten()
            now = ladders.draw(settings.draws * times)
        so_far = now if so_far is None else _joined(so_far, now)
        yield so_far


def _times(settings: Settings, times: int, seed: int) -> Settings:
    return replace(settings, draws=settings.draws * times, tune=settings.tune * times, seed=seed)


def _marked(draws: Draws, share: float) -> Draws:
    """Say of draws how much of the posterior no chain is in, if it is worth saying."""
    if share < LIGHT:
        return draws
    return Draws(draws.z, draws.stats | {"left_out": np.full(draws.stats["lp"].shape, share)})


def fitting(flat: Array, frame: Frame | None = None) -> Coordinates | None:
    """Find coordinates in which draws are uncorrelated, if there are enough of them.

    Parameters
    ----------
    flat : ndarray
        Shape (..., n).
    frame : Frame, optional
        What they stand for; variables of the model if not given.

    Returns
    -------
    Coordinates or None
    """
    points = flat.reshape(-1, flat.shape[-1])
    return Coordinates.near(points, frame) if len(points) >= _PER_DIMENSION * points.shape[1] else None


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
