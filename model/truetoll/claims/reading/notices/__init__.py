"""What was done to a case, or stands in it, that is no error but should be known: one module a kind."""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.claims.reading.notices.believed import half
from truetoll.claims.reading.notices.bounds import far_bounds
from truetoll.claims.reading.notices.floors import floors
from truetoll.claims.reading.notices.framed import framed
from truetoll.claims.reading.notices.further import on_top
from truetoll.claims.reading.notices.incidents import added_up
from truetoll.claims.reading.notices.nothing import denials
from truetoll.claims.reading.notices.nouns import noun_notices
from truetoll.claims.reading.notices.parts import told_in_parts
from truetoll.claims.reading.notices.priors import circular, idle, silent, uncovered
from truetoll.claims.reading.notices.repeated import aside, tied, twins
from truetoll.claims.reading.notices.tallies import bulletins
from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import CaseFile, Claim
from truetoll.text.messages import Message

__all__ = ["notices"]


def notices(file: CaseFile, claims: Sequence[Claim], table: Reliability) -> tuple[Message, ...]:
    """Tell what the analyst should know.

    Parameters
    ----------
    file : CaseFile
    claims : sequence of Claim
        With their weights.
    table : Reliability

    Returns
    -------
    tuple of Message
    """
    return (
        *noun_notices(file, claims),
        *aside(claims),
        *tied(claims),
        *twins(claims),
        *on_top(file, claims),
        *bulletins(claims, table),
        *added_up(claims, file.case.bins),
        *told_in_parts(claims),
        *far_bounds(claims, file.case.bins),
        *denials(claims),
        *floors(file.sources, claims, table),
        *half(file),
        *silent(file, claims),
        *idle(file, claims),
        *uncovered(file, claims),
        *circular(file, claims),
        *framed(table),
    )
