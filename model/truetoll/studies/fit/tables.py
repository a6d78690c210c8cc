"""Tables for the terminal: of any width, without colour as well as with it. Rich only: `validate` needs no arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.text import Text

from truetoll.answers.records import Interval, QuantityAnswer, little_learned
from truetoll.answers.words import if_raised
from truetoll.claims.schema import Case, Claim, Figure
from truetoll.render.layout import Columns, add_row, apart, bullets, notes, plain_table
from truetoll.render.tables import Row, Table, number, on_screen, words
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.fit.priors import implied_table
from truetoll.studies.fit.records import ClaimAnswer, SourceAnswer, Summary, list_parts
from truetoll.studies.fit.reliance import noise_by, past_figures, voices_table
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
        quantity_table(summary, w),
        *map(Text, why),
        on_screen(threshold_table(summary, w)),
        rests_on(summary, w),
        source_table(summary, w),
        list_table(summary, w),
        claim_table(summary, w),
        convergence(summary, w),
        _notices(summary, w),
        Text(w.say("fit.caveats")),
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


def quantity_table(summary: Summary, w: Words = ENGLISH) -> RenderableType:
    """Posterior of every quantity, the prior beside it.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    rich renderable
    """
    within = w.percent(summary.interval_mass)
    numbers = w.columns("table", ">median", ">interval", ">prior_median", within=within)
    headings = ("", *numbers, *w.columns("fit", ">prior_interval", within=within))
    rows = [(f"  {w.named(q)}{' *' if little_learned(q) else ''}", *_cells(q, w)) for q in summary.quantities]
    parts: list[RenderableType] = []
    tables: list[Columns] = []
    for force, members in groupby(zip(summary.quantities, rows, strict=True), key=lambda pair: pair[0].force):
        table = plain_table(*(headings if not parts else (">" * h.startswith(">") for h in headings)))
        for _, row in members:
            add_row(table, *row)
        tables.append(table)
        parts += [Text(force, style="bold"), table]
    for table in tables:
        table.alike = [other for other in tables if other is not table]
    starred = [Text(w.say("table.prior_only"))] if any(map(little_learned, summary.quantities)) else []
    return Group(*parts, *starred, Text(w.say("answer.adding")))


def _cells(q: QuantityAnswer, w: Words) -> tuple[str, str, str, str]:
    return w.whole(q.median), w.whole_span(q.interval), w.whole(q.prior.median), w.whole_span(q.prior)


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


def rests_on(summary: Summary, w: Words = ENGLISH) -> RenderableType:
    """Say how every quantity follows what is assumed of the sources, and what its level rests on.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    rich renderable
    """
    table = plain_table("", *w.columns("fit", ">raised", ">narrowed", "answer"))
    for q in summary.quantities:
        change = "-" if q.pass_through is None else _change(q.pass_through, w)
        add_row(table, q.name, change, w.percent(max(0.0, q.contraction)), w.tell(q.verdict))
    first = next((q.sentence for q in summary.quantities if q.pass_through is not None), None)
    note = f"{w.text(first)} {w.say('fit.narrowed_note')}".lstrip()
    return Group(Text(w.say("fit.rests_on"), style="bold"), table, Text(note))


def _change(p: float, w: Words) -> str:
    change = round(100 * if_raised(p))
    return f"{f'{change:+d}' if change else '0'}{w.blank}%"


def source_table(summary: Summary, w: Words = ENGLISH) -> RenderableType:
    """Lay the bias and noise of every voice before the claims beside those after.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    rich renderable
    """
    table = plain_table(*w.columns("fit", "source", ">claims", ">assumed", ">learned", ">noise"))
    for voice in summary.sources:
        factors = ("\n".join(filter(None, w.factor(bias))) for bias in (voice.bias_prior, voice.bias_posterior))
        add_row(table, _voice(voice, w), str(voice.claims), *factors, _noise(voice, w))
    return Group(table, Text(w.say("fit.sources_note")))


def _voice(voice: SourceAnswer, w: Words) -> str:
    said = {"relation": w.of("relation", voice.relation), "force": voice.force}
    of = w.say("fit.voice", **said) if voice.force else w.say("source.no_bias")
    lines = ("; ".join(filter(None, (of, noise_by(voice.access, voice.grade, w)))), past_figures(voice.rests_on, w))
    return "\n  ".join((voice.name, *filter(None, lines)))


def _noise(voice: SourceAnswer, w: Words) -> str:
    sigma = voice.sigma_posterior or voice.sigma_prior
    return w.times(None if sigma is None else math.exp(sigma.median))


def list_table(summary: Summary, w: Words = ENGLISH) -> RenderableType | None:
    """Lay what was assumed of lists of names beside what was learned.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    rich renderable or None
        None if the case states nothing of any list.
    """
    table = plain_table(*w.columns("lists", "list", "part", ">assumed", ">learned"))
    for each, part, before, after in list_parts(summary):
        said = (f"{each.claim}: {each.text}", w.say(f"lists.{part}"))
        add_row(table, *said, *(_amount(found, w, share=True) for found in (before, after)))
    return Group(table, Text(w.say("lists.note"))) if table.row_count else None


def claim_table(summary: Summary, w: Words = ENGLISH) -> RenderableType:
    """Lay every claim beside what it counts, and what its source would say; of many, those that stand out most.

    Parameters
    ----------
    summary : Summary
    w : Words

    Returns
    -------
    rich renderable
    """
    table = plain_table(*w.columns("fit", "claim", ">estimate", ">would_say", ">ordinary", ">tail"))
    for claim in (shown := _standing_out(summary.claims)):
        add_row(table, *_claim_cells(claim, w))
    note = w.say("fit.claims_note")
    if len(shown) < len(summary.claims):
        note += f" {w.say('fit.some', shown=len(shown), all=len(summary.claims))}"
    return Group(table, Text(note))


def _standing_out(claims: Sequence[ClaimAnswer]) -> Sequence[ClaimAnswer]:
    """All claims; of many, those in use with the smallest tails, in the order of claims.csv."""
    if len(claims) <= MANY:
        return claims
    ranked = sorted((c for c in claims if c.weight > 0 and c.tail is not None), key=lambda c: c.tail or 0.0)
    kept = {claim.id for claim in ranked[:SHOWN]}
    return [claim for claim in claims if claim.id in kept]


def _claim_cells(claim: ClaimAnswer, w: Words) -> tuple[str, ...]:
    losses = w.say("fit.losses_to", losses=claim.losses, day=w.day(claim.as_of))
    said = "\n  ".join((f"{claim.id}: {claim.text}", losses, *_unused(claim.weight, claim.set_aside, w)))
    true, would = (_amount(interval, w, share=claim.share) for interval in (claim.true, claim.said))
    return said, true, would, "-" if claim.sound is None else w.percent(claim.sound), w.tail(claim.tail)


def _unused(weight: float, why: str | Message, w: Words) -> tuple[str, ...]:
    """Say that a claim is not used, and why; nothing of one that is."""
    return () if weight else (w.say("fit.unused", why=w.text(why)),)


def _amount(interval: Interval | None, w: Words, *, share: bool) -> str:
    if interval is None:
        return "-"
    scale, unit = (100.0, f"{w.blank}%") if share else (1.0, "")
    median, low, high = (w.two_digits(x * scale) for x in (interval.median, interval.low, interval.high))
    return f"{median}{unit}\n{w.span(low, high)}{unit}"


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
    return Group(*apart([_understood(case, w), voices_table(case, w), shown, notes(said, w)]))


def _understood(case: Case, w: Words) -> RenderableType:
    table = plain_table(*w.columns("validate", ">line", "claim", "understood", ">window"))
    for claim in case.claims:
        said = f"{claim.id}: {claim.text}\n  {claim.source}"
        window = w.say("validate.from_to", since=claim.since, as_of=claim.as_of)
        add_row(table, str(claim.line), said, _meaning(claim, w), window)
    heading = w.say("validate.heading", title=case.title, day=w.day(case.as_of))
    return Group(Text(heading, style="bold"), table)


def _numbers(figure: Figure) -> tuple[float, float, float]:
    return figure.low, figure.high, figure.value


def _meaning(claim: Claim, w: Words) -> str:
    """Form and cell of a figure, its origin if shared, and why it is not used if it is not."""
    share, form = claim.figure.share, claim.figure.form
    times = w.say("validate.times") if claim.is_ratio else ""
    scale, unit, digits = (100.0, f"{w.blank}%", 1) if share else (1.0, times, 6)
    low, high, value = (w.figure(round(each * scale, digits)) for each in _numbers(claim.figure))
    # No number was said where the value is none of the scale: it is the middle of a vague word's cell.
    vague = claim.figure.value * scale % 1 > 0 and not claim.is_ratio
    number = w.span(low, high) if form == "interval" or vague else value
    said = f"{number}{unit}" if form == "interval" else f"{w.form(form)} {number}{unit}"
    if stated := claim.figure.stated:
        ends = {"mass": w.percent(stated.mass), "low": low, "high": high, "unit": unit}
        said = w.say("validate.stated", value=f"{value}{unit}", **ends)
    lines = [w.say("validate.of_strength", said=said) if claim.of_strength else said, claim.losses]
    lines += [w.say("validate.origin", name=claim.origin)] if claim.origin != claim.id else []
    return "\n".join((*lines, *_unused(claim.weight, claim.set_aside.said(), w)))
