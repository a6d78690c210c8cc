"""The answer: a sentence, the quantities, the probabilities asked for, what it rests on, what must be known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from truetoll.answers.words import pass_through_sentence
from truetoll.claims.schema import Term
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.report.why import whys


@dataclass(frozen=True, slots=True)
class Headline:
    """The answer in one sentence, and its parts for those who set them large.

    Parameters
    ----------
    force, quantity, median, interval, range : str
        The last: the interval, and what it holds.
    sentence, rests, others : str
        The whole of it; what it rests on; where it lies under other assumptions, empty if there are no two of them.
    why : tuple of str
        What pulls it where, a sentence for each force, and a note.
    """

    force: str
    quantity: str
    median: str
    interval: str
    range: str
    sentence: str
    rests: str
    others: str
    why: tuple[str, ...]


def headline(subject: Subject, w: Words) -> Headline:
    """Say the answer in one sentence.

    Parameters
    ----------
    subject : Subject
        That converged.
    w : Words

    Returns
    -------
    Headline
    """
    q = subject.main
    low, high = w.whole(q.interval.low), w.whole(q.interval.high)
    said = {**_about(subject, w), "median": w.whole(q.median), "low": low, "high": high}
    return Headline(
        force=q.force,
        quantity=said["quantity"],
        median=said["median"],
        interval=w.span(low, high),
        range=w.say("answer.range", mass=said["mass"], low=low, high=high),
        sentence=w.say("answer.sentence", **said),
        rests=rests(subject, w),
        others=others(subject, w),
        why=tuple(whys(subject.summary, w)),
    )


def _about(subject: Subject, w: Words) -> dict[str, str]:
    """Say what the headline is about, without its numbers."""
    q, summary = subject.main, subject.summary
    return {
        "force": q.force,
        "since": w.day(summary.since),
        "as_of": w.day(summary.as_of),
        "quantity": w.of("counted", Term.of(q.name).quantity),
        "mass": w.percent(q.interval.mass),
    }


def quote(subject: Subject, w: Words) -> dict[str, Any]:
    """Give the parts of a sentence that can stand alone: the page puts in the numbers that it shows.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    dict
        ``title``, ``values`` of the sentence, and what it ``rests`` on.
    """
    return {"title": subject.summary.title.rstrip("."), "values": _about(subject, w), "rests": rests(subject, w)}


def rests(subject: Subject, w: Words) -> str:
    """Say what the answer rests on: how many figures, and what follows if all sources exaggerate more.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    str
    """
    main = subject.main
    used = [claim for claim in subject.summary.claims if claim.weight > 0]
    return w.say(
        "answer.rests",
        claims=w.say("count.claims", n=len(used)),
        sources=w.say("count.sources", n=len({claim.source for claim in used})),
        origins=w.say("count.origins", n=subject.summary.origins),
        verdict=w.tell(main.verdict),
        passes=w.tell(pass_through_sentence(main.name, main.pass_through, w.quantity(main.name))),
    )


def others(subject: Subject, w: Words) -> str:
    """Say between what the median lies under the other scenarios, which no interval covers.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    str
        Empty if fewer than two of them have numbers.
    """
    found, name = subject.comparison, subject.main.name
    scenarios = [s for s in found.scenarios if s.name != found.base] if found else []
    medians = [q.median for s in scenarios if s.converged for q in s.quantities if q.name == name]
    if len(medians) < 2:
        return ""
    low, high = w.whole(min(medians)), w.whole(max(medians))
    return w.say("answer.scenarios", scenarios=w.say("count.scenarios", n=len(medians)), low=low, high=high)


def notices(subject: Subject, w: Words) -> list[tuple[str, bool]]:
    """Say what must be known to read the numbers.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    list of (str, bool)
        Sentences; and whether one is about a line of the case.
    """
    # The first notice of a run that did not converge is what the page begins with.
    said = [
        *subject.summary.notices[0 if subject.converged else 1 :],
        *(subject.comparison.notices if subject.comparison else ()),
    ]
    return [(w.tell(each), bool(each.file)) for each in dict.fromkeys(said)]
