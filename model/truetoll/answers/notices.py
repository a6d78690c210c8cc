"""What must be known to read the numbers."""

from __future__ import annotations

from truetoll.answers.words import FEW_ORIGINS
from truetoll.claims.schema import Case
from truetoll.text.messages import Message, message


def origins(case: Case, force: str | None = None) -> set[str]:
    """Origins of the claims in use, of all or of those that count the losses of one force.

    Parameters
    ----------
    case : Case
    force : str, optional

    Returns
    -------
    set of str
    """
    return {
        claim.origin
        for claim in case.claims
        if claim.weight > 0 and (force is None or (force in claim.forces and claim.about_losses))
    }


def case_notices(case: Case) -> tuple[Message, ...]:
    """Notices of a case, and where it has too few origins to be more than arithmetic on the priors.

    Parameters
    ----------
    case : Case

    Returns
    -------
    tuple of Message
    """
    found = list(case.notices)
    if (n := len(origins(case))) < FEW_ORIGINS:
        found.append(message("notice.few", n=n))
        return tuple(found)
    for force, name in dict.fromkeys((q.term.force, q.force) for q in case.quantities):
        if 0 < (n := len(origins(case, force))) < FEW_ORIGINS:
            found.append(message("notice.few_of_force", name=name, n=n))
    return tuple(found)
