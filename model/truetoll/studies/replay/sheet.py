"""A replay as CSV, a row a date and quantity, in full precision."""

from __future__ import annotations

from truetoll.render.sheets import QUANTITY, cells, sheet
from truetoll.studies.replay.records import Replay

REPLAY_COLUMNS = (
    *("case", "scenario", "date", "n_claims", "n_origins", *QUANTITY),
    *("hindsight_median", "hindsight_low", "hindsight_high", "inside"),
)


def replay_csv(found: Replay) -> str:
    """Write the quantities of a replay, one date and quantity a line.

    Parameters
    ----------
    found : Replay

    Returns
    -------
    str
        Nothing of dates that did not converge.
    """
    rows = []
    for each in found.dates:
        head = (found.case, found.scenario, each.date, each.n_claims, each.n_origins)
        known = {now.name: now for now in each.hindsight}
        for q in each.quantities:
            now = known.get(q.name)
            seen = (now.median, now.interval.low, now.interval.high, int(bool(now.inside))) if now else ("",) * 4
            rows.append((*head, *cells(q), *seen))
    return sheet(REPLAY_COLUMNS, rows)
