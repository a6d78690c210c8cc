"""A run -> what a notebook moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import xarray as xr

from truetoll.report.notebook import NotebookWords
from truetoll.report.subject import subject_of

if TYPE_CHECKING:
    from truetoll.report.view import View


def explore(tree: xr.DataTree, address: str = "", *, exact: bool = False, language: str | None = None) -> View:
    """Show a run in a notebook, and move how far its sources are believed.

    It is the part of the run's page that readers move: trust in each source, down to leaving it out, and how far a
    relation exaggerates; the quantity, and of how many the probability of more is said. The draws are weighed anew in
    the browser, without a new fit. What was moved is there in Python, and goes on into a fit.

    Parameters
    ----------
    tree : xarray.DataTree
        As `truetoll.fit` or `truetoll.compare` returns it, or as it was saved.
    address : str
        Of a view to begin with: that of a page of the same run, from ``#question`` on or whole.
    exact : bool
        Whether to refit the run first without each source, and with each at half its weight: some seconds each. The
        view then answers these exactly, also where weighing does not reach.
    language : {"en", "es"}, optional
        That of the case if not given.

    Returns
    -------
    View
        A widget, shown where it is the last line of a cell. ``view.scenario`` is what was moved, ``view.answer`` the
        numbers beside those of the run; ``trust``, ``bias``, ``preset``, ``quantity`` and ``threshold`` can be set.

    Raises
    ------
    ImportError
        If anywidget is not installed.
    ValueError
        If the run did not converge, so that there is no answer to be moved.

    Examples
    --------
    >>> import truetoll as tt
    >>> case = tt.read_case("data/kursk-article")
    >>> tree = tt.fit(case, draws=500, tune=300, seed=1)
    >>> view = tt.explore(tree)
    >>> view.trust = {"western_officials": 0.5}
    >>> view.scenario["sources"]
    {'western_officials': {'trust': 0.5}}
    >>> other = tt.apply_change(case, view.scenario, "doubted")  # or tt.fit(case, scenario=view.scenario)
    >>> other.sources["western_officials"].trust
    0.5
    """
    try:
        from truetoll.report.view import View  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("truetoll"):
            raise
        told = f"tt.explore needs {error.name}, which is not installed; get it with: pip install 'truetoll[notebook]'"
        raise ImportError(told, name=error.name) from error
    subject = subject_of(tree)
    if not subject.converged:
        raise ValueError("the run did not converge: it has no answer to be moved")
    if exact:
        from truetoll.studies.beliefs.ask import refits  # noqa: PLC0415

        subject = subject_of(tree, refits=refits(subject.fit))
    return View(subject, NotebookWords(language or subject.case.file.case.language), address)
