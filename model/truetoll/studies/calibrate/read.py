"""Ranks of known truths -> whether intervals hold what they say, and what becomes of them under other biases."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from truetoll.answers.kept import case_of
from truetoll.claims.schema import Case, Form
from truetoll.studies.calibrate.records import TOO_MANY, Calibration, Checked, Degraded, FormTested, Misspecified
from truetoll.studies.calibrate.uniformity import LEVEL, SEEN, Uniformity
from truetoll.text.messages import Message, message

Array = NDArray[np.float64]
AS_ASSUMED = "as_assumed"
LIKELIHOOD = "log likelihood"
"""What is looked at beside quantities, biases and noise."""
MASSES = (50, 80, 90)
"""Per cent of the intervals whose coverage is told."""
DEGRADED = (50, 90)
"""The same, where sources are not as assumed."""
CLEAR = 2.0
"""Standard errors from which the mean or the spread of ranks is named, whichever departs more."""
BEYOND_DOUBT = 3.0
"""The same, of the other."""
_SPREAD = math.sqrt(0.8)
"""Sd of twelve times the squared distance of a uniform variable from its mean."""


def calibration(tree: xr.DataTree) -> Calibration:
    """Say what a calibration says.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.calibrate` returns it, or as it was saved.

    Returns
    -------
    Calibration
        Without quantities if no simulation converged.
    """
    case, attrs, table = case_of(tree), tree.attrs, tree["simulations"].dataset
    first, ranked = table.sel(bias=AS_ASSUMED), int(attrs["ranked"])
    n, lost = first.sizes["simulation"], int((first["converged"] == 0).sum())
    names = [str(name) for name in table["quantity"].to_numpy()]
    further = [str(name) for name in table["checked"].to_numpy()][len(names) :]
    quantities = _checked(first, names, ranked)
    return Calibration(
        case=str(attrs["case"]),
        scenario=str(attrs["scenario"]),
        title=case.title,
        digest=str(attrs["digest"]),
        simulations=n,
        not_converged=lost,
        sampled_longer=int((first["times"] > 1).sum()),
        seen=SEEN / math.sqrt(n - lost) if n > lost else None,
        calibrated=lost <= TOO_MANY * n and all(q.chance for q in quantities),
        quantities=quantities,
        further=_checked(first, further, ranked),
        misspecified=_misspecified(table, names, ranked),
        forms=forms_tested(case),
        seconds=float(attrs["seconds"]),
    )


def kept(table: xr.Dataset, name: str) -> NDArray[np.int64]:
    """Ranks of one quantity in the simulations that converged.

    Parameters
    ----------
    table : xarray.Dataset
        The group ``simulations`` under one bias.
    name : str

    Returns
    -------
    ndarray
        Shape (n,).
    """
    ranks = table["rank"].sel(checked=name).to_numpy()
    return np.asarray(ranks[table["converged"].to_numpy() == 1], dtype=np.int64)


def _checked(table: xr.Dataset, names: Sequence[str], ranked: int) -> tuple[Checked, ...]:
    if not int(table["converged"].sum()):
        return ()
    uniform = Uniformity(int(table["converged"].sum()), ranked)
    return tuple(check(name, kept(table, name), uniform, len(names)) for name in names)


def check(name: str, ranks: NDArray[np.int64], uniform: Uniformity, among: int = 1) -> Checked:
    """Say how ranks lie.

    Parameters
    ----------
    name : str
    ranks : ndarray
        Shape (n,).
    uniform : Uniformity
        What n uniform ranks look like.
    among : int
        Quantities that are looked at together.

    Returns
    -------
    Checked
    """
    departure, p, inside = uniform.departure(ranks), uniform.p(ranks), uniform.inside(ranks)
    by_chance = inside or p * among >= 1.0 - LEVEL
    held = {mass: _held(ranks, uniform.ranked, mass) for mass in MASSES}
    return Checked(
        name=name,
        inside=inside,
        p=p,
        chance=by_chance,
        largest_departure=float(departure[np.abs(departure).argmax()]),
        coverage={str(mass): share for mass, (share, _) in held.items()},
        coverage_se={str(mass): error for mass, (_, error) in held.items()},
        verdict=_verdict(ranks, uniform.ranked, inside=inside, by_chance=by_chance),
    )


def _held(ranks: NDArray[np.int64], ranked: int, mass: int) -> tuple[float, float]:
    """Share of ranks in the central interval, and its standard error: never 0, also where all or none are."""
    outside = (ranked + 1) * (100 - mass) // 200
    inside = (ranks >= outside) & (ranks <= ranked - outside)
    cautious = (inside.sum() + 0.5) / (len(ranks) + 1)
    return float(inside.mean()), math.sqrt(cautious * (1 - cautious) / len(ranks))


def _verdict(ranks: NDArray[np.int64], ranked: int, *, inside: bool, by_chance: bool) -> Message:
    if inside:
        return message("verdict.calibrated")
    return message("verdict.by_chance") if by_chance else direction(ranks, ranked)


def direction(ranks: NDArray[np.int64], ranked: int) -> Message:
    """Say in words how ranks that are not uniform lie.

    Parameters
    ----------
    ranks : ndarray
        Shape (n,).
    ranked : int
        The largest rank.

    Returns
    -------
    Message
        The larger of the two departures first, the other only if it is beyond doubt. That intervals are too wide is
        not said where answers are off by more: ranks that crowd at one end lie close together for that reason.
    """
    u, root = (ranks + 0.5) / (ranked + 1), math.sqrt(len(ranks))
    shift = float((u.mean() - 0.5) * math.sqrt(12.0) * root)
    width = float((12.0 * ((u - u.mean()) ** 2).mean() - 1.0) / _SPREAD * root)
    level = (abs(shift), message("verdict.too_low" if shift > 0 else "verdict.too_high"))
    wide = (abs(width), message("verdict.too_narrow" if width > 0 else "verdict.too_wide"))
    first, second = (level, wide) if level[0] > wide[0] else (wide, level)
    said = [first[1]] if first[0] > CLEAR else []
    said += [second[1]] if second[0] > BEYOND_DOUBT and not (second is wide and width < 0) else []
    return message("verdict.both", both=tuple(said)) if said else message("verdict.shape_off")


def _misspecified(table: xr.Dataset, names: Sequence[str], ranked: int) -> tuple[Misspecified, ...]:
    biases = [str(bias) for bias in table["bias"].to_numpy()]
    if len(biases) == 1:
        return ()
    return tuple(_under(table.sel(bias=bias), bias, names, ranked) for bias in biases)


def _under(table: xr.Dataset, bias: str, names: Sequence[str], ranked: int) -> Misspecified:
    n, converged = table.sizes["simulation"], int(table["converged"].sum())
    quantities = tuple(_degraded(table, name, ranked) for name in names) if converged else ()
    return Misspecified(bias, n, n - converged, quantities)


def _degraded(table: xr.Dataset, name: str, ranked: int) -> Degraded:
    held = {str(mass): _held(kept(table, name), ranked, mass) for mass in DEGRADED}
    return Degraded(
        name=name,
        coverage={mass: share for mass, (share, _) in held.items()},
        coverage_se={mass: error for mass, (_, error) in held.items()},
        median_error_log=float(table["error"].sel(quantity=name).median()),
    )


def forms_tested(case: Case) -> tuple[FormTested, ...]:
    """Count the claims in use that test each form.

    Parameters
    ----------
    case : Case

    Returns
    -------
    tuple of FormTested
        All forms there are, also those with none.
    """
    used = [claim for claim in case.claims if claim.weight > 0]
    said = [claim.figure.form for claim in used]
    speaking = [claim.origin for claim in used if not claim.figure.form.of_truth]
    return (
        *(FormTested(str(form), said.count(form)) for form in Form),
        FormTested("share", sum(claim.of_strength for claim in used)),
        FormTested("ratio", sum(claim.is_ratio for claim in used)),
        FormTested("readings", sum(len(claim.readings) > 1 for claim in used)),
        FormTested("shared origin", sum(speaking.count(origin) > 1 for origin in speaking)),
    )
