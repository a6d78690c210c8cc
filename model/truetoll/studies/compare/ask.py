"""Many assumptions side by side: every scenario of a case, from one compiled model."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from truetoll.claims.reading import as_case
from truetoll.claims.scenario import apply_scenario, with_told
from truetoll.claims.schema import Case
from truetoll.errors import CaseError, Problem
from truetoll.sampling.results import attributes, result_tree
from truetoll.sampling.samplers import Settings
from truetoll.sampling.session import QUICK, Progress, Refit, Session, check_same
from truetoll.studies.attribution.ask import alternatives_at_their_ends, attribute
from truetoll.studies.influence.ask import influence, psense_by_role
from truetoll.studies.influence.conflict import conflict
from truetoll.studies.loo.ask import comparable, compare_loo, loo_by_origin

__all__ = ["compare", "scenario_cases"]

_KEPT = ("amount", "loss", "strength", "bias", "sigma")


def compare(
    case: Case | str | Path,
    scenarios: Sequence[str] | Mapping[str, Mapping[str, Any]] | None = None,
    settings: Settings | None = None,
    *,
    preview: bool = False,
    leave_one_out: bool = False,
    attributed: Sequence[str] = (),
    one_at_a_time: bool = False,
    session: Session | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> xr.DataTree:
    """Compute a case under many assumptions.

    Parameters
    ----------
    case : Case, str or Path
        Without a scenario. One that carries a scenario, or is as known on a day, cannot be changed further: it is
        compared with nothing, and stands under the name it carries.
    scenarios : sequence of str, or mapping, optional
        Names of its scenarios; all of them if not given. A mapping holds scenarios that stand in no file: name ->
        what could stand under it in scenarios.toml.
    settings : Settings, optional
        How every refit is sampled. Default: 4 chains of 150 steps to adapt and 500 draws, more where the convergence
        gate is not met.
    preview : bool
        Reweight the draws of the base case (Pareto smoothed importance sampling) wherever they reach a scenario, and
        sample only the others.
    leave_one_out : bool
        Also leave out each source and each claim, and test each for conflict with the rest.
    attributed : sequence of str
        Scenarios whose shift is divided among their changes.
    one_at_a_time : bool
        Also move every assumption of the base case, alone, to a plausible low and high.
    session : Session, optional
        Of this case, to use again. It has its own settings: others cannot be asked for beside it.
    progress : callable, optional
        Called with (refits done, refits in all) after each.
    **options : object
        Single fields of `Settings`, such as ``seed=2``.

    Returns
    -------
    xarray.DataTree
        ``posterior`` and ``prior`` with a ``scenario`` dim, ``base`` first (``amount`` (quantity,), ``loss`` (force,
        outcome, bin), ``strength``, ``bias`` (voice,), ``sigma`` (source,)); ``scenarios`` with
        method, convergence, pass-through and, between scenarios with the same claims, LOO by origin; ``influence``,
        ``attribution`` and ``alternatives`` if asked for; ``fit``, the base case as `truetoll.fit` gives it, with the
        draws that are in ``posterior``. Attributes as `truetoll.fit`, ``base`` (its name), ``compilations``,
        ``seconds_compile`` and ``seconds_sampling``.

        What is no result even with more draws keeps its name: ``converged`` is 0 in ``scenarios``, and it has no
        numbers (NaN) in ``posterior`` nor anywhere else. If the base is none, each scenario is sampled by itself and
        stands without a shift, and nothing is divided, moved or left out: attribute ``without_base`` names what was
        asked for and could not be.

    Raises
    ------
    CaseError
        For scenarios that cannot be applied, all problems at once.
    ValueError
        If the session is of another case, or has other settings than are asked for.
    TypeError
        For an option that `Settings` does not have.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/war-article")
    >>> tree = tt.compare(case, ["trust_kyiv"], seed=1)
    >>> tree["posterior"]["scenario"].values.tolist()
    ['base', 'trust_kyiv']
    """
    case = as_case(case)
    if isinstance(scenarios, Mapping):
        case, scenarios = with_told(case, scenarios), list(scenarios)
    asked = replace(settings or (session.settings if session else QUICK), **options)
    if session is not None:
        _check_session(session, case, asked)
    cases = scenario_cases(case, scenarios)
    report, base = progress or (lambda *_: None), case.scenario
    names = [base, *cases]
    report(0, len(names), base)
    session = session or Session(case, asked)
    found = {base: replace(session.thinned(session.base), case=case)}
    for i, (name, other) in enumerate(cases.items(), 1):
        report(i, len(names), name)
        found[name] = session.posterior(other, preview=preview)
    groups = {
        "posterior": _posterior(found),
        "prior": _prior(found),
        "scenarios": _scenarios(session, case, found),
        "fit": _fit(session, found[base]),
    }
    further: dict[str, Callable[[], xr.Dataset]] = {}
    if leave_one_out:
        further["influence"] = lambda: _influence(session, progress)
    if attributed:
        further["attribution"] = lambda: attribute(session, case, attributed, progress)
    if one_at_a_time:
        further["alternatives"] = lambda: alternatives_at_their_ends(session, case, progress)
    if session.sound:
        groups |= {name: make() for name, make in further.items()}
    report(len(names), len(names), "")
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = attributes(case, session.settings) | {
        "kind": "comparison",
        "base": base,
        "without_base": "" if session.sound else ", ".join(further),
        "compilations": session.compilations,
        **{f"seconds_{name}": value for name, value in session.seconds.items()},
    }
    return tree


def _check_session(session: Session, case: Case, asked: Settings) -> None:
    """Refuse a session of another case, or settings that it would not follow; cores decide nothing."""
    check_same(session.base.case, case)
    if replace(asked, cores=session.settings.cores) != session.settings:
        raise ValueError(f"the session samples with {session.settings}, not with {asked}: give them to the session")


def _fit(session: Session, base: Refit) -> xr.DataTree:
    """Put the draws of the base case that are kept into the form of a fit, with the checks of all that were made."""
    session.engine.set(base.tables)
    tree = result_tree(base.case, base.tables, session.engine, base.draws, session.settings)
    checks = {name: value for name, value in base.checks.items() if name in tree.attrs}
    tree.attrs |= checks | {"thinned": 1}
    return tree


def scenario_cases(case: Case, names: Sequence[str] | None = None) -> dict[str, Case]:
    """Apply scenarios to a case.

    Parameters
    ----------
    case : Case
    names : sequence of str, optional
        All of the case if not given; ``base`` is left out.

    Returns
    -------
    dict of str to Case

    Raises
    ------
    CaseError
        With the problems of all of them.
    """
    found: dict[str, Case] = {}
    problems: list[Problem] = []
    for name in dict.fromkeys(case.scenarios if names is None else names):
        try:
            found[name] = apply_scenario(case, name)
        except CaseError as error:
            problems += error.problems
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return {name: other for name, other in found.items() if name != case.scenario}


def _posterior(found: Mapping[str, Refit]) -> xr.Dataset:
    """Lay the draws side by side; those that are no result are left out, so that nobody takes them for one."""
    parts = [refit.posterior[[n for n in _KEPT if n in refit.posterior]] for refit in found.values()]
    each = zip(parts, found.values(), strict=True)
    return _stacked([part if refit.converged else part * math.nan for part, refit in each], found)


def _prior(found: Mapping[str, Refit]) -> xr.Dataset:
    first = next(iter(found.values())).posterior["quantity"].to_numpy()
    dims = ("chain", "draw", "quantity")
    parts = [xr.Dataset({"amount": (dims, r.prior[None])}, coords={"quantity": first}) for r in found.values()]
    return _stacked(parts, found)


def _stacked(parts: Sequence[xr.Dataset], names: Mapping[str, Any]) -> xr.Dataset:
    """One dataset with a scenario dim; a voice that a scenario has not is missing there."""
    return xr.concat(parts, xr.Variable("scenario", list(names)), join="outer", coords="minimal", compat="override")


def _scenarios(session: Session, case: Case, found: Mapping[str, Refit]) -> xr.Dataset:
    """Say how each scenario was computed and what it rests on."""
    columns: dict[str, Any] = {
        "method": [r.method for r in found.values()],
        "khat": [r.khat for r in found.values()],
        "digest": [r.case.digest for r in found.values()],
        "origins": [len({c.origin for c in r.case.claims if c.weight > 0}) for r in found.values()],
        "comparable": [int(comparable(case, r.case)) for r in found.values()],
    }
    for name in ("converged", "rhat_max", "ess_min", "divergences"):
        columns[name] = [r.checks[name] for r in found.values()]
    nothing = np.full(len(next(iter(found.values())).tables.coords["quantity"]), np.nan)
    through = [session.pass_through(r) if r.converged else (nothing, nothing) for r in found.values()]
    rows: dict[str, Any] = {"pass_through": [p for p, _ in through], "pass_through_mcse": [e for _, e in through]}
    variables: dict[str, Any] = {
        name: ("scenario", values) for name, values in (columns | _loo(session, found)).items()
    }
    variables |= {name: (("scenario", "quantity"), np.array(each)) for name, each in rows.items()}
    names = next(iter(found.values())).posterior["quantity"].to_numpy()
    return xr.Dataset(variables, coords={"scenario": list(found), "quantity": names})


def _loo(session: Session, found: Mapping[str, Refit]) -> dict[str, list[float]]:
    """Score by origin the scenarios that have the base's claims, and their difference from it."""
    first, base = next(iter(found.items()))
    both = {n: r for n, r in found.items() if base.converged and r.converged and comparable(base.case, r.case)}
    scores = {n: loo_by_origin(session, r) for n, r in both.items()}
    rows = []
    for name in found:
        if name not in scores:
            rows.append((math.nan,) * 4)
            continue
        difference = compare_loo(scores[name], scores[first]) if name != first else (math.nan, math.nan)
        rows.append((scores[name].elpd, *difference, _largest(scores[name].khat)))
    names = ("elpd_loo", "elpd_diff", "elpd_diff_se", "loo_khat_max")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def _largest(khat: xr.DataArray) -> float:
    """Largest Pareto k; 0 where every origin was left out by a fit."""
    return float(khat.fillna(0.0).max())


def _influence(session: Session, progress: Progress | None) -> xr.Dataset:
    """Say what each source and claim moves, whether it conflicts, and what power-scaling adds."""
    parts = [ask(session, progress=progress) for ask in (influence, conflict)]
    merged: xr.Dataset = xr.merge([*parts, psense_by_role(session).to_dataset(name="psense")], join="outer")
    failed = {json.dumps(each): each for part in parts for each in json.loads(part.attrs["failed"])}
    return merged.assign_attrs(failed=json.dumps(list(failed.values())))
