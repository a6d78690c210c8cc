"""What single sources, claims and priors do, as tables."""

from __future__ import annotations

from collections.abc import Sequence

from truetoll.render.tables import Row, Table, below, number, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.compare.records import Comparison
from truetoll.studies.fit.records import Summary
from truetoll.studies.influence.records import Sensitivity


def left_out_table(comparison: Comparison, w: Words = ENGLISH, summary: Summary | None = None) -> Table | None:
    """Say what follows without each source and each claim, and whether it is at odds with the others.

    Parameters
    ----------
    comparison : Comparison
    w : Words
    summary : Summary, optional
        Of the base case, for names of sources and texts of claims.

    Returns
    -------
    Table or None
        None if it was not asked for.
    """
    if (influence := comparison.influence) is None or not (influence.left_out or influence.conflicts):
        return None
    called = {("source", key): (name, "") for key, name in (summary.source_names if summary else {}).items()}
    called |= {("claim", claim.id): (claim.id, claim.text) for claim in (summary.claims if summary else ())}
    moved = {(each.kind, each.name): each.log for each in influence.left_out}
    tested = {(each.kind, each.name): each for each in influence.conflicts}
    names = [q.name for q in comparison.main_quantities]
    rows = []
    for key in {**moved, **tested}:
        log, found, (title, said) = moved.get(key), tested.get(key), called.get(key, (key[1], ""))
        rows.append(
            (
                words(w.say(f"scenario.without_{key[0]}", name=title), said),
                *(number(w.moved_by(log[each]) if log else "-") for each in names),
                below(words(w.tell(found.verdict) if found else "-")),
                number(w.tail(found.tail_holm if found else None)),
            )
        )
    head = (w.say("head.without"), *map(w.in_full, comparison.main_quantities), *w.columns("head", "others", "holm"))
    return Table("left_out", w.say("scenario.left_out"), head, tuple(rows), w.say("scenario.left_out_note"))


def sensitivity_table(comparison: Comparison, w: Words = ENGLISH) -> Table | None:
    """Say which priors each quantity follows, and how much less variance it has than its own.

    Parameters
    ----------
    comparison : Comparison
    w : Words

    Returns
    -------
    Table or None
        None if it was not asked for.
    """
    found = comparison.influence.sensitivity if comparison.influence else ()
    if not found:
        return None
    called, roles = {q.name: w.in_full(q) for q in comparison.quantities}, list(found[0].psense)
    head = (*w.columns("head", "quantity", "narrowed"), *(w.of("role", role) for role in roles), w.say("head.verdict"))
    rows = tuple(_sensitivity(each, called[each.quantity], roles, w) for each in found)
    return Table("sensitivity", w.say("scenario.sensitivity"), head, rows, w.say("scenario.sensitivity_note"))


def _sensitivity(each: Sensitivity, called: str, roles: Sequence[str], w: Words) -> Row:
    narrowed = "-" if each.contraction is None else w.percent(max(0.0, each.contraction))
    numbers = (narrowed, *(w.two_digits(each.psense.get(role)) for role in roles))
    return words(called), *map(number, numbers), words(w.tell(each.verdict))
