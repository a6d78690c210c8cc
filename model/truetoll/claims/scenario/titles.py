"""Titles of scenarios and why each may be held: messages where they are of truetoll, else as the case has them."""

from __future__ import annotations

from truetoll.claims.scenario.overrides import BASE
from truetoll.claims.schema import Case
from truetoll.text.messages import Message, message


def stated(case: Case, name: str) -> tuple[str | Message, str | Message]:
    """Say what a scenario of a case is.

    Parameters
    ----------
    case : Case
        It may carry the scenario, and be as known on a day.
    name : str
        ``base``, a key of ``case.scenarios``, or the change that the case carries.

    Returns
    -------
    title, why : str or Message
    """
    told = case.scenarios.get(name, {})
    title, why = told.get("title", name), told.get("why", "")
    if name == BASE:
        title, why = message("scenario.base"), case.file.case.description
    if name == case.scenario and case.known_on is not None:
        title = message("scenario.as_known", title=title, day=case.known_on)
    return title, why
