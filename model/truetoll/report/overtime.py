"""Losses over time."""

from __future__ import annotations

from truetoll.render.tables import Row, Table, number, words
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.timeline.read import BinAnswer

ROWS = 500
"""Rows of a table that somebody may still read: of more bins, some are left out, never the last."""


def timeline_table(subject: Subject, w: Words) -> Table | None:
    """Lay out every quantity up to the end of each bin, and within it.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table or None
        None if there is one bin only.
    """
    if subject.timeline is None or not subject.timeline.quantities:
        return None
    mass, quantities = w.percent(subject.timeline.interval_mass), subject.timeline.quantities
    names = ("quantity", "bin", "until_then", "interval", "within", "interval")
    head = w.columns("head", *names, mass=mass)
    every = -(-sum(len(q.bins) for q in quantities) // ROWS)
    rows = tuple(_row(q.force, q.name, each, w) for q in quantities for each in q.bins[::-1][::every][::-1])
    note = w.say("time.note") + (f" {w.say('time.some', n=w.local(str(every)))}" if every > 1 else "")
    return Table("timeline", w.say("time.title"), head, rows, note, grouped=True)


def _row(force: str, name: str, each: BinAnswer, w: Words) -> Row:
    inside = (w.whole(each.within.median), w.whole_span(each.within)) if each.within else ("-", "-")
    return (
        words(w.quantity(name), force),
        words(w.say("time.bin", since=w.day(each.since), until=w.day(each.until))),
        number(w.whole(each.cumulative.median)),
        number(w.whole_span(each.cumulative)),
        number(inside[0]),
        number(inside[1]),
    )
