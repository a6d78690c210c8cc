"""Tables for the terminal: of any width, without colour as well as with it. Rich only: `validate` needs no arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.text import Text

from truetoll.answers.records import Interval, QuantityAnswer, little_learned
from truetoll.answers.words import (
    day,
    figure,
    if_raised,
    percent,
    plain,
    quantity_words,
    span,
    two_digits,
    whole,
    whole_span,
)
from truetoll.claims.schema import Case, Claim, Figure, Term
from truetoll.render.layout import Columns, add_row, apart, bullets, counted, plain_table
from truetoll.studies.fit.priors import implied_table
from truetoll.studies.fit.records import ClaimAnswer, SourceAnswer, Summary
from truetoll.studies.fit.reliance import noise_by, past_figures, voices_table
from truetoll.text.messages import Message

if TYPE_CHECKING:
    from truetoll.model.implied import Implied

PRIOR_ONLY = "* little more than the prior: the claims say little of it."
ADDING = "Medians do not add up: each row is read for itself."
CAVEATS = (
    "A bias is not a lie: it may be a definition or a relay. 'Ordinary' is the probability that a claim's error is "
    "of the usual size, not that the claim is true. The interval does not cover a wrong definition, nor other "
    "assumptions; scenarios are not equally likely."
)
MANY, SHOWN = 100, 40
"""Claims from which a table is too long to be read, and how many it then shows."""
NOTICES = 20
"""Notices that are printed."""
REFUSAL = "NOT CONVERGED: THIS IS NOT A RESULT"


def render(summary: Summary, console: Console) -> None:
    """Print a summary.

    Parameters
    ----------
    summary : Summary
    console : rich.console.Console
    """
    console.print(summary_view(summary), crop=False)


def summary_view(summary: Summary, why: Sequence[str] = ()) -> RenderableType:
    """Lay out a summary: what it is, the answer, what it rests on, the sources, the claims, what is not said.

    Parameters
    ----------
    summary : Summary
    why : sequence of str
        Sentences on what pulls the answer where, if there are any.

    Returns
    -------
    rich renderable
        Of a run that did not converge: no number of the posterior, but what to do.
    """
    if not summary.converged:
        refusal = (header(summary), Text(REFUSAL, style="bold"), convergence(summary), _notices(summary))
        return Group(*apart(refusal))
    parts: list[RenderableType | None] = [
        header(summary),
        quantity_table(summary),
        *map(Text, why),
        thresholds(summary),
        rests_on(summary),
        source_table(summary),
        claim_table(summary),
        convergence(summary),
        _notices(summary),
        Text(CAVEATS),
    ]
    return Group(*apart(parts))


def header(summary: Summary) -> RenderableType:
    """Title, date, and how much the answer rests on.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    used = sum(claim.weight > 0 for claim in summary.claims)
    aside = f" ({len(summary.claims) - used} more set aside)" if used < len(summary.claims) else ""
    sources = len({claim.source for claim in summary.claims if claim.weight > 0})
    known = [Text(f"as known on {day(summary.known_on)}: later reports are left out")] if summary.known_on else []
    return Group(
        Text(summary.title, style="bold"),
        Text(f"{summary.case}, scenario {summary.scenario}; losses {day(summary.since)} to {day(summary.as_of)}"),
        *known,
        Text(f"{counted(used, 'claim')}{aside}, {counted(sources, 'source')}, {counted(summary.origins, 'origin')}"),
    )


def quantity_table(summary: Summary) -> RenderableType:
    """Posterior of every quantity, the prior beside it.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    within = percent(summary.interval_mass)
    headings = ("", ">median", f">{within} interval", ">prior median", f">prior {within}")
    rows = [(f"  {_named(q)}", *_cells(q)) for q in summary.quantities]
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
    starred = [Text(PRIOR_ONLY)] if any(map(little_learned, summary.quantities)) else []
    return Group(*parts, *starred, Text(ADDING))


def _named(q: QuantityAnswer) -> str:
    plainly = q.unit in ("persons", Term.of(q.name).quantity)
    name = quantity_words(q.name) if plainly else f"{q.name} ({q.unit})"
    return f"{name} *" if little_learned(q) else name


def _cells(q: QuantityAnswer) -> tuple[str, str, str, str]:
    prior = (whole(q.prior.median), whole_span(q.prior.low, q.prior.high))
    return whole(q.median), whole_span(q.interval.low, q.interval.high), *prior


def thresholds(summary: Summary) -> RenderableType | None:
    """Probabilities above the values the case asks about.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable or None
        None if the case asks about none.
    """
    table = plain_table("Probability of more than", ">posterior", ">prior")
    for q in summary.quantities:
        for t in q.thresholds:
            add_row(table, f"{figure(t.value)} {q.name}", percent(t.probability), percent(t.prior))
    return table if table.row_count else None


def rests_on(summary: Summary) -> RenderableType:
    """Say how every quantity follows what is assumed of the sources, and what its level rests on.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    table = plain_table("", ">sources +10 %", ">narrowed", "the answer")
    for q in summary.quantities:
        add_row(table, q.name, _change(q.pass_through), percent(max(0.0, q.contraction)), q.verdict)
    first = next((q.sentence for q in summary.quantities if q.pass_through is not None), "")
    note = f"{first} Narrowed: how much less variance (log) the posterior has than the prior.".lstrip()
    return Group(Text("What it rests on", style="bold"), table, Text(note))


def _change(p: float | None) -> str:
    if p is None:
        return "-"
    change = round(100 * if_raised(p))
    return f"{change:+d} %" if change else "0 %"


def source_table(summary: Summary) -> RenderableType:
    """Lay the bias and noise of every voice before the claims beside those after.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    table = plain_table("Source", ">claims", ">overstates, assumed", ">overstates, learned", ">noise")
    for voice in summary.sources:
        add_row(
            table,
            _voice(voice),
            str(voice.claims),
            _factor(voice.bias_prior),
            _factor(voice.bias_posterior),
            _noise(voice),
        )
    note = "Overstates: factor and its interval; x1 is unbiased. Noise: usual factor by which one figure errs."
    return Group(table, Text(note))


def _voice(voice: SourceAnswer) -> str:
    of = f"{plain(voice.relation)}, on {voice.force}" if voice.force else "speaks of no losses"
    lines = ("; ".join(filter(None, (of, noise_by(voice.access, voice.grade)))), past_figures(voice.rests_on))
    return "\n  ".join((voice.name, *filter(None, lines)))


def _factor(interval: Interval | None) -> str:
    return "-" if interval is None else f"x{two_digits(interval.median)}\n{span(interval.low, interval.high)}"


def _noise(voice: SourceAnswer) -> str:
    sigma = voice.sigma_posterior or voice.sigma_prior
    return "-" if sigma is None else f"x{two_digits(math.exp(sigma.median))}"


def claim_table(summary: Summary) -> RenderableType:
    """Lay every claim beside what it counts, and what its source would say; of many, those that stand out most.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    table = plain_table("Claim", ">estimate", ">source would say", ">ordinary", ">tail")
    for claim in (shown := _standing_out(summary.claims)):
        add_row(table, *_claim_cells(claim))
    note = (
        "Estimate: what the claim counts, in its window, if the assumptions hold. Ordinary: P(sound). Tail: how far "
        "out the figure stands, this claim included; only a small one says something."
    )
    if len(shown) < len(summary.claims):
        note += f" Shown: the {len(shown)} that stand out most of {len(summary.claims):,}; summary.json holds all."
    return Group(table, Text(note))


def _standing_out(claims: Sequence[ClaimAnswer]) -> Sequence[ClaimAnswer]:
    """All claims; of many, those in use with the smallest tails, in the order of claims.csv."""
    if len(claims) <= MANY:
        return claims
    ranked = sorted((c for c in claims if c.weight > 0 and c.tail is not None), key=lambda c: c.tail or 0.0)
    kept = {claim.id for claim in ranked[:SHOWN]}
    return [claim for claim in claims if claim.id in kept]


def _claim_cells(claim: ClaimAnswer) -> tuple[str, ...]:
    aside = f"\n  not used: {claim.set_aside}" if claim.weight == 0 else ""
    said = f"{claim.id}: {claim.text}\n  {claim.losses}, to {day(claim.as_of)}{aside}"
    true, would = (_amount(interval, share=claim.share) for interval in (claim.true, claim.said))
    return said, true, would, _probability(claim.sound), tail(claim.tail)


def _amount(interval: Interval | None, *, share: bool) -> str:
    if interval is None:
        return "-"
    scale, unit = (100.0, " %") if share else (1.0, "")
    low, high = interval.low * scale, interval.high * scale
    return f"{two_digits(interval.median * scale)}{unit}\n{span(low, high)}{unit}"


def _probability(p: float | None) -> str:
    return "-" if p is None else percent(p)


def tail(p: float | None) -> str:
    """Write a tail probability.

    Parameters
    ----------
    p : float or None

    Returns
    -------
    str
    """
    if p is None:
        return "-"
    return "< 0.001" if p < 0.001 else two_digits(p)


def convergence(summary: Summary) -> RenderableType:
    """Say whether the sampler can be believed, and by what numbers.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    rich renderable
    """
    d, met = summary.diagnostics, "Converged" if summary.converged else "Not converged"
    numbers = f"R-hat up to {d.rhat_max:.3f}, effective draws at least {d.ess_min:,.0f}"
    return Text(f"{met}: {numbers}, {counted(d.divergences, 'divergence')}.")


def _notices(summary: Summary) -> RenderableType | None:
    rest = len(summary.notices) - NOTICES
    more = [f"{rest:,} more: summary.json holds all."] if rest > 0 else []
    return bullets("Note", [*summary.notices[:NOTICES], *more])


def claims_table(
    case: Case, priors: Sequence[Implied] = (), notices: Sequence[Message] | None = None
) -> RenderableType:
    """Lay out claims and sources as they were understood.

    Parameters
    ----------
    case : Case
    priors : sequence of Implied
        What the priors imply, if that is to be shown.
    notices : sequence of Message, optional
        Those of the case if not given.

    Returns
    -------
    rich renderable
    """
    said = case.notices if notices is None else notices
    shown = implied_table(priors) if priors else None
    return Group(*apart([_understood(case), voices_table(case), shown, bullets("Note", said)]))


def _understood(case: Case) -> RenderableType:
    table = plain_table(">line", "claim", "understood as", ">window")
    for claim in case.claims:
        said = f"{claim.id}: {claim.text}\n  {claim.source}"
        add_row(table, str(claim.line), said, _meaning(claim), f"{claim.since} to\n{claim.as_of}")
    heading = f"{case.title}, up to {day(case.as_of.isoformat())}"
    return Group(Text(heading, style="bold"), table)


def _numbers(figure: Figure) -> tuple[float, float, float]:
    return figure.low, figure.high, figure.value


def _meaning(claim: Claim) -> str:
    """Form and cell of a figure, its origin if shared, and why it is not used if it is not."""
    share, form = claim.figure.share, claim.figure.form
    scale, unit, digits = (100.0, " %", 1) if share else (1.0, " times" if claim.is_ratio else "", 6)
    low, high, value = (figure(round(each * scale, digits)) for each in _numbers(claim.figure))
    # No number was said where the value is none of the scale: it is the middle of a vague word's cell.
    vague = claim.figure.value * scale % 1 > 0 and not claim.is_ratio
    number = f"{low} to {high}" if form == "interval" or vague else value
    said = f"{number}{unit}" if form == "interval" else f"{form} {number}{unit}"
    if stated := claim.figure.stated:
        said = f"{value}{unit} ({percent(stated.mass)} interval {low} to {high}{unit})"
    lines = [f"{said} of strength" if claim.of_strength else said, claim.losses]
    lines += [f"origin {claim.origin}"] if claim.origin != claim.id else []
    lines += [f"not used: {claim.set_aside}"] if claim.weight == 0 else []
    return "\n".join(lines)
