"""What a source has to count by, and what its assumed bias rests on: in English, for the terminal. Rich only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.words import plain
from truetoll.claims.schema import Case
from truetoll.claims.voices import Voice, voices_of
from truetoll.render.layout import add_row, plain_table

ACCESS = {
    "records": "from records",
    "site": "was there",
    "remote": "remote",
    "survey": "by a survey",
    "model": "by a model",
}
"""What a source has to count by, in a word or two."""

_NOTE = (
    "Counts: from records (its own books, prisoners it holds, bodies in its morgues), was there, remote (neither), "
    "by a survey or by a model (an estimate). "
    "Usual: the case does not say, so what sources of this relation mostly have."
)


def voices_table(case: Case) -> RenderableType | None:
    """Lay out how each source stands to each force, what it counts by, and what its bias rests on.

    Parameters
    ----------
    case : Case

    Returns
    -------
    rich renderable or None
        None if no source speaks of a force.
    """
    table = plain_table("source, force", "relation", "counts", "its bias rests on")
    for key, source in case.sources.items():
        for voice in voices_of(case, key):
            how = "\n".join(_counts(voice, source.grade))
            add_row(table, f"{key}\n  {voice.force}", plain(voice.relation), how, _historical(voice.rests_on))
    return Group(table, Text(_NOTE)) if table.row_count else None


def _counts(voice: Voice, grade: str | None) -> Iterator[str]:
    yield ACCESS[voice.access] if voice.stated else f"{ACCESS[voice.access]} (usual)"
    for quantity, other in voice.apart.items():
        yield f"{plain(quantity)}: {ACCESS[other]}"
    if grade:
        yield f"noise by grade {grade}"


def _historical(rests: Sequence[int] | None) -> str:
    if rests is None:
        return "stated in the case"
    return _sums(rests, "past figure") if any(rests) else "no past figures"


def past_figures(rests: Sequence[int] | None) -> str:
    """Say what the assumed bias of a voice rests on, to a reader.

    Parameters
    ----------
    rests : sequence of int or None
        Claims, losses and wars; empty where the case states the bias, None if the run does not tell.

    Returns
    -------
    str
        Empty if nothing is known of it.
    """
    if rests is None:
        return ""
    if not rests:
        return "bias stated in the case"
    return f"rests on {_sums(rests, 'past figure')}" if any(rests) else "no past figures: doubtful"


def _sums(rests: Sequence[int], what: str) -> str:
    forms = ((what, f"{what}s"), ("loss", "losses"), ("war", "wars"))
    said = [f"{n:,} {forms[i][n != 1]}" for i, n in enumerate(rests)]
    return f"{said[0]} on {said[1]} in {said[2]}"


def noise_by(access: str, grade: str | None) -> str:
    """Say by what the noise of a source goes.

    Parameters
    ----------
    access : str
        Empty if it is not known.
    grade : str or None
        It overrides access.

    Returns
    -------
    str
        Empty if neither is known.
    """
    return f"grade {grade}" if grade else ACCESS.get(access, access)
