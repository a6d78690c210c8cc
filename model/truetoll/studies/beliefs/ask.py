"""Each source left out, and each with half its weight, sampled anew: what a page then answers exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace

import numpy as np
import xarray as xr

from truetoll.answers.kept import case_of
from truetoll.claims.schema import Aside, Case
from truetoll.model.tables import build_tables
from truetoll.sampling.engine import Draws, Engine
from truetoll.sampling.results import attributes
from truetoll.sampling.session import QUICK, Progress, Refit, Session

POWERS = (0.0, 0.5)
"""What is left of the weight of a source."""


def refits(
    tree: xr.DataTree,
    known: xr.Dataset | None = None,
    progress: Progress | None = None,
    keep: Callable[[xr.Dataset], None] | None = None,
) -> xr.Dataset:
    """Refit a run without each source, and with each at half its weight.

    Parameters
    ----------
    tree : xarray.DataTree
        A fit that converged: its draws are the coordinates in which the others are sampled.
    known : xarray.Dataset, optional
        Refits of the same run that there are already: they are kept, and not made again.
    progress : callable, optional
        Called with (done, in all, name).
    keep : callable, optional
        Called with all that there are after each that is made, so that no interruption costs more than one.

    Returns
    -------
    xarray.Dataset
        ``amount`` (refit, chain, draw, quantity), ``source`` and ``power`` (refit,), and of each refit whether it
        converged: ``converged``, ``rhat_max``, ``ess_min``, ``divergences``. Attributes as `truetoll.fit`.
    """
    case = case_of(tree)
    asked = dict(_asked(case))
    there = {str(name) for name in known["refit"].to_numpy()} if known is not None else set()
    missing = [name for name in asked if name not in there]
    if known is not None and not missing:
        return known
    session, found = _session(tree, case), known
    told = attributes(case, session.settings) | {"kind": "refits"}
    for i, name in enumerate(missing):
        if progress:
            progress(i, len(missing), name)
        source, power = asked[name]
        row = _row(name, source, power, session.refit(weighed(case, source, power)))
        found = (row if found is None else xr.concat([found, row], "refit")).assign_attrs(told)
        if keep:
            keep(found)
    assert found is not None  # a run that converged has heard some source
    return found


def weighed(case: Case, source: str, power: float) -> Case:
    """Change the weight of a source; what repeats it does not come to count, as when a scenario excludes it.

    Parameters
    ----------
    case : Case
        Also under a scenario, or as known on a day.
    source : str
    power : float
        What its weight is multiplied by; 0 leaves it out.

    Returns
    -------
    Case
    """
    aside = Aside("" if power else "excluded")
    mine = (
        replace(c, weight=c.weight * power, set_aside=c.set_aside or aside) if c.source == source else c
        for c in case.claims
    )
    return replace(case, claims=tuple(mine))


def _asked(case: Case) -> Iterator[tuple[str, tuple[str, float]]]:
    heard = dict.fromkeys(claim.source for claim in case.claims if claim.weight > 0)
    for power in POWERS:
        for source in heard:
            if power or len(heard) > 1:  # without the only source there is nothing to learn from
                yield f"{'half' if power else 'without'}_{source}", (source, power)


def _session(tree: xr.DataTree, case: Case) -> Session:
    """Make a session whose base is a fit that there is."""
    tables = build_tables(case)
    engine = Engine(tables)
    posterior, shape = tree["posterior"].dataset, tuple(tree["posterior"].sizes[d] for d in ("chain", "draw"))
    z = {}
    for name, dims in engine.dims.items():
        free = tuple(len(tables.coords[dim]) for dim in dims)
        there = name in posterior
        z[name] = np.array(posterior[name].to_numpy()) if there else np.zeros((*shape, *free))
    prior = np.asarray(tree["prior"]["amount"].to_numpy())[0]
    base = Refit(case, tables, Draws(z, {}), posterior, prior, {"converged": 1})
    own = {name: tree.attrs[f"sampling_{name}"] for name in asdict(QUICK) if f"sampling_{name}" in tree.attrs}
    settings = replace(QUICK, **{name: own[name] for name in ("chains", "seed", "cores", "sampler") if name in own})
    return Session(case, settings, engine=engine, base=base)


def _row(name: str, source: str, power: float, refit: Refit) -> xr.Dataset:
    checks = {key: ("refit", [refit.checks[key]]) for key in ("converged", "rhat_max", "ess_min", "divergences")}
    amount = refit.posterior["amount"].expand_dims(refit=[name])
    return xr.Dataset({"amount": amount, "source": ("refit", [source]), "power": ("refit", [power]), **checks})
