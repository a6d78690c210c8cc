"""A hindcast for the terminal: the score, what it had to beat, where it failed. Rich only."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from truetoll.answers.words import percent, signed, two_digits, whole, whole_span
from truetoll.render.layout import add_row, apart, bullets, counted, plain_table
from truetoll.studies.estimate.read import EstimateAnswer, EstimateRow
from truetoll.studies.hindcast.records import HindcastScore, ModelScore, TargetAnswer

WORST = 10
"""Targets listed."""
FEWEST = 5
"""Targets of a group that is shown: shares of fewer say nothing."""
MEANING = (
    "Coverage: share of truths within the interval that should hold so many. CRPS: distance between forecast and truth "
    "on the log scale, lower is better; 0.35 is a forecast off by about a factor of 1.4, all in all. Gain: how much "
    "lower the model's CRPS is than this forecast's, on the same targets, +- its standard error over wars."
)
ENTITLES = (
    "What this entitles to: on losses like these, settled later, intervals made so held the truth as often as the "
    "table says. What it does not: a loss that nobody could count later is not among them, the truths are counts with "
    "limits of their own, and a new war may differ from all of them."
)
HEADINGS = (">targets", ">50 %", ">80 %", ">90 %", ">median error", ">CRPS", ">log score", ">width")


def hindcast_view(found: HindcastScore) -> RenderableType:
    """Lay out a hindcast.

    Parameters
    ----------
    found : HindcastScore

    Returns
    -------
    rich renderable
    """
    parts: list[RenderableType | None] = [
        _header(found),
        _scores(found),
        _baselines(found),
        Text(MEANING),
        _worst(found.answered),
        Text(ENTITLES),
        bullets("Note", found.notices),
    ]
    return Group(*apart(parts))


def _header(found: HindcastScore) -> RenderableType:
    failed = sum(not target.converged for target in found.targets)
    state = f"{counted(failed, 'target')} NOT CONVERGED" if failed else "all converged"
    wars = len({target.war for target in found.targets})
    table = "each answered without its own war" if found.held_out else "answered with the table of the package"
    return Group(
        Text(f"Hindcast: {found.benchmark}", style="bold"),
        Text(f"{counted(found.score.n_targets, 'target')} of {counted(wars, 'war')}, {table}; {state}"),
    )


def _scores(found: HindcastScore) -> RenderableType:
    table = plain_table("The model", *HEADINGS)
    if found.two_or_more:
        add_row(table, "two or more claims", *_cells(found.two_or_more))
    add_row(table, "all targets", *_cells(found.score))
    for name, groups in found.groups.items():
        for value, score in groups.items():
            if score.n_targets >= FEWEST:
                add_row(table, f"  {_group(name, value)}", *_cells(score))
    return table


def _group(name: str, value: str) -> str:
    words = {
        "victim_class": "{}",
        "frame": "{} losses",
        "quantity": "{}",
        "quality": "truth of quality {}",
        "n_claims": "{} claims",
    }
    return "1 claim" if (name, value) == ("n_claims", "1") else words[name].format(value.replace("_", " "))


def _cells(score: ModelScore) -> tuple[str, ...]:
    coverage = score.coverage or {}
    return (
        f"{score.n_targets}",
        *(_share(coverage.get(mass)) for mass in ("50", "80", "90")),
        two_digits(score.median_abs_log_error),
        two_digits(score.crps_log),
        "-" if score.log_score is None else signed(score.log_score, 2),
        two_digits(score.median_width_log),
    )


def _share(x: float | None) -> str:
    return "-" if x is None else percent(x)


def _baselines(found: HindcastScore) -> RenderableType | None:
    if not found.baselines:
        return None
    which = "two or more claims" if found.two_or_more else "all targets"
    table = plain_table(f"What it had to beat ({which})", *HEADINGS[:-1], ">gain")
    for each in found.baselines:
        cells = _cells(each.score)[:-1]
        add_row(table, each.title, *cells, f"{signed(each.gain, 2)} +- {two_digits(each.gain_se)}")
    return table


def _worst(targets: Iterable[TargetAnswer]) -> RenderableType:
    ranked = sorted(targets, key=lambda target: -target.crps_log)[:WORST]
    table = plain_table("Farthest from the truth", ">claims", ">median", ">90 % interval", ">later known", ">CRPS")
    for t in ranked:
        truth = f"{whole(t.truth)} ({whole_span(t.truth_low, t.truth_high)})"
        name = f"{t.case}: {t.victims}, {t.quantity.replace('_', ' ')}"
        add_row(table, name, f"{t.n_claims}", whole(t.median), whole_span(t.low, t.high), truth, two_digits(t.crps_log))
    return table


SHIPPED = (
    "mu: mean log factor by which a relation overstates; tau: how far its voices differ (log sd). 'In the table': mu, "
    "mu_sd (the doubt about mu that its voices share), tau. Disagreement: how far errors of one case may be larger or "
    "smaller than usual (log sd). Net of slant and hedges."
)


def estimate_view(found: EstimateAnswer) -> RenderableType:
    """Lay out what history says of sources.

    Parameters
    ----------
    found : EstimateAnswer

    Returns
    -------
    rich renderable
    """
    state = "converged" if found.converged else "NOT CONVERGED"
    checks = f"{state} (R-hat {found.rhat:.3f}, smallest ESS {found.ess:.0f})"
    heading = Group(Text(f"Reliability estimated from {found.benchmark}", style="bold"), Text(checks))
    shared = plain_table("Bias in common", ">of all voices (kappa0)", ">of one relation (kappa)")
    for row in found.shared:
        first = _interval(row.kappa0, row.kappa0_low, row.kappa0_high)
        add_row(shared, row.victims, first, _interval(row.kappa, row.kappa_low, row.kappa_high))
    numbers = plain_table("Other numbers", ">estimate (90 %)", ">in the table")
    for each in found.numbers:
        add_row(numbers, each.name, _interval(each.value, each.low, each.high), f"{each.shipped:.2f}")
    return Group(*apart([heading, _relations(found.relations), shared, numbers, Text(SHIPPED)]))


def _relations(rows: Iterable[EstimateRow]) -> RenderableType:
    table = plain_table(
        "Victims", "relation", ">claims", ">losses", ">wars", ">mu (90 %)", ">tau (90 %)", ">in the table"
    )
    for row in rows:
        mu, tau = _interval(row.mu, row.mu_low, row.mu_high), _interval(row.tau, row.tau_low, row.tau_high)
        shipped = f"{row.shipped_mu:.2f}, {row.shipped_mu_sd:.2f}, {row.shipped_tau:.2f}"
        relation = row.relation.replace("_", " ")
        add_row(table, row.victims, relation, f"{row.claims}", f"{row.losses}", f"{row.wars}", mu, tau, shipped)
    return table


def _interval(x: float, low: float, high: float) -> str:
    return f"{x:.2f} ({low:.2f} to {high:.2f})"
