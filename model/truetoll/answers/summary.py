r"""A fit -> what may be said about it.

Of every quantity: median, mean, equal-tailed interval, the prior beside them, how far the claims moved it and how far
it rests on what was assumed of the sources.

Notes
-----
Pass-through of a quantity Q: with v the direction in which every bias rises by one,

.. math:: p = -\mathrm{Cov}(\log Q, v \cdot z),

the per cent by which Q falls if every voice exaggerates 1 % more (see `truetoll.inference.passthrough`). Tail of a
claim: the mid-p :math:`P(k<0) + P(k=0)/2` of its cell among redrawn ones, doubled on the nearer side.

References
----------
Lancaster 1961, mid-p, doi:10.1080/01621459.1961.10482105. Vehtari and others 2021, Monte Carlo errors of quantiles,
doi:10.1214/20-BA1221.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from numpy.typing import NDArray

from truetoll.answers.claims import claim_answers, levels
from truetoll.answers.looking import TRUTH_FORMS, about_losses, forces_of
from truetoll.answers.records import Diagnostics, Interval, Mass, QuantityAnswer, SourceAnswer, Summary, Threshold
from truetoll.answers.words import FEW_ORIGINS, pass_through_sentence, verdict
from truetoll.inference.direction import shared_direction

Array = NDArray[np.float64]
Described = Mapping[str, Any]

_AGAIN = (
    "The sampler did not converge: there is no answer. Run it again with more draws and tuning (--draws 4000 "
    "--tune 2000). If it still fails, look for a prior far wider than it need be, or claims that cannot all be so."
)


def summarise(tree: xr.DataTree) -> Summary:
    """Say what a fit says.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.fit` returns it, or as it was saved.

    Returns
    -------
    Summary
        Without any posterior number if the run did not converge.
    """
    case, attrs = json.loads(tree.attrs["description"]), tree.attrs
    converged, mass = bool(attrs["converged"]), float(attrs["interval_mass"])
    return Summary(
        case=str(attrs["case"]),
        scenario=str(attrs["scenario"]),
        title=case["title"],
        since=case["bins"][0],
        as_of=case["as_of"],
        digest=str(attrs["digest"]),
        interval_mass=mass,
        converged=converged,
        diagnostics=Diagnostics(float(attrs["rhat_max"]), float(attrs["ess_min"]), int(attrs["divergences"])),
        origins=len(_origins(case)),
        quantities=_quantities(tree, case, mass) if converged else (),
        sources=_sources(tree, case, mass, converged),
        claims=claim_answers(tree, case, mass, converged),
        notices=_notices(case, converged),
    )


def _origins(case: Described, force: str | None = None) -> set[str]:
    """Origins of the claims in use, of all or of those that count the losses of one force."""
    return {
        claim["origin"]
        for claim in case["claims"]
        if claim["weight"] > 0 and (force is None or (force in forces_of(claim["losses"]) and about_losses(claim)))
    }


def _notices(case: Described, converged: bool) -> tuple[str, ...]:
    found = list(case["notices"])
    if not converged:
        found.insert(0, _AGAIN)
    if (n := len(_origins(case))) < FEW_ORIGINS:
        found.append(f"The claims in use go back to {_count(n)}: the answer is arithmetic on the priors.")
        return tuple(found)
    for force, name in dict.fromkeys((q["name"].partition(".")[0], q["force"]) for q in case["quantities"]):
        if 0 < (n := len(_origins(case, force))) < FEW_ORIGINS:
            found.append(f"{name}: the claims go back to {_count(n)}; its losses are arithmetic on the priors.")
    return tuple(found)


def _count(n: int) -> str:
    return "one origin" if n == 1 else f"{n or 'no'} origins"


def _quantities(tree: xr.DataTree, case: Described, mass: float) -> tuple[QuantityAnswer, ...]:
    return tuple(_quantity(tree, q, case["as_of"], mass) for q in case["quantities"])


def _quantity(tree: xr.DataTree, q: Described, as_of: str, mass: float) -> QuantityAnswer:
    draws, before = (tree[group]["amount"].sel(quantity=q["name"]).to_numpy() for group in ("posterior", "prior"))
    after, prior = _interval(draws, mass), _interval(before, mass)
    p, error = pass_through(tree, q["name"])
    contraction = 1.0 - _ratio(float(np.log(draws).var()), float(np.log(before).var()))
    return QuantityAnswer(
        name=q["name"],
        force=q["force"],
        as_of=as_of,
        unit=q["unit"],
        median=after.median,
        mean=float(draws.mean()),
        sd=float(draws.std(ddof=1)),
        interval=Mass(mass, after.low, after.high),
        prior=prior,
        mcse_median=_mcse(draws, "median"),
        width_ratio=_ratio(_width(after), _width(prior)),
        contraction=contraction,
        pass_through=p,
        pass_through_mcse=error,
        sentence=pass_through_sentence(q["name"], p),
        verdict=verdict(p, contraction),
        thresholds=_thresholds(draws, before, q["thresholds"]),
    )


def _interval(draws: Array, mass: float) -> Interval:
    low, median, high = np.quantile(draws, levels(mass))
    return Interval(float(median), float(low), float(high))


def _width(interval: Interval) -> float:
    return float(np.log(interval.high / interval.low))


def _ratio(after: float, before: float) -> float:
    """Spread after over spread before; 1 where there was none: nothing was to be learned."""
    return after / before if before > 0 else 1.0


def _mcse(draws: Array, method: str) -> float:
    """Monte Carlo standard error of draws of shape (chain, draw); 0 if they do not vary."""
    if np.ptp(draws) == 0:
        return 0.0
    return float(array_stats.mcse(draws, chain_axis=0, draw_axis=1, method=method))


def _thresholds(draws: Array, before: Array, values: Sequence[float]) -> tuple[Threshold, ...]:
    above = [(value, (draws > value).astype(float)) for value in values]
    return tuple(Threshold(v, float(a.mean()), _mcse(a, "mean"), float((before > v).mean())) for v, a in above)


def pass_through(tree: xr.DataTree, quantity: str) -> tuple[float | None, float | None]:
    """Per cent by which a quantity falls if every voice exaggerates 1 % more than assumed.

    Parameters
    ----------
    tree : xarray.DataTree
    quantity : str
        ``dprk.killed``.

    Returns
    -------
    float or None, float or None
        The pass-through and its Monte Carlo standard error; None if no voice speaks.
    """
    constant, posterior = tree["constant_data"], tree["posterior"]
    if "pass_through_refit" in constant:
        names = ("pass_through_refit", "pass_through_refit_mcse")
        found = [float(constant[name].sel(quantity=quantity)) if name in constant else None for name in names]
        return found[0], found[1]
    v = shared_direction(constant["bias_map"].to_numpy()) if "bias_map" in constant else None
    if v is None:
        return None, None
    log_q = np.log(posterior["amount"].sel(quantity=quantity).to_numpy())
    raised = posterior["z_bias"].to_numpy() @ v
    product = -(log_q - log_q.mean()) * (raised - raised.mean())
    return float(product.mean()), _mcse(product, "mean")


def _sources(tree: xr.DataTree, case: Described, mass: float, converged: bool) -> tuple[SourceAnswer, ...]:
    names = {q["name"].partition(".")[0]: q["force"] for q in case["quantities"]}
    found = []
    for source in case["sources"]:
        voices = [force for force in source["relations"] if f"{source['key']}:{force}" in _voices(tree)]
        found += [
            _source(tree, case, source, (force, names.get(force, "")), mass, converged) for force in voices or [""]
        ]
    return tuple(found)


def _voices(tree: xr.DataTree) -> list[str]:
    prior = tree["prior"].dataset
    return [str(voice) for voice in prior["voice"].to_numpy()] if "bias" in prior else []


def _source(
    tree: xr.DataTree, case: Described, source: Described, force: tuple[str, str], mass: float, converged: bool
) -> SourceAnswer:
    key, name = force
    voice = {"voice": f"{source['key']}:{key}"} if key else None
    prior, posterior = tree["prior"].dataset, tree["posterior"].dataset if converged else None
    of_source = {"source": source["key"]}
    return SourceAnswer(
        source=source["key"],
        name=source["name"] or source["key"],
        grade=source["grade"],
        force=name,
        relation=source["relations"].get(key, ""),
        claims=_spoken(case, source["key"], key),
        bias_prior=_drawn(prior, "bias", voice, mass, factor=True),
        bias_posterior=_drawn(posterior, "bias", voice, mass, factor=True),
        sigma_prior=_drawn(prior, "sigma", of_source, mass),
        sigma_posterior=_drawn(posterior, "sigma", of_source, mass),
    )


def _spoken(case: Described, source: str, force: str) -> int:
    """Count the claims in use that a voice made, or a source if no force is given."""
    used = [c for c in case["claims"] if c["source"] == source and c["weight"] > 0]
    if not force:
        return len(used)
    return sum(force in forces_of(c["losses"]) and about_losses(c) and c["form"] not in TRUTH_FORMS for c in used)


def _drawn(
    group: xr.Dataset | None, variable: str, where: dict[str, str] | None, mass: float, *, factor: bool = False
) -> Interval | None:
    if group is None or where is None or variable not in group:
        return None
    draws = group[variable].sel(where).to_numpy()
    return _interval(np.exp(draws) if factor else draws, mass)
