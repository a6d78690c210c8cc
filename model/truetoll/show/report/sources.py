"""The sources: who they are, what was assumed of them and what was learned."""

from __future__ import annotations

import math

from truetoll.answers.records import SourceAnswer
from truetoll.show.report.sentences import translated
from truetoll.show.report.subject import Subject
from truetoll.show.report.tables import Row, Table, number, told, words
from truetoll.show.report.words import Words


def source_table(subject: Subject, w: Words) -> Table:
    """Lay grade, bias and noise of every voice beside each other, before the claims and after.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table
    """
    names: tuple[str, ...] = ("source", "relation", "grade", "claims_used", "assumed", "learned", "noise")
    tested = any(kind == "source" for kind, _ in subject.conflicts)
    names += ("others",) if tested else ()
    rows = tuple(_row(subject, voice, w, tested) for voice in subject.summary.sources)
    note = " ".join(w.say(f"source.{key}") for key in ("note", "no_lie"))
    return Table("sources", w.say("source.title"), w.head(*names), rows, note)


def _row(subject: Subject, voice: SourceAnswer, w: Words, tested: bool) -> Row:
    relation = w.of("relation", voice.relation) if voice.force else w.say("source.no_losses")
    sigma = voice.sigma_posterior or voice.sigma_prior
    noise = "-" if sigma is None else f"\N{MULTIPLICATION SIGN}{w.two_digits(math.exp(sigma.median))}"
    row = (
        told(voice.name),
        words(relation, voice.force),
        words(voice.grade),
        number(w.local(f"{voice.claims:,}")),
        number(*w.factor(voice.bias_prior)),
        number(*w.factor(voice.bias_posterior)),
        number(noise),
    )
    return (*row, words(_conflict(subject, voice, w))) if tested else row


def _conflict(subject: Subject, voice: SourceAnswer, w: Words) -> str:
    found = subject.conflicts.get(("source", voice.source))
    return (translated(found.verdict, w) or found.verdict) if found else "-"


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


def reasons(subject: Subject) -> list[tuple[str, str, str]]:
    """Why each source has its grade and relations, in the analyst's words.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    list of (str, str, str)
        Name, grade, reason; only of sources with a reason.
    """
    return [(s["name"] or s["key"], s["grade"], s["reason"]) for s in subject.case["sources"] if s["reason"]]
