"""What a source has to count by, and what its assumed bias rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from truetoll.claims.schema import Case
from truetoll.claims.voices import Voice, voices_of
from truetoll.render.tables import Table, told, words
from truetoll.render.words import ENGLISH, Words


def voices_table(case: Case, w: Words = ENGLISH) -> Table | None:
    """Lay out how each source stands to each force, what it counts by, and what its bias rests on.

    Parameters
    ----------
    case : Case
    w : Words

    Returns
    -------
    Table or None
        None if no source speaks of a force.
    """
    rows = tuple(
        (
            told(key, voice.force),
            words(w.of("relation", voice.relation)),
            words("\n".join(_counts(voice, source.grade, w))),
            words(rests_on(voice.rests_on or (), w)),
        )
        for key, source in case.sources.items()
        for voice in voices_of(case, key)
    )
    head = w.columns("validate", "source_force", "relation", "counts", "rests")
    return Table("voices", "", head, rows, w.say("validate.voices_note")) if rows else None


def _counts(voice: Voice, grade: str | None, w: Words) -> Iterator[str]:
    access = w.of("access", voice.access)
    yield access if voice.stated else w.say("validate.usual", access=access)
    for quantity, other in voice.apart.items():
        yield w.say("validate.apart", quantity=w.of("quantity", quantity), access=w.of("access", other))
    if grade:
        yield w.say("validate.by_grade", grade=grade)


def rests_on(rests: Sequence[int] | None, w: Words) -> str:
    """Say what an assumed factor rests on.

    Parameters
    ----------
    rests : sequence of int or None
        Past figures, losses and wars; empty if the case states the factor, None if the run does not tell.
    w : Words

    Returns
    -------
    str
        ``2 past figures on 2 losses in 2 wars``.
    """
    if rests is None:
        return "-"
    if not any(rests):
        return w.say("source.rests_on_none" if rests else "source.rests_on_case")
    names = zip(("figures", "losses", "wars"), ("past", "losses", "wars"), rests, strict=True)
    return w.say("source.rests_on", **{name: w.say(f"count.{key}", n=n) for name, key, n in names})
