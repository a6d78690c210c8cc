"""The sources: how they stand to whom, and why."""

from __future__ import annotations

from truetoll.claims.schema import Case
from truetoll.claims.voices import voices_of
from truetoll.render.words import Words
from truetoll.report.subject import Subject


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
    return [subject.summary.source_names.get(key, key) for key in keys]


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
