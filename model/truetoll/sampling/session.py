"""One compiled model under many assumptions.

The base case is sampled first. Its draws give the coordinates in which every other posterior is sampled: they are
nearly uncorrelated with variance one there too, so a refit needs little adaptation. A refit that misses the
convergence gate is continued, in coordinates of its own.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product
from time import perf_counter
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims.schema import Case
from truetoll.model.tables import LOSS_DATA, Tables, build_tables
from truetoll.sampling import native
from truetoll.sampling.continuing import continued, fitting
from truetoll.sampling.convergence import diagnose, mcse
from truetoll.sampling.engine import Coordinates, Draws, Engine, Settings
from truetoll.sampling.frames import Frame
from truetoll.sampling.framing import framing
from truetoll.sampling.passthrough import pass_through, strengths
from truetoll.sampling.results import PRIOR_DRAWS, dataset, free_variables, quantities, reported
from truetoll.sampling.reweight import ESS, Reweighted, resample, reweight, usable
from truetoll.text.messages import Message

Array = NDArray[np.float64]

Progress = Callable[[int, int, str | Message], None]
"""Called with (done, in all, what is computed now)."""
BASE = Settings()
"""How the base is sampled: its draws carry every other posterior."""
QUICK = Settings(draws=500, tune=150)
"""How a refit is sampled, from the base's coordinates."""
_TRIAL = 8
"""Of so many draws one is reweighted first, to see whether the others are worth it."""


@dataclass(frozen=True)
class Refit:
    """The posterior of one case, converged or not.

    Parameters
    ----------
    case : Case
    tables : Tables
    draws : Draws
        Of the free variables.
    posterior : xarray.Dataset
        As the group ``posterior`` of `truetoll.fit`.
    prior : ndarray
        Amounts before any claim, shape (draw, quantity).
    checks : dict
        ``converged``, ``rhat_max``, ``ess_min``, ``divergences``, of all draws that were made.
    method : {"refit", "psis"}
        Sampled anew, or the base's draws reweighted; then `khat` is the Pareto k of the weights.
    khat : float
    """

    case: Case
    tables: Tables
    draws: Draws
    posterior: xr.Dataset
    prior: Array
    checks: dict[str, Any]
    method: str = "refit"
    khat: float = math.nan

    @property
    def converged(self) -> bool:
        """Whether it is a result."""
        return bool(self.checks["converged"])

    @property
    def log_amount(self) -> Array:
        """Log of what is reported, shape (chain, draw, quantity)."""
        return np.asarray(np.log(self.posterior["amount"].to_numpy()))

    @property
    def log_median(self) -> Array:
        """Log of the posterior medians, shape (quantity,)."""
        return np.asarray(np.median(self.log_amount, axis=(0, 1)))

    @property
    def log_median_mcse(self) -> Array:
        """Monte Carlo standard error of `log_median`, shape (quantity,)."""
        return np.array([mcse(x, "median") for x in np.moveaxis(self.log_amount, -1, 0)])


class Session:
    """A compiled model, the posterior of its base case, and the means to refit it.

    Parameters
    ----------
    case : Case
        The base, as read or under a scenario.
    settings : Settings, optional
        How every refit is sampled; chains, seed, cores and sampler hold for the base too. Default: 4 chains of 150
        steps to adapt and 500 draws.
    engine : Engine, optional
        A compiled model to use; else one is compiled.
    base : Refit, optional
        The posterior of the base, if it was sampled before.

    Raises
    ------
    ValueError
        If `base` is of another case.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> session = tt.Session(case)
    >>> refit = session.posterior(tt.apply_scenario(case, "trust_seoul"))
    >>> refit.converged, refit.posterior["amount"].dims
    (True, ('chain', 'draw', 'quantity'))
    """

    def __init__(
        self, case: Case, settings: Settings = QUICK, *, engine: Engine | None = None, base: Refit | None = None
    ) -> None:
        if base is not None:
            check_same(base.case, case)
        began, tables, before = perf_counter(), build_tables(case), native.compilations
        self.settings, self.engine = settings, engine or Engine(tables)
        self.compilations = native.compilations - before
        self.seconds = {"compile": perf_counter() - began, "sampling": 0.0}
        self._known: dict[str, Refit] = {}
        self._near: tuple[list[tuple[str, ...]], Array] | None = None
        self._carried: dict[tuple[tuple[str, ...], ...], Coordinates | None] = {}
        self.base = base or self._sampled(case, tables, longer(settings))
        if self.sound and not tables.index.smooth:
            self.engine.set(tables)
            frame = framing(tables)
            self._near = labels(self.engine, tables, frame), self.engine.moved(self.base.draws, frame)

    @property
    def sound(self) -> bool:
        """Whether the base is a result: if not, its draws carry no other posterior, and each is sampled by itself."""
        return bool(self.base.checks.get("converged", True))

    def refit(self, case: Case) -> Refit:
        """Sample the posterior of a case under other assumptions.

        Parameters
        ----------
        case : Case
            The base of the session under other assumptions.

        Returns
        -------
        Refit
            `settings.draws` a chain; ``checks`` says whether it converged. A case whose every number is that of one
            sampled before is not sampled again.
        """
        tables = build_tables(case)
        key = _fingerprint(tables)
        if key not in self._known:
            settings = self.settings if self.sound else longer(self.settings)
            self._known[key] = self.thinned(self._sampled(case, tables, settings))
        return replace(self._known[key], case=case)

    def remember(self, refit: Refit) -> None:
        """Take a refit that was made elsewhere, so that it is not made again.

        Parameters
        ----------
        refit : Refit
            With the settings of this session.
        """
        self._known[_fingerprint(refit.tables)] = refit

    def preview(self, case: Case) -> Refit:
        """Find the posterior of a case by reweighting the draws of the base; sample it where they do not reach it.

        Parameters
        ----------
        case : Case
            The base of the session under other assumptions.

        Returns
        -------
        Refit
            ``method`` says which.
        """
        if not self.sound:
            return self.refit(case)
        began, tables = perf_counter(), build_tables(case)
        found = self._reweighted(tables, _TRIAL)
        if found.ess * _TRIAL >= ESS / 2:  # else hopeless: an eighth of the work has shown it
            found = self._reweighted(tables)
        if not usable(found):
            return self.refit(case)
        draws = resample(found, self.settings.seed)
        self.engine.set(tables)
        posterior = dataset(tables, reported(tables, self.engine.outputs(draws)) | free_variables(self.engine, draws))
        checks = {"converged": 1, "rhat_max": math.nan, "ess_min": found.ess, "divergences": 0}
        whole = Refit(case, tables, draws, posterior, self._prior(tables), checks, "psis", found.khat)
        self.seconds["sampling"] += perf_counter() - began
        return self.thinned(whole)

    def _reweighted(self, tables: Tables, each: int = 1) -> Reweighted:
        """Carry every so many of the base's draws to a case and weigh them."""
        parts = (self.base.draws.z, self.base.draws.stats)
        some = Draws(*({name: a[:, ::each] for name, a in part.items()} for part in parts))
        return reweight(self.engine, self.base.tables, some, tables, seed=self.settings.seed)

    def posterior(self, case: Case, *, preview: bool = False) -> Refit:
        """Find the posterior of a case, converged or not.

        Parameters
        ----------
        case : Case
            The base of the session under other assumptions.
        preview : bool
            Whether to reweight the base's draws where they reach; else the case is sampled.

        Returns
        -------
        Refit
            ``checks`` says whether it is a result.
        """
        return self.preview(case) if preview else self.refit(case)

    def _sampled(self, case: Case, tables: Tables, settings: Settings) -> Refit:
        began = perf_counter()
        for draws in continued(self.engine, tables, settings, self._coordinates(tables)):
            found = self._read(case, tables, draws)
            if found.checks["converged"]:
                break
        self.seconds["sampling"] += perf_counter() - began
        return self.thinned(found, settings.draws)

    def _read(self, case: Case, tables: Tables, draws: Draws) -> Refit:
        """Read the answers off all draws and check them."""
        posterior = dataset(tables, reported(tables, self.engine.outputs(draws)) | free_variables(self.engine, draws))
        stats = xr.Dataset({name: (("chain", "draw"), values) for name, values in draws.stats.items()})
        checks = diagnose(posterior, stats, case.reliability.convergence)
        return Refit(case, tables, draws, posterior, self._prior(tables), checks)

    def thinned(self, found: Refit, draws: int | None = None) -> Refit:
        """Keep some draws of each chain, evenly spread.

        Parameters
        ----------
        found : Refit
            What to thin.
        draws : int, optional
            As many as every refit has, if not given.

        Returns
        -------
        Refit
            With every so many of its draws.
        """
        kept = draws or self.settings.draws
        if found.posterior.sizes["draw"] == kept:
            return found
        each = found.posterior.sizes["draw"] // kept
        z, stats = (
            {name: a[:, ::each][:, :kept] for name, a in part.items()} for part in (found.draws.z, found.draws.stats)
        )
        posterior = found.posterior.isel(draw=slice(0, each * kept, each)).assign_coords(draw=np.arange(kept))
        return replace(found, draws=Draws(z, stats), posterior=posterior)

    def _prior(self, tables: Tables) -> Array:
        """Amounts before any claim; those of the base where its priors on losses, and the day, are the same."""
        if (base := getattr(self, "base", None)) is not None and _same_losses(tables, base.tables):
            return np.asarray(base.prior)
        self.engine.set(tables)
        drawn = self.engine.outputs(self.engine.prior(PRIOR_DRAWS, self.settings.seed))
        return np.asarray(quantities(tables, drawn)[0])

    def _coordinates(self, tables: Tables) -> Coordinates | None:
        """Coordinates of the base, by name; what the base has not is a standard normal until its own claims speak."""
        if self._near is None or tables.index.smooth:  # curves have better ones, which `Engine.sample` finds
            return None
        frame = framing(tables)
        wanted = tuple(labels(self.engine, tables, frame))
        if wanted not in self._carried:
            names, flat = self._near
            place = {name: i for i, name in enumerate(names)}
            self.engine.set(tables)
            fresh = self.engine.prior(len(flat), self.settings.seed)
            columns = self.engine.moved(fresh, frame)
            for i, name in enumerate(wanted):
                if name in place:
                    columns[:, i] = flat[:, place[name]]
            self._carried[wanted] = fitting(columns)
        near = self._carried[wanted]
        return near and replace(near, frame=frame)

    def pass_through(self, refit: Refit) -> tuple[Array, Array]:
        """Per cent by which each quantity falls if every voice exaggerates 1 % more than assumed.

        Parameters
        ----------
        refit : Refit
            A posterior that this session found.

        Returns
        -------
        pass_through, mcse : ndarray
            Shape (quantity,); missing where no voice speaks.
        """
        return pass_through(self.engine, refit.tables, refit.draws, refit.log_amount, strengths(refit.tables))


def longer(settings: Settings) -> Settings:
    """Sample at least as a base is, which has no draws of another posterior to begin from.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    Settings
    """
    return replace(settings, draws=max(settings.draws, BASE.draws), tune=max(settings.tune, BASE.tune))


def check_same(known: Case, case: Case) -> None:
    """Refuse to answer for one case with the posterior of another.

    Parameters
    ----------
    known : Case
        Whose posterior there is.
    case : Case
        Which is asked about.

    Raises
    ------
    ValueError
        Unless all that determines the answer is the same.
    """
    if known is not case and known.digest != case.digest:
        names = (f"{c.name} ({c.scenario}, digest {c.digest[:12]})" for c in (known, case))
        raise ValueError("the session is of {}, not of {}: make one of this case".format(*names))


def _reported(tables: Tables) -> tuple[Any, ...]:
    """Say what is read off losses: of which day, and what each quantity adds up."""
    case = tables.index.case
    parts = {name: {q: force.outcomes_of(q) for q in force.quantities} for name, force in case.forces.items()}
    return case.as_of, case.bins, parts | {name: total.of for name, total in case.file.totals.items()}


def _same_losses(a: Tables, b: Tables) -> bool:
    return _reported(a) == _reported(b) and all(np.array_equal(a.data[k], b.data[k]) for k in LOSS_DATA)


def _fingerprint(tables: Tables) -> str:
    """Hash of every number of a case, the names of its free variables, and what is read off them."""
    asked = (tables.coords, _reported(tables), tables.index.case.reliability.convergence)
    known = hashlib.sha256(repr(asked).encode())
    for name in sorted(tables.data):
        values = tables.data[name]
        known.update(repr((name, values.shape)).encode() + np.ascontiguousarray(values).tobytes())
    return known.hexdigest()


def labels(engine: Engine, tables: Tables, frame: Frame) -> list[tuple[str, ...]]:
    """Name everything that moves, in the order of a flat point: ``("z_bias", "voice[nis:dprk]")``.

    Parameters
    ----------
    engine : Engine
    tables : Tables
    frame : Frame
        What moves in place of free variables has the name of the tally too.

    Returns
    -------
    list of tuple of str
    """
    axes = {name: [tables.coords[dim] for dim in dims] for name, dims in engine.dims.items()}
    names = [(name, *label) for name, along in axes.items() for label in product(*along)]
    levels = frame.names(tables)
    return [(*name, levels[name]) if name in levels else name for name in names]
