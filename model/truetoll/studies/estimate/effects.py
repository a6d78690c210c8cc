r"""What history says of sources, and the part of the reliability table that is made of it.

The model is that of `truetoll.studies.estimate.errors` with the effects that the rule in
``data/hindcast/SELECTION.md`` chose as far as the search went. mu is a posterior mean and mu_sd its posterior sd, a
doubt that all voices of a relation share, so no number of them takes it away. Spreads are the roots of mean squares,
:math:`\sqrt{E[\tau^2]}`: what is not known of them widens intervals. A relation without claims has the mean of its
class, and as doubt how far relations differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from truetoll.benchmark import CLASSES, RELATIONS
from truetoll.claims.reliability import Reliability, judged_hedges
from truetoll.claims.schema import COUNTING
from truetoll.studies.estimate.errors import Effect, ErrorModel
from truetoll.studies.estimate.folds import ESS
from truetoll.studies.estimate.past import Past, Told

Array = NDArray[np.float64]


def _class(told: Told) -> str:
    return told.victims


def _cell(told: Told) -> str:
    return f"{told.victims}:{told.relation}"


def _everyone(told: Told) -> str:
    del told
    return "all"


def _access(told: Told) -> str | None:
    return told.claim.access


def _hedge(told: Told) -> str | None:
    return "more_than" if told.hedge == "fewer_than" else told.hedge  # the one is the other turned round


def _famous(told: Told) -> str | None:
    return "all" if told.target.frame == "famous" else None


EFFECTS = (
    Effect("class", "mean", _class, 0.3),
    Effect("relation", "mean", _cell, 0.4, 0.5),
    Effect("voice", "voice", _everyone, 0.7),
    Effect("voice by access", "voice", _access, 0.4),
    Effect("voice by frame", "voice", _famous, 0.4),
    Effect("noise", "noise", _everyone, 0.5),
    Effect("noise by access", "noise", _access, 0.4),
    Effect("noise by frame", "noise", _famous, 0.4),
    Effect("unsound", "unsound", _everyone, 1.0),
    Effect("width", "width", _everyone, 0.4),
    Effect("all", "all", _class, 0.7),
    Effect("all by frame", "all", _famous, 0.4),
    Effect("kin", "kin", _class, 0.7),
    Effect("gap", "gap", _hedge, 0.7),
)
"""What the numbers of a claim owe to what is known of it: sds of their priors on the log (or logit) scale."""


def model_of(past: Past, table: Reliability) -> ErrorModel:
    """Make the model of errors whose estimates are shipped.

    Parameters
    ----------
    past : Past
    table : Reliability
        Its slant and the error that figures of one origin share are taken as known.

    Returns
    -------
    ErrorModel
    """
    return ErrorModel(past, EFFECTS, table.slant.sd, table.origin.rho, scaled=True)


@dataclass(frozen=True)
class Estimates:
    """What history says of sources (log scale), with its posterior mean, sd and the ends of its 90 % interval.

    Parameters
    ----------
    mean, sd, low, high : dict of str to ndarray
        Of ``mu``, ``tau`` (class, relation), ``kappa0``, ``kappa`` (class,), ``spread``, ``noise``, ``unsound``
        (access,), ``hedge`` (hedge,), ``frame`` (spread,), ``width`` and ``disagreement`` (): tau is that of the usual
        access of its relation, spread what it is multiplied by for others, unsound a probability, hedge the mean of a
        gap, frame what spreads are multiplied by in a famous dispute.
    square : dict of str to ndarray
        Posterior mean of the square of each.
    claims, losses, wars : ndarray
        Behind each, shape (class, relation).
    rhat, ess : float
        The worst of all.
    divergences : int
    """

    mean: Mapping[str, Array]
    sd: Mapping[str, Array]
    low: Mapping[str, Array]
    high: Mapping[str, Array]
    square: Mapping[str, Array]
    claims: NDArray[np.int64]
    losses: NDArray[np.int64]
    wars: NDArray[np.int64]
    rhat: float
    ess: float
    divergences: int

    @property
    def converged(self) -> bool:
        """Whether its means can be used."""
        return self.rhat <= RHAT and self.ess >= ESS

    def table(self) -> dict[str, Any]:
        """Make the part of the reliability table that history decides.

        Returns
        -------
        dict
            Nested as the table.
        """
        wide = {name: np.sqrt(values) for name, values in self.square.items()}
        return {
            "bias": {
                v: {
                    r: {
                        "mu": float(self.mean["mu"][i, j]),
                        "mu_sd": float(self.sd["mu"][i, j]),
                        "tau": float(wide["tau"][i, j]),
                    }
                    for j, r in enumerate(RELATIONS)
                }
                for i, v in enumerate(CLASSES)
            },
            "shared": {v: {k: float(wide[k][i]) for k in ("kappa0", "kappa")} for i, v in enumerate(CLASSES)},
            "access": {"tau": _by_access(self.mean["spread"])},
            "noise": {"access": _by_access(wide["noise"])},
            "soundness": {
                "access": _by_access(1.0 - self.mean["unsound"]),
                "unsound_sd": float(wide["width"]),
            },
            "hedge": dict(zip(judged_hedges(), map(float, self.mean["hedge"]), strict=True)),
            "frame": dict(zip(WIDER, map(float, self.mean["frame"]), strict=True)),
            "disagreement": {"log_sd": float(wide["disagreement"])},
        }


WIDER = {"tau": "voice", "noise": "noise", "kappa0": "all"}
"""Spreads that are wider in a famous dispute, as the table calls them, and what they are of `Effect.of`."""
RHAT = 1.05
"""What an estimate must meet to be used, beside `ESS`."""


def _by_access(values: Array) -> dict[str, float]:
    return dict(zip(COUNTING, map(float, values), strict=True))


def estimates(
    model: ErrorModel, table: Reliability, z: Array, weight: Array, checks: tuple[float, float, int]
) -> Estimates:
    """Sum up draws of what was estimated.

    Parameters
    ----------
    model : ErrorModel
        Of `model_of`.
    table : Reliability
        Says what access is usual in each relation.
    z : ndarray
        Draws, shape (draw, name).
    weight : ndarray
        Of each, adding up to one.
    checks : (float, float, int)
        R-hat, ESS and divergences.

    Returns
    -------
    Estimates
    """
    found = _readings(model, table, z)
    mean = {name: np.tensordot(weight, draws, axes=1) for name, (draws, _) in found.items()}
    square = {n: np.tensordot(weight, draws**2, axes=1) + doubt for n, (draws, doubt) in found.items()}
    sd = {name: np.sqrt(np.maximum(square[name] - mean[name] ** 2, 0.0)) for name in found}
    low, high = ({name: _quantile(draws, weight, p) for name, (draws, _) in found.items()} for p in (0.05, 0.95))
    return Estimates(mean, sd, low, high, square, *counts(model), *checks)


def _readings(model: ErrorModel, table: Reliability, z: Array) -> dict[str, tuple[Array, Array | float]]:
    """Draws of every number, and the variance that is not in them: of relations that nobody spoke in."""
    usual = table.access.usual
    cells = [[_like(model, v, r, usual[v][r]) for r in RELATIONS] for v in CLASSES]
    mu, doubt = _each(model, z, "mean", cells)
    access = [_like(model, CLASSES[0], RELATIONS[0], a) for a in COUNTING]
    classes = [row[0] for row in cells]
    hedged = [replace(model.past.told[0], hedge=name, gap=gap) for name, gap in judged_hedges().items()]
    voice = np.exp(_each(model, z, "voice", [access])[0][:, 0])
    log_odds = _each(model, z, "unsound", [access])[0][:, 0]
    return {
        "mu": (mu, doubt),
        "tau": (np.exp(_each(model, z, "voice", cells)[0]), 0.0),
        "kappa0": (np.exp(_each(model, z, "all", [classes])[0][:, 0]), 0.0),
        "kappa": (np.exp(_each(model, z, "kin", [classes])[0][:, 0]), 0.0),
        "spread": (voice / voice[:, :1], 0.0),
        "noise": (np.exp(_each(model, z, "noise", [access])[0][:, 0]), 0.0),
        "unsound": (1.0 / (1.0 + np.exp(-log_odds)), 0.0),
        "frame": (_ratios(model, z), 0.0),
        "hedge": (np.exp(_each(model, z, "gap", [hedged])[0][:, 0]), 0.0),
        "width": (np.exp(_each(model, z, "width", [access])[0][:, 0, 0]), 0.0),
        "disagreement": (np.array([model.scale_sd(point) for point in z]), 0.0),
    }


def _ratios(model: ErrorModel, z: Array) -> Array:
    """Read off what spreads are multiplied by in a famous dispute, shape (draw, spread)."""
    ordinary = _like(model, CLASSES[0], RELATIONS[0], COUNTING[0])
    famous = replace(ordinary, target=replace(ordinary.target, frame="famous"))
    logs = [[model.number_of(z, of, each)[0] for of in WIDER.values()] for each in (famous, ordinary)]
    return np.exp(np.array(logs[0]) - np.array(logs[1])).T


def _like(model: ErrorModel, victims: str, relation: str, access: str) -> Told:
    """Make an ordinary claim of some relation: nothing but what effects go by is asked of it."""
    told = model.past.told[0]
    claim = replace(told.claim, relation=relation, access=access)  # type: ignore[arg-type]
    target = replace(told.target, victim_class=victims, frame="list")  # type: ignore[arg-type]
    return replace(told, claim=claim, target=target)


def _each(model: ErrorModel, z: Array, of: str, told: list[list[Told]]) -> tuple[Array, Array]:
    """One number of many claims: draws, shape (draw, *claims), and the mean variance that is not in them."""
    found = [[model.number_of(z, of, each) for each in row] for row in told]
    values = np.moveaxis(np.array([[v for v, _ in row] for row in found]), -1, 0)
    return values, np.array([[doubt.mean() for _, doubt in row] for row in found])


def _quantile(draws: Array, weight: Array, p: float) -> Array:
    """Weighted quantile along the first axis."""
    flat = draws.reshape(len(draws), -1)
    order = np.argsort(flat, axis=0)
    below = np.cumsum(weight[order], axis=0)
    at = np.minimum((below < p).sum(axis=0), len(flat) - 1)
    found = np.take_along_axis(flat, order, axis=0)[at, np.arange(flat.shape[1])]
    return np.asarray(found.reshape(draws.shape[1:]))


def counts(model: ErrorModel) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Count claims in use, and the losses and wars they are of.

    Parameters
    ----------
    model : ErrorModel

    Returns
    -------
    claims, losses, wars : ndarray
        Shape (class, relation).
    """
    used = [told for told in model.past.told if told.target.war != model.left_out]
    keys: tuple[Callable[[Told], object], ...] = (id, _loss, _war)
    sets = [{(t.victims, t.relation, key(t)) for t in used} for key in keys]
    return tuple(  # type: ignore[return-value]
        np.array([[sum(each[:2] == (v, r) for each in found) for r in RELATIONS] for v in CLASSES]) for found in sets
    )


def _loss(told: Told) -> str:
    return told.target.name


def _war(told: Told) -> str:
    return told.target.war
