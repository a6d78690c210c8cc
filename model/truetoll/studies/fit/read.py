r"""A fit -> what may be said about it.

Of every quantity: median, mean, equal-tailed interval, the prior beside them, how far the claims moved it and how far
it rests on what was assumed of the sources.

Notes
-----
Pass-through of a quantity: the per cent by which it falls if every voice exaggerates 1 % more, computed with the fit
(see `truetoll.sampling.passthrough`). Tail of a claim: the mid-p :math:`P(k<0) + P(k=0)/2` of its cell among redrawn
ones, doubled on the nearer side.

References
----------
Lancaster 1961, mid-p, doi:10.1080/01621459.1961.10482105. Vehtari and others 2021, Monte Carlo errors of quantiles,
doi:10.1214/20-BA1221.
"""

from __future__ import annotations

import math

import numpy as np
import xarray as xr

from truetoll.answers.convergence import Checked, check_fit
from truetoll.answers.kept import case_of
from truetoll.answers.notices import case_notices, origins
from truetoll.answers.quantities import PassThrough, interval, quantity_answer
from truetoll.answers.records import Interval, QuantityAnswer
from truetoll.claims.schema import Case, Quantity
from truetoll.claims.voices import Voice, voices_of
from truetoll.studies.fit.claims import claim_answers
from truetoll.studies.fit.lists import list_answers
from truetoll.studies.fit.pulls import Exact
from truetoll.studies.fit.records import SourceAnswer, Summary
from truetoll.studies.fit.why import why
from truetoll.text.messages import message


def summarise(tree: xr.DataTree, *, checked: Checked | None = None, exact: Exact | None = None) -> Summary:
    """Say what a fit says.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.fit` returns it, or as it was saved.
    checked : Checked, optional
        Whether it is a result; found by its draws if not given.
    exact : mapping, optional
        What the medians are without a source or a claim, where that is known of refits.

    Returns
    -------
    Summary
        Without any posterior number if the run did not converge.
    """
    case, attrs = case_of(tree), tree.attrs
    mass, checked = float(attrs["interval_mass"]), checked or check_fit(tree)
    converged = checked.converged
    quantities = _quantities(tree, case, mass) if converged else ()
    claims = claim_answers(tree, case, mass, converged)
    return Summary(
        case=str(attrs["case"]),
        scenario=str(attrs["scenario"]),
        title=case.title,
        since=case.bins[0].isoformat(),
        as_of=case.as_of.isoformat(),
        digest=str(attrs["digest"]),
        interval_mass=mass,
        converged=converged,
        diagnostics=checked.diagnostics,
        origins=len(origins(case)),
        quantities=quantities,
        sources=_sources(tree, case, mass, converged),
        claims=claims,
        notices=(() if converged else (message("notice.not_converged"),)) + case_notices(case),
        known_on=case.known_on.isoformat() if case.known_on else None,
        why=why(tree, case, quantities, claims, exact) if converged else (),
        lists=list_answers(tree, case, mass, converged),
    )


def _quantities(tree: xr.DataTree, case: Case, mass: float) -> tuple[QuantityAnswer, ...]:
    return tuple(_quantity(tree, q, case.as_of.isoformat(), mass) for q in case.quantities)


def _quantity(tree: xr.DataTree, q: Quantity, as_of: str, mass: float) -> QuantityAnswer:
    after, before = (tree[group]["amount"].sel(quantity=q.name).to_numpy() for group in ("posterior", "prior"))
    return quantity_answer(q, after, before, pass_through(tree, q.name), as_of=as_of, mass=mass)


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


def _sources(tree: xr.DataTree, case: Case, mass: float, converged: bool) -> tuple[SourceAnswer, ...]:
    prior = tree["prior"].dataset
    heard = set(map(str, prior["voice"].to_numpy())) if "bias" in prior else set()
    found = []
    for key in case.sources:
        voices: list[Voice | None] = [v for v in voices_of(case, key) if f"{key}:{v.force}" in heard]
        found += [_source(tree, case, key, voice, mass, converged) for voice in voices or [None]]
    return tuple(found)


def _source(tree: xr.DataTree, case: Case, key: str, voice: Voice | None, mass: float, converged: bool) -> SourceAnswer:
    source, of_source = case.sources[key], {"source": key}
    of_voice = {"voice": f"{key}:{voice.force}"} if voice else None
    prior, posterior = tree["prior"].dataset, tree["posterior"].dataset if converged else None
    return SourceAnswer(
        source=key,
        name=source.name or key,
        grade=source.grade,
        force=(case.forces[voice.force].name or voice.force) if voice else "",
        relation=voice.relation if voice else "",
        claims=_spoken(case, key, voice),
        bias_prior=_drawn(prior, "bias", of_voice, mass, factor=True),
        bias_posterior=_drawn(posterior, "bias", of_voice, mass, factor=True),
        sigma_prior=_drawn(prior, "sigma", of_source, mass),
        sigma_posterior=_drawn(posterior, "sigma", of_source, mass),
        access=voice.access if voice else "",
        rests_on=(voice.rests_on or ()) if voice else None,
    )


def _spoken(case: Case, source: str, voice: Voice | None) -> int:
    """Count the claims in use that a voice made, or a source that speaks of no losses."""
    used = [claim for claim in case.claims if claim.source == source and claim.weight > 0]
    if voice is None:
        return len(used)
    return sum(voice.force in c.forces and c.about_losses and not c.figure.form.of_truth for c in used)


def _drawn(
    group: xr.Dataset | None, variable: str, where: dict[str, str] | None, mass: float, *, factor: bool = False
) -> Interval | None:
    if group is None or where is None or variable not in group:
        return None
    draws = group[variable].sel(where).to_numpy()
    return interval(np.exp(draws) if factor else draws, mass)
