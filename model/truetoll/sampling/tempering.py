r"""Draws that move between modes: a ladder of densities from the prior up to the posterior.

Rung k is the prior times the likelihood to the power :math:`\beta_k`. The lowest is the prior, from which every point
is drawn anew; neighbours exchange their points, so what stands on the highest rung, a draw from the posterior, has come
up from the prior again and again, each time free to come into another mode. How often it does, and R-hat between
ladders that know nothing of each other, say whether the modes have their right weights.

References
----------
Syed, Bouchard-Côté, Deligiannidis, Doucet 2022, Non-reversible parallel tempering, Journal of the Royal Statistical
Society B 84(2), 321-350, doi:10.1111/rssb.12464.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.modes import Mode, Modes
from truetoll.sampling.moving import Moves
from truetoll.sampling.samplers import Progress, Settings

Array = NDArray[np.float64]

_MOVES = 2
"""Moves for each draw that is kept."""
_ROUNDS = (1, 1, 2, 4, 8)
"""Lengths of the rounds of adaptation; rungs are set anew between them."""
_FIRST = 12
"""Rungs of the first round."""
_BEND = 4.0
"""Rungs of the first round stand at powers (k / K) ** this: most of the way is near the prior."""
_REFUSED = 0.4
"""Probability that an exchange is refused which rungs are set by; round trips take fewest moves at a half."""
_LEAST, _MOST = 4, 80
"""Rungs."""
LARGEST = 150
"""Free scalars up to which ladders are used: rungs grow with what claims say, and moves with the square of scalars."""
_AT_ONCE = 100
"""Moves between two looks at whether somebody has pressed Ctrl-C."""


@dataclass
class _Ladder:
    """One ladder: as many stand side by side as there are chains.

    Parameters
    ----------
    x : ndarray
        Points, shape (rung, n).
    told : ndarray
        Of each rung, as `truetoll.model.kernels.moves.ascend` has it.
    seeds : numpy.random.SeedSequence
    moves : int
        Made so far in this round.
    """

    x: Array
    told: Array
    seeds: np.random.SeedSequence
    moves: int = 0


class Tempered:
    """Ladders on the posterior that an engine is set to, adapted; each has one highest rung, which is a chain.

    Parameters
    ----------
    engine : Engine
        With the numbers of the case set.
    modes : Modes
        One at least: where the points of the upper rungs begin, and whose second derivatives say how far they move.
    settings : Settings
        ``tune`` times two moves of adaptation.
    progress : callable, optional
        Called with (steps done, steps in all).
    """

    def __init__(self, engine: Engine, modes: Modes, settings: Settings, progress: Progress | None = None) -> None:
        self._moves, self._settings = Moves(engine.address, engine.varied({})), settings
        self._unflatten, self._report = engine.unflatten, progress
        self._done, self._planned = 0, settings.chains * (settings.tune + settings.draws)
        share = modes.weights
        precision = np.sum([w * mode.precision for w, mode in zip(share, modes.found, strict=True)], axis=0)
        self._shape = np.linalg.eigh(precision)
        self._beta = (np.arange(_FIRST) / (_FIRST - 1)) ** _BEND
        seeds = np.random.SeedSequence([settings.seed, len(modes.found)]).spawn(settings.chains)
        self._ladders = [self._begun(modes.found, share, seed) for seed in seeds]
        self._adapt()

    def _begun(self, modes: tuple[Mode, ...], share: Array, seed: np.random.SeedSequence) -> _Ladder:
        """Set upper rungs to modes, by their weights, and lower ones to draws of the prior."""
        rng = np.random.default_rng(seed.spawn(1)[0])
        n = len(modes[0].point)
        x = rng.normal(size=(_FIRST, n))
        for k in range(_FIRST // 2, _FIRST):
            x[k] = modes[rng.choice(len(modes), p=share)].point + 0.1 * x[k]
        told = np.zeros((4, _FIRST))
        told[0] = np.log(0.5)
        return _Ladder(x, told, seed)

    def _adapt(self) -> None:
        """Find step sizes and rungs, in rounds of growing length."""
        each = _MOVES * self._settings.tune / sum(_ROUNDS)
        for times in _ROUNDS:
            self._run(round(times * each), adapting=True)
            self._set_rungs()

    def _set_rungs(self) -> None:
        """Set rungs so that every exchange is refused alike, as few as that takes."""
        told = np.mean([ladder.told for ladder in self._ladders], axis=0)
        moves = max(1, self._ladders[0].moves)
        refused = 2.0 * told[2, :-1] / moves  # a pair has its turn every other time
        way = np.concatenate([[0.0], np.cumsum(np.maximum(refused, 1e-3))])
        rungs = int(np.clip(np.ceil(way[-1] / _REFUSED) + 1, _LEAST, _MOST))
        bent = self._beta ** (1.0 / _BEND)
        beta = PchipInterpolator(way, bent)(np.linspace(0.0, way[-1], rungs)) ** _BEND
        beta[0], beta[-1] = 0.0, 1.0
        from_rung = np.argmin(np.abs(bent[:, None] - beta ** (1.0 / _BEND)), axis=0)
        for ladder in self._ladders:
            ladder.x = ladder.x[from_rung]
            ladder.told = np.zeros((4, rungs))
            ladder.told[0] = np.interp(beta, self._beta, told[0])
            ladder.moves = 0
        self._beta = beta

    def _run(self, moves: int, *, adapting: bool) -> Array:
        """Move all ladders; shape (chain, moves, n + 3)."""

        def moved(some: int, ladder: _Ladder) -> Array:
            seed = int(ladder.seeds.spawn(1)[0].generate_state(1)[0])
            held = ladder.x, self._beta, ladder.told
            out = self._moves.ascend(held, self._shape, (some, ladder.moves, adapting), seed)
            ladder.moves += some
            return out

        found = []
        with ThreadPoolExecutor(self._settings.cores) as pool:
            for start in range(0, moves, _AT_ONCE):
                some = min(_AT_ONCE, moves - start)
                found.append(np.array([*pool.map(partial(moved, some), self._ladders)]))
                self._told(some)
        return np.concatenate(found, axis=1)

    def _told(self, moves: int) -> None:
        """Count moves in draws."""
        self._done += moves * len(self._ladders) // _MOVES
        if self._report:
            self._report(min(self._done, self._planned), self._planned)

    def draw(self, draws: int) -> Draws:
        """Draw from the posterior, going on from the last draw.

        Parameters
        ----------
        draws : int
            Of each chain.

        Returns
        -------
        Draws
        """
        self._planned = max(self._planned, self._done + draws * len(self._ladders))
        found = self._run(_MOVES * draws, adapting=False)
        kept = found[:, _MOVES - 1 :: _MOVES]
        each = found.reshape(len(found), draws, _MOVES, -1)
        stats = {
            "diverging": each[..., -1].any(axis=-1),
            "n_steps": each[..., -2].sum(axis=-1).astype(np.int64),
            "lp": kept[..., -3],
        }
        return Draws(self._unflatten(kept[..., :-3]), stats)

    def shorten(self) -> None:
        """Halve the steps on every rung: an error of the energy falls with their square."""
        for ladder in self._ladders:
            ladder.told[0] -= np.log(2.0)

    @property
    def rungs(self) -> int:
        """How many there are."""
        return len(self._beta)

    @property
    def ascents(self) -> int:
        """How many points have come all the way up from the prior, since adaptation."""
        return int(sum(ladder.told[1, 0] for ladder in self._ladders))
