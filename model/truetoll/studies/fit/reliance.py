"""What a source has to count by, and what its assumed bias rests on, for the terminal. Rich only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.claims.schema import Case
from truetoll.claims.voices import Voice, voices_of
from truetoll.render.layout import add_row, plain_table
from truetoll.render.words import ENGLISH, Words


def voices_table(case: Case, w: Words = ENGLISH) -> RenderableType | None:
    """Lay out how each source stands to each force, what it counts by, and what its bias rests on.

    Parameters
    ----------
    case : Case
    w : Words

    Returns
    -------
    rich renderable or None
        None if no source speaks of a force.
    """
    table = plain_table(*w.columns("validate", "source_force", "relation", "counts", "rests"))
    for key, source in case.sources.items():
        for voice in voices_of(case, key):
            how, relation = "\n".join(_counts(voice, source.grade, w)), w.of("relation", voice.relation)
            add_row(table, f"{key}\n  {voice.force}", relation, how, _historical(voice.rests_on, w))
    return Group(table, Text(w.say("validate.voices_note"))) if table.row_count else None


def _counts(voice: Voice, grade: str | None, w: Words) -> Iterator[str]:
    access = w.of("counts_by", voice.access)
    yield access if voice.stated else w.say("validate.usual", access=access)
    for quantity, other in voice.apart.items():
        yield w.say("validate.apart", quantity=w.of("quantity", quantity), access=w.of("counts_by", other))
    if grade:
        yield w.say("validate.by_grade", grade=grade)


def _historical(rests: Sequence[int] | None, w: Words) -> str:
    if rests is None:
        return w.say("source.rests_on_case")
    return past(rests, w) if any(rests) else w.say("validate.no_past")


def past_figures(rests: Sequence[int] | None, w: Words = ENGLISH) -> str:
    """Say what the assumed bias of a voice rests on, to a reader.

    Parameters
    ----------
    rests : sequence of int or None
        Claims, losses and wars; empty where the case states the bias, None if the run does not tell.
    w : Words

    Returns
    -------
    str
        Empty if nothing is known of it.
    """
    if rests is None:
        return ""
    if not rests:
        return w.say("fit.stated")
    return w.say("fit.rests", past=past(rests, w)) if any(rests) else w.say("source.rests_on_none")


def past(rests: Sequence[int], w: Words) -> str:
    """Count past figures.

    Parameters
    ----------
    rests : sequence of int
        Claims, losses and wars.
    w : Words

    Returns
    -------
    str
        ``2 past figures on 2 losses in 2 wars``.
    """
    names = zip(("figures", "losses", "wars"), ("past", "losses", "wars"), rests, strict=True)
    return w.say("source.rests_on", **{name: w.say(f"count.{key}", n=n) for name, key, n in names})


def noise_by(access: str, grade: str | None, w: Words = ENGLISH) -> str:
    """Say by what the noise of a source goes.

    Parameters
    ----------
    access : str
        Empty if it is not known.
    grade : str or None
        It overrides access.
    w : Words

    Returns
    -------
    str
        Empty if neither is known.
    """
    return w.say("source.grade", grade=grade) if grade else w.of("counts_by", access)
