"""Losses over time."""

from __future__ import annotations

from truetoll.answers.timeline import BinAnswer
from truetoll.show.report.subject import Subject
from truetoll.show.report.tables import Row, Table, number, words
from truetoll.show.report.words import Words


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
    mass = w.percent(subject.timeline.interval_mass)
    names = ("quantity", "bin", "until_then", "interval", "within", "interval")
    head = tuple(w.say(f"head.{name}", mass=mass) for name in names)
    rows = tuple(_row(q.force, q.name, each, w) for q in subject.timeline.quantities for each in q.bins)
    return Table("timeline", w.say("time.title"), head, rows, w.say("time.note"), grouped=True)


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
