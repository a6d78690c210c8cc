"""Tables for the terminal: of any width, without colour as well as with it. Rich only: `validate` needs no arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.text import Text

from truetoll.answers.records import Interval, QuantityAnswer, little_learned
from truetoll.answers.words import if_raised
from truetoll.claims.schema import Case, Claim, Figure, Form, Stated
from truetoll.render.layout import apart, bullets, notes
from truetoll.render.tables import Cell, Row, Table, below, number, off_screen, on_screen, told, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.fit.priors import implied_table
from truetoll.studies.fit.records import ClaimAnswer, SourceAnswer, Summary, list_parts
from truetoll.studies.fit.reliance import rests_on, voices_table
from truetoll.studies.influence.records import Conflict
from truetoll.text.messages import Message

if TYPE_CHECKING:
    from truetoll.model.implied import Implied

MANY, SHOWN = 100, 40
"""Claims from which a table is too long to be read, and how many it then shows."""
NOTICES = 20
"""Notices that are printed."""


def render(summary: Summary, console: Console) -> None:
    """Print a summary.

    Parameters
    ----------
    summary : Summary
    console : rich.console.Console
    """
    console.print(summary_view(summary), crop=False)


def summary_view(summary: Summary, w: Words = ENGLISH, why: Sequence[str] = ()) -> RenderableType:
    """Lay out a summary: what it is, the answer, what it rests on, the sources, the claims, what is not said.

    Parameters
    ----------
    summary : Summary
    w : Words
        Of the language, for a screen.
    why : sequence of str
        Sentences on what pulls the answer where, if there are any.

    Returns
    -------
    rich renderable
        Of a run that did not converge: no number of the posterior, but what to do.
    """
    if not summary.converged:
        refused = Text(w.say("fit.refusal"), style="bold")
        return Group(*apart((header(summary, w), refused, convergence(summary, w), _notices(summary, w))))
    parts: list[RenderableType | None] = [
        header(summary, w),
        on_screen(quantity_table(summary, w)),
        *map(Text, why),
        on_screen(threshold_table(summary, w)),
        on_screen(verdict_table(summary, w)),
        on_screen(source_table(summary, w)),
        on_screen(list_table(summary, w)),
        on_screen(claim_table(summary, w)),
        convergence(summary, w),
        _notices(summary, w),
        Text(w.say("answer.caveats", mass=w.percent(summary.interval_mass))),
    ]
    return Group(*apart(parts))


def header(summary: Summary, w: Words = ENGLISH) -> RenderableType:
    """Title, date, and how much the answer rests on.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    rich renderable
    """
    used = [claim for claim in summary.claims if claim.weight > 0]
    rest, sources = len(summary.claims) - len(used), len({claim.source for claim in used})
    known = [Text(w.say("fit.known", day=w.day(summary.known_on)))] if summary.known_on else []
    between = w.say("table.between", since=w.day(summary.since), as_of=w.day(summary.as_of))
    based = w.say(
        "fit.based",
        claims=w.say("count.claim", n=len(used)),
        aside=w.say("fit.aside", n=rest) if rest else "",
        sources=w.say("count.sources", n=sources),
        origins=w.say("count.origins", n=summary.origins),
    )
    return Group(
        Text(summary.title, style="bold"),
        Text(w.say("fit.heading", case=summary.case, scenario=summary.scenario, between=between)),
        *known,
        Text(based),
    )


def quantity_table(summary: Summary, w: Words = ENGLISH) -> Table:
    """Posterior of every quantity, the prior beside it.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    Table
    """
    mass = w.percent(summary.interval_mass)
    names = ("quantity", "after", "before", "narrowed", "raised")
    head = w.columns("head", *names, mass=mass)
    starred = any(map(little_learned, summary.quantities))
    note = [w.say("answer.prior_only")] if starred else []
    note += [w.say("answer.adding"), w.say("answer.narrowed")]
    return Table(
        "quantities",
        w.say("answer.quantities"),
        head,
        tuple(_quantity(q, w) for q in summary.quantities),
        " ".join(note),
        grouped=True,
    )


def _quantity(q: QuantityAnswer, w: Words) -> Row:
    star = " *" if little_learned(q) else ""
    return (
        words(f"{w.named(q)}{star}", q.force),
        number(w.whole(q.median), w.whole_span(q.central)),
        number(w.whole(q.prior.median), w.whole_span(q.prior)),
        number(w.percent(max(0.0, q.contraction))),
        number(_raised(q, w)),
    )


def _raised(q: QuantityAnswer, w: Words) -> str:
    if q.pass_through is None:
        return "-"
    return w.moved(100.0 * if_raised(q.pass_through), 0.0)


def verdict_table(summary: Summary, w: Words = ENGLISH) -> Table:
    """Say what the level of every quantity rests on.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    Table
    """
    rows = tuple((words(w.named(q), q.force), words(w.tell(q.verdict))) for q in summary.quantities)
    head = w.columns("head", "quantity", "rests")
    return Table("rests_on", w.say("answer.rests_title"), head, rows, w.say("answer.rests_note"), grouped=True)


def threshold_table(summary: Summary, w: Words = ENGLISH) -> Table | None:
    """Probabilities above the values the case asks about.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    Table or None
        None if it asks about none.
    """
    rows = tuple(_thresholds(summary, w))
    head = w.columns("head", "more_than", "probability", "prior_probability")
    return Table("thresholds", w.say("answer.thresholds"), head, rows, grouped=True) if rows else None


def _thresholds(summary: Summary, w: Words) -> Iterator[Row]:
    for q in summary.quantities:
        for t in q.thresholds:
            value = w.say("answer.more_than", value=w.figure(t.value), quantity=w.named(q))
            yield words(value, q.force), number(w.percent(t.probability)), number(w.percent(t.prior))


def source_table(
    summary: Summary, w: Words = ENGLISH, conflicts: Mapping[tuple[str, str], Conflict] | None = None
) -> Table:
    """Lay access, bias and noise of every voice beside each other, before the claims and after.

    Parameters
    ----------
    summary : Summary
    w : Words
    conflicts : mapping of (str, str) to Conflict, optional
        Tests of sources against the others, by ``source`` and key, if they were made.

    Returns
    -------
    Table
    """
    tested = {name: found for (kind, name), found in (conflicts or {}).items() if kind == "source"}
    told_past = any(voice.rests_on is not None for voice in summary.sources)
    past, others = ("past",) if told_past else (), ("others",) if tested else ()
    names = ("source", "relation", "access", "claims_used", "assumed", *past, "learned", "noise", *others)
    rows = tuple(_voice(voice, w, told_past, tested) for voice in summary.sources)
    said = ("note", *(("past_note",) if told_past else ()), "no_lie")
    note = " ".join(w.say(f"source.{key}", times=w.times_sign) for key in said)
    return Table("sources", w.say("source.title"), w.columns("head", *names), rows, note)


def _voice(voice: SourceAnswer, w: Words, told_past: bool, tested: Mapping[str, Conflict]) -> Row:
    relation = w.of("relation", voice.relation) if voice.force else w.say("source.no_bias")
    sigma, found = voice.sigma_posterior or voice.sigma_prior, tested.get(voice.source)
    return (
        told(voice.name),
        below(words(relation, voice.force)),
        below(words(*_counts_by(voice.access, voice.grade, w))),
        number(w.local(f"{voice.claims:,}")),
        number(*w.factor(voice.bias_prior)),
        *([below(words(rests_on(voice.rests_on, w)))] if told_past else ()),
        number(*w.factor(voice.bias_posterior)),
        number(w.times(None if sigma is None else math.exp(sigma.median))),
        *([below(words(w.tell(found.verdict) if found else "-"))] if tested else ()),
    )


def _counts_by(access: str, grade: str | None, w: Words) -> tuple[str, ...]:
    """Say what a source counts by, and its grade, by which its noise goes where it has one."""
    parts = (w.of("access", access) if access else "", w.say("source.grade", grade=grade) if grade else "")
    return tuple(filter(None, parts)) or ("-",)


def list_table(summary: Summary, w: Words = ENGLISH) -> Table | None:
    """Lay what was assumed of lists of names beside what was learned.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    Table or None
        None if the case states nothing of any list.
    """
    names = summary.source_names
    rows = tuple(
        (
            told(f"{each.claim}: {each.text}", names[each.source]),
            words(w.say(f"lists.{part}")),
            amount(before, w, share=True),
            amount(after, w, share=True),
        )
        for each, part, before, after in list_parts(summary)
    )
    head = w.columns("lists", "list", "part", "assumed", "learned")
    return Table("lists", w.say("lists.title"), head, rows, w.say("lists.note")) if rows else None


def claim_table(summary: Summary, w: Words = ENGLISH, counts: Mapping[str, str] | None = None) -> Table:
    """Lay every claim beside what it counts, and what its source would say; of many, those that stand out most.

    Parameters
    ----------
    summary : Summary
    w : Words
    counts : mapping of str to str, optional
        Id -> what it counts, in words; else as in claims.csv.

    Returns
    -------
    Table
    """
    shown, note = standing_out(summary.claims), [w.say("claim.note")]
    if (n := len(summary.claims)) > len(shown):
        note.append(w.say("claim.some", shown=w.local(f"{len(shown):,}"), all=w.local(f"{n:,}")))
    rows = tuple(_claim(each, summary.source_names, (counts or {}).get(each.id, each.losses), w) for each in shown)
    names = ("claim", "source", "counts", "understood", "estimate", "would_say", "sound", "tail")
    return Table("claims", w.say("claim.title"), w.columns("head", *names), rows, " ".join(note))


def standing_out(claims: Sequence[ClaimAnswer]) -> Sequence[ClaimAnswer]:
    """Choose the claims that are shown: all; of many, those in use with the smallest tails, or else the first.

    Parameters
    ----------
    claims : sequence of ClaimAnswer

    Returns
    -------
    sequence of ClaimAnswer
        In the order of claims.csv.
    """
    if len(claims) <= MANY:
        return claims
    ranked = sorted((c for c in claims if c.weight > 0 and c.tail is not None), key=lambda c: c.tail or 0.0)
    kept = {claim.id for claim in (ranked or claims)[:SHOWN]}
    return [claim for claim in claims if claim.id in kept]


def _claim(claim: ClaimAnswer, names: Mapping[str, str], losses: str, w: Words) -> Row:
    losses = w.say("fit.losses_to", losses=losses, day=w.day(claim.as_of))
    return (
        told(claim.text, claim.id),
        off_screen(told(names[claim.source])),
        below(words(losses, *_unused(claim.weight, claim.set_aside, w))),
        off_screen(words(understood(claim, w))),
        amount(claim.true, w, share=claim.share),
        amount(claim.said, w, share=claim.share),
        number("-" if claim.sound is None else w.percent(claim.sound)),
        number(w.tail(claim.tail)),
    )


def _unused(weight: float, why: str | Message, w: Words) -> tuple[str, ...]:
    """Say that a claim is not used, and why; nothing of one that is."""
    return () if weight else (w.say("fit.unused", why=w.text(why)),)


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
    text = _said(claim, w.of("form", claim.form), w, times=claim.ratio)
    return w.say("claim.of_strength", text=text) if claim.share and not claim.ratio else text


def _said(figure: Figure | ClaimAnswer, form: str, w: Words, *, times: bool, stated: Stated | None = None) -> str:
    """Say what was said: under the name of its form the number; of a range, and where none was said, the cell."""

    def with_unit(text: str) -> str:
        if figure.share:
            return f"{text}{w.blank}%"
        return w.say("claim.times", text=text) if times else text

    numbers = [_given(x * 100.0 if figure.share else x) for x in (figure.low, figure.high, figure.value)]
    low, high, value = map(w.figure, numbers)
    if stated:
        mass = w.percent(stated.mass)
        return w.say("validate.stated", value=with_unit(value), mass=mass, low=low, high=with_unit(high))
    if figure.form == "interval":
        return with_unit(w.span(low, high))
    # That of a bound is the end that binds; that of a list of "dozens" is the middle of the word's cell.
    vague = not Form(figure.form).side and not numbers[2].is_integer()
    return f"{form} {with_unit(w.span(low, high) if vague else value)}"


def _given(x: float) -> float:
    """Round what no number says, such as a third; leave all others as they were given."""
    exact = float(f"{x:.12g}")
    return exact if exact >= 100.0 or exact == float(f"{exact:.6g}") else float(f"{exact:.3g}")


def amount(found: Interval | None, w: Words, *, share: bool) -> Cell:
    """Make a cell of a median and its interval.

    Parameters
    ----------
    found : Interval or None
    w : Words
    share : bool
        Whether it is a fraction, to be said in per cent.

    Returns
    -------
    Cell
    """
    if found is None:
        return number("-")
    scale, unit = (100.0, f"{w.blank}%") if share else (1.0, "")
    median, low, high = (w.two_digits(x * scale) for x in (found.median, found.low, found.high))
    return number(f"{median}{unit}", f"{w.span(low, high)}{unit}")


def convergence(summary: Summary, w: Words = ENGLISH) -> RenderableType:
    """Say whether the sampler can be believed, and by what numbers.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    rich renderable
    """
    d, said = summary.diagnostics, "fit.converged" if summary.converged else "fit.not_converged"
    diverged = w.say("count.divergences", n=d.divergences)
    return Text(w.say(said, rhat=d.rhat_max, ess=d.ess_min, divergences=diverged))


def _notices(summary: Summary, w: Words) -> RenderableType | None:
    rest = len(summary.notices) - NOTICES
    more = [w.say("fit.more_notices", n=rest)] if rest > 0 else []
    return bullets(w.say("table.note"), [*map(w.tell, summary.notices[:NOTICES]), *more])


def claims_table(
    case: Case, priors: Sequence[Implied] = (), notices: Sequence[Message] | None = None, w: Words = ENGLISH
) -> RenderableType:
    """Lay out claims and sources as they were understood.

    Parameters
    ----------
    case : Case
    priors : sequence of Implied
        What the priors imply, if that is to be shown.
    notices : sequence of Message, optional
        Those of the case if not given.
    w : Words

    Returns
    -------
    rich renderable
    """
    said = case.notices if notices is None else notices
    shown = implied_table(priors, w) if priors else None
    return Group(*apart([on_screen(_understood(case, w)), on_screen(voices_table(case, w)), shown, notes(said, w)]))


def _understood(case: Case, w: Words) -> Table:
    rows = tuple(
        (
            number(str(claim.line)),
            told(f"{claim.id}: {claim.text}", claim.source),
            words(_meaning(claim, w)),
            number(w.say("validate.from_to", since=claim.since, as_of=claim.as_of)),
        )
        for claim in case.claims
    )
    head = w.columns("validate", "line", "claim", "understood", "window")
    return Table("claims", w.say("validate.heading", title=case.title, day=w.day(case.as_of)), head, rows)


def _meaning(claim: Claim, w: Words) -> str:
    """Form and cell of a figure, its origin if shared, and why it is not used if it is not."""
    figure = claim.figure
    said = _said(figure, w.form(figure.form), w, times=claim.is_ratio, stated=figure.stated)
    lines = [w.say("validate.of_strength", said=said) if claim.of_strength else said, claim.losses]
    lines += [w.say("validate.origin", name=claim.origin)] if claim.origin != claim.id else []
    return "\n".join((*lines, *_unused(claim.weight, claim.set_aside.said(), w)))
