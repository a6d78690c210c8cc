"""Running tallies: what was found, and what does not look like a count that goes on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from truetoll.claims.chains import Link, chains, falls, looks, often, tallies
from truetoll.claims.places import of_claim, of_table
from truetoll.claims.reliability import Reliability
from truetoll.claims.schema import Claim
from truetoll.claims.tallychecks import breaks, misprints
from truetoll.text.messages import Message, Value, message

_NAMED = 5
"""Odd figures of a tally that are named one by one."""


def bulletins(claims: Sequence[Claim], table: Reliability) -> Iterator[Message]:
    """Say what running tallies were found, how many independent figures they are worth, and what is odd in them.

    Parameters
    ----------
    claims : sequence of Claim
        With their weights.
    table : Reliability

    Yields
    ------
    Message
    """
    linked = chains(claims)
    members: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.id in linked:
            members[claim.bulletin].append(claim)
    for name, n in Counter(claim.bulletin for claim in claims if claim.bulletin).items():
        mine = members[name]
        tallies = Counter(claim.origin for claim in mine)
        found: dict[str, Value] = {}
        if tallies:
            longest, most = tallies.most_common(1)[0]
            of_it = [linked[claim.id] for claim in mine if claim.origin == longest]
            worth = looks(of_it, table.bulletin.decay_days, table.origin.rho)[1]
            rest = "" if n == len(mine) else message("notice.tally_others")
            found = {"of": len(mine), "most": most, "worth": worth, "rest": rest}
        yield of_table("notice.tally", name=name, n=len(tallies), all=n, **found)
        by = dict.fromkeys(claim.source for claim in claims if claim.bulletin == name)
        if len(by) > 1:
            yield of_table("notice.mixed", name=name, n=len(by), sources=tuple(by))
        yield from _falling(name, mine, linked)
    yield from _odd(claims)


def _falling(name: str, members: Sequence[Claim], linked: Mapping[str, Link]) -> Iterator[Message]:
    """Find what goes up and down, and so may be no running tally."""
    value = {claim.id: claim.figure.value for claim in members}
    steps: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for claim in members:
        if before := linked[claim.id].previous:
            steps[claim.source, str(claim.readings[0])].append((value[before], value[claim.id]))
    for (source, losses), its in steps.items():
        fallen, n = falls(its)
        if often(fallen, n):
            yield of_table("notice.falling", name=name, fallen=fallen, all=n, source=source, losses=losses)


def _odd(claims: Sequence[Claim]) -> Iterator[Message]:
    """Name figures that do not fit a tally, and days from which it counts something else."""
    for tally in tallies(claims):
        days, values = [claim.as_of.toordinal() for claim in tally], [claim.figure.value for claim in tally]
        wrong, others = misprints(days, values), breaks(days, values)
        for each in wrong[:_NAMED]:
            claim, before, after = tally[each.at], tally[each.at - 1], tally[each.at + 1]
            ends = {"low": before.figure.value, "high": after.figure.value}
            names = {"id": claim.id, "text": claim.text, "before": before.id, "after": after.id}
            if each.meant is None:
                yield of_claim(claim, "notice.misprint", **names, **ends)
            else:
                yield of_claim(claim, "notice.exchanged", meant=each.meant, **names, **ends)
        for at in others[:_NAMED]:
            claim, before = tally[at], tally[at - 1]
            about = {"id": claim.id, "text": claim.text, "name": claim.bulletin}
            yield of_claim(claim, "notice.break", before=before.id, low=before.figure.value, **about)
        if more := max(0, len(wrong) - _NAMED) + max(0, len(others) - _NAMED):
            yield of_table("notice.more_odd", name=tally[0].bulletin, n=more)
