"""A hindcast for the terminal: the score, what it had to beat, where it failed. Rich only."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.render.layout import add_row, apart, notes, plain_table
from truetoll.render.words import ENGLISH, Words
from truetoll.studies.estimate.read import EstimateAnswer, EstimateRow
from truetoll.studies.hindcast.records import HindcastScore, ModelScore, TargetAnswer

WORST = 10
"""Targets listed."""
FEWEST = 5
"""Targets of a group that is shown: shares of fewer say nothing."""


def hindcast_view(found: HindcastScore, w: Words = ENGLISH) -> RenderableType:
    """Lay out a hindcast.

    Parameters
    ----------
    found : HindcastScore
    w : Words
        Of the language, for a screen.

    Returns
    -------
    rich renderable
    """
    parts: list[RenderableType | None] = [
        _header(found, w),
        _scores(found, w),
        _baselines(found, w),
        Text(w.say("hindcast.meaning")),
        _worst(found.answered, w),
        Text(w.say("hindcast.entitles")),
        notes(found.notices, w),
    ]
    return Group(*apart(parts))


def _header(found: HindcastScore, w: Words) -> RenderableType:
    failed = sum(not target.converged for target in found.targets)
    lost = w.say("table.NOT_CONVERGED", what=w.say("count.targets", n=failed))
    about = w.say(
        "hindcast.about",
        targets=w.say("count.targets", n=found.score.n_targets),
        wars=w.say("count.wars", n=len({target.war for target in found.targets})),
        table=w.say("hindcast.held_out" if found.held_out else "hindcast.shipped"),
        state=lost if failed else w.say("table.all_converged"),
    )
    return Group(Text(w.say("hindcast.heading", name=found.benchmark), style="bold"), Text(about))


def _headings(w: Words) -> tuple[str, ...]:
    masses = (f">{w.percent(mass / 100)}" for mass in (50, 80, 90))
    scores = w.columns("hindcast", ">median_error", ">crps", ">log_score", ">width")
    return (*w.columns("hindcast", ">targets"), *masses, *scores)


def _scores(found: HindcastScore, w: Words) -> RenderableType:
    table = plain_table(w.say("hindcast.the_model"), *_headings(w))
    if found.two_or_more:
        add_row(table, w.say("hindcast.two_or_more"), *_cells(found.two_or_more, w))
    add_row(table, w.say("hindcast.all"), *_cells(found.score, w))
    for name, groups in found.groups.items():
        for value, score in groups.items():
            if score.n_targets >= FEWEST:
                add_row(table, f"  {_group(name, value, w)}", *_cells(score, w))
    return table


_SECTIONS = {"victim_class": "victims", "quantity": "quantity", "frame": "frame"}
"""Of the catalogue, with the words of what losses are grouped by; how sure a truth is, is a letter."""


def _group(name: str, value: str, w: Words) -> str:
    if name == "n_claims":
        n = int(value.split(maxsplit=1)[0])
        return w.say("count.claim" if value.isdecimal() else "hindcast.n_claims", n=n)
    said = w.of(_SECTIONS[name], value) if name in _SECTIONS else value
    return w.say(f"hindcast.{name}", value=said) if w.has(f"hindcast.{name}") else said


def _cells(score: ModelScore, w: Words) -> tuple[str, ...]:
    coverage = score.coverage or {}
    return (
        f"{score.n_targets}",
        *("-" if (held := coverage.get(mass)) is None else w.percent(held) for mass in ("50", "80", "90")),
        w.two_digits(score.median_abs_log_error),
        w.two_digits(score.crps_log),
        w.signed(score.log_score, 2),
        w.two_digits(score.median_width_log),
    )


def _baselines(found: HindcastScore, w: Words) -> RenderableType | None:
    if not found.baselines:
        return None
    which = w.say("hindcast.two_or_more" if found.two_or_more else "hindcast.all")
    heading, gain = w.say("hindcast.beat", which=which), w.columns("hindcast", ">gain")
    table = plain_table(heading, *_headings(w)[:-1], *gain)
    for each in found.baselines:
        cells = _cells(each.score, w)[:-1]
        add_row(table, w.of("baseline", each.name), *cells, f"{w.signed(each.gain, 2)} +- {w.two_digits(each.gain_se)}")
    return table


def _worst(targets: Iterable[TargetAnswer], w: Words) -> RenderableType:
    ranked = sorted(targets, key=lambda target: -target.crps_log)[:WORST]
    numbers = w.columns("table", ">median", ">interval", within=w.percent(0.9))
    headings = (*w.columns("hindcast", "worst", ">claims"), *numbers, *w.columns("hindcast", ">later_known", ">crps"))
    table = plain_table(*headings)
    for t in ranked:
        truth = f"{w.whole(t.truth)} ({w.span(w.whole(t.truth_low), w.whole(t.truth_high))})"
        span = w.span(w.whole(t.low), w.whole(t.high))
        add_row(table, target_name(t, w), f"{t.n_claims}", w.whole(t.median), span, truth, w.two_digits(t.crps_log))
    return table


def target_name(target: TargetAnswer, w: Words = ENGLISH) -> str:
    """Name a loss that was settled later.

    Parameters
    ----------
    target : TargetAnswer
    w : Words

    Returns
    -------
    str
    """
    return w.say(
        "hindcast.target", case=target.case, victims=target.victims, quantity=w.of("quantity", target.quantity)
    )


def estimate_view(found: EstimateAnswer, w: Words = ENGLISH) -> RenderableType:
    """Lay out what history says of sources.

    Parameters
    ----------
    found : EstimateAnswer
    w : Words
        Of the language, for a screen.

    Returns
    -------
    rich renderable
    """
    state = w.say("estimate.converged" if found.converged else "estimate.not_converged", rhat=found.rhat, ess=found.ess)
    heading = Group(Text(w.say("estimate.heading", name=found.benchmark), style="bold"), Text(state))
    shared = plain_table(*w.columns("estimate", "in_common", ">kappa0", ">kappa"))
    for row in found.shared:
        first = _interval(row.kappa0, row.kappa0_low, row.kappa0_high, w)
        add_row(shared, w.of("victims", row.victims), first, _interval(row.kappa, row.kappa_low, row.kappa_high, w))
    numbers = plain_table(*w.columns("estimate", "other_numbers", ">estimated", ">in_table"))
    for each in found.numbers:
        add_row(numbers, each.name, _interval(each.value, each.low, each.high, w), w.local(f"{each.shipped:.2f}"))
    return Group(*apart([heading, _relations(found.relations, w), shared, numbers, Text(w.say("estimate.note"))]))


def _relations(rows: Iterable[EstimateRow], w: Words) -> RenderableType:
    names = ("victims", "relation", ">claims", ">losses", ">wars", ">mu", ">tau", ">in_table")
    table = plain_table(*w.columns("estimate", *names))
    for row in rows:
        mu, tau = _interval(row.mu, row.mu_low, row.mu_high, w), _interval(row.tau, row.tau_low, row.tau_high, w)
        three = (w.local(f"{x:.2f}") for x in (row.shipped_mu, row.shipped_mu_sd, row.shipped_tau))
        shipped = w.say("extent.several", numbers=tuple(three))
        who = (w.of("victims", row.victims), w.of("relation", row.relation))
        add_row(table, *who, f"{row.claims}", f"{row.losses}", f"{row.wars}", mu, tau, shipped)
    return table


def _interval(x: float, low: float, high: float, w: Words) -> str:
    median, *ends = (w.local(f"{each:.2f}") for each in (x, low, high))
    return f"{median} ({w.span(*ends)})"
