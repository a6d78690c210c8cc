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
    return Table("sources", w.say("source.title"), tuple(w.say(f"head.{name}") for name in names), rows, note)


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
