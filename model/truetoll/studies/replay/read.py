"""A replay -> what may be said about how the answer moved, and what is thought of it now."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.answers.convergence import Checked, check_amounts, gate_of
from truetoll.answers.kept import case_of
from truetoll.answers.notices import case_notices
from truetoll.answers.numbers import number
from truetoll.answers.quantities import interval, quantity_answer
from truetoll.answers.records import Mass, QuantityAnswer
from truetoll.answers.words import FEW_ORIGINS
from truetoll.claims.reliability import Convergence
from truetoll.claims.schema import STRENGTH, Case, Claim, Term
from truetoll.claims.totals import by_parts
from truetoll.sampling.convergence import mcse
from truetoll.studies.replay.records import Hindsight, Replay, ReplayClaim, ReplayDate
from truetoll.text.messages import Message, message

Array = NDArray[np.float64]

_NAMED = 8
"""Claims that a notice names."""


def replay_answer(tree: xr.DataTree) -> Replay:
    """Say what a replay says.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.replay` returns it, or as it was saved.

    Returns
    -------
    Replay
        Without any answer for a date that did not converge.
    """
    case, attrs = case_of(tree), tree.attrs
    names = [str(name) for name in tree["dates"]["date"].to_numpy()]
    new, gate = _new(tree, names), gate_of(attrs)
    checked = {name: _checked(tree, name, gate) for name in names}
    seen = checked[names[-1]].converged  # hindsight is the last date's
    dates = tuple(_date(tree, case, name, new[name], checked[name], seen) for name in names)
    claims = _claims(tree, case, dates)
    return Replay(
        case=str(attrs["case"]),
        scenario=str(attrs["scenario"]),
        title=case.title,
        since=case.bins[0].isoformat(),
        digest=str(attrs["digest"]),
        interval_mass=float(attrs["interval_mass"]),
        dates=dates,
        claims=claims,
        compilations=int(attrs["compilations"]),
        seconds=float(attrs["seconds"]),
        notices=(*_notices(dates, claims), *case_notices(case)),
    )


def _new(tree: xr.DataTree, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Name the claims that became known since the date before."""
    known = tree["claims"]["weight"].notnull().to_numpy()
    before = np.vstack([np.zeros_like(known[:1]), known[:-1]])
    ids = [str(name) for name in tree["claims"]["claim"].to_numpy()]
    return {
        name: tuple(claim for claim, is_new in zip(ids, row, strict=True) if is_new)
        for name, row in zip(names, known & ~before, strict=True)
    }


def _checked(tree: xr.DataTree, name: str, gate: Convergence) -> Checked:
    return check_amounts(tree["posterior"].dataset["amount"].sel(date=name), tree["dates"].dataset.sel(date=name), gate)


def _date(tree: xr.DataTree, case: Case, name: str, new: tuple[str, ...], checked: Checked, seen: bool) -> ReplayDate:
    row, as_of = tree["dates"].dataset.sel(date=name), min(name, case.as_of.isoformat())
    quantities = _quantities(tree, case, name, as_of) if checked.converged else ()
    return ReplayDate(
        date=name,
        as_of=as_of,
        digest=str(row["digest"].item()),
        converged=checked.converged,
        diagnostics=checked.diagnostics,
        n_claims=int(row["claims"]),
        n_origins=int(row["origins"]),
        new=new,
        quantities=quantities,
        hindsight=_hindsight(tree, case, name, {q.name: q for q in quantities}) if seen else (),
    )


def _quantities(tree: xr.DataTree, case: Case, name: str, as_of: str) -> tuple[QuantityAnswer, ...]:
    mass, found = float(tree.attrs["interval_mass"]), []
    for q in case.quantities:
        after, before = (_draws(tree, group, name, q.name) for group in ("posterior", "prior"))
        cell = tree["dates"].dataset.sel(date=name, quantity=q.name)
        through = number(cell, "pass_through"), number(cell, "pass_through_mcse")
        found.append(quantity_answer(q, after, before, through, as_of=as_of, mass=mass))
    return tuple(found)


def _hindsight(tree: xr.DataTree, case: Case, name: str, said: Mapping[str, QuantityAnswer]) -> tuple[Hindsight, ...]:
    mass, found = float(tree.attrs["interval_mass"]), []
    for q in case.quantities:
        draws = _draws(tree, "hindsight", name, q.name)
        now, then = interval(draws, mass), said.get(q.name)
        inside = None if then is None else then.interval.low <= now.median <= then.interval.high
        found.append(Hindsight(q.name, now.median, mcse(draws, "median"), Mass(mass, now.low, now.high), inside))
    return tuple(found)


def _draws(tree: xr.DataTree, group: str, name: str, quantity: str) -> Array:
    return np.asarray(tree[group]["amount"].sel(date=name, quantity=quantity).to_numpy())


def _claims(tree: xr.DataTree, case: Case, dates: Sequence[ReplayDate]) -> tuple[ReplayClaim, ...]:
    since = {claim: each.date for each in dates for claim in each.new}
    last, quantities = tree["claims"]["weight"].isel(date=-1), by_parts(case)
    found = []
    for claim in case.claims:
        times = _strength(dates, claim) if claim.of_strength else 1.0  # missing without hindsight
        found.append(
            ReplayClaim(
                id=claim.id,
                text=claim.text,
                losses=claim.losses,
                form=str(claim.figure.form),
                as_of=claim.as_of.isoformat(),
                share=claim.of_strength,
                known_on=str(tree["claims"]["known_on"].sel(claim=claim.id).item()),
                since_date=since.get(claim.id),
                used=bool(last.sel(claim=claim.id).fillna(claim.weight) > 0),
                quantity=_counted(case, claim, quantities),
                value=claim.figure.value * times,
                low=claim.figure.low * times,
                high=claim.figure.high * times,
            )
        )
    return tuple(found)


def _counted(case: Case, claim: Claim, quantities: Mapping[frozenset[Term], Term]) -> str | None:
    """Name the quantity whose course a claim can be laid over: one only, and counted from the first day on."""
    if claim.is_ratio or len(claim.readings) != 1:
        return None
    term = quantities.get(frozenset(claim.readings[0].terms))
    if term is None:
        return None
    return str(term) if claim.since == case.bins[0] or term.is_strength else None


def _strength(dates: Sequence[ReplayDate], claim: Claim) -> float:
    """Median strength on the day a claim speaks of, as seen on the last date."""
    name = str(Term(claim.forces[0], STRENGTH))
    at = next((each for each in dates if each.as_of >= claim.as_of.isoformat()), dates[-1])
    return next((h.median for h in at.hindsight if h.name == name), math.nan)


def _notices(dates: Sequence[ReplayDate], claims: Sequence[ReplayClaim]) -> list[Message]:
    days = {each.date: datetime.date.fromisoformat(each.date) for each in dates}
    found = [message("notice.replay_failed", day=days[each.date]) for each in dates if not each.converged]
    if few := tuple(days[each.date] for each in dates if each.n_origins < FEW_ORIGINS):
        found.append(message("notice.replay_few", least=FEW_ORIGINS, days=few))
    if aside := [claim.id for claim in claims if claim.quantity is None][:_NAMED]:
        found.append(message("notice.replay_unmarked", names=tuple(aside)))
    if dates and not dates[-1].hindsight:
        found.append(message("notice.replay_no_hindsight"))
    return [*found, message("notice.replay_stands")]
