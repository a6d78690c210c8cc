r"""What pulls the answer where: its median with half the weight of each thing that it is made of.

The stored draws are weighed. With half the weight of some figures a draw weighs :math:`\exp(-\sum_i \ell_i / 2)`, with
:math:`\ell_i` their log likelihoods; with half that of the prior behind a standard normal z,
:math:`\exp(z^2 / 4)`; with half (the log of) the bias that is assumed of a relation, what `truetoll.studies.beliefs`
says; and if a figure that is probably an error were none, the probability of that in each draw.

Half, because that can be told. Without a source at all weights rest on the few draws that it finds least likely: eight
times 4,000 draws of data/kursk-article put the median without one claim 3.3 % apart (sd), where the Monte Carlo error
said 2.2 %, and with half its weight 0.5 %, as it said. Densities are scaled in this way to see what an answer follows
(Kallioinen and others 2024). Where weights without it can be trusted all the same, they must not say the contrary.

References
----------
Vehtari, Simpson, Gelman, Yao, Gabry 2024, doi:10.48550/arXiv.1507.02646 (Pareto k, and its limit by number of draws).
Kallioinen, Paananen, Buerkner, Vehtari 2024, doi:10.1007/s11222-023-10366-5.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.claims.schema import Case, Prior, Term
from truetoll.claims.voices import voices_of
from truetoll.sampling.convergence import mcse
from truetoll.sampling.weights import KHAT, effective, efficiency, moved_median, smoothed
from truetoll.studies.beliefs.read import Levers, levers
from truetoll.studies.fit.records import Pull

Array = NDArray[np.float64]
Amounts = Mapping[str, Array]
"""Quantity -> log of its draws, shape (chain, draw)."""
Exact = Mapping[tuple[str, str], Mapping[str, tuple[float, float]]]
"""(kind, key) -> quantity -> change of its log median without that, and the Monte Carlo error: of refits."""

SHARE = 0.05
"""Change of the median, with half the weight of something, from which it is told: of less, two digits may show nothing.
Without it altogether twice that."""
SURE = 3.0
"""Monte Carlo standard errors that it must be beyond: some twenty things are tried, and who is named must be right."""
ESS = 50.0
"""Effective draws below which that error itself is not known."""
MOST = 12
"""Things of a kind that are weighed: those with the largest effect in the first order."""
_WORTH = SHARE / 5.0
"""Effect in the first order (log) below which nothing is weighed: it would have to be five times as large."""
_SIDE = 0.25
"""Effect of a figure against that of the strongest of its source below which it is not named beside it."""
_NEVER = 1e-300
"""The least probability there is: its logarithm is a number."""
_DOUBTED = 0.5
"""P(sound) below which a figure is probably an error."""


@dataclass(frozen=True)
class Piece:
    """Something that the answer is made of.

    Parameters
    ----------
    kind, key : str
        As of a `Pull`.
    half : ndarray
        Log ratio of weights with half of it, shape (sample,).
    none : ndarray or None
        The same without it; None where there is no such posterior.
    value : float or None
    rests_on : tuple of int
        As of a `Pull`.
    """

    kind: str
    key: str
    half: Array
    none: Array | None
    value: float | None = None
    rests_on: tuple[int, ...] | None = None

    def effect(self, centred: Array) -> Array:
        """Find by how much logs of quantities, less their means, are higher then, in the first order.

        Shape (...,) of shape (..., sample).
        """
        return np.asarray(centred @ self.half / self.half.size)


@dataclass(frozen=True)
class Pulls:
    """What moves one quantity.

    Parameters
    ----------
    found : tuple of Pull
        The strongest first.
    unknown : tuple of str
        Sources that seem to move it, of which the draws cannot tell.
    """

    found: tuple[Pull, ...]
    unknown: tuple[str, ...]


def pulls(tree: xr.DataTree, case: Case, names: Sequence[str], exact: Exact | None = None) -> dict[str, Pulls]:
    """Find what pulls the medians of some quantities up or down.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit that converged.
    case : Case
    names : sequence of str
        Of the quantities.
    exact : mapping, optional
        Refits that are known: what they tell is not weighed.

    Returns
    -------
    dict of str to Pulls
    """
    amounts = {name: np.log(tree["posterior"]["amount"].sel(quantity=name).to_numpy()) for name in names}
    centred = {name: amount.ravel() - amount.mean() for name, amount in amounts.items()}
    said = _said(tree)
    known = {**_alone(tree, case, amounts), **(exact or {})}
    found: dict[str, list[Pull]] = {name: [] for name in names}
    unknown: dict[str, list[str]] = {name: [] for name in names}
    for piece in _worth(_pieces(tree, case, said), np.array([*centred.values()]), known):
        told = known.get((piece.kind, piece.key))
        khat, moved = (None, told) if told is not None else _weighed(piece, amounts)
        for name in names:
            if name in moved:
                of = _pulling(piece, case, said, name, centred[name], up=moved[name][0] < 0)
                left = 0.5 if told is None else 0.0
                shift, error = moved[name]
                found[name].append(
                    Pull(piece.kind, piece.key, left, shift, error, khat, of, piece.value, piece.rests_on)
                )
            elif piece.kind == "source" and abs(piece.effect(centred[name])) >= SHARE:
                unknown[name].append(piece.key)
    return {name: Pulls(_told(found[name], case), tuple(unknown[name])) for name in names}


def _said(tree: xr.DataTree) -> dict[str, Array]:
    """Log likelihood of every claim in use, by id, shape (sample,)."""
    if "log_likelihood" not in tree.children:
        return {}
    each = tree["log_likelihood"]["claims"].transpose("claim", "chain", "draw")
    used = tree["constant_data"]["weight"].to_numpy() > 0
    ids, values = each["claim"].to_numpy(), each.to_numpy()
    return {str(ids[i]): values[i].ravel() for i in np.flatnonzero(used)}


# What the answer is made of


def _pieces(tree: xr.DataTree, case: Case, said: Mapping[str, Array]) -> Iterator[Piece]:
    asked = levers(tree, paced=False)
    for source, log in zip(asked.sources, asked.log_likelihood, strict=True):
        yield _without("source", source, log)
        own = _of(case, source, said)
        yield from (_without("claim", name, said[name]) for name in own if len(own) > 1)
    yield from _biases(asked, case)
    yield from _priors(tree["posterior"].dataset, case)
    yield from _doubts(tree["posterior"].dataset, said)


def _without(kind: str, key: str, log_likelihood: Array) -> Piece:
    return Piece(kind, key, -0.5 * log_likelihood, -log_likelihood)


def _of(case: Case, source: str, said: Mapping[str, Array]) -> list[str]:
    return [claim.id for claim in case.claims if claim.source == source and claim.id in said]


def _biases(asked: Levers, case: Case) -> Iterator[Piece]:
    """Relations whose voices are all assumed to overstate alike, and not taken at their word."""
    for relation in asked.relations:
        means = {round(asked.bias_mean[voice], 9) for voice in asked.voices[relation]}
        if len(means) == 1 and (mu := means.pop()):
            half, none = (asked.log_ratio({}, {relation: -part * mu}) for part in (0.5, 1.0))
            source, _, force = asked.voices[relation][0].partition(":")
            rests = next(voice.rests_on for voice in voices_of(case, source) if voice.force == force)
            yield Piece("bias", relation, half, none, math.exp(mu), rests or ())


def _priors(posterior: xr.Dataset, case: Case) -> Iterator[Piece]:
    """List what was stated of losses before any claim; the contingents of a force together."""
    if "z_losses" not in posterior:
        return
    z = posterior["z_losses"].transpose("parameter", "chain", "draw")
    squares: dict[str, Array] = {}
    for name, values in zip(map(str, z["parameter"].to_numpy()), z.to_numpy(), strict=True):
        what, _, of = name.rstrip("]").partition("[")
        key = f"{what}[{of.partition('/')[0]}]"
        squares[key] = squares.get(key, 0.0) + 0.5 * values.ravel() ** 2
    for key, square in squares.items():
        yield Piece("prior", key, 0.5 * square, None, _stated(case, key))


def _stated(case: Case, key: str) -> float | None:
    """Median of a stated prior; None for a strength that comes in contingents."""
    what, _, of = key.rstrip("]").partition("[")
    term = Term.of(of)
    force = case.forces[term.force]
    ratio = force.wounded_per_killed or case.reliability.wounded_per_killed
    total = force.counts[term.quantity] if term.quantity else force.total
    shares: dict[str, Prior | None] = {"captured": force.captured_share, "missing": force.missing_share}
    sizes = {"strength": force.strength, "rate": force.rate, "total": total, "ratio": force.ratio}
    stated = {**sizes, "wounded": ratio, **shares}[what]
    return stated.median if stated else None


def _doubts(posterior: xr.Dataset, said: Mapping[str, Array]) -> Iterator[Piece]:
    """Figures that are probably errors: that they are none weighs each draw by the probability of it there."""
    sound = posterior["sound"].transpose("claim", "chain", "draw")
    for name, values in zip(map(str, sound["claim"].to_numpy()), sound.to_numpy(), strict=True):
        if name in said and values.mean() < _DOUBTED:
            yield Piece("unsound", name, np.log(np.maximum(values.ravel(), _NEVER)), None)


def _worth(pieces: Iterable[Piece], centred: Array, known: Exact) -> Iterator[Piece]:
    """Those that are known, and of each kind those with most effect in the first order, and enough."""
    ranked: dict[str, list[tuple[float, Piece]]] = {}
    for piece in pieces:
        effect = float(np.abs(piece.effect(centred)).max())
        if (piece.kind, piece.key) in known:
            yield piece
        elif effect >= _WORTH:
            ranked.setdefault(piece.kind, []).append((effect, piece))
    for several in ranked.values():
        yield from (piece for _, piece in sorted(several, key=lambda pair: -pair[0])[:MOST])


# What they do to it


def _alone(tree: xr.DataTree, case: Case, amounts: Amounts) -> Exact:
    """Without the only source there is the answer is the prior, whose draws the run has."""
    speaking = {claim.source for claim in case.claims if claim.weight > 0}
    if len(speaking) != 1:
        return {}
    before = {name: np.log(tree["prior"]["amount"].sel(quantity=name).to_numpy()) for name in amounts}
    return {("source", speaking.pop()): {name: _between(amounts[name], before[name]) for name in amounts}}


def _between(after: Array, before: Array) -> tuple[float, float]:
    error = math.hypot(mcse(after, "median"), mcse(before, "median"))
    return float(np.median(before) - np.median(after)), error


def _weighed(piece: Piece, amounts: Amounts) -> tuple[float | None, dict[str, tuple[float, float]]]:
    """Pareto k with half of a piece, and what that does to each quantity, unless it does the contrary without it."""
    shape = next(iter(amounts.values())).shape
    half, none = (None if r is None else _trusted(r.reshape(shape)) for r in (piece.half, piece.none))
    if half is None:
        return None, {}
    moved = {name: moved_median(amount, half[0]) for name, amount in amounts.items()}
    if none is not None:
        far = {name: moved_median(amount, none[0])[0] for name, amount in amounts.items()}
        moved = {name: each for name, each in moved.items() if each[0] * far[name] > 0}
    return half[1], moved


def _trusted(ratio: Array) -> tuple[Array, float] | None:
    """Smooth weights; None if they cannot be trusted, by Pareto k or by the effective draws that are left."""
    log_weights, khat = smoothed(ratio)
    if not khat <= min(KHAT, 1.0 - 1.0 / math.log10(max(log_weights.size, 11))):
        return None
    worth = efficiency(ratio[..., None]) * effective(log_weights)
    return (log_weights, khat) if worth >= ESS else None


def _pulling(
    piece: Piece, case: Case, said: Mapping[str, Array], name: str, centred: Array, *, up: bool
) -> tuple[str, ...]:
    """Ids of the claims of a piece that pull as it does, in the first order, the strongest first.

    Those on other forces only where none is on this one: they pull by what they tell of the source.
    """
    if piece.kind in ("claim", "unsound"):
        return (piece.key,)
    if piece.kind != "source":
        return ()
    own = [claim for claim in case.claims if claim.source == piece.key and claim.id in said]
    about = {part.force for q in case.quantities if q.name == name for part in q.parts}
    near = [claim for claim in own if about.intersection(claim.forces)]
    effects = {claim.id: float(_without("claim", claim.id, said[claim.id]).effect(centred)) for claim in near or own}
    same = {each: abs(effect) for each, effect in effects.items() if (effect < 0) == up}
    least = _SIDE * max(same.values(), default=0.0)
    return tuple(sorted((each for each, effect in same.items() if effect >= least), key=lambda each: -same[each]))


def _told(found: Sequence[Pull], case: Case) -> tuple[Pull, ...]:
    """Those that are large and sure, the strongest first; of single claims only what their source does not say."""
    sure = [p for p in found if _large(p) and abs(p.shift_log) > SURE * p.mcse_log]
    source_of = {claim.id: claim.source for claim in case.claims}
    whole = {(p.key, p.shift_log < 0) for p in sure if p.kind == "source"}
    kept = [p for p in sure if p.kind != "claim" or (source_of[p.key], p.shift_log < 0) not in whole]
    return tuple(sorted(kept, key=lambda p: -abs(p.shift_log) / (1.0 - p.left)))


def _large(pull: Pull) -> bool:
    return abs(math.expm1(pull.shift_log)) >= SHARE * (1.0 - pull.left) / 0.5
