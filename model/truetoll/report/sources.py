"""The sources: who they are, what was assumed of them and what was learned."""

from __future__ import annotations

import math
from collections.abc import Sequence

from truetoll.answers.records import Interval
from truetoll.claims.schema import Case
from truetoll.claims.voices import voices_of
from truetoll.render.tables import Row, Table, number, told, words
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.fit.records import SourceAnswer, list_parts
from truetoll.studies.fit.reliance import past


def source_table(subject: Subject, w: Words) -> Table:
    """Lay access, bias and noise of every voice beside each other, before the claims and after.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table
    """
    voices = subject.summary.sources
    told_past = any(voice.rests_on is not None for voice in voices)
    tested = any(kind == "source" for kind, _ in subject.conflicts)
    past, others = ("past",) if told_past else (), ("others",) if tested else ()
    names = ("source", "relation", "access", "claims_used", "assumed", *past, "learned", "noise", *others)
    rows = tuple(_row(subject, voice, w, told_past, tested) for voice in voices)
    note = " ".join(w.say(f"source.{key}") for key in ("note", *(("past_note",) if told_past else ()), "no_lie"))
    return Table("sources", w.say("source.title"), w.columns("head", *names), rows, note)


def list_table(subject: Subject, w: Words) -> Table | None:
    """Lay what was assumed of lists of names beside what was learned.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table or None
        None if the case states nothing of any list.
    """
    rows = tuple(
        (
            told(f"{each.claim}: {each.text}", subject.source_names.get(each.source, each.source)),
            words(w.say(f"lists.{part}")),
            number(*_share(before, w)),
            number(*_share(after, w)),
        )
        for each, part, before, after in list_parts(subject.summary)
    )
    head = w.columns("lists", "list", "part", "assumed", "learned")
    return Table("lists", w.say("lists.title"), head, rows, w.say("lists.note")) if rows else None


def _share(found: Interval | None, w: Words) -> tuple[str, ...]:
    if found is None:
        return ("-",)
    median, low, high = (f"{w.two_digits(100 * x)}\N{NO-BREAK SPACE}%" for x in (found.median, found.low, found.high))
    return median, w.span(low, high)


def _row(subject: Subject, voice: SourceAnswer, w: Words, told_past: bool, tested: bool) -> Row:
    relation = w.of("relation", voice.relation) if voice.force else w.say("source.no_bias")
    sigma = voice.sigma_posterior or voice.sigma_prior
    noise = w.times(None if sigma is None else math.exp(sigma.median))
    return (
        told(voice.name),
        words(relation, voice.force),
        words(*_counts_by(voice.access, voice.grade, w)),
        number(w.local(f"{voice.claims:,}")),
        number(*w.factor(voice.bias_prior)),
        *([words(rests_on(voice.rests_on, w))] if told_past else ()),
        number(*w.factor(voice.bias_posterior)),
        number(noise),
        *([words(_conflict(subject, voice, w))] if tested else ()),
    )


def _counts_by(access: str, grade: str | None, w: Words) -> tuple[str, ...]:
    """Say what a source counts by, and its grade, by which its noise goes where it has one."""
    parts = (w.of("access", access) if access else "", w.say("source.grade", grade=grade) if grade else "")
    return tuple(filter(None, parts)) or ("-",)


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
    """
    if rests is None:
        return "-"
    if not any(rests):
        return w.say("source.rests_on_none" if rests else "source.rests_on_case")
    return past(rests, w)


def _conflict(subject: Subject, voice: SourceAnswer, w: Words) -> str:
    found = subject.conflicts.get(("source", voice.source))
    return w.tell(found.verdict) if found else "-"


def relations(subject: Subject, w: Words) -> dict[str, tuple[str, list[str]]]:
    """Name every relation whose bias is asked about, and the sources that stand in it.

    Parameters
    ----------
    subject : Subject
        That converged.
    w : Words

    Returns
    -------
    dict of str to (str, list of str)
        ``military:adversary`` -> its name, without the victims where all are of one class, and names of sources.
    """
    if subject.levers is None:
        return {}
    asked = (*subject.levers.relations, *subject.levers.fixed)
    several = len({name.partition(":")[0] for name in asked}) > 1
    return {name: (_relation(name, several, w), _sources_of(subject, name)) for name in asked}


def _relation(name: str, several: bool, w: Words) -> str:
    victims, _, relation = name.partition(":")
    said = w.of("relation", relation)
    return w.say("question.bias_on", relation=said, victims=w.of("victims", victims)) if several else said


def _sources_of(subject: Subject, name: str) -> list[str]:
    voices = subject.levers.voices.get(name, ()) if subject.levers else ()
    keys = dict.fromkeys(voice.partition(":")[0] for voice in voices)
    return [subject.source_names.get(key, key) for key in keys]


def reasons(subject: Subject, w: Words) -> list[tuple[str, str, str]]:
    """Why each source has its relations, access and grade, in the analyst's words.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    list of (str, str, str)
        Name, what it counts by or its grade, reason; only of sources with a reason.
    """
    said = ((key, source) for key, source in subject.case.sources.items() if source.reason)
    return [(source.name or key, _in_brief(subject.case, key, w), source.reason) for key, source in said]


def _in_brief(case: Case, key: str, w: Words) -> str:
    """Name a grade, or else each access once."""
    if grade := case.sources[key].grade:
        return w.say("source.grade", grade=grade)
    return ", ".join(dict.fromkeys(w.of("access", voice.access) for voice in voices_of(case, key)))
