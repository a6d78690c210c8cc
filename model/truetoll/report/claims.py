"""Every claim as it was said, with what the model makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from truetoll.answers.words import ODD
from truetoll.claims.schema import Claim, Reading, Term
from truetoll.render.tables import in_line
from truetoll.render.words import Words
from truetoll.report.subject import Subject
from truetoll.studies.fit.records import ClaimAnswer
from truetoll.studies.fit.reliance import rests_on
from truetoll.studies.fit.tables import amount, standing_out, understood
from truetoll.studies.influence.records import Conflict


@dataclass(frozen=True, slots=True)
class Card:
    """One claim for a reader.

    Parameters
    ----------
    id, figure, source, window, reported, quote, url, note : str
        As in the case; days written out. The address only if it is one of the web.
    used : bool
    aside : str
        Why it is not used.
    facts : tuple of (str, str)
        What the model makes of it: a name and what is to be said.
    """

    id: str
    figure: str
    source: str
    window: str
    reported: str
    quote: str
    url: str
    note: str
    used: bool
    aside: str
    facts: tuple[tuple[str, str], ...]


def web_address(text: str) -> str:
    """Let an address pass if it leads to a page of the web, and nowhere else.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Empty for ``javascript:`` and its kin, and for what cannot be taken apart.
    """
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return text.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else ""


def cards(subject: Subject, w: Words) -> list[Card]:
    """Write a card for every claim that is shown.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    list of Card
    """
    of_case = {claim.id: claim for claim in subject.case.claims}
    return [_card(subject, w, claim, of_case[claim.id]) for claim in standing_out(subject.summary.claims)]


def _card(subject: Subject, w: Words, claim: ClaimAnswer, said: Claim) -> Card:
    reported = w.day(said.reported.isoformat()) if said.reported else ""
    return Card(
        id=claim.id,
        figure=claim.text,
        source=subject.summary.source_names[claim.source],
        window=w.say("claim.window", since=w.day(claim.since), as_of=w.day(claim.as_of)),
        reported=reported,
        quote=said.quote,
        url=web_address(said.url),
        note=said.note,
        used=claim.weight > 0,
        aside=w.text(claim.set_aside),
        facts=tuple(_facts(subject, w, claim, said)),
    )


def _facts(subject: Subject, w: Words, claim: ClaimAnswer, said: Claim) -> list[tuple[str, str]]:
    facts = [
        ("counts", losses(said, subject.forces, w)),
        ("understood", understood(claim, w)),
        ("origin", claim.origin if claim.origin != claim.id else w.say("claim.own_origin")),
        ("credibility", w.local(f"{said.credibility}")),
    ]
    if claim.true is not None and subject.converged:
        estimate, would_say = (in_line(amount(each, w, share=claim.share)) for each in (claim.true, claim.said))
        facts += [
            ("estimate", estimate),
            ("would_say", would_say if claim.said else w.say("claim.bound_only")),
            *(("bias", text) for text in [_biases(subject, said, w)] if text),
            ("sound", w.percent(claim.sound or 0.0)),
            ("conflict", conflict(subject.conflicts.get(("claim", claim.id)), claim, w)),
        ]
    return [(w.say(f"claim.{key}"), text) for key, text in facts]


def losses(claim: Claim, forces: Mapping[str, str], w: Words) -> str:
    """Say what a claim counts, with its readings.

    Parameters
    ----------
    claim : Claim
    forces : mapping of str to str
        Key -> name.
    w : Words

    Returns
    -------
    str
    """

    def added(terms: Iterable[Term]) -> str:
        return " + ".join(_term(term, forces, w) for term in terms)

    def compared(reading: Reading) -> str:
        said, window = " / ".join(map(added, reading.sides)), reading.over_window
        if window is None:
            return said
        return w.say("validate.beside", losses=said, since=w.day(str(window.since)), as_of=w.day(str(window.as_of)))

    found = [(reading.probability, compared(reading)) for reading in claim.readings]
    if len(found) == 1:
        return found[0][1]
    return "; ".join(w.say("claim.reading", probability=w.percent(p), losses=said) for p, said in found)


def _term(term: Term, forces: Mapping[str, str], w: Words) -> str:
    return f"{w.quantity(str(term))} ({forces[term.force]})"


def _biases(subject: Subject, claim: Claim, w: Words) -> str:
    """Say what is assumed and was learned of the source's bias on each force it counts here."""
    if claim.figure.form.of_truth:
        return ""
    names = [subject.forces[key] for key in claim.forces]
    voices = [voice for name in names if (voice := subject.voice(claim.source, name))]
    said = []
    for voice in voices:
        before, after = w.factor(voice.bias_prior)[0], w.factor(voice.bias_posterior)[0]
        of = f"{voice.force}: " if len(voices) > 1 else ""
        past = "" if voice.rests_on is None else f" ({rests_on(voice.rests_on, w)})"
        said.append(of + w.say("claim.overstates", before=f"{before}{past}", after=after))
    return "; ".join(said)


def conflict(tested: Conflict | None, claim: ClaimAnswer, w: Words) -> str:
    """Say whether a claim is at odds with the others.

    Parameters
    ----------
    tested : Conflict or None
        Of a comparison that left each claim out.
    claim : ClaimAnswer
    w : Words

    Returns
    -------
    str
    """
    if tested is not None:
        verdict, p = w.tell(tested.verdict), tested.tail_holm
        return verdict if p is None else w.say("claim.tested", verdict=verdict, p=w.tail(p))
    if claim.tail is None:
        return w.say("claim.untested")
    key = "claim.odd" if claim.tail < ODD else "claim.not_odd"
    return w.say(key, p=w.tail(claim.tail))
