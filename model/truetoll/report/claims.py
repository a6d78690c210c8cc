"""Every claim as it was said, with what the model makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from truetoll.answers.records import Interval
from truetoll.answers.words import ODD
from truetoll.claims.schema import Claim, Form, Reading, Term
from truetoll.render.tables import Row, Table, number, told, words
from truetoll.render.words import Words
from truetoll.report.sources import rests_on
from truetoll.report.subject import Subject
from truetoll.studies.fit.records import ClaimAnswer
from truetoll.studies.fit.tables import MANY, SHOWN
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


def shown(subject: Subject) -> list[tuple[ClaimAnswer, Claim]]:
    """Choose the claims that a page shows: all, or of very many those that stand out most.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    list of (ClaimAnswer, Claim)
        With what the case says of it.
    """
    both = list(zip(subject.summary.claims, subject.case.claims, strict=True))
    if len(both) <= MANY:
        return both
    ranked = sorted((c for c, _ in both if c.weight > 0 and c.tail is not None), key=lambda c: c.tail or 0.0)
    kept = {claim.id for claim in ranked[:SHOWN]} or {claim.id for claim, _ in both[:SHOWN]}
    return [pair for pair in both if pair[0].id in kept]


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
    names = subject.source_names
    return [_card(subject, w, claim, said, names) for claim, said in shown(subject)]


def _card(subject: Subject, w: Words, claim: ClaimAnswer, said: Claim, names: Mapping[str, str]) -> Card:
    reported = w.day(said.reported.isoformat()) if said.reported else ""
    return Card(
        id=claim.id,
        figure=claim.text,
        source=names.get(claim.source, claim.source),
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
        facts += [
            ("estimate", _amount(claim.true, claim.share, w)),
            ("would_say", _amount(claim.said, claim.share, w) if claim.said else w.say("claim.bound_only")),
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


def understood(claim: ClaimAnswer, w: Words) -> str:
    """Say what number, or cell of numbers, a figure stands for.

    Parameters
    ----------
    claim : ClaimAnswer
    w : Words

    Returns
    -------
    str
    """
    scale, unit = (100.0, "\N{NO-BREAK SPACE}%") if claim.share else (1.0, "")
    low, high, value = (w.figure(float(f"{x * scale:.6g}")) for x in (claim.low, claim.high, claim.value))
    # No number was said in a vague word: its value is the middle of its cell.
    vague = not claim.ratio and claim.value * scale % 1 > 0 and Form(claim.form).family != "bound"
    said = w.span(low, high) if claim.form == "interval" or vague else value
    text = f"{said}{unit}" if claim.form == "interval" else f"{w.of('form', claim.form)} {said}{unit}"
    if claim.ratio:
        return text if claim.share else w.say("claim.times", text=text)
    return w.say("claim.of_strength", text=text) if claim.share else text


def _amount(found: Interval, share: bool, w: Words) -> str:
    scale, unit = (100.0, "\N{NO-BREAK SPACE}%") if share else (1.0, "")
    median, low, high = (w.two_digits(x * scale) for x in (found.median, found.low, found.high))
    return f"{median}{unit} ({w.span(low, high)}{unit})"


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


def claim_table(subject: Subject, w: Words) -> Table:
    """Lay the claims beside what they count and what their sources would say.

    Parameters
    ----------
    subject : Subject
    w : Words

    Returns
    -------
    Table
    """
    names = ("claim", "source", "counts", "understood", "estimate", "would_say", "sound", "tail")
    pairs = shown(subject)
    note = [w.say("claim.note")]
    if (n := len(subject.summary.claims)) > len(pairs):
        note.append(w.say("claim.some", shown=w.local(f"{len(pairs):,}"), all=w.local(f"{n:,}")))
    rows = tuple(_row(subject, w, claim, said) for claim, said in pairs)
    return Table("claims", w.say("claim.title"), w.columns("head", *names), rows, " ".join(note))


def _row(subject: Subject, w: Words, claim: ClaimAnswer, said: Claim) -> Row:
    known = subject.converged and claim.true is not None
    return (
        told(claim.text, claim.id),
        told(subject.source_names.get(claim.source, claim.source)),
        words(losses(said, subject.forces, w)),
        words(understood(claim, w), w.text(claim.set_aside)),
        number(_amount(claim.true, claim.share, w) if known and claim.true else "-"),
        number(_amount(claim.said, claim.share, w) if known and claim.said else "-"),
        number("-" if claim.sound is None else w.percent(claim.sound)),
        number(w.tail(claim.tail)),
    )
