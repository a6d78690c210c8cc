"""What single sources, claims and priors do to the answer: refits without them, contraction, sensitivity by role.

A claim or a source is left out by its weight, so the model keeps its shape and nothing is compiled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr
from arviz_stats import psense
from numpy.typing import NDArray

from truetoll.claims.scenario import apply_change
from truetoll.claims.schema import Case
from truetoll.sampling.session import Progress, Refit, Session
from truetoll.text.messages import Message, message

Array = NDArray[np.float64]
Ids = frozenset[str]
Left = tuple[str, str]
"""What is left out: a kind of `_CODES`, and its name."""

ROLES = {"losses": ("z_losses", "z_profile"), "bias": ("z_bias",), "noise": ("z_noise",)}
"""What the free variables stand for. ``origin_error`` has no role: it is an error of the claims, not an assumption."""
_SAMPLE = ("chain", "draw")


def in_use(case: Case) -> dict[str, Ids]:
    """Find the claims that a posterior rests on.

    Parameters
    ----------
    case : Case

    Returns
    -------
    dict of str to frozenset of str
        Source -> its claims, in the order of claims.csv; sources without any are missing.
    """
    used = [claim for claim in case.claims if claim.weight > 0]
    return {s: frozenset(c.id for c in used if c.source == s) for s in dict.fromkeys(c.source for c in used)}


def leaves_some(case: Case, claims: Ids) -> bool:
    """Whether a case without these claims would have one to learn from.

    Parameters
    ----------
    case : Case
    claims : frozenset of str
        Ids of claims in use.

    Returns
    -------
    bool
    """
    return claims < frozenset[str]().union(*in_use(case).values())


def leave_out(session: Session, sets: Mapping[Left, Ids], progress: Progress | None = None) -> dict[Left, Refit]:
    """Refit the base case without each of some sets of claims; the session samples none of them twice.

    Parameters
    ----------
    session : Session
        Its base must not carry a scenario.
    sets : mapping of (str, str) to frozenset of str
        Kind and name -> ids of claims in use. Sets that leave no claim are passed over.
    progress : callable, optional
        Called with (done, in all, name).

    Returns
    -------
    dict of (str, str) to Refit
        Converged or not, by kind and name.
    """
    case = session.base.case
    possible = {left: ids for left, ids in sets.items() if leaves_some(case, ids)}
    found = {}
    for i, (left, ids) in enumerate(possible.items()):
        if progress is not None:
            progress(i, len(possible), without(left))
        change = {"exclude": {"claims": sorted(ids)}}
        found[left] = session.refit(apply_change(case, change, f"without {_label(left)}"))
    return found


def influence(session: Session, *, progress: Progress | None = None) -> xr.Dataset:
    """Leave every source, then every claim in use, out of the base case.

    Parameters
    ----------
    session : Session
    progress : callable, optional
        Called with (done, in all, what is computed now).

    Returns
    -------
    xarray.Dataset
        Over ``without`` (``source nis``, ``claim nis-killed``): ``kind`` and ``left_out``, its parts,
        ``converged``, and (without, quantity) ``shift_log``, the change of the log of the median, ``shift_sd``, the
        same in posterior sds (log) of the base, ``mcse_log``, the Monte Carlo standard error of ``shift_log``. Over
        ``quantity``: ``contraction``, the part of the prior variance (log) that the claims took away, and
        ``pass_through`` with ``pass_through_mcse``. What would have left no claim is named in attribute ``skipped``;
        what did not converge has no numbers (NaN), and is named in ``failed``.
    """
    case = session.base.case
    sets = {("source", name): ids for name, ids in in_use(case).items()}
    sets |= {("claim", c.id): frozenset([c.id]) for c in case.claims if c.weight > 0}
    refits = leave_out(session, sets, progress)
    found = xr.merge([_shifts(session.base, refits), _base(session)])
    found.attrs["skipped"] = ", ".join(_label(left) for left in sets if left not in refits)
    found.attrs["failed"] = failed(refits)
    return found


def failed(refits: Mapping[Left, Refit]) -> str:
    """Name the refits that are no result.

    Parameters
    ----------
    refits : mapping of (str, str) to Refit
        By what was left out.

    Returns
    -------
    str
        JSON: an attribute of a file can be no list of any length.
    """
    return json.dumps([without(left).kept() for left, refit in refits.items() if not refit.converged])


_CODES = {
    "source": "refit.without_source",
    "claim": "refit.without_claim",
    "origin": "refit.without_origin",
    "the origins of": "refit.without_origins_of",
}
"""Kind of a set -> what a refit without it is called."""


def without(left: Left) -> Message:
    """Name the refit without a set of claims.

    Parameters
    ----------
    left : (str, str)

    Returns
    -------
    Message
    """
    kind, name = left
    return message(_CODES[kind], name=name)


def _label(left: Left) -> str:
    return " ".join(left)


def _shifts(base: Refit, refits: Mapping[Left, Refit]) -> xr.Dataset:
    kinds, out = (np.array([left[part] for left in refits], dtype=str) for part in (0, 1))
    names = list(base.tables.coords["quantity"])
    nothing = np.full(len(names), np.nan)
    shifts = [r.log_median - base.log_median if r.converged else nothing for r in refits.values()]
    error = [np.hypot(base.log_median_mcse, r.log_median_mcse) if r.converged else nothing for r in refits.values()]
    shift = np.reshape(shifts, (-1, len(names)))
    over = ("without", "quantity")
    return xr.Dataset(
        {
            "left_out": ("without", out),
            "kind": ("without", kinds),
            "shift_log": (over, shift),
            "shift_sd": (over, shift / base.log_amount.std(axis=(0, 1))),
            "mcse_log": (over, np.reshape(error, shift.shape)),
            "converged": ("without", np.array([r.checks["converged"] for r in refits.values()], dtype=int)),
        },
        coords={"without": np.array(list(map(_label, refits)), dtype=str), "quantity": names},
    )


def _base(session: Session) -> xr.Dataset:
    """Say what claims and biases together do to the base case."""
    base = session.base
    passed, error = session.pass_through(base)
    columns = {
        "contraction": 1.0 - base.log_amount.var(axis=(0, 1)) / np.log(base.prior).var(axis=0),
        "pass_through": passed,
        "pass_through_mcse": error,
    }
    variables = {name: ("quantity", values) for name, values in columns.items()}
    return xr.Dataset(variables, coords={"quantity": list(base.tables.coords["quantity"])})


def psense_by_role(session: Session) -> xr.DataArray:
    """Power-scaling sensitivity of the base case (log amounts) to the priors, by what they are about.

    It is blind to the level of the bias priors: the free variables are standardised, so scaling the prior of
    ``z_bias`` widens or narrows the biases around their means and leaves the means alone. An answer that rests wholly
    on them can show 0 here; the pass-through is what tells.

    Parameters
    ----------
    session : Session

    Returns
    -------
    xarray.DataArray
        Dims (quantity, role), roles ``losses``, ``bias``, ``noise``; missing where the case has no such variable.
        Above 0.05 counts as sensitive.

    References
    ----------
    Kallioinen, Paananen, Buerkner, Vehtari 2024, doi:10.1007/s11222-023-10366-5.
    """
    base = session.base
    names = list(base.tables.coords["quantity"])
    priors = {role: _log_prior(base, variables) for role, variables in ROLES.items()}
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"log_amount": ((*_SAMPLE, "quantity"), base.log_amount)}),
            "log_prior": xr.Dataset({role: (_SAMPLE, values) for role, values in priors.items()}),
        }
    )
    columns = [_sensitivity(tree, role) if np.ptp(priors[role]) > 0 else np.full(len(names), np.nan) for role in ROLES]
    coords = {"quantity": names, "role": list(ROLES)}
    return xr.DataArray(np.stack(columns, axis=-1), dims=("quantity", "role"), coords=coords, name="psense")


def _sensitivity(tree: xr.DataTree, role: str) -> Array:
    return np.asarray(psense(tree, group_var_names=role)["log_amount"].to_numpy())


def _log_prior(refit: Refit, variables: Iterable[str]) -> Array:
    """Log density, up to a constant, of standard normals; shape (chain, draw)."""
    parts = [refit.draws.z[name] for name in variables]
    return -0.5 * np.sum([np.sum(z**2, axis=tuple(range(2, z.ndim))) for z in parts], axis=0)
