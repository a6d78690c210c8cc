"""From which day on a claim was known."""

from __future__ import annotations

from datetime import date

from truetoll.claims.schema import Claim


def known_on(claim: Claim) -> date:
    """Find the day from which a claim was known.

    Parameters
    ----------
    claim : Claim

    Returns
    -------
    date
        Reported, or the end of its window if that is not given or, in a case made by hand, lies later: what had been
        foretold is no report. Nor can it have been compared with days to come.
    """
    return max(claim.reported or claim.as_of, *(window.as_of for window in claim.windows))
