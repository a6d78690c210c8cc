"""Lists of names held against the posterior: how complete they are, how many of their entries do not count."""

from __future__ import annotations

import xarray as xr

from truetoll.answers.ledger import Ledger
from truetoll.answers.lists import assumed, held, lists_of
from truetoll.answers.quantities import interval
from truetoll.claims.schema import Case, Claim, Form
from truetoll.studies.fit.records import ListAnswer


def list_answers(tree: xr.DataTree, case: Case, mass: float, converged: bool) -> tuple[ListAnswer, ...]:
    """Say what the posterior says of every list of which the case states a prior.

    Parameters
    ----------
    tree : xarray.DataTree
    case : Case
    mass : float
        Of the intervals.
    converged : bool
        If not, only what was assumed is told.

    Returns
    -------
    tuple of ListAnswer
    """
    found = lists_of(case)
    ledger = Ledger(tree["posterior"].dataset, case) if found and converged else None
    return tuple(_answer(case, claim, ledger, mass) for claim in found)


def _answer(case: Case, claim: Claim, ledger: Ledger | None, mass: float) -> ListAnswer:
    source, drawn = case.sources[claim.source], None if ledger is None else held(ledger, claim)
    part = source.completeness if claim.figure.form is Form.LISTED else None
    return ListAnswer(
        claim=claim.id,
        source=claim.source,
        text=claim.text,
        complete_prior=assumed(part, mass) if part else None,
        complete_posterior=interval(drawn.complete, mass) if drawn else None,
        wrong_prior=assumed(source.overcount.prior, mass) if source.overcount else None,
        wrong_posterior=interval(drawn.wrong, mass) if drawn and drawn.wrong is not None else None,
    )
