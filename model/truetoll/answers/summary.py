r"""A fit -> what may be said about it.

Of every quantity: median, mean, equal-tailed interval, the prior beside them, how far the claims moved it and how far
it rests on what was assumed of the sources.

Notes
-----
Pass-through of a quantity: the per cent by which it falls if every voice exaggerates 1 % more, computed with the fit
(see `truetoll.inference.passthrough`). Tail of a claim: the mid-p :math:`P(k<0) + P(k=0)/2` of its cell among redrawn
ones, doubled on the nearer side.

References
----------
Lancaster 1961, mid-p, doi:10.1080/01621459.1961.10482105. Vehtari and others 2021, Monte Carlo errors of quantiles,
doi:10.1214/20-BA1221.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from truetoll.answers.claims import claim_answers
from truetoll.answers.convergence import Checked, check_fit
from truetoll.answers.looking import about_losses, forces_of
from truetoll.answers.notices import case_notices, origins
from truetoll.answers.quantities import PassThrough, interval, quantity_answer
from truetoll.answers.records import Interval, QuantityAnswer, SourceAnswer, Summary
from truetoll.claims.schema import Form

Described = Mapping[str, Any]

_AGAIN = (
    "The sampler did not converge: there is no answer. Run it again with more draws and tuning (--draws 8000 "
    "--tune 4000). If it still fails, look for a prior far wider than it need be, or claims that cannot all be so."
)


def summarise(tree: xr.DataTree, *, checked: Checked | None = None) -> Summary:
    """Say what a fit says.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.fit` returns it, or as it was saved.
    checked : Checked, optional
        Whether it is a result; found by its draws if not given.

    Returns
    -------
    Summary
        Without any posterior number if the run did not converge.
    """
    case, attrs = json.loads(tree.attrs["description"]), tree.attrs
    mass, checked = float(attrs["interval_mass"]), checked or check_fit(tree)
    converged = checked.converged
    return Summary(
        case=str(attrs["case"]),
        scenario=str(attrs["scenario"]),
        title=case["title"],
        since=case["bins"][0],
        as_of=case["as_of"],
        digest=str(attrs["digest"]),
        interval_mass=mass,
        converged=converged,
        diagnostics=checked.diagnostics,
        origins=len(origins(case)),
        quantities=_quantities(tree, case, mass) if converged else (),
        sources=_sources(tree, case, mass, converged),
        claims=claim_answers(tree, case, mass, converged),
        notices=(() if converged else (_AGAIN,)) + case_notices(case),
        known_on=case.get("known_on"),
    )


def _quantities(tree: xr.DataTree, case: Described, mass: float) -> tuple[QuantityAnswer, ...]:
    return tuple(_quantity(tree, q, case["as_of"], mass) for q in case["quantities"])


def _quantity(tree: xr.DataTree, q: Described, as_of: str, mass: float) -> QuantityAnswer:
    after, before = (tree[group]["amount"].sel(quantity=q["name"]).to_numpy() for group in ("posterior", "prior"))
    return quantity_answer(q, after, before, pass_through(tree, q["name"]), as_of=as_of, mass=mass)


def pass_through(tree: xr.DataTree, quantity: str) -> PassThrough:
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
    constant = tree["constant_data"].dataset
    names = ("pass_through", "pass_through_mcse")
    p, error = (float(constant[name].sel(quantity=quantity)) for name in names)
    return (None, None) if math.isnan(p) else (p, error)


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
        access=source.get("access", {}).get(key, ""),
        rests_on=_rests_on(source, key),
    )


def _rests_on(source: Described, force: str) -> tuple[int, ...] | None:
    """Read what a bias rests on; runs of before do not tell."""
    told = source.get("rests_on", {})
    return tuple(told[force] or ()) if force in told else None


def _spoken(case: Described, source: str, force: str) -> int:
    """Count the claims in use that a voice made, or a source if no force is given."""
    used = [c for c in case["claims"] if c["source"] == source and c["weight"] > 0]
    if not force:
        return len(used)
    return sum(force in forces_of(c["losses"]) and about_losses(c) and not Form(c["form"]).of_truth for c in used)


def _drawn(
    group: xr.Dataset | None, variable: str, where: dict[str, str] | None, mass: float, *, factor: bool = False
) -> Interval | None:
    if group is None or where is None or variable not in group:
        return None
    draws = group[variable].sel(where).to_numpy()
    return interval(np.exp(draws) if factor else draws, mass)
