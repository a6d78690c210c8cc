"""What a report is about: one fit, and the comparison it belongs to if there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import xarray as xr

from truetoll.answers.kept import case_of
from truetoll.answers.records import QuantityAnswer
from truetoll.claims.schema import Case, Term
from truetoll.studies.beliefs.read import Levers, levers
from truetoll.studies.beliefs.stored import Stored, stored
from truetoll.studies.calibrate.read import calibration
from truetoll.studies.calibrate.records import Calibration
from truetoll.studies.compare.read import comparison
from truetoll.studies.compare.records import Comparison
from truetoll.studies.fit.read import summarise
from truetoll.studies.fit.records import SourceAnswer, Summary
from truetoll.studies.influence.read import left_out
from truetoll.studies.influence.records import Conflict
from truetoll.studies.timeline.read import Timeline, timeline

NUMBERS = 100_000
"""Numbers of draws that a page carries at most (0.4 MB): more are thinned."""


@dataclass(frozen=True)
class Subject:
    """Everything that is said in a report.

    Parameters
    ----------
    fit : xarray.DataTree
    summary : Summary
        Of the fit.
    case : Case
        As the run understood it.
    comparison : Comparison or None
    tree : xarray.DataTree
        The run itself: the fit, or the comparison.
    timeline : Timeline or None
        None if the case has one bin only.
    levers : Levers or None
        None if the run did not converge.
    draws : int
        Of the fit; `levers` may have fewer.
    calibration : Calibration or None
        Of the same case and scenario, if it was given.
    stored : tuple of Stored
        Refits of this run with a source left out or half believed.
    """

    fit: xr.DataTree
    summary: Summary
    case: Case
    comparison: Comparison | None
    tree: xr.DataTree
    timeline: Timeline | None
    levers: Levers | None
    draws: int
    calibration: Calibration | None = None
    stored: tuple[Stored, ...] = ()

    @property
    def converged(self) -> bool:
        """Whether there is an answer."""
        return self.summary.converged

    @property
    def without_base(self) -> bool:
        """Whether there are scenarios that converged beside a base case that did not."""
        return not self.converged and self.comparison is not None and bool(self.comparison.quantities)

    @property
    def main(self) -> QuantityAnswer:
        """The quantity that the headline is about: as the case says, else the first of killed, or the first of all."""
        found, asked = self.summary.quantities, self.case.file.case.headline
        if asked is not None:
            return next(q for q in found if q.name == asked)
        return next((q for q in found if Term.of(q.name).quantity == "killed"), found[0])

    @property
    def conflicts(self) -> Mapping[tuple[str, str], Conflict]:
        """Tests of claims and sources against the others, by kind and name; empty if they were not made."""
        influence = self.comparison.influence if self.comparison else None
        return {(c.kind, c.name): c for c in influence.conflicts} if influence else {}

    def voice(self, source: str, force: str) -> SourceAnswer | None:
        """Find what is thought of a source that speaks of a force.

        Parameters
        ----------
        source : str
        force : str
            Its name in words.

        Returns
        -------
        SourceAnswer or None
        """
        return next((v for v in self.summary.sources if v.source == source and v.force == force), None)

    @property
    def forces(self) -> Mapping[str, str]:
        """Key of each force, and of each total over forces, -> its name in words."""
        return self.case.names


def subject_of(tree: xr.DataTree, calibrated: xr.DataTree | None = None, refits: xr.Dataset | None = None) -> Subject:
    """Take a run, one fit or a comparison, for the subject of a report.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.fit` or `truetoll.compare` returns it, or as it was saved.
    calibrated : xarray.DataTree, optional
        As `truetoll.calibrate` returns it.
    refits : xarray.Dataset, optional
        Of this run, as `truetoll.studies.beliefs.ask.refits` returns them.

    Returns
    -------
    Subject
    """
    several = tree.attrs.get("kind") == "comparison"
    fit = tree.children["fit"] if several else tree
    summary, case = summarise(fit, exact=left_out(tree)), case_of(fit)
    bins = len(case.bins) > 2 and summary.converged
    sizes = fit["posterior"].sizes
    return Subject(
        fit=fit,
        summary=summary,
        case=case,
        comparison=comparison(tree) if several else None,
        tree=tree,
        timeline=timeline(fit, converged=True) if bins else None,
        levers=_levers(fit, case) if summary.converged else None,
        draws=sizes["chain"] * sizes["draw"],
        calibration=None if calibrated is None else calibration(calibrated),
        stored=stored(refits, fit) if refits is not None and summary.converged else (),
    )


def _levers(fit: xr.DataTree, case: Case) -> Levers:
    """Take as many draws as a page can carry, evenly spread over the chains."""
    sizes = fit["posterior"].sizes
    rows = len(case.quantities) + len(case.sources) + 9
    wanted = sizes["chain"] * sizes["draw"] * rows
    return levers(fit, max(1, -(-wanted // NUMBERS)))
